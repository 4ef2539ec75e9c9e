#!/usr/bin/env bash
# ifcsim model, and model.config: what is counted, and what is refused with which words.
. "$SOURCE/tests/cli/lib.inc"

models=$SOURCE/tests/models
cd "$work" || exit 1

# Change a file and look at the message. refuses FILTER MESSAGE: the only one
refuses() {
  jq -c "$1" "$models/${3:-qwen2.5-7b}.json" >c.json
  expect 65 model c.json
  quiet_out
  [ "$err" = "c.json: $2" ] || fail "$1: standard error is '$err', not 'c.json: $2'"
}

accepts() { # FILTER: it changes nothing
  jq -c "$1" "$models/qwen2.5-7b.json" >c.json
  expect 0 model c.json --format json
  quiet_err
  [ "$(jq .parameters <<<"$out")" = 7615616512 ] || fail "$1: other parameters"
}

expect 0 model "$models/gpt-oss-20b.json" --format json -s workload.context=131072
quiet_err
for figure in '.parameters == 20914757184' '.active_parameters == 4187440704' '.kv_bytes_per_token == 49152' \
  '.kv_bytes == 3224371200' '.weight_bytes.down == 12740198400' '([.weight_bytes[]] | add) == .all_weight_bytes'; do
  jq -e "$figure" <<<"$out" >/dev/null || fail "not so: $figure in $out"
done
jq '.quantization_config = {quant_method: "mxfp4"}' "$models/gpt-oss-20b.json" >q.json
expect 0 model q.json --format json # experts at 4.25 bits: about 13.8 GB, as the published files have
jq -e '.all_weight_bytes == 13761264768 and .parameters == 20914757184' <<<"$out" >/dev/null || fail "mxfp4: $out"
jq '.quantization_config = {quant_method: "awq", bits: 4, group_size: 64}' "$models/qwen2.5-7b.json" >q.json
expect 0 model q.json --format json
jq -e '.weight_bytes.down == 28 * 3584 * (18944 / 2 + 18944 / 64 * 2) and .weight_bytes.lm_head == 1089994752' \
  <<<"$out" >/dev/null || fail "awq: $out"
expect 0 model "$models/gemma-2-9b.json"
prints "parameters                 9241705984"
prints "  lm_head                           0"
expect 0 model "$SOURCE/scenarios/parts/model-llama2-7b.cfg" -s model.layers=1
prints "parameters                  464531456"
expect 0 model "$models"/*.json
[ "$(wc -l <<<"$out")" -eq 6 ] || fail "a table of five models: $out"

refuses '.hidden_size = 0' 'hidden_size: model.hidden = 0: out of range (allowed: 1 .. 1048576)'
refuses '.hidden_size = "a"' 'hidden_size = "a": needs a whole number (allowed: 0 .. 4294967295)'
refuses '.num_hidden_layers = -1' 'num_hidden_layers = -1: needs a whole number (allowed: 0 .. 4294967295)'
refuses '.intermediate_size = 1.5' 'intermediate_size = 1.5: needs a whole number (allowed: 0 .. 4294967295)'
refuses 'del(.vocab_size)' 'vocab_size: missing'
refuses 'del(.intermediate_size)' 'intermediate_size: missing'
refuses '.tie_word_embeddings = 1' 'tie_word_embeddings = 1: needs true or false'
refuses '.model_type = 3' 'model_type = 3: needs text in quotes'
refuses '.num_attention_heads = 27' \
  'num_attention_heads = 27: does not divide hidden_size = 3584, and head_dim is missing'
refuses '.num_key_value_heads = 3' 'num_key_value_heads: model.kv_heads = 3: does not divide model.heads = 28'
refuses '.num_experts = 8' 'num_experts = 8: needs num_experts_per_tok'
refuses '.num_experts = 8 | .num_experts_per_tok = 9' \
  'num_experts_per_tok: model.active_experts = 9: more than model.experts = 8'
refuses '.torch_dtype = "int3"' \
  'torch_dtype = "int3": not understood (allowed: "bfloat16", "float16", "float32", "float8_e4m3fn")'
refuses '.layer_types = ["full_attention"]' \
  'layer_types = ["full_attention"]: has 1 entries for num_hidden_layers = 28'
refuses '.num_hidden_layers = 1 | .layer_types = ["linear_attention"]' \
  'layer_types = ["linear_attention"]: entry 0 is "linear_attention" (allowed: "full_attention", "sliding_attention")'
refuses 'del(.v_head_dim)' \
  'kv_lora_rank = 512: needs qk_nope_head_dim, qk_rope_head_dim and v_head_dim' deepseek-v2-lite
refuses '.first_k_dense_replace = 28' \
  'first_k_dense_replace: model.dense_layers = 28: leaves no layer with experts (allowed: below model.layers = 27)' deepseek-v2-lite
refuses '.sliding_window = null' 'layer_types = ["sliding_attention","full_attention","sliding_attention","f...: has sliding layers, and sliding_window is missing' gpt-oss-20b
refuses '.num_experts = 8 | .num_experts_per_tok = 2 | .shared_expert_intermediate_size = 5' \
  'shared_expert_intermediate_size = 5: is no multiple of moe_intermediate_size = 18944'
for key in mamba_d_state num_mtp_heads new_expert_size decoder_sparse_step linear_key_head_dim; do
  refuses ".num_experts = 1 | .$key = 16" "$key = 16: changes the shape in a way that is not understood"
done
refuses '.quantization_config = {bits: 4}' \
  'quantization_config = {"bits":4}: not understood (allowed: quant_method "awq", "gptq", "mxfp4")'

accepts '.rope_theta = 10000 | .max_position_embeddings = 4096 | .initializer_range = 0.02 | .bos_token_id = 1'
accepts '.mamba_d_state = null | .num_mtp_heads = 0 | .mlp_only_layers = [] | .decoder_sparse_step = 1'

jq -c '.model_type = "newer"' "$models/qwen2.5-7b.json" >c.json
expect 0 model c.json
[ "$err" = 'c.json: model_type = "newer" is not known: taken for a decoder like llama' ] || fail "remark: $err"
jq -c 'del(.model_type)' "$models/qwen2.5-7b.json" >c.json
expect 0 model c.json
[ "$err" = 'c.json: model_type is missing: taken for a decoder like llama' ] || fail "remark: $err"

# no config.json
echo '[1]' >c.json
expect 65 model c.json
says_first 'c.json: no config.json of a model: it holds no object { ... }'
echo '{"secret": "word"}' >c.json
expect 65 model c.json
says_first 'c.json: no config.json of a model: it has no model_type and no hidden_size'
printf '{\n "a": secret' >c.json
expect 65 model c.json
says_first 'c.json:2: no config.json of a model: no JSON at column 12'
expect 66 model none.json
says_first 'none.json: cannot open: No such file or directory'
expect 64 model
says_first 'ifcsim model: no config.json and no scenario file given'

# in a scenario: relative to the file that names it; weaker than what stands beside it
mkdir -p sub
cp "$models/qwen2.5-7b.json" sub/config.json
cat >sub/part.cfg <<'X'
model = { layers = 2; config = "config.json"; };
X
printf 'extends = ("%s", "sub/part.cfg");\n' "$SOURCE/scenarios/quickstart.cfg" >s.cfg
expect 0 check s.cfg --resolved
prints 'layers = 2; # sub/part.cfg:1'
prints 'vocab = 152064; # sub/config.json: vocab_size'
cp "$work/out" resolved.cfg
expect 0 run s.cfg --stats a.json --quiet
expect 0 run resolved.cfg --stats b.json --quiet
cmp -s <(jq 'del(.scenario)' a.json) <(jq 'del(.scenario)' b.json) || fail "a resolved scenario gives another result"
expect 64 topology s.cfg -o sub/config.json
says_first 'ifcsim: --output: sub/config.json is an input of this run (sub/config.json)'
expect 66 check s.cfg -s model.config=none.json
says_first '--set: model.config = none.json: cannot open: No such file or directory'
expect 65 check s.cfg -s model.config=
says_first '--set: model.config: needs the name of a config.json'
printf 'model = { config = 3; };\n' >bad.cfg
expect 65 model bad.cfg
says_first 'bad.cfg:1: model.config: needs the name of a config.json in quotes'

# A latent in place of keys and values: what is read of DRAM is what is counted, and one entry of it a token and layer.
for rank in null 1536; do
  jq -c ".q_lora_rank = $rank" "$models/deepseek-v2-lite.json" >c.json
  expect 0 model c.json --format json
  counted=$(jq '[.weight_bytes | .qkv, .project] | add / 27' <<<"$out")
  expect 0 run "$SOURCE/scenarios/systems/tinychat-orin-fp16.cfg" -q -s model.config=c.json -s workload.context=1000 --format json \
    -s model.layers=2 -s model.experts=1 -s model.active_experts=1 -s model.shared_experts=0 -s model.dense_layers=0 -s model.ffn=1 -s effects.lm_head=false
  jq -e ".counts.dram_bytes == 2 * ($counted + 2 * 3 * 2048) + 2 * 1001 * 2 * 576" <<<"$out" >/dev/null || fail "latent: $(jq .counts "$work/out")"
done
expect 0 run s.cfg -q -s model.config="$models/deepseek-v2-lite.json" -s model.layers=3
expect 65 check s.cfg -s model.config="$models/deepseek-v2-lite.json" -s model.kv_heads=2
says_first '--set: model.kv_heads = 2: a latent is one for all heads (allowed: 1)'
expect 65 check s.cfg -s model.config="$models/deepseek-v2-lite.json" -s model.head_dim=128
says_first '--set: model.head_dim = 128: is not what a latent has (allowed: 576, latent.kv_rank + rope_dim)'
expect 65 check s.cfg -s model.latent.kv_rank=32
says_first '--set: model.latent.kv_rank = 32: needs model.latent.plain_dim, rope_dim and value_dim above 0'
expect 0 check s.cfg -s model.latent.value_dim=32
says '--set: model.latent.value_dim = 32 has no effect: model.latent.kv_rank = 0'
jq -c 'del(.kv_lora_rank)' "$models/deepseek-v2-lite.json" >c.json # its experts are simulated
expect 0 run s.cfg -q -s model.config=c.json -s model.layers=3 --format json

# windows: the KV cache of the machine is that of the model, page by page
expect 65 check s.cfg -s model.window=8 -s model.window_layers=3
says_first '--set: model.window_layers = 3: more than model.layers = 2'
for model in gpt-oss-20b gemma-2-9b; do
  expect 0 run s.cfg -q -s model.config="$models/$model.json" -s model.layers=2 -s model.window_layers=1 --format json
done

# layers of two kinds need experts
expect 65 check s.cfg -s model.dense_layers=1
says_first '--set: model.dense_layers = 1: needs model.experts above 1: without experts all layers are dense'
expect 65 check s.cfg -s model.shared_experts=1
says_first '--set: model.shared_experts = 1: needs model.experts above 1'
expect 65 check s.cfg -s model.experts=4 -s model.dense_layers=2
says_first '--set: model.dense_layers = 2: leaves no layer with experts (allowed: below model.layers = 2)'
finish
