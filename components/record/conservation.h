/**
 * What dies and channels did against what they had to do: counted anew from graphs, geometry and the state of
 * the KV cache, without layouts, transactions or the commands made of them.
 */
#ifndef IFC_CONSERVATION_H
#define IFC_CONSERVATION_H

#include <stdint.h>

struct ifc_kv;
struct ifc_record;

/** ifc_conservation_listen() - whenever K or V is about to be read, count what the cache holds of its heads.
 */
void ifc_conservation_listen(struct ifc_record *rec);

/** ifc_conservation_check() - at the end of a run that was not stopped; a violation is a bug and ends it. */
void ifc_conservation_check(const struct ifc_record *rec);

/* ---- keys and values: conservation_kv.c ---- */

/** ifc__planes_at_work() - planes that hold a part of a head, where heads own planes. */
uint64_t ifc__planes_at_work(const struct ifc_kv *kv);

/** ifc__conservation_kv_start() - note what caches hold; listen to those that are given up. */
void ifc__conservation_kv_start(struct ifc_record *rec);

/** ifc__conservation_kv_check() - as ifc_conservation_check(). */
void ifc__conservation_kv_check(const struct ifc_record *rec);

/** ifc__conservation_contexts_listen(), ..._check() - chunks of contexts: what moves, and where they are. */
void ifc__conservation_contexts_listen(struct ifc_record *rec);
void ifc__conservation_contexts_check(const struct ifc_record *rec);

/** ifc_conservation_neurons_listen() - count what neurons take in flash and DRAM. */
void ifc_conservation_neurons_listen(struct ifc_record *rec);

#endif
