/* Instants as people and programs write them: RFC 3339 with an offset, never without. */
#ifndef DUBAN_LIB_BASE_INSTANT_H
#define DUBAN_LIB_BASE_INSTANT_H

#include "lib/base/msec.h"

#define INSTANT_TEXT 48 /* room for any text that instant_format() writes, with its NUL */

enum instant_outcome {
    INSTANT_OK,
    INSTANT_BAD_FORM,     /* not `2026-03-02T09:00:00+08:00` */
    INSTANT_NO_OFFSET,    /* the form is right but it ends before `Z` or `+08:00` (domain rule 20) */
    INSTANT_NO_SUCH_DATE, /* February 30th, month 13 */
    INSTANT_NO_SUCH_TIME, /* 24:00, a leap second, an offset of a day or more */
    INSTANT_OUT_OF_RANGE, /* before 1970-01-01T00:00:00Z, or 2200-01-01T00:00:00Z and later */
};

/*
 * Reads the whole of `text`: `2026-03-02T09:00:00+08:00`, `2026-03-02T01:00:00Z`, `…:00.250Z`. Capital T and
 * Z only. A fraction has 1 to 9 digits; what is finer than a millisecond is cut off. `-00:00` counts as `Z`.
 * `ret_at` is written only with INSTANT_OK.
 */
enum instant_outcome instant_parse(const char *text, msec *ret_at) __attribute__((warn_unused_result));

/* What is wrong, as a sentence for whoever typed it; "ok" for INSTANT_OK. */
const char *instant_outcome_text(enum instant_outcome outcome);

/*
 * Writes `2026-03-02T09:00:00+08:00`, with `.123` only when the milliseconds are not zero; NEVER is written
 * `never`. An offset that is no whole minute is rounded toward zero and the wall time with it, so that the
 * text names the same instant.
 */
void instant_format(msec at, int offset_seconds, char ret_text[INSTANT_TEXT]);

#endif
