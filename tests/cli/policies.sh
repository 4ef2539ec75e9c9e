#!/usr/bin/env bash
# Every built-in policy changes its scenario for the reason the page of policies gives, and the page is up to date.
. "$SOURCE/tests/cli/lib.inc"

"$SOURCE/docs/generate-policies" "$IFCSIM" "$work" >"$work/policies.md" || fail "docs/generate-policies"
if ! diff -u "$SOURCE/docs/policies.md" "$work/policies.md" >"$work/diff"; then
  fail "docs/policies.md is not what docs/generate-policies writes: $(head -n 20 "$work/diff")"
fi

# the walk-through: what the page shows compiles and gains what it says
if there cc cc "the policy of the walk-through"; then
  awk '/^```c$/ { on = 1; next } /^```$/ { on = 0 } on' "$SOURCE/docs/policies.md" >"$work/reads-first.c"
  cc -Wall -Wextra -Werror -shared -fPIC -fvisibility=hidden -I"$SOURCE/platform/include" "$work/reads-first.c" -o "$work/reads-first.so" ||
    fail "the walk-through does not compile"
  expect 0 run -q -o "$work/before.json" "$SOURCE/scenarios/policies/dispatch-fifo.cfg"
  expect 0 run -q -o "$work/after.json" "$SOURCE/scenarios/policies/dispatch-fifo.cfg" --set "policies.dispatch.plugin=$work/reads-first.so"
  expect 0 diff "$work/before.json" "$work/after.json"
  prints "$(grep -- '^  latency mean .* -3.02 %$' "$SOURCE/docs/policies.md")"
fi

figure() { # SCENARIO SECTION FIELD [NAME]
  awk -F, -v s="$2" -v f="$3" -v n="${4-}" '$1 == s && $3 == f && (n == "" || $2 == n) { print $4; exit }' "$work/$1.csv"
}

less() { # A B SECTION FIELD [NAME]: A's figure is less than B's
  local a b
  a=$(figure "$1" "${@:3}")
  b=$(figure "$2" "${@:3}")
  awk -v a="$a" -v b="$b" 'BEGIN { exit !(a != "" && b != "" && a + 0 < b + 0) }' ||
    fail "$3 $4 of $1 is '$a', of $2 '$b': not less"
}

less flush-idle-window flush-when-full decode latency_p99
less flush-when-full flush-at-token-end decode latency_mean
less flush-when-full flush-at-token-end counts pages_programmed
less flush-at-token-end flush-when-full kv_buffer peak
less dispatch-attention-first dispatch-weighted decode latency_mean
less dispatch-weighted dispatch-fifo decode latency_mean
less arbiter-priority arbiter-fifo decode latency_mean
less arbiter-fifo arbiter-priority-kv decode latency_mean
less arbiter-stream-up-before-down arbiter-stream-fifo stream latency_mean
less placement-wear-aware placement-token-striped decode latency_p99
less placement-wear-aware placement-token-striped wear program_skew g2
less placement-head-parallel placement-unmapped counts sensed_kv_bytes
less schedule-prompts-first schedule-fcfs requests mean ttft
less schedule-fcfs schedule-decode-first requests mean ttft
less schedule-decode-first schedule-fcfs requests mean tpot
less schedule-fcfs schedule-prompts-first requests mean tpot
less schedule-shortest-first schedule-fcfs requests mean queue
less schedule-fcfs schedule-shortest-first requests max queue
less refresh-none refresh-read-count decode latency_mean
less refresh-read-count refresh-none wear reads_per_block_max g1
less refresh-erase-levelling refresh-read-count wear pe_max g1
less refresh-read-count refresh-erase-levelling wear lifetime g1
# A lifetime is projected with and without a policy that moves, to the same; simulated only where something moved.
less refresh-read-count refresh-erase-levelling wear lifetime_simulated g1
for name in none read-count erase-levelling; do
  awk -v a="$(figure refresh-$name wear lifetime_projected g1)" -v b="$(figure refresh-none wear lifetime_projected g1)" \
    'BEGIN { exit !(a > 0 && a > 0.95 * b && a < 1.05 * b) }' || fail "refresh-$name projects another lifetime"
done
[ "$(figure refresh-none wear lifetime_simulated g1)" = 0 ] || fail "a lifetime is simulated without moves"
[ "$(figure refresh-read-count wear lifetime g1)" = "$(figure refresh-read-count wear lifetime_simulated g1)" ] ||
  fail "moves were simulated, and the lifetime is not made of them"
awk -v moves="$(figure refresh-read-count wear moves g1)" -v erased="$(figure refresh-read-count wear blocks_erased g1)" \
  'BEGIN { exit !(moves > 0 && erased == 32 * moves) }' || fail "moves are not rows of 32 blocks"
# With so few tokens nothing moves yet: what is projected is said, and that nothing moved.
expect 0 run -q "$SOURCE/scenarios/policies/refresh-read-count.cfg" --set workload.tokens=9
grep -qE '^  g1 +projected +[0-9]' "$work/out" || fail "no lifetime is projected"
grep -qE '^  g1 +simulated +- +- +nothing moved$' "$work/out" || fail "nothing moved, and it is not said"
# Years are tokens at the run's rate, eight hours a day.
awk -v t="$(figure refresh-none wear lifetime_projected g1)" -v y="$(figure refresh-none wear lifetime_projected_years g1)" \
  -v r="$(figure refresh-none decode tokens_per_second)" \
  'BEGIN { d = t / r / 3600 / 8 / 365.25 / y - 1; exit !(d < 1e-9 && d > -1e-9) }' || fail "years of a lifetime"
[ "$(figure refresh-read-count wear refreshes_per_token g1)" = 0 ] || fail "blocks passed their read limit"

# every built-in policy but the observer is chosen by one of the scenarios
"$IFCSIM" list policies | while read -r kind name _; do
  [ "$kind" = observer ] && continue
  [ "$kind $name" = "dispatch fifo" ] && continue # the default, in most of them
  grep -qE "$kind = \{ name = \"$name\"" "$SOURCE"/scenarios/policies/*.cfg || echo "$kind $name"
done >"$work/unshown"
[ ! -s "$work/unshown" ] || fail "no scenario shows: $(cat "$work/unshown")"

# decisions are the same whatever the order and number of runs at a time
"$IFCSIM" run -q -j 2 --stats "$work/two" "$SOURCE"/scenarios/policies/dispatch-{fifo,weighted}.cfg >/dev/null ||
  fail "two at a time"
"$IFCSIM" run -q --stats "$work/one.json" "$SOURCE/scenarios/policies/dispatch-weighted.cfg" >/dev/null
cmp -s "$work/one.json" "$work/two/dispatch-weighted.json" || fail "two runs of dispatch-weighted differ"
finish
