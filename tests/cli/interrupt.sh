#!/usr/bin/env bash
# Ctrl-C: what was finished is written, marked incomplete, status 130; in one process and in children.
. "$SOURCE/tests/cli/lib.inc"
q=$SOURCE/scenarios/quickstart.cfg
cp "$q" "$work/one.cfg"
cp "$q" "$work/two.cfg"
cp -r "$SOURCE/scenarios/parts" "$work/parts"
set -m # background jobs get SIGINT

# interrupt SIGNAL FILE...: start a run of very many tokens, stop it after a second
interrupt() {
  local signal=$1 pid got=0
  shift
  rm -rf "$work/stats" "$work/stats.json"
  local stats=$work/stats.json
  [ $# -gt 1 ] && stats=$work/stats
  "$IFCSIM" run "$@" --set workload.tokens=100000 --grain die --stats "$stats" >"$work/out" 2>"$work/err" &
  pid=$!
  sleep 1
  kill "-$signal" "$pid"
  wait "$pid" || got=$?
  [ "$got" -eq 130 ] || fail "$signal: status $got, not 130: $(cat "$work/err")"
}

interrupt_once() { # ARGUMENT...: a run that is stopped after a second
  local pid got=0
  "$IFCSIM" run -q "$@" >"$work/out" 2>"$work/err" &
  pid=$!
  sleep 1
  kill -INT "$pid"
  wait "$pid" || got=$?
  [ "$got" -eq 130 ] || fail "$*: status $got, not 130: $(cat "$work/err")"
}

for signal in INT TERM; do
  interrupt $signal "$q"
  grep -q '"status": "interrupted"' "$work/stats.json" || fail "$signal: the statistics are not marked"
  grep -q '"complete": false' "$work/stats.json" || fail "$signal: the statistics are not marked incomplete"
  grep -q '^INCOMPLETE: interrupted' "$work/out" || fail "$signal: the summary is not marked"
  grep -q 'interrupted; what was finished is marked incomplete' "$work/err" || fail "$signal: no message"
done
interrupt TERM "$work/one.cfg" "$work/two.cfg"
grep -q '"status": "interrupted"' "$work/stats/one.json" || fail "children: the statistics are not marked"

# Also within an operator, or a request, that takes hours.
cat >"$work/hours.cfg" <<'CFG'
flash = { groups = { g1 = { dies = 2; planes = 4; blocks_per_plane = 1048576; pages_per_block = 65536; }; }; };
placement = { weights = "g1"; kv = "g1"; };
model = { layers = 1; hidden = 65536; heads = 64; kv_heads = 64; ffn = 4194304; vocab = 100; };
workload = { context = 10; };
CFG
cat >"$work/request.cfg" <<'CFG'
channel = { count = 1; };
flash = { groups = { g = { dies = 8; planes = 8; blocks_per_plane = 1000000; pages_per_block = 16; }; }; };
workload = { kind = "stream"; stream = { group = "g"; count = 100; planes = 8; dies = 8; pages = 1000000; op = "read-compute"; }; };
CFG
ends_soon() { # AFTER_MS ARGUMENT...: a second later at most, and more where others work on this machine, too
  local after=$1 begin took
  shift
  begin=$(date +%s%3N)
  "$@"
  took=$(($(date +%s%3N) - begin - after))
  [ $took -lt 5000 ] || fail "$*: ends $took ms late"
}
for file in hours request; do
  once=("$work/$file.cfg" --set simulation.grain=page)
  ends_soon 1000 expect 130 run -q "${once[@]}" --set 'simulation.wall_limit=1 s'
  ends_soon 1000 interrupt_once "${once[@]}"
  grep -q '^INCOMPLETE: interrupted' "$work/out" || fail "$file: the summary is not marked"
done
# So does a prompt of many passes over the weights, whose commands are made all at once.
passes=("$work/hours.cfg" --set workload.prompt=100K --set placement.prefill=ifc --set 'flash.groups.g1.global_buffer=1 KiB' --set model.ffn=65536)
ends_soon 200 expect 130 run -q "${passes[@]}" --set 'simulation.wall_limit=200 ms'
# What of them does not fit this computer is refused before it begins.
expect 71 check "${passes[@]}" --set workload.prompt=128M --set model.hidden=1024
finish
