/**
 * Policies that watch: observers are told what happens.
 */
#ifndef IFC_OBSERVERS_H
#define IFC_OBSERVERS_H

#include "components/run/events.h"
#include "platform/registry/policies.h"

/** ifc_observers_listen() - tell the observers of @policies, if there are any. */
void ifc_observers_listen(ifc_policies *policies, ifc_probe *probe, ifc_events *events);

#endif
