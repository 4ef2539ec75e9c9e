#include "platform/jobs/result_wire.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define WIRE_MAGIC 0x49464352u

typedef struct wire_head {
    uint32_t magic;
    int32_t status;
    char grain[16]; /* the name that r.grain points to; "": NULL */
    ifc_error error;
    ifc_result r; /* its pointers mean nothing on the other side */
} wire_head;

/* The owned arrays of a result, in the order they travel. */
typedef struct wire_array {
    void *field; /* address of the pointer in the result; its type differs from array to array */
    uint32_t n;
    size_t size;
} wire_array;

static void *pointer_in(const wire_array *a)
{
    void *p;
    memcpy(&p, a->field, sizeof p);
    return p;
}

static void set_pointer(const wire_array *a, void *p)
{
    memcpy(a->field, &p, sizeof p);
}

enum { N_ARRAYS = 18 };

static void arrays_of(ifc_result *r, wire_array out[N_ARRAYS])
{
    out[0] = (wire_array){&r->token_latency, r->token_latency ? r->tokens : 0, sizeof *r->token_latency};
    out[15] = (wire_array){&r->latency_counts, r->n_latency_counts, sizeof *r->latency_counts};
    out[1] = (wire_array){&r->energy, r->n_energy, sizeof *r->energy};
    out[2] = (wire_array){&r->path, r->n_path, sizeof *r->path};
    out[3] = (wire_array){&r->resources, r->n_resources, sizeof *r->resources};
    out[4] = (wire_array){&r->rates, r->n_rates, sizeof *r->rates};
    out[5] = (wire_array){&r->capacity, r->n_capacity, sizeof *r->capacity};
    out[6] = (wire_array){&r->wear, r->n_wear, sizeof *r->wear};
    out[7] = (wire_array){&r->operators, r->n_operators, sizeof *r->operators};
    out[8] = (wire_array){&r->usage, r->n_usage, sizeof *r->usage};
    out[9] = (wire_array){&r->lane_rows, r->n_lane_rows, sizeof *r->lane_rows};
    out[10] = (wire_array){&r->lane_slices, r->n_lane_slices, sizeof *r->lane_slices};
    out[11] = (wire_array){&r->policies, r->n_policies, sizeof *r->policies};
    out[13] = (wire_array){&r->requests, r->n_requests, sizeof *r->requests};
    out[14] = (wire_array){&r->splits, r->n_splits, sizeof *r->splits};
    out[16] = (wire_array){&r->flows, r->n_flows, sizeof *r->flows};
    out[17] = (wire_array){&r->histogram, r->n_histogram, sizeof *r->histogram};
    out[12] = (wire_array){&r->policy_values, r->n_policy_values, sizeof *r->policy_values};
}

static bool send_all(int fd, const void *data, size_t size)
{
    const char *p = data;
    while (size > 0) {
        ssize_t n = write(fd, p, size);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        p += n;
        size -= (size_t)n;
    }
    return true;
}

bool ifc_result_send(int fd, ifc_status status, const ifc_error *error, const ifc_result *r)
{
    wire_head head;
    memset(&head, 0, sizeof head);
    head.magic = WIRE_MAGIC;
    head.status = (int32_t)status;
    head.error = *error;
    head.r = *r;
    if (r->grain)
        strncpy(head.grain, r->grain, sizeof head.grain - 1);
    wire_array arrays[N_ARRAYS];
    arrays_of(&head.r, arrays);
    if (!send_all(fd, &head, sizeof head))
        return false;
    for (int i = 0; i < N_ARRAYS; i++)
        if (!send_all(fd, pointer_in(&arrays[i]), arrays[i].n * arrays[i].size))
            return false;
    return true;
}

/* The result holds its grain's name in static storage. */
static const char *grain_name(const char *text)
{
    static const char *const names[] = {"page", "plane", "die"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(text, names[i]) == 0)
            return names[i];
    return NULL;
}

bool ifc_result_receive(const char *data, size_t size, const ifc_scenario *scenario, ifc_status *status,
                        ifc_error *error, ifc_result *r)
{
    wire_head head;
    memset(r, 0, sizeof *r);
    if (size < sizeof head)
        return false;
    memcpy(&head, data, sizeof head);
    if (head.magic != WIRE_MAGIC)
        return false;
    data += sizeof head;
    size -= sizeof head;
    *r = head.r;
    r->scenario = scenario;
    r->grain = grain_name(head.grain);
    wire_array arrays[N_ARRAYS];
    arrays_of(r, arrays);
    for (int i = 0; i < N_ARRAYS; i++)
        set_pointer(&arrays[i], NULL);
    bool whole = true;
    for (int i = 0; i < N_ARRAYS && whole; i++) {
        size_t bytes = arrays[i].n * arrays[i].size;
        if (bytes == 0)
            continue;
        void *copy = bytes <= size ? malloc(bytes) : NULL;
        whole = copy != NULL;
        if (!whole)
            break;
        memcpy(copy, data, bytes);
        set_pointer(&arrays[i], copy);
        data += bytes;
        size -= bytes;
    }
    if (!whole || size != 0) {
        ifc_result_fini(r);
        return false;
    }
    *status = (ifc_status)head.status;
    *error = head.error;
    return true;
}
