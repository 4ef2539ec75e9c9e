/*
 * Times of the pages of a word line: "37 us, 46 us, 37 us" are those of pages 0, 1, 2 of a block, of 3, 4, 5,
 * and so on.
 */
#include <string.h>

#include "platform/scenario/scenario.h"
#include "platform/scenario/units.h"

#define LONGEST (1000 * IFC_SECOND)

uint32_t ifc_page_times(const char *list, ifc_time otherwise, ifc_time *out)
{
    char one[IFC_NAME_MAX];
    uint32_t n = 0;
    out[0] = otherwise;
    if (!list[0])
        return 1;
    for (const char *at = list;; at++) {
        at += strspn(at, " ");
        size_t length = strcspn(at, ",");
        int64_t time;
        if (n == IFC_PAGE_TYPES_MAX || length >= sizeof one)
            return 0;
        memcpy(one, at, length);
        one[length] = '\0';
        if (ifc_quantity_parse_whole(IFC_UNIT_TIME, one, &time, NULL) != IFC_OK || time < 1 || time > LONGEST)
            return 0;
        out[n++] = time;
        at += length;
        if (!*at)
            return n;
    }
}

ifc_time ifc_page_time_least(const char *list, ifc_time otherwise)
{
    ifc_time times[IFC_PAGE_TYPES_MAX];
    uint32_t n = ifc_page_times(list, otherwise, times);
    for (uint32_t i = 1; i < n; i++)
        times[0] = ifc_time_min(times[0], times[i]);
    return times[0];
}
