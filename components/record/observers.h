/**
 * Policies that watch: observers are told what happens.
 */
#ifndef IFC_OBSERVERS_H
#define IFC_OBSERVERS_H

#include "components/run/events.h"

struct ifc_hardware;

/** ifc_observers_listen() - tell the observers among the policies of @hw, if there are any. */
void ifc_observers_listen(struct ifc_hardware *hw, ifc_events *events);

#endif
