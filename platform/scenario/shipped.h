/**
 * Where the scenarios are that come with the simulator, and finding one by name.
 */
#ifndef IFC_SHIPPED_H
#define IFC_SHIPPED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/** Folders, in the order in which they are searched. Release with ifc_folders_fini(). */
typedef struct ifc_folders {
    char *paths[4]; /* owned */
    size_t n;
} ifc_folders;

/**
 * ifc_shipped_folders() - the folders of scenarios that exist
 * Only the one that IFCSIM_SCENARIOS names if it is set; else ./scenarios, the installed ones, and the ones
 * next to a build folder.
 */
void ifc_shipped_folders(ifc_folders *out);
void ifc_folders_fini(ifc_folders *folders);

/**
 * ifc_shipped_find() - the scenario called @name ("quickstart", "full/base-1-llama2-7b.cfg"): NAME.cfg in the
 * current folder, or a shipped one
 * Return: its path, owned by the caller; NULL when there is none, or when @name is a file of its own or
 * cannot be a name (it is absolute, or begins with a dot).
 */
char *ifc_shipped_find(const char *name);

/** ifc_shipped_part() - what @name of "extends" is in the folders of scenarios; as ifc_shipped_find(), but it
 * does not look into the current folder. */
char *ifc_shipped_part(const char *name);

/**
 * ifc_shipped_walk() - every scenario and part there is, each name once: the first folder's before the next
 * one's, its own files before those of the folders in it
 * @visit: gets what one types, without .cfg ("full/base-1-llama2-7b", "parts/npu"), and the path; borrowed
 */
void ifc_shipped_walk(void (*visit)(void *arg, const char *name, const char *path), void *arg);

/** ifc_shipped_nearest() - the name most like @name into @out; "" when none is near. */
void ifc_shipped_nearest(const char *name, char *out, size_t size);

/** ifc_shipped_explain() - for a message: in which folders @name was looked for, and what is near; nothing
 * for a path. */
void ifc_shipped_explain(FILE *out, const char *name);

/** ifc_installed_beside() - the folder that lies @from_there of the folder of this program, or of the library
 * it uses; owned; NULL: none.
 */
char *ifc_installed_beside(const char *from_there);

/** ifc_path_join() - "FOLDER/NAME", owned by the caller; ends the process when there is no memory. */
char *ifc_path_join(const char *folder, const char *name);

bool ifc_is_folder(const char *path);

#endif
