/*
 * The [clock X] section of a regime file: what is owed and by when.
 *
 * Readers of rows in policy_compile.c's table, and the check that needs a whole clock: one without a stop
 * would run for ever, one without a budget for some urgency would be due at once.
 */
#include "lib/policy_sections.h"

#include "lib/reminder.h"
#include <stdio.h>
#include <string.h>

static struct clock_policy *clock_of(struct compiler *compiler, const struct entry *entry)
{
    return &compiler->policy->clocks[policy_find_clock(compiler->policy, entry->subject)];
}

const char *read_clock_title(struct compiler *compiler, const struct entry *entry)
{
    return value_title(compiler, entry->value, clock_of(compiler, entry)->title);
}

const char *read_clock_when(struct compiler *compiler, const struct entry *entry)
{
    return value_when(compiler, entry->value, &clock_of(compiler, entry)->when);
}

const char *read_clock_start(struct compiler *compiler, const struct entry *entry)
{
    clock_of(compiler, entry)->has_start = true;
    return value_condition(compiler, entry->value, &clock_of(compiler, entry)->start);
}

const char *read_clock_stop(struct compiler *compiler, const struct entry *entry)
{
    return value_condition(compiler, entry->value, &clock_of(compiler, entry)->stop);
}

const char *read_clock_cancel(struct compiler *compiler, const struct entry *entry)
{
    clock_of(compiler, entry)->has_cancel = true;
    return value_condition(compiler, entry->value, &clock_of(compiler, entry)->cancel);
}

/* The words that are left, with one blank between them: `next wd 16:00`. */
static const char *rest_of(struct compiler *compiler, const char *cursor)
{
    struct arena *arena = &compiler->policy->arena;
    const char *rest = value_word(compiler, &cursor);

    for (char *word; rest && (word = value_word(compiler, &cursor));)
        rest = arena_printf(arena, "%s %s", rest, word);
    return rest;
}

static const char *set_everywhere(struct compiler *compiler, const char *text, struct clock_policy *clock)
{
    struct span span;
    const char *wrong = value_span(compiler, text, &span);

    for (size_t i = 0; !wrong && i < POLICY_TERMS_MAX; i++)
        clock->within[i] = span;
    return wrong;
}

/* `urgent 8h`, `urgent next wd 16:00` */
static const char *set_for_urgency(struct compiler *compiler, const char *part, struct clock_policy *clock)
{
    const char *cursor = part;
    const char *word = value_word(compiler, &cursor), *text = rest_of(compiler, cursor);
    bool is_several = text && strchr(text, ' ') && !strchr(text, ':');
    uint8_t urgency;

    if (!word || !text || is_several)
        return value_wrong(compiler, "a budget is written 24h, or general 24h, urgent 8h");
    const char *wrong = value_term(compiler, &compiler->policy->urgencies, "urgency", word, &urgency);

    return wrong ? wrong : value_span(compiler, text, &clock->within[urgency]);
}

/* Whether a budget begins at once, for all urgencies, and not with the name of one. */
static bool is_for_all(struct compiler *compiler, const char *text)
{
    const char *cursor = text;
    const char *word = value_word(compiler, &cursor);

    if (!word || vocabulary_find(&compiler->policy->urgencies, word) != POLICY_NONE)
        return false;
    return !*cursor || strcmp(word, "next") == 0 || (word[0] >= '0' && word[0] <= '9');
}

/* `3wd` or `next wd 16:00` for every urgency, or `general 24h, urgent next wd 16:00`. */
const char *read_clock_within(struct compiler *compiler, const struct entry *entry)
{
    struct clock_policy *clock = clock_of(compiler, entry);
    char *list = arena_text(&compiler->policy->arena, entry->value);
    const char *wrong = NULL;

    if (is_for_all(compiler, list))
        return set_everywhere(compiler, rest_of(compiler, list), clock);
    for (char *save, *part = strtok_r(list, ",", &save); part && !wrong; part = strtok_r(NULL, ",", &save))
        wrong = set_for_urgency(compiler, part, clock);
    return wrong;
}

const char *read_clock_silence(struct compiler *compiler, const struct entry *entry)
{
    clock_of(compiler, entry)->kind = CLOCK_SILENCE;
    return read_clock_within(compiler, entry);
}

const char *read_clock_promise(struct compiler *compiler, const struct entry *entry)
{
    static const struct {
        const char *name;
        struct condition start;
    } sources[] = {
        {"plan.expected_at", {.what = HAPPENING_PLAN, .text = "plan"}},
        {"acknowledged.promise_at", {.what = HAPPENING_ACKNOWLEDGED, .text = "acknowledged"}},
        {"contact.next_at", {.what = HAPPENING_CONTACT, .text = "contact"}},
    };
    struct clock_policy *clock = clock_of(compiler, entry);

    clock->kind = CLOCK_PROMISE;
    clock->has_start = true;
    for (size_t i = 0; i < sizeof(sources) / sizeof(sources[0]); i++)
        if (strcmp(sources[i].name, entry->value) == 0) {
            clock->start = sources[i].start;
            return NULL;
        }
    return value_wrong(compiler, "a promise is plan.expected_at, acknowledged.promise_at or contact.next_at");
}

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
    struct clock_policy *clock = clock_of(compiler, entry);
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
    clock_of(compiler, entry)->has_first_window = true;
    return read_owed(compiler, entry, &clock_of(compiler, entry)->owes_first);
}

const char *read_last_window(struct compiler *compiler, const struct entry *entry)
{
    clock_of(compiler, entry)->has_last_window = true;
    return read_owed(compiler, entry, &clock_of(compiler, entry)->owes_last);
}

const char *read_clock_on(struct compiler *compiler, const struct entry *entry)
{
    clock_of(compiler, entry)->working_days_only = strcmp(entry->value, "working days") == 0;
    if (clock_of(compiler, entry)->working_days_only || strcmp(entry->value, "all days") == 0)
        return NULL;
    return value_wrong(compiler, "a quota is owed on all days or on working days, not on '%s'", entry->value);
}

const char *read_clock_calendar(struct compiler *compiler, const struct entry *entry)
{
    clock_of(compiler, entry)->department_hours = strcmp(entry->value, "department") == 0;
    if (clock_of(compiler, entry)->department_hours)
        return NULL;
    return section_calendar(compiler, entry->value, &clock_of(compiler, entry)->calendar);
}

const char *read_clock_hours(struct compiler *compiler, const struct entry *entry)
{
    clock_of(compiler, entry)->customer_hours = true;
    return strcmp(entry->value, "customer.staffed") == 0
               ? NULL
               : value_wrong(compiler, "hours are customer.staffed (for a calendar write calendar = NAME)");
}

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
                   ret_reminder->left.unit == SPAN_WORKING_DAY_AT || ret_reminder->left.unit == SPAN_DAY_AT))
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
    struct clock_policy *clock = clock_of(compiler, entry);
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

const char *read_clock_grace(struct compiler *compiler, const struct entry *entry)
{
    struct span *grace = &clock_of(compiler, entry)->grace;
    const char *wrong = value_span(compiler, entry->value, grace);

    if (!wrong && grace->unit != SPAN_REAL && grace->unit != SPAN_BUSINESS)
        return value_wrong(compiler, "grace is real or business time (such as 10m, 1bh)");
    return wrong;
}

const char *read_clock_remind_to(struct compiler *compiler, const struct entry *entry)
{
    return value_audience(compiler, entry->value, &clock_of(compiler, entry)->remind_to);
}

const char *read_clock_breach(struct compiler *compiler, const struct entry *entry)
{
    const char *cursor = entry->value;
    const char *word = value_word(compiler, &cursor);
    const char *name = value_word(compiler, &cursor);
    struct ladder_policy *ladder = name ? section_ladder(compiler, name) : NULL;

    if (!word || strcmp(word, "ladder") != 0 || !name || value_word(compiler, &cursor))
        return value_wrong(compiler, "on breach: ladder NAME");
    if (!ladder)
        return value_wrong(compiler, "there is no [ladder %s]", name);
    clock_of(compiler, entry)->ladder = (uint8_t)(ladder - compiler->policy->ladders);
    return NULL;
}

const char *read_breach_template(struct compiler *compiler, const struct entry *entry)
{
    return section_template(compiler, entry->value, &clock_of(compiler, entry)->breach_template);
}

const char *read_remind_template(struct compiler *compiler, const struct entry *entry)
{
    return section_template(compiler, entry->value, &clock_of(compiler, entry)->remind_template);
}

const char *read_clock_restart(struct compiler *compiler, const struct entry *entry)
{
    const char *cursor = entry->value;
    const char *wrong = NULL;
    enum happening what;

    for (char *word; !wrong && (word = value_word(compiler, &cursor));) {
        if (strcmp(word, "start") == 0) {
            clock_of(compiler, entry)->starts_again = true;
            continue;
        }
        wrong = value_happening(compiler, word, &what);
        if (!wrong)
            clock_of(compiler, entry)->restart |= UINT32_C(1) << what;
    }
    return wrong;
}

const char *read_clock_continue(struct compiler *compiler, const struct entry *entry)
{
    const char *cursor = entry->value;
    const char *wrong = NULL;
    enum happening what;

    for (char *word; !wrong && (word = value_word(compiler, &cursor));) {
        wrong = value_happening(compiler, word, &what);
        if (!wrong)
            clock_of(compiler, entry)->continues |= UINT32_C(1) << what;
    }
    return wrong;
}

/* What only quotas know, and only some of them. */
static const char *check_windows(struct compiler *compiler, const struct clock_policy *clock)
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

const char *section_check_clock(struct compiler *compiler, struct clock_policy *clock)
{
    if (clock->stop.what == HAPPENING_COUNT)
        return value_wrong(compiler, "[clock %s] needs a stop", clock->name);
    if (!clock->has_start)
        return value_wrong(compiler, "[clock %s] needs a start", clock->name);
    if (clock->customer_hours && clock->kind != CLOCK_SILENCE && clock->kind != CLOCK_LIMIT)
        return value_wrong(compiler, "[clock %s]: only limits and silences count the customer's hours",
                           clock->name);
    if (clock->customer_hours && (clock->calendar || clock->department_hours))
        return value_wrong(compiler, "[clock %s]: either the customer's hours count or a calendar",
                           clock->name);
    if (!clock->calendar)
        clock->calendar = compiler->policy->calendar;
    if ((clock->kind == CLOCK_LIMIT || clock->kind == CLOCK_SILENCE))
        for (uint8_t i = 0; i < compiler->policy->urgencies.count; i++)
            if (!clock->within[i].amount && (!clock->when.urgencies || clock->when.urgencies >> i & 1))
                return value_wrong(compiler, "[clock %s] has no budget for urgency '%s'", clock->name,
                                   compiler->policy->urgencies.terms[i].name);
    if (clock->reminder_sets && !clock->remind_to.count)
        return value_wrong(compiler, "[clock %s] reminds, but 'remind to' is missing", clock->name);
    if (clock->kind == CLOCK_PROMISE && clock->restart)
        return value_wrong(compiler,
                           "[clock %s]: a promise begins again when another is given, not by 'restart'",
                           clock->name);
    if (clock->continues && clock->kind != CLOCK_LIMIT)
        return value_wrong(compiler, "[clock %s]: only a limit can continue", clock->name);
    if (clock->continues & clock->restart)
        return value_wrong(compiler, "[clock %s]: it either begins again or continues, not both",
                           clock->name);
    const char *wrong = check_windows(compiler, clock);

    if (!wrong && clock->reminder_sets && !clock->remind_template)
        wrong = section_template(compiler, "reminder", &clock->remind_template);
    if (!wrong && !clock->breach_template) /* also without a ladder: one of an older edition may be climbed */
        wrong = section_template(compiler, "contact_breach", &clock->breach_template);
    return wrong;
}
