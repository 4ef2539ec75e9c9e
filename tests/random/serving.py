"""Requests of a drawn scenario: of a small trace, or drawn in their turn."""
import os

INPUTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "inputs")
TRACES = {"azure": ("azure.csv", 8), "mooncake": ("mooncake.jsonl", 5), "burstgpt": ("burstgpt.csv", 7),
          "ifcsim": ("ifcsim.csv", 8)}  # by form: file and rows
PROMPT, ANSWER = 60, 20  # most tokens of a request that is drawn
AT = "workload.requests."


def length(rng, most):
    """A number of tokens, or a distribution, as it is written."""
    low, high = sorted((rng.randrange(1, most + 1), rng.randrange(1, most + 1)))
    kind = rng.choice(("number", "constant", "uniform", "exponential", "lognormal"))
    ends = rng.choice(("", f"min={low},")) + f"max={high}"
    return {"number": f"{high}", "constant": f"constant:value={high}", "uniform": f"uniform:min={low},max={high}",
            "exponential": f"exponential:mean={high},{ends}",
            "lognormal": f"lognormal:median={high},sigma={rng.choice((0, 0.5, 1.1, 9))},{ends}"}[kind]


def settle(d):
    """What must go together in @d, a Drawing."""
    rng = d.rng("requests")
    arrivals = ["closed", "constant", "poisson"]
    for path in ("trace", "format"):
        d.values.pop(AT + path, None)
    if rng.random() < 0.4:
        form = rng.choice(sorted(TRACES))
        file, rows = TRACES[form]
        d.put_text(AT + "trace", os.path.join(INPUTS, file))
        d.put_text(AT + "format", rng.choice(("auto", form)))
        d.values.pop(AT + "sessions", None)
        d.put(AT + "first", min(d.count(AT + "first"), rows - 2))
        arrivals += ["trace"] * 4
    else:
        d.put(AT + "count", max(1, d.count(AT + "count")))
        for path, most in (("prompt", PROMPT), ("answer", ANSWER)):
            d.put_text(AT + path, length(rng, most))
    d.put_text(AT + "arrival", rng.choice(arrivals))
    if d.text(AT + "arrival") in ("constant", "poisson") and d.get(AT + "rate") == 0:
        d.put(AT + "rate", 1e4)
    if d.count(AT + "limit") < 2 and d.count(AT + "sessions") > 0:
        d.put(AT + "limit", rng.randrange(2, 100))
    if d.count(AT + "limit") == 1:
        d.put(AT + "limit", 2)
    shrink_trace(d)


def shrink_trace(d):
    """Prompts of Mooncake are long."""
    if d.text(AT + "trace").endswith("jsonl") and not 0 < d.count(AT + "limit") < 100:
        d.put(AT + "limit", 100)


def tokens(d):
    """About how many steps there are."""
    return (d.count(AT + "count") or 8) * (ANSWER + 2)
