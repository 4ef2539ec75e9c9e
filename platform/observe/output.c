#include "platform/observe/output.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

/* Where the symbolic link @path leads, one step; NULL: it is none. Owned by the caller. */
static char *follow(const char *path)
{
    char to[PATH_MAX], *next = NULL;
    ssize_t n = readlink(path, to, sizeof to - 1);
    if (n <= 0)
        return NULL;
    to[n] = '\0';
    const char *slash = to[0] == '/' ? NULL : strrchr(path, '/');
    return asprintf(&next, "%.*s%s", slash ? (int)(slash - path) + 1 : 0, path, to) < 0 ? NULL : next;
}

char *ifc_output_target(const char *path)
{
    enum { MOST_LINKS = 40 };
    char *real = realpath(path, NULL), *at = real ? NULL : strdup(path);
    if (real || !at)
        return real;
    for (int i = 0; i < MOST_LINKS; i++) {
        char *next = follow(at);
        if (!next)
            break;
        free(at);
        at = next;
    }
    char *slash = strrchr(at, '/'), *whole = NULL;
    char *folder = ifc_folder_of(at), *real_folder = folder ? realpath(folder, NULL) : NULL;
    if (real_folder && asprintf(&whole, "%s/%s", real_folder, slash ? slash + 1 : at) < 0)
        whole = NULL;
    free(real_folder);
    free(folder);
    if (!whole)
        return at;
    free(at);
    return whole;
}

bool ifc_ends_in(const char *path, const char *ending)
{
    size_t n = strlen(path), m = strlen(ending);
    return n >= m && strcasecmp(path + n - m, ending) == 0;
}

char *ifc_folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? strndup(path, (size_t)(slash - path) + 1) : strdup(".");
}

bool ifc_same_file(const char *a, const char *b)
{
    struct stat x, y;
    if (stat(a, &x) == 0 && stat(b, &y) == 0)
        return x.st_dev == y.st_dev && x.st_ino == y.st_ino;
    char *to_a = ifc_output_target(a), *to_b = ifc_output_target(b);
    bool same = to_a && to_b && strcmp(to_a, to_b) == 0;
    free(to_a);
    free(to_b);
    return same;
}

ifc_status ifc_output_guard(const char *path, ifc_error *err)
{
    struct stat st;
    char *target = ifc_output_target(path);
    bool scenario = target && ifc_ends_in(target, ".cfg") && stat(target, &st) == 0 && S_ISREG(st.st_mode);
    free(target);
    return scenario
               ? ifc_fail(err, IFC_EUSAGE, "%s is there, and a scenario (.cfg); no output replaces one", path)
               : IFC_OK;
}

bool ifc_is_standard_output(const char *path)
{
    struct stat x, y;
    return stat(path, &x) == 0 && fstat(STDOUT_FILENO, &y) == 0 && S_ISREG(x.st_mode) &&
           x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

ifc_status ifc_text_begin(ifc_text *t, ifc_error *err)
{
    t->stream = open_memstream(&t->data, &t->size);
    return t->stream ? IFC_OK : ifc_fail(err, IFC_EINTERNAL, "out of memory for a report");
}

ifc_status ifc_text_end(ifc_text *t, ifc_error *err)
{
    FILE *stream = t->stream;
    t->stream = NULL;
    bool failed = ferror(stream);
    if (fclose(stream) != 0 || failed)
        return ifc_fail(err, IFC_EINTERNAL, "out of memory for a report");
    return IFC_OK;
}

void ifc_text_fini(ifc_text *t)
{
    if (t->stream)
        fclose(t->stream);
    free(t->data);
    memset(t, 0, sizeof *t);
}

ifc_status ifc_stream_check(FILE *out, const char *what, ifc_error *err)
{
    int before = ferror(out) ? errno : 0; /* of a write that failed before: what is left may be nothing */
    errno = 0;
    if (fflush(out) == 0 && !ferror(out))
        return IFC_OK;
    int why = errno ? errno : before;
    return ifc_fail(err, IFC_EOUTPUT, "cannot write %s: %s", what, strerror(why ? why : EIO));
}

static bool write_all(int fd, const char *data, size_t size)
{
    while (size > 0) {
        ssize_t n = write(fd, data, size);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        data += n;
        size -= (size_t)n;
    }
    return true;
}

static ifc_status cannot_write(const char *path, ifc_error *err)
{
    return ifc_fail(err, IFC_EOUTPUT, "cannot write %s: %s", path, strerror(errno));
}

static ifc_status write_stdout(const char *data, size_t size, ifc_error *err)
{
    if (fflush(stdout) != 0 || !write_all(STDOUT_FILENO, data, size))
        return cannot_write("standard output", err);
    return IFC_OK;
}

static ifc_status write_device(const char *path, const char *data, size_t size, ifc_error *err)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return cannot_write(path, err);
    ifc_status status = write_all(fd, data, size) ? IFC_OK : cannot_write(path, err);
    if (close(fd) != 0 && status == IFC_OK)
        status = cannot_write(path, err);
    return status;
}

/* Write the text to @temporary and put it in the place of @path. @mode: permissions of the file. */
static ifc_status write_and_rename(const char *path, char *temporary, mode_t mode, const char *data,
                                   size_t size, ifc_error *err)
{
    int fd = mkostemp(temporary, O_CLOEXEC);
    if (fd < 0)
        return cannot_write(path, err);
    ifc_status status = IFC_OK;
    if (!write_all(fd, data, size) || fchmod(fd, mode) != 0)
        status = cannot_write(path, err);
    if (close(fd) != 0 && status == IFC_OK)
        status = cannot_write(path, err);
    if (status == IFC_OK && rename(temporary, path) != 0)
        status = cannot_write(path, err);
    if (status != IFC_OK)
        unlink(temporary);
    return status;
}

/* A signal must not leave the temporary file behind; it is delivered after. */
static void block_signals(sigset_t *before)
{
    sigset_t blocked;
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGINT);
    sigaddset(&blocked, SIGTERM);
    sigaddset(&blocked, SIGHUP);
    sigprocmask(SIG_BLOCK, &blocked, before);
}

/* Replaces what a symbolic link points to, not the link. The temporary name is short: the file's own may be
 * as long as names get. */
static ifc_status write_regular(const char *path, const char *data, size_t size, ifc_error *err)
{
    struct stat st;
    mode_t mask = umask(0);
    umask(mask);
    mode_t mode = stat(path, &st) == 0 ? st.st_mode & 07777 : 0666 & ~mask;
    char *target = ifc_output_target(path), *folder = target ? ifc_folder_of(target) : NULL;
    char *temporary = NULL;
    ifc_status status;
    if (folder && asprintf(&temporary, "%s/.ifcsim.XXXXXX", folder) >= 0) {
        sigset_t before;
        block_signals(&before);
        status = write_and_rename(target, temporary, mode, data, size, err);
        sigprocmask(SIG_SETMASK, &before, NULL);
        free(temporary);
    } else {
        status = ifc_fail(err, IFC_EOUTPUT, "cannot write %s: out of memory", path);
    }
    free(folder);
    free(target);
    return status;
}

ifc_status ifc_output_save(const char *path, const char *data, size_t size, ifc_error *err)
{
    if (!path || strcmp(path, "-") == 0)
        return write_stdout(data, size, err);
    struct stat st;
    if (stat(path, &st) == 0 && S_ISDIR(st.st_mode)) {
        errno = EISDIR;
        return cannot_write(path, err);
    }
    if (stat(path, &st) == 0 && !S_ISREG(st.st_mode))
        return write_device(path, data, size, err);
    return write_regular(path, data, size, err);
}
