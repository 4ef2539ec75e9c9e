#include "platform/cli/scenarios.h"

#include <stdlib.h>
#include <string.h>

#include "platform/cli/shipped.h"
#include "platform/common/memory.h"
#include "platform/registry/choices.h"

void ifc_words_add(ifc_words *words, const char *text)
{
    words->all = ifc_grow(words->all, &words->room, words->n, sizeof *words->all);
    words->all[words->n++] = text;
}

void ifc_words_fini(ifc_words *words)
{
    free(words->all);
    memset(words, 0, sizeof *words);
}

ifc_status ifc_loaded_read(ifc_loaded *out, const char *file, const ifc_words *sets)
{
    ifc_diagnostics diag = {0};
    ifc_error err = {.status = IFC_OK};
    *out = (ifc_loaded){.scenario = ifc_alloc_zero(1, sizeof *out->scenario)};
    char *shipped = ifc_shipped_find(file);
    ifc_status status = ifc_scenario_load(out->scenario, shipped ? shipped : file, sets->all, sets->n,
                                          &out->origins, &diag, &err);
    free(shipped);
    if (status == IFC_OK)
        status = ifc_choices_settle(out->scenario, out->origins, &diag);
    if (status != IFC_OK) {
        fflush(stdout);
        if (diag.n > 0)
            ifc_diagnostics_print(stderr, &diag);
        else
            fprintf(stderr, "ifcsim: %s\n", err.text);
        if (status == IFC_ENOINPUT)
            ifc_shipped_explain(stderr, file);
        ifc_loaded_fini(out);
    }
    ifc_diagnostics_fini(&diag);
    return status;
}

void ifc_loaded_fini(ifc_loaded *l)
{
    ifc_origins_free(l->origins);
    free(l->scenario);
    memset(l, 0, sizeof *l);
}
