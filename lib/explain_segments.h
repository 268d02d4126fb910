/* The account of a budget: which stretches of time were counted, from an anchor until it was used up. */
#ifndef DUBAN_LIB_EXPLAIN_SEGMENTS_H
#define DUBAN_LIB_EXPLAIN_SEGMENTS_H

#include "lib/base/span.h"
#include "lib/calendar.h"
#include <stddef.h>

enum segment_kind {
    SEGMENT_OPEN,    /* time inside the calendar's hours: counted in milliseconds */
    SEGMENT_PAUSE,   /* time that does not count, and why; of days and months it moves the end by `moved` */
    SEGMENT_STOOD,   /* a working day whose closing lay within a pause: not counted */
    SEGMENT_START,   /* the day of the beginning, which working and civil days do not count */
    SEGMENT_WORKING, /* working days: each counts one */
    SEGMENT_REST,    /* days without hours: none counts */
    SEGMENT_CIVIL,   /* civil days */
    SEGMENT_MONTH,   /* months of the calendar */
};

/* One stretch, or a run of equal days: `days` of them, each of which counts `each`. */
struct segment {
    enum segment_kind kind;
    int64_t first_day, last_day; /* civil days, both included */
    msec from_at, to_at;
    int64_t days;
    int64_t each, counted, sum; /* milliseconds, days or months; `sum` is what all so far come to */
    int64_t moved;              /* a pause's own length, where it moves the end; else 0 */
    uint64_t pattern;           /* of a day's hours: equal days have equal ones */
    const char *name;           /* of a holiday, or a pause's cause; borrowed, may be NULL */
};

/* A stretch in which nothing counts. A list of them rises, and they neither overlap nor touch. */
struct hole {
    msec from_at, to_at; /* to_at NEVER: it lasts */
    const char *cause;
};

struct segments {
    struct segment *list;
    size_t count, capacity;
    msec due_at;     /* where the account ends; NEVER: it stands, or the calendar has not so many hours */
    bool is_elapsed; /* real time, whatever calendar stands beside it */
};

/*
 * Counts `budget` from `anchor_at` by walking the calendar's openings and closings day by day. It does not
 * use the arithmetic that sets deadlines (calendar_add_span): it is the second opinion. More than a screenful
 * is folded into runs of equal days, which still add up exactly. What a hole does depends on the kind of time
 * that was promised (running_time.c), and is done here once more, apart from it.
 */
void explain_segments_count(const struct calendar *calendar, msec anchor_at, struct span budget,
                            const struct hole *holes, size_t hole_count, struct segments *ret_segments);
void explain_segments_finish(struct segments *segments);

/* How much of it lies before `at`: milliseconds, or working days that have ended; 0 for days and months. */
int64_t explain_segments_used(const struct segments *segments, const struct calendar *calendar, msec at);

const char *explain_segments_kind(enum segment_kind kind);

#endif
