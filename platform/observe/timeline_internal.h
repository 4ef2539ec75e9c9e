/**
 * What the timeline writers share: the recorder behind ifc_timeline, the table of one format's operations,
 * buffered output, and a pool of strings. Only platform/observe/timeline*.c include this.
 */
#ifndef IFC_TIMELINE_INTERNAL_H
#define IFC_TIMELINE_INTERNAL_H

#include <stdio.h>
#include <zlib.h>

#include "platform/observe/timeline.h"

/* ---- buffered output: whole records only ---- */

typedef struct ifc__out {
    char *path; /* owned */
    int fd;     /* -1 when gz is used */
    gzFile gz;
    unsigned char *buffer; /* owned */
    size_t used;
    uint64_t written; /* bytes that reached the file, all of them whole records */
    int error;        /* errno of the first failure; 0: none; later records are dropped */
} ifc__out;

/** ifc__out_open() - make @path (truncated). Return: IFC_OK; IFC_EOUTPUT. */
IFC_MUST_CHECK ifc_status ifc__out_open(ifc__out *o, const char *path, bool gzip, ifc_error *err);

/** ifc__out_room() - @bytes of room in a row, at most IFC__OUT_RECORD; the caller then adds to @o->used. */
unsigned char *ifc__out_room(ifc__out *o, size_t bytes);
#define IFC__OUT_RECORD ((size_t)128 * 1024)

/** ifc__out_printf() - one record as text. */
void ifc__out_printf(ifc__out *o, const char *format, ...) IFC_PRINTF(2, 3);

/** ifc__out_close() - flush and release. Return: IFC_EOUTPUT when anything of the file could not be written.
 */
IFC_MUST_CHECK ifc_status ifc__out_close(ifc__out *o, ifc_error *err);

/** ifc__out_bytes() - bytes of the file so far, about: what is being compressed is not there yet. */
uint64_t ifc__out_bytes(const ifc__out *o);

/** ifc__put_int() - @value in decimal at @at (room for 20 characters). Return: behind the last character. */
unsigned char *ifc__put_int(unsigned char *at, int64_t value);

/* ---- a pool of strings: equal text, equal id ---- */

typedef struct ifc__strings {
    char **text; /* owned; by id */
    uint32_t count, room;
    uint32_t *slots; /* owned; id + 1, 0: empty */
    uint32_t n_slots;
} ifc__strings;

/** ifc__intern() - the id of a copy of @text; ids count from 0 in order of first use. */
uint32_t ifc__intern(ifc__strings *pool, const char *text);
/** ifc__intern_text() - the pool's copy of @text; lives as long as the pool. */
const char *ifc__intern_text(ifc__strings *pool, const char *text);
void ifc__strings_fini(ifc__strings *pool);

/* ---- the recorder ---- */

typedef struct ifc__track {
    char *name; /* owned */
    char *unit; /* owned; NULL: a track of slices */
    uint32_t parent;
    ifc_time last;  /* end of its last slice */
    int64_t before; /* counter: value when the window opens */
    bool has_before;
} ifc__track;

typedef struct ifc__slice {
    uint32_t track;
    const char *name;
    ifc_time begin, end;
    const ifc_slice_args *args; /* never NULL */
    uint64_t flow_in, flow_out;
} ifc__slice;

/**
 * One format. All ops are mandatory; state hangs on ifc_timeline.state.
 * open:    make the file and the state. On failure nothing is left behind.
 * track:   a track was declared; its number is @id, @t->tracks[id] describes it.
 * slice, counter: one event, inside the window and under the cap.
 * mark:    a remark on the recording itself (@text), at a time.
 * close:   write what is left, release file and state (also when writing failed).
 */
typedef struct ifc__timeline_format {
    const char *ending;
    ifc_status (*open)(ifc_timeline *t, ifc_error *err);
    void (*track)(ifc_timeline *t, uint32_t id);
    void (*slice)(ifc_timeline *t, const ifc__slice *slice);
    void (*counter)(ifc_timeline *t, uint32_t track, ifc_time time, int64_t value);
    void (*mark)(ifc_timeline *t, ifc_time time, const char *text);
    ifc_status (*close)(ifc_timeline *t, ifc_error *err);
} ifc__timeline_format;

extern const ifc__timeline_format ifc__timeline_pftrace, ifc__timeline_pftrace_gz, ifc__timeline_vcd,
    ifc__timeline_csv;

struct ifc_timeline {
    const ifc__timeline_format *format;
    void *state;         /* owned by the format */
    const ifc__out *out; /* of the format: its file */
    ifc_timeline_options options;
    char *file;         /* owned; options.file points here */
    ifc__track *tracks; /* owned; [0] is not used */
    uint32_t n_tracks;  /* highest id in use */
    uint32_t room;
    uint64_t events, dropped;
    ifc_time last;         /* of all that was reported */
    char end_remarks[256]; /* "; WHY" each; empty: a whole run */
};

/** The last mark of every recording; "; WHY" behind it says why it is not all of a run. */
#define IFC__TIMELINE_END "end of recording"

/** ifc__timeline_mark() - a remark on the recording, kept whatever window and cap say. */
void ifc__timeline_mark(ifc_timeline *t, ifc_time time, const char *text);

/* ---- readers ---- */

#define IFC__READ_LIMIT (1 << 20) /* bytes of the longest line or packet taken from a file */
#define IFC__READ_NAME  4096      /* bytes of the longest name */

/** What a reader needs: where it reads, where events go, and how it complains. */
typedef struct ifc__reader {
    const char *path;
    gzFile in; /* reads plain files too */
    ifc_timeline *out;
    ifc__strings names;
    ifc__strings declared; /* "parent/name" of every track, each once */
    uint64_t line;         /* of a text format; 0: none */
    bool ended;            /* the last mark was read */
    ifc_error *err;
} ifc__reader;

ifc_status ifc__read_pftrace(ifc__reader *r);
ifc_status ifc__read_csv(ifc__reader *r);
ifc_status ifc__read_vcd(ifc__reader *r);

/** ifc__read_track() - declare a track (@unit NULL) or a counter track; its id is one more than the last. */
IFC_MUST_CHECK ifc_status ifc__read_track(ifc__reader *r, uint32_t parent, const char *name,
                                          const char *unit);
/** ifc__read_slice() - hand one slice on after checking what a file cannot be trusted with. */
IFC_MUST_CHECK ifc_status ifc__read_slice(ifc__reader *r, const ifc__slice *slice);
/** ifc__read_counter() - the same for a counter's value. */
IFC_MUST_CHECK ifc_status ifc__read_counter(ifc__reader *r, uint32_t track, ifc_time time, int64_t value);
/** ifc__read_mark() - hand a mark on; the last one is kept for the end of the output. */
IFC_MUST_CHECK ifc_status ifc__read_mark(ifc__reader *r, ifc_time time, const char *text);
/** ifc__read_fail() - IFC_EDATA with file and line in front. */
ifc_status ifc__read_fail(ifc__reader *r, const char *format, ...) IFC_PRINTF(2, 3);
/** ifc__read_line() - the next line without its end, in a buffer owned by the reader's caller.
 * Return: 1; 0 at the end; -1 after a failure (told). */
int ifc__read_line(ifc__reader *r, char **line, size_t *room);

#endif
