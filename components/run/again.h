/**
 * The graphs of a run, and what of them is known from before.
 */
#ifndef IFC_AGAIN_H
#define IFC_AGAIN_H

#include "components/run/host.h"

/** ifc_again_start() - reuse for this run, or why not; all parts and policies are there. */
void ifc_again_start(ifc_host *h);

/**
 * ifc_graph_again() - the graph @g of @layer, if it began in this state before: all that it did, and its time
 * Actor only; may block. What is not known is recorded from here on.
 * Return: whether it was.
 */
bool ifc_graph_again(ifc_host *h, const ifc_graph *g, uint32_t token, uint32_t layer);

/** ifc_graph_keep() - the graph that ifc_graph_again() did not know is over. */
void ifc_graph_keep(ifc_host *h);

#endif
