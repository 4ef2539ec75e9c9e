#!/usr/bin/env bash
# The published part of docs/study-8-dies.md is what its command gives now.
. "$SOURCE/tests/cli/lib.inc"
command -v python3 >/dev/null || { echo "skipped: no python3"; exit 77; }
page=$SOURCE/docs/study-8-dies.md
"$SOURCE/docs/generate-study" "$IFCSIM" --published >"$work/made" || fail "the generator fails"
sed -n '/^## As the published results charge it/,/^## 16 dies/p' "$page" | sed '/^## 16 dies/d' >"$work/committed"
diff -B "$work/committed" "$work/made" || fail "docs/study-8-dies.md is out of date: ./dev study makes it anew"
[ "$(grep -c '^|' "$work/made")" -eq 43 ] || fail "not 5 tables of 6 contexts, and one more"
# Of the study of all systems, the corner of the map with the shortest context and the largest batch: ten points.
"$SOURCE/docs/generate-study-systems" "$IFCSIM" --check 4/112 >"$work/out" 2>&1 || fail "docs/study-systems.md is out of date: $(cat "$work/out")"
[ "$(cat "$work/out")" = "10 points run, 18 cells compared" ] || fail "other points: $(cat "$work/out")"
# Each file of scenarios/systems is in it, differs from one that is in bits or model alone, or is said to be left out.
for file in "$SOURCE"/scenarios/systems/*.cfg; do
  case $(basename "$file" .cfg) in
  llm-in-a-flash-*) grep -q '\*LLM in a flash\* and \*Neuralink\* are left out' "$SOURCE"/docs/study-systems.md ;;
  neuralink-*) grep -q '\*Neuralink\* are left out' "$SOURCE"/docs/study-systems.md ;;
  llms* | mnn-llm-*) grep -q '\*LLMS\* and \*MNN-LLM\* are left out' "$SOURCE"/docs/study-systems.md ;;
  lincoln-*) grep -q system-lincoln "$SOURCE"/docs/studies/systems/lincoln.cfg ;;
  tinychat-*) grep -q "$(basename "$file" .cfg | cut -d- -f1-2)-fp16" "$SOURCE"/docs/studies/systems/tinychat-*.cfg ;;
  *) grep -q "systems/$(basename "$file")" "$SOURCE"/docs/studies/systems/*.cfg ;;
  esac || fail "$file is not in the study of systems"
done
finish
