#!/usr/bin/env bash
# Every C source is formatted as .clang-format says, and only one file of the simulator knows SimGrid.
set -euo pipefail
cd "$SOURCE"
fail=0
known=$(grep -rlE '#include *[<"](simgrid|xbt)/' --include='*.c' --include='*.h' platform components workloads)
if [ "$known" != platform/kernel/kernel_simgrid.c ]; then
  echo "SimGrid is included by: $known"
  fail=1
fi
# Versions format differently: this one is what the sources are formatted with.
wanted=14
if ! clang-format --version 2>/dev/null | grep -q "version $wanted\."; then
  echo "skipped: no clang-format $wanted (Debian 12: clang-format); the files were not looked at"
  [ $fail -eq 0 ] && exit 77
  exit 1
fi
find platform components workloads tests docs -name node_modules -prune -o \( -name '*.c' -o -name '*.h' \) -print0 |
  xargs -0 clang-format --dry-run -Werror || fail=1
exit $fail
