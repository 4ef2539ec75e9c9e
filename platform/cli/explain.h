/**
 * What limits a scenario, and what removing the limit would give: the scenario itself and variants of it, all
 * run, and what they say.
 */
#ifndef IFC_EXPLAIN_H
#define IFC_EXPLAIN_H

#include <stdio.h>

#include "platform/jobs/fork_run.h"

enum ifc_explain_part {
    IFC_EXPLAIN_BOTTLENECKS = 1,
    IFC_EXPLAIN_ROOFLINE = 2,
    IFC_EXPLAIN_WATERFALL = 4,
    IFC_EXPLAIN_DOUBLING = 8,
    IFC_EXPLAIN_ALL = 15
};

enum ifc_variant_kind { IFC_VARIANT_OWN, IFC_VARIANT_STEP, IFC_VARIANT_DOUBLED };

typedef struct ifc_variant {
    int kind;                /* enum ifc_variant_kind */
    char name[96];           /* "ecc", "g1 t_read" */
    char change[96];         /* "off -> on", "4 us -> 2 us" */
    char refused[256];       /* why it cannot be run; empty: job says how it went */
    ifc_scenario *scenario;  /* owned; NULL: the same as the scenario itself */
    const ifc_fork_job *job; /* NULL: refused */
    uint32_t tokens; /* it is compared over the first so many; 0: over all (a stream, the scenario itself) */
    uint64_t period; /* common to the sides that are compared; tokens may be less */
} ifc_variant;

typedef struct ifc_explanation {
    const ifc_scenario *own; /* borrowed */
    unsigned parts;          /* enum ifc_explain_part, which to show */
    ifc_variant *variants;   /* owned; the first is the scenario itself */
    size_t n, room;
    ifc_fork_job *jobs; /* owned; the first belongs to the scenario itself */
    size_t n_jobs;
    ifc_scenario *longer;     /* owned; the scenario over more tokens than it has; NULL: it has enough */
    const ifc_fork_job *base; /* what variants are compared with: the scenario over tokens enough for all */
} ifc_explanation;

/**
 * ifc_explain_plan() - which variants of @own to run for @parts
 * @x: zero; release with ifc_explain_fini()
 */
void ifc_explain_plan(ifc_explanation *x, const ifc_scenario *own, unsigned parts);

/** ifc_explain_needs_windows() - there are variants of a decode, which take tokens to compare. */
bool ifc_explain_needs_windows(const ifc_explanation *x);

/**
 * ifc_explain_windows() - over how many tokens each variant is compared with the scenario
 *
 * Over a common multiple of both sides' periods (kv_period.h), so that neither has more flushes or new pages
 * than it is due; all steps of the waterfall over one of all. Where that would be too much work, over fewer
 * tokens, in which both sides see the flushes that they are due, or nearly so.
 *
 * @events: of the kernel, that a token of each variant takes, at least 1; what bounds the work
 */
void ifc_explain_windows(ifc_explanation *x, const double *events);

/** ifc_explain_make_jobs() - what is to be run for the variants as they are now. */
void ifc_explain_make_jobs(ifc_explanation *x);

/** ifc_explain_fini() - release variants, jobs and results. */
void ifc_explain_fini(ifc_explanation *x);

/**
 * ifc_explain_time() - mean latency of the first @tokens tokens (0: of all), or of a request of a stream, ps
 * Return: 0: nothing finished.
 */
double ifc_explain_time(const ifc_result *r, uint32_t tokens);

/** ifc_explain_text(), _json(), _csv() - write what the runs found. Return: IFC_EOUTPUT, IFC_EINTERNAL. */
IFC_MUST_CHECK ifc_status ifc_explain_text(const ifc_explanation *x, FILE *out, ifc_error *err);
IFC_MUST_CHECK ifc_status ifc_explain_json(const ifc_explanation *x, FILE *out, ifc_error *err);
IFC_MUST_CHECK ifc_status ifc_explain_csv(const ifc_explanation *x, FILE *out, ifc_error *err);

/** What a variant came to, for the writers: one reading for all formats. */
typedef struct ifc_variant_figures {
    const char *status; /* "ok", "out_of_memory", "refused", "failed", ... */
    double ps;          /* per token or request; 0 unless "ok" */
    double delta_ps;    /* step: against the last step that ran */
    double speedup;     /* doubled: time of the scenario itself over this one's; 0: not known */
} ifc_variant_figures;

/** ifc_explain_figures() - of variant @i. */
ifc_variant_figures ifc_explain_figures(const ifc_explanation *x, size_t i);

/** A share of the critical path, summed by some of operator, resource and phase. */
typedef struct ifc_share {
    char name[IFC_NAME_MAX];
    ifc_time ps;
} ifc_share;

/**
 * ifc_explain_shares() - the critical path of @r by resource (or by operator), longest first
 * @n: out
 * Return: owned by the caller; ends the process when there is no memory.
 */
ifc_share *ifc_explain_shares(const ifc_result *r, bool by_operator, size_t *n);

/** ifc_explain_doubled() - indices of the doubled variants, largest speed-up first; owned by the caller. */
size_t *ifc_explain_doubled(const ifc_explanation *x, size_t *n);

/* Shared by the files that plan. What ifc__explain_add() returns is valid until the next one is added. */
ifc_variant *ifc__explain_add(ifc_explanation *x, int kind, const char *name);
ifc_scenario *ifc__explain_copy(const ifc_scenario *s);
void ifc__explain_double(ifc_explanation *x);

#endif
