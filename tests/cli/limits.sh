#!/usr/bin/env bash
# Limits: what ends a run early, at which moment, and what is then reported. A device on paper: one die of one plane,
# 64 blocks of 64 pages of 16 KiB, reads of 40 us and 16.384 us on the bus.
. "$SOURCE/tests/cli/lib.inc"
device=$work/device.cfg
cat >"$device" <<'CFG'
channel = { count = 1; rate = "1 GB/s"; command_time = "0 s"; };
soc = { ecc_rate = "0 B/s"; };
flash = { groups = { s = { dies = 1; planes = 1; pages_per_block = 64; blocks_per_plane = 64; page = "16 KiB";
  spare = "0 B"; t_read = "40 us"; t_program = "350 us"; t_erase = "3.5 ms"; fmacs = 0; ecc_rate = "0 B/s";
  ecc_power = "0 W"; static_power = "0 W"; }; }; };
workload = { kind = "stream"; stream = { group = "s"; op = "read"; count = 1000; queue_depth = 1; }; };
CFG

# ends STATUS END_PS REQUESTS ARGUMENT...: the run ends so, then, with so many requests done
ends() {
  local status=$1 end=$2 requests=$3 found
  shift 3
  expect "$status" run -q -f json "$@"
  found=$(python3 -c 'import json, sys
r = json.load(sys.stdin)
print(r["end_time_ps"], r["stream"]["requests"])' <<<"$out")
  [ "$found" = "$end $requests" ] || fail "$called: end and requests are $found, not $end $requests"
}

stream=workload.stream
# A limit ends a stream at that moment, whatever waits.
ends 130 1000000000 24 "$device" --set $stream.count=100000 --set $stream.queue_depth=1048576 \
  --set 'simulation.time_limit=1 ms'
ends 130 10000000000 249 "$device" --set $stream.count=100000 --set $stream.arrival=constant \
  --set "$stream.rate=1 M/s" --set 'simulation.time_limit=10 ms'
# A request that is longer than the limit does not make the run longer.
ends 130 1000000000 0 "$device" --set $stream.op=erase --set 'simulation.time_limit=1 ms'
# A limit that is not reached ends nothing: up to the last moment what is done counts, and a picosecond earlier not.
once=("$device" --set $stream.count=1)
ends 0 56384000 1 "${once[@]}" --set 'simulation.time_limit=56384 ns'
ends 130 56383999 0 "${once[@]}" --set 'simulation.time_limit=56383999 ps'
ends 130 56384000 1 "$device" --set $stream.count=2 --set 'simulation.time_limit=56384 ns'
ends 0 57384000 1 "${once[@]}" --set $stream.arrival=constant --set "$stream.rate=1 M/s" \
  --set 'simulation.time_limit=57384 ns'
ends 130 57383999 0 "${once[@]}" --set $stream.arrival=constant --set "$stream.rate=1 M/s" \
  --set 'simulation.time_limit=57383999 ps'

# So does a decode: tokens of two layers, on dies and on DRAM, with what is under way cut at that moment.
decode() { # FILE SETTING: the same for times around its ends
  python3 - "$IFCSIM" "$SOURCE/scenarios/full/$1" "$2" "$work/decode.csv" <<'PY' || fail "$1: limits of a decode"
import csv, json, subprocess, sys
ifcsim, file, setting, trace = sys.argv[1:]
def run(*words):
    words = (ifcsim, "run", "-q", "-f", "json", file, "--set", "model.layers=2", "--set", setting, *words)
    done = subprocess.run(words, stdout=subprocess.PIPE)
    return done.returncode, json.loads(done.stdout)
def covered(slices):
    length = until = 0
    for begin, end in sorted(slices):
        length, until = length + max(0, end - max(begin, until)), max(until, end)
    return length
status, whole = run()
end, latencies = whole["end_time_ps"], whole["decode"]["token_latency_ps"]
first = latencies[0]
for limit in (1, first // 3, first - 1, first, first + 1, end - 1, end, end + 1):
    status, r = run("--set", f"simulation.time_limit={limit} ps", "--trace", trace, "--trace-level", "dies")
    found = status, r["end_time_ps"], r["decode"]["tokens"]
    due = 0 if limit >= end else 130, min(limit, end), sum(sum(latencies[: n + 1]) <= limit for n in range(len(latencies)))
    if found != due:
        sys.exit(f"limit {limit}: status, end and tokens are {found}, not {due}")
    path, latency = sum(row["ps"] for row in r["critical_path"]), sum(r["decode"]["token_latency_ps"])
    if not latency <= path <= r["end_time_ps"]:
        sys.exit(f"limit {limit}: the path sums to {path}, the latencies to {latency}")
    for row in r["wear"]:
        if row["reads_per_block_mean"] > row["reads_per_block_max"]:
            sys.exit(f"limit {limit}: blocks of {row['group']} are read {row['reads_per_block_mean']} times in the mean, "
                     f"and {row['reads_per_block_max']} at most")
    slices = {}
    for row in csv.DictReader(open(trace)):
        if status == 130 and row["kind"] == "mark" and int(row["begin_ps"]) != limit:
            sys.exit(f"limit {limit}: the timeline ends at {row['begin_ps']}")
        if row["kind"] == "slice":
            slices.setdefault(row["track"], []).append((int(row["begin_ps"]), int(row["end_ps"])))
    for row in r["resources"]:
        die = row["name"].replace(".", "/")
        seen = covered(slices.get(row["name"], []) + slices.get(f"{die}/array", []) + slices.get(f"{die}/engine", []))
        if seen != row["busy_ps"]:
            sys.exit(f"limit {limit}: {row['name']} is busy for {row['busy_ps']} ps, in the timeline for {seen}")
PY
}
decode kvnand-d-llama2-7b.cfg workload.tokens=2
decode kvnand-c-llama2-7b.cfg workload.tokens=9
decode base-1-llama2-7b.cfg workload.tokens=2
decode base-2-llama2-7b.cfg workload.tokens=11

# A double counts picoseconds exactly for 9007 s; the clock goes on: 3 million erases of 3.5 ms, a thousand reads of 1000 s and their 16.384 us on the bus.
if [[ $(nm "$IFCSIM") != *__asan_init* ]]; then # minutes, where SimGrid has to run every actor in a thread
  ends 0 10500000000000000 3000000 "$device" --set $stream.op=erase --set $stream.count=3000000
fi
ends 0 1000000016384000000 1000 "$device" --set $stream.count=1000 --set 'flash.groups.s.t_read=1000 s'
ends 130 1000000000000000000 999 "$device" --set $stream.count=1000 --set 'flash.groups.s.t_read=1000 s' \
  --set 'simulation.time_limit=1000000 s'
# It ends after 1100000 s: one program of 4 million seconds, one transfer of as many.
slow_program=("$device" --set $stream.op=program --set $stream.pages=4096 --set 'flash.groups.s.t_program=1000 s')
ends 130 1100000000000000000 0 "${slow_program[@]}"
expect 130 run -q "${slow_program[@]}"
prints "the clock ends at 1100000 s"
ends 130 1100000000000000000 0 "$device" --set 'channel.rate=1 kB/s' --set $stream.op=read-compute \
  --set flash.groups.s.fmacs=16 --set "$stream.bytes_down=4 GB"
# Past all that 64 bits count, on the bus, in an array, on the NPU: the same end.
ends 130 1100000000000000000 0 "$device" --set 'channel.rate=1 kB/s' --set $stream.op=read-compute \
  --set flash.groups.s.fmacs=16 --set "$stream.bytes_down=1 TB" --set $stream.queue_depth=1000
ends 130 1100000000000000000 0 "$device" --set $stream.op=program --set $stream.pages=1048576 \
  --set 'flash.groups.s.t_program=1000 s' --set flash.groups.s.blocks_per_plane=16384 --set $stream.queue_depth=1000
ends 130 1100000000000000000 0 "$device" --set $stream.pages=1048576 --set 'flash.groups.s.t_read=1000 s' \
  --set flash.groups.s.blocks_per_plane=16384 --set $stream.queue_depth=1000 --grain die
# Something that is done at the very last moment, and nothing after it.
ends 130 1100000000000000000 1100 "$device" --set $stream.count=2000 --set 'flash.groups.s.t_read=1000 s' --set 'channel.rate=1000 TB/s' \
  --set 'flash.groups.s.page=256 B'
slow=(-q "$SOURCE/scenarios/quickstart.cfg")
expect 130 run "${slow[@]}" --set 'npu.vector_rate=1000 OPS' --set workload.context=262144 --set workload.tokens=1
prints "the clock ends at 1100000 s"
expect 130 run "${slow[@]}" --set 'flash.groups.*.clock=1 kHz' --set 'flash.groups.*.fmacs=1' --set workload.tokens=50
prints "the clock ends at 1100000 s"

# Blocks have been read in the layer in which the clock ends.
cat >"$work/slow.cfg" <<'CFG'
model = { layers = 1; hidden = 1; heads = 4; kv_heads = 4; ffn = 1; vocab = 1; kv_bits = 2; };
placement = { weights = "g1"; kv = "g2"; attention = "npu"; };
channel = { page_command = "600 s"; };
flash = { groups = { g1 = { dies = 1; }; g2 = { dies = 1; page = "100 B"; }; }; };
CFG
expect 130 run -q -f json "$work/slow.cfg"
python3 -c 'import json, sys
worn = [(w["reads_per_block_mean"], w["reads_per_block_max"]) for w in json.load(sys.stdin)["wear"]]
sys.exit(not all(0 < mean <= most for mean, most in worn))' <<<"$out" || fail "$called: reads of blocks are missing"

# What is decided ahead of time ends with the run, in its timeline and in its figures: no slice is past the end, and
# slices of the buses are the time that they were busy.
cut() {
  expect 130 run -q -f json --trace "$work/t.csv" --trace-level dies "$@"
  python3 - "$work/out" "$work/t.csv" <<'PY' || fail "$called: the timeline and the figures differ"
import csv, json, sys
r = json.load(open(sys.argv[1]))
rows = [x for x in csv.DictReader(open(sys.argv[2])) if x["kind"] in ("slice", "counter")]
end = r["end_time_ps"]
late = [x for x in rows if int(x["end_ps"] or x["begin_ps"]) > end]
if late:
    sys.exit(f"past {end}: {late[0]}")
for row in r["resources"]:
    if row["kind"] == "channel":
        slices = sum(int(x["end_ps"]) - int(x["begin_ps"]) for x in rows
                     if x["kind"] == "slice" and x["track"] == row["name"])
        if slices != row["busy_ps"] or slices == 0:
            sys.exit(f"{row['name']}: slices of {slices} ps, busy {row['busy_ps']}")
PY
}
cut "$device" --set $stream.queue_depth=64 --set 'simulation.time_limit=105 us'
cut "$device" --set $stream.op=program --set $stream.queue_depth=64 --set 'simulation.time_limit=990 us'
cut "$device" --set $stream.op=read-compute --set flash.groups.s.fmacs=16 --set $stream.pages=64 \
  --set "$stream.bytes_up=1 MB" --set 'simulation.time_limit=2005 us'
# A tenure of many windows of the bus's utilisation is one step, not a million.
SECONDS=0
cut "$device" --set 'channel.rate=1 kB/s' --set $stream.op=read-compute --set flash.groups.s.fmacs=16 \
  --set "$stream.bytes_down=100 MB" --set $stream.queue_depth=64
[ "$SECONDS" -lt 5 ] || fail "a slow bus: its timeline took $SECONDS s"

# Transfers of less than half a picosecond take none, and hold nothing up.
ends 0 120000000 3 "$device" --set 'channel.rate=1000 TB/s' --set 'flash.groups.s.page=256 B' --set $stream.count=3

# Set-up: linear in the blocks of a plane (a square of a million would take minutes), and limits hold in it.
blocks=$work/blocks.cfg
cat >"$blocks" <<'CFG'
flash = { groups = { g1 = { dies = 1; planes = 1; page = "64 B"; pages_per_block = 1; blocks_per_plane = 1048576; }; }; };
placement = { weights = "g1"; kv = "g1"; };
model = { layers = 1; hidden = 1; heads = 1; kv_heads = 1; head_dim = 32; ffn = 1; vocab = 1; kv_bits = 8; };
workload = { context = 1000000; };
effects = { kv_fill = false; kv_capacity = false; };
simulation = { wall_limit = "20 s"; };
CFG
expect 0 run -q "$blocks"
for file in "$blocks" "$device"; do
  for format in text json csv; do
    expect 130 run -q "$file" --set 'simulation.wall_limit=1 us' -f $format
  done
done

# Sizes that 64 bits do not hold fit nowhere.
large=$work/large.cfg
cat >"$large" <<'CFG'
flash = { groups = { g1 = { dies = 32; }; g2 = { dies = 8; page = "1 MiB"; }; }; };
channel = { count = 16; };
placement = { weights = "g1"; kv = "g2"; kv_buffer = { bytes = "1 TiB"; }; };
model = { layers = 64; hidden = 1; heads = 16384; kv_heads = 16384; head_dim = 16384; kv_bits = 32; ffn = 1; vocab = 100;
  weight_bits = 1; };
workload = { context = 134217728; };
CFG
expect 3 run -q "$large"
prints "g2 does not fit: > 18.4 EB needed"
for effect in kv_capacity kv_fill page_rounding; do
  expect 3 run -q "$large" --set effects.$effect=false
done
finish
