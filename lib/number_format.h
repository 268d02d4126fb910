/* How tickets are numbered, as a regime writes it: `CS{date}{seq:04}`. */
#ifndef DUBAN_LIB_NUMBER_FORMAT_H
#define DUBAN_LIB_NUMBER_FORMAT_H

#include "lib/base/arena.h"
#include "lib/base/msec.h"
#include "lib/zone.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NUMBER_TEXT 96 /* room for any number */

/* How long a serial goes on before the next one begins at 1. */
enum number_period { PERIOD_EVER, PERIOD_YEAR, PERIOD_MONTH, PERIOD_DAY, PERIOD_COUNT };

struct number_format {
    const char *name;   /* its series' name in the database */
    const char *prefix; /* before the period; before the serial, when there is none */
    enum number_period period;
    const char *between; /* period and serial */
    const char *suffix;
    int width; /* digits of the serial, at least */
};

/* NULL, or what is wrong. All but the name. */
const char *number_format_parse(const char *text, struct arena *arena, struct number_format *ret_format);

/* The period in which `at` lies, as it is written: 20260311, 202603, 2026, 0. */
uint32_t number_format_period(const struct number_format *format, const struct zone *zone, msec at);

/* The number, and back: false when `number` is not of this format. */
void number_format_text(const struct number_format *format, uint32_t period, uint64_t serial, char *ret_text,
                        size_t room);
bool number_format_read(const struct number_format *format, const char *number, uint32_t *ret_period,
                        uint64_t *ret_serial);

/* Is there any text that is a number of both? */
bool number_format_overlaps(const struct number_format *one, const struct number_format *other);

/* Written in the same way; the names aside. */
bool number_format_equals(const struct number_format *one, const struct number_format *other);

#endif
