/* What the rooms of notices share: telling (notice.c), waiting (hold_rules.c), digests (digest.c), and what
   an operator does with notices (method_notice.c). Nobody else includes this. */
#ifndef DUBAN_LIB_NOTICE_PARTS_H
#define DUBAN_LIB_NOTICE_PARTS_H

#include "lib/notice.h"

/* A row of the next notice to `person`, who is told in `role`, with everything but the words. About no ticket
   when the occasion has none. */
struct notice_row *notice_new_row(struct desk *desk, const struct occasion *occasion,
                                  const struct person *person, uint8_t role);

/* What the mail is called, and the thread that it belongs to, in this domain. */
void notice_name(struct desk *desk, const struct occasion *occasion, const char *domain,
                 struct notice_row *row);

/* What has become of a notice. */
struct notice_state_row *notice_new_state(struct desk *desk, const struct outbox_entry *entry,
                                          const char *state);

struct ticket *notice_ticket(const struct desk *desk, uint64_t id); /* NULL: it is not in memory */

/* Does what it tells of still stand (domain rule 11)? */
bool notice_reason_holds(const struct desk *desk, const struct outbox_entry *entry);

/* It leaves the outbox unsent, and its reader was not told. */
void notice_suppress(struct desk *desk, struct outbox_entry *entry, const char *reason);

/* QUEUED -> ATTEMPTING: an idle sender gets it. */
void notice_attempt(struct desk *desk, struct outbox_entry *entry);

#endif
