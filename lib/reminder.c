/*
 * Reminders.
 *
 * Called by clock.c for a clock's next instant, by judge_time.c when one has come, by the movers when a
 * deadline moves, and by whatever writes or reads a clock's row. A rule's reminders stand in one list,
 * whichever of its qualified lines name them; a clock has a bit for each that was sent. A change of urgency
 * takes another line of the same list, so that what was sent stays sent.
 *
 * A deadline that moves later makes a reminder due again when it moved by more than the reminder's own lead:
 * whoever was told at ten that twelve comes near need not hear it again for half past twelve, but for six in
 * the evening they do. Each such move is one more in `rearmed`, and that is part of the fire key: the
 * database insists that a reminder is sent once for each.
 */
#include "lib/reminder.h"

#include "lib/base/hash.h"
#include <stdio.h>
#include <string.h>

#define REARMED_MAX 15 /* times in a cycle; more moves remind nobody again */

/* ---- when ---- */

static msec before(const struct calendar *calendar, msec due_at, struct span left)
{
    bool is_days = left.unit == SPAN_WORKING_DAYS;

    left.amount = -left.amount;
    return calendar_add_span(calendar, is_days ? due_at - 1 : due_at, left); /* 24:00 is the day before's */
}

msec reminder_at(const struct clock_view *view, uint8_t number)
{
    const struct reminder *reminder = &view->rule->remind[number];

    return reminder->percent == REMINDER_BEFORE ? before(view->calendar, view->clock->due_at, reminder->left)
                                                : clock_reminder_at(view, reminder->percent);
}

static bool is_sent(const struct clock *clock, uint8_t number)
{
    return (clock->reminders >> number & 1) != 0;
}

uint8_t reminder_next(const struct clock_view *view, msec *ret_at)
{
    const struct reminder_set *set = policy_reminders(view->rule, view->ticket);
    uint8_t next = REMINDER_NONE;

    *ret_at = NEVER;
    if (view->clock->state != CLOCK_RUNNING || !set)
        return REMINDER_NONE;
    if (view->rule->kind == CLOCK_QUOTA && view->clock->credited >= view->rule->minimum)
        return REMINDER_NONE;
    for (uint8_t i = 0; i < set->count; i++) {
        msec at = is_sent(view->clock, set->number[i]) ? NEVER : reminder_at(view, set->number[i]);

        if (at < *ret_at) {
            *ret_at = at;
            next = set->number[i];
        }
    }
    return next;
}

bool reminder_is_overtaken(const struct clock_view *view, uint8_t number, msec now)
{
    const struct reminder_set *set = policy_reminders(view->rule, view->ticket);
    msec at = reminder_at(view, number);

    if (view->clock->due_at <= now)
        return true;
    for (uint8_t i = 0; set && i < set->count; i++) {
        msec other_at = reminder_at(view, set->number[i]);
        bool is_later = other_at > at || (other_at == at && set->number[i] > number);

        if (set->number[i] != number && is_later && other_at <= now)
            return true;
    }
    return false;
}

/* ---- a deadline that moves ---- */

/* How long before the deadline it falls, as far as that does not depend on what the deadline was made of. */
static msec lead_of(const struct clock_view *view, uint8_t number)
{
    const struct reminder *reminder = &view->rule->remind[number];
    msec budget_ms = view->clock->due_at - view->clock->anchor_at;

    return reminder->percent == REMINDER_BEFORE ? view->clock->due_at - reminder_at(view, number)
                                                : budget_ms / 100 * (100 - reminder->percent);
}

void reminder_rearm(const struct clock_view *view, struct clock *clock, msec due_at, msec now)
{
    struct clock moved = *clock;
    struct clock_view later = *view;
    uint16_t owed = 0;

    moved.due_at = due_at;
    later.clock = &moved;
    for (uint8_t number = 0; number < view->rule->remind_count; number++)
        if (is_sent(clock, number) && due_at - clock->due_at > lead_of(view, number) &&
            reminder_at(&later, number) > now)
            owed |= (uint16_t)(1u << number);
    if (!owed || clock->rearmed >= REARMED_MAX)
        return;
    clock->reminders &= (uint16_t)~owed;
    clock->rearmed++;
}

/* ---- names ---- */

#define RUNG_FIRST    (-1000) /* downward: 16 for each reminder, one for each time it was owed */
#define RUNG_CODES    1900
#define RUNG_PERCENTS 101

void reminder_text(const struct reminder *reminder, char ret_text[REMINDER_TEXT])
{
    char span[SPAN_TEXT];

    if (reminder->percent != REMINDER_BEFORE) {
        snprintf(ret_text, REMINDER_TEXT, "%u%%", reminder->percent);
        return;
    }
    span_format(reminder->left, span);
    snprintf(ret_text, REMINDER_TEXT, "%s before", span);
}

/* A percentage is its own code; spans share the others by their text. */
static int code_of(const struct reminder *reminder)
{
    char text[REMINDER_TEXT];

    if (reminder->percent != REMINDER_BEFORE)
        return reminder->percent;
    reminder_text(reminder, text);
    return RUNG_PERCENTS + (int)(hash_text(text) % (RUNG_CODES - RUNG_PERCENTS));
}

int16_t reminder_rung(const struct clock_view *view, uint8_t number)
{
    const struct reminder *reminder = &view->rule->remind[number];

    if (reminder->percent != REMINDER_BEFORE && !view->clock->rearmed)
        return (int16_t)(-1 - reminder->percent);
    return (int16_t)(RUNG_FIRST - code_of(reminder) * (REARMED_MAX + 1) - view->clock->rearmed);
}

bool reminder_is_rung(int16_t rung)
{
    return (rung < 0 && rung >= -1 - 100) || rung <= RUNG_FIRST;
}

bool reminder_is_same(const struct reminder *one, const struct reminder *other)
{
    return code_of(one) == code_of(other);
}

/* ---- rows ---- */

const char *reminder_list(const struct clock_policy *rule, const struct clock *clock, struct arena *arena)
{
    const char *list = "";
    char text[REMINDER_TEXT];

    for (uint8_t number = 0; number < rule->remind_count; number++) {
        if (!is_sent(clock, number))
            continue;
        reminder_text(&rule->remind[number], text);
        list = arena_printf(arena, "%s%s%s", list, list[0] ? "," : "", text);
    }
    return list;
}

/* What was sent and has no name any more is owed again if it ever gets one back, and then under another fire
   key. Where there is none left, nothing is owed any more. */
static void forget(const struct clock_policy *rule, struct clock *clock)
{
    if (clock->rearmed < REARMED_MAX)
        clock->rearmed++;
    else
        clock->reminders = ((1u << rule->remind_count) - 1) & 0xfff;
}

static uint16_t find_named(const struct clock_policy *rule, const char *name, size_t length)
{
    char text[REMINDER_TEXT];

    for (uint8_t number = 0; number < rule->remind_count; number++) {
        reminder_text(&rule->remind[number], text);
        if (strlen(text) == length && strncmp(name, text, length) == 0)
            return (uint16_t)(1u << number);
    }
    return 0;
}

bool reminder_read(const struct clock_policy *rule, const char *list, struct clock *clock)
{
    uint16_t sent = 0;
    bool is_known = true;

    for (const char *at = list; at && *at; at += strcspn(at, ","), at += *at == ',') {
        uint16_t named = find_named(rule, at, strcspn(at, ","));

        sent |= named;
        is_known &= named != 0;
    }
    clock->reminders = sent & 0xfff;
    if (!is_known)
        forget(rule, clock);
    return is_known;
}

static uint16_t find_same(const struct clock_policy *rule, const struct reminder *reminder)
{
    uint16_t same = 0;

    for (uint8_t number = 0; number < rule->remind_count; number++)
        if (reminder_is_same(reminder, &rule->remind[number]))
            same |= (uint16_t)(1u << number);
    return same;
}

bool reminder_translate(const struct clock_policy *from, const struct clock_policy *to, struct clock *clock)
{
    uint16_t translated = 0;
    bool is_known = true;

    for (uint8_t old = 0; old < from->remind_count; old++) {
        uint16_t same = is_sent(clock, old) ? find_same(to, &from->remind[old]) : 0;

        translated |= same;
        is_known &= same || !is_sent(clock, old);
    }
    clock->reminders = translated & 0xfff;
    if (!is_known)
        forget(to, clock);
    return is_known;
}
