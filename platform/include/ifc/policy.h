/**
 * Controller policies: the one door for the built-in ones and for shared objects made elsewhere.
 *
 * A policy is one constant descriptor (ifc_policy). A shared object exports it under the name ifc_plugin; or
 * several, that may share what they know in variables of the object, under the name ifc_plugins:
 *
 *     IFC_EXPORT const ifc_policy ifc_plugin = {
 *         IFC_POLICY_HEADER, .kind = IFC_KIND_DISPATCH, .name = "mine", .summary = "...",
 *         .state_size = sizeof(struct mine), IFC_OPS(dispatch, my_ops), ...
 *     };
 *
 * A scenario chooses it with policies.dispatch = { plugin = "./mine.so"; }, and of several of a kind in one
 * object one with name = "mine", too. A policy may have the name of a built-in one.
 *
 * In C++ the descriptor is the result of a function that fills one in, and a row of a table is written in the
 * order of its members, with IFC_FIELD_TYPE(), offsetof and sizeof.
 *
 * What holds for every op:
 *   - It is called from the simulator's actors, one at a time, never from two threads, only between init()
 * and fini(). Simulated time stands still while it runs: it may not sleep, wait or block in any other way.
 *   - @state is the policy's own: zeroed memory of state_size bytes, allocated and released by the core.
 * Memory that the policy allocates in init() it releases in fini().
 *   - Everything else it is given is read-only, belongs to the core, and is valid during the call only; of
 *     the machine and host tables until fini() returns. It owns nothing it is shown.
 *   - It must be deterministic: the same calls give the same answers. Random numbers come from the host
 * table.
 *   - An answer outside of what its contract allows ends the simulation with a message that names the policy
 *     and the op, and exit status 70.
 */
#ifndef IFC_POLICY_H
#define IFC_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <ifc/field.h>
#include <ifc/kind.h>
#include <ifc/time.h>
#include <ifc/txn.h>

/** Raised when a descriptor, an op, a view or the number of a kind changes its meaning. 2 since version
 * 0.2.0; what comes to the end of a table, a descriptor or the host leaves it. */
#define IFC_POLICY_ABI 2u

/** An answer: none of them. */
#define IFC_NONE UINT32_MAX

#define IFC_EXPORT __attribute__((visibility("default")))

/* ---- what a policy is shown ------------------------------------------------------------------------- */

/** A group of equal dies. */
typedef struct ifc_group_view {
    const char *name;
    uint32_t first_die, dies; /* dies are numbered over all groups */
    uint32_t planes;          /* of a die */
    uint32_t blocks;          /* of a plane */
    uint32_t pages_per_block;
    uint64_t page_bytes;
    ifc_time t_read, t_program, t_erase;
    double endurance;  /* program/erase cycles a block stands */
    double read_limit; /* page reads of a block before its data must move */
} ifc_group_view;

/** The machine; constant over a run. */
typedef struct ifc_machine_view {
    uint32_t channels, dies, groups;
    const ifc_group_view *group;
    uint32_t weights_group, kv_group; /* index, or IFC_NONE (stream workload; KV in DRAM) */
    uint32_t layers, kv_heads;        /* of the model; 0 for a stream workload */
    uint64_t context;                 /* tokens stored at the start */
} ifc_machine_view;

/** A die command that waits, or its bus request. */
typedef struct ifc_command_view {
    uint64_t id;            /* of the transaction; unique within a run */
    uint32_t command;       /* ifc_command */
    uint32_t traffic_class; /* ifc_class */
    uint32_t op_kind;       /* ifc_op_kind of the operator it belongs to */
    uint32_t token, layer, head_group;
    uint32_t group, channel;
    uint32_t die;         /* the first of its dies */
    uint32_t dies;        /* more than 1: a broadcast, all its dies are on the channel */
    uint32_t planes;      /* of each die, that take part */
    uint64_t pages;       /* to sense, program or erase on the first die */
    uint64_t bytes_down;  /* vector or data to send */
    uint64_t bytes_up;    /* result to fetch (arbiter: of this tenure) */
    bool up;              /* arbiter: the request is for data up */
    ifc_time since;       /* when it was queued (arbiter: when the bus was asked for) */
    uint32_t first_plane; /* of each die, that takes part; the others follow */
    uint32_t load;        /* commands that the first die has been sent and has not completed */
} ifc_command_view;

/** A transaction with all its times, for observers. */
typedef struct ifc_txn_view {
    ifc_command_view command;
    ifc_time issue;        /* begin of its first phase */
    const ifc_time *stamp; /* IFC_PHASES of them: end of each phase; 0: not reached */
} ifc_txn_view;

/** An operator of a token that is done, on the NPU or in flash, for observers. */
typedef struct ifc_operator_view {
    uint32_t op_kind; /* ifc_op_kind: ifc_op_name() */
    uint32_t unit;    /* ifc_unit: who did it */
    uint32_t token, layer, head_group;
    ifc_time issue, end;
} ifc_operator_view;

/* ---- what a policy may ask of the simulator --------------------------------------------------------- */

/**
 * Services of the core. The struct only grows: members beyond size are not there.
 * No service blocks. All may be called from any op, init() and fini() included.
 */
typedef struct ifc_policy_host {
    uint32_t abi, size;
    void *self; /* to be passed back */
    /** A random number, from a sequence of this policy's own that follows simulation.seed. */
    uint64_t (*random)(void *self);
    /** Simulated time, ps. */
    ifc_time (*now)(void *self);
    /** A mark on the policy's track of the timeline, if one is recorded. @text: lives as long as the policy.
     */
    void (*mark)(void *self, const char *text);
    /** A line on standard error, with the policy's name before it. */
    void (*message)(void *self, const char *text);
    /**
     * Ask this policy again at the moment @at, which has not passed; it replaces what was asked for before.
     * Then pick() is called for every channel whose commands wait (dispatch), flush() with IFC_FLUSH_WAKE for
     * every layer (kv_flush), choose() for every die (refresh), step() if requests wait (schedule), or wake()
     * (observer). Policies of other kinds break their contract by asking for it. A moment after the end of
     * the run never comes. While one is to come no layer is reused (simulation.reuse).
     */
    void (*wake)(void *self, ifc_time at);
    /**
     * A file of this run and policy, to be written with <stdio.h>; it is kept in memory, and saved when the
     * run is over. `ifcsim run --policy-files FOLDER` calls it FOLDER/SCENARIO.LABEL.SUFFIX.
     * @suffix: letters, digits, '-', '_', 15 at most, not cfg or so; 4 of a policy at most
     * Return: the same stream for the same suffix, not to be closed; NULL: nobody wants files of this run (no
     * such option, a variant of explain, a point of explore).
     */
    FILE *(*output)(void *self, const char *suffix);
} ifc_policy_host;

/* ---- dispatch: which queued die command goes next --------------------------------------------------- */

typedef struct ifc_dispatch_ops {
    /**
     * pick() - choose among the commands of one channel that could go now
     * @commands: @n of them (1 or more), oldest first. Each has room in all its dies. Of the commands of one
     *            class for one die only the oldest is shown: those stay in order.
     *
     * Called by the controller when a command is queued or room in a die gets free, and again after each
     * command that went, until nothing can go.
     * Return: an index below @n; or IFC_NONE to let all of them wait until the channel's next command is
     * queued or completes. Commands that wait for ever end the simulation.
     *
     * May be NULL: oldest first.
     */
    uint32_t (*pick)(void *state, uint32_t channel, const ifc_command_view *commands, uint32_t n);
} ifc_dispatch_ops;

/* ---- arbiter: who gets the bus ---------------------------------------------------------------------- */

typedef struct ifc_arbiter_ops {
    /**
     * pick() - choose the next tenure of a channel's bus
     * @requests: @n of them (1 or more), oldest first. Of the requests of one die and direction only the
     *            oldest is shown: those stay in order.
     *
     * Called by the channel whenever its bus is free and somebody asks for it.
     * Return: an index below @n. The bus does not idle while somebody waits.
     *
     * May be NULL: oldest first.
     */
    uint32_t (*pick)(void *state, uint32_t channel, const ifc_command_view *requests, uint32_t n);
} ifc_arbiter_ops;

/* ---- kv_placement: planes of a KV stream ------------------------------------------------------------ */

/** K or V of one layer and one head. */
typedef struct ifc_stream_view {
    uint32_t layer, head;
    bool values;            /* V, not K */
    uint32_t heads, layers; /* there are */
    uint64_t stored_pages;  /* of the stream when the run begins (token-striped, unmapped) */
    bool by_plane;   /* each plane keeps a slice of its head: first_plane() is where its planes begin */
    uint32_t planes; /* of the group, in dealing order: neighbours lie on different dies when striped,
                        and on the same die when by_plane */
} ifc_stream_view;

/** Where one more page could go. */
typedef struct ifc_page_view {
    const ifc_stream_view *stream;
    uint64_t page;            /* its index within the stream */
    const uint32_t *programs; /* pages programmed so far in this run, per plane in dealing order */
} ifc_page_view;

typedef struct ifc_kv_placement_ops {
    ifc_layout layout; /* the structure it is made for; a scenario with another one refuses it */
    /**
     * first_plane() - where a stream begins
     * Called once for each stream before the run. by_plane: called once for each head (layer 0, K); must be 0
     * for head 0 and larger for each further head, since a head's planes end where the next one's begin.
     * Return: below stream->planes.
     *
     * Mandatory.
     */
    uint32_t (*first_plane)(void *state, const ifc_stream_view *stream);
    /**
     * page_plane() - the plane of a page that a flush begins
     * Called once for each new page of a stream, in order, before it is programmed; not by_plane (there a
     * page lies on every plane of its head), and not with effects.page_rounding off (pages are spread
     * evenly). Return: below stream->planes.
     *
     * May be NULL: page p is on plane (first_plane + p) mod planes.
     */
    uint32_t (*page_plane)(void *state, const ifc_page_view *page);
} ifc_kv_placement_ops;

/* ---- kv_flush: when buffered tokens are programmed -------------------------------------------------- */

typedef enum ifc_flush_event {
    IFC_FLUSH_APPEND,    /* the layer's present token is in the buffer */
    IFC_FLUSH_KV_IDLE,   /* the dies that hold KV have nothing to do, and the layer's attention is over; of
                            other layers (every_layer): that of the layer at work */
    IFC_FLUSH_LAYER_END, /* the layer of a token is done */
    IFC_FLUSH_TOKEN_END, /* a token is done; asked for every layer, in order */
    IFC_FLUSH_FULL,      /* a new token finds no room: must answer at least 1 */
    IFC_FLUSH_WAKE /* the policy asked for this moment (host->wake); asked for every layer, in order, but
                      for one whose present token is not in the buffer yet */
} ifc_flush_event;

typedef struct ifc_flush_view {
    ifc_flush_event event;
    uint32_t token, layer;
    uint32_t buffered;               /* tokens of the layer in the buffer, 1 or more */
    uint32_t room;                   /* tokens of the layer the buffer can hold */
    uint32_t page_tokens;            /* tokens a page of a stream could hold at most */
    uint32_t open_tokens;            /* tokens in the page that a flush goes on with; 0: it begins a page */
    uint32_t programs_left;          /* partial programs that page still allows */
    uint32_t head_groups_unfinished; /* of the layer at work: attention not over */
} ifc_flush_view;

typedef struct ifc_kv_flush_ops {
    /**
     * flush() - how many of the layer's buffered tokens to program now, oldest first
     * Called at each event, for a layer that has buffered tokens and no flush under way.
     * Return: 0 .. buffered; 1 .. buffered for IFC_FLUSH_FULL.
     *
     * Mandatory.
     */
    uint32_t (*flush)(void *state, const ifc_flush_view *view);
    /**
     * Whether IFC_FLUSH_KV_IDLE is asked for every layer: for the one at work first, then for the others, in
     * order. No layer is reused then (simulation.reuse), since what one does depends on all of them.
     */
    bool every_layer;
} ifc_kv_flush_ops;

/* ---- refresh: when data moves, and where ------------------------------------------------------------ */

typedef enum ifc_block_use { IFC_BLOCK_FREE, IFC_BLOCK_WEIGHTS, IFC_BLOCK_KV, IFC_BLOCK_HOST } ifc_block_use;

/** A row of blocks of a die: one block of every plane; they are read, programmed and erased together. */
typedef struct ifc_block_view {
    uint32_t use;    /* ifc_block_use */
    uint32_t pages;  /* of each plane, that hold data */
    uint32_t cycles; /* times it was filled after an erase, in this run */
    bool open;       /* pages are still being added: cannot move */
    double reads;    /* page reads of a block since it was filled (or since the run began) */
} ifc_block_view;

typedef struct ifc_refresh_view {
    uint32_t group, die; /* the die, over all groups */
    uint32_t token;      /* that has just been decoded */
    const ifc_block_view *blocks;
    uint32_t n; /* rows */
} ifc_refresh_view;

/** Copy the pages of a row to a free one, inside the die, then erase it. */
typedef struct ifc_move {
    uint32_t from, to;      /* rows; from holds data and is not open, to is free */
    uint32_t pages_at_once; /* of each plane and command, 1 or more: longer commands block the die longer */
} ifc_move;

typedef struct ifc_refresh_ops {
    /**
     * choose() - begin a move, or not
     * @move: out
     * Called for each die after each token, and when a move of the die is complete, while none is under way.
     * The move is made of commands of class refresh, one at a time: each senses and programs pages_at_once
     * pages of every plane; an erase ends it.
     * Return: whether @move says what to move.
     *
     * May be NULL: nothing moves, and no counters are gathered for it.
     */
    bool (*choose)(void *state, const ifc_refresh_view *view, ifc_move *move);
} ifc_refresh_ops;

/* ---- kv_select: which pages attention reads --------------------------------------------------------- */

/** A layer for which a policy plans. */
typedef struct ifc_select_layer {
    uint32_t layer, layers;
    uint32_t heads;       /* KV heads */
    uint32_t queries;     /* query heads that share one */
    uint32_t head_dim;    /* elements of a key */
    uint64_t page_tokens; /* keys of a head that fit a page; 0: the cache is in DRAM, and has none */
} ifc_select_layer;

/**
 * What choosing takes, and what is never read again. All zero: the layer is read whole.
 *
 * An index is kept beside the keys: an entry of @vectors vectors, each as wide as a key, for every
 * @entry_tokens tokens that are stored. Its pages are programmed when a flush completes entries, as full as
 * partial programs let them get, take up room and wear out. @parts > 1: entries are cut by channels, and each
 * part lies in pages of its own, so that a choice reads @read_parts of them only. Entries that are read are
 * multiplied with the queries; one score for each entry and query comes to the NPU, which chooses; the pages
 * that it chose are asked for then.
 */
typedef struct ifc_select_plan {
    bool selects;          /* select() is asked about this layer */
    uint32_t entry_tokens; /* 0: there is no index */
    uint32_t vectors, parts, read_parts;
    /* Tokens that stay: the first and the last ones; pages that hold none of them are free. Both 0: all stay.
     */
    uint64_t kept_first, kept_last;
} ifc_select_plan;

/** Pages [first, first + pages) of a stream. */
typedef struct ifc_page_span {
    uint64_t first, pages;
} ifc_page_span;

/** K and V of one sequence, layer and KV head, of which a step wants to read. */
typedef struct ifc_select_view {
    uint32_t token, sequence, layer, head;
    uint64_t stored;      /* tokens in pages that are attended */
    uint64_t buffered;    /* tokens after those, in the KV buffer: attended in any case */
    uint64_t first_page;  /* index within the stream of the first page that holds one of them */
    uint64_t pages;       /* that do */
    uint64_t page_tokens; /* tokens a page holds at most */
} ifc_select_view;

/** The answer. In DRAM, a page is @page_tokens tokens. */
typedef struct ifc_selection {
    ifc_page_span *spans; /* room for view->pages of them; to be filled in: ascending, without gaps or
                        overlaps of zero or fewer pages between them */
    uint64_t n;           /* of them: 1 or more, unless there are no pages */
    uint64_t tokens;      /* of those pages, that are attended; 0: all that they hold */
} ifc_selection;

typedef struct ifc_kv_select_ops {
    /**
     * plan() - what choosing takes in a layer
     * @plan: out; zero
     * Called once for each layer, before the run. Return: NULL, or why the policy cannot work here, as text
     * that stays valid: the run ends with it.
     *
     * May be NULL: no layer is asked about, attention reads all.
     */
    const char *(*plan)(void *state, const ifc_select_layer *layer, ifc_select_plan *plan);
    /**
     * select() - which pages attention reads; the same of K and of V
     * Called for each sequence and KV head when a step of decode comes to a layer whose plan selects, in
     * order, also where the layer is used again (simulation.reuse): its answers are part of what makes layers
     * equal, so that no digest is needed. All tokens of a step, and all query heads that share a KV head,
     * read the same pages. Tokens of a prompt attend to all before them.
     *
     * Mandatory with plan().
     */
    void (*select)(void *state, const ifc_select_view *view, ifc_selection *selection);
} ifc_kv_select_ops;

/* ---- array: whether a program or erase makes way for a read ----------------------------------------- */

/** A READ or READ_COMPUTE has come to planes that are programmed or erased, or about to be. */
typedef struct ifc_array_view {
    const ifc_command_view *operation; /* the PROGRAM, COPY or ERASE */
    const ifc_command_view *command;   /* what has come */
    bool running;          /* false: it has not begun yet, or is suspended: no time is lost to suspend it */
    ifc_time done, left;   /* of its time on the array */
    ifc_time suspend_time; /* that it takes to suspend it, before the command may begin; 0 if not running */
    uint32_t suspends,
        most;        /* times that it was suspended; that it may be: fewer than that so far, if running */
    uint32_t passed; /* commands that went before it since it stopped */
} ifc_array_view;

typedef struct ifc_array_ops {
    /**
     * suspend() - whether the operation makes way
     * Called once when a command meets an operation: the later of the moments at which the command has come
     * and at which the operation begins, or goes on. Not called where the group's suspend.max is 0, nor when
     * the operation was suspended that often, nor for more commands at a stop than the die takes
     * (queue_depth): so no operation waits for ever.
     * Return: true: the operation stops, if it runs, and the command goes first, also before other programs
     * and erases that came before it. When no further command goes first, the operation goes on with what is
     * left of it.
     *
     * May be NULL: operations go on.
     */
    bool (*suspend)(void *state, const ifc_array_view *view);
} ifc_array_ops;

/* ---- schedule: which requests form the next step ---------------------------------------------------- */

/** Most requests that wait and that a policy is shown: the first ones. */
#define IFC_WAITING_MAX 1024

/** A request that waits, or is under way. */
typedef struct ifc_request_view {
    uint64_t request; /* its row in the trace, from 0; its number when it was drawn */
    ifc_time arrival; /* of closed arrivals: 0 while it waits, then when it began */
    uint64_t prompt;  /* tokens of its prompt that are still to be prefilled; while it waits: all */
    uint64_t left;    /* tokens that it has still to generate; a real machine does not know it */
    uint64_t tokens;  /* whose keys and values it has */
} ifc_request_view;

/** Those under way, in the order in which they began. */
typedef struct ifc_schedule_view {
    const ifc_request_view *requests;
    uint32_t n;       /* 1 or more */
    uint32_t waiting; /* requests that have arrived and have no place, IFC_WAITING_MAX at most */
    uint64_t chunk;   /* most tokens of a prompt in a step; 0: all of it */
    bool was_prompt;  /* the step before was of a prompt */
} ifc_schedule_view;

/** A step: of one prompt, or of decoding. Neither: nothing is done until a request arrives, or wake(). */
typedef struct ifc_step_choice {
    uint32_t prompt; /* index of the request whose prompt goes on; IFC_NONE: none */
    bool *decodes;   /* [n], false: set for those that decode a token in this step; their prompts are done */
} ifc_step_choice;

typedef struct ifc_schedule_ops {
    /**
     * admit() - which request that waits takes a place
     * @waiting: @n of them (1 or more), in order of arrival; of a conversation only the next turn, when the
     * one before is over Called between steps while a place is free. If the one chosen does not fit beside
     * those that are there, it waits, and nobody passes it before the next step. Return: an index below @n;
     * IFC_NONE: nobody now.
     *
     * May be NULL: the first; then the next turn of a conversation waits in line, too.
     */
    uint32_t (*admit)(void *state, const ifc_request_view *waiting, uint32_t n);
    /**
     * step() - what the next step does
     * @choice: out
     * Called before each step of workload.kind = "requests" while one is under way.
     *
     * May be NULL: a chunk of the prompt that came first and a token of all that decode, in turns.
     */
    void (*step)(void *state, const ifc_schedule_view *view, ifc_step_choice *choice);
} ifc_schedule_ops;

/* ---- observer: sees everything, decides nothing ----------------------------------------------------- */

typedef struct ifc_observer_ops {
    /** issue() - a transaction has been made and is about to be queued. May be NULL. */
    void (*issue)(void *state, const ifc_txn_view *txn);
    /** complete() - a transaction is done; all its stamps are set. Each is seen once. May be NULL. */
    void (*complete)(void *state, const ifc_txn_view *txn);
    /** token() - token @token, begun at @begin, is done now. May be NULL. */
    void (*token)(void *state, uint32_t token, ifc_time begin);
    /** operator_done() - an operator is done now, one that only the NPU worked on, too. May be NULL. */
    void (*operator_done)(void *state, const ifc_operator_view *op);
    /** wake() - the moment that host->wake() was asked for. May be NULL. At least one of the five is there.
     */
    void (*wake)(void *state);
} ifc_observer_ops;

/* ---- the descriptor --------------------------------------------------------------------------------- */

typedef struct ifc_policy {
    uint32_t abi;          /* IFC_POLICY_ABI */
    uint32_t size;         /* sizeof(ifc_policy); members that come to its end later are not there */
    uint32_t ops_size;     /* sizeof of the ops of its kind; ops that come to their end later are NULL */
    uint32_t kind;         /* ifc_kind */
    const char *name;      /* lower case letters, digits, '-' */
    const char *summary;   /* one line: what it does */
    const char *trade_off; /* one line: what it costs, and when it pays */
    size_t state_size;
    const ifc_parameter *parameters;
    uint32_t n_parameters, n_statistics;
    const ifc_statistic *statistics;
    /**
     * init() - prepare @state; its parameters are set, everything else is zero
     * @machine, @host: until fini() returns
     * Called once, before the simulation begins. May be NULL.
     * Return: NULL, or why the policy cannot work here, as text that stays valid: the run ends with it, and
     * fini() is not called.
     */
    const char *(*init)(void *state, const ifc_machine_view *machine, const ifc_policy_host *host);
    /** fini() - release what init() allocated. Statistics have been read. May be NULL. */
    void (*fini)(void *state);
    union {
        const ifc_dispatch_ops *dispatch;
        const ifc_arbiter_ops *arbiter;
        const ifc_kv_placement_ops *kv_placement;
        const ifc_kv_flush_ops *kv_flush;
        const ifc_refresh_ops *refresh;
        const ifc_kv_select_ops *kv_select;
        const ifc_array_ops *array;
        const ifc_schedule_ops *schedule;
        const ifc_observer_ops *observer;
    } ops;
    /**
     * digest() - a number for all that the answers of this policy depend on, beside what it is shown
     * With one, a policy promises: in states of equal digest, equal views lead to equal answers and to equal
     * digests, whatever the token, the layer, ids and moments in the views are (their differences count).
     * Statistics that are whole numbers (u64) may grow; other state may not change by being asked, unless the
     * digest does. Then layers that begin in an equal state are simulated once (simulation.reuse).
     *
     * May be NULL, and is not looked at where an op that decides is NULL: without it, every layer is
     * simulated.
     */
    uint64_t (*digest)(const void *state);
    /**
     * finish() - the run is over: make the statistics what they shall say
     * Called once, before they are read; also of a run that was stopped. May be NULL.
     */
    void (*finish)(void *state);
} ifc_policy;

/** First members of every descriptor. */
#define IFC_POLICY_HEADER .abi = IFC_POLICY_ABI, .size = sizeof(ifc_policy)

/** The ops of a descriptor: kind without prefix, and a constant ifc_KIND_ops. */
#define IFC_OPS(member, table) .ops_size = sizeof(table), .ops = {.member = &(table)}

/** The tables of a descriptor: arrays. */
#define IFC_PARAMETERS(table) .parameters = (table), .n_parameters = sizeof(table) / sizeof((table)[0])
#define IFC_STATISTICS(table) .statistics = (table), .n_statistics = sizeof(table) / sizeof((table)[0])

/** The symbol of a shared object: a policy, or several, NULL after the last. */
#ifdef __cplusplus
extern "C" {
#endif
extern IFC_EXPORT const ifc_policy ifc_plugin;
extern IFC_EXPORT const ifc_policy *const ifc_plugins[];
#ifdef __cplusplus
}
#endif

#endif
