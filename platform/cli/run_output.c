#include "platform/cli/run_output.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "platform/observe/csv.h"
#include "platform/observe/json.h"
#include "platform/observe/output.h"
#include "platform/observe/requests.h"
#include "platform/observe/summary.h"

/* The file name's ending decides; without a known one the format of standard output; text is for people. */
static int stats_format(const ifc_run_output *o)
{
    if (!o->several && ifc_ends_in(o->stats, ".csv"))
        return IFC_FORMAT_CSV;
    if (!o->several && ifc_ends_in(o->stats, ".json"))
        return IFC_FORMAT_JSON;
    return o->format == IFC_FORMAT_CSV ? IFC_FORMAT_CSV : IFC_FORMAT_JSON;
}

/* FOLDER/NAME and @end, for a scenario called .../NAME.cfg */
static void path_in(const char *folder, const char *scenario, const char *end, char *out, size_t size)
{
    const char *slash = strrchr(scenario, '/');
    const char *name = strcmp(scenario, "-") == 0 ? "stdin" : slash ? slash + 1 : scenario;
    const char *dot = strrchr(name, '.');
    int length = dot && dot != name ? (int)(dot - name) : (int)strlen(name);
    snprintf(out, size, "%s/%.*s%s", folder, length, name, end);
}

static void stats_path(const ifc_run_output *o, const char *scenario, char *out, size_t size)
{
    if (!o->several)
        snprintf(out, size, "%s", o->stats);
    else
        path_in(o->stats, scenario, stats_format(o) == IFC_FORMAT_CSV ? ".csv" : ".json", out, size);
}

/* /dev/null takes everything. */
static bool is_device(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && !S_ISREG(st.st_mode);
}

static ifc_status cannot_write(const char *path, ifc_error *err)
{
    return ifc_fail(err, IFC_EOUTPUT, "cannot write %s: %s", path, strerror(errno));
}

/* A name that cannot be written, found out after hours of simulation, would cost the result. */
static ifc_status check_writable(const char *path, ifc_error *err)
{
    struct stat st;
    bool exists = stat(path, &st) == 0;
    if ((exists && S_ISDIR(st.st_mode)) || (!exists && errno != ENOENT)) {
        errno = exists ? EISDIR : errno;
        return cannot_write(path, err);
    }
    char *target = ifc_output_target(path), *folder = target ? ifc_folder_of(target) : NULL;
    bool writable = folder && access(exists && !S_ISREG(st.st_mode) ? path : folder, W_OK) == 0;
    free(target);
    free(folder);
    return writable ? IFC_OK : cannot_write(path, err);
}

static ifc_status check_folder(const char *option, const char *path, ifc_error *err)
{
    struct stat st;
    if (mkdir(path, 0777) != 0 && errno != EEXIST)
        return cannot_write(path, err);
    if (stat(path, &st) == 0 && !S_ISDIR(st.st_mode))
        return ifc_fail(err, IFC_EOUTPUT, "%s: %s is not a folder, and one is needed", option, path);
    return access(path, W_OK | X_OK) == 0 ? IFC_OK : cannot_write(path, err);
}

/* Several scenarios in a folder: each is called otherwise. */
static ifc_status check_names(const ifc_run_output *o, const char *option, const char *folder,
                              const char *end, ifc_error *err)
{
    char a[PATH_MAX], b[PATH_MAX];
    for (size_t i = 0; i < o->n_loaded; i++)
        for (size_t j = i + 1; j < o->n_loaded; j++) {
            path_in(folder, o->loaded[i].scenario->file, end, a, sizeof a);
            path_in(folder, o->loaded[j].scenario->file, end, b, sizeof b);
            if (strcmp(a, b) == 0)
                return ifc_fail(err, IFC_EUSAGE, "%s: %s and %s would both be saved as %s", option,
                                o->loaded[i].scenario->file, o->loaded[j].scenario->file, a);
        }
    return check_folder(option, folder, err);
}

static ifc_status protect_all(const ifc_run_output *o, const char *option, const char *path, ifc_error *err)
{
    const ifc_loaded *loaded = o->loaded;
    size_t n = o->n_loaded;
    ifc_status status = IFC_OK;
    for (size_t i = 0; i < n && status == IFC_OK; i++) {
        status = ifc_loaded_protect(&loaded[i], option, path, err);
        const char *trace = ifc_scenario_trace(loaded[i].scenario);
        if (status == IFC_OK && trace && ifc_same_file(trace, path))
            status = ifc_fail(err, IFC_EUSAGE, "%s: %s holds the requests of %s", option, path,
                              loaded[i].scenario->file);
        const char *operators = loaded[i].scenario->workload.trace;
        if (status == IFC_OK && operators[0] && ifc_same_file(operators, path))
            status = ifc_fail(err, IFC_EUSAGE, "%s: %s holds the operators of %s", option, path,
                              loaded[i].scenario->file);
    }
    return status;
}

static ifc_status check_stats(const ifc_run_output *o, ifc_error *err)
{
    char path[PATH_MAX];
    const char *trace = o->trace, *end = stats_format(o) == IFC_FORMAT_CSV ? ".csv" : ".json";
    ifc_status status = o->several ? check_names(o, "--stats", o->stats, end, err) : IFC_OK;
    for (size_t i = 0; i < o->n_loaded && status == IFC_OK; i++) {
        stats_path(o, o->loaded[i].scenario->file, path, sizeof path);
        status = protect_all(o, "--stats", path, err);
        if (status == IFC_OK)
            status = check_writable(path, err);
    }
    if (status == IFC_OK && trace && ifc_same_file(trace, o->stats) && !is_device(trace))
        status = ifc_fail(err, IFC_EUSAGE, "--stats and --trace: %s and %s are one file", o->stats, trace);
    return status;
}

static ifc_status check_requests(const ifc_run_output *o, ifc_error *err)
{
    const char *const others[] = {o->stats, o->trace};
    ifc_status status = protect_all(o, "--requests", o->requests, err);
    for (size_t i = 0; i < 2 && status == IFC_OK; i++)
        if (others[i] && ifc_same_file(others[i], o->requests) && !is_device(o->requests))
            status = ifc_fail(err, IFC_EUSAGE, "--requests and %s: %s and %s are one file",
                              i ? "--trace" : "--stats", o->requests, others[i]);
    return status == IFC_OK ? check_writable(o->requests, err) : status;
}

ifc_status ifc_run_output_check(const ifc_run_output *o, ifc_error *err)
{
    ifc_status status = o->trace ? protect_all(o, "--trace", o->trace, err) : IFC_OK;
    if (status == IFC_OK && o->requests)
        status = check_requests(o, err);
    if (status == IFC_OK && o->policy_files)
        status = check_names(o, "--policy-files", o->policy_files, "", err);
    return status == IFC_OK && o->stats ? check_stats(o, err) : status;
}

/* Its name is known only now; other outputs are saved later, or were begun. */
ifc_status ifc_run_output_policy(const ifc_run_output *o, const ifc_scenario *s, const char *label,
                                 const char *suffix, const char *data, size_t size, ifc_error *err)
{
    char end[2 * IFC_NAME_MAX], path[PATH_MAX], stats[PATH_MAX] = "";
    snprintf(end, sizeof end, ".%s.%s", label, suffix);
    path_in(o->policy_files, s->file, end, path, sizeof path);
    if (o->stats)
        stats_path(o, s->file, stats, sizeof stats);
    const char *const others[] = {stats, o->requests ? o->requests : "", o->trace ? o->trace : ""};
    ifc_status status = protect_all(o, "--policy-files", path, err);
    for (size_t i = 0; i < 3 && status == IFC_OK; i++)
        if (others[i][0] && ifc_same_file(others[i], path))
            status = ifc_fail(err, IFC_EUSAGE, "--policy-files: %s is another output of this run", path);
    return status == IFC_OK ? ifc_output_save(path, data, size, err) : status;
}

static ifc_status save_stats(const ifc_run_output *o, const ifc_result *r, ifc_error *err)
{
    char path[PATH_MAX];
    stats_path(o, r->scenario->file, path, sizeof path);
    ifc_text text = {0};
    ifc_status status = ifc_text_begin(&text, err);
    if (status != IFC_OK)
        return status;
    if (stats_format(o) == IFC_FORMAT_CSV)
        status = ifc_write_csv(r, false, true, text.stream, err);
    else
        status = ifc_write_stats(r, text.stream, err);
    if (status == IFC_OK)
        status = ifc_text_end(&text, err);
    if (status == IFC_OK)
        status = ifc_output_save(path, text.data, text.size, err);
    ifc_text_fini(&text);
    return status;
}

static ifc_status save_requests(const ifc_run_output *o, const ifc_result *r, ifc_error *err)
{
    ifc_text text = {0};
    ifc_status status = ifc_text_begin(&text, err);
    if (status != IFC_OK)
        return status;
    status = ifc_write_requests(r, text.stream, err);
    if (status == IFC_OK)
        status = ifc_text_end(&text, err);
    if (status == IFC_OK)
        status = ifc_output_save(o->requests, text.data, text.size, err);
    ifc_text_fini(&text);
    return status;
}

static ifc_status compose(const ifc_run_output *o, const ifc_result *r, FILE *out, ifc_error *err)
{
    bool first = o->printed == 0;
    switch (o->format) {
    case IFC_FORMAT_JSON:
        if (o->several)
            fputs(first ? "[\n" : ",\n", out);
        return ifc_write_stats(r, out, err);
    case IFC_FORMAT_CSV:
        return ifc_write_csv(r, o->several, first, out, err);
    default:
        if (!first)
            fputs("\n\n", out);
        return ifc_write_summary(r, out, err);
    }
}

static ifc_status print(ifc_run_output *o, const ifc_result *r, ifc_error *err)
{
    ifc_text text = {0};
    ifc_status status = ifc_text_begin(&text, err);
    if (status != IFC_OK)
        return status;
    status = compose(o, r, text.stream, err);
    if (status == IFC_OK)
        status = ifc_text_end(&text, err);
    if (status == IFC_OK)
        status = ifc_output_save(NULL, text.data, text.size, err);
    o->broken = status != IFC_OK;
    o->printed++;
    ifc_text_fini(&text);
    return status;
}

ifc_status ifc_run_output_add(ifc_run_output *o, const ifc_result *r, ifc_error *err)
{
    /* The file first: what is to be kept must not be lost to a closed pipe. */
    ifc_status saved = o->stats ? save_stats(o, r, err) : IFC_OK;
    if (saved == IFC_OK && o->requests)
        saved = save_requests(o, r, err);
    ifc_status printed = o->broken ? IFC_OK : print(o, r, err);
    return saved != IFC_OK ? saved : printed;
}

ifc_status ifc_run_output_end(ifc_run_output *o, ifc_error *err)
{
    if (o->format != IFC_FORMAT_JSON || !o->several || o->broken)
        return IFC_OK;
    const char *text = o->printed == 0 ? "[]\n" : "]\n";
    return ifc_output_save(NULL, text, strlen(text), err);
}
