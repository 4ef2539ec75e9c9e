#include "platform/observe/stats_file.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "platform/common/memory.h"
#include "platform/observe/json.h"
#include "platform/observe/output.h"

/* The files of a folder, not those that are still being written (".ifcsim.XXXXXX"). */
static int is_stats(const struct dirent *e)
{
    return e->d_name[0] != '.' && ifc_ends_in(e->d_name, ".json");
}

int ifc_stats_in(const char *folder, char ***names, ifc_error *err)
{
    struct dirent **entries = NULL;
    int n = scandir(folder, &entries, is_stats, alphasort);
    *names = NULL;
    if (n < 0) {
        (void)ifc_fail(err, IFC_ENOINPUT, "cannot open %s: %s", folder, strerror(errno));
        return -1;
    }
    *names = ifc_alloc_zero((size_t)n + 1, sizeof **names);
    for (int i = 0; i < n; i++) {
        (*names)[i] = ifc_copy_text(entries[i]->d_name);
        free(entries[i]);
    }
    free(entries);
    if (n > 0)
        return n;
    free(*names);
    *names = NULL;
    (void)ifc_fail(err, IFC_ENOINPUT, "%s: no statistics (*.json) in this folder", folder);
    return -1;
}

json_t *ifc_stats_load(const char *file, ifc_error *err)
{
    bool standard = strcmp(file, "-") == 0;
    FILE *in = standard ? fdopen(dup(STDIN_FILENO), "r") : fopen(file, "re");
    file = standard ? "standard input" : file;
    if (!in) {
        (void)ifc_fail(err, IFC_ENOINPUT, "cannot open %s: %s", file, strerror(errno));
        return NULL;
    }
    json_error_t json_error;
    errno = 0;
    int first = getc(in);
    if (first == EOF && ferror(in)) {
        (void)ifc_fail(err, IFC_ENOINPUT, "cannot read %s: %s", file, strerror(errno ? errno : EIO));
        fclose(in);
        return NULL;
    }
    if (first != EOF)
        ungetc(first, in);
    json_t *root = json_loadf(in, JSON_REJECT_DUPLICATES, &json_error);
    fclose(in);
    if (!root) {
        (void)ifc_fail(err, IFC_EDATA, "%s:%d: not JSON: %s", file, json_error.line, json_error.text);
        return NULL;
    }
    const json_t *schema = json_object_get(root, "schema");
    if (!json_is_integer(schema))
        (void)ifc_fail(err, IFC_EDATA,
                       "%s: not a statistics file of ifcsim: no whole number under \"schema\"", file);
    else if (json_integer_value(schema) < 1 || json_integer_value(schema) > IFC_JSON_SCHEMA)
        (void)ifc_fail(err, IFC_EDATA, "%s: schema %lld; this ifcsim reads schemas 1 to %d", file,
                       (long long)json_integer_value(schema), IFC_JSON_SCHEMA);
    else
        return root;
    json_decref(root);
    return NULL;
}
