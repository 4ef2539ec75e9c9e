#!/usr/bin/env bash
# Tables of bit errors: what is wrong with one is said by check and run alike, and a good one runs.
. "$SOURCE/tests/cli/lib.inc"

cd "$work" || exit 1
cat >base.cfg <<'TEXT'
extends = "stream/read-compute";
flash = { groups = { g1 = { errors = { law = "table";
    table = "t.csv"; }; }; }; };
TEXT
allowed='(allowed: lines "pe,seconds,reads,rber", numbers, a whole grid in ascending order)'

refused() { # STATUS TEXT: check and run
  for command in check run; do
    "$IFCSIM" $command base.cfg >out 2>err
    [ $? = "$1" ] || fail "$command: $2: another status"
    grep -qxF -- "$2" err || fail "$command: not said: $2; but: $(cat err)"
  done
}

table() { printf 'pe,seconds,reads,rber\n%b' "$1" >t.csv; }

refused 66 "base.cfg:3: flash.groups.g1.errors.table = \"t.csv\": cannot open: No such file or directory"
printf 'pe,seconds,rber\n' >t.csv
refused 65 "$work/t.csv:1: not the first line of a table $allowed"
table ''
refused 65 "$work/t.csv:2: no values $allowed"
table '0,1,0\n'
refused 65 "$work/t.csv:2: a value is missing $allowed"
table '0,1,0,1e-3,5\n'
refused 65 "$work/t.csv:2: too many values $allowed"
table '0,one,0,1e-3\n'
refused 65 "$work/t.csv:2: not a number $allowed"
table '0,1,-1,1e-3\n'
refused 65 "$work/t.csv:2: a negative value $allowed"
table '0,1,0,0\n'
refused 65 "$work/t.csv:2: rber is not above 0 and at most 0.5 $allowed"
table '0,1,0,1e-3\n0,9e9,0,1e-3\n5,1,0,1e-3\n'
refused 65 "$work/t.csv:5: the grid ends before it is whole $allowed"
table '0,1,0,1e-3\n0,9e9,0,1e-3\n5,2,0,1e-3\n5,9e9,0,1e-3\n'
refused 65 "$work/t.csv:4: not the next point of the grid $allowed"
table '0,1,3,1e-3\n0,9e9,3,1e-3\n'
refused 65 "base.cfg:3: flash.groups.g1.errors.table = \"$work/t.csv\": begins at 3 reads, and a run begins at none (allowed: a grid from 0 reads on)"

# A whole grid; every page fails once in a while, and JSON and CSV say so.
table '0,1,0,5e-3\n0,9e9,0,5e-3\n'
"$IFCSIM" check base.cfg >out 2>err || fail "a good table: $(cat err)"
"$IFCSIM" run -q base.cfg --format json >out.json 2>err || fail "a good table does not run: $(cat err)"
python3 - out.json <<'PY' || fail "the JSON does not count its errors"
import json, sys
row = json.load(open(sys.argv[1]))["errors"][0]
assert row["group"] == "g1" and row["failed_pages"] > 0 and row["resensed_pages"] >= row["failed_pages"], row
assert set(row["uncorrectable"]) == {"weights", "kv", "other"}, row
PY
"$IFCSIM" run -q base.cfg --format csv | grep -q '^errors,g1,resensed,[1-9]' || fail "the CSV does not count its errors"
"$IFCSIM" run -q base.cfg --set simulation.time_limit=20us --format json >out.json 2>err
[ $? = 130 ] || fail "a run that is cut off among retries: $(cat err)"
"$IFCSIM" run -q stream/read-compute --format json | grep -q '"errors"' && fail "errors of a run without any"
finish
