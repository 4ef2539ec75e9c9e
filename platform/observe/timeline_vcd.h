/**
 * How a track is written as VCD variables, for the writer and the reader.
 *
 * A track of slices is a scope with three variables: busy (one wire), what (a string: the name of the slice,
 * IFC__VCD_IDLE between slices) and count (a 64-bit vector: slices begun so far, which tells two slices of
 * one name that touch each other apart). A counter is one 64-bit vector, two's complement. Code of variable v
 * of track id: IFC__VCD_VARS * id + v in base 94; track 0 has only "what", the remarks on the recording.
 *
 * Names of scopes are made fit for viewers; the true names are in header comments
 *     $comment ifcsim track ID PARENT slices|counter NAME UNIT $end
 * where names have bytes outside of the printable ones, '%', '$' and an empty text as %XX ("%": empty).
 */
#ifndef IFC_TIMELINE_VCD_H
#define IFC_TIMELINE_VCD_H

enum ifc__vcd_var { IFC__VCD_BUSY, IFC__VCD_WHAT, IFC__VCD_COUNT, IFC__VCD_VARS };

#define IFC__VCD_VALUE IFC__VCD_COUNT /* the one variable of a counter */
#define IFC__VCD_IDLE  "-"

#endif
