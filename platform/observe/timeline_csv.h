/**
 * Columns of a timeline as CSV, for its writer and its reader.
 *
 * kind is "track" (a declared track of slices), "counter_track" (name holds the unit), "slice", "counter"
 * (value from begin_ps on) or "mark" (a remark on the recording). track is the path of names from the top,
 * separated by '/'; '%' and '/' inside a name are %25 and %2F. Empty fields do not apply.
 */
#ifndef IFC_TIMELINE_CSV_H
#define IFC_TIMELINE_CSV_H

enum ifc__csv_column {
    IFC__CSV_KIND,
    IFC__CSV_TRACK,
    IFC__CSV_NAME,
    IFC__CSV_BEGIN,
    IFC__CSV_END,
    IFC__CSV_VALUE,
    IFC__CSV_TOKEN,
    IFC__CSV_LAYER,
    IFC__CSV_HEAD_GROUP,
    IFC__CSV_BYTES,
    IFC__CSV_PAGES,
    IFC__CSV_TXN,
    IFC__CSV_OPERATOR,
    IFC__CSV_CLASS,
    IFC__CSV_FLOW_IN,
    IFC__CSV_FLOW_OUT,
    IFC__CSV_COLUMNS
};

#define IFC__CSV_HEADER                                                                                      \
    "kind,track,name,begin_ps,end_ps,value,token,layer,head_group,bytes,pages,txn,operator,class,flow_in,"   \
    "flow_out"

#endif
