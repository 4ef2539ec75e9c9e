/*
 * How cycles and reads are spread over the blocks of a group. The blocks of a row are as worn as each other.
 */
#include <math.h>
#include <stdlib.h>

#include "components/record/collect.h"
#include "components/record/record.h"
#include "platform/common/memory.h"

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double rank(const double *sorted, size_t n, double percent)
{
    return sorted[(size_t)fmax(0, ceil(percent * (double)n / 100) - 1)];
}

static ifc_block_spread spread_of(double *values, size_t n)
{
    if (n == 0)
        return (ifc_block_spread){0};
    qsort(values, n, sizeof *values, by_value);
    return (ifc_block_spread){.p50 = rank(values, n, 50),
                              .p90 = rank(values, n, 90),
                              .p99 = rank(values, n, 99),
                              .max = values[n - 1]};
}

typedef double value_of(const ifc_block_row *row);

static double cycles_of(const ifc_block_row *row)
{
    return row->cycles > row->erases ? row->cycles : row->erases;
}

static double reads_of(const ifc_block_row *row)
{
    return row->most_reads;
}

/* < 0: not one of those that count. */
static double kv_reads_of(const ifc_block_row *row)
{
    return row->use == IFC_BLOCK_WEIGHTS || cycles_of(row) == 0 ? -1 : row->most_reads;
}

static ifc_block_spread collect(const ifc_record *rec, const ifc_group *g, value_of *of, double *scratch)
{
    size_t n = 0;
    for (uint32_t d = 0; d < g->p->dies; d++)
        for (uint32_t i = 0; i < g->p->blocks_per_plane; i++) {
            double value = of(&rec->mapping->blocks.dies[g->first_die + d].rows[i]);
            if (value >= 0)
                scratch[n++] = value;
        }
    return spread_of(scratch, n);
}

void ifc__collect_blocks(const ifc_record *rec, const ifc_group *g, ifc_wear_row *w)
{
    double *scratch = ifc_alloc_zero((size_t)g->p->dies * g->p->blocks_per_plane, sizeof *scratch);
    w->pe = collect(rec, g, cycles_of, scratch);
    w->reads = collect(rec, g, reads_of, scratch);
    w->kv_reads = collect(rec, g, kv_reads_of, scratch);
    free(scratch);
}
