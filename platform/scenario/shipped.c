#include "platform/scenario/shipped.h"

#include <dirent.h>
#include <dlfcn.h>
#include <link.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <unistd.h>

#include "platform/common/memory.h"
#include "platform/common/printable.h"
#include "platform/scenario/param.h"

#define ENDING ".cfg"

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

/* Takes @path. One that is there already, under whatever name, would be searched twice. */
static void add_folder(ifc_folders *f, char *path)
{
    struct stat st, there;
    bool wanted = path && stat(path, &st) == 0 && S_ISDIR(st.st_mode);
    for (size_t i = 0; i < f->n && wanted; i++)
        wanted = stat(f->paths[i], &there) != 0 || there.st_dev != st.st_dev || there.st_ino != st.st_ino;
    if (wanted)
        f->paths[f->n++] = path;
    else
        free(path);
}

/* The folder of the file that this code is in: of the library, or of the program as the kernel knows it, or
 * without /proc as it was started. */
static char *own_folder(void)
{
    static const char code; /* an address in that file */
    Dl_info info;
    struct link_map *map = NULL;
    char *self = NULL;
    if (dladdr1(&code, &info, (void **)&map, RTLD_DL_LINKMAP) && map->l_name[0])
        self = realpath(map->l_name, NULL);
    if (!self)
        self = realpath("/proc/self/exe", NULL);
    if (!self)
        self = realpath((const char *)getauxval(AT_EXECFN), NULL);
    char *slash = self ? strrchr(self, '/') : NULL;
    if (slash)
        *slash = '\0';
    return self;
}

char *ifc_installed_beside(const char *from_there)
{
    char *own = own_folder();
    if (!own)
        return NULL;
    char *path = ifc_path_join(own, from_there);
    char *real = realpath(path, NULL);
    free(path);
    free(own);
    return real;
}

void ifc_shipped_folders(ifc_folders *out)
{
    const char *said = getenv("IFCSIM_SCENARIOS");
    *out = (ifc_folders){.n = 0};
    if (said) {
        add_folder(out, ifc_copy_text(said));
        return;
    }
    add_folder(out, ifc_copy_text("scenarios"));
    add_folder(out, ifc_installed_beside(IFC_INSTALLED_SCENARIOS));
    add_folder(out, ifc_installed_beside(IFC_SCENARIOS_FROM_LIBRARY));
    add_folder(out, ifc_installed_beside("../scenarios"));
}

void ifc_folders_fini(ifc_folders *folders)
{
    for (size_t i = 0; i < folders->n; i++)
        free(folders->paths[i]);
    folders->n = 0;
}

static bool may_be_name(const char *name)
{
    return name[0] != '\0' && name[0] != '/' && name[0] != '.' && strcmp(name, "-") != 0;
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

char *ifc_shipped_part(const char *name)
{
    ifc_folders folders;
    char *found = NULL;
    if (!may_be_name(name))
        return NULL;
    ifc_shipped_folders(&folders);
    for (size_t i = 0; i < folders.n && !found; i++)
        found = find_in(folders.paths[i], name);
    ifc_folders_fini(&folders);
    return found;
}

char *ifc_shipped_find(const char *name)
{
    if (!may_be_name(name) || is_own(name))
        return NULL;
    char *found = find_in(".", name);
    return found ? found : ifc_shipped_part(name);
}

/* The names that were visited, and the one who visits. */
struct walk {
    void (*visit)(void *arg, const char *name, const char *path);
    void *arg;
    char **names; /* owned */
    size_t n, room;
};

static int visible(const struct dirent *e)
{
    return e->d_name[0] != '.';
}

static void visit_file(struct walk *w, const char *path, const char *folder, const char *file)
{
    char *name = NULL;
    int length = (int)(strlen(file) - strlen(ENDING));
    if (asprintf(&name, "%s%s%.*s", folder, folder[0] ? "/" : "", length, file) < 0)
        return;
    for (size_t i = 0; i < w->n; i++)
        if (strcmp(w->names[i], name) == 0) {
            free(name);
            return;
        }
    w->names = ifc_grow(w->names, &w->room, w->n, sizeof *w->names);
    w->names[w->n++] = name;
    w->visit(w->arg, name, path);
}

/* @inside: the folder below the one that is searched; "": that one itself. */
static void walk_folder(struct walk *w, const char *path, const char *inside, bool folders)
{
    struct dirent **entries = NULL;
    int n = scandir(path, &entries, visible, alphasort);
    for (int i = 0; i < n; i++) {
        const char *name = entries[i]->d_name, *dot = strrchr(name, '.');
        char *below = ifc_path_join(path, name);
        if (folders && ifc_is_folder(below))
            walk_folder(w, below, name, false);
        else if (!folders && dot && dot != name && strcmp(dot, ENDING) == 0 && is_file(below))
            visit_file(w, below, inside, name);
        free(below);
        free(entries[i]);
    }
    free(entries);
}

void ifc_shipped_walk(void (*visit)(void *arg, const char *name, const char *path), void *arg)
{
    struct walk w = {.visit = visit, .arg = arg};
    ifc_folders folders;
    ifc_shipped_folders(&folders);
    for (size_t i = 0; i < folders.n; i++) {
        walk_folder(&w, folders.paths[i], "", false);
        walk_folder(&w, folders.paths[i], "", true);
    }
    ifc_folders_fini(&folders);
    for (size_t i = 0; i < w.n; i++)
        free(w.names[i]);
    free(w.names);
}

struct nearest {
    const char *wanted;
    char *out;
    size_t size;
    unsigned least;
};

/* The folder may have been left out: "npu" is near to "parts/npu". */
static void consider(void *arg, const char *name, const char *path)
{
    struct nearest *n = arg;
    (void)path;
    const char *slash = strrchr(name, '/');
    unsigned whole = ifc_text_distance(n->wanted, name);
    unsigned last = slash ? ifc_text_distance(n->wanted, slash + 1) : whole;
    unsigned distance = last < whole ? last : whole;
    if (distance >= n->least)
        return;
    n->least = distance;
    snprintf(n->out, n->size, "%s", name);
}

void ifc_shipped_nearest(const char *name, char *out, size_t size)
{
    char wanted[256];
    snprintf(wanted, sizeof wanted, "%s", name);
    char *dot = strrchr(wanted, '.');
    if (dot && strcmp(dot, ENDING) == 0)
        *dot = '\0';
    size_t allowed = strlen(wanted) / 3 > 2 ? strlen(wanted) / 3 : 2; /* wrong letters, as for commands */
    struct nearest n = {wanted, out, size, (unsigned)allowed + 1};
    out[0] = '\0';
    ifc_shipped_walk(consider, &n);
}

void ifc_shipped_explain(FILE *out, const char *name)
{
    if (!may_be_name(name) || is_own(name))
        return;
    ifc_folders folders;
    ifc_shipped_folders(&folders);
    char *shown = ifc_printable_copy(name), nearest[256];
    ifc_shipped_nearest(name, nearest, sizeof nearest);
    fprintf(out, "ifcsim: %s: no scenario of this name", shown);
    free(shown);
    for (size_t i = 0; i < folders.n; i++)
        fprintf(out, "%s %s", i > 0 ? " or" : " in", folders.paths[i]);
    if (folders.n == 0)
        fputs(" either: no folder of scenarios found\n", out);
    else if (nearest[0])
        fprintf(out, " either; did you mean '%s'?\n", nearest);
    else
        fputs(" either; 'ifcsim list scenarios' shows what there is\n", out);
    ifc_folders_fini(&folders);
}
