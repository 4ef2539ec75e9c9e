"""A whole timeline, as CSV, against the statistics of the same run: a second source for what was busy."""
import csv
import re
from collections import defaultdict

import scenario


def slices_of(file):
    """track -> [(begin, end)] in order of time."""
    tracks = defaultdict(list)
    with open(file, newline="") as rows:
        for row in csv.DictReader(rows):
            if row["kind"] == "slice":
                tracks[row["track"]].append((int(row["begin_ps"]), int(row["end_ps"])))
    return {track: sorted(slices) for track, slices in tracks.items()}


def length(slices):
    return sum(end - begin for begin, end in slices)


def covered(slices):
    """Time in which at least one is under way."""
    total, until = 0, 0
    for begin, end in sorted(slices):
        total += max(0, end - max(begin, until))
        until = max(until, end)
    return total


def faults(file, r, level):
    """What a timeline of @level and the result @r do not agree on."""
    tracks = slices_of(file)
    for track, slices in tracks.items():
        for (begin, end), (after, _) in zip(slices, slices[1:]):
            if end > after:
                yield f"{track}: a slice from {begin} to {end} ps, the next one begins at {after}"
                break
        if slices and (slices[0][0] < 0 or max(end for _, end in slices) > r["end_time_ps"]):
            yield f"{track}: slices outside of 0 .. {r['end_time_ps']} ps"
    if r["workload"] == "decode" and r["complete"]:
        yield from token_faults(tracks, r)
    if r["complete"]:
        yield from busy_faults(tracks, r, level)


def token_faults(tracks, r):
    """Slices are steps: a token of each sequence, or several where some were drafted."""
    values = scenario.read(r["resolved"])
    batch, drafted, prompt = (int(values[f"workload.{key}"]) for key in ("batch", "draft.tokens", "prompt"))
    steps = [end - begin for begin, end in tracks.get("host/token", [])]
    if not are_steps(steps, r["decode"]["token_latency_ps"], batch, 1 + drafted):
        yield "host/token: not the latencies of the tokens"
    path = length(tracks.get("host/critical path", []))
    if path != sum(row["ps"] for row in r["critical_path"]):
        yield "host/critical path: not its rows"
    if prompt == 0 and path != sum(steps):  # that of a prompt has no slice of a token
        yield "host/critical path: has gaps"


def are_steps(steps, latencies, batch, most):
    """Whether each of @steps is the sum of 1 to @most of @latencies, once for each sequence that has some left."""
    left, rest = [len(latencies) // batch] * batch, list(reversed(latencies))
    for step in steps:
        if not any(left):
            return False
        for i in range(batch):
            time, n = 0, 0
            while left[i] > 0 and n < most and (n == 0 or time < step):
                time, n, left[i] = time + rest.pop(), n + 1, left[i] - 1
            if n > 0 and time != step:
                return False
    return not rest


def of_group(r, group, key):
    """A parameter of a flash group, as run."""
    return re.search(rf" {re.escape(group)} = {{[^}}]*?\b{key} = ([^;]+);", r["resolved"]).group(1)


def has_own_planes(r, group):
    return of_group(r, group, "independent_planes") == "true" and int(of_group(r, group, "planes")) > 1


def plane_times(tracks, die):
    planes = {re.match(rf"{re.escape(die)}/plane\d+", t).group(0) for t in tracks if t.startswith(f"{die}/plane")}
    return [covered([s for part in ("array", "engine") for s in tracks.get(f"{p}/{part}", [])]) for p in planes]


def busy_faults(tracks, r, level):
    deep = {"npu": 0, "dram": 0, "channel": 1, "die": 2, "link": 9}  # a link has no track
    for row in r["resources"]:
        if deep[row["kind"]] > ("operators", "channels", "dies").index(level):
            continue
        name = row["name"].replace(".", "/")
        parts = [name] if row["kind"] != "die" else [f"{name}/array", f"{name}/engine"]
        seen = covered([s for part in parts for s in tracks.get(part, [])])
        if row["kind"] == "die" and has_own_planes(r, row["group"]):  # the mean over them
            seen = sum(plane_times(tracks, name)) // int(of_group(r, row["group"], "planes"))
        if seen != row["busy_ps"]:
            yield f"{row['name']}: slices of {seen} ps, busy {row['busy_ps']} ps"
            return
