#!/usr/bin/env bash
# explore and merge: the table is what direct runs give, whatever -j; nothing is lost by a kill, and nothing done twice.
. "$SOURCE/tests/cli/lib.inc"
q=$SOURCE/scenarios/quickstart.cfg
small=(-s workload.tokens=1 -s model.layers=1)
cd "$work" || exit 1

cell() { # TABLE POINT COLUMN
  tr -d '\r' <"$1" | awk -F, -v p="$2" -v c="$3" 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == c) k = i } $1 == p { print $k }'
}
points() { # TABLE: how many
  tail -n +2 "$1" | wc -l
}

# --- rows are what direct runs give; two axes, a coupled one, in order ---
axes=(--over flash.groups.g1.dies=4..12:4 --with 'flash.groups.g2.dies=16 - flash.groups.g1.dies'
  --over workload.context=1K,10K)
expect 0 explore "$q" "${small[@]}" "${axes[@]}" --per workload.context --for tokens/s,energy -j 2 -o two
quiet_err
prints "6 points: 6 ok"
prints "Pareto front of tokens/s and energy"
[ "$(points two/points.csv)" -eq 6 ] && [ "$(wc -l <two/points.jsonl)" -eq 6 ] || fail "not six rows"
[ "$(cut -d, -f1,3-5 two/points.csv | tr '\n' ' ')" = "point,flash.groups.g1.dies,workload.context,flash.groups.g2.dies \
1,4,1024,12 2,4,10240,12 3,8,1024,8 4,8,10240,8 5,12,1024,4 6,12,10240,4 " ] || fail "assignments: $(cut -d, -f1,3-5 two/points.csv)"
"$IFCSIM" run -q "$q" "${small[@]}" -s flash.groups.g1.dies=12 -s flash.groups.g2.dies=4 -s workload.context=10240 \
  --format json >direct.json
grep -q "\"mean_ps\": $(cell two/points.csv 6 latency_ps)" direct.json || grep -q "$(cell two/points.csv 6 latency_ps)" direct.json ||
  fail "point 6 is no direct run: $(cell two/points.csv 6 latency_ps)"
# The best of each context is what the table says.
for context in 1024 10240; do
  best=$(tr -d '\r' <two/points.csv | awk -F, -v x=$context 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "tokens_per_second") k = i }
    NR > 1 && $4 == x && $k > m { m = $k; p = $1 } END { print p }')
  sed -n '/^Best by tokens/,/^$/p' <<<"$out" | grep -qE "^ +$best .* $context " || fail "best of $context is not point $best: $out"
done
# Price: GB x $/GB of 16 dies and the DRAM, if there is any.
expect 0 explore "$q" "${small[@]}" --over 'flash.groups.*.cost=0 $/GB,1 $/GB,2 $/GB' -s 'dram.cost=0 $/GB' --for price -q -o price
awk -v a="$(cell price/points.csv 2 price_usd)" -v b="$(cell price/points.csv 3 price_usd)" 'BEGIN { exit !(a > 0 && b == 2 * a) }' ||
  fail "price: $(cut -d, -f1,12 price/points.csv)"
# Tokens per second, $ and W: tokens per second over the price, and tokens over the energy of a run.
awk -v v="$(cell price/points.csv 3 tokens_per_second)" -v p="$(cell price/points.csv 3 price_usd)" -v j="$(cell price/points.csv 3 energy_j_per_token)" \
  -v vp="$(cell price/points.csv 3 tokens_per_second_per_usd)" -v vw="$(cell price/points.csv 3 tokens_per_second_per_w)" \
  'function same(a, b) { return a - b < 1e-9 * b && b - a < 1e-9 * b } BEGIN { exit !(same(vp, v / p) && same(vw, 1 / j)) }' ||
  fail "per $ and W: $(tail -n 1 price/points.csv)"
[ -z "$(cell price/points.csv 1 tokens_per_second_per_usd)" ] || fail "a machine that costs nothing has tokens per $"
# The time to first token is that of the statistics; a point without a prompt has none.
expect 0 explore "$q" "${small[@]}" -s workload.context=0 --over workload.prompt=0,64,128 --for ttft -o first
prints "Best by ttft (less is better)"
expect 0 run -q "$q" "${small[@]}" -s workload.context=0 -s workload.prompt=128 --format json
ttft=$(sed -n 's/^ *"ttft_ps": \([0-9]*\).*/\1/p' <<<"$out")
[ -n "$ttft" ] && [ "$(cell first/points.csv 3 ttft_ps)" = "$ttft" ] && [ -z "$(cell first/points.csv 1 ttft_ps)" ] ||
  fail "ttft: $ttft, and $(cat first/points.csv)"
expect 0 explore price/spec.cfg -o cheap --for tokens/s/$,tokens/s/W
prints 'Best by tokens/s/$ (more is better)'

# --- whatever -j, whatever order, from a spec file, in two goes ---
expect 0 explore "$q" "${small[@]}" "${axes[@]}" -j 1 -q -o one
quiet_out
cmp -s one/points.csv two/points.csv || fail "the table depends on -j"
cat >spec.cfg <<TEXT
scenario = "$q";
over = ("flash.groups.g1.dies = 4..12:4", "workload.context = 1K, 10K");
with = "flash.groups.g2.dies = 16 - flash.groups.g1.dies";
set = ("workload.tokens=1", "model.layers=1");
TEXT
expect 0 explore spec.cfg -q -o spec
cmp -s spec/points.csv two/points.csv || fail "a spec file gives another table"
expect 0 explore one/spec.cfg -q -o again
cmp -s again/points.csv two/points.csv || fail "the spec file of a folder gives another table"
head -n 2 two/points.jsonl >begin
printf '{"point":5,"id":"cut' >rest
mkdir torn && cp two/spec.cfg torn && cat begin rest >torn/points.jsonl
expect 64 explore two/spec.cfg -q -o torn
says "torn is there already"
expect 0 explore two/spec.cfg -q -o torn --resume
cmp -s torn/points.csv two/points.csv || fail "after a torn line the table differs"
head -n 2 torn/points.jsonl | cmp -s - begin || fail "what was recorded is done again"
[ "$(wc -l <torn/points.jsonl)" -eq 6 ] || fail "a torn line stays, or points are there twice"
expect 0 explore two/spec.cfg -o torn --resume --for energy
prints "Best by energy"
[ "$(wc -l <torn/points.jsonl)" -eq 6 ] || fail "--resume of a whole folder runs something"
expect 64 explore two/spec.cfg -s npu.launch=0s -o torn --resume
says "made by another question"
expect 0 explore two/spec.cfg -q -o fresh --resume
cmp -s fresh/points.csv two/points.csv || fail "--resume without a folder does not begin"

# --- parts, conditions, results that do not fit, refused points ---
expect 0 explore "$q" -s workload.tokens=1 -s model.layers=1 --over 'part=parts/model-llama*.cfg' --where 'model.hidden < 8192' -q -o parts
[ "$(points parts/points.csv)" -eq 3 ] && grep -q ',parts/model-llama3.1-8b.cfg,ok,' parts/points.csv ||
  fail "parts: $(cat parts/points.csv)"
(cd "$SOURCE/scenarios" && "$IFCSIM" explore quickstart.cfg -s workload.tokens=1 -s model.layers=1 \
  --over part=parts/model-llama2-7b.cfg,parts/model-llama2-13b.cfg -q -o "$work/there")
[ "$(cell there/points.csv 1 latency_ps)" = "$(cell parts/points.csv 2 latency_ps)" ] || fail "a part depends on the folder"
expect 0 run -q "$q" -s extends="$SOURCE/scenarios/parts/model-llama2-13b.cfg" "${small[@]}" --format csv
grep -q ",$(cell parts/points.csv 1 latency_ps)," <<<"$out" || fail "--set extends= is another model than the part"
expect 66 check "$q" -s extends=nowhere.cfg
says "--set extends=nowhere.cfg: cannot open"
cp "$SOURCE/scenarios/parts/model-llama2-13b.cfg" part.cfg
expect 64 run "$q" -s extends=part.cfg -o part.cfg
expect 0 explore full/kvnand-c-llama2-7b -s workload.tokens=1 --over workload.context=1K,1M -o large
prints "2 points: 1 ok, 1 out_of_memory"
grep -q '^2,[0-9a-f]*,1048576,out_of_memory,.*g1 is too small' large/points.csv || fail "no row: $(cat large/points.csv)"
expect 0 explore "$q" "${small[@]}" --over flash.groups.g1.dies=0,8 -o bad
prints "1 ok, 1 refused"
prints "The first that was refused is point 1: --over flash.groups.g1.dies = 0: out of range (allowed: 1 .. 65536)"
grep -q '"refused".*allowed: 1' bad/points.jsonl || fail "a refused point does not say why"
expect 0 explore "$q" "${small[@]}" "${axes[@]}" --where 'tokens_per_second >= 300' --for price -o goal
prints "6 points: 6 ok; "
met=$(tr -d '\r' <goal/points.csv | awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) c[$i] = i }
  NR > 1 && (($c["tokens_per_second"] >= 300) != ($c["meets"] == "true")) { exit 1 }
  $c["meets"] == "true" { n++ } END { print n + 0 }') || fail "meets is wrong: $(cat goal/points.csv)"
prints "; $met fulfil the conditions"
expect 0 explore stream/sequential-read --over workload.stream.queue_depth=1,4 -s workload.stream.count=50 --for bytes/s -o stream
prints "Best by bytes/s"
expect 0 explore stream/sequential-read --over workload.stream.queue_depth=1,4 -s workload.stream.count=50 -o no-goal
prints "No point has tokens_per_second"

# --- wrong use says what is right, and leaves nothing behind ---
expect 64 explore
expect 64 explore "$q" --over workload.context=1
says "-o DIR"
expect 64 explore "$q" -o no
says "--over PATH=RANGE is missing"
expect 64 explore "$q" -o no --over workload.context=1..x
says "1..15, 1..100:5 by steps, 1K..100K*2 by a factor"
expect 65 explore "$q" -o no --over workload.contxt=1
says "nearest: workload.context"
expect 64 explore "$q" -o no --over workload.context=1,2 --where 'workload.context >'
says_first "ifcsim: --where workload.context >: a number, a parameter or '(' is missing at the end"
expect 64 explore "$q" -o no --over workload.context=1,2 --where 'flash.groups.g1.t_read < 4 GB/s'
says_first "ifcsim: --where flash.groups.g1.t_read < 4 GB/s: < needs one unit on both sides, not a quantity like 4 us and a quantity like 4.8 GB/s"
expect 64 explore "$q" -o no --over workload.context=1,2 --with flash.groups.g1.t_read=4
says_first "ifcsim: --with flash.groups.g1.t_read=4: gives a number without a unit, and flash.groups.g1.t_read takes a quantity like 4 us"
expect 64 explore "$q" -o no --over workload.context=1,2 --with 'flash.groups.g1.dies=4 us'
says_first "ifcsim: --with flash.groups.g1.dies=4 us: gives a quantity like 4 us, and flash.groups.g1.dies takes a number without a unit"
expect 65 explore "$q" -o no --over workload.context=1 --with flash.groups.g1.dies=0-4
says_first "ifcsim: --with flash.groups.g1.dies = -4: out of range (allowed: 1 .. 65536)"
expect 64 explore "$q" -o no --over 'flash.groups.*.t_read=1000 ns,1 us'
says_first "ifcsim: --over flash.groups.*.t_read=1000 ns,1 us: the value 1000 ns is there twice, also as 1 us"
expect 64 explore "$q" -o no --over 'soc.cost=0,50 $'
says_first 'ifcsim: --over soc.cost=0,50 $: the value 0 has no unit, and 50 $ has one'
expect 64 explore "$q" -o no --over "part=$SOURCE/scenarios/parts/npu.cfg,parts/npu.cfg"
says_first "ifcsim: part $SOURCE/scenarios/parts/npu.cfg is there twice, also as parts/npu.cfg"
echo 'foo = 1;' >odd.cfg
expect 65 explore "$q" -o no --over part=odd.cfg
says_first "ifcsim: odd.cfg:1: foo: unknown key (nearest: title)"
expect 64 explore "$q" -o no --over workload.context=1 --for ttft
says "--for ttft: no point will have it: that takes a prompt (workload.prompt)"
expect 64 explore "$q" -o no --over workload.context=1 --for bytes/s
says 'that takes workload.kind = "stream"'
expect 64 explore "$q" -o no --over 'flash.groups.*.cost=0 $/GB' -s 'dram.cost=0 $/GB' --for price
says "that takes prices"
expect 65 explore "$q" -o no --over flash.groups.g1.t_read=2..8
says "no point can be run; the first: --over flash.groups.g1.t_read = 2: needs a unit"
expect 64 explore "$q" -o no --over workload.context=1 --for latency,latency
says_first "ifcsim: --for latency,latency: the value latency is there twice"
expect 64 explore "$q" -o no --over workload.context=1 --for speed
says "allowed: latency, ttft, tokens/s"
expect 64 explore "$q" -o no --over workload.context=1 --per npu.rate
expect 64 explore "$q" -o no --over workload.context=1 --shard 3/2
expect 66 explore "$q" -o no --over 'part=parts/none*.cfg'
expect 66 explore nowhere.cfg -o no --over workload.context=1
echo 'scenario = "quickstart"; ovr = "x";' >typo.cfg
expect 65 explore typo.cfg -o no --over workload.context=1
says "typo.cfg:1: scenario: unknown key"
printf 'scenario = "quickstart";\nover = ("a=1");\nwher = "x";\n' >typo.cfg
expect 65 explore typo.cfg -o no
says "typo.cfg:3: wher: unknown"
# The file itself comes first, whatever else is missing.
printf 'scenario = "quickstart";\nover = ("a=1";\n' >typo.cfg
expect 65 explore typo.cfg -o no
says_first "ifcsim: typo.cfg:2: syntax error"
expect 66 explore quickstrt -o no
says_first "ifcsim: quickstrt: cannot open: No such file or directory"
says "did you mean 'quickstart'?"
expect 66 explore . -o no
says_first "ifcsim: .: cannot open: Is a directory"
printf 'over = "workload.context=1,2";\n' >typo.cfg
expect 65 explore typo.cfg -o no
says_first "ifcsim: typo.cfg: scenario: missing"
expect 64 explore <(cat "$q") -o no --over workload.context=1
says ": a scenario is read for each point: it must be a file"
expect 0 explore <(printf 'scenario = "quickstart"; over = "workload.context=1,2"; set = ("workload.tokens=1", "model.layers=1");') -q -o piped
[ ! -e no ] || fail "a folder is made for a question that is refused"

# --- shards ---
for k in 1 2 3; do
  expect 0 explore two/spec.cfg -q --shard $k/3 -o shards/$k
  [ "$(points shards/$k/points.csv)" -eq 2 ] || fail "shard $k has not two points"
done
expect 64 explore two/spec.cfg -q --shard 2/3 -o shards/1 --resume
says "is shard 1/3"
expect 0 explore shards/1/spec.cfg -q -o shards/1 --resume
[ "$(wc -l <shards/1/points.jsonl)" -eq 2 ] || fail "the spec file of a shard is about more than the shard"
expect 0 merge shards/1 shards/2 shards/3 -o whole
quiet_err
prints "6 points: 6 ok"
cmp -s whole/points.csv two/points.csv || fail "merged shards give another table"
expect 0 merge shards/1 shards/2 shards/3 shards/1 -q -o twice
says "2 points are there more than once"
cmp -s twice/points.csv two/points.csv || fail "double points change the table"
expect 65 merge shards/1 shards/3 -q -o part
says "2 of 6 points are missing: 2 5"
says "part/spec.cfg -o part --resume"
expect 0 explore part/spec.cfg -q -o part --resume
cmp -s part/points.csv two/points.csv || fail "what merge says does not make it whole"
# What came later is added to what was merged before, and to nothing else.
expect 64 merge shards/1 -o part
says_first "ifcsim: part is there already; --resume goes on with what is in it"
rm -r part
expect 65 merge shards/1 shards/3 -q -o part
cp part/points.jsonl before
expect 0 merge shards/1 shards/2 shards/3 -q -o part --resume
quiet_err
[ "$(wc -l <part/points.jsonl)" -eq 6 ] && head -n 4 part/points.jsonl | cmp -s - before && cmp -s part/points.csv two/points.csv ||
  fail "merge --resume: $(cat part/points.jsonl)"
expect 0 merge shards/1 shards/2 shards/3 -q -o part --resume
[ "$(wc -l <part/points.jsonl)" -eq 6 ] || fail "merge --resume adds what is there"
expect 64 merge shards/1 -o price --resume
says "made by another question"
expect 65 merge shards/1 price -o no
says "is no part of the same exploration"
mkdir changed && cp shards/1/spec.cfg changed && sed 's/"latency_ps":[0-9]*/"latency_ps":1/' shards/1/points.jsonl >changed/points.jsonl
expect 65 merge shards/1 changed -o no
says "point 1 differs"
expect 66 merge nowhere -o no
expect 64 merge shards/1

# --- scripts for others, run here ---
expect 0 explore "$q" "${small[@]}" "${axes[@]}" --emit slurm --chunk 4 -o slurm
prints "slurm/explore.sbatch: 6 points in 2 shards of up to 3"
grep -q '^#SBATCH --array=1-2$' slurm/explore.sbatch || fail "no array of 2"
for k in 1 2; do
  SLURM_ARRAY_TASK_ID=$k bash slurm/explore.sbatch >/dev/null 2>"$work/err" || fail "task $k: $(cat "$work/err")"
done
SLURM_ARRAY_TASK_ID=2 bash slurm/explore.sbatch 2>"$work/err" || fail "a task started again: $(cat "$work/err")"
expect 0 merge slurm/shard-* -q -o slurm/all
cmp -s slurm/all/points.csv two/points.csv || fail "the array's tasks give another table"
expect 64 explore "$q" "${small[@]}" "${axes[@]}" --emit slurm -o slurm
says_first "ifcsim: slurm is there already; --emit makes a new folder"
# A folder's name reaches Slurm and the shell as it is, or is refused.
expect 0 explore "$q" "${small[@]}" "${axes[@]}" --emit slurm --chunk 6 -o "it's 9%a of \"x\" #1"
grep -qxF "#SBATCH --output=\"$PWD/it's 9%%a of \\\"x\\\" #1/slurm-%a.log\"" "it's 9%a of \"x\" #1/explore.sbatch" ||
  fail "the log of a task: $(grep output "it's 9%a of \"x\" #1/explore.sbatch")"
SLURM_ARRAY_TASK_ID=1 bash "it's 9%a of \"x\" #1/explore.sbatch" 2>"$work/err" || fail "a task in an odd folder: $(cat "$work/err")"
cmp -s "it's 9%a of \"x\" #1/shard-1/points.csv" two/points.csv || fail "no table in an odd folder"
for how in slurm parallel; do
  expect 64 explore "$q" "${small[@]}" "${axes[@]}" --emit $how --chunk 6 -o $'no\nline'
  says_first "ifcsim: $PWD/no\\x0aline: --emit $how cannot take a folder with a control character in its path"
done
expect 64 explore "$q" "${small[@]}" "${axes[@]}" --emit slurm --chunk 6 -o 'no\line'
says_first "ifcsim: $PWD/no\\line: --emit slurm cannot take a folder with a backslash in its path"
expect 0 explore "$q" "${small[@]}" "${axes[@]}" --emit parallel -o "it's"
bash -n "it's/explore.parallel" || fail "the recipe is no shell"
if there parallel parallel "the recipe for GNU parallel" && parallel --version 2>/dev/null | grep -q GNU; then
  bash "it's/explore.parallel" -j 2 >/dev/null 2>"$work/err" || fail "parallel: $(cat "$work/err")"
  cmp -s "it's/all/points.csv" two/points.csv || fail "parallel gives another table"
  bash "it's/explore.parallel" >/dev/null 2>"$work/err" && [ ! -s "$work/err" ] || fail "the recipe once more: $(cat "$work/err")"
fi

# --- pictures: what is drawn is what the table says ---
expect 0 plot two --x workload.context --by flash.groups.g1.dies -o lines.gp
for p in 1 2 3 4 5 6; do
  awk -v x="$(cell two/points.csv $p workload.context)" -v y="$(cell two/points.csv $p tokens_per_second)" \
    '$1 == x && $2 - y < 1e-6 * y && y - $2 < 1e-6 * y { found = 1 } END { exit !found }' lines.gp || fail "point $p is not drawn"
done
grep -q "'1K' 1024, '10K' 10240" lines.gp || fail "no tics: $(cat lines.gp)"
# Of points in one place the best: the splits of each context.
expect 0 plot two --x workload.context --y energy_j_per_token -o best.gp
for context in 1024 10240; do
  best=$(tr -d '\r' <two/points.csv | awk -F, -v x=$context 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "energy_j_per_token") k = i }
    NR > 1 && $4 == x && (!m || $k < m) { m = $k } END { print m }')
  awk -v x=$context -v y="$best" '$1 == x && $2 - y < 1e-6 * y && y - $2 < 1e-6 * y { f = 1 } END { exit !f }' best.gp ||
    fail "$context: $best is not drawn"
done
expect 0 plot large --x workload.context -o gap.gp
grep -q '^1048576 .*nan$' gap.gp || fail "what does not fit is no gap: $(grep ^1048576 gap.gp)"
expect 0 plot two --kind pareto --x energy_j_per_token -o front.gp
[ "$(sed -n '/^$d1/,/^EOD/p' front.gp | wc -l)" -ge 3 ] || fail "no front"
# No two axes for one parameter, also where one of them names many.
expect 64 explore "$q" -o no --over flash.groups.g1.dies=2,6 --over 'flash.groups.*.dies=4,8'
says "--over flash.groups.*.dies=4,8: sets what flash.groups.g1.dies sets, too"
expect 64 explore "$q" -o no --over flash.groups.g1.dies=2,6 --with 'flash.groups.*.dies=8'
says "--with flash.groups.*.dies=8: sets what flash.groups.g1.dies sets, too"
# Numbers stand in their order, whatever that of the points; a part is no whole.
expect 0 explore "$q" "${small[@]}" --over workload.context=9K,1K,3K -q -o turned
expect 0 plot turned --x workload.context -o turned.csv
[ "$(tail -n +2 turned.csv | cut -d, -f1 | tr '\n' ' ')" = "1024 3072 9216 " ] || fail "places: $(cat turned.csv)"
expect 0 plot shards/1 --x workload.context -o part.csv
says "shards/1: 4 of 6 points are not there yet; this shows the others"
# As a table: what is drawn, with all digits as CSV, with four for papers.
expect 0 plot two --x workload.context --by flash.groups.g1.dies -o grid.csv
[ "$(head -n 1 grid.csv | tr -d '\r')" = "workload.context,flash.groups.g1.dies 4,flash.groups.g1.dies 8,flash.groups.g1.dies 12" ] ||
  fail "heads: $(head -n 1 grid.csv)"
for p in 1 2 3 4 5 6; do
  got=$(awk -F, -v x="$(cell two/points.csv $p workload.context)" -v c=$(((p + 1) / 2 + 1)) '{ sub(/\r$/, "") } $1 == x { print $c }' grid.csv)
  [ "$got" = "$(cell two/points.csv $p tokens_per_second)" ] || fail "point $p is $got in the table"
done
expect 0 plot large --x workload.context -o grid.md
[ "$(sed -n 2p grid.md)" = "|---:|---:|" ] && grep -q '^| 1024K |  |$' grid.md || fail "Markdown: $(cat grid.md)"
expect 0 plot parts --x part --y energy_j_per_token -o grid.tex
grep -q '^\\begin{tabular}{lr}$' grid.tex && grep -q '^model-llama2-7b & [0-9.]* \\\\$' grid.tex && [ "$(tail -n 1 grid.tex)" = '\end{tabular}' ] || fail "LaTeX: $(cat grid.tex)"
# Who is best at each place, and nobody where nothing fits.
expect 0 explore "$q" "${small[@]}" --over flash.groups.g1.dies=4,12 --with 'flash.groups.g2.dies=16-flash.groups.g1.dies' \
  --over workload.context=1K,100K,16M --over workload.batch=1,2 -q -o who
expect 0 plot who --kind winners --of flash.groups.g1.dies --x workload.context --by workload.batch -o who.csv
[ "$(tr -d '\r' <who.csv)" = "$(tr -d '\r' <who/points.csv | awk -F, '
  NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; print "workload.context,workload.batch 1,workload.batch 2" }
  NR > 1 { c = $at["workload.context"]; b = $at["workload.batch"]; v = $at["tokens_per_second"]; g = $at["flash.groups.g1.dies"]
    if (v != "" && v + 0 > best[c, b] + 0) { best[c, b] = v; who[c, b] = sprintf("%s %.4g", g, v) } }
  END { for (i = 1; i <= 3; i++) { c = i == 1 ? 1024 : i == 2 ? 102400 : 16777216; print c "," who[c, 1] "," who[c, 2] } }')" ] ||
  fail "winners: $(cat who.csv)"
grep -q '^1024,12 [0-9.]*,' who.csv && grep -q '^102400,4 [0-9.]*,' who.csv && grep -q '^16777216,,' who.csv || fail "winners: $(cat who.csv)"
expect 0 plot who --kind winners --of flash.groups.g1.dies --x workload.context --by workload.batch -o who.gp
[ "$(grep -c '^[0-9] [0-9] 0x[0-9A-F]* "[0-9.]*"$' who.gp)" -eq 6 ] || fail "no map: $(cat who.gp)"
[ "$(grep -c "^set label '[0-9-]*' at [0-9],[0-9] center " who.gp)" -eq 6 ] || fail "no names: $(cat who.gp)"
grep -q '^2 0 0xDDDDDD ""$' who.gp && grep -q "^set label '-' at 2,0 " who.gp || fail "somebody wins where nothing fits: $(cat who.gp)"
for wrong in "--kind winners --x workload.context --by workload.batch" "--kind winners --x workload.context --of flash.groups.g1.dies" \
  "--kind heat --x workload.context --by workload.batch --of flash.groups.g1.dies"; do
  expect 64 plot who $wrong -o no.svg
  says "a map of winners needs --by PATH for its rows and --of PATH for who competes; nothing else has --of"
done
expect 64 plot who --kind winners --of npu.rate --x workload.context --by workload.batch -o no.svg
says "--of npu.rate: was not varied"
# --where chooses among the points; one without the figure fulfils nothing.
expect 0 plot two --x workload.context --by flash.groups.g1.dies --where 'workload.context > 1K' --where 'flash.groups.g1.dies == 8' -o some.csv
[ "$(tr -d '\r' <some.csv)" = "workload.context,flash.groups.g1.dies 8
10240,$(cell two/points.csv 4 tokens_per_second)" ] || fail "--where: $(cat some.csv)"
expect 0 plot large --x workload.context --where 'tokens_per_second >= 0' -o some.md
[ "$(wc -l <some.md)" -eq 3 ] || fail "--where: $(cat some.md)"
expect 0 plot parts --x part --where 'part == "parts/model-llama2-7b.cfg"' -o some.md
[ "$(wc -l <some.md)" -eq 3 ] || fail "--where: $(cat some.md)"
expect 64 plot two --x workload.context --where 'npu.rate > 0' -o none.md
says_first "ifcsim: --where npu.rate > 0: there is no parameter 'npu.rate'"
expect 65 plot two --x workload.context --where 'workload.context > 1M' -o none.md
says "no point has it"
expect 0 plot goal --x workload.context -o met.csv
expect 0 plot goal --all --x workload.context --by flash.groups.g1.dies -o all.csv
[ "$(grep -o '[0-9.]\+' <<<"$(sed 1d all.csv)" | wc -l)" -eq 8 ] || fail "--all: $(cat all.csv)"
expect 64 plot two --kind pareto --x energy_j_per_token -o front.md
says "a Pareto front is no table"
expect 0 plot two -o page.html
grep -q 'id="data">{"version"' page.html || fail "a page without data"
expect 64 plot two --x workload.tokens -o page2.html
[ ! -e page2.html ] || fail "a page of a question that is refused"
cp two/points.csv kept.csv
expect 64 plot two --x workload.context -o ./two/points.csv
says_first "ifcsim: ./two/points.csv: is points.csv of the exploration itself"
cmp -s kept.csv two/points.csv || fail "plot destroys the table of the exploration"
for file in points.jsonl spec.cfg; do
  cp two/$file kept
  ln -sf two/$file link.html
  expect 64 plot two -o link.html
  says_first "ifcsim: link.html: is $file of the exploration itself"
  cmp -s kept two/$file || fail "plot destroys $file through a link"
done
expect 64 plot two -o a.svg
says "--x PATH is missing"
expect 64 plot two --x workload.tokens -o a.svg
says "was not varied (allowed: flash.groups.g1.dies, workload.context, flash.groups.g2.dies)"
expect 64 plot two --x workload.context --y speed -o a.svg
says "is no figure (allowed: latency_ps"
expect 64 plot two --x workload.context -o a.png
says ".html, .svg, .gp, .csv, .md or .tex"
expect 64 plot two --x workload.context --kind heat -o a.svg
expect 66 plot nowhere --x workload.context -o a.svg
# Names and titles are texts and nothing else, to gnuplot (formats, commands, escapes), Markdown and LaTeX.
mkdir -p odd
i=0
for name in '50%a %s' 'b_c^d{e}' '@f&g~h' 'i\j"k' "l'm" 'n`touch ran`' '$o<p>' '#q'; do
  echo "npu = { rate = \"$((i += 1)) TOPS\"; };" >"odd/$name.cfg"
done
expect 0 explore "$q" "${small[@]}" --over 'part=odd/*.cfg' --over workload.context=1,2 -q -o names
expect 0 plot names --x part -o names.gp
grep -qF "set xtics ('#q' 0, '\$o<p>' 1, '50%%a %%s' 2, '@f&g~h' 3, 'b_c^d{e}' 4, 'i\j\"k' 5, 'l''m' 6, 'n\`touch ran\`' 7)" names.gp ||
  fail "names in gnuplot: $(grep xtics names.gp)"
grep -q 'with points' names.gp && ! grep -q linespoints names.gp || fail "names are joined by lines"
expect 0 plot names --x part --by workload.context -o names.md
for row in '#q' '\$o\<p\>' '50%a %s' '@f\&g\~h' 'b\_c^d{e}' 'i\\j"k' "l'm" 'n\`touch ran\`'; do
  grep -qF "| $row |" names.md || fail "no $row in Markdown: $(cat names.md)"
done
expect 0 plot names --x part --by workload.context -o names.tex
for row in '\#q' '\$o$<$p$>$' '50\%a \%s' '@f\&g\~{}h' 'b\_c\^{}d\{e\}' 'i\textbackslash{}j"k' "l'm" 'n`touch ran`'; do
  grep -qF "$row & " names.tex || fail "no $row in LaTeX: $(cat names.tex)"
done
if there gnuplot gnuplot-nox pictures; then
  for kind in lines bars heat winners; do
    of=()
    [ $kind != winners ] || of=(--of part)
    expect 0 plot names --kind $kind "${of[@]}" --x part --by workload.context --title '`touch ran` %d \n "a"' -o names.svg
    quiet_err
    for name in '50%a %s' 'b_c^d{e}' '@f&amp;g~h' 'i\j"k' "l'm" 'n`touch ran`' '#q' '`touch ran` %d \n "a"'; do
      grep -qF ">$name</text>" names.svg || fail "$kind: no $name in the picture"
    done
  done
  [ ! -e ran ] || fail "gnuplot runs what stands in a name"
  for kind in lines bars heat; do
    expect 0 plot two --kind $kind --x workload.context --by flash.groups.g1.dies --title 'a "b" & <c>' -o $kind.svg
    quiet_err
    grep -q '</svg>' $kind.svg || fail "$kind: no whole picture"
    command -v xmllint >/dev/null && { xmllint --noout $kind.svg || fail "$kind: no XML"; }
  done
  expect 0 plot who --kind winners --of flash.groups.g1.dies --x workload.context --by workload.batch -o who.svg
  quiet_err
  grep -q '>100K<' who.svg || fail "a map without names"
  expect 0 plot two --kind pareto --x energy_j_per_token -o pareto.svg
  quiet_err
  expect 0 explore full/kvnand-c-llama2-7b -s workload.tokens=1 --over workload.context=1K,1M --over npu.launch=0s,1us -q -o gaps
  expect 0 plot gaps --x npu.launch --by workload.context -o gaps.svg
  quiet_err
  expect 0 plot parts --kind bars --x part -o parts.svg
  grep -q model-llama3.1-8b parts.svg || fail "a part has no name"
fi

# --- Ctrl-C and kills ---
set -m # background jobs get SIGINT
many=(-s model.layers=4 -s workload.tokens=40 --over workload.context=1..24)
"$IFCSIM" explore "$q" "${many[@]}" -j 2 -q -o whole24 || fail "24 points"

# stop SIGNAL: begin, stop when some points are recorded, go on
stop() {
  local pid got=0
  rm -rf cut
  "$IFCSIM" explore "$q" "${many[@]}" -j 2 -q -o cut 2>"$work/err" &
  pid=$!
  for _ in $(seq 200); do
    [ "$(cat cut/points.jsonl 2>/dev/null | wc -l)" -ge 3 ] && break
    sleep 0.02
  done
  kill "-$1" "$pid"
  wait "$pid" 2>/dev/null || got=$?
  recorded=$(wc -l <cut/points.jsonl)
  [ "$got" -eq "$2" ] || fail "$1: status $got, not $2: $(cat "$work/err")"
  [ "$2" -eq 137 ] || grep -q "interrupted: $((24 - recorded)) points are left; --resume" "$work/err" ||
    fail "$1: $recorded rows, and $(cat "$work/err")"
  [ "$recorded" -lt 24 ] || fail "$1: came too late to show anything"
  [ ! -e cut/points.csv ] || fail "$1: a table of some points"
  cp cut/points.jsonl before
  expect 0 explore "$q" "${many[@]}" -j 2 -q -o cut --resume
  head -n "$recorded" cut/points.jsonl | cmp -s - before || fail "$1: what was recorded changed"
  [ "$(wc -l <cut/points.jsonl)" -eq 24 ] || fail "$1: $(wc -l <cut/points.jsonl) rows, not 24"
  cmp -s cut/points.csv whole24/points.csv || fail "$1: the table differs after --resume"
}
stop INT 130
stop TERM 130
stop KILL 137
# On a terminal the line counts what is done: not what Ctrl-C leaves out.
if there script bsdutils "the line of progress"; then
  cat >on-terminal <<TEXT
echo \$\$ >pid
exec "$IFCSIM" explore "$q" ${many[*]} -j 2 -o seen
TEXT
  script -qefc 'bash on-terminal' seen.log >/dev/null 2>&1 </dev/null &
  for _ in $(seq 200); do
    [ "$(cat seen/points.jsonl 2>/dev/null | wc -l)" -ge 3 ] && break
    sleep 0.02
  done
  kill -INT "$(cat pid)"
  wait $! || got=$?
  [ $got -eq 130 ] || fail "on a terminal: status $got: $(cat seen.log)"
  most=$(grep -o '[0-9]* of 24 runs' seen.log | cut -d' ' -f1 | sort -n | tail -1)
  [ "${most:-0}" -ge 2 ] && [ "$most" -le "$(wc -l <seen/points.jsonl)" ] || fail "the line says $most of 24; $(wc -l <seen/points.jsonl) were recorded"
fi

# A point that dies is tried once more; one that dies always is a row, and --resume tries it again.
plugin=$BUILD/tests/plugins
expect 70 explore "$q" "${small[@]}" --over "policies.dispatch.plugin=$plugin/newest-first.so,$plugin/dispatch-crashes.so" -o dies
prints "2 points: 1 ok, 1 failed"
[ "$(grep -c 'tried once more' <<<"$err")" -eq 1 ] || fail "not tried once more: $err"
says "1 points failed; --resume tries them again"
grep -q '^2,.*,failed,' dies/points.csv || fail "no row of a point that failed"
expect 70 explore dies/spec.cfg -q -o dies --resume
[ "$(wc -l <dies/points.jsonl)" -eq 3 ] || fail "--resume does not try again, or too much"
# One for which this computer is too small fails, too, and is no bug.
expect 71 explore "$q" "${small[@]}" -s simulation.grain=page -s channel.count=1024 -s flash.groups.g1.planes=4096 \
  --over flash.groups.g1.dies=65000 -q -o huge
says " of memory, and "
says "1 points failed; --resume tries them again"
grep -q ',failed,' huge/points.csv || fail "no row of a point that is too large"
# Killed once: nothing is lost.
"$IFCSIM" explore "$q" -s model.layers=4 -s workload.tokens=400 --over workload.context=1,2 -j 1 -q -o once 2>"$work/err" &
pid=$!
child=
for _ in $(seq 200); do
  child=$(cat /proc/$pid/task/$pid/children 2>/dev/null)
  [ -n "$child" ] && break
  sleep 0.01
done
[ -z "$(find /proc/${child%% *}/fd -lname '*/points.jsonl')" ] || fail "a point holds the lock of the folder"
kill -KILL ${child%% *}
wait $pid || fail "killed once: status $?: $(cat "$work/err")"
grep -q 'signal 9 .*tried once more' "$work/err" || fail "killed once: $(cat "$work/err")"
[ "$(grep -c '"status":"ok"' once/points.jsonl)" -eq 2 ] || fail "killed once: $(cat once/points.jsonl)"

# A disk that is full ends it, and the journal stays whole. (A limit of files stands for the disk: 2 KiB.)
got=0
(ulimit -f 2 && "$IFCSIM" explore two/spec.cfg -q -o full >"$work/out" 2>"$work/err") || got=$?
[ "$got" -eq 74 ] || fail "full: status $got: $(cat "$work/err")"
grep -q 'cannot write points.jsonl' "$work/err" || fail "full: $(cat "$work/err")"
[ -s full/points.jsonl ] && [ "$(tail -c 1 full/points.jsonl)" = "" ] || fail "full: a row that is not whole"
expect 0 explore two/spec.cfg -q -o full --resume
cmp -s full/points.csv two/points.csv || fail "full: the table differs after --resume"
mkdir unbegun && : >unbegun/points.jsonl # no room for spec.cfg
expect 0 explore two/spec.cfg -q -o unbegun --resume
cmp -s unbegun/points.csv two/points.csv || fail "what never began cannot begin"
mkdir other && cp "$q" other/points.csv
expect 64 explore two/spec.cfg -q -o other --resume
says_first "ifcsim: other: has a points.csv, but no spec.cfg"
cmp -s "$q" other/points.csv || fail "--resume destroys what is in a folder"
# A question is kept whole, however long, or refused.
list=$(seq -s, 1000 1 2300)
expect 0 explore "$q" "${small[@]}" --over workload.context="$list" --shard 1/1000 -q -o long
expect 0 explore long/spec.cfg -q -o long --resume
[ "$(wc -l <long/points.jsonl)" -eq 2 ] || fail "a long question is another one when it is read again"
list=$(seq -s, 1000 1 15000)
expect 64 explore "$q" "${small[@]}" --over workload.context="$list" --shard 1/2000 -q -o longer
says_first "ifcsim: the question takes $(sed -n 's/.*takes \([0-9]*\) bytes.*/\1/p' <<<"$err") bytes of spec.cfg (allowed: 65536); a range is shorter than a list"
[ ! -e longer ] || fail "a folder is made for a question that is too long"
: >file
expect 64 explore "$q" "${small[@]}" --over workload.context=1 -q -o file --resume
says_first "ifcsim: file: is no folder"
finish
