#include "components/run/swap_costs.h"

void ifc_swap_recomputed(ifc_swap_costs *c, double tokens, ifc_time took)
{
    double y = (double)took;
    c->n += 1;
    c->x += tokens;
    c->y += y;
    c->xx += tokens * tokens;
    c->xy += tokens * y;
}

void ifc_swap_loaded(ifc_swap_costs *c, double objects, double bytes, ifc_time took)
{
    double y = (double)took;
    c->reads += 1;
    c->oo += objects * objects;
    c->ob += objects * bytes;
    c->bb += bytes * bytes;
    c->oy += objects * y;
    c->by += bytes * y;
}

bool ifc_swap_known(const ifc_swap_costs *c)
{
    return c->n > 0 && c->reads > 0;
}

double ifc_swap_recompute_ps(const ifc_swap_costs *c, double tokens)
{
    double spread = c->n * c->xx - c->x * c->x;
    double b = spread > 1e-9 * c->n * c->xx ? (c->n * c->xy - c->x * c->y) / spread : 0;
    double a = (c->y - b * c->x) / c->n;
    if (tokens <= 0)
        return 0;
    if (b <= 0 || a < 0)
        return c->xy / c->xx * tokens;
    return a + b * tokens;
}

double ifc_swap_load_ps(const ifc_swap_costs *c, double objects, double bytes)
{
    double spread = c->oo * c->bb - c->ob * c->ob;
    double a = 0, b = 0;
    if (spread > 1e-9 * c->oo * c->bb) {
        a = (c->oy * c->bb - c->by * c->ob) / spread;
        b = (c->by * c->oo - c->oy * c->ob) / spread;
    }
    if (a < 0 || (a == 0 && b <= 0))
        return c->by / c->bb * bytes;
    return b < 0 ? c->oy / c->oo * objects : a * objects + b * bytes;
}
