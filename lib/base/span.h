/* Spans as people write them, in a unit that says what kind of time is meant: never a bare "day". */
#ifndef DUBAN_LIB_BASE_SPAN_H
#define DUBAN_LIB_BASE_SPAN_H

#include <stdbool.h>
#include <stdint.h>

#define SPAN_TEXT 48 /* room for any text that span_format() writes, with its NUL */

enum span_unit {
    SPAN_REAL,         /* `24h` `90m` `10s` `500ms` `2h30m`: amount in milliseconds of real time */
    SPAN_BUSINESS,     /* `8bh` `30bm` `1bh30bm`: amount in milliseconds inside the calendar's hours */
    SPAN_WORKING_DAYS, /* `3wd` */
    SPAN_DAYS,         /* `14d`: the same local time that many civil days later */
    SPAN_MONTHS,       /* `3mo`: the same day of the month, clipped to its end */
    /* civil instants: a day and a time of day, which no pause moves */
    SPAN_WORKING_DAY_AT, /* `next wd 16:00` `3wd 12:00`: that time of the working day so many days later */
    SPAN_DAY_AT,       /* `next d 12:00` `14d 24:00`: of the civil day so many days later; `same day`: `next d
                          00:00` */
    SPAN_MONTH_DAY_AT, /* `25th 17:00` `25th 17:00 roll forward`: the next such day, amount 1..31 */
};

struct span {
    enum span_unit unit;
    int16_t minute; /* of the day, 0..1440; for civil instants */
    int8_t roll;    /* of a day of the month: a rest day becomes the next working day (1), the last (-1), or
                       stays */
    int64_t amount; /* negative when the text began with `-` ("before") */
};

enum span_outcome {
    SPAN_OK,
    SPAN_BAD_FORM,
    SPAN_BARE_NUMBER,  /* `24`: no unit, also not for zero */
    SPAN_UNKNOWN_UNIT, /* `24x` */
    SPAN_MIXED_UNITS,  /* `1d12h`, or parts that are not in falling order (`30m2h`) */
    SPAN_TOO_LONG,     /* beyond a hundred years */
    SPAN_NOT_A_DAY,    /* `3h 16:00`: a time of day needs a day, wd or d */
    SPAN_SAME_DAY,     /* `0wd 16:00`: the instant could lie before its own beginning */
};

/*
 * Reads the whole of `text`; no spaces, but one before a time of day and one after `next`. A leading `-`
 * gives a negative amount, which callers that want a budget must refuse. `ret_span` is written only with
 * SPAN_OK.
 */
enum span_outcome span_parse(const char *text, struct span *ret_span) __attribute__((warn_unused_result));

/* Whether it names an instant of its own (`next wd 16:00`) rather than a length of time: pauses don't move
 * it. */
bool span_is_instant(struct span span);

/* What is wrong, as a sentence for whoever typed it; "ok" for SPAN_OK. */
const char *span_outcome_text(enum span_outcome outcome);

/* The shortest text that span_parse() reads back to the same span: `36h`, `2h30m`, `8bh`, `0s`,
   `next wd 16:00`. */
void span_format(struct span span, char ret_text[SPAN_TEXT]);

#endif
