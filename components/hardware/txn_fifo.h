/**
 * Queues of transactions.
 */
#ifndef IFC_TXN_FIFO_H
#define IFC_TXN_FIFO_H

#include <ifc/txn.h>

#include "platform/common/fifo.h"

IFC_FIFO_TYPE(ifc_txn_fifo, ifc_txn)
IFC_FIFO_FUNCTIONS(ifc_txn_fifo, ifc_txn, next)

#endif
