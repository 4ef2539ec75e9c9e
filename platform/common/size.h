/**
 * Sizes in bytes that stay at the end of their range instead of wrapping: what is more than 64 bits count
 * does not fit anywhere.
 */
#ifndef IFC_SIZE_H
#define IFC_SIZE_H

#include <stdint.h>

/** ifc_size_add() - @a + @b */
static inline uint64_t ifc_size_add(uint64_t a, uint64_t b)
{
    uint64_t sum;

    return __builtin_add_overflow(a, b, &sum) ? UINT64_MAX : sum;
}

/** ifc_size_times() - @a times @b */
static inline uint64_t ifc_size_times(uint64_t a, uint64_t b)
{
    uint64_t product;

    return __builtin_mul_overflow(a, b, &product) ? UINT64_MAX : product;
}

#endif
