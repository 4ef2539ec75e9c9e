#include <stdlib.h>
#include <string.h>

#include "platform/cli/explain.h"
#include "platform/common/memory.h"
#include "platform/observe/figures.h"

double ifc_explain_time(const ifc_result *r, uint32_t tokens)
{
    if (ifc_is_stream(r))
        return (double)r->stream.latency.mean;
    double sum = 0;
    uint32_t n = tokens == 0 || tokens > r->tokens ? r->tokens : tokens;
    for (uint32_t i = 0; i < n; i++)
        sum += (double)r->token_latency[i];
    return ifc_ratio(sum, n);
}

static const char *status_of(const ifc_variant *v)
{
    if (!v->job)
        return "refused";
    if (v->job->status == IFC_OK)
        return ifc_outcome_name(v->job->result.outcome);
    return v->job->status == IFC_EINTERRUPTED ? "interrupted" : "failed";
}

static bool finished(const ifc_fork_job *job)
{
    return job && job->status == IFC_OK && job->result.outcome == IFC_RUN_OK;
}

static bool ran(const ifc_variant *v)
{
    return finished(v->job);
}

ifc_variant_figures ifc_explain_figures(const ifc_explanation *x, size_t i)
{
    const ifc_variant *v = &x->variants[i];
    ifc_variant_figures f = {.status = status_of(v)};
    if (!ran(v))
        return f;
    f.ps = ifc_explain_time(&v->job->result, v->tokens);
    if (v->kind == IFC_VARIANT_DOUBLED && finished(x->base))
        f.speedup = ifc_ratio(ifc_explain_time(&x->base->result, v->tokens), f.ps);
    for (size_t j = i; v->kind == IFC_VARIANT_STEP && j-- > 0 && x->variants[j].kind == IFC_VARIANT_STEP;)
        if (ran(&x->variants[j])) {
            f.delta_ps = f.ps - ifc_explain_time(&x->variants[j].job->result, x->variants[j].tokens);
            break;
        }
    return f;
}

static int longest_first(const void *a, const void *b)
{
    const ifc_share *x = a, *y = b;
    return x->ps != y->ps ? (x->ps < y->ps ? 1 : -1) : strcmp(x->name, y->name);
}

ifc_share *ifc_explain_shares(const ifc_result *r, bool by_operator, size_t *n)
{
    ifc_share *shares = ifc_alloc_zero(r->n_path + 1, sizeof *shares);
    *n = 0;
    for (uint32_t i = 0; i < r->n_path; i++) {
        const char *name = by_operator ? r->path[i].operator_name : r->path[i].resource;
        size_t at = 0;
        while (at < *n && strcmp(shares[at].name, name) != 0)
            at++;
        if (at == *n)
            snprintf(shares[(*n)++].name, sizeof shares->name, "%s", name);
        shares[at].ps += r->path[i].ps;
    }
    qsort(shares, *n, sizeof *shares, longest_first);
    return shares;
}

size_t *ifc_explain_doubled(const ifc_explanation *x, size_t *n)
{
    size_t *order = ifc_alloc_zero(x->n + 1, sizeof *order);
    *n = 0;
    for (size_t i = 0; i < x->n; i++) {
        if (x->variants[i].kind != IFC_VARIANT_DOUBLED)
            continue;
        double speedup = ifc_explain_figures(x, i).speedup;
        size_t at = (*n)++; /* equal ones stay in the order of the plan */
        for (; at > 0 && ifc_explain_figures(x, order[at - 1]).speedup < speedup; at--)
            order[at] = order[at - 1];
        order[at] = i;
    }
    return order;
}
