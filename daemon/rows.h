/* A batch of effects as prepared statements with binary parameters: what the writer sends, in order. */
#ifndef DUBAN_DAEMON_ROWS_H
#define DUBAN_DAEMON_ROWS_H

#include "lib/effect.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rows;

struct rows *rows_create(uint32_t desk, uint64_t epoch);
void rows_destroy(struct rows *rows);

/* Takes a batch as number `number`, extending the journal's chain from `head` (32 bytes). The batch must stay
   as it is until the next one: texts are copied, the effects are not. */
void rows_build(struct rows *rows, const struct effects *batch, uint64_t number, const unsigned char *head);

/* The newest journal hash after this batch; `head` as given when it has no journal row. */
const unsigned char *rows_head(const struct rows *rows);

/* A statement to run: its name in sql/statements, and parameters that are all binary. */
struct rows_statement {
    const char *name;
    int count;
    const char *const *values;
    const int *lengths;
};

#define ROWS_PARAMETERS_MAX 40

/* Statement number `index` (0, 1, …), in the order of the transaction; false: there are no more. One with
   nothing to write has a NULL name. `reopening` adds those that first bring the batch's tickets back among
   the open ones: needed when a ticket is written that had been closed, which the rows alone don't tell. */
bool rows_statement(const struct rows *rows, size_t index, bool reopening,
                    struct rows_statement *ret_statement);

/* Every statement's name: what a connection must prepare. */
size_t rows_statement_count(void);
const char *rows_statement_name(size_t index);

#endif
