#include "components/system/elaborate.h"

#include <stdlib.h>
#include <string.h>

#include "components/data/kv_plan.h"
#include "components/data/layout.h"
#include "components/hardware/dram/dram.h"
#include "components/hardware/flash/channel.h"
#include "components/hardware/flash/decoder.h"
#include "components/hardware/flash/die.h"
#include "components/run/again.h"
#include "components/system/policy_views.h"
#include "platform/common/memory.h"
#include "platform/observe/timeline.h"
#include "workloads/graph_file.h"

static void derive_group(ifc_group *g, const ifc_scenario *s, uint32_t index, uint32_t first_die)
{
    const ifc_flash_group *p = &s->groups[index];
    *g = (ifc_group){.p = p, .index = index, .first_die = first_die};
    g->planes_total = (uint64_t)p->dies * p->planes;
    g->mac_rate = p->fmacs * p->clock;
    g->n_read_times = ifc_page_times(p->t_read_pages, p->t_read, g->read_times);
    g->n_program_times = ifc_page_times(p->t_program_pages, p->t_program, g->program_times);
    g->read_least = ifc_page_time_least(p->t_read_pages, p->t_read);
    g->program_least = ifc_page_time_least(p->t_program_pages, p->t_program);
    bool on_die_ecc = p->fmacs > 0 && p->ecc_rate > 0;
    if (s->effects.ecc && on_die_ecc)
        g->ecc_time = ifc_time_for_bytes(p->page, p->ecc_rate);
    g->bus_page_bytes = p->page + (s->effects.ecc && !on_die_ecc ? p->spare : 0);
    g->decode_in_controller = s->effects.ecc && !on_die_ecc && s->soc.ecc_rate > 0;
}

static bool planes_wanted(const ifc_system *sys)
{
    const struct ifc_timeline *timeline = sys->options ? sys->options->timeline : NULL;
    return timeline && ifc_timeline_level(timeline) >= IFC_LEVEL_PLANES;
}

/* The coarsest grain that is exact: a die's planes work in lockstep in every command, so one engine stands
 * for them. */
static void choose_grain(ifc_system *sys)
{
    const ifc_scenario *s = sys->s;
    sys->hw.grain = s->simulation.grain;
    sys->grain_reason = "as given";
    if (sys->hw.grain != IFC_GRAIN_AUTO)
        return;
    bool pages_have_events = s->effects.page_rounding && s->effects.pipeline_fill;
    if (planes_wanted(sys) && pages_have_events) {
        sys->hw.grain = IFC_GRAIN_PLANE;
        sys->grain_reason = "the timeline shows planes: each has events of its own";
        return;
    }
    sys->hw.grain = IFC_GRAIN_DIE;
    sys->grain_reason = "planes of a die work in lockstep: exact";
    for (uint32_t i = 0; i < s->n_groups; i++)
        if (s->groups[i].independent_planes)
            sys->grain_reason = "what a plane does is known without events of its own: exact";
}

ifc_status ifc_elaborate_derive(ifc_system *sys, const ifc_scenario *s, const ifc_run_options *options,
                                ifc_error *err)
{
    memset(sys, 0, sizeof *sys);
    sys->s = sys->hw.s = s;
    sys->options = options;
    for (uint32_t i = 0; i < s->n_groups; i++) {
        derive_group(&sys->hw.groups[i], s, i, sys->hw.n_dies);
        sys->hw.n_dies += s->groups[i].dies;
    }
    IFC_BUG_ON(sys->hw.n_dies > s->channel.count * IFC_DIES_PER_CHANNEL, "%u dies on %u channels",
               sys->hw.n_dies, s->channel.count);
    choose_grain(sys);
    if (sys->hw.grain == IFC_GRAIN_DIE && planes_wanted(sys))
        return ifc_fail(
            err, IFC_EUSAGE,
            "%s: --trace-level planes needs simulation.grain = \"plane\" or \"page\"%s%s: at grain die the "
            "planes of a die are one engine and have no events of their own",
            s->file, s->effects.page_rounding ? "" : ", effects.page_rounding = true",
            s->effects.pipeline_fill ? "" : ", effects.pipeline_fill = true");
    if (sys->hw.grain != IFC_GRAIN_DIE && !s->effects.page_rounding)
        return ifc_fail(
            err, IFC_EDATA,
            "%s: simulation.grain = \"%s\" needs effects.page_rounding = true (fractions of a page have no "
            "events of their own); allowed: die, auto",
            s->file, sys->hw.grain == IFC_GRAIN_PAGE ? "page" : "plane");
    if (sys->hw.grain != IFC_GRAIN_DIE && !s->effects.pipeline_fill)
        return ifc_fail(
            err, IFC_EDATA,
            "%s: simulation.grain = \"%s\" needs effects.pipeline_fill = true (events of single pages fill "
            "their pipeline); allowed: die, auto",
            s->file, sys->hw.grain == IFC_GRAIN_PAGE ? "page" : "plane");
    return IFC_OK;
}

static void add_host(FILE *out, const char *id)
{
    fprintf(out, "    <host id=\"%s\" speed=\"1Gf\"/>\n", id);
}

void ifc_elaborate_platform(const ifc_system *sys, FILE *out)
{
    const ifc_scenario *s = sys->s;
    char id[128];
    fputs("<?xml version='1.0'?>\n<!DOCTYPE platform SYSTEM \"https://simgrid.org/simgrid.dtd\">\n"
          "<platform version=\"4.1\">\n  <zone id=\"ifcsim\" routing=\"None\">\n",
          out);
    add_host(out, "host");
    add_host(out, "npu");
    add_host(out, "controller");
    for (uint32_t i = 0; i < s->channel.count; i++) {
        snprintf(id, sizeof id, "channel%u", i);
        add_host(out, id);
    }
    for (uint32_t i = 0; i < s->dram.channels; i++) {
        snprintf(id, sizeof id, "dram%u", i);
        add_host(out, id);
    }
    for (uint32_t g = 0; g < s->n_groups; g++)
        for (uint32_t d = 0; d < s->groups[g].dies; d++) {
            snprintf(id, sizeof id, "%.50s.die%u", s->groups[g].name, d);
            add_host(out, id);
            for (uint32_t p = 0; sys->hw.grain != IFC_GRAIN_DIE && p < s->groups[g].planes; p++) {
                snprintf(id, sizeof id, "%.50s.die%u.plane%u", s->groups[g].name, d, p);
                add_host(out, id);
            }
        }
    fputs("  </zone>\n</platform>\n", out);
}

static void build_engines(ifc_system *sys, ifc_lane *l)
{
    uint32_t pages_per_event = sys->hw.grain == IFC_GRAIN_PAGE ? 1 : UINT32_MAX;
    l->engines = ifc_alloc_zero(l->planes, sizeof *l->engines);
    for (uint32_t i = 0; i < l->planes; i++) {
        char name[96];
        snprintf(name, sizeof name, "%s.plane%u", l->die->name, l->first_plane + i);
        ifc_engine_init(&l->engines[i], l, l->first_plane + i, pages_per_event);
        ifc_actor_start(name, name, ifc_engine_run, &l->engines[i], true);
    }
}

static void build_dies(ifc_system *sys)
{
    sys->hw.dies = ifc_alloc_zero(sys->hw.n_dies + 1, sizeof *sys->hw.dies);
    for (uint32_t g = 0; g < sys->s->n_groups; g++)
        for (uint32_t i = 0; i < sys->s->groups[g].dies; i++) {
            uint32_t index = sys->hw.groups[g].first_die + i;
            ifc_die *d = &sys->hw.dies[index];
            ifc_die_init(d, &sys->hw, &sys->hw.groups[g], index, i);
            ifc_actor_start(d->name, d->name, ifc_die_run, d, true);
            for (uint32_t l = 0; sys->hw.grain != IFC_GRAIN_DIE && l < d->n_lanes; l++)
                build_engines(sys, &d->lanes[l]);
        }
}

static void build_buses(ifc_system *sys)
{
    const ifc_scenario *s = sys->s;
    sys->hw.channels = ifc_alloc_zero(s->channel.count, sizeof *sys->hw.channels);
    sys->hw.drams = ifc_alloc_zero(s->dram.channels + 1, sizeof *sys->hw.drams);
    for (uint32_t i = 0; i < s->channel.count; i++) {
        ifc_channel_init(&sys->hw.channels[i], &sys->hw, i);
        if (sys->hw.channels[i].by_policy)
            ifc_actor_start(sys->hw.channels[i].name, sys->hw.channels[i].name, ifc_channel_run,
                            &sys->hw.channels[i], true);
    }
    for (uint32_t i = 0; i < s->dram.channels; i++) {
        ifc_dram_init(&sys->hw.drams[i], &sys->hw, i);
        ifc_actor_start(sys->hw.drams[i].name, sys->hw.drams[i].name, ifc_dram_run, &sys->hw.drams[i], true);
    }
}

static void build_decoders(ifc_system *sys)
{
    bool needed = false;
    for (uint32_t g = 0; g < sys->s->n_groups; g++)
        needed |= sys->hw.groups[g].decode_in_controller;
    if (!needed)
        return;
    uint32_t n = sys->s->channel.count;
    sys->hw.decoders = ifc_alloc_zero(n, sizeof *sys->hw.decoders);
    for (uint32_t i = 0; i < n; i++) {
        ifc_decoder *d = &sys->hw.decoders[i];
        ifc_decoder_init(d, &sys->hw);
        ifc_actor_start("decoder", "controller", ifc_decoder_run, d, true);
    }
}

static uint32_t head_group_stages(const ifc_scenario *s)
{
    if (s->placement.overlap == IFC_OVERLAP_NONE)
        return 1;
    return (s->model.kv_heads + s->placement.stage - 1) / s->placement.stage;
}

/* What the machine's composition means for the graphs of the model. */
ifc_status ifc_elaborate_graphs(ifc_system *sys, ifc_error *err)
{
    const ifc_scenario *s = sys->s;
    bool npu = s->placement.attention == IFC_ATTENTION_NPU;
    bool by_plane = ifc_kv_layout_of(&s->placement)->by_plane;
    if (s->workload.kind == IFC_WORKLOAD_STREAM)
        return IFC_OK;
    ifc_graph_options o = {.stages = head_group_stages(s),
                           .attention_npu = npu,
                           .early_attention =
                               !s->effects.pipeline_fill && s->placement.overlap != IFC_OVERLAP_NONE,
                           .layer_time = s->npu.layer_time,
                           .vector_ops = s->effects.vector_ops,
                           .lm_head = s->effects.lm_head,
                           .buffer_on_soc = !npu && s->effects.kv_program && !by_plane};
    o.neurons = s->placement.residency.store[0] != '\0';
    o.predictor = s->placement.residency.rank;
    for (uint32_t l = 0; sys->plans && l < s->model.layers; l++)
        o.index |= sys->plans[l].entry_tokens > 0;
    o.sums = npu || ifc_scenario_group(s, s->placement.kv) < 0 ? IFC_SUMS_NONE
             : by_plane                                        ? IFC_SUMS_OF_LOGITS
                                                               : IFC_SUMS_OF_OUTPUTS;
    ifc_graphs_init(&sys->graphs, &s->model, &o);
    /* Tokens of a prompt attend to each other on the NPU. */
    o.attention_npu = true;
    o.index = o.neurons = false;
    o.early_attention = o.buffer_on_soc = false;
    o.sums = IFC_SUMS_NONE;
    ifc_graphs_init(&sys->prompt_graphs, &s->model, &o);
    if (!s->workload.trace[0])
        return IFC_OK;
    return ifc_graphs_read(s->workload.trace, &s->model, &sys->graphs, &sys->prompt_graphs, err);
}

static void build_actors(ifc_system *sys)
{
    build_buses(sys);
    build_dies(sys);
    build_decoders(sys);
    ifc_npu_init(&sys->npu, &sys->hw);
    ifc_actor_start("npu", "npu", ifc_npu_run, &sys->npu, true);
    ifc_actor_start("controller", "controller", ifc_controller_run, &sys->controller, true);
    ifc_actor_start("host", "host", ifc_host_run, &sys->host, false);
}

static void watch(ifc_system *sys)
{
    sys->record = (ifc_record){.hw = &sys->hw,
                               .controller = &sys->controller,
                               .npu = &sys->npu,
                               .mapping = &sys->mapping,
                               .graphs = &sys->graphs,
                               .prompt_graphs = &sys->prompt_graphs,
                               .host = &sys->host,
                               .options = sys->options,
                               .grain_reason = sys->grain_reason};
}

ifc_status ifc_elaborate_build(ifc_system *sys, const ifc_stop *stop, ifc_error *err)
{
    const ifc_host_parts parts = {&sys->hw,      &sys->controller, &sys->npu,
                                  &sys->mapping, &sys->graphs,     &sys->prompt_graphs};
    ifc_status status = ifc_policy_views_start(sys, err);
    if (status == IFC_OK)
        status = ifc_kv_plan(&sys->hw, &sys->plans, err);
    if (status == IFC_OK)
        status = ifc_elaborate_graphs(sys, err);
    if (status != IFC_OK)
        return status;
    watch(sys);
    ifc_host_init(&sys->host, &parts, sys->options, stop);
    if (status == IFC_OK && sys->s->workload.kind == IFC_WORKLOAD_REQUESTS)
        status = ifc_serving_open(&sys->host.serving, sys->s, err);
    if (status != IFC_OK)
        return status;
    ifc_controller_init(&sys->controller, &sys->hw);
    status = ifc_mapping_init(&sys->mapping, &sys->hw, &sys->controller, &sys->npu, &sys->graphs, sys->plans,
                              &sys->host.stop, err);
    if (status != IFC_OK)
        return status;
    build_actors(sys);
    ifc_again_start(&sys->host);
    ifc_record_start(&sys->record);
    return IFC_OK;
}

void ifc_elaborate_fini(ifc_system *sys)
{
    ifc_hardware *hw = &sys->hw;
    for (uint32_t i = 0; hw->dies && i < hw->n_dies; i++)
        ifc_die_fini(&hw->dies[i]);
    for (uint32_t i = 0; hw->channels && i < sys->s->channel.count; i++)
        ifc_channel_fini(&hw->channels[i]);
    for (uint32_t i = 0; hw->decoders && i < sys->s->channel.count; i++)
        ifc_decoder_fini(&hw->decoders[i]);
    for (uint32_t i = 0; hw->drams && i < sys->s->dram.channels; i++)
        ifc_dram_fini(&hw->drams[i]);
    ifc_npu_fini(&sys->npu);
    free(hw->dies);
    free(hw->channels);
    free(hw->decoders);
    free(hw->drams);
    ifc_record_fini(&sys->record);
    ifc_mapping_fini(&sys->mapping);
    ifc_controller_fini(&sys->controller);
    ifc_host_stream_fini(&sys->host);
    ifc_host_fini(&sys->host);
    free(sys->plans);
    ifc_graphs_fini(&sys->graphs);
    ifc_graphs_fini(&sys->prompt_graphs);
    ifc_txn_pool_fini(hw);
    ifc_policies_close(&hw->policies);
    memset(sys, 0, sizeof *sys);
}
