/**
 * What each class of traffic moves, on a machine small enough for paper: pages, products, bytes down and up.
 * ifc_txn_retire(), through which every transaction goes once when it is complete, is replaced at link time
 * by one that adds up what goes through.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "components/system/system.h"
#include "tests/unit/ifc_cunit.h"
#include "tests/unit/support/tiny.h"

void __real_ifc_txn_retire(ifc_hardware *hw, ifc_txn *txn);
void __wrap_ifc_txn_retire(ifc_hardware *hw, ifc_txn *txn);

/* Runs are processes of their own: what they add up is in memory that they share with the test. */
static struct tally {
    uint64_t sensed, programmed, macs, down, up;
} * tallies;

void __wrap_ifc_txn_retire(ifc_hardware *hw, ifc_txn *txn)
{
    struct tally *t = &tallies[txn->traffic_class];
    t->sensed += txn->command == IFC_READ || txn->command == IFC_READ_COMPUTE || txn->command == IFC_COPY
                     ? txn->extent.pages
                     : 0;
    t->programmed += txn->command == IFC_PROGRAM || txn->command == IFC_COPY ? txn->extent.pages : 0;
    t->macs += txn->macs;
    t->down += txn->bytes_down;
    t->up += txn->bytes_up;
    __real_ifc_txn_retire(hw, txn);
}

static sim_run tally(ifc_scenario *s)
{
    sim_set(s, "simulation.reuse=false"); /* every transaction is to come by */
    memset(tallies, 0, IFC_CLASSES * sizeof *tallies);
    sim_run run = sim_run_one(s);
    CU_ASSERT_EQUAL(run.status, IFC_OK);
    return run;
}

static void is(const char *what, uint64_t value, uint64_t expected)
{
    CU_ASSERT(sim_near(what, (double)value, (double)expected, 0, 0));
}

static void class_is(ifc_class class, uint64_t sensed, uint64_t programmed, uint64_t macs, uint64_t down,
                     uint64_t up)
{
    const struct tally *t = &tallies[class];
    const char *name = ifc_class_name(class);
    is(name, t->sensed, sensed);
    is(name, t->programmed, programmed);
    is(name, t->macs, macs);
    is(name, t->down, down);
    is(name, t->up, up);
}

static void nothing_of(ifc_class class)
{
    class_is(class, 0, 0, 0, 0, 0);
}

/* The run's own sums are those of the classes. */
static void sums_agree(const sim_run *run, uint64_t dram)
{
    uint64_t sensed = 0, down = 0, up = 0;
    for (int c = 0; c < IFC_CLASSES; c++) {
        sensed += tallies[c].sensed;
        down += tallies[c].down;
        up += tallies[c].up;
    }
    is("all pages", run->result.pages_sensed, sensed);
    is("all bytes", run->result.bus_bytes_down + run->result.bus_bytes_up + dram, down + up);
    is("DRAM", run->result.dram_bytes, dram);
}

/* Two tokens, 10 tokens stored all the time, and a flush of two tokens' K and V: two pages of 256 bytes. */
static void a_decode_in_flash(void)
{
    sim_run run = tally(tiny());
    tiny_cost w = tiny_weights(run.scenario), kv = tiny_attention(run.scenario, 10);
    class_is(IFC_CLASS_WEIGHTS, 2 * w.pages, 0, 2 * w.macs, 2 * w.down, 2 * w.up);
    class_is(IFC_CLASS_KV_READ, 2 * kv.pages, 0, 2 * kv.macs, 2 * kv.down, 2 * kv.up);
    class_is(IFC_CLASS_KV_WRITE, 0, 2, 0, 2 * 256, 0);
    nothing_of(IFC_CLASS_REFRESH);
    nothing_of(IFC_CLASS_HOST);
    sums_agree(&run, 0);
    is("useful KV", run.result.useful_kv_bytes, 2 * 2 * 10 * 128);
    is("sensed KV", run.result.sensed_kv_bytes, 2 * kv.pages * 256);
    sim_run_fini(&run);
}

/* 64 elements of 8 bits and 4 scales of 16: 72 bytes, three to a page where four would go without scales. */
static void keys_and_values_with_scales(void)
{
    static const char *const layouts[] = {"flash", "dram"};
    for (int l = 0; l < 2; l++) {
        ifc_scenario *s = l ? tiny_dram() : tiny();
        sim_set(s, "model.kv_bits=8");
        sim_set(s, "model.kv_scale_bits=16");
        sim_set(s, "model.kv_scale_group=16");
        sim_set(s, "workload.context=9");
        sim_run run = tally(s);
        tiny_cost kv = tiny_attention(run.scenario, 9);
        CU_ASSERT_EQUAL(tiny_entry(run.scenario), 72);
        if (l == 0) {
            CU_ASSERT_EQUAL(kv.pages, 2 * 3);
            class_is(IFC_CLASS_KV_READ, 2 * kv.pages, 0, 2 * kv.macs, 2 * kv.down, 2 * kv.up);
            class_is(IFC_CLASS_KV_WRITE, 0, 2, 0, 2 * 2 * 72, 0);
        } else {
            class_is(IFC_CLASS_KV_READ, 0, 0, 0, 0, 2 * 72 * (9 + 10));
            class_is(IFC_CLASS_KV_WRITE, 0, 0, 0, 2 * 2 * 72, 0);
        }
        is(layouts[l], run.result.useful_kv_bytes, 2 * 72 * (l ? 9 + 10 : 2 * 9));
        sim_run_fini(&run);
    }
}

/* A window of 4: the first token attends to tokens 7 to 9, which lie in two pages of two, and itself; the
 * second to tokens 8 and 9, one page, and two that are in the buffer. */
static void a_window_slides(void)
{
    ifc_scenario *s = tiny();
    sim_set(s, "model.window=4");
    sim_run run = tally(s);
    const struct tally *t = &tallies[IFC_CLASS_KV_READ];
    is("pages", t->sensed, 2 * (2 + 1));
    is("products", t->macs, 2 * 2 * 64 * (3 + 2));
    is("useful KV", (uint64_t)run.result.useful_kv_bytes, 2 * 128 * (3 + 2));
    is("KV", run.result.capacity[0].kv, 2 * (4 / 2 + 1) * 256);
    sim_run_fini(&run);
    s = tiny_dram();
    sim_set(s, "model.window=4");
    run = tally(s); /* the second token comes with the first one's K and V */
    class_is(IFC_CLASS_KV_READ, 0, 0, 0, 0, 2 * 128 * (3 + 3));
    is("KV in DRAM", run.result.capacity[1].kv, 2 * 128 * 4);
    sim_run_fini(&run);
}

/* One of two layers has a window as long as all tokens, and then one that is shorter. */
static void some_layers_have_a_window(void)
{
    uint64_t pages[3];
    for (int i = 0; i < 3; i++) {
        ifc_scenario *s = tiny();
        sim_set(s, "model.layers=2");
        sim_set(s, "placement.kv_buffer.bytes=1 KiB");
        sim_set(s, "model.window=%d", i == 0 ? 0 : i == 1 ? 12 : 4);
        sim_set(s, "model.window_layers=1");
        sim_run run = tally(s);
        pages[i] = tallies[IFC_CLASS_KV_READ].sensed;
        sim_run_fini(&run);
    }
    is("no window", pages[0], 2 * 2 * 2 * 5);
    is("a window of all", pages[1], pages[0]);
    is("one of two", pages[2], 2 * (2 * 5 + 2 + 1));
}

/* One die has whole sums: it hands over activations, not 32-bit parts. */
static void one_die_has_no_partial_sums(void)
{
    ifc_scenario *s = tiny();
    sim_set(s, "flash.groups.g1.dies=1");
    sim_run run = tally(s);
    tiny_cost kv = tiny_attention(run.scenario, 10);
    class_is(IFC_CLASS_KV_READ, 2 * kv.pages, 0, 2 * kv.macs, 2 * kv.down, 2 * (kv.up - 4 * 128 + 2 * 128));
    sim_run_fini(&run);
}

/* Pages of plain NAND cross the bus with their spare bytes, up and down. */
static void a_decode_with_plain_nand(void)
{
    sim_run run = tally(tiny_plain());
    tiny_cost w = tiny_weights(run.scenario);
    class_is(IFC_CLASS_WEIGHTS, 2 * w.pages, 0, 2 * w.macs, 2 * w.down, 2 * w.up);
    class_is(IFC_CLASS_KV_READ, 2 * 2 * 5, 0, 0, 0, 2 * 2 * 5 * (256 + 32));
    class_is(IFC_CLASS_KV_WRITE, 0, 2, 0, 2 * (256 + 32), 0);
    sums_agree(&run, 0);
    sim_run_fini(&run);
}

/* K and V of 10 and 11 tokens come from DRAM, and those of each new token go there. */
static void a_decode_with_dram(void)
{
    sim_run run = tally(tiny_dram());
    tiny_cost w = tiny_weights(run.scenario);
    class_is(IFC_CLASS_WEIGHTS, 2 * w.pages, 0, 2 * w.macs, 2 * w.down, 2 * w.up);
    class_is(IFC_CLASS_KV_READ, 0, 0, 0, 0, 2 * 128 * (10 + 11));
    class_is(IFC_CLASS_KV_WRITE, 0, 0, 0, 2 * 2 * 128, 0);
    sums_agree(&run, 2 * 128 * (10 + 11) + 2 * 2 * 128);
    sim_run_fini(&run);
}

/* Experts share their input; the down projection of each has one of its own. */
static void a_decode_with_experts(void)
{
    sim_run run = tally(tiny_experts());
    tiny_cost w = tiny_weights(run.scenario);
    CU_ASSERT_EQUAL(w.down, 128 + 256 + 128 + 2 * 128 + 128);
    class_is(IFC_CLASS_WEIGHTS, 2 * w.pages, 0, 2 * w.macs, 2 * w.down, 2 * w.up);
    sim_run_fini(&run);
}

/* The first layer has one wide block, two layers experts and one that all tokens share. */
static void a_decode_with_layers_of_two_kinds(void)
{
    sim_run run = tally(tiny_mixed());
    tiny_cost w = tiny_weights(run.scenario);
    uint64_t products = 3 * (256 * 64 + 64 * 128) + 3 * 64 * 96 + 2 * 3 * 3 * 64 * 64 + 100 * 64;
    CU_ASSERT_EQUAL(w.macs, products);
    class_is(IFC_CLASS_WEIGHTS, 2 * w.pages, 0, 2 * w.macs, 2 * w.down, 2 * w.up);
    sim_run_fini(&run);
}

/* In parallel to attention the block has the same input, which the dies hold already. */
static void a_block_in_parallel_to_attention(void)
{
    ifc_scenario *s = tiny();
    sim_set(s, "model.parallel_ffn=true");
    sim_run run = tally(s);
    tiny_cost w = tiny_weights(run.scenario);
    class_is(IFC_CLASS_WEIGHTS, 2 * w.pages, 0, 2 * w.macs, 2 * (w.down - 128), 2 * w.up);
    sim_run_fini(&run);
}

/* Two head groups generated one after the other take one input: the die has it already. */
static void a_vector_that_a_die_holds(void)
{
    ifc_scenario *s = tiny_discrete();
    sim_set(s, "model.kv_heads=2");
    sim_set(s, "placement.kv_buffer.bytes=1 KiB");
    sim_set(s, "placement.overlap=head-group");
    sim_run run = tally(s);
    uint64_t down = 128 + 256 + 128 + 128 + 128;
    CU_ASSERT_EQUAL(tallies[IFC_CLASS_WEIGHTS].down, 2 * down);
    sim_run_fini(&run);
}

/* Without broadcast each of the two dies is sent its own copy of every vector. */
static void vectors_without_broadcast(void)
{
    ifc_scenario *s = tiny();
    sim_set(s, "channel.broadcast=false");
    sim_run run = tally(s);
    tiny_cost w = tiny_weights(run.scenario);
    CU_ASSERT_EQUAL(tallies[IFC_CLASS_WEIGHTS].down, 2 * 2 * w.down);
    CU_ASSERT_EQUAL(tallies[IFC_CLASS_KV_READ].down, 2 * (2 * 256 + 40)); /* scores are each die's own */
    sim_run_fini(&run);
}

/* A copy stays in its die: 3 pages of each plane. */
static void pages_that_move(void)
{
    ifc_scenario *s = tiny();
    sim_set(s, "workload.tokens=1");
    sim_set(s, "policies.refresh.name=read-count");
    sim_set(s, "policies.refresh.pages=3");
    sim_set(s, "flash.groups.g1.read_limit=1");
    sim_run run = tally(s);
    class_is(IFC_CLASS_REFRESH, 3 * 4, 3 * 4, 0, 0, 0);
    sums_agree(&run, 0);
    is("programmed", run.result.pages_programmed, 3 * 4);
    sim_run_fini(&run);
}

static sim_run stream(const char *op)
{
    ifc_scenario *s = tiny();
    sim_set(s, "workload.kind=stream");
    sim_set(s, "workload.stream.group=g1");
    sim_set(s, "workload.stream.op=%s", op);
    sim_set(s, "workload.stream.count=3");
    sim_set(s, "workload.stream.planes=2");
    sim_set(s, "workload.stream.pages=2");
    sim_set(s, "workload.stream.queue_depth=1");
    sim_set(s, "workload.stream.bytes_down=70 B");
    sim_set(s, "workload.stream.bytes_up=30 B");
    return tally(s);
}

static void requests(void)
{
    sim_run read = stream("read");
    class_is(IFC_CLASS_HOST, 12, 0, 0, 0, 12 * 256);
    nothing_of(IFC_CLASS_WEIGHTS);
    sim_run compute = stream("read-compute");
    class_is(IFC_CLASS_HOST, 12, 0, 12 * 128, 3 * 70, 3 * 30);
    sim_run program = stream("program");
    class_is(IFC_CLASS_HOST, 0, 12, 0, 12 * 256, 0);
    sim_run_fini(&read);
    sim_run_fini(&compute);
    sim_run_fini(&program);
}

int main(void)
{
    static const struct ifc_test tests[] = {
        {"a decode in flash", a_decode_in_flash},
        {"keys and values with scales", keys_and_values_with_scales},
        {"a window slides", a_window_slides},
        {"some layers have a window", some_layers_have_a_window},
        {"one die has no partial sums", one_die_has_no_partial_sums},
        {"a decode with plain NAND", a_decode_with_plain_nand},
        {"a decode with DRAM", a_decode_with_dram},
        {"a decode with experts", a_decode_with_experts},
        {"a decode with layers of two kinds", a_decode_with_layers_of_two_kinds},
        {"a block in parallel to attention", a_block_in_parallel_to_attention},
        {"a vector that a die holds", a_vector_that_a_die_holds},
        {"vectors without broadcast", vectors_without_broadcast},
        {"pages that move", pages_that_move},
        {"requests", requests},
    };
    size_t size = IFC_CLASSES * sizeof *tallies;
    tallies = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    return tallies == MAP_FAILED ? 2 : IFC_RUN_TESTS("classes", tests);
}
