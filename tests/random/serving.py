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
    settle_contexts(d)


def settle_contexts(d):
    """Keys and values in DRAM may move to a group without engines, in chunks, or be computed again."""
    rng, plain = d.rng("contexts"), [g for g in d.groups if d.plain[g] and d.count(f"flash.groups.{g}.fmacs") == 0]
    for path in [p for p in d.values if p.startswith("contexts.")]:
        d.values.pop(path)
    if d.text("placement.kv") != "dram" or d.count("workload.draft.tokens") or rng.random() < 0.4:
        return
    for path, value in (("model.window", 0), ("dram.bytes", 2**31), ("contexts.budget", rng.choice((1, 3000, 40000, 10**6))),
                        ("contexts.chunk", rng.choice((1, 5, 16, 100))), ("contexts.ratio", rng.choice((0.25, 0.5, 0.8, 1.0)))):
        d.put(path, value)
    d.put_text("contexts.evict", rng.choice(("lru", "lctru", "context")))
    d.put("contexts.object_time", rng.choice((0, 1e-6, 1e-3)))
    for path in ("ahead", "recompute"):
        d.values[f"contexts.{path}"] = rng.choice(("true", "false"))
    if plain and rng.random() < 0.8:
        d.put_text("contexts.store", rng.choice(plain))
        d.values.pop("effects.page_rounding", None)


def shrink_trace(d):
    """Prompts of Mooncake are long."""
    if d.text(AT + "trace").endswith("jsonl") and not 0 < d.count(AT + "limit") < 100:
        d.put(AT + "limit", 100)


def tokens(d):
    """About how many steps there are."""
    return (d.count(AT + "count") or 8) * (ANSWER + 2)
