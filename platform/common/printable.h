/**
 * Text that may hold anything (names of files, texts of scenarios), made fit for a terminal.
 */
#ifndef IFC_PRINTABLE_H
#define IFC_PRINTABLE_H

#include <stdbool.h>
#include <stddef.h>

/** ifc_is_utf8() - whether all of @text is. */
bool ifc_is_utf8(const char *text);

/** ifc_has_control() - whether @text holds a control character of ASCII or Latin-1 (U+0080 to U+009F). */
bool ifc_has_control(const char *text);

/**
 * ifc_printable() - @text with every byte of a control character, and every byte that is not UTF-8, as \xNN
 * @out: @size bytes, cut at a whole character when it is too small
 * Return: @out.
 */
char *ifc_printable(char *out, size_t size, const char *text);

/** ifc_printable_copy() - the same, owned by the caller; ends the process when there is no memory. */
char *ifc_printable_copy(const char *text);

#endif
