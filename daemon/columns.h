/* What is written: each statement with the items it takes and, in the order of its parameters, their columns.
 */
#ifndef DUBAN_DAEMON_COLUMNS_H
#define DUBAN_DAEMON_COLUMNS_H

#include <stdbool.h>
#include <stddef.h>

enum column_type {
    COLUMN_U64,         /* bigint */
    COLUMN_U64_OR_NULL, /* 0 is NULL */
    COLUMN_U32,         /* integer */
    COLUMN_U32_OR_NULL,
    COLUMN_I32_OR_NULL, /* negative is NULL */
    COLUMN_U16,         /* integer */
    COLUMN_U8,          /* smallint */
    COLUMN_I16,         /* smallint */
    COLUMN_BOOLEAN,
    COLUMN_INSTANT,
    COLUMN_TEXT, /* NULL is the empty text */
    COLUMN_TEXT_OR_NULL,
    COLUMN_HASH, /* bytea of 32 bytes, in place */
};

/* Where a parameter's values are. */
struct column {
    enum column_type type;
    size_t offset; /* into the item */
};

/* A statement of sql/statements whose $1 is the desk and whose $2, $3, … are arrays of these columns. */
struct columns {
    const char *statement;
    size_t list;                       /* of struct merge: where its items are */
    bool (*chooses)(const void *item); /* which of them */
    const struct column *columns;
    size_t column_count;
    bool reopening; /* only when closed tickets come back */
};

#define COLUMNS_COUNT 30
extern const struct columns columns_table[COLUMNS_COUNT]; /* in the order of the transaction */

#endif
