/*
 * What is given and changes nothing. Only what stands in the scenario's own file or in --set, with another
 * value than the default: the parts it extends describe more than one scenario uses. Parameters of dies
 * describe a device, so they count only when set on the command line.
 */
#include <stdio.h>
#include <string.h>

#include "platform/common/printable.h"
#include "platform/scenario/origins.h"
#include "platform/scenario/remarks.h"

#include "platform/common/rber.h"

struct remarks {
    const ifc_scenario *s;
    const ifc_origins *origins;
    FILE *out;
    ifc_scenario *defaults;
    uint32_t n;
};

static bool is_default(const struct remarks *r, const ifc__place *place)
{
    char value[IFC_PATH_MAX + 16], otherwise[IFC_PATH_MAX + 16];
    const void *base = r->defaults;
    ifc_flash_group group;
    ifc_policy_choice choice = {0};
    ifc_stream_params flow;
    if (place->column >= IFC_COLUMN_POLICIES)
        base = &choice;
    else if (place->column >= IFC_COLUMN_FLOWS) {
        memset(&flow, 0, sizeof flow);
        ifc_param_set_defaults(&ifc_param_tables()[IFC_SCOPE_FLOW], &flow);
        base = &flow;
    } else if (place->column >= IFC_COLUMN_GROUPS) {
        memset(&group, 0, sizeof group);
        ifc_param_set_defaults(&ifc_param_tables()[IFC_SCOPE_GROUP], &group);
        base = &group;
    }
    ifc_param_print(place->row, place->base, value, sizeof value);
    ifc_param_print(place->row, base, otherwise, sizeof otherwise);
    return strcmp(value, otherwise) == 0;
}

/* Say so if the parameter @path is given. @why: what it would need. */
static void idle(struct remarks *r, const char *path, const char *why)
{
    char where[IFC_PATH_MAX + 16], value[IFC_PATH_MAX + 16];
    ifc__place place;
    if (!ifc__place_find(r->s, path, &place))
        return;
    const ifc_origin *o = ifc__origin_of(r->origins, place.column, place.row);
    bool set = o->kind == IFC_ORIGIN_SET;
    bool own = o->kind == IFC_ORIGIN_FILE && strcmp(r->origins->files[o->file], r->s->file) == 0;
    bool device = place.column >= IFC_COLUMN_GROUPS && place.column < IFC_COLUMN_FLOWS;
    if (!(set || (own && !device)) || is_default(r, &place))
        return;
    ifc__origin_print(r->origins, &place, where, sizeof where);
    ifc_param_print(place.row, place.base, value, sizeof value);
    fprintf(r->out, "%s: %s = %s has no effect: %s\n", where, path, value, why);
    r->n++;
}

/* All parameters of the scenario whose path begins with @prefix. */
static void idle_all(struct remarks *r, const char *prefix, const char *why)
{
    const ifc_param_table *t = &ifc_param_tables()[IFC_SCOPE_SCENARIO];
    for (size_t i = 0; i < t->n; i++)
        if (strncmp(t->rows[i].path, prefix, strlen(prefix)) == 0)
            idle(r, t->rows[i].path, why);
}

static void idle_in_group(struct remarks *r, const ifc_flash_group *g, const char *key, const char *why)
{
    char path[IFC_NAME_MAX + 32];
    snprintf(path, sizeof path, "flash.groups.%s.%s", g->name, key);
    idle(r, path, why);
}

static void idle_policy(struct remarks *r, ifc_kind kind, const char *why)
{
    char path[IFC_NAME_MAX + 32];
    snprintf(path, sizeof path, "policies.%s.name", ifc_kind_name(kind));
    idle(r, path, why);
    snprintf(path, sizeof path, "policies.%s.plugin", ifc_kind_name(kind));
    idle(r, path, why);
}

/* Where spare bytes are decoded: in the dies that have an engine and a decoder, by the controller for the
 * others. */
static bool decodes_itself(const ifc_flash_group *g)
{
    return g->fmacs > 0 && g->ecc_rate > 0;
}

static void about_group(struct remarks *r, const ifc_flash_group *g)
{
    static const char *const of_engine[] = {"clock", "mac_energy", "collect_rate"};
    static const char *const of_errors[] = {
        "errors.table",  "errors.age",   "errors.temperature", "errors.initial_pe", "errors.pe_scale",
        "errors.spread", "ecc.codeword", "ecc.correct",        "ecc.retries",       "ecc.retry_rber"};
    static const char *const of_decoder[] = {"ecc_rate", "ecc_power"};
    for (size_t i = 0; i < sizeof of_engine / sizeof *of_engine && g->fmacs == 0; i++)
        idle_in_group(r, g, of_engine[i], "the group has no engines, its fmacs = 0");
    for (size_t i = 0; i < sizeof of_decoder / sizeof *of_decoder; i++)
        if (!r->s->effects.ecc || !decodes_itself(g))
            idle_in_group(r, g, of_decoder[i],
                          r->s->effects.ecc ? "the dies do not decode" : "effects.ecc = false");
    if (g->sense_planes == g->planes)
        idle_in_group(r, g, "sense_planes", "a die has no more planes");
    for (size_t i = 0; i < sizeof of_errors / sizeof *of_errors && g->errors.law == IFC_RBER_NONE; i++)
        idle_in_group(r, g, of_errors[i], "errors.law = \"none\"");
    if (g->errors.law != IFC_RBER_NONE && g->errors.law != IFC_RBER_TABLE)
        idle_in_group(r, g, "errors.table", "errors.law is not \"table\"");
    if (!r->s->effects.ecc)
        idle_in_group(r, g, "spare", "effects.ecc = false");
    if (!r->s->effects.command)
        idle_in_group(r, g, "sequencer", "effects.command = false");
}

/* Suspends need a die that can, and a policy that asks for them. */
static void about_suspends(struct remarks *r)
{
    static const char *const times[] = {"suspend.program", "suspend.erase"};
    const ifc_policy_choice *array = &r->s->policies[IFC_KIND_ARRAY];
    bool never = !array->plugin[0] && (!array->name[0] || strcmp(array->name, "never") == 0), any = false;
    for (uint32_t i = 0; i < r->s->n_groups; i++) {
        const ifc_flash_group *g = &r->s->groups[i];
        any |= g->suspend.max > 0;
        for (size_t k = 0; k < sizeof times / sizeof *times; k++)
            if (never || g->suspend.max == 0)
                idle_in_group(r, g, times[k],
                              never ? "policies.array suspends nothing" : "its suspend.max = 0");
        if (never)
            idle_in_group(r, g, "suspend.max", "policies.array suspends nothing");
    }
    if (!any)
        idle_policy(r, IFC_KIND_ARRAY, "no group can suspend, suspend.max = 0");
}

static void about_machine(struct remarks *r)
{
    const ifc_scenario *s = r->s;
    bool controller_decodes = false, one_die_each = true;
    uint32_t dies = 0;
    for (uint32_t i = 0; i < s->n_groups; i++) {
        about_group(r, &s->groups[i]);
        controller_decodes |= !decodes_itself(&s->groups[i]);
        dies += s->groups[i].dies;
        one_die_each = dies <= s->channel.count && ifc_group_on_all(&s->groups[i]) && one_die_each;
    }
    if (!s->effects.ecc || !controller_decodes)
        idle(r, "soc.ecc_rate", s->effects.ecc ? "all dies decode what they read" : "effects.ecc = false");
    if (!s->effects.command)
        idle(r, "channel.command_time", "effects.command = false");
    if (one_die_each)
        idle(r, "channel.broadcast", "no channel has more than one die");
    if (s->dram.channels == 0)
        idle_all(r, "dram.", "there is no DRAM, dram.channels = 0");
    about_suspends(r);
}

static void idle_in_flow(struct remarks *r, const ifc_stream_params *w, const char *key, const char *why)
{
    char path[2 * IFC_NAME_MAX];
    if (w->name[0])
        snprintf(path, sizeof path, "workload.flows.%s.%s", w->name, key);
    else
        snprintf(path, sizeof path, "workload.stream.%s", key);
    idle(r, path, why);
}

/* Return: whether something in it is random. */
static bool about_flow(struct remarks *r, const ifc_stream_params *w)
{
    int at = ifc_scenario_group(r->s, w->group);
    const ifc_flash_group *g = &r->s->groups[at > 0 ? at : 0];
    static const char *const drawn[] = {"op",      "count",       "planes", "dies", "pages",      "pattern",
                                        "arrival", "queue_depth", "reads",  "rate", "bytes_down", "bytes_up"};
    for (size_t i = 0; w->trace[0] && i < sizeof drawn / sizeof *drawn; i++)
        idle_in_flow(r, w, drawn[i], "its requests are those of its trace");
    if (!w->name[0])
        idle_in_flow(r, w, "priority", "there are no other flows (workload.flows)");
    if (w->trace[0])
        return false;
    idle_in_flow(r, w, "rows", "it has no trace");
    if (w->arrival == IFC_ARRIVAL_CLOSED)
        idle_in_flow(r, w, "rate",
                     w->name[0] ? "its arrival is closed" : "workload.stream.arrival = \"closed\"");
    else
        idle_in_flow(r, w, "queue_depth",
                     w->name[0] ? "its requests arrive at their rate"
                                : "requests arrive at their rate (workload.stream.arrival)");
    for (int i = 0; i < 2 && w->op != IFC_STREAM_READ_COMPUTE; i++)
        idle_in_flow(r, w, i ? "bytes_up" : "bytes_down",
                     w->name[0] ? "its op is not \"read-compute\""
                                : "workload.stream.op is not \"read-compute\"");
    bool one_place = w->dies == g->dies && g->planes / w->planes == 1;
    if (one_place)
        idle_in_flow(r, w, "pattern", "a request takes all dies and planes of the group");
    return !((w->pattern == IFC_PATTERN_SEQUENTIAL || one_place) && w->arrival != IFC_ARRIVAL_POISSON);
}

/* What dies of @g do in no flow. */
static void about_streamed_group(struct remarks *r, const ifc_flash_group *g)
{
    bool programs = false, erases = false;
    for (uint32_t i = 0; i < ifc_scenario_flows(r->s); i++) {
        const ifc_stream_params *w = ifc_scenario_flow(r->s, i);
        if (strcmp(w->group, g->name) != 0)
            continue;
        programs |= w->trace[0] || w->op == IFC_STREAM_PROGRAM;
        erases |= !w->trace[0] && w->op == IFC_STREAM_ERASE;
    }
    for (int i = 0; i < 2 && !programs; i++)
        idle_in_group(r, g, i ? "t_program" : "suspend.program", "the stream does not program");
    for (int i = 0; i < 2 && !erases; i++)
        idle_in_group(r, g, i ? "t_erase" : "suspend.erase", "the stream does not erase");
}

static void about_stream(struct remarks *r)
{
    static const char *const others[] = {
        "model.",          "placement.",         "npu.",           "workload.context",
        "workload.tokens", "workload.batch",     "workload.chunk", "workload.draft.",
        "workload.prompt", "workload.requests.", "workload.warmup"};
    static const char *const effects[] = {"kv_program", "vector_ops", "lm_head", "kv_fill", "kv_capacity"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        idle_all(r, others[i], "the workload is a stream");
    for (size_t i = 0; i < sizeof effects / sizeof *effects; i++) {
        char path[64];
        snprintf(path, sizeof path, "effects.%s", effects[i]);
        idle(r, path, "the workload is a stream");
    }
    for (int k = IFC_KIND_KV_PLACEMENT; k <= IFC_KIND_KV_SELECT; k++)
        idle_policy(r, (ifc_kind)k, "the workload is a stream");
    if (r->s->dram.channels > 0)
        idle_all(r, "dram.", "the workload is a stream");
    if (r->s->workload.n_flows > 0)
        idle_all(r, "workload.stream.", "the flows are workload.flows");
    bool random = false;
    for (uint32_t i = 0; i < ifc_scenario_flows(r->s); i++)
        random |= about_flow(r, ifc_scenario_flow(r->s, i));
    if (!random)
        idle(r, "simulation.seed", "nothing in this stream is random");
    for (uint32_t i = 0; i < r->s->n_groups; i++)
        about_streamed_group(r, &r->s->groups[i]);
}

static void about_kv_in_dram(struct remarks *r)
{
    static const char *const params[] = {"placement.kv_layout", "effects.kv_fill", "effects.kv_capacity"};
    for (size_t i = 0; i < sizeof params / sizeof *params; i++)
        idle(r, params[i], "placement.kv = \"dram\"");
    idle_all(r, "placement.kv_buffer.", "placement.kv = \"dram\"");
    idle_policy(r, IFC_KIND_KV_PLACEMENT, "placement.kv = \"dram\"");
    idle_policy(r, IFC_KIND_KV_FLUSH, "placement.kv = \"dram\"");
}

/* How many of the matrices are multiplied so; @gemv auto: lie in DRAM, the embedding too. */
static uint32_t matrices(const ifc_scenario *s, int gemv)
{
    ifc_matrix_place p;
    uint32_t n = 0;
    for (int m = gemv == IFC_GEMV_AUTO ? IFC_PLACED_EMBED : IFC_PLACED_QKV; m < IFC_PLACED; m++) {
        ifc_scenario_matrix(s, (ifc_placed)m, &p);
        n += gemv == IFC_GEMV_AUTO ? p.group < 0 : p.gemv == gemv;
    }
    return n;
}

static void about_weights(struct remarks *r)
{
    const ifc_scenario *s = r->s;
    bool split = matrices(s, IFC_GEMV_SPLIT) > 0;
    if (!split)
        idle_all(r, "placement.split.", "no matrix is split (placement.gemv)");
    else if (!s->effects.pipeline_fill)
        idle(r, "placement.split.slice",
             "effects.pipeline_fill = false, a READ takes the bus once for all its pages");
    if (!split && matrices(s, IFC_GEMV_NPU) == 0)
        idle(r, "npu.tile", "no matrix streams to the NPU (placement.gemv)");
    if (!s->placement.residency.store[0])
        idle_all(r, "placement.residency.", "placement.residency.store is empty");
    idle(r, "placement.matrices.embed.gemv", "of the embedding only rows are read");
    if (s->model.tied_head)
        idle(r, "placement.matrices.embed.store",
             "model.tied_head = true: the embedding lies where the head does");
}

static void about_kv(struct remarks *r)
{
    const ifc_scenario *s = r->s;
    const ifc_placement *p = &s->placement;
    if (strcmp(p->kv, "dram") == 0) {
        about_kv_in_dram(r);
        return;
    }
    if (s->dram.channels > 0 && matrices(s, IFC_GEMV_AUTO) == 0)
        for (size_t i = 0; i < 3; i++)
            idle(r, (const char *const[]){"dram.rate", "dram.latency", "dram.energy"}[i],
                 "nothing is in DRAM (placement.kv)");
    if (!s->effects.kv_program)
        idle_policy(r, IFC_KIND_KV_FLUSH, "effects.kv_program = false");
    if (!s->effects.kv_program && !s->effects.kv_fill) {
        idle(r, "placement.kv_buffer.bytes", "effects.kv_program and effects.kv_fill = false");
        idle(r, "placement.kv_buffer.partial_programs", "effects.kv_program and effects.kv_fill = false");
    }
}

/* Bits of the classes of weights, as they are used. */
enum { CLASSES = 6 };
static void bits_of(const ifc_model *m, uint32_t out[CLASSES])
{
    const uint32_t bits[CLASSES] = {m->bits.embed,   m->bits.qkv,
                                    m->bits.project, m->bits.gate_up,
                                    m->bits.down,    m->tied_head ? m->bits.embed : m->bits.lm_head};
    for (int i = 0; i < CLASSES; i++)
        out[i] = bits[i] ? bits[i] : m->weight_bits;
}

/* Bits of the narrowest weights. */
static uint32_t least_bits(const ifc_model *m)
{
    uint32_t bits[CLASSES], least = UINT32_MAX;
    bits_of(m, bits);
    for (int i = 0; i < CLASSES; i++)
        least = bits[i] < least ? bits[i] : least;
    return least;
}

/* Where the model's file and the scenario speak of bits: whose are used, and which they are. */
static uint32_t about_bits(const ifc_model *m, FILE *out)
{
    static const char *const names[CLASSES] = {"embed", "qkv", "project", "gate_up", "down", "lm_head"};
    const ifc_model_beside *b = &m->beside;
    uint32_t bits[CLASSES], others = 0;
    bits_of(m, bits);
    for (int i = 0; i < CLASSES; i++)
        others += bits[i] != b->dtype_bits;
    if (!b->overrules_bits && (b->dtype_bits == 0 || others == 0))
        return 0;
    fprintf(out, "%s: bits of weights are those of %s: ", b->config,
            b->overrules_bits ? "its quantization_config" : "the scenario, it has no quantization_config");
    for (int i = 0; i < CLASSES; i++)
        fprintf(out, "%s%s %u", i ? ", " : "", names[i], bits[i]);
    fputc('\n', out);
    return 1;
}

uint32_t ifc_scenario_model_remarks(const ifc_scenario *s, FILE *out)
{
    const ifc_model_beside *b = &s->model.beside;
    uint32_t n = about_bits(&s->model, out);
    for (const char *line = b->notes; *line; line = strchr(line, '\n') + 1, n++)
        fprintf(out, "%s: %.*s\n", b->config, (int)strcspn(line, "\n"), line);
    return n;
}

static void about_model(struct remarks *r)
{
    const ifc_model *m = &r->s->model;
    if (m->scale_bits == 0)
        idle(r, "model.scale_group", "model.scale_bits = 0");
    else if (least_bits(m) >= IFC_SCALE_BELOW) {
        idle(r, "model.scale_bits", "no weights have fewer than 16 bits");
        idle(r, "model.scale_group", "no weights have fewer than 16 bits");
    } else if (m->scale_bits == IFC_SCALE_AUTO && least_bits(m) >= IFC_SCALE_AUTO_BELOW)
        idle(r, "model.scale_group", "no weights have fewer than 8 bits (model.scale_bits = \"auto\")");
    if (m->window == 0)
        idle(r, "model.window_layers", "model.window = 0");
    if (m->window_layers == 0)
        idle(r, "model.window", "model.window_layers = 0");
    if (m->kv_scale_bits == 0)
        idle(r, "model.kv_scale_group", "model.kv_scale_bits = 0");
    if (m->tied_head)
        idle(r, "model.bits.lm_head", "model.tied_head = true: the head is the embedding");
    for (int i = 0; i < 4 && m->latent.kv_rank == 0; i++) {
        static const char *const paths[] = {"model.latent.query_rank", "model.latent.plain_dim",
                                            "model.latent.rope_dim", "model.latent.value_dim"};
        idle(r, paths[i], "model.latent.kv_rank = 0");
    }
    if (m->dense_layers == 0)
        idle(r, "model.dense_ffn", "model.dense_layers = 0");
}

static void about_requests(struct remarks *r)
{
    static const char *const of_decode[] = {"workload.context", "workload.tokens", "workload.prompt"};
    static const char *const drawn[] = {"workload.requests.prompt", "workload.requests.answer"};
    static const char *const traced[] = {"workload.requests.format", "workload.requests.first"};
    const ifc_requests_params *w = &r->s->workload.requests;
    bool closed = w->arrival == IFC_REQUESTS_CLOSED;
    for (size_t i = 0; i < sizeof of_decode / sizeof *of_decode; i++)
        idle(r, of_decode[i], "requests bring their own tokens");
    for (size_t i = 0; i < 2 && w->trace[0]; i++)
        idle(r, drawn[i], "lengths are those of workload.requests.trace");
    for (size_t i = 0; i < 2 && !w->trace[0]; i++)
        idle(r, traced[i], "there is no workload.requests.trace");
    if (w->sessions == 0)
        idle(r, "workload.requests.recent", "workload.requests.sessions = 0");
    if (closed)
        idle(r, "workload.requests.speed", "workload.requests.arrival = \"closed\"");
    if (closed || w->arrival == IFC_REQUESTS_TRACED)
        idle(r, "workload.requests.rate", "workload.requests.arrival has none");
}

/* What tokens a decode, or requests, are of. */
static void about_tokens(struct remarks *r)
{
    const ifc_workload *w = &r->s->workload;
    bool requests = w->kind == IFC_WORKLOAD_REQUESTS;
    const char *why = requests ? "the workload is of requests" : "the workload is a decode";
    idle_all(r, "workload.stream.", why);
    idle(r, "soc.link_rate", why);
    if (requests)
        about_requests(r);
    for (size_t i = 0; i < 2 && !requests; i++)
        idle_all(r, (const char *const[]){"workload.requests.", "workload.warmup"}[i], why);
    for (size_t i = 0; i < 2 && !requests && w->prompt == 0; i++)
        idle_all(r, (const char *const[]){"workload.chunk", "placement.prefill"}[i], "workload.prompt = 0");
    if (!requests || r->s->contexts.budget == 0)
        idle_all(r, "contexts.", requests ? "contexts.budget = 0 B" : why);
    else if (!r->s->contexts.store[0]) {
        idle(r, "contexts.ahead", "contexts.store is empty");
        idle(r, "contexts.recompute", "contexts.store is empty: all that is missing is");
    }
    if (w->draft.tokens == 0)
        idle(r, "workload.draft.acceptance", "workload.draft.tokens = 0");
}

static void about_decode(struct remarks *r)
{
    const ifc_scenario *s = r->s;
    about_tokens(r);
    r->n += ifc_scenario_model_remarks(s, r->out);
    about_model(r);
    about_weights(r);
    if (s->placement.overlap == IFC_OVERLAP_NONE)
        idle(r, "placement.stage", "placement.overlap = \"none\"");
    if (!s->effects.vector_ops)
        idle(r, "npu.vector_rate", "effects.vector_ops = false");
    if (!s->effects.lm_head && !s->workload.draft.tokens && s->workload.kind != IFC_WORKLOAD_REQUESTS)
        idle(r, "simulation.seed", "only the row of the embedding is drawn, and effects.lm_head = false");
    for (uint32_t i = 0; i < s->n_groups; i++) {
        const ifc_flash_group *g = &s->groups[i];
        bool kv = strcmp(s->placement.kv, g->name) == 0;
        if (!kv || !s->effects.kv_program)
            idle_in_group(r, g, "t_program", "no KV is programmed in this group");
    }
    about_kv(r);
}

uint32_t ifc_scenario_remarks(const ifc_scenario *s, const ifc_origins *origins, FILE *out)
{
    static ifc_scenario defaults;
    struct remarks r = {.s = s, .origins = origins, .out = out, .defaults = &defaults};
    ifc_scenario_init(&defaults);
    about_machine(&r);
    if (s->workload.kind == IFC_WORKLOAD_STREAM)
        about_stream(&r);
    else
        about_decode(&r);
    return r.n;
}
