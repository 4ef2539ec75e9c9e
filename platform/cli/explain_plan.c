/*
 * The variants of a scenario: its waterfall of effects, and each of its resources doubled.
 */
#include <stdlib.h>
#include <string.h>

#include "platform/cli/explain.h"
#include "platform/common/memory.h"
#include "platform/observe/format.h"
#include "platform/scenario/load.h"

/* A page of 4 KiB in each of 32 planes at 32 GB/s, as the published results charge a die whose tR is 4 us. */
#define T_READ_GIVEN     (4 * IFC_US)
#define T_READ_PUBLISHED ((ifc_time)4096000)

static ifc_variant *add(ifc_explanation *x, int kind, const char *name)
{
    x->variants = ifc_grow(x->variants, &x->room, x->n, sizeof *x->variants);
    ifc_variant *v = &x->variants[x->n++];
    *v = (ifc_variant){.kind = kind};
    snprintf(v->name, sizeof v->name, "%s", name);
    return v;
}

static ifc_scenario *copy_of(const ifc_scenario *s)
{
    ifc_scenario *copy = ifc_alloc_zero(1, sizeof *copy);
    memcpy(copy, s, sizeof *copy);
    return copy;
}

/*
 * The steps of the waterfall, in the order they are taken. Each knows how to take itself back; the first
 * column of the waterfall has all of them taken back. kv_fill comes first because the published compact
 * results are charged for it, kv_capacity last because it costs room and not time.
 */
static void no_kv_fill(ifc_scenario *s)
{
    s->effects.kv_fill = false;
}

static void published_t_read(ifc_scenario *s)
{
    for (uint32_t g = 0; g < s->n_groups; g++)
        if (s->groups[g].t_read == T_READ_GIVEN)
            s->groups[g].t_read = T_READ_PUBLISHED;
}

/* Grains finer than a die work on whole pages and fill the pipeline. */
static void leave_fine_grains(ifc_scenario *s)
{
    if (s->simulation.grain != IFC_GRAIN_DIE)
        s->simulation.grain = IFC_GRAIN_AUTO;
}

static void no_page_rounding(ifc_scenario *s)
{
    s->effects.page_rounding = false;
    leave_fine_grains(s);
}

static void no_pipeline_fill(ifc_scenario *s)
{
    s->effects.pipeline_fill = false;
    leave_fine_grains(s);
}

static void no_ecc(ifc_scenario *s)
{
    s->effects.ecc = false;
}

static void no_command(ifc_scenario *s)
{
    s->effects.command = false;
}

static void no_bus(ifc_scenario *s)
{
    s->effects.bus = false;
}

static void no_vector_ops(ifc_scenario *s)
{
    s->effects.vector_ops = false;
}

static void no_npu_launch(ifc_scenario *s)
{
    s->npu.launch = 0;
}

static void no_dram_latency(ifc_scenario *s)
{
    if (s->dram.channels > 0)
        s->dram.latency = 0;
}

static void no_kv_program(ifc_scenario *s)
{
    s->effects.kv_program = false;
}

static void no_lm_head(ifc_scenario *s)
{
    s->effects.lm_head = false;
}

static void no_kv_capacity(ifc_scenario *s)
{
    s->effects.kv_capacity = false;
}

static const struct step {
    const char *name;
    void (*off)(ifc_scenario *s);
} steps[] = {
    {"kv_fill", no_kv_fill},
    {"t_read", published_t_read},
    {"page_rounding", no_page_rounding},
    {"pipeline_fill", no_pipeline_fill},
    {"ecc", no_ecc},
    {"command", no_command},
    {"bus", no_bus},
    {"vector_ops", no_vector_ops},
    {"npu_launch", no_npu_launch},
    {"dram_latency", no_dram_latency},
    {"kv_program", no_kv_program},
    {"lm_head", no_lm_head},
    {"kv_capacity", no_kv_capacity},
};

enum { N_STEPS = sizeof steps / sizeof steps[0] };

static bool takes(const ifc_scenario *own, size_t step, ifc_scenario *scratch)
{
    memcpy(scratch, own, sizeof *scratch);
    steps[step].off(scratch);
    return memcmp(own, scratch, sizeof *own) != 0;
}

static void describe_step(const ifc_scenario *own, const char *name, char *out, size_t size)
{
    if (strcmp(name, "t_read") == 0)
        snprintf(out, size, "4.096 us -> 4 us");
    else if (strcmp(name, "npu_launch") == 0)
        snprintf(out, size, "0 s -> %s", ifc_format_time((double)own->npu.launch).text);
    else if (strcmp(name, "dram_latency") == 0)
        snprintf(out, size, "0 s -> %s", ifc_format_time((double)own->dram.latency).text);
    else
        snprintf(out, size, "off -> on");
}

static void plan_waterfall(ifc_explanation *x)
{
    ifc_scenario *scratch = copy_of(x->own);
    size_t taken[N_STEPS], n = 0;
    for (size_t i = 0; i < N_STEPS; i++)
        if (takes(x->own, i, scratch))
            taken[n++] = i;
    for (size_t k = 0; k <= n; k++) {
        const char *name = k == 0 ? "all off" : steps[taken[k - 1]].name;
        ifc_variant *v = add(x, IFC_VARIANT_STEP, name);
        if (k > 0)
            describe_step(x->own, name, v->change, sizeof v->change);
        if (k == n)
            break; /* all steps taken: the scenario itself */
        v->scenario = copy_of(x->own);
        for (size_t j = k; j < n; j++)
            steps[taken[j]].off(v->scenario);
    }
    free(scratch);
}

static void check(ifc_variant *v)
{
    ifc_error err = {.status = IFC_OK};
    if (!v->refused[0] && ifc_scenario_check(v->scenario, &err) != IFC_OK)
        snprintf(v->refused, sizeof v->refused, "%.250s", err.text);
}

static ifc_variant *add_doubled(ifc_explanation *x, const char *of, const char *what)
{
    char name[96];
    snprintf(name, sizeof name, "%s%s%s", of, of[0] ? " " : "", what);
    ifc_variant *v = add(x, IFC_VARIANT_DOUBLED, name);
    v->scenario = copy_of(x->own);
    return v;
}

/* Shorter is better. @offset: of the field in the scenario. Nothing to gain where it is 0 already. */
static void halve_time(ifc_explanation *x, const char *of, const char *what, size_t offset)
{
    ifc_time t;
    memcpy(&t, (const char *)x->own + offset, sizeof t);
    if (t == 0)
        return;
    ifc_variant *v = add_doubled(x, of, what);
    ifc_time half = t / 2;
    memcpy((char *)v->scenario + offset, &half, sizeof half);
    snprintf(v->change, sizeof v->change, "%s -> %s", ifc_format_time((double)t).text,
             ifc_format_time((double)half).text);
    check(v);
}

static void double_rate(ifc_explanation *x, const char *of, const char *what, const char *unit, size_t offset)
{
    double rate;
    memcpy(&rate, (const char *)x->own + offset, sizeof rate);
    if (rate <= 0)
        return;
    ifc_variant *v = add_doubled(x, of, what);
    double twice = 2 * rate;
    memcpy((char *)v->scenario + offset, &twice, sizeof twice);
    snprintf(v->change, sizeof v->change, "%s -> %s", ifc_format_si(rate, unit).text,
             ifc_format_si(twice, unit).text);
    check(v);
}

/* A count goes through the table, which knows how many are allowed. */
static void double_count(ifc_explanation *x, const char *of, const char *what, const char *path, uint32_t n)
{
    char value[32];
    ifc_error err = {.status = IFC_OK};
    ifc_variant *v = add_doubled(x, of, what);
    snprintf(value, sizeof value, "%llu", 2ULL * n);
    snprintf(v->change, sizeof v->change, "%u -> %s", n, value);
    if (ifc_scenario_set(v->scenario, path, value, &err) != IFC_OK)
        snprintf(v->refused, sizeof v->refused, "%.250s", err.text);
    check(v);
}

static void double_group(ifc_explanation *x, uint32_t index)
{
    const ifc_flash_group *g = &x->own->groups[index];
    size_t base = (size_t)((const char *)g - (const char *)x->own);
    char path[IFC_NAME_MAX + 32];
    halve_time(x, g->name, "t_read", base + offsetof(ifc_flash_group, t_read));
    halve_time(x, g->name, "t_program", base + offsetof(ifc_flash_group, t_program));
    if (g->fmacs > 0)
        double_rate(x, g->name, "clock", "Hz", base + offsetof(ifc_flash_group, clock));
    double_rate(x, g->name, "ecc_rate", "B/s", base + offsetof(ifc_flash_group, ecc_rate));
    double_rate(x, g->name, "collect_rate", "B/s", base + offsetof(ifc_flash_group, collect_rate));
    snprintf(path, sizeof path, "flash.groups.%s.dies", g->name);
    double_count(x, g->name, "dies", path, g->dies);
}

static void double_kv_buffer(ifc_explanation *x)
{
    uint64_t bytes = x->own->placement.kv_buffer.bytes;
    ifc_variant *v = add_doubled(x, "", "kv_buffer");
    v->scenario->placement.kv_buffer.bytes = 2 * bytes;
    snprintf(v->change, sizeof v->change, "%s -> %s", ifc_format_buffer(bytes).text,
             ifc_format_buffer(2 * bytes).text);
    check(v);
}

static bool decodes_in_controller(const ifc_scenario *s)
{
    for (uint32_t g = 0; g < s->n_groups; g++)
        if (s->groups[g].fmacs == 0 || s->groups[g].ecc_rate == 0)
            return true;
    return false;
}

static void plan_doubling(ifc_explanation *x)
{
    const ifc_scenario *s = x->own;
    bool decode = s->workload.kind == IFC_WORKLOAD_DECODE;
    for (uint32_t g = 0; g < s->n_groups; g++)
        double_group(x, g);
    double_rate(x, "channel", "rate", "B/s", offsetof(ifc_scenario, channel.rate));
    double_count(x, "channel", "count", "channel.count", s->channel.count);
    halve_time(x, "channel", "command_time", offsetof(ifc_scenario, channel.command_time));
    if (decodes_in_controller(s))
        double_rate(x, "soc", "ecc_rate", "B/s", offsetof(ifc_scenario, soc.ecc_rate));
    if (!decode)
        return;
    double_rate(x, "npu", "rate", "op/s", offsetof(ifc_scenario, npu.rate));
    double_rate(x, "npu", "vector_rate", "op/s", offsetof(ifc_scenario, npu.vector_rate));
    halve_time(x, "npu", "launch", offsetof(ifc_scenario, npu.launch));
    if (s->dram.channels > 0)
        double_rate(x, "dram", "rate", "B/s", offsetof(ifc_scenario, dram.rate));
    if (ifc_scenario_group(s, s->placement.kv) >= 0)
        double_kv_buffer(x);
}

/* One job for the scenario itself, one for each variant that differs from it and can be run. */
static void make_jobs(ifc_explanation *x)
{
    x->jobs = ifc_alloc_zero(x->n, sizeof *x->jobs);
    x->jobs[x->n_jobs++].scenario = x->own;
    for (size_t i = 0; i < x->n; i++) {
        ifc_variant *v = &x->variants[i];
        if (v->refused[0])
            continue;
        v->job = v->scenario ? &x->jobs[x->n_jobs] : x->jobs;
        if (v->scenario)
            x->jobs[x->n_jobs++].scenario = v->scenario;
    }
}

void ifc_explain_plan(ifc_explanation *x, const ifc_scenario *own, unsigned parts)
{
    x->own = own;
    x->parts = parts;
    add(x, IFC_VARIANT_OWN, "");
    if (parts & IFC_EXPLAIN_WATERFALL)
        plan_waterfall(x);
    if (parts & IFC_EXPLAIN_DOUBLING)
        plan_doubling(x);
    make_jobs(x);
}

void ifc_explain_fini(ifc_explanation *x)
{
    for (size_t i = 0; i < x->n_jobs; i++)
        ifc_result_fini(&x->jobs[i].result);
    for (size_t i = 0; i < x->n; i++)
        free(x->variants[i].scenario);
    free(x->jobs);
    free(x->variants);
    memset(x, 0, sizeof *x);
}
