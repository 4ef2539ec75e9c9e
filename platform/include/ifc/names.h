/**
 * Names of enumerations that are declared as a list of rows X(identifier, name, ...).
 */
#ifndef IFC_NAMES_H
#define IFC_NAMES_H

#include <stddef.h>

#define IFC_NAME_OF_ROW(id, name) name,

/** Defines a function that gives the name of a value, as users see it; static storage. Inline: a plug-in has
 * it. */
#define IFC_NAMES(function, type, MAP)                                                                       \
    static inline const char *function(type value)                                                           \
    {                                                                                                        \
        static const char *const names[] = {MAP(IFC_NAME_OF_ROW)};                                           \
        return (size_t)value < sizeof names / sizeof *names ? names[value] : "unknown";                      \
    }

#endif
