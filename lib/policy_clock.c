/*
 * The [clock X] section of a regime file: what is owed and by when.
 *
 * Readers of rows in policy_compile.c's table, and the check that needs a whole clock: one without a stop
 * would run for ever, one without a budget for some urgency would be due at once.
 */
#include "lib/policy_sections.h"

#include "lib/field_path.h"

#include <stdio.h>
#include <string.h>

struct clock_policy *section_clock(struct compiler *compiler, const struct entry *entry)
{
    return &compiler->policy->clocks[policy_find_clock(compiler->policy, entry->subject)];
}

const char *read_clock_title(struct compiler *compiler, const struct entry *entry)
{
    return value_title(compiler, entry->value, section_clock(compiler, entry)->title);
}

const char *read_clock_when(struct compiler *compiler, const struct entry *entry)
{
    return value_when(compiler, entry->value, &section_clock(compiler, entry)->when);
}

const char *read_clock_start(struct compiler *compiler, const struct entry *entry)
{
    struct clock_policy *clock = section_clock(compiler, entry);
    const char *wrong = value_condition(compiler, entry->value, &clock->start);
    uint8_t fact;

    clock->has_start = true;
    if (!wrong && clock->start.what == HAPPENING_FIELD) /* should the clock apply only later */
        wrong = section_fact(compiler, clock->start.text, &fact);
    return wrong;
}

const char *read_clock_stop(struct compiler *compiler, const struct entry *entry)
{
    return value_condition(compiler, entry->value, &section_clock(compiler, entry)->stop);
}

const char *read_clock_cancel(struct compiler *compiler, const struct entry *entry)
{
    section_clock(compiler, entry)->has_cancel = true;
    return value_condition(compiler, entry->value, &section_clock(compiler, entry)->cancel);
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

static const char *set_everywhere(struct compiler *compiler, const char *text, struct span *within)
{
    struct span span;
    const char *wrong = value_span(compiler, text, &span);

    for (size_t i = 0; !wrong && i < POLICY_TERMS_MAX; i++)
        within[i] = span;
    return wrong;
}

/* `urgent 8h`, `urgent next wd 16:00` */
static const char *set_for_urgency(struct compiler *compiler, const char *part, struct span *within)
{
    const char *cursor = part;
    const char *word = value_word(compiler, &cursor), *text = rest_of(compiler, cursor);
    bool is_several = text && strchr(text, ' ') && !strchr(text, ':') && strcmp(text, "same day") != 0;
    uint8_t urgency;

    if (!word || !text || is_several)
        return value_wrong(compiler, "a budget is written 24h, or general 24h, urgent 8h");
    const char *wrong = value_term(compiler, &compiler->policy->urgencies, "urgency", word, &urgency);

    return wrong ? wrong : value_span(compiler, text, &within[urgency]);
}

/* Whether a budget begins at once, for all urgencies, and not with the name of one. */
static bool is_for_all(struct compiler *compiler, const char *text)
{
    const char *cursor = text;
    const char *word = value_word(compiler, &cursor);

    if (!word || vocabulary_find(&compiler->policy->urgencies, word) != POLICY_NONE)
        return false;
    return !*cursor || strcmp(word, "next") == 0 || strcmp(word, "same") == 0 ||
           (word[0] >= '0' && word[0] <= '9');
}

/* `field.days wd or` what follows: how many of them a field says, and the budget where it says nothing. */
static const char *read_said_budget(struct compiler *compiler, const char **cursor,
                                    struct clock_policy *clock)
{
    const char *path = value_word(compiler, cursor);
    const char *unit = value_word(compiler, cursor), *word = value_word(compiler, cursor);
    struct span span;
    const char *wrong = value_path(compiler, path, KIND(FIELD_NUMBER), &clock->within_path);

    if (wrong)
        return wrong;
    if (word && strchr(word, ':')) {
        unit = arena_printf(&compiler->policy->arena, "%s %s", unit, word);
        word = value_word(compiler, cursor);
    }
    if (!unit || span_parse(arena_printf(&compiler->policy->arena, "1%s", unit), &span) != SPAN_OK)
        return value_wrong(compiler, "behind a field stands what it counts (%s wd or 7wd)", path);
    if (!word || strcmp(word, "or") != 0)
        return value_wrong(compiler, "what if the field says nothing? (%s %s or 7wd)", path, unit);
    clock->within_unit = unit;
    if (clock->within_path.member == POLICY_NONE)
        compiler->policy->fields[clock->within_path.field].gives_span = true;
    return NULL;
}

/* `3wd` or `next wd 16:00` for every urgency, or `general 24h, urgent next wd 16:00`. */
static const char *read_budgets(struct compiler *compiler, const char *value, struct span *within)
{
    char *list = arena_text(&compiler->policy->arena, value);
    const char *wrong = NULL;

    if (is_for_all(compiler, list))
        return set_everywhere(compiler, rest_of(compiler, list), within);
    for (char *save, *part = strtok_r(list, ",", &save); part && !wrong; part = strtok_r(NULL, ",", &save))
        wrong = set_for_urgency(compiler, part, within);
    return wrong;
}

/* `within type repair`: what stands behind the word says for which tickets. */
static const char *add_budgets(struct compiler *compiler, const struct entry *entry, const char *qualifiers)
{
    struct clock_policy *clock = section_clock(compiler, entry);
    struct budget_set set = {.line = entry->line};
    const char *wrong = value_applies(compiler, qualifiers, &set.when);

    if (!wrong && set.when.urgencies)
        wrong = value_wrong(compiler, "urgencies stand behind the '=' (within = general 24h, urgent 8h)");
    if (!wrong && clock->budget_sets >= BUDGET_SETS_MAX)
        wrong = value_wrong(compiler, "at most %d other budgets", BUDGET_SETS_MAX);
    if (!wrong)
        wrong = read_budgets(compiler, entry->value, set.within);
    if (wrong)
        return wrong;
    if (!clock->budgets)
        clock->budgets = arena_new(&compiler->policy->arena, BUDGET_SETS_MAX * sizeof(*clock->budgets));
    clock->budgets[clock->budget_sets++] = set;
    return NULL;
}

const char *read_clock_within(struct compiler *compiler, const struct entry *entry)
{
    const char *qualifiers = entry->key + strlen("within");

    const char *cursor = entry->value, *wrong = NULL;

    if (*qualifiers)
        return add_budgets(compiler, entry, qualifiers);
    if (strncmp(cursor, "field.", 6) == 0)
        wrong = read_said_budget(compiler, &cursor, section_clock(compiler, entry));
    cursor += strspn(cursor, " ");
    return wrong ? wrong : read_budgets(compiler, cursor, section_clock(compiler, entry)->within);
}

static const char *read_offset(struct compiler *compiler, const char *word, const char **cursor,
                               struct due_policy *due)
{
    const char *side = value_word(compiler, cursor);
    const char *wrong = value_span(compiler, word, &due->offset);

    due->is_before = side && strcmp(side, "before") == 0;
    if (!wrong && !due->is_before && (!side || strcmp(side, "after") != 0))
        return value_wrong(compiler, "behind a span stands before or after (5wd before field.NAME)");
    if (!wrong && span_is_instant(due->offset))
        return value_wrong(compiler, "a time of day stands at the end (5wd before field.NAME 16:00)");
    return wrong;
}

static const char *read_due_time(struct compiler *compiler, const char *word, struct due_policy *due)
{
    struct span span;

    if (span_parse(arena_printf(&compiler->policy->arena, "1d %s", word), &span) != SPAN_OK)
        return value_wrong(compiler, "'%s' is no time of day (such as 17:00)", word);
    due->minute = span.minute;
    return NULL;
}

/* `field.expires_on`, `5wd before field.contract.expires 17:00` */
const char *read_clock_due(struct compiler *compiler, const struct entry *entry)
{
    struct due_policy *due = &section_clock(compiler, entry)->due;
    const char *cursor = entry->value, *word = value_word(compiler, &cursor), *wrong = NULL;

    *due = (struct due_policy){.minute = -1, .text = entry->value};
    if (word && strncmp(word, "field.", 6) != 0) {
        wrong = read_offset(compiler, word, &cursor, due);
        word = value_word(compiler, &cursor);
    }
    if (!wrong && (!word || strncmp(word, "field.", 6) != 0))
        wrong = value_wrong(compiler, "a date is missing (such as 5wd before field.NAME 17:00)");
    if (!wrong)
        wrong = value_path(compiler, word, KIND(FIELD_DATE) | KIND(FIELD_INSTANT), &due->path);
    bool is_date = !wrong && field_path_field(compiler->policy, due->path)->kind == FIELD_DATE;
    bool is_time = due->offset.amount && (due->offset.unit == SPAN_REAL || due->offset.unit == SPAN_BUSINESS);

    if (is_date && is_time)
        return value_wrong(compiler, "hours are counted from an instant, and %s is a date", word);
    word = wrong ? NULL : value_word(compiler, &cursor);
    if (word)
        wrong = read_due_time(compiler, word, due);
    return !wrong && value_word(compiler, &cursor)
               ? value_wrong(compiler, "at most a time stands behind the date")
               : wrong;
}

const char *read_clock_silence(struct compiler *compiler, const struct entry *entry)
{
    struct clock_policy *clock = section_clock(compiler, entry);

    clock->kind = CLOCK_SILENCE;
    return read_budgets(compiler, entry->value, clock->within);
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
    struct clock_policy *clock = section_clock(compiler, entry);

    clock->kind = CLOCK_PROMISE;
    clock->has_start = true;
    for (size_t i = 0; i < sizeof(sources) / sizeof(sources[0]); i++)
        if (strcmp(sources[i].name, entry->value) == 0) {
            clock->start = sources[i].start;
            clock->promise = sources[i].name;
            return NULL;
        }
    return value_wrong(compiler, "a promise is plan.expected_at, acknowledged.promise_at or contact.next_at");
}

const char *read_clock_calendar(struct compiler *compiler, const struct entry *entry)
{
    section_clock(compiler, entry)->department_hours = strcmp(entry->value, "department") == 0;
    if (section_clock(compiler, entry)->department_hours)
        return NULL;
    return section_calendar(compiler, entry->value, &section_clock(compiler, entry)->calendar);
}

const char *read_clock_hours(struct compiler *compiler, const struct entry *entry)
{
    section_clock(compiler, entry)->customer_hours = true;
    return strcmp(entry->value, "customer.staffed") == 0
               ? NULL
               : value_wrong(compiler, "hours are customer.staffed (for a calendar write calendar = NAME)");
}

const char *read_clock_counts(struct compiler *compiler, const struct entry *entry)
{
    struct clock_policy *clock = section_clock(compiler, entry);
    const char *wrong = value_condition(compiler, entry->value, &clock->counts);

    clock->has_counts = true;
    if (!wrong && clock->counts.what != HAPPENING_CONTACT)
        return value_wrong(compiler, "only contacts count (such as contact:progress over phone)");
    return wrong;
}

const char *read_clock_reclassified(struct compiler *compiler, const struct entry *entry)
{
    section_clock(compiler, entry)->begins_again = strcmp(entry->value, "begins again") == 0;
    if (section_clock(compiler, entry)->begins_again || strcmp(entry->value, "keeps its beginning") == 0)
        return NULL;
    return value_wrong(compiler,
                       "with another urgency or class a clock keeps its beginning, or begins again");
}

const char *read_clock_grace(struct compiler *compiler, const struct entry *entry)
{
    struct span *grace = &section_clock(compiler, entry)->grace;
    const char *wrong = value_span(compiler, entry->value, grace);

    if (!wrong && grace->unit != SPAN_REAL && grace->unit != SPAN_BUSINESS)
        return value_wrong(compiler, "grace is real or business time (such as 10m, 1bh)");
    return wrong;
}

const char *read_clock_remind_to(struct compiler *compiler, const struct entry *entry)
{
    struct audience *to = &section_clock(compiler, entry)->remind_to;
    const char *wrong = value_audience(compiler, entry->value, to);

    return wrong ? wrong : value_inside(compiler, to);
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
    section_clock(compiler, entry)->ladder = (uint8_t)(ladder - compiler->policy->ladders);
    return NULL;
}

const char *read_breach_template(struct compiler *compiler, const struct entry *entry)
{
    return section_template(compiler, entry->value, &section_clock(compiler, entry)->breach_template);
}

const char *read_remind_template(struct compiler *compiler, const struct entry *entry)
{
    return section_template(compiler, entry->value, &section_clock(compiler, entry)->remind_template);
}

const char *read_clock_restart(struct compiler *compiler, const struct entry *entry)
{
    const char *cursor = entry->value;
    const char *wrong = NULL;
    enum happening what;

    for (char *word; !wrong && (word = value_word(compiler, &cursor));) {
        if (strcmp(word, "start") == 0) {
            section_clock(compiler, entry)->starts_again = true;
            continue;
        }
        wrong = value_bare_happening(compiler, word, &what);
        if (!wrong)
            section_clock(compiler, entry)->restart |= UINT32_C(1) << what;
    }
    return wrong;
}

const char *read_clock_continue(struct compiler *compiler, const struct entry *entry)
{
    const char *cursor = entry->value;
    const char *wrong = NULL;
    enum happening what;

    for (char *word; !wrong && (word = value_word(compiler, &cursor));) {
        wrong = value_bare_happening(compiler, word, &what);
        if (!wrong)
            section_clock(compiler, entry)->continues |= UINT32_C(1) << what;
    }
    return wrong;
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
    if (clock->due.text && (clock->kind != CLOCK_LIMIT || clock->within[0].amount || clock->within_unit ||
                            clock->budget_sets || clock->customer_hours))
        return value_wrong(compiler,
                           "[clock %s]: what a date gives is a limit of its own: no within, quota, "
                           "silence, promise or hours besides 'due'",
                           clock->name);
    if (!clock->due.text && (clock->kind == CLOCK_LIMIT || clock->kind == CLOCK_SILENCE))
        for (size_t list = 0; policy_budget_list(clock, list); list++)
            for (uint8_t i = 0; i < compiler->policy->urgencies.count; i++)
                if (!policy_budget_list(clock, list)[i].amount &&
                    (!clock->when.urgencies || clock->when.urgencies >> i & 1))
                    return value_wrong(compiler, "[clock %s] has no budget for urgency '%s'%s", clock->name,
                                       compiler->policy->urgencies.terms[i].name,
                                       list ? " in a list of its own" : "");
    if (clock->budget_sets && clock->kind == CLOCK_QUOTA)
        return value_wrong(compiler, "[clock %s]: a quota has windows and no budgets", clock->name);
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
    if (clock->begins_again && clock->kind != CLOCK_LIMIT)
        return value_wrong(compiler, "[clock %s]: only a limit begins again when it is reclassified",
                           clock->name);
    if (clock->has_counts && clock->kind != CLOCK_QUOTA && clock->kind != CLOCK_SILENCE)
        return value_wrong(compiler, "[clock %s]: only quotas and silences count contacts", clock->name);
    const char *wrong = section_check_windows(compiler, clock);

    if (!wrong && clock->reminder_sets && !clock->remind_template)
        wrong = section_template(compiler, "reminder", &clock->remind_template);
    if (!wrong && !clock->breach_template) /* also without a ladder: one of an older edition may be climbed */
        wrong = section_template(compiler, "contact_breach", &clock->breach_template);
    return wrong;
}
