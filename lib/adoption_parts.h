/* The inside of an adoption, for adopt.c (which takes it) and adoption.c (which finds out what it comes to).
 */
#ifndef DUBAN_LIB_ADOPTION_PARTS_H
#define DUBAN_LIB_ADOPTION_PARTS_H

#include "lib/adoption.h"
#include "lib/desk_parts.h"

/* Where the words of the old policy stand in the new one; POLICY_NONE: nowhere. */
struct translation {
    const struct policy *policy; /* the new one */
    uint8_t classes[POLICY_TERMS_MAX], types[POLICY_TERMS_MAX], urgencies[POLICY_TERMS_MAX];
    uint8_t channels[POLICY_TERMS_MAX], stages[POLICY_TERMS_MAX], departments[POLICY_TERMS_MAX];
    uint8_t pauses[POLICY_TERMS_MAX], roles[POLICY_TERMS_MAX], facts[POLICY_FACTS_MAX],
        clocks[POLICY_TERMS_MAX], numbers[POLICY_TERMS_MAX];
    const struct roster *roster;
    uint16_t *people; /* whoever is not in the new file is remembered there */
};

/* A calendar that says something else than it did. Days that have been and differ: none when first > last. */
struct calendar_pair {
    const struct calendar *before, *after;
    int64_t first_day, last_day;
};

struct moved_deadline {
    uint64_t ticket;
    const char *number, *clock;
    uint16_t cycle;
    bool provisional;
    msec from_at, to_at;
};

enum verdict { VERDICT_IN_TIME, VERDICT_LATE, VERDICT_NOT_MISSED, VERDICT_MISSED };

struct changed_verdict {
    uint64_t ticket;
    const char *number, *clock;
    uint16_t cycle;
    bool is_open;
    enum verdict was, would_be;
    msec due_at, would_be_due_at;
};

struct adoption {
    struct arena arena; /* owns the texts below */
    struct desk *desk;
    struct policy *policy; /* NULL once the desk has them */
    struct roster *roster;
    msec now;
    struct translation map;
    struct calendar_pair pairs[POLICY_CALENDARS_MAX];
    size_t pair_count;
    struct moved_deadline *moved;
    size_t moved_count, moved_capacity;
    struct changed_verdict *changed;
    size_t changed_count, changed_capacity;
    size_t reviewed, undecided; /* clocks of closed tickets: looked at; of these nobody can say */
    const char *cut;
};

/* Compares the calendars and reviews the verdicts of the tickets in memory, in the old policy's words. */
void adoption_compare(struct adoption *adoption);

/* Remembers a deadline that moved. */
void adoption_move(struct adoption *adoption, const struct ticket *ticket, const struct clock *clock,
                   msec from_at);

/* Journals what it came to. */
void adoption_record(const struct adoption *adoption, const char *cause, const char *actor);

#endif
