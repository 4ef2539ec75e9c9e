/*
 * Where requests come from.
 */
#include <stdlib.h>

#include "components/run/requests.h"
#include "platform/common/memory.h"

static ifc_status parse_length(const ifc_scenario *s, const char *name, const char *text,
                               ifc_distribution *out, ifc_error *err)
{
    ifc_error why = {.status = IFC_OK};
    ifc_status status = ifc_distribution_parse(text, out, &why);
    if (status == IFC_OK)
        return IFC_OK;
    return ifc_fail(err, status, "%s: workload.requests.%s = %s: %s", s->file, name, text, why.text);
}

ifc_status ifc_serving_open(ifc_serving *v, const ifc_scenario *s, ifc_error *err)
{
    const ifc_requests_params *w = &s->workload.requests;
    static const ifc_requests_arrival arrivals[] = {IFC_ARRIVE_AS_TRACED, IFC_ARRIVE_CLOSED,
                                                    IFC_ARRIVE_CONSTANT, IFC_ARRIVE_POISSON};
    *v = (ifc_serving){.status = IFC_OK};
    ifc_requests_options o = {.trace = ifc_scenario_trace(s),
                              .form = (ifc_trace_form)w->format,
                              .first = w->first,
                              .count = w->count,
                              .speed = w->speed,
                              .arrival = arrivals[w->arrival],
                              .rate = w->rate,
                              .sessions = w->sessions,
                              .recent = w->recent,
                              .limit = w->limit,
                              .seed = s->simulation.seed};
    ifc_status status = parse_length(s, "prompt", w->prompt, &o.prompt, err);
    if (status == IFC_OK)
        status = parse_length(s, "answer", w->answer, &o.answer, err);
    ifc_error why = {.status = IFC_OK};
    if (status == IFC_OK && (status = ifc_requests_open(&o, &v->source, &why)) != IFC_OK)
        return ifc_fail(err, status, "%s: workload.requests: %s", s->file, why.text);
    if (status == IFC_OK)
        status = ifc_requests_next(v->source, &v->next, &v->more, err);
    v->n_places = s->workload.batch;
    v->places = ifc_alloc_zero(s->workload.batch, sizeof *v->places);
    for (uint32_t i = 0; i < s->workload.batch; i++)
        v->places[i] = (ifc_served){.row = IFC_NO_ROW, .session = IFC_NO_SESSION};
    v->uses = ifc_alloc_zero((size_t)v->n_places * v->n_places, sizeof *v->uses);
    return status;
}

void ifc_serving_fini(ifc_serving *v)
{
    ifc_requests_close(v->source);
    for (uint32_t i = 0; i < v->n_places; i++)
        free(v->places[i].blocks);
    free(v->places);
    free(v->uses);
    ifc_waiting_fini(&v->waiting);
    free(v->rows);
    *v = (ifc_serving){.source = NULL};
}
