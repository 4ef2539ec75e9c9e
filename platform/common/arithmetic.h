/**
 * Whole-number arithmetic that more than one room needs.
 */
#ifndef IFC_ARITHMETIC_H
#define IFC_ARITHMETIC_H

#include <stdint.h>

/** What ifc_lcm() gives when the true value is larger: it can still be written as a number of JSON. */
#define IFC_LCM_MAX (UINT64_C(1) << 53)

/** ifc_div_up() - a / b, rounded up; b is above 0. */
static inline uint64_t ifc_div_up(uint64_t a, uint64_t b)
{
    return a / b + (a % b > 0);
}

static inline uint64_t ifc_gcd(uint64_t a, uint64_t b)
{
    while (b > 0) {
        uint64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

/** ifc_lcm() - least common multiple of two numbers above 0; stops at IFC_LCM_MAX. */
static inline uint64_t ifc_lcm(uint64_t a, uint64_t b)
{
    uint64_t part = a / ifc_gcd(a, b);
    return part > IFC_LCM_MAX / b ? IFC_LCM_MAX : part * b;
}

#endif
