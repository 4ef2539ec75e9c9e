/**
 * Running the points of an exploration, each in its own process, into its journal.
 */
#ifndef IFC_EXPLORE_WORK_H
#define IFC_EXPLORE_WORK_H

#include "platform/cli/explore/journal.h"
#include "platform/cli/explore/points.h"

typedef struct ifc_work {
    const ifc_points *points; /* borrowed */
    ifc_journal *journal;     /* borrowed */
    size_t shard, shards;     /* only points K, K + N, K + 2 N, ...; 0, 0: all */
    unsigned jobs;            /* at a time; 0: one per processor */
    bool quiet;
} ifc_work;

/**
 * ifc_work_run() - run what is not recorded
 * A point whose process dies is tried once more, then recorded as failed. Messages go to standard error.
 * Return: IFC_OK: every point of the shard is recorded; IFC_EINTERRUPTED; IFC_EOUTPUT; IFC_EINTERNAL: a point
 * failed, or no process could be had; IFC_EMACHINE: points failed, all for lack of memory.
 */
IFC_MUST_CHECK ifc_status ifc_work_run(const ifc_work *w, ifc_error *err);

/** ifc_work_seconds() - wall time that point @i takes, its result thrown away. Return: below 0: it does not
 * run. */
double ifc_work_seconds(const ifc_points *p, size_t i);

#endif
