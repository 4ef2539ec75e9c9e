/**
 * Ctrl-C, SIGTERM, SIGHUP: the first asks the run to end and hand over what it has, the second ends the
 * process.
 */
#ifndef IFC_STOP_H
#define IFC_STOP_H

#include <signal.h>

/** The flag that the machine polls; non-zero after the first signal. */
extern volatile sig_atomic_t ifc_stop_requested;

/** ifc_stop_install() - catch SIGINT, SIGTERM and, unless it is ignored, SIGHUP from now on. */
void ifc_stop_install(void);

#endif
