/**
 * Sorting more records than memory holds: gathered in a fixed chunk, each full chunk sorted and appended to a
 * temporary file that has no name, all of them merged at the end. Memory does not depend on the count.
 */
#ifndef IFC_TIMELINE_SORT_H
#define IFC_TIMELINE_SORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <ifc/time.h>

/** One record, in order of (time, track, sequence); the sorter numbers them as they come. */
typedef struct ifc__sort_record {
    ifc_time time;
    uint64_t sequence;
    int64_t value;
    uint32_t track;
    uint32_t kind; /* of the caller's */
} ifc__sort_record;

typedef struct ifc__sorter ifc__sorter;

/** ifc__sorter_new() - a sorter spilling into the folder of @near. Returns owned. */
ifc__sorter *ifc__sorter_new(const char *near_file, size_t chunk_records);
void ifc__sorter_free(ifc__sorter *s);

/** ifc__sorter_add() - one more record, before the first ifc__sorter_next(). */
void ifc__sorter_add(ifc__sorter *s, ifc_time time, uint32_t track, uint32_t kind, int64_t value);

/** ifc__sorter_next() - the next record in order. Return: false at the end, or when reading failed. */
bool ifc__sorter_next(ifc__sorter *s, ifc__sort_record *record);

/** ifc__sorter_error() - errno of the first failure of the temporary file; 0: none. */
int ifc__sorter_error(const ifc__sorter *s);

#endif
