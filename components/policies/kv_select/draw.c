#include "components/policies/kv_select/draw.h"

const ifc_statistic ifc_draw_statistics[2] = {
    {"pages", IFC_MEMBER(ifc_draw, asked), .unit = "count", .help = "pages of K there were to read"},
    {"read", IFC_MEMBER(ifc_draw, read), .unit = "count", .help = "of them, pages that were chosen"},
};

const char *ifc_draw_init(void *state, const ifc_machine_view *machine, const ifc_policy_host *host)
{
    ifc_draw *d = state;
    (void)machine;
    d->host = host;
    return NULL;
}

static uint64_t min64(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* The page of a token: all are as full as they are on average. */
static uint64_t page_of(const ifc_select_view *v, uint64_t token)
{
    return min64(token * v->pages / v->stored, v->pages - 1);
}

/* Tokens [from, to), none of them before those that were taken. Return: how many. */
static uint64_t take(const ifc_select_view *v, uint64_t from, uint64_t to, ifc_selection *out)
{
    if (from >= to)
        return 0;
    uint64_t first = v->first_page + page_of(v, from), end = v->first_page + page_of(v, to - 1) + 1;
    ifc_page_span *last = out->n > 0 ? &out->spans[out->n - 1] : NULL;
    if (!last || first > last->first + last->pages)
        out->spans[out->n++] = (ifc_page_span){first, end - first};
    else
        last->pages = end - last->first;
    return to - from;
}

/* Knuth's selection sampling: each unit in turn, with the chance that is left. */
static uint64_t draw(const ifc_draw *d, const ifc_select_view *v, uint64_t from, uint64_t to, uint64_t units,
                     uint64_t unit, ifc_selection *out)
{
    uint64_t tokens = 0, left = to > from ? (to - from + unit - 1) / unit : 0;
    for (uint64_t at = from; units > 0 && at < to; at += unit, left--) {
        if (units < left && d->host->random(d->host->self) % left >= units)
            continue;
        units--;
        tokens += take(v, at, min64(at + unit, to), out);
    }
    return tokens;
}

void ifc_draw_pages(ifc_draw *d, const ifc_select_view *v, uint64_t first, uint64_t last, uint64_t units,
                    uint64_t unit, ifc_selection *out)
{
    if (v->pages == 0)
        return;
    uint64_t head = min64(first, v->stored), recent = last > v->buffered ? last - v->buffered : 0;
    uint64_t tail = recent < v->stored - head ? v->stored - recent : head;
    out->tokens = take(v, 0, head, out);
    out->tokens += draw(d, v, head, tail, units, unit, out);
    out->tokens += take(v, tail, v->stored, out);
    if (out->tokens == 0) /* attention reads something */
        out->tokens = take(v, v->stored - 1, v->stored, out);
    for (uint64_t i = 0; i < out->n; i++)
        d->read += out->spans[i].pages;
    d->asked += v->pages;
}
