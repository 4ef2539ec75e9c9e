/**
 * Bit errors: what a law says nothing about is not simulated.
 */
#include <string.h>

#include "platform/common/rber.h"
#include "platform/scenario/check_internal.h"
#include "platform/scenario/rber_file.h"

#define PATH_TEXT (IFC_NAME_MAX + 64)

static const char *path_of(char out[PATH_TEXT], const ifc_flash_group *g, const char *key)
{
    snprintf(out, PATH_TEXT, "flash.groups.%s.%s", g->name, key);
    return out;
}

double ifc_errors_pe_scale(const ifc_flash_group *g, const ifc_rber_range *range)
{
    return g->errors.pe_scale != IFC_PE_SCALE_RATED ? g->errors.pe_scale : range->high.pe / g->endurance;
}

static bool in_range(double x, double low, double high)
{
    return x >= low && x <= high;
}

static const char *law_name(int law)
{
    static const char *const names[] = {"none", "luo2018", "power-law", "table"};
    return names[law];
}

/* What a run begins with; what it adds is noted in its result. */
static void check_range(const struct check *c, const ifc_flash_group *g, const ifc_rber_range *r)
{
    char path[PATH_TEXT];
    double factor = ifc_rber_acceleration(g->errors.temperature), age = g->errors.age * factor;
    double pe = g->errors.initial_pe * ifc_errors_pe_scale(g, r);
    if (!in_range(age, r->low.seconds, r->high.seconds))
        ifc__check_wrong(
            c, path_of(path, g, "errors.age"),
            "counts as %.6g s at 25 C (errors.temperature = %.6g), where the law \"%s\" says nothing "
            "(allowed: %.6g s .. %.6g s at 25 C)",
            age, g->errors.temperature, law_name(g->errors.law), r->low.seconds, r->high.seconds);
    if (!in_range(pe, r->low.pe, r->high.pe))
        ifc__check_wrong(
            c, path_of(path, g, "errors.initial_pe"),
            "counts as %.6g cycles of the law \"%s\" (errors.pe_scale), which says nothing about them "
            "(allowed: %.6g .. %.6g of the law's)",
            pe, law_name(g->errors.law), r->low.pe, r->high.pe);
    if (r->low.reads > 0)
        ifc__check_wrong(c, path_of(path, g, "errors.table"),
                         "begins at %.6g reads, and a run begins at none (allowed: a grid from 0 reads on)",
                         r->low.reads);
}

static void check_code(const struct check *c, const ifc_flash_group *g)
{
    char path[PATH_TEXT];
    bool in_dies = g->fmacs > 0 && g->ecc_rate > 0;
    uint64_t bits = 8 * (g->page + g->spare);
    if (g->ecc.codeword > bits)
        ifc__check_wrong(c, path_of(path, g, "ecc.codeword"),
                         "more than a page and its spare bytes have, %llu bits", (unsigned long long)bits);
    if (g->ecc.correct >= g->ecc.codeword)
        ifc__check_wrong(c, path_of(path, g, "ecc.correct"),
                         "all of ecc.codeword = %u bits (allowed: 0 .. %u)", g->ecc.codeword,
                         g->ecc.codeword - 1);
    path_of(path, g, "errors.law");
    if (g->fmacs > 0 && !in_dies)
        ifc__check_wrong(c, path, "dies multiply what nobody has decoded: their ecc_rate = 0 B/s");
    if (!in_dies && c->s->soc.ecc_rate <= 0)
        ifc__check_wrong(c, path, "nobody decodes: soc.ecc_rate = 0 B/s");
    if (!c->s->effects.ecc)
        ifc__check_wrong(c, path, "nobody decodes: needs effects.ecc = true");
    if (!c->s->effects.page_rounding || !c->s->effects.pipeline_fill)
        ifc__check_wrong(c, path, "pages fail one by one: needs effects.%s = true",
                         c->s->effects.page_rounding ? "pipeline_fill" : "page_rounding");
}

static bool read_table(const struct check *c, const ifc_flash_group *g, ifc_rber_file *out)
{
    char path[PATH_TEXT], origin[IFC_PATH_MAX + 16] = "", where[2 * IFC_PATH_MAX + 128];
    ifc__place place;
    path_of(path, g, "errors.table");
    if (!g->errors.table[0] || strcmp(g->errors.table, "-") == 0) {
        ifc__check_wrong(c, path, "errors.law = \"table\" needs a file");
        return false;
    }
    if (ifc__place_find(c->s, path, &place))
        ifc__origin_print(c->origins, &place, origin, sizeof origin);
    snprintf(where, sizeof where, "%s: %s = \"%s\"", origin, path, g->errors.table);
    return ifc_rber_file_read(out, g->errors.table, where, c->diag) == IFC_OK;
}

void ifc__check_errors(const struct check *c, const ifc_flash_group *g)
{
    ifc_rber_file file = {0};
    if (g->errors.law == IFC_RBER_NONE)
        return;
    check_code(c, g);
    if (g->errors.law == IFC_RBER_TABLE && !read_table(c, g, &file))
        return;
    ifc_rber_range range = ifc_rber_range_of((ifc_rber_law)g->errors.law, &file.table);
    check_range(c, g, &range);
    ifc_rber_file_fini(&file);
}
