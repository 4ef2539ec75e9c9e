/**
 * Requests of a stream that come from outside of the simulation: another program says what is asked for, and
 * when, and is told what is done.
 */
#ifndef IFC_SOURCE_H
#define IFC_SOURCE_H

#include <stdint.h>

#include <ifc/time.h>

typedef enum ifc_order_kind {
    IFC_ORDER_SUBMIT, /* a request */
    IFC_ORDER_GO,     /* simulate on, until @at */
    IFC_ORDER_END,    /* no further request comes: finish what is under way */
} ifc_order_kind;

typedef struct ifc_order {
    ifc_order_kind kind;
    ifc_time at;  /* SUBMIT: when it arrives, not before now; GO: IFC_TIME_MAX: until nothing is under way */
    uint64_t id;  /* SUBMIT: the caller's */
    uint32_t die; /* SUBMIT: first one, within the stream's group */
    uint32_t plane; /* SUBMIT: first one, of each of its dies */
} ifc_order;

/** All of it is borrowed; the calls may block the process, and simulated time stands still meanwhile. */
typedef struct ifc_source {
    void *arg;
    void (*next)(void *arg, ifc_order *order); /* what comes now; called again until it is GO or END */
    void (*done)(void *arg, uint64_t id, ifc_time arrived); /* a request is complete, now; next() follows */
    void (*reached)(void *arg);                             /* the time of GO has come; next() follows */
} ifc_source;

#endif
