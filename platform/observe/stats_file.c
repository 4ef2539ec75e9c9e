#include "platform/observe/stats_file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "platform/observe/json.h"

json_t *ifc_stats_load(const char *file, ifc_error *err)
{
    FILE *in = fopen(file, "re");
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
    else if (json_integer_value(schema) != IFC_JSON_SCHEMA)
        (void)ifc_fail(err, IFC_EDATA, "%s: schema %lld; this ifcsim reads schema %d", file,
                       (long long)json_integer_value(schema), IFC_JSON_SCHEMA);
    else
        return root;
    json_decref(root);
    return NULL;
}
