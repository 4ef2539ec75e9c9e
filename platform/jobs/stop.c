#include "platform/jobs/stop.h"

#include <string.h>
#include <unistd.h>

#include <ifc/status.h>

volatile sig_atomic_t ifc_stop_requested;

static pid_t installer;

/* A child of a run with several scenarios may get Ctrl-C from the terminal and SIGTERM from its parent for
 * one wish of the user: there only the same signal again means "now". */
static void on_signal(int number)
{
    static volatile sig_atomic_t first;
    if (first == number || (first != 0 && getpid() == installer))
        _exit(IFC_EINTERRUPTED);
    if (first == 0)
        first = number;
    ifc_stop_requested = 1;
}

void ifc_stop_install(void)
{
    struct sigaction action, hangup;
    memset(&action, 0, sizeof action);
    action.sa_handler = on_signal;
    sigemptyset(&action.sa_mask);
    installer = getpid();
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    if (sigaction(SIGHUP, NULL, &hangup) == 0 && hangup.sa_handler != SIG_IGN) /* nohup(1) */
        sigaction(SIGHUP, &action, NULL);
}
