/* The inside of the book of runs: schedule_book.c plans and runs, schedule_rows.c writes and reads. */
#ifndef DUBAN_LIB_SCHEDULE_BOOK_INSIDE_H
#define DUBAN_LIB_SCHEDULE_BOOK_INSIDE_H

#include "lib/schedule_book.h"

#define NO_RUN UINT32_MAX

/* A schedule as it stands: since when, and by which rule. */
struct beginning {
    msec since_at;
    char *rule; /* as written; NULL: not in the database yet */
    bool is_new, is_dirty;
    uint32_t *runs; /* by the record's place */
    size_t room;
    uint32_t own_run; /* of a schedule over no register */
};

/* A schedule that the regime no longer has: coming back it begins anew. */
struct retired {
    char *name;
    bool is_dirty;
};

struct schedule_book {
    struct beginning *beginnings; /* by schedule */
    size_t schedule_count;
    struct schedule_run *runs;
    size_t count, capacity;
    uint32_t *heap;
    size_t heap_count, heap_capacity;
    struct retired *retired;
    size_t retired_count, retired_capacity;
    bool is_live, has_begun;
};

/* A run's number, its record's id ("" for the desk's own). */
uint32_t schedule_find_or_add(struct schedule_book *book, uint8_t schedule, uint32_t record);
const char *schedule_record_id(const struct desk *desk, const struct schedule_run *run);

#endif
