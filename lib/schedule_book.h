/*
 * The runs of a desk's schedules: for each schedule and record, which occurrence ran last and which comes
 * next.
 *
 * A run is planned when its record is put, when the desk comes up, and after it ran; what is planned is a
 * pure function of the regime, the record and what is written of it, so a restart plans the same.
 */
#ifndef DUBAN_LIB_SCHEDULE_BOOK_H
#define DUBAN_LIB_SCHEDULE_BOOK_H

#include "lib/base/hash.h"
#include "lib/desk_parts.h"
#include "lib/schedule.h"

#define SCHEDULE_NEVER_RAN INT64_MIN

struct schedule_run {
    msec next_at;    /* NEVER: nothing to come */
    msec last_at;    /* the occurrence that ran last, SCHEDULE_NEVER_RAN */
    uint32_t record; /* its place in the register; REGISTER_NONE: the desk's own run */
    uint32_t place;  /* in the heap, plus one; 0: not in it */
    uint32_t count;  /* how often it ran */
    uint8_t schedule;
};

struct schedule_book;

struct schedule_book *schedule_book_create(size_t schedules);
void schedule_book_destroy(struct schedule_book *book);
size_t schedule_book_bytes(const struct schedule_book *book);

/* Everything is restored, or the regime is another: plans every run. Schedules that are new, or say something
   else than before, begin now. */
void schedule_go_live(struct desk *desk);

/* The same under another regime, when the desk was live, with what begins written down at once. */
void schedule_adopted(struct desk *desk);

/* Some have just begun, and it has to be written down: the next step does. */
bool schedule_has_begun(const struct desk *desk);
void schedule_record_beginnings(struct desk *desk);

/* A record was put or removed: its runs are planned anew. Before it changes, what was due earlier runs first.
 */
void schedule_plan(struct desk *desk, struct register_place place);
void schedule_catch_up(struct desk *desk, struct register_place place);

msec schedule_wakes_at(const struct desk *desk);
void schedule_run_first(struct desk *desk); /* the one that schedule_wakes_at() speaks of */

void schedule_settle(struct desk *desk, struct effects *out);

/* The runs in another regime's terms, to be taken over by the desk that has it. */
struct schedule_book *schedule_book_renamed(const struct desk *desk, const struct policy *policy);

void schedule_fingerprint(const struct desk *desk, struct fingerprint *print);

/* Reading: the run of a schedule for a record (REGISTER_NONE: the desk's); NULL when it was never planned. */
const struct schedule_run *schedule_find_run(const struct desk *desk, uint8_t schedule, uint32_t record);
struct schedule_view schedule_view_of(const struct desk *desk, const struct schedule_run *run);
size_t schedule_run_count(const struct desk *desk);
const struct schedule_run *schedule_run_at(const struct desk *desk, size_t index);

#endif
