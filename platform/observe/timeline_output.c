#include "platform/common/memory.h"
#include "platform/observe/timeline_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define BUFFER_BYTES ((size_t)1024 * 1024)

/* Emptied only when nobody else writes it: two recordings in one file would be none. */
static int open_alone(const char *path)
{
    struct stat st;
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
    if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
        return fd;
    bool taken = flock(fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    if (!taken && ftruncate(fd, 0) == 0)
        return fd;
    int why = errno;
    close(fd);
    errno = why;
    return -1;
}

ifc_status ifc__out_open(ifc__out *o, const char *path, bool gzip, ifc_error *err)
{
    memset(o, 0, sizeof *o);
    o->fd = open_alone(path);
    if (o->fd < 0)
        return ifc_fail(err, IFC_EOUTPUT, "%s: cannot make the timeline: %s", path,
                        errno == EWOULDBLOCK ? "another process writes it" : strerror(errno));
    if (gzip) {
        o->gz = gzdopen(o->fd, "wb1"); /* fastest: a trace compresses well at any level */
        if (!o->gz) {
            close(o->fd);
            return ifc_fail(err, IFC_EOUTPUT, "%s: cannot start compression", path);
        }
        o->fd = -1;
    }
    o->path = strdup(path);
    o->buffer = ifc_alloc_zero(1, BUFFER_BYTES);
    return IFC_OK;
}

static bool write_all(ifc__out *o)
{
    size_t done = 0;
    if (o->gz) {
        errno = 0;
        if (gzwrite(o->gz, o->buffer, (unsigned)o->used) == (int)o->used)
            return true;
        o->error = errno ? errno : EIO;
        return false;
    }
    while (done < o->used) {
        ssize_t n = write(o->fd, o->buffer + done, o->used - done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0) {
            o->error = n < 0 ? errno : EIO;
            return false;
        }
        done += (size_t)n;
    }
    return true;
}

static void flush(ifc__out *o)
{
    if (o->used > 0 && !o->error && write_all(o))
        o->written += o->used;
    else if (o->error && o->fd >= 0 && ftruncate(o->fd, (off_t)o->written) != 0)
        errno = 0; /* a device, a pipe: nothing to take back */
    o->used = 0;
}

unsigned char *ifc__out_room(ifc__out *o, size_t bytes)
{
    IFC_BUG_ON(bytes > IFC__OUT_RECORD, "a timeline record of %zu bytes", bytes);
    if (o->used + bytes > BUFFER_BYTES)
        flush(o);
    return o->buffer + o->used;
}

void ifc__out_printf(ifc__out *o, const char *format, ...)
{
    va_list args;
    char *at = (char *)ifc__out_room(o, IFC__OUT_RECORD);
    va_start(args, format);
    int n = vsnprintf(at, IFC__OUT_RECORD, format, args);
    va_end(args);
    IFC_BUG_ON(n < 0 || (size_t)n >= IFC__OUT_RECORD, "a timeline record of %d bytes", n);
    o->used += (size_t)n;
}

ifc_status ifc__out_close(ifc__out *o, ifc_error *err)
{
    flush(o);
    errno = 0;
    if (o->gz && gzclose(o->gz) != Z_OK && !o->error)
        o->error = errno ? errno : EIO;
    if (o->fd >= 0 && close(o->fd) != 0 && !o->error)
        o->error = errno;
    ifc_status status = IFC_OK;
    if (o->error)
        status = ifc_fail(err, IFC_EOUTPUT, "%s: cannot write the timeline: %s", o->path, strerror(o->error));
    free(o->buffer);
    free(o->path);
    memset(o, 0, sizeof *o);
    o->fd = -1;
    return status;
}

uint64_t ifc__out_bytes(const ifc__out *o)
{
    z_off_t compressed = o->gz ? gzoffset(o->gz) : 0;
    return o->gz ? (uint64_t)(compressed > 0 ? compressed : 0) : o->written + o->used;
}

unsigned char *ifc__put_int(unsigned char *at, int64_t value)
{
    unsigned char digits[20];
    int n = 0;
    uint64_t rest = value < 0 ? -(uint64_t)value : (uint64_t)value;
    if (value < 0)
        *at++ = '-';
    do {
        digits[n++] = (unsigned char)('0' + rest % 10);
        rest /= 10;
    } while (rest);
    while (n > 0)
        *at++ = digits[--n];
    return at;
}
