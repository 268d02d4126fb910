/* A request on its way through the judge: access, parameters, idempotency, answer. Used by methods and the
 * desk. */
#ifndef DUBAN_LIB_REQUEST_H
#define DUBAN_LIB_REQUEST_H

#include "lib/desk_parts.h"
#include "lib/methods.h"
#include <jansson.h>

/* Judges one request from beginning to end: always leads to exactly one REPLY, READ or RECALL. */
void request_judge(struct desk *desk, const struct request *request);

/* A call that the hands refused because of its role leaves a row, too. The hands limit how many. */
void request_denied(struct desk *desk, const struct denied *denied);

/* What a handler ends with. `result` is consumed. For writes, journals the request and remembers its key. */
void request_done(struct desk *desk, const struct request *request, struct ticket *ticket, json_t *result);
void request_answer(struct desk *desk, const struct request *request, json_t *result); /* reads */
void request_refuse(struct desk *desk, const struct request *request, enum rpc_error error, const char *field,
                    const char *detail);

/* The ticket a request names: NULL when the request was answered (recalled, or refused) instead. Checks
   if_revision for writes. */
struct ticket *request_ticket(struct desk *desk, const struct request *request);

/* The same for what only an open ticket takes: a closed one is refused. */
struct ticket *request_open_ticket(struct desk *desk, const struct request *request);

/* Another ticket that the parameter `name` names, in the same way; its revision is not asked. */
struct ticket *request_other(struct desk *desk, const struct request *request, const char *name);

/* The instant a write speaks of: `at`, or now. False: it was refused (the future, before the anchor, too
 * old). */
bool request_at(struct desk *desk, const struct request *request, const struct ticket *ticket, msec *ret_at);

/* A row of the ticket's record about something done at `at` by who asks, with the request's `note`. Its
   `record` is the journal row: to be set after request_done. */
struct record_row *request_record(struct desk *desk, const struct request *request,
                                  const struct ticket *ticket, const char *kind, msec at)
    __attribute__((returns_nonnull));

/* Judges what was due before `at`, then marks the ticket as changed. Call after every check has passed. */
void request_begin(struct desk *desk, const struct request *request, struct ticket *ticket, msec at);

const char *request_text(const struct request *request, const char *name); /* NULL: not given */
bool request_flag(const struct request *request, const char *name, bool otherwise);
json_int_t request_number(const struct request *request, const char *name, json_int_t otherwise);
msec request_instant(const struct request *request, const char *name); /* NEVER: not given */

/* Looks a parameter up among the regime's words. POLICY_NONE when it is not given; false when refused. */
bool request_term(struct desk *desk, const struct request *request, const char *name,
                  const struct vocabulary *words, uint8_t *ret_index);
bool request_person(struct desk *desk, const struct request *request, const char *name, uint16_t *ret_person);

/* Bits of the policy roles that who asks acts in: what the connection may, and what the people file gives the
   person besides (a regime has roles, such as a quality manager, that no connection knows). */
uint32_t request_roles(const struct desk *desk, const struct request *request);

/* Adds a READ instead of an answer: cold members are added to `hot` (consumed). Parameters are copied. */
void request_read(struct desk *desk, const struct request *request, const char *statement, json_t *hot,
                  const char *const *parameters, size_t count);

/* The same when memory has nothing to add: what is read is the whole answer. */
void request_read_whole(struct desk *desk, const struct request *request, const char *statement,
                        const char *const *parameters, size_t count);

/* Cold data that an answer is made of, not just added to. The first time it is asked for (a READ), and the
   request is over for now: false. When the request is stepped again it is there: true, and the caller owns
   it. */
bool request_cold(struct desk *desk, const struct request *request, const char *statement,
                  const char *const *parameters, size_t count, json_t **ret_cold)
    __attribute__((warn_unused_result));

#endif
