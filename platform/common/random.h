/**
 * Reproducible random numbers: SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number
 * generators, 2014).
 */
#ifndef IFC_RANDOM_H
#define IFC_RANDOM_H

#include <stdint.h>

static inline uint64_t ifc_random(uint64_t *state)
{
    uint64_t z = (*state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

/** ifc_random_unit() - uniform in (0, 1]. */
static inline double ifc_random_unit(uint64_t *state)
{
    return ((double)(ifc_random(state) >> 11) + 1.0) * 0x1p-53;
}

#endif
