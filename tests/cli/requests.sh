#!/usr/bin/env bash
# Traces of requests from the command line: the hour of Azure against awk, a trace that is drawn and read again,
# wrong use, and memory that does not grow with the file. What serving them gives is in served.sh.
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
expect 0 trace generate --count 500 --arrival closed --prompt 10 --answer 20 --sessions 3 --limit 100 --recent 0.999
[ "$(cut -d, -f2 <<<"$out" | sort -n | uniq -c | awk '$1 >= 3' | wc -l)" -gt 150 ] || fail "--recent: not one conversation after the other"
expect 64 trace generate --count 3 --rate 1 --prompt 5 --answer 5 --sessions 2 --limit 99 --recent 1
says 'recent = 1: out of range (allowed: 0 .. below 1)'
expect 64 trace generate --count 3 --rate 1 --prompt 5 --answer 5 --recent x
says '--recent=x: '
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

# Streaming: 200 times the rows take no more memory.
peak() { python3 -c 'import resource, subprocess, sys
subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)' "$@"; }
"$IFCSIM" trace generate "${draw[@]}" --count 400000 >"$work/long.csv"
short=$(peak "$IFCSIM" trace info "$work/long.csv" --count 2000)
long=$(peak "$IFCSIM" trace info "$work/long.csv")
[ "$long" -lt $((short + 1500)) ] || fail "400,000 rows take $long KB, 2,000 rows $short KB"
finish
