/**
 * What a run records only when asked: how busy each kind of resource was over time, and the operators of one
 * token. Memory is fixed whatever the run's length. Each call is a test of one pointer when it is off.
 */
#ifndef IFC_DETAIL_H
#define IFC_DETAIL_H

#include <stddef.h>

#include "components/system/system.h"

typedef struct ifc_detail ifc_detail;

/** ifc_detail_init() - start recording into sys->detail; the host's graphs are built already. */
void ifc_detail_init(ifc_system *sys);
void ifc_detail_fini(ifc_system *sys);

/** ifc_detail_collect() - move what was recorded into @r, which owns it. */
void ifc_detail_collect(const ifc_system *sys, ifc_result *r);

/* The recording itself; call the wrappers below. */
void ifc_detail_add_busy(ifc_detail *detail, uint32_t row, ifc_time begin, ifc_time end);
void ifc_detail_begin_token(ifc_detail *detail, uint32_t token);
void ifc_detail_end_token(ifc_detail *detail);
void ifc_detail_add_operator(ifc_detail *detail, const ifc_op_run *op);
void ifc_detail_add_txn(ifc_detail *detail, const ifc_txn *txn);

/** ifc_detail_busy() - a part of @resource (enum ifc_path_resource) works from @begin to @end, which may lie
 * ahead. */
static inline void ifc_detail_busy(const ifc_system *sys, uint32_t resource, ifc_time begin, ifc_time end)
{
    if (__builtin_expect(sys->detail != NULL, 0))
        ifc_detail_add_busy(sys->detail, resource, begin, end);
}

/** ifc_detail_token() - a token begins now. */
static inline void ifc_detail_token(const ifc_system *sys, uint32_t token)
{
    if (__builtin_expect(sys->detail != NULL, 0))
        ifc_detail_begin_token(sys->detail, token);
}

/** ifc_detail_token_done() - the token is complete. */
static inline void ifc_detail_token_done(const ifc_system *sys)
{
    if (__builtin_expect(sys->detail != NULL, 0))
        ifc_detail_end_token(sys->detail);
}

/** ifc_detail_operator() - a decode operator is done. */
static inline void ifc_detail_operator(const ifc_system *sys, const ifc_op_run *op)
{
    if (__builtin_expect(sys->detail != NULL, 0))
        ifc_detail_add_operator(sys->detail, op);
}

/** ifc_detail_txn() - a transaction is complete, all its stamps are set. */
static inline void ifc_detail_txn(const ifc_system *sys, const ifc_txn *txn)
{
    if (__builtin_expect(sys->detail != NULL, 0))
        ifc_detail_add_txn(sys->detail, txn);
}

#endif
