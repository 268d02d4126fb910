/*
 * A desk: one service organisation with its policy, people, number sequences, journal sequence and open
 * tickets.
 *
 * The judge is this value. Feed it what happened and what time it is; it changes its own memory, appends to
 * `out` what must be done, and says when to wake it next. No I/O, no clock, no globals.
 */
#ifndef DUBAN_LIB_DESK_H
#define DUBAN_LIB_DESK_H

#include "lib/effect.h"
#include "lib/event.h"
#include "lib/policy.h"
#include "lib/roster.h"

struct desk;

struct desk_options {
    const char *name;            /* "main" */
    const char *mail_domain;     /* right side of Message-IDs */
    const char *customer_domain; /* the same of mails to customers; NULL: they are not written to */
    msec customer_every_ms;      /* between two of those; 0: as fast as senders take them */
    unsigned senders;    /* how many there are, so that customers never have all of them; 0: unknown */
    bool keeps_closed;   /* closed tickets stay in memory (replay, which has no database) */
    bool tells_verdicts; /* every move of a clock becomes an EFFECT_VERDICT (replay prints them) */
    bool is_wordless; /* notices and the journal stay without words: nobody will read them (quiet replay) */
};

/* Takes ownership of `policy` and `roster`. `now` is where the wheel starts. */
struct desk *desk_create(const struct desk_options *options, struct policy *policy, struct roster *roster,
                         msec now);
void desk_destroy(struct desk *desk);

void desk_step(struct desk *desk, msec now, const struct event *event, struct effects *out);
msec desk_wakes_at(struct desk *desk); /* NEVER when nothing is due */

/* Closes a batch: appends one row for each ticket and clock touched since the last settle and the number
   sequences that moved, and lets go of tickets that are closed. Call once, just before the batch is written.
 */
void desk_settle(struct desk *desk, struct effects *out);

/* Coming back: rows as they were last written. Tickets first, their clocks and pauses after, then told and
   queued notices. A row that does not fit the policy (an unknown class, say) is refused with a reason: it
   must not be dropped silently; the hands quarantine and report it. */
const char *desk_restore_ticket(struct desk *desk, const struct ticket_row *row, uint32_t contacts,
                                uint32_t progress, uint32_t plans)
    __attribute__((warn_unused_result)); /* NULL: taken */
const char *desk_restore_clock(struct desk *desk, const struct clock_row *row)
    __attribute__((warn_unused_result));
void desk_restore_ladder(struct desk *desk, uint64_t ladder, const char *body); /* before all clocks */
const char *desk_restore_pause(struct desk *desk, const struct pause_row *row)
    __attribute__((warn_unused_result));
void desk_restore_told(struct desk *desk, uint64_t ticket, const char *clock, uint16_t cycle,
                       const char *person, const char *role);
void desk_restore_window(struct desk *desk, const struct window_row *row); /* in the order of time */
/* What was asked for and not refused: `decided` says whether it was granted. */
void desk_restore_approval(struct desk *desk, const struct approval_row *row);
void desk_restore_notice(struct desk *desk, const struct notice_row *row, uint16_t attempts, msec ready_at);
/* When something was let go to somebody, oldest first: their budgets count from there. */
void desk_restore_let_go(struct desk *desk, const char *person, msec at);
void desk_restore_sequence(struct desk *desk, const char *name, uint64_t last);
void desk_restore_schedule(struct desk *desk, const struct schedule_row *row);
void desk_restore_schedule_run(struct desk *desk, const struct schedule_run_row *row, uint32_t count);
const char *desk_restore_register(struct desk *desk, const struct register_row *row)
    __attribute__((warn_unused_result));
void desk_restore_mailing(struct desk *desk, const struct mailing_row *row); /* those that are not over */
void desk_restore_optout(struct desk *desk, const char *address, msec at);   /* who declines now */
void desk_restore_key(struct desk *desk, const char *key);
void desk_restore_done(struct desk *desk, msec now);              /* arms every ticket; call once, last */
void desk_recalled(struct desk *desk, uint64_t ticket, msec now); /* arms one recalled ticket */

/* Who is to get a notice that is not dealt with yet; NULL: there is none of that number. */
const char *desk_notice_recipient(const struct desk *desk, uint64_t notice, enum notice_channel *ret_channel);

/* An escalation that did not go as the regime says: a rung whose condition did not hold, the last rung when
   it reached nobody, a rung's mail that did not arrive. */
enum incident { INCIDENT_SKIPPED, INCIDENT_UNREACHED, INCIDENT_UNDELIVERED, INCIDENT_COUNT };

/* What an operator asks: figures, and a fingerprint of every open ticket and clock in ticket order. */
struct desk_figures {
    size_t open_tickets, running_clocks, paused_clocks, breached_clocks, memory_bytes;
    size_t queued_notices;                /* decided and not accepted yet, among them: */
    size_t held_notices, release_notices; /* those that wait, and of these for notice.release */
    uint64_t journal_sequence;
    uint64_t incidents[INCIDENT_COUNT]; /* since the start */
};

void desk_figures(const struct desk *desk, struct desk_figures *ret_figures);
void desk_digest(const struct desk *desk, char ret_hex[33]);
/* How a ticket in memory is sorted just now, in words of the policy. False: it is not there. */
struct desk_ticket {
    const char *class_name, *urgency;
};

bool desk_ticket(const struct desk *desk, uint64_t ticket, struct desk_ticket *ret_ticket);

/* Its number as people know it, "" when it is not in memory. */
void desk_ticket_number(const struct desk *desk, uint64_t ticket, char *ret_text, size_t room);

/* Is this row of the journal hidden from the peer, because it tells how satisfied the customer is? */
bool desk_hides_row(const struct desk *desk, const struct peer *peer, const char *type, const char *body);

const struct policy *desk_policy(const struct desk *desk);
const struct roster *desk_roster(const struct desk *desk);
uint64_t desk_journal_sequence(const struct desk *desk);

#endif
