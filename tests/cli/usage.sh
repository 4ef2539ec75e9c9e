#!/usr/bin/env bash
# Wrong use of the command line: status 64, one clear message, the nearest name, nothing on standard output.
. "$SOURCE/tests/cli/lib.inc"
q=$SOURCE/scenarios/quickstart.cfg

expect 64
quiet_out
says "Usage: ifcsim COMMAND"
expect 64 rum
quiet_out
says_first "ifcsim: unknown command 'rum'; did you mean 'run'?"
expect 64 simulate
says_first "ifcsim: unknown command 'simulate'"
expect 64 --hlep
says_first "ifcsim: unknown option '--hlep'; did you mean '--help'?"
expect 64 run
quiet_out
says_first "ifcsim run: no scenario file given"
expect 64 run "$q" --fromat json
quiet_out
says_first "ifcsim run: unknown option '--fromat'; did you mean '--format'?"
expect 64 run "$q" --stats
says_first "ifcsim run: option '--stats' requires an argument"
expect 64 run "$q" --format xml
says_first "ifcsim run: --format: unknown 'xml' (allowed: text, json, csv)"
expect 64 run "$q" --grain plain
says_first "ifcsim run: --grain: unknown 'plain'; did you mean 'plane'? (allowed: auto, page, plane, die)"
expect 64 run "$q" -j 0
says_first "ifcsim run: --jobs: '0' is not a number from 1 to 1024"
expect 64 run "$q" -j two
says_first "ifcsim run: --jobs: 'two' is not a number from 1 to 1024"
expect 64 run "$q" --set channel.count
says "channel.count: needs PATH=VALUE"
expect 64 run "$q" --trace-level dies
says_first "ifcsim run: --trace-level, --trace-window and --trace-max need --trace FILE"
expect 64 run "$q" --trace "$work/t.pftrace" --trace-level atoms
says_first "ifcsim run: --trace-level: unknown 'atoms' (allowed: operators, channels, dies, planes)"
expect 64 run "$q" --trace "$work/t.pftrace" --trace-window 1..2
says "--trace-window: 1..2: '1': "
expect 64 run "$q" --trace "$work/t.pftrace" --trace-window 2ms..1ms
says_first "ifcsim run: --trace-window: '2ms..1ms' ends before it begins"
expect 64 run "$q" "$q" --trace "$work/t.pftrace"
says_first "ifcsim run: --trace records one scenario, and 2 are given"
expect 64 run "$q" "$q" -- --cfg=tracing:yes
says_first "ifcsim run: options of SimGrid after -- are for one scenario, and 2 are given"
# Only what shows the kernel at work is allowed: all else changes results, or kills the run.
for option in --cfg=no-such-thing:1 --cfg=contexts/nthreads:4 --cfg=contexts/stack-size:1 --cfg=model-check/replay:1 \
  --cfg=debug/breakpoint:1 --cfg=surf/precision:9 --cfg=host/model:ptask_L07 '--cfg=tracing:yes contexts/nthreads:4' \
  --log=root.app:file:x --log=root.thres:loud --log=.thres:info --cfg= --log= -x stray; do
  expect 64 run "$q" -- "$option"
  says_first "ifcsim run: the option '$option' (after --) of SimGrid is refused (allowed: --log=CATEGORY.thres:LEVEL, \
--cfg=tracing:yes and its tracing/actor, tracing/basic, tracing/categorized, tracing/comment, tracing/filename, \
tracing/platform, tracing/platform/topology, tracing/uncategorized)"
done
expect 64 run "$q" -- --log=root.thres:critical --cfg=contexts/nthreads:4
(cd "$work" && expect 0 run -q "$q" --set workload.tokens=1 -- --log=root.thres:critical --cfg=tracing:yes \
  --cfg=tracing/actor:yes && [ -s simgrid.trace ]) || fail "no trace of the kernel"
expect 64 run "$q" -- --cfg=tracing:perhaps
says_first "ifcsim: SimGrid refuses the options after -- (--cfg=tracing:perhaps ...)"
expect 64 run "$q" --stats -
says_first "ifcsim run: --stats wants a file; for standard output use --format json"
expect 64 run "$q" "$q" --stats "$work/folder"
says "would both be saved as $work/folder/quickstart.json"
expect 64 check
says_first "ifcsim check: no scenario file given"
expect 64 diff a
says_first "ifcsim diff: two statistics files are needed, 1 given"
expect 64 diff a b c
says_first "ifcsim diff: two files, not more: 'c' is too many"
expect 64 describe npu.rat
quiet_out
says_first "ifcsim: no parameter matches 'npu.rat'; did you mean 'npu.rate'?"
expect 64 list policis
says_first "ifcsim list: KIND: unknown 'policis'; did you mean 'policies'? (allowed: commands, scenarios, systems, parts, models, parameters, policies, folders)"
expect 64 topology
says_first "ifcsim topology: no scenario file given"
expect 64 topology "$q" "$q"
says "one scenario file, not more"

# an argument that begins like an option is the value of the option before it
expect 65 run "$q" --set --title=x
# a shipped scenario by name, and where it was looked for when there is none
cd "$work"
export IFCSIM_SCENARIOS=$SOURCE/scenarios
for name in quickstart quickstart.cfg full/base-1-llama2-7b; do
  expect 0 check "$name"
  prints "$name: ok"
done
expect 66 run quickstar
quiet_out
says_first "quickstar: cannot open: No such file or directory"
says "no scenario of this name in $SOURCE/scenarios either; did you mean 'quickstart'?"
expect 66 run ./quickstart
[ "$err" = "./quickstart: cannot open: No such file or directory" ] || fail "a path was taken for a name: $err"
IFCSIM_SCENARIOS=/nonexistent expect 66 run quickstart
says "no folder of scenarios found"
echo 'workload = 1' >quickstart
expect 65 run quickstart
says "quickstart:1"
finish
