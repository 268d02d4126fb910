/* The judge of one ticket: moves its clocks by what happens and by time that passes, and says whom to tell.
 */
#ifndef DUBAN_LIB_JUDGE_H
#define DUBAN_LIB_JUDGE_H

#include "lib/desk_parts.h"
#include <jansson.h>

/* Something that happened to a ticket. For contacts: of which kind, by which policy role, and whether it
 * counts. */
struct occurrence {
    enum happening what;
    msec at;
    uint8_t of;      /* which field */
    uint8_t kind;    /* POLICY_NONE when it has none */
    uint8_t channel; /* a contact's */
    uint32_t roles;  /* bits of the policy roles of who recorded it */
    bool counts;     /* a contact by the regime's [contact] section and gates */
    bool has_promise;
    msec promised_at; /* what whoever did it promised: the next contact, the solution … */
};

/* A slot that a contact filled: the ledger (domain rule 3). */
struct credit {
    uint8_t rule;
    uint8_t slot; /* 1, 2, … within the window */
    uint16_t cycle;
    msec window_at; /* where a quota's window begins, NEVER for other clocks */
};

/* Appends it to `list` (a JSON array, may be NULL) as {clock, cycle, slot, window?}. */
void judge_credited(const struct desk *desk, json_t *list, const struct credit *credit);

/* Applies what happened to every clock, in the order of domain rule 2: stop, cancel, pause and resume,
   credit, start. Slots filled by a contact are appended to `ret_credited`. The ticket's list of pauses is
   what it is after that instant. */
void judge_happen(struct desk *desk, struct ticket *ticket, const struct occurrence *occurrence,
                  json_t *ret_credited);

/* Several things that are one instant and one act: all their stops come first, then all that cancels, … */
void judge_happen_together(struct desk *desk, struct ticket *ticket, const struct occurrence *occurrences,
                           size_t count, json_t *ret_credited);

/* A contact that counts, made at `at`, credited to one quota or silence that has begun. */
void judge_credit(struct desk *desk, struct ticket *ticket, struct clock *clock, msec at,
                  json_t *ret_credited);

/* Does `condition` hold for the occurrence? */
bool judge_matches(const struct condition *condition, const struct occurrence *occurrence);

/* The ticket changed at `at` (INT-22, domain rule 5): clocks that no longer apply end, new ones begin,
   running ones are judged again from their anchor. `is_other`: it has another urgency or class; rules that
   say so begin again. */
void judge_reclassified(struct desk *desk, struct ticket *ticket, msec at, bool is_other);

/* The clock of a rule that applies only now: what starts it may have happened already. */
void judge_start_if_due(struct desk *desk, struct ticket *ticket, uint8_t index, msec at);

/* Another department handles it: clocks that count by its calendar are judged again from their anchor. */
void judge_moved_department(struct desk *desk, struct ticket *ticket, msec at);
/* One clock that runs or stands is counted anew from its anchor: it pauses, runs again, or gets another
   deadline. */
void judge_again(struct desk *desk, struct ticket *ticket, struct clock *clock, msec at);

/* Another policy holds (a reload): deadlines of running clocks are computed again. */
void judge_repolicied(struct desk *desk, struct ticket *ticket);

/* Fires what is due before `until_at` (with `inclusive`, also what is due exactly then), in order. */
void judge_advance(struct desk *desk, struct ticket *ticket, msec until_at, bool inclusive);

/* Journals a verdict: which clock, when it was due, when it was judged, under which policy. */
void judge_verdict(struct desk *desk, const struct ticket *ticket, const struct clock *clock,
                   const char *type, msec due_at, const char *detail);

/* "Now" for this ticket, while what was due at `at` is judged: history is judged on its own time. */
msec judge_now(const struct desk *desk, const struct ticket *ticket, msec at);

/* An escalation that did not go as the regime says: a line in the log, a figure, a line of a replay. The
   caller journals it. */
void judge_incident(struct desk *desk, const struct ticket *ticket, const struct clock *clock,
                    enum incident what, int16_t rung, msec at, const char *detail);

/* The same for a quota that missed several windows at once. */
void judge_verdict_of_windows(struct desk *desk, const struct ticket *ticket, const struct clock *clock,
                              msec due_at, unsigned windows);

/* The earliest instant at which something of this ticket is due; NEVER. */
msec judge_next_at(const struct desk *desk, const struct ticket *ticket);

/* Sends the regime's reports for the ticket's urgency (INT-14 to INT-16). */
void judge_report(struct desk *desk, struct ticket *ticket, msec at, const char *reason);

/* Would this rule apply to the ticket, if what starts it happened? */
bool judge_rule_applies(const struct desk *desk, const struct ticket *ticket, uint8_t rule);

#endif
