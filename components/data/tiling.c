#include "components/data/tiling.h"

#include "components/hardware/hardware.h"
#include "platform/common/arithmetic.h"
#include "platform/scenario/scenario.h"

/* Weights of the @n largest tiles: whole ones, those of the two ragged edges, the one in the corner. */
static uint64_t weights_of(const ifc_tiling *t, const ifc_tiled *m, uint64_t n)
{
    uint64_t down = m->rows / t->rows, across = m->cols / t->cols, low = m->rows % t->rows,
             narrow = m->cols % t->cols;
    struct {
        uint64_t n, each;
    } kinds[] = {{down * across, t->rows * t->cols},
                 {across, low * t->cols},
                 {down, t->rows * narrow},
                 {1, low * narrow}};
    uint64_t sum = 0;
    if (kinds[1].each < kinds[2].each) {
        kinds[1].n = down, kinds[1].each = t->rows * narrow;
        kinds[2].n = across, kinds[2].each = low * t->cols;
    }
    for (int i = 0; i < 4 && n > 0; i++) {
        uint64_t some = kinds[i].each == 0 ? 0 : kinds[i].n < n ? kinds[i].n : n;
        sum += some * kinds[i].each;
        n -= some;
    }
    return sum;
}

uint64_t ifc_tiling_bytes(const ifc_tiling *t, const ifc_tiled *m, uint64_t n)
{
    return ifc_div_up(weights_of(t, m, n) * m->row_bytes, m->cols);
}

/* Return: false: a plane's page has no room for so many rows. */
static bool cut(ifc_tiling *t, const ifc_hardware *hw, const ifc_group *g, const ifc_tiled *m, uint64_t rows)
{
    uint64_t channels = hw->s->channel.count, planes = g->planes_total / channels;
    uint64_t elements = g->p->page * m->cols / m->row_bytes, cols = hw->s->placement.split.tile_cols;
    *t = (ifc_tiling){.rows = rows, .plane_rows = rows / planes};
    uint64_t most = t->plane_rows ? elements / t->plane_rows : 0;
    t->channel_cols = cols == 0 ? most : cols / channels <= most ? cols / channels : 0;
    t->cols = t->channel_cols * channels;
    if (t->cols == 0)
        return false;
    t->tiles = ifc_div_up(m->rows, t->rows) * ifc_div_up(m->cols, t->cols);
    return true;
}

/* Seconds until both parts are done when the dies multiply @n tiles. */
static double stage_time(const ifc_tiling *t, const ifc_hardware *hw, const ifc_group *g, const ifc_tiled *m,
                         uint64_t n)
{
    const ifc_scenario *s = hw->s;
    double bus = s->channel.rate, sense = (double)g->p->t_read * 1e-12;
    double element = s->model.activation_bits / 8.0, input = (double)t->channel_cols * element;
    double busy = (input + (double)t->rows * element) / (sense * bus);
    double rest = (double)(ifc_tiling_bytes(t, m, t->tiles) - ifc_tiling_bytes(t, m, n));
    double read = rest / s->channel.count / (bus * (busy < 0.99 ? 1 - busy : 0.01));
    double compute = (double)n * (sense + input / bus);
    return compute > read ? compute : read;
}

/* The number of tiles in the dies. The time falls with it until the dies take longer than the bus, then it
 * rises. */
static uint64_t choose_number(const ifc_tiling *t, const ifc_hardware *hw, const ifc_group *g,
                              const ifc_tiled *m)
{
    double share = hw->s->placement.split.share, all = (double)ifc_tiling_bytes(t, m, t->tiles), best = 0;
    uint64_t at = 0;
    for (uint64_t n = 0; n <= t->tiles; n++) {
        double off = (double)ifc_tiling_bytes(t, m, n) / all - share;
        double cost = share == IFC_SHARE_AUTO ? stage_time(t, hw, g, m, n) : off < 0 ? -off : off;
        if (n > 0 && cost >= best)
            break;
        best = cost;
        at = n;
    }
    return at;
}

/* Rows of a tile that are given, or follow from its columns, which are to fill a page. 0: neither. */
static uint64_t given_rows(const ifc_hardware *hw, const ifc_group *g, const ifc_tiled *m)
{
    const ifc_split_params *s = &hw->s->placement.split;
    uint64_t channels = hw->s->channel.count, planes = g->planes_total / channels;
    if (s->tile_rows > 0 || s->tile_cols == 0)
        return s->tile_rows;
    return g->p->page * m->cols / m->row_bytes / (s->tile_cols / channels) * planes;
}

void ifc_tiling_choose(ifc_tiling *out, const ifc_hardware *hw, const ifc_group *g, const ifc_tiled *m)
{
    uint64_t planes = g->planes_total / hw->s->channel.count, given = given_rows(hw, g, m);
    double best = 0;
    bool found = false;
    for (uint64_t rows = given ? given : planes;; rows *= 2) {
        ifc_tiling t;
        if (!cut(&t, hw, g, m, rows))
            break;
        t.in_dies = choose_number(&t, hw, g, m);
        double time = stage_time(&t, hw, g, m, t.in_dies);
        if (!found || time < best) {
            best = time;
            *out = t;
        }
        found = true;
        if (given)
            break;
    }
    IFC_BUG_ON(!found, "no tile has a page in every plane of %s", g->p->name);
    out->macs = weights_of(out, m, out->in_dies);
    out->bytes = ifc_tiling_bytes(out, m, out->tiles) - ifc_tiling_bytes(out, m, out->in_dies);
}
