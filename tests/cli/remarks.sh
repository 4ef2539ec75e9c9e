#!/usr/bin/env bash
# What is given and has no effect is said, by check and by run, with its place; and only that: each remark is
# tested against the run, whose figures may not move, and against a scenario in which the parameter counts.
. "$SOURCE/tests/cli/lib.inc"
cat >"$work/read.cfg" <<'CFG'
channel = { count = 2; };
flash = { groups = { s = { dies = 4; planes = 2; }; }; };
workload = { kind = "stream"; stream = { group = "s"; op = "read"; count = 50; }; };
CFG
cat >"$work/decode.cfg" <<'CFG'
flash = { groups = { g = { dies = 4; planes = 4; blocks_per_plane = 20; pages_per_block = 16; }; }; };
placement = { weights = "g"; kv = "g"; };
model = { layers = 2; hidden = 64; heads = 2; kv_heads = 2; head_dim = 64; ffn = 64; vocab = 100; };
workload = { context = 10; tokens = 40; };
CFG
sed 's/kv = "g"/kv = "dram"; attention = "npu"/' "$work/decode.cfg" >"$work/dram.cfg"
echo 'dram = { channels = 1; };' >>"$work/dram.cfg"

figures() { # all that a run finds
  "$IFCSIM" run -q -f json "$@" | jq -S 'del(.scenario, .scenario_hash, .resolved, .grain, .policies, .capacity, .warnings)'
}

# idle FILE PATH VALUE WHY [SET...]: no effect, as said
idle() {
  local file=$work/$1.cfg path=$2 value=$3 why=$4 sets=()
  for set in "${@:5}"; do sets+=(--set "$set"); done
  for command in check run; do
    expect 0 $command "$file" "${sets[@]}" --set "$path=$value"
    grep -qE -- "^--set: $path = \"?$value\"? has no effect: $why" <<<"$err" || fail "$called: no remark, only: $err"
  done
  expect 0 run -q "$file" "${sets[@]}" --set "$path=$value"
  quiet_err
  [ "$(figures "$file" "${sets[@]}")" = "$(figures "$file" "${sets[@]}" --set "$path=$value")" ] ||
    fail "$called: it has an effect"
}

# counts FILE PATH VALUE [SET...]: an effect, and no remark
counts() {
  local file=$work/$1.cfg path=$2 value=$3 sets=()
  for set in "${@:4}"; do sets+=(--set "$set"); done
  expect 0 check "$file" "${sets[@]}" --set "$path=$value"
  quiet_err
  [ "$(figures "$file" "${sets[@]}")" != "$(figures "$file" "${sets[@]}" --set "$path=$value")" ] ||
    fail "$called: it has no effect"
}

w=workload.stream
open=("$w.arrival=constant" "$w.rate=1 k/s")
idle read $w.rate '100 1/s' 'workload.stream.arrival = "closed"'
counts read $w.rate '100 1/s' "${open[@]}"
idle read $w.queue_depth 2 'requests arrive at their rate' "${open[@]}"
counts read $w.queue_depth 2
idle read $w.bytes_down '512 B' 'workload.stream.op is not "read-compute"'
counts read $w.bytes_down '512 B' $w.op=read-compute
idle read $w.bytes_up '512 B' 'workload.stream.op is not "read-compute"'
idle read $w.pattern random 'a request takes all dies and planes' $w.dies=4 $w.planes=2
counts read $w.pattern random
idle read simulation.seed 2 'nothing in this stream is random'
counts read simulation.seed 2 $w.pattern=random
counts read simulation.seed 2 "${open[@]}" $w.arrival=poisson
idle read flash.groups.s.t_erase '2 ms' 'the stream does not erase'
idle read flash.groups.s.t_program '80 us' 'the stream does not program'
idle read model.layers 3 'the workload is a stream'
idle read npu.launch '2 us' 'the workload is a stream'
idle read workload.context 3 'the workload is a stream'
idle read effects.lm_head false 'the workload is a stream'
idle read policies.refresh.name read-count 'the workload is a stream'
idle read policies.kv_flush.name at-token-end 'the workload is a stream'
idle read flash.groups.s.clock '200 MHz' 'the group has no engines' flash.groups.s.fmacs=0
idle read flash.groups.s.sense_planes 2 'a die has no more planes'
idle read flash.groups.s.suspend.max 3 'policies.array suspends nothing'
idle read policies.array.name reads-first 'no group can suspend, suspend.max = 0'
idle read soc.ecc_rate '1 GB/s' 'all dies decode what they read'
counts read soc.ecc_rate '1 MB/s' flash.groups.s.fmacs=0
idle read channel.broadcast false 'no channel has more than one die' channel.count=4
idle read channel.command_time '200 ns' 'effects.command = false' effects.command=false

idle read workload.batch 2 'the workload is a stream'
idle read workload.requests.count 2 'the workload is a stream'

idle decode $w.rate '5 1/s' 'the workload is a decode'
idle decode workload.requests.count 5 'the workload is a decode'
idle decode workload.warmup 1 'the workload is a decode'
idle decode workload.chunk 2 'workload.prompt = 0'
counts decode workload.chunk 2 workload.prompt=5
idle decode placement.prefill ifc 'workload.prompt = 0'
counts decode placement.prefill ifc workload.prompt=5
idle decode workload.draft.acceptance 0.1 'workload.draft.tokens = 0'
counts decode workload.draft.acceptance 0.1 workload.draft.tokens=2
counts decode simulation.seed 2 workload.draft.tokens=2 effects.lm_head=false
idle decode model.scale_group 64 'no weights have fewer than 16 bits'
idle decode model.scale_group 64 'no weights have fewer than 8 bits' model.weight_bits=8
counts decode model.scale_group 4 model.weight_bits=4 effects.page_rounding=false
idle decode model.scale_bits 8 'no weights have fewer than 16 bits'
counts decode model.scale_bits 8 model.weight_bits=8 effects.page_rounding=false
idle decode model.window_layers 1 'model.window = 0'
idle decode model.window 4 'model.window_layers = 0' model.window_layers=0
counts decode model.window 4
idle decode model.kv_scale_group 64 'model.kv_scale_bits = 0'
counts decode model.kv_scale_group 1 model.kv_scale_bits=32
idle decode model.dense_ffn 64 'model.dense_layers = 0'
idle decode model.bits.lm_head 4 'model.tied_head = true: the head is the embedding' model.tied_head=true
counts decode model.bits.lm_head 4 effects.page_rounding=false
idle decode placement.stage 2 'placement.overlap = "none"'
idle decode npu.vector_rate '1 GOPS' 'effects.vector_ops = false' effects.vector_ops=false
idle decode dram.rate '1 GB/s' 'there is no DRAM'
idle decode dram.latency '1 us' 'nothing is in DRAM' dram.channels=1
idle decode placement.split.slice '2 KiB' 'no matrix is split'
idle decode placement.split.slice '2 KiB' 'effects.pipeline_fill = false' placement.gemv=split channel.count=4 effects.pipeline_fill=false
idle decode npu.tile '64 B' 'no matrix streams to the NPU'
counts decode npu.tile '64 B' placement.weights=dram dram.channels=1
counts decode dram.rate '1 GB/s' dram.channels=1 placement.weights=dram
idle decode placement.matrices.embed.gemv npu 'of the embedding only rows are read'
idle decode policies.kv_flush.name at-token-end 'effects.kv_program = false' effects.kv_program=false
counts decode policies.kv_flush.name at-token-end
idle decode flash.groups.g.t_program '80 us' 'no KV is programmed' effects.kv_program=false
idle dram policies.kv_flush.name at-token-end 'placement.kv = "dram"'
idle dram policies.kv_placement.name unmapped 'placement.kv = "dram"' placement.kv_layout=unmapped
idle dram placement.kv_buffer.bytes '1 MiB' 'placement.kv = "dram"'
idle dram effects.kv_fill false 'placement.kv = "dram"'
counts dram dram.rate '1 MB/s'

q=workload.requests
grep -v workload "$work/decode.cfg" >"$work/requests.cfg"
drawn=(workload.kind=requests $q.count=4 $q.arrival=poisson "$q.rate=1 k/s" $q.prompt=5 $q.answer=7)
printf 'arrival_ps,prompt,generated\n0,3,4\n5,3,4\n' >"$work/trace.csv"
traced=(workload.kind=requests "$q.trace=$work/trace.csv")
idle requests workload.context 5 'requests bring their own tokens' "${drawn[@]}"
idle requests workload.tokens 5 'requests bring their own tokens' "${drawn[@]}"
idle requests workload.prompt 5 'requests bring their own tokens' "${drawn[@]}"
idle requests $w.rate '5 1/s' 'the workload is of requests' "${drawn[@]}"
idle requests $q.first 1 'there is no workload.requests.trace' "${drawn[@]}"
idle requests $q.speed 2 'workload.requests.arrival = "closed"' "${drawn[@]}" $q.arrival=closed
idle requests $q.rate '2 1/s' 'workload.requests.arrival has none' "${drawn[@]}" $q.arrival=closed
idle requests $q.rate '2 1/s' 'workload.requests.arrival has none' "${traced[@]}"
idle requests $q.answer 3 'lengths are those of workload.requests.trace' "${traced[@]}"
counts requests $q.first 1 "${traced[@]}"
counts requests $q.speed 0.001 "${traced[@]}"
counts requests $q.answer 3 "${drawn[@]}"
counts requests workload.chunk 2 "${drawn[@]}"
counts requests simulation.seed 2 "${drawn[@]}" effects.lm_head=false

# In the scenario's own file, with the line; not in what it extends, and not at its default value.
printf 'extends = "read.cfg";\nworkload = { stream = {\n  rate = "7 1/s";\n  bytes_up = "0 B"; }; };\n' >"$work/own.cfg"
expect 0 check "$work/own.cfg"
[ "$err" = "$work/own.cfg:3: $w.rate = \"7 1/s\" has no effect: workload.stream.arrival = \"closed\"" ] || fail "own: $err"
printf 'extends = "own.cfg";\n' >"$work/extends.cfg"
expect 0 check "$work/extends.cfg"
quiet_err
mapfile -t shipped < <(find "$SOURCE/scenarios" -name '*.cfg' -not -path '*/parts/*')
expect 0 check "${shipped[@]}"
quiet_err

# A seed that a double would round is refused, not rounded.
expect 0 check "$work/read.cfg" --set $w.pattern=random --set simulation.seed=9007199254740992
expect 65 check "$work/read.cfg" --set $w.pattern=random --set simulation.seed=9007199254740993
says "simulation.seed = 9007199254740993: out of range (allowed: 0 .. 9007199254740992)"
printf 'extends = "read.cfg";\nsimulation = { seed = 9007199254740993L; };\n' >"$work/seed.cfg"
expect 65 run "$work/seed.cfg"
says "seed.cfg:2: simulation.seed = 9007199254740993: out of range"
finish
