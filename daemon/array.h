/* PostgreSQL arrays in their binary form, as parameters of prepared statements. One dimension, counted
 * from 1. */
#ifndef DUBAN_DAEMON_ARRAY_H
#define DUBAN_DAEMON_ARRAY_H

#include "lib/base/arena.h"
#include "lib/base/msec.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What an element is; the number is PostgreSQL's own for the type (pg_type.oid). */
enum array_type {
    ARRAY_BOOLEAN = 16,
    ARRAY_BYTES = 17,
    ARRAY_BIGINT = 20,
    ARRAY_SMALLINT = 21,
    ARRAY_INTEGER = 23,
    ARRAY_TEXT = 25,
    ARRAY_INSTANT = 1184,
};

struct array {
    char *bytes; /* the parameter's value; owned, kept for the next use */
    size_t length, capacity;
};

void array_finish(struct array *array);

/* Begins an array of exactly `count` elements; that many adds must follow. */
void array_begin(struct array *array, enum array_type type, size_t count);
void array_add_null(struct array *array);
void array_add_boolean(struct array *array, bool value);
void array_add_smallint(struct array *array, int16_t value);
void array_add_integer(struct array *array, int32_t value);
void array_add_bigint(struct array *array, int64_t value);
void array_add_instant(struct array *array, msec at); /* NEVER becomes NULL */
void array_add_bytes(struct array *array, const void *bytes, size_t length);
void array_add_text(struct array *array, const char *text); /* NULL becomes NULL; cleaned */

/* `text` itself when it is UTF-8, else a copy in `arena` with U+FFFD for each byte that is not. PostgreSQL
   refuses anything else, and a word of some mail server in Latin-1 must not stop the writer. */
const char *array_clean(struct arena *arena, const char *text);

/* An instant as PostgreSQL counts: microseconds since 2000. */
int64_t array_instant(msec at);

#endif
