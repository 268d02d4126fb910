/*
 * Reminders of a regime file: `remind = 50% 2h before`, perhaps for certain tickets.
 *
 * Reader of a row in policy_compile.c's table for [clock X]. Whatever line names it, a reminder has one place
 * in its clock's list: what was sent by one line is sent by the other.
 */
#include "lib/policy_sections.h"

#include "lib/reminder.h"
#include <string.h>

/* `50%`, or `2h before`: the rest of the line is looked at, too. */
static const char *read_reminder(struct compiler *compiler, const char **cursor, const char *word,
                                 struct reminder *ret_reminder)
{
    const char *wrong, *behind;
    int32_t percent;

    *ret_reminder = (struct reminder){.percent = REMINDER_BEFORE};
    if (strchr(word, '%')) {
        wrong = value_percent(compiler, word, &percent);
        if (!wrong && percent >= 100)
            return value_wrong(compiler, "reminders rise and stay below 100%%, at most %d of them",
                               REMINDERS_MAX);
        ret_reminder->percent = (uint8_t)(wrong ? 0 : percent);
        return wrong;
    }
    behind = word[0] >= '0' && word[0] <= '9' ? value_word(compiler, cursor) : NULL;
    if (!behind || strcmp(behind, "before") != 0)
        return value_percent(compiler, word, &percent); /* says what it is not */
    wrong = value_span(compiler, word, &ret_reminder->left);
    if (!wrong && (!ret_reminder->left.amount || ret_reminder->left.unit == SPAN_MONTHS ||
                   span_is_instant(ret_reminder->left)))
        wrong = value_wrong(compiler, "'%s' can't be counted back (such as 2h, 4bh, 1wd, 1d before)", word);
    return wrong;
}

/* Its place among all that the clock's lines name. */
static const char *number_reminder(struct compiler *compiler, struct clock_policy *clock,
                                   const struct reminder *reminder, uint8_t *ret_number)
{
    for (*ret_number = 0; *ret_number < clock->remind_count; (*ret_number)++)
        if (reminder_is_same(&clock->remind[*ret_number], reminder))
            return NULL;
    if (clock->remind_count >= REMINDERS_OF_CLOCK)
        return value_wrong(compiler, "at most %d different reminders of a clock", REMINDERS_OF_CLOCK);
    clock->remind[clock->remind_count++] = *reminder;
    return NULL;
}

static const char *add_reminder(struct compiler *compiler, struct clock_policy *clock,
                                struct reminder_set *set, const struct reminder *reminder)
{
    uint8_t number;
    const char *wrong = number_reminder(compiler, clock, reminder, &number);
    bool rises = true;

    if (wrong)
        return wrong;
    for (uint8_t i = 0; i < set->count; i++)
        rises &= set->number[i] != number &&
                 (reminder->percent == REMINDER_BEFORE || set->percent[i] == REMINDER_BEFORE ||
                  set->percent[i] < reminder->percent);
    if (!rises || set->count >= REMINDERS_MAX)
        return value_wrong(compiler, "reminders rise and stay below 100%%, at most %d of them",
                           REMINDERS_MAX);
    set->percent[set->count] = reminder->percent;
    set->number[set->count++] = number;
    return NULL;
}

const char *read_clock_remind(struct compiler *compiler, const struct entry *entry)
{
    struct clock_policy *clock = section_clock(compiler, entry);
    struct reminder_set set = {.line = entry->line};
    const char *wrong = value_applies(compiler, entry->key + strlen("remind"), &set.when);
    const char *cursor = entry->value;
    struct reminder reminder;

    for (char *word; !wrong && (word = value_word(compiler, &cursor));) {
        wrong = read_reminder(compiler, &cursor, word, &reminder);
        if (!wrong)
            wrong = add_reminder(compiler, clock, &set, &reminder);
    }
    if (!wrong && clock->reminder_sets >= REMINDER_SETS_MAX)
        wrong = value_wrong(compiler, "at most %d lists of reminders", REMINDER_SETS_MAX);
    if (!wrong)
        clock->reminders[clock->reminder_sets++] = set;
    return wrong;
}
