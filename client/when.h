/* Times as people type and read them at a terminal, in the local zone or in UTC. */
#ifndef DUBAN_CLIENT_WHEN_H
#define DUBAN_CLIENT_WHEN_H

#include "lib/base/msec.h"
#include <stdbool.h>

#define WHEN_TEXT 64

msec when_now(void);

/*
 * Reads `2026-03-02T15:00:00+08:00`, `now`, `-2h`, `+1h30m`, `-1d` (the same time yesterday), or
 * `2026-03-02 15:00[:00]` on the clock of the local zone (`in_utc`: of UTC). NULL: `ret_at` is the instant.
 * Else a sentence about what is wrong (static storage): a wall time that the clocks skip or show twice is
 * refused.
 */
const char *when_parse(const char *text, msec now, bool in_utc, msec *ret_at)
    __attribute__((warn_unused_result));

/* Writes RFC 3339 with the local offset, as the protocol wants it. */
void when_write(msec at, bool in_utc, char ret_text[WHEN_TEXT]);

/* Writes `2026-03-02 15:00`, with seconds when asked; in UTC a `Z` follows. NEVER is `-`. */
void when_show(msec at, bool in_utc, bool with_seconds, char ret_text[WHEN_TEXT]);

/* Writes a span in two units: `2h05m`, `3d04h`, `35m`, `40s`. */
void when_span(msec span_ms, char ret_text[WHEN_TEXT]);

/* Writes `2h05m left`, `overdue 35m`, or `closed` when nothing is due (`due_at` is NEVER). */
void when_left(msec now, msec due_at, char ret_text[WHEN_TEXT]);

#endif
