/*
 * A reload on its way: whether another policy and other people fit what is open, which deadlines move, and
 * which verdicts on record would be others now that it is known which days were worked (domain rule 15).
 */
#ifndef DUBAN_LIB_ADOPTION_H
#define DUBAN_LIB_ADOPTION_H

#include "lib/desk.h"
#include <jansson.h>

struct adoption;

/*
 * Holds policy and people against what is open. NULL when they don't fit: then `*ret_why` (malloc'd) says
 * why, and both stay the caller's. Nothing of the desk has changed in either case; the adoption owns both
 * from now on, and no step may come between this and desk_adopt().
 */
struct adoption *adoption_create(struct desk *desk, struct policy *policy, struct roster *roster, msec now,
                                 char **ret_why) __attribute__((warn_unused_result));
void adoption_destroy(struct adoption *adoption); /* also what nobody took; NULL is fine */

/* Whether the new calendars change days that have been. Then verdicts about closed tickets may be others: of
   clocks that ended at or after `ret_from_at` and began before `ret_to_at`. */
bool adoption_changes_past(const struct adoption *adoption, msec *ret_from_at, msec *ret_to_at);

/* A clock of a closed ticket, as it was written last. One that the old policy does not know is passed over.
 */
struct closed_clock {
    uint64_t ticket;
    const char *number, *class_name, *urgency, *department, *staffed;
    const char *clock, *state;
    uint16_t cycle;
    bool was_late, withdrawn;
    msec anchor_at, due_at, breached_at, ended_at; /* NEVER: none */
};
void adoption_review(struct adoption *adoption, const struct closed_clock *closed);

/* Not all closed tickets were looked at: why, in words. */
void adoption_cut(struct adoption *adoption, const char *why);

/* Takes it: from now on the desk judges by the new policy and people. Sends nothing (domain rule 13). What
   moved and what would be another verdict is journaled; `cause` and `actor` are who wanted it. */
void desk_adopt(struct desk *desk, struct adoption *adoption, const char *cause, const char *actor,
                struct effects *out);

/* After a start: judges running clocks again by the policy that the desk has, which may not be the one it was
   written under. Returns how many deadlines moved; they are journaled. */
size_t desk_catch_up(struct desk *desk, msec now, struct effects *out);

size_t adoption_moved(const struct adoption *adoption);   /* deadlines */
size_t adoption_changed(const struct adoption *adoption); /* verdicts that would be others */

/* {regime, digest, moved, deadlines:[…], changed, verdicts:[…], cut?}: at most `limit` of each are listed. */
json_t *adoption_answer(const struct desk *desk, const struct adoption *adoption, size_t limit);

#endif
