#include "platform/cli/command.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "platform/cli/pages.h"
#include "platform/common/memory.h"
#include "platform/common/printable.h"
#include "platform/observe/output.h"
#include "platform/scenario/shipped.h"

#define ENDING ".md"

char *ifc_pages_folder(void)
{
    char *folder = ifc_installed_beside(IFC_INSTALLED_PAGES);
    return folder ? folder : ifc_installed_beside("../docs");
}

/** The names of the pages. */
typedef struct page_names {
    char **all; /* owned, without .md, NULL at the end */
    int n;
} page_names;

static int is_page(const struct dirent *e)
{
    const char *dot = strrchr(e->d_name, '.');
    return e->d_name[0] != '.' && dot && strcmp(dot, ENDING) == 0;
}

static void find_pages(const char *folder, page_names *out)
{
    struct dirent **entries = NULL;
    int n = folder ? scandir(folder, &entries, is_page, alphasort) : 0;
    out->n = n > 0 ? n : 0;
    out->all = ifc_alloc_zero((size_t)out->n + 1, sizeof *out->all);
    for (int i = 0; i < out->n; i++) {
        out->all[i] = ifc_copy_text(entries[i]->d_name);
        out->all[i][strlen(out->all[i]) - strlen(ENDING)] = '\0';
        free(entries[i]);
    }
    free(entries);
}

static void forget_pages(page_names *names)
{
    for (int i = 0; i < names->n; i++)
        free(names->all[i]);
    free(names->all);
}

static bool is_command(const char *name)
{
    for (const ifc_command *const *c = ifc_commands(); *c; c++)
        if (strcmp((*c)->name, name) == 0)
            return true;
    return false;
}

/* A page as it is typed, and its title: its first line, without the mark of a heading. */
static void list_page(const char *folder, const char *name)
{
    char line[200] = "", file[256];
    snprintf(file, sizeof file, "%s" ENDING, name);
    char *path = ifc_path_join(folder, file);
    FILE *in = fopen(path, "re");
    if (in && fgets(line, sizeof line, in))
        line[strcspn(line, "\r\n")] = '\0';
    if (in)
        fclose(in);
    free(path);
    printf("  %-16s %s\n", is_command(name) ? file : name, line + strspn(line, "# "));
}

static ifc_status print_page(const char *folder, const char *name, ifc_error *err)
{
    char file[256], block[4096];
    size_t n;
    snprintf(file, sizeof file, "%s" ENDING, name);
    char *path = ifc_path_join(folder, file);
    FILE *in = fopen(path, "re");
    ifc_status status = IFC_OK;
    if (!in)
        status = ifc_fail(err, IFC_ENOINPUT, "cannot open %s: %s", path, strerror(errno));
    while (in && (n = fread(block, 1, sizeof block, in)) > 0)
        fwrite(block, 1, n, stdout);
    if (in)
        fclose(in);
    free(path);
    return status;
}

static bool is_one(const page_names *names, const char *name)
{
    for (int i = 0; i < names->n; i++)
        if (strcmp(names->all[i], name) == 0)
            return true;
    return false;
}

static ifc_status refuse(const page_names *names, const char *name, ifc_error *err)
{
    const char **all = ifc_alloc_zero((size_t)names->n + 64, sizeof *all);
    int n = 0;
    for (const ifc_command *const *c = ifc_commands(); *c && n < 63; c++)
        all[n++] = (*c)->name;
    for (int i = 0; i < names->n; i++)
        all[n++] = names->all[i];
    const char *nearest = ifc_cli_nearest(name, all);
    if (nearest)
        (void)ifc_fail(err, IFC_EUSAGE, "no command and no page is called '%s'; did you mean '%s'?", name,
                       nearest);
    else
        (void)ifc_fail(err, IFC_EUSAGE, "no command and no page is called '%s'; 'ifcsim help' lists both%s",
                       name, names->n == 0 ? " (and found no pages)" : "");
    free(all);
    return IFC_EUSAGE;
}

/* "scenario-files" or "scenario-files.md"; a page with the name of a command only with its ending. */
static ifc_status help_on(const char *topic, ifc_error *err)
{
    char *folder = ifc_pages_folder(), *name = ifc_copy_text(topic);
    page_names names;
    size_t n = strlen(name), m = strlen(ENDING);
    find_pages(folder, &names);
    if (n > m && strcmp(name + n - m, ENDING) == 0)
        name[n - m] = '\0';
    ifc_status status = is_one(&names, name) ? print_page(folder, name, err) : refuse(&names, topic, err);
    forget_pages(&names);
    free(name);
    free(folder);
    return status;
}

static void list_pages(void)
{
    char *folder = ifc_pages_folder();
    page_names names;
    find_pages(folder, &names);
    if (names.n > 0)
        puts("\nPages (ifcsim help PAGE):");
    for (int i = 0; i < names.n; i++)
        list_page(folder, names.all[i]);
    forget_pages(&names);
    free(folder);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    const char **topic = state->input;
    if (key != ARGP_KEY_ARG)
        return ARGP_ERR_UNKNOWN;
    if (*topic)
        ifc_cli_error(state, "one command or page, not more: '%s' is too many", arg);
    *topic = arg;
    return 0;
}

static int run(int argc, char **argv)
{
    static const struct argp argp = {
        .parser = parse,
        .args_doc = "[COMMAND | PAGE]",
        .doc = "Explain a command, as its --help does, or print a page of the documentation (Markdown). "
               "Without a name, both are listed."};
    const char *topic = NULL;
    ifc_error err = {.status = IFC_OK};
    ifc_cli_parse(&argp, argc, argv, &topic);
    if (topic && is_command(topic)) {
        char *words[] = {(char[]){"ifcsim"}, ifc_copy_text(topic), (char[]){"--help"}, NULL};
        return ifc_cli_main(3, words);
    }
    if (topic && help_on(topic, &err) != IFC_OK)
        return ifc_cli_complain(&err);
    if (!topic) {
        ifc_cli_print_help(stdout);
        list_pages();
    }
    return ifc_stream_check(stdout, "standard output", &err) == IFC_OK ? IFC_OK : ifc_cli_complain(&err);
}

const ifc_command ifc_command_help = {"help", "explain a command, or print a page of the documentation", run};
