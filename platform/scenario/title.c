#include "platform/scenario/title.h"

#include <string.h>

#include "platform/common/printable.h"

/* Whether --set gives the model another shape, and no other name. Bits have a place of their own. */
static bool is_changed(const ifc_origins *origins)
{
    const ifc_param_table *t = &ifc_param_tables()[IFC_SCOPE_SCENARIO];
    bool shape = false;
    for (size_t i = 0; i < t->n; i++) {
        const char *path = t->rows[i].path;
        if (strncmp(path, "model.", strlen("model.")) != 0 ||
            origins->columns[IFC_COLUMN_SCENARIO][i].kind != IFC_ORIGIN_SET)
            continue;
        if (strcmp(path, "model.name") == 0)
            return false;
        shape |= !strstr(path, "bits") && !strstr(path, "scale");
    }
    return shape;
}

static void print_bits(const ifc_model *m, char *out, size_t size)
{
    const uint32_t of_layers[] = {m->bits.qkv, m->bits.project, m->bits.gate_up, m->bits.down};
    uint32_t least = UINT32_MAX, most = 0;
    for (size_t i = 0; i < sizeof of_layers / sizeof *of_layers; i++) {
        uint32_t bits = of_layers[i] ? of_layers[i] : m->weight_bits;
        least = bits < least ? bits : least;
        most = bits > most ? bits : most;
    }
    if (least == most)
        snprintf(out, size, "W%uA%u", least, m->activation_bits);
    else
        snprintf(out, size, "W%u-%uA%u", least, most, m->activation_bits);
}

void ifc__title_settle(ifc_scenario *s, const ifc_origins *origins, ifc_diagnostics *diag)
{
    static const char *const marks[] = {"{model}", "{bits}"};
    char name[IFC_NAME_MAX + 16], bits[40], title[sizeof s->title] = "";
    const char *const values[] = {name, bits};
    size_t used = 0;
    snprintf(name, sizeof name, "%s%s", s->model.name, is_changed(origins) ? " (changed)" : "");
    print_bits(&s->model, bits, sizeof bits);
    for (const char *at = s->title; *at && used < sizeof title;) {
        size_t taken = 1;
        const char *text = at;
        size_t n = 1;
        for (int i = 0; i < 2; i++)
            if (strncmp(at, marks[i], strlen(marks[i])) == 0) {
                text = values[i];
                n = strlen(text);
                taken = strlen(marks[i]);
            }
        if (used + n < sizeof title)
            memcpy(title + used, text, n);
        used += n;
        at += taken;
    }
    if (used >= sizeof title) {
        ifc_diagnose(diag, IFC_EDATA,
                     "%s: title: too long with model.name = \"%s\" in it (allowed: %zu bytes)", s->file,
                     s->model.name, sizeof title - 1);
        return;
    }
    memset(s->title, 0, sizeof s->title);
    memcpy(s->title, title, used);
}
