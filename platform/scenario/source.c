#include "platform/scenario/source.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "platform/common/memory.h"
#include "platform/scenario/units.h"

#define BYTE_ORDER_MARK "\xef\xbb\xbf" /* some editors begin a file with it */

struct scanner {
    const char *file, *p;
    char *out; /* copy of what was read, with suffixes; large enough */
    unsigned line, nesting;
    ifc_diagnostics *diag;
    bool failed;
};

/* "-" is standard input, once: what was read is gone. A file of this name is "./-". */
static int open_standard_input(struct stat *st)
{
    static bool taken;
    int fd = taken ? -1 : dup(STDIN_FILENO);
    if (taken)
        errno = EALREADY;
    taken = true;
    if (fd >= 0 && fstat(fd, st) == 0)
        return fd;
    int wrong = errno;
    if (fd >= 0)
        close(fd);
    errno = wrong;
    return -1;
}

/* Opened without waiting, so that a FIFO nobody writes to reads as empty instead of hanging. */
static int open_source(const char *file, struct stat *st)
{
    int fd = open(file, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0)
        return -1;
    int wrong = 0;
    if (fstat(fd, st) != 0)
        wrong = errno;
    else if (S_ISDIR(st->st_mode))
        wrong = EISDIR;
    else if (!S_ISREG(st->st_mode) && !S_ISFIFO(st->st_mode))
        wrong = EINVAL;
    else if (fcntl(fd, F_SETFL, 0) != 0)
        wrong = errno;
    if (!wrong)
        return fd;
    close(fd);
    errno = wrong;
    return -1;
}

/* Return: bytes read, more than @size when there are more; -1 with errno. */
static ssize_t read_all(int fd, char *to, size_t size)
{
    size_t n = 0;
    while (n <= size) {
        ssize_t got = read(fd, to + n, size + 1 - n);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -1;
        if (got == 0)
            break;
        n += (size_t)got;
    }
    return (ssize_t)n;
}

static void complain(struct scanner *s, unsigned line, const char *what)
{
    ifc_diagnose(s->diag, IFC_EDATA, "%s:%u: %s", s->file, line, what);
    s->failed = true;
}

static void copy(struct scanner *s)
{
    if (*s->p == '\n')
        s->line++;
    *s->out++ = *s->p++;
}

static void scan_string(struct scanner *s)
{
    unsigned begin = s->line;
    copy(s);
    while (*s->p && *s->p != '"') {
        if (*s->p == '\\' && s->p[1])
            copy(s);
        copy(s);
    }
    if (*s->p)
        copy(s);
    else
        complain(s, begin, "text without a closing quote");
}

static void scan_comment(struct scanner *s)
{
    unsigned begin = s->line;
    if (s->p[1] != '*') {
        while (*s->p && *s->p != '\n')
            copy(s);
        return;
    }
    copy(s);
    copy(s);
    while (*s->p && !(s->p[0] == '*' && s->p[1] == '/'))
        copy(s);
    if (!*s->p) {
        complain(s, begin, "comment without an end");
        return;
    }
    copy(s);
    copy(s);
}

/* A whole number [begin, s->p) without suffix: make it 64 bits wide when it needs to be. */
static void widen(struct scanner *s, const char *begin, int base, bool suffixed)
{
    char *end;
    errno = 0;
    long long value = strtoll(begin, &end, base);
    if (errno == ERANGE)
        complain(s, s->line, "a whole number does not fit into 64 bits");
    else if (!suffixed && (value > INT32_MAX || value < INT32_MIN))
        *s->out++ = 'L';
}

/* 50K of a file becomes 51200: the number from @begin to s->p with a letter behind it. */
static void scan_multiple(struct scanner *s, const char *begin, char *out)
{
    char text[64];
    int64_t value = 0;
    ifc_error why = {.status = IFC_OK};
    snprintf(text, sizeof text, "%.*s", (int)(s->p + 1 - begin), begin);
    if (strlen(text) != (size_t)(s->p + 1 - begin) || ifc_number_parse_whole(text, &value, &why) != IFC_OK) {
        complain(s, s->line, "a whole number does not fit into 64 bits");
        return;
    }
    s->p++;
    s->out =
        out + sprintf(out, "%lld%s", (long long)value, value > INT32_MAX || value < INT32_MIN ? "L" : "");
}

/* "010" is ten to one version of libconfig and eight to the next. */
static bool refuse_octal(struct scanner *s, const char *begin)
{
    char text[64], what[256];
    int64_t value;
    const char *digits = begin + (*begin == '+' || *begin == '-');
    ifc_error why = {.status = IFC_OK};
    if (s->p - digits < 2 || *digits != '0')
        return false;
    snprintf(text, sizeof text, "%.*s", (int)(s->p - begin), begin);
    (void)!ifc_number_parse_whole(text, &value, &why);
    snprintf(what, sizeof what, "%s: %s", text, why.text);
    complain(s, s->line, what);
    return true;
}

static void scan_number(struct scanner *s)
{
    const char *begin = s->p;
    char *out = s->out;
    if (*s->p == '+' || *s->p == '-')
        copy(s);
    if (*s->p == '0' && (s->p[1] == 'x' || s->p[1] == 'X')) {
        copy(s);
        copy(s);
        while (isxdigit((unsigned char)*s->p))
            copy(s);
        widen(s, begin, 16, *s->p == 'L');
    } else {
        while (isdigit((unsigned char)*s->p))
            copy(s);
        bool real = *s->p == '.' || *s->p == 'e' || *s->p == 'E';
        bool multiple = ifc_count_factor(*s->p) > 1 && !isalnum((unsigned char)s->p[1]);
        if (refuse_octal(s, begin))
            return;
        if (multiple && isdigit((unsigned char)s->p[-1]))
            scan_multiple(s, begin, out);
        else if (!real && isdigit((unsigned char)s->p[-1]))
            widen(s, begin, 10, *s->p == 'L');
    }
    while (isalnum((unsigned char)*s->p) || *s->p == '.' ||
           ((*s->p == '+' || *s->p == '-') && tolower((unsigned char)s->p[-1]) == 'e'))
        copy(s);
}

static void scan_name(struct scanner *s)
{
    while (isalnum((unsigned char)*s->p) || *s->p == '*' || *s->p == '-' || *s->p == '_')
        copy(s);
}

static void scan_other(struct scanner *s)
{
    if (strchr("{([", *s->p) && ++s->nesting == IFC_SOURCE_NESTING + 1)
        complain(s, s->line, "nested too deeply (allowed: 32 levels)");
    else if (strchr("})]", *s->p) && s->nesting > 0)
        s->nesting--;
    if (strncmp(s->p, "@include", 8) == 0)
        complain(s, s->line, "@include cannot be overridden; write extends = (\"FILE\", ...) instead");
    copy(s);
}

static void scan(struct scanner *s)
{
    while (*s->p && !s->failed) {
        if (*s->p == '"')
            scan_string(s);
        else if (*s->p == '#' || (*s->p == '/' && (s->p[1] == '/' || s->p[1] == '*')))
            scan_comment(s);
        else if (isdigit((unsigned char)*s->p) || strchr("+-.", *s->p))
            scan_number(s);
        else if (isalpha((unsigned char)*s->p) || *s->p == '*')
            scan_name(s);
        else
            scan_other(s);
    }
    *s->out++ = '\n';
    *s->out = '\0';
}

static ifc_status check_bytes(const char *file, const char *text, size_t n, ifc_diagnostics *diag)
{
    const char *nul = memchr(text, '\0', n);
    if (n > IFC_SOURCE_MAX)
        ifc_diagnose(diag, IFC_EDATA, "%s: larger than %d bytes, not a scenario", file, IFC_SOURCE_MAX);
    else if (nul)
        ifc_diagnose(diag, IFC_EDATA, "%s: holds a NUL byte, not a text file", file);
    else if (strspn(text, " \t\r\n") == n)
        ifc_diagnose(diag, IFC_EDATA, "%s: empty", file);
    else
        return IFC_OK;
    return IFC_EDATA;
}

ifc_status ifc_source_read_plain(ifc_source *out, const char *file, const char *where, ifc_diagnostics *diag)
{
    struct stat st;
    int fd = strcmp(file, "-") == 0 ? open_standard_input(&st) : open_source(file, &st);
    if (fd < 0) {
        ifc_diagnose(diag, IFC_ENOINPUT, "%s: cannot open: %s", where,
                     errno == EINVAL     ? "Not a file"
                     : errno == EALREADY ? "standard input was read before"
                                         : strerror(errno));
        return IFC_ENOINPUT;
    }
    char *text = ifc_alloc_zero(IFC_SOURCE_MAX + 2, 1);
    ssize_t n = read_all(fd, text, IFC_SOURCE_MAX);
    ifc_status status = n < 0 ? IFC_ENOINPUT : check_bytes(file, text, (size_t)n, diag);
    if (n < 0)
        ifc_diagnose(diag, status, "%s: cannot read: %s", where, strerror(errno));
    close(fd);
    if (status == IFC_OK && strncmp(text, BYTE_ORDER_MARK, strlen(BYTE_ORDER_MARK)) == 0)
        memmove(text, text + strlen(BYTE_ORDER_MARK), (size_t)n + 1 - strlen(BYTE_ORDER_MARK));
    *out = (ifc_source){text, st.st_dev, st.st_ino};
    if (status != IFC_OK) {
        free(text);
        out->text = NULL;
    }
    return status;
}

ifc_status ifc_source_read(ifc_source *out, const char *file, const char *where, ifc_diagnostics *diag)
{
    ifc_source plain;
    ifc_status status = ifc_source_read_plain(&plain, file, where, diag);
    if (status != IFC_OK)
        return status;
    char *scanned = ifc_alloc_zero(2 * strlen(plain.text) + 2, 1);
    struct scanner s = {.file = file, .p = plain.text, .out = scanned, .line = 1, .diag = diag};
    scan(&s);
    free(plain.text);
    if (s.failed) {
        free(scanned);
        return IFC_EDATA;
    }
    *out = (ifc_source){scanned, plain.device, plain.inode};
    return IFC_OK;
}
