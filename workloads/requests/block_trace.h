/**
 * Block traces: what a storage device was asked for, as the simulator MQSim reads it. A row has five whole
 * numbers between blanks: nanoseconds of arrival, device, first sector, sectors, 0 for a write or 1 for a
 * read. One row is kept at a time.
 */
#ifndef IFC_BLOCK_TRACE_H
#define IFC_BLOCK_TRACE_H

#include <stdbool.h>
#include <stdint.h>

#include <ifc/status.h>
#include <ifc/time.h>

#define IFC_SECTOR_BYTES      512
#define IFC_TRACE_SECTORS_MAX 262144 /* of a request: 128 MiB */

typedef struct ifc_block_request {
    ifc_time arrival; /* ps */
    uint64_t first, sectors;
    bool reads;
} ifc_block_request;

typedef struct ifc_block_trace ifc_block_trace;

/** ifc_block_trace_open() - begin to read @file (plain or gzip's; "-": standard input), borrowed until
 * close(). Return: IFC_OK, @out is owned by the caller; IFC_ENOINPUT: it cannot be read. */
IFC_MUST_CHECK ifc_status ifc_block_trace_open(const char *file, ifc_block_trace **out, ifc_error *err);

/**
 * ifc_block_trace_next() - the next row
 * @more: false: there is none, @row is as it was
 * Return: IFC_EDATA, @err names file and line: a row that cannot be read, or arrives before the one above it.
 */
IFC_MUST_CHECK ifc_status ifc_block_trace_next(ifc_block_trace *t, ifc_block_request *row, bool *more,
                                               ifc_error *err);

/** ifc_block_trace_close() - @t: may be NULL */
void ifc_block_trace_close(ifc_block_trace *t);

#endif
