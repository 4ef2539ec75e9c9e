/**
 * The folder of an exploration: what was asked (spec.cfg), the journal (points.jsonl: a row a line, as points
 * were done) and the table (points.csv: in order of points, when all are done).
 */
#ifndef IFC_EXPLORE_JOURNAL_H
#define IFC_EXPLORE_JOURNAL_H

#include <jansson.h>
#include <sys/types.h>

#include "platform/cli/explore/spec.h"

typedef struct ifc_journal {
    int fd;         /* -1: closed */
    off_t size;     /* bytes of whole lines */
    json_t **rows;  /* owned; by point; NULL: not recorded */
    size_t n;       /* points */
    size_t doubled; /* rows of one point in one journal beyond the first */
} ifc_journal;

/**
 * ifc_journal_begin() - make the folder, or with @resume go on in it, and lock it
 * @spec: what is asked: its digest, points and shard are complete
 * A line that was cut short by a crash is dropped.
 * Return: IFC_EUSAGE: the folder is there and not to be resumed, was made by another question, or somebody
 * else works in it; IFC_EDATA: rows that do not belong; IFC_EOUTPUT; IFC_ENOINPUT.
 */
IFC_MUST_CHECK ifc_status ifc_journal_begin(ifc_journal *out, const ifc_spec *spec, const char *folder,
                                            bool resume, ifc_error *err);

/** ifc_journal_add() - append a row, with one write; takes @row. Return: IFC_EOUTPUT. */
IFC_MUST_CHECK ifc_status ifc_journal_add(ifc_journal *j, json_t *row, ifc_error *err);

/**
 * ifc_journal_read() - the rows of a folder
 * @spec: what it says was asked; zero-initialised by the caller, who releases it
 */
IFC_MUST_CHECK ifc_status ifc_journal_read(ifc_journal *out, ifc_spec *spec, const char *folder,
                                           ifc_error *err);

/** ifc_journal_table() - write points.csv. */
IFC_MUST_CHECK ifc_status ifc_journal_table(const ifc_journal *j, const char *folder, ifc_error *err);

/** ifc_folder_make() - a folder and all above it. Return: IFC_EUSAGE if it is there; IFC_EOUTPUT. */
IFC_MUST_CHECK ifc_status ifc_folder_make(const char *folder, ifc_error *err);

void ifc_journal_fini(ifc_journal *j);

#endif
