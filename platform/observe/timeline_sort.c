#include "platform/observe/timeline_sort.h"
#include "platform/common/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "platform/observe/timeline_internal.h"

#define MIN_RUN_BUFFER 64 /* records */

/* A sorted stretch of the temporary file, and its share of the chunk as read buffer. */
typedef struct run {
    uint64_t at, end; /* records of the file not yet read */
    ifc__sort_record *buffer;
    size_t used, filled;
} run;

struct ifc__sorter {
    ifc__sort_record *chunk; /* owned */
    size_t room, used;
    uint64_t sequence, spilled;
    char *near_file; /* owned */
    int fd, error;
    run *runs; /* owned; while merging a heap, the earliest record first */
    size_t n_runs, runs_room, share;
    bool merging;
};

ifc__sorter *ifc__sorter_new(const char *near_file, size_t chunk_records)
{
    ifc__sorter *s = ifc_alloc_zero(1, sizeof *s);
    s->room = chunk_records < 2 ? 2 : chunk_records;
    s->chunk = ifc_alloc_zero(s->room, sizeof *s->chunk);
    s->near_file = strdup(near_file);
    IFC_BUG_ON(!s->near_file, "out of memory for a timeline");
    s->fd = -1;
    return s;
}

void ifc__sorter_free(ifc__sorter *s)
{
    if (s->fd >= 0)
        close(s->fd);
    free(s->near_file);
    free(s->runs);
    free(s->chunk);
    free(s);
}

int ifc__sorter_error(const ifc__sorter *s)
{
    return s->error;
}

static int in_order(const void *left, const void *right)
{
    const ifc__sort_record *a = left, *b = right;
    if (a->time != b->time)
        return a->time < b->time ? -1 : 1;
    if (a->track != b->track)
        return a->track < b->track ? -1 : 1;
    return a->sequence < b->sequence ? -1 : a->sequence > b->sequence;
}

/* The folder of the output has room for the output; where it is none (a device), the usual place. */
static int open_temporary(const char *near_file)
{
    char path[4096];
    struct stat to;
    int n = 0, fd = -1;
    if (stat(near_file, &to) == 0 && S_ISREG(to.st_mode))
        n = snprintf(path, sizeof path, "%s.XXXXXX", near_file);
    if (n > 0 && (size_t)n < sizeof path)
        fd = mkostemp(path, O_CLOEXEC);
    if (fd < 0) {
        const char *folder = getenv("TMPDIR");
        n = snprintf(path, sizeof path, "%s/ifcsim.XXXXXX", folder && *folder ? folder : "/tmp");
        fd = n > 0 && (size_t)n < sizeof path ? mkostemp(path, O_CLOEXEC) : -1;
    }
    if (fd >= 0)
        unlink(path);
    return fd;
}

static bool write_records(ifc__sorter *s)
{
    const char *from = (const char *)s->chunk;
    size_t left = s->used * sizeof *s->chunk;
    while (left > 0) {
        ssize_t n = write(s->fd, from, left);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0) {
            s->error = n < 0 ? errno : EIO;
            return false;
        }
        from += n;
        left -= (size_t)n;
    }
    return true;
}

static void spill(ifc__sorter *s)
{
    qsort(s->chunk, s->used, sizeof *s->chunk, in_order);
    if (s->fd < 0 && !s->error && (s->fd = open_temporary(s->near_file)) < 0)
        s->error = errno;
    if (!s->error && write_records(s)) {
        if (s->n_runs == s->runs_room) {
            s->runs_room = s->runs_room ? s->runs_room * 2 : 16;
            s->runs = ifc_resize(s->runs, s->runs_room, sizeof *s->runs);
        }
        s->runs[s->n_runs++] = (run){.at = s->spilled, .end = s->spilled + s->used};
        s->spilled += s->used;
    }
    s->used = 0;
}

void ifc__sorter_add(ifc__sorter *s, ifc_time time, uint32_t track, uint32_t kind, int64_t value)
{
    if (s->used == s->room)
        spill(s);
    s->chunk[s->used++] = (ifc__sort_record){time, s->sequence++, value, track, kind};
}

static void refill(ifc__sorter *s, run *r)
{
    size_t want = s->share;
    if (want > r->end - r->at)
        want = (size_t)(r->end - r->at);
    size_t bytes = want * sizeof *r->buffer, done = 0;
    while (done < bytes) {
        ssize_t n =
            pread(s->fd, (char *)r->buffer + done, bytes - done, (off_t)(r->at * sizeof *r->buffer + done));
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0) {
            s->error = n < 0 ? errno : EIO;
            want = 0;
            break;
        }
        done += (size_t)n;
    }
    r->at += want;
    r->used = 0;
    r->filled = want;
}

static bool earlier(const run *a, const run *b)
{
    return in_order(&a->buffer[a->used], &b->buffer[b->used]) < 0;
}

static void sift_down(ifc__sorter *s, size_t at)
{
    for (;;) {
        size_t child = 2 * at + 1;
        if (child >= s->n_runs)
            return;
        if (child + 1 < s->n_runs && earlier(&s->runs[child + 1], &s->runs[child]))
            child++;
        if (!earlier(&s->runs[child], &s->runs[at]))
            return;
        run swap = s->runs[at];
        s->runs[at] = s->runs[child];
        s->runs[child] = swap;
        at = child;
    }
}

/* From here on the chunk is dealt out as read buffers; without a spill it is itself the one run. */
static void start_merge(ifc__sorter *s)
{
    s->merging = true;
    if (s->n_runs == 0 && !s->error) {
        qsort(s->chunk, s->used, sizeof *s->chunk, in_order);
        s->runs = ifc_alloc_zero(1, sizeof *s->runs);
        s->runs[0] = (run){.buffer = s->chunk, .filled = s->used};
        s->n_runs = s->used > 0;
        return;
    }
    if (s->used > 0)
        spill(s);
    if (s->error)
        return;
    s->share = s->room / s->n_runs;
    if (s->share < MIN_RUN_BUFFER) {
        s->share = MIN_RUN_BUFFER;
        s->chunk = ifc_resize(s->chunk, s->n_runs * s->share, sizeof *s->chunk);
    }
    for (size_t i = 0; i < s->n_runs; i++) {
        s->runs[i].buffer = s->chunk + i * s->share;
        refill(s, &s->runs[i]);
    }
    for (size_t i = s->n_runs / 2; i-- > 0 && !s->error;)
        sift_down(s, i);
}

bool ifc__sorter_next(ifc__sorter *s, ifc__sort_record *record)
{
    if (!s->merging)
        start_merge(s);
    if (s->error || s->n_runs == 0)
        return false;
    run *first = &s->runs[0];
    *record = first->buffer[first->used++];
    if (first->used == first->filled && first->at < first->end)
        refill(s, first);
    if (s->error)
        return true; /* this record is good; the next call ends */
    if (first->used == first->filled)
        *first = s->runs[--s->n_runs];
    sift_down(s, 0);
    return true;
}
