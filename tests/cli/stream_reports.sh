#!/usr/bin/env bash
# Read-only, write-only and empty workloads end with status 0 and a full report in every format; figures of runs far
# below a second are numbers.
. "$SOURCE/tests/cli/lib.inc"
read=$SOURCE/scenarios/stream/sequential-read.cfg

for op in read program erase; do
  for count in 0 1 50; do
    for format in text json csv; do
      expect 0 run "$read" --set workload.stream.op=$op --set workload.stream.count=$count --format $format
      quiet_err
      ! grep -qiwE -- '-?(inf|infinity|nan)' "$work/out" || fail "$called: a figure is no number: $out"
    done
  done
done

# the report is full: headline, limits next to the bandwidth, and what was done
for count in 0 1; do
  expect 0 run "$read" --set workload.stream.count=$count --format text
  for word in requests bandwidth limit latency power Rates Utilisation "Bytes per bus" Capacity Wear; do
    grep -qi "$word" <<<"$out" || fail "$called: the report lacks '$word': $out"
  done
done

# lines that are no input are errors with file and line, and a comment ends nothing
cat >"$work/s.cfg" <<TEXT
extends = "$SOURCE/scenarios/stream/sequential-read.cfg";
# a comment

workload = { stream = { count = 7; }; };
TEXT
expect 0 run "$work/s.cfg" --format csv
prints ",requests,7,"
sed 's/count = 7/cuont = 7/' "$work/s.cfg" >"$work/unknown.cfg"
expect 65 run "$work/unknown.cfg"
says "unknown.cfg:4"
says "count"
quiet_out
sed 's/count = 7;/count =/' "$work/s.cfg" >"$work/short.cfg"
expect 65 run "$work/short.cfg"
says "short.cfg:4"
quiet_out
finish
