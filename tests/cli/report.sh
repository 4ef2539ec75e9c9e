#!/usr/bin/env bash
# ifcsim report without a browser: wrong use, wrong files, what a scenario may call itself, equal bytes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
fail() { echo "FAILED: $*" >&2; exit 1; }
expect() { # status, text of the message, command...
  local status=$1 text=$2 code=0
  shift 2
  "$@" >out 2>err || code=$?
  [ $code -eq "$status" ] || { cat err; fail "$*: exit $code instead of $status"; }
  grep -qF -- "$text" err || { cat err; fail "$*: the message lacks '$text'"; }
}

"$IFCSIM" run -q "$SOURCE/scenarios/quickstart.cfg" --set workload.tokens=2 --detail --stats good.json >/dev/null
"$IFCSIM" run -q "$SOURCE/scenarios/quickstart.cfg" --set workload.tokens=2 --stats plain.json >/dev/null

# What --detail adds, and that it changes nothing else.
for key in utilisation_over_time token_lanes; do
  grep -q "^ \"$key\": {" good.json || fail "--detail does not write $key"
  grep -q "\"$key\"" plain.json && fail "$key is there without --detail"
done
# But for what tells how it was simulated: what is recorded over time is simulated layer by layer.
how='s/"(kernel_events|reused|why_not)": [^,]*/"\1": .../'
sed -E '/^ "utilisation_over_time": \{/,/^ \},/d; /^ "token_lanes": \{/,/^ \},/d; '"$how" good.json | cmp - <(sed -E "$how" plain.json) ||
  fail "--detail changes other statistics"
expect 64 '--detail needs --stats FILE or --format json' "$IFCSIM" run "$SOURCE/scenarios/quickstart.cfg" --detail
"$IFCSIM" run -q "$SOURCE/scenarios/quickstart.cfg" --set workload.tokens=2 --detail --format json >stdout.json
cmp stdout.json good.json || fail "--format json differs from --stats"

# Results of child processes carry it too.
cp "$SOURCE/scenarios/quickstart.cfg" one.cfg
sed -i "s|\"parts/|\"$SOURCE/scenarios/parts/|g" one.cfg
cp one.cfg two.cfg
"$IFCSIM" run -q one.cfg two.cfg --set workload.tokens=2 --detail --stats both >/dev/null
"$IFCSIM" run -q one.cfg --set workload.tokens=2 --detail --stats one.json >/dev/null
cmp both/one.json one.json || fail "a run among several is recorded differently"
sed 's/two\.cfg/one.cfg/' both/two.json | cmp - one.json || fail "the second of several runs differs"

# Wrong use.
expect 64 '-o FILE is missing' "$IFCSIM" report good.json
expect 64 'no statistics file given' "$IFCSIM" report -o r.html
expect 64 "did you mean '--output'" "$IFCSIM" report good.json --outptu r.html

# Wrong files: named, and nothing is written.
: >empty.json
echo 'tokens = 4;' >text.json
echo '[1, 2]' >array.json
echo '{"schema": "1"}' >word.json
echo '{"schema": 99}' >newer.json
head -c 3000 good.json >short.json
expect 66 'cannot open none.json: No such file' "$IFCSIM" report none.json -o r.html
mkdir nothing
expect 66 'nothing: no statistics (*.json) in this folder' "$IFCSIM" report nothing -o r.html
for file in empty text short; do expect 65 "$file.json:" "$IFCSIM" report good.json $file.json -o r.html; done
expect 64 'good.json: input and output are one file' "$IFCSIM" report good.json -o ./good.json
expect 65 'not JSON' "$IFCSIM" report text.json -o r.html
expect 65 'array.json: not a statistics file of ifcsim' "$IFCSIM" report array.json -o r.html
expect 65 'word.json: not a statistics file of ifcsim' "$IFCSIM" report word.json -o r.html
expect 65 'newer.json: schema 99; this ifcsim reads schemas 1 to 2' "$IFCSIM" report newer.json -o r.html
expect 65 'newer.json: schema 99' "$IFCSIM" report array.json newer.json -o r.html
grep -q 'array.json' err || fail "only one of two bad files is named"
[ ! -e r.html ] || fail "a report was written in spite of a bad file"

# Outputs that cannot be written.
expect 74 'cannot write /dev/full: No space left' "$IFCSIM" report good.json -o /dev/full
expect 74 'cannot write none/r.html: No such file' "$IFCSIM" report good.json -o none/r.html
expect 74 'cannot write /: Is a directory' "$IFCSIM" report good.json -o /
expect 74 'cannot write standard output' bash -c '"$IFCSIM" report good.json -o - >/dev/full'

# Equal input, equal bytes, wherever they go.
"$IFCSIM" report good.json plain.json -o a.html
"$IFCSIM" report good.json plain.json --output=b.html
"$IFCSIM" report good.json plain.json -o - >c.html
cmp a.html b.html && cmp a.html c.html || fail "two reports of the same files differ"
"$IFCSIM" report plain.json good.json -o d.html
cmp -s a.html d.html && fail "the order of the files makes no difference"

# Nothing in it that a browser would fetch.
grep -oE '(src|href|action|data|poster)="[^"]*"' a.html | grep -vE '="(#|data:,)' && fail "the report refers to something outside"
grep -qE '@import|url\([^#]|XMLHttpRequest|fetch\(|WebSocket|sendBeacon|import\(' a.html && fail "the report can fetch"
grep -q 'Permission is hereby granted' a.html || fail "the licence of uPlot is not in the report"

# Names are data: they open no tag and close no script.
cat >evil.cfg <<TEXT
title = "</script><img src=x onerror=alert(1)>&amp;";
extends = ("$work/one.cfg");
model = { name = "<!--<script></script><img src=x onerror=alert(2)>"; };
workload = { tokens = 1; };
TEXT
"$IFCSIM" run -q evil.cfg --stats evil.json >/dev/null
cp evil.json '<img src=x onerror=alert(3)>.json'
cp evil.json $'\xff\xfe.json'
"$IFCSIM" report evil.json '<img src=x onerror=alert(3)>.json' $'\xff\xfe.json' -o evil.html
count() { { grep -oiE "$1" "$2" || true; } | wc -l; }
for mark in '<script' '</script' '<img' '<!--'; do
  [ "$(count "$mark" evil.html)" -eq "$(count "$mark" a.html)" ] || fail "a name put '$mark' into the report"
done
[ "$(count '</script' a.html)" -eq 3 ] || fail "a script of the report holds its own end"
grep -qF '"title":"\u003c/script\u003e\u003cimg src=x onerror=alert(1)\u003e\u0026amp;"' evil.html || fail "the title is not there as text"
grep -qF '"file":"??.json"' evil.html || fail "a file name that is no UTF-8 is not shown"

# Of many runs a table: a row each, also of one that does not fit; text is text.
sed 's/"title": "[^"]*"/"title": "a, \\"b\\" | c_d \& 5 % \\\\"/' good.json >odd.json
"$IFCSIM" run -q "$SOURCE/scenarios/full/kvnand-c-llama2-7b.cfg" --set workload.context=1048576 --stats full.json >/dev/null || [ $? -eq 3 ]
for ending in csv md tex; do "$IFCSIM" report good.json odd.json full.json -o runs.$ending; done
[ "$(head -n 1 runs.csv | tr -d '\r')" = "run,title,status,tokens/s,latency (ms),energy per token (J),power (W),price (\$),tokens/s per \$,tokens/s per W,waits for" ] ||
  fail "heads: $(head -n 1 runs.csv)"
speed=$(sed -n 's/^  "tokens_per_second": \(.*\),$/\1/p' good.json | head -n 1) price=$(sed -n 's/^ "price_usd": \(.*\),$/\1/p' good.json)
sed -n 2p runs.csv | awk -F, -v v="$speed" -v p="$price" '{ exit !($4 == v && $8 == p && $9 / (v / p) - 1 < 1e-9 && 1 - $9 / (v / p) < 1e-9) }' ||
  fail "CSV: $(sed -n 2p runs.csv), not $speed and $price"
grep -qF 'odd.json,"a, ""b"" | c_d & 5 % \",ok,' runs.csv || fail "CSV: $(cat runs.csv)"
grep -qF '| a, "b" \| c\_d \& 5 % \\ | ok |' runs.md || fail "Markdown: $(cat runs.md)"
grep -qF '& a, "b" | c\_d \& 5 \% \textbackslash{} & ok &' runs.tex || fail "LaTeX: $(cat runs.tex)"
sed -n 4p runs.csv | grep -qE '^full.json,"[^"]*",out_of_memory,,,,,[0-9.]*,,,' || fail "a run that does not fit: $(sed -n 4p runs.csv)"
cp good.json good.csv
expect 64 'good.csv: input and output are one file' "$IFCSIM" report good.csv -o good.csv
