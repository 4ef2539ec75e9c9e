#include "platform/common/rber.h"

#include <math.h>

#define MINUTE 60.0
#define DAY    86400.0

static const double boltzmann = 8.617333262e-5; /* eV/K */

ifc_rber_range ifc_rber_range_of(ifc_rber_law law, const ifc_rber_table *t)
{
    switch (law) {
    case IFC_RBER_LUO2018:
        return (ifc_rber_range){{0, 7 * MINUTE, 0}, {10000, 24 * DAY, INFINITY}};
    case IFC_RBER_POWER_LAW:
        return (ifc_rber_range){{0, 0, 0}, {10000, 365 * DAY, INFINITY}};
    case IFC_RBER_TABLE:
        return (ifc_rber_range){{t->pe[0], t->seconds[0], t->reads[0]},
                                {t->pe[t->n_pe - 1], t->seconds[t->n_seconds - 1], t->reads[t->n_reads - 1]}};
    default:
        return (ifc_rber_range){{0, 0, 0}, {INFINITY, INFINITY, INFINITY}};
    }
}

static double within(double x, double low, double high)
{
    return x < low ? low : x > high ? high : x;
}

static double luo2018(const ifc_rber_state *s)
{
    double t = log(s->seconds);
    double lsb = (7.92e-6 * s->pe + 0.25) * t + 3.28e-5 * s->pe - 12.72;
    double msb = (5.49e-6 * s->pe + 0.16) * t + 1.33e-4 * s->pe - 13.11;
    return exp(lsb > msb ? lsb : msb);
}

static double power_law(const ifc_rber_state *s)
{
    double hours = s->seconds / 3600;
    double rate = 1.48e-3 + 3.90e-10 * pow(s->pe, 2.05) + 6.28e-5 * pow(s->pe, 0.14) * pow(hours, 0.54) +
                  3.73e-9 * pow(s->pe, 0.33) * pow(s->reads, 1.71);
    return rate < 0.5 ? rate : 0.5;
}

/* Where @x is among the points of an axis. Return: the point before it; @part: of the way to the next. */
static uint32_t find(const double *axis, uint32_t n, double x, double *part)
{
    uint32_t i = 0;
    while (i + 2 < n && axis[i + 1] <= x)
        i++;
    *part = n > 1 ? (x - axis[i]) / (axis[i + 1] - axis[i]) : 0;
    return i;
}

static uint32_t find_log(const double *axis, uint32_t n, double x, double *part)
{
    uint32_t i = find(axis, n, x, part);
    *part = n > 1 && axis[i] > 0 ? log(x / axis[i]) / log(axis[i + 1] / axis[i]) : *part;
    return i;
}

static double interpolate(const ifc_rber_table *t, const ifc_rber_state *s)
{
    double part[3], sum = 0;
    const uint32_t at[3] = {find(t->pe, t->n_pe, s->pe, &part[0]),
                            find_log(t->seconds, t->n_seconds, s->seconds, &part[1]),
                            find(t->reads, t->n_reads, s->reads, &part[2])};
    for (uint32_t corner = 0; corner < 8; corner++) {
        double weight = 1;
        for (uint32_t axis = 0; axis < 3; axis++)
            weight *= corner >> axis & 1 ? part[axis] : 1 - part[axis];
        if (weight <= 0)
            continue;
        uint64_t row = (uint64_t)(at[0] + (corner & 1)) * t->n_seconds + at[1] + (corner >> 1 & 1);
        sum += weight * log(t->rber[row * t->n_reads + at[2] + (corner >> 2 & 1)]);
    }
    return exp(sum);
}

double ifc_rber(ifc_rber_law law, const ifc_rber_table *table, const ifc_rber_state *state)
{
    ifc_rber_range r = ifc_rber_range_of(law, table);
    const ifc_rber_state s = {within(state->pe, r.low.pe, r.high.pe),
                              within(state->seconds, r.low.seconds, r.high.seconds),
                              within(state->reads, r.low.reads, r.high.reads)};
    switch (law) {
    case IFC_RBER_LUO2018:
        return luo2018(&s);
    case IFC_RBER_POWER_LAW:
        return power_law(&s);
    case IFC_RBER_TABLE:
        return interpolate(table, &s);
    default:
        return 0;
    }
}

double ifc_rber_acceleration(double celsius)
{
    return exp(1.04 / boltzmann * (1 / 298.15 - 1 / (273.15 + celsius)));
}

/* Terms of the binomial from @k on in one direction, relative to the first, until they do not count. */
static double sum_terms(uint32_t n, uint32_t k, double odds, int step)
{
    double term = 1, sum = 1;
    for (;;) {
        if (step > 0 ? k == n : k == 0)
            return sum;
        term *= step > 0 ? odds * (n - k) / (k + 1) : k / (odds * (n - k + 1));
        sum += term;
        k += (uint32_t)step;
        if (term < 1e-17 * sum)
            return sum;
    }
}

double ifc_rber_fails(uint32_t bits, uint32_t correct, double rber)
{
    if (correct >= bits || rber <= 0)
        return 0;
    if (rber >= 1)
        return 1;
    /* The tail is summed from its larger end; where the mean is in it, the other tail is. */
    uint32_t k = correct + 1, from = (double)bits * rber < k ? k : correct;
    double first = exp(lgamma(bits + 1.0) - lgamma(from + 1.0) - lgamma(bits - from + 1.0) +
                       from * log(rber) + (bits - from) * log1p(-rber));
    double sum = first * sum_terms(bits, from, rber / (1 - rber), from == k ? 1 : -1);
    return within(from == k ? sum : 1 - sum, 0, 1);
}

/* The regularised lower incomplete gamma function, by its series. */
static double gamma_below(double a, double x)
{
    double term = 1 / a, sum = term;
    for (double n = 1; n < 100000 && term > 1e-17 * sum; n++) {
        term *= x / (a + n);
        sum += term;
    }
    return x > 0 ? sum * exp(a * log(x) - x - lgamma(a)) : 0;
}

/* Where gamma_below(a, x) is @p. */
static double gamma_quantile(double a, double p)
{
    double low = 0, high = a + 1;
    while (gamma_below(a, high) < p)
        high *= 2;
    for (int i = 0; i < 200 && low < high; i++) {
        double middle = (low + high) / 2;
        if (gamma_below(a, middle) < p)
            low = middle;
        else
            high = middle;
    }
    return high;
}

void ifc_rber_spread(double shape, uint32_t n, double *out)
{
    double before = 0;
    for (uint32_t i = 0; i < n; i++) { /* of a gamma of mean 1, the mean up to x is gamma_below(a + 1, a x) */
        double until = i + 1 < n ? gamma_below(shape + 1, gamma_quantile(shape, (double)(i + 1) / n)) : 1.0;
        out[i] = (until - before) * n;
        before = until;
    }
}
