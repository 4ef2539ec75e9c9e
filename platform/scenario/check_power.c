/**
 * A power budget that is less than one die takes is none. (An erase of all planes, which is rare, may be
 * above it: it goes alone, and a note says so.)
 */
#include "platform/scenario/check_internal.h"

static double larger(double a, double b)
{
    return a > b ? a : b;
}

/* What all planes of a die can draw together, sensing at their pace or programming. */
static double most_of(const struct check *c, const ifc_flash_group *g)
{
    double bits = 8.0 * (double)(g->page + (c->s->effects.ecc ? g->spare : 0)), second = 1e-12;
    double sense =
        bits * g->read_energy / ((double)ifc_page_time_least(g->t_read_pages, g->t_read) * second) +
        g->fmacs * g->clock * g->mac_energy;
    double program =
        bits * g->program_energy / ((double)ifc_page_time_least(g->t_program_pages, g->t_program) * second);
    return g->planes * larger(sense + (c->s->effects.ecc ? g->ecc_power : 0), program);
}

void ifc__check_power(const struct check *c)
{
    double budget = c->s->soc.power_budget;
    for (uint32_t i = 0; i < c->s->n_groups && budget > 0; i++) {
        double most = most_of(c, &c->s->groups[i]);
        if (budget < most) {
            ifc__check_wrong(
                c, "soc.power_budget",
                "a die of group %s alone may draw %.4g W (allowed: that or more, or \"0 W\": no limit)",
                c->s->groups[i].name, most);
            return;
        }
    }
}
