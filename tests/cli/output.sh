#!/usr/bin/env bash
# What run writes, where, and what happens when it cannot.
. "$SOURCE/tests/cli/lib.inc"
q=$SOURCE/scenarios/quickstart.cfg

expect 0 run "$q"
quiet_err
prints "tokens/s"
prints "Critical path"
text=$out

# the same run twice: the same bytes, in each format and in a child
for format in text json csv; do
  expect 0 run "$q" --format $format
  cp "$work/out" "$work/first"
  expect 0 run "$q" --format $format
  cmp -s "$work/first" "$work/out" || fail "two runs differ as $format"
done

expect 0 run "$q" --stats "$work/a.json"
[ "$out" = "$text" ] || fail "--stats changes standard output"
expect 0 run "$q" --format json
cmp -s "$work/out" "$work/a.json" || fail "--stats a.json and --format json differ"
expect 0 run "$q" --stats "$work/a.csv"
head -n 1 "$work/a.csv" | grep -q $'^section,name,field,value,unit\r$' || fail "a.csv has no head"

# the resolved scenario is the scenario
expect 0 run "$q" --resolved
cp "$work/out" "$work/resolved.cfg"
hash=$(sed -n 's/^run,,scenario_hash,\([0-9a-f]*\),.*/\1/p' "$work/a.csv")
expect 0 run "$work/resolved.cfg" --format csv
prints "run,,scenario_hash,$hash,"
expect 0 check "$q"
prints "$q: ok"
expect 0 check --resolved "$q"
cmp -s "$work/out" "$work/resolved.cfg" || fail "check --resolved and run --resolved differ"

# several scenarios: in order, in a folder, as one array or one table
cp "$q" "$work/one.cfg"
cp -r "$SOURCE/scenarios/parts" "$work/parts"
cp "$work/one.cfg" "$work/two.cfg"
expect 0 run "$work/one.cfg" "$work/two.cfg" -j 2 --format csv --stats "$work/folder"
head -n 1 "$work/out" | grep -q $'^scenario,section,name,field,value,unit\r$' || fail "no scenario column"
[ "$(grep -c ',decode,,tokens,' "$work/out")" -eq 2 ] || fail "not two runs in the table"
[ "$(sed -n 2p "$work/out" | cut -d, -f1)" = "$work/one.cfg" ] || fail "the first run is not the first scenario"
[ "$(ls "$work/folder")" = $'one.csv\ntwo.csv' ] || fail "the folder holds: $(ls "$work/folder")"
expect 0 run "$work/two.cfg" "$work/one.cfg" --format json
if there python3 python3 "reading the outputs"; then
  python3 -c 'import json, sys
runs = json.load(open(sys.argv[1]))
assert [r["scenario"] for r in runs] == sys.argv[2:], [r["scenario"] for r in runs]' \
    "$work/out" "$work/two.cfg" "$work/one.cfg" || fail "not an array of two runs in order"
fi
expect 66 run "$q" "$work/none.cfg"
quiet_out
says "$work/none.cfg"

# does not fit: a result, with its own status, and the statistics are there
expect 3 run "$q" --set flash.groups.g1.dies=1 --set flash.groups.g1.blocks_per_plane=1 --stats "$work/oom.json"
prints "OUT OF MEMORY: g1 does not fit: "
says "out of memory: g1 needs "
grep -q '"status": "out_of_memory"' "$work/oom.json" || fail "oom.json does not say out_of_memory"
grep -q '"overflow": {' "$work/oom.json" || fail "oom.json has no overflow"

# cannot write: 74, a reason, and no half files
full="cannot write standard output: No space left on device"
for arguments in "run $q" "run $q --format json" "run $q --resolved" "check $q" "list parameters" "describe" "topology $q" \
  --help --version "run --help"; do
  got=0
  # shellcheck disable=SC2086
  "$IFCSIM" $arguments >/dev/full 2>"$work/err" || got=$?
  [ "$got" -eq 74 ] || fail "ifcsim $arguments >/dev/full: status $got, not 74"
  [ "$(cat "$work/err")" = "ifcsim: $full" ] || fail "ifcsim $arguments >/dev/full says: $(cat "$work/err")"
done
expect 74 run "$q" --stats /dev/full
says "ifcsim: cannot write /dev/full: No space left on device"
expect 74 run "$q" --stats "$work/nowhere/a.json"
quiet_out
says_first "ifcsim: cannot write $work/nowhere/a.json: No such file or directory"
expect 74 run "$q" --stats "$work"
says_first "ifcsim: cannot write $work: Is a directory"
ls "$work" | grep -q 'json\.' && fail "a temporary file is left: $(ls "$work")"

# compare
cp "$work/a.json" "$work/b.json"
expect 0 diff "$work/a.json" "$work/b.json"
prints "tokens per second"
expect 0 run "$q" --set channel.rate="2.4 GB/s" -q --stats "$work/b.json"
expect 0 diff "$work/a.json" "$work/b.json"
grep -q 'latency mean.*+.*%' <<<"$out" || fail "half the bus rate does not show in diff: $out"

# runs of one title are told apart
expect 0 run "$q" --set flash.groups.g1.dies=11 --set flash.groups.g2.dies=5 --stats "$work/moved.json"
[ "$(sed -n 4p <<<"$out")" = "g1 11 dies, g2 5 dies" ] || fail "the head does not say the dies as run: $(head -n 5 <<<"$out")"
expect 0 diff "$work/a.json" "$work/moved.json"
[ "$(sed -n '2,3p;5,6p' <<<"$out")" = "   g1 8 dies, g2 8 dies
   flash.groups.g1.dies = 8, flash.groups.g2.dies = 8
   g1 11 dies, g2 5 dies
   flash.groups.g1.dies = 11, flash.groups.g2.dies = 5" ] || fail "heads of diff: $(head -n 6 <<<"$out")"
expect 0 diff "$work/a.json" "$work/a.json"
prints "all parameters are equal"

expect 66 diff "$work/a.json" "$work/none.json"
says_first "ifcsim: cannot open $work/none.json: No such file or directory"
expect 65 diff "$work/a.json" "$q"
says "not JSON"

expect 0 topology "$q"
prints "<platform"
finish
