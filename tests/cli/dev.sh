#!/usr/bin/env bash
# ./dev refuses wrong use with status 64 before it installs or builds anything.
. "$SOURCE/tests/cli/lib.inc"
ln -s "$SOURCE/dev" "$work/link"
export IFC_BUILD_DIR=$work/build PATH=$work/path:$PATH
mkdir "$work/path"
for program in apt-get sudo cmake ninja npm; do # nothing of this may be called
  printf '#!/bin/sh\necho "called: %s $*" >&2\nexit 1\n' $program >"$work/path/$program"
  chmod +x "$work/path/$program"
done
cd "$work"
for IFCSIM in "$SOURCE/dev" ./link; do
  expect 0 --help
  prints "usage: ./dev run [FILE...]"
  quiet_err
  expect 64
  quiet_out
  says_first "dev: a command is missing"
  says "./dev test"
  expect 64 tset
  says_first "dev: unknown command 'tset'"
  expect 64 test unit
  says_first "dev: test takes no arguments: 'unit'"
  expect 64 package now
  expect 64 quick unit
  says_first "dev: quick takes no arguments: 'unit'"
  expect 64 fresh sid
  says_first "dev: fresh: unknown suite 'sid' (known: bookworm, trixie)"
  expect 64 fresh trixie now
  says_first "dev: fresh takes one suite: 'now'"
  expect 64 install
  says_first "dev: install wants one folder"
done
[ ! -e "$work/build" ] || fail "wrong use makes a build folder"
# a fault whose text is gone, or there twice, is an error before anything is built
tree=$work/tree
mkdir -p "$tree/tests/mutate"
faults() { cat >"$tree/tests/mutate/faults"; }
IFCSIM=$SOURCE/tests/mutate/run
printf 'one  two\n three two\n' >"$tree/text"
printf 'fault gone: no\nfile text\n- four\n+ five\n' | faults
expect 1 "$tree" "$work/mutate"
says "gone: found 0 times instead of once in text: four"
printf 'fault twice: no\nfile text\n- two\n+ five\n' | faults
expect 1 "$tree" "$work/mutate"
says "twice: found 2 times instead of once in text: two"
printf 'fault half: no\nfile text\n- one two three\n' | faults
expect 1 "$tree" "$work/mutate"
says "half needs a file and pairs of - and + lines"
expect 1 "$tree" "$work/mutate" other
expect 0 "$SOURCE"
prints "faults fit the sources"
[ ! -e "$work/mutate" ] || fail "a fault that does not fit makes a build folder"
IFCSIM=$SOURCE/dev
# the stubs do get called when something is to be done: the test would see it
expect 1 build
says "called: "
finish
