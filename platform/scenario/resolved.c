/**
 * The scenario as it will run, written so that it can be read again.
 */
#include <stdarg.h>
#include <string.h>

#include "platform/common/digest.h"
#include "platform/scenario/origins.h"

#define PATH_TEXT  (3 * IFC_NAME_MAX)      /* of a group */
#define KEY_TEXT   (5 * IFC_NAME_MAX)      /* of a parameter */
#define VALUE_TEXT (2 * IFC_PATH_MAX + 16) /* every character of a string escaped */

/* Where the text goes: to a file, or into a hash. */
struct sink {
    FILE *out;
    uint64_t hash;
    const ifc_origins *origins; /* NULL: no comments */
    char open[PATH_TEXT];       /* the group that is open, dotted */
};

IFC_PRINTF(2, 3)
static void put(struct sink *s, const char *format, ...)
{
    char text[VALUE_TEXT + 64];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (s->out)
        fputs(text, s->out);
    s->hash = ifc_digest_add(s->hash, text, strlen(text));
}

static void indent(struct sink *s, const char *path)
{
    for (const char *p = path; *p; p++)
        if (*p == '.')
            put(s, "    ");
}

/* Close groups of the open path until only @keep characters of it are left. */
static void close_groups(struct sink *s, size_t keep)
{
    while (strlen(s->open) > keep) {
        char *dot = strrchr(s->open, '.');
        indent(s, s->open);
        put(s, "};\n");
        *(dot ? dot : s->open) = '\0';
    }
}

/* Length of the longest prefix of whole names that two paths share. */
static size_t common(const char *open, const char *path)
{
    size_t whole = 0;
    for (size_t i = 0;; i++) {
        if ((open[i] == '\0' || open[i] == '.') && path[i] == '.')
            whole = i;
        if (open[i] == '\0' || open[i] != path[i])
            return whole;
    }
}

/* Make the group of @path the open one. Return: the last name of the path. */
static const char *enter(struct sink *s, const char *path)
{
    close_groups(s, common(s->open, path));
    const char *rest = path + strlen(s->open);
    if (*rest == '.')
        rest++;
    for (const char *dot; (dot = strchr(rest, '.')); rest = dot + 1) {
        indent(s, s->open);
        put(s, "%s%.*s = {\n", s->open[0] ? "    " : "", (int)(dot - rest), rest);
        snprintf(s->open, sizeof s->open, "%.*s", (int)(dot - path), path);
    }
    return rest;
}

static void comment(struct sink *s, const ifc_origins *origins, const ifc__place *place)
{
    char where[IFC_PATH_MAX + 16];
    if (!origins)
        return;
    ifc__origin_print(origins, place, where, sizeof where);
    for (char *p = where; *p; p++)
        if (*p == '\n')
            *p = '?';
    bool sourced = strcmp(where, "default") == 0 && place->row->provenance != IFC_FROM_USER;
    put(s, " # %s%s%s", where, sourced ? ", " : "",
        sourced ? ifc_provenance_name(place->row->provenance) : "");
}

static void write_row(struct sink *s, const char *prefix, const ifc__place *place)
{
    char path[KEY_TEXT], value[VALUE_TEXT];
    if (place->row->is_layer || ifc_param_is_unset(place->row, place->base))
        return;
    ifc_param_print(place->row, place->base, value, sizeof value);
    snprintf(path, sizeof path, "%s%s", prefix, place->row->path);
    const char *name = enter(s, path);
    indent(s, path);
    put(s, "%s = %s;", name, value);
    comment(s, s->origins, place);
    put(s, "\n");
}

static void write_rows(struct sink *s, enum ifc_param_scope scope, const char *prefix, const void *base,
                       int column)
{
    const ifc_param_table *table = &ifc_param_tables()[scope];
    for (size_t i = 0; i < table->n; i++)
        write_row(s, prefix, &(ifc__place){&table->rows[i], base, column});
}

/* A policy that nobody chose is left out: its defaults are its own. */
static void write_policy(struct sink *s, const char *parent, const ifc_policy_choice *c, int column)
{
    char prefix[PATH_TEXT], path[KEY_TEXT], quoted[2 * sizeof c->params[0].value + 8];
    ifc_policy_choice content;
    if (!c->name[0] && !c->plugin[0] && c->n_params == 0)
        return;
    if (!s->out && c->digest[0]) {
        /* A run depends on what is in a plug-in, not on where it lies. */
        content = *c;
        snprintf(content.plugin, sizeof content.plugin, "%s", c->digest);
        c = &content;
    }
    snprintf(prefix, sizeof prefix, "%s%s.", parent, c->label);
    write_rows(s, IFC_SCOPE_POLICY, prefix, c, column);
    for (uint32_t i = 0; i < c->n_params; i++) {
        const ifc_policy_param *p = &c->params[i];
        ifc_text_quote(p->value, quoted, sizeof quoted);
        snprintf(path, sizeof path, "%s%s", prefix, p->key);
        const char *name = enter(s, path);
        indent(s, path);
        put(s, "%s = %s;", name, p->quoted ? quoted : p->value);
        if (s->origins)
            put(s, " # %s", p->where);
        put(s, "\n");
    }
}

static bool in_workload(const ifc_param *row)
{
    return strncmp(row->path, "workload.", strlen("workload.")) == 0;
}

static void write_flows(struct sink *s, const ifc_workload *w)
{
    char prefix[PATH_TEXT];
    for (uint32_t i = 0; i < w->n_flows; i++) {
        snprintf(prefix, sizeof prefix, "workload.flows.%s.", w->flows[i].name);
        write_rows(s, IFC_SCOPE_FLOW, prefix, &w->flows[i], IFC_COLUMN_FLOWS + (int)i);
    }
}

static void write_scenario(struct sink *s, const ifc_scenario *scenario)
{
    char prefix[PATH_TEXT];
    const ifc_param_table *table = &ifc_param_tables()[IFC_SCOPE_SCENARIO];
    for (size_t i = 0; i < table->n; i++) {
        if (i > 0 && in_workload(&table->rows[i - 1]) && !in_workload(&table->rows[i]))
            write_flows(s, &scenario->workload);
        write_row(s, "", &(ifc__place){&table->rows[i], scenario, IFC_COLUMN_SCENARIO});
    }
    for (uint32_t g = 0; g < scenario->n_groups; g++) {
        snprintf(prefix, sizeof prefix, "flash.groups.%s.", scenario->groups[g].name);
        write_rows(s, IFC_SCOPE_GROUP, prefix, &scenario->groups[g], IFC_COLUMN_GROUPS + (int)g);
    }
    for (int k = 0; k < IFC_POLICY_KINDS; k++)
        write_policy(s, "policies.", &scenario->policies[k], IFC_COLUMN_POLICIES + k);
    for (uint32_t i = 0; i < scenario->n_observers; i++)
        write_policy(s, "policies.observers.", &scenario->observers[i], IFC_COLUMN_OBSERVERS + (int)i);
    close_groups(s, 0);
}

void ifc_scenario_print_resolved(FILE *out, const ifc_scenario *s, const ifc_origins *origins)
{
    struct sink sink = {.out = out, .origins = origins};
    if (origins)
        put(&sink, "# %s, resolved\n", s->file);
    write_scenario(&sink, s);
}

void ifc_scenario_hash(const ifc_scenario *s, char hash[IFC_HASH_MAX])
{
    struct sink sink = {.hash = IFC_DIGEST_BEGIN};
    write_scenario(&sink, s);
    ifc_digest_print(sink.hash, hash);
}
