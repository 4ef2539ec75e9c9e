#!/usr/bin/env bash
# The page of an exploration in headless Chromium: sorting, filters, pictures, pointing, how it fits.
set -euo pipefail
command -v node >/dev/null || { echo "skipped: no node (Debian: nodejs)"; exit 77; }
browser=$(command -v chromium || command -v chromium-browser || true)
[ -n "$browser" ] || { echo "skipped: no Chromium (Debian: chromium)"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
q=$SOURCE/scenarios/quickstart.cfg
fast=(-s workload.tokens=1 -s model.layers=32)
"$IFCSIM" explore "$q" "${fast[@]}" --over flash.groups.g1.dies=2..14:4 --with 'flash.groups.g2.dies=16-flash.groups.g1.dies' \
  --over workload.context=1K,10K,100K --per workload.context -q -o split
"$IFCSIM" plot split -o split.html
"$IFCSIM" plot split --kind heat --x workload.context --by flash.groups.g1.dies -o map.html
"$IFCSIM" plot split --kind pareto --x energy_j_per_token -o front.html
"$IFCSIM" explore "$q" -s workload.tokens=1 -s model.layers=1 --over 'part=parts/model-llama*.cfg' --over 'flash.groups.*.t_read=2 us,3000 ns,4 us' -q -o parts
"$IFCSIM" plot parts -o parts.html
"$IFCSIM" plot parts -o odd.html --title '</script><img src=x onerror=alert(1)>'
"$IFCSIM" plot parts -o again.html && cmp parts.html again.html
exec node "$SOURCE/tests/report/points.mjs" "$browser" .
