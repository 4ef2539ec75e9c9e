/*
 * The parts of the summary that tell one run from another: the dies as run, and the policies that somebody
 * chose.
 */
#include <inttypes.h>
#include <string.h>

#include "platform/observe/format.h"
#include "platform/observe/summary.h"

static bool is_observer(const ifc_policy_row *p)
{
    return strcmp(p->kind, "observer") == 0;
}

/* "dispatch weighted", "observer times class-latency", "arbiter mine of mine.so 0123456789abcdef" */
static void write_name(const ifc_policy_row *p, FILE *out)
{
    const char *slash = strrchr(p->plugin, '/');
    fprintf(out, "%s%s %s", is_observer(p) ? "observer " : "", p->label, p->name);
    if (p->plugin[0])
        fprintf(out, " of %s %s", slash ? slash + 1 : p->plugin, p->digest);
}

void ifc__summary_machine(const ifc_result *r, FILE *out)
{
    const ifc_scenario *s = r->scenario;
    for (uint32_t g = 0; g < s->n_groups; g++)
        fprintf(out, "%s%s %" PRIu32 " die%s", g ? ", " : "", s->groups[g].name, s->groups[g].dies,
                s->groups[g].dies == 1 ? "" : "s");
    if (s->n_groups > 0)
        fputc('\n', out);
    bool any = false;
    for (uint32_t i = 0; i < r->n_policies; i++)
        if (r->policies[i].chosen) {
            fputs(any ? ", " : "policies: ", out);
            write_name(&r->policies[i], out);
            any = true;
        }
    if (any)
        fputc('\n', out);
}

static void write_parameters(const ifc_result *r, uint32_t policy, FILE *out)
{
    bool any = false;
    for (uint32_t i = 0; i < r->n_policy_values; i++) {
        const ifc_policy_value_row *v = &r->policy_values[i];
        if (v->policy != policy || v->statistic)
            continue;
        fprintf(out, "%s%s = %s", any ? ", " : "    ", v->name, v->text);
        any = true;
    }
    if (any)
        fputc('\n', out);
}

void ifc__summary_policies(const ifc_result *r, FILE *out)
{
    bool any = false;
    for (uint32_t i = 0; i < r->n_policies; i++) {
        if (!r->policies[i].chosen)
            continue;
        fputs(any ? "  " : "\nPolicies that are not the default\n  ", out);
        any = true;
        write_name(&r->policies[i], out);
        fputc('\n', out);
        write_parameters(r, i, out);
        for (uint32_t k = 0; k < r->n_policy_values; k++) {
            const ifc_policy_value_row *v = &r->policy_values[k];
            if (v->policy == i && v->statistic)
                fprintf(out, "    %-22s %14s\n", v->name, ifc_format_statistic(v->value, v->unit).text);
        }
    }
}
