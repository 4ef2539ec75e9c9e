/**
 * Where results go: a file is either written whole or left as it was, and every failure to write is noticed.
 */
#ifndef IFC_OUTPUT_H
#define IFC_OUTPUT_H

#include <stdbool.h>
#include <stdio.h>

#include <ifc/status.h>

/** A text being made in memory. Zero-initialise, then ifc_text_begin(). */
typedef struct ifc_text {
    FILE *stream; /* writers print here */
    char *data;   /* valid after ifc_text_end(); owned */
    size_t size;
} ifc_text;

/** ifc_text_begin() - open @t->stream. Return: IFC_EINTERNAL when there is no memory. */
IFC_MUST_CHECK ifc_status ifc_text_begin(ifc_text *t, ifc_error *err);

/** ifc_text_end() - close the stream; @t->data and @t->size are the text. Return: IFC_EINTERNAL: no memory.
 */
IFC_MUST_CHECK ifc_status ifc_text_end(ifc_text *t, ifc_error *err);

/** ifc_text_fini() - release; safe in every state. */
void ifc_text_fini(ifc_text *t);

/**
 * ifc_output_save() - write @size bytes to the file @path (NULL or "-": standard output)
 *
 * A regular file is written under a temporary name beside it and renamed, so that readers see the old text or
 * the new one and a failure leaves no file behind. Devices and pipes are written directly.
 *
 * Return: IFC_EOUTPUT with the file and the reason.
 */
IFC_MUST_CHECK ifc_status ifc_output_save(const char *path, const char *data, size_t size, ifc_error *err);

/** ifc_same_file() - one file, whatever it is called, through links, too, and also when it is not made yet.
 */
bool ifc_same_file(const char *a, const char *b);

/** ifc_is_standard_output() - @path is the regular file that standard output goes to. */
bool ifc_is_standard_output(const char *path);

/** ifc_output_guard() - scenarios are written by hand: no output replaces one.
 * Return: IFC_EUSAGE: @path is there already and is called .cfg, links followed. */
IFC_MUST_CHECK ifc_status ifc_output_guard(const char *path, ifc_error *err);

/** ifc_output_target() - what @path leads to, links followed, also those that lead nowhere yet.
 * Return: owned by the caller; NULL: no memory. */
char *ifc_output_target(const char *path);

/** ifc_folder_of() - the folder that @path lies in; owned by the caller, NULL: no memory. */
char *ifc_folder_of(const char *path);

/** ifc_stream_check() - flush @out. Return: IFC_EOUTPUT ("cannot write @what: reason") if any write failed.
 */
IFC_MUST_CHECK ifc_status ifc_stream_check(FILE *out, const char *what, ifc_error *err);

/** ifc_ends_in() - whether the name @path ends in @ending (".csv"), in small or capital letters. */
bool ifc_ends_in(const char *path, const char *ending);

#endif
