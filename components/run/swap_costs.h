/**
 * What recomputing and reading chunks takes: straight lines, fitted to what it took so far in this run.
 */
#ifndef IFC_SWAP_COSTS_H
#define IFC_SWAP_COSTS_H

#include <stdbool.h>

#include <ifc/time.h>

typedef struct ifc_swap_costs {
    double n, x, y, xx, xy;           /* recomputed: tokens x, ps y; sums */
    double reads, oo, ob, bb, oy, by; /* read: objects o, bytes b, ps y; sums */
} ifc_swap_costs;

/** ifc_swap_recomputed(), ifc_swap_loaded() - what was seen; of all layers. */
void ifc_swap_recomputed(ifc_swap_costs *c, double tokens, ifc_time took);
void ifc_swap_loaded(ifc_swap_costs *c, double objects, double bytes, ifc_time took);

/** ifc_swap_known() - both have been seen. */
bool ifc_swap_known(const ifc_swap_costs *c);

/** ifc_swap_recompute_ps() - what recomputing so many tokens is expected to take: a + b x by least squares;
 * b x as long as only one number of tokens was seen, or the line falls. 0 for none. */
double ifc_swap_recompute_ps(const ifc_swap_costs *c, double tokens);

/** ifc_swap_load_ps() - reading: a objects + b bytes by least squares; by bytes alone while objects had one
 * size, or where a or b would be negative. */
double ifc_swap_load_ps(const ifc_swap_costs *c, double objects, double bytes);

#endif
