/**
 * Moments at which policies are asked again, because they said so.
 */
#ifndef IFC_WAKE_H
#define IFC_WAKE_H

#include "platform/kernel/kernel.h"

struct ifc_host;

/** ifc_wake_start() - an actor that asks them, where there is a policy that could want it. From the host's
 * actor. */
void ifc_wake_start(struct ifc_host *h);

/** ifc_wake_changed() - a policy wants a moment; what is recorded of the graph at work is given up. Does not
 * block. */
void ifc_wake_changed(struct ifc_host *h);

#endif
