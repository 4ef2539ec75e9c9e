/**
 * The table as documentation: for the terminal and for the reference page.
 */
#include <fnmatch.h>
#include <string.h>

#include "platform/scenario/origins.h"

#define TEXT_MAX 512

static const char *type_name(const ifc_param *row)
{
    switch (row->type) {
    case IFC_PARAM_BOOL:
        return "true or false";
    case IFC_PARAM_CHOICE:
    case IFC_PARAM_SWITCH:
        return "name";
    case IFC_PARAM_STRING:
        return "text";
    default:
        break;
    }
    if (row->unit != IFC_UNIT_NONE)
        return ifc_unit_what(row->unit);
    return row->type == IFC_PARAM_REAL ? "number" : "whole number";
}

static const char *need_text(const ifc_param *row)
{
    switch (row->need) {
    case IFC_NEED_DECODE:
        return " by decode workloads";
    case IFC_NEED_STREAM:
        return " by stream workloads";
    default:
        return "";
    }
}

/* Whether @pattern picks @path: itself, its beginning up to a dot, its last name, or a glob.
 * "flash.groups.g1" picks a row of "flash.groups.<name>". */
static bool picks(const char *pattern, const char *path)
{
    char concrete[TEXT_MAX];
    const char *open = strchr(path, '<'), *shut = open ? strchr(open, '>') : NULL;
    size_t n = strlen(pattern);
    const char *dot = strrchr(path, '.');
    if (fnmatch(pattern, path, 0) == 0 || (strncmp(path, pattern, n) == 0 && path[n] == '.') ||
        (dot && fnmatch(pattern, dot + 1, 0) == 0))
        return true;
    if (!shut || strncmp(pattern, path, (size_t)(open - path)) != 0)
        return false;
    const char *name = pattern + (open - path);
    snprintf(concrete, sizeof concrete, "%.*s%.*s%s", (int)(open - path), path, (int)strcspn(name, "."), name,
             shut + 1);
    return fnmatch(pattern, concrete, 0) == 0 || (strncmp(concrete, pattern, n) == 0 && concrete[n] == '.');
}

static void describe_row(FILE *out, const char *path, const ifc_param *row)
{
    char allowed[TEXT_MAX], text[TEXT_MAX], names[160];
    ifc_param_allowed(row, allowed, sizeof allowed);
    ifc_param_default(row, text, sizeof text);
    fprintf(out, "%s\n    %s\n    %s", path, row->help, type_name(row));
    if (row->type != IFC_PARAM_BOOL)
        fprintf(out, ", %s", allowed);
    if (row->unit != IFC_UNIT_NONE) {
        ifc_unit_names(row->unit, names, sizeof names);
        fprintf(out, " (units: %s)", names);
    }
    if (row->need != IFC_NEED_NEVER)
        fprintf(out, "\n    required%s\n", need_text(row));
    else if (row->provenance == IFC_FROM_USER)
        fprintf(out, "\n    default %s\n", text);
    else
        fprintf(out, "\n    default %s (%s)\n", text, ifc_provenance_name(row->provenance));
}

size_t ifc_describe(FILE *out, const char *pattern)
{
    size_t matches = 0;
    for (int scope = 0; scope < IFC_SCOPES; scope++) {
        const ifc_param_table *t = &ifc_param_tables()[scope];
        for (size_t i = 0; i < t->n; i++) {
            char path[TEXT_MAX];
            snprintf(path, sizeof path, "%s%s", t->prefix, t->rows[i].path);
            if (pattern && !picks(pattern, path))
                continue;
            describe_row(out, path, &t->rows[i]);
            matches++;
        }
    }
    return matches;
}

/* Of a last name the nearest last name, of a path the nearest path. */
void ifc_describe_nearest(const char *pattern, char *out, size_t size)
{
    unsigned best = UINT32_MAX;
    ifc__nearest_path(pattern, out, size);
    if (strchr(pattern, '.'))
        return;
    for (int scope = 0; scope < IFC_SCOPES; scope++) {
        const ifc_param_table *t = &ifc_param_tables()[scope];
        for (size_t i = 0; i < t->n; i++) {
            const char *dot = strrchr(t->rows[i].path, '.');
            const char *last = dot ? dot + 1 : t->rows[i].path;
            unsigned distance = ifc_text_distance(pattern, last);
            if (distance >= best)
                continue;
            best = distance;
            snprintf(out, size, "%s", last);
        }
    }
}

void ifc_list_parameters(FILE *out)
{
    for (int scope = 0; scope < IFC_SCOPES; scope++) {
        const ifc_param_table *t = &ifc_param_tables()[scope];
        for (size_t i = 0; i < t->n; i++) {
            char path[TEXT_MAX], text[TEXT_MAX];
            snprintf(path, sizeof path, "%s%s", t->prefix, t->rows[i].path);
            ifc_param_default(&t->rows[i], text, sizeof text);
            fprintf(out, "%-42s %-16s %s\n", path, text, t->rows[i].help);
        }
    }
}

/* Text in a table cell: what would end the cell or start a tag is escaped. */
static void put_cell(FILE *out, const char *text)
{
    fputs("| ", out);
    for (; *text; text++) {
        if (*text == '|' || *text == '<' || *text == '*')
            fputc('\\', out);
        fputc(*text, out);
    }
    fputc(' ', out);
}

static void reference_row(FILE *out, const char *prefix, const ifc_param *row)
{
    char path[TEXT_MAX], allowed[TEXT_MAX], text[TEXT_MAX];
    ifc_param_allowed(row, allowed, sizeof allowed);
    ifc_param_default(row, text, sizeof text);
    snprintf(path, sizeof path, "| `%s%s` ", prefix, row->path);
    fputs(path, out);
    put_cell(out, row->help);
    put_cell(out, text);
    put_cell(out, ifc_provenance_name(row->provenance));
    put_cell(out, type_name(row));
    put_cell(out, allowed);
    fputs("|\n", out);
}

static void reference_units(FILE *out)
{
    fputs("## Units\n\nA quantity is text with a unit: `\"4.8 GB/s\"`. Counts and ratios are bare numbers, "
          "counts also with K = 1024 or\nM = 1048576 behind them. kB, MB, GB and TB are powers of 1000, KiB, "
          "MiB, GiB and TiB powers of 1024; a small b is a bit.\n\n"
          "| quantity | units | example |\n|---|---|---|\n",
          out);
    for (int u = IFC_UNIT_NONE + 1; u < IFC_UNIT_COUNT; u++) {
        char names[160];
        ifc_unit_names((ifc_unit)u, names, sizeof names);
        fprintf(out, "| %s | %s | `\"%s\"` |\n", ifc_unit_what((ifc_unit)u), names,
                ifc_unit_example((ifc_unit)u));
    }
}

static void reference_section(FILE *out, const char *name, size_t length)
{
    fprintf(out,
            "\n## `%.*s`\n\n| path | what | default | from | type | allowed |\n|---|---|---|---|---|---|\n",
            (int)length, name);
}

/* First name of a path: rows that share it form a section. */
static bool same_section(const char *a, const char *b)
{
    size_t n = strcspn(a, ".");
    return strcspn(b, ".") == n && strncmp(a, b, n) == 0;
}

void ifc_reference_markdown(FILE *out)
{
    fputs("# Scenario reference\n\nGenerated from the parameter tables; a test compares them. Every path can "
          "be "
          "written in a scenario file or\nset with `--set PATH=VALUE`, and is explained by `ifcsim describe "
          "PATH`.\n\n",
          out);
    reference_units(out);
    for (int scope = 0; scope < IFC_SCOPES; scope++) {
        const ifc_param_table *t = &ifc_param_tables()[scope];
        for (size_t i = 0; i < t->n; i++) {
            const char *path = t->rows[i].path;
            if (i == 0 || (scope == IFC_SCOPE_SCENARIO && !same_section(path, t->rows[i - 1].path)))
                reference_section(out, scope == IFC_SCOPE_SCENARIO ? path : t->prefix,
                                  scope == IFC_SCOPE_SCENARIO ? strcspn(path, ".") : strlen(t->prefix) - 1);
            reference_row(out, t->prefix, &t->rows[i]);
        }
    }
}
