/* Cold data: a second connection that runs sql/statements/ on demand and never blocks the loop. */
#ifndef DUBAN_DAEMON_READER_H
#define DUBAN_DAEMON_READER_H

#include "lib/effect.h"
#include <event2/event.h>
#include <stdint.h>

struct reader;

enum read_outcome { READ_FOUND, READ_NOTHING, READ_UNAVAILABLE };

/* All callbacks come from the loop, never from within the call that asked; each call is answered once. What
   they are given lasts until they return. They may ask again, but not destroy the reader. */

/* `json` is the one column of the one row (NULL unless READ_FOUND). */
typedef void reader_callback(void *context, enum read_outcome outcome, const char *json);

int reader_create(struct event_base *base, const char *conninfo, struct reader **ret_reader)
    __attribute__((warn_unused_result));
/* Another connection for the pages of reports: a slow one must not stand in front of an answer. It runs only
   their statements, and waits longer for one. */
int reader_create_for_reports(struct event_base *base, const char *conninfo, struct reader **ret_reader)
    __attribute__((warn_unused_result));
void reader_destroy(struct reader *reader); /* outstanding reads get READ_UNAVAILABLE */

/* Runs the statement of that name (compiled in from sql/statements) with text parameters (copied). Queued
   when the connection is busy, bounded; READ_UNAVAILABLE after 5 s without an answer. A parameter that
   PostgreSQL can't read (an id that is no number) finds nothing. */
void reader_run(struct reader *reader, const char *statement, const char *const *parameters,
                size_t parameter_count, reader_callback *callback, void *context);

/* Who was told of a breach, in which role. */
struct recalled_told {
    const char *clock, *person, *role;
    uint16_t cycle;
};

/* A ticket's row, its clocks' and its pauses' rows, and who was told of what, as the loader gives them, for
   tickets that left memory. */
struct recalled {
    const struct ticket_row *ticket; /* NULL: there is no such ticket */
    uint32_t contacts, progress, plans;
    const struct clock_row *clocks;
    size_t clock_count;
    const struct pause_row *pauses;
    size_t pause_count;
    const struct recalled_told *told;
    size_t told_count;
};
typedef void recall_callback(void *context, enum read_outcome outcome, const struct recalled *recalled);
void reader_recall(struct reader *reader, uint32_t desk, const char *ticket_id_or_number,
                   recall_callback *callback, void *context);

/* One notice as the sender needs it. */
typedef void notice_callback(void *context, enum read_outcome outcome, const struct notice_row *row);
void reader_notice(struct reader *reader, uint32_t desk, uint64_t notice, notice_callback *callback,
                   void *context);

struct reader_figures {
    uint64_t reads, unavailable;
    size_t waiting; /* now */
};
void reader_figures(const struct reader *reader, struct reader_figures *ret_figures);

#endif
