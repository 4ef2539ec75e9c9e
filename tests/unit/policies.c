/*
 * The registry: what comes with the machine is declared completely, and what does not fit is refused whole.
 */
#include <stdlib.h>
#include <string.h>

#include "components/policies/builtins.h"
#include "platform/registry/fields.h"
#include "platform/registry/policies.h"
#include "tests/unit/ifc_cunit.h"

static void every_builtin_is_declared(void)
{
    uint32_t of_kind[IFC_KINDS] = {0};
    for (const ifc_policy *const *at = ifc_builtin_policies; *at; at++) {
        const ifc_policy *p = *at;
        of_kind[p->kind]++;
        CU_ASSERT_EQUAL(p->abi, IFC_POLICY_ABI);
        CU_ASSERT(strlen(p->summary) > 0 && strlen(p->trade_off) > 0);
        for (uint32_t i = 0; i < p->n_parameters; i++) {
            CU_ASSERT(strlen(p->parameters[i].unit) > 0);
            CU_ASSERT(strlen(p->parameters[i].help) > 0);
        }
        for (uint32_t i = 0; i < p->n_statistics; i++) {
            CU_ASSERT(strlen(p->statistics[i].unit) > 0);
            CU_ASSERT(strlen(p->statistics[i].help) > 0);
        }
    }
    CU_ASSERT_EQUAL(of_kind[IFC_KIND_DISPATCH], 3);
    CU_ASSERT_EQUAL(of_kind[IFC_KIND_ARBITER], 3);
    CU_ASSERT_EQUAL(of_kind[IFC_KIND_ARRAY], 3);
    CU_ASSERT_EQUAL(of_kind[IFC_KIND_SCHEDULE], 4);
    CU_ASSERT_EQUAL(of_kind[IFC_KIND_KV_PLACEMENT], 4);
    CU_ASSERT_EQUAL(of_kind[IFC_KIND_KV_FLUSH], 3);
    CU_ASSERT_EQUAL(of_kind[IFC_KIND_REFRESH], 3);
    CU_ASSERT_EQUAL(of_kind[IFC_KIND_KV_SELECT], 5);
}

/* Add @p to a registry of built-ins: refused with @text, or taken when @text is NULL. */
static void adding(const ifc_policy *p, const char *text)
{
    ifc_registry r;
    ifc_error err = {.status = IFC_OK};
    ifc_registry_init(&r);
    size_t before = r.n;
    ifc_status status = ifc_registry_add(&r, p, NULL, NULL, &err);
    CU_ASSERT_EQUAL(status, text ? IFC_EDATA : IFC_OK);
    CU_ASSERT_EQUAL(r.n, before + (text ? 0 : 1));
    if (text && !strstr(err.text, text))
        printf("\n'%s' lacks '%s'\n", err.text, text);
    CU_ASSERT(!text || strstr(err.text, text));
    ifc_registry_fini(&r);
}

static uint32_t first_plane(void *state, const ifc_stream_view *stream)
{
    (void)state, (void)stream;
    return 0;
}

static const ifc_kv_placement_ops placement = {.layout = IFC_LAYOUT_UNMAPPED, .first_plane = first_plane};
static const ifc_kv_placement_ops no_first_plane = {.layout = IFC_LAYOUT_UNMAPPED};
static const ifc_kv_flush_ops no_flush = {0};
static const ifc_observer_ops sees_nothing = {0};

static const ifc_policy good = {IFC_POLICY_HEADER, .kind = IFC_KIND_KV_PLACEMENT,
                                .name = "other",   .summary = "s",
                                .trade_off = "t",  IFC_OPS(kv_placement, placement)};

static void numbers_must_agree(void)
{
    adding(&good, NULL);
    ifc_policy p = good;
    p.abi = 7;
    adding(&p, "abi 7, expected 2");
    p.abi = 1;
    adding(&p, "abi 1, expected 2: kinds, views and ops have grown since; compile it");
    p = good;
    p.size++;
    adding(&p, "sizeof(ifc_policy)");
    p.size = offsetof(ifc_policy, digest) - 1;
    adding(&p, "sizeof(ifc_policy)");
    p = good;
    p.ops_size = 4;
    adding(&p, "sizeof(ifc_kv_placement_ops) 4, expected at most 24");
    p.ops_size = 25;
    adding(&p, "sizeof(ifc_kv_placement_ops) 25, expected at most 24");
    p = good;
    p.kind = 77;
    adding(&p, "kind 77, expected 0 .. 8");
    p = good;
    p.state_size = SIZE_MAX;
    adding(&p, "state_size");
}

static uint32_t page_plane(void *state, const ifc_page_view *page)
{
    (void)state, (void)page;
    return 0;
}

static uint64_t digest(const void *state)
{
    (void)state;
    return 1;
}

/* Compiled before an op or a member came to its end: what lies behind its size is not looked at. */
static void older_ones_are_completed(void)
{
    static const ifc_kv_placement_ops ops = {
        .layout = IFC_LAYOUT_UNMAPPED, .first_plane = first_plane, .page_plane = page_plane};
    ifc_policy p = good;
    p.digest = digest;
    p.ops.kv_placement = &ops;
    for (int old = 0; old < 2; old++) {
        ifc_registry r;
        ifc_error err = {.status = IFC_OK};
        p.size = old ? offsetof(ifc_policy, digest) : sizeof p;
        p.ops_size = old ? offsetof(ifc_kv_placement_ops, page_plane) : sizeof ops;
        ifc_registry_init(&r);
        CU_ASSERT_EQUAL_FATAL(ifc_registry_add(&r, &p, "mine.so", NULL, &err), IFC_OK);
        const ifc_policy *kept = r.entries[r.n - 1].policy;
        CU_ASSERT_PTR_EQUAL(kept->digest, old ? NULL : digest);
        CU_ASSERT_PTR_EQUAL(kept->ops.kv_placement->first_plane, first_plane);
        CU_ASSERT_PTR_EQUAL(kept->ops.kv_placement->page_plane, old ? NULL : page_plane);
        ifc_registry_fini(&r);
    }
}

static void names_and_ops_are_mandatory(void)
{
    ifc_policy p = good;
    p.name = "Upper Case";
    adding(&p, "its name \"Upper Case\" is none");
    p.name = NULL;
    adding(&p, "its name \"\" is none");
    p.name = "unmapped";
    adding(&p, "duplicate name: it has two policies kv_placement \"unmapped\"");
    p = good;
    p.trade_off = NULL;
    adding(&p, "no summary or no trade_off");
    p = good;
    p.ops.kv_placement = NULL;
    adding(&p, "it has no ops");
    p.ops.kv_placement = &no_first_plane;
    adding(&p, "op first_plane is missing");
    p = (ifc_policy){IFC_POLICY_HEADER, .kind = IFC_KIND_KV_FLUSH, .name = "other",
                     .summary = "s",    .trade_off = "t",          IFC_OPS(kv_flush, no_flush)};
    adding(&p, "op flush is missing");
    p = (ifc_policy){IFC_POLICY_HEADER, .kind = IFC_KIND_OBSERVER, .name = "other",
                     .summary = "s",    .trade_off = "t",          IFC_OPS(observer, sees_nothing)};
    adding(&p, "op issue, complete, token, operator_done or wake is missing");
}

struct state {
    uint32_t count;
    double ratio;
    char word[8];
};

static void refused_parameter(ifc_parameter parameter, const char *text)
{
    ifc_policy p = good;
    p.state_size = sizeof(struct state);
    p.parameters = &parameter;
    p.n_parameters = 1;
    adding(&p, text);
}

static void parameters_are_checked(void)
{
    const ifc_parameter count = {
        "count",    IFC_MEMBER(struct state, count), .unit = "count", .default_text = "3", .min = 1, .max = 9,
        .help = "h"};
    refused_parameter(count, NULL);
    ifc_parameter p = count;
    p.unit = "";
    refused_parameter(p, "parameter count has no unit");
    p.unit = "parsecs";
    refused_parameter(p, "unit \"parsecs\" does not go with its type (allowed: count)");
    p = count;
    p.help = NULL;
    refused_parameter(p, "parameter count has no help");
    p = count;
    p.name = "plugin";
    refused_parameter(p, "this name is taken by scenarios");
    p = count;
    p.default_text = "many";
    refused_parameter(p, "default \"many\"");
    p.default_text = NULL;
    refused_parameter(p, "parameter count has no default");
    p = count;
    p.offset = sizeof(struct state);
    refused_parameter(p, "lie outside of the state");
    p = count;
    p.type = IFC_FIELD_REAL;
    refused_parameter(p, "its member has 4 bytes, its type 8");
    p.type = (ifc_field_type)99;
    refused_parameter(p, "type 99 is unknown");
    p = count;
    p.type = IFC_FIELD_CHOICE;
    p.unit = "name";
    refused_parameter(p, "is a choice without names");
    const ifc_parameter word = {"word", IFC_MEMBER(struct state, word), .unit = "text",
                                .default_text = "seven..", .help = "h"};
    refused_parameter(word, NULL);
    p = word;
    p.default_text = "eight...";
    refused_parameter(p, "default \"eight...\"");
    p = word;
    p.unit = "count";
    refused_parameter(p, "unit \"count\" does not go with its type (allowed: text)");
}

static void nearest_names(void)
{
    ifc_registry r;
    char names[200];
    ifc_registry_init(&r);
    CU_ASSERT_STRING_EQUAL(ifc_registry_nearest(&r, IFC_KIND_DISPATCH, "atention-first"), "attention-first");
    CU_ASSERT_PTR_NULL(ifc_registry_find(&r, IFC_KIND_ARBITER, "weighted"));
    CU_ASSERT_PTR_NOT_NULL(ifc_registry_find(&r, IFC_KIND_DISPATCH, "weighted"));
    ifc_registry_names(&r, IFC_KIND_REFRESH, names, sizeof names);
    CU_ASSERT_STRING_EQUAL(names, "none, read-count, erase-levelling");
    ifc_registry_fini(&r);
}

int main(void)
{
    static const struct ifc_test tests[] = {
        {"every built-in policy is declared", every_builtin_is_declared},
        {"numbers must agree", numbers_must_agree},
        {"older ones are completed", older_ones_are_completed},
        {"names and ops are mandatory", names_and_ops_are_mandatory},
        {"parameters are checked", parameters_are_checked},
        {"nearest names", nearest_names},
    };
    return IFC_RUN_TESTS("policies", tests);
}
