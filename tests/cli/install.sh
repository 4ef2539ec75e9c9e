#!/usr/bin/env bash
# cmake --install: what lands in a prefix, and that it works there and after the prefix has been moved.
. "$SOURCE/tests/cli/lib.inc"
: "${BUILD:?the build folder}"
unset IFCSIM_SCENARIOS PKG_CONFIG_SYSROOT_DIR

cmake --install "$BUILD" --prefix "$work/first" >"$work/log" 2>&1 || fail "cmake --install: $(tail -n 5 "$work/log")"
mv "$work/first" "$work/moved"
prefix=$work/moved

libdir=$(sed -n 's/^CMAKE_INSTALL_LIBDIR:PATH=//p' "$BUILD/CMakeCache.txt")

# The list of files: scenarios, headers and pages as in the source, the rest by name.
{
  echo bin/ifcsim
  echo include/ifcsim.h
  echo lib/python3/dist-packages/ifcsim.py
  echo "$libdir/$(basename "$(readlink -f "$BUILD/libifcsim.so")")"
  echo "$libdir/pkgconfig/libifcsim.pc"
  (cd "$SOURCE/platform" && find include/ifc -name '*.h' ! -name status.h)
  (cd "$SOURCE" && find scenarios -name '*.cfg' -o -name '*.csv.gz') | sed 's|^|share/ifcsim/|'
  (cd "$SOURCE/docs" && find . -type f ! -path './man/*') | sed 's|^\.|share/doc/ifcsim|'
  [ ! -f "$SOURCE/README.md" ] || echo share/doc/ifcsim/README.md
  printf '%s\n' share/doc/ifcsim/LICENSE share/man/man1/ifcsim.1 share/bash-completion/completions/ifcsim \
    share/pkgconfig/ifcsim.pc share/cmake/ifcsim/ifcsimConfig{,Version}.cmake share/cmake/ifcsim/ifcsimTargets.cmake \
    share/cmake/ifcsim/ifcsimTargets-release.cmake
} | sort >"$work/expected"
(cd "$prefix" && find . -type f | sed 's|^\./||' | sort) >"$work/found"
diff "$work/expected" "$work/found" >&2 || fail "the installed files differ"
grep -rlI -e "$work" -e "$BUILD" "$prefix" >&2 && fail "an installed file knows where it was built or installed"

# Every link of a page leads somewhere, and the text is that of the source but for links.
links() { # FILE: targets of its links and pictures, code left out
  awk '/^(```|~~~)/ { code = !code; next } !code { gsub(/`[^`]*`/, "x"); print }' "$1" |
    grep -oE '\]\([^) ]+\)' | sed 's/^](//; s/)$//'
}
cd "$SOURCE" || exit 1
linked=0
while read -r page; do
  while read -r link; do
    case $link in http:* | https:* | mailto:* | '#'*) continue ;; esac
    linked=$((linked + 1))
    [ -e "$(dirname "$page")/${link%%#*}" ] || fail "installed $(basename "$page"): the link '$link' leads nowhere"
  done < <(links "$page")
done < <(find "$prefix/share/doc" -name '*.md')
[ "$linked" -gt 60 ] || fail "only $linked links in the installed pages"
text() { # FILE: without links, and without the brackets around what is linked
  sed -E 's/\]\([^)]*\)|\(`[^)]*`\)|[][ ]//g' "$1"
}
for page in README.md docs/*.md; do
  [ "$(text "$page")" = "$(text "$prefix/share/doc/ifcsim/$(basename "$page")")" ] || fail "$page is another text when installed"
done

# The binary, from any folder, and by any name.
IFCSIM=$prefix/bin/ifcsim
cd /
version=$(sed -n 's/^project(ifcsim VERSION \([0-9.]*\) .*/\1/p' "$SOURCE/CMakeLists.txt")
expect 0 --version
[ "$out" = "ifcsim $version" ] || fail "version is '$out', the project's is '$version'"
expect 0 run -q quickstart
prints "LLaMA2-7B"
expect 0 list folders
prints "scenarios  $prefix/share/ifcsim/scenarios"
prints "pages      $prefix/share/doc/ifcsim"
expect 0 list scenarios
prints "quickstart "
expect 0 help grains
prints "# Grains"
ln -s "$prefix/bin/ifcsim" "$work/link"
IFCSIM=$work/link
expect 0 check full/base-1-llama2-7b

# A plug-in needs nothing but the installed headers: each alone, then all in a shared object.
mkdir "$work/plugin"
cd "$work/plugin"
for header in "$prefix"/include/ifc/*.h; do
  name=ifc/$(basename "$header")
  echo "#include <$name>" >>plugin.c
  echo "#include <$name>" | cc -std=gnu11 -Wall -Wextra -Wpedantic -Werror -I"$prefix/include" -xc -fsyntax-only - ||
    fail "<$name> cannot be included alone"
done
cat >>plugin.c <<'C'
int hidden(void);
__attribute__((visibility("default"))) int shown(void);
int hidden(void) { return (int)sizeof(ifc_time); }
int shown(void) { return hidden(); }
C
exported() { # FILE exports what is marked, and nothing else
  local symbols
  symbols=$(nm -D --defined-only "$1" | awk '{ print $NF }')
  [ "$symbols" = shown ] || fail "$1 exports: $symbols"
}
export PKG_CONFIG_PATH=$prefix/share/pkgconfig
[ "$(pkg-config --modversion ifcsim)" = "$version" ] || fail "pkg-config knows another version"
"$(pkg-config --variable=executable ifcsim)" --version >/dev/null || fail "pkg-config: executable"
[ -f "$(pkg-config --variable=scenarios ifcsim)/quickstart.cfg" ] || fail "pkg-config: scenarios"
# shellcheck disable=SC2046
cc $(pkg-config --cflags ifcsim) -Wall -Werror -shared -o by-pkg-config.so plugin.c || fail "pkg-config: cc"
exported by-pkg-config.so

cat >CMakeLists.txt <<'CMAKE'
cmake_minimum_required(VERSION 3.25)
project(example LANGUAGES C)
find_package(ifcsim 0.2 REQUIRED)
add_library(example MODULE plugin.c)
target_link_libraries(example PRIVATE ifcsim::plugin)
set_target_properties(example PROPERTIES PREFIX "")
file(WRITE ${CMAKE_BINARY_DIR}/said "${IFCSIM_EXECUTABLE}\n${IFCSIM_SCENARIOS}\n${IFCSIM_INCLUDE_DIR}\n${ifcsim_VERSION}\n")
enable_testing()
add_test(NAME runs COMMAND ifcsim::ifcsim check ${IFCSIM_SCENARIOS}/quickstart.cfg)
CMAKE
{
  cmake -S . -B build -DCMAKE_PREFIX_PATH="$prefix" && cmake --build build && ctest --test-dir build
} >"$work/log" 2>&1 || fail "find_package: $(cat "$work/log")"
printf '%s\n' "$prefix/bin/ifcsim" "$prefix/share/ifcsim/scenarios" "$prefix/include" "$version" |
  diff - build/said >&2 || fail "find_package sets other variables"
exported build/example.so

# Man page and completion.
grep -q "\"IFCSim $version\"" "$prefix/share/man/man1/ifcsim.1" || fail "the man page is of another version"
if there man man-db "the man page"; then
  warnings=$(LC_ALL=C.UTF-8 MANWIDTH=100 man --warnings -l "$prefix/share/man/man1/ifcsim.1" 2>&1 >"$work/page")
  [ -z "$warnings" ] || fail "man: $warnings"
  grep -q '^EXIT STATUS' "$work/page" || fail "the man page is not readable"
fi
said=$(bash --norc -c 'set -eu
  . "$1"
  complete -p ifcsim
  COMP_WORDS=(ifcsim "") COMP_CWORD=1
  _ifcsim
  echo "${COMPREPLY[@]}"' - "$prefix/share/bash-completion/completions/ifcsim" 2>&1) || fail "completion: $said"
[[ $said == *"complete -F _ifcsim ifcsim"* && $said == *"run check"* ]] || fail "completion says: $said"

# The Debian package depends on the libraries and on nothing of this machine.
if there dpkg-shlibdeps dpkg-dev "the package" && there file file "the package"; then
  (cd "$BUILD" && cpack -G DEB -B "$work/deb") >"$work/log" 2>&1 || fail "cpack: $(tail -n 5 "$work/log")"
  depends=$(dpkg-deb -f "$work"/deb/ifcsim_"$version"_*.deb Depends)
  for library in libc6 libconfig libjansson4 libprotobuf-c1 libsimgrid zlib1g; do
    [[ ", $depends" == *", $library"* ]] || fail "the package does not depend on $library: $depends"
  done
  dpkg-deb -c "$work"/deb/*.deb | awk '{ print $NF }' | grep -qx ./usr/bin/ifcsim || fail "the package has no binary"
fi
finish
