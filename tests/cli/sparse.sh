#!/usr/bin/env bash
# The tables of docs/sparse-attention.md: cells that take little are what runs show now, and each method is worth what
# the page says of it.
. "$SOURCE/tests/cli/lib.inc"

"$SOURCE/docs/generate-sparse" "$IFCSIM" --check >"$work/cells" 2>&1 ||
  fail "docs/sparse-attention.md is out of date, docs/generate-sparse writes it anew: $(cat "$work/cells")"

# At 100K on KVNAND-D: a window beats the index, the index beats everything, scattered tokens gain nothing.
awk -F'|' '
  $2 ~ /^ D $/ && $3 ~ /100K/ && !seen++ {
    gain = $5 / $4; if ($5 + 0 <= $6 + 0 || $6 < 2 * $4 || $8 > 1.02 * $4 || gain < 5) exit 1
  }
  END { exit !seen }
' "$SOURCE/docs/sparse-attention.md" || fail "the methods are not what they are worth"
finish
