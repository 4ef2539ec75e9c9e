/**
 * What the tokens of a run cover: flush and page periods of the KV cache.
 */
#ifndef IFC_COLLECT_WINDOW_H
#define IFC_COLLECT_WINDOW_H

#include "components/record/record.h"

/** ifc_collect_window() - fill @r->window of a decode run, which has its tokens by now. */
void ifc_collect_window(const ifc_record *rec, ifc_result *r);

#endif
