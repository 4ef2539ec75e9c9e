#include "components/hardware/flash/address.h"

#include <stdlib.h>

#include "platform/common/memory.h"
#include "platform/kernel/kernel.h"

uint32_t *ifc_address_runs(ifc_txn *t, uint32_t planes)
{
    if (planes > t->room_runs) {
        free(t->runs);
        t->runs = ifc_alloc_zero(planes, sizeof *t->runs);
        t->room_runs = planes;
    }
    for (uint32_t i = 0; i < planes; i++)
        t->runs[i] = 0;
    t->has_runs = true;
    return t->runs;
}

ifc_extent ifc_address_extent(const ifc_txn *t, uint32_t planes)
{
    ifc_extent e = {0};
    for (uint32_t i = 0; i < planes; i++) {
        e.planes += t->runs[i] > 0;
        e.pages += t->runs[i];
        e.max_pages = t->runs[i] > e.max_pages ? t->runs[i] : e.max_pages;
    }
    return e;
}
