#!/usr/bin/env bash
# A system that gives less than a run wants: memory, sizes of files, /proc. Each is a message and a status.
. "$SOURCE/tests/cli/lib.inc"
large=$work/large.cfg
cat >"$large" <<'CFG'
channel = { count = 1; };
flash = { groups = { g = { dies = 32; planes = 4096; blocks_per_plane = 4; pages_per_block = 16; }; }; };
workload = { kind = "stream"; stream = { group = "g"; count = 100; planes = 4096; }; };
CFG

# An actor for each plane at grain page, one for each die at grain die: check says what it takes.
expect 0 check "$large" --set simulation.grain=page
prints "large.cfg: ok, a run takes about 2.6"
expect 0 check "$large" --set simulation.grain=die
prints "large.cfg: ok, a run takes about 40."
expect 0 check "$large" --set simulation.grain=die --set flash.groups.g.blocks_per_plane=1048576
prints "large.cfg: ok, a run takes about 2.3"

# limited LIMIT STATUS ARGUMENT...: the same under a limit of the shell
limited() {
  local limit=$1
  shift
  failures=0
  ulimit -S $limit
  expect "$@"
}

if [[ $(nm "$IFCSIM") != *__asan_init* ]]; then # address sanitizers want terabytes of addresses
  for command in "run -q" check; do # the same from both
    # shellcheck disable=SC2086
    (limited "-v 2000000" 71 $command "$large" --set simulation.grain=page
      says "ifcsim: $large: a run takes about 11.2"
      says "GB of addresses, more than this process may have; grain die takes less"
      quiet_out
      finish) || fail "$command: no message about memory"
  done
  # Nor is there a computer that has it.
  many=(--set flash.groups.g.dies=65536 --set channel.count=1024 --set simulation.grain=page)
  for command in "run -q" check; do
    # shellcheck disable=SC2086
    expect 71 $command "$large" "${many[@]}"
    says "$large: a run takes about 5.3"
    quiet_out
  done
  # Reads are counted by die, layer and expert.
  cat >"$work/experts.cfg" <<'CFG'
channel = { count = 1024; };
flash = { groups = { g1 = { dies = 60000; }; }; };
placement = { weights = "g1"; kv = "g1"; };
model = { layers = 10000; hidden = 1024; heads = 8; kv_heads = 8; ffn = 1024; experts = 1024; vocab = 100; };
CFG
  for command in "run -q" check; do
    # shellcheck disable=SC2086
    expect 71 $command "$work/experts.cfg"
    says "experts.cfg: a run takes about 4.9"
  done
  (limited "-v 2000000" 0 run -q "$large" --grain die; finish) || fail "a small run is refused"
fi

# Files that may not grow. What cannot be written whole is not there at all.
q=$SOURCE/scenarios/quickstart.cfg
mkdir "$work/here"
(limited "-f 4" 74 run -q "$q" --set workload.tokens=1 --stats "$work/here/s.json"
  says "cannot write"
  says "File too large"
  finish) || fail "no message about the size of files"
[ -z "$(ls "$work/here")" ] || fail "a file is left: $(ls "$work/here")"

# Without /proc the platform goes through a temporary file, which is not left behind.
if unshare -rm true 2>/dev/null; then
  mkdir "$work/tmp"
  # shellcheck disable=SC2016
  TMPDIR=$work/tmp unshare -rm bash -c 'mount -t tmpfs none /proc && exec "$@"' - "$IFCSIM" run -q "$q" \
    --set workload.tokens=1 >"$work/without" || fail "no run without /proc"
  "$IFCSIM" run -q "$q" --set workload.tokens=1 | cmp - "$work/without" || fail "another result without /proc"
  [ -z "$(ls "$work/tmp")" ] || fail "a platform is left: $(ls "$work/tmp")"
  # scenarios and pages are found from where the program lies, by whatever way it was started
  (cd / && unset IFCSIM_SCENARIOS && PATH=$(dirname "$IFCSIM"):$PATH unshare -rm bash -c 'mount -t tmpfs none /proc &&
    ifcsim check quickstart && ifcsim help grains') >"$work/found" 2>&1 || fail "nothing is found without /proc: $(cat "$work/found")"
  got=0
  TMPDIR=/nowhere unshare -rm bash -c 'mount -t tmpfs none /proc && exec "$@"' - "$IFCSIM" run -q "$q" 2>"$work/err" || got=$?
  [ $got -eq 74 ] && grep -q 'cannot make a file for the platform (/nowhere/' "$work/err" || fail "$got: $(cat "$work/err")"
fi
finish
