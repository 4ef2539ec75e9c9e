#!/usr/bin/env bash
# Every scenario of the project runs, says the same twice whatever runs beside it, and its resolved form is itself.
. "$SOURCE/tests/cli/lib.inc"

numbers() { # FILE: no figure of it is infinite or undefined, and it has some
  [ -s "$1" ] || fail "$1 is empty"
  ! grep -qiwE -- '-?(inf|infinity|nan)' "$1" || fail "$1 holds $(grep -iwoE -- '-?(inf|infinity|nan)' "$1" | head -n 1)"
}

found=0
while read -r folder; do
  files=("$folder"/*.cfg)
  [ -e "${files[0]}" ] || continue
  found=$((found + ${#files[@]}))
  name=$(basename "$folder")
  sets=(--set workload.tokens=2)
  [ "$name" != stream ] || sets=(--set workload.stream.count=500)
  [ "$name" != traces ] && [ "$name" != systems ] || sets+=(--set workload.requests.count=2)
  if [ ${#files[@]} -eq 1 ]; then # a single file has no folder of statistics: give it company
    files+=("$SOURCE/scenarios/stream/read-compute.cfg")
  fi
  for jobs in 1 1 4; do
    expect 0 run -q "${files[@]}" "${sets[@]}" -j $jobs --stats "$work/$name.$jobs/" --format json
    [ -e "$work/$name.first" ] || { mv "$work/$name.$jobs" "$work/$name.first"; cp "$work/out" "$work/$name.out"; continue; }
    diff -rq "$work/$name.first" "$work/$name.$jobs" >&2 || fail "$name: runs with -j 1 and -j $jobs differ"
    cmp -s "$work/out" "$work/$name.out" || fail "$name: standard output with -j 1 and -j $jobs differs"
  done
  numbers "$work/$name.out"
  for json in "$work/$name.first"/*.json; do
    numbers "$json"
  done
  [ "$(ls "$work/$name.first" | wc -l)" -eq ${#files[@]} ] || fail "$name: not one file of statistics for each scenario"
done < <(find "$SOURCE/scenarios" -type d ! -name parts)
[ "$found" -ge 20 ] || fail "only $found scenarios were found"
shipped=$(find "$SOURCE/scenarios" -name '*.cfg' ! -path '*/parts/*' | wc -l)
[ "$found" -eq "$shipped" ] || fail "$found of $shipped scenarios were run"

# alone, without the command line's help, and in its resolved form
while read -r file; do
  sets=(--set workload.tokens=2) # a whole period of some takes a minute
  [[ $file != */stream/* ]] || sets=(--set workload.stream.count=300)
  [[ $file != */traces/* && $file != */llms* ]] || sets+=(--set workload.requests.count=2)
  expect 0 run -q "$file" "${sets[@]}" --format json
  cp "$work/out" "$work/alone.json"
  expect 0 run -q "$file" "${sets[@]}" --resolved
  cp "$work/out" "$work/resolved.cfg"
  expect 0 run -q "$work/resolved.cfg" --format json
  diff <(sed "s|$work/resolved.cfg|FILE|" "$work/out") <(sed "s|$file|FILE|" "$work/alone.json") >&2 ||
    fail "$file: its resolved form gives another result"
done < <(find "$SOURCE/scenarios" -name '*.cfg' ! -path '*/parts/*' | sort)

# a context that does not fit is a result with its own status, in every format
for format in text json csv; do
  expect 3 run "$SOURCE/scenarios/published/base-1-llama2-7b.cfg" --set workload.context=102400 --format $format
  grep -q dram "$work/out" || fail "$called: the report does not name the memory"
  numbers "$work/out"
done
expect 3 run "$SOURCE/scenarios/full/kvnand-c-llama2-7b.cfg" --set workload.context=102400 --set workload.tokens=1
prints g1

# the seed counts where something is random, and only there
poisson=$SOURCE/scenarios/stream/random-read-poisson.cfg
figures() { # ARGUMENT...: the outcome, without what describes the scenario
  "$IFCSIM" run -q "$@" --format csv | grep -E '^(stream|resource|resources),'
}
sets=(--set workload.stream.count=500)
[ -n "$(figures "$poisson" "${sets[@]}")" ] || fail "the CSV of a stream has no figures"
[ "$(figures "$poisson" "${sets[@]}")" = "$(figures "$poisson" "${sets[@]}" --set simulation.seed=1)" ] ||
  fail "seed 1, the default, gives another result"
[ "$(figures "$poisson" "${sets[@]}")" != "$(figures "$poisson" "${sets[@]}" --set simulation.seed=2)" ] ||
  fail "another seed gives the same result"
finish
