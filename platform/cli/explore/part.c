#include "platform/cli/explore/part.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "platform/observe/output.h"
#include "platform/scenario/shipped.h"

bool ifc_is_part(const char *path)
{
    return strcmp(path, "part") == 0 || strncmp(path, "part.", 5) == 0;
}

/* What @pattern matches in @folder ("": as it is). Return: how many. */
static size_t find_in(const char *folder, const char *pattern, ifc_texts *names, ifc_texts *files)
{
    char *whole = NULL;
    glob_t found;
    size_t n = 0, skip = strlen(folder);
    if (asprintf(&whole, "%s%s", folder, pattern) < 0)
        return 0;
    if (glob(whole, 0, NULL, &found) == 0) {
        for (; n < found.gl_pathc; n++) {
            const char *file = found.gl_pathv[n];
            ifc_texts_add(names, file + skip, strlen(file + skip));
            ifc_texts_add(files, file, strlen(file));
        }
        globfree(&found);
    }
    free(whole);
    return n;
}

static size_t find_shipped(const char *pattern, ifc_texts *names, ifc_texts *files)
{
    ifc_folders folders;
    size_t n = 0;
    ifc_shipped_folders(&folders);
    for (size_t i = 0; i < folders.n && n == 0; i++) {
        char *folder = ifc_path_join(folders.paths[i], "");
        n = find_in(folder, pattern, names, files);
        free(folder);
    }
    ifc_folders_fini(&folders);
    return n;
}

static ifc_status find_one(const char *pattern, const char *scenario, ifc_texts *names, ifc_texts *files,
                           ifc_error *err)
{
    if (find_in("", pattern, names, files) > 0)
        return IFC_OK;
    char *folder = ifc_folder_of(scenario);
    size_t n = 0;
    if (folder && pattern[0] != '/' && strcmp(folder, ".") != 0)
        n = find_in(folder, pattern, names, files);
    free(folder);
    if (n == 0 && pattern[0] != '/')
        n = find_shipped(pattern, names, files);
    return n > 0 ? IFC_OK : ifc_fail(err, IFC_ENOINPUT, "part %s: there is no such file", pattern);
}

ifc_status ifc_part_find(const char *text, const char *scenario, ifc_texts *names, ifc_texts *files,
                         ifc_error *err)
{
    ifc_status status = IFC_OK;
    for (const char *p = text; status == IFC_OK;) {
        size_t blank = strspn(p, " \t"), n = strcspn(p, ",");
        size_t end = n;
        while (end > blank && (p[end - 1] == ' ' || p[end - 1] == '\t'))
            end--;
        char *pattern = strndup(p + blank, end > blank ? end - blank : 0);
        status = pattern ? find_one(pattern, scenario, names, files, err)
                         : ifc_fail(err, IFC_EINTERNAL, "out of memory");
        free(pattern);
        if (p[n] == '\0')
            break;
        p += n + 1;
    }
    for (size_t i = 0; i < names->n && status == IFC_OK; i++)
        for (size_t k = 0; k < i; k++)
            if (ifc_same_file(files->all[i], files->all[k]))
                return ifc_fail(err, IFC_EUSAGE, "part %s is there twice%s%s", names->all[k],
                                strcmp(names->all[i], names->all[k]) ? ", also as " : "",
                                strcmp(names->all[i], names->all[k]) ? names->all[i] : "");
    return status;
}
