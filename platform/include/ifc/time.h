/**
 * Simulated time.
 *
 * One clock: signed 64-bit picoseconds since the start of the simulation, exact up to its end at
 * IFC_TIME_HORIZON (12 days), where a run stops as at a limit.
 */
#ifndef IFC_TIME_H
#define IFC_TIME_H

#include <stdint.h>

typedef int64_t ifc_time;

#define IFC_PS           ((ifc_time)1)
#define IFC_NS           ((ifc_time)1000)
#define IFC_US           ((ifc_time)1000000)
#define IFC_MS           ((ifc_time)1000000000)
#define IFC_SECOND       ((ifc_time)1000000000000)
#define IFC_TIME_MAX     INT64_MAX
#define IFC_TIME_HORIZON ((ifc_time)1100000 * IFC_SECOND)

static inline ifc_time ifc_time_max(ifc_time a, ifc_time b)
{
    return a > b ? a : b;
}

static inline ifc_time ifc_time_min(ifc_time a, ifc_time b)
{
    return a < b ? a : b;
}

/*
 * Arithmetic of times >= 0 that saturates. What would be longer stays at IFC_TIME_FAR, which is past the end
 * of every clock and so far from the end of the type that up to seven of them may be added with +: whoever
 * sleeps until then ends the run like a limit (kernel.h:ifc_sleep_until). So multiply what comes from
 * parameters with these, and keep every moment that others build on (when a bus, an array, a buffer is free)
 * with ifc_time_add(). IFC_TIME_MAX is no time but "never".
 */
#define IFC_TIME_FAR ((ifc_time)1 << 60)

/** ifc_time_add() - @a + @b */
static inline ifc_time ifc_time_add(ifc_time a, ifc_time b)
{
    return a > IFC_TIME_FAR - b ? IFC_TIME_FAR : a + b;
}

/** ifc_time_sum() - @a + @b of times spent by many, which may well be more than a run lasts; up to
 * IFC_TIME_MAX */
static inline ifc_time ifc_time_sum(ifc_time a, ifc_time b)
{
    return a > IFC_TIME_MAX - b ? IFC_TIME_MAX : a + b;
}

/** ifc_time_times() - @count times @t */
static inline ifc_time ifc_time_times(uint64_t count, ifc_time t)
{
    ifc_time product;

    return __builtin_mul_overflow(count, t, &product) ? IFC_TIME_FAR : ifc_time_min(product, IFC_TIME_FAR);
}

/** ifc_time_from_ps() - @ps picoseconds, rounded to the nearest; 0 for less than nothing and for NaN */
static inline ifc_time ifc_time_from_ps(double ps)
{
    if (!(ps > 0.0))
        return 0;
    return ps >= (double)IFC_TIME_FAR ? IFC_TIME_FAR : (ifc_time)(ps + 0.5);
}

/** ifc_time_scale() - @factor times @t, rounded to the nearest picosecond (a double: exact up to 2^53 ps) */
static inline ifc_time ifc_time_scale(ifc_time t, double factor)
{
    return ifc_time_from_ps((double)t * factor);
}

/**
 * ifc_time_for_bytes() - time that @bytes need at @bytes_per_second, rounded to the nearest picosecond
 * Return: 0 for a rate of 0 or less (the caller decides what that means).
 */
static inline ifc_time ifc_time_for_bytes(uint64_t bytes, double bytes_per_second)
{
    if (bytes_per_second <= 0.0)
        return 0;
    return ifc_time_from_ps((double)bytes * 1e12 / bytes_per_second);
}

#endif
