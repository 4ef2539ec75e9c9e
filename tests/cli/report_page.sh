#!/usr/bin/env bash
# The report in headless Chromium: what it shows, what it asks for, how it fits.
set -euo pipefail
command -v node >/dev/null || { echo "skipped: no node (Debian: nodejs)"; exit 77; }
browser=$(command -v chromium || command -v chromium-browser || true)
[ -n "$browser" ] || { echo "skipped: no Chromium (Debian: chromium)"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
run() { # file, arguments...
  local out=$1 code=0
  shift
  "$IFCSIM" run -q "$@" --stats "$out" >/dev/null 2>&1 || code=$?
  case $code in 0 | 3 | 130) ;; *) echo "FAILED: run $*: exit $code" >&2; exit 1 ;; esac
}
scenarios=$SOURCE/scenarios
run discrete.json "$scenarios/quickstart.cfg" --detail
run compact.json "$scenarios/full/kvnand-c-llama2-7b.cfg" --detail
run dram.json "$scenarios/full/base-1-llama2-7b.cfg" --detail --set workload.tokens=3
"$IFCSIM" explain -q "$scenarios/full/base-1-llama2-7b.cfg" --set workload.tokens=3 --format json >explained.json
run stream.json "$scenarios/stream/read-compute.cfg" --detail
run older.json "$scenarios/quickstart.cfg"
run full.json "$scenarios/full/kvnand-c-llama2-7b.cfg" --set workload.context=102400 --detail
run stopped.json "$scenarios/quickstart.cfg" --set 'simulation.time_limit="100 ms"' --detail
run moved.json "$scenarios/quickstart.cfg" --set flash.groups.g1.dies=11 --set flash.groups.g2.dies=5
cat >mine.cfg <<TEXT
extends = ("$scenarios/quickstart.cfg");
policies = {
    dispatch = { plugin = "$BUILD/tests/plugins/newest-first.so"; patience = "3 ms"; };
    kv_flush = { name = "at-token-end"; };
    observers = { times = { name = "class-latency"; }; };
};
TEXT
run policies.json mine.cfg
run requests.json "$scenarios/traces/chat-day.cfg" --set model.layers=2 --set workload.requests.count=30 --set workload.requests.speed=20
run served.json "$scenarios/traces/chat-day.cfg" --set model.layers=2 --set workload.requests.count=20
cat >evil.cfg <<TEXT
title = "</script><img src=x onerror=alert(1)><b>bold</b>";
extends = ("$scenarios/quickstart.cfg");
model = { name = "<!--<script></script><img src=x onerror=alert(2)>"; };
workload = { tokens = 1; };
TEXT
run evil.json evil.cfg --detail
exec node "$SOURCE/tests/report/check.mjs" "$browser" "$IFCSIM" .
