/**
 * Inside of workloads/requests: what is known of the conversations of a trace. A bounded number of them: when
 * there are more, the one that was silent longest is forgotten, and would begin anew.
 */
#ifndef IFC_SESSIONS_H
#define IFC_SESSIONS_H

#include "workloads/requests/requests.h"

#define IFC__SESSIONS_MAX 65536

typedef struct ifc__sessions ifc__sessions;

/** ifc__sessions_new() - @max: up to IFC__SESSIONS_MAX. Return: owned. */
ifc__sessions *ifc__sessions_new(uint32_t max);
void ifc__sessions_free(ifc__sessions *s);

/**
 * ifc__sessions_take() - the next turn of conversation @name: fills session, turn and kept of @r, whose
 * prompt and answer are known Return: whether another conversation was forgotten for it.
 */
bool ifc__sessions_take(ifc__sessions *s, const char *name, ifc_request *r);

#endif
