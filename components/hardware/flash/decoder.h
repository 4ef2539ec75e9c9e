/**
 * The decoder of one channel's pages of plain NAND: it works while pages arrive.
 */
#ifndef IFC_DECODER_H
#define IFC_DECODER_H

#include <ifc/txn.h>

#include "components/hardware/txn_fifo.h"
#include "platform/kernel/kernel.h"

struct ifc_hardware;

typedef struct ifc_decoder {
    struct ifc_hardware *hw;
    ifc_signal work;
    ifc_txn_fifo queue; /* transactions whose last page has arrived */
    ifc_time free;      /* when all that arrived is decoded */
} ifc_decoder;

void ifc_decoder_init(ifc_decoder *d, struct ifc_hardware *hw);
void ifc_decoder_fini(ifc_decoder *d);

/** ifc_decoder_run() - the actor. */
void ifc_decoder_run(void *decoder);

/** ifc_decoder_of() - the decoder that pages of @txn go through; NULL: they need none. */
ifc_decoder *ifc_decoder_of(struct ifc_hardware *hw, const ifc_txn *txn);

/** ifc_decoder_feed() - pages of @txn came up the channel in [begin, end]; sets txn->ready. Does not block.
 */
void ifc_decoder_feed(ifc_decoder *d, ifc_txn *txn, ifc_time begin, ifc_time end, uint64_t bus_bytes);

/** ifc_decoder_receive() - all of @txn has left the bus: it is complete, once it is decoded. Does not block.
 */
void ifc_decoder_receive(struct ifc_hardware *hw, ifc_txn *txn);

#endif
