/**
 * Heap memory that is there or ends the process: callers never see NULL. What input can make large (file
 * sizes, counts) is bounded before it gets here.
 */
#ifndef IFC_MEMORY_H
#define IFC_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** ifc_alloc_zero() - @count zeroed elements of @size bytes. Return: owned, never NULL; free() it. */
void *ifc_alloc_zero(size_t count, size_t size) __attribute__((returns_nonnull));

/** ifc_resize() - an owned @array, NULL at first, with room for @count elements; new ones are not set.
 * Return: the array, moved or not. */
void *ifc_resize(void *array, size_t count, size_t size) __attribute__((returns_nonnull));

/** ifc_copy_text() - an owned copy of @text; free() it. */
char *ifc_copy_text(const char *text) __attribute__((returns_nonnull));

/**
 * ifc_grow() - room for one more element in a growing array
 * @array:    in/out, owned by the caller; NULL at first
 * @capacity: in/out, elements there is room for
 * @used:     elements in use
 * Return: the array, moved or not, with @capacity > @used.
 */
void *ifc_grow(void *array, size_t *capacity, size_t used, size_t size) __attribute__((returns_nonnull));

/** ifc_memory_there() - bytes that this machine, or the control group, can still give; UINT64_MAX: unknown.
 */
uint64_t ifc_memory_there(void);

/** ifc_memory_can_grow() - whether this process may have @bytes more (limits of its address space). */
bool ifc_memory_can_grow(uint64_t bytes);

#endif
