/**
 * Handing an exploration to a cluster: a job script for Slurm, or a recipe for GNU parallel. Distribution
 * itself is their business.
 */
#ifndef IFC_EXPLORE_EMIT_H
#define IFC_EXPLORE_EMIT_H

#include "platform/cli/explore/spec.h"

enum ifc_emit { IFC_EMIT_NONE, IFC_EMIT_SLURM, IFC_EMIT_PARALLEL };

/** Slurm's MaxArraySize is 1001 by default. */
#define IFC_EMIT_SHARDS_MAX 1000

/** ifc_emit_launch() - seconds that they take to start a task, before the program begins. */
double ifc_emit_launch(int how);

/**
 * ifc_emit_chunk() - points of a shard, so that start-up is under a tenth of its time
 * @start_seconds, @point_seconds: as measured
 */
size_t ifc_emit_chunk(size_t points, double start_seconds, double point_seconds);

/**
 * ifc_emit_check() - whether a script can name @folder
 * Slurm replaces no %a in a path that has a backslash.
 * Return: IFC_OK; IFC_EUSAGE with what the path must not have.
 */
IFC_MUST_CHECK ifc_status ifc_emit_check(int how, const char *folder, ifc_error *err);

/**
 * ifc_emit_save() - write FOLDER/explore.sbatch or FOLDER/explore.parallel
 * @spec:  as it is saved in FOLDER/spec.cfg
 * @chunk: points of a shard; the last shards may have fewer
 * @file:  out, owned: what was written
 * Return: IFC_EOUTPUT; IFC_EUSAGE as ifc_emit_check(); IFC_EINTERNAL: no memory.
 */
IFC_MUST_CHECK ifc_status ifc_emit_save(int how, const ifc_spec *spec, const char *folder, size_t chunk,
                                        char **file, ifc_error *err);

#endif
