#include "tests/unit/support/sim.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "components/system/machine.h"
#include "platform/jobs/fork_run.h"

static void __attribute__((noreturn)) give_up(const char *what, const char *why)
{
    fprintf(stderr, "test cannot go on: %s: %s\n", what, why);
    exit(2);
}

static void *memory(size_t n, size_t size)
{
    void *p = calloc(n ? n : 1, size);
    if (!p)
        give_up("memory", "none left");
    return p;
}

ifc_scenario *sim_load(const char *name, const char *const *sets)
{
    ifc_scenario *s = memory(1, sizeof *s);
    ifc_error err = {.status = IFC_OK};
    char path[IFC_PATH_MAX];
    size_t n = 0;
    while (sets && sets[n])
        n++;
    snprintf(path, sizeof path, "%s/scenarios/%s", IFC_SOURCE_DIR, name);
    if (ifc_scenario_load(s, path, sets, n, NULL, NULL, &err) != IFC_OK)
        give_up(name, err.text);
    return s;
}

static void assign(ifc_scenario *s, const char *text)
{
    ifc_error err = {.status = IFC_OK};
    const char *equals = strchr(text, '=');
    char path[IFC_PATH_MAX];
    if (!equals)
        give_up(text, "no assignment");
    snprintf(path, sizeof path, "%.*s", (int)(equals - text), text);
    if (ifc_scenario_set(s, path, equals + 1, &err) != IFC_OK)
        give_up(text, err.text);
}

ifc_scenario *sim_new(const char *const *sets)
{
    ifc_scenario *s = memory(1, sizeof *s);
    ifc_scenario_init(s);
    snprintf(s->file, sizeof s->file, "test");
    for (size_t i = 0; sets[i]; i++)
        assign(s, sets[i]);
    return s;
}

void sim_set(ifc_scenario *s, const char *format, ...)
{
    char text[IFC_PATH_MAX];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    assign(s, text);
}

static ifc_status run_in_child(const ifc_scenario *s, void *arg, ifc_result *out, ifc_error *err)
{
    (void)arg;
    ifc_status status = ifc_scenario_check(s, err);
    return status == IFC_OK ? ifc_machine_run(s, &(ifc_run_options){.program = "test"}, out, err) : status;
}

void sim_run_all(sim_run *runs, size_t n)
{
    ifc_fork_job *jobs = memory(n, sizeof *jobs);
    ifc_fork_options options = {.run = run_in_child};
    ifc_error err = {.status = IFC_OK};
    for (size_t i = 0; i < n; i++)
        jobs[i].scenario = runs[i].scenario;
    if (ifc_fork_runs(jobs, n, &options, &err) != IFC_OK)
        give_up("runs", err.text);
    for (size_t i = 0; i < n; i++) {
        runs[i].status = jobs[i].status;
        runs[i].result = jobs[i].result;
        snprintf(runs[i].error, sizeof runs[i].error, "%s", jobs[i].error.text);
    }
    free(jobs);
}

sim_run sim_run_one(ifc_scenario *s)
{
    sim_run run = {.scenario = s};
    sim_run_all(&run, 1);
    if (run.status != IFC_OK && run.status != IFC_ENOFIT && run.status != IFC_EINTERRUPTED)
        printf("\n    %s\n", run.error);
    return run;
}

void sim_run_fini(sim_run *run)
{
    ifc_result_fini(&run->result);
    free(run->scenario);
    memset(run, 0, sizeof *run);
}

double sim_energy(const ifc_result *r, const char *row)
{
    double sum = 0;
    for (uint32_t i = 0; i < r->n_energy; i++)
        if (!row || strcmp(r->energy[i].name, row) == 0)
            sum += r->energy[i].joule;
    return sum;
}

const ifc_resource_row *sim_resource(const ifc_result *r, const char *name)
{
    for (uint32_t i = 0; i < r->n_resources; i++)
        if (strcmp(r->resources[i].name, name) == 0)
            return &r->resources[i];
    give_up(name, "the result has no such resource");
}

ifc_time sim_latency(const ifc_result *r)
{
    ifc_time sum = 0;
    for (uint32_t i = 0; i < r->tokens; i++)
        sum += r->token_latency[i];
    return sum;
}

struct figure {
    const char *name;
    double value;
};

static bool sane(const struct figure *figures, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!isfinite(figures[i].value) || figures[i].value < 0) {
            printf("\n    %s is %g\n", figures[i].name, figures[i].value);
            return false;
        }
    return true;
}
#define SANE(...)                                                                                            \
    sane((const struct figure[]){__VA_ARGS__}, sizeof((struct figure[]){__VA_ARGS__}) / sizeof(struct figure))

bool sim_finite(const ifc_result *r)
{
    const ifc_stream_result *t = &r->stream;
    bool ok = SANE({"KV buffer mean", r->kv_buffer_mean}, {"peak power", r->peak_power},
                   {"end time", (double)r->end_time}, {"bandwidth", t->bytes_per_second},
                   {"bus limit", t->bus_limit}, {"array limit", t->array_limit},
                   {"compute limit", t->compute_limit}, {"wait", t->wait_mean_ps},
                   {"latency", (double)t->latency.mean});
    for (uint32_t i = 0; i < r->n_energy; i++)
        ok = SANE({r->energy[i].name, r->energy[i].joule}) && ok;
    for (uint32_t i = 0; i < r->n_rates; i++) {
        const ifc_rate_row *x = &r->rates[i];
        ok = SANE({x->name, x->attained}, {x->name, x->peak}, {x->name, x->busy_share}) && ok;
    }
    for (uint32_t i = 0; i < r->n_wear; i++) {
        const ifc_wear_row *w = &r->wear[i];
        ok = SANE({w->group, w->pe_mean}, {w->group, w->pe_max}, {w->group, w->reads_per_block_mean},
                  {w->group, w->reads_per_block_max}, {w->group, w->refreshes_per_token},
                  {w->group, w->lifetime_tokens}) &&
             ok;
    }
    return ok;
}

bool sim_near(const char *what, double a, double b, double relative, double absolute)
{
    bool near = isfinite(a) && fabs(a - b) <= relative * fabs(b) + absolute;
    if (!near)
        printf("\n    %s: %.12g, expected %.12g (off by %.4g %%)\n", what, a, b,
               b != 0 ? 100.0 * (a - b) / b : 100.0);
    return near;
}

const ifc_operator_row *sim_operator(const ifc_result *r, const char *name)
{
    static const ifc_operator_row none;
    for (uint32_t i = 0; i < r->n_operators; i++)
        if (strcmp(r->operators[i].name, name) == 0)
            return &r->operators[i];
    return &none;
}
