/*
 * What must be done: the effects of steps, gathered in a batch.
 *
 * A batch owns an arena; every pointer in an effect points into it or into static storage. The hands write
 * all rows of a batch in one transaction and only after its COMMIT carry out what speaks outward (REPLY,
 * READ, RECALL, SEND); then the batch is freed whole.
 */
#ifndef DUBAN_LIB_EFFECT_H
#define DUBAN_LIB_EFFECT_H

#include "lib/base/arena.h"
#include "lib/base/msec.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum effect_kind {
    /* rows, written in one transaction */
    EFFECT_TICKET_NEW,   /* struct ticket_row, cold columns included */
    EFFECT_TICKET,       /* struct ticket_row, hot columns only (cold is NULL) */
    EFFECT_CLOCK,        /* struct clock_row, insert or replace by (ticket, clock) */
    EFFECT_CONTACT,      /* struct contact_row */
    EFFECT_PROGRESS,     /* struct progress_row */
    EFFECT_PLAN,         /* struct plan_row */
    EFFECT_PAUSE,        /* struct pause_row */
    EFFECT_RECORD,       /* struct record_row */
    EFFECT_WINDOW,       /* struct window_row, insert or replace by (ticket, clock, start_at) */
    EFFECT_NOTICE,       /* struct notice_row: one row per recipient, unique fire key */
    EFFECT_NOTICE_STATE, /* struct notice_state_row */
    EFFECT_JOURNAL,      /* struct journal_row */
    EFFECT_KEY,          /* struct key_row: an idempotency key and the answer it got */
    EFFECT_SEQUENCE,     /* struct sequence_row */
    EFFECT_LADDER,       /* struct ladder_row */
    EFFECT_REGISTER,     /* struct register_row, insert or replace by (of, record) */
    EFFECT_SCHEDULE,     /* struct schedule_row, insert or replace by schedule */
    EFFECT_OPTOUT,       /* struct optout_row */
    EFFECT_MAILING,      /* struct mailing_row, insert or replace by mailing */
    EFFECT_SCHEDULE_RUN, /* struct schedule_run_row: one for each schedule, record and occurrence */
    /* outward, only after the COMMIT */
    EFFECT_REPLY,  /* struct reply_effect */
    EFFECT_READ,   /* struct read_effect: answer from PostgreSQL's cold data */
    EFFECT_RECALL, /* struct recall_effect: bring a ticket back into memory, then post the request again */
    EFFECT_SEND,   /* struct send_effect: hand this notice to a sender */
    /* at once */
    EFFECT_NOTE,     /* struct note_effect: a log line */
    EFFECT_VERDICT,  /* struct verdict_effect: a clock changed; only for desks that tell verdicts (replay) */
    EFFECT_INCIDENT, /* struct incident_effect: an escalation that did not go its way; the same desks only */
    EFFECT_COUNT,
};

/* The columns of `ticket` that never change after intake, and that memory does not keep. */
struct ticket_cold {
    const char *reference, *customer_id, *contact_name, *phone, *fax, *email, *subject, *details;
    const char *fields;      /* JSON object or NULL */
    const char *attachments; /* JSON array or NULL */
    msec occurred_at;        /* NEVER: not said */
};

struct ticket_row {
    uint64_t ticket;
    const char *number, *class_name, *urgency, *channel, *stage;
    const char *types; /* comma-separated, maybe "" */
    const char *customer;
    const char *contact;                         /* who is written to: {"email","id","name","phone"}, "" */
    const char *staffed;                         /* "24h", "HH:MM-HH:MM" or a calendar */
    const char *department, *handler, *recorder; /* "" when nobody */
    const char *supporting;                      /* departments, comma-separated, mostly "" */
    const char *story;                           /* JSON, NULL: none (story.h) */
    const char *facts;                           /* comma-separated names of gate facts that hold */
    uint32_t revision;
    bool open; /* false: closed, no longer in memory */
    bool key_account;
    bool has_pauses; /* no column: whether there are rows of pauses that move with it */
    msec received_at, created_at;
    msec handed_over_at, expected_at, solved_at, closed_at, history_until_at, contacted_at,
        staged_at;                  /* NEVER: none */
    msec occurred_at;               /* of a new ticket, when the regime counts or decides from it; NEVER */
    const char *known;              /* JSON object: what memory keeps of its fields; NULL: nothing */
    const char *result;             /* NULL: unchanged */
    const struct ticket_cold *cold; /* NULL in EFFECT_TICKET */
};

struct clock_row {
    uint64_t ticket;
    const char *clock, *state;
    uint16_t cycle;
    uint16_t ladder;       /* a ladder_row's, 0: none */
    const char *reminders; /* comma-separated: those that were sent */
    uint8_t rearmed, rungs, repeats, credited;
    uint16_t told_since; /* the earliest cycle of which somebody is owed word of how it ends, 0: none */
    uint32_t untold;     /* bits: rungs that told nobody */
    bool ladder_running, was_late, withdrawn, acknowledged;
    msec anchor_at, due_at, breached_at, fired_at, ended_at; /* NEVER: none */
    msec grace_until_at; /* until then a missed deadline is no breach; NEVER: there is no grace */
};

/* A list of rungs that a breach began to climb, by its text; written once. */
struct ladder_row {
    uint16_t ladder; /* 1, 2, … within the desk */
    const char *digest, *body;
};

struct contact_row {
    uint64_t ticket;
    uint32_t contact;              /* 1, 2, … within the ticket */
    msec at, recorded_at, next_at; /* next_at: when the next one was promised, NEVER */
    const char *channel, *direction, *kind, *role, *actor, *note;
    const char *credited; /* JSON array of {clock, cycle, slot} */
    bool reached, automatic;
    int32_t minutes; /* -1: not said */
};

struct progress_row {
    uint64_t ticket;
    uint32_t progress;
    msec at, recorded_at, from_at, to_at; /* from/to NEVER: not said */
    const char *degree, *role, *actor, *note;
};

struct plan_row {
    uint64_t ticket;
    uint32_t plan;
    msec at, recorded_at, expected_at;
    const char *measures, *role, *actor;
};

/* What was done besides contacts, progress and plans: a step, a signature, a word of satisfaction, a link …
 */
struct record_row {
    uint64_t record; /* the journal row of the request that made it */
    uint64_t ticket;
    uint64_t other; /* another ticket that it speaks of, 0 */
    msec at, recorded_at;
    const char
        *kind; /* step, undone, signature, satisfaction, link, unlink, merge, amendment, asked, decided */
    const char *subject; /* which step, whose signature, which level, how the other ticket relates */
    const char *role, *actor;
    const char *note, *value; /* may be NULL; `value` is a JSON object */
};

/* A request that was not refused, as it comes back from its record. */
struct approval_row {
    uint64_t approval, ticket;
    const char *kind, *clock, *department, *handler, *asker; /* "" when there is none */
    uint16_t cycle;
    bool approved;
    msec until_at; /* NEVER: none */
};

/* A quota's window that was missed. */
struct window_row {
    uint64_t ticket;
    const char *clock;
    uint16_t cycle; /* of the breach it belongs to */
    uint8_t credited;
    bool is_final;      /* too old to be filled by a late record */
    bool is_remembered; /* memory holds it */
    bool is_withdrawn;  /* it was filled late: not missed after all */
    msec start_at, end_at;
};

/* A repetition of a rung has the rung's number plus this much for each time before (notice_row.rung). */
#define RUNG_AGAIN 100

/* A pause begins, or one that was written before ends: then only the first five members are told. */
struct pause_row {
    uint64_t ticket;
    uint32_t pause; /* 1, 2, … within the ticket */
    const char *reason;
    msec from_at, to_at; /* to_at NEVER: it lasts */
    bool is_new;
    msec recorded_at;
    const char *role, *actor, *note;
};

/* The fire key is (ticket, clock, cycle, rung, recipient, channel). `rung`: 1… a ladder's, with 100 more for
   each time before when it is repeated, -1… a reminder's, 0 the all-clear, -150 a withdrawal, -200 a report,
   -300 a digest, -301 a test. Digests and tests are about no ticket (0) and have their own id as their cycle.
 */
struct notice_row {
    uint64_t notice, ticket;
    const char *clock;
    uint32_t cycle;
    int16_t rung;
    const char *recipient, *role, *channel, *address, *display_name, *language;
    const char *template_name, *subject, *body, *message_id, *thread, *reason;
    const char *state; /* at birth "queued", "held" or "suppressed" */
    const char *detail;
    const char *hold; /* why it waits (hold.h), NULL unless it is held */
    msec at;
    msec due_at;      /* the deadline it speaks of, NEVER: of none */
    msec ready_at;    /* held: until then, NEVER: until somebody lets it go */
    msec let_go_at;   /* when it was allowed to leave: counts against its reader's budget; NEVER: not yet */
    bool is_courtesy; /* no column: its customer may ask not to be sent such mails */
    const char *attachment, *attachment_name; /* no columns: a report's table, when it is sent; NULL: none */
    /* only in rows that come back and are held */
    const char *number, *department;
};

struct notice_state_row {
    uint64_t notice;
    const char *state; /* held, queued, attempting, accepted, deferred, refused, failed, suppressed,
                          coalesced, acknowledged */
    uint16_t attempts;
    msec at, ready_at;             /* ready_at: next attempt, NEVER when there is none */
    msec let_go_at;                /* NEVER: unchanged */
    const char *detail, *queue_id; /* may be NULL: unchanged */
    const char *hold;              /* NULL unless held */
    uint64_t into;                 /* coalesced: the digest that tells of it; 0: unchanged */
};

/* One accepted event or verdict. `body` is canonical JSON (sorted keys, compact): the bytes that are hashed.
 */
struct journal_row {
    uint64_t sequence;
    msec at;
    uint64_t ticket;  /* 0: none */
    const char *type; /* ticket.create, clock.breached, … */
    const char *body;
};

struct key_row {
    const char *key;
    uint64_t sequence; /* the journal row that answered it */
    const char *reply; /* the result object, as first given */
};

struct sequence_row {
    const char *name; /* "ticket", "notice", "journal" (all of the desk) or a number format's */
    uint64_t last;    /* the last one given out */
};

/* A record of a register as it stands. */
struct register_row {
    const char *of, *record; /* which register, which id */
    const char *body;        /* JSON object, canonical: its fields; {} when it was removed */
    uint32_t revision;
    msec changed_at;
    bool removed;
};

/* Since when a schedule runs by which rule. */
struct schedule_row {
    const char *schedule, *rule; /* rule "": the regime no longer has it */
    msec since_at;
};

struct schedule_run_row {
    const char *schedule, *of, *record; /* of and record "": the desk's own */
    const char *outcome;                /* opened, told, skipped, refused */
    const char *class_name;             /* of the ticket; not written */
    msec occurrence_at, fired_at;
    uint64_t ticket; /* 0: none */
    uint32_t overtaken;
};

/* Somebody asked not to be written to beyond their own case, or to be written to again. */
struct optout_row {
    uint64_t entry; /* the journal row that says it */
    msec at;
    const char *address, *role, *actor, *why;
    bool declines;
};

/* A mailing as it stands. */
struct mailing_row {
    uint64_t mailing; /* the journal row that began it */
    uint64_t ticket;  /* that it is bound to, 0: none */
    const char *of, *template_name, *state, *role, *actor;
    const char *note, *conditions; /* may be NULL: unchanged, like the next */
    const char *recipients;        /* JSON array of ids; written once */
    const char *why;               /* it ended before its time, NULL */
    uint32_t total, next, sent, suppressed, failed;
    msec started_at, finished_at; /* finished_at NEVER: it runs */
};

struct reply_effect {
    uint64_t token;
    const char *text; /* a whole JSON-RPC response without the LF */
};

/* Runs sql/statements/<statement>.sql with `parameters`; it answers one row of one column, a JSON object
   whose members are added to `hot` (JSON object text). No row: the error not_found. */
struct read_effect {
    uint64_t token;
    const char *statement;
    const char *parameters[8]; /* text, NULL is SQL NULL */
    size_t parameter_count;
    const char *hot;
    const char *id; /* the request's id as JSON text */
    bool whole;     /* the column is the whole result (an idempotent answer), not members to add */
    bool again;     /* nothing is answered yet: the request is stepped again with the column as its `cold` */
};

struct recall_effect {
    uint64_t token;
    const char *ticket; /* id or number, as the client named it */
};

struct send_effect {
    uint64_t notice;
    uint16_t attempt;
};

struct note_effect {
    const char *line; /* event=… desk=… key=value … */
};

struct verdict_effect {
    uint64_t ticket;
    const char *clock, *state;
    const char *why; /* "shortfall", "withdrawn", "moved" …, NULL */
    uint16_t cycle;
    msec at, due_at, overrun_ms; /* overrun_ms: 0 when in time */
    bool provisional;            /* due_at lies behind what its calendar knows */
};

struct incident_effect {
    uint64_t ticket;
    const char *clock;
    const char *what; /* "skipped", "unreached", "undelivered" */
    const char *detail;
    uint16_t cycle;
    int16_t rung;
    msec at;
};

struct effect {
    enum effect_kind kind;
    union {
        struct ticket_row *ticket;
        struct clock_row *clock;
        struct contact_row *contact;
        struct progress_row *progress;
        struct plan_row *plan;
        struct pause_row *pause;
        struct record_row *record;
        struct window_row *window;
        struct notice_row *notice;
        struct notice_state_row *notice_state;
        struct journal_row *journal;
        struct key_row *key;
        struct sequence_row *sequence;
        struct reply_effect *reply;
        struct read_effect *read;
        struct recall_effect *recall;
        struct send_effect *send;
        struct note_effect *note;
        struct verdict_effect *verdict;
        struct ladder_row *ladder;
        struct register_row *of_register;
        struct schedule_row *schedule;
        struct schedule_run_row *schedule_run;
        struct optout_row *optout;
        struct mailing_row *mailing;
        struct incident_effect *incident;
        void *any;
    };
};

struct effects {
    struct arena arena;
    struct effect *list;
    size_t count, capacity;
    size_t rows; /* how many of them are rows */
};

void effects_init(struct effects *effects);
void effects_finish(struct effects *effects);
void effects_reset(struct effects *effects); /* empty again, storage kept */

/* Adds an effect of `kind` and returns its zeroed body (one of the structs above) to be filled in. */
void *effects_add(struct effects *effects, enum effect_kind kind) __attribute__((returns_nonnull));

bool effect_is_row(enum effect_kind kind);

/* A notice that says no channel goes by mail. */
bool effect_is_mail(const struct notice_row *row);

/* To a customer, and to nobody of ours. */
bool effect_is_to_customer(const struct notice_row *row);

#endif
