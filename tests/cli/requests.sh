#!/usr/bin/env bash
# Traces of requests from the command line: the hour of Azure against awk, a trace that is drawn and read again,
# wrong use, and memory that does not grow with the file.
. "$SOURCE/tests/cli/lib.inc"
azure=$SOURCE/scenarios/traces/azure-llm-2023-conv.csv.gz

# Every figure against another program.
expect 0 trace info -f json "$azure"
zcat "$azure" >"$work/azure.csv"
python3 - "$work/azure.csv" "$work/out" <<'PY' || fail "$called: the figures differ"
import csv, datetime, json, sys
rows = list(csv.DictReader(open(sys.argv[1])))
found = json.load(open(sys.argv[2]))
day = lambda t: datetime.datetime.fromisoformat(t[:26]).timestamp()
seconds = day(rows[-1]["TIMESTAMP"]) - day(rows[0]["TIMESTAMP"])
wrong = []
def same(name, a, b, slack=0):
    if abs(a - b) > slack:
        wrong.append(f"{name}: {a}, not {b}")
same("requests", found["requests"], len(rows))
same("seconds", found["seconds"], seconds, 2e-6)
same("rate", found["arrival_rate"], (len(rows) - 1) / seconds, 1e-6)
for name, column in (("prompt", "ContextTokens"), ("answer", "GeneratedTokens")):
    n = sorted(int(r[column]) for r in rows)
    same(name, found[name]["mean"], sum(n) / len(n), 1e-6)
    for percent in (50, 90, 99, 100):
        same(f"{name} {percent}", found[name][f"p{percent}" if percent < 100 else "max"], n[-(-len(n) * percent // 100) - 1])
sys.exit("; ".join(wrong) or 0)
PY
cp "$work/out" "$work/gz.json"
expect 0 trace info -f json "$work/azure.csv"
cmp -s "$work/out" "$work/gz.json" || fail "$called: not what the compressed file gives"
expect 0 trace info "$work/azure.csv" --first 1000 --count 500 --limit 4096
prints "azure, 500 requests"
prints "capped"
tail -n +1002 "$work/azure.csv" | head -n 500 >"$work/rows"
{ head -n 1 "$work/azure.csv"; cat "$work/rows"; } >"$work/part.csv"
tail -n +2 <<<"$out" >"$work/taken"
expect 0 trace info "$work/part.csv" --limit 4096
diff <(tail -n +2 <<<"$out") "$work/taken" >/dev/null || fail "--first and --count take other rows"
"$IFCSIM" trace info - <"$work/part.csv" | grep -qF -- "-: azure, 500 requests" || fail "standard input"

# A line in the middle that is broken is named.
sed '9000s/,/;/' "$work/azure.csv" >"$work/broken.csv"
expect 65 trace info "$work/broken.csv"
says "$work/broken.csv:9000: 2 columns, not the 3 of the first line"
quiet_out
{ sed -n '1p;3p' "$work/azure.csv"; sed -n 2p "$work/azure.csv"; } >"$work/unordered.csv"
expect 65 trace info "$work/unordered.csv"
says "unordered.csv:3: it arrives before the row above it"
expect 66 trace info "$work/none.csv"
expect 65 trace info "$work/azure.csv" --as mooncake
says "azure.csv:1: no JSON object"

# What is drawn is a trace, with what was asked for.
draw=(--count 20000 --rate 5 --prompt lognormal:median=1000,sigma=0.9,max=16K --answer 7)
expect 0 trace generate "${draw[@]}" --seed 3
cp "$work/out" "$work/drawn.csv"
expect 0 trace generate "${draw[@]}" --seed 3
cmp -s "$work/out" "$work/drawn.csv" || fail "the same seed draws other requests"
expect 0 trace info "$work/drawn.csv" -f json
python3 -c 'import json, math, sys
r = json.load(sys.stdin)
bad = r["requests"] != 20000 or abs(r["arrival_rate"] / 5 - 1) > 0.03 or abs(r["prompt"]["p50"] / 1000 - 1) > 0.03
sys.exit(bad or abs(r["prompt"]["p90"] / (1000 * math.exp(0.9 * 1.2816)) - 1) > 0.03 or r["answer"]["max"] != 7)' \
  <<<"$out" || fail "what is drawn: $out"
expect 0 trace generate --count 500 --arrival closed --prompt 10 --answer 20 --sessions 3 --limit 100
cp "$work/out" "$work/talks.csv"
expect 0 trace info "$work/talks.csv"
prints "500 requests"
prints "later turns, whose prompts keep"

# Wrong use.
expect 64 trace
says "what to do with a trace"
expect 64 trace sort "$work/azure.csv"
says "'sort' is nothing to do with a trace (allowed: info, generate, export)"
expect 64 trace info
says "no trace given"
expect 64 trace info a b
expect 64 trace info "$azure" --as csv
says "azure"
expect 64 trace info "$azure" --count 0
says "--count=0: out of range"
expect 64 trace generate --count 3 --rate 1 --prompt 5
says "no --answer given"
expect 64 trace generate --count 3 --prompt 5 --answer 5
says "rate = 0: out of range"
expect 64 trace generate --rate 3 --prompt 5 --answer 5
says "need a count"
expect 64 trace generate --count 3 --rate 1 --prompt zipf:s=1 --answer 5
says "--prompt='zipf:s=1' is no distribution"
expect 64 trace generate --count 3 --rate 1 --prompt 5 --answer 5 --sessions 2
says "need a limit"
expect 64 trace generate --count 3 --rate 1 --prompt 5 --answer 5 out.csv
expect 65 trace generate --count 3 --rate 0.000000001 --prompt 5 --answer 5
says "past the end of the clock"
[ ! -w /dev/full ] || { "$IFCSIM" trace generate "${draw[@]}" >/dev/full 2>"$work/err"; [ $? -eq 74 ] || fail "a full disk: $(cat "$work/err")"; }

# A run serves them, and saves a line for each; it destroys no trace, and check finds what it would stumble over.
served=(run -q "$SOURCE/scenarios/full/base-1-llama2-7b.cfg" --set model.layers=1 --set workload.kind=requests)
printf 'arrival_ps,prompt,generated\n0,10,2\n5,3,1\n' >"$work/two.csv"
expect 0 "${served[@]}" --set "workload.requests.trace=$work/two.csv" --requests "$work/served.csv"
prints "2 requests, 13 prompt tokens (0 of them kept), 3 generated"
head -n 1 "$work/served.csv" | grep -qx 'request,session,arrival_ps,start_ps,first_token_ps,end_ps,prompt,cached,generated' ||
  fail "the requests that were served have another head"
[ "$(wc -l <"$work/served.csv")" -eq 3 ] || fail "not a line for each request"
expect 64 "${served[@]}" --set "workload.requests.trace=$work/two.csv" --requests "$work/two.csv"
says "holds the requests of"
printf '9,x,1\n' >>"$work/two.csv"
expect 65 "${served[@]}" --set "workload.requests.trace=$work/two.csv"
says "two.csv:4"
expect 65 check "$SOURCE/scenarios/full/base-1-llama2-7b.cfg" --set workload.kind=requests --set "workload.requests.trace=$work/two.csv"
says "two.csv:4"

# Before anything is served, one is refused that never fits, of a file and drawn; check says the same.
printf 'arrival_ps,prompt,generated\n0,10,2\n5,9000000,1\n' >"$work/large.csv"
for which in "workload.requests.trace=$work/large.csv" workload.requests.count=2; do
  for command in check "run -q"; do
    # shellcheck disable=SC2086
    expect 65 $command "$SOURCE/scenarios/full/base-1-llama2-7b.cfg" --set workload.kind=requests --set "$which" \
      --set workload.requests.arrival=closed --set workload.requests.prompt=uniform:min=5000000,max=9000000
    says "tokens needs "
    says " TB of KV, available "
    quiet_out
  done
done

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

# Streaming: 200 times the rows take no more memory.
peak() { python3 -c 'import resource, subprocess, sys
subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)' "$@"; }
"$IFCSIM" trace generate "${draw[@]}" --count 400000 >"$work/long.csv"
short=$(peak "$IFCSIM" trace info "$work/long.csv" --count 2000)
long=$(peak "$IFCSIM" trace info "$work/long.csv")
[ "$long" -lt $((short + 1500)) ] || fail "400,000 rows take $long KB, 2,000 rows $short KB"
finish
