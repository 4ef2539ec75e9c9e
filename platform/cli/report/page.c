#include "platform/cli/report/page.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "platform/cli/report/assets.h"
#include "platform/observe/output.h"

#define DATA "data" /* the mark where the statistics go */

static const ifc_report_asset *asset_called(const char *name, size_t length)
{
    for (const ifc_report_asset *a = ifc_report_assets; a->name; a++)
        if (strlen(a->name) == length && memcmp(a->name, name, length) == 0)
            return a;
    return NULL;
}

/*
 * JSON inside <script>: a "<" could begin "</script" or "<!--". It only occurs inside strings, where \u003c
 * means the same. The other escapes keep the text inert wherever it is pasted.
 */
static void write_escaped(const char *json, FILE *out)
{
    for (const char *p = json; *p; p++)
        switch (*p) {
        case '<':
        case '>':
        case '&':
            fprintf(out, "\\u%04x", (unsigned)*p);
            break;
        default:
            putc(*p, out);
        }
}

/* File names are the user's bytes; those that are not UTF-8 are shown as '?'. */
static json_t *file_name(const char *file)
{
    json_t *name = json_string(file);
    if (name)
        return name;
    char *copy = strdup(file);
    for (char *p = copy; p && *p; p++)
        if ((unsigned char)*p >= 0x80)
            *p = '?';
    name = copy ? json_string(copy) : NULL;
    free(copy);
    return name;
}

/* The template has {{NAME}} where an asset or the data goes. */
static void fill_template(const char *name_of_page, const char *data, FILE *out)
{
    const ifc_report_asset *page = asset_called(name_of_page, strlen(name_of_page));
    IFC_BUG_ON(!page, "there is no %s", name_of_page);
    const char *at = (const char *)page->data, *mark;
    while ((mark = strstr(at, "{{"))) {
        const char *name = mark + 2, *end = strstr(name, "}}");
        IFC_BUG_ON(!end, "a mark in %s has no end", name_of_page);
        size_t length = (size_t)(end - name);
        fwrite(at, 1, (size_t)(mark - at), out);
        if (length == strlen(DATA) && memcmp(name, DATA, length) == 0)
            write_escaped(data, out);
        else {
            const ifc_report_asset *asset = asset_called(name, length);
            IFC_BUG_ON(!asset, "the report has no %.*s", (int)length, name);
            fwrite(asset->data, 1, asset->size, out);
        }
        at = end + 2;
    }
    fputs(at, out);
}

ifc_status ifc_page_write(const char *page, const json_t *data, FILE *out, ifc_error *err)
{
    size_t flags = JSON_COMPACT | JSON_ENSURE_ASCII | JSON_PRESERVE_ORDER | JSON_REAL_PRECISION(15);
    char *text = data ? json_dumps(data, flags) : NULL;
    if (!text)
        return ifc_fail(err, IFC_EINTERNAL, "out of memory for the page");
    fill_template(page, text, out);
    free(text);
    return ifc_stream_check(out, "the page", err);
}

ifc_status ifc_report_write(const ifc_report_run *runs, size_t n, FILE *out, ifc_error *err)
{
    json_t *all = json_array();
    for (size_t i = 0; i < n && all; i++) {
        json_t *run = json_pack("{s:o, s:O}", "file", file_name(runs[i].file), "stats", runs[i].stats);
        if (json_array_append_new(all, run) != 0) {
            json_decref(all);
            all = NULL;
        }
    }
    ifc_status status = ifc_page_write("page.html", all, out, err);
    json_decref(all);
    return status;
}
