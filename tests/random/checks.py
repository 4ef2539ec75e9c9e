"""Runs a scenario in several ways and says what does not hold.

A check yields (kind, message) for each fault; a kind names the check, the message what is wrong.
"""
import csv
import json
import os
import re
import subprocess
from random import Random

import timeline

NAME = "s.cfg"  # the same in every folder: the file's name is part of the statistics
TIMEOUT = 100  # seconds; far above what a run takes, also on a machine that does other things
PAGES_MAX = 300000  # where grains are compared
STATUS = {"ok": 0, "out_of_memory": 3, "interrupted": 130}
# What differs between grains by definition: how many sleeps it took. (Nor are tenures of a bus compared: a READ at grain
# die takes it once for all its pages.)
PER_GRAIN = ("kernel_events",)


class Run:
    def __init__(self, status, out, err):
        self.status, self.out, self.err = status, out, err

    @property
    def said(self):
        """The messages on one line, without what SimGrid puts before its own."""
        return " | ".join(line.strip() for line in self.err.splitlines() if line.strip())[:300]

    @property
    def result(self):
        return json.loads(self.out)


def near(a, b, tolerance=1e-9):
    return abs(a - b) <= tolerance * max(abs(a), abs(b), 1e-30)


class Case:
    """A scenario text in a folder of its own. @seed decides which of the dear checks are made, and how.

    @dear: the kind to make whatever the seed says, or "all".
    """

    def __init__(self, program, folder, text, seed, dear=None):
        self.program, self.folder, self.dear, self.runs = program, folder, dear, 0
        self.choices, self.options = Random(f"{seed}/checks"), Random(f"{seed}/options")
        self.write(folder, text)

    def write(self, folder, text):
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, NAME), "w") as out:
            out.write(text)

    def wanted(self, kind, share):
        chosen = self.choices.random() < share
        return chosen if self.dear is None else self.dear in ("all", kind) or (self.dear, kind) == ("timeline", "watched")

    def call(self, *arguments, folder=None, timeout=TIMEOUT):
        self.runs += 1
        try:
            done = subprocess.run([self.program, *arguments], cwd=folder or self.folder, capture_output=True,
                                  text=True, timeout=timeout, stdin=subprocess.DEVNULL)
        except subprocess.TimeoutExpired:
            return Run("timeout", "", f"not done after {timeout} s")
        return Run(done.returncode, done.stdout, done.stderr)

    def run(self, *arguments, folder=None):
        return self.call("run", "-q", "--format", "json", *arguments, NAME, folder=folder)

    def faults(self):
        """Every fault, as a list. Sets self.status and self.exact."""
        base = self.run()
        self.status, self.exact = base.status, None
        found = list(self.check_status(base))
        if found or base.status == 65:
            return found
        r = base.result
        found += check_result(r, base)
        if r["status"] == "ok" and self.wanted("grain", 0.6):
            found += self.check_grains(r)
        if self.wanted("resolved", 0.35):
            found += self.check_resolved(base)
        if self.wanted("reuse", 0.4):
            found += self.check_reuse()
        if self.wanted("watched", 0.35):
            found += self.check_watched(r)
        if self.wanted("formats", 0.1):
            found += self.check_formats(base)
        if "requests" in r and self.wanted("requests", 0.5):
            found += self.check_lines(base)
        if r["status"] == "ok" and (self.choices.random() < 0.03 or self.dear == "readers"):
            found += self.check_readers()
        return found

    def check_status(self, base):
        if base.status == "timeout":
            yield "timeout", base.said
        elif base.status == 65:
            if self.call("check", NAME).status != 65:
                yield "check", f"check passes what run refuses: {base.said}"
        elif base.status not in STATUS.values():
            yield "status", f"{base.status}: {base.said}"
        elif self.wanted("check", 0.2) and self.call("check", NAME).status != 0:
            yield "check", "check refuses what run runs"

    def check_grains(self, r):
        """What is called exact equals grain page; and plane always does."""
        asked = re.search(r'grain = \\?"(\w+)', r["resolved"]).group(1)
        effects = re.search(r"effects = \{(.*?)\}", r["resolved"], re.S).group(1)
        if any(f"{e} = false" in effects for e in ("page_rounding", "pipeline_fill")):
            return
        called_exact = asked == "auto" and "not exact" not in r["grain"]["reason"]
        other = "plane" if r["grain"]["name"] == "page" else "page"
        if not called_exact and r["grain"]["name"] == "die":
            return
        if r["counts"]["pages_sensed"] + r["counts"]["pages_programmed"] > PAGES_MAX:
            return  # each page has an event: not in the time there is
        self.exact = called_exact
        fine = self.run("--grain", other)
        if fine.status != 0:
            yield "grain", f"--grain {other} ends with {fine.status}: {fine.said}"
            return
        for what in grain_differences(r, fine.result):
            yield "grain", f"{r['grain']['name']} against {other}: {what}"

    def check_resolved(self, base):
        resolved = self.call("run", "-q", "--resolved", NAME)
        if resolved.status != 0:
            yield "resolved", f"run --resolved ends with {resolved.status}: {resolved.said}"
            return
        folder = os.path.join(self.folder, "resolved")
        self.write(folder, resolved.out)
        again = self.run(folder=folder)
        if again.status != base.status:
            yield "resolved", f"the resolved scenario ends with {again.status}, not {base.status}: {again.said}"
        elif again.out != base.out:
            yield "resolved", f"the resolved scenario gives other bytes: {first_difference(base.out, again.out)}"

    def check_reuse(self):
        """A layer that is not simulated again changes nothing."""
        without, again = (self.run("--set", f"simulation.reuse={on}") for on in ("false", "true"))
        if without.status != again.status:
            yield "reuse", f"ends with {again.status}, without with {without.status}: {again.said} {without.said}"
        elif without.status in STATUS.values():
            a, b = (dump(as_simulated(r.result)) for r in (without, again))
            if a != b:
                yield "reuse", f"gives other figures: {first_difference(a, b)}"

    def check_watched(self, r):
        """--detail and a timeline change nothing but what --detail adds."""
        rng = self.options
        ending = rng.choice(("csv", "csv", "vcd", "pftrace", "pftrace.gz"))
        level = rng.choice(("operators", "channels", "dies"))
        options = ["--detail", "--trace", f"t.{ending}", "--trace-level", level]
        if rng.random() < 0.2:
            options += ["--trace-max", "50"]
        if rng.random() < 0.2:
            options += ["--trace-window", rng.choice(("1us..20us", "..5us", "30us.."))]
        watched = self.run(*options)
        if watched.status != STATUS[r["status"]]:
            yield "watched", f"ends with {watched.status}: {watched.said} ({' '.join(options)})"
            return
        w = watched.result
        yield from check_detail(w)
        for key in ("utilisation_over_time", "token_lanes"):
            w.pop(key, None)
        a, b = dump(as_simulated(r)), dump(as_simulated(w))
        if a != b:
            yield "watched", f"changes {first_difference(a, b)} ({' '.join(options)})"
        if ending == "csv" and r["status"] != "out_of_memory":
            if not {"--trace-max", "--trace-window"} & set(options):
                for what in timeline.faults(os.path.join(self.folder, "t.csv"), r, level):
                    yield "timeline", what
            read = self.call("timeline", "convert", f"t.{ending}", "back.vcd")
            if read.status != 0:
                yield "watched", f"timeline convert t.csv ends with {read.status}: {read.said}"

    def check_formats(self, base):
        for form in ("text", "csv"):
            other = self.call("run", "-q", "--format", form, "-o", "stats.json", NAME)
            if other.status != base.status:
                yield "formats", f"--format {form} -o stats.json ends with {other.status}: {other.said}"
                continue
            with open(os.path.join(self.folder, "stats.json")) as saved:
                if saved.read() != base.out:
                    yield "formats", f"--format {form} -o stats.json: not the bytes of --format json"
            if re.search(r"\bnan\b|\binf\b", other.out):
                yield "formats", f"--format {form}: says nan or inf"

    def check_lines(self, base):
        """Each request has its line, in order of time, and figures are those of the lines."""
        again, r = self.run("--requests", "requests.csv"), base.result
        if again.status != base.status or again.out != base.out:
            yield "requests", f"--requests changes the run: {again.status}, {first_difference(base.out, again.out)}"
            return
        with open(os.path.join(self.folder, "requests.csv")) as lines:
            rows = list(csv.DictReader(lines))
        for row in rows:
            times = [int(row[f"{key}_ps"]) for key in ("arrival", "start", "first_token", "end") if row[f"{key}_ps"]]
            if times != sorted(times) or times[-1] > r["end_time_ps"] or int(row["cached"]) >= int(row["prompt"]):
                yield "requests", f"out of order: {row}"
        if len(rows) > r["requests"]["begun"] or r["complete"] and len(rows) != r["requests"]["begun"]:
            yield "requests", f"{len(rows)} lines, {r['requests']['begun']} have begun"
        if "warmup = 0;" in r["resolved"]:
            for key, name in (("generated", "generated_tokens"), ("prompt", "prompt_tokens"), ("cached", "cached_tokens")):
                if sum(int(row[key]) for row in rows) != r["requests"][name]:
                    yield "requests", f"{name} {r['requests'][name]}, of the lines {sum(int(row[key]) for row in rows)}"

    def check_readers(self):
        """The other sub-commands take what a run takes, and what it gave."""
        detailed = self.run("--detail", "-o", "detail.json")
        if detailed.status != 0:
            yield "watched", f"ends with {detailed.status}: {detailed.said} (--detail)"
            return
        calls = [("topology", NAME), ("report", "-o", "r.html", "detail.json")]
        if self.dear and "requests" not in detailed.result:  # explain decodes whole periods, many times over: by hand, and a second for each of its runs
            calls.append(("explain", "-q", NAME, "--set", "simulation.wall_limit=1 s"))
        for call in calls:
            done = self.call(*call, timeout=120)
            cut = done.status == 130 and call[0] == "explain" and re.search("interrupted|the clock ends", done.err)
            if done.status != 0 and not cut:
                yield "readers", f"{call[0]} ends with {done.status}: {done.said}"


def dump(value):
    return json.dumps(value, indent=1)


def as_simulated(r):
    """A result without what says how it was come by."""
    r = {key: value for key, value in r.items() if key not in ("reuse", "scenario_hash", "resolved")}
    if "counts" in r:
        r["counts"] = {key: value for key, value in r["counts"].items() if key != "kernel_events"}
    return r


def first_difference(a, b):
    for one, other in zip(a.splitlines(), b.splitlines()):
        if one != other:
            return f"{one.strip()[:80]} -> {other.strip()[:80]}"
    return "the length"


def check_result(r, base):
    yield from check_end(r, base)
    yield from check_energy(r)
    yield from check_path(r)
    yield from check_shares(r)
    yield from check_order(r)
    yield from check_capacity(r)


def check_end(r, base):
    if STATUS.get(r["status"]) != base.status:
        yield "status", f"{base.status}, but the result says {r['status']}"
    if r["complete"] != (r["status"] == "ok"):
        yield "status", f"{r['status']} and complete = {r['complete']}"
    limited = re.search(r'time_limit = \\?"([^"\\]*)', r["resolved"]).group(1)
    if r["status"] == "interrupted" and limited == "0 s" and "clock" not in " ".join(r["warnings"]) + base.said:
        yield "status", f"interrupted, and nothing names the clock: {r['warnings'][:1]} {base.said}"
    if re.search(r"sanitizer|runtime error", base.err, re.I):
        yield "status", f"sanitizer: {base.said}"


def check_energy(r):
    total = sum(r["energy_j"].values())
    if r["status"] == "out_of_memory":
        return
    if any(v < 0 for v in r["energy_j"].values()):
        yield "energy", "a row is negative"
    d = r.get("decode")
    if d and d["tokens"] and not near(total, d["energy_j_per_token"] * d["tokens"]):
        yield "energy", f"rows sum to {total} J, not {d['energy_j_per_token'] * d['tokens']}"
    if r["end_time_ps"] and not near(total, r["power_w"]["average"] * r["end_time_ps"] / 1e12, 1e-6):
        yield "energy", f"rows sum to {total} J, not power x time {r['power_w']['average'] * r['end_time_ps'] / 1e12}"
    if r["power_w"]["flash_average"] > r["power_w"]["average"] * (1 + 1e-9):
        yield "energy", "the flash dies use more than everything"


def check_path(r):
    d = r.get("decode")
    if not d or r["status"] == "out_of_memory":
        return
    path, latency = sum(row["ps"] for row in r["critical_path"]), sum(d["token_latency_ps"])
    together = re.search(r"^\s*(batch = (?!1;)|prompt = (?!0;))", r["resolved"], re.M)
    if path > r["end_time_ps"]:
        yield "path", f"rows sum to {path} ps, the run ends at {r['end_time_ps']}"
    if together:  # latencies of several sequences overlap, those of prompts are not among them
        latency = min(path, latency)
    elif path != latency and (r["complete"] or not latency <= path <= r["end_time_ps"]):
        yield "path", f"rows sum to {path} ps, not {latency}"  # a token that was cut may have rows, too
    if any(row["ps"] < 0 for row in r["critical_path"]):
        yield "path", "a row is negative"
    if path and not near(sum(row["share"] for row in r["critical_path"]), 1.0, 1e-9):
        yield "path", "shares do not sum to 1"
    if latency > r["end_time_ps"]:
        yield "path", f"latencies sum to {latency} ps, the run ends at {r['end_time_ps']}"


def check_shares(r):
    rounded = r["counts"]["pages_sensed"] + r["counts"]["pages_programmed"] + r["counts"]["die_commands"]
    # Each operation's time is rounded to a picosecond, each fraction of a page to a billionth, which may be much of a
    # small one: the program knows how long its pages take, and checks that itself.
    fraction = 1e-3 if "page_rounding = false" in r["resolved"] else 1e-9
    most = 1 + fraction + rounded / max(1, r["end_time_ps"])
    for row in r["rates"]:
        for key in ("share", "busy_share"):
            if not 0 <= row[key] <= most:
                yield "share", f"{row['name']}: {key} {row[key]}"
    for row in r["resources"]:
        if not 0 <= row["utilisation"] <= 1 + 1e-9 or row["busy_ps"] > r["end_time_ps"]:
            yield "share", f"{row['kind']}: busy {row['busy_ps']} ps of {r['end_time_ps']}"
            return
    s = r.get("stream", {})
    for name, limit in s.get("limit_bytes_per_second", {}).items():
        if limit and s["bytes_per_second"] > limit * most:
            yield "share", f"{s['op']}: {s['bytes_per_second']} B/s, more than the {name} limit {limit}"


def check_order(r):
    for part in ("decode", "stream"):
        latency = r.get(part, {}).get("latency_ps")
        if latency:
            for low, high in (("min", "mean"), ("mean", "max"), ("min", "p50"), ("p50", "p99"), ("p99", "max")):
                if low in latency and latency[low] > latency[high] * (1 + 1e-12):
                    yield "order", f"latency {low} {latency[low]} above {high} {latency[high]}"
    for key, q in r.get("requests", {}).items():
        if key.endswith("_ps") and not (q["p50"] <= q["p90"] <= q["p99"] <= q["max"] and
                                        q["mean"] <= q["max"] * (1 + 1e-12)):
            yield "order", f"requests {key} {q}"
    for row in r["wear"]:
        for what in ("pe", "reads_per_block"):
            if row[f"{what}_mean"] > row[f"{what}_max"] * (1 + 1e-9):
                yield "order", f"wear: {what} mean {row[f'{what}_mean']} above max {row[f'{what}_max']}"
    b = r["kv_buffer"]
    if not b["mean_bytes"] <= b["peak_bytes"] * (1 + 1e-9) or b["peak_bytes"] > b["bytes"]:
        yield "order", f"KV buffer: mean {b['mean_bytes']}, peak {b['peak_bytes']}, size {b['bytes']}"
    c = r["counts"]
    if c["bus_bytes"] != c["bus_bytes_down"] + c["bus_bytes_up"]:
        yield "order", "bus bytes are not those down and up"
    if c["bus_bytes"] != sum(row["bytes"] for row in r["resources"] if row["kind"] == "channel"):
        yield "order", "bus bytes are not those of the channels"
    if re.search(r"-?(nan|inf)\b", json.dumps({k: v for k, v in r.items() if k not in ("resolved", "title")}), re.I):
        yield "order", "nan or inf"


def check_capacity(r):
    over = [row for row in r["capacity"] if row["used_bytes"] > row["total_bytes"]]
    if r["status"] != "out_of_memory":
        if over:
            yield "capacity", f"{over[0]['name']} uses {over[0]['used_bytes']} of {over[0]['total_bytes']} B and runs"
    elif "overflow" not in r:
        yield "capacity", "does not fit, and nothing says what overflows"


def check_detail(w):
    over_time = w.get("utilisation_over_time")
    if over_time:
        for row in over_time["resources"]:
            if any(not -1e-9 <= b <= 1 + 1e-9 for b in row["busy"]):
                yield "share", f"utilisation_over_time: {row['name']} outside of 0 .. 1"


def grain_differences(a, b):
    """What of two results differs that a grain must not change: times by more than 2 ps, counts at all."""
    def times(r):
        yield "end_time_ps", r["end_time_ps"]
        for i, latency in enumerate(r.get("decode", {}).get("token_latency_ps", [])):
            yield f"latency of token {i}", latency
        for key, value in r.get("stream", {}).get("latency_ps", {}).items():
            yield f"stream latency {key}", value

    for (name, one), (_, other) in zip(times(a), times(b)):
        if abs(one - other) > 2:
            yield f"{name} {one} and {other} ({(one - other) / max(other, 1):+.2%})"
            return
    for name, one, other in counts_of(a, b):
        if one != other:
            yield f"{name} {one} and {other}"
            return


def counts_of(a, b):
    for key, value in a["counts"].items():
        if key not in PER_GRAIN:
            yield key, value, b["counts"][key]
    for part, keys in (("decode", ("tokens",)), ("stream", ("requests", "bytes")), ("kv_buffer", ("flushes", "peak_bytes"))):
        for key in keys:
            yield f"{part}.{key}", a.get(part, {}).get(key), b.get(part, {}).get(key)
    for part, keys in (("resources", ("name", "bytes")),
                       ("operators", ("name", "count", "macs", "bytes_sensed", "bus_bytes_down", "bus_bytes_up")),
                       ("wear", ("pages_programmed", "blocks_erased", "pe_max", "reads_per_block_max")),
                       ("capacity", ("used_bytes",))):
        if len(a[part]) != len(b[part]):
            yield part, len(a[part]), len(b[part])
        for one, other in zip(a[part], b[part]):
            if one.get("kind", "channel") != "channel":
                yield f"{one['name']} served", one["served"], other["served"]
            for key in keys:
                yield f"{one.get('name', one.get('group'))} {key}", one[key], other[key]
