/* A strict reader of comma-separated values (RFC 4180): a file that is not quite right is refused with its
 * line. */
#ifndef DUBAN_CLIENT_CSV_H
#define DUBAN_CLIENT_CSV_H

#include <stddef.h>
#include <sys/types.h>

#define CSV_FIELDS_MAX 256
#define CSV_BYTES_MAX  (1u << 20) /* of one record */

/* Gives up to `size` bytes, 0 at the end, -1 on failure (then the reader says "can't be read"). */
typedef ssize_t (*csv_source)(void *context, char *bytes, size_t size);

enum csv_outcome {
    CSV_RECORD,
    CSV_END,
    CSV_BAD, /* see csv_error() */
};

struct csv;

struct csv *csv_create(csv_source source, void *context);
void csv_destroy(struct csv *csv);

/* The next record: NUL-terminated UTF-8 fields, valid until the next call. The first record decides how many
   fields every record has. After CSV_BAD nothing more is read. */
enum csv_outcome csv_next(struct csv *csv, const char *const **ret_fields, size_t *ret_count)
    __attribute__((warn_unused_result));

size_t csv_line(const struct csv *csv);       /* where the current record (or the error) begins, from 1 */
const char *csv_error(const struct csv *csv); /* a sentence without the line; "" without an error */

#endif
