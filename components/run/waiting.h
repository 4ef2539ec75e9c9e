/**
 * Requests that have arrived and have no place yet, where a policy chooses among them.
 */
#ifndef IFC_WAITING_H
#define IFC_WAITING_H

#include <ifc/policy.h>

#include "workloads/requests/requests.h"

typedef struct ifc_waiting {
    ifc_request *requests; /* owned, with their blocks; in order of arrival */
    uint32_t n;
    ifc_request_view *views; /* owned; of those that may be chosen */
    uint32_t *of;            /* owned; which request each view is of */
} ifc_waiting;

/** ifc_waiting_add() - @r waits from now on; copied. There is room: w->n is below IFC_WAITING_MAX. */
void ifc_waiting_add(ifc_waiting *w, const ifc_request *r);

/** ifc_waiting_remove() - the request with this index does not wait any more. */
void ifc_waiting_remove(ifc_waiting *w, uint32_t index);

void ifc_waiting_fini(ifc_waiting *w);

#endif
