/* Which numbers were given out: a serial for each kind of number, and for each day when its serial is the
 * day's. */
#ifndef DUBAN_LIB_SERIES_H
#define DUBAN_LIB_SERIES_H

#include "lib/base/index.h"
#include "lib/base/intern.h"
#include "lib/base/msec.h"
#include "lib/effect.h"
#include "lib/policy.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SERIES_NONE 0xffff
#define SERIES_KEPT 1000 /* the newest of each kind that a start reads back (load_sequences.sql) */

struct series {
    uint64_t last;   /* the last serial that was given out */
    uint32_t period; /* 20260311, 202603 or 2026; 0: one serial for ever */
    uint32_t name;   /* of its kind, interned; outlives the regime's formats */
    uint8_t format;  /* index into policy->numbers; POLICY_NONE: the regime writes it otherwise now */
    bool is_moved;   /* since the last settle */
};

struct series_book {
    struct series *list; /* named by their place, which never changes */
    size_t count, capacity, moved;
    struct index by_key;
    struct intern *names;
};

void series_init(struct series_book *book);
void series_finish(struct series_book *book);
void series_copy(struct series_book *book, const struct series_book *from); /* into an empty one */

/* The series from which a ticket that is accepted at `at` gets its number. SERIES_NONE: none can be given;
   the clock stands before all that is remembered, and the number might have been given already. */
uint16_t series_of(struct series_book *book, const struct policy *policy, uint8_t format, msec at);
uint32_t series_next(struct series_book *book, uint16_t series);

/* `number` without the text around it. False: no series that is known has it. */
bool series_read(const struct series_book *book, const struct policy *policy, const char *number,
                 uint16_t *ret_series, uint32_t *ret_serial);

/* The same for a ticket that comes back from the database: its series becomes known. */
bool series_recall(struct series_book *book, const struct policy *policy, const char *number,
                   uint16_t *ret_series, uint32_t *ret_serial);

/* "" for SERIES_NONE. */
void series_text(const struct series_book *book, const struct policy *policy, uint16_t series,
                 uint32_t serial, char *ret_text, size_t room);

/* What its row in the database is called: `number.default 20260311`, `number.default`. */
#define SERIES_NAME 160
void series_name(const char *format, uint32_t period, char ret_name[SERIES_NAME]);

/* A row of the database, and back. Rows of other names are none of ours. */
void series_restore(struct series_book *book, const struct policy *policy, const char *name, uint64_t last);
void series_settle(struct series_book *book, struct effects *out);

/* A reload: by the old format, the new one. What is no longer written like this ends, and what goes on under
   its name goes on counting. */
void series_rename(struct series_book *book, const uint8_t *formats);

#endif
