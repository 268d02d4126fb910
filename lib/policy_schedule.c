/*
 * The [schedule X] section of a regime file: when it is due, over which records, and what it does.
 *
 * Readers of rows in policy_compile.c's table. `over` is read in the pass before the rest, because every
 * other key names the fields of that register. What only the whole section shows (that it does something,
 * that it has a time, that what it opens has a department) is checked at the end. How a day is written is
 * in policy_schedule_at.c, what is opened and sent in policy_schedule_does.c.
 */
#include "lib/policy_schedule.h"

#include "lib/base/memory.h"
#include "lib/route.h"
#include <string.h>

const char *section_open_schedule(struct compiler *compiler, const struct entry *entry)
{
    struct policy *policy = compiler->policy;

    if (policy->schedule_count >= SCHEDULES_MAX)
        return value_wrong(compiler, "at most %d schedules", SCHEDULES_MAX);
    if (!value_is_name(entry->subject))
        return value_wrong(compiler, "a schedule's name is one word of small letters, digits and _");
    policy->schedules = memory_reserve(policy->schedules, &policy->schedule_capacity,
                                       policy->schedule_count + 1, sizeof(*policy->schedules));
    policy->schedules[policy->schedule_count++] = (struct schedule_policy){
        .name = entry->subject,
        .title = {entry->subject, entry->subject},
        .over = POLICY_NONE,
        .until = POLICY_NONE,
        .class_index = POLICY_NONE,
        .urgency = POLICY_NONE,
        .channel = POLICY_NONE,
        .department = POLICY_NONE,
        .department_field = POLICY_NONE,
        .handler_field = POLICY_NONE,
        .to_field = POLICY_NONE,
        .to_reference = POLICY_NONE,
        .at = {.from_field = POLICY_NONE, .from_day = INT64_MIN, .minute = 9 * 60},
        .line = entry->line,
    };
    return NULL;
}

struct schedule_policy *schedule_of(struct compiler *compiler, const struct entry *entry)
{
    return &compiler->policy->schedules[policy_find_schedule(compiler->policy, entry->subject)];
}

const struct register_policy *schedule_register(const struct compiler *compiler,
                                                const struct schedule_policy *schedule)
{
    return schedule->over == POLICY_NONE ? NULL : &compiler->policy->registers[schedule->over];
}

const char *schedule_field(struct compiler *compiler, const struct schedule_policy *schedule,
                           const char *name, uint32_t kinds, uint8_t *ret_field)
{
    const struct register_policy *of = schedule_register(compiler, schedule);
    const char *known = NULL;

    if (!of)
        return value_wrong(compiler, "'%s': only a schedule over a register (over = NAME) has fields", name);
    *ret_field = register_policy_field(of, name);
    if (*ret_field != POLICY_NONE && (kinds >> of->fields[*ret_field].kind & 1))
        return NULL;
    for (size_t i = 0; i < of->field_count; i++)
        if (kinds >> of->fields[i].kind & 1)
            known = known ? arena_printf(&compiler->policy->arena, "%s, %s", known, of->fields[i].name)
                          : of->fields[i].name;
    if (*ret_field != POLICY_NONE)
        return value_wrong(compiler,
                           "the field '%s' is of the kind %s, which can't stand here (what can: %s)", name,
                           field_kind_name(of->fields[*ret_field].kind), known ? known : "none");
    return value_wrong(compiler, "the register %s has no field '%s' (known: %s)", of->name, name,
                       known ? known : "none that can stand here");
}

/* ---- what and for which records ---- */

const char *read_schedule_title(struct compiler *compiler, const struct entry *entry)
{
    return value_title(compiler, entry->value, schedule_of(compiler, entry)->title);
}

const char *read_schedule_over(struct compiler *compiler, const struct entry *entry)
{
    const struct policy *policy = compiler->policy;
    uint8_t of = policy_find_register(policy, entry->value);
    const char *known = "none";

    schedule_of(compiler, entry)->over = of;
    if (of != POLICY_NONE)
        return NULL;
    for (size_t i = 0; i < policy->register_count; i++)
        known = i ? arena_printf(&compiler->policy->arena, "%s, %s", known, policy->registers[i].name)
                  : policy->registers[i].name;
    return value_wrong(compiler, "there is no [register %s] (there are: %s)", entry->value, known);
}

static const char *read_when_span(struct compiler *compiler, struct schedule_when *when, const char *word,
                                  const char **cursor)
{
    const char *span = value_word(compiler, cursor);
    const char *wrong = span ? value_span(compiler, span, &when->span) : NULL;

    when->kind = strcmp(word, "within") == 0 ? WHEN_WITHIN : WHEN_SINCE;
    if (wrong)
        return wrong;
    if (!span || value_word(compiler, cursor) ||
        (when->span.unit != SPAN_DAYS && when->span.unit != SPAN_MONTHS) || !when->span.amount)
        return value_wrong(compiler, "'%s' has a span of days or months behind it, such as %s 2mo", word,
                           word);
    return NULL;
}

static const char *read_when_words(struct compiler *compiler, const struct register_field *field,
                                   struct schedule_when *when, const char *word, const char **cursor)
{
    for (; word; word = value_word(compiler, cursor)) {
        bool is_known = field->kind != FIELD_WORDS && field->kind != FIELD_YES_NO;

        for (uint8_t i = 0; i < field->word_count && field->kind == FIELD_WORDS; i++)
            is_known |= strcmp(field->words[i], word) == 0;
        if (field->kind == FIELD_YES_NO)
            is_known = strcmp(word, "yes") == 0 || strcmp(word, "no") == 0;
        if (!is_known)
            return value_wrong(compiler, "the field '%s' is never '%s'", field->name, word);
        if (when->word_count >= SCHEDULE_WORDS_MAX)
            return value_wrong(compiler, "at most %d words for a field", SCHEDULE_WORDS_MAX);
        when->words[when->word_count++] = word;
    }
    return NULL;
}

const char *schedule_condition(struct compiler *compiler, const struct register_field *field,
                               struct schedule_when *when, const char *word, const char **cursor)
{
    bool is_span = strcmp(word, "within") == 0 || strcmp(word, "since") == 0;

    return is_span ? read_when_span(compiler, when, word, cursor)
                   : read_when_words(compiler, field, when, word, cursor);
}

static const char *read_one_when(struct compiler *compiler, struct schedule_policy *schedule,
                                 const char *text)
{
    struct schedule_when *when = &schedule->when[schedule->when_count];
    const char *name = value_word(compiler, &text), *word = value_word(compiler, &text);

    if (schedule->when_count++ >= SCHEDULE_WHEN_MAX)
        return value_wrong(compiler, "at most %d conditions", SCHEDULE_WHEN_MAX);
    *when = (struct schedule_when){0};
    if (!name || !word)
        return value_wrong(compiler,
                           "a condition is written FIELD WORD…, FIELD within SPAN or FIELD since SPAN");
    bool is_span = strcmp(word, "within") == 0 || strcmp(word, "since") == 0;
    const char *wrong =
        schedule_field(compiler, schedule, name, is_span ? KINDS_DAY : KINDS_WORDS, &when->field);

    return wrong ? wrong
                 : schedule_condition(compiler, &schedule_register(compiler, schedule)->fields[when->field],
                                      when, word, &text);
}

/* `status active, expires within 2mo` */
const char *schedule_conditions(struct compiler *compiler, struct schedule_policy *schedule, const char *text)
{
    char *list = arena_text(&compiler->policy->arena, text);
    const char *wrong = NULL;

    for (char *save, *part = strtok_r(list, ",", &save); part && !wrong; part = strtok_r(NULL, ",", &save))
        wrong = read_one_when(compiler, schedule, part);
    return wrong;
}

const char *read_schedule_when(struct compiler *compiler, const struct entry *entry)
{
    schedule_of(compiler, entry)->rule = entry->value;
    return schedule_conditions(compiler, schedule_of(compiler, entry), entry->value);
}

const char *read_schedule_until(struct compiler *compiler, const struct entry *entry)
{
    struct schedule_policy *schedule = schedule_of(compiler, entry);

    return schedule_field(compiler, schedule, entry->value, KINDS_ANY, &schedule->until);
}

const char *read_schedule_calendar(struct compiler *compiler, const struct entry *entry)
{
    return section_calendar(compiler, entry->value, &schedule_of(compiler, entry)->calendar);
}

const char *read_schedule_missed(struct compiler *compiler, const struct entry *entry)
{
    static const char *const words[] = {
        [MISSED_ONCE] = "run once", [MISSED_EACH] = "run each", [MISSED_SKIP] = "skip"};

    for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
        if (strcmp(words[i], entry->value) == 0) {
            schedule_of(compiler, entry)->missed = (enum schedule_missed)i;
            return NULL;
        }
    return value_wrong(compiler, "what was missed: run once, run each or skip, not '%s'", entry->value);
}

const char *read_schedule_catch_up(struct compiler *compiler, const struct entry *entry)
{
    struct span span;
    const char *wrong = value_span(compiler, entry->value, &span);

    if (!wrong && (span.unit != SPAN_DAYS || span.amount > 366))
        return value_wrong(compiler, "catch up is counted in civil days, at most 366d");
    if (!wrong)
        schedule_of(compiler, entry)->catch_up_days = span.amount;
    return wrong;
}

/* ---- the whole ---- */

static const char *check_name(struct compiler *compiler, const struct schedule_policy *schedule,
                              const char *name)
{
    const struct register_policy *of = schedule_register(compiler, schedule);
    char *path = arena_text(&compiler->policy->arena, name), *dot = strchr(path, '.');

    if (strcmp(name, "date") == 0 || strcmp(name, "month") == 0 || (of && strcmp(name, "id") == 0))
        return NULL;
    if (dot)
        *dot = '\0';
    uint8_t field = of ? register_policy_field(of, path) : POLICY_NONE;

    if (field == POLICY_NONE)
        return value_wrong(compiler, "{%s}: %s (known: {date}, {month}%s)", name,
                           of ? "the register has no such field" : "a schedule of the desk has no fields",
                           of ? ", {id}, {FIELD}, {FIELD.FIELD}" : "");
    if (!dot)
        return NULL;
    const struct register_policy *named = of->fields[field].kind == FIELD_REGISTER
                                              ? &compiler->policy->registers[of->fields[field].other]
                                              : NULL;

    return named && register_policy_field(named, dot + 1) != POLICY_NONE
               ? NULL
               : value_wrong(compiler, "{%s}: '%s' names no record with a field '%s'", name, path, dot + 1);
}

/* Every {name} of a text must mean something. */
static const char *check_text(struct compiler *compiler, const struct schedule_policy *schedule,
                              const char *text)
{
    const char *wrong = NULL;

    while (text && !wrong && (text = strchr(text, '{'))) {
        size_t length = strcspn(++text, "}");

        if (!text[length])
            return value_wrong(compiler, "'{' without '}'");
        wrong = check_name(compiler, schedule, arena_bytes(&compiler->policy->arena, text, length));
    }
    return wrong;
}

static const char *check_fact(void *context, const char *name)
{
    struct schedule_check *check = context;

    return check_name(check->compiler, check->schedule, name);
}

static const char *check_texts(struct compiler *compiler, const struct schedule_policy *schedule)
{
    struct schedule_check check = {compiler, schedule};
    const char *wrong = NULL;

    for (enum language language = 0; !wrong && language < LANGUAGE_COUNT; language++) {
        wrong = check_text(compiler, schedule, schedule->subject[language]);
        if (!wrong)
            wrong = check_text(compiler, schedule, schedule->details[language]);
    }
    for (uint8_t i = 0; !wrong && i < schedule->filling_count; i++)
        wrong = check_text(compiler, schedule, schedule->fillings[i].text);
    if (!wrong && schedule->template_name)
        wrong =
            notice_templates_facts(compiler->policy->templates, schedule->template_name, check_fact, &check);
    return wrong;
}

static bool fills(const struct schedule_policy *schedule, const char *field)
{
    for (uint8_t i = 0; i < schedule->filling_count; i++)
        if (strcmp(schedule->fillings[i].field, field) == 0)
            return true;
    return false;
}

/* It fills in fields of its class, and all that intake needs. */
static const char *check_fillings(struct compiler *compiler, const struct schedule_policy *schedule)
{
    const struct policy *policy = compiler->policy;
    const char *class_name = policy->classes.terms[schedule->class_index].name;
    bool is_free = !policy_declares_fields(policy, schedule->class_index);

    for (uint8_t i = 0; i < schedule->filling_count; i++) {
        uint8_t field = policy_find_field(policy, schedule->fillings[i].field);

        if (!is_free && (field == POLICY_NONE || !policy_has_field(policy, schedule->class_index, field)))
            return value_wrong(compiler, "class %s has no field '%s'", class_name,
                               schedule->fillings[i].field);
    }
    for (size_t i = 0; i < policy->field_count; i++) {
        const struct field_policy *field = &policy->fields[i];

        if (field->is_needed && !field->preset &&
            policy_has_field(policy, schedule->class_index, (uint8_t)i) &&
            !fills(schedule, field->value.name))
            return value_wrong(compiler, "class %s needs the field '%s': say what it is (fields = %s …)",
                               class_name, field->value.name, field->value.name);
    }
    return NULL;
}

static const char *check_opens(struct compiler *compiler, struct schedule_policy *schedule)
{
    const struct policy *policy = compiler->policy;

    if (!schedule->opens && schedule->filling_count)
        return value_wrong(compiler, "fields are a ticket's: 'opens' is missing");
    if (!schedule->opens)
        return schedule->subject[0] ? value_wrong(compiler, "a subject is a ticket's: 'opens' is missing")
                                    : NULL;
    if (schedule->class_index == POLICY_NONE || schedule->urgency == POLICY_NONE)
        return value_wrong(compiler, "what it opens needs a class and an urgency");
    if (schedule->types & ~policy->class_policies[schedule->class_index].types)
        return value_wrong(compiler, "the type is none of class %s",
                           policy->classes.terms[schedule->class_index].name);
    const struct route_question question = {
        .types = schedule->types, .class_index = schedule->class_index, .urgency = schedule->urgency};

    if (schedule->department == POLICY_NONE && !route_of(policy, &question))
        return value_wrong(compiler, "what it opens has no department: no route leads there from its type");
    if (!schedule->subject[0])
        return value_wrong(compiler, "what it opens needs a subject");
    if (schedule->channel == POLICY_NONE)
        schedule->channel = 0;
    return check_fillings(compiler, schedule);
}

static const char *check_schedule(struct compiler *compiler, struct schedule_policy *schedule)
{
    const struct policy *policy = compiler->policy;
    const struct register_policy *of = schedule_register(compiler, schedule);

    if (!schedule->calendar)
        schedule->calendar = policy->calendar;
    if (!schedule->at.text)
        return value_wrong(compiler, "when? 'at' is missing");
    if (!schedule->opens && !schedule->template_name)
        return value_wrong(compiler, "it does nothing: 'opens' or 'sends' is missing");
    const char *wrong = check_opens(compiler, schedule);

    if (!wrong)
        wrong = check_texts(compiler, schedule);
    schedule->rule =
        arena_printf(&compiler->policy->arena, "%s|%s|%s|%s|%s", of ? of->name : "", schedule->at.text,
                     schedule->rule ? schedule->rule : "", calendar_name(schedule->calendar),
                     schedule->until != POLICY_NONE ? of->fields[schedule->until].name : "");
    return wrong;
}

const char *section_check_schedules(struct compiler *compiler, int *ret_line)
{
    struct policy *policy = compiler->policy;
    const char *wrong = NULL;

    for (size_t i = 0; !wrong && i < policy->schedule_count; i++) {
        *ret_line = policy->schedules[i].line;
        wrong = check_schedule(compiler, &policy->schedules[i]);
        if (wrong)
            wrong = value_wrong(compiler, "[schedule %s]: %s", policy->schedules[i].name, wrong);
    }
    return wrong;
}
