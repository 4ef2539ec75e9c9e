#include "platform/observe/roofline.h"

#include "platform/observe/figures.h"

const char *ifc_ceiling_name(ifc_ceiling c)
{
    static const char *const names[] = {"array", "ecc", "mac", "bus", "npu", "dram"};
    return names[c];
}

static double seconds_for(double amount, double rate)
{
    return rate > 0 ? amount / rate : 0;
}

double ifc_group_array_rate(const ifc_flash_group *g, bool spare)
{
    uint32_t planes = g->sense_planes && g->sense_planes < g->planes ? g->sense_planes : g->planes;
    double page = (double)(g->page + (spare ? g->spare : 0));
    return (double)g->dies * planes * page /
           ((double)ifc_page_time_least(g->t_read_pages, g->t_read) * 1e-12);
}

static void need_flash(const ifc_scenario *s, const ifc_operator_row *row, double need[IFC_CEILINGS])
{
    const ifc_flash_group *g = &s->groups[row->group];
    double planes = (double)g->dies * g->planes, spare = s->effects.ecc ? (double)g->spare : 0,
           page = (double)g->page + spare, buses = ifc_group_buses(s, g);
    double decoded = row->bytes_sensed * (double)g->page / page;
    need[IFC_CEILING_ARRAY] = seconds_for(row->bytes_sensed, ifc_group_array_rate(g, s->effects.ecc));
    bool on_die = g->fmacs > 0 && g->ecc_rate > 0;
    if (s->effects.ecc)
        need[IFC_CEILING_ECC] = seconds_for(decoded, on_die ? planes * g->ecc_rate : buses * s->soc.ecc_rate);
    need[IFC_CEILING_MAC] = seconds_for((double)row->macs, planes * g->fmacs * g->clock);
    need[IFC_CEILING_BUS] =
        seconds_for((double)row->bytes_down + (double)row->bytes_up, buses * s->channel.rate);
}

static void choose_work(ifc_roofline_row *out)
{
    const ifc_operator_row *row = out->of;
    double moved = (double)row->bytes_down + (double)row->bytes_up + (double)row->dram_bytes;
    if (row->macs > 0) {
        out->unit = "MAC";
        out->work = (double)row->macs;
    } else if (row->npu_ops > 0) {
        out->unit = "op";
        out->work = row->npu_ops;
    } else {
        out->unit = "B";
        out->work = moved > 0 ? moved : row->bytes_sensed;
    }
}

ifc_roofline_row ifc_roofline_of(const ifc_result *r, const ifc_operator_row *row)
{
    const ifc_scenario *s = r->scenario;
    ifc_roofline_row out = {.of = row};
    double need[IFC_CEILINGS] = {0}, longest = 0;
    choose_work(&out);
    if (row->group >= 0)
        need_flash(s, row, need);
    need[IFC_CEILING_NPU] = (double)row->npu_ps * 1e-12;
    need[IFC_CEILING_DRAM] = seconds_for((double)row->dram_bytes, s->dram.channels * s->dram.rate);
    out.attained = ifc_ratio(out.work, (double)row->active_ps * 1e-12);
    for (int c = 0; c < IFC_CEILINGS; c++) {
        out.ceiling[c] = ifc_ratio(out.work, need[c]);
        if (need[c] > longest) {
            longest = need[c];
            out.bound = (ifc_ceiling)c;
        }
    }
    out.share = ifc_ratio(longest, (double)row->active_ps * 1e-12);
    return out;
}
