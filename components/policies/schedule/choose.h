/**
 * What schedule policies have in common.
 */
#ifndef IFC_SCHEDULE_CHOOSE_H
#define IFC_SCHEDULE_CHOOSE_H

#include <ifc/policy.h>

/** ifc_schedule_decode_all() - all whose prompt is done decode. Return: whether there are any. */
static inline bool ifc_schedule_decode_all(const ifc_schedule_view *view, ifc_step_choice *choice)
{
    bool any = false;
    for (uint32_t i = 0; i < view->n; i++)
        any |= choice->decodes[i] = view->requests[i].prompt == 0;
    return any;
}

#endif
