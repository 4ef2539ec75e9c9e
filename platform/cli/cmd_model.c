#include "platform/cli/command.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "platform/cli/scenarios.h"
#include "platform/common/memory.h"
#include "platform/scenario/remarks.h"
#include "platform/scenario/shipped.h"
#include "workloads/model.h"

typedef struct model_arguments {
    ifc_words files, sets;
    int format;
} model_arguments;

enum { FORMAT_TEXT, FORMAT_JSON };
static const char *const format_names[] = {"text", "json", NULL};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    model_arguments *a = state->input;
    switch (key) {
    case 's':
        ifc_words_add(&a->sets, arg);
        return 0;
    case 'f':
        a->format = ifc_cli_choice(state, "--format", arg, format_names);
        return 0;
    case ARGP_KEY_ARG:
        ifc_words_add(&a->files, arg);
        return 0;
    case ARGP_KEY_NO_ARGS:
        ifc_cli_error(state, "no config.json and no scenario file given");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* The figures in the order in which they are printed. */
static json_t *count(const ifc_scenario *s)
{
    const ifc_model *m = &s->model;
    ifc_model_counts c;
    ifc_model_count(m, &c);
    json_t *bytes = json_object();
    for (int i = 0; i < IFC_WEIGHT_CLASSES; i++)
        json_object_set_new(bytes, ifc_weight_class_name((ifc_weight_class)i),
                            json_integer((json_int_t)c.bytes[i]));
    json_t *figures = json_pack("{s:s, s:I, s:I, s:o, s:I, s:I, s:I, s:I}", "name", m->name, "parameters",
                                (json_int_t)ifc_weight_sum(c.weights), "active_parameters",
                                (json_int_t)ifc_weight_sum(c.active), "weight_bytes", bytes,
                                "all_weight_bytes", (json_int_t)ifc_weight_sum(c.bytes), "kv_bytes_per_token",
                                (json_int_t)ifc_model_kv_bytes(m), "context", (json_int_t)s->workload.context,
                                "kv_bytes", (json_int_t)ifc_model_kv_bytes_at(m, s->workload.context));
    IFC_BUG_ON(!figures, "out of memory for the figures of a model");
    return figures;
}

/* Return: NULL when the file is refused, which is said. */
static json_t *read_and_count(const char *file, const ifc_words *sets, ifc_status *first)
{
    ifc_diagnostics diag = {0};
    ifc_origins *origins = NULL;
    ifc_error err = {.status = IFC_OK};
    ifc_scenario *s = ifc_alloc_zero(1, sizeof *s);
    json_t *figures = NULL;
    char *shipped = ifc_shipped_find(file);
    ifc_status status =
        ifc_scenario_load_model(s, shipped ? shipped : file, sets->all, sets->n, &origins, &diag, &err);
    if (status == IFC_OK) {
        ifc_scenario_model_remarks(s, stderr);
        figures = count(s);
    } else {
        fflush(stdout);
        ifc_diagnostics_print(stderr, &diag);
    }
    if (status == IFC_ENOINPUT && !shipped)
        ifc_shipped_explain(stderr, file);
    *first = *first == IFC_OK ? status : *first;
    ifc_origins_free(origins);
    ifc_diagnostics_fini(&diag);
    free(shipped);
    free(s);
    return figures;
}

static void print_figures(json_t *figures, int indent)
{
    const char *key;
    json_t *value;
    json_object_foreach(figures, key, value)
    {
        if (json_is_object(value)) {
            printf("%s\n", key);
            print_figures(value, indent + 2);
        } else if (json_is_string(value)) {
            printf("%-20s %s\n", key, json_string_value(value));
        } else {
            printf("%*s%-*s %16" JSON_INTEGER_FORMAT "\n", indent, "", 20 - indent, key,
                   json_integer_value(value));
        }
    }
}

/* Several models: a line each, without the classes. */
static void print_table(json_t *models)
{
    static const char *const columns[] = {"parameters", "active_parameters", "all_weight_bytes",
                                          "kv_bytes_per_token", "kv_bytes"};
    enum { COLUMNS = sizeof columns / sizeof *columns };
    size_t i;
    json_t *figures;
    printf("%-24s", "name");
    for (int c = 0; c < COLUMNS; c++)
        printf(" %18s", columns[c]);
    putchar('\n');
    json_array_foreach(models, i, figures)
    {
        printf("%-24s", json_string_value(json_object_get(figures, "name")));
        for (int c = 0; c < COLUMNS; c++)
            printf(" %18" JSON_INTEGER_FORMAT, json_integer_value(json_object_get(figures, columns[c])));
        putchar('\n');
    }
}

static void print(json_t *models, int format, bool several)
{
    if (json_array_size(models) == 0)
        return;
    if (format == FORMAT_JSON) {
        char *text = json_dumps(several ? models : json_array_get(models, 0), JSON_INDENT(2));
        IFC_BUG_ON(!text, "out of memory for the figures of a model");
        puts(text);
        free(text);
    } else if (several) {
        print_table(models);
    } else {
        print_figures(json_array_get(models, 0), 0);
    }
}

static int run(int argc, char **argv)
{
    static const struct argp_option options[] = {
        {"set", 's', "PATH=VALUE", 0, "Set a parameter over what the files say; may be repeated", 0},
        {"format", 'f', "FORMAT", 0, "text (default) or json", 0},
        {0}};
    static const struct argp argp = {
        .options = options,
        .parser = parse,
        .args_doc = "FILE...",
        .doc = "Count models: parameters, bytes of weights by class, bytes of the KV cache for a token and "
               "at workload.context. FILE is a scenario, a part of one, or a config.json of Hugging Face. "
               "Several files make a table."};
    model_arguments a = {0};
    ifc_status first = IFC_OK;
    ifc_cli_parse(&argp, argc, argv, &a);
    json_t *models = json_array();
    for (size_t i = 0; i < a.files.n; i++) {
        json_t *figures = read_and_count(a.files.all[i], &a.sets, &first);
        if (figures)
            json_array_append_new(models, figures);
    }
    print(models, a.format, a.files.n > 1);
    json_decref(models);
    ifc_words_fini(&a.files);
    ifc_words_fini(&a.sets);
    return first;
}

const ifc_command ifc_command_model = {"model", "count a model: parameters, bytes of weights and KV", run};
