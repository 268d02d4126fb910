/* What is known of a record when a schedule runs for it: for subjects, mails and the ticket's customer. */
#ifndef DUBAN_LIB_SCHEDULE_FACTS_H
#define DUBAN_LIB_SCHEDULE_FACTS_H

#include "lib/schedule_run.h"
#include <jansson.h>

/* {id}, {date}, {month}, {FIELD}, {FIELD.FIELD} by name, in `arena`. */
size_t schedule_facts(const struct desk *desk, const struct schedule_view *view,
                      const struct schedule_firing *firing, struct arena *arena,
                      struct notice_fact **ret_facts);

/* `text` with every {name} replaced. */
const char *schedule_fill(const char *text, const struct notice_fact *facts, size_t count,
                          struct arena *arena);

/* The customer that the record is or names; NULL: none. */
const struct register_record *schedule_customer(const struct desk *desk, const struct schedule_view *view,
                                                const struct schedule_run *run,
                                                const struct register_policy **ret_of);

/* A field by its usual name (`name`, `phone`, …); NULL: the register has no such field, or nothing in it. */
const char *register_usual(const struct register_policy *of, const struct register_record *record,
                           const char *name);

/* {customer, contact} of ticket.create. What the record does not say is left out, but for a name. */
void schedule_put_customer(const struct desk *desk, const struct schedule_view *view,
                           const struct schedule_run *run, json_t *params);

#endif
