/**
 * Queues of things that hang together by a member of theirs. A queue owns nothing; all zero is an empty one.
 */
#ifndef IFC_FIFO_H
#define IFC_FIFO_H

#include <stddef.h>

/** IFC_FIFO_TYPE() - the type @name of queues of @type, oldest first. */
#define IFC_FIFO_TYPE(name, type)                                                                            \
    typedef struct name {                                                                                    \
        type *first, **last; /* last: means something while there is a first */                              \
    } name;

/**
 * IFC_FIFO_FUNCTIONS() - of a queue whose things hang by @next; a thing is in one queue at a time:
 * NAME_put(queue, item): behind all others; NAME_take(queue): the oldest, NULL: there is none;
 * NAME_take_at(queue, at): the one that @at, queue->first or the @next of another in it, points to.
 */
#define IFC_FIFO_FUNCTIONS(name, type, next)                                                                 \
    __attribute__((unused)) static inline void name##_put(name *q, type *item)                               \
    {                                                                                                        \
        item->next = NULL;                                                                                   \
        *(q->first ? q->last : &q->first) = item;                                                            \
        q->last = &item->next;                                                                               \
    }                                                                                                        \
    __attribute__((unused)) static inline type *name##_take_at(name *q, type **at)                           \
    {                                                                                                        \
        type *item = *at;                                                                                    \
        *at = item->next;                                                                                    \
        if (!*at)                                                                                            \
            q->last = at;                                                                                    \
        item->next = NULL;                                                                                   \
        return item;                                                                                         \
    }                                                                                                        \
    __attribute__((unused)) static inline type *name##_take(name *q)                                         \
    {                                                                                                        \
        return q->first ? name##_take_at(q, &q->first) : NULL;                                               \
    }

#endif
