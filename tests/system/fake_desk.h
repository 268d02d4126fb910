/* A desk that only writes down what it is given back, a line each: what the loader is tested with. */
#ifndef DUBAN_TESTS_FAKE_DESK_H
#define DUBAN_TESTS_FAKE_DESK_H

#include "lib/desk.h"
#include <stddef.h>
#include <stdio.h>

struct desk *fake_desk_create(void);
char *fake_desk_lines(struct desk *desk); /* sorted; malloc'd. The desk is gone after this. */

/* With `silent`, rows are only counted (for measuring). */
void fake_desk_silence(struct desk *desk);

void fake_desk_ticket(struct desk *desk, const struct ticket_row *row, unsigned contacts, unsigned progress,
                      unsigned plans);
void fake_desk_clock(struct desk *desk, const struct clock_row *row);
void fake_desk_window(struct desk *desk, const struct window_row *row);
void fake_desk_pause(struct desk *desk, const struct pause_row *row);
void fake_desk_notice(struct desk *desk, const struct notice_row *row, unsigned attempts, msec ready_at);

#endif
