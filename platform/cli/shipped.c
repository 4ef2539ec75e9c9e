#include "platform/cli/shipped.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "platform/common/memory.h"
#include "platform/common/printable.h"

bool ifc_is_folder(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static bool is_file(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

char *ifc_path_join(const char *folder, const char *name)
{
    size_t size = strlen(folder) + strlen(name) + 2;
    char *path = ifc_alloc_zero(size, 1);
    snprintf(path, size, "%s/%s", folder, name);
    return path;
}

static void add_folder(ifc_folders *f, const char *path)
{
    if (!ifc_is_folder(path))
        return;
    char *copy = ifc_alloc_zero(strlen(path) + 1, 1);
    f->paths[f->n++] = strcpy(copy, path);
}

/* Relative to the binary, so that an installation can be moved. */
static void add_beside_binary(ifc_folders *f, const char *binary_folder, const char *from_there)
{
    char *path = ifc_path_join(binary_folder, from_there);
    char *real = realpath(path, NULL);
    if (real)
        add_folder(f, real);
    free(real);
    free(path);
}

void ifc_shipped_folders(ifc_folders *out)
{
    const char *said = getenv("IFCSIM_SCENARIOS");
    *out = (ifc_folders){.n = 0};
    if (said) {
        add_folder(out, said);
        return;
    }
    add_folder(out, "scenarios");
    char self[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    if (n <= 0)
        return;
    self[n] = '\0';
    char *slash = strrchr(self, '/');
    if (slash)
        *slash = '\0';
    add_beside_binary(out, self, IFC_INSTALLED_SCENARIOS);
    add_beside_binary(out, self, "../scenarios");
}

void ifc_folders_fini(ifc_folders *folders)
{
    for (size_t i = 0; i < folders->n; i++)
        free(folders->paths[i]);
    folders->n = 0;
}

static bool may_be_name(const char *name)
{
    return name[0] != '\0' && name[0] != '/' && name[0] != '.';
}

static char *find_in(const char *folder, const char *name)
{
    char *exact = ifc_path_join(folder, name);
    if (is_file(exact))
        return exact;
    size_t size = strlen(exact) + sizeof ".cfg";
    char *with_ending = ifc_alloc_zero(size, 1);
    snprintf(with_ending, size, "%s.cfg", exact);
    free(exact);
    if (is_file(with_ending))
        return with_ending;
    free(with_ending);
    return NULL;
}

/* A file of the user's own, here. A folder is none: it hides no scenario. */
static bool is_own(const char *name)
{
    return access(name, F_OK) == 0 && !ifc_is_folder(name);
}

char *ifc_shipped_find(const char *name)
{
    if (!may_be_name(name) || is_own(name))
        return NULL;
    ifc_folders folders;
    char *found = find_in(".", name);
    ifc_shipped_folders(&folders);
    for (size_t i = 0; i < folders.n && !found; i++)
        found = find_in(folders.paths[i], name);
    ifc_folders_fini(&folders);
    return found;
}

void ifc_shipped_explain(FILE *out, const char *name)
{
    if (!may_be_name(name) || is_own(name))
        return;
    ifc_folders folders;
    ifc_shipped_folders(&folders);
    char *shown = ifc_printable_copy(name);
    fprintf(out, "ifcsim: %s: no scenario of this name", shown);
    free(shown);
    for (size_t i = 0; i < folders.n; i++)
        fprintf(out, "%s %s", i > 0 ? " or" : " in", folders.paths[i]);
    fputs(folders.n > 0 ? " either; 'ifcsim list scenarios' shows what there is\n"
                        : " either: no folder of scenarios found\n",
          out);
    ifc_folders_fini(&folders);
}
