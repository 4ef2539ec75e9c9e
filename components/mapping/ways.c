#include "components/mapping/way.h"

/* All there are; of several that serve, the first is taken. */
/* clang-format off */
#define WAYS(X) \
    X(neurons_fetch) X(neurons_traffic) X(neurons_multiply) X(gemm_npu) X(gemv_ifc) X(gemv_npu) X(gemv_split) X(embed_dram) X(attend_striped) X(attend_planes) X(load_flash) \
    X(load_dram) X(append_dram) X(embed_flash) X(flush_striped) X(flush_planes) X(request) X(refresh) \
    X(index_dies) X(index_load) X(swap)
/* clang-format on */

#define X(way) extern const ifc_way ifc__##way;
WAYS(X)
#undef X

static const ifc_way *const ways[] = {
#define X(way) &ifc__##way,
    WAYS(X)
#undef X
};

const ifc_way *ifc__way_of(const ifc_mapping *map, ifc_op_kind kind, bool prompt)
{
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
        if ((prompt || !ways[i]->of_prompts) && ways[i]->serves(map, kind))
            return ways[i];
    return NULL;
}
