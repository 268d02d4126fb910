/* Two judges over the same events: what one decided and the other did not, or at another time. */
#ifndef DUBAN_CLIENT_REPLAY_DIFFERENCE_H
#define DUBAN_CLIENT_REPLAY_DIFFERENCE_H

#include "client/replay_engine.h"
#include "lib/base/index.h"
#include "lib/base/intern.h"

/* A is what was, B is what might have been. */
enum replay_side { SIDE_A, SIDE_B, SIDES };

/* What is matched one by one. */
enum occurrence_kind { OCCURRENCE_BREACH, OCCURRENCE_NOTICE, OCCURRENCE_KINDS };

/* A breach, or a notice to one person. Words are numbers of `difference->words`, 0 is none. The two sides'
   are the same occurrence when everything up to `channel` is equal, and either the instant is, or the cycle.
 */
struct occurrence {
    uint64_t origin; /* the event that filed the ticket */
    uint32_t clock, template_name, person, channel;
    int16_t step; /* as notice_row's rung */
    uint8_t kind;
    bool is_matched;
    uint16_t cycle;
    uint32_t role, class_name, urgency;
    msec at; /* a breach: the deadline that was missed */
};

/* Of a difference one side has it, or both have it at different times. */
struct differing {
    struct occurrence on[SIDES];
    bool is_on[SIDES];
};

/* A request that one side accepted and the other refused. */
struct differing_request {
    uint64_t place; /* of the event, in its source's count */
    msec at;
    const char *method, *error, *detail;
    uint64_t origin; /* of the ticket it is about */
    enum replay_side refused_by;
};

/* What is counted. The first two are also matched. */
enum tally_figure {
    TALLY_BREACHES,
    TALLY_NOTICES,
    TALLY_SHORTFALLS,
    TALLY_WITHDRAWALS,
    TALLY_SUPPRESSED,
    TALLY_INCIDENTS, /* rungs that reached nobody, mails that came back */
    TALLY_FIGURES,
};

struct moves {
    msec *by_ms; /* how far each was moved, not negative; in order once the difference is finished */
    size_t count, capacity;
};

struct tally {
    uint64_t key; /* a word, or a person's and a role's */
    uint64_t counts[TALLY_FIGURES][SIDES];
    uint64_t only[OCCURRENCE_KINDS][SIDES];
    struct moves earlier[OCCURRENCE_KINDS], later[OCCURRENCE_KINDS]; /* in B than in A */
};

struct tallies {
    struct tally *rows; /* in the order in which they were first met */
    size_t count, capacity;
    struct index by_key;
};

enum tally_table { TALLY_TOTAL, TALLY_CLOCK, TALLY_URGENCY, TALLY_CLASS, TALLY_PERSON, TALLY_TABLES };

/* Readers look at everything below, writers are the functions. */
struct difference {
    const struct replay *replays[SIDES];
    struct intern *words;
    struct tallies tables[TALLY_TABLES];
    struct differing
        *differing; /* once finished: by time, then ticket, clock, step, person (domain rule 18) */
    size_t differing_count, differing_capacity;
    struct differing_request *requests; /* in the order of events */
    size_t request_count, request_capacity;
    struct arena texts;
    struct difference_side *sides[SIDES];
};

struct difference *difference_create(void);
void difference_destroy(struct difference *difference);

/* The watcher for a side's replay, and that replay, before the first event. */
struct replay_watcher difference_watcher(struct difference *difference, enum replay_side side);
void difference_watches(struct difference *difference, enum replay_side side, const struct replay *replay);

/* After both have taken an event: what both decided alike is forgotten, so that memory grows with the
   difference and not with the history. NULL, or why they can't be compared (static storage). */
const char *difference_take(struct difference *difference, uint64_t place)
    __attribute__((warn_unused_result));

/* After the last. */
void difference_finish(struct difference *difference);

/* Whether anything differs at all. */
bool difference_is_any(const struct difference *difference);

/* The tally of a key, NULL: there is none. */
const struct tally *difference_tally(const struct difference *difference, enum tally_table table,
                                     uint64_t key);

/* The key of a person in a role. */
uint64_t difference_person_key(uint32_t person, uint32_t role);

#endif
