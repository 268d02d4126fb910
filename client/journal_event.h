/* A row of the journal turned back into the event that caused it, in the format of `dubanctl replay`. */
#ifndef DUBAN_CLIENT_JOURNAL_EVENT_H
#define DUBAN_CLIENT_JOURNAL_EVENT_H

#include "lib/base/msec.h"
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

enum journal_event_outcome {
    JOURNAL_EVENT,   /* an accepted request */
    JOURNAL_OTHER,   /* a verdict, or something else that follows from events and is none */
    JOURNAL_DAMAGED, /* `wrong` says what is wrong with it (static storage) */
};

#define JOURNAL_EVENT_POLICY 65 /* room for a digest, or as much of it as rows have */

/* A row of journal.read's answer as far as it could be understood. */
struct journal_event {
    uint64_t sequence; /* 0: not even that */
    msec at;
    uint64_t ticket;                   /* 0: none */
    char number[96];                   /* the ticket's, as people know it; "" when the row does not say */
    char policy[JOURNAL_EVENT_POLICY]; /* of the regime in force, by its digest; "" when it does not say */
    bool files_it;                     /* the request, or the schedule, that filed the ticket */
    json_t *object; /* the event; NULL unless JOURNAL_EVENT. Release it with json_decref(). */
    const char *wrong;
};

enum journal_event_outcome journal_event_read(const json_t *row, struct journal_event *ret_event)
    __attribute__((warn_unused_result));

/* Which of a method's params names another ticket than its own, NULL: none. */
const char *journal_event_other(const char *method);

/* The event that only moves time. */
json_t *journal_event_advance(msec at);

#endif
