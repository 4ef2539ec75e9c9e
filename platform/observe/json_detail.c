#include "platform/observe/json_detail.h"

#include <math.h>

/* Enough digits for a picture, and few enough for a file. */
static json_t *share_value(double share)
{
    return json_real(isfinite(share) ? round(share * 1e6) / 1e6 : 0.0);
}

/* NULL when any of its values was; takes @array. */
static json_t *checked(json_t *array, bool failed)
{
    if (!failed)
        return array;
    json_decref(array);
    return NULL;
}

static json_t *shares(const double *share, uint32_t n)
{
    json_t *array = json_array();
    bool failed = false;
    for (uint32_t i = 0; i < n; i++)
        failed |= json_array_append_new(array, share_value(share[i])) != 0;
    return checked(array, failed);
}

json_t *ifc_json_usage(const ifc_result *r)
{
    json_t *resources = json_array();
    bool failed = false;
    for (uint32_t i = 0; i < r->n_usage; i++) {
        const ifc_usage_row *row = &r->usage[i];
        json_t *o = json_pack("{s:s, s:I, s:o}", "name", row->name, "parts", (json_int_t)row->parts, "busy",
                              shares(row->share, r->usage_bins));
        failed |= json_array_append_new(resources, o) != 0;
    }
    return json_pack("{s:I, s:I, s:o}", "bin_ps", (json_int_t)r->usage_bin, "bins", (json_int_t)r->usage_bins,
                     "resources", checked(resources, failed));
}

static json_t *phases(const ifc_result *r, const ifc_lane_row *row)
{
    json_t *object = json_object();
    bool failed = false;
    for (uint32_t p = 0; p < IFC_LANE_PHASES && r->lanes.phase_name[p][0]; p++)
        if (row->phase[p] > 0)
            failed |= json_object_set_new(object, r->lanes.phase_name[p], share_value(row->phase[p])) != 0;
    return checked(object, failed);
}

static json_t *lane_rows(const ifc_result *r, const ifc_lane_row *rows, uint32_t n)
{
    json_t *array = json_array();
    bool failed = false;
    for (uint32_t i = 0; i < n; i++) {
        const ifc_lane_row *row = &rows[i];
        json_t *o =
            json_pack("{s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:o}", "operator", row->operator_name,
                      "resource", row->resource, "layer", (json_int_t)row->layer, "head_group",
                      (json_int_t)row->head_group, "head_groups", (json_int_t)row->head_groups, "operators",
                      (json_int_t)row->operators, "issue_ps", (json_int_t)row->issue, "begin_ps",
                      (json_int_t)row->begin, "end_ps", (json_int_t)row->end, "phases", phases(r, row));
        failed |= json_array_append_new(array, o) != 0;
    }
    return checked(array, failed);
}

json_t *ifc_json_lanes(const ifc_result *r)
{
    const ifc_lanes *l = &r->lanes;
    return json_pack("{s:I, s:b, s:I, s:I, s:I, s:b, s:o, s:o}", "token", (json_int_t)l->token, "complete",
                     l->complete, "begin_ps", (json_int_t)l->begin, "end_ps", (json_int_t)l->end, "layers",
                     (json_int_t)l->layers, "slices_cut", l->cut, "operators",
                     lane_rows(r, r->lane_rows, r->n_lane_rows), "slices",
                     lane_rows(r, r->lane_slices, r->n_lane_slices));
}
