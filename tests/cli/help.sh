#!/usr/bin/env bash
# --help of everything, --version, list and describe: data on standard output, status 0.
. "$SOURCE/tests/cli/lib.inc"

expect 0 --version
quiet_err
[[ $out =~ ^ifcsim\ [0-9]+\.[0-9]+\.[0-9]+$ ]] || fail "version is '$out'"
expect 0 --help
quiet_err
prints "Usage: ifcsim COMMAND"
listed=$(sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p' <<<"$out")
[ -n "$listed" ] || fail "--help lists no commands"
expect 0 list commands
[ "$(cut -d' ' -f1 <<<"$out")" = "$listed" ] || fail "list commands and --help differ"
for command in $listed; do
  expect 0 "$command" --help
  quiet_err
  prints "Usage: ifcsim $command"
  expect 0 "$command" --version
  prints "ifcsim "
  grep -q "^\.B ifcsim $command" "$SOURCE/docs/man/ifcsim.1" || fail "the man page does not know '$command'"
  grep -q "\\b$command\\b" "$SOURCE/platform/cli/completion/ifcsim.bash" ||
    fail "the completion does not know '$command'"
done

# every long option of run and explore is in the man page and in the completion
for command in run explore; do
  expect 0 $command --help
  for option in $(grep -o -- '--[a-z][a-z-]*' <<<"$out" | sort -u); do
    grep -qF -- "${option//-/\\-}" "$SOURCE/docs/man/ifcsim.1" || fail "the man page does not know $option"
    case $option in --usage | --help | --version) continue ;; esac
    grep -qF -- "$option" "$SOURCE/platform/cli/completion/ifcsim.bash" ||
      fail "the completion does not know $option"
  done
done

expect 0 list
prints "models"
for kind in $out; do
  IFCSIM_SCENARIOS=$SOURCE/scenarios expect 0 list "$kind"
  [ -n "$out" ] || fail "list $kind is empty"
done
IFCSIM_SCENARIOS=$SOURCE/scenarios expect 0 list models
prints "parts/model-llama2-7b "
IFCSIM_SCENARIOS=$SOURCE/scenarios expect 0 list systems
prints "systems/cambricon-s "
[ "$(wc -l <<<"$out")" -eq "$(ls "$SOURCE"/scenarios/systems/*.cfg | wc -l)" ] || fail "list systems: not the files of scenarios/systems"
IFCSIM_SCENARIOS=/nonexistent expect 66 list models
says "no folder of scenarios found"
expect 0 describe npu.rate
prints "npu.rate"
expect 0 describe
prints "workload.context"
finish
