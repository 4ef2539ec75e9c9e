#include "components/policies/builtins.h"

#include <stddef.h>

extern const ifc_policy ifc_dispatch_fifo, ifc_dispatch_attention_first, ifc_dispatch_weighted;
extern const ifc_policy ifc_arbiter_fifo, ifc_arbiter_priority, ifc_arbiter_up_before_down;
extern const ifc_policy ifc_kv_placement_token_striped, ifc_kv_placement_head_parallel,
    ifc_kv_placement_unmapped, ifc_kv_placement_wear_aware;
extern const ifc_policy ifc_kv_flush_when_full, ifc_kv_flush_at_token_end, ifc_kv_flush_idle_window;
extern const ifc_policy ifc_refresh_none, ifc_refresh_read_count, ifc_refresh_erase_levelling;
extern const ifc_policy ifc_kv_select_all, ifc_kv_select_window, ifc_kv_select_quest, ifc_kv_select_sparf,
    ifc_kv_select_random;
extern const ifc_policy ifc_array_never, ifc_array_reads_first, ifc_array_after_share;
extern const ifc_policy ifc_schedule_fcfs, ifc_schedule_prompts_first, ifc_schedule_decode_first,
    ifc_schedule_shortest_first;
extern const ifc_policy ifc_observer_class_latency;

const ifc_policy *const ifc_builtin_policies[] = {
    &ifc_dispatch_fifo,
    &ifc_dispatch_attention_first,
    &ifc_dispatch_weighted,
    &ifc_arbiter_fifo,
    &ifc_arbiter_priority,
    &ifc_arbiter_up_before_down,
    &ifc_kv_placement_token_striped,
    &ifc_kv_placement_head_parallel,
    &ifc_kv_placement_unmapped,
    &ifc_kv_placement_wear_aware,
    &ifc_kv_flush_when_full,
    &ifc_kv_flush_at_token_end,
    &ifc_kv_flush_idle_window,
    &ifc_refresh_none,
    &ifc_refresh_read_count,
    &ifc_refresh_erase_levelling,
    &ifc_kv_select_all,
    &ifc_kv_select_window,
    &ifc_kv_select_quest,
    &ifc_kv_select_sparf,
    &ifc_kv_select_random,
    &ifc_array_never,
    &ifc_array_reads_first,
    &ifc_array_after_share,
    &ifc_schedule_fcfs,
    &ifc_schedule_prompts_first,
    &ifc_schedule_decode_first,
    &ifc_schedule_shortest_first,
    &ifc_observer_class_latency,
    NULL,
};
