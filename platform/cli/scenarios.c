#include "platform/cli/scenarios.h"

#include <stdlib.h>
#include <string.h>

#include "platform/common/memory.h"
#include "platform/observe/output.h"
#include "platform/registry/choices.h"
#include "platform/scenario/shipped.h"

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

ifc_status ifc_loaded_read(ifc_loaded *out, const char *file, const ifc_words *sets, bool load_plugins)
{
    ifc_diagnostics diag = {0};
    ifc_error err = {.status = IFC_OK};
    *out = (ifc_loaded){.scenario = ifc_alloc_zero(1, sizeof *out->scenario)};
    char *shipped = ifc_shipped_find(file);
    ifc_status status = ifc_scenario_load(out->scenario, shipped ? shipped : file, sets->all, sets->n,
                                          &out->origins, &diag, &err);
    if (status == IFC_OK)
        status = ifc_choices_settle(out->scenario, out->origins, load_plugins, &diag);
    if (status != IFC_OK) {
        fflush(stdout);
        if (diag.n > 0)
            ifc_diagnostics_print(stderr, &diag);
        else
            fprintf(stderr, "ifcsim: %s\n", err.text);
        if (status == IFC_ENOINPUT && !shipped) /* else another file is missing */
            ifc_shipped_explain(stderr, file);
        ifc_loaded_fini(out);
    }
    free(shipped);
    ifc_diagnostics_fini(&diag);
    return status;
}

static unsigned tell_unchecked(const ifc_scenario *s, const char *parent, const ifc_policy_choice *c)
{
    if (!c->plugin[0])
        return 0;
    fflush(stdout);
    fprintf(stderr, "ifcsim: %s: %s%s: plug-in %s is not loaded and not checked (--load-plugins does it)\n",
            s->file, parent, c->label, c->plugin);
    return 1;
}

unsigned ifc_loaded_tell_unchecked(const ifc_loaded *l)
{
    unsigned n = 0;
    for (int k = 0; k < IFC_POLICY_KINDS; k++)
        n += tell_unchecked(l->scenario, "policies.", &l->scenario->policies[k]);
    for (uint32_t i = 0; i < l->scenario->n_observers; i++)
        n += tell_unchecked(l->scenario, "policies.observers.", &l->scenario->observers[i]);
    return n;
}

static ifc_status refuse_input(const char *option, const char *output, const char *input, ifc_error *err)
{
    if (!input[0] || !ifc_same_file(output, input))
        return IFC_OK;
    return ifc_fail(err, IFC_EUSAGE, "%s: %s is an input of this run (%s)", option, output, input);
}

ifc_status ifc_loaded_protect(const ifc_loaded *l, const char *option, const char *output, ifc_error *err)
{
    const char *const *files;
    size_t n = ifc_origins_files(l->origins, &files);
    ifc_status status = IFC_OK;
    if (ifc_is_standard_output(output))
        return ifc_fail(err, IFC_EUSAGE, "%s: %s is also standard output", option, output);
    for (size_t i = 0; i < n && status == IFC_OK; i++)
        status = refuse_input(option, output, files[i], err);
    for (int k = 0; k < IFC_POLICY_KINDS && status == IFC_OK; k++)
        status = refuse_input(option, output, l->scenario->policies[k].plugin, err);
    for (uint32_t i = 0; i < l->scenario->n_observers && status == IFC_OK; i++)
        status = refuse_input(option, output, l->scenario->observers[i].plugin, err);
    ifc_error why = {.status = IFC_OK};
    if (status == IFC_OK && ifc_output_guard(output, &why) != IFC_OK)
        status = ifc_fail(err, why.status, "%s: %s", option, why.text);
    return status;
}

void ifc_loaded_fini(ifc_loaded *l)
{
    ifc_origins_free(l->origins);
    free(l->scenario);
    memset(l, 0, sizeof *l);
}
