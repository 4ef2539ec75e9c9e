/**
 * Where streams begin when they are dealt over all planes, and where heads begin that own planes.
 */
#ifndef IFC_DEALING_H
#define IFC_DEALING_H

#include <ifc/policy.h>

/** ifc_dealing_striped() - rotated: stream s of a layer begins on plane s, so that its heads' programs
 * spread. */
static inline uint32_t ifc_dealing_striped(const ifc_stream_view *s)
{
    return ((uint32_t)s->values * s->heads + s->head) % s->planes;
}

/** ifc_dealing_by_head() - heads own planes, as evenly as whole planes allow. */
static inline uint32_t ifc_dealing_by_head(const ifc_stream_view *s)
{
    return (uint32_t)((uint64_t)s->head * s->planes / s->heads);
}

#endif
