/**
 * Distributions of lengths in tokens.
 */
#ifndef IFC_DISTRIBUTION_H
#define IFC_DISTRIBUTION_H

#include <stdint.h>

#include <ifc/status.h>

enum ifc_distribution_kind {
    IFC_DISTRIBUTION_CONSTANT,
    IFC_DISTRIBUTION_UNIFORM,
    IFC_DISTRIBUTION_EXPONENTIAL,
    IFC_DISTRIBUTION_LOGNORMAL
};

/* Whole tokens: what is drawn is rounded, and what is outside of min .. max is put at the end of it. */
typedef struct ifc_distribution {
    enum ifc_distribution_kind kind;
    double value;  /* constant */
    double mean;   /* exponential */
    double median; /* lognormal */
    double sigma;  /* lognormal: standard deviation of the logarithm */
    uint64_t min, max;
} ifc_distribution;

/**
 * ifc_distribution_parse() - read "512", "uniform:min=1,max=100", "exponential:mean=200,max=4K",
 * "lognormal:median=1000,sigma=1.1,max=16K"; min is 1 and max is 128M tokens unless given
 * Return: IFC_EDATA, @err says what is wrong and what is allowed.
 */
IFC_MUST_CHECK ifc_status ifc_distribution_parse(const char *text, ifc_distribution *out, ifc_error *err);

/** ifc_distribution_draw() - @rng: state of ifc_random(), moves on by 1 or 2 */
uint64_t ifc_distribution_draw(const ifc_distribution *d, uint64_t *rng);

#endif
