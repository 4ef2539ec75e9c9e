/**
 * The options of a run that ask for a timeline.
 */
#ifndef IFC_TRACE_OPTION_H
#define IFC_TRACE_OPTION_H

#include "platform/observe/timeline.h"

/** ifc_trace_level_names() - "operators", "channels", ...; NULL at the end. The first is level 1. */
const char *const *ifc_trace_level_names(void);

/**
 * ifc_trace_window_set() - "1 ms..2.5 ms", "1ms..", "..2ms"; "token 3", "tokens 3..5" (both included, from 0)
 * Return: IFC_EUSAGE with what is wrong.
 */
IFC_MUST_CHECK ifc_status ifc_trace_window_set(ifc_timeline_options *o, const char *text, ifc_error *err);

/** ifc_trace_window_parse() - the window in simulated time alone. */
IFC_MUST_CHECK ifc_status ifc_trace_window_parse(const char *text, ifc_time *begin, ifc_time *end,
                                                 ifc_error *err);

#endif
