#include "platform/observe/result.h"

#include <stdlib.h>
#include <string.h>

void ifc_result_fini(ifc_result *r)
{
    free(r->token_latency);
    free(r->latency_counts);
    free(r->requests);
    free(r->flows);
    free(r->histogram);
    free(r->energy);
    free(r->path);
    free(r->resources);
    free(r->rates);
    free(r->capacity);
    free(r->splits);
    free(r->wear);
    free(r->operators);
    free(r->usage);
    free(r->lane_rows);
    free(r->lane_slices);
    free(r->policies);
    free(r->policy_values);
    memset(r, 0, sizeof *r);
}
