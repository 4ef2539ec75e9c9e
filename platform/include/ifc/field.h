/**
 * What a policy declares of its state: the parameters a scenario may set, and the statistics a result shows.
 *
 * A row names a member of the policy's state. The core stores parameters there before init(), and the policy
 * leaves them as they are; it reads statistics from there when the run has ended.
 */
#ifndef IFC_FIELD_H
#define IFC_FIELD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <ifc/time.h>

/** How a member is stored. */
typedef enum ifc_field_type {
    IFC_FIELD_BOOL,   /* bool */
    IFC_FIELD_CHOICE, /* int, index into names */
    IFC_FIELD_U32,    /* uint32_t */
    IFC_FIELD_U64,    /* uint64_t */
    IFC_FIELD_TIME,   /* ifc_time: picoseconds; written with a unit, "4 us" */
    IFC_FIELD_REAL,   /* double, in the base of its unit */
    IFC_FIELD_TEXT,   /* char[]: at most one less than its size */
    IFC_FIELD_TYPES
} ifc_field_type;

/**
 * A parameter. Its unit is one of: "flag" (bool), "name" (choice), "ps" (time), "count", "bytes" (u64),
 * "ratio", "B/s", "J", "W", "Hz" (real), "text" (text). The default is written as a user would write it ("4
 * us", "0.9"); it must lie in min .. max (inclusive, in base units; not looked at for flags, names and
 * texts).
 */
typedef struct ifc_parameter {
    const char *name; /* lower case letters, digits, '_'; not "name" or "plugin" */
    ifc_field_type type;
    const char *unit;
    size_t offset, size;
    const char *default_text;
    double min, max;
    const char *const *names; /* of a choice, NULL at the end */
    const char *help;         /* one line */
} ifc_parameter;

/** A statistic. Its unit is text for the reader: "count", "ps", "bytes", "J", "ratio". */
typedef struct ifc_statistic {
    const char *name;
    ifc_field_type type; /* U32, U64, TIME or REAL */
    const char *unit;
    size_t offset, size;
    const char *help;
} ifc_statistic;

/** The type of a member, checked by the compiler: another type does not compile. */
#ifdef __cplusplus
template <typename member> struct ifc_field_of;
template <> struct ifc_field_of<bool> {
    static const ifc_field_type type = IFC_FIELD_BOOL;
};
template <> struct ifc_field_of<int> {
    static const ifc_field_type type = IFC_FIELD_CHOICE;
};
template <> struct ifc_field_of<uint32_t> {
    static const ifc_field_type type = IFC_FIELD_U32;
};
template <> struct ifc_field_of<uint64_t> {
    static const ifc_field_type type = IFC_FIELD_U64;
};
template <> struct ifc_field_of<ifc_time> {
    static const ifc_field_type type = IFC_FIELD_TIME;
};
template <> struct ifc_field_of<double> {
    static const ifc_field_type type = IFC_FIELD_REAL;
};
template <size_t n> struct ifc_field_of<char[n]> {
    static const ifc_field_type type = IFC_FIELD_TEXT;
};
#define IFC_FIELD_TYPE(state, member) (ifc_field_of<decltype(state::member)>::type)
#else
#define IFC_FIELD_TYPE(state, member)                                                                        \
    _Generic(((state *)0)->member, bool                                                                      \
             : IFC_FIELD_BOOL, int                                                                           \
             : IFC_FIELD_CHOICE, uint32_t                                                                    \
             : IFC_FIELD_U32, uint64_t                                                                       \
             : IFC_FIELD_U64, ifc_time                                                                       \
             : IFC_FIELD_TIME, double                                                                        \
             : IFC_FIELD_REAL, char *                                                                        \
             : IFC_FIELD_TEXT)
#endif

/** The part of a row that binds it to a member of the state. */
#define IFC_MEMBER(state, member)                                                                            \
    .type = IFC_FIELD_TYPE(state, member), .offset = offsetof(state, member),                                \
    .size = sizeof(((state *)0)->member)

#endif
