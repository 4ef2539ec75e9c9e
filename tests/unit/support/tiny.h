/**
 * A machine and a model small enough for paper, and what a token costs on it: counted from the numbers of the
 * scenario alone, with none of the simulator's functions.
 *
 * The model: one layer of 64, two query heads that share a KV head of 64, a feed-forward part of 64, 100
 * words, 16 bits. The machine: two dies of two planes on one channel, pages of 256 + 32 bytes. Vector and
 * matrix work of the NPU takes 1 ns an operation. The buffer gathers two tokens, which fill one page of K and
 * one of V; they are programmed when the second token is done.
 */
#ifndef IFC_TEST_TINY_H
#define IFC_TEST_TINY_H

#include "tests/unit/support/sim.h"

/** tiny() - decodes 2 tokens from a context of 10; owned, released by free(). */
ifc_scenario *tiny(void);

/** tiny_dram() - the same with KV on two channels of DRAM, attended by the NPU. */
ifc_scenario *tiny_dram(void);

/** tiny_discrete() - the same with KV in two more dies of that kind, g2. */
ifc_scenario *tiny_discrete(void);

/** tiny_plain() - the same with KV in a die of plain NAND, g2, attended by the NPU. */
ifc_scenario *tiny_plain(void);

/** tiny_experts() - the same with 4 experts, of which a token uses 2. */
ifc_scenario *tiny_experts(void);

/** tiny_mixed() - 3 layers, the first dense and wider, two with a shared expert more; matrices of 3 to 16
 * bits. */
ifc_scenario *tiny_mixed(void);

/** What something costs: pages sensed, products, bytes down and up the channels. */
typedef struct tiny_cost {
    uint64_t pages, macs, down, up;
} tiny_cost;

/** tiny_weights() - a token's products with weights, and its row of the embedding. */
tiny_cost tiny_weights(const ifc_scenario *s);

/** tiny_stored_pages() - of all weights: every expert, the embedding and, unless it is tied, the head. */
uint64_t tiny_stored_pages(const ifc_scenario *s);

/** tiny_attention() - logit and attend of @stored tokens in the dies. */
tiny_cost tiny_attention(const ifc_scenario *s, uint64_t stored);

/** tiny_npu_ops() - operations of the NPU for a token that attends @stored + @buffered tokens. */
uint64_t tiny_npu_ops(const ifc_scenario *s, uint64_t stored, uint64_t buffered);

/** tiny_matrix_pages() - a matrix whose rows are dealt over all planes and packed in each. */
uint64_t tiny_matrix_pages(const ifc_flash_group *g, uint64_t rows, uint64_t cols);

/** tiny_page_bits() - bits of a page, the spare ones included. */
double tiny_page_bits(const ifc_flash_group *g);

/** tiny_entry() - bytes of a token's K or V of one head. */
uint64_t tiny_entry(const ifc_scenario *s);

#endif
