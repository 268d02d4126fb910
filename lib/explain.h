/* The room of explanations, from inside: explain_*.c and the methods that call them include this. */
#ifndef DUBAN_LIB_EXPLAIN_H
#define DUBAN_LIB_EXPLAIN_H

#include "lib/desk_parts.h"
#include "lib/explain_words.h"
#include "lib/notice.h"
#include <jansson.h>

/* One explanation on its way. */
struct explaining {
    struct desk *desk; /* the real one, or a trial's */
    const struct ticket *ticket;
    const json_t *cold; /* what the database has of the ticket (explain_ticket.sql); NULL: not read */
    msec at;            /* the instant that is explained */
    bool is_trial;      /* that instant lies in the future: what stands there will have happened by then */
    struct wording wording;
    json_t *lines; /* sentences so far; borrowed */
};

/* ---- explain.c ---- */

/* Adds the sentence of a fact to the lines; gives the fact back. `fact` is consumed into the result. */
json_t *explain_say(struct explaining *explaining, const char *name, json_t *fact);

/* Members that facts share. An absent person, an empty text and a term that is none set nothing. */
void explain_set_instant(const struct explaining *explaining, json_t *fact, const char *name, msec at);
json_t *explain_instant(const struct explaining *explaining, msec at); /* {at} */
void explain_set_day(json_t *fact, const char *name, int64_t day);
void explain_set_place(const struct explaining *explaining, json_t *fact, int line); /* file, line */
const char *explain_title(const struct explaining *explaining, const struct vocabulary *words, uint8_t index);

/* {person, name, role, role_title, stands_for?, stands_for_name?} */
json_t *explain_recipient(const struct explaining *explaining, const struct recipient *recipient);

/* Whoever an audience would reach at an instant, as a list of those. */
json_t *explain_audience(const struct explaining *explaining, const struct audience *audience, msec at);

/* The name by which people know an actor of the journal. */
const char *explain_name(const struct explaining *explaining, const char *actor);

/* ---- explain_cold.c: finding things in what the database said ---- */

/* The act that was recorded of something that happened at `at`, by one of the happenings (bits); NULL. */
const json_t *explain_cold_act(const struct explaining *explaining, uint32_t happenings, msec at);
const json_t *explain_cold_first(const struct explaining *explaining, const char *method);
msec explain_cold_instant(const json_t *object, const char *name); /* NEVER: it has none */

/* Who recorded an act (may be NULL), and when, if that was later. */
void explain_set_recorder(const struct explaining *explaining, json_t *fact, const json_t *act);

/* Whoever has a notice of this step, with the notice and its state; an empty list when nobody has. */
json_t *explain_cold_told(const struct explaining *explaining, const char *clock, unsigned cycle, int rung);
json_t *explain_cold_recipient(const struct explaining *explaining, const json_t *notice);

/* ---- explain_clock.c, explain_steps.c ---- */

json_t *explain_clock(struct explaining *explaining, const struct clock *clock);
json_t *explain_clock_waiting(struct explaining *explaining, uint8_t rule);
json_t *explain_steps(struct explaining *explaining, const struct clock_view *view);

/* The rungs that a breach climbs, or would. NULL: there is no ladder. */
const struct rung_set *explain_steps_rungs(const struct clock_view *view);

/* When a rung of them fires after the breach, or would, were the clock missed at its due time. */
msec explain_steps_rung_at(const struct clock_view *view, uint8_t place);
msec explain_steps_reminder_at(const struct clock_view *view, uint8_t number); /* NEVER: it stands */
int explain_steps_line(const struct clock_view *view,
                       const struct rung *rung); /* in the file; 0: not there */
bool explain_steps_overtaken(const struct clock_view *view, const struct reminder_set *set, uint8_t place);

/* ---- explain_trial.c ---- */

/* A desk with nothing in it but a copy of a ticket. */
struct explain_trial {
    struct desk *desk;
    const struct ticket *ticket;
    struct arena arena; /* the policy's, kept out of it */
    size_t shared_ladders;
};

/* Lives the copy on to `until_at` as if nothing more were recorded. It borrows policy and people; notices
   that it wrote are added to `cold` (may be NULL). One at a time. */
struct explain_trial *explain_trial_create(const struct desk *desk, const struct ticket *ticket,
                                           msec until_at, json_t *cold);
void explain_trial_destroy(struct explain_trial *trial);

#endif
