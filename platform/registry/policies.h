/**
 * The policies of one run: their state, and the guard around their ops.
 */
#ifndef IFC_POLICIES_H
#define IFC_POLICIES_H

#include "platform/observe/output.h"
#include "platform/registry/registry.h"

struct ifc_policies;
struct ifc_result;

#define IFC_POLICY_FILES 4

/** A policy at work. */
typedef struct ifc_policy_run {
    const ifc_registry_entry *entry;
    const ifc_policy *policy;
    void *state; /* owned */
    char label[IFC_NAME_MAX];
    bool ready;       /* init() has been called and not fini() */
    bool asked;       /* one of its ops has been called */
    ifc_time wake_at; /* it wants to be asked then; IFC_TIME_MAX: no */
    struct {
        char suffix[16];
        ifc_text text;
    } files[IFC_POLICY_FILES]; /* that it writes; suffix empty: none */
    ifc_policy_host host;
    uint64_t rng;
    uint32_t track; /* timeline: of its marks; 0: none yet */
    struct ifc_policies *all;
} ifc_policy_run;

/** What the machine does for policies. */
typedef struct ifc_policy_services {
    uint64_t (*random)(uint64_t *state);
    void (*mark)(void *arg, ifc_policy_run *p, const char *text);
    void (*wake)(void *arg); /* a wake_at was set */
    bool files;              /* somebody wants them */
    void *arg;
} ifc_policy_services;

/** What becomes of a file: @label is the policy's. */
typedef void (*ifc_policy_file_fn)(void *arg, const char *label, const char *suffix, const char *data,
                                   size_t size);

typedef struct ifc_policies {
    ifc_registry registry;
    ifc_policy_run kinds[IFC_POLICY_KINDS]; /* by ifc_kind */
    ifc_policy_run observers[IFC_PLUGINS_MAX];
    uint32_t n_observers;
    ifc_machine_view machine;
    ifc_group_view groups[IFC_GROUPS_MAX];
    ifc_policy_services services;
} ifc_policies;

/**
 * ifc_policies_open() - load and configure the policies of @s; none of their ops is called
 * @p: zeroed; to be closed on success
 * Return: IFC_OK; IFC_EDATA, with nothing left open.
 */
IFC_MUST_CHECK ifc_status ifc_policies_open(ifc_policies *p, const ifc_scenario *s, ifc_error *err);

/**
 * ifc_policies_start() - call every init(); p->machine and p->services are filled
 * Return: IFC_OK; IFC_EDATA when a policy refuses to work here.
 */
IFC_MUST_CHECK ifc_status ifc_policies_start(ifc_policies *p, ifc_error *err);

/** ifc_policies_collect() - names, parameters and statistics into @out, which owns them. */
void ifc_policies_collect(const ifc_policies *p, struct ifc_result *out);

/** ifc_policies_files() - hand each file that a policy wrote to @take, which borrows it. */
void ifc_policies_files(ifc_policies *p, ifc_policy_file_fn take, void *arg);

/** ifc_policies_wakes() - whether a moment is to come at which a policy is woken. */
bool ifc_policies_wakes(const ifc_policies *p);

/** ifc_policies_close() - call every fini() that is due and release everything; harmless on zeroed memory. */
void ifc_policies_close(ifc_policies *p);

/** ifc_policy_decides() - what happens inside a layer depends on its answers. */
bool ifc_policy_decides(const ifc_policy_run *p);

/** ifc_policy_has_digest() - it says what its answers depend on. */
bool ifc_policy_has_digest(const ifc_policy_run *p);

/** ifc_policy_digest() - that number; 0 where it decides nothing. */
uint64_t ifc_policy_digest(const ifc_policy_run *p);

/** ifc_policy_enter() / ifc_policy_leave() - around every call: in between nothing may block.
 * ifc_policy_ask() - the same as the first, of an op: the policy was asked. */
void ifc_policy_ask(const ifc_policy_run *p, const char *op);
void ifc_policy_enter(const ifc_policy_run *p, const char *op);
void ifc_policy_leave(const ifc_policy_run *p);

/** ifc_policy_limit_time() - from so many seconds on, an op that does not return breaks its contract; 0:
 * never. */
void ifc_policy_limit_time(double seconds);

/**
 * ifc_policy_misbehaves() - an op broke its contract: say which one of which policy, and end with status 70
 */
void ifc_policy_misbehaves(const ifc_policy_run *p, const char *op, const char *format, ...) IFC_PRINTF(3, 4)
    __attribute__((noreturn));

#endif
