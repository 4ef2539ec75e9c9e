/**
 * Quantities: exact values, exact messages, and what is printed parses back to the same value.
 */
#include <ifc/time.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ifc_cunit.h"
#include "platform/scenario/units.h"

static void whole(ifc_unit unit, const char *text, int64_t expected, const char *printed)
{
    int64_t value = -1;
    char out[IFC_QUANTITY_MAX];
    ifc_error err = {0};
    CU_ASSERT_EQUAL(ifc_quantity_parse_whole(unit, text, &value, &err), IFC_OK);
    CU_ASSERT_EQUAL(value, expected);
    ifc_quantity_print_whole(unit, value, out, sizeof out);
    CU_ASSERT_STRING_EQUAL(out, printed);
    if (value != expected || strcmp(out, printed) != 0)
        printf("\n%s: %lld (expected %lld), printed %s (expected %s) %s", text, (long long)value,
               (long long)expected, out, printed, err.text);
}

static void real(ifc_unit unit, const char *text, double expected, const char *printed)
{
    double value = -1;
    char out[IFC_QUANTITY_MAX];
    ifc_error err = {0};
    CU_ASSERT_EQUAL(ifc_quantity_parse_real(unit, text, &value, &err), IFC_OK);
    CU_ASSERT_EQUAL(value, expected);
    ifc_quantity_print_real(unit, value, out, sizeof out);
    CU_ASSERT_STRING_EQUAL(out, printed);
    if (value != expected || strcmp(out, printed) != 0)
        printf("\n%s: %.17g (expected %.17g), printed %s (expected %s) %s", text, value, expected, out,
               printed, err.text);
}

static void refused(ifc_unit unit, const char *text, const char *message)
{
    int64_t value = 7;
    double number = 7;
    ifc_error err = {0};
    ifc_status status = ifc_unit_is_whole(unit) ? ifc_quantity_parse_whole(unit, text, &value, &err)
                                                : ifc_quantity_parse_real(unit, text, &number, &err);
    CU_ASSERT_EQUAL(status, IFC_EDATA);
    CU_ASSERT_STRING_EQUAL(err.text, message);
    CU_ASSERT(value == 7 && number == 7);
    if (strcmp(err.text, message) != 0)
        printf("\n%s: %s\n   expected: %s", text, err.text, message);
}

static void test_time(void)
{
    whole(IFC_UNIT_TIME, "4 us", 4000000, "4 us");
    whole(IFC_UNIT_TIME, "4us", 4000000, "4 us");
    whole(IFC_UNIT_TIME, " 4  us ", 4000000, "4 us");
    whole(IFC_UNIT_TIME, "4.096 us", 4096000, "4.096 us");
    whole(IFC_UNIT_TIME, "4096 ns", 4096000, "4.096 us");
    whole(IFC_UNIT_TIME, "1.5e-3 s", 1500000000, "1.5 ms");
    whole(IFC_UNIT_TIME, "0.001 ns", 1, "1 ps");
    whole(IFC_UNIT_TIME, "0 us", 0, "0 s");
    whole(IFC_UNIT_TIME, "-3 ns", -3000, "-3 ns");
    whole(IFC_UNIT_TIME, "+3 ns", 3000, "3 ns");
    whole(IFC_UNIT_TIME, "9223372.036854775807 s", INT64_MAX, "9223372.036854775807 s");
    whole(IFC_UNIT_TIME, "0.000000000000000000004e21 ps", 4, "4 ps");
    refused(IFC_UNIT_TIME, "9223372.036854775808 s", "too large");
    refused(IFC_UNIT_TIME, "1e40 s", "too large");
    refused(IFC_UNIT_TIME, "1e999999999999999999999 s", "too large");
    refused(IFC_UNIT_TIME, "0.5 ps", "not a whole number of picoseconds");
    refused(IFC_UNIT_TIME, "1.0001 ns", "not a whole number of picoseconds");
    refused(IFC_UNIT_TIME, "4", "needs a unit, e.g. \"4 us\"");
    refused(IFC_UNIT_TIME, "", "no time, e.g. \"4 us\"");
    refused(IFC_UNIT_TIME, "us", "no time, e.g. \"4 us\"");
    refused(IFC_UNIT_TIME, "nan us", "no time, e.g. \"4 us\"");
    refused(IFC_UNIT_TIME, ". us", "no time, e.g. \"4 us\"");
    refused(IFC_UNIT_TIME, "4 min", "unknown unit \"min\", units are s, ms, us, ns, ps");
    refused(IFC_UNIT_TIME, "4 US", "unknown unit \"US\", do you mean \"us\"? Units are s, ms, us, ns, ps");
    refused(IFC_UNIT_TIME, "4 us 5", "unknown unit \"us 5\", units are s, ms, us, ns, ps");
}

static void test_bytes(void)
{
    whole(IFC_UNIT_BYTES, "4 KiB", 4096, "4 KiB");
    whole(IFC_UNIT_BYTES, "4096 B", 4096, "4 KiB");
    whole(IFC_UNIT_BYTES, "448 B", 448, "448 B");
    whole(IFC_UNIT_BYTES, "260 KiB", 266240, "260 KiB");
    whole(IFC_UNIT_BYTES, "5 MiB", 5242880, "5 MiB");
    whole(IFC_UNIT_BYTES, "2 GB", 2000000000, "2 GB");
    whole(IFC_UNIT_BYTES, "1 kB", 1000, "1 kB");
    whole(IFC_UNIT_BYTES, "1.5 KiB", 1536, "1536 B");
    whole(IFC_UNIT_BYTES, "0.001 kB", 1, "1 B");
    whole(IFC_UNIT_BYTES, "1 TiB", 1099511627776, "1 TiB");
    whole(IFC_UNIT_BYTES, "0 B", 0, "0 B");
    refused(IFC_UNIT_BYTES, "0.1 KiB", "not a whole number of bytes");
    refused(IFC_UNIT_BYTES, "9999999 TiB", "too large");
    refused(IFC_UNIT_BYTES, "4 K", "unknown unit \"K\", units are TB, GB, MB, kB, B, KiB, MiB, GiB, TiB");
    refused(IFC_UNIT_BYTES, "4 kb",
            "unknown unit \"kb\", do you mean \"kB\"? Units are TB, GB, MB, kB, B, KiB, MiB, GiB, TiB");
}

static void test_real(void)
{
    real(IFC_UNIT_RATE, "4.8 GB/s", 4.8e9, "4.8 GB/s");
    real(IFC_UNIT_RATE, "14.6 Gb/s", 1.825e9, "1.825 GB/s");
    real(IFC_UNIT_RATE, "1 MiB/s", 1048576, "1.048576 MB/s");
    real(IFC_UNIT_RATE, "8 b/s", 1, "1 B/s");
    real(IFC_UNIT_RATE, "0 GB/s", 0, "0 B/s");
    real(IFC_UNIT_ENERGY_PER_BIT, "3 pJ/bit", 3e-12, "3 pJ/bit");
    real(IFC_UNIT_ENERGY_PER_BIT, "0.25 pJ/bit", 0.25e-12, "250 fJ/bit");
    real(IFC_UNIT_ENERGY, "2.97 pJ", 2.97e-12, "2.97 pJ");
    real(IFC_UNIT_ENERGY, "123.75 uJ", 123.75e-6, "123.75 uJ");
    real(IFC_UNIT_ENERGY, "1e-20 J", 1e-20, "0.00001 fJ");
    real(IFC_UNIT_POWER, "0.36 W", 0.36, "360 mW");
    real(IFC_UNIT_POWER, "5.24 mW", 5.24e-3, "5.24 mW");
    real(IFC_UNIT_FREQUENCY, "400 MHz", 400e6, "400 MHz");
    real(IFC_UNIT_OPERATIONS, "32 TOPS", 32e12, "32 TOPS");
    real(IFC_UNIT_OPERATIONS, "256 GOPS", 256e9, "256 GOPS");
    real(IFC_UNIT_MONEY, "0.72 $/GB", 0.72, "0.72 $/GB");
    real(IFC_UNIT_PRICE, "1600 $", 1600, "1600 $");
    real(IFC_UNIT_REQUESTS, "5 M/s", 5e6, "5 M/s");
    real(IFC_UNIT_REQUESTS, "0.5 1/s", 0.5, "0.5 1/s");
    real(IFC_UNIT_SECONDS, "90 s", 90, "90 s");
    refused(IFC_UNIT_RATE, "4800 MT/s",
            "transfers per second are no unit of a rate; a channel of 8 bits at 4800 MT/s is \"4.8 GB/s\"");
    refused(IFC_UNIT_RATE, "1e999 GB/s", "too large");
    refused(IFC_UNIT_RATE, "inf GB/s", "no rate, e.g. \"4.8 GB/s\"");
    refused(IFC_UNIT_POWER, "4", "needs a unit, e.g. \"4.6 W\"");
    refused(IFC_UNIT_ENERGY_PER_BIT, "3 pJ", "unknown unit \"pJ\", units are uJ/bit, nJ/bit, pJ/bit, fJ/bit");
}

static void not_whole(const char *text, const char *why)
{
    int64_t n = 0;
    ifc_error err = {.status = IFC_OK};
    CU_ASSERT_EQUAL(ifc_number_parse_whole(text, &n, &err), IFC_EDATA);
    CU_ASSERT_STRING_EQUAL(err.text, why);
}

static void test_numbers(void)
{
    int64_t n = 0;
    double x = 0;
    CU_ASSERT_EQUAL(ifc_number_parse_whole("5000000000", &n, NULL), IFC_OK);
    CU_ASSERT_EQUAL(n, 5000000000);
    CU_ASSERT_EQUAL(ifc_number_parse_whole("-12", &n, NULL), IFC_OK);
    CU_ASSERT_EQUAL(n, -12);
    CU_ASSERT_EQUAL(ifc_number_parse_whole("9223372036854775808", &n, NULL), IFC_EDATA);
    CU_ASSERT_EQUAL(ifc_number_parse_whole("1e3", &n, NULL), IFC_EDATA);
    CU_ASSERT_EQUAL(ifc_number_parse_whole("1.0", &n, NULL), IFC_EDATA);
    CU_ASSERT_EQUAL(ifc_number_parse_whole("0x10", &n, NULL), IFC_EDATA);
    CU_ASSERT_EQUAL(ifc_number_parse_whole("8 dies", &n, NULL), IFC_EDATA);
    CU_ASSERT_EQUAL(ifc_number_parse_whole("", &n, NULL), IFC_EDATA);
    CU_ASSERT_EQUAL(n, -12);
    CU_ASSERT_EQUAL(ifc_number_parse_whole("50K", &n, NULL), IFC_OK);
    CU_ASSERT_EQUAL(n, 51200);
    CU_ASSERT_EQUAL(ifc_number_parse_whole("3M", &n, NULL), IFC_OK);
    CU_ASSERT_EQUAL(n, 3 * 1048576);
    CU_ASSERT_EQUAL(ifc_number_parse_whole("0", &n, NULL), IFC_OK);
    CU_ASSERT_EQUAL(n, 0);
    CU_ASSERT_EQUAL(ifc_number_parse_whole("9007199254740992K", &n, NULL), IFC_EDATA); /* 2^63 */
    CU_ASSERT_EQUAL(ifc_number_parse_whole("9007199254740991K", &n, NULL), IFC_OK);
    CU_ASSERT_EQUAL(n, 9007199254740991 * 1024);
    not_whole("K", "needs a bare whole number");
    not_whole("50KB", "needs a bare whole number");
    not_whole("1.5K", "needs a bare whole number");
    not_whole("50k", "needs a bare whole number, with K = 1024 or M = 1048576 in capitals");
    not_whole("010", "begins with a 0, which some take for octal: write 10");
    not_whole("-007K", "begins with a 0, which some take for octal: write 7K");
    not_whole("00", "begins with a 0, which some take for octal: write 0");
    CU_ASSERT_EQUAL(ifc_number_parse_real("00.5", &x, NULL), IFC_EDATA);
    CU_ASSERT_EQUAL(ifc_number_parse_real("0.5", &x, NULL), IFC_OK);
    CU_ASSERT_EQUAL(ifc_number_parse_real("1e5", &x, NULL), IFC_OK);
    CU_ASSERT_EQUAL(x, 1e5);
    CU_ASSERT_EQUAL(ifc_number_parse_real("1e400", &x, NULL), IFC_EDATA);
    CU_ASSERT_EQUAL(ifc_number_parse_real("1 s", &x, NULL), IFC_EDATA);
    CU_ASSERT_EQUAL(x, 1e5);
}

static uint64_t draw(uint64_t *state)
{
    *state = *state * 6364136223846793005ULL + 1442695040888963407ULL;
    return *state >> 11;
}

/* Every printed value is the value again, whatever its size. */
static void test_round_trip(void)
{
    uint64_t state = 1;
    unsigned wrong = 0;
    for (int i = 0; i < 20000; i++) {
        char out[IFC_QUANTITY_MAX];
        int64_t n = (int64_t)(draw(&state) >> (draw(&state) % 52)), n_back = -1;
        double x = (double)draw(&state), x_back = -1;
        for (uint64_t k = draw(&state) % 30; k > 0; k--)
            x /= 10;
        for (int u = IFC_UNIT_NONE + 1; u < IFC_UNIT_COUNT; u++) {
            if (ifc_unit_is_whole((ifc_unit)u)) {
                ifc_quantity_print_whole((ifc_unit)u, n, out, sizeof out);
                wrong += ifc_quantity_parse_whole((ifc_unit)u, out, &n_back, NULL) != IFC_OK || n_back != n;
            } else {
                ifc_quantity_print_real((ifc_unit)u, x, out, sizeof out);
                wrong += ifc_quantity_parse_real((ifc_unit)u, out, &x_back, NULL) != IFC_OK || x_back != x;
            }
        }
        ifc_quantity_print_real(IFC_UNIT_NONE, x, out, sizeof out);
        wrong += ifc_number_parse_real(out, &x_back, NULL) != IFC_OK || x_back != x;
    }
    CU_ASSERT_EQUAL(wrong, 0);
}

/* Every unit a message offers is one that the parser takes. */
static void test_examples(void)
{
    for (int u = IFC_UNIT_NONE + 1; u < IFC_UNIT_COUNT; u++) {
        char names[160], *rest = NULL;
        ifc_unit_names((ifc_unit)u, names, sizeof names);
        CU_ASSERT(strlen(names) > 0 && strlen(names) < sizeof names - 1);
        CU_ASSERT(strlen(ifc_unit_what((ifc_unit)u)) > 0);
        for (char *name = strtok_r(names, ", ", &rest); name; name = strtok_r(NULL, ", ", &rest)) {
            char text[64];
            int64_t n;
            double x;
            snprintf(text, sizeof text, "1 %s", name);
            CU_ASSERT_EQUAL(ifc_unit_is_whole((ifc_unit)u)
                                ? ifc_quantity_parse_whole((ifc_unit)u, text, &n, NULL)
                                : ifc_quantity_parse_real((ifc_unit)u, text, &x, NULL),
                            IFC_OK);
        }
    }
}

/* Sums and products stay far away, and apart from "never"; a double that is no time is none. */
static void test_saturation(void)
{
    CU_ASSERT(IFC_TIME_FAR > IFC_TIME_HORIZON && IFC_TIME_FAR < IFC_TIME_MAX / 7);
    CU_ASSERT_EQUAL(ifc_time_add(IFC_TIME_FAR - 1, 1), IFC_TIME_FAR);
    CU_ASSERT_EQUAL(ifc_time_add(IFC_TIME_FAR - 2, 1), IFC_TIME_FAR - 1);
    CU_ASSERT_EQUAL(ifc_time_add(IFC_TIME_FAR, IFC_TIME_FAR), IFC_TIME_FAR);
    CU_ASSERT_EQUAL(ifc_time_sum(IFC_TIME_FAR, IFC_TIME_FAR), 2 * IFC_TIME_FAR);
    CU_ASSERT_EQUAL(ifc_time_sum(IFC_TIME_MAX - 1, 2), IFC_TIME_MAX);
    CU_ASSERT_EQUAL(ifc_time_times(3, 5), 15);
    CU_ASSERT_EQUAL(ifc_time_times(4, IFC_TIME_FAR / 4), IFC_TIME_FAR);
    CU_ASSERT_EQUAL(ifc_time_times(4, IFC_TIME_FAR / 4 - 1), IFC_TIME_FAR - 4);
    CU_ASSERT_EQUAL(ifc_time_times(2, IFC_TIME_FAR / 2 + 1), IFC_TIME_FAR);
    CU_ASSERT_EQUAL(ifc_time_times(UINT64_MAX, IFC_TIME_FAR), IFC_TIME_FAR);
    CU_ASSERT_EQUAL(ifc_time_times(UINT64_MAX, 0), 0);
    CU_ASSERT_EQUAL(ifc_time_from_ps(2.5), 3);
    CU_ASSERT_EQUAL(ifc_time_from_ps(1e300), IFC_TIME_FAR);
    CU_ASSERT_EQUAL(ifc_time_from_ps((double)INFINITY), IFC_TIME_FAR);
    CU_ASSERT_EQUAL(ifc_time_from_ps((double)NAN), 0);
    CU_ASSERT_EQUAL(ifc_time_from_ps(-1e300), 0);
    CU_ASSERT_EQUAL(ifc_time_scale(4, 0.4), 2);
    CU_ASSERT_EQUAL(ifc_time_scale(IFC_TIME_FAR, 2.0), IFC_TIME_FAR);
    CU_ASSERT_EQUAL(ifc_time_for_bytes(1000000000000, 1e3), IFC_TIME_FAR);
}

int main(void)
{
    static const struct ifc_test tests[] = {
        {"times are whole picoseconds", test_time},
        {"sizes are whole bytes", test_bytes},
        {"rates, energies, powers", test_real},
        {"bare numbers", test_numbers},
        {"print and parse round trip", test_round_trip},
        {"offered units are accepted", test_examples},
        {"times saturate", test_saturation},
    };
    return IFC_RUN_TESTS("units", tests);
}
