/**
 * Bits that are read wrong: which pages of a command the decoder cannot correct, and how often they are
 * sensed again.
 *
 * Each codeword fails with the probability that its code has at the raw bit error rate of its page: the law
 * of the group, at cycles, age and reads of the page's own block, times how this page differs from the others
 * of its block. A retry decodes what failed, with another reference voltage; a codeword that no retry
 * corrects makes its page uncorrectable. Draws are seeded by what is read for whom, so they do not depend on
 * the order of events; between two codewords that fail all others are passed over at once.
 *
 * Cycles and age are those of the moment; reads of blocks those at the begin of the token.
 */
#ifndef IFC_ERRORS_H
#define IFC_ERRORS_H

#include "components/data/blocks.h"
#include "platform/scenario/rber_file.h"

#define IFC_ERROR_PARTS 64 /* of the pages of a block, by how they differ */

/** Failing of the codewords of a row of blocks, at one moment. */
typedef struct ifc_error_row {
    uint32_t row;                  /* physical */
    uint64_t when;                 /* of all moments; 0: none */
    double rber;                   /* of a page like the mean of its block */
    double fails[IFC_ERROR_PARTS]; /* probability; below 0: not known yet */
} ifc_error_row;

/** A group that has errors. */
typedef struct ifc_error_group {
    bool on;
    ifc_rber_law law;
    ifc_rber_file file;
    ifc_rber_range range;
    double pe_scale, acceleration;
    double parts[IFC_ERROR_PARTS]; /* of the mean rate, ascending */
    uint32_t codewords;            /* of a page */
    /* counts of the run */
    uint64_t failed[IFC_CLASSES]; /* pages that the decoder could not correct at first */
    uint64_t senses;              /* that they took, after their first ones */
    uint64_t lost[IFC_CLASSES];   /* of them, those that no retry corrected */
    uint64_t beyond;              /* commands that read beyond the range of the law */
} ifc_error_group;

typedef struct ifc_errors {
    ifc_block_table *blocks;
    bool on; /* of any group */
    ifc_error_group groups[IFC_GROUPS_MAX];
    ifc_error_row *rows; /* owned; by die: the one read last */
    uint64_t when;       /* moment of the state that is used */
    uint32_t token;      /* that it is of */
    uint64_t requests;   /* of streams, and moves, so far */
    uint64_t rng;        /* of the command at hand */
} ifc_errors;

/** ifc_errors_init() - of a machine whose blocks are laid out, and borrowed. Return: IFC_ENOINPUT or
 * IFC_EDATA: a table cannot be read. */
IFC_MUST_CHECK ifc_status ifc_errors_init(ifc_errors *e, ifc_block_table *blocks, ifc_error *err);
void ifc_errors_fini(ifc_errors *e);

/*
 * A command that senses pages gets those that fail (its retries[]): it has its extent, and is not queued yet.
 * @nth: number of the command among those of its operator (and tile) for its die. No effect where no bit is
 * wrong.
 */

/** ifc_errors_matrix() - it reads rounds of the @matrices matrices of @node that are read one after the
 * other, from round @first of them all on. */
void ifc_errors_matrix(ifc_errors *e, ifc_txn *t, uint64_t nth, const ifc_op_node *node, ifc_multiplier by,
                       uint32_t matrices, uint64_t first);

/** ifc_errors_kv() - it reads a part of the KV of the heads of @node. */
void ifc_errors_kv(ifc_errors *e, ifc_txn *t, const ifc_kv *kv, const ifc_op_node *node, ifc_kv_part part);

/** ifc_errors_embed() - it reads a row of the embedding. */
void ifc_errors_embed(ifc_errors *e, ifc_txn *t, uint64_t nth);

/** ifc_errors_request() - it is the request of a stream: before ifc_blocks_request(). */
void ifc_errors_request(ifc_errors *e, ifc_txn *t);

/** ifc_errors_move() - it copies pages of the row that its die moves. */
void ifc_errors_move(ifc_errors *e, ifc_txn *t);

/* ---- between errors.c and error_places.c ---- */

/** ifc__errors_begin() - a command. Return: false: its group has no errors. */
bool ifc__errors_begin(ifc_errors *e, const ifc_txn *t, uint64_t nth);

/** ifc__errors_draw() - rounds [from, to) of @t are pages of physical row @row, from @page of each block on.
 */
void ifc__errors_draw(ifc_errors *e, ifc_txn *t, uint64_t from, uint64_t to, uint32_t row, uint64_t page);

#endif
