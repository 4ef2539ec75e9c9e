#!/usr/bin/env bash
# Operators of a decode as a table: written and replayed it changes nothing; changed it changes what it should; a wrong
# one is refused with its line.
. "$SOURCE/tests/cli/lib.inc"
scenarios=$SOURCE/scenarios

same() { # WHAT OPTION...: the statistics are those without workload.trace
  local what=$1
  shift
  expect 0 run -q "$@" --format json
  grep -vE '"(resolved|scenario_hash)"' "$work/out" >"$work/own"
  expect 0 trace export "$@" -o "$work/operators.csv"
  expect 0 run -q "$@" --set workload.trace="$work/operators.csv" --format json
  grep -vE '"(resolved|scenario_hash)"' "$work/out" >"$work/replayed"
  cmp -s "$work/own" "$work/replayed" || fail "$what: replayed, it is another run"
}
same "stages, and the cache in flash" "$scenarios/quickstart.cfg" --set model.layers=3 --set workload.tokens=12
same "a prompt, and the cache in DRAM" "$scenarios/full/base-1-llama2-7b.cfg" --set model.layers=2 --set workload.prompt=50 --set workload.tokens=2
same "experts after dense layers" "$scenarios/full/kvnand-c-llama2-7b.cfg" --set model.layers=3 --set model.dense_layers=1 --set model.experts=8 \
  --set model.active_experts=2 --set model.shared_experts=1 --set model.ffn=1408 --set workload.tokens=3
same "requests" "$scenarios/traces/chat-day.cfg" --set model.layers=1 --set workload.requests.count=2
same "pages that are chosen by their index" "$scenarios/policies/select-quest.cfg" --set model.layers=2 --set workload.tokens=2

# Changed: an NPU that has to do more takes longer, by as much.
machine=(run -q "$scenarios/full/base-1-llama2-7b.cfg" --set model.layers=2 --set workload.tokens=1 --format json)
expect 0 trace export "$scenarios/full/base-1-llama2-7b.cfg" --set model.layers=2 -o "$work/own.csv"
ps() { grep -o '"end_time_ps": [0-9]*' "$work/out" | grep -o '[0-9]*$'; }
expect 0 "${machine[@]}"
before=$(ps)
awk -F, -v OFS=, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i } $1 == "layer" && $2 == "norm" { $at["fixed_ps"] = 5000000 } 1' "$work/own.csv" >"$work/slower.csv"
expect 0 "${machine[@]}" --set workload.trace="$work/slower.csv"
[ $(($(ps) - before)) -eq 10000000 ] || fail "5 us more in each of 2 layers: $before ps, then $(ps)"

# Only the layers; the rest is the model's.
{ head -n 1 "$work/own.csv"; grep '^layer,' "$work/own.csv"; } >"$work/layers.csv"
expect 0 "${machine[@]}" --set workload.trace="$work/layers.csv"
[ "$(ps)" -eq "$before" ] || fail "a file with layers only gives $(ps) ps, not $before"

# Wrong ones.
wrong() { # SAYS SED-SCRIPT
  sed -E "$2" "$work/own.csv" >"$work/wrong.csv"
  for command in run check; do
    expect 65 $command "$scenarios/full/base-1-llama2-7b.cfg" --set model.layers=2 --set workload.trace="$work/wrong.csv"
    says "$1"
  done
}
wrong "wrong.csv:1: column 2 is 'op', not 'operator'" '1s/operator/op/'
wrong "wrong.csv:3: 19 columns, not 20" '3s/,0$//'
wrong "wrong.csv:4: graph 'layers' is not known" '4s/layer/layers/'
wrong "wrong.csv:4: operator 'qvk' is not known" '4s/qkv/qvk/'
wrong "wrong.csv:3: unit 'gpu' is not known" '3s/npu/gpu/'
wrong "wrong.csv:4: after = '7': operator 1 of its graph comes after earlier ones (0 .. 0)" '4s/weights,0/weights,7/'
wrong "wrong.csv:4: after = '-1'" '4s/weights,0/weights,-1/'
wrong "rows = '1e3': allowed are whole numbers" '4s/,12288,/,1e3,/'
wrong "wrong.csv:3: graph 'layer': the model has another number of rows for qkv" '4s/,12288,/,12287,/'
wrong "this machine and model have no such qkv" '4s/,4096,/,4095,/'
wrong "this machine has another unit for append" 's/,append,store/,append,npu/'
wrong "not each head group has one append" '/,append,/s/,0,32,/,0,31,/'
wrong "graph 'prologue' began at line 2 and had ended" 's/^epilogue/prologue/'
wrong "nothing comes after one of the operators, and it is not the last: attend" '/,append,/!s/(,project,weights),[0-9 ]*,/\1,1,/'
: >"$work/own2.csv"
expect 65 run "$scenarios/quickstart.cfg" --set workload.trace="$work/own2.csv"
says "the file is empty"
expect 66 run "$scenarios/quickstart.cfg" --set workload.trace="$work/none.csv"
expect 64 trace export
says "no scenario file given"
expect 65 trace export "$scenarios/stream/program.cfg"
says "a stream has no operators"
expect 65 explain "$scenarios/quickstart.cfg" --set workload.trace="$work/own.csv"
says "there is nothing to vary"

# Nothing is destroyed.
expect 64 "${machine[@]}" --set workload.trace="$work/own.csv" --stats "$work/own.csv"
says "holds the operators of"
expect 64 trace export "$scenarios/quickstart.cfg" --set workload.trace="$work/own.csv" -o "$work/own.csv"
says "holds the operators of"
[ ! -w /dev/full ] || { "$IFCSIM" trace export "$scenarios/quickstart.cfg" >/dev/full 2>"$work/err"; [ $? -eq 74 ] || fail "a full disk: $(cat "$work/err")"; }
finish
