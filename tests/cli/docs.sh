#!/usr/bin/env bash
# The documentation is true: links lead somewhere, commands run, quoted output is what runs print now, folders exist.
# In a page, "<!-- run -->" above a block of commands has them run; "<!-- output of: COMMAND -->" above a block of text
# has it compared with what COMMAND prints. In quoted text a line "..." stands for any number of lines; the version
# and the hash of a scenario may differ.
. "$SOURCE/tests/cli/lib.inc"

cd "$SOURCE" || exit 1
pages=$(find . -name '*.md' -not -path '*/node_modules/*' -not -path './build*' | sort)
[ -n "$pages" ] || fail "no pages found"

anchors() { # FILE: the anchors of its headings, as they are made on GitHub
  awk '/^(```|~~~)/ { code = !code } !code && /^#+ / { sub(/^#+ +/, ""); print }' "$1" | tr '[:upper:]' '[:lower:]' |
    sed -E 's/[^a-z0-9 _-]//g; s/ /-/g'
}

links() { # FILE: targets of its links and pictures, code left out
  awk '/^(```|~~~)/ { code = !code; next } !code { gsub(/`[^`]*`/, "x"); print }' "$1" |
    grep -oE '\]\([^) ]+\)' | sed 's/^](//; s/)$//'
}

checked=0
for page in $pages; do
  while read -r link; do
    case $link in http:* | https:* | mailto:*) continue ;; esac
    checked=$((checked + 1))
    file=${link%%#*}
    anchor=
    case $link in *'#'*) anchor=${link#*#} ;; esac
    target=$page
    [ -z "$file" ] || target=$(dirname "$page")/$file
    [ -e "$target" ] || { fail "$page: the link '$link' leads nowhere"; continue; }
    [ -z "$anchor" ] || anchors "$target" | grep -qxF -- "$anchor" || fail "$page: '$link': no such heading"
  done < <(links "$page")
done
[ "$checked" -gt 20 ] || fail "only $checked links found in all pages"

# Blocks of a page, each to files of its own: N.kind (run, output), N.command, N.text.
blocks() { # PAGE FOLDER
  awk -v folder="$2" '
    /^<!-- run -->$/ { kind = "run"; command = ""; next }
    /^<!-- output of: .* -->$/ { kind = "output"; command = $0; sub(/^<!-- output of: /, "", command); sub(/ -->$/, "", command); next }
    kind && /^```/ && !open { open = 1; n++; print kind > (folder "/" n ".kind"); print command > (folder "/" n ".command"); printf "" > (folder "/" n ".text"); next }
    open && /^```/ { open = 0; kind = ""; next }
    open { print > (folder "/" n ".text") }
    END { if (kind) { print "a marker without a block" > "/dev/stderr"; exit 1 } }' "$1"
}

# A new parameter gives every scenario another hash.
mask() { sed -E 's/IFCSim [0-9]+\.[0-9]+\.[0-9]+/IFCSim VERSION/; s/scenario [0-9a-f]{16}$/scenario HASH/'; }

matches() { # QUOTED ACTUAL: every piece between "..." lines is there, in order; the first and last are anchored
  awk 'NR == FNR { quoted[++q] = $0; next } { actual[++n] = $0 }
    function fits(at, from, to,   k) { for (k = from; k <= to; k++) if (actual[at + k - from] != quoted[k]) return 0; return 1 }
    END {
      at = 1; free = 0
      for (i = 1; i <= q;) {
        if (quoted[i] == "...") { free = 1; i++; continue }
        for (j = i; j < q && quoted[j + 1] != "..."; j++) ;
        last = free ? n : at
        for (p = at; p <= last; p++) if (p + j - i <= n && fits(p, i, j)) break
        if (p > last) { printf "not printed (or elsewhere), from line %d of the quotation:\n%s\n", i, quoted[i]; exit 1 }
        at = p + j - i + 1; i = j + 1; free = 0
      }
      if (!free && at <= n) { printf "printed after the quotation ends:\n%s\n", actual[at]; exit 1 }
    }' "$1" "$2"
}

bin=$work/bin
mkdir -p "$bin"
printf '#!/bin/sh\nexec "%s" "$@"\n' "$IFCSIM" >"$bin/ifcsim"
chmod +x "$bin/ifcsim"

ran=0
for page in $pages; do
  room=$work/${page//\//_}
  mkdir -p "$room/blocks" "$room/at"
  blocks "$page" "$room/blocks" 2>"$work/err" || fail "$page: $(cat "$work/err")"
  ln -s "$SOURCE/scenarios" "$SOURCE/tests" "$room/at/"
  for ((i = 1; ; i++)); do
    b=$room/blocks/$i
    [ -f "$b.kind" ] || break
    ran=$((ran + 1))
    if [ "$(cat "$b.kind")" = run ]; then
      (cd "$room/at" && PATH=$bin:$PATH bash -euo pipefail "$b.text") >"$work/out" 2>"$work/err" </dev/null ||
        fail "$page: block $i does not run: $(cat "$b.text") -- $(head -n 3 "$work/err")"
    else
      (cd "$room/at" && PATH=$bin:$PATH bash -c "$(cat "$b.command")") 2>/dev/null </dev/null | mask >"$work/actual"
      mask <"$b.text" >"$work/quoted"
      matches "$work/quoted" "$work/actual" >"$work/why" ||
        fail "$page: '$(cat "$b.command")' prints something else than the page says: $(cat "$work/why")"
    fi
  done
  # Pictures that the page shows are those that its commands draw, where the same gnuplot draws them.
  for drawn in "$room/at"/*.svg; do
    kept=docs/pictures/$(basename "$drawn")
    grep -qF "](pictures/$(basename "$drawn"))" "$page" || continue
    [ -f "$kept" ] || { fail "$page: there is no $kept"; continue; }
    [ "$(grep -o 'Produced by GNUPLOT[^<]*' "$drawn")" != "$(grep -o 'Produced by GNUPLOT[^<]*' "$kept")" ] ||
      cmp -s "$drawn" "$kept" || fail "$page: $kept is not what its command draws"
  done
done
[ "$ran" -ge 4 ] || fail "only $ran blocks found to run"

# The tree in the README names folders that are there, and all of the upper ones.
tree=$(awk '/^## Where things are/ { on = 1 } on && /^```/ { if (open) exit; open = 1; next } open { print }' README.md)
[ -n "$tree" ] || fail "README.md has no tree of folders"
top=
while IFS= read -r line; do
  for word in $line; do
    case $word in */) ;; *) break ;; esac
    case $line in
    ' '*) [ -d "$top$word" ] || fail "README.md: there is no folder $top$word" ;;
    *) top=$word; [ -d "$word" ] || fail "README.md: there is no folder $word" ;;
    esac
  done
done <<<"$tree"
for folder in */; do
  case $folder in build*) continue ;; esac
  grep -qE "^$folder" <<<"$tree" || fail "README.md: its tree lacks $folder"
done
for folder in platform/*/ components/*/; do
  grep -qE "(^| )$(basename "$folder")/( |\$)" <<<"$(sed 's|include/ifc/|include/|' <<<"$tree")" ||
    fail "README.md: its tree lacks $folder"
done

# "folder/file.c:function" in a page names a function of that file.
named=0
for page in $pages; do
  while IFS=: read -r file function; do
    named=$((named + 1))
    found=$(find ./platform ./components ./workloads -path "*/$file")
    [ -n "$found" ] || { fail "$page: there is no file $file"; continue; }
    grep -qw -- "$function" $found || fail "$page: $file does not know $function"
  done < <(grep -ohE '[a-z_/]+\.[ch]:[a-z_]+' "$page")
done
[ "$named" -gt 50 ] || fail "only $named functions named in all pages"
finish
