/**
 * The two-stage register pipeline of a plane: the array senses page i+1 into the data register while the
 * engine works on page i in the cache register.
 *
 * With k(i) the moment page i moves to the cache register: k(1) = max(begin + tR, engine free),
 * k(i+1) = max(k(i) + tR, k(i) + tC), end = k(p) + tC. From idle that is tR + (p-1) max(tR, tC) + tC.
 *
 * A gate holds the engine, not the array: work on the first page begins at max(k(1), gate), and the second
 * page, sensed meanwhile, moves when the first one's work is over.
 */
#ifndef IFC_PIPELINE_H
#define IFC_PIPELINE_H

#include <stdbool.h>
#include <stdint.h>

#include <ifc/time.h>
#include <ifc/txn.h>

typedef struct ifc_pipeline {
    ifc_time sense_free;   /* the data register is empty again: the next sense may begin */
    ifc_time compute_free; /* the engine is done */
} ifc_pipeline;

typedef struct ifc_pipeline_run {
    ifc_time begin;      /* first sense */
    ifc_time first_move; /* first page in the cache register */
    ifc_time last_move;  /* last page there */
    ifc_time end;        /* last page computed */
    ifc_time stall;      /* by how much the gate held it up */
} ifc_pipeline_run;

/** ifc_pipeline_first_move() - k(1) of a run that begins sensing at @begin. */
static inline ifc_time ifc_pipeline_first_move(const ifc_pipeline *p, ifc_time begin, ifc_time t_read)
{
    return ifc_time_max(begin + t_read, p->compute_free);
}

/**
 * ifc_pipeline_advance() - pass a run of a command through and keep the state for the next one
 * @ready:     when the command is there; the run begins when the data register is free too
 * @gate:      when the engine may begin: its input is there, and room for its results; 0: at once
 * @t_read, @t_compute: of one page, ps
 * @fill:      false: the run costs max(tR, tC) per page and overlaps with nothing (effect pipeline_fill off)
 */
ifc_pipeline_run ifc_pipeline_advance(ifc_pipeline *p, ifc_time ready, ifc_time gate,
                                      const ifc_extent *extent, ifc_time t_read, ifc_time t_compute,
                                      bool fill);

#endif
