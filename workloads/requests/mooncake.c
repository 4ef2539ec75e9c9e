/*
 * Mooncake's traces: a JSON object a line.
 */
#include <jansson.h>
#include <math.h>
#include <string.h>

#include "platform/common/memory.h"
#include "workloads/requests/trace.h"

static ifc_status read_tokens(const ifc__trace *t, json_t *root, const char *key, uint64_t *out,
                              ifc_error *err)
{
    json_t *value = json_object_get(root, key);
    if (!json_is_integer(value))
        return ifc__line_fails(&t->lines, err, "%s '%s'",
                               value ? "no whole number behind" : "the object lacks", key);
    json_int_t n = json_integer_value(value);
    if (n < 0 || (uint64_t)n > IFC_REQUEST_TOKENS_MAX)
        return ifc__line_fails(&t->lines, err, "%s = %lld: out of range (allowed: 0 .. 128M)", key,
                               (long long)n);
    *out = (uint64_t)n;
    return IFC_OK;
}

/* Milliseconds, whole or not. */
static ifc_status read_time(ifc__trace *t, json_t *root, ifc_error *err)
{
    json_t *value = json_object_get(root, "timestamp");
    if (!json_is_number(value))
        return ifc__line_fails(&t->lines, err, "%s 'timestamp'",
                               value ? "no number behind" : "the object lacks");
    double ms = json_number_value(value), whole = floor(ms);
    if (!(ms >= 0 && ms < 1e15))
        return ifc__line_fails(&t->lines, err, "timestamp = %g: out of range (allowed: 0 .. 1e15 ms)", ms);
    t->row.seconds = (int64_t)whole / 1000;
    t->row.part = (int64_t)whole % 1000 * IFC_MS + (ifc_time)((ms - whole) * 1e9 + 0.5);
    return IFC_OK;
}

static ifc_status read_blocks(ifc__trace *t, json_t *root, ifc_error *err)
{
    json_t *ids = json_object_get(root, "hash_ids"), *id;
    ifc__row *r = &t->row;
    size_t i, most = (r->prompt + IFC_TRACE_BLOCK_TOKENS - 1) / IFC_TRACE_BLOCK_TOKENS;
    r->n_blocks = 0;
    if (ids && !json_is_array(ids))
        return ifc__line_fails(&t->lines, err, "no array behind 'hash_ids'");
    if (json_array_size(ids) > most)
        return ifc__line_fails(&t->lines, err, "%zu hash_ids for %llu tokens (at most one for each %d)",
                               json_array_size(ids), (unsigned long long)r->prompt, IFC_TRACE_BLOCK_TOKENS);
    json_array_foreach(ids, i, id)
    {
        if (!json_is_integer(id))
            return ifc__line_fails(&t->lines, err, "hash_ids holds what is no whole number");
        r->blocks = ifc_grow(r->blocks, &r->room, r->n_blocks, sizeof *r->blocks);
        r->blocks[r->n_blocks++] = (uint64_t)json_integer_value(id);
    }
    return IFC_OK;
}

ifc_status ifc__mooncake_row(ifc__trace *t, ifc_error *err)
{
    json_error_t wrong;
    json_t *root = json_loadb(t->lines.text, t->lines.length, JSON_REJECT_DUPLICATES, &wrong);
    if (!root)
        return ifc__line_fails(&t->lines, err, "no JSON object (column %d: %s)", wrong.column, wrong.text);
    ifc_status status = IFC_OK;
    if (!json_is_object(root))
        status = ifc__line_fails(&t->lines, err, "no JSON object");
    if (status == IFC_OK)
        status = read_time(t, root, err);
    if (status == IFC_OK)
        status = read_tokens(t, root, "input_length", &t->row.prompt, err);
    if (status == IFC_OK)
        status = read_tokens(t, root, "output_length", &t->row.answer, err);
    if (status == IFC_OK)
        status = read_blocks(t, root, err);
    json_decref(root);
    return status;
}
