/**
 * A child process and what joins it to its parent.
 */
#ifndef IFC_FORK_H
#define IFC_FORK_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include <ifc/status.h>

/**
 * ifc_fork_joined() - fork, with a pipe from the child to its parent or a socket between them
 * @ends: out; the parent has ends[0], the child ends[1]; the other one is closed in each. The caller closes
 * his.
 * @both_ways: a socket
 * What was printed is flushed before. The child ends (SIGTERM) when its parent does. Several threads may call
 * this. Return: as fork(2); below 0: @err says why, and nothing is open.
 */
pid_t ifc_fork_joined(int ends[2], bool both_ways, ifc_error *err);

/** ifc_fork_death() - what it means that a child ended without a result. @how: of waitpid(2). @text: out.
 * Return: IFC_EINTERRUPTED, IFC_EMACHINE or IFC_EINTERNAL. */
ifc_status ifc_fork_death(int how, char *text, size_t size);

#endif
