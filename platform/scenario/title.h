/**
 * The title of a scenario: which model runs is filled in when all is read.
 */
#ifndef IFC_TITLE_H
#define IFC_TITLE_H

#include "platform/scenario/origins.h"

/**
 * ifc__title_settle() - in @s->title, "{model}" becomes the model's name and "{bits}" its bits, as in W4A16
 * A model whose shape was changed by --set, and not its name, is "NAME (changed)". A title that gets too long
 * is a message in @diag.
 */
void ifc__title_settle(ifc_scenario *s, const ifc_origins *origins, ifc_diagnostics *diag);

#endif
