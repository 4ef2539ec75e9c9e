/**
 * Exploration: values of ranges, arithmetic over parameters, points and their identities, prices.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ifc_cunit.h"
#include "platform/cli/explore/emit.h"
#include "platform/cli/explore/points.h"
#include "platform/observe/figures.h"

/* The values of @range, with '|' between them, or what is wrong with it. */
static void range(const char *text, const char *expected)
{
    char got[1024] = "";
    ifc_texts values = {0};
    ifc_error err = {.status = IFC_OK};
    if (ifc_range_expand(text, &values, &err) != IFC_OK)
        snprintf(got, sizeof got, "%s", err.text);
    else
        for (size_t i = 0; i < values.n; i++)
            snprintf(got + strlen(got), sizeof got - strlen(got), "%s%s", i ? "|" : "", values.all[i]);
    CU_ASSERT_STRING_EQUAL(got, expected);
    if (strcmp(got, expected) != 0)
        printf("\n%s: '%s', expected '%s'", text, got, expected);
    ifc_texts_fini(&values);
}

static void test_ranges(void)
{
    range("a,b,c", "a|b|c");
    range(" 4 us , 5 us ", "4 us|5 us");
    range("1..5", "1|2|3|4|5");
    range("1 .. 3", "1|2|3");
    range("5..1:2", "5|3|1");
    range("1..100:25", "1|26|51|76");
    range("0..1:0.1", "0|0.1|0.2|0.3|0.4|0.5|0.6|0.7|0.8|0.9|1");
    range("0..0.3:0.1", "0|0.1|0.2|0.3"); /* 0.3 / 0.1 is below 3 */
    range("1..1", "1");
    range("1K..8K*2", "1024|2048|4096|8192");
    range("8K..1K*2", "8192|4096|2048|1024");
    range("1..1000*10", "1|10|100|1000");
    range("1..999*10", "1|10|100");
    range("1K,5K,2M", "1024|5120|2097152");
    range("1..3,8,16..64*2", "1|2|3|8|16|32|64");
    range("1..3 us", "1 us|2 us|3 us");
    range("2.4 GB/s..9.6 GB/s*2", "2.4 GB/s|4.8 GB/s|9.6 GB/s");
    range("1 us..2 us:0.5 us", "1 us|1.5 us|2 us");
    range("-2..2:2", "-2|0|2");
    range("../parts/a.cfg", "../parts/a.cfg");
    range("0.123456789012345678", "0.123456789012345678");
    range("true,false", "true|false");
    range("0.1..0.3:0.1 us", "0.1 us|0.2 us|0.3 us");
    range("1 us,1 ms", "1 us|1 ms");
    range("1..3 1/s", "1 1/s|2 1/s|3 1/s");
    range("0.5 k/s,2 1/s", "0.5 k/s|2 1/s");
}

static void test_bad_ranges(void)
{
    static const char how[] = "not understood (allowed: 1..15, 1..100:5 by steps, 1K..100K*2 by a factor)";
    char text[160];
    range("", "a value is missing");
    range("1,,2", "a value is missing");
    range("1,2,", "a value is missing");
    range("1,2,1", "the value 1 is there twice");
    range("1..3,2", "the value 2 is there twice");
    range("1..3000,7", "the value 7 is there twice");
    range("4 us,1000 ns,1 us", "the value 1000 ns is there twice, also as 1 us");
    range("1000 1/s,1 k/s", "the value 1000 1/s is there twice, also as 1 k/s");
    range("1,2,1.0", "the value 1 is there twice, also as 1.0");
    range("0,50 $", "the value 0 has no unit, and 50 $ has one");
    range("1 us..3:1 us", "1 us..3:1 us: both ends need one unit");
    range("1..3:0", "1..3:0: a step is above 0");
    range("1..3:-1", "1..3:-1: a step is above 0");
    range("1..8*1", "1..8*1: a factor is above 1, and both ends are above 0");
    range("0..8*2", "0..8*2: a factor is above 1, and both ends are above 0");
    range("1 us..1 ms*10", "1 us..1 ms*10: both ends need one unit");
    range("1..9 us:2 ns", "1..9 us:2 ns: a step has the unit of the ends, a factor has none");
    range("1..1000000", "1..1000000: too many values (allowed: 100000)");
    snprintf(text, sizeof text, "1..x: %s", how);
    range("1..x", text);
    snprintf(text, sizeof text, "1..2..3: %s", how);
    range("1..2..3", text);
}

static bool find(void *arg, const char *name, ifc_value *out)
{
    (void)arg;
    if (strcmp(name, "a") == 0)
        *out = ifc_value_number(3);
    else if (strcmp(name, "flash.groups.my-group.dies") == 0)
        *out = ifc_value_number(16);
    else if (strcmp(name, "t") == 0)
        *out = ifc_value_of("4 us");
    else if (strcmp(name, "wall") == 0)
        *out = ifc_value_unit(60, ifc_value_of("1 d").unit);
    else if (strcmp(name, "price_usd") == 0)
        *out = ifc_value_named(100, "$");
    else if (strcmp(name, "latency_ps") == 0)
        *out = ifc_value_named(5e9, "ps");
    else if (strcmp(name, "kv") == 0)
        *out = ifc_value_text("dram");
    else
        return false;
    return true;
}

static const ifc_names names = {find, NULL};

static void value(const char *text, double expected)
{
    ifc_value v = {0};
    ifc_error err = {.status = IFC_OK};
    CU_ASSERT_EQUAL(ifc_expression_value(text, &names, &v, &err), IFC_OK);
    CU_ASSERT(!v.is_text && v.number == expected);
    if (err.status != IFC_OK || v.number != expected)
        printf("\n%s: %.17g, expected %.17g %s", text, v.number, expected, err.text);
}

static void test_expressions(void)
{
    value("1+2*3", 7);
    value("(1 + 2) * 3", 9);
    value("10 - 2 - 3", 5);
    value("16 / 4 / 2", 2);
    value("-a + 4", 1);
    value("2 - -a", 5);
    value("16-flash.groups.my-group.dies", 0);
    value("flash.groups.my-group.dies-1", 15);
    value("flash.groups.my-group.dies/a*a", 16);
    value("50K", 51200);
    value("1M/1K", 1024);
    value("4 us", 4e6);
    value("4us == 4000 ns", 1);
    value("4.8 GB/s", 4.8e9);
    value("2 KiB / a * a", 2048);
    value("8 KiB/a", 8192.0 / 3);
    value("0.72 $/GB", 0.72);
    value("1e3", 1000);
    value("a < 4 && a > 2", 1);
    value("a <= 3 && a >= 3 && a != 4", 1);
    value("a == 4 || !(a == 4)", 1);
    value("1 == 1 && 1 == 0 || 1 == 1", 1);
    value("kv == \"dram\"", 1);
    value("kv != 'dram'", 0);
    value("kv == 3", 0);
    value("true && !false", 1);
    value("floor(7/2) + ceil(7/2) + round(2.6) + abs(-1)", 3 + 4 + 3 + 1);
    value("min(a, 2, 5) + max(1, a)", 5);
    /* What has a unit is compared with the same; 0 has every one; a name that says it needs none. */
    value("t < 5 us && t > 0 && 0 != t", 1);
    value("t / 2 us", 2);
    value("t / 2 + 2 us == 2 * t - 4 us", 1);
    value("-t < 0 && abs(-t) == t && max(t, 0, 1 ns) == t", 1);
    value("price_usd < 200 && price_usd * 2 >= 200 $", 1);
    value("latency_ps == 5 ms && latency_ps == 5000000000", 1);
    value("8 KiB / t < 2", 1);
    value("wall == 60 s && wall < 2 min && 59 s < wall && wall / 30 s == 2", 1);
    value("2 k/s > 1999 1/s && 2 1/s / 1 1/s == 2", 1);
    /* Only what decides is computed. */
    value("a == 3 || 1 / 0 > 1", 1);
    value("a == 4 && (1 / 0 > 1 || t < 4)", 0);
}

static void wrong(const char *text, const char *why)
{
    ifc_value v;
    ifc_error err = {.status = IFC_OK};
    CU_ASSERT_EQUAL(ifc_expression_value(text, &names, &v, &err), IFC_EUSAGE);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, why));
    if (!strstr(err.text, why))
        printf("\n%s: '%s' lacks '%s'", text, err.text, why);
}

static void test_bad_expressions(void)
{
    char deep[300];
    wrong("", "is missing at the end");
    wrong("1 +", "is missing at the end");
    wrong("(1", "a ')' is missing");
    wrong("1)", "not understood from ')' on");
    wrong("1 2", "not understood from '2' on");
    wrong("b + 1", "there is no parameter 'b'");
    wrong("a = 3", "equality is written ==");
    wrong("kv + 1", "needs a number, and \"dram\" is a text");
    wrong("kv < 'x'", "is a text");
    wrong("sin(1)", "no function 'sin' (allowed:");
    wrong("min(1", "needs a ')'");
    wrong("'open", "a quote is not closed");
    wrong("* 3", "is missing before '* 3'");
    wrong("1/0 > 1", "1/0 > 1: divides by 0");
    wrong("a / (3 - a)", "divides by 0");
    wrong("a == 3 && 1 / 0 > 1", "divides by 0");
    wrong("a == 3 || 1 / (", "is missing at the end");
    wrong("t < 4",
          "t < 4: < needs one unit on both sides, not a quantity like 4 us and a number without a unit");
    wrong("t == 4 KiB",
          "== needs one unit on both sides, not a quantity like 4 us and a quantity like 4 KiB");
    wrong("t + 1 > 0", "+ needs one unit");
    wrong("t - 1 MB > 0", "- needs one unit");
    wrong("min(t, 3) > 0", "min needs one unit");
    wrong("price_usd < 4 us", "< needs one unit");
    wrong("t * t > 1 us", "not a product of units and a quantity like 4 us");
    wrong("wall < 60", "not a quantity like 30 d and a number without a unit");
    memset(deep, '(', sizeof deep - 1);
    deep[sizeof deep - 1] = '\0';
    wrong(deep, "too deep");
    memset(deep, '-', sizeof deep - 1);
    wrong(deep, "too deep");
}

/* --- points --- */

static const char scenario[] = IFC_SOURCE_DIR "/scenarios/quickstart.cfg";

static void add(ifc_texts *texts, const char *text)
{
    ifc_texts_add(texts, text, strlen(text));
}

static ifc_status plan(ifc_points *p, ifc_spec *s, const char *const *over, const char *const *with,
                       const char *const *where, ifc_error *err)
{
    *err = (ifc_error){.status = IFC_OK};
    *s = (ifc_spec){.scenario = strdup(scenario)};
    for (; over && *over; over++)
        add(&s->over, *over);
    for (; with && *with; with++)
        add(&s->with, *with);
    for (; where && *where; where++)
        add(&s->where, *where);
    return ifc_points_plan(p, s, err);
}

static void test_points(void)
{
    static const char *const over[] = {"flash.groups.g1.dies=2,8,14", "workload.context=1K,2K", NULL};
    static const char *const with[] = {"flash.groups.g2.dies=16-flash.groups.g1.dies",
                                       "flash.groups.g2.t_read=2*flash.groups.g1.t_read", NULL};
    static const char *const where[] = {"flash.groups.g1.dies < 14 || workload.context == 1K",
                                        "machine.dies == 16", "npu.rate > 1 TOPS", NULL};
    ifc_spec s;
    ifc_points p;
    ifc_error err;
    ifc_scenario *one = calloc(1, sizeof *one);
    CU_ASSERT_EQUAL(plan(&p, &s, over, with, where, &err), IFC_OK);
    CU_ASSERT_EQUAL_FATAL(p.n, 5);
    CU_ASSERT_STRING_EQUAL(ifc_points_value(&p, 0, 0), "2");
    CU_ASSERT_STRING_EQUAL(ifc_points_value(&p, 1, 0), "2");
    CU_ASSERT_STRING_EQUAL(ifc_points_value(&p, 1, 1), "2048");
    CU_ASSERT_STRING_EQUAL(ifc_points_value(&p, 1, 2), "14");
    CU_ASSERT_STRING_EQUAL(ifc_points_value(&p, 1, 3), "8 us");
    CU_ASSERT_STRING_EQUAL(ifc_points_value(&p, 4, 0), "14");
    CU_ASSERT_EQUAL(ifc_points_load(&p, 4, one, &err), IFC_OK);
    CU_ASSERT_EQUAL(one->groups[0].dies, 14);
    CU_ASSERT_EQUAL(one->groups[1].dies, 2);
    CU_ASSERT_EQUAL(one->groups[1].t_read, 8000000);
    CU_ASSERT_EQUAL(one->workload.context, 1024);
    CU_ASSERT_FALSE(p.has_goals);
    ifc_points_fini(&p);
    ifc_spec_fini(&s);
    free(one);
}

/* What a point is called depends on what it assigns, and on nothing else. */
static void test_identities(void)
{
    static const char *const one[] = {"flash.groups.g1.dies=2,8", "workload.context=1K,2K", NULL};
    static const char *const other[] = {"workload.context=2K,4K", "flash.groups.g1.dies=8,4", NULL};
    ifc_spec s, t;
    ifc_points p, q;
    ifc_error err;
    CU_ASSERT_EQUAL(plan(&p, &s, one, NULL, NULL, &err), IFC_OK);
    CU_ASSERT_EQUAL(plan(&q, &t, other, NULL, NULL, &err), IFC_OK);
    CU_ASSERT_EQUAL_FATAL(p.n, 4);
    CU_ASSERT_EQUAL_FATAL(q.n, 4);
    CU_ASSERT_STRING_EQUAL(p.all[3].id, q.all[0].id); /* 8 dies, 2K */
    for (size_t i = 0; i < 4; i++)
        for (size_t k = 0; k < 4; k++)
            CU_ASSERT((strcmp(p.all[i].id, q.all[k].id) == 0) == (i == 3 && k == 0));
    CU_ASSERT_STRING_NOT_EQUAL(p.digest, q.digest);
    ifc_points_fini(&p);
    ifc_points_fini(&q);
    ifc_spec_fini(&s);
    ifc_spec_fini(&t);
}

/* The same value of another parameter is another point. */
static void test_identities_know_paths(void)
{
    static const char *const one[] = {"flash.groups.g1.dies=2", NULL};
    static const char *const other[] = {"flash.groups.g2.dies=2", NULL};
    ifc_spec s, t;
    ifc_points p, q;
    ifc_error err;
    CU_ASSERT_EQUAL(plan(&p, &s, one, NULL, NULL, &err), IFC_OK);
    CU_ASSERT_EQUAL(plan(&q, &t, other, NULL, NULL, &err), IFC_OK);
    CU_ASSERT_STRING_NOT_EQUAL(p.all[0].id, q.all[0].id);
    ifc_points_fini(&p);
    ifc_points_fini(&q);
    ifc_spec_fini(&s);
    ifc_spec_fini(&t);
}

/* An expression sees what those before it have set, also through what the machine comes to. */
static void test_order_of_with(void)
{
    static const char *const over[] = {"flash.groups.g1.dies=3", NULL};
    static const char *const with[] = {"flash.groups.g2.dies=20-flash.groups.g1.dies+0*machine.dies",
                                       "flash.groups.g2.queue_depth=machine.dies", NULL};
    ifc_spec s;
    ifc_points p;
    ifc_error err;
    CU_ASSERT_EQUAL(plan(&p, &s, over, with, NULL, &err), IFC_OK);
    CU_ASSERT_STRING_EQUAL(ifc_points_value(&p, 0, 1), "17");
    CU_ASSERT_STRING_EQUAL(ifc_points_value(&p, 0, 2), "20");
    ifc_points_fini(&p);
    ifc_spec_fini(&s);
}

/* Neighbours are near in all their digits. */
static void test_identities_differ(void)
{
    static const char *const over[] = {"flash.groups.g1.dies=1..16", "flash.groups.g2.dies=1..16",
                                       "workload.context=1..9", NULL};
    ifc_spec s;
    ifc_points p;
    ifc_error err;
    CU_ASSERT_EQUAL(plan(&p, &s, over, NULL, NULL, &err), IFC_OK);
    CU_ASSERT_EQUAL_FATAL(p.n, 16 * 16 * 9);
    size_t equal = 0;
    for (size_t i = 0; i < p.n; i++)
        for (size_t k = 0; k < i; k++)
            equal += strcmp(p.all[i].id, p.all[k].id) == 0;
    CU_ASSERT_EQUAL(equal, 0);
    ifc_points_fini(&p);
    ifc_spec_fini(&s);
}

static void refused(const char *over, const char *with, const char *where, ifc_status status, const char *why)
{
    const char *const overs[] = {over, NULL}, *const withs[] = {with, NULL}, *const wheres[] = {where, NULL};
    ifc_spec s;
    ifc_points p;
    ifc_error err;
    CU_ASSERT_EQUAL(plan(&p, &s, overs, withs, wheres, &err), status);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, why));
    if (!strstr(err.text, why))
        printf("\n'%s' lacks '%s'", err.text, why);
    ifc_points_fini(&p);
    ifc_spec_fini(&s);
}

static void test_bad_points(void)
{
    refused(NULL, NULL, NULL, IFC_EUSAGE, "nothing is varied");
    refused("=1", NULL, NULL, IFC_EUSAGE, "needs PATH=RANGE");
    refused("npu.rat=1", NULL, NULL, IFC_EDATA, "nearest: npu.rate");
    refused("workload.context=1..2", "workload.context=3", NULL, IFC_EUSAGE, "is varied already");
    refused("workload.context=1..2", "npu.rate=tokens*1 TOPS", NULL, IFC_EUSAGE, "which comes later");
    refused("workload.context=1..2", NULL, "workload.context > 2", IFC_EUSAGE, "no combination fulfils");
    refused("workload.context=1..2", NULL, "model.name", IFC_EUSAGE, "is a text and no condition");
    refused("workload.context=1..2", NULL, "x.y > 2", IFC_EUSAGE, "there is no parameter 'x.y'");
    refused("part=parts/none-*.cfg", NULL, NULL, IFC_ENOINPUT, "there is no such file");
}

/* GB x $/GB of 8 + 8 dies, worked out by hand from the die's shape, and DRAM. */
static void test_price(void)
{
    ifc_scenario *s = calloc(1, sizeof *s);
    s->n_groups = 2;
    for (int g = 0; g < 2; g++) {
        s->groups[g].dies = 8;
        s->groups[g].planes = 4;
        s->groups[g].blocks_per_plane = 1000;
        s->groups[g].pages_per_block = 250;
        s->groups[g].page = 4000;
        s->groups[g].cost = g ? 0.5 : 1; /* 32 GB each */
    }
    CU_ASSERT_DOUBLE_EQUAL(ifc_flash_bytes(s), 64e9, 1);
    CU_ASSERT_DOUBLE_EQUAL(ifc_price(s), 32 + 16, 1e-9);
    s->dram.channels = 2;
    s->dram.bytes = 500000000;
    s->dram.cost = 4;
    CU_ASSERT_DOUBLE_EQUAL(ifc_price(s), 48 + 4, 1e-9);
    s->soc.cost = 50;
    CU_ASSERT_DOUBLE_EQUAL(ifc_price(s), 48 + 4 + 50, 1e-9);
    free(s);
}

static void test_chunks(void)
{
    CU_ASSERT_EQUAL(ifc_emit_chunk(400, 0.5, 1), 5);       /* 0.5 s of 5.5 s */
    CU_ASSERT_EQUAL(ifc_emit_chunk(400, 0.1, 10), 1);      /* long points: one each */
    CU_ASSERT_EQUAL(ifc_emit_chunk(400, 100, 0.001), 400); /* short ones: all in one */
    CU_ASSERT_EQUAL(ifc_emit_chunk(50000, 0.1, 10), 50);   /* no more shards than an array has */
}

int main(void)
{
    static const struct ifc_test tests[] = {
        {"ranges", test_ranges},
        {"bad ranges", test_bad_ranges},
        {"expressions", test_expressions},
        {"bad expressions", test_bad_expressions},
        {"points", test_points},
        {"identities depend on assignments alone", test_identities},
        {"identities know paths", test_identities_know_paths},
        {"order of --with", test_order_of_with},
        {"identities of neighbours differ", test_identities_differ},
        {"bad points", test_bad_points},
        {"price", test_price},
        {"start-up is under a tenth of a shard", test_chunks},
    };
    return IFC_RUN_TESTS("explore", tests);
}
