/*
 * libifcsim: the command line's load and run, behind a C interface that knows nothing of the rest.
 */
#include <ifcsim.h>

#include <jansson.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "components/system/machine.h"
#include "platform/common/memory.h"
#include "platform/jobs/fork_run.h"
#include "platform/jobs/stop.h"
#include "platform/library/shared.h"
#include "platform/observe/json.h"
#include "platform/observe/output.h"
#include "platform/registry/choices.h"
#include "platform/scenario/load.h"
#include "platform/scenario/shipped.h"

struct ifcsim_scenario {
    char *file;            /* owned; as it is opened */
    ifc_scenario *scratch; /* owned; what was set is tried here first */
    char **sets;           /* owned; "PATH=VALUE" in the order of the calls */
    size_t n, room;
};

struct ifcsim_result {
    ifc_text text; /* the JSON */
    json_t *root;  /* owned */
};

static __thread char *last_error; /* owned */

const char *ifcsim_version(void)
{
    return IFC_VERSION;
}

const char *ifcsim_error(void)
{
    return last_error ? last_error : "";
}

void ifc__library_clear(void)
{
    free(last_error);
    last_error = NULL;
}

ifcsim_status ifc__library_fail(ifc_status status, const ifc_diagnostics *diag, const ifc_error *err)
{
    ifc_text text = {0};
    ifc_error none = {.status = IFC_OK};
    ifc__library_clear();
    if (!diag || diag->n == 0) {
        last_error = ifc_copy_text(err->text);
    } else if (ifc_text_begin(&text, &none) == IFC_OK) {
        ifc_diagnostics_print(text.stream, diag);
        if (ifc_text_end(&text, &none) == IFC_OK) {
            text.data[text.size - 1] = '\0';
            last_error = ifc_copy_text(text.data);
        }
    }
    ifc_text_fini(&text);
    return (ifcsim_status)status;
}

/* As the command line does it: read all, settle the policies. @out: origins go with it. */
static ifcsim_status read_scenario(const char *file, char *const *sets, size_t n, ifc_scenario *out)
{
    ifc_diagnostics diag = {0};
    ifc_error err = {.status = IFC_OK};
    ifc_origins *origins = NULL;
    ifc_status status = ifc_scenario_load(out, file, (const char *const *)sets, n, &origins, &diag, &err);
    if (status == IFC_OK)
        status = ifc_choices_settle(out, origins, true, &diag);
    if (status != IFC_OK)
        (void)ifc__library_fail(status, &diag, &err);
    ifc_origins_free(origins);
    ifc_diagnostics_fini(&diag);
    return (ifcsim_status)status;
}

ifcsim_status ifc__library_read(const ifcsim_scenario *s, ifc_scenario *out)
{
    return read_scenario(s->file, s->sets, s->n, out);
}

ifcsim_status ifc__library_fail_with(ifcsim_status status, const char *format, ...)
{
    va_list arguments;
    ifc__library_clear();
    va_start(arguments, format);
    if (vasprintf(&last_error, format, arguments) < 0)
        last_error = NULL;
    va_end(arguments);
    return status;
}

ifcsim_status ifcsim_load(const char *name, ifcsim_scenario **out)
{
    ifc__library_clear();
    ifcsim_scenario *s = ifc_alloc_zero(1, sizeof *s);
    s->file = ifc_shipped_find(name);
    if (!s->file)
        s->file = ifc_copy_text(name);
    s->scratch = ifc_alloc_zero(1, sizeof *s->scratch);
    ifcsim_status status = read_scenario(s->file, NULL, 0, s->scratch);
    if (status != IFCSIM_OK) {
        ifcsim_free(s);
        s = NULL;
    }
    *out = s;
    return status;
}

ifcsim_status ifcsim_set(ifcsim_scenario *s, const char *path, const char *value)
{
    ifc_error err = {.status = IFC_OK};
    char *set = NULL;
    ifc__library_clear();
    ifc_status status = ifc_scenario_set(s->scratch, path, value, &err);
    if (status != IFC_OK)
        return ifc__library_fail(status, NULL, &err);
    if (asprintf(&set, "%s=%s", path, value) < 0) {
        (void)ifc_fail(&err, IFC_EINTERNAL, "out of memory");
        return ifc__library_fail(IFC_EINTERNAL, NULL, &err);
    }
    s->sets = ifc_grow(s->sets, &s->room, s->n, sizeof *s->sets);
    s->sets[s->n++] = set;
    return IFCSIM_OK;
}

/* What a run in the child shows to its parent. The parent may read a mixture of two moments: it is for
 * people. */
typedef struct shared_run {
    volatile ifc_progress progress;
    unsigned flags;
} shared_run;

/* The parent's side of a run. */
typedef struct watched_run {
    shared_run *shared;
    ifcsim_watcher watcher;
    void *arg;
    volatile sig_atomic_t stop;
} watched_run;

static void show_parent(void *arg, const ifc_progress *p)
{
    shared_run *shared = arg;
    shared->progress = *p;
}

ifc_status ifc__library_simulate(const ifc_scenario *s, ifc_run_options *o, ifc_result *out, ifc_error *err)
{
    o->program = "libifcsim";
    o->stop = &ifc_stop_requested;
    ifc_stop_install();
    ifc_status status = ifc_machine_run(s, o, out, err);
    if (status == IFC_ENOFIT || status == IFC_EINTERRUPTED) {
        status = IFC_OK; /* results like any other: out->outcome says so */
        *err = (ifc_error){.status = IFC_OK};
    }
    if (status == IFC_OK && !out->scenario_hash[0])
        ifc_scenario_hash(s, out->scenario_hash);
    return status;
}

static ifc_status run_in_child(const ifc_scenario *s, void *arg, ifc_result *out, ifc_error *err)
{
    watched_run *w = arg;
    ifc_run_options o = {.detail = (w->shared->flags & IFCSIM_DETAIL) != 0,
                         .progress = show_parent,
                         .progress_arg = w->shared};
    return ifc__library_simulate(s, &o, out, err);
}

static double share_done(const ifc_progress *p)
{
    if (p->total_requests > 0)
        return (double)p->requests / (double)p->total_requests;
    double layer = p->layers > 0 ? (double)p->layer / p->layers : 0.0;
    double share = p->tokens > 0 ? (p->token + layer) / p->tokens : 0.0;
    return share < 1.0 ? share : 1.0;
}

static void tell_watcher(void *arg)
{
    watched_run *w = arg;
    if (!w->watcher || w->stop)
        return;
    ifc_progress p = w->shared->progress;
    ifcsim_progress shown = {.share = share_done(&p),
                             .now_ps = p.now,
                             .token = p.token,
                             .tokens = p.tokens,
                             .layer = p.layer,
                             .layers = p.layers,
                             .requests = p.requests,
                             .total_requests = p.total_requests};
    if (w->watcher(w->arg, &shown) != 0)
        w->stop = 1;
}

ifc_status ifc__library_keep(const ifc_result *r, ifcsim_result **out, ifc_error *err)
{
    ifcsim_result *kept = ifc_alloc_zero(1, sizeof *kept);
    ifc_status status = ifc_text_begin(&kept->text, err);
    if (status == IFC_OK)
        status = ifc_write_stats(r, kept->text.stream, err);
    if (status == IFC_OK)
        status = ifc_text_end(&kept->text, err);
    if (status == IFC_OK && !(kept->root = json_loadb(kept->text.data, kept->text.size, 0, NULL)))
        status = ifc_fail(err, IFC_EINTERNAL, "out of memory for the statistics");
    if (status != IFC_OK) {
        ifcsim_result_free(kept);
        kept = NULL;
    }
    *out = kept;
    return status;
}

ifcsim_status ifc__library_outcome(const ifc_scenario *s, const ifc_result *r)
{
    ifc_status status = r->outcome == IFC_RUN_OUT_OF_MEMORY ? IFC_ENOFIT
                        : r->outcome == IFC_RUN_INTERRUPTED ? IFC_EINTERRUPTED
                                                            : IFC_OK;
    if (status == IFC_OK)
        return IFCSIM_OK;
    return ifc__library_fail_with((ifcsim_status)status, "%s: %s", s->file, ifc_status_text(status));
}

static ifcsim_status run_scenario(const ifc_scenario *s, watched_run *w, ifcsim_result **out)
{
    ifc_error err = {.status = IFC_OK};
    ifc_fork_job job = {.scenario = s};
    ifc_fork_options o = {.parallel = 1,
                          .run = run_in_child,
                          .run_arg = w,
                          .tick = tell_watcher,
                          .tick_arg = w,
                          .stop = &w->stop};
    ifc_status status = ifc_fork_runs(&job, 1, &o, &err);
    if (status == IFC_OK && job.status != IFC_OK) {
        status = job.status;
        err = job.error;
    }
    if (status == IFC_OK)
        status = ifc__library_keep(&job.result, out, &err);
    ifcsim_status outcome =
        status == IFC_OK ? ifc__library_outcome(s, &job.result) : ifc__library_fail(status, NULL, &err);
    ifc_result_fini(&job.result);
    return outcome;
}

ifcsim_status ifcsim_run(const ifcsim_scenario *s, unsigned flags, ifcsim_watcher watcher, void *arg,
                         ifcsim_result **out)
{
    ifc__library_clear();
    *out = NULL;
    ifc_scenario *whole = ifc_alloc_zero(1, sizeof *whole);
    ifcsim_status status = ifc__library_read(s, whole);
    shared_run *shared =
        mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (status == IFCSIM_OK && shared == MAP_FAILED) {
        ifc_error err = {.status = IFC_OK};
        (void)ifc_fail(&err, IFC_EINTERNAL, "out of memory for a run");
        status = ifc__library_fail(IFC_EINTERNAL, NULL, &err);
    }
    if (status == IFCSIM_OK) {
        watched_run w = {.shared = shared, .watcher = watcher, .arg = arg};
        shared->flags = flags;
        status = run_scenario(whole, &w, out);
    }
    if (shared != MAP_FAILED)
        munmap(shared, sizeof *shared);
    free(whole);
    return status;
}

/* The element of a list that @n characters of @step name: by its "name", or by its index. */
static json_t *element(const json_t *list, const char *step, size_t n)
{
    size_t i;
    json_t *value;
    json_array_foreach((json_t *)list, i, value)
    {
        const char *name = json_string_value(json_object_get(value, "name"));
        if (name && strlen(name) == n && strncmp(name, step, n) == 0)
            return value;
    }
    char *end;
    unsigned long index = strtoul(step, &end, 10);
    return n > 0 && strspn(step, "0123456789") >= n ? json_array_get(list, index) : NULL;
}

static const json_t *at_path(const json_t *at, const char *path)
{
    while (at && *path) {
        size_t n = strcspn(path, ".");
        char key[256];
        snprintf(key, sizeof key, "%.*s", (int)n, path);
        at = json_is_array(at) ? element(at, path, n) : json_object_get(at, key);
        path += n + (path[n] == '.');
    }
    return at;
}

int ifcsim_number(const ifcsim_result *r, const char *path, double *out)
{
    const json_t *value = at_path(r->root, path);
    if (!json_is_number(value))
        return 0;
    *out = json_number_value(value);
    return 1;
}

const char *ifcsim_text(const ifcsim_result *r, const char *path)
{
    return json_string_value(at_path(r->root, path));
}

const char *ifcsim_json(const ifcsim_result *r)
{
    return r->text.data;
}

void ifcsim_free(ifcsim_scenario *s)
{
    if (!s)
        return;
    for (size_t i = 0; i < s->n; i++)
        free(s->sets[i]);
    free(s->sets);
    free(s->scratch);
    free(s->file);
    free(s);
}

void ifcsim_result_free(ifcsim_result *r)
{
    if (!r)
        return;
    json_decref(r->root);
    ifc_text_fini(&r->text);
    free(r);
}
