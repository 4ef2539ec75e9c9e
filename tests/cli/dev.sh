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
  expect 64 install
  says_first "dev: install wants one folder"
done
[ ! -e "$work/build" ] || fail "wrong use makes a build folder"
# the stubs do get called when something is to be done: the test would see it
expect 1 build
says "called: "
finish
