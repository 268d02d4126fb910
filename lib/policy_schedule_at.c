/*
 * `at` of a [schedule X]: on which days, at what time.
 *
 *     30wd before expires 09:00                                  a day before or after a field of the record,
 *     3wd before festival:spring_festival 01-01                  a festival, or a day of the year
 *     on signed                                                  that day itself
 *     every 1mo from delivered 3 times, then every 12mo          a cadence that may change
 *     FREQ=MONTHLY;BYMONTHDAY=25 17:00 roll forward              a rule of RFC 5545
 *
 * The words are taken from both ends: the roll and the time from the back, the form by its first word. Commas
 * behind a word are only for the reader. Everything is understood or nothing.
 */
#include "lib/policy_schedule.h"

#include "lib/base/civil.h"
#include <stdlib.h>
#include <string.h>

#define WORDS_MAX   40
#define OFFSET_DAYS 366 /* what yearly_next() of schedule.c looks back and ahead for */

struct words {
    struct compiler *compiler;
    struct schedule_policy *schedule;
    char *list[WORDS_MAX];
    size_t count, next;
};

static const char *split(struct words *words, const char *text)
{
    for (char *word; (word = value_word(words->compiler, &text));) {
        size_t length = strlen(word);

        if (length > 1 && word[length - 1] == ',')
            word[length - 1] = '\0';
        if (words->count >= WORDS_MAX)
            return value_wrong(words->compiler, "at most %d words", WORDS_MAX);
        words->list[words->count++] = word;
    }
    return NULL;
}

static const char *peek(const struct words *words)
{
    return words->next < words->count ? words->list[words->next] : NULL;
}

static char *take(struct words *words)
{
    return words->next < words->count ? words->list[words->next++] : NULL;
}

static bool skip(struct words *words, const char *word)
{
    bool is_there = peek(words) && strcmp(peek(words), word) == 0;

    words->next += is_there;
    return is_there;
}

/* ---- from the back ---- */

/* Two digits, a mark, two digits. */
static bool read_pair(const char *word, char mark, int *ret_first, int *ret_second)
{
    static const char digits[] = "0123456789";

    if (strspn(word, digits) != 2 || word[2] != mark || strspn(word + 3, digits) != 2 || word[5] != '\0')
        return false;
    *ret_first = (word[0] - '0') * 10 + word[1] - '0';
    *ret_second = (word[3] - '0') * 10 + word[4] - '0';
    return true;
}

static bool read_minute(const char *word, int *ret_minute)
{
    int hour, minute;

    if (!read_pair(word, ':', &hour, &minute) || hour > 23 || minute > 59)
        return false;
    *ret_minute = hour * 60 + minute;
    return true;
}

static const char *take_ending(struct words *words)
{
    struct schedule_at *at = &words->schedule->at;

    if (words->count >= 2 && strcmp(words->list[words->count - 2], "roll") == 0) {
        const char *way = words->list[words->count - 1];

        if (strcmp(way, "forward") != 0 && strcmp(way, "back") != 0)
            return value_wrong(words->compiler, "a rest day rolls forward or back, not '%s'", way);
        at->roll = way[0] == 'f' ? ROLL_FORWARD : ROLL_BACK;
        words->count -= 2;
    }
    if (words->count && strchr(words->list[words->count - 1], ':') &&
        strncmp(words->list[words->count - 1], "festival:", 9) != 0) {
        if (!read_minute(words->list[words->count - 1], &at->minute))
            return value_wrong(words->compiler, "'%s' is no time of day (such as 09:00)",
                               words->list[words->count - 1]);
        words->count--;
    }
    return NULL;
}

/* ---- around anchors ---- */

static const char *unknown_festival(struct compiler *compiler, const char *name)
{
    const char *known = lunar_festival_name(0);

    for (int i = 1; i < LUNAR_FESTIVALS; i++)
        known = arena_printf(&compiler->policy->arena, "%s, %s", known,
                             lunar_festival_name((enum lunar_festival)i));
    return value_wrong(compiler, "unknown festival '%s' (known: %s)", name, known);
}

/* `01-01`. The 29th of February comes in leap years. */
static bool read_yearly(const char *word, struct schedule_anchor *anchor)
{
    int month, day;

    if (!read_pair(word, '-', &month, &day) || !civil_date_exists(2000, month, day))
        return false;
    *anchor = (struct schedule_anchor){.kind = ANCHOR_YEARLY, .month = (uint8_t)month, .day = (uint8_t)day};
    return true;
}

static const char *read_anchor(struct words *words, const char *word)
{
    struct schedule_at *at = &words->schedule->at;
    struct schedule_anchor *anchor = &at->anchors[at->anchor_count];

    if (at->anchor_count >= SCHEDULE_ANCHORS_MAX)
        return value_wrong(words->compiler, "at most %d days to count from", SCHEDULE_ANCHORS_MAX);
    at->anchor_count++;
    if (strncmp(word, "festival:", 9) == 0) {
        anchor->kind = ANCHOR_FESTIVAL;
        return lunar_festival_parse(word + 9, &anchor->festival)
                   ? NULL
                   : unknown_festival(words->compiler, word + 9);
    }
    if (word[0] >= '0' && word[0] <= '9')
        return read_yearly(word, anchor)
                   ? NULL
                   : value_wrong(words->compiler, "'%s' is no day of the year (such as 01-01)", word);
    anchor->kind = ANCHOR_FIELD;
    return schedule_field(words->compiler, words->schedule, word, KINDS_DAY, &anchor->field);
}

static const char *check_offset(struct words *words)
{
    const struct schedule_at *at = &words->schedule->at;
    bool is_real = at->offset.unit == SPAN_REAL;
    int64_t days = at->offset.unit == SPAN_MONTHS         ? at->offset.amount * 31
                   : at->offset.unit == SPAN_WORKING_DAYS ? at->offset.amount * 3 / 2
                                                          : at->offset.amount;

    if (at->offset.unit != SPAN_WORKING_DAYS && at->offset.unit != SPAN_DAYS &&
        at->offset.unit != SPAN_MONTHS && !is_real)
        return value_wrong(words->compiler,
                           "before and after are counted in wd, d, mo, or hours of an instant");
    for (uint8_t i = 0; i < at->anchor_count; i++) {
        const struct schedule_anchor *anchor = &at->anchors[i];
        const struct register_policy *of = schedule_register(words->compiler, words->schedule);

        if (anchor->kind != ANCHOR_FIELD && (is_real || days > OFFSET_DAYS))
            return value_wrong(words->compiler,
                               "before and after a day of each year: at most a year, in wd, d or mo");
        if (anchor->kind == ANCHOR_FIELD && is_real && of->fields[anchor->field].kind != FIELD_INSTANT)
            return value_wrong(words->compiler, "hours are counted from an instant, and '%s' is a date",
                               of->fields[anchor->field].name);
    }
    return NULL;
}

static const char *read_anchors(struct words *words)
{
    const char *wrong =
        peek(words) ? NULL : value_wrong(words->compiler, "before or after what, or on which day?");

    while (!wrong && peek(words))
        wrong = read_anchor(words, take(words));
    return wrong ? wrong : check_offset(words);
}

static const char *read_on(struct words *words)
{
    take(words);
    words->schedule->at.offset = (struct span){.unit = SPAN_DAYS};
    return read_anchors(words);
}

static const char *read_around(struct words *words)
{
    struct schedule_at *at = &words->schedule->at;
    const char *wrong = value_span(words->compiler, take(words), &at->offset);

    if (wrong)
        return wrong;
    at->is_before = skip(words, "before");
    if (!at->is_before && !skip(words, "after"))
        return value_wrong(words->compiler, "behind a span stands before or after (30wd before expires)");
    return read_anchors(words);
}

/* ---- every ---- */

static const char *read_times(struct words *words, struct schedule_phase *phase)
{
    const char *number = peek(words);

    if (!number || number[0] < '0' || number[0] > '9')
        return NULL;
    phase->times = strtol(take(words), NULL, 10);
    if (strspn(number, "0123456789") != strlen(number) || phase->times < 1 || phase->times > 1000 ||
        !skip(words, "times"))
        return value_wrong(words->compiler, "how often is written 3 times, at most 1000");
    return NULL;
}

static const char *read_phase(struct words *words)
{
    struct schedule_at *at = &words->schedule->at;
    struct schedule_phase *phase = &at->phases[at->phase_count];
    const char *span;

    if (!skip(words, "every") || !(span = take(words)))
        return value_wrong(words->compiler, "a cadence is written every 3mo from FIELD");
    if (at->phase_count >= SCHEDULE_PHASES_MAX)
        return value_wrong(words->compiler, "a cadence changes at most %d times", SCHEDULE_PHASES_MAX - 1);
    *phase = (struct schedule_phase){0};
    const char *wrong = value_span(words->compiler, span, &phase->every);

    if (wrong)
        return wrong;
    if ((phase->every.unit != SPAN_DAYS && phase->every.unit != SPAN_MONTHS) || !phase->every.amount)
        return value_wrong(words->compiler, "a cadence is counted in d or mo, not '%s'", span);
    if (at->phase_count++ == 0) {
        if (!skip(words, "from") || !peek(words))
            return value_wrong(words->compiler, "a cadence begins with a field: every %s from FIELD", span);
        wrong = schedule_field(words->compiler, words->schedule, take(words), KINDS_DAY, &at->from_field);
    }
    return wrong ? wrong : read_times(words, phase);
}

static const char *read_every(struct words *words)
{
    const struct schedule_at *at = &words->schedule->at;
    const char *wrong;

    do {
        wrong = read_phase(words);
        if (!wrong && peek(words) && !at->phases[at->phase_count - 1].times)
            return value_wrong(words->compiler, "before 'then' a cadence says how often: 3 times");
    } while (!wrong && skip(words, "then"));
    words->schedule->at.form = SCHEDULE_EVERY;
    return wrong;
}

/* ---- rules ---- */

static const char *read_from(struct words *words)
{
    struct schedule_at *at = &words->schedule->at;
    const char *word = take(words);

    if (!word)
        return value_wrong(words->compiler, "from when? (from 2026-01-01, from FIELD)");
    if (word[0] >= '0' && word[0] <= '9')
        return strlen(word) == 10 && civil_parse_date(word, &at->from_day)
                   ? NULL
                   : value_wrong(words->compiler, "'%s' is no date (such as 2026-01-01)", word);
    return schedule_field(words->compiler, words->schedule, word, KINDS_DAY, &at->from_field);
}

static const char *read_rule(struct words *words)
{
    const struct policy_sources *sources = words->compiler->sources;
    struct schedule_at *at = &words->schedule->at;
    const char *error = "there are no rules here", *wrong = NULL;
    bool has_beginning;

    at->form = SCHEDULE_RULE;
    at->rule =
        sources->find_recurrence ? sources->find_recurrence(sources->context, take(words), &error) : NULL;
    if (!at->rule)
        return value_wrong(words->compiler, "%s", error);
    has_beginning = skip(words, "from");
    if (has_beginning)
        wrong = read_from(words);
    if (!wrong && !has_beginning && at->rule->needs_first_day)
        return value_wrong(words->compiler,
                           "this rule counts from a beginning: add from 2026-01-01 or from FIELD");
    return wrong;
}

/* ---- the whole ---- */

const char *read_schedule_at(struct compiler *compiler, const struct entry *entry)
{
    struct words words = {.compiler = compiler, .schedule = schedule_of(compiler, entry)};
    const char *wrong = split(&words, entry->value);

    if (!wrong)
        wrong = take_ending(&words);
    if (wrong)
        return wrong;
    const char *first = peek(&words);

    if (!first)
        return value_wrong(compiler,
                           "when? (30wd before FIELD, every 3mo from FIELD, FREQ=MONTHLY;BYMONTHDAY=10)");
    if (strchr(first, '='))
        wrong = read_rule(&words);
    else if (strcmp(first, "every") == 0)
        wrong = read_every(&words);
    else if (strcmp(first, "on") == 0)
        wrong = read_on(&words);
    else
        wrong = read_around(&words);
    if (!wrong && peek(&words))
        wrong = value_wrong(compiler, "'%s' is not understood here", peek(&words));
    words.schedule->at.text = entry->value;
    return wrong;
}
