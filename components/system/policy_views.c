#include "components/system/policy_views.h"

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

static void show_machine(ifc_system *sys)
{
    ifc_policies *p = &sys->policies;
    const ifc_scenario *s = sys->s;
    bool decode = s->workload.kind == IFC_WORKLOAD_DECODE;
    int weights = ifc_scenario_group(s, s->placement.weights), kv = ifc_scenario_group(s, s->placement.kv);
    for (uint32_t i = 0; i < s->n_groups; i++) {
        const ifc_flash_group *g = &s->groups[i];
        p->groups[i] = (ifc_group_view){.name = g->name,
                                        .first_die = sys->groups[i].first_die,
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
                                    .dies = sys->n_dies,
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
    sys->policies.services = (ifc_policy_services){ifc_random, mark, sys};
    return ifc_policies_start(&sys->policies, err);
}

void ifc_policy_view(const ifc_txn *txn, ifc_command_view *out)
{
    const ifc_op_run *op = txn->op;
    uint32_t dies = 1;
    for (const ifc_txn *t = txn->batch_next; t; t = t->batch_next)
        dies++;
    *out = (ifc_command_view){.id = txn->id,
                              .command = txn->command,
                              .traffic_class = txn->traffic_class,
                              .op_kind = txn->op_kind,
                              .token = op->node->kind == IFC_OP_REQUEST ? 0 : op->token,
                              .layer = op->layer,
                              .head_group = op->node->head_group,
                              .group = txn->group,
                              .channel = txn->channel,
                              .die = txn->die,
                              .dies = dies,
                              .planes = txn->extent.planes,
                              .pages = txn->extent.pages,
                              .bytes_down = txn->bytes_down,
                              .bytes_up = txn->bytes_up,
                              .since = txn->issue};
}

uint32_t ifc_policy_dispatch(ifc_system *sys, uint32_t channel, const ifc_command_view *commands, uint32_t n)
{
    const ifc_policy_run *p = &sys->policies.kinds[IFC_KIND_DISPATCH];
    ifc_policy_enter(p, "pick");
    uint32_t answer = p->policy->ops.dispatch->pick(p->state, channel, commands, n);
    ifc_policy_leave(p);
    if (answer >= n && answer != IFC_NONE)
        ifc_policy_misbehaves(p, "pick", "picks command %u of %u (allowed: 0 .. %u, IFC_NONE)", answer, n,
                              n - 1);
    return answer;
}

uint32_t ifc_policy_arbitrate(ifc_system *sys, uint32_t channel, const ifc_command_view *requests, uint32_t n)
{
    const ifc_policy_run *p = &sys->policies.kinds[IFC_KIND_ARBITER];
    ifc_policy_enter(p, "pick");
    uint32_t answer = p->policy->ops.arbiter->pick(p->state, channel, requests, n);
    ifc_policy_leave(p);
    if (answer >= n)
        ifc_policy_misbehaves(p, "pick", "picks request %u of %u (allowed: 0 .. %u)", answer, n, n - 1);
    return answer;
}

static void view_txn(const ifc_txn *txn, ifc_txn_view *out)
{
    ifc_policy_view(txn, &out->command);
    out->issue = txn->issue;
    out->stamp = txn->stamp;
}

void ifc_policy_observe_issue(ifc_system *sys, const ifc_txn *txn)
{
    ifc_txn_view view;
    for (uint32_t i = 0; i < sys->policies.n_observers; i++) {
        const ifc_policy_run *p = &sys->policies.observers[i];
        if (!p->policy->ops.observer->issue)
            continue;
        view_txn(txn, &view);
        ifc_policy_enter(p, "issue");
        p->policy->ops.observer->issue(p->state, &view);
        ifc_policy_leave(p);
    }
}

void ifc_policy_observe_complete(ifc_system *sys, const ifc_txn *txn)
{
    ifc_txn_view view;
    for (uint32_t i = 0; i < sys->policies.n_observers; i++) {
        const ifc_policy_run *p = &sys->policies.observers[i];
        if (!p->policy->ops.observer->complete)
            continue;
        view_txn(txn, &view);
        ifc_policy_enter(p, "complete");
        p->policy->ops.observer->complete(p->state, &view);
        ifc_policy_leave(p);
    }
}

void ifc_policy_observe_token(ifc_system *sys, uint32_t token, ifc_time begin)
{
    for (uint32_t i = 0; i < sys->policies.n_observers; i++) {
        const ifc_policy_run *p = &sys->policies.observers[i];
        if (!p->policy->ops.observer->token)
            continue;
        ifc_policy_enter(p, "token");
        p->policy->ops.observer->token(p->state, token, begin);
        ifc_policy_leave(p);
    }
}
