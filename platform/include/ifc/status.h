/**
 * Outcomes: what a user did wrong (status + error object) against what we did wrong (ifc_bug).
 */
#ifndef IFC_STATUS_H
#define IFC_STATUS_H

#include <stdarg.h>
#include <stddef.h>

/* One list of outcomes: code, process exit status, what it means. */
#define IFC_STATUS_MAP(X)                                                                                    \
    X(IFC_OK, 0, "done")                                                                                     \
    X(IFC_ENOFIT, 3, "the workload does not fit into the machine's memory (a result)")                       \
    X(IFC_EUSAGE, 64, "wrong use of the command line")                                                       \
    X(IFC_EDATA, 65, "bad scenario or data")                                                                 \
    X(IFC_ENOINPUT, 66, "cannot open an input")                                                              \
    X(IFC_EINTERNAL, 70, "an internal check failed")                                                         \
    X(IFC_EMACHINE, 71, "this computer has not the memory that a run takes")                                 \
    X(IFC_EOUTPUT, 74, "cannot write an output")                                                             \
    X(IFC_EINTERRUPTED, 130, "interrupted")

typedef enum ifc_status {
#define X(code, exit_code, text) code = exit_code,
    IFC_STATUS_MAP(X)
#undef X
} ifc_status;

#define IFC_MUST_CHECK   __attribute__((warn_unused_result))
#define IFC_PRINTF(f, a) __attribute__((format(printf, f, a)))

/** A message complete enough to print. Left untouched on success; the first error wins. */
typedef struct ifc_error {
    ifc_status status;
    char text[1024];
} ifc_error;

/** ifc_fail() - fill @err (may be NULL; kept if it already holds an error), control characters as \xNN.
 * Return: @status. */
ifc_status ifc_fail(ifc_error *err, ifc_status status, const char *format, ...) IFC_PRINTF(3, 4);

/** ifc_status_text() - the meaning of a status; static storage. */
const char *ifc_status_text(ifc_status status);

/**
 * ifc_bug() - an internal check failed: print the message with simulated time and the running component,
 * flush what was recorded, and end the process with status 70. Never compiled out; does not return.
 */
void ifc_bug(const char *file, int line, const char *format, ...) IFC_PRINTF(3, 4) __attribute__((noreturn));

#define IFC_BUG_ON(condition, ...)                                                                           \
    do {                                                                                                     \
        if (__builtin_expect(!!(condition), 0))                                                              \
            ifc_bug(__FILE__, __LINE__, __VA_ARGS__);                                                        \
    } while (0)

#endif
