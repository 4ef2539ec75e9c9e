#include "components/system/policy_views.h"

#include "components/run/wake.h"
#include "components/system/system.h"
#include "platform/common/random.h"
#include "platform/observe/timeline.h"

/* A mark is a slice without length, on a track of the policy's own. */
static void mark(void *arg, ifc_policy_run *p, const char *text)
{
    const ifc_system *sys = arg;
    char name[2 * IFC_NAME_MAX];
    if (!sys->options || !sys->options->timeline)
        return;
    if (p->track == 0) {
        snprintf(name, sizeof name, "policy %s", p->label);
        p->track = ifc_timeline_track(sys->options->timeline, 0, name);
    }
    ifc_timeline_slice(sys->options->timeline, p->track, text, ifc_now(), ifc_now(), NULL, 0, 0);
}

static void wake(void *arg)
{
    ifc_wake_changed(&((ifc_system *)arg)->host);
}

static void show_machine(ifc_system *sys)
{
    ifc_policies *p = &sys->hw.policies;
    const ifc_scenario *s = sys->s;
    bool decode = s->workload.kind != IFC_WORKLOAD_STREAM;
    ifc_matrix_place qkv;
    ifc_scenario_matrix(s, IFC_PLACED_QKV, &qkv);
    int weights = qkv.group, kv = ifc_scenario_group(s, s->placement.kv);
    for (uint32_t i = 0; i < s->n_groups; i++) {
        const ifc_flash_group *g = &s->groups[i];
        p->groups[i] = (ifc_group_view){.name = g->name,
                                        .first_die = sys->hw.groups[i].first_die,
                                        .dies = g->dies,
                                        .planes = g->planes,
                                        .blocks = g->blocks_per_plane,
                                        .pages_per_block = g->pages_per_block,
                                        .page_bytes = g->page,
                                        .t_read = g->t_read,
                                        .t_program = g->t_program,
                                        .t_erase = g->t_erase,
                                        .endurance = g->endurance,
                                        .read_limit = g->read_limit};
    }
    p->machine = (ifc_machine_view){.channels = s->channel.count,
                                    .dies = sys->hw.n_dies,
                                    .groups = s->n_groups,
                                    .group = p->groups,
                                    .weights_group = decode && weights >= 0 ? (uint32_t)weights : IFC_NONE,
                                    .kv_group = decode && kv >= 0 ? (uint32_t)kv : IFC_NONE,
                                    .layers = decode ? s->model.layers : 0,
                                    .kv_heads = decode ? s->model.kv_heads : 0,
                                    .context = decode ? s->workload.context : 0};
}

ifc_status ifc_policy_views_start(ifc_system *sys, ifc_error *err)
{
    show_machine(sys);
    sys->hw.policies.services =
        (ifc_policy_services){ifc_random, mark, wake, sys->options && sys->options->policy_file, sys};
    return ifc_policies_start(&sys->hw.policies, err);
}
