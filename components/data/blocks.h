/**
 * The blocks of the dies: what they hold, how often they were read and filled, and where data is after it
 * moved.
 *
 * The planes of a die work in lockstep, so its blocks are counted in rows: one block of every plane. Weights
 * lie from row 0 on, layer after layer; the context's KV follows in rows of its own, then the KV that is
 * appended. Reads are gathered (ifc_reads), and spread over rows evenly.
 */
#ifndef IFC_BLOCKS_H
#define IFC_BLOCKS_H

#include <stdbool.h>
#include <stdint.h>

#include <ifc/policy.h>

#include "components/data/kv.h"
#include "components/data/weight_map.h"
#include "components/hardware/limits.h"

struct ifc_hardware;

/** A row of blocks, where it physically is. */
typedef struct ifc_block_row {
    uint8_t use;     /* ifc_block_use */
    bool open;       /* pages are being added */
    bool dying;      /* what it holds is not wanted any more: it waits for its erase */
    bool moving;     /* what it holds is on its way to another row, or another's to it */
    bool late;       /* what it holds was not wanted any more when it came: it waits until it can be dying */
    bool programmed; /* in this run */
    uint32_t owner;  /* number of the log that it belongs to, from 1 on; 0: what it holds stays */
    uint32_t logical;
    uint32_t pages;  /* of each plane, that hold data */
    uint32_t cycles; /* times it was filled in this run */
    uint32_t erases;
    uint64_t until;    /* of layers with a window: tokens up to the last one that it holds */
    ifc_time since;    /* at which its first page of this run was programmed */
    double reads;      /* of a block, since it was filled */
    double most_reads; /* of a block, at any time of the run */
} ifc_block_row;

/** What is programmed. */
typedef struct ifc_block_data {
    ifc_block_use use;
    uint32_t sequence; /* whose KV */
    bool windowed;     /* of a layer with a window, which leaves it behind one day ... */
    uint64_t until;    /* ... when so many tokens of its layer are behind */
} ifc_block_data;

/** Where pages go that end together: those of a sequence that ends, of layers with and without a window. */
typedef struct ifc_block_log {
    uint32_t frontier; /* logical row that takes new pages; IFC_NONE: none yet */
    uint64_t fresh;    /* pages over all planes in it */
    double filled;     /* pages over all planes, by how much of each was programmed */
    uint64_t begun;    /* those of them that have been counted */
} ifc_block_log;

typedef struct ifc_blocks {
    const ifc_flash_group *group;
    ifc_block_log *logs;   /* owned; NULL where nothing ends: all share one, below */
    ifc_block_row *rows;   /* owned */
    uint32_t *map;         /* owned; logical row to physical one; IFC_NONE: not there yet */
    uint32_t lowest;       /* no row before it is free */
    uint32_t frontier;     /* logical row that takes new pages; IFC_NONE: none yet */
    uint32_t newest;       /* last logical row that was ever filled; later ones were never used */
    uint64_t fresh;        /* pages over all planes in the frontier's row */
    double filled;         /* pages over all planes, by how much of each was programmed in this run */
    uint64_t begun;        /* those of them that have been counted: a page counts from its first program on */
    uint32_t moving;       /* row that a move copies */
    uint64_t anew;         /* times that a row which had been read was erased, or filled again */
    uint64_t moves;        /* rows that were moved */
    double read_pages;     /* stream: page reads of a block, summed over rows and over the run */
    double grown_reads[2]; /* of appended KV of layers without and with a window that leaves pages behind:
                              page reads of each plane that are not spread over rows yet */
    uint64_t embed_reads;  /* of the embedding: pages over all planes, likewise */
} ifc_blocks;

/**
 * Page reads that are gathered before they are spread over the rows that hold what was read: KV by die, layer
 * and K or V, weights by layer. They are spread before a row is filled or moved, before a policy looks at
 * rows, and at the end, so what a row has at any such moment does not depend on when the reads were made.
 */
typedef struct ifc_reads {
    uint64_t *layer_kv; /* owned; [die of the group][ifc_kv_part]: of the layer at work, in pages over all
                           planes; with fractions of pages, in 1e-9 pages of a plane */
    double *kv;         /* owned; [layer][die][ifc_kv_part]: pages of each plane */
    uint32_t
        *matrices;    /* owned; [layer, after the last: what follows them][slot]: times that each was read */
    uint32_t *spread; /* owned; [die][layer][slot]: how many of those have been spread */
    uint32_t slots;   /* of a layer */
    uint64_t
        *neurons; /* owned; [die][layer]: pages over all planes that were read neuron by neuron; NULL: none */
    double grown; /* of the layer at work: part of its pages that were appended */
} ifc_reads;

/** Blocks of all dies, and the addresses of what they hold: pages of each plane, from its first one. */
typedef struct ifc_block_table {
    const struct ifc_hardware *hw;
    const ifc_weight_map *weights;
    const ifc_kv *kv;
    ifc_blocks *dies; /* owned; by die */
    uint32_t n_dies;
    uint32_t
        kinds; /* logs of a sequence: 2 where some layers have a window, the second one for them; else 1 */
    /* owned; [node][who multiplies]: where that part of its matrix begins in its group */
    uint64_t *dense_page, *layer_page, *epilogue_page;
    uint64_t dense_pages[IFC_GROUPS_MAX],
        layer_pages[IFC_GROUPS_MAX];     /* of all matrices of a layer, by group */
    const struct ifc_group *embed_group; /* NULL: DRAM */
    uint64_t embed_page, embed_pages;    /* the embedding, one row of it a token */
    uint64_t kv_page, grown_page;        /* where KV begins: of the context, and appended */
    ifc_reads reads;
    ifc_block_view *views; /* owned; scratch */
} ifc_block_table;

/** ifc_blocks_init() - the state at the start of a run; layouts are there, and borrowed. @stop ends it early.
 */
void ifc_blocks_init(ifc_block_table *t, const struct ifc_hardware *hw, const ifc_weight_map *weights,
                     const ifc_kv *kv, ifc_stop *stop);
void ifc_blocks_fini(ifc_block_table *t);

/** ifc_blocks_begin_layer() - what is read from now on belongs to @layer; after the last: to what follows
 * them. */
void ifc_blocks_begin_layer(ifc_block_table *t, uint32_t layer);

/** ifc_blocks_read_kv() - pages of a part of the KV of the layer at work are read on a die of its group. */
void ifc_blocks_read_kv(ifc_block_table *t, uint32_t die, ifc_kv_part part, const ifc_extent *extent);

/** ifc_blocks_slots() - counters of the matrices of @node, an operator on weights. Those of a layer's come
 * one after the other. */
uint32_t ifc_blocks_slots(const ifc_op_node *node);

/** ifc_blocks_read_matrix() - the matrix of @node is read once, by all planes; so many of the experts that
 * are chosen from, after those of the time before, and the shared ones. @slot: its first counter. */
void ifc_blocks_read_matrix(ifc_block_table *t, uint32_t layer, uint32_t slot, const ifc_op_node *node,
                            uint32_t experts);

/** ifc_blocks_read_neurons() - rows of the feed-forward part of @layer are read, here and there on a die:
 * they may be any, so all of its pages share the reads. */
void ifc_blocks_read_neurons(ifc_block_table *t, uint32_t die, uint32_t layer, uint64_t pages);

/** ifc_blocks_end_layer() - KV of the layer at work has been read as was told. */
void ifc_blocks_end_layer(ifc_block_table *t, uint32_t layer);

/** ifc_blocks_read_embed() - a row of the embedding: it may be any, so all of them share its pages. */
void ifc_blocks_read_embed(ifc_block_table *t, uint32_t die, uint64_t pages);

/** ifc_blocks_spread() - spread what was read on all dies: for whoever looks at rows. */
void ifc_blocks_spread(ifc_block_table *t);

/** ifc_blocks_program() - new pages over all planes of @die, @fill by how much of each is used up. */
void ifc_blocks_program(ifc_block_table *t, uint32_t die, const ifc_block_data *what, double fill);

/** ifc_blocks_end() - @sequence has ended. Return: rows of @die that now wait for their erase. */
uint32_t ifc_blocks_end(ifc_block_table *t, uint32_t die, uint32_t sequence);

/** ifc_blocks_give() - what @sequence has on a die belongs to @heir. */
void ifc_blocks_give(ifc_block_table *t, uint32_t die, uint32_t sequence, uint32_t heir);

/** ifc_blocks_by_sequence() - sequences of requests end one by one and have logs of their own; those of a
 * decode go on together and share them. */
bool ifc_blocks_by_sequence(const ifc_block_table *t);

/** ifc_blocks_slide() - all layers with a window of @sequence (where sequences share their logs: of all of
 * them,
 * @sequence is 0) have left @behind tokens behind. Return: rows of @die that hold nothing else, and now wait
 * for their erase. */
uint32_t ifc_blocks_slide(ifc_block_table *t, uint32_t die, uint32_t sequence, uint64_t behind);

/** ifc_blocks_sequence() - whose KV a row holds that has an @owner: where sequences do not end, the first one
 * stands for all. */
uint32_t ifc_blocks_sequence(const ifc_block_table *t, uint32_t owner);

/** ifc_blocks_log() - number, from 0 on, of the log of a sequence's layers with or without a window. */
uint32_t ifc_blocks_log(const ifc_block_table *t, uint32_t sequence, bool windowed);

/** ifc_blocks_dying() - how many do. */
uint32_t ifc_blocks_dying(const ifc_block_table *t, uint32_t die, uint32_t sequence);

/** ifc_blocks_erased() - they are erased, and free. */
void ifc_blocks_erased(ifc_block_table *t, uint32_t die, uint32_t sequence);

/** ifc_blocks_request() - a stream request: @command on @pages pages of @planes planes of @die. */
void ifc_blocks_request(ifc_block_table *t, uint32_t die, const ifc_txn *txn);

/** ifc_blocks_next_page() - page of its block where a stream's program goes on a die, or its read. */
uint32_t ifc_blocks_next_page(const ifc_block_table *t, uint32_t die, ifc_command command);

/** ifc_blocks_view() - the rows of a die as a policy sees them; valid until the next call. */
const ifc_block_view *ifc_blocks_view(ifc_block_table *t, uint32_t die);

/** ifc_blocks_filling() - a move from row @from to row @to of @die begins. */
void ifc_blocks_filling(ifc_block_table *t, uint32_t die, uint32_t from, uint32_t to);

/**
 * ifc_blocks_moved() - what was in row @from of @die is in row @to, and @from is erased
 * Return: the sequence that has ended meanwhile, so that @to waits for its erase (ifc_blocks_late());
 * IFC_NONE: it goes on.
 */
uint32_t ifc_blocks_moved(ifc_block_table *t, uint32_t die, uint32_t from, uint32_t to);

/** ifc_blocks_stayed() - a move is not brought to its end. Return: likewise, of row @from. */
uint32_t ifc_blocks_stayed(ifc_block_table *t, uint32_t die, uint32_t from, uint32_t to);

/** ifc_blocks_late() - rows of @sequence that were on their way when it ended are now erased like others; no
 * erase of it may be under way. Return: how many of @die. */
uint32_t ifc_blocks_late(ifc_block_table *t, uint32_t die, uint32_t sequence);

#endif
