#include "platform/common/digest.h"

#include <stdio.h>

#define FNV_PRIME 1099511628211ULL

uint64_t ifc_digest_add(uint64_t digest, const void *data, size_t size)
{
    const unsigned char *p = data;
    for (size_t i = 0; i < size; i++)
        digest = (digest ^ p[i]) * FNV_PRIME;
    return digest;
}

void ifc_digest_print(uint64_t digest, char out[IFC_DIGEST_MAX])
{
    snprintf(out, IFC_DIGEST_MAX, "%016llx", (unsigned long long)digest);
}

bool ifc_digest_file(const char *path, char out[IFC_DIGEST_MAX])
{
    char chunk[4096];
    uint64_t digest = IFC_DIGEST_BEGIN;
    FILE *f = fopen(path, "rb");
    out[0] = '\0';
    if (!f)
        return false;
    for (size_t n; (n = fread(chunk, 1, sizeof chunk, f)) > 0;)
        digest = ifc_digest_add(digest, chunk, n);
    bool whole = !ferror(f);
    fclose(f);
    if (whole)
        ifc_digest_print(digest, out);
    return whole;
}
