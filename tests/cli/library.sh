#!/usr/bin/env bash
# libifcsim and its Python module, installed somewhere of their own and used from there by programs of others.
. "$SOURCE/tests/cli/lib.inc"
unset IFCSIM_SCENARIOS IFCSIM_LIBRARY PKG_CONFIG_SYSROOT_DIR
prefix=$work/prefix
cmake --install "$BUILD" --prefix "$work/first" >"$work/log" 2>&1 || fail "install: $(tail -n 5 "$work/log")"
mv "$work/first" "$prefix"
IFCSIM=$prefix/bin/ifcsim
library=$(cd "$prefix" && find "$PWD" -name 'libifcsim.so.0')
[ -n "$library" ] || fail "the library is not installed"
q=(quickstart --set workload.tokens=1)
cd "$work" || exit 1
cp -r "$prefix/share/doc/ifcsim/examples/library" example || fail "the example is not installed"

# nothing but the interface is seen, also not by a linker
symbols=$(nm -D --defined-only "$library" | awk '$2 == "T" { print $3 }')
declared=$(grep -oE 'ifcsim_[a-z_]+\(' "$prefix/include/ifcsim.h" | tr -d '(' | sort -u)
[ "$(sort <<<"$symbols")" = "$(grep -xF "$symbols" <<<"$declared")" ] || fail "the library exports: $symbols"
[ "$(wc -l <<<"$symbols")" -ge 10 ] || fail "the library exports only: $symbols"
echo '#include <ifcsim.h>' | c++ -Wall -Wextra -Wpedantic -Werror -I"$prefix/include" -xc++ -fsyntax-only - ||
  fail "ifcsim.h is no C++"

# C, by CMake and by pkg-config
{ cmake -S example -B example/build -DCMAKE_PREFIX_PATH="$prefix" && cmake --build example/build &&
  ctest --test-dir example/build --output-on-failure; } >log 2>&1 || fail "find_package: $(tail -n 20 log)"
export PKG_CONFIG_PATH=${library%/*}/pkgconfig
# shellcheck disable=SC2046
cc -Wall -Wextra -Werror example/contexts.c $(pkg-config --cflags --libs libifcsim) -Wl,-rpath,"${library%/*}" -o contexts ||
  fail "pkg-config: cc"
IFCSIM=./contexts expect 0 quickstart workload.tokens=1
table=$out
expect 0 run "${q[@]}" --set workload.context=4K --format csv -q
speed=$(grep '^decode,,tokens_per_second,' <<<"$out" | cut -d, -f4)
grep -qE "^4K +$(printf %.2f "$speed") tokens/s" <<<"$table" || fail "the example says '$table', ifcsim $speed"
IFCSIM=./contexts expect 1 full/base-1-llama2-7b workload.tokens=1 workload.kontext=3
[ "$err" = 'contexts: --set: workload.kontext = 3: unknown key (nearest: workload.context)' ] || fail "$called: $err"
IFCSIM=./contexts expect 0 full/base-1-llama2-7b workload.tokens=1
grep -qE '^100K +out_of_memory$' <<<"$out" || fail "100K fits: $out"
IFCSIM=./contexts expect 1 nowhere.cfg
[ "$err" = "contexts: nowhere.cfg: cannot open: No such file or directory" ] || fail "$called: $err"

# Python
there python3 python3 "the Python module" || finish
export PYTHONPATH=$prefix/lib/python3/dist-packages
[ "$(python3 example/contexts.py quickstart workload.tokens=1)" = "$table" ] || fail "Python says something else"
expect 0 run "${q[@]}" --set workload.context=4096 --detail --format json -q
cp "$work/out" by-program.json
cat >check.py <<'P'
import json, os, signal, sys, threading, time
import ifcsim

sets = {"workload.tokens": 1, "workload.context": 4096}
r = ifcsim.run("quickstart", sets, detail=True)
text = open("by-program.json").read()
name = os.path.join(sys.argv[1], "share/ifcsim/scenarios/quickstart.cfg")
assert json.loads(r.json)["scenario"] == name, json.loads(r.json)["scenario"]
assert r.json == text, "not what the program prints"
assert r.decode.tokens_per_second == json.loads(text)["decode"]["tokens_per_second"]
assert "decode" in r and r["status"] == "ok"
try:
    r.decode.speed
    sys.exit("a figure that is none")
except AttributeError as e:
    assert "no figure 'speed' (there are tokens, tokens_per_second" in str(e), e


def refused(status, text, call):
    try:
        call()
    except ifcsim.Error as e:
        assert (e.status, str(e)) == (status, text), (e.status, str(e))
    else:
        sys.exit(f"not refused: {text}")


s = ifcsim.load("quickstart", {"workload.tokens": 1})
refused(66, "none.cfg: cannot open: No such file or directory", lambda: ifcsim.load("none.cfg"))
refused(65, "--set: channel.count = 0: out of range (allowed: 1 .. 1024)", lambda: s.set("channel.count", 0))
s.set("effects.bus", False).set("placement.kv", "g3")
refused(65, '--set: placement.kv = "g3": there is no such group (allowed: g1, g2, dram)', s.run)
s.set("placement.kv", "g2")
assert json.loads(s.run().json)["resolved"].count("bus = false") == 1

# a run is watched, and stopped: what was finished is a result
long = ifcsim.load("quickstart", {"workload.tokens": 100000})
seen = []
begin = time.monotonic()
r = long.run(lambda p: seen.append((p.share, p.now_ps, p.token, p.tokens)) or len(seen) >= 3)
assert time.monotonic() - begin < 30
assert r.status == "interrupted" and not r.complete, r.status
assert len(seen) == 3 and seen[0][1] < seen[2][1] and seen[2][3] == 100000 and 0 <= seen[2][0] < 1, seen


def wrong(p):
    raise ZeroDivisionError


try:
    long.run(wrong)
    sys.exit("an exception of the watcher was lost")
except ZeroDivisionError:
    pass

# several at a time, each its own result; one that is stopped leaves the others alone
out = {}


def work(tokens):
    out[tokens] = ifcsim.run("quickstart", {"workload.tokens": tokens}).decode.tokens


threads = [threading.Thread(target=work, args=(n,)) for n in range(1, 6)]
stopped = threading.Thread(target=lambda: out.update(stopped=long.run(lambda p: True).status))
for t in [stopped, *threads]:
    t.start()
for t in [stopped, *threads]:
    t.join()
assert out == {1: 1, 2: 2, 3: 3, 4: 4, 5: 5, "stopped": "interrupted"}, out
assert not os.path.exists("/proc/self") or not [p for p in os.listdir("/proc/self/task") if open(
    f"/proc/self/task/{p}/children").read().strip()], "children are left"

# a program that does not care for its children
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
assert ifcsim.run("quickstart", sets).status == "ok", "with SIGCHLD ignored"
P
python3 check.py "$prefix" 2>err || fail "check.py: $(cat err)"

# requests from outside take as long as those of the scenario: in flight together, at odd times, of whatever steps
cat >session.py <<'P'
import os, signal, sys
import ifcsim


def refused(status, text, call):
    try:
        call()
    except ifcsim.Error as e:
        assert (e.status, str(e)) == (status, text), (e.status, str(e))
    else:
        sys.exit(f"not refused: {text}")


# constant arrivals at odd times on a machine that is never idle; steps that end at, before and between arrivals
apart, count = 1e12 / 2.8e6, 300
for name, sets in (("stream/random-read-poisson", {"pattern": "sequential"}),
                   ("stream/program", {"count": count}),
                   ("stream/read-compute", {"count": count})):
    s = ifcsim.load(name)
    for key, value in {"arrival": "constant", "rate": "2.8 M/s", "count": count, **sets}.items():
        s.set("workload.stream." + key, value)
    own = s.run()
    planes = {"stream/random-read-poisson": 4, "stream/program": 1, "stream/read-compute": 1}[name]
    dies = {"stream/read-compute": 1}.get(name, 16)
    at = [round((n + 1) * apart) for n in range(count)]
    for step in (357143, 100000, 1234567, ifcsim.IDLE):
        out, session, n = {}, s.open(), 0
        hear = lambda c: out.__setitem__(c.id, c.completed_ps - c.arrived_ps)
        until = 0
        while n < count:
            until = min(until + step, ifcsim.IDLE)
            while n < count and at[n] < until:
                session.submit(n, at[n], n % dies, n // dies % planes)
                n += 1
            session.step(until, hear)
            assert session.now_ps == until or until == ifcsim.IDLE, session.now_ps
        session.step(listener=hear)
        r = session.close()
        assert sorted(out) == list(range(count)), len(out)
        assert r.stream == own.stream and r.end_time_ps == own.end_time_ps, (name, step, r.stream, own.stream)
        assert r.stream.latency_ps.mean == round(sum(out.values()) / count), (name, step)

# what is wrong is said, and the session goes on
s = ifcsim.load("stream/program")
session = s.open()
session.submit(7, 1000)
session.step(500)
refused(64, "a request at 499 ps (allowed: from now on, 500 ps)", lambda: session.submit(8, 499))
refused(64, "a request to die 16 (allowed: 0 .. 15 of group g1)", lambda: session.submit(8, 500, 16))
refused(64, "a request to plane 1 (allowed: 0 .. 0, workload.stream.planes = 32 of 32)",
        lambda: session.submit(8, 500, 0, 1))
refused(64, "a step to 499 ps (allowed: from now on, 500 ps)", lambda: session.step(499))


def wrong(_):
    raise ZeroDivisionError


try:
    session.step(listener=wrong)
    sys.exit("an exception of the listener was lost")
except ZeroDivisionError:
    pass
assert session.now_ps > 1000
session.submit(8, session.now_ps + 5)
assert session.close().stream.requests == 2
refused(65, f"{sys.argv[1]}/share/ifcsim/scenarios/quickstart.cfg: workload.kind: a session takes requests (allowed: "
        '"stream")', ifcsim.load("quickstart").open)

# a limit ends it, with what was finished; so does the end of the child
s.set("simulation.time_limit", "1 ms")
session = s.open()
for i in range(20):
    session.submit(i, i * 200_000_000)
refused(130, f"{sys.argv[1]}/share/ifcsim/scenarios/stream/program.cfg: interrupted", session.step)
r = session.close()
assert r.status == "interrupted" and r.stream.requests == 5 and r.end_time_ps == 10**9, r.stream
session = s.open()
if os.path.exists("/proc/self"):
    child = int(open("/proc/self/task/%d/children" % os.getpid()).read().split()[0])
    os.kill(child, signal.SIGKILL)
    refused(70, f"{sys.argv[1]}/share/ifcsim/scenarios/stream/program.cfg: the run ended by signal 9 (Killed)",
            session.step)
two = [ifcsim.load("stream/program").open() for _ in range(2)]  # at a time, and left open
for session in two:
    session.submit(1, 0)
    session.step()
assert two[0].now_ps == two[1].now_ps > 0
P
python3 session.py "$prefix" 2>err || fail "session.py: $(cat err)"
finish
