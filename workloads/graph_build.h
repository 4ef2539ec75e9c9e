/**
 * Inside of workloads: how graphs are put together, from a model or from a file.
 */
#ifndef IFC_GRAPH_BUILD_H
#define IFC_GRAPH_BUILD_H

#include "workloads/graph.h"

/** ifc__graph_node() - Return: its number. */
uint32_t ifc__graph_node(ifc_graph *g, ifc_op_kind kind, ifc_unit unit);

/** ifc__graph_depend() - the last node depends on @on, an earlier one. */
void ifc__graph_depend(ifc_graph *g, uint32_t on);

/** ifc__graph_product() - @node is the product with a matrix of its kind; @vector: which input. */
void ifc__graph_product(ifc_graph *g, uint32_t node, uint64_t rows, uint64_t cols, uint32_t vector);

/** ifc__graph_experts() - its product is that of experts: it reads @times of @stored ones, the last @always
 * of them for every token. */
void ifc__graph_experts(ifc_graph *g, uint32_t node, uint32_t times, uint32_t stored, uint32_t always);

/** ifc__graph_link() - the graph is complete. */
void ifc__graph_link(ifc_graph *g);

#endif
