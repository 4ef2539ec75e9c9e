#!/usr/bin/env bash
# No output destroys an input, results outlive a timeline that fails, and names reach neither a wrong file nor the terminal.
. "$SOURCE/tests/cli/lib.inc"
q=$SOURCE/scenarios/quickstart.cfg
cd "$work"
mkdir here
printf 'extends = "%s";\ntitle = "base";\n' "$q" >here/base.cfg
printf 'extends = "%s/here/base.cfg";\n' "$work" >here/my.cfg
cp here/my.cfg here/my.csv
cp -r here before
ln -s here/my.cfg link.cfg
ln here/my.cfg here/hard.cfg
ln -s ../here/base.cfg here/soft.json

# refused, and nothing was touched
refused() { # MESSAGE ARGUMENT...
  local message=$1
  shift
  expect 64 "$@"
  quiet_out
  [ "$err" = "ifcsim: $message" ] || fail "$called says: $err"
  for file in base.cfg my.cfg my.csv; do
    cmp -s "here/$file" "before/$file" || { fail "$called changes here/$file"; cp "before/$file" here; }
  done
}
refused "--stats: here/my.cfg is an input of this run (here/my.cfg)" run -q here/my.cfg -o here/my.cfg
refused "--stats: here/base.cfg is an input of this run ($work/here/base.cfg)" run -q here/my.cfg -o here/base.cfg
refused "--stats: link.cfg is an input of this run (here/my.cfg)" run -q here/my.cfg -o link.cfg
refused "--stats: here/my.cfg is an input of this run (link.cfg)" run -q link.cfg -o here/my.cfg --set "title=x"
refused "--stats: here/hard.cfg is an input of this run (here/my.cfg)" run -q here/my.cfg -o here/hard.cfg
refused "--stats: here/soft.json is an input of this run ($work/here/base.cfg)" run -q here/my.cfg -o here/soft.json
refused "--stats: $q is an input of this run ($q)" run -q here/my.cfg -o "$q"
refused "--trace: here/my.csv is an input of this run (here/my.csv)" run -q here/my.csv --trace here/my.csv
refused "--output: here/base.cfg is an input of this run ($work/here/base.cfg)" topology here/my.cfg -o here/base.cfg
ln -sf my.cfg here/hard.json # of two runs, the statistics of one onto the other's scenario
refused "--stats: here/hard.json is an input of this run (here/my.cfg)" run -q here/my.cfg here/hard.cfg -o here
cp "$BUILD/tests/plugins/newest-first.so" plug.so
cp plug.so plug.before
expect 64 run -q "$q" --set policies.dispatch.plugin=plug.so -o plug.so
says "ifcsim: --stats: plug.so is an input of this run ($PWD/plug.so)"
cmp -s plug.so plug.before || fail "a plug-in is overwritten"

# two outputs that are one file, also when there is none yet
refused "--stats and --trace: x.csv and x.csv are one file" run -q "$q" --trace x.csv -o x.csv
refused "--stats and --trace: ./x.csv and x.csv are one file" run -q "$q" --trace x.csv -o ./x.csv
ln -s nothing-yet.csv dangling.csv
refused "--stats and --trace: nothing-yet.csv and dangling.csv are one file" run -q "$q" --trace dangling.csv -o nothing-yet.csv
"$IFCSIM" run -q "$q" -o out.json >out.json 2>err && fail "standard output and --stats in one file"
[ "$(cat err)" = "ifcsim: --stats: out.json is also standard output" ] || fail "out.json twice: $(cat err)"
ls nothing-yet.csv x.csv 2>/dev/null && fail "a refused run makes files"

# a link that leads nowhere yet stays one; a long name needs no longer one; a name that is too long is told before
expect 0 run -q "$q" -o dangling.csv
[ -L dangling.csv ] && [ -s nothing-yet.csv ] || fail "a dangling link is replaced: $(ls -l dangling.csv)"
long=$(printf '%0245d.json' 0)
expect 0 run -q "$q" -o "$long"
[ -s "$long" ] || fail "no file with a name of 250 bytes"
expect 74 run -q "$q" -o "x$long$long"
quiet_out
says "ifcsim: cannot write x$long$long: File name too long"
ls -A | grep -q '^\.ifcsim' && fail "temporary files are left"

# results outlive the timeline
ln -s /dev/full full.csv
expect 74 run "$q" --set simulation.reuse=false --trace full.csv -o kept.json
prints "tokens/s"
[ "$err" = "ifcsim: full.csv: cannot write the timeline: No space left on device" ] || fail "$called says: $err"
grep -q '"status": "ok"' kept.json || fail "no statistics beside a timeline that failed"
expect 0 run -q "$q" --set simulation.reuse=false -o alone.json
cmp -s kept.json alone.json || fail "other statistics beside a timeline that failed"

# two runs with one timeline: one of them records, the other one is told; interrupted, the recording says so
set -m # background jobs get signals of their own
for signal in INT HUP; do
  got=0
  "$IFCSIM" run "$q" --set workload.tokens=100000 --grain die --trace both.csv --trace-level operators -o hup.json \
    >/dev/null 2>err &
  pid=$!
  for ((i = 0; i < 100; i++)); do [ -s both.csv ] && break; sleep 0.1; done
  expect 74 run -q "$q" --trace both.csv
  quiet_out
  says_first "ifcsim: both.csv: cannot make the timeline: another process writes it"
  kill "-$signal" "$pid"
  wait "$pid" || got=$?
  [ "$got" -eq 130 ] || fail "$signal: status $got, not 130: $(cat err)"
  grep -q '"status": "interrupted"' hup.json || fail "$signal: no statistics"
  expect 0 timeline convert both.csv both.pftrace
  expect 0 timeline convert both.pftrace again.csv
  tail -n 1 again.csv | grep -q '^mark,,end of recording; the run was interrupted,' ||
    fail "$signal: the timeline does not say so: $(tail -n 1 again.csv)"
  rm both.csv hup.json
done
set +m

# what is not whole is not read
expect 0 run -q "$q" --trace whole.csv --trace-level operators
head -n -1 whole.csv >cut.csv
expect 65 timeline convert cut.csv cut.vcd
says_first 'ifcsim: cut.csv: cut: it does not end with the mark "end of recording"'
{ sed -n 1,3p whole.csv; printf '\0\0'; sed '1,3d' whole.csv; } >nul.csv
expect 65 timeline convert nul.csv nul.vcd
says_first "ifcsim: nul.csv:4: a NUL byte: not a text file"
[ ! -e nul.vcd ] && [ ! -e cut.vcd ] || fail "a failed conversion leaves a file"

# a file that is no scenario is not quoted, one that is is
printf 'root:$6$secret:19000:0\ndaemon:*:1:0\n' >shadow
printf 'DB_PASSWORD="secret"\n' >env
for file in shadow env; do
  printf 'extends = "%s";\n' "$file" >reads.cfg
  for given in reads.cfg "$file"; do
    expect 65 check "$given"
    ! grep -q secret <<<"$err" || fail "$called quotes what is no scenario: $err"
  done
done
expect 65 check shadow
[ "$err" = "shadow:1: syntax error, and no section of a scenario such as flash = { ... };" ] || fail "$called: $err"
printf 'channel = { count = 4; };\nnpu = { rate = ; };\n' >typo.cfg
expect 65 check typo.cfg
[ "$err" = "typo.cfg:2: syntax error at: npu = { rate = ; };" ] || fail "$called: $err"

# control characters of names and texts are shown
esc=$'\e[31m'
cp here/base.cfg "red$esc.cfg"
printf 'extends = "no%s.cfg";\n' "$esc" >names.cfg
printf 'title = "\xc2\x9b1m";\nextends = "%s";\n' "$q" >c1.cfg
shown() { # STATUS TEXT ARGUMENT...
  local status=$1 text=$2
  shift 2
  expect "$status" "$@"
  grep -qF -- "$text" <<<"$out$err" || fail "$called does not say '$text': $out$err"
  ! grep -qP '\x1b|\xc2\x9b' <<<"$out$err" || fail "$called sends control characters"
}
shown 0 'red\x1b[31m.cfg: ok' check "red$esc.cfg"
shown 0 'red\x1b[31m.cfg, IFCSim' run -q "red$esc.cfg"
shown 0 '# red\x1b[31m.cfg:2' check --resolved "red$esc.cfg"
shown 66 'extends = "no\x1b[31m.cfg": cannot open' check names.cfg
shown 66 'none\x1b[31m: cannot open' check "none$esc"
shown 65 'title = "\xc2\x9b1m": holds a control character' check c1.cfg
shown 65 '--set: chan\x1b[31mnel = 1: unknown key' check "$q" --set "chan${esc}nel=1"
shown 64 "unknown option '--st\\x1b[31m'" run "$q" "--st$esc"
shown 64 "--format: unknown 'x\\x1b[31m'" run "$q" --format "x$esc"
shown 64 "unknown command 'x\\x1b[31m'" "x$esc"
shown 66 'x\x1b[31m.json' diff "x$esc.json" "y.json"
printf 'title = "caf\xe9";\nextends = "%s";\n' "$q" >latin.cfg
expect 65 check latin.cfg
[ "$err" = 'latin.cfg:1: title = "caf\xe9": is not UTF-8 (allowed: text of at most 255 bytes)' ] || fail "$called: $err"

# no output replaces a scenario, also none that this command does not read
cp "$q" mine.cfg
ln -s mine.cfg link.html
expect 0 run -q "$q" --set model.layers=1 --set workload.tokens=1 -o other.json
for words in "report other.json -o mine.cfg" "report other.json -o link.html" "run -q $q -o mine.cfg" "topology $q -o mine.cfg"; do
  # shellcheck disable=SC2086
  expect 64 $words
  says "is there, and a scenario (.cfg); no output replaces one"
done
cmp -s "$q" mine.cfg || fail "mine.cfg was replaced"

# a spreadsheet does not take a title for a formula
expect 0 run -q "$q" --set 'title==cmd|calc' --format csv
prints "run,,title,'=cmd|calc,"

# a scenario of one's own comes before a shipped one of its name
mkdir own && cd own
export IFCSIM_SCENARIOS=$SOURCE/scenarios
printf 'extends = "%s";\ntitle = "my own";\n' "$q" >quickstart.cfg
for name in quickstart quickstart.cfg; do
  expect 0 run -q $name
  prints "my own"
done
mkdir full quickly
expect 0 check full/base-1-llama2-7b
rm quickstart.cfg
mkdir quickstart
expect 0 check quickstart
prints "quickstart: ok"
cd ..

# too few files to be opened: a message; few: fewer runs at a time
got=0
(ulimit -n 6; "$IFCSIM" run -q "$q" >out 2>err) || got=$?
[ "$got" -eq 64 ] && [ "$(cat err)" = "ifcsim: 12 more files must be possible to open (ulimit -n)" ] ||
  fail "6 open files: status $got: $(cat err)"
(ulimit -n 20; "$IFCSIM" run -q -j 12 "$SOURCE"/scenarios/stream/*.cfg "$q" --format csv -o many >out 2>err) ||
  fail "20 open files: $(cat err)"
finish
