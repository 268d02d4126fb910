/*
 * Quotas of a regime file: how many contacts, in which windows, and what the broken ones owe.
 *
 * Readers of rows in policy_compile.c's table for [clock X], and the check that only quotas have what only
 * quotas know.
 */
#include "lib/policy_sections.h"

#include <stdio.h>
#include <string.h>

/* `per day` is one civil day; else a span of any kind but months, whose length nobody knows. */
static const char *read_window(struct compiler *compiler, const char *word, struct span *ret_window)
{
    const char *wrong = NULL;

    *ret_window = (struct span){.unit = SPAN_DAYS, .amount = 1};
    if (strcmp(word, "day") != 0)
        wrong = value_span(compiler, word, ret_window);
    if (!wrong && (ret_window->unit == SPAN_MONTHS || !ret_window->amount))
        wrong = value_wrong(compiler, "a quota's window is a day, or such as 4h, 8bh, 5wd, 7d");
    return wrong;
}

/* `1..2 contacts per day`, `1 contact per 5wd`. */
const char *read_clock_quota(struct compiler *compiler, const struct entry *entry)
{
    struct clock_policy *clock = section_clock(compiler, entry);
    const char *cursor = entry->value;
    const char *numbers = value_word(compiler, &cursor), *contacts = value_word(compiler, &cursor);
    const char *per = value_word(compiler, &cursor), *window = value_word(compiler, &cursor);
    unsigned least = 0, most = 0;
    int used = 0;

    clock->kind = CLOCK_QUOTA;
    if (!window || value_word(compiler, &cursor) || strcmp(per, "per") != 0 ||
        (strcmp(contacts, "contacts") != 0 && strcmp(contacts, "contact") != 0))
        return value_wrong(compiler, "a quota is written 1..2 contacts per day, or 1 contact per 5wd");
    if (sscanf(numbers, "%3u..%3u%n", &least, &most, &used) != 2 || numbers[used]) {
        if (sscanf(numbers, "%3u%n", &least, &used) != 1 || numbers[used])
            return value_wrong(compiler, "'%s' is no number of contacts (such as 1, or 1..2)", numbers);
        most = least;
    }
    if (!least || most < least || most > 24)
        return value_wrong(compiler,
                           "a quota asks for at least 1 and at most 24 contacts, the smaller number first");
    clock->minimum = (uint8_t)least;
    clock->target = (uint8_t)most;
    return read_window(compiler, window, &clock->window);
}

static const char *read_owed(struct compiler *compiler, const struct entry *entry, bool *ret_owed)
{
    *ret_owed = strcmp(entry->value, "owed") == 0;
    if (*ret_owed || strcmp(entry->value, "free") == 0)
        return NULL;
    return value_wrong(compiler, "a broken window is owed or free, not '%s'", entry->value);
}

const char *read_first_window(struct compiler *compiler, const struct entry *entry)
{
    section_clock(compiler, entry)->has_first_window = true;
    return read_owed(compiler, entry, &section_clock(compiler, entry)->owes_first);
}

const char *read_last_window(struct compiler *compiler, const struct entry *entry)
{
    section_clock(compiler, entry)->has_last_window = true;
    return read_owed(compiler, entry, &section_clock(compiler, entry)->owes_last);
}

const char *read_clock_on(struct compiler *compiler, const struct entry *entry)
{
    section_clock(compiler, entry)->working_days_only = strcmp(entry->value, "working days") == 0;
    if (section_clock(compiler, entry)->working_days_only || strcmp(entry->value, "all days") == 0)
        return NULL;
    return value_wrong(compiler, "a quota is owed on all days or on working days, not on '%s'", entry->value);
}

/* What only quotas know, and only some of them. */
const char *section_check_windows(struct compiler *compiler, const struct clock_policy *clock)
{
    bool is_quota = clock->kind == CLOCK_QUOTA, is_days = is_quota && clock->window.unit == SPAN_DAYS;
    bool is_placed = is_days || clock->window.unit == SPAN_WORKING_DAYS;

    if (is_quota && clock->grace.amount)
        return value_wrong(compiler, "[clock %s]: the end of a window has no grace: the next one has begun",
                           clock->name);
    if (!is_quota && (clock->has_first_window || clock->has_last_window || clock->working_days_only))
        return value_wrong(compiler, "[clock %s]: only quotas have windows (first window, last window, on)",
                           clock->name);
    if (clock->has_first_window && !is_placed)
        return value_wrong(compiler,
                           "[clock %s]: windows of hours begin at the start, so the first is never broken",
                           clock->name);
    if (clock->working_days_only && (!is_days || clock->window.amount != 1))
        return value_wrong(compiler, "[clock %s]: 'on = working days' belongs to a quota per day",
                           clock->name);
    return NULL;
}
