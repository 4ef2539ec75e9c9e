#include "workloads/requests/block_trace.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "platform/common/memory.h"
#include "workloads/requests/trace.h"

enum { COLUMNS = 5 };

#define SECTOR_MAX (UINT64_C(1) << 53)

struct ifc_block_trace {
    ifc__lines lines;
    ifc_time latest; /* arrival of the row before */
};

ifc_status ifc_block_trace_open(const char *file, ifc_block_trace **out, ifc_error *err)
{
    bool standard = strcmp(file, "-") == 0;
    ifc_block_trace *t = ifc_alloc_zero(1, sizeof *t);
    t->lines.name = standard ? "standard input" : file;
    t->lines.file = standard ? gzdopen(dup(STDIN_FILENO), "r") : gzopen(file, "re");
    if (!t->lines.file) {
        free(t);
        return ifc_fail(err, IFC_ENOINPUT, "cannot open %s: %s", file, strerror(errno));
    }
    *out = t;
    return IFC_OK;
}

void ifc_block_trace_close(ifc_block_trace *t)
{
    if (!t)
        return;
    gzclose_r(t->lines.file);
    free(t->lines.text);
    free(t);
}

/* The numbers of a line. Return: how many columns it has; 0: one is no whole number, @at. */
static int read_columns(char *text, uint64_t numbers[COLUMNS], const char **at)
{
    static const char blanks[] = " \t";
    char *rest;
    int n = 0;
    for (char *word = strtok_r(text, blanks, &rest); word; word = strtok_r(NULL, blanks, &rest), n++) {
        char *end = word;
        errno = 0;
        uint64_t number = strtoull(word, &end, 10);
        *at = word;
        if (n < COLUMNS && (*end || errno || strspn(word, "0123456789") != strlen(word)))
            return 0;
        if (n < COLUMNS)
            numbers[n] = number;
    }
    return n;
}

static ifc_status check(const ifc_block_trace *t, const uint64_t numbers[COLUMNS], ifc_error *err)
{
    typedef unsigned long long ull;
    if (numbers[0] > IFC_TIME_HORIZON / IFC_NS)
        return ifc__line_fails(&t->lines, err, "arrives at %llu ns (allowed: up to %lld)", (ull)numbers[0],
                               (long long)(IFC_TIME_HORIZON / IFC_NS));
    if ((ifc_time)numbers[0] * IFC_NS < t->latest)
        return ifc__line_fails(&t->lines, err,
                               "arrives at %llu ns, before the row above it at %lld (allowed: rows "
                               "in order of arrival)",
                               (ull)numbers[0], (long long)(t->latest / IFC_NS));
    if (numbers[2] > SECTOR_MAX)
        return ifc__line_fails(&t->lines, err, "first sector %llu (allowed: up to %llu)", (ull)numbers[2],
                               (ull)SECTOR_MAX);
    if (numbers[3] == 0 || numbers[3] > IFC_TRACE_SECTORS_MAX)
        return ifc__line_fails(&t->lines, err, "%llu sectors (allowed: 1 .. %d)", (ull)numbers[3],
                               IFC_TRACE_SECTORS_MAX);
    if (numbers[4] > 1)
        return ifc__line_fails(&t->lines, err, "type %llu (allowed: 0, a write; 1, a read)", (ull)numbers[4]);
    return IFC_OK;
}

ifc_status ifc_block_trace_next(ifc_block_trace *t, ifc_block_request *row, bool *more, ifc_error *err)
{
    uint64_t numbers[COLUMNS] = {0};
    const char *at = "";
    ifc_status status = ifc__lines_next(&t->lines, more, err);
    if (status != IFC_OK || !*more)
        return status;
    int n = read_columns(t->lines.text, numbers, &at);
    if (n == 0 && *at)
        return ifc__line_fails(&t->lines, err, "'%.40s' is no whole number from 0 on", at);
    if (n != COLUMNS)
        return ifc__line_fails(
            &t->lines, err,
            "%d columns (allowed: 5: arrival in ns, device, first sector, sectors, 0 for a write "
            "or 1 for a read)",
            n);
    status = check(t, numbers, err);
    if (status != IFC_OK)
        return status;
    t->latest = (ifc_time)numbers[0] * IFC_NS;
    *row = (ifc_block_request){
        .arrival = t->latest, .first = numbers[2], .sectors = numbers[3], .reads = numbers[4] == 1};
    return IFC_OK;
}
