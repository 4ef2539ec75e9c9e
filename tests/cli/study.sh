#!/usr/bin/env bash
# The published part of docs/study-8-dies.md is what its command gives now.
. "$SOURCE/tests/cli/lib.inc"
command -v python3 >/dev/null || { echo "skipped: no python3"; exit 77; }
page=$SOURCE/docs/study-8-dies.md
"$SOURCE/docs/generate-study" "$IFCSIM" --published >"$work/made" || fail "the generator fails"
sed -n '/^## As the published results charge it/,/^## 16 dies/p' "$page" | sed '/^## 16 dies/d' >"$work/committed"
diff -B "$work/committed" "$work/made" || fail "docs/study-8-dies.md is out of date: ./dev study makes it anew"
[ "$(grep -c '^|' "$work/made")" -eq 32 ] || fail "not 4 tables of 6 contexts"
finish
