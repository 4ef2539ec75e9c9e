/**
 * Loading: layers, overrides, every group, text that loads to the same scenario, the shipped files.
 *
 * "scenario --reference" prints the reference page that docs/reference/scenario.md holds.
 */
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ifc_cunit.h"
#include "platform/scenario/load.h"
#include "platform/scenario/param.h"

#define SHIPPED IFC_SOURCE_DIR "/scenarios/"
#define SETS(...)                                                                                            \
    (const char *const[]){__VA_ARGS__}, sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *)

#define BASE                                                                                                 \
    "model = { layers = 2; hidden = 256; heads = 4; kv_heads = 2; ffn = 512; vocab = 1000; };\n"             \
    "flash = { groups = { g1 = { dies = 2; }; g2 = { dies = 3; }; }; };\n"                                   \
    "placement = { weights = \"g1\"; kv = \"g2\"; };\n"

/* A loaded scenario; fails the test and says why when it does not load. Owned. */
static ifc_scenario *load(const char *file, const char *const *sets, size_t n_sets, ifc_origins **origins)
{
    ifc_scenario *s = calloc(1, sizeof *s);
    ifc_diagnostics diag = {0};
    ifc_error err = {0};
    CU_ASSERT_PTR_NOT_NULL_FATAL(s);
    ifc_status status = ifc_scenario_load(s, file, sets, n_sets, origins, &diag, &err);
    CU_ASSERT_EQUAL(status, IFC_OK);
    ifc_diagnostics_print(stdout, &diag);
    ifc_diagnostics_fini(&diag);
    return s;
}

static void write_text(const char *name, const char *text)
{
    FILE *f = fopen(name, "w");
    CU_ASSERT_PTR_NOT_NULL_FATAL(f);
    CU_ASSERT(fputs(text, f) >= 0);
    CU_ASSERT_EQUAL(fclose(f), 0);
}

/* What a function prints; owned. */
static char *printed(void (*print)(FILE *))
{
    char *text = NULL;
    size_t size = 0;
    FILE *f = open_memstream(&text, &size);
    CU_ASSERT_PTR_NOT_NULL_FATAL(f);
    print(f);
    fclose(f);
    return text;
}

static char *resolved(const ifc_scenario *s, const ifc_origins *origins)
{
    char *text = NULL;
    size_t size = 0;
    FILE *f = open_memstream(&text, &size);
    CU_ASSERT_PTR_NOT_NULL_FATAL(f);
    ifc_scenario_print_resolved(f, s, origins);
    fclose(f);
    return text;
}

static void test_defaults(void)
{
    write_text("a.cfg", BASE);
    ifc_scenario *s = load("a.cfg", NULL, 0, NULL);
    const ifc_flash_group *g = &s->groups[0];
    CU_ASSERT_STRING_EQUAL(s->file, "a.cfg");
    CU_ASSERT(s->n_groups == 2 && ifc_scenario_group(s, "g2") == 1 && ifc_scenario_group(s, "g3") == -1);
    CU_ASSERT(g->dies == 2 && g->planes == 32 && g->page == 4096 && g->spare == 448);
    CU_ASSERT(g->pages_per_block == 768 && g->blocks_per_plane == 177);
    CU_ASSERT(g->t_read == 4 * IFC_US && g->t_program == 75 * IFC_US && g->t_erase == 1500 * IFC_US);
    CU_ASSERT(g->read_energy == 3e-12 && g->program_energy == 7.5e-12 && g->mac_energy == 2.97e-12);
    CU_ASSERT_DOUBLE_EQUAL(g->erase_energy, 82.5e-3 * 1.5e-3, 1e-12);
    CU_ASSERT(g->fmacs == 16 && g->clock == 400e6 && g->global_buffer == 260 * 1024);
    CU_ASSERT_DOUBLE_EQUAL(g->collect_rate, 32 * 2 * 400e6, 1);
    CU_ASSERT(g->ecc_rate == 14.6e9 / 8 && g->sequencer && g->queue_depth == 3 && g->endurance == 1e5);
    CU_ASSERT(s->channel.count == 8 && s->channel.rate == 4.8e9 && s->channel.command_time == 175 * IFC_NS);
    CU_ASSERT(s->npu.rate == 32e12 && s->npu.launch == IFC_US && s->dram.channels == 0);
    CU_ASSERT(s->placement.kv_buffer.bytes == 5 << 20 && s->placement.kv_buffer.partial_programs == 4);
    CU_ASSERT(s->effects.page_rounding && s->effects.kv_capacity && s->effects.bus && s->effects.ecc);
    CU_ASSERT(s->workload.context == 1024 && s->workload.tokens == 1 && s->simulation.seed == 1);
    CU_ASSERT(s->model.head_dim == 128 && s->model.weight_bits == 16 && s->model.ffn_matrices == 3);
    free(s);
}

static void test_layers(void)
{
    write_text("part1.cfg", BASE "channel = { count = 1; rate = \"1 GB/s\"; };\n");
    write_text("part2.cfg",
               "channel = { rate = \"2 GB/s\"; energy = \"1 pJ/bit\"; };\nnpu = { launch = \"2 us\"; };\n");
    write_text("a.cfg", "channel = { energy = \"2 pJ/bit\"; };\nextends = [\"part1.cfg\", \"part2.cfg\"];\n");
    ifc_scenario *s = load("a.cfg", SETS("npu.launch = 3 us", "npu.launch=\"4 us\""), NULL);
    CU_ASSERT_EQUAL(s->channel.count, 1);
    CU_ASSERT_EQUAL(s->channel.rate, 2e9);
    CU_ASSERT_EQUAL(s->channel.energy, 2e-12);
    CU_ASSERT_EQUAL(s->npu.launch, 4 * IFC_US);
    free(s);
}

/* Every assignment takes part, whichever layer makes the group. */
static void test_groups(void)
{
    write_text("die.cfg", "planes = 4;\nt_read = \"10 us\";\nfmacs = 8;\n");
    write_text("all.cfg", "flash = { groups = { * = { t_read = \"20 us\"; t_erase = \"2 ms\"; }; }; };\n");
    write_text("a.cfg", "extends = \"all.cfg\";\n" BASE
                        "workload = { kind = \"stream\"; stream = { group = \"g3\"; }; };\n");
    write_text(
        "b.cfg",
        "extends = (\"a.cfg\");\nflash = { groups = { g3 = { extends = \"die.cfg\"; dies = 5; fmacs = 2; };\n"
        "g1 = { t_read = \"30 us\"; }; }; };\n");
    ifc_scenario *s =
        load("b.cfg", SETS("flash.groups.*.queue_depth=7", "flash.groups.g2.queue_depth=9"), NULL);
    const ifc_flash_group *g1 = &s->groups[0], *g2 = &s->groups[1], *g3 = &s->groups[2];
    CU_ASSERT_EQUAL(s->n_groups, 3);
    CU_ASSERT(g1->t_read == 30 * IFC_US && g1->t_erase == 2000 * IFC_US && g1->queue_depth == 7);
    CU_ASSERT(g2->t_read == 20 * IFC_US && g2->queue_depth == 9);
    CU_ASSERT(g3->dies == 5 && g3->planes == 4 && g3->t_read == 10 * IFC_US && g3->fmacs == 2);
    CU_ASSERT(g3->t_erase == 2000 * IFC_US);
    free(s);
}

static void test_command_line(void)
{
    write_text("a.cfg", BASE);
    ifc_scenario *s = load("a.cfg",
                           SETS("model.name=7", "title=a = b", "effects.bus=FALSE",
                                "placement.attention=\"npu\"", "flash.groups.g1.sequencer=per-plane",
                                "workload.context=102400", "flash.groups.g1.endurance=5e4"),
                           NULL);
    CU_ASSERT_STRING_EQUAL(s->model.name, "7");
    CU_ASSERT_STRING_EQUAL(s->title, "a = b");
    CU_ASSERT(!s->effects.bus && s->placement.attention == IFC_ATTENTION_NPU && !s->groups[0].sequencer);
    CU_ASSERT(s->n_groups == 2 && s->workload.context == 102400 && s->groups[0].endurance == 5e4);
    free(s);
}

/* libconfig alone reads 5000000000 as 705032704. */
static void test_wide_counts(void)
{
    write_text(
        "a.cfg",
        BASE "workload = { stream = { count = 5000000000; }; };\n"
             "simulation = { seed = 0x1ffffffff; };\npolicies = { dispatch = { limit = 3000000000; }; };\n");
    ifc_scenario *s = load("a.cfg", NULL, 0, NULL);
    CU_ASSERT_EQUAL(s->workload.stream.count, 5000000000);
    CU_ASSERT_EQUAL(s->simulation.seed, 0x1ffffffff);
    CU_ASSERT_STRING_EQUAL(s->policies[IFC_KIND_DISPATCH].params[0].value, "3000000000");
    free(s);
}

static void test_policies(void)
{
    CU_ASSERT(access("lib.so", F_OK) != 0);
    write_text("lib.so", "");
    write_text("a.cfg", BASE
               "policies = { dispatch = { name = \"weighted\"; weight = 3; mode = \"a\\\"b\"; on = true; };\n"
               "observers = { log = { name = \"log\"; plugin = \"lib.so\"; every = 0.5; }; }; };\n");
    ifc_origins *origins = NULL;
    ifc_scenario *s = load("a.cfg", SETS("policies.dispatch.weight=4"), &origins);
    const ifc_policy_choice *d = &s->policies[IFC_KIND_DISPATCH], *o = &s->observers[0];
    CU_ASSERT_STRING_EQUAL(d->label, "dispatch");
    CU_ASSERT_STRING_EQUAL(d->name, "weighted");
    CU_ASSERT_EQUAL_FATAL(d->n_params, 3);
    CU_ASSERT_STRING_EQUAL(d->params[0].key, "weight");
    CU_ASSERT_STRING_EQUAL(d->params[0].value, "4");
    CU_ASSERT_STRING_EQUAL(d->params[0].where, "--set");
    CU_ASSERT_STRING_EQUAL(d->params[1].value, "a\"b");
    CU_ASSERT_STRING_EQUAL(d->params[1].where, "a.cfg:4");
    CU_ASSERT(d->params[1].quoted && !d->params[0].quoted && !d->params[2].quoted);
    CU_ASSERT_EQUAL_FATAL(s->n_observers, 1);
    char *real = realpath("lib.so", NULL);
    CU_ASSERT_STRING_EQUAL(o->plugin, real);
    CU_ASSERT_STRING_EQUAL(o->label, "log");
    free(real);
    char *text = resolved(s, origins);
    write_text("r.cfg", text);
    ifc_scenario *again = load("r.cfg", NULL, 0, NULL);
    char *text2 = resolved(again, NULL);
    char *plain = resolved(s, NULL);
    CU_ASSERT_STRING_EQUAL(plain, text2);
    free(plain);
    free(text2);
    free(text);
    free(again);
    free(s);
    ifc_origins_free(origins);
}

static void test_resolved_origins(void)
{
    write_text("part.cfg", "channel = { count = 4; };\n");
    write_text("a.cfg", "extends = \"part.cfg\";\n" BASE);
    ifc_origins *origins = NULL;
    ifc_scenario *s = load("a.cfg", SETS("npu.launch=2 us"), &origins);
    char *text = resolved(s, origins);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "# a.cfg, resolved\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "    count = 4; # part.cfg:1\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "    launch = \"2 us\"; # --set\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "    vector_rate = \"256 GOPS\"; # default, assumed\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "            dies = 3; # a.cfg:3\n"));
    free(text);
    free(s);
    ifc_origins_free(origins);
}

static void test_hash(void)
{
    char a[IFC_HASH_MAX], b[IFC_HASH_MAX], c[IFC_HASH_MAX];
    write_text("a.cfg", BASE);
    write_text("b.cfg", "# the same, said in another way\nextends = \"a.cfg\";\nchannel = { count = 8; rate "
                        "= \"4800 MB/s\"; };\n");
    ifc_scenario *s = load("a.cfg", NULL, 0, NULL), *t = load("b.cfg", NULL, 0, NULL);
    ifc_scenario *u = load("b.cfg", SETS("channel.rate=4.8000000000001 GB/s"), NULL);
    ifc_scenario_hash(s, a);
    ifc_scenario_hash(t, b);
    ifc_scenario_hash(u, c);
    CU_ASSERT_EQUAL(strlen(a), 16);
    CU_ASSERT_STRING_EQUAL(a, b);
    CU_ASSERT_STRING_NOT_EQUAL(a, c);
    free(s);
    free(t);
    free(u);
}

static void test_setter(void)
{
    static const char *const assignments[][2] = {
        {"flash.groups.g1.dies", "4"}, {"placement.weights", "g1"}, {"placement.kv", "g1"},
        {"model.layers", "1"},         {"model.hidden", "256"},     {"model.heads", "2"},
        {"model.kv_heads", "2"},       {"model.ffn", "512"},        {"model.vocab", "100"},
        {"channel.rate", "1 GB/s"},
    };
    ifc_scenario *s = calloc(1, sizeof *s);
    ifc_error err = {0};
    CU_ASSERT_PTR_NOT_NULL_FATAL(s);
    ifc_scenario_init(s);
    for (size_t i = 0; i < sizeof assignments / sizeof *assignments; i++)
        CU_ASSERT_EQUAL(ifc_scenario_set(s, assignments[i][0], assignments[i][1], &err), IFC_OK);
    CU_ASSERT(s->n_groups == 1 && s->groups[0].dies == 4 && s->groups[0].planes == 32 &&
              s->channel.rate == 1e9);
    CU_ASSERT_EQUAL(ifc_scenario_check(s, &err), IFC_OK);
    CU_ASSERT_EQUAL(ifc_scenario_set(s, "channel.rate", "0 GB/s", &err), IFC_EDATA);
    CU_ASSERT_STRING_EQUAL(err.text,
                           "--set: channel.rate = 0 GB/s: out of range (allowed: 1 kB/s .. 1000 TB/s)");
    CU_ASSERT_EQUAL(s->channel.rate, 1e9);
    CU_ASSERT_EQUAL(ifc_scenario_set(s, "placement.kv", "g9", NULL), IFC_OK);
    CU_ASSERT_EQUAL(ifc_scenario_check(s, NULL), IFC_EDATA);
    free(s);
}

/* A row without a unit, help or source is not finished; a default must be one that its row takes. */
static void test_table(void)
{
    for (int scope = 0; scope < IFC_SCOPES; scope++) {
        const ifc_param_table *t = &ifc_param_tables()[scope];
        CU_ASSERT(t->n > 0);
        for (size_t i = 0; i < t->n; i++) {
            const ifc_param *row = &t->rows[i];
            bool number =
                row->type == IFC_PARAM_U32 || row->type == IFC_PARAM_U64 || row->type == IFC_PARAM_REAL;
            bool complete =
                row->help && row->help[0] && !strchr(row->help, '\n') && row->path[0] &&
                ifc_provenance_name(row->provenance) &&
                (row->default_text == NULL) == (row->need != IFC_NEED_NEVER) &&
                (row->type != IFC_PARAM_TIME || row->unit == IFC_UNIT_TIME) &&
                (row->type != IFC_PARAM_U32 || row->unit == IFC_UNIT_NONE) &&
                ((number || row->type == IFC_PARAM_TIME) ==
                 (row->max > row->min && row->type != IFC_PARAM_BOOL && row->type != IFC_PARAM_SWITCH)) &&
                (row->names != NULL) == (row->type == IFC_PARAM_CHOICE || row->type == IFC_PARAM_SWITCH);
            CU_ASSERT(complete);
            if (!complete)
                printf("\nincomplete: %s%s\n", t->prefix, row->path);
            for (size_t k = 0; k < i; k++)
                CU_ASSERT_STRING_NOT_EQUAL(row->path, t->rows[k].path);
        }
    }
}

/* One count may be a word, which is read and written like any value, and is no number. */
static void test_a_word_for_a_count(void)
{
    ifc_scenario *s = calloc(1, sizeof *s);
    ifc_error err = {.status = IFC_OK};
    ifc_scenario_init(s);
    CU_ASSERT_EQUAL(ifc_scenario_set(s, "workload.tokens", "period", &err), IFC_OK);
    CU_ASSERT_EQUAL(s->workload.tokens, IFC_TOKENS_PERIOD);
    char *text = NULL;
    size_t size = 0;
    FILE *f = open_memstream(&text, &size);
    ifc_scenario_print_resolved(f, s, NULL);
    fclose(f);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "tokens = \"period\";"));
    free(text);
    static const char *const wrong[] = {"0", "periods", "Period", "", "-1", "1.5"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        err = (ifc_error){.status = IFC_OK};
        CU_ASSERT_EQUAL(ifc_scenario_set(s, "workload.tokens", wrong[i], &err), IFC_EDATA);
        CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "(allowed: 1 .. 134217728, \"period\")"));
        CU_ASSERT_EQUAL(s->workload.tokens, IFC_TOKENS_PERIOD);
    }
    CU_ASSERT_EQUAL(ifc_scenario_set(s, "workload.context", "period", &err), IFC_EDATA);
    CU_ASSERT_EQUAL(ifc_scenario_set(s, "workload.tokens", "7", &err), IFC_OK);
    CU_ASSERT_EQUAL(s->workload.tokens, 7);
    free(s);
}

/* Every number can be set to both of its bounds and to nothing beyond them. */
static void test_bounds(void)
{
    ifc_scenario *s = calloc(1, sizeof *s);
    CU_ASSERT_PTR_NOT_NULL_FATAL(s);
    for (int scope = 0; scope < IFC_SCOPES; scope++) {
        const ifc_param_table *t = &ifc_param_tables()[scope];
        for (size_t i = 0; i < t->n; i++) {
            const ifc_param *row = &t->rows[i];
            char allowed[512], *rest = NULL;
            ifc_param_allowed(row, allowed, sizeof allowed);
            if (!strstr(allowed, " .. "))
                continue;
            rest = strstr(allowed, " .. ");
            *rest = '\0';
            rest[4 + strcspn(rest + 4, ",")] = '\0'; /* a word that stands beside the range */
            ifc_raw low = {.kind = IFC_RAW_ANY, .text = allowed},
                    high = {.kind = IFC_RAW_ANY, .text = rest + 4};
            CU_ASSERT_EQUAL(ifc_param_set(row, s, &low, NULL), IFC_OK);
            CU_ASSERT_EQUAL(ifc_param_set(row, s, &high, NULL), IFC_OK);
            char below[64];
            snprintf(below, sizeof below, "-1%s", strchr(allowed, ' ') ? strchr(allowed, ' ') : "");
            CU_ASSERT_EQUAL(ifc_param_set(row, s, &(ifc_raw){.kind = IFC_RAW_ANY, .text = below}, NULL),
                            IFC_EDATA);
        }
    }
    free(s);
}

static void describe_t(FILE *out)
{
    CU_ASSERT_EQUAL(ifc_describe(out, "flash.groups.g1.t_*"), 5);
}

static void test_describe(void)
{
    char *text = printed(describe_t);
    CU_ASSERT_STRING_EQUAL(strstr(text, "flash.groups.<name>.t_erase"),
                           "flash.groups.<name>.t_erase\n"
                           "    erase time of a block (tBERS)\n"
                           "    time, 1 ps .. 1000 s (units: s, ms, us, ns, ps)\n"
                           "    default 1.5 ms (assumed)\n");
    free(text);
    FILE *null = fopen("/dev/null", "w");
    CU_ASSERT_PTR_NOT_NULL_FATAL(null);
    size_t all = 0;
    for (int scope = 0; scope < IFC_SCOPES; scope++)
        all += ifc_param_tables()[scope].n;
    CU_ASSERT_EQUAL(ifc_describe(null, NULL), all);
    CU_ASSERT_EQUAL(ifc_describe(null, "channel"), 6);
    CU_ASSERT_EQUAL(ifc_describe(null, "channel.rate"), 1);
    CU_ASSERT_EQUAL(ifc_describe(null, "chan"), 0);
    fclose(null);
    char nearest[128];
    ifc_describe_nearest("chanel.rate", nearest, sizeof nearest);
    CU_ASSERT_STRING_EQUAL(nearest, "channel.rate");
}

static void test_reference(void)
{
    static const char name[] = IFC_SOURCE_DIR "/docs/reference/scenario.md";
    char *text = printed(ifc_reference_markdown), *committed = calloc(1, 1 << 20);
    FILE *f = fopen(name, "r");
    CU_ASSERT_PTR_NOT_NULL_FATAL(f);
    CU_ASSERT_PTR_NOT_NULL_FATAL(committed);
    CU_ASSERT(fread(committed, 1, (1 << 20) - 1, f) > 0);
    fclose(f);
    CU_ASSERT_STRING_EQUAL(text, committed);
    if (strcmp(text, committed) != 0)
        printf("\n%s is not what the tables say; write it again with: test_scenario --reference > %s\n", name,
               name);
    free(text);
    free(committed);
}

static int shipped_count;

/* Where a policy's parameter was written differs between a scenario and its resolved text. */
static void forget_places(ifc_scenario *s)
{
    for (int k = 0; k < IFC_POLICY_KINDS; k++)
        for (uint32_t i = 0; i < s->policies[k].n_params; i++)
            memset(s->policies[k].params[i].where, 0, sizeof s->policies[k].params[i].where);
}

/* A shipped scenario loads, and its resolved text loads to the same one. */
static int check_shipped(const char *path, const struct stat *st, int type, struct FTW *place)
{
    (void)st;
    (void)place;
    size_t n = strlen(path);
    if (type != FTW_F || n < 4 || strcmp(path + n - 4, ".cfg") != 0 || strstr(path, "/parts/"))
        return 0;
    ifc_origins *origins = NULL;
    ifc_scenario *s = load(path, NULL, 0, &origins);
    char *text = resolved(s, origins), first[IFC_HASH_MAX], second[IFC_HASH_MAX];
    write_text("shipped.cfg", text);
    ifc_scenario *again = load("shipped.cfg", NULL, 0, NULL);
    ifc_scenario_hash(s, first);
    ifc_scenario_hash(again, second);
    CU_ASSERT_STRING_EQUAL(first, second);
    memcpy(again->file, s->file, sizeof s->file);
    forget_places(s);
    forget_places(again);
    CU_ASSERT_EQUAL(memcmp(s, again, sizeof *s), 0);
    CU_ASSERT(s->title[0] != '\0');
    shipped_count++;
    free(again);
    free(text);
    free(s);
    ifc_origins_free(origins);
    return 0;
}

static void test_shipped(void)
{
    shipped_count = 0;
    CU_ASSERT_EQUAL(nftw(SHIPPED, check_shipped, 8, FTW_PHYS), 0);
    CU_ASSERT(shipped_count >= 21);
}

static void test_published(void)
{
    ifc_scenario *c = load(SHIPPED "published/kvnand-c-llama2-7b.cfg", NULL, 0, NULL);
    ifc_scenario *d = load(SHIPPED "published/kvnand-d-llama3.1-70b.cfg", NULL, 0, NULL);
    ifc_scenario *b = load(SHIPPED "published/base-2-llama2-7b.cfg", NULL, 0, NULL);
    CU_ASSERT(c->effects.kv_fill && !c->effects.kv_capacity && !c->effects.page_rounding && !c->effects.bus);
    CU_ASSERT(c->groups[0].dies == 16 && c->groups[0].t_read == 4096 * IFC_NS &&
              c->groups[0].static_power == 0);
    CU_ASSERT(c->placement.kv_buffer.bytes == 8192 && c->placement.kv_buffer.location == IFC_BUFFER_PLANE);
    CU_ASSERT(!d->effects.kv_fill && d->npu.launch == 0 && d->soc.static_power == 0 && d->dram.latency == 0);
    CU_ASSERT(d->groups[1].t_read == 4096 * IFC_NS && d->placement.overlap == IFC_OVERLAP_HEAD_GROUP);
    CU_ASSERT(b->groups[1].fmacs == 0 && b->groups[1].ecc_rate == 0 && b->groups[1].t_read == 4096 * IFC_NS);
    CU_ASSERT(b->groups[0].dies == 8 && b->groups[1].dies == 8 && b->workload.tokens == 1);
    free(c);
    free(d);
    free(b);
}

/* Sizes of the shipped models, from their public descriptions; totals count embedding, LM head and norms. */
static void test_models(void)
{
    static const struct {
        const char *name;
        double layer_weights, tolerance; /* published figures are rounded */
        uint64_t total;                  /* 0: has parameters that the shape does not show */
    } models[] = {
        {"llama2-7b", 6.4760e9, 1e5, 6738415616},
        {"llama2-13b", 12.6878e9, 1e5, 13015864320},
        {"llama2-70b", 68.4510e9, 1e5, 68976648192},
        {"llama3.1-8b", 6.9793e9, 1e5, 8030261248},
        {"llama3.1-70b", 68.4510e9, 1e5, 70553706496},
        {"opt-6.7b", 6.4425e9, 1e5, 0},
        {"opt-30b", 29.5950e9, 1e5, 0},
        {"mixtral-8x7b", 46.7e9 - 2 * 32000 * 4096.0, 1e8, 0},
    };
    for (size_t i = 0; i < sizeof models / sizeof *models; i++) {
        char text[1024];
        snprintf(text, sizeof text,
                 "extends = (\"%sparts/system-kvnand-d.cfg\", \"%sparts/model-%s.cfg\");\n", SHIPPED, SHIPPED,
                 models[i].name);
        write_text("model.cfg", text);
        ifc_scenario *s = load("model.cfg", NULL, 0, NULL);
        const ifc_model *m = &s->model;
        uint64_t attention = (uint64_t)2 * m->hidden * (m->heads + m->kv_heads) * m->head_dim;
        uint64_t ffn = (uint64_t)m->ffn_matrices * m->experts * m->hidden * m->ffn;
        uint64_t layers = m->layers * (attention + ffn);
        uint64_t total =
            layers + 2 * (uint64_t)m->vocab * m->hidden + (2 * (uint64_t)m->layers + 1) * m->hidden;
        CU_ASSERT_DOUBLE_EQUAL((double)layers, models[i].layer_weights, models[i].tolerance);
        if (models[i].total)
            CU_ASSERT_EQUAL(total, models[i].total);
        CU_ASSERT_EQUAL(m->tied_head, strncmp(models[i].name, "opt", 3) == 0);
        free(s);
    }
}

static void remove_folder(const char *folder)
{
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    if (system(command) != 0)
        fprintf(stderr, "cannot remove %s\n", folder);
}

int main(int argc, char **argv)
{
    static const struct ifc_test tests[] = {
        {"defaults", test_defaults},
        {"later layers win", test_layers},
        {"groups of dies", test_groups},
        {"values from the command line", test_command_line},
        {"counts beyond 32 bits are right", test_wide_counts},
        {"policies", test_policies},
        {"resolved text names origins", test_resolved_origins},
        {"hash", test_hash},
        {"setter", test_setter},
        {"the table is complete", test_table},
        {"bounds are accepted", test_bounds},
        {"a word for a count", test_a_word_for_a_count},
        {"describe", test_describe},
        {"the reference page is current", test_reference},
        {"shipped scenarios load and round trip", test_shipped},
        {"published scenarios", test_published},
        {"shipped models", test_models},
    };
    if (argc > 1 && strcmp(argv[1], "--reference") == 0) {
        ifc_reference_markdown(stdout);
        return 0;
    }
    char folder[] = "/tmp/ifc_scenario_XXXXXX";
    if (!mkdtemp(folder) || chdir(folder) != 0)
        return 2;
    int failed = IFC_RUN_TESTS("scenario", tests);
    remove_folder(folder);
    return failed;
}
