#!/usr/bin/env bash
# Requests that are served: the same figures in every output, the busiest block, a replay that is cut off, pictures.
. "$SOURCE/tests/cli/lib.inc"

# The same figures in every output, from the lines of the requests by another program.
tiny=(run -q "$SOURCE/scenarios/full/base-1-llama2-7b.cfg" --set model.layers=1 --set model.hidden=128 --set model.heads=1
  --set model.kv_heads=1 --set model.ffn=128 --set model.vocab=64 --set flash.groups.g1.dies=1 --set channel.count=1 --set dram.channels=1
  --set workload.kind=requests --set workload.requests.count=1100
  --set workload.requests.prompt=uniform:min=1,max=90 --set workload.requests.answer=uniform:min=1,max=9 --set workload.batch=2)
expect 0 "${tiny[@]}" --set workload.requests.arrival=poisson --set 'workload.requests.rate=1500 1/s' --set workload.warmup=100 \
  --requests "$work/all.csv" --stats "$work/all.json"
prints "; busy "
python3 - "$work/all.csv" "$work/all.json" <<'PY' || fail "$called: the figures differ"
import csv, json, math, sys
rows = [{k: int(v) for k, v in r.items() if v} for r in csv.DictReader(open(sys.argv[1]))][100:]
found, wrong = json.load(open(sys.argv[2]))["requests"], []
def same(name, a, b):
    if not math.isclose(a, b, rel_tol=1e-9):
        wrong.append(f"{name}: {a}, not {b}")
last, busy = 0, 0
for start, end in sorted((r["start_ps"], r["end_ps"]) for r in rows):
    busy, last = busy + max(0, end - max(start, last)), max(last, end)
span = max(r["end_ps"] for r in rows) - min(r["arrival_ps"] for r in rows)
same("busy", found["busy_share"], busy / span)
same("count", found["count"], len(rows))
same("begun", found["begun"], 1100)
times = {"queue": lambda r: r["start_ps"] - r["arrival_ps"], "ttft": lambda r: r["first_token_ps"] - r["arrival_ps"], "latency": lambda r: r["end_ps"] - r["arrival_ps"]}
for name, of in times.items():
    all = sorted(map(of, rows))
    same(name, found[f"{name}_ps"]["mean"], sum(all) / len(all))
    for p in (50, 90, 99, 100):
        same(f"{name} {p}", found[f"{name}_ps"][f"p{p}" if p < 100 else "max"], all[-(-len(all) * p // 100) - 1])
points = found["over_time"]
same("points", len(points["arrival_ps"]), 500)
same("each", points["each"], 2)
rows.sort(key=lambda r: (r["arrival_ps"], r["request"]))
for i in (0, 1, 250, 499):
    two = rows[2 * i:2 * i + 2]
    same(f"point {i}", points["arrival_ps"][i], two[0]["arrival_ps"])
    same(f"longest of {i}", points["latency_max_ps"][i], max(map(times["latency"], two)))
    for name, of in times.items():
        same(f"{name} of {i}", points[f"{name}_ps"][i], sum(map(of, two)) / 2)
sys.exit("; ".join(wrong) or 0)
PY
expect 0 "${tiny[@]}" --set workload.requests.arrival=closed --stats "$work/closed.json"
expect 0 diff "$work/all.json" "$work/closed.json"
for row in "waiting p99" "first token mean" "each further token p90" "request max" "busy share" "energy per request"; do prints "  $row "; done
! grep -q "whole periods" "$work/out" || fail "$called: requests have no period"

# The busiest block of KV, as the page has it: two requests show what 25 do, since their blocks are erased between.
busiest=(--set workload.kind=requests --set workload.requests.count=2 --set workload.requests.arrival=closed --set workload.requests.prompt=1024
  --set workload.requests.answer=1024)
for machine in c:compact d:discrete; do
  printf 'extends = ("%s/scenarios/full/kvnand-%s-llama2-7b.cfg", "%s/scenarios/parts/model-llama3.1-8b.cfg");\n' "$SOURCE" "${machine%:*}" "$SOURCE" >"$work/8b.cfg"
  row="| ${machine#*:} |"
  for layout in unmapped mapped; do
    [ $layout = unmapped ] && sets=(--set placement.kv_layout=unmapped) || sets=()
    expect 0 run -q "$work/8b.cfg" "${busiest[@]}" "${sets[@]}"
    row+=" $(awk '/reads of KV/ { print $(NF - 1), $NF }' <<<"$out") |"
  done
  grep -qF "$row 8.0 |" "$SOURCE/docs/requests.md" || fail "docs/requests.md lacks: $row"
done

# A replay that is cut off says what was finished, and what was under way.
expect 130 "${tiny[@]}" --set workload.requests.arrival=closed --set 'simulation.time_limit=100 ms' --stats "$work/cut.json" --requests "$work/cut.csv" \
  --trace "$work/cut-timeline.csv" --trace-level operators
prints "INCOMPLETE"
python3 - "$work" <<'PY' || fail "$called: what was finished is not told"
import json, sys
r = json.load(open(f"{sys.argv[1]}/cut.json"))
lines = sum(1 for _ in open(f"{sys.argv[1]}/cut.csv")) - 1
q = r["requests"]
says = f"interrupted: the figures cover {lines} finished requests; {q['begun'] - lines} were under way, with {q['unfinished_tokens']} tokens generated"
tracks = [l.rstrip("\n").split(",") for l in open(f"{sys.argv[1]}/cut-timeline.csv") if "/requests/sequence" in l and l.startswith("slice")]
ends = [int(t[4]) for t in tracks]
bad = not 0 < lines < 1100 or q["count"] != lines or q["begun"] <= lines or says not in r["warnings"]
bad = bad or sum(t[2].endswith(": answer") and int(t[4]) < r["end_time_ps"] for t in tracks) not in range(lines - 2, lines + 1)
sys.exit(bad or {t[1] for t in tracks} != {"host/requests/sequence 1", "host/requests/sequence 2"} or max(ends) != r["end_time_ps"])
PY

# Time and energy against context, of all decodes, by one command.
if there gnuplot gnuplot-nox "pictures of decodes"; then
  "$SOURCE/docs/generate-growth" "$IFCSIM" "$work" -s model.layers=1 -s workload.tokens=1 || fail "docs/generate-growth"
  for file in "$SOURCE"/scenarios/traces/decode-*.cfg; do
    for figure in latency energy; do
      grep -q "$(basename "$file" .cfg)" "$work/growth-$figure.svg" || fail "growth-$figure.svg lacks $file"
    done
  done
fi
finish
