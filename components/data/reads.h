/**
 * Between components/data/blocks.c and reads.c: the gathered reads of a block table.
 */
#ifndef IFC_READS_H
#define IFC_READS_H

#include "components/data/blocks.h"

/** ifc_reads_init() - nothing has been read; the table is laid out. */
void ifc_reads_init(ifc_block_table *t);
void ifc_reads_fini(ifc_block_table *t);

/** ifc_reads_spread() - spread what was read on @die over its rows. */
void ifc_reads_spread(ifc_block_table *t, uint32_t die);

/** ifc_blocks_layer_page() - the page where the matrices of @layer begin in a group; of the layer after the
 * last: where those of the layers end. */
uint64_t ifc_blocks_layer_page(const ifc_block_table *t, uint32_t group, uint32_t layer);

/** ifc_reads_appended() - pages of a stream of @layer that are attended and were appended in this run.
 * @pages: out, all that are. */
uint64_t ifc_reads_appended(const ifc_kv *kv, uint32_t layer, uint32_t head, uint64_t *pages);

#endif
