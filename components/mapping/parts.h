/**
 * What several ways need.
 */
#ifndef IFC_PARTS_H
#define IFC_PARTS_H

#include "components/mapping/mapping.h"
#include "platform/common/arithmetic.h"

#define IFC__PARTIAL_SUM_BYTES 4

/** ifc__vector_id() - one number for each input vector of a run: dies keep it until another one comes. */
uint64_t ifc__vector_id(const ifc_op_run *op, uint32_t slot);

/** ifc__vector_new() - a number for an input vector that no other operator has. */
uint64_t ifc__vector_new(ifc_mapping *map);

/** ifc__multiplied_by() - whether operators of a kind are products with a matrix of which this one takes a
 * part. */
bool ifc__multiplied_by(const ifc_mapping *map, ifc_op_kind kind, ifc_multiplier by);

/** ifc__kv_by_plane() - planes keep what they generate (head-parallel or unmapped, buffered in the plane). */
bool ifc__kv_by_plane(const ifc_mapping *map);

/** ifc__account_entries() - an operator reads the entries of all its heads. */
void ifc__account_entries(ifc_mapping *map, const ifc_op_run *op);

/** ifc__flushed() - what a flush of @layer programs, for the blocks. */
ifc_block_data ifc__flushed(const ifc_kv *kv, uint32_t layer, const ifc_kv_flush *plan);

/** ifc__account_pages() - @t reads these pages of the cache. */
void ifc__account_pages(ifc_mapping *map, const ifc_txn *t, ifc_kv_part part);

/** ifc__query_vector() - the queries of a stage, as dies keep them: one number where a sequence decodes
 * alone. */
uint64_t ifc__query_vector(ifc_mapping *map, const ifc_op_run *op);

/** ifc__read_pages() - what a die has of a scan goes to the NPU. */
void ifc__read_pages(ifc_mapping *map, ifc_op_run *op, const ifc_kv *kv, uint32_t die,
                     const ifc_kv_share *share, ifc_kv_part part);

/** ifc__address_kv() - where the pages of K or V lie that @t reads for @node: set, where planes are
 * independent.
 */
void ifc__address_kv(const ifc_mapping *map, ifc_txn *t, const ifc_kv *kv, const ifc_op_node *node,
                     ifc_kv_part part);

/** ifc__address_rows() - where rounds [from, to) of @times matrices lie, likewise. A round is a page of each
 * plane. */
void ifc__address_rows(const ifc_mapping *map, ifc_txn *t, const ifc_weight_share *share, uint32_t times,
                       uint64_t from, uint64_t to);

/** ifc__access_dram() - equal parts over the DRAM channels, the first ones a byte more. @tile: as in a
 * transaction. */
void ifc__access_dram(ifc_mapping *map, ifc_op_run *op, ifc_command command, ifc_class traffic,
                      uint64_t bytes, uint32_t tile);

#endif
