/**
 * Pages of a command that the decoder cannot correct at first: they are sensed and decoded again.
 *
 * Where the die decodes, the page's lane does it at once: a page that has been decoded in vain is sensed and
 * decoded again, and what was begun for the next page is given up. Planes in lockstep wait for the one that
 * retries. Where the controller decodes, it sends a READ for the pages that failed when all of the command
 * is there (ifc_command_again()).
 *
 * Which pages fail, and how often, is decided when the command is made (components/data/errors.c).
 */
#ifndef IFC_RETRY_H
#define IFC_RETRY_H

#include <ifc/txn.h>

#include "components/hardware/flash/pipeline.h"

struct ifc_hardware;
struct ifc_lane;
struct ifc_task;

/** A page of a command: the round-th of those that it touches in a plane of the die. */
typedef struct ifc_retry {
    uint32_t round;
    uint16_t plane;
    uint8_t times; /* that it is sensed after the first */
    bool lost;     /* and in vain */
} ifc_retry;

/** ifc_retry_add() - @t has such a page; the same page again counts as the worse of both. By round,
 * ascending.
 */
void ifc_retry_add(ifc_txn *t, const ifc_retry *page);

/** ifc_retry_copy() - those of @from that are in plane @plane (IFC_NONE: in any) become those of @to, also
 * when both are the same. @since: the first of its senses that @to makes. */
void ifc_retry_copy(ifc_txn *to, const ifc_txn *from, uint32_t plane, uint32_t since);

/** ifc_retry_senses() - of pages that the command's own die senses again. */
uint64_t ifc_retry_senses(const struct ifc_hardware *hw, const ifc_txn *t);

/** ifc_retry_time() - by how much a lane is held up in rounds [from, to) of @t: for each retry a decode in
 * vain and a sense. 0 where the controller decodes. */
ifc_time ifc_retry_time(const struct ifc_lane *l, const ifc_txn *t, uint64_t from, uint64_t to);

/** ifc_retry_run() - rounds [from, to) of @task have passed @p as @r without retries: add these.
 * @gate: as for ifc_pipeline_advance(). Return: the time that they took. */
ifc_time ifc_retry_run(const struct ifc_task *task, ifc_pipeline *p, ifc_pipeline_run *r, ifc_time gate,
                       uint64_t from, uint64_t to);

/** ifc_retry_wanted() - whether the controller, which has decoded all of @t, reads some of its pages again.
 */
bool ifc_retry_wanted(const struct ifc_hardware *hw, const ifc_txn *t);

/** ifc_retry_extent() - of the pages of @t that fail, alone. */
ifc_extent ifc_retry_extent(const ifc_txn *t);

#endif
