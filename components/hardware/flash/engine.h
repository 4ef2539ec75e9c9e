/**
 * The engine of one plane: senses its pages of a granule and computes on them through the register pipeline,
 * event by event.
 *
 * The grain decides how many pages one event covers: 1 (page) or the whole run (plane). At grain die all
 * planes of a die are one engine in lockstep, and the die runs the same pipeline itself.
 */
#ifndef IFC_ENGINE_H
#define IFC_ENGINE_H

#include <ifc/txn.h>

#include "components/hardware/flash/pipeline.h"
#include "platform/kernel/kernel.h"

struct ifc_lane;

typedef struct ifc_engine {
    struct ifc_lane *lane;
    uint32_t plane; /* of the die */
    ifc_signal work;
    ifc_txn *txn; /* command at work; NULL: idle */
    uint32_t pages;
    uint64_t round;                     /* of the command, its first one */
    ifc_time begin, first_move;         /* when its first page begins to be sensed, and is */
    ifc_time stall;                     /* by how much work on that page is held up, or the next one's move */
    bool stalls_alone;                  /* the granule is one page: the stall is before its work */
    ifc_time t_read, t_page, t_compute; /* per page: tR, max(tR, tC), and tC */
    uint32_t pages_per_event;
} ifc_engine;

void ifc_engine_init(ifc_engine *e, struct ifc_lane *lane, uint32_t plane, uint32_t pages_per_event);
void ifc_engine_fini(ifc_engine *e);

/** ifc_engine_run() - the actor. */
void ifc_engine_run(void *engine);

/**
 * ifc_engine_start() - give an idle engine its pages of a granule; the die is told when all have played
 * @rounds: of the granule
 * @round:  of the command: its first one
 * @run:    the granule, as decided for the whole lane
 * Does not block.
 */
void ifc_engine_start(ifc_engine *e, ifc_txn *txn, uint32_t pages, uint32_t rounds, uint64_t round,
                      const ifc_pipeline_run *run, ifc_time t_read, ifc_time t_compute);

#endif
