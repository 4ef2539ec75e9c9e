/**
 * Figures derived from a result: every writer takes them from here, so that text, JSON and CSV agree.
 * None of them is ever inf or nan: a run without tokens or without time gives 0.
 */
#ifndef IFC_FIGURES_H
#define IFC_FIGURES_H

#include <stddef.h>

#include "platform/observe/result.h"

typedef struct ifc_latency_figures {
    double mean; /* ps */
    ifc_time p50, p99, min, max;
} ifc_latency_figures;

/**
 * ifc_percentile() - the @percent-th percentile of @n values in ascending order, by nearest rank: the
 * smallest value that at least @percent % of the values do not exceed, i.e. number ceil(percent / 100 x n).
 * It is always one of the values. Return: 0 when @n is 0.
 */
ifc_time ifc_percentile(const ifc_time *sorted, size_t n, double percent);

/** ifc_latency_of() - over the tokens of @r. Return: false when out of memory (@out is all zero then). */
bool ifc_latency_of(const ifc_result *r, ifc_latency_figures *out);

/** ifc_ratio() - a / b; 0 where that is no finite number. */
double ifc_ratio(double a, double b);

double ifc_tokens_per_second(const ifc_result *r); /* tokens over the sum of their latencies */
double ifc_energy_total(const ifc_result *r);      /* J over the run */
double ifc_energy_per_token(const ifc_result *r);  /* J */
double ifc_average_power(const ifc_result *r);     /* W, everything, over the run */
double ifc_flash_power(const ifc_result *r);       /* W, flash dies only, over the run */
double ifc_read_amplification(const ifc_result *r);
uint64_t ifc_bus_bytes(const ifc_result *r);                              /* down and up */
double ifc_utilisation(const ifc_result *r, const ifc_resource_row *row); /* 0..1 of the run */
ifc_time ifc_path_total(const ifc_result *r);

/** Hours a day that lifetimes in years take a machine to decode, at the run's tokens per second. */
#define IFC_HOURS_A_DAY 8
/** ifc_hours_a_day() - the same; a run that serves requests goes on as it is, all day. */
uint32_t ifc_hours_a_day(const ifc_result *r);
double ifc_lifetime_years(const ifc_result *r, double tokens);

/** ifc_flash_bytes() - data bytes of all flash dies, spare areas left out. */
double ifc_flash_bytes(const ifc_scenario *s);

/** ifc_price() - $ of flash and DRAM, every GB (1e9 bytes) at its group's or the DRAM's cost, and
 * of the SoC. */
double ifc_price(const ifc_scenario *s);

/** ifc_is_stream() - the workload is a stream of requests, not a decode. */
bool ifc_is_stream(const ifc_result *r);

/** The resources of one kind (of one flash group) taken together. */
typedef struct ifc_busy_figures {
    uint32_t count;
    double mean, min, max; /* utilisation, 0..1 */
    const ifc_resource_row *busiest;
    uint64_t bytes, served;
    double wait_mean; /* ps each served piece of work waited */
} ifc_busy_figures;

/** ifc_busy_of() - over resources of @kind and, for dies, of @group (< 0: all). */
ifc_busy_figures ifc_busy_of(const ifc_result *r, int kind, int group);

const char *ifc_outcome_name(ifc_outcome outcome); /* "ok", "out_of_memory", "interrupted" */
const char *ifc_resource_kind_name(int kind);      /* "channel", "die", "npu", "dram", "link" */
const char *ifc_stream_op_of(const ifc_result *r); /* the same of all flows; "mixed" */
const char *ifc_stream_op_name(int op);            /* "read", "read_compute", ... */
const char *ifc_result_group_name(const ifc_result *r, int group); /* "" when there is none */

#endif
