#!/usr/bin/env bash
# The example plug-ins, each built in an empty folder against an IFCSim installed somewhere of its own.
. "$SOURCE/tests/cli/lib.inc"

there cmake cmake || exit 77
prefix=$work/prefix
cmake --install "$BUILD" --prefix "$prefix" >"$work/log" 2>&1 || fail "install: $(tail -n 5 "$work/log")"
cp -r "$prefix/share/doc/ifcsim/examples" "$work/examples" || fail "the examples are not installed"

cd "$work/examples/policy-cmake" || exit 1
{ cmake -B build -DCMAKE_PREFIX_PATH="$prefix" && cmake --build build &&
  ctest --test-dir build --output-on-failure; } >"$work/log" 2>&1 || fail "policy-cmake: $(tail -n 30 "$work/log")"
[ "$(nm -D --defined-only build/shortest-first.so | awk '{print $3}')" = ifc_plugin ] ||
  fail "shortest-first.so exports more than its plug-in"

if there make make "the make file" && there pkg-config pkg-config "the make file"; then
  cd "$work/examples/policy-pkgconfig" || exit 1
  make check PKG_CONFIG_PATH="$prefix/share/pkgconfig" >"$work/log" 2>&1 ||
    fail "policy-pkgconfig: $(tail -n 30 "$work/log")"
  [ "$(nm -D --defined-only busiest-die.so | awk '{print $3}')" = ifc_plugin ] ||
    fail "busiest-die.so exports more than its plug-in"
fi
finish
