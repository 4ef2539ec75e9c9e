#include "platform/cli/command.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "platform/common/printable.h"
#include "platform/scenario/param.h"

#define OPTIONS_MAX 64

const char *ifc_cli_nearest(const char *name, const char *const *candidates)
{
    const char *best = NULL;
    unsigned least = 0;
    for (; *candidates; candidates++) {
        unsigned distance = ifc_text_distance(name, *candidates);
        if (!best || distance < least) {
            best = *candidates;
            least = distance;
        }
    }
    /* A third of the letters may be wrong, and two in short names. */
    size_t allowed = strlen(name) / 3 > 2 ? strlen(name) / 3 : 2;
    return best && least <= allowed ? best : NULL;
}

void ifc_cli_error(struct argp_state *state, const char *format, ...)
{
    char text[4096], shown[4096];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    argp_error(state, "%s", ifc_printable(shown, sizeof shown, text));
}

int ifc_cli_choice(struct argp_state *state, const char *option, const char *text, const char *const *names)
{
    char list[256] = "";
    for (int i = 0; names[i]; i++) {
        if (strcmp(names[i], text) == 0)
            return i;
        size_t used = strlen(list);
        snprintf(list + used, sizeof list - used, "%s%s", i ? ", " : "", names[i]);
    }
    const char *nearest = ifc_cli_nearest(text, names);
    if (nearest)
        ifc_cli_error(state, "%s: unknown '%s'; did you mean '%s'? (allowed: %s)", option, text, nearest,
                      list);
    else
        ifc_cli_error(state, "%s: unknown '%s' (allowed: %s)", option, text, list);
    return -1;
}

typedef struct known_options {
    const char *names[OPTIONS_MAX + 1]; /* with "--" for the nearest name; NULL at the end */
    bool wants_value[OPTIONS_MAX];
    char text[OPTIONS_MAX][40];
    size_t n;
} known_options;

static void know(known_options *k, const char *name, bool wants_value)
{
    if (k->n == OPTIONS_MAX)
        return;
    snprintf(k->text[k->n], sizeof k->text[0], "--%s", name);
    k->names[k->n] = k->text[k->n];
    k->wants_value[k->n] = wants_value;
    k->n++;
    k->names[k->n] = NULL;
}

static void know_all(known_options *k, const struct argp *argp)
{
    k->n = 0;
    know(k, "help", false);
    know(k, "usage", false);
    know(k, "version", false);
    for (const struct argp_option *o = argp->options; o && (o->name || o->key || o->doc); o++)
        if (o->name)
            know(k, o->name, o->arg && !(o->flags & OPTION_ARG_OPTIONAL));
}

/* Return: index of the option that the @n characters of @text name or begin; -1: none. */
static int find_option(const known_options *k, const char *text, size_t n)
{
    for (size_t i = 0; i < k->n; i++)
        if (strncmp(k->names[i], text, n) == 0)
            return (int)i;
    return -1;
}

static void __attribute__((noreturn))
refuse_option(const known_options *k, const char *program, const char *text)
{
    char name[64], shown[256];
    snprintf(name, sizeof name, "%.*s", (int)strcspn(text, "="), text);
    const char *nearest = ifc_cli_nearest(name, k->names);
    fprintf(stderr, "%s: unknown option '%s'", program, ifc_printable(shown, sizeof shown, name));
    if (nearest)
        fprintf(stderr, "; did you mean '%s'?", nearest);
    fprintf(stderr, "\nTry '%s --help'.\n", program);
    exit(IFC_EUSAGE);
}

void ifc_cli_parse(const struct argp *argp, int argc, char **argv, void *input)
{
    known_options known;
    know_all(&known, argp);
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (strncmp(argv[i], "--", 2) != 0)
            continue;
        size_t n = strcspn(argv[i], "=");
        int found = find_option(&known, argv[i], n);
        if (found < 0)
            refuse_option(&known, argv[0], argv[i]);
        if (known.wants_value[found] && argv[i][n] == '\0')
            i++; /* the value, whatever it looks like */
    }
    if (argp_parse(argp, argc, argv, 0, NULL, input) != 0)
        exit(IFC_EUSAGE);
}
