#!/usr/bin/env bash
# Every policy with every way of recording a run: it works, and the run is the same.
. "$SOURCE/tests/cli/lib.inc"

found=0
for file in "$SOURCE"/scenarios/policies/*.cfg; do
  found=$((found + 1))
  every=(--set simulation.reuse=false) # a run that is watched simulates all: then the number of events is the same, too
  sets=(--set workload.tokens=12)
  case $file in
  *stream*) sets=(--set workload.stream.count=300) ;;
  */refresh-*) sets=(--set workload.tokens=55) ;;
  */select-* | */arbiter-priority*) sets=(--set workload.tokens=3) ;;
  */schedule-*) sets=(--set workload.requests.count=4 --set model.layers=2) ;;
  esac
  expect 0 run -q "$file" "${every[@]}" "${sets[@]}" --format csv
  cp "$work/out" "$work/plain.csv"
  same() { # ARGUMENT...
    expect 0 run -q "$file" "${every[@]}" "${sets[@]}" --format csv "$@"
    cmp -s "$work/out" "$work/plain.csv" || fail "$called: not the run without these options"
  }
  same --detail --stats "$work/x.json"
  same --trace "$work/x.csv" --trace-level channels
  same --detail --stats "$work/y.json" --trace "$work/x.pftrace.gz"
  cmp -s "$work/x.json" "$work/y.json" || fail "$file: a timeline changes the statistics"
  expect 0 timeline convert "$work/x.csv" "$work/x.vcd"
  expect 0 report "$work/x.json" -o "$work/x.html"
  if [ "$(basename "$file")" = refresh-read-count.cfg ]; then
    grep -q '"operator": "refresh"' <(sed -n '/"token_lanes"/,$p' "$work/x.json") ||
      fail "the detail of a run with refresh shows none"
  fi
done
[ "$found" -ge 18 ] || fail "only $found scenarios of policies were found"
finish
