/**
 * The KV cache: its map (which pages hold which layer, head and tokens), and the buffer that gathers new
 * tokens until a flush programs them.
 *
 * A stream is the sequence of K (or of V) of one layer and, where the layout maps heads, one head. All
 * streams of a layer grow alike, so the state is kept per layer. How full a page gets follows from the
 * buffer's share of a stream and the partial programs a page allows: tokens per page = min(what fits, partial
 * programs x share).
 */
#ifndef IFC_KV_H
#define IFC_KV_H

#include <ifc/policy.h>
#include <ifc/status.h>
#include <ifc/txn.h>

#include "platform/scenario/scenario.h"

struct ifc_hardware;
struct ifc_group;

/** The index of one head of a layer: entries that stand for tokens, beside its keys (ifc_select_plan). */
typedef struct ifc_kv_index {
    uint32_t fit;      /* entries that a page takes; 0: there is no index */
    uint32_t per_page; /* of them, that it gets at most: as its partial programs let it */
    uint32_t parts;    /* pages side by side that hold the parts of an entry, of a plane or of the group */
    uint64_t part_bytes;
    uint64_t pages; /* of each part, that hold entries */
    uint64_t closed;
    uint32_t open_entries, open_programs; /* of the page that takes more */
    uint64_t stored_pages;                /* of all parts at the start, that are laid out in blocks */
} ifc_kv_index;

typedef struct ifc_kv_layer {
    uint64_t tokens;                     /* stored in flash (or DRAM), those behind the window included */
    uint64_t pages;                      /* of each stream, that hold them */
    uint64_t closed_pages;               /* of each stream, that take no more tokens */
    uint32_t open_tokens, open_programs; /* of the page that does */
    uint32_t share;                      /* tokens the buffer holds of each stream */
    uint32_t tokens_per_page;
    uint32_t buffered;     /* tokens in the buffer, being flushed ones included */
    uint32_t flushing;     /* of those */
    bool windowed;         /* attends to the last model.window tokens */
    uint64_t stored_pages; /* of each stream at the start, that are laid out in blocks */
    uint64_t start_pages;  /* and the index of the page after them */
    uint64_t pages_before; /* of all streams of the layers before, over the heads of one */
    uint64_t *page_ends;   /* owned; windowed: tokens up to the end of each page closed in this run */
    uint64_t start_closed; /* pages closed at the start */
    size_t room_ends;
    bool direct;       /* what is being flushed are tokens of a prompt: past the buffer, in whole pages */
    bool prompted;     /* some of its pages are as full as a page gets */
    uint32_t unstored; /* kv_program off: tokens that would be in the buffer, and are nowhere */
    ifc_kv_index index;
} ifc_kv_layer;

typedef struct ifc_kv_layout ifc_kv_layout; /* layout.h */

/** What attention reads of one head, as the policy chose. */
typedef struct ifc_kv_choice {
    ifc_page_span *spans; /* owned; in ascending order */
    size_t n, room;
    uint64_t pages, tokens;
} ifc_kv_choice;

/** What attention reads of the layer under way, in place of all: components/data/kv_select.c. */
typedef struct ifc_kv_chosen {
    bool is;
    uint32_t layer, buffered;                        /* tokens in the buffer when it was chosen */
    uint64_t index_entries, index_page, index_pages; /* of a head, that are read before: from a page on */
    ifc_kv_choice *heads;                            /* owned; NULL: no layer is ever chosen from */
    ifc_page_span *spans;                            /* owned; scratch */
    size_t room;
} ifc_kv_chosen;

/** Pages that a stream has grown by in this run, where the placement policy decides on each. */
typedef struct ifc_kv_stream {
    uint64_t first; /* index of the first of them */
    uint32_t n, room;
    uint32_t *planes; /* owned */
} ifc_kv_stream;

/** Bytes x ps: more than 64 bits hold. */
__extension__ typedef unsigned __int128 ifc_kv_integral;

typedef struct ifc_kv {
    const struct ifc_hardware *hw;
    struct ifc_kv *first;          /* whose statistics count for all sequences: itself, if it is the first */
    uint32_t sequence;             /* number of its sequence */
    uint32_t drafted;              /* last tokens in the buffer, that are not known to stay yet */
    const struct ifc_group *group; /* NULL: the cache is in DRAM */
    const ifc_kv_layout *layout;   /* how it lies there; NULL: in DRAM */
    ifc_kv_layer *layers;          /* owned */
    uint32_t heads;                /* of the model: KV heads */
    uint32_t kinds;                /* of streams: 2, K and V; 1, a latent that is both */
    uint64_t entry_bytes;          /* one token, layer, head of K or V */
    uint64_t unit_bytes;           /* what one token adds to one page: an entry, or a plane's slice of it */
    uint64_t unit_data;            /* of it, without the scale factors */
    uint64_t slice, slices;       /* heads own planes: elements of a plane's slice, planes that hold a head */
    uint64_t dealt_heads;         /* heads of a layer that are dealt together, */
    uint64_t dealt_planes;        /* and over how many planes */
    uint64_t streams;             /* that share the buffer (of each plane, or of the SoC) */
    uint32_t page_tokens;         /* units that fit a page */
    double page_run_tokens;       /* tokens per page with fractions (page_rounding off) */
    uint64_t prefill_pages;       /* pages per stream at the start: where the streams begin */
    uint32_t *scratch;            /* owned; 3 counters per plane of the group */
    uint32_t *starts;             /* owned; first plane of each stream, or of each head's planes */
    struct ifc_kv_stream *grown;  /* owned; per stream; NULL: pages follow each other plane by plane */
    uint32_t *programs;           /* owned; pages programmed in this run, per plane in dealing order */
    const ifc_select_plan *plans; /* of each layer; borrowed */
    ifc_kv_chosen chosen;
    /* statistics */
    uint64_t flushes, peak_buffered_bytes;
    ifc_kv_integral buffered_byte_ps; /* over time, up to buffered_since */
    ifc_time buffered_since;
    uint64_t buffered_bytes;
} ifc_kv;

/** What of a cache is read. */
typedef enum ifc_kv_part { IFC_KV_K, IFC_KV_V, IFC_KV_INDEX, IFC_KV_PARTS } ifc_kv_part;

/** One die's part of a scan over K or V of some heads of a layer. */
typedef struct ifc_kv_share {
    ifc_extent extent;
    uint32_t first_plane; /* where it begins */
    uint64_t tokens;      /* (head, token) pairs whose entries (or part of them) it holds */
    uint64_t heads;       /* heads it holds anything of */
    uint64_t whole_heads; /* of those, heads that lie in this die alone */
    uint64_t plane_heads; /* (plane, head) pairs that take part: plane results to reduce */
    uint64_t dims;        /* elements of the entries it holds, summed over heads (head-parallel) */
    uint64_t products, whole_tokens, plane_tokens; /* the same times tokens that are read, over heads: dims,
                                                      whole heads, plane results (head-parallel) */
    uint64_t sliced_tokens;                        /* and heads that lie in several dies */
    double fill;                                   /* a flush: pages that its programs use up */
    uint64_t index_bytes;                          /* a flush: of its index entries */
} ifc_kv_share;

/** ifc_kv_by_plane() - planes buffer and program what they generate: heads own planes. */
bool ifc_kv_by_plane(const ifc_kv *kv);

/**
 * ifc_kv_init() - the cache of a sequence as it is at the start of a run: context tokens stored, buffers
 * empty
 * @first: the one of the first sequence, with which it shares the buffer; NULL: it is the first
 * @plans: of what attention reads, by layer; borrowed
 * Return: IFC_ENOFIT if the buffer cannot hold one token of every stream.
 */
IFC_MUST_CHECK ifc_status ifc_kv_init(ifc_kv *kv, ifc_kv *first, const struct ifc_hardware *hw,
                                      const ifc_select_plan *plans, ifc_error *err);
void ifc_kv_fini(ifc_kv *kv);

/** ifc_kv_stored() - tokens of @layer in flash or DRAM that are attended: not those behind its window. */
uint64_t ifc_kv_stored(const ifc_kv *kv, uint32_t layer);

/** ifc_kv_buffered() - tokens of @layer in the buffer that are attended, the present one included. */
uint32_t ifc_kv_buffered(const ifc_kv *kv, uint32_t layer);

/** ifc_kv_buffered_before() - the same of a token that has @later others of its step after it. */
uint32_t ifc_kv_buffered_before(const ifc_kv *kv, uint32_t layer, uint32_t later);

/** ifc_kv_add() - new tokens of @layer go into the buffer (kv_program off: are stored for nothing, later). */
void ifc_kv_add(ifc_kv *kv, uint32_t layer, uint32_t tokens);

/** ifc_kv_has_room() - the buffer can take so many more tokens of @layer. */
bool ifc_kv_has_room(const ifc_kv *kv, uint32_t layer, uint32_t tokens);

/** ifc_kv_drop() - the last @tokens buffered tokens of @layer are refused, and gone. */
void ifc_kv_drop(ifc_kv *kv, uint32_t layer, uint32_t tokens);

/** ifc_kv_ask_flush() - the oldest @tokens buffered tokens of @layer are to be flushed; none of it is yet. */
void ifc_kv_ask_flush(ifc_kv *kv, uint32_t layer, uint32_t tokens);

/** ifc_kv_ask_store() - the next @tokens tokens of a prompt are to go to pages of @layer, past the buffer;
 * begun and ended as a flush is. No other flush of @layer is under way. */
void ifc_kv_ask_store(ifc_kv *kv, uint32_t layer, uint32_t tokens);

/** ifc_kv_store() - the same at once: in DRAM, or where programs are left out. */
void ifc_kv_store(ifc_kv *kv, uint32_t layer, uint32_t tokens);

/** ifc_kv_forget() - the last @tokens tokens of a cache in DRAM are gone from all layers, to be stored once
 * more. */
void ifc_kv_forget(ifc_kv *kv, uint64_t tokens);

/** ifc_kv_tokens() - tokens that the cache holds, stored, buffered or on the way past the buffer; those
 * behind a window, too. */
uint64_t ifc_kv_tokens(const ifc_kv *kv);

/** ifc_kv_flushing() - whether tokens of any layer are on their way to their pages. */
bool ifc_kv_flushing(const ifc_kv *kv);

/** ifc_kv_reset() - its sequence has ended: it is empty. Nothing of it is being flushed. */
void ifc_kv_reset(ifc_kv *kv);

/** ifc_kv_shareable() - of the first @tokens tokens of a prompt that a cache begins with, those that are
 * stored, and fill whole pages as every prompt's do: 0 where that is not certain (windows, pages that a
 * policy places one by one, chunks that leave pages partly filled). */
uint64_t ifc_kv_shareable(const ifc_kv *kv, uint64_t tokens);

/** ifc_kv_inherit() - @kv holds the first @tokens tokens of @from, that are shareable, and no more; it may be
 * @from. */
void ifc_kv_inherit(ifc_kv *kv, const ifc_kv *from, uint64_t tokens);

/** ifc_kv_pairs() - tokens that the next @tokens tokens of @layer attend to, summed over them: all before
 * each, and itself; of a window, its last ones. */
uint64_t ifc_kv_pairs(const ifc_kv *kv, uint32_t layer, uint64_t tokens);

/** What a flush programs in each stream: consecutive pages, one program operation each. */
typedef struct ifc_kv_flush {
    uint64_t first_page; /* index within the stream */
    uint32_t programs;
    uint32_t tokens;
    bool direct;           /* what comes is not in the buffer, but at the NPU */
    uint32_t first_tokens; /* into the first page; the next ones take page_tokens, the last what is left */
    double first_fill, last_fill; /* how much of a page those programs use up; the ones between: all of it */
    /* and in each part of the index of each head */
    uint64_t index_page;
    uint32_t index_programs, index_entries;
    double index_fill; /* of all those programs */
} ifc_kv_flush;

/** ifc_kv_begin_flush() - take the tokens asked for from the buffer towards flash. */
void ifc_kv_begin_flush(ifc_kv *kv, uint32_t layer, ifc_kv_flush *plan);
/** ifc_kv_end_flush() - they are programmed, @at that time. */
void ifc_kv_end_flush(ifc_kv *kv, uint32_t layer, ifc_time at);
/** ifc_kv_end_token() - the layer is done for @tokens tokens that stay (kv_program off: stored with what
 * would be flushed with them). */
void ifc_kv_end_token(ifc_kv *kv, uint32_t layer, uint32_t tokens);

/** ifc_kv_pages() - pages of one stream of @layer that hold tokens that are attended. */
uint64_t ifc_kv_pages(const ifc_kv *kv, uint32_t layer);

/** ifc_kv_behind() - tokens that every layer with a window has left behind; 0: no layer has one. */
uint64_t ifc_kv_behind(const ifc_kv *kv);

/** ifc_kv_first_page() - index of the first of them; the pages before are free. */
uint64_t ifc_kv_first_page(const ifc_kv *kv, uint32_t layer);

/**
 * ifc_kv_scan() - what each die senses to read K (or V) of heads [head, head + heads) of @layer
 * @shares: out, one per die of the group
 */
void ifc_kv_scan(const ifc_kv *kv, uint32_t layer, uint32_t head, uint32_t heads, bool values,
                 ifc_kv_share *shares);

/** ifc_kv_runs() - pages that this reads of each plane of die @die of the group: added to @runs. */
void ifc_kv_runs(const ifc_kv *kv, uint32_t layer, uint32_t head, uint32_t heads, ifc_kv_part part,
                 uint32_t die, uint32_t *runs);

/** ifc_kv_slices() - head-parallel: @pages for each slice of a head in a plane of die @die: added to @runs.
 */
void ifc_kv_slices(const ifc_kv *kv, uint32_t die, uint32_t pages, uint32_t *runs);

/** ifc_kv_page_elements() - elements that a page of @layer holds when it takes no more. */
double ifc_kv_page_elements(const ifc_kv *kv, uint32_t layer);

/** ifc_kv_choose() - ask the policy what attention reads of @layer, where it selects; else all is read. */
void ifc_kv_choose(ifc_kv *kv, uint32_t layer, uint32_t token);

/** ifc_kv_choose_all() - attention reads all, until it is chosen again. */
void ifc_kv_choose_all(ifc_kv *kv);

/** ifc_kv_choice_of() - what is read of a head of the layer under way. Return: NULL: all. */
static inline const ifc_kv_choice *ifc_kv_choice_of(const ifc_kv *kv, uint32_t layer, uint32_t head)
{
    return kv->chosen.is && kv->chosen.layer == layer ? &kv->chosen.heads[head] : NULL;
}

/** ifc_kv_tokens_read() - stored tokens of @layer that are attended, summed over heads [head, head + heads).
 */
uint64_t ifc_kv_tokens_read(const ifc_kv *kv, uint32_t layer, uint32_t head, uint32_t heads);

/** ifc_kv_pages_read() - pages of K (and of V) likewise. */
uint64_t ifc_kv_pages_read(const ifc_kv *kv, uint32_t layer, uint32_t head, uint32_t heads);

/** ifc_kv_page_plane() - where page @page of a stream lies: plane in the group's dealing order. */
uint64_t ifc_kv_page_plane(const ifc_kv *kv, uint64_t stream, uint64_t page);

/** ifc_kv_index_scan() - the same as ifc_kv_scan() of the index: @shares tokens are its entries. */
void ifc_kv_index_scan(const ifc_kv *kv, uint32_t layer, uint32_t head, uint32_t heads, ifc_kv_share *shares);

/** ifc_kv_index_plane() - where a page of a part of a head's index lies: plane in the group's dealing order.
 * It begins where the head's keys do; its parts are on planes of one die. */
uint64_t ifc_kv_index_plane(const ifc_kv *kv, uint32_t layer, uint32_t head, uint64_t page, uint32_t part);

/** ifc_kv_index_dims() - elements of a vector that a choice reads. */
uint64_t ifc_kv_index_dims(const ifc_kv *kv, uint32_t layer);

/** ifc_kv_index_bytes() - bytes of an index of @tokens tokens of one head that a choice reads in DRAM. */
uint64_t ifc_kv_index_bytes(const ifc_kv *kv, uint32_t layer, uint64_t entries);

/** ifc_kv_dies() - dies that hold pages (or, head-parallel, slices) of a head of @layer. */
uint32_t ifc_kv_dies(const ifc_kv *kv, uint32_t layer, uint32_t head);

/** ifc_kv_place() - ask the placement policy where streams begin (components/data/kv_place.c). */
void ifc_kv_place(ifc_kv *kv);
void ifc_kv_place_fini(ifc_kv *kv);

/** ifc_kv_stream_index() - index of a stream; values of a latent are its keys. */
static inline uint64_t ifc_kv_stream_index(const ifc_kv *kv, uint32_t layer, uint32_t head, bool values)
{
    return (kv->kinds * (uint64_t)layer + (values && kv->kinds > 1)) * kv->heads + head;
}

/**
 * ifc_kv_program_plane() - where page @page of a stream is programmed: plane in the group's dealing order
 * The placement policy is asked for a page that is new. Counts the program.
 */
uint64_t ifc_kv_program_plane(ifc_kv *kv, uint32_t layer, uint32_t head, bool values, uint64_t page);

/** ifc_kv_capacity() - bytes that @tokens tokens take up in the cache's memory, and @prompt in full pages. */
uint64_t ifc_kv_capacity(const ifc_kv *kv, uint64_t tokens, uint64_t prompt);

#endif
