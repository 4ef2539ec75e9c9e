/**
 * Laws of bit errors and the binomial of a code, against published figures and sums made here.
 */
#include <math.h>

#include "platform/common/rber.h"
#include "tests/unit/ifc_cunit.h"
#include "tests/unit/support/sim.h"

static bool is(const char *what, double value, double expected, double relative)
{
    return sim_near(what, value, expected, relative, 0);
}

/* A read of a 4 KiB page of four codewords BCH(9088, 8192, 64): published to two digits. */
static void a_cliff(void)
{
    static const struct {
        double rber, page;
    } published[] = {{3e-3, 2.3e-9}, {4e-3, 4.5e-5}, {5e-3, 1.4e-2}, {6e-3, 0.32}, {7e-3, 0.91}};
    for (size_t i = 0; i < sizeof published / sizeof *published; i++) {
        double page = 1 - pow(1 - ifc_rber_fails(9088, 64, published[i].rber), 4);
        CU_ASSERT(is("a page fails", page, published[i].page, 0.03));
    }
    CU_ASSERT(ifc_rber_fails(9088, 64, 2e-3) < 1e-16);
}

static void a_light_code(void)
{
    CU_ASSERT(is("1e-4", ifc_rber_fails(8332, 10, 1e-4), 1.6e-9, 0.05));
    CU_ASSERT(is("5e-4", ifc_rber_fails(8332, 10, 5e-4), 3.8e-3, 0.02));
    CU_ASSERT(is("1e-3", ifc_rber_fails(8332, 10, 1e-3), 0.22, 0.02));
}

/* Small enough to be added up on paper: of 3 bits, more than 1 wrong is 3 p^2 q + p^3. */
static void few_bits(void)
{
    for (double p = 0.05; p < 1; p += 0.1)
        CU_ASSERT(is("2 or 3 of 3", ifc_rber_fails(3, 1, p), 3 * p * p * (1 - p) + p * p * p, 1e-12));
    CU_ASSERT_EQUAL(ifc_rber_fails(3, 3, 0.5), 0);
    CU_ASSERT_EQUAL(ifc_rber_fails(3, 0, 0), 0);
    CU_ASSERT_EQUAL(ifc_rber_fails(3, 2, 1), 1);
    CU_ASSERT(is("none right", ifc_rber_fails(8, 7, 0.5), 1 / 256.0, 1e-12));
    CU_ASSERT(is("one wrong", ifc_rber_fails(8, 0, 0.5), 255 / 256.0, 1e-12));
}

static double luo(double pe, double seconds)
{
    return ifc_rber(IFC_RBER_LUO2018, NULL, &(ifc_rber_state){.pe = pe, .seconds = seconds});
}

static void luo2018(void)
{
    double day = 86400;
    CU_ASSERT(is("LSB, new", luo(0, 1000), exp(0.25 * log(1000) - 12.72), 1e-12));
    CU_ASSERT(
        is("LSB, old", luo(10000, 24 * day), exp((0.0792 + 0.25) * log(24 * day) + 0.328 - 12.72), 1e-12));
    /* of 1000 s and a block at its end, the other page is not better by much */
    CU_ASSERT(luo(10000, 1000) >= exp((0.0549 + 0.16) * log(1000) + 1.33 - 13.11));
    CU_ASSERT_EQUAL(luo(10000, 60), luo(10000, 420));
    CU_ASSERT_EQUAL(luo(20000, 1000), luo(10000, 1000));
}

/* A block of SLC at its rated life, in the law's terms: no read of it needs a retry. */
static void slc_at_rated_life(void)
{
    double rber = luo(1e5 * 0.1, 24 * 86400.0);
    CU_ASSERT(is("after 24 days", rber, 5.0e-4, 0.01));
    CU_ASSERT(is("after 30 days, beyond the law", rber * pow(30 / 24.0, 0.3292), 5.4e-4, 0.01));
    CU_ASSERT(ifc_rber_fails(9088, 64, rber) < 1e-16);
}

static void temperature(void)
{
    CU_ASSERT(is("25 C", ifc_rber_acceleration(25), 1, 1e-12));
    CU_ASSERT(is("40 C", ifc_rber_acceleration(40), 6.95, 0.01));
    CU_ASSERT(is("55 C", ifc_rber_acceleration(55), 40, 0.015));
    CU_ASSERT(is("70 C", ifc_rber_acceleration(70), 202, 0.01));
    CU_ASSERT(is("85 C", ifc_rber_acceleration(85), 881, 0.01));
}

static double power(double pe, double hours, double reads)
{
    return ifc_rber(IFC_RBER_POWER_LAW, NULL,
                    &(ifc_rber_state){.pe = pe, .seconds = hours * 3600, .reads = reads});
}

static void power_law(void)
{
    CU_ASSERT(is("new", power(0, 100, 1000), 1.48e-3, 1e-12)); /* no read disturb without wear */
    CU_ASSERT(is("worn", power(1000, 0, 0), 1.48e-3 + 3.90e-10 * pow(1000, 2.05), 1e-12));
    CU_ASSERT(
        is("kept", power(1000, 24, 0) - power(1000, 0, 0), 6.28e-5 * pow(1000, 0.14) * pow(24, 0.54), 1e-9));
    CU_ASSERT(is("read", power(1000, 0, 500) - power(1000, 0, 0), 3.73e-9 * pow(1000, 0.33) * pow(500, 1.71),
                 1e-9));
    CU_ASSERT_EQUAL(power(1000, 0, 1e6), 0.5);
}

/* Two points of each axis: at them, and halfway in cycles, ln of seconds and reads. */
static void a_table(void)
{
    static const double pe[] = {0, 100}, seconds[] = {1, 100}, reads[] = {0, 10};
    static const double rber[] = {1e-4, 2e-4, 4e-4, 8e-4, 16e-4, 32e-4, 64e-4, 128e-4};
    const ifc_rber_table t = {2, 2, 2, pe, seconds, reads, rber};
    const ifc_rber_state corner = {100, 1, 10}, middle = {50, 10, 5}, out = {200, 1e9, 1e9};
    CU_ASSERT(is("corner", ifc_rber(IFC_RBER_TABLE, &t, &corner), 32e-4, 1e-12));
    CU_ASSERT(is("middle", ifc_rber(IFC_RBER_TABLE, &t, &middle), 1e-4 * pow(2, 3.5), 1e-12));
    CU_ASSERT(is("outside", ifc_rber(IFC_RBER_TABLE, &t, &out), 128e-4, 1e-12));
    const ifc_rber_table point = {1, 1, 1, pe, seconds, reads, rber};
    CU_ASSERT(is("a point", ifc_rber(IFC_RBER_TABLE, &point, &middle), 1e-4, 1e-12));
    ifc_rber_range r = ifc_rber_range_of(IFC_RBER_TABLE, &t);
    CU_ASSERT(r.low.pe == 0 && r.high.pe == 100 && r.low.seconds == 1 && r.high.seconds == 100);
}

/* Parts of an exponential distribution (shape 1) have means that can be written down. */
static void pages_differ(void)
{
    double parts[64], sum = 0;
    ifc_rber_spread(2.2, 64, parts);
    for (int i = 0; i < 64; i++) {
        sum += parts[i];
        CU_ASSERT(i == 0 || parts[i] > parts[i - 1]);
    }
    CU_ASSERT(is("mean", sum / 64, 1, 1e-9));
    ifc_rber_spread(1, 2, parts);
    CU_ASSERT(is("lower half", parts[0], 1 - log(2), 1e-9));
    CU_ASSERT(is("upper half", parts[1], 1 + log(2), 1e-9));
}

int main(void)
{
    static const struct ifc_test tests[] = {
        {"a cliff", a_cliff},
        {"a light code", a_light_code},
        {"few bits", few_bits},
        {"luo2018", luo2018},
        {"SLC at its rated life", slc_at_rated_life},
        {"temperature", temperature},
        {"power law", power_law},
        {"a table", a_table},
        {"pages differ", pages_differ},
    };
    return IFC_RUN_TESTS("rber", tests);
}
