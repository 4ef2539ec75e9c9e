/**
 * The counts of a run, a row each. The row is the field of ifc_result (64 bits) and how JSON, CSV, summary
 * and diff show it: a new count is a row here and a line where it is counted (record/collect.c).
 */
#ifndef IFC_COUNTS_H
#define IFC_COUNTS_H

/**
 * In the order of JSON and CSV, where the field's name is the key.
 * COUNT(field, unit, label in the summary, label in diff): the labels may be NULL, which is: not shown there;
 * SUM(key, function of the result, unit, label in diff): no field; JSON and diff only; RATIO: likewise, a
 * real number; LISTED(field, unit, label): a count that the summary shows here, not where its COUNT is.
 */
#define IFC_COUNT_MAP(COUNT, SUM, RATIO, LISTED)                                                             \
    COUNT(pages_sensed, "pages", "pages sensed", "pages sensed")                                             \
    COUNT(pages_programmed, "pages", "pages programmed", "pages programmed")                                 \
    COUNT(blocks_erased, "blocks", "blocks erased", "blocks erased")                                         \
    COUNT(macs, "MAC", "MACs in flash", "MACs")                                                              \
    LISTED(die_commands, "", "die commands")                                                                 \
    SUM(bus_bytes, ifc_bus_bytes, "B", "bytes on buses")                                                     \
    COUNT(bus_bytes_down, "B", "buses down", NULL)                                                           \
    COUNT(bus_bytes_up, "B", "buses up", NULL)                                                               \
    COUNT(dram_bytes, "B", NULL, "bytes of DRAM")                                                            \
    COUNT(useful_kv_bytes, "B", NULL, NULL)                                                                  \
    COUNT(sensed_kv_bytes, "B", NULL, NULL)                                                                  \
    RATIO(kv_read_amplification, ifc_read_amplification, "ratio", "KV read amplification")                   \
    COUNT(die_commands, "", NULL, NULL)                                                                      \
    COUNT(kernel_events, "", NULL, NULL)

#endif
