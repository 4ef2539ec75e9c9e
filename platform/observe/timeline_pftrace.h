/**
 * What the writer and the reader of Perfetto traces agree on beyond perfetto.proto.
 */
#ifndef IFC_TIMELINE_PFTRACE_H
#define IFC_TIMELINE_PFTRACE_H

/* uuid of the root track; a track's uuid is this plus its id. Remarks on the recording lie on the root. */
#define IFC__PF_ROOT      1
#define IFC__PF_ROOT_NAME "IFCSim (1 ns shown = 1 ps simulated)"

/* Arguments of a slice in the order of ifc_slice_args; the interned id of a name is its index + 1. */
#define IFC__PF_N_ARGUMENTS 8
extern const char *const ifc__pf_argument_names[IFC__PF_N_ARGUMENTS];

/*
 * Flags of a packet. The first two are Perfetto's: interned data starts anew, and is needed. The third is
 * ours, and readers of Perfetto do not look at it: the flow of this slice passes through it rather than
 * begins in it.
 */
enum { IFC__PF_STATE_CLEARED = 1, IFC__PF_STATE_NEEDED = 2, IFC__PF_FLOW_PASSES = 1 << 16 };

#endif
