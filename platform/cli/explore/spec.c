#include "platform/cli/explore/spec.h"

#include <libconfig.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "platform/common/memory.h"
#include "platform/observe/output.h"
#include "platform/scenario/layers.h"
#include "platform/scenario/param.h"
#include "platform/scenario/shipped.h"
#include "platform/scenario/source.h"

/* The settings that hold texts, by name: the long options. */
typedef struct setting {
    const char *name;
    ifc_texts *texts;
} setting;

enum { N_TEXTS = 6 };

static void settings_of(ifc_spec *s, setting out[N_TEXTS])
{
    out[0] = (setting){"over", &s->over};
    out[1] = (setting){"with", &s->with};
    out[2] = (setting){"where", &s->where};
    out[3] = (setting){"for", &s->objectives};
    out[4] = (setting){"per", &s->per};
    out[5] = (setting){"set", &s->sets};
}

static ifc_status wrong(const char *file, const config_setting_t *s, const char *what, ifc_error *err)
{
    return ifc_fail(err, IFC_EDATA, "%s:%u: %s: %s", file, config_setting_source_line(s),
                    config_setting_name(s), what);
}

static ifc_status read_texts(const char *file, const config_setting_t *s, ifc_texts *out, ifc_error *err)
{
    static const char what[] = "needs a text, or several as in (\"workload.context=1K..8K*2\", \"...\")";
    const char *text = config_setting_get_string(s);
    int n = config_setting_is_list(s) || config_setting_is_array(s) ? config_setting_length(s) : 0;
    if (text)
        ifc_texts_add(out, text, strlen(text));
    else if (n == 0 && !config_setting_is_list(s) && !config_setting_is_array(s))
        return wrong(file, s, what, err);
    for (int i = 0; i < n; i++) {
        text = config_setting_get_string_elem(s, i);
        if (!text)
            return wrong(file, s, what, err);
        ifc_texts_add(out, text, strlen(text));
    }
    return IFC_OK;
}

static ifc_status read_setting(ifc_spec *spec, const char *file, const config_setting_t *s, ifc_error *err)
{
    const char *name = config_setting_name(s), *text = config_setting_get_string(s);
    setting texts[N_TEXTS];
    settings_of(spec, texts);
    for (int i = 0; i < N_TEXTS; i++)
        if (strcmp(texts[i].name, name) == 0)
            return read_texts(file, s, texts[i].texts, err);
    if (strcmp(name, "points") == 0) {
        long long n = config_setting_get_int64(s);
        spec->points = n > 0 ? (size_t)n : 0;
        return n > 0 ? IFC_OK : wrong(file, s, "needs a whole number above 0", err);
    }
    if (strcmp(name, "scenario") == 0 && text) {
        free(spec->scenario);
        spec->scenario = ifc_layers_resolve(file, text);
        if (access(spec->scenario, F_OK) != 0) { /* the name of a shipped one */
            free(spec->scenario);
            spec->scenario = ifc_copy_text(text);
        }
    } else if (strcmp(name, "digest") == 0 && text) {
        snprintf(spec->digest, sizeof spec->digest, "%s", text);
    } else if (strcmp(name, "shard") == 0 && text) {
        if (sscanf(text, "%zu/%zu", &spec->shard, &spec->shards) != 2 || spec->shard == 0 ||
            spec->shard > spec->shards)
            return wrong(file, s, "needs \"K/N\"", err);
    } else {
        return wrong(file, s, "unknown, or not a text (allowed: scenario, over, with, where, for, per, set)",
                     err);
    }
    return IFC_OK;
}

/* Why reading @file failed, from the diagnostics of the reader. */
static ifc_status first_of(const ifc_diagnostics *d, ifc_status status, ifc_error *err)
{
    return ifc_fail(err, status, "%s", d->n ? d->items[0].text : "cannot be read");
}

/* Read once: it may be a pipe. @may_be_scenario: without "over" it is the scenario itself. */
static ifc_status read_file(ifc_spec *spec, const char *file, bool may_be_scenario, ifc_error *err)
{
    ifc_source source;
    ifc_diagnostics diag = {0};
    config_t config;
    ifc_status status = ifc_source_read(&source, file, file, &diag);
    if (status != IFC_OK) {
        status = first_of(&diag, status, err);
        ifc_diagnostics_fini(&diag);
        return status;
    }
    config_init(&config);
    if (config_read_string(&config, source.text) != CONFIG_TRUE)
        status = ifc_fail(err, IFC_EDATA, "%s:%d: %s", file, config_error_line(&config),
                          config_error_text(&config));
    const config_setting_t *root = config_root_setting(&config);
    if (status == IFC_OK && may_be_scenario && !config_lookup(&config, "over"))
        spec->scenario = ifc_copy_text(file);
    else
        for (int i = 0; status == IFC_OK && i < config_setting_length(root); i++)
            status = read_setting(spec, file, config_setting_get_elem(root, (unsigned)i), err);
    config_destroy(&config);
    free(source.text);
    ifc_diagnostics_fini(&diag);
    return status;
}

ifc_status ifc_spec_read(ifc_spec *spec, const char *file, ifc_error *err)
{
    return read_file(spec, file, false, err);
}

/* A config.json is a scenario, and no text of libconfig. */
static bool is_json(const char *file)
{
    size_t n = strlen(file);
    return n > 5 && strcmp(file + n - 5, ".json") == 0;
}

ifc_status ifc_spec_open(ifc_spec *spec, const char *file, ifc_error *err)
{
    struct stat what;
    char *shipped = ifc_shipped_find(file);
    ifc_status status = IFC_OK;
    if (shipped || is_json(file))
        spec->scenario = shipped ? shipped : ifc_copy_text(file);
    else
        status = read_file(spec, file, true, err);
    if (status == IFC_OK && !spec->scenario)
        status = ifc_fail(err, IFC_EDATA, "%s: scenario: missing", file);
    if (status != IFC_OK)
        return status;
    shipped = ifc_shipped_find(spec->scenario);
    if (shipped) {
        free(spec->scenario);
        spec->scenario = shipped;
    }
    if (strcmp(spec->scenario, "-") == 0 || (stat(spec->scenario, &what) == 0 && !S_ISREG(what.st_mode)))
        return ifc_fail(err, IFC_EUSAGE, "%s: a scenario is read for each point: it must be a file",
                        spec->scenario);
    return IFC_OK;
}

/* As one text in quotes, however long it is. */
static void write_quoted(FILE *out, const char *text)
{
    size_t size = 4 * strlen(text) + 3;
    char *quoted = ifc_alloc_zero(size, 1);
    ifc_text_quote(text, quoted, size);
    fputs(quoted, out);
    free(quoted);
}

static void write_text(FILE *out, const char *name, const char *text)
{
    fprintf(out, "%s = ", name);
    write_quoted(out, text);
    fputs(";\n", out);
}

static void write_texts(FILE *out, const char *name, const ifc_texts *texts)
{
    if (texts->n == 0)
        return;
    fprintf(out, "%s = (", name);
    for (size_t i = 0; i < texts->n; i++) {
        fputs(i ? ", " : "", out);
        write_quoted(out, texts->all[i]);
    }
    fputs(");\n", out);
}

/* The file as a text. */
static ifc_status compose(const ifc_spec *spec, ifc_text *text, ifc_error *err)
{
    ifc_spec copy = *spec; /* shares the texts; nothing is changed */
    setting texts[N_TEXTS];
    ifc_status status = ifc_text_begin(text, err);
    if (status != IFC_OK)
        return status;
    settings_of(&copy, texts);
    fputs("# What ifcsim explore was asked; it is read again by --resume and merge.\n", text->stream);
    write_text(text->stream, "scenario", spec->scenario);
    for (int i = 0; i < N_TEXTS; i++)
        write_texts(text->stream, texts[i].name, texts[i].texts);
    fprintf(text->stream, "points = %zuL;\n", spec->points);
    if (spec->shards > 0)
        fprintf(text->stream, "shard = \"%zu/%zu\";\n", spec->shard, spec->shards);
    write_text(text->stream, "digest", spec->digest);
    return ifc_text_end(text, err);
}

ifc_status ifc_spec_check(const ifc_spec *spec, ifc_error *err)
{
    ifc_text text = {0};
    ifc_status status = compose(spec, &text, err);
    if (status == IFC_OK && text.size > IFC_SOURCE_MAX)
        status = ifc_fail(err, IFC_EUSAGE,
                          "the question takes %zu bytes of " IFC_SPEC_FILE
                          " (allowed: %d); a range is shorter than a list",
                          text.size, IFC_SOURCE_MAX);
    ifc_text_fini(&text);
    return status;
}

ifc_status ifc_spec_save(const ifc_spec *spec, const char *file, ifc_error *err)
{
    ifc_text text = {0};
    ifc_status status = compose(spec, &text, err);
    if (status == IFC_OK)
        status = ifc_output_save(file, text.data, text.size, err);
    ifc_text_fini(&text);
    return status;
}

void ifc_spec_fini(ifc_spec *spec)
{
    setting texts[N_TEXTS];
    settings_of(spec, texts);
    for (int i = 0; i < N_TEXTS; i++)
        ifc_texts_fini(texts[i].texts);
    free(spec->scenario);
    memset(spec, 0, sizeof *spec);
}
