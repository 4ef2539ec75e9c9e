/**
 * What dies and channels did against what they had to do: counted anew from graphs, geometry and the state of
 * the KV cache, without layouts, transactions or the commands made of them.
 */
#ifndef IFC_CONSERVATION_H
#define IFC_CONSERVATION_H

struct ifc_record;

/** ifc_conservation_listen() - whenever K or V is about to be read, count what the cache holds of its heads.
 */
void ifc_conservation_listen(struct ifc_record *rec);

/** ifc_conservation_check() - at the end of a run that was not stopped; a violation is a bug and ends it. */
void ifc_conservation_check(const struct ifc_record *rec);

#endif
