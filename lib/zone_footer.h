/* The rule at the end of a zone file that says how its clocks go on (`CET-1CEST,M3.5.0,M10.5.0/3`). */
#ifndef DUBAN_LIB_ZONE_FOOTER_H
#define DUBAN_LIB_ZONE_FOOTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum zone_footer_day {
    ZONE_FOOTER_JULIAN,      /* Jn: day 1..365, February 29th is never counted */
    ZONE_FOOTER_DAY_OF_YEAR, /* n: day 0..365, February 29th is counted */
    ZONE_FOOTER_WEEKDAY,     /* Mm.w.d: weekday d (0 = Sunday) of week w of month m, week 5 is the last */
};

struct zone_footer_date {
    enum zone_footer_day kind;
    int month, week; /* only of a weekday */
    int day;
    int time_s; /* local seconds after midnight, -167 h to +167 h */
};

struct zone_footer {
    int standard_s; /* seconds east of UTC */
    int summer_s;
    bool has_summer; /* the fields below and summer_s only count with it */
    struct zone_footer_date start, end;
};

/* Reads the whole of `text` (not NUL-terminated, without the newlines around it). False: not such a rule. */
bool zone_footer_parse(const char *text, size_t length, struct zone_footer *ret_footer);

/* UTC seconds at which summer time starts and ends in `year`; only for a footer with summer time. */
int64_t zone_footer_start_s(const struct zone_footer *footer, int year);
int64_t zone_footer_end_s(const struct zone_footer *footer, int year);

#endif
