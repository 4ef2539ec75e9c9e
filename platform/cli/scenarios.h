/**
 * The scenarios named on a command line, loaded and checked.
 */
#ifndef IFC_CLI_SCENARIOS_H
#define IFC_CLI_SCENARIOS_H

#include "platform/scenario/load.h"

/** File names and --set values as the options come in. Zero-initialise; release with ifc_words_fini(). */
typedef struct ifc_words {
    const char **all; /* owned array of borrowed texts */
    size_t n, room;
} ifc_words;

/** ifc_words_add() - append; ends the process when there is no memory. */
void ifc_words_add(ifc_words *words, const char *text);
void ifc_words_fini(ifc_words *words);

/** One of them. */
typedef struct ifc_loaded {
    ifc_scenario *scenario; /* owned */
    ifc_origins *origins;   /* owned */
} ifc_loaded;

/**
 * ifc_loaded_read() - load @file with @sets; everything that is wrong goes to standard error
 * @file: a path, or the name of a shipped scenario as ifc_shipped_find() takes it
 * Return: IFC_OK, or the status of the first problem; @out is empty then.
 */
IFC_MUST_CHECK ifc_status ifc_loaded_read(ifc_loaded *out, const char *file, const ifc_words *sets);

/** ifc_loaded_fini() - release; safe when empty. */
void ifc_loaded_fini(ifc_loaded *l);

#endif
