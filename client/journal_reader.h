/* The journal of a running daemon, page by page, as events of replay's format. */
#ifndef DUBAN_CLIENT_JOURNAL_READER_H
#define DUBAN_CLIENT_JOURNAL_READER_H

#include "client/command.h"

struct journal_reader;

/* From the command's --from-seq (1) up to the newest row as of now; of this ticket (by its id; borrowed), or
   of all when it is NULL. EXIT_FINE, or a message was printed. Close it either way. */
enum exit_code journal_reader_open(const struct invocation *invocation, const char *ticket,
                                   struct journal_reader **ret_reader) __attribute__((warn_unused_result));
void journal_reader_close(struct journal_reader *reader); /* NULL is fine */

/* The next event; release it with json_decref(). NULL: there are no more. The last event moves time to the
   last row's. */
enum exit_code journal_reader_next(struct journal_reader *reader, json_t **ret_event)
    __attribute__((warn_unused_result));

uint64_t journal_reader_place(const struct journal_reader *reader); /* the last event's sequence number */

/* The beginning of the digest of the regime under which the last event was accepted; "" when its row does not
   say. */
const char *journal_reader_policy(const struct journal_reader *reader);
uint64_t journal_reader_first(const struct journal_reader *reader);
uint64_t journal_reader_last(const struct journal_reader *reader);

#endif
