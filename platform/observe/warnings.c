#include "platform/observe/warnings.h"

#include <stdio.h>
#include <string.h>

#include "platform/observe/figures.h"
#include "platform/observe/format.h"
#include "platform/observe/requests.h"

/* From these shares on a resource limits the run, or lies idle in a way that is worth a line. */
#define BUSY_LIMIT          0.90
#define IDLE_LIMIT          0.50
#define UNEVEN_LIMIT        0.20
#define AMPLIFICATION_LIMIT 1.5
#define BUFFER_FULL_LIMIT   0.95
/* Rounds of pages over the planes, of which one more or less is worth a line; a last round that is less full
 * than one part in so many is just behind the step. */
#define PAGE_STEP 8

static void IFC_PRINTF(2, 3) warn(ifc_warnings *w, const char *format, ...)
{
    if (w->n == IFC_WARNINGS_MAX)
        return;
    va_list args;
    va_start(args, format);
    vsnprintf(w->text[w->n++], sizeof w->text[0], format, args);
    va_end(args);
}

static void warn_outcome(const ifc_result *r, ifc_warnings *w)
{
    if (r->outcome == IFC_RUN_INTERRUPTED && r->end_time >= IFC_TIME_HORIZON)
        warn(w, "the clock ends at %.0f s: a run cannot be longer", (double)IFC_TIME_HORIZON * 1e-12);
    if (r->outcome == IFC_RUN_INTERRUPTED && ifc_is_stream(r))
        warn(w, "interrupted: the figures cover %llu finished requests only",
             (unsigned long long)r->stream.requests);
    else if (r->outcome == IFC_RUN_INTERRUPTED && ifc_is_requests(r))
        warn(w,
             "interrupted: the figures cover %u finished requests; %llu were under way, with %llu tokens "
             "generated",
             r->n_requests, (unsigned long long)(r->requests_begun - r->n_requests),
             (unsigned long long)r->tokens_begun);
    else if (r->outcome == IFC_RUN_INTERRUPTED)
        warn(w, "interrupted: the figures cover %u of %u tokens", r->tokens,
             r->window.tokens ? r->window.tokens : r->tokens);
    if (r->outcome == IFC_RUN_OUT_OF_MEMORY && r->overflow >= 0 && (uint32_t)r->overflow < r->n_capacity) {
        const ifc_capacity_row *c = &r->capacity[r->overflow];
        warn(w, "%s does not fit: %s needed, %s available", c->name, ifc_format_size(c->used).text,
             ifc_format_size(c->total).text);
    }
}

/* Resources that do the same work: the busiest one names the limit, a wide spread names the imbalance. */
static void warn_busy(const ifc_result *r, ifc_warnings *w, int kind, int group, const char *limit)
{
    ifc_busy_figures f = ifc_busy_of(r, kind, group);
    if (f.count == 0)
        return;
    bool together = group >= 0 && f.max - f.min < UNEVEN_LIMIT;
    if (f.max >= BUSY_LIMIT && limit)
        warn(w, "%s busy %.0f %%: %s", together ? ifc_result_group_name(r, group) : f.busiest->name,
             (together ? f.mean : f.max) * 100.0, limit);
    if (kind != IFC_RESOURCE_LINK && f.count > 1 && f.max - f.min >= UNEVEN_LIMIT)
        warn(w, "%s%s%ss are uneven: busy %.0f to %.0f %%", ifc_result_group_name(r, group),
             group >= 0 ? " " : "", ifc_resource_kind_name(kind), f.min * 100.0, f.max * 100.0);
}

/* A die that waits for a full bus is busy too, and does not limit. */
static void warn_groups(const ifc_result *r, ifc_warnings *w)
{
    bool bus_limits = ifc_busy_of(r, IFC_RESOURCE_CHANNEL, -1).max >= BUSY_LIMIT;
    for (uint32_t g = 0; r->scenario && g < r->scenario->n_groups; g++)
        warn_busy(r, w, IFC_RESOURCE_DIE, (int)g, bus_limits ? NULL : "the dies limit");
}

static void warn_idle_groups(const ifc_result *r, ifc_warnings *w)
{
    for (uint32_t g = 0; r->scenario && g < r->scenario->n_groups; g++) {
        ifc_busy_figures f = ifc_busy_of(r, IFC_RESOURCE_DIE, (int)g);
        if (f.count > 0 && 1.0 - f.mean >= IDLE_LIMIT)
            warn(w, "%s idle %.0f %%", r->scenario->groups[g].name, (1.0 - f.mean) * 100.0);
    }
}

/* Figures over part of a period hold more or fewer flushes and new pages than decoding goes on to have. */
static void warn_window(const ifc_result *r, ifc_warnings *w)
{
    const ifc_window *p = &r->window;
    char flushes[96] = "", pages[96] = "";
    if (p->period == 0 || r->tokens == 0 || r->tokens % p->period == 0)
        return;
    double layers = r->scenario->model.layers;
    if (p->flushes_due > 0)
        snprintf(flushes, sizeof flushes, ": flushes of a layer %.4g, %.4g due", (double)r->flushes / layers,
                 p->flushes_due / layers);
    if (p->pages_due > 0)
        snprintf(pages, sizeof pages, "%s new pages of a stream %llu, %.4g due", flushes[0] ? ";" : ":",
                 (unsigned long long)(p->pages_last - p->pages_first), p->pages_due);
    if (r->tokens < p->period)
        warn(w, "%u of %llu tokens of a period%s%s", r->tokens, (unsigned long long)p->period, flushes,
             pages);
    else
        warn(w, "%u tokens are %.4g periods of %llu%s%s", r->tokens, (double)r->tokens / (double)p->period,
             (unsigned long long)p->period, flushes, pages);
}

/* Pages of a stream are dealt plane by plane: one more than there are planes is one more to sense, in a row.
 */
static void warn_page_step(const ifc_result *r, ifc_warnings *w)
{
    unsigned long long planes = r->window.planes, first = r->window.pages_first, last = r->window.pages_last;
    if (planes == 0 || last == 0 || last > PAGE_STEP * planes)
        return;
    unsigned long long before = (first + planes - 1) / planes, after = (last + planes - 1) / planes;
    if (first > 0 && after > before)
        warn(w, "a stream grows from %llu to %llu pages on %llu planes: a plane senses %llu for it, not %llu",
             first, last, planes, after, before);
    else if (last % planes == 0)
        warn(w, "a stream has %llu pages on %llu planes: with one more, a plane senses %llu for it, not %llu",
             last, planes, after + 1, after);
    else if (last > planes && first % planes != 0 && last % planes <= planes / PAGE_STEP)
        warn(w,
             "a stream has %llu pages on %llu planes: a plane senses %llu for it, for %llu pages it is %llu",
             last, planes, after, (after - 1) * planes, after - 1);
}

static void warn_kv(const ifc_result *r, ifc_warnings *w)
{
    double amplification = ifc_read_amplification(r);
    if (amplification >= AMPLIFICATION_LIMIT)
        warn(w, "KV read amplification %.1f: %.0f %% of the KV bytes sensed were needed", amplification,
             100.0 / amplification);
    if (r->kv_buffer_bytes > 0 && (double)r->kv_buffer_peak >= BUFFER_FULL_LIMIT * (double)r->kv_buffer_bytes)
        warn(w, "the KV buffer was filled to %.0f %%",
             100.0 * (double)r->kv_buffer_peak / (double)r->kv_buffer_bytes);
    bool kv_in_flash = r->scenario && strcmp(r->scenario->placement.kv, "dram") != 0;
    if (kv_in_flash && r->outcome == IFC_RUN_OK && r->flushes == 0 && r->tokens > 0 &&
        r->scenario->effects.kv_program)
        warn(w, "no KV flush happened in %u token%s: program time is not in these figures", r->tokens,
             r->tokens == 1 ? "" : "s");
}

static void warn_wear(const ifc_result *r, ifc_warnings *w)
{
    for (uint32_t i = 0; i < r->n_wear; i++) {
        if (r->wear[i].refreshes_per_token > 0 && r->wear[i].refreshed)
            warn(w, "%s: %.3g blocks were past their read limit before they moved", r->wear[i].group,
                 r->wear[i].refreshes_per_token * r->tokens);
        else if (r->wear[i].refreshes_per_token > 0)
            warn(w, "%s: %.3g blocks reach the read limit per token; that refresh traffic is not simulated",
                 r->wear[i].group, r->wear[i].refreshes_per_token);
    }
}

static void warn_errors(const ifc_result *r, ifc_warnings *w)
{
    for (uint32_t i = 0; i < r->n_wear; i++) {
        const ifc_errors_row *e = &r->wear[i].errors;
        if (e->lost_weights + e->lost_kv + e->lost_other > 0)
            warn(w,
                 "%s: pages that no retry corrected: %llu of weights, %llu of KV, %llu others; what was made "
                 "of "
                 "them is wrong",
                 r->wear[i].group, (unsigned long long)e->lost_weights, (unsigned long long)e->lost_kv,
                 (unsigned long long)e->lost_other);
        if (e->beyond > 0)
            warn(w, "%s: blocks went beyond the range of their law of errors; they count as its end",
                 r->wear[i].group);
    }
}

static void warn_power(const ifc_result *r, ifc_warnings *w)
{
    if (r->power_budget > 0 && r->power_drawn > r->power_budget * (1 + 1e-9))
        warn(w, "a command alone drew %.3g W of arrays, more than the budget of %.3g W", r->power_drawn,
             r->power_budget);
}

static void warn_policies(const ifc_result *r, ifc_warnings *w)
{
    for (uint32_t i = 0; i < r->n_policies && r->outcome == IFC_RUN_OK; i++)
        if (r->policies[i].chosen && !r->policies[i].asked)
            warn(w, "policies.%s%s: %s was never asked: nothing that it decides came up",
                 strcmp(r->policies[i].kind, "observer") == 0 ? "observers." : "", r->policies[i].label,
                 r->policies[i].name);
}

void ifc_warnings_of(const ifc_result *r, ifc_warnings *w)
{
    w->n = 0;
    warn_outcome(r, w);
    if (r->outcome == IFC_RUN_OUT_OF_MEMORY)
        return;
    warn_busy(r, w, IFC_RESOURCE_CHANNEL, -1, "the bus limits");
    warn_groups(r, w);
    warn_busy(r, w, IFC_RESOURCE_NPU, -1, "the NPU limits");
    warn_busy(r, w, IFC_RESOURCE_DRAM, -1, "the DRAM limits");
    warn_busy(r, w, IFC_RESOURCE_LINK, -1, "the link to the host limits");
    warn_idle_groups(r, w);
    warn_kv(r, w);
    warn_window(r, w);
    warn_page_step(r, w);
    warn_wear(r, w);
    warn_errors(r, w);
    warn_power(r, w);
    warn_policies(r, w);
}
