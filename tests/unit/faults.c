/**
 * The machine's own checks notice when something goes wrong: a function between two components is replaced at
 * link time (-Wl,--wrap) by one that breaks a single transaction, and the run has to end as a bug that says
 * what is wrong.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "components/system/machine.h"
#include "components/system/system.h"
#include "tests/unit/ifc_cunit.h"
#include "tests/unit/support/sim.h"

enum fault {
    NO_FAULT,
    LOSE_RESULT,
    LOSE_COMMAND,
    SENSE_MORE,
    RETURN_MORE,
    COMPUTE_MORE,
    COMPLETE_TWICE,
    KEEP_ROOM,
    SCAN_MORE,
    LAY_OUT_LESS,
    MULTIPLY_LESS
};

static enum fault fault;
static unsigned countdown; /* transactions before the one that is broken */

static bool now(enum fault f)
{
    return fault == f && countdown-- == 0;
}

void __real_ifc_die_accept(ifc_die *d, ifc_txn *txn);
void __wrap_ifc_die_accept(ifc_die *d, ifc_txn *txn);
void __real_ifc_decoder_receive(ifc_hardware *hw, ifc_txn *txn);
void __wrap_ifc_decoder_receive(ifc_hardware *hw, ifc_txn *txn);

void __wrap_ifc_die_accept(ifc_die *d, ifc_txn *txn)
{
    if (now(LOSE_COMMAND))
        return;
    if (now(SENSE_MORE))
        txn->extent.pages++;
    if (now(RETURN_MORE))
        txn->bytes_up += txn->extent.pages; /* one byte for each page of a READ */
    if (now(COMPUTE_MORE))
        txn->macs++;
    if (now(KEEP_ROOM))
        d->held++;
    __real_ifc_die_accept(d, txn);
}

void __wrap_ifc_decoder_receive(ifc_hardware *hw, ifc_txn *txn)
{
    if (now(LOSE_RESULT))
        return;
    __real_ifc_decoder_receive(hw, txn);
    if (now(COMPLETE_TWICE))
        __real_ifc_decoder_receive(hw, txn);
}

/* A layout that is wrong: command, die and channel agree about it. */
void __real_ifc_kv_scan(const ifc_kv *kv, uint32_t layer, uint32_t head, uint32_t heads, bool values,
                        ifc_kv_share *shares);
void __wrap_ifc_kv_scan(const ifc_kv *kv, uint32_t layer, uint32_t head, uint32_t heads, bool values,
                        ifc_kv_share *shares);
void __real_ifc_weights_lay_out(ifc_weight_share *shares, const ifc_group *group, uint64_t rows,
                                uint64_t cols, uint64_t row_bytes, uint32_t result_bits, bool rounding);
void __wrap_ifc_weights_lay_out(ifc_weight_share *shares, const ifc_group *group, uint64_t rows,
                                uint64_t cols, uint64_t row_bytes, uint32_t result_bits, bool rounding);

void __wrap_ifc_kv_scan(const ifc_kv *kv, uint32_t layer, uint32_t head, uint32_t heads, bool values,
                        ifc_kv_share *shares)
{
    __real_ifc_kv_scan(kv, layer, head, heads, values, shares);
    if (now(SCAN_MORE))
        shares[0].extent.pages++;
}

void __wrap_ifc_weights_lay_out(ifc_weight_share *shares, const ifc_group *group, uint64_t rows,
                                uint64_t cols, uint64_t row_bytes, uint32_t result_bits, bool rounding)
{
    __real_ifc_weights_lay_out(shares, group, rows, cols, row_bytes, result_bits, rounding);
    shares[0].extent.pages -= now(LAY_OUT_LESS);
    shares[0].macs -= now(MULTIPLY_LESS);
}

/* What a run that is broken on purpose printed and how it ended. */
static int run_broken(enum fault f, unsigned after, char *said, size_t size)
{
    ifc_scenario *s =
        SIM_LOAD("quickstart.cfg", "model.layers=2", "workload.context=128", "workload.tokens=1");
    int ends[2], how = 0;
    if (pipe(ends) != 0)
        exit(2);
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        ifc_result result = {0};
        ifc_error err = {.status = IFC_OK};
        dup2(ends[1], STDERR_FILENO);
        fault = f;
        countdown = after;
        ifc_status status = ifc_machine_run(s, &(ifc_run_options){.program = "test"}, &result, &err);
        fputs(err.text, stderr);
        fflush(NULL);
        _exit(status);
    }
    close(ends[1]);
    size_t used = 0;
    for (ssize_t n; (n = read(ends[0], said + used, size - 1 - used)) > 0;)
        used += (size_t)n;
    said[used] = '\0';
    close(ends[0]);
    if (pid < 0 || waitpid(pid, &how, 0) != pid)
        exit(2);
    free(s);
    return WIFEXITED(how) ? WEXITSTATUS(how) : -WTERMSIG(how);
}

static void notices(enum fault f, const char *message)
{
    static const unsigned moments[] = {0, 7, 500};
    for (size_t i = 0; i < sizeof moments / sizeof moments[0]; i++) {
        char said[8192];
        int status = run_broken(f, moments[i], said, sizeof said);
        if (status != IFC_EINTERNAL || !strstr(said, message))
            printf("\n    status %d: %s\n", status, said);
        CU_ASSERT(status != 0);
        CU_ASSERT_EQUAL(status == 70 || status == IFC_EINTERNAL, true);
        CU_ASSERT_PTR_NOT_NULL(strstr(said, message));
        CU_ASSERT_PTR_NOT_NULL(strstr(said, "scenarios/quickstart.cfg: ")); /* which of several runs it was */
    }
}

static void an_unbroken_run_says_nothing(void)
{
    char said[8192];
    CU_ASSERT_EQUAL(run_broken(NO_FAULT, 0, said, sizeof said), 0);
    CU_ASSERT_STRING_EQUAL(said, "");
}

static void a_lost_result_is_a_deadlock(void)
{
    notices(LOSE_RESULT, "host waits for an operator to complete");
}

static void a_lost_command_is_a_deadlock(void)
{
    notices(LOSE_COMMAND, "host waits for an operator to complete");
}

static void a_page_too_many_is_noticed(void)
{
    notices(SENSE_MORE, "were sensed");
}

static void a_byte_too_many_is_noticed(void)
{
    notices(RETURN_MORE, "came up the channels");
}

static void a_product_too_many_is_noticed(void)
{
    notices(COMPUTE_MORE, "MACs were asked for");
}

static void a_wrong_layout_is_noticed(void)
{
    static const struct {
        enum fault fault;
        const char *message;
    } all[] = {{SCAN_MORE, "kv_read"}, {LAY_OUT_LESS, "weights"}, {MULTIPLY_LESS, "MACs were asked for"}};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        char said[8192];
        CU_ASSERT_NOT_EQUAL(run_broken(all[i].fault, 1, said, sizeof said), 0);
        CU_ASSERT_PTR_NOT_NULL(strstr(said, all[i].message));
    }
}

static void a_second_completion_is_noticed(void)
{
    notices(COMPLETE_TWICE, "completes");
}

static void a_die_that_keeps_its_room_is_noticed(void)
{
    notices(KEEP_ROOM, "holds commands at the end");
}

int main(void)
{
    static const struct ifc_test tests[] = {
        {"an unbroken run says nothing", an_unbroken_run_says_nothing},
        {"a lost result is a deadlock", a_lost_result_is_a_deadlock},
        {"a lost command is a deadlock", a_lost_command_is_a_deadlock},
        {"a page too many is noticed", a_page_too_many_is_noticed},
        {"a byte too many is noticed", a_byte_too_many_is_noticed},
        {"a product too many is noticed", a_product_too_many_is_noticed},
        {"a wrong layout is noticed", a_wrong_layout_is_noticed},
        {"a second completion is noticed", a_second_completion_is_noticed},
        {"a die that keeps its room is noticed", a_die_that_keeps_its_room_is_noticed},
    };
    return IFC_RUN_TESTS("faults", tests);
}
