#include "platform/jobs/fork.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static int join(int ends[2], bool both_ways)
{
    return both_ways ? socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) : pipe2(ends, O_CLOEXEC);
}

/* The child of another thread must not hold this one's end, or what it writes would have no end: from joining
 * to closing that end, no other thread forks. */
pid_t ifc_fork_joined(int ends[2], bool both_ways, ifc_error *err)
{
    static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;
    fflush(NULL); /* or the child would print it again */
    pthread_mutex_lock(&one_at_a_time);
    pid_t pid = -1;
    if (join(ends, both_ways) != 0) {
        (void)ifc_fail(err, IFC_EINTERNAL, "cannot make a pipe: %s", strerror(errno));
    } else if ((pid = fork()) != 0) {
        if (pid < 0) {
            (void)ifc_fail(err, IFC_EINTERNAL, "cannot start a process: %s", strerror(errno));
            close(ends[0]);
        }
        close(ends[1]);
    }
    if (pid != 0) {
        pthread_mutex_unlock(&one_at_a_time);
    } else {
        close(ends[0]);
        prctl(PR_SET_PDEATHSIG, SIGTERM); /* do not outlive a parent that was killed */
    }
    return pid;
}

ifc_status ifc_fork_death(int how, char *text, size_t size)
{
    if (WIFSIGNALED(how))
        snprintf(text, size, "the run ended by signal %d (%s)", WTERMSIG(how), strsignal(WTERMSIG(how)));
    else
        snprintf(text, size, "the run ended with status %d and without a result", WEXITSTATUS(how));
    int killed = WIFSIGNALED(how) ? WTERMSIG(how) : 0;
    bool stopped = killed ? killed == SIGINT || killed == SIGTERM || killed == SIGHUP
                          : WEXITSTATUS(how) == IFC_EINTERRUPTED;
    bool small = !killed && WEXITSTATUS(how) == IFC_EMACHINE; /* its own message is told */
    return stopped ? IFC_EINTERRUPTED : small ? IFC_EMACHINE : IFC_EINTERNAL;
}
