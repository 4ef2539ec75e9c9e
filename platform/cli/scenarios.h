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
 * @load_plugins: false: no code of a plug-in runs, see ifc_choices_settle()
 * Return: IFC_OK, or the status of the first problem; @out is empty then.
 */
IFC_MUST_CHECK ifc_status ifc_loaded_read(ifc_loaded *out, const char *file, const ifc_words *sets,
                                          bool load_plugins);

/** ifc_loaded_tell_unchecked() - say on standard error which plug-ins were not loaded. Return: how many. */
unsigned ifc_loaded_tell_unchecked(const ifc_loaded *l);

/**
 * ifc_loaded_protect() - that writing @output destroys nothing that the scenario was read from: its file, all
 * that it extends, its plug-ins
 * @option: names the output in the message
 * Return: IFC_EUSAGE; also when @output is standard output under another name.
 */
IFC_MUST_CHECK ifc_status ifc_loaded_protect(const ifc_loaded *l, const char *option, const char *output,
                                             ifc_error *err);

/** ifc_loaded_fini() - release; safe when empty. */
void ifc_loaded_fini(ifc_loaded *l);

#endif
