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
# Of two that wait for power the one of higher priority goes first: it stands before the other, which cannot go.
cat >"$work/power.cfg" <<'CFG'
channel = { page_command = "2 us"; };
soc = { power_budget = "1 kW"; };
flash = { groups = { g = { dies = 1; t_erase = "1 ps"; }; }; };
workload = {
    kind = "stream";
    flows = {
        x = { group = "g"; arrival = "constant"; rate = "1110 1/s"; priority = 8; };
        y = { group = "g"; op = "erase"; reads = 0.999; };
        z = { group = "g"; op = "erase"; };
    };
};
CFG
expect 0 run -q "$work/power.cfg"
prints "3 flows"
finish

# block traces: what is wrong with a row is said by check and run alike, with its line
cat >"$work/traced.cfg" <<TEXT
extends = "$SOURCE/scenarios/stream/sequential-read.cfg";
workload = { stream = { trace = "rows"; }; };
TEXT
cd "$work" || exit 1
refused() { # ROW TEXT: the second row, and what is said of it
  printf '5 0 0 8 1\n%s\n9 0 0 8 1\n' "$1" >rows
  for command in check run; do
    expect 65 $command traced.cfg
    says "$work/rows:2: $2"
    quiet_out
  done
}
columns="(allowed: 5: arrival in ns, device, first sector, sectors, 0 for a write or 1 for a read)"
refused '6 0 0 8' "4 columns $columns"
refused '6 0 0 8 1 1' "6 columns $columns"
refused '6 0 x 8 1' "'x' is no whole number from 0 on"
refused '-6 0 0 8 1' "'-6' is no whole number from 0 on"
refused '6 0 0 8 2' "type 2 (allowed: 0, a write; 1, a read)"
refused '6 0 0 0 1' "0 sectors (allowed: 1 .. 262144)"
refused '4 0 0 8 1' "arrives at 4 ns, before the row above it at 5 (allowed: rows in order of arrival)"
refused '1100000000000001 0 0 8 1' "arrives at 1100000000000001 ns (allowed: up to 1100000000000000)"
rm rows
for command in check run; do
  expect 66 $command traced.cfg
  says "cannot open"
done
printf '5 0 0 8 1\n6 0 64 8 0\n' >rows
expect 0 run traced.cfg --format csv
prints "stream,trace,requests,2,"
gzip -k rows
expect 0 run traced.cfg --set workload.stream.trace=rows.gz --set workload.stream.rows=1 --format csv
prints "stream,trace,requests,1,"
: >rows
expect 0 run traced.cfg --format csv
prints "stream,trace,requests,0,"
printf '5 0 0 8 1\n4 0 64 8 0\n' | "$IFCSIM" run -q traced.cfg -s workload.stream.trace=- >out 2>err
[ $? = 65 ] && grep -q 'standard input:2: arrives at 4 ns' err || fail "a trace on standard input: $(cat err)"
