#include "platform/cli/explore/figure.h"

#include <stdio.h>
#include <string.h>

#include "platform/observe/figures.h"

static bool known(double value, double *out)
{
    *out = value;
    return value > 0;
}

static bool tokens(const ifc_result *r, double *out)
{
    return known(r->tokens, out);
}

static bool period(const ifc_result *r, double *out)
{
    return known((double)r->window.period, out);
}

static bool latency(const ifc_result *r, double *out)
{
    ifc_latency_figures f;
    if (ifc_is_stream(r))
        return known((double)r->stream.latency.mean, out);
    return ifc_latency_of(r, &f) && known(f.mean, out);
}

static bool speed(const ifc_result *r, double *out)
{
    return known(ifc_tokens_per_second(r), out);
}

static bool stream_rate(const ifc_result *r, double *out)
{
    return ifc_is_stream(r) && known(r->stream.bytes_per_second, out);
}

static bool energy(const ifc_result *r, double *out)
{
    return known(ifc_energy_per_token(r), out);
}

static bool power(const ifc_result *r, double *out)
{
    return known(ifc_average_power(r), out);
}

static bool price(const ifc_result *r, double *out)
{
    return known(ifc_price(r->scenario), out);
}

/* Of the group that wears out first. */
static bool lifetime(const ifc_result *r, double *out)
{
    double least = 0;
    for (uint32_t i = 0; i < r->n_wear; i++)
        if (r->wear[i].lifetime_tokens > 0 && (least == 0 || r->wear[i].lifetime_tokens < least))
            least = r->wear[i].lifetime_tokens;
    return known(ifc_lifetime_years(r, least), out);
}

static bool speed_per_price(const ifc_result *r, double *out)
{
    return known(ifc_ratio(ifc_tokens_per_second(r), ifc_price(r->scenario)), out);
}

static bool speed_per_power(const ifc_result *r, double *out)
{
    return known(ifc_ratio(ifc_tokens_per_second(r), ifc_average_power(r)), out);
}

static bool has_prompt(const ifc_scenario *s)
{
    return s->workload.prompt > 0;
}

static bool first_token(const ifc_result *r, double *out)
{
    return known((double)r->ttft, out);
}

static bool is_stream(const ifc_scenario *s)
{
    return s->workload.kind == IFC_WORKLOAD_STREAM;
}

static bool makes_tokens(const ifc_scenario *s)
{
    return !is_stream(s);
}

static bool has_price(const ifc_scenario *s)
{
    return ifc_price(s) > 0;
}

#define TOKENS makes_tokens, "a workload that decodes tokens"
#define PRICE  has_price, "prices (flash.groups.*.cost, dram.cost, soc.cost)"
#define ANY    NULL, NULL

static const ifc_figure_kind figures[] = {
    {"tokens", NULL, 0, "", "tokens", "", 1, tokens, ANY},
    {"period_tokens", NULL, 0, "", "period", "tokens", 1, period, ANY},
    {"latency_ps", "latency", -1, "ps", "latency", "ms", 1e-9, latency, ANY},
    {"ttft_ps", "ttft", -1, "ps", "time to first token", "s", 1e-12, first_token, has_prompt,
     "a prompt (workload.prompt)"},
    {"tokens_per_second", "tokens/s", 1, "tokens/s", "tokens per second", "", 1, speed, TOKENS},
    {"bytes_per_second", "bytes/s", 1, "B/s", "bandwidth", "GB/s", 1e-9, stream_rate, is_stream,
     "workload.kind = \"stream\""},
    {"energy_j_per_token", "energy", -1, "J", "energy per token", "J", 1, energy, TOKENS},
    {"power_w", "power", -1, "W", "power", "W", 1, power, ANY},
    {"price_usd", "price", -1, "$", "price", "$", 1, price, PRICE},
    {"lifetime_years", "lifetime", 1, "years", "lifetime", "years", 1, lifetime, TOKENS},
    {"tokens_per_second_per_usd", "tokens/s/$", 1, "tokens/s/$", "tokens per second and $", "", 1,
     speed_per_price, PRICE},
    {"tokens_per_second_per_w", "tokens/s/W", 1, "tokens/s/W", "tokens per second and W", "", 1,
     speed_per_power, TOKENS},
    {NULL, NULL, 0, NULL, NULL, NULL, 0, NULL, ANY},
};

const ifc_figure_kind *ifc_figures(void)
{
    return figures;
}

const ifc_figure_kind *ifc_figure_called(const char *name)
{
    for (const ifc_figure_kind *f = figures; f->name; f++)
        if (strcmp(f->name, name) == 0)
            return f;
    return NULL;
}

const ifc_figure_kind *ifc_figure_wanted(const char *objective)
{
    for (const ifc_figure_kind *f = figures; f->name; f++)
        if (f->objective && (strcmp(f->objective, objective) == 0 || strcmp(f->name, objective) == 0))
            return f;
    return NULL;
}

const char *ifc_figure_title(const ifc_figure_kind *f, char *out, size_t size)
{
    snprintf(out, size, f->shown[0] ? "%s (%s)" : "%s", f->label, f->shown);
    return out;
}

/* Rows of one resource and phase, of all operators. */
static ifc_time path_of(const ifc_result *r, const ifc_path_row *like)
{
    ifc_time sum = 0;
    for (uint32_t i = 0; i < r->n_path; i++)
        if (strcmp(r->path[i].resource, like->resource) == 0 && strcmp(r->path[i].phase, like->phase) == 0)
            sum = ifc_time_add(sum, r->path[i].ps);
    return sum;
}

bool ifc_figure_waits(const ifc_result *r, char *out, size_t size, double *share)
{
    ifc_time longest = 0;
    for (uint32_t i = 0; i < r->n_path; i++) {
        ifc_time sum = path_of(r, &r->path[i]);
        if (sum <= longest)
            continue;
        longest = sum;
        snprintf(out, size, "%s %s", r->path[i].resource, r->path[i].phase);
    }
    *share = ifc_ratio((double)longest, (double)ifc_path_total(r));
    return longest > 0;
}
