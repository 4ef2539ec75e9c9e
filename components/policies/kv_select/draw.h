/**
 * Which pages a method reads whose choice depends on data: the first and the last tokens, and units of tokens
 * drawn at random from those between them. Not every token of a page that is read was chosen.
 */
#ifndef IFC_KV_SELECT_DRAW_H
#define IFC_KV_SELECT_DRAW_H

#include <ifc/policy.h>

/** What draws; a member of a policy's state. */
typedef struct ifc_draw {
    const ifc_policy_host *host;
    uint64_t asked, read; /* statistics: pages there were, pages chosen */
} ifc_draw;

/** ifc_draw_init() - init() of a policy whose state begins with an ifc_draw. */
const char *ifc_draw_init(void *state, const ifc_machine_view *machine, const ifc_policy_host *host);

/** Its statistics. */
extern const ifc_statistic ifc_draw_statistics[2];

/**
 * ifc_draw_pages() - answer with the pages of the first @first and the last @last tokens (buffered ones are
 * the very last) and of @units units of @unit tokens each, drawn without repetition from the units between
 * them. Attended are the tokens that were chosen.
 */
void ifc_draw_pages(ifc_draw *d, const ifc_select_view *v, uint64_t first, uint64_t last, uint64_t units,
                    uint64_t unit, ifc_selection *out);

#endif
