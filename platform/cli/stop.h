/**
 * Ctrl-C: the first asks the run to end and hand over what it has, the second ends the process.
 */
#ifndef IFC_STOP_H
#define IFC_STOP_H

#include <signal.h>

/** The flag that the machine polls; non-zero after SIGINT or SIGTERM. */
extern volatile sig_atomic_t ifc_stop_requested;

/** ifc_stop_install() - catch SIGINT and SIGTERM from now on. */
void ifc_stop_install(void);

#endif
