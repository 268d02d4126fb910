/* Telling people: who is told by a rung, a reminder, a report or an all-clear, in which words, and what is
 * withheld. */
#ifndef DUBAN_LIB_NOTICE_H
#define DUBAN_LIB_NOTICE_H

#include "lib/desk_parts.h"

/* What a schedule tells of: a record, and no ticket. */
struct notice_matter {
    const char *number, *customer, *thread;
    const char *const *title; /* by language */
    msec due_at;
    const struct notice_fact *facts;
    size_t fact_count;
};

/* Why somebody is told. `clock` is NULL for a report. */
struct occasion {
    struct ticket *ticket; /* with a matter: a stand-in that says whose department and people are meant */
    const struct notice_matter *matter; /* NULL: the ticket is what it is about */
    const struct clock *clock;
    const char *clock_name, *template_name, *reason;
    const char *remark[LANGUAGE_COUNT]; /* said below the template's words; NULL: nothing */
    uint16_t cycle;
    int16_t rung;
    uint8_t channels; /* bits of enum notice_channel; 0: mail */
    uint32_t shows;   /* bits of notice variables that its reader sees besides what they see anyway */
    msec at;
};

struct recipient {
    uint16_t person;
    uint16_t stands_for; /* the absent holder of the role, TICKET_NOBODY */
    uint8_t role;        /* POLICY_NONE: a person who is named, and holds none */
};

#define RECIPIENTS_MAX 32

/* The people an audience means now: for each place the first for whom somebody can be told; each person once.
 */
size_t notice_resolve(const struct desk *desk, const struct ticket *ticket, const struct audience *audience,
                      struct recipient ret_recipients[RECIPIENTS_MAX]);

/* The same for another instant: who will be away then, as far as the people file knows. */
size_t notice_resolve_at(const struct desk *desk, const struct ticket *ticket,
                         const struct audience *audience, msec at,
                         struct recipient ret_recipients[RECIPIENTS_MAX]);

/* Whom an addressee means for this ticket, there or not. */
size_t notice_people(const struct desk *desk, const struct ticket *ticket, const struct addressee *whom,
                     uint16_t ret_people[RECIPIENTS_MAX]);

/* The deadline that a notice about this clock speaks of: the missed one, else the one ahead. */
msec notice_due_at(const struct clock *clock);

/* Writes one notice to each recipient and queues it. History is recorded as suppressed instead of told. */
void notice_tell(struct desk *desk, const struct occasion *occasion, const struct recipient *recipients,
                 size_t count);

/* The reason of this clock's queued notices is gone (domain rule 11): suppresses those that no sender has
   yet, and strikes their recipients from the told. */
void notice_withhold(struct desk *desk, struct ticket *ticket, uint8_t rule, const char *reason);

/* Only the reminders: the limit has passed, there is nothing left to be reminded of. */
void notice_withhold_reminders(struct desk *desk, struct ticket *ticket, uint8_t rule, const char *reason);

/* Tells everyone who was told of this clock's breach (domain rules 10 and 19), once. `remark`, in each
   language, is said below the template's words; NULL: nothing. */
void notice_tell_told(struct desk *desk, struct ticket *ticket, const struct clock *clock,
                      const char *template_name, int16_t rung, const char *reason,
                      const char *const remark[LANGUAGE_COUNT]);

/* Senders: hands out what is ready to whoever is idle, and takes what became of it. */
void notice_hand_out(struct desk *desk);
void notice_sent(struct desk *desk, const struct sent *sent);
msec notice_wakes_at(const struct desk *desk);

#endif
