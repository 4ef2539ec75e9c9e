#include "components/hardware/hardware.h"

void ifc_complete(ifc_hardware *hw, ifc_txn *txn)
{
    ifc_txn **at = &hw->completions.first;
    while (*at && (*at)->id < txn->id)
        at = &(*at)->next;
    IFC_BUG_ON(*at == txn, "transaction %llu completes twice", (unsigned long long)txn->id);
    txn->next = *at;
    *at = txn;
    ifc_notify(hw->completions.signal);
}
