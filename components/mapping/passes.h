/**
 * Many vectors for a page: in how many passes a matrix, or a cache, is read for them.
 */
#ifndef IFC_PASSES_H
#define IFC_PASSES_H

#include <ifc/operator.h>

struct ifc_group;
struct ifc_scenario;

/** What one vector brings to a die, and takes from it. */
typedef struct ifc_pass_load {
    uint64_t kept;   /* bytes of input or result that do not grow with the pages */
    uint64_t grows;  /* bytes that do: the global buffer need hold a granule of them */
    uint64_t rounds; /* pages of the plane that has most */
} ifc_pass_load;

/**
 * ifc_passes() - how often pages are sensed for @vectors vectors: as few times as half of the global buffer
 * of a die of @group lets, which a command holds at most Return: 1 .. @vectors; a vector that is larger than
 * half of the buffer has a pass of its own.
 */
uint32_t ifc_passes(const struct ifc_group *group, uint32_t vectors, const ifc_pass_load *one);

/** ifc_pass_part() - vectors of pass @i of @n: as even as whole vectors allow. */
static inline uint32_t ifc_pass_part(uint32_t vectors, uint32_t i, uint32_t n)
{
    return (uint32_t)((uint64_t)vectors * (i + 1) / n - (uint64_t)vectors * i / n);
}

/** ifc_experts_read() - matrices of @node that @vectors tokens use: each its own experts, one after the
 * other. */
uint32_t ifc_experts_read(const ifc_op_node *node, uint32_t vectors);

/** ifc_gemv_inputs() - elements of a vector that @rows rows of @node's matrices are multiplied with. */
uint64_t ifc_gemv_inputs(const ifc_op_node *node, uint64_t rows);

/** ifc_gemv_passes() - of the matrices of @node for @vectors vectors in the dies of @group. */
uint32_t ifc_gemv_passes(const struct ifc_group *group, const struct ifc_scenario *s, const ifc_op_node *node,
                         uint32_t vectors);

#endif
