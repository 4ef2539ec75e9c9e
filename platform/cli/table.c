#include "platform/cli/table.h"

#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "platform/common/memory.h"

enum { CELL_MAX = 2048 };

enum ifc_table_kind ifc_table_kind_of(const char *file)
{
    static const char *const endings[] = {"", ".csv", ".md", ".tex"};
    for (int k = IFC_TABLE_CSV; k <= IFC_TABLE_LATEX; k++) {
        size_t n = strlen(file), m = strlen(endings[k]);
        if (n > m && strcmp(file + n - m, endings[k]) == 0)
            return (enum ifc_table_kind)k;
    }
    return IFC_TABLE_NONE;
}

void ifc_table_add(ifc_table *t, const char *format, ...)
{
    char text[CELL_MAX];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    ifc_texts_add(&t->cells, text, strlen(text));
}

void ifc_table_number(ifc_table *t, enum ifc_table_kind kind, double value)
{
    if (!isfinite(value))
        ifc_table_add(t, "%s", "");
    else if (kind == IFC_TABLE_CSV)
        ifc_table_add(t, "%.15g", value);
    else
        ifc_table_add(t, fabs(value) >= 1e6 ? "%.3e" : fabs(value) >= 1000 ? "%.0f" : "%.4g", value);
}

static bool is_number(const char *text)
{
    char *end;
    (void)strtod(text, &end);
    return end != text && (*end == '\0' || ((*end == 'K' || *end == 'M') && end[1] == '\0'));
}

/* Below its head a column has numbers and gaps only. */
static bool is_numeric(const ifc_table *t, size_t column)
{
    bool any = false;
    for (size_t i = t->columns + column; i < t->cells.n; i += t->columns) {
        if (t->cells.all[i][0] && !is_number(t->cells.all[i]))
            return false;
        any = any || t->cells.all[i][0];
    }
    return any;
}

static void write_csv_cell(const char *text, FILE *out)
{
    bool plain = !strpbrk(text, ",\"\r\n");
    for (fputs(plain ? "" : "\"", out); *text; text++)
        fprintf(out, *text == '"' ? "\"\"" : "%c", *text);
    fputs(plain ? "" : "\"", out);
}

static void write_markdown_cell(const char *text, FILE *out)
{
    for (; *text; text++)
        fprintf(out, *text == '\n' ? " " : strchr("\\`*_[]<>|&~$", *text) ? "\\%c" : "%c", *text);
}

static void write_latex_cell(const char *text, FILE *out)
{
    for (; *text; text++)
        if (strchr("&%$#_{}", *text))
            fprintf(out, "\\%c", *text);
        else if (*text == '\\')
            fputs("\\textbackslash{}", out);
        else if (*text == '~' || *text == '^')
            fprintf(out, "\\%c{}", *text);
        else if (*text == '<' || *text == '>')
            fprintf(out, "$%c$", *text);
        else
            fputc(*text == '\n' ? ' ' : *text, out);
}

static void write_row(const ifc_table *t, size_t row, enum ifc_table_kind kind, FILE *out)
{
    static const char *const before[] = {"", "", "| ", ""}, *const between[] = {"", ",", " | ", " & "},
                             *const after[] = {"", "\r\n", " |\n", " \\\\\n"};
    fputs(before[kind], out);
    for (size_t c = 0; c < t->columns; c++) {
        const char *cell = t->cells.all[row * t->columns + c];
        fputs(c ? between[kind] : "", out);
        if (kind == IFC_TABLE_CSV)
            write_csv_cell(cell, out);
        else if (kind == IFC_TABLE_MARKDOWN)
            write_markdown_cell(cell, out);
        else
            write_latex_cell(cell, out);
    }
    fputs(after[kind], out);
}

void ifc_table_write(const ifc_table *t, enum ifc_table_kind kind, FILE *out)
{
    size_t rows = t->columns ? t->cells.n / t->columns : 0;
    if (kind == IFC_TABLE_LATEX) {
        fputs("\\begin{tabular}{", out);
        for (size_t c = 0; c < t->columns; c++)
            fputc(is_numeric(t, c) ? 'r' : 'l', out);
        fputs("}\n\\hline\n", out);
    }
    for (size_t row = 0; row < rows; row++) {
        write_row(t, row, kind, out);
        if (row > 0)
            continue;
        for (size_t c = 0; c < t->columns && kind == IFC_TABLE_MARKDOWN; c++)
            fprintf(out, "|%s%s", is_numeric(t, c) ? "---:" : "---", c + 1 < t->columns ? "" : "|\n");
        fputs(kind == IFC_TABLE_LATEX ? "\\hline\n" : "", out);
    }
    if (kind == IFC_TABLE_LATEX)
        fputs("\\hline\n\\end{tabular}\n", out);
}
