#include "workloads/requests/distribution.h"

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "platform/common/random.h"
#include "platform/scenario/units.h"
#include "workloads/requests/requests.h"

typedef struct parameter {
    const char *name;
    size_t offset;
    bool whole, needed;
} parameter;

#define REAL(field)                                                                                          \
    {                                                                                                        \
#field, offsetof(ifc_distribution, field), false, true                                               \
    }
#define COUNT(field)                                                                                         \
    {                                                                                                        \
#field, offsetof(ifc_distribution, field), true, false                                               \
    }

static const struct kind {
    const char *name;
    parameter parameters[5];
} kinds[] = {
    [IFC_DISTRIBUTION_CONSTANT] = {"constant", {REAL(value)}},
    [IFC_DISTRIBUTION_UNIFORM] = {"uniform", {COUNT(min), COUNT(max)}},
    [IFC_DISTRIBUTION_EXPONENTIAL] = {"exponential", {REAL(mean), COUNT(min), COUNT(max)}},
    [IFC_DISTRIBUTION_LOGNORMAL] = {"lognormal", {REAL(median), REAL(sigma), COUNT(min), COUNT(max)}},
};
enum { KINDS = sizeof kinds / sizeof kinds[0] };

static ifc_status parse_value(const parameter *p, const char *text, ifc_distribution *out, ifc_error *err)
{
    void *field = (char *)out + p->offset;
    ifc_error why = {.status = IFC_OK};
    int64_t n = 0;
    double x = 0;
    if (p->whole && ifc_number_parse_whole(text, &n, &why) == IFC_OK) {
        if (n < 1 || n > (int64_t)IFC_REQUEST_TOKENS_MAX)
            return ifc_fail(err, IFC_EDATA, "%s = %s: out of range (allowed: 1 .. 128M)", p->name, text);
        *(uint64_t *)field = (uint64_t)n;
        return IFC_OK;
    }
    if (!p->whole && strcmp(p->name, "sigma") != 0 && ifc_number_parse_whole(text, &n, NULL) == IFC_OK)
        x = (double)n; /* 4K */
    else if (p->whole || ifc_number_parse_real(text, &x, &why) != IFC_OK)
        return ifc_fail(err, IFC_EDATA, "%s = %s: %s", p->name, text, why.text);
    double least = strcmp(p->name, "sigma") == 0 ? 0 : 1, most = least == 0 ? 10 : IFC_REQUEST_TOKENS_MAX;
    if (!(x >= least && x <= most))
        return ifc_fail(err, IFC_EDATA, "%s = %s: out of range (allowed: %.0f .. %.0f)", p->name, text, least,
                        most);
    *(double *)field = x;
    return IFC_OK;
}

static const parameter *find(const struct kind *k, const char *name)
{
    for (const parameter *p = k->parameters; p->name; p++)
        if (strcmp(p->name, name) == 0)
            return p;
    return NULL;
}

static ifc_status unknown(const struct kind *k, const char *name, ifc_error *err)
{
    char all[80] = "";
    for (const parameter *p = k->parameters; p->name; p++)
        snprintf(all + strlen(all), sizeof all - strlen(all), "%s%s", all[0] ? ", " : "", p->name);
    return ifc_fail(err, IFC_EDATA, "%s has no parameter '%s' (allowed: %s)", k->name, name, all);
}

/* "a=1,b=2" in place. */
static ifc_status parse_parameters(const struct kind *k, char *text, ifc_distribution *out, ifc_error *err)
{
    bool given[5] = {false};
    ifc_status status = IFC_OK;
    char *rest = text;
    for (char *one; status == IFC_OK && (one = strsep(&rest, ",")) != NULL;) {
        char *value = strchr(one, '=');
        if (!value)
            return ifc_fail(err, IFC_EDATA, "'%s' is no NAME=VALUE", one);
        *value++ = '\0';
        const parameter *p = find(k, one);
        if (!p)
            return unknown(k, one, err);
        given[p - k->parameters] = true;
        status = parse_value(p, value, out, err);
    }
    for (const parameter *p = k->parameters; p->name && status == IFC_OK; p++)
        if (p->needed && !given[p - k->parameters])
            status = ifc_fail(err, IFC_EDATA, "%s needs %s=VALUE", k->name, p->name);
    if (status == IFC_OK && out->min > out->max)
        status = ifc_fail(err, IFC_EDATA, "min is above max");
    return status;
}

ifc_status ifc_distribution_parse(const char *text, ifc_distribution *out, ifc_error *err)
{
    char copy[200];
    ifc_error why = {.status = IFC_OK};
    ifc_distribution d = {.min = 1, .max = IFC_REQUEST_TOKENS_MAX};
    if (strlen(text) >= sizeof copy)
        return ifc_fail(err, IFC_EDATA, "a distribution has less than %zu characters", sizeof copy);
    strcpy(copy, text);
    char *parameters = strchr(copy, ':');
    if (!parameters && copy[0] && strchr("0123456789+-.", copy[0])) {
        if (parse_value(&kinds[IFC_DISTRIBUTION_CONSTANT].parameters[0], text, &d, &why) != IFC_OK)
            return ifc_fail(err, IFC_EDATA, "%s: %s", text, why.text);
        *out = d;
        return IFC_OK;
    }
    if (parameters)
        *parameters++ = '\0';
    for (int k = 0; k < KINDS; k++)
        if (strcmp(copy, kinds[k].name) == 0) {
            d.kind = (enum ifc_distribution_kind)k;
            if (parse_parameters(&kinds[k], parameters ? parameters : copy + strlen(copy), &d, &why) !=
                IFC_OK)
                return ifc_fail(err, IFC_EDATA, "%s: %s", text, why.text);
            *out = d;
            return IFC_OK;
        }
    return ifc_fail(err, IFC_EDATA,
                    "'%s' is no distribution (allowed: a number, constant:value=, uniform:min=,max=, "
                    "exponential:mean=, lognormal:median=,sigma=, each with min= and max=)",
                    text);
}

/* Box and Muller; the second of the pair is not kept, so that a draw needs no state but @rng. */
static double draw_normal(uint64_t *rng)
{
    double radius = sqrt(-2.0 * log(ifc_random_unit(rng)));
    return radius * cos(2.0 * M_PI * ifc_random_unit(rng));
}

uint64_t ifc_distribution_draw(const ifc_distribution *d, uint64_t *rng)
{
    double x = d->value;
    if (d->kind == IFC_DISTRIBUTION_UNIFORM)
        x = (double)d->min - 1.0 + ceil(ifc_random_unit(rng) * (double)(d->max - d->min + 1));
    else if (d->kind == IFC_DISTRIBUTION_EXPONENTIAL)
        x = -log(ifc_random_unit(rng)) * d->mean;
    else if (d->kind == IFC_DISTRIBUTION_LOGNORMAL)
        x = d->median * exp(d->sigma * draw_normal(rng));
    x = x < (double)d->min ? (double)d->min : x;
    return x >= (double)d->max ? d->max : (uint64_t)(x + 0.5);
}
