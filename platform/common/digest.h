/**
 * Digests that tell texts and files apart: FNV-1a of 64 bits. No protection against somebody who wants two
 * equal ones.
 */
#ifndef IFC_DIGEST_H
#define IFC_DIGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define IFC_DIGEST_BEGIN 14695981039346656037ULL
#define IFC_DIGEST_MAX   17 /* 16 hex digits and the end */

/** ifc_digest_add() - the digest of what @digest stands for, followed by @size bytes. */
uint64_t ifc_digest_add(uint64_t digest, const void *data, size_t size);

/** ifc_digest_print() - as 16 hex digits. */
void ifc_digest_print(uint64_t digest, char out[IFC_DIGEST_MAX]);

/** ifc_digest_file() - of the bytes of a file. Return: false, and "" in @out, if it cannot be read. */
bool ifc_digest_file(const char *path, char out[IFC_DIGEST_MAX]);

#endif
