#!/usr/bin/env bash
# What one types: names of scenarios and parts, numbers with K and M, folders, standard input, help, completion.
. "$SOURCE/tests/cli/lib.inc"
export IFCSIM_SCENARIOS=$SOURCE/scenarios
cd "$work" || exit 1

# "extends" finds parts and scenarios by name, beside the file first; what is wrong names the nearest
shipped=$("$IFCSIM" run -q quickstart --set workload.tokens=1 --format csv | grep -v ^run,)
mkdir mine
for name in quickstart quickstart.cfg; do
  echo "extends = \"$name\"; workload = { tokens = 1; };" >mine/a.cfg
  expect 0 run -q mine/a.cfg --format csv
  [ "$(grep -v ^run, <<<"$out")" = "$shipped" ] || fail "$called: not what the shipped scenario gives"
done
cat >mine/whole.cfg <<'C'
extends = ("parts/system-kvnand-d", "parts/model-llama2-7b.cfg");
flash = { groups = { g1 = { extends = "parts/die-ifc-slc"; dies = 9; }; }; };
C
expect 0 check --resolved mine/whole.cfg
prints "dies = 9; # mine/whole.cfg:2"
mkdir mine/parts
echo 'workload = { tokens = 3; };' >mine/parts/three.cfg
echo 'extends = ("quickstart", "parts/three");' >mine/a.cfg
expect 0 check --resolved mine/a.cfg
prints "tokens = 3; # mine/parts/three.cfg:1"
echo 'extends = ("quickstart", "parts/modle-llama2-7b");' >mine/a.cfg
expect 66 check mine/a.cfg
[ "$err" = 'mine/a.cfg:1: extends = "parts/modle-llama2-7b": cannot open: No such file or directory (nearest: parts/model-llama2-7b)' ] ||
  fail "$called: $err"
expect 66 check quickstart --set extends=npus
says 'extends=npus: cannot open: No such file or directory (nearest: parts/npu)'
expect 66 check quickstart --set extends=./parts/npu.cfg
says_first '--set extends=./parts/npu.cfg: cannot open: No such file or directory (nearest: parts/npu)'
expect 0 check --resolved quickstart --set extends=parts/model-llama2-13b
prints "parts/model-llama2-13b.cfg:"
expect 66 run ful/kvnand-d-llama2-7b
says "no scenario of this name in $SOURCE/scenarios either; did you mean 'full/kvnand-d-llama2-7b'?"
expect 66 run kvnand-c-llama2-7b
says "; did you mean 'full/kvnand-c-llama2-7b'?"
expect 66 run entirely-other
says "no scenario of this name in $SOURCE/scenarios either; 'ifcsim list scenarios' shows what there is"

# the list says what one types
expect 0 list scenarios
names=$(cut -d' ' -f1 <<<"$out")
[ "$(wc -l <<<"$names")" -eq "$(find "$SOURCE/scenarios" -name '*.cfg' ! -path '*/parts/*' | wc -l)" ] ||
  fail "list scenarios does not list each scenario once"
# shellcheck disable=SC2086
expect 0 check $names
expect 0 list parts
for name in $(cut -d' ' -f1 <<<"$out"); do
  grep -qx "${name#parts/}.cfg" <<<"$(ls "$SOURCE/scenarios/parts")" || fail "list parts: there is no $name"
done
expect 0 list folders
prints "scenarios  $SOURCE/scenarios"

# numbers
for context in 50K 51200; do
  expect 0 run -q quickstart -s workload.context=$context -s workload.tokens=1 --format csv
  [ "${first:=$out}" = "$out" ] || fail "50K is not 51200"
done
printf 'extends = "quickstart";\nworkload = { context = 50K; tokens = "2"; };\n' >k.cfg
expect 65 check k.cfg
[ "$err" = 'k.cfg:2: workload.tokens = "2": needs a bare whole number (allowed: 1 .. 134217728, "period")' ] || fail "$called: $err"
printf 'extends = "quickstart";\nworkload = { context = 50K; };\nnpu = { launch = "2 µs"; };\n' >k.cfg
expect 0 check --resolved k.cfg --set "channel.command_time=3μs"
prints "context = 51200; # k.cfg:2"
prints 'launch = "2 us"; # k.cfg:3'
prints 'command_time = "3 us"; # --set'
expect 0 check --resolved k.cfg --set workload.context=2M
prints "context = 2097152; # --set"
printf 'extends = "quickstart";\nworkload = { context = "50K"; };\n' >k.cfg
expect 0 check --resolved k.cfg
prints "context = 51200; # k.cfg:2"
printf 'extends = "quickstart";\nworkload = { context = 010; };\n' >k.cfg
expect 65 check k.cfg
[ "$err" = "k.cfg:2: 010: begins with a 0, which some take for octal: write 10" ] || fail "$called: $err"
expect 65 check quickstart --set workload.context=010
[ "$err" = "--set: workload.context = 010: begins with a 0, which some take for octal: write 10 (allowed: 0 .. 134217728)" ] ||
  fail "$called: $err"
expect 65 check quickstart --set workload.context=50k
[ "$err" = "--set: workload.context = 50k: needs a bare whole number, with K = 1024 or M = 1048576 in capitals (allowed: 0 .. 134217728)" ] ||
  fail "$called: $err"
expect 0 check stream/random-read-poisson --set 'workload.stream.rate=1 k/s' --resolved
prints 'rate = "1 k/s"; # --set'
expect 64 run quickstart -j 01
says_first "ifcsim run: --jobs: '01' is not a number from 1 to 1024"

# describe by the last name
expect 0 describe t_read
prints "flash.groups.<name>.t_read"
[ "$(grep -c '^[a-z]' <<<"$out")" -eq 1 ] || fail "describe t_read describes more: $out"
expect 0 describe 't_*'
prints "flash.groups.<name>.t_erase"
expect 0 describe weighted
prints 'policies.dispatch = { name = "weighted"; }'
expect 64 describe t_raed
says_first "ifcsim: no parameter matches 't_raed'; did you mean 't_read'?"

# help
expect 0 --help
whole=$out
expect 0 help
[[ $out == "$whole"* ]] || fail "help and --help differ"
prints "  grains           Grains"
prints "  explore.md "
expect 0 diff --help
whole=$out
expect 0 help diff
[ "$out" = "$whole" ] || fail "help diff and diff --help differ"
expect 0 help scenario-files
[ "$out" = "$(cat "$SOURCE/docs/scenario-files.md")" ] || fail "$called: not the page"
expect 0 help explore.md
[ "$out" = "$(cat "$SOURCE/docs/explore.md")" ] || fail "$called: not the page"
expect 64 help grians
[ "$err" = "ifcsim: no command and no page is called 'grians'; did you mean 'grains'?" ] || fail "$called: $err"
expect 64 help ../README
[ "$err" = "ifcsim: no command and no page is called '../README'; 'ifcsim help' lists both" ] || fail "$called: $err"
expect 64 help run diff
says_first "ifcsim help: one command or page, not more: 'diff' is too many"

# folders of statistics, standard input, endings in capitals
sets=(-s workload.tokens=1)
expect 0 run -q quickstart stream/sequential-read "${sets[@]}" -s workload.stream.count=100 -o a
expect 0 run -q quickstart stream/read-compute "${sets[@]}" -s workload.stream.count=100 -o b
expect 0 diff a/quickstart.json b/quickstart.json
pair=$(sed 's|/quickstart||g' <<<"$out")
expect 0 diff a b
[ "$(sed 's|/quickstart||g' <<<"$out")" = "$pair" ] || fail "$called: not the pair"
[ "$err" = $'ifcsim: read-compute.json is only in b\nifcsim: sequential-read.json is only in a' ] || fail "$called: $err"
rm a/quickstart.json
expect 65 diff a b
says "ifcsim: a and b have no two files of one name"
expect 64 diff a b/quickstart.json
[ "$err" = "ifcsim: a is a folder, and b/quickstart.json is not: two files or two folders" ] || fail "$called: $err"
mkdir empty
expect 66 diff b empty
[ "$err" = "ifcsim: empty: no statistics (*.json) in this folder" ] || fail "$called: $err"
expect 66 report empty -o r.html
[ "$err" = "ifcsim: empty: no statistics (*.json) in this folder" ] || fail "$called: $err"
expect 0 report b -o folder.html
expect 0 report b/quickstart.json b/read-compute.json -o files.html
cmp folder.html files.html || fail "a report of a folder is not one of its files"
"$IFCSIM" report - -o r.html <b/quickstart.json || fail "no report from standard input"
"$IFCSIM" diff - b/quickstart.json <b/quickstart.json >out || fail "no comparison with standard input"
expect 64 diff - -
says_first "ifcsim diff: only one of the two can be standard input"
printf 'extends = "quickstart";\nworkload = { tokens = 1; };\n' >one.cfg
"$IFCSIM" run -q one.cfg --format csv | sed "s|one.cfg|'-|" >wanted
"$IFCSIM" run -q - --format csv <one.cfg | cmp - wanted || fail "standard input gives another result"
"$IFCSIM" run -q - one.cfg -o both <one.cfg >out || fail "standard input beside a file does not run"
[ -s both/stdin.json ] || fail "its statistics have no name"
echo 'extends = "nowhere";' | "$IFCSIM" check - 2>err
grep -qx -- '-:1: extends = "nowhere": cannot open: No such file or directory' err || fail "standard input: $(cat err)"
"$IFCSIM" check - - <one.cfg >out 2>err
[ "$(cat err)" = "-: cannot open: standard input was read before" ] || fail "standard input twice: $(cat err)"
expect 0 run -q one.cfg -o one.CSV --trace one.Vcd
[[ $(head -n 1 one.CSV) == section,* ]] || fail "one.CSV is no CSV"
grep -q timescale one.Vcd || fail "one.Vcd is no VCD"
expect 0 timeline convert one.Vcd one.PFTRACE

# a window of one layer, and a recording that will be large
expect 0 run -q quickstart -s workload.tokens=2 --trace layer.csv --trace-window 'token 1 layer 5'
layers=$(awk -F, '$1 == "slice" { n[$7 " " $8]++ } END { for (k in n) print k ":", n[k] }' layer.csv | sort)
[[ $layers =~ (^|$'\n')"1 5: "[0-9]{4}($|$'\n') && $(wc -l <<<"$layers") -le 3 ]] || fail "the window holds: $layers"
expect 0 run quickstart -s workload.tokens=1 --trace layer.csv --trace-window 'token 0 layer 50'
says "timeline layer.csv: empty, token 0, layer 50, has not begun in this run"
expect 64 run quickstart --trace layer.csv --trace-window 'tokens 1..2 layer 5'
says_first "ifcsim run: --trace-window: 'tokens 1..2 layer 5': layers are those of one token"
large=(quickstart -s workload.tokens=100000 -s 'simulation.time_limit=2 ms' --trace large.csv)
expect 130 run "${large[@]}"
grep -qE '^ifcsim: timeline large.csv: about [0-9.]+ [GT]B for the whole run \(--trace-window, --trace-level and --trace-max make it smaller\)$' \
  <<<"$err" || fail "a large timeline is not told: $err"
for less in -q --trace-max=1000 --trace-window=..1ms; do
  expect 130 run "${large[@]}" $less
  ! grep -q 'for the whole run' <<<"$err" || fail "$less: told all the same"
done

# completion
mkdir bin
ln -s "$IFCSIM" bin/ifcsim
export PATH=$work/bin:$PATH
completes() { # EXPECTED WORD...: is among the completions of the last word
  local said
  said=$(bash --norc -c '. "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
    compopt() { :; }
    _ifcsim; printf "%s\n" "${COMPREPLY[@]}"' - "$SOURCE/platform/cli/completion/ifcsim.bash" "${@:2}" 2>&1)
  grep -qxF -- "$1" <<<"$said" || fail "completion of '${*:2}' lacks '$1': $(head -n 5 <<<"$said")"
}
completes quickstart ifcsim run quick
completes full/base-1-llama2-7b ifcsim run full/base-1-
completes one.cfg ifcsim check o
completes parts/model-llama2-7b ifcsim model parts/
printf 'extends = "quickstart";\nflash = { groups = { spare = { dies = 1; }; }; };\n' >spare.cfg
completes flash.groups.spare.t_read= ifcsim run spare.cfg --set flash.groups.spare.t_r
completes 'flash.groups.*.t_read=' ifcsim run spare.cfg --set 'flash.groups.*.t_r'
completes policies.dispatch.name= ifcsim run --set policies.dispatch.n
completes weighted ifcsim run --set policies.dispatch.name = w
completes policies.dispatch.weighted ifcsim describe policies.disp
completes folders ifcsim list f
completes grains ifcsim help gr
completes diff ifcsim help di
finish
