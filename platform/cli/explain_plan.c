/*
 * The variants of a scenario: its waterfall of effects, and the jobs that run them all.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "platform/cli/explain.h"
#include "platform/common/memory.h"
#include "platform/observe/format.h"
#include "platform/scenario/load.h"

/* A published rate of a die stands for its tR when it is no further from it than rounding takes it. */
#define ROUNDING 0.05

ifc_variant *ifc__explain_add(ifc_explanation *x, int kind, const char *name)
{
    x->variants = ifc_grow(x->variants, &x->room, x->n, sizeof *x->variants);
    ifc_variant *v = &x->variants[x->n++];
    *v = (ifc_variant){.kind = kind};
    snprintf(v->name, sizeof v->name, "%s", name);
    return v;
}

ifc_scenario *ifc__explain_copy(const ifc_scenario *s)
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

/* The tR that the published rate of a die comes to; its own where none is published, or of another die. */
static ifc_time published_of(const ifc_flash_group *g)
{
    if (g->published_rate <= 0)
        return g->t_read;
    double own = (double)g->t_read, t = (double)g->planes * (double)g->page / g->published_rate * 1e12;
    return fabs(t - own) <= ROUNDING * own ? (ifc_time)(t + 0.5) : g->t_read;
}

static void published_t_read(ifc_scenario *s)
{
    for (uint32_t g = 0; g < s->n_groups; g++)
        s->groups[g].t_read = published_of(&s->groups[g]);
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

/* The first group that changes stands for all. */
static void describe_t_read(const ifc_scenario *own, char *out, size_t size)
{
    uint32_t i = 0;
    while (i + 1 < own->n_groups && published_of(&own->groups[i]) == own->groups[i].t_read)
        i++;
    const ifc_flash_group *g = &own->groups[i];
    snprintf(out, size, "%s -> %s", ifc_format_time((double)published_of(g)).text,
             ifc_format_time((double)g->t_read).text);
}

static void describe_step(const ifc_scenario *own, const char *name, char *out, size_t size)
{
    if (strcmp(name, "t_read") == 0)
        describe_t_read(own, out, size);
    else if (strcmp(name, "npu_launch") == 0)
        snprintf(out, size, "0 s -> %s", ifc_format_time((double)own->npu.launch).text);
    else if (strcmp(name, "dram_latency") == 0)
        snprintf(out, size, "0 s -> %s", ifc_format_time((double)own->dram.latency).text);
    else
        snprintf(out, size, "off -> on");
}

static void plan_waterfall(ifc_explanation *x)
{
    ifc_scenario *scratch = ifc__explain_copy(x->own);
    size_t taken[N_STEPS], n = 0;
    for (size_t i = 0; i < N_STEPS; i++)
        if (takes(x->own, i, scratch))
            taken[n++] = i;
    for (size_t k = 0; k <= n; k++) {
        const char *name = k == 0 ? "all off" : steps[taken[k - 1]].name;
        ifc_variant *v = ifc__explain_add(x, IFC_VARIANT_STEP, name);
        if (k > 0)
            describe_step(x->own, name, v->change, sizeof v->change);
        if (k == n)
            break; /* all steps taken: the scenario itself */
        v->scenario = ifc__explain_copy(x->own);
        for (size_t j = k; j < n; j++)
            steps[taken[j]].off(v->scenario);
    }
    free(scratch);
}

static ifc_fork_job *add_job(ifc_explanation *x, const ifc_scenario *s)
{
    x->jobs[x->n_jobs].scenario = s;
    return &x->jobs[x->n_jobs++];
}

void ifc_explain_make_jobs(ifc_explanation *x)
{
    x->jobs = ifc_alloc_zero(x->n + 2, sizeof *x->jobs);
    x->base = add_job(x, x->own);
    if (x->longer)
        x->base = add_job(x, x->longer);
    for (size_t i = 0; i < x->n; i++) {
        ifc_variant *v = &x->variants[i];
        if (v->kind == IFC_VARIANT_OWN)
            v->job = x->jobs;
        else if (!v->refused[0])
            v->job = v->scenario ? add_job(x, v->scenario) : x->base;
    }
}

void ifc_explain_plan(ifc_explanation *x, const ifc_scenario *own, unsigned parts)
{
    x->own = own;
    x->parts = parts;
    ifc__explain_add(x, IFC_VARIANT_OWN, "");
    if (parts & IFC_EXPLAIN_WATERFALL)
        plan_waterfall(x);
    if (parts & IFC_EXPLAIN_DOUBLING)
        ifc__explain_double(x);
}

void ifc_explain_fini(ifc_explanation *x)
{
    for (size_t i = 0; i < x->n_jobs; i++)
        ifc_result_fini(&x->jobs[i].result);
    for (size_t i = 0; i < x->n; i++)
        free(x->variants[i].scenario);
    free(x->jobs);
    free(x->variants);
    free(x->longer);
    memset(x, 0, sizeof *x);
}
