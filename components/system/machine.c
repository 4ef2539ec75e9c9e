#include "components/system/machine.h"

#include <stdlib.h>
#include <string.h>

#include "components/data/capacity.h"
#include "components/data/kv_period.h"
#include "components/data/kv_plan.h"
#include "components/record/collect.h"
#include "components/record/collect_window.h"
#include "components/record/conservation.h"
#include "components/system/elaborate.h"
#include "components/system/footprint.h"
#include "components/system/policy_views.h"
#include "platform/common/memory.h"
#include "workloads/graph_file.h"

/* The platform in memory. Owned by the caller. */
static char *platform_xml(const ifc_system *sys)
{
    char *text = NULL;
    size_t size = 0;
    FILE *f = open_memstream(&text, &size);
    IFC_BUG_ON(!f, "out of memory for the platform");
    ifc_elaborate_platform(sys, f);
    IFC_BUG_ON(fclose(f) != 0, "out of memory for the platform");
    return text;
}

static ifc_status start_kernel(const ifc_system *sys, const ifc_run_options *o, ifc_error *err)
{
    char *xml = platform_xml(sys);
    ifc_kernel_config config = {.program = o->program ? o->program : "ifcsim",
                                .argc = o->simgrid_argc,
                                .argv = o->simgrid_argv,
                                .platform_xml = xml,
                                .stack_kib = IFC_ACTOR_STACK_KIB,
                                .actors = ifc_footprint_actors(&sys->hw)};
    ifc_status status = ifc_kernel_init(&config, err);
    free(xml);
    return status;
}

/* Actors that wait for commands that a policy holds back for ever are the policy's fault, not a deadlock. */
static ifc_status run_kernel(const ifc_system *sys, ifc_error *err)
{
    ifc_error stuck = {.status = IFC_OK};
    uint32_t waiting = 0;
    ifc_status status = ifc_kernel_run(&stuck);
    if (status == IFC_OK)
        return IFC_OK;
    for (uint32_t i = 0; i < sys->s->channel.count; i++)
        waiting += sys->controller.queues[i].waiting;
    if (status != IFC_EINTERRUPTED && waiting > 0 &&
        sys->hw.policies.kinds[IFC_KIND_DISPATCH].policy->ops.dispatch->pick)
        ifc_policy_misbehaves(&sys->hw.policies.kinds[IFC_KIND_DISPATCH], "pick",
                              "leaves %u commands waiting for ever: nothing else is under way", waiting);
    return ifc_fail(err, status, "%s: %s", ifc_run_name(), stuck.text);
}

static ifc_status simulate(ifc_system *sys, const ifc_stop *stop, ifc_result *out, ifc_error *err)
{
    ifc_status status = ifc_elaborate_build(sys, stop, err);
    if (status == IFC_OK || status == IFC_ENOFIT) {
        ifc_status fits = ifc_capacity_check(&sys->hw, &sys->mapping.weights, &sys->mapping.kv, out, err);
        status = status == IFC_OK ? fits : status;
    }
    if (status == IFC_OK && sys->host.serving.source)
        status = ifc_host_check_requests(&sys->host, err);
    if (status == IFC_OK && sys->s->workload.kind == IFC_WORKLOAD_STREAM)
        status = ifc_host_check_traces(&sys->host, err);
    if (status == IFC_OK && ifc_stop_asked(&sys->host.stop))
        return IFC_EINTERRUPTED;
    if (sys->options && sys->options->build_only)
        return status;
    if (status == IFC_OK) {
        status = run_kernel(sys, err);
        sys->record.ran = true;
    }
    if (status == IFC_OK && sys->host.serving.status != IFC_OK)
        return ifc_fail(err, sys->host.serving.status, "%s", sys->host.serving.err.text);
    if (status == IFC_EINTERRUPTED)
        ifc_host_cut_off(&sys->host);
    if (status != IFC_OK)
        return status;
    if (sys->host.stop.stopped)
        return IFC_EINTERRUPTED;
    ifc_conservation_check(&sys->record);
    return IFC_OK;
}

/* Work is counted when it begins: of what a limit cut off, only the part up to the end was done. */
static void cut_off(ifc_result *r)
{
    for (uint32_t i = 0; i < r->n_resources; i++)
        if (r->resources[i].busy_ps > r->end_time)
            r->resources[i].busy_ps = r->end_time;
    for (uint32_t i = 0; i < r->n_rates; i++) {
        ifc_rate_row *rate = &r->rates[i];
        rate->busy_share = rate->busy_share > 1 ? 1 : rate->busy_share;
        rate->attained = rate->attained > rate->peak ? rate->peak : rate->attained;
    }
}

/* A part of more than the whole is a mistake of ours; @slack, a share, is what rounding can make of it. */
static void check_share(const char *name, const char *what, double part, double whole, double slack)
{
    IFC_BUG_ON(!(part <= whole * (1 + slack)), "%s: %s is %.9g of %.9g", name, what, part, whole);
}

/* Times are whole picoseconds, fractions of a page whole billionths: each step may gain half a one, in ps. */
static double rounding(const ifc_system *sys, const ifc_result *r)
{
    double steps = (double)(r->die_commands + r->pages_sensed + r->pages_programmed);
    ifc_time page = 0;
    for (uint32_t i = 0; sys->hw.dies && !sys->s->effects.page_rounding && i < sys->hw.n_dies; i++)
        page = ifc_time_max(page, sys->hw.dies[i].longest_page);
    return steps + 0.5e-9 * (double)r->die_commands * (double)page;
}

static void check_shares(const ifc_system *sys, const ifc_result *r)
{
    const ifc_stream_result *s = &r->stream;
    double end = (double)r->end_time;
    double slack = 1e-6 + (end > 0 ? rounding(sys, r) / end : 0);
    for (uint32_t i = 0; i < r->n_resources; i++)
        check_share(r->resources[i].name, "time it was busy, ps,", (double)r->resources[i].busy_ps, end, 0);
    for (uint32_t i = 0; i < r->n_rates; i++) {
        check_share(r->rates[i].name, "busy share", r->rates[i].busy_share, 1, 1e-9);
        check_share(r->rates[i].name, "attained rate", r->rates[i].attained, r->rates[i].peak, slack);
    }
    if (s->bus_limit > 0)
        check_share("stream", "bandwidth of the bus", s->bytes_per_second, s->bus_limit, slack);
    if (s->array_limit > 0)
        check_share("stream", "bandwidth of the arrays", s->bytes_per_second, s->array_limit, slack);
    if (s->compute_limit > 0)
        check_share("stream", "bandwidth of the engines", s->bytes_per_second, s->compute_limit, slack);
}

/* What a run found, also one that was ended; of a machine that did not run, only why. */
static void collect(ifc_system *sys, ifc_status status, ifc_result *out)
{
    if (sys->record.ran)
        ifc_blocks_spread(&sys->mapping.blocks);
    ifc_collect_result(&sys->record, sys->record.ran ? status : IFC_ENOFIT, out);
    if (status == IFC_EINTERRUPTED) {
        out->outcome = IFC_RUN_INTERRUPTED;
        cut_off(out);
    }
    check_shares(sys, out);
    ifc_collect_window(&sys->record, out);
    ifc_policies_collect(&sys->hw.policies, out);
    if (sys->options && sys->options->policy_file)
        ifc_policies_files(&sys->hw.policies, sys->options->policy_file, sys->options->policy_file_arg);
}

/* The machine counts tokens; requests begin with nothing. Return: a copy of @s that names their number; NULL
 * if @s does. */
static ifc_scenario *count_tokens(const ifc_scenario *s)
{
    bool requests = s->workload.kind == IFC_WORKLOAD_REQUESTS;
    if (s->workload.tokens != IFC_TOKENS_PERIOD && !requests)
        return NULL;
    ifc_kv_period period;
    ifc_scenario *copy = ifc_alloc_zero(1, sizeof *copy);
    memcpy(copy, s, sizeof *copy);
    if (requests) {
        copy->workload.context = copy->workload.prompt = 0;
        copy->workload.tokens = 1;
        return copy;
    }
    ifc_kv_period_of(s, &period);
    copy->workload.tokens = ifc_kv_period_run(&period);
    return copy;
}

ifc_status ifc_machine_run(const ifc_scenario *s, const ifc_run_options *options, ifc_result *out,
                           ifc_error *err)
{
    ifc_system *sys = ifc_alloc_zero(1, sizeof *sys);
    ifc_run_name_set(options && options->name ? options->name : s->file);
    memset(out, 0, sizeof *out);
    out->scenario = s;
    out->overflow = -1;
    ifc_scenario *counted = count_tokens(s);
    ifc_status status = ifc_elaborate_derive(sys, counted ? counted : s, options, err);
    const ifc_stop stop = {
        .limits = &sys->s->simulation, .asked = options->stop, .wall_start = ifc_wall_seconds()};
    if (status == IFC_OK)
        status = ifc_footprint_check(&sys->hw, err);
    if (status == IFC_OK)
        status = ifc_policies_open(&sys->hw.policies, s, err);
    if (status == IFC_OK)
        status = start_kernel(sys, options, err);
    if (status == IFC_OK)
        status = simulate(sys, &stop, out, err);
    bool ends = status == IFC_OK || status == IFC_ENOFIT || status == IFC_EINTERRUPTED;
    if (ends && !(options && options->build_only))
        collect(sys, status, out);
    if (!ends)
        ifc_result_fini(out); /* what fits was counted before it failed */
    ifc_elaborate_fini(sys);
    free(sys);
    free(counted);
    return status;
}

ifc_status ifc_machine_check(const ifc_scenario *s, uint64_t *bytes, ifc_error *err)
{
    ifc_system *sys = ifc_alloc_zero(1, sizeof *sys);
    ifc_status status = ifc_elaborate_derive(sys, s, NULL, err);
    if (status == IFC_OK) {
        *bytes = ifc_footprint(&sys->hw);
        status = ifc_footprint_check(&sys->hw, err);
    }
    free(sys);
    return status;
}

ifc_status ifc_machine_topology(const ifc_scenario *s, FILE *out, ifc_error *err)
{
    ifc_system *sys = ifc_alloc_zero(1, sizeof *sys);
    ifc_status status = ifc_elaborate_derive(sys, s, NULL, err);
    if (status == IFC_OK)
        ifc_elaborate_platform(sys, out);
    if (status == IFC_OK && (fflush(out) != 0 || ferror(out)))
        status = ifc_fail(err, IFC_EOUTPUT, "cannot write the topology");
    free(sys);
    return status;
}

ifc_status ifc_machine_operators(const ifc_scenario *s, FILE *out, ifc_error *err)
{
    ifc_system *sys = ifc_alloc_zero(1, sizeof *sys);
    ifc_status status = ifc_elaborate_derive(sys, s, NULL, err);
    if (status == IFC_OK && s->workload.kind == IFC_WORKLOAD_STREAM)
        status = ifc_fail(err, IFC_EDATA,
                          "%s: a stream has no operators (allowed: workload.kind = \"decode\", \"requests\")",
                          s->file);
    if (status == IFC_OK)
        status = ifc_policies_open(&sys->hw.policies, s, err);
    if (status == IFC_OK)
        status = ifc_policy_views_start(sys, err);
    if (status == IFC_OK)
        status = ifc_kv_plan(&sys->hw, &sys->plans, err);
    if (status == IFC_OK)
        status = ifc_elaborate_graphs(sys, err);
    if (status == IFC_OK)
        ifc_graphs_write(&sys->graphs, &sys->prompt_graphs, out);
    ifc_elaborate_fini(sys);
    free(sys);
    return status;
}
