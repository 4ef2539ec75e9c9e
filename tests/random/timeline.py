"""A whole timeline, as CSV, against the statistics of the same run: a second source for what was busy."""
import csv
import re
from collections import defaultdict


# Tokens of several sequences, and those that a draft brings, share steps; a prompt has steps without a token.
TOGETHER = r"^\s*(batch = (?!1;)|prompt = (?!0;)|draft = \{\s*tokens = (?!0;))"


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
    d = r.get("decode")
    if d and r["complete"]:
        tokens = [end - begin for begin, end in tracks.get("host/token", [])]
        path = sum(row["ps"] for row in r["critical_path"])
        if tokens != d["token_latency_ps"] and not re.search(TOGETHER, r["resolved"], re.M):
            yield "host/token: not the latencies of the tokens"
        if length(tracks.get("host/critical path", [])) != path:
            yield "host/critical path: has gaps"
        if sum(tokens) > path:
            yield "host/token: longer than the critical path"
    if r["complete"]:
        yield from busy_faults(tracks, r, level)


def busy_faults(tracks, r, level):
    deep = {"npu": 0, "dram": 0, "channel": 1, "die": 2}
    for row in r["resources"]:
        if deep[row["kind"]] > ("operators", "channels", "dies").index(level):
            continue
        name = row["name"].replace(".", "/")
        parts = [name] if row["kind"] != "die" else [f"{name}/array", f"{name}/engine"]
        seen = covered([s for part in parts for s in tracks.get(part, [])])
        if seen != row["busy_ps"]:
            yield f"{row['name']}: slices of {seen} ps, busy {row['busy_ps']} ps"
            return
