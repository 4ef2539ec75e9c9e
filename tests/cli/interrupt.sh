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

for signal in INT TERM; do
  interrupt $signal "$q"
  grep -q '"status": "interrupted"' "$work/stats.json" || fail "$signal: the statistics are not marked"
  grep -q '"complete": false' "$work/stats.json" || fail "$signal: the statistics are not marked incomplete"
  grep -q '^INCOMPLETE: interrupted' "$work/out" || fail "$signal: the summary is not marked"
  grep -q 'interrupted; what was finished is marked incomplete' "$work/err" || fail "$signal: no message"
done
interrupt TERM "$work/one.cfg" "$work/two.cfg"
grep -q '"status": "interrupted"' "$work/stats/one.json" || fail "children: the statistics are not marked"
finish
