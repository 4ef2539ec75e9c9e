/**
 * Simulations for tests: a scenario put together in a few lines, run in a process of its own.
 */
#ifndef IFC_TEST_SIM_H
#define IFC_TEST_SIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "platform/observe/result.h"
#include "platform/scenario/load.h"

/**
 * sim_load() - a scenario file of this project with assignments over it
 * @name: below scenarios/
 * @sets: "PATH=VALUE", NULL at the end; may be NULL
 * Return: owned, to be released by free(); the test program ends when it does not load.
 */
ifc_scenario *sim_load(const char *name, const char *const *sets);

/** SIM_LOAD() - sim_load() with the assignments as arguments, at least one. */
#define SIM_LOAD(name, ...) sim_load(name, (const char *const[]){__VA_ARGS__, NULL})

/** sim_new() - a scenario of defaults with assignments over it; owned, released by free(). */
ifc_scenario *sim_new(const char *const *sets);
#define SIM_NEW(...) sim_new((const char *const[]){__VA_ARGS__, NULL})

/** sim_set() - one more assignment, "PATH=VALUE" as printf() makes it; the test program ends when it is
 * refused. */
void sim_set(ifc_scenario *s, const char *format, ...) __attribute__((format(printf, 2, 3)));

/** One simulation and what came of it. */
typedef struct sim_run {
    ifc_scenario *scenario; /* owned */
    ifc_status status;
    char error[1024];
    ifc_result result; /* owned */
} sim_run;

/** sim_run_all() - run @n scenarios, each in a process of its own; status, error and result are filled. */
void sim_run_all(sim_run *runs, size_t n);

/** sim_run_one() - run @s, which is taken over. A run without a result shows its error. */
sim_run sim_run_one(ifc_scenario *s);

void sim_run_fini(sim_run *run);

/** sim_energy() - J of all rows together, or of the one row with this name (0: there is none). */
double sim_energy(const ifc_result *r, const char *row);

/** sim_resource() - the row of a component; the test program ends when there is none. */
const ifc_resource_row *sim_resource(const ifc_result *r, const char *name);

/** sim_latency() - ps of all tokens together. */
ifc_time sim_latency(const ifc_result *r);

/** sim_finite() - no figure of the result is infinite, undefined or negative. */
bool sim_finite(const ifc_result *r);

/** sim_near() - |a - b| <= relative x |b| + absolute; shows the pair when not. */
bool sim_near(const char *what, double a, double b, double relative, double absolute);

/** sim_ps() - ps of @bytes at @mb_per_second (1e6 bytes), to the nearest, in integers. */
static inline ifc_time sim_ps(uint64_t bytes, uint64_t mb_per_second)
{
    return (ifc_time)((bytes * 1000000 + mb_per_second / 2) / mb_per_second);
}

/** sim_operator() - the row of the operator @name; one of zeros if the run had none. Borrows from @r. */
const ifc_operator_row *sim_operator(const ifc_result *r, const char *name);

#endif
