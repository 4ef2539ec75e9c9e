#!/usr/bin/env bash
# A short run, a run that does not fit and a refused scenario touch and lose no memory that they should not: the
# sanitizers say so where they are built in, valgrind elsewhere.
set -euo pipefail
checker=(valgrind -q --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite)
if [[ $(nm "$IFCSIM") == *__asan_init* ]]; then
  checker=()
elif ! command -v valgrind >/dev/null; then
  echo "skipped: no valgrind (Debian: valgrind)"
  exit 77
fi
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
check() { # EXPECTED_STATUS ARGUMENT...
  local expected=$1 status=0
  shift
  "${checker[@]}" "$IFCSIM" "$@" >"$scratch/out" 2>"$scratch/err" || status=$?
  if [ $status -ne "$expected" ]; then
    echo "ifcsim $*: status $status, expected $expected"
    cat "$scratch/err"
    exit 1
  fi
}
small="--set model.layers=2 --set workload.tokens=1 --set workload.context=64"
check 0 run -q $small "$SOURCE/scenarios/quickstart.cfg"
check 0 run -q $small --grain page --set flash.groups.g1.dies=2 --set flash.groups.g2.dies=2 "$SOURCE/scenarios/quickstart.cfg"
check 3 run -q --set workload.context=102400 "$SOURCE/scenarios/full/base-1-llama2-7b.cfg"
check 65 run -q --set workload.context=-1 "$SOURCE/scenarios/quickstart.cfg"
