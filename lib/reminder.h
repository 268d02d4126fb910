/* Reminders before a deadline: when they fall, which were sent, and which a moved deadline owes again
 * (INT-21). */
#ifndef DUBAN_LIB_REMINDER_H
#define DUBAN_LIB_REMINDER_H

#include "lib/clock.h"

#define REMINDER_NONE 0xff

/* When reminder `number` (a place in the rule's list) falls by the clock's present deadline. */
msec reminder_at(const struct clock_view *view, uint8_t number);

/* The next one that was not sent, and its instant; REMINDER_NONE when none is left. */
uint8_t reminder_next(const struct clock_view *view, msec *ret_at);

/* Whether something says more by `now` than this reminder would: a later one, or the deadline itself. */
bool reminder_is_overtaken(const struct clock_view *view, uint8_t number, msec now);

/* The deadline moves to `due_at`: marks as unsent those that fall due once more. Call before it has moved. */
void reminder_rearm(const struct clock_view *view, struct clock *clock, msec due_at, msec now);

/* Its number in notices (notice_row.rung): by what it is, not by its place, which a reload may change. */
int16_t reminder_rung(const struct clock_view *view, uint8_t number);
bool reminder_is_rung(int16_t rung);

/* `50%` or `2h before`. */
#define REMINDER_TEXT (SPAN_TEXT + 8)
void reminder_text(const struct reminder *reminder, char ret_text[REMINDER_TEXT]);

/* Are they told apart in notices? */
bool reminder_is_same(const struct reminder *one, const struct reminder *other);

/* The sent ones as a row keeps them (`50%,2h before`), and back into `clock`. False: one was sent that the
   rule no longer has. It is forgotten; should a later rule have it again it is owed anew, by another number.
 */
const char *reminder_list(const struct clock_policy *rule, const struct clock *clock, struct arena *arena);
bool reminder_read(const struct clock_policy *rule, const char *list, struct clock *clock);

/* The same reminders in another version of the rule; false as above. */
bool reminder_translate(const struct clock_policy *from, const struct clock_policy *to, struct clock *clock);

#endif
