#include "platform/cli/explore/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "platform/cli/explore/row.h"
#include "platform/common/memory.h"
#include "platform/scenario/shipped.h"

#define JOURNAL "points.jsonl"
#define TABLE   "points.csv"

ifc_status ifc_folder_make(const char *folder, ifc_error *err)
{
    char *path = ifc_copy_text(folder);
    size_t n = strlen(path);
    while (n > 1 && path[n - 1] == '/')
        path[--n] = '\0';
    for (char *p = path + 1; *p; p++)
        if (*p == '/') {
            *p = '\0';
            (void)mkdir(path, 0777); /* if it fails, the last one does */
            *p = '/';
        }
    int why = mkdir(path, 0777) == 0 ? 0 : errno;
    free(path);
    if (why == EEXIST && !ifc_is_folder(folder))
        return ifc_fail(err, IFC_EUSAGE, "%s: is no folder", folder);
    if (why == EEXIST)
        return ifc_fail(err, IFC_EUSAGE, "%s is there already; --resume goes on with what is in it", folder);
    return why ? ifc_fail(err, IFC_EOUTPUT, "cannot make the folder %s: %s", folder, strerror(why)) : IFC_OK;
}

/* One row per point; a later one wins: a point that failed was tried again. */
static ifc_status take_row(ifc_journal *j, json_t *row, const char *file, size_t line, ifc_error *err)
{
    size_t point = json_is_object(row) ? ifc_row_point(row) : 0;
    if (point == 0 || point > j->n) {
        json_decref(row);
        return ifc_fail(err, IFC_EDATA, "%s:%zu: no row of this exploration", file, line);
    }
    json_t **slot = &j->rows[point - 1];
    if (*slot && strcmp(ifc_row_status(*slot), IFC_ROW_FAILED) != 0)
        j->doubled++;
    json_decref(*slot);
    *slot = row;
    return IFC_OK;
}

static ifc_status read_rows(ifc_journal *j, const char *file, ifc_error *err)
{
    FILE *in = fopen(file, "re");
    char *text = NULL;
    size_t room = 0, line = 0;
    ssize_t n;
    ifc_status status = IFC_OK;
    if (!in)
        return errno == ENOENT ? IFC_OK
                               : ifc_fail(err, IFC_ENOINPUT, "cannot open %s: %s", file, strerror(errno));
    while (status == IFC_OK && (n = getline(&text, &room, in)) > 0 && text[n - 1] == '\n') {
        json_error_t why;
        json_t *row = json_loadb(text, (size_t)n, JSON_REJECT_DUPLICATES, &why);
        status = take_row(j, row, file, ++line, err);
        j->size += n;
    }
    free(text);
    fclose(in);
    return status;
}

static ifc_status open_journal(ifc_journal *j, const char *folder, ifc_error *err)
{
    char *file = ifc_path_join(folder, JOURNAL);
    struct stat what;
    ifc_status status = IFC_OK;
    j->fd = open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    if (j->fd < 0)
        status = ifc_fail(err, IFC_EOUTPUT, "cannot write %s: %s", file, strerror(errno));
    else if (fstat(j->fd, &what) != 0 || !S_ISREG(what.st_mode))
        status = ifc_fail(err, IFC_EOUTPUT, "%s: is no regular file", file);
    else if (flock(j->fd, LOCK_EX | LOCK_NB) != 0)
        status = ifc_fail(err, IFC_EUSAGE, "%s: another ifcsim is at work in this folder", folder);
    if (status == IFC_OK)
        status = read_rows(j, file, err);
    if (status == IFC_OK && ftruncate(j->fd, j->size) != 0)
        status = ifc_fail(err, IFC_EOUTPUT, "cannot write %s: %s", file, strerror(errno));
    free(file);
    return status;
}

static ifc_status check_same(const ifc_spec *asked, const ifc_spec *was, const char *folder, ifc_error *err)
{
    if (strcmp(asked->digest, was->digest) != 0 || asked->points != was->points)
        return ifc_fail(err, IFC_EUSAGE,
                        "%s: made by another question, scenario or version; see %s/" IFC_SPEC_FILE, folder,
                        folder);
    if (asked->shard != was->shard || asked->shards != was->shards)
        return ifc_fail(err, IFC_EUSAGE, "%s: is shard %zu/%zu", folder, was->shard, was->shards);
    return IFC_OK;
}

static ifc_status check_folder(const ifc_spec *spec, const char *folder, const char *spec_file,
                               ifc_error *err)
{
    ifc_spec was = {0};
    ifc_status status = IFC_OK;
    if (access(spec_file, F_OK) == 0) {
        status = ifc_spec_read(&was, spec_file, err);
        if (status == IFC_OK)
            status = check_same(spec, &was, folder, err);
    } else {
        char *journal = ifc_path_join(folder, JOURNAL), *table = ifc_path_join(folder, TABLE);
        struct stat what; /* one without a row: there was no room for more */
        if (stat(journal, &what) == 0 && what.st_size > 0)
            status = ifc_fail(err, IFC_EUSAGE, "%s: has a journal, but no " IFC_SPEC_FILE, folder);
        else if (access(table, F_OK) == 0)
            status = ifc_fail(err, IFC_EUSAGE, "%s: has a " TABLE ", but no " IFC_SPEC_FILE, folder);
        free(table);
        free(journal);
    }
    ifc_spec_fini(&was);
    return status;
}

ifc_status ifc_journal_begin(ifc_journal *out, const ifc_spec *spec, const char *folder, bool resume,
                             ifc_error *err)
{
    *out = (ifc_journal){.fd = -1, .n = spec->points};
    out->rows = ifc_alloc_zero(spec->points + 1, sizeof(json_t *));
    char *spec_file = ifc_path_join(folder, IFC_SPEC_FILE);
    ifc_status status = resume && ifc_is_folder(folder) ? check_folder(spec, folder, spec_file, err)
                                                        : ifc_folder_make(folder, err);
    if (status == IFC_OK)
        status = open_journal(out, folder, err);
    if (status == IFC_OK)
        status = ifc_spec_save(spec, spec_file, err);
    free(spec_file);
    return status;
}

ifc_status ifc_journal_add(ifc_journal *j, json_t *row, ifc_error *err)
{
    char *text = json_dumps(row, JSON_COMPACT | JSON_REAL_PRECISION(15));
    size_t n = text ? strlen(text) : 0, point = ifc_row_point(row);
    IFC_BUG_ON(!text || point == 0 || point > j->n, "a row that cannot be written");
    text[n] = '\n'; /* in place of the end: the row and its line's end are one write */
    ssize_t written = write(j->fd, text, n + 1);
    int why = written < 0 ? errno : ENOSPC;
    text[n] = '\0';
    json_decref(j->rows[point - 1]);
    j->rows[point - 1] = json_loads(text, 0, NULL); /* as a later --resume will read it */
    json_decref(row);
    free(text);
    if (written != (ssize_t)n + 1) {
        (void)!ftruncate(j->fd, j->size); /* whole lines only */
        return ifc_fail(err, IFC_EOUTPUT, "cannot write " JOURNAL ": %s", strerror(why));
    }
    j->size += written;
    return IFC_OK;
}

ifc_status ifc_journal_read(ifc_journal *out, ifc_spec *spec, const char *folder, ifc_error *err)
{
    *out = (ifc_journal){.fd = -1};
    char *spec_file = ifc_path_join(folder, IFC_SPEC_FILE), *file = ifc_path_join(folder, JOURNAL);
    ifc_status status = ifc_spec_read(spec, spec_file, err);
    if (status == IFC_OK && (spec->points == 0 || spec->points > IFC_POINTS_MAX || !spec->digest[0]))
        status =
            ifc_fail(err, IFC_EDATA, "%s: is no folder of an exploration: no points and digest", spec_file);
    if (status == IFC_OK) {
        out->n = spec->points;
        out->rows = ifc_alloc_zero(out->n + 1, sizeof(json_t *));
        status = read_rows(out, file, err);
    }
    free(file);
    free(spec_file);
    return status;
}

ifc_status ifc_journal_table(const ifc_journal *j, const char *folder, ifc_error *err)
{
    char *file = ifc_path_join(folder, TABLE);
    ifc_status status = ifc_rows_table(j->rows, j->n, file, err);
    free(file);
    return status;
}

void ifc_journal_fini(ifc_journal *j)
{
    for (size_t i = 0; i < j->n && j->rows; i++)
        json_decref(j->rows[i]);
    free(j->rows);
    if (j->fd >= 0)
        close(j->fd);
    *j = (ifc_journal){.fd = -1};
}
