/**
 * How many bits of a page are wrong, and what a code makes of that: pure functions, no state.
 *
 * A law gives the raw bit error rate (RBER) of a page from the program/erase cycles of its block, the time
 * since it was programmed and the reads of its block since then. Laws were measured on blocks of a class of
 * cells, in a range of conditions; outside of it they say nothing.
 */
#ifndef IFC_RBER_H
#define IFC_RBER_H

#include <stdint.h>

/** In the order of the choices of flash.groups.<g>.errors.law. */
typedef enum ifc_rber_law {
    IFC_RBER_NONE,
    /*
     * ln RBER = (a PE + b) ln t + g PE + d, t in seconds; of the two pages of a cell the worse one.
     * LSB a 7.92e-6, b 0.25, g 3.28e-5, d -12.72; MSB a 5.49e-6, b 0.16, g 1.33e-4, d -13.11.
     * Luo et al., Improving 3D NAND Flash Memory Lifetime by Tolerating Early Retention Loss and Process
     * Variation, SIGMETRICS 2018: charge-trap MLC, 0 .. 10000 cycles, 7 min .. 24 days at 25 C. No term for
     * reads.
     */
    IFC_RBER_LUO2018,
    /*
     * RBER = e + a PE^k + b PE^m h^n + c PE^p r^q, h hours, r reads of a block for each of its pages;
     * e 1.48e-3, a 3.90e-10, k 2.05, b 6.28e-5, m 0.14, n 0.54, c 3.73e-9, p 0.33, q 1.71; at most 0.5.
     * 72-layer TLC. Its source says no range: 0 .. 10000 cycles and a year are assumed here.
     */
    IFC_RBER_POWER_LAW,
    IFC_RBER_TABLE, /* a grid of the user's */
    IFC_RBER_LAWS
} ifc_rber_law;

/** The state of a page, as a law sees it. */
typedef struct ifc_rber_state {
    double pe;      /* cycles of its block */
    double seconds; /* since it was programmed, at 25 C */
    double reads;   /* pages of its block that were sensed since then, for each page of the block */
} ifc_rber_state;

/** A grid: every combination of its axes has a value. Between them ln RBER is linear in cycles, reads and ln
 * of seconds. */
typedef struct ifc_rber_table {
    uint32_t n_pe, n_seconds, n_reads;  /* 1 or more of each */
    const double *pe, *seconds, *reads; /* ascending */
    const double *rber;                 /* [pe][seconds][reads], above 0 */
} ifc_rber_table;

/** Where a law holds, ends included. */
typedef struct ifc_rber_range {
    ifc_rber_state low, high;
} ifc_rber_range;

/** ifc_rber_range_of() - @table: of the law "table", else NULL. */
ifc_rber_range ifc_rber_range_of(ifc_rber_law law, const ifc_rber_table *table);

/** ifc_rber() - errors per bit. What is outside of the law's range counts as the range's end. */
double ifc_rber(ifc_rber_law law, const ifc_rber_table *table, const ifc_rber_state *state);

/**
 * ifc_rber_acceleration() - seconds at 25 C that age a page as much as one at @celsius
 * exp(Ea / k (1 / 298.15 K - 1 / T)), Ea 1.04 eV: Luo et al., HeatWatch, HPCA 2018 (3D MLC).
 */
double ifc_rber_acceleration(double celsius);

/** ifc_rber_fails() - the probability that more than @correct of @bits bits are wrong: the binomial tail. */
double ifc_rber_fails(uint32_t bits, uint32_t correct, double rber);

/**
 * ifc_rber_spread() - how pages of one block differ: means of @n equally likely parts of a gamma distribution
 * of mean 1 (Luo et al. 2018: shape 2.2)
 * @out: @n of them, ascending; their mean is 1
 */
void ifc_rber_spread(double shape, uint32_t n, double *out);

#endif
