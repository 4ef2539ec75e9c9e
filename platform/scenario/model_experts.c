/*
 * Experts of a config.json: how many, how wide, which ones every token uses, which layers have none.
 */
#include "platform/scenario/model_json.h"

static ifc__names counts = {"num_local_experts", "num_experts", "n_routed_experts", "moe_num_experts"},
                  actives = {"num_experts_per_tok", "num_experts_per_token", "experts_per_token", "moe_topk"},
                  widths = {"moe_intermediate_size"}, shareds = {"n_shared_experts", "num_shared_experts"},
                  shared_widths = {"shared_expert_intermediate_size"}, denses = {"first_k_dense_replace"};

/* Experts that every token uses, by their number or by their width together. */
static void read_shared(ifc__config *c)
{
    const char *key, *wide_key;
    c->shared = ifc__json_whole(c, shareds, 0, &key);
    uint64_t wide = ifc__json_whole(c, shared_widths, 0, &wide_key);
    if (wide && c->ffn && wide % c->ffn != 0)
        ifc__json_wrong(c, wide_key, "is no multiple of moe_intermediate_size = %" PRIu64, c->ffn);
    else if (wide && c->ffn && key && c->shared != wide / c->ffn)
        ifc__json_wrong(c, key, "contradicts %s = %" PRIu64 ", which is %" PRIu64 " of an expert", wide_key,
                        wide, wide / c->ffn);
    else if (wide && c->ffn)
        c->shared = wide / c->ffn;
    ifc__config_put(c, "model.shared_experts", wide ? wide_key : key ? key : "model_type", c->shared);
}

static void read_dense(ifc__config *c, uint64_t width, const char *width_key)
{
    const char *key;
    c->dense = ifc__json_whole(c, denses, 0, &key);
    ifc__config_put(c, "model.dense_layers", key ? key : "model_type", c->dense);
    if (c->dense && width == 0)
        ifc__json_wrong(c, "intermediate_size", "missing, and %s = %" PRIu64 " needs it", key, c->dense);
    c->dense_ffn = width;
    if (width)
        ifc__config_put(c, "model.dense_ffn", width_key, width);
}

/* What speaks of experts has no meaning without them. */
static void check_none(ifc__config *c, const char *count_key)
{
    const char *const *const of_experts[] = {widths, shareds, shared_widths, denses, actives};
    for (size_t i = 0; i < sizeof of_experts / sizeof *of_experts; i++)
        for (const char *const *key = of_experts[i]; *key; key++) {
            const json_t *value = ifc__json_at(c, *key);
            bool dense = of_experts[i] == actives && json_integer_value(value) == 1;
            if (ifc__json_is_idle(value) || dense)
                continue;
            if (count_key)
                ifc__json_wrong(c, *key, "needs %s above 1", count_key);
            else
                ifc__json_wrong(c, "num_experts",
                                "missing (or num_local_experts, n_routed_experts), and %s needs it", *key);
            return;
        }
}

/* Width of an expert. *key: where it stands. */
static uint64_t read_width(ifc__config *c, uint64_t dense_width, const char *count_key, const char **key)
{
    const char *own;
    uint64_t width = ifc__json_whole(c, widths, dense_width, &own);
    bool usual = c->type->expert_is_ffn || count_key == counts[0];
    if (!own && !(usual && dense_width))
        ifc__json_wrong(c, widths[0], "missing, and %s = %" PRIu64 " needs it", count_key, c->experts);
    *key = own ? own : *key;
    return width;
}

void ifc__config_read_experts(ifc__config *c, uint64_t dense_width, const char *dense_key)
{
    const char *count_key, *active_key, *key = dense_key;
    c->experts = ifc__json_whole(c, counts, 1, &count_key);
    if (c->experts <= 1)
        check_none(c, count_key);
    c->active = ifc__json_whole(c, actives, 1, &active_key);
    if (!active_key && c->experts > 1)
        ifc__json_wrong(c, actives[0], "missing, and %s = %" PRIu64 " needs it", count_key, c->experts);
    c->ffn = c->experts > 1 ? read_width(c, dense_width, count_key, &key) : dense_width;
    ifc__config_put(c, "model.experts", count_key ? count_key : key, c->experts ? c->experts : 1);
    ifc__config_put(c, "model.active_experts", active_key ? active_key : key, c->experts > 1 ? c->active : 1);
    ifc__config_put(c, "model.ffn", key, c->ffn);
    if (c->experts > 1) {
        read_shared(c);
        read_dense(c, dense_width, dense_key);
        return;
    }
    ifc__config_put(c, "model.shared_experts", key, 0);
    ifc__config_put(c, "model.dense_layers", key, 0);
}
