#include "platform/registry/policies.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "platform/common/memory.h"
#include "platform/kernel/kernel.h"
#include "platform/observe/result.h"
#include "platform/registry/choices.h"
#include "platform/registry/fields.h"
#include "platform/registry/kinds.h"

static uint64_t host_random(void *self)
{
    ifc_policy_run *p = self;
    return p->all->services.random(&p->rng);
}

static ifc_time host_now(void *self)
{
    (void)self;
    return ifc_now();
}

static void host_mark(void *self, const char *text)
{
    ifc_policy_run *p = self;
    p->all->services.mark(p->all->services.arg, p, text);
}

static void host_message(void *self, const char *text)
{
    const ifc_policy_run *p = self;
    fprintf(stderr, "ifcsim: %s: policies.%s%s \"%s\": %s\n", ifc_run_name(),
            p->policy->kind == IFC_KIND_OBSERVER ? "observers." : "", p->label, p->policy->name, text);
}

static void host_wake(void *self, ifc_time at)
{
    ifc_policy_run *p = self;
    if (!ifc_kind_rules_of(p->policy->kind)->wakes)
        ifc_policy_misbehaves(p, "wake", "policies of this kind are not woken");
    if (at < ifc_now())
        ifc_policy_misbehaves(p, "wake", "asks for %lld ps, which has passed", (long long)at);
    p->wake_at = at > IFC_TIME_HORIZON ? IFC_TIME_MAX : at;
    if (p->all->services.wake)
        p->all->services.wake(p->all->services.arg);
}

static bool is_suffix(const char *text, size_t room)
{
    size_t n = strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_");
    return n > 0 && n < room && text[n] == '\0' && strcasecmp(text, "cfg") != 0 &&
           strcasecmp(text, "so") != 0;
}

static FILE *host_output(void *self, const char *suffix)
{
    ifc_policy_run *p = self;
    ifc_error err = {.status = IFC_OK};
    uint32_t i = 0;
    if (!suffix || !is_suffix(suffix, sizeof p->files[0].suffix))
        ifc_policy_misbehaves(p, "output", "suffix \"%.40s\" (allowed: letters, digits, -, _, not cfg or so)",
                              suffix ? suffix : "");
    if (!p->all->services.files)
        return NULL;
    while (i < IFC_POLICY_FILES && p->files[i].suffix[0] && strcmp(p->files[i].suffix, suffix) != 0)
        i++;
    if (i == IFC_POLICY_FILES)
        ifc_policy_misbehaves(p, "output", "writes more than %d files", IFC_POLICY_FILES);
    IFC_BUG_ON(!p->files[i].text.stream && ifc_text_begin(&p->files[i].text, &err) != IFC_OK, "%s", err.text);
    snprintf(p->files[i].suffix, sizeof p->files[i].suffix, "%s", suffix);
    return p->files[i].text.stream;
}

static void set_host(ifc_policy_run *p)
{
    p->host = (ifc_policy_host){.abi = IFC_POLICY_ABI,
                                .size = sizeof p->host,
                                .self = p,
                                .random = host_random,
                                .now = host_now,
                                .mark = host_mark,
                                .message = host_message,
                                .wake = host_wake,
                                .output = host_output};
}

static ifc_status open_one(ifc_policies *all, ifc_policy_run *p, const ifc_scenario *s, ifc_kind kind,
                           const ifc_policy_choice *c, ifc_error *err)
{
    ifc_choice_fault fault = {0};
    const ifc_registry_entry *e = NULL;
    const char *parent = kind == IFC_KIND_OBSERVER ? "observers." : "";
    uint32_t from = 0;
    ifc_status status = ifc_choice_resolve(&all->registry, s, kind, c, &e, &fault);
    if (status == IFC_OK) {
        *p = (ifc_policy_run){.policy = e->policy, .all = all, .wake_at = IFC_TIME_MAX};
        snprintf(p->label, sizeof p->label, "%s", c->label);
        p->state = ifc_alloc_zero(1, e->policy->state_size);
        p->rng = s->simulation.seed + ((uint64_t)kind + 1) * 0x51ed270b9f1c7a35u;
        for (const char *l = c->label; *l; l++)
            p->rng = p->rng * 31 + (unsigned char)*l;
        set_host(p);
        status = ifc_choice_set(e, c, p->state, &from, &fault);
    }
    if (status != IFC_OK)
        return ifc_fail(err, status, "%s: policies.%s%s.%s = \"%.100s\": %s",
                        fault.where ? fault.where : s->file, parent, c->label, fault.key, fault.value,
                        fault.error.text);
    return IFC_OK;
}

/* The registry's array moves while it grows, so entries are looked up when it is complete. */
static void bind_entry(ifc_policies *all, ifc_policy_run *p)
{
    p->entry = ifc_registry_entry_of(&all->registry, p->policy);
}

ifc_status ifc_policies_open(ifc_policies *p, const ifc_scenario *s, ifc_error *err)
{
    ifc_status status = IFC_OK;
    ifc_registry_init(&p->registry);
    for (int k = 0; k < IFC_POLICY_KINDS && status == IFC_OK; k++)
        status = open_one(p, &p->kinds[k], s, (ifc_kind)k, &s->policies[k], err);
    for (uint32_t i = 0; i < s->n_observers && status == IFC_OK; i++) {
        status = open_one(p, &p->observers[i], s, IFC_KIND_OBSERVER, &s->observers[i], err);
        p->n_observers += p->observers[i].state != NULL;
    }
    if (status != IFC_OK) {
        ifc_policies_close(p);
        return status;
    }
    for (int k = 0; k < IFC_POLICY_KINDS; k++)
        bind_entry(p, &p->kinds[k]);
    for (uint32_t i = 0; i < p->n_observers; i++)
        bind_entry(p, &p->observers[i]);
    if (s->simulation.wall_limit > 0)
        ifc_policy_limit_time(s->simulation.wall_limit);
    return IFC_OK;
}

static ifc_status start_one(ifc_policies *all, ifc_policy_run *p, ifc_error *err)
{
    const char *why = NULL;
    if (p->policy->init) {
        ifc_policy_enter(p, "init");
        why = p->policy->init(p->state, &all->machine, &p->host);
        ifc_policy_leave(p);
    }
    if (why)
        return ifc_fail(err, IFC_EDATA, "%s: policies.%s%s: \"%s\" cannot work here: %s", ifc_run_name(),
                        p->policy->kind == IFC_KIND_OBSERVER ? "observers." : "", p->label, p->policy->name,
                        why);
    p->ready = true;
    return IFC_OK;
}

ifc_status ifc_policies_start(ifc_policies *p, ifc_error *err)
{
    ifc_status status = IFC_OK;
    for (int k = 0; k < IFC_POLICY_KINDS && status == IFC_OK; k++)
        status = start_one(p, &p->kinds[k], err);
    for (uint32_t i = 0; i < p->n_observers && status == IFC_OK; i++)
        status = start_one(p, &p->observers[i], err);
    return status;
}

static void close_one(ifc_policy_run *p)
{
    if (p->ready && p->policy->fini) {
        ifc_policy_enter(p, "fini");
        p->policy->fini(p->state);
        ifc_policy_leave(p);
    }
    for (uint32_t i = 0; i < IFC_POLICY_FILES; i++)
        ifc_text_fini(&p->files[i].text);
    free(p->state);
}

static void hand_over(ifc_policy_run *p, ifc_policy_file_fn take, void *arg)
{
    ifc_error err = {.status = IFC_OK};
    for (uint32_t i = 0; i < IFC_POLICY_FILES && p->files[i].suffix[0]; i++) {
        ifc_text *t = &p->files[i].text;
        IFC_BUG_ON(ifc_text_end(t, &err) != IFC_OK, "%s", err.text);
        take(arg, p->label, p->files[i].suffix, t->data, t->size);
    }
}

void ifc_policies_files(ifc_policies *p, ifc_policy_file_fn take, void *arg)
{
    p->services.files = false;
    for (int k = 0; k < IFC_POLICY_KINDS; k++)
        hand_over(&p->kinds[k], take, arg);
    for (uint32_t i = 0; i < p->n_observers; i++)
        hand_over(&p->observers[i], take, arg);
}

bool ifc_policies_wakes(const ifc_policies *p)
{
    bool wakes = false;
    for (int k = 0; k < IFC_POLICY_KINDS; k++)
        wakes |= p->kinds[k].wake_at != IFC_TIME_MAX;
    for (uint32_t i = 0; i < p->n_observers; i++)
        wakes |= p->observers[i].wake_at != IFC_TIME_MAX;
    return wakes;
}

void ifc_policies_close(ifc_policies *p)
{
    ifc_policy_limit_time(0);
    for (int k = 0; k < IFC_POLICY_KINDS; k++)
        close_one(&p->kinds[k]);
    for (uint32_t i = 0; i < IFC_PLUGINS_MAX; i++)
        close_one(&p->observers[i]);
    ifc_registry_fini(&p->registry);
    *p = (ifc_policies){0};
}

static void finish_one(const ifc_policy_run *p)
{
    if (!p->ready || !p->policy->finish)
        return;
    ifc_policy_enter(p, "finish");
    p->policy->finish(p->state);
    ifc_policy_leave(p);
}

static void collect_one(const ifc_policy_run *p, ifc_result *out)
{
    const ifc_policy *policy = p->policy;
    uint32_t index = out->n_policies;
    ifc_policy_row *row = &out->policies[out->n_policies++];
    snprintf(row->kind, sizeof row->kind, "%s", ifc_kind_name(policy->kind));
    snprintf(row->label, sizeof row->label, "%s", p->label);
    snprintf(row->name, sizeof row->name, "%s", policy->name);
    snprintf(row->plugin, sizeof row->plugin, "%s", p->entry->source ? p->entry->source : "");
    snprintf(row->digest, sizeof row->digest, "%s", p->entry->digest);
    row->asked = p->asked;
    row->chosen = !ifc_choice_is_default(out->scenario, p->entry);
    for (uint32_t i = 0; i < policy->n_parameters; i++) {
        ifc_policy_value_row *v = &out->policy_values[out->n_policy_values++];
        *v = (ifc_policy_value_row){.policy = index};
        snprintf(v->name, sizeof v->name, "%s", policy->parameters[i].name);
        snprintf(v->unit, sizeof v->unit, "%.20s", policy->parameters[i].unit);
        ifc_fields_print(p->entry->rows, i, p->state, v->text, sizeof v->text);
    }
    for (uint32_t i = 0; i < policy->n_statistics; i++) {
        const ifc_statistic *s = &policy->statistics[i];
        ifc_policy_value_row *v = &out->policy_values[out->n_policy_values++];
        *v = (ifc_policy_value_row){.policy = index, .statistic = true};
        snprintf(v->name, sizeof v->name, "%s", s->name);
        snprintf(v->unit, sizeof v->unit, "%.20s", s->unit);
        v->value = ifc_fields_statistic(s, p->state);
    }
}

void ifc_policies_collect(const ifc_policies *p, ifc_result *out)
{
    out->policies = ifc_alloc_zero(IFC_POLICY_KINDS + p->n_observers, sizeof *out->policies);
    out->policy_values = ifc_alloc_zero((IFC_POLICY_KINDS + (size_t)p->n_observers) * 2 * IFC_POLICY_KV_MAX,
                                        sizeof *out->policy_values);
    for (int k = 0; k < IFC_POLICY_KINDS; k++)
        finish_one(&p->kinds[k]);
    for (uint32_t i = 0; i < p->n_observers; i++)
        finish_one(&p->observers[i]);
    for (int k = 0; k < IFC_POLICY_KINDS; k++)
        if (k < IFC_KIND_KV_SELECT || !ifc_choice_is_default(out->scenario, p->kinds[k].entry))
            collect_one(&p->kinds[k], out); /* a later kind is shown where somebody chose */
    for (uint32_t i = 0; i < p->n_observers; i++)
        collect_one(&p->observers[i], out);
}
