#!/usr/bin/env bash
# ifcsim explain: what it names as the limit is the limit, its waterfall ends where direct runs do, and what the
# attribution predicts for a faster resource is what a run with that resource finds.
. "$SOURCE/tests/cli/lib.inc"
full=$SOURCE/scenarios/full published=$SOURCE/scenarios/published

latency() { # ARGUMENT...: mean latency of a run in ps
  "$IFCSIM" run -q --format csv "$@" | tr -d '\r' | awk -F, '$1 == "decode" && $3 == "latency_mean" { print $4 }'
}
explained() { # ARGUMENT...: the CSV of explain, in $work/explained
  "$IFCSIM" explain -q --format csv "$@" | tr -d '\r' >"$work/explained"
}
of() { # SECTION NAME FIELD
  awk -F, -v s="$1" -v n="$2" -v f="$3" '$1 == s && $2 == n && $3 == f { print $4 }' "$work/explained"
}
first_of() { # SECTION: the name of its first row
  awk -F, -v s="$1" '$1 == s { print $2; exit }' "$work/explained"
}
equal() { # WHAT A B
  [ -n "$2" ] && awk -v a="$2" -v b="$3" 'BEGIN { d = a - b; exit !(d < 0.6 && d > -0.6) }' ||
    fail "$1: '$2' is not '$3'"
}
within() { # WHAT A B SHARE: |A - B| <= SHARE x B
  awk -v a="$2" -v b="$3" -v s="$4" 'BEGIN { d = a - b; if (d < 0) d = -d; exit !(b > 0 && d <= s * b) }' ||
    fail "$1: $2 is not within $4 of $3"
}

# --- hand-made cases whose limit is known ---

# Array: a layer of LLaMA2-7B senses 2 x 11008 x 4096 weights of 2 bytes for gate and up, 8 dies x 32 GB/s.
explained "$published/kvnand-d-llama2-7b.cfg" --only bottlenecks
[ "$(first_of by_resource)" = g1 ] || fail "array: $(first_of by_resource) limits, not g1"
[ "$(first_of critical_path)" = gate_up/g1/array ] || fail "array: first is $(first_of critical_path)"
within "time of gate and up" "$(of critical_path gate_up/g1/array time)" \
  "$(awk 'BEGIN { print 32 * 2 * 11008 * 4096 * 2 / (8 * 32e9) * 1e12 }')" 0.0001

# Bus: at 100K tokens Base-2 moves 2 x 32 x 32 x 128 x 2 bytes per token of context over 8 x 4.8 GB/s.
explained "$published/base-2-llama2-7b.cfg" --set workload.context=102400 --only bottlenecks
[ "$(first_of by_resource)" = channel ] || fail "bus: $(first_of by_resource) limits, not the channel"
within "time on the buses" "$(of by_resource channel time)" \
  "$(awk 'BEGIN { print 524288 * 102400 / (8 * 4.8e9) * 1e12 }')" 0.0001

# DRAM: Base-1 at 10K, the same bytes over 8 x 8 GB/s.
explained "$published/base-1-llama2-7b.cfg" --set workload.context=10240 --only bottlenecks
[ "$(first_of by_resource)" = dram ] || fail "DRAM: $(first_of by_resource) limits, not the DRAM"
within "time of DRAM" "$(of by_resource dram time)" \
  "$(awk 'BEGIN { print 524288 * 10240 / 64e9 * 1e12 }')" 0.0001

# NPU: launches of 10 ms, at least 7 of them in each of 32 layers.
explained "$full/kvnand-c-llama2-7b.cfg" --set workload.tokens=1 --set 'npu.launch=10 ms' --only bottlenecks
[ "$(first_of by_resource)" = npu ] || fail "NPU: $(first_of by_resource) limits, not the NPU"

# The shares sum to the latency, whichever way they are cut; a flush on the path has no gap behind it.
explained "$full/kvnand-c-llama2-7b.cfg" --only bottlenecks
for section in by_resource by_operator critical_path; do
  sum=$(awk -F, -v s=$section '$1 == s { t += $4 } END { printf "%.0f", t / 32 }' "$work/explained")
  equal "sum of $section" "$sum" "$(of scenario "" time)"
done
grep -q '/g1/program,' "$work/explained" || fail "no flush on the path: the test shows nothing"
grep -q 'host/dependency' "$work/explained" && fail "a stretch of the path is not explained"

# --- roofline: nothing is above its lowest ceiling, and its sums are the run's ---
explained "$full/kvnand-d-llama2-7b.cfg" --set workload.tokens=1 --only roofline
awk -F, '$1 == "roofline" && $3 == "share_of_lowest" { n++; if ($4 > 1.0000001 || $4 <= 0) exit 1 } END { exit n < 10 }' \
  "$work/explained" || fail "an operator is above its ceiling: $(grep share_of_lowest "$work/explained")"
"$IFCSIM" run -q --format csv "$full/kvnand-d-llama2-7b.cfg" --set workload.tokens=1 | tr -d '\r' >"$work/run"
for pair in macs:macs bus_bytes_down:bus_bytes_down bus_bytes_up:bus_bytes_up; do
  sum=$(awk -F, -v f="${pair%:*}" '$1 == "operators" && $3 == f { t += $4 } END { printf "%.0f", t }' "$work/run")
  equal "sum of $pair" "$sum" "$(awk -F, -v f="${pair#*:}" '$1 == "counts" && $3 == f { print $4 }' "$work/run")"
done
# Gate and up of 7B on 8 dies: 4544 bytes a page and 32 planes every 4 us, a MAC for each 2 bytes of data.
within "array ceiling" "$(of roofline gate_up array)" "$(awk 'BEGIN { print 8 * 32 * 2048 / 4e-6 }')" 0.0001
within "MAC ceiling" "$(of roofline gate_up mac)" "$(awk 'BEGIN { print 8 * 32 * 16 * 400e6 }')" 0.0001
within "ECC ceiling" "$(of roofline gate_up ecc)" "$(awk 'BEGIN { print 8 * 32 * 14.6e9 / 16 }')" 0.0001

# --- over what explain compares: the tokens of a row, and direct runs over them ---
over() { # SECTION NAME: the tokens of a row
  of "$1" "$2" tokens
}
# Four layers, and buffers of two tokens of each stream: pages of 2 x 4 tokens.
few=(--set model.layers=4 --set workload.tokens=1)
striped=("${few[@]}" --set 'placement.kv_buffer.bytes=128 KiB')
compact=("${few[@]}" --set 'placement.kv_buffer.bytes=256 B')

# --- waterfall: its ends and a step between are what direct runs give ---
off=()
for e in page_rounding pipeline_fill bus command kv_program vector_ops ecc lm_head kv_fill kv_capacity; do
  off+=(--set "effects.$e=false")
done
for system in base-1 base-2 kvnand-c kvnand-d; do
  s=("$full/$system-llama2-7b.cfg" "${striped[@]}")
  [ $system = kvnand-c ] && s=("$full/$system-llama2-7b.cfg" "${compact[@]}")
  explained "${s[@]}" --only waterfall
  n=$(over waterfall kv_capacity)
  [ "$n" = $([ $system = base-1 ] && echo 1 || echo 8) ] || fail "$system: the waterfall is over $n tokens"
  n=(--set "workload.tokens=$n")
  dram=()
  [ $system = base-1 ] && dram=(--set 'dram.latency=0 s')
  equal "$system: all off" "$(of waterfall "all off" time)" "$(latency "${s[@]}" "${n[@]}" "${off[@]}" \
    --set 'flash.groups.*.t_read=4.096 us' --set 'npu.launch=0 s' "${dram[@]}")"
  equal "$system: all on" "$(of waterfall kv_capacity time)" "$(latency "${s[@]}" "${n[@]}")"
  equal "$system: steps sum" \
    "$(awk -F, '$1 == "waterfall" && $3 == "cost" { t += $4 } END { printf "%.3f", t }' "$work/explained")" \
    "$(awk -v a="$(of waterfall kv_capacity time)" -v b="$(of waterfall "all off" time)" 'BEGIN { printf "%.3f", a - b }')"
done
explained "$full/kvnand-d-llama2-7b.cfg" "${striped[@]}" --only waterfall
equal "the published scenario" "$(of waterfall "all off" time)" \
  "$(latency "$published/kvnand-d-llama2-7b.cfg" "${striped[@]}" --set workload.tokens="$(over waterfall "all off")")"
explained "$full/kvnand-c-llama2-7b.cfg" "${compact[@]}" --only waterfall
equal "the published compact scenario" "$(of waterfall kv_fill time)" \
  "$(latency "$published/kvnand-c-llama2-7b.cfg" "${compact[@]}" --set workload.tokens="$(over waterfall kv_fill)")"
order=$(awk -F, '$1 == "waterfall" && $3 == "status" { printf "%s ", $2 }' "$work/explained")
[ "$order" = "all off kv_fill t_read page_rounding pipeline_fill ecc command bus vector_ops npu_launch kv_program lm_head kv_capacity " ] ||
  fail "order of the waterfall: $order"
# Programs cost time, and page rounding is not charged for what they hold back: it costs as much without them.
explained "$full/kvnand-d-llama2-7b.cfg" "${striped[@]}" --set effects.kv_program=false --only waterfall
rounding=$(of waterfall page_rounding cost)
explained "$full/kvnand-d-llama2-7b.cfg" "${striped[@]}" --only waterfall
within "page rounding" "$(of waterfall page_rounding cost)" "$rounding" 0.02
# An effect that the scenario has off is no step; a tR that no published rate stands for neither.
explained "$full/kvnand-c-llama2-7b.cfg" "${compact[@]}" --set effects.ecc=false \
  --set 'flash.groups.g1.t_read=5 us' --only waterfall
grep -qE '^waterfall,(ecc|t_read),' "$work/explained" && fail "a step for what is off"
cat >"$work/own.cfg" <<'TEXT'
flash = { groups = { s = { dies = 1; planes = 2; page = "16 KiB"; t_read = "4 us"; }; }; };
workload = { kind = "stream"; stream = { group = "s"; count = 10; }; };
TEXT
explained "$work/own.cfg" --only waterfall
grep -q '^waterfall,t_read,' "$work/explained" && fail "another die is charged what is published of one"
# The finer grains run the waterfall too, and end the same.
small=("$full/kvnand-c-llama2-7b.cfg" --set model.layers=2 --set effects.lm_head=false --set workload.tokens=1
  --set 'placement.kv_buffer.bytes=64 B' --set placement.kv_buffer.partial_programs=1)
explained "${small[@]}" --set simulation.grain=page --only waterfall
equal "grain page" "$(of waterfall kv_capacity time)" "$(latency "${small[@]}" --grain page)"

# What a token takes is counted, not guessed: 256 tokens of four layers are few events, and a whole period.
explained "$full/kvnand-c-llama2-7b.cfg" "${few[@]}" --only waterfall
[ "$(over waterfall bus)" = 256 ] || fail "a flush every 64 tokens, a page every 256: compared over $(over waterfall bus)"

# --- doubling: the same as direct runs of both sides over the tokens that it says ---
q=("$SOURCE/scenarios/quickstart.cfg" "${striped[@]}")
explained "${q[@]}" --only doubling
doubled() { # ROW SET...: time and speed-up of a row against direct runs
  local row=$1 n
  shift
  n=(--set workload.tokens="$(over doubling "$row")")
  equal "$row" "$(of doubling "$row" time)" "$(latency "${q[@]}" "${n[@]}" "$@")"
  within "speed-up of $row" "$(of doubling "$row" speedup)" \
    "$(awk -v a="$(latency "${q[@]}" "${n[@]}")" -v b="$(of doubling "$row" time)" 'BEGIN { printf "%.12g", a / b }')" 0.000001
}
doubled "g1 t_read" --set 'flash.groups.g1.t_read=2 us'
doubled "g1 dies" --set flash.groups.g1.dies=16
doubled "g2 planes" --set flash.groups.g2.planes=64
doubled "all groups dies" --set flash.groups.g1.dies=16 --set flash.groups.g2.dies=16
doubled "g2 global_buffer" --set 'flash.groups.g2.global_buffer=520 KiB'
doubled "channel rate" --set 'channel.rate=9.6 GB/s'
doubled kv_buffer --set 'placement.kv_buffer.bytes=256 KiB'
doubled partial_programs --set placement.kv_buffer.partial_programs=8
[ "$(over doubling "g1 t_read")" = 8 ] || fail "a flush every 2 tokens, a page every 8: compared over $(over doubling "g1 t_read")"
[ "$(over doubling kv_buffer)" = 16 ] || fail "pages of 8 and 16 tokens: compared over $(over doubling kv_buffer)"
[ "$(of doubling "g1 clock" speedup)" = 1 ] || fail "MACs hide behind the array: $(of doubling "g1 clock" speedup)"
[ "$(of doubling "npu rate" speedup)" != "" ] || fail "no speed-up of the NPU"
# Like with like: over those tokens both buffers are flushed as often as they are due, a layer every 2 and every 4.
flushes() { # ARGUMENT...: of a run
  "$IFCSIM" run -q --format csv "$@" | tr -d '\r' | awk -F, '$1 == "kv_buffer" && $3 == "flushes" { print $4 }'
}
equal "flushes of the scenario" "$(flushes "${q[@]}" --set workload.tokens=16)" $((4 * 16 / 2))
equal "flushes with twice the buffer" \
  "$(flushes "${q[@]}" --set workload.tokens=16 --set 'placement.kv_buffer.bytes=256 KiB')" $((4 * 16 / 4))

# --- perturbation: 10 % faster saves what the attribution says; off the path it saves nothing ---
# perturb WHAT TOLERANCE PATTERN SCENARIO... -- SET: a tenth of what matches on the path is saved
perturb() {
  local what=$1 tolerance=$2 pattern=$3 scenario=()
  shift 3
  while [ "$1" != -- ]; do scenario+=("$1"); shift; done
  shift
  explained "${scenario[@]}" --only bottlenecks
  local before after predicted
  before=$(of scenario "" time)
  predicted=$(awk -F, -v p="$pattern" '$1 == "critical_path" && $2 ~ p { t += $4 } END { print t / 10 }' "$work/explained")
  after=$(latency "${scenario[@]}" --set "$1")
  within "$what" "$(awk -v a="$before" -v b="$after" 'BEGIN { print a - b }')" "$predicted" "$tolerance"
}
one=(--set workload.tokens=1)
# With overlap the order in which commands meet in G2 depends on when they come: the path itself moves a little.
perturb "array of g1, discrete" 0.05 /g1/array$ "$full/kvnand-d-llama2-7b.cfg" "${one[@]}" -- 'flash.groups.g1.t_read=3.6 us'
perturb "array of g1, compact" 0.001 /g1/array$ "$full/kvnand-c-llama2-7b.cfg" "${one[@]}" -- 'flash.groups.g1.t_read=3.6 us'
perturb "launches, Base-1" 0.001 /npu/launch$ "$full/base-1-llama2-7b.cfg" "${one[@]}" -- 'npu.launch=900 ns'
perturb "DRAM, Base-1 at 10K" 0.001 /dram/dram_access$ "$published/base-1-llama2-7b.cfg" --set workload.context=10240 -- \
  'dram.rate=8.888888889 GB/s'
perturb "buses, Base-2 at 100K" 0.001 /channel/data_up$ "$published/base-2-llama2-7b.cfg" --set workload.context=102400 -- \
  'channel.rate=5.333333333 GB/s'

unmoved() { # WHAT SCENARIO... -- SET: nothing is saved
  local what=$1 scenario=()
  shift
  while [ "$1" != -- ]; do scenario+=("$1"); shift; done
  shift
  local before after
  before=$(latency "${scenario[@]}")
  after=$(latency "${scenario[@]}" --set "$1")
  equal "$what is off the path" "$before" "$after"
}
unmoved "the MACs of g1" "$full/kvnand-d-llama2-7b.cfg" "${one[@]}" -- 'flash.groups.g1.clock=440 MHz'
unmoved "programs of g1" "$full/kvnand-d-llama2-7b.cfg" "${one[@]}" -- 'flash.groups.g1.t_program=67.5 us'
unmoved "arrays of plain NAND behind the bus" "$published/base-2-llama2-7b.cfg" --set workload.context=102400 -- \
  'flash.groups.g2.t_read=3.6 us'
unmoved "the cache group behind generation" "$published/kvnand-d-llama2-7b.cfg" --set workload.context=128 -- \
  'flash.groups.g2.t_read=3.7 us'

# --- status and messages ---
expect 64 explain
says_first "ifcsim explain: no scenario file given"
expect 64 explain a.cfg b.cfg
expect 64 explain --only nothing "${q[0]}"
says "allowed: bottlenecks, roofline, waterfall, doubling"
expect 66 explain "$work/nowhere.cfg"
expect 65 explain "${q[0]}" --set workload.tokens=-1
quiet_out
expect 3 explain "$full/kvnand-c-llama2-7b.cfg" --set workload.context=102400 --set workload.tokens=1 --only waterfall
prints "does not fit: g1 needs"
prints "kv_capacity"
says "does not fit"
expect 130 explain "$SOURCE/scenarios/quickstart.cfg" -q --set workload.tokens=1 --set 'npu.vector_rate=1000 OPS' \
  --set workload.context=262144 --only bottlenecks
says "the clock ends at 1100000 s"
expect 0 explain "${q[@]}" -q --format json --only bottlenecks --only roofline
if there node nodejs "reading the JSON"; then
  node -e 'const x = JSON.parse(require("fs").readFileSync(process.argv[1]));
    if (x.schema < 1 || x.critical_path.length < 10 || x.roofline.length < 10 || x.doubling) process.exit(1)' \
    "$work/out" || fail "JSON of explain"
fi
expect 0 explain "${q[@]}" -q -j 1 --only waterfall
cp "$work/out" "$work/one"
expect 0 explain "${q[@]}" -q -j 3 --only waterfall
cmp -s "$work/one" "$work/out" || fail "the explanation depends on --jobs"
# Of requests it says nothing, and what does.
expect 65 explain "$SOURCE/scenarios/traces/chat-day.cfg"
says "chat-day.cfg: workload.kind = \"requests\": explain compares tokens of a decode, or a stream (allowed: \"decode\", \"stream\";"
quiet_out
expect 0 explain -q "$SOURCE/scenarios/traces/chat-day.cfg" --set workload.kind=decode --set workload.tokens=1 --only bottlenecks
finish
