#!/usr/bin/env bash
# Plug-ins: what is refused at load (65), what breaks its contract (70), and what works.
. "$SOURCE/tests/cli/lib.inc"

plugins=$BUILD/tests/plugins
small=(run -q "$SOURCE/scenarios/full/kvnand-d-llama2-7b.cfg" --set model.layers=2 --set workload.context=64
  --set workload.tokens=12 --set "placement.kv_buffer.bytes=128 KiB")

# one exported symbol each, and the built-in ones export none
for object in "$plugins"/*.so; do
  exported=$(nm -D --defined-only "$object" | awk '{print $3}')
  case $object in
  */no-symbol.so) [ "$exported" = ifc_something_else ] || fail "$object exports $exported" ;;
  */duplicate.so | */family.so | */wakes.so) [ "$exported" = ifc_plugins ] || fail "$object exports $exported" ;;
  *) [ "$exported" = ifc_plugin ] || fail "$object exports $exported" ;;
  esac
done

# refused at load: status 65, and the message says what differs
refused() { # KIND FIXTURE TEXT
  expect 65 "${small[@]}" --set "policies.$1.plugin=$plugins/$2.so"
  says "policies.$1.plugin = \"$plugins/$2.so\": plug-in $plugins/$2.so is refused: $3"
  quiet_out
}
refused dispatch wrong-abi "abi 3, expected 2"
refused dispatch wrong-size "sizeof(ifc_policy) "
refused dispatch wrong-ops "sizeof(ifc_dispatch_ops) 16, expected at most 8"
refused dispatch wrong-kind "kind 12, expected 0 .. 8"
refused dispatch no-symbol "it has no symbol ifc_plugin or ifc_plugins"
refused dispatch duplicate "duplicate name: it has two policies dispatch \"twin\""
refused kv_flush missing-op "op flush is missing, and is mandatory"
refused dispatch bad-default "parameter depth: default \"0\" out of range (allowed: 1 .. 8)"
refused dispatch bad-field "statistic beyond: bytes 8 .. 16 lie outside of the state of 8"
refused dispatch no-unit "statistic count has no unit"

expect 65 "${small[@]}" --set "policies.dispatch.plugin=$plugins/undefined.so"
says "undefined symbol: ifc_sleep_until"
expect 65 "${small[@]}" --set "policies.dispatch.plugin=$plugins/nowhere.so"
says "there is no such file"
head -c 3000 "$plugins/newest-first.so" >"$work/cut.so"
expect 65 "${small[@]}" --set "policies.dispatch.plugin=$work/cut.so"
says "cut.so cannot be loaded: the file is cut short"
expect 65 "${small[@]}" --set "policies.dispatch.plugin=$SOURCE/README.md"
says "cannot be loaded"
expect 65 "${small[@]}" --set "policies.arbiter.plugin=$plugins/newest-first.so"
says "holds a policy of kind dispatch"
expect 65 "${small[@]}" --set "policies.dispatch.plugin=$plugins/newest-first.so" --set policies.dispatch.name=newest
says 'holds "newest-first" (leave the name out, or give this one)'
expect 65 "${small[@]}" --set "policies.dispatch.plugin=$plugins/refuses.so"
says "ifcsim: $SOURCE/scenarios/full/kvnand-d-llama2-7b.cfg: policies.dispatch: \"refuses\" cannot work here: it is Monday"
# check builds the machine as a run does, and refuses what a run refuses; of what it may not load it says nothing
expect 65 check --load-plugins "$SOURCE/scenarios/quickstart.cfg" --set "policies.dispatch.plugin=$plugins/refuses.so"
says "ifcsim: $SOURCE/scenarios/quickstart.cfg: policies.dispatch: \"refuses\" cannot work here: it is Monday"
expect 0 check "$SOURCE/scenarios/quickstart.cfg" --set "policies.dispatch.plugin=$plugins/refuses.so"

# several in one object: of one kind by name; they share what they know, and one replaces a built-in by its name
family=policies.dispatch.plugin=$plugins/family.so
expect 65 "${small[@]}" --set "$family"
says "policies.dispatch.plugin = \"$plugins/family.so\": plug-in $plugins/family.so holds \"fifo\", \"newest\" (give the name of one of them)"
expect 65 "${small[@]}" --set "$family" --set policies.dispatch.name=newst
says "policies.dispatch.name = \"newst\": plug-in $plugins/family.so holds \"fifo\", \"newest\" (give the name of one of them)"
expect 65 "${small[@]}" --set "$family" --set policies.dispatch.name=fifo --set "policies.dispatch.classes=$(printf 'x%.0s' {1..32})"
says 'policies.dispatch.classes = "'
for name in fifo newest; do
  expect 0 "${small[@]}" --set "$family" --set "policies.dispatch.name=$name" --format json \
    --set "policies.observers.w.plugin=$plugins/family.so"
  python3 - "$name" "$work/out" <<'P' || fail "$called: $(cat "$work/out")"
import json, sys
p = json.load(open(sys.argv[2]))["policies"]
assert p["dispatch"]["name"] == sys.argv[1] and p["dispatch"]["plugin"].endswith("/family.so"), p["dispatch"]
s = {name: row["value"] for name, row in p["observers"]["w"]["statistics"].items()}
assert s["finished"] == 1 and 0 < s["shared"] <= 2 * s["seen"] and s["bad"] == 0, s
assert s["on_npu"] % 12 == 0 and s["on_npu"] > 12 * 2 * 5, s # of 12 tokens: norms, softmax, ... of each layer
P
done
expect 0 describe "$plugins/family.so"
prints 'parameter classes [text]: names of the classes that go first'
prints 'statistic shared [count]'

# files of their own: one of each run that wants them, none in variants; no output destroys an input
wakes=policies.observers.o.plugin=$plugins/wakes.so
looks=(--set "$wakes" --set policies.observers.o.name=looks --set "policies.observers.o.every=1 ms")
expect 0 "${small[@]}" "${looks[@]}" --policy-files "$work/files"
[ "$(ls "$work/files")" = kvnand-d-llama2-7b.o.csv ] && [ "$(head -n 1 "$work/files/kvnand-d-llama2-7b.o.csv")" = 1000000000 ] ||
  fail "files of policies: $(ls "$work/files")"
rm "$work/files"/*
expect 0 "${small[@]}" "$SOURCE/scenarios/full/kvnand-c-llama2-7b.cfg" "${looks[@]}" --policy-files "$work/files" -j 2
[ "$(cd "$work/files" && echo *)" = "kvnand-c-llama2-7b.o.csv kvnand-d-llama2-7b.o.csv" ] || fail "files of two runs: $(ls "$work/files")"
expect 64 "${small[@]}" "${looks[@]}" --policy-files "$work/files" --stats "$work/files/kvnand-d-llama2-7b.o.csv"
says "--policy-files: $work/files/kvnand-d-llama2-7b.o.csv is another output of this run"
expect 74 "${small[@]}" "${looks[@]}" --policy-files "$plugins/wakes.so"
says "--policy-files: $plugins/wakes.so is not a folder, and one is needed"
rm "$work/files"/*
(cd "$work/files" && expect 0 explain -q --only=bottlenecks "$SOURCE/scenarios/quickstart.cfg" "${looks[@]}")
[ -z "$(ls "$work/files")" ] || fail "variants write files"
expect 70 "${small[@]}" --set "$wakes" --set policies.observers.o.name=bad-file
says 'observer policy "bad-file", op output: suffix "../x" (allowed: letters, digits, -, _, not cfg or so)'
expect 70 "${small[@]}" --set "policies.dispatch.plugin=$plugins/wakes.so" --set policies.dispatch.name=past
says 'dispatch policy "past", op wake: asks for 0 ps, which has passed'
expect 70 "${small[@]}" --set "policies.arbiter.plugin=$plugins/wakes.so"
says 'arbiter policy "vain", op wake: policies of this kind are not woken'

# what a schedule policy may not answer
scheduled=(run -q "$SOURCE/scenarios/policies/schedule-fcfs.cfg" --set model.layers=1 --set "policies.schedule.plugin=$plugins/wakes.so")
expect 70 "${scheduled[@]}" --set policies.schedule.name=nothing
says 'schedule policy "nothing", op step: leaves 2 requests waiting for ever: nothing else is under way'
expect 70 "${scheduled[@]}" --set policies.schedule.name=both
says 'schedule policy "both", op step: decodes request 0, and goes on with a prompt (allowed: one of both)'
expect 70 "${scheduled[@]}" --set policies.schedule.name=beyond
says 'schedule policy "beyond", op step: goes on with prompt 1 of 1, which is not there'

# one that is never asked is named
expect 0 "${small[@]}" --set policies.array.name=reads-first
prints "policies.array: reads-first was never asked: nothing that it decides came up"

# in C++, from the installed headers alone
cat >"$work/newest.cpp" <<'CPP'
#include <ifc/policy.h>

namespace {
struct state {
    uint64_t limit, picks;
    char word[8];
};

uint32_t pick(void *self, uint32_t, const ifc_command_view *commands, uint32_t n)
{
    auto *s = static_cast<state *>(self);
    s->picks += ifc_class_name(static_cast<ifc_class>(commands[0].traffic_class))[0] != 'u';
    return s->picks < s->limit ? n - 1 : 0;
}

const ifc_dispatch_ops ops = {pick};
const ifc_parameter parameters[] = {
    {"limit", IFC_FIELD_TYPE(state, limit), "count", offsetof(state, limit), sizeof(state::limit), "9", 1, 99, nullptr, "h"},
    {"word", IFC_FIELD_TYPE(state, word), "text", offsetof(state, word), sizeof(state::word), "x", 0, 0, nullptr, "h"}};
const ifc_statistic statistics[] = {
    {"picks", IFC_FIELD_TYPE(state, picks), "count", offsetof(state, picks), sizeof(state::picks), "h"}};

ifc_policy describe()
{
    ifc_policy p = {};
    p.abi = IFC_POLICY_ABI;
    p.size = sizeof p;
    p.kind = IFC_KIND_DISPATCH;
    p.name = "newest";
    p.summary = p.trade_off = "in C++";
    p.state_size = sizeof(state);
    p.parameters = parameters;
    p.n_parameters = 2;
    p.statistics = statistics;
    p.n_statistics = 1;
    p.ops_size = sizeof ops;
    p.ops.dispatch = &ops;
    return p;
}
} // namespace

extern "C" IFC_EXPORT const ifc_policy ifc_plugin = describe();
CPP
if there c++ c++ "a policy in C++"; then
  c++ -std=c++17 -Wall -Wextra -Werror -fPIC -shared -fvisibility=hidden -I"$SOURCE/platform/include" "$work/newest.cpp" \
    -o "$work/newest.so" || fail "a policy in C++ does not compile"
  expect 0 "${small[@]}" --set "policies.dispatch.plugin=$work/newest.so" --set policies.dispatch.limit=5
  prints "policies: dispatch newest of newest.so "
fi

# names and parameters
expect 65 "${small[@]}" --set policies.dispatch.name=weigthed
says 'unknown dispatch policy; nearest: "weighted" (allowed: fifo, attention-first, weighted; or a plugin)'
expect 65 "${small[@]}" --set policies.dispatch.name=weighted --set policies.dispatch.weight=3
says 'unknown parameter of dispatch "weighted"; nearest: weights (allowed: weights, kv_read,'
expect 65 "${small[@]}" --set policies.kv_flush.name=idle-window --set policies.kv_flush.fill=1.5
says 'policies.kv_flush.fill = "1.5": out of range (allowed: 0 .. 1)'
expect 65 "${small[@]}" --set policies.dispatch.depth=3
says 'dispatch "fifo" has no parameters'
expect 65 "${small[@]}" --set policies.kv_placement.name=unmapped
says 'contradicts placement.kv_layout = "token-striped"'
expect 65 "${small[@]}" --set policies.observers.mine.name=counter
says 'unknown observer policy; nearest: "class-latency"'

# several mistakes at once, with the lines they are on
cat >"$work/two.cfg" <<TEXT
extends = ("$SOURCE/scenarios/full/kvnand-d-llama2-7b.cfg");
policies = {
    dispatch = { name = "weighted"; kv_read = 0; };
    arbiter = { name = "prority"; };
};
TEXT
expect 65 check "$work/two.cfg"
says "$work/two.cfg:3: policies.dispatch.kv_read = \"0\": out of range (allowed: 1 .. 1000)"
says "$work/two.cfg:4: policies.arbiter.name = \"prority\": unknown arbiter policy; nearest: \"priority\""

# ops that break their contract: status 70, the plug-in and the op are named
misbehaves() { # KIND FIXTURE OP TEXT
  expect 70 "${small[@]}" --set "policies.$1.plugin=$plugins/$2.so"
  says "ifcsim: $SOURCE/scenarios/full/kvnand-d-llama2-7b.cfg: plug-in $plugins/$2.so: $1 policy \"$2\", op $3: $4"
}
misbehaves dispatch dispatch-index pick "picks command"
misbehaves dispatch dispatch-holds pick "leaves 1 commands waiting for ever"
misbehaves dispatch dispatch-blocks pick "blocks, and an op must not"
misbehaves dispatch dispatch-crashes pick "crashes ("
misbehaves dispatch dispatch-overruns pick "crashes ("
misbehaves dispatch dispatch-exits pick "ends the process"
misbehaves arbiter arbiter-index pick "picks request"
misbehaves kv_flush flush-too-many flush "flushes 2 of 1 buffered tokens (allowed: 0 .. 1)"
misbehaves kv_flush flush-nothing flush "flushes nothing of a full buffer"
misbehaves kv_placement plane-index first_plane "answers plane 256 of 256 (allowed: 0 .. 255)"
misbehaves kv_placement page-plane-index page_plane "answers plane 257 of 256"
misbehaves kv_select select-nothing select "answers 0 spans of 4 pages (allowed: 1 .. pages)"
misbehaves kv_select select-beyond select "span 0 is pages 4 + 1 (allowed: ascending, within 0 .. 3)"
misbehaves kv_select select-tokens select "attends 65 tokens of 4 pages (allowed: 0 .. 64)"
misbehaves kv_select select-parts plan "layer 0: 3 parts are read (allowed: 1 .. 2)"
misbehaves refresh refresh-row choose "moves row 0 to row 177 of 177 (allowed: 0 .. 176)"
misbehaves refresh refresh-taken choose "moves row 0 to row 0, which is not free"

# an op that never returns: the wall limit names it, and the second signal ends the process, of either kind
expect 70 "${small[@]}" --set "policies.dispatch.plugin=$plugins/dispatch-endless.so" --set "simulation.wall_limit=1 s"
says "plug-in $plugins/dispatch-endless.so: dispatch policy \"dispatch-endless\", op pick: has not returned at simulation.wall_limit"
set -m # background jobs get SIGINT
for pair in "TERM TERM" "INT TERM" "TERM HUP"; do
  "$IFCSIM" "${small[@]}" --set "policies.dispatch.plugin=$plugins/dispatch-endless.so" >"$work/out" 2>"$work/err" &
  pid=$! got=0
  for signal in $pair; do
    sleep 1
    kill "-$signal" "$pid" || fail "endless op: ended before $signal"
  done
  for ((i = 0; i < 50; i++)); do
    kill -0 "$pid" 2>/dev/null || break
    sleep 0.1
  done
  kill -KILL "$pid" 2>/dev/null && fail "endless op: survives $pair"
  wait "$pid" || got=$?
  [ "$got" -eq 130 ] || fail "endless op, $pair: status $got, not 130: $(cat "$work/err")"
done
set +m

# what only reads a scenario runs no code of it, unless asked, and says what it did not check
runs=$plugins/runs-code.so
q=$SOURCE/scenarios/quickstart.cfg
unchecked="ifcsim: $q: policies.dispatch: plug-in $runs is not loaded and not checked (--load-plugins does it)"
for command in check "check --resolved" "run --resolved" topology; do
  # shellcheck disable=SC2086
  expect 0 $command "$q" --set "policies.dispatch.plugin=$runs"
  [ "$err" = "$unchecked" ] || fail "$called says: $err"
  # shellcheck disable=SC2086
  expect 0 $command "$q" --set "policies.dispatch.plugin=$runs" --load-plugins
  [ "$(sort -u <<<"$err")" = "code of the plug-in runs" ] || fail "$called says: $err"
done
expect 0 check "$q" --set "policies.dispatch.plugin=$runs" --set "policies.observers.o.plugin=$runs"
prints "$q: ok, but for plug-ins"
says "ifcsim: $q: policies.observers.o: plug-in $runs is not loaded"
expect 0 run -q --resolved "$q" --set "policies.dispatch.plugin=$runs"
quiet_err
expect 65 check "$q" --set "policies.dispatch.plugin=$plugins/nowhere.so"
says "--set: policies.dispatch.plugin = \"$plugins/nowhere.so\": plug-in $plugins/nowhere.so cannot be loaded: there is no such file"
mkfifo "$work/fifo.so"
expect 65 check "$q" --set "policies.dispatch.plugin=$work/fifo.so"
says "cannot be loaded: it is not a file"
expect 65 check "$q" --set "policies.dispatch.plugin=$runs" --set $'policies.dispatch.a;b=1'
says "--set: policies.dispatch.a;b = 1: a key is letters, digits, _ and -"

# what works: named relative to the scenario, with parameters and statistics, several at once
cp "$plugins"/{newest-first,counter}.so "$work"
cat >"$work/good.cfg" <<TEXT
extends = ("$SOURCE/scenarios/full/kvnand-d-llama2-7b.cfg");
workload = { context = 64; tokens = 3; };
policies = {
    kv_flush = { name = "at-token-end"; };
    dispatch = { plugin = "newest-first.so"; patience = "3 ms"; };
    observers = {
        first = { plugin = "./counter.so"; };
        second = { plugin = "./counter.so"; };
        third = { name = "class-latency"; };
    };
};
TEXT
expect 0 run -q "$work/good.cfg" --stats "$work/stats.json" --trace "$work/trace.csv"
python3 - "$work/stats.json" <<'TEXT' || fail "statistics of plug-ins"
import json, sys
r = json.load(open(sys.argv[1]))
p = r["policies"]
value = lambda o, n: p["observers"][o]["statistics"][n]["value"]
assert p["dispatch"]["name"] == "newest-first", p["dispatch"]
assert p["dispatch"]["plugin"].endswith("/newest-first.so")
assert p["dispatch"]["parameters"]["patience"] == '"3 ms"'
assert p["dispatch"]["statistics"]["overtaken"]["value"] > 0
assert p["dispatch"]["statistics"]["overtaken"]["unit"] == "count"
assert value("first", "issued") == value("first", "completed") == r["counts"]["die_commands"]
assert value("second", "issued") == value("first", "issued")
assert value("first", "tokens") == 3
assert value("first", "bad") == 0
seen = sum(value("third", c + "_count") for c in ("weights", "kv_read", "kv_write", "refresh", "host"))
assert seen == value("first", "issued"), seen
assert not p["dispatch"]["default"] and not p["kv_flush"]["default"] and not p["observers"]["third"]["default"]
assert p["arbiter"]["default"] and p["kv_placement"]["default"] and p["refresh"]["default"]
assert len(p["dispatch"]["plugin_hash"]) == 16 and "plugin_hash" not in p["kv_flush"]
assert p["arbiter"]["name"] == "fifo" and p["kv_placement"]["name"] == "token-striped"
TEXT
prints "policies: dispatch newest-first of newest-first.so "
prints ", kv_flush at-token-end, observer first counter of counter.so "
grep -q "overtaken" "$work/trace.csv" || fail "the timeline lacks the policy's marks"
expect 0 run --resolved "$work/good.cfg"
prints 'patience = "3 ms"; # '"$work/good.cfg:5"
prints 'plugin = "'"$work"'/newest-first.so"'
"$IFCSIM" run --resolved "$work/good.cfg" >"$work/again.cfg"
expect 0 run -q "$work/again.cfg" --stats "$work/again.json"
[ "$(grep scenario_hash "$work/stats.json")" = "$(grep scenario_hash "$work/again.json")" ] ||
  fail "the resolved scenario is another one"

expect 0 describe "$plugins/newest-first.so"
prints 'parameter patience [ps]: a command older than this goes first'
prints 'statistic overtaken [count]'
expect 65 describe "$plugins/wrong-abi.so"
says "abi 3, expected 2"
expect 0 describe policies.dispatch.weighted
prints "parameter kv_read [count]: share of class kv_read"
expect 0 list policies
prints "kv_flush idle-window"

# a plug-in's content is part of the scenario's hash, its folder is not
hash_with() { # PLUGIN
  "${IFCSIM:?}" "${small[@]}" --set model.layers=1 --set workload.tokens=1 --set "policies.dispatch.plugin=$1" --format csv |
    sed -n 's/^run,,scenario_hash,\([0-9a-f]*\),.*/\1/p'
}
mkdir "$work/here" "$work/there"
cp "$plugins/newest-first.so" "$work/here/mine.so"
cp "$plugins/newest-first.so" "$work/there/mine.so"
first=$(hash_with "$work/here/mine.so")
[ -n "$first" ] && [ "$(hash_with "$work/there/mine.so")" = "$first" ] || fail "the folder of a plug-in changes the hash"
echo >>"$work/here/mine.so" # ignored by the loader
[ "$(hash_with "$work/here/mine.so")" != "$first" ] || fail "two plug-ins of one name have equal hashes"

# of several runs, and of the variants of explain, the one that fails is named
cat >"$work/bad.cfg" <<TEXT
extends = ("$SOURCE/scenarios/full/kvnand-d-llama2-7b.cfg");
model = { layers = 2; };
workload = { context = 64; tokens = 1; };
policies = { dispatch = { plugin = "$plugins/dispatch-index.so"; }; };
TEXT
sed "s/dispatch-index/refuses/" "$work/bad.cfg" >"$work/refused.cfg"
expect 70 run -q "$work/bad.cfg" "$work/refused.cfg"
says "ifcsim: $work/bad.cfg: plug-in $plugins/dispatch-index.so: dispatch policy"
says "ifcsim: $work/refused.cfg: policies.dispatch: "
expect 65 explain -q --only=bottlenecks "$work/refused.cfg"
says "ifcsim: $work/refused.cfg: policies.dispatch: "
expect 70 explain -q --only=doubling "$work/bad.cfg"
says "ifcsim: $work/bad.cfg: plug-in"
says "ifcsim: $work/bad.cfg (variant g1 t_read): plug-in"

# load errors leave nothing behind
if ! nm "$IFCSIM" 2>/dev/null | grep -q __asan_init && there valgrind valgrind "memory of load errors"; then
  for name in wrong-abi duplicate bad-default newest-first; do
    valgrind -q --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite,indirect \
      "$IFCSIM" describe "$plugins/$name.so" >"$work/out" 2>"$work/err"
    [ $? -ne 99 ] || fail "valgrind on $name: $(cat "$work/err")"
  done
fi
finish
