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
jq -e '.weight_bytes.down == 28 * 3584 * (18944 / 2 + 18944 / 64 * 2.5) and .weight_bytes.lm_head == 1089994752' \
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
refuses '.num_experts = 8 | .moe_intermediate_size = 512' 'num_experts_per_tok: missing, and num_experts = 8 needs it'
refuses '.num_experts = 8 | .moe_intermediate_size = 512 | .num_experts_per_tok = 9' \
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
refuses '.sliding_window = null' 'layer_types = ["sliding_attention","full_attention","sliding_attention","f...: has sliding layers, and sliding_window gives them no tokens' gpt-oss-20b
refuses '.num_experts = 8 | .num_experts_per_tok = 2 | .moe_intermediate_size = 512 | .shared_expert_intermediate_size = 5' \
  'shared_expert_intermediate_size = 5: is no multiple of moe_intermediate_size = 512'
for key in mamba_d_state num_mtp_heads new_expert_size decoder_sparse_step linear_key_head_dim; do
  refuses ".num_experts = 1 | .$key = 16" "$key = 16: changes the shape in a way that is not understood"
done
for key in attention_k_eq_v attn_output_gate use_double_wide_mlp use_mla ffn_hidden ffn_multiplier expand per_layer_config; do
  refuses ".$key = true" "$key = true: changes the shape in a way that is not understood"
done
refuses '.mixer = "mamba"' 'mixer = "mamba": changes the shape in a way that is not understood'
refuses '.ffn_config = {a: 1}' 'ffn_config = {"a":1}: changes the shape in a way that is not understood'
refuses '.attn_type_list = [1, 0]' 'attn_type_list = [1,0]: changes the shape in a way that is not understood'
refuses '.layer_types = "sliding_attention"' 'layer_types = "sliding_attention": needs a list [ ... ]'
refuses '.text_config = 5' 'text_config = 5: needs an object { ... }'
refuses '.d_model = 4096' 'd_model = 4096: contradicts hidden_size = 3584'
refuses '.d_ff = 4096' 'd_ff = 4096: contradicts intermediate_size = 18944'
refuses '.head_dim = 128 | .kv_channels = 64' 'kv_channels = 64: contradicts head_dim = 128'
refuses '.["a\u009b\n"] = 1 | .["mlp\u009b\n"] = 1' 'mlp\xc2\x9b\x0a = 1: changes the shape in a way that is not understood'

# what belongs together
for key in num_experts moe_intermediate_size num_key_value_heads; do
  refuses "del(.$key)" "$key: missing, and model_type = \"qwen3_moe\" needs it" qwen3-30b-a3b
done
for key in kv_lora_rank q_lora_rank n_routed_experts n_shared_experts moe_intermediate_size first_k_dense_replace; do
  refuses "del(.$key)" "$key: missing, and model_type = \"deepseek_v2\" needs it" deepseek-v2-lite
done
refuses 'del(.num_local_experts)' 'num_local_experts: missing, and model_type = "gpt_oss" needs it' gpt-oss-20b
refuses '.kv_lora_rank = null' 'kv_lora_rank = null: needs a number above 0, and qk_nope_head_dim needs it' deepseek-v2-lite
refuses '.qk_rope_head_dim = 64' 'kv_lora_rank: missing, and qk_rope_head_dim needs it'
refuses '.num_experts = 8 | .num_experts_per_tok = 2' 'moe_intermediate_size: missing, and num_experts = 8 needs it'
refuses '.num_experts_per_tok = 2' 'num_experts: missing (or num_local_experts, n_routed_experts), and num_experts_per_tok needs it'
refuses '.n_routed_experts = null' 'num_experts: missing (or num_local_experts, n_routed_experts), and moe_intermediate_size needs it' deepseek-v2-lite
refuses '.num_experts = 1 | .n_shared_experts = 2' 'n_shared_experts = 2: needs num_experts above 1'
refuses '.shared_expert_intermediate_size = 1408' \
  'n_shared_experts = 2: contradicts shared_expert_intermediate_size = 1408, which is 1 of an expert' deepseek-v2-lite
refuses '.num_shared_experts = 3' 'num_shared_experts = 3: contradicts n_shared_experts = 2' deepseek-v2-lite
refuses '.use_mla = false' 'use_mla = false: contradicts kv_lora_rank = 512' deepseek-v2-lite
refuses 'del(.intermediate_size)' 'intermediate_size: missing, and first_k_dense_replace = 1 needs it' deepseek-v2-lite

# how weights are quantised. quantised OBJECT MESSAGE [MODEL]
quantised() { refuses ".quantization_config = $1" "quantization_config$2" "${3-}"; }
methods='"awq", "bitsandbytes", "compressed-tensors", "fp8", "gptq", "mxfp4"'
quantised '{bits: 4}' " = {\"bits\":4}: not understood (allowed: quant_method $methods)"
quantised '{quant_method: "hqq"}' " = {\"quant_method\":\"hqq\"}: not understood (allowed: quant_method $methods)"
quantised '"awq"' ' = "awq": needs an object { ... }'
quantised '{quant_method: 4}' '.quant_method = 4: needs text in quotes
c.json: quantization_config = {"quant_method":4}: not understood (allowed: quant_method '"$methods)"
quantised '{quant_method: "gptq", bits: "eight"}' '.bits = "eight": needs a whole number (allowed: 2 .. 8)'
quantised '{quant_method: "gptq", bits: 16}' '.bits = 16: needs a whole number (allowed: 2 .. 8)'
quantised '{quant_method: "gptq"}' '.bits: missing'
quantised '{quant_method: "gptq", bits: 4, group_size: "64"}' '.group_size = "64": needs a whole number (allowed: -1, 1 .. 1048576)'
quantised '{quant_method: "gptq", bits: 4, group_size: 0}' '.group_size = 0: needs a whole number (allowed: -1, 1 .. 1048576)'
quantised '{quant_method: "gptq", bits: 4, lm_head: 1}' '.lm_head = 1: needs true or false'
quantised '{quant_method: "gptq", bits: 4, dynamic: {a: 1}}' '.dynamic = {"a":1}: treats modules differently, which is not understood'
quantised '{quant_method: "awq", w_bit: 4, bits: 8}' '.w_bit = 4: contradicts quantization_config.bits = 8'
quantised '{quant_method: "awq", modules_to_not_convert: ["gate", "q_proj"]}' '.modules_to_not_convert = ["gate","q_proj"]: entry 1, "q_proj", leaves matrices of layers as they are, which is not understood (allowed: lm_head, embeddings, norms, routers)'
quantised '{quant_method: "fp8", weight_block_size: [128]}' '.weight_block_size = [128]: needs [rows, columns] (allowed: 1 .. 1024 each, a multiple of 32 together)'
quantised '{quant_method: "bitsandbytes"}' ' = {"quant_method":"bitsandbytes"}: needs one of load_in_4bit and load_in_8bit to be true'
quantised '{quant_method: "mxfp4"}' '.quant_method = "mxfp4": quantises chosen experts alone, and here are none'
quantised '{quant_method: "compressed-tensors"}' '.config_groups: needs group_0 with weights, and no other group'
tensors() { # KEYS MESSAGE: of the weights of a group
  quantised "{quant_method: \"compressed-tensors\", config_groups: {group_0: {targets: [\"Linear\"], weights: {$1}}}}" "$2"
}
tensors 'strategy: "group"' '.config_groups.group_0.weights.num_bits: missing'
tensors 'num_bits: 4, strategy: "other"' '.config_groups.group_0.weights.strategy = "other": not understood (allowed: "tensor", "channel", "group", "block")'
bytes() { # QUANTIZATION ROW-OF-DOWN HEAD: bytes of a row of 18944 weights, and of the head's of 3584
  jq -c ".quantization_config = $1" "$models/qwen2.5-7b.json" >q.json
  expect 0 model q.json --format json
  jq -e ".weight_bytes.down == 28 * 3584 * $2 and .weight_bytes.lm_head == 152064 * $3 and .weight_bytes.embed == 152064 * 7168" \
    <<<"$out" >/dev/null || fail "$1: $out"
}
bytes '{quant_method: "awq", w_bit: 4, q_group_size: 64, zero_point: false}' '(9472 + 592)' 7168
bytes '{quant_method: "gptq", bits: 8, group_size: -1, lm_head: true}' '(18944 + 2)' '(3584 + 2)'
bytes '{quant_method: "gptq", bits: 3, sym: false}' '(7104 + 148 * 19 / 8 | ceil)' 7168
bytes '{quant_method: "fp8", weight_block_size: [128, 128]}' '(18944 + 37 / 8 | ceil)' 7168
bytes '{quant_method: "fp8"}' 18944 7168
bytes '{load_in_4bit: true}' '(9472 + 296 * 4)' 7168
bytes '{quant_method: "bitsandbytes", load_in_4bit: true, bnb_4bit_use_double_quant: true}' '(9472 + 296)' 7168
bytes '{quant_method: "bitsandbytes", load_in_8bit: true}' '(18944 + 4)' 7168
bytes '{quant_method: "compressed-tensors", ignore: ["lm_head"], config_groups: {group_0: {targets: ["Linear"], weights: {num_bits: 4, strategy: "group", group_size: 128}}}}' '(9472 + 148 * 2)' 7168
bytes '{quant_method: "compressed-tensors", config_groups: {group_0: {targets: ["Linear"], weights: {num_bits: 8, strategy: "channel"}}}}' '(18944 + 2)' '(3584 + 2)'

accepts '.rope_theta = 10000 | .max_position_embeddings = 4096 | .initializer_range = 0.02 | .bos_token_id = 1'
accepts '.mamba_d_state = null | .num_mtp_heads = 0 | .mlp_only_layers = [] | .decoder_sparse_step = 1'

jq -c '.model_type = "newer"' "$models/qwen2.5-7b.json" >c.json
expect 0 model c.json
[ "$err" = 'c.json: model_type = "newer" is not known: taken for a decoder like llama' ] || fail "remark: $err"
jq -c 'del(.model_type)' "$models/qwen2.5-7b.json" >c.json
expect 0 model c.json
[ "$err" = 'c.json: model_type is missing: taken for a decoder like llama' ] || fail "remark: $err"
jq -c '.flavour = 1 | .num_nextn_predict_layers = 1' "$models/qwen2.5-7b.json" >c.json
expect 0 model c.json
[ "$err" = 'c.json: num_nextn_predict_layers = 1: layers that draft tokens are not counted, and plain decoding does not use them
c.json: not known and passed over: flavour' ] || fail "remark: $err"

# values that the library has for keys that are missing; null is none
figures() { # MODEL FILTER EXPRESSION
  jq -c "$2" "$models/$1.json" >c.json
  expect 0 model c.json --format json -s workload.context=131072
  jq -e "$3" <<<"$out" >/dev/null || fail "$1: $2: $out"
}
figures gemma-2-9b 'del(.sliding_window, .head_dim)' '.parameters == 9241705984 and .kv_bytes == 23253221376'
figures gemma-2-9b '.sliding_window = null' '.kv_bytes == 131072 * 344064'
figures gpt-oss-20b 'del(.sliding_window, .head_dim, .layer_types)' '.parameters == 20914757184 and .kv_bytes == 3224371200'

# a model inside of another takes what that says of all weights
jq -c '{text_config: ., quantization_config: {quant_method: "fp8"}} | del(.text_config.torch_dtype)' "$models/qwen2.5-7b.json" >c.json
expect 0 model c.json --format json
jq -e '.parameters == 7615616512 and .weight_bytes.down == 28 * 3584 * 18944' <<<"$out" >/dev/null || fail "text_config: $out"
jq -c '{text_config: (. + {hidden_size: "a"})}' "$models/qwen2.5-7b.json" >c.json
expect 65 model c.json
says_first 'c.json: text_config.hidden_size = "a": needs a whole number (allowed: 0 .. 4294967295)'

# bits are those of the machine, or all of them those of the file; the title names what runs
phone=$SOURCE/scenarios/systems/phone-ufs.cfg qwen=$models/qwen2.5-7b.json
expect 0 check "$phone" -s model.config="$qwen"
says "$qwen: bits of weights are those of the scenario, it has no quantization_config: embed 16, qkv 4, project 4, gate_up 4, down 4, lm_head 4"
expect 0 run "$phone" -q -s model.config="$qwen" -s workload.context=0
prints 'qwen2, W4A16, streamed from UFS 4.0 on a phone'
jq -c '.quantization_config = {quant_method: "gptq", bits: 8}' "$qwen" >q.json
expect 0 run "$phone" -s model.config=q.json -s workload.context=0
prints 'qwen2, W8A16, streamed from UFS 4.0 on a phone'
says 'q.json: bits of weights are those of its quantization_config: embed 16, qkv 8, project 8, gate_up 8, down 8, lm_head 16'
printf 'extends = "%s";\nmodel = { config = "q.json"; };\n' "$phone" >of.cfg # of two models the later one holds, bits too
expect 0 model of.cfg -s model.config="$qwen" --format json
jq -e '.weight_bytes.down == 28 * 3584 * (9472 + 148 * 4)' <<<"$out" >/dev/null || fail "bits of another model: $out"
expect 0 run "$phone" -q -s model.layers=1 -s model.weight_bits=3 -s model.bits.down=8
prints 'LLaMA2-7B (changed), W3-8A16, streamed from UFS 4.0 on a phone'
expect 0 run "$phone" -q -s model.layers=1 -s model.name=Little
prints 'Little, W4A16, streamed from UFS 4.0 on a phone'
jq -c '.torch_dtype = null | .dtype = "float32" | ._name_or_path = ("x" * 63 + "yz")' "$qwen" >c.json # where no layer speaks of bits
expect 0 model c.json --format json
quiet_err
jq -e '.weight_bytes.down == 28 * 3584 * 18944 * 4 and .name == "x" * 63' <<<"$out" >/dev/null || fail "float32: $out"
long=$(printf '%0200d' 0)
expect 65 check "$phone" -s title="$long{model}{model}" -s model.name=0123456789012345678901234567890123456789
says "$phone: title: too long with model.name = \"0123456789012345678901234567890123456789\" in it (allowed: 255 bytes)"
expect 66 check systems/phone-ufs -s model.config=/nope.json
[ "$err" = '--set: model.config = /nope.json: cannot open: No such file or directory' ] || fail "one message: $err"

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
jq -c '.model_type = "mixtral" | del(.kv_lora_rank, .qk_nope_head_dim, .qk_rope_head_dim, .v_head_dim) | .num_local_experts = 64' \
  "$models/deepseek-v2-lite.json" >c.json # its experts are simulated
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
