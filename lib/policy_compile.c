/*
 * The regime compiler: a regime file becomes a policy, or a message with file and line.
 *
 * The file is read once through inih (lib/ini.h, which refuses what inih would silently bend) into a list of
 * entries; then a table of rows (section, key, pass, reader) is run over the list, pass by pass: words first,
 * then ladders, then everything that names them. That order inside the compiler is what lets a regime's
 * author write sections in any order. After the passes come the checks that need the whole: a clock without a
 * stop, a limit without a budget for some urgency, a class that can't be solved.
 */
#include "lib/policy_compile.h"

#include "lib/base/memory.h"
#include "lib/ini.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum pass { PASS_WORDS, PASS_LADDERS, PASS_REST, PASS_COUNT };

#define MAXIMUM_CLOCKS 32

static struct clock_policy *clock_of(struct compiler *compiler, const struct entry *entry)
{
    return &compiler->policy->clocks[policy_find_clock(compiler->policy, entry->subject)];
}

/* ---- words ---- */

static const char *add_term(struct compiler *compiler, struct vocabulary *words, const struct entry *entry)
{
    if (words->count >= POLICY_TERMS_MAX)
        return value_wrong(compiler, "at most %d words in [%s]", POLICY_TERMS_MAX, entry->section);
    if (strpbrk(entry->key, " ,:"))
        return value_wrong(compiler, "'%s': a name is one word without commas and colons", entry->key);
    words->terms = memory_reserve(words->terms, &words->capacity, words->count + 1, sizeof(*words->terms));
    struct term *term = &words->terms[words->count];

    term->name = entry->key;
    const char *wrong = value_title(compiler, entry->value[0] ? entry->value : entry->key, term->title);

    words->count += !wrong;
    return wrong;
}

#define WORDS_READER(name, member)                                                                           \
    static const char *name(struct compiler *compiler, const struct entry *entry)                            \
    {                                                                                                        \
        return add_term(compiler, &compiler->policy->member, entry);                                         \
    }

WORDS_READER(read_class_word, classes)
WORDS_READER(read_type_word, types)
WORDS_READER(read_urgency_word, urgencies)
WORDS_READER(read_channel_word, channels)
WORDS_READER(read_kind_word, kinds)
WORDS_READER(read_role_word, roles)
WORDS_READER(read_department_word, departments)
WORDS_READER(read_stage_word, stages)

/* ---- [regime] ---- */

static const char *read_name(struct compiler *compiler, const struct entry *entry)
{
    compiler->policy->name = entry->value;
    return entry->value[0] ? NULL : value_wrong(compiler, "a regime needs a name");
}

static const char *read_title(struct compiler *compiler, const struct entry *entry)
{
    return value_title(compiler, entry->value, compiler->policy->title);
}

static const char *read_language(struct compiler *compiler, const struct entry *entry)
{
    if (language_find(entry->value, &compiler->policy->language))
        return NULL;
    return value_wrong(compiler, "unknown language '%s' (known: zh, en)", entry->value);
}

static const char *read_zone(struct compiler *compiler, const struct entry *entry)
{
    compiler->policy->zone = compiler->sources->find_zone(compiler->sources->context, entry->value);
    return compiler->policy->zone ? NULL : value_wrong(compiler, "unknown time zone '%s'", entry->value);
}

static const char *find_calendar(struct compiler *compiler, const char *name,
                                 const struct calendar **ret_calendar)
{
    *ret_calendar = compiler->sources->find_calendar(compiler->sources->context, name);
    return *ret_calendar ? NULL : value_wrong(compiler, "there is no calendar '%s'", name);
}

static const char *read_calendar(struct compiler *compiler, const struct entry *entry)
{
    return find_calendar(compiler, entry->value, &compiler->policy->calendar);
}

static const char *read_late_entry(struct compiler *compiler, const struct entry *entry)
{
    struct span span;
    const char *wrong = value_span(compiler, entry->value, &span);

    if (wrong)
        return wrong;
    if (span.unit != SPAN_REAL && span.unit != SPAN_DAYS)
        return value_wrong(compiler, "late entry is counted in hours or days (such as 48h, 30d)");
    compiler->policy->late_entry_ms = span.unit == SPAN_REAL ? span.amount : span.amount * MSEC_DAY;
    return NULL;
}

static const char *add_number(struct compiler *compiler, const char *name, const char *text,
                              uint8_t *ret_index)
{
    struct policy *policy = compiler->policy;
    const char *open = strstr(text, "{seq");
    int width = 0, used = 0;

    if (!open || strstr(open + 1, "{seq"))
        return value_wrong(compiler, "a number contains {seq} or {seq:06} exactly once");
    if (sscanf(open, "{seq:%2d}%n", &width, &used) != 1 || !used) {
        if (strncmp(open, "{seq}", 5) != 0)
            return value_wrong(compiler, "write {seq} or {seq:06}, not '%s'", open);
        used = 5;
    }
    struct number_format *format = &policy->numbers[policy->number_count];

    format->name = arena_printf(&policy->arena, "number.%s", name);
    format->prefix = arena_bytes(&policy->arena, text, (size_t)(open - text));
    format->suffix = arena_text(&policy->arena, open + used);
    format->width = width;
    if (strpbrk(format->prefix, "{}") || strpbrk(format->suffix, "{}"))
        return value_wrong(compiler, "a number knows only {seq}");
    if (!format->prefix[0])
        return value_wrong(compiler,
                           "a number begins with letters, so that it is not mistaken for a ticket's id");
    *ret_index = (uint8_t)policy->number_count++;
    return NULL;
}

static const char *read_number(struct compiler *compiler, const struct entry *entry)
{
    uint8_t index;

    return add_number(compiler, "default", entry->value, &index);
}

/* ---- [role X], [stage on], [contact] ---- */

static const char *read_scope(struct compiler *compiler, const struct entry *entry)
{
    static const char *const scopes[] = {"desk", "department", "ticket"};
    uint8_t role;
    const char *wrong = value_term(compiler, &compiler->policy->roles, "role", entry->subject, &role);

    if (wrong)
        return wrong;
    for (size_t i = 0; i < 3; i++)
        if (strcmp(scopes[i], entry->value) == 0) {
            compiler->policy->role_scope[role] = (enum role_scope)i;
            return NULL;
        }
    return value_wrong(compiler, "a role is 'of' desk, department or ticket, not '%s'", entry->value);
}

static const char *read_stage_on(struct compiler *compiler, const struct entry *entry)
{
    static const char *const actions[STAGE_ON_COUNT] = {"create", "assign", "plan",
                                                        "solve",  "close",  "reopen"};

    for (size_t i = 0; i < STAGE_ON_COUNT; i++)
        if (strcmp(actions[i], entry->key) == 0)
            return value_term(compiler, &compiler->policy->stages, "stage", entry->value,
                              &compiler->policy->stage_on[i]);
    return value_wrong(compiler, "unknown action '%s' (known: create, assign, plan, solve, close, reopen)",
                       entry->key);
}

static const char *read_contact_channels(struct compiler *compiler, const struct entry *entry)
{
    return value_terms(compiler, &compiler->policy->channels, "channel", entry->value,
                       &compiler->policy->contact.channels);
}

static const char *read_contact_direction(struct compiler *compiler, const struct entry *entry)
{
    compiler->policy->contact.out_only = strcmp(entry->value, "out") == 0;
    if (compiler->policy->contact.out_only || strcmp(entry->value, "any") == 0)
        return NULL;
    return value_wrong(compiler, "direction is out or any, not '%s'", entry->value);
}

static const char *read_contact_reached(struct compiler *compiler, const struct entry *entry)
{
    return value_boolean(compiler, entry->value, &compiler->policy->contact.reached_only);
}

static const char *read_contact_automatic(struct compiler *compiler, const struct entry *entry)
{
    return value_boolean(compiler, entry->value, &compiler->policy->contact.automatic_counts);
}

static const char *read_contact_spacing(struct compiler *compiler, const struct entry *entry)
{
    struct span span;
    const char *wrong = value_span(compiler, entry->value, &span);

    if (!wrong && span.unit != SPAN_REAL)
        return value_wrong(compiler, "spacing is real time (such as 10m)");
    if (!wrong)
        compiler->policy->contact.spacing_ms = span.amount;
    return wrong;
}

/* ---- [class X], [route TYPES] ---- */

static const char *class_of(struct compiler *compiler, const struct entry *entry,
                            struct class_policy **ret_class)
{
    uint8_t index;
    const char *wrong = value_term(compiler, &compiler->policy->classes, "class", entry->subject, &index);

    if (!wrong)
        *ret_class = &compiler->policy->class_policies[index];
    return wrong;
}

static const char *read_class_types(struct compiler *compiler, const struct entry *entry)
{
    struct class_policy *class_policy;
    const char *wrong = class_of(compiler, entry, &class_policy);

    return wrong
               ? wrong
               : value_terms(compiler, &compiler->policy->types, "type", entry->value, &class_policy->types);
}

static const char *read_class_owner(struct compiler *compiler, const struct entry *entry)
{
    struct class_policy *class_policy;
    const char *wrong = class_of(compiler, entry, &class_policy);

    return wrong ? wrong
                 : value_term(compiler, &compiler->policy->roles, "role", entry->value, &class_policy->owner);
}

static const char *read_class_number(struct compiler *compiler, const struct entry *entry)
{
    struct class_policy *class_policy;
    const char *wrong = class_of(compiler, entry, &class_policy);

    return wrong ? wrong : add_number(compiler, entry->subject, entry->value, &class_policy->number);
}

static const char *add_fact(struct compiler *compiler, const char *text, uint8_t *ret_fact)
{
    struct policy *policy = compiler->policy;

    *ret_fact = policy_find_fact(policy, text);
    if (*ret_fact != POLICY_NONE)
        return NULL;
    if (policy->fact_count >= POLICY_TERMS_MAX)
        return value_wrong(compiler, "at most %d different gate conditions", POLICY_TERMS_MAX);
    const char *wrong = value_condition(compiler, text, &policy->facts[policy->fact_count]);

    if (!wrong)
        *ret_fact = (uint8_t)policy->fact_count++;
    return wrong;
}

static const char *read_requirement(struct compiler *compiler, const char *text,
                                    struct requirement *requirement)
{
    const char *cursor = text + 6;

    requirement->text = arena_text(&compiler->policy->arena, text);
    if (strncmp(text, "clock:", 6) != 0)
        return add_fact(compiler, requirement->text, &requirement->fact);
    requirement->kind = REQUIRE_CLOCK_MET;
    const char *name = value_word(compiler, &cursor);
    const char *state = value_word(compiler, &cursor);

    requirement->clock = name ? policy_find_clock(compiler->policy, name) : POLICY_NONE;
    if (requirement->clock == POLICY_NONE)
        return value_wrong(compiler, "there is no clock '%s'", name ? name : "");
    if (!state || strcmp(state, "met") != 0 || value_word(compiler, &cursor))
        return value_wrong(compiler, "a clock's condition is written clock:NAME met");
    return NULL;
}

static const char *read_gate(struct compiler *compiler, const struct entry *entry)
{
    static const char *const gates[GATE_COUNT] = {"gate contact counts", "gate solve", "gate close"};
    struct class_policy *class_policy;
    const char *wrong = class_of(compiler, entry, &class_policy);
    size_t gate = 0;

    if (wrong)
        return wrong;
    while (gate < GATE_COUNT && strcmp(gates[gate], entry->key) != 0)
        gate++;
    if (gate == GATE_COUNT)
        return value_wrong(compiler, "unknown '%s' (known: gate contact counts, gate solve, gate close)",
                           entry->key);
    char *list = arena_text(&compiler->policy->arena, entry->value);

    for (char *save, *item = strtok_r(list, ",", &save); item && !wrong; item = strtok_r(NULL, ",", &save)) {
        item += strspn(item, " \t");
        for (size_t end = strlen(item); end && item[end - 1] == ' '; end--)
            item[end - 1] = '\0';
        if (class_policy->gate_count[gate] >= REQUIREMENTS_MAX)
            return value_wrong(compiler, "at most %d conditions in a gate", REQUIREMENTS_MAX);
        wrong =
            read_requirement(compiler, item, &class_policy->gates[gate][class_policy->gate_count[gate]++]);
    }
    return wrong;
}

static const char *read_route(struct compiler *compiler, const struct entry *entry)
{
    uint32_t types;
    uint8_t department;
    const char *wrong = value_terms(compiler, &compiler->policy->types, "type", entry->subject, &types);

    if (!wrong)
        wrong = value_term(compiler, &compiler->policy->departments, "department", entry->value, &department);
    for (uint8_t type = 0; !wrong && type < compiler->policy->types.count; type++)
        if (types >> type & 1) {
            if (compiler->policy->route[type] != POLICY_NONE)
                return value_wrong(compiler, "type '%s' has a route already",
                                   compiler->policy->types.terms[type].name);
            compiler->policy->route[type] = department;
        }
    return wrong;
}

/* ---- [ladder X], [report X] ---- */

static struct ladder_policy *ladder_of(struct compiler *compiler, const char *name)
{
    for (size_t i = 0; i < compiler->policy->ladder_count; i++)
        if (strcmp(compiler->policy->ladders[i].name, name) == 0)
            return &compiler->policy->ladders[i];
    return NULL;
}

static struct rung_set *rung_set_of(struct ladder_policy *ladder, const struct applies *when)
{
    for (size_t i = 0; i < ladder->count; i++)
        if (ladder->sets[i].when.classes == when->classes &&
            ladder->sets[i].when.urgencies == when->urgencies)
            return &ladder->sets[i];
    ladder->sets = memory_reserve(ladder->sets, &ladder->capacity, ladder->count + 1, sizeof(*ladder->sets));
    ladder->sets[ladder->count] = (struct rung_set){.when = *when};
    return &ladder->sets[ladder->count++];
}

static const char *read_rung(struct compiler *compiler, const struct entry *entry)
{
    struct applies when = {0};
    const char *wrong = value_applies(compiler, entry->key + strlen("rung"), &when);
    struct rung_set *set = rung_set_of(ladder_of(compiler, entry->subject), &when);

    if (wrong)
        return wrong;
    set->rungs = memory_reserve(set->rungs, &set->capacity, set->count + 1, sizeof(*set->rungs));
    struct rung *rung = &set->rungs[set->count];

    wrong = value_rung(compiler, entry->value, rung);
    if (!wrong && set->count && rung->percent >= 0 && set->rungs[set->count - 1].percent > rung->percent)
        wrong = value_wrong(compiler, "rungs are written in the order they are climbed");
    if (!wrong && set->count >= 30)
        wrong = value_wrong(compiler, "a ladder has at most 30 rungs");
    set->count += !wrong;
    return wrong;
}

static const char *read_all_clear(struct compiler *compiler, const struct entry *entry)
{
    return value_boolean(compiler, entry->value, &ladder_of(compiler, entry->subject)->all_clear);
}

static struct report_policy *report_of(struct compiler *compiler, const char *name)
{
    for (size_t i = 0; i < compiler->policy->report_count; i++)
        if (strcmp(compiler->policy->reports[i].name, name) == 0)
            return &compiler->policy->reports[i];
    return NULL;
}

static const char *template_name(struct compiler *compiler, const char *name, const char **ret_name)
{
    static const enum language languages[] = {LANGUAGE_ZH, LANGUAGE_EN};
    bool found = false;

    for (size_t i = 0; i < 2; i++) {
        const char *text =
            compiler->sources->find_template(compiler->sources->context, language_name(languages[i]), name);
        const char *wrong =
            text ? notice_templates_add(compiler->policy->templates, name, languages[i], text) : NULL;

        if (wrong)
            return value_wrong(compiler, "template %s/%s: %s", language_name(languages[i]), name, wrong);
        found |= text != NULL;
    }
    *ret_name = name;
    return found ? NULL
                 : value_wrong(compiler, "there is no template '%s' (looked for zh/%s.txt and en/%s.txt)",
                               name, name, name);
}

static const char *read_report_template(struct compiler *compiler, const struct entry *entry)
{
    return template_name(compiler, entry->value, &report_of(compiler, entry->subject)->template_name);
}

static const char *read_report_when(struct compiler *compiler, const struct entry *entry)
{
    uint8_t urgency;
    const char *word = entry->key + strlen("when");

    word += strspn(word, " ");
    const char *wrong = value_term(compiler, &compiler->policy->urgencies, "urgency", word, &urgency);

    return wrong ? wrong
                 : value_audience(compiler, entry->value, &report_of(compiler, entry->subject)->to[urgency]);
}

/* ---- [clock X] ---- */

static const char *read_clock_title(struct compiler *compiler, const struct entry *entry)
{
    return value_title(compiler, entry->value, clock_of(compiler, entry)->title);
}

/* `urgency very_urgent`, `class complaint`, or both with a comma between them. */
static const char *read_clock_when(struct compiler *compiler, const struct entry *entry)
{
    struct applies *when = &clock_of(compiler, entry)->when;
    char *list = arena_text(&compiler->policy->arena, entry->value);
    const char *wrong = NULL;

    for (char *save, *part = strtok_r(list, ",", &save); part && !wrong; part = strtok_r(NULL, ",", &save)) {
        const char *cursor = part;
        const char *word = value_word(compiler, &cursor);

        if (word && strcmp(word, "urgency") == 0)
            wrong = value_terms(compiler, &compiler->policy->urgencies, "urgency", cursor, &when->urgencies);
        else if (word && strcmp(word, "class") == 0)
            wrong = value_terms(compiler, &compiler->policy->classes, "class", cursor, &when->classes);
        else
            wrong = value_wrong(compiler, "'when' knows urgency and class, not '%s'", word ? word : "");
    }
    return wrong;
}

static const char *read_clock_start(struct compiler *compiler, const struct entry *entry)
{
    clock_of(compiler, entry)->has_start = true;
    return value_condition(compiler, entry->value, &clock_of(compiler, entry)->start);
}

static const char *read_clock_stop(struct compiler *compiler, const struct entry *entry)
{
    return value_condition(compiler, entry->value, &clock_of(compiler, entry)->stop);
}

static const char *read_clock_cancel(struct compiler *compiler, const struct entry *entry)
{
    clock_of(compiler, entry)->has_cancel = true;
    return value_condition(compiler, entry->value, &clock_of(compiler, entry)->cancel);
}

static const char *set_everywhere(struct compiler *compiler, const char *text, struct clock_policy *clock)
{
    struct span span;
    const char *wrong = value_span(compiler, text, &span);

    for (size_t i = 0; !wrong && i < POLICY_TERMS_MAX; i++)
        clock->within[i] = span;
    return wrong;
}

/* `3wd` for every urgency, or `general 24h, urgent 8h`. */
static const char *read_clock_within(struct compiler *compiler, const struct entry *entry)
{
    struct clock_policy *clock = clock_of(compiler, entry);
    char *list = arena_text(&compiler->policy->arena, entry->value);
    const char *wrong = NULL;
    uint8_t urgency;

    if (!strchr(list, ' '))
        return set_everywhere(compiler, list, clock);
    for (char *save, *part = strtok_r(list, ",", &save); part && !wrong; part = strtok_r(NULL, ",", &save)) {
        const char *cursor = part;
        const char *word = value_word(compiler, &cursor);
        const char *span = value_word(compiler, &cursor);

        if (!word || !span || value_word(compiler, &cursor))
            return value_wrong(compiler, "a budget is written 24h, or general 24h, urgent 8h");
        wrong = value_term(compiler, &compiler->policy->urgencies, "urgency", word, &urgency);
        if (!wrong)
            wrong = value_span(compiler, span, &clock->within[urgency]);
    }
    return wrong;
}

static const char *read_clock_silence(struct compiler *compiler, const struct entry *entry)
{
    clock_of(compiler, entry)->kind = CLOCK_SILENCE;
    return read_clock_within(compiler, entry);
}

static const char *read_clock_promise(struct compiler *compiler, const struct entry *entry)
{
    struct clock_policy *clock = clock_of(compiler, entry);

    clock->kind = CLOCK_PROMISE;
    clock->has_start = true;
    clock->start = (struct condition){.what = HAPPENING_PLAN, .kind = POLICY_NONE, .text = "plan"};
    return strcmp(entry->value, "plan.expected_at") == 0
               ? NULL
               : value_wrong(compiler, "a promise is plan.expected_at");
}

static const char *read_clock_quota(struct compiler *compiler, const struct entry *entry)
{
    struct clock_policy *clock = clock_of(compiler, entry);
    unsigned least = 0, most = 0;
    int used = 0;

    clock->kind = CLOCK_QUOTA;
    if (sscanf(entry->value, "%3u..%3u contacts per day%n", &least, &most, &used) != 2 || !used ||
        entry->value[used])
        return value_wrong(compiler, "a quota is written 1..2 contacts per day");
    if (!least || most < least || most > 24)
        return value_wrong(compiler,
                           "a quota asks for at least 1 and at most 24 contacts, the smaller number first");
    clock->minimum = (uint8_t)least;
    clock->target = (uint8_t)most;
    return NULL;
}

static const char *read_clock_calendar(struct compiler *compiler, const struct entry *entry)
{
    return find_calendar(compiler, entry->value, &clock_of(compiler, entry)->calendar);
}

static const char *read_clock_hours(struct compiler *compiler, const struct entry *entry)
{
    clock_of(compiler, entry)->customer_hours = true;
    return strcmp(entry->value, "customer.staffed") == 0
               ? NULL
               : value_wrong(compiler, "hours are customer.staffed (for a calendar write calendar = NAME)");
}

static const char *read_clock_remind(struct compiler *compiler, const struct entry *entry)
{
    struct clock_policy *clock = clock_of(compiler, entry);
    struct reminder_set set = {0};
    const char *wrong = value_applies(compiler, entry->key + strlen("remind"), &set.when);
    const char *cursor = entry->value;
    int32_t percent, previous = -1;

    for (char *word; !wrong && (word = value_word(compiler, &cursor)); previous = percent) {
        wrong = value_percent(compiler, word, &percent);
        if (!wrong && (percent >= 100 || percent <= previous || set.count >= REMINDERS_MAX))
            wrong = value_wrong(compiler, "reminders rise and stay below 100%%, at most %d of them",
                                REMINDERS_MAX);
        if (!wrong)
            set.percent[set.count++] = (uint8_t)percent;
    }
    if (!wrong && clock->reminder_sets >= REMINDER_SETS_MAX)
        wrong = value_wrong(compiler, "at most %d lists of reminders", REMINDER_SETS_MAX);
    if (!wrong)
        clock->reminders[clock->reminder_sets++] = set;
    return wrong;
}

static const char *read_clock_remind_to(struct compiler *compiler, const struct entry *entry)
{
    return value_audience(compiler, entry->value, &clock_of(compiler, entry)->remind_to);
}

static const char *read_clock_breach(struct compiler *compiler, const struct entry *entry)
{
    const char *cursor = entry->value;
    const char *word = value_word(compiler, &cursor);
    const char *name = value_word(compiler, &cursor);
    struct ladder_policy *ladder = name ? ladder_of(compiler, name) : NULL;

    if (!word || strcmp(word, "ladder") != 0 || !name || value_word(compiler, &cursor))
        return value_wrong(compiler, "on breach: ladder NAME");
    if (!ladder)
        return value_wrong(compiler, "there is no [ladder %s]", name);
    clock_of(compiler, entry)->ladder = (uint8_t)(ladder - compiler->policy->ladders);
    return NULL;
}

static const char *read_breach_template(struct compiler *compiler, const struct entry *entry)
{
    return template_name(compiler, entry->value, &clock_of(compiler, entry)->breach_template);
}

static const char *read_remind_template(struct compiler *compiler, const struct entry *entry)
{
    return template_name(compiler, entry->value, &clock_of(compiler, entry)->remind_template);
}

static const char *read_clock_restart(struct compiler *compiler, const struct entry *entry)
{
    const char *cursor = entry->value;
    const char *wrong = NULL;
    enum happening what;

    for (char *word; !wrong && (word = value_word(compiler, &cursor));) {
        wrong = value_happening(compiler, word, &what);
        if (!wrong)
            clock_of(compiler, entry)->restart |= UINT32_C(1) << what;
    }
    return wrong;
}

/* ---- the table ---- */

struct row {
    const char *section;
    bool has_subject;
    const char *key; /* NULL: any key; "rung*": that word, perhaps with qualifiers */
    enum pass pass;
    value_reader *read;
};

static const struct row rows[] = {
    {"classes", false, NULL, PASS_WORDS, read_class_word},
    {"types", false, NULL, PASS_WORDS, read_type_word},
    {"urgencies", false, NULL, PASS_WORDS, read_urgency_word},
    {"channels", false, NULL, PASS_WORDS, read_channel_word},
    {"kinds", false, NULL, PASS_WORDS, read_kind_word},
    {"roles", false, NULL, PASS_WORDS, read_role_word},
    {"departments", false, NULL, PASS_WORDS, read_department_word},
    {"stages", false, NULL, PASS_WORDS, read_stage_word},
    {"regime", false, "name", PASS_REST, read_name},
    {"regime", false, "title", PASS_REST, read_title},
    {"regime", false, "language", PASS_REST, read_language},
    {"regime", false, "zone", PASS_REST, read_zone},
    {"regime", false, "calendar", PASS_REST, read_calendar},
    {"regime", false, "late entry", PASS_REST, read_late_entry},
    {"regime", false, "number", PASS_WORDS, read_number},
    {"role", true, "of", PASS_REST, read_scope},
    {"stage on", false, NULL, PASS_REST, read_stage_on},
    {"contact", false, "channels", PASS_REST, read_contact_channels},
    {"contact", false, "direction", PASS_REST, read_contact_direction},
    {"contact", false, "reached", PASS_REST, read_contact_reached},
    {"contact", false, "automatic", PASS_REST, read_contact_automatic},
    {"contact", false, "spacing", PASS_REST, read_contact_spacing},
    {"class", true, "types", PASS_REST, read_class_types},
    {"class", true, "owner", PASS_REST, read_class_owner},
    {"class", true, "number", PASS_REST, read_class_number},
    {"class", true, "gate*", PASS_REST, read_gate},
    {"route", true, "department", PASS_REST, read_route},
    {"ladder", true, "rung*", PASS_LADDERS, read_rung},
    {"ladder", true, "all clear", PASS_LADDERS, read_all_clear},
    {"report", true, "template", PASS_REST, read_report_template},
    {"report", true, "when*", PASS_REST, read_report_when},
    {"clock", true, "title", PASS_REST, read_clock_title},
    {"clock", true, "when", PASS_REST, read_clock_when},
    {"clock", true, "start", PASS_REST, read_clock_start},
    {"clock", true, "stop", PASS_REST, read_clock_stop},
    {"clock", true, "cancel", PASS_REST, read_clock_cancel},
    {"clock", true, "within", PASS_REST, read_clock_within},
    {"clock", true, "quota", PASS_REST, read_clock_quota},
    {"clock", true, "silence", PASS_REST, read_clock_silence},
    {"clock", true, "promise", PASS_REST, read_clock_promise},
    {"clock", true, "calendar", PASS_REST, read_clock_calendar},
    {"clock", true, "hours", PASS_REST, read_clock_hours},
    {"clock", true, "remind to", PASS_REST, read_clock_remind_to},
    {"clock", true, "remind template", PASS_REST, read_remind_template},
    {"clock", true, "remind*", PASS_REST, read_clock_remind},
    {"clock", true, "breach", PASS_REST, read_clock_breach},
    {"clock", true, "breach template", PASS_REST, read_breach_template},
    {"clock", true, "restart", PASS_REST, read_clock_restart},
};

#define ROW_COUNT (sizeof(rows) / sizeof(rows[0]))

static bool key_matches(const char *pattern, const char *key)
{
    size_t length = pattern ? strlen(pattern) : 0;

    if (!pattern)
        return true;
    if (pattern[length - 1] != '*')
        return strcmp(pattern, key) == 0;
    return strncmp(pattern, key, length - 1) == 0 && (!key[length - 1] || key[length - 1] == ' ');
}

static const struct row *find_row(const struct entry *entry)
{
    for (size_t i = 0; i < ROW_COUNT; i++)
        if (strcmp(rows[i].section, entry->section) == 0 && key_matches(rows[i].key, entry->key))
            return &rows[i];
    return NULL;
}

static const char *unknown_key(struct compiler *compiler, const struct entry *entry)
{
    struct text known = {0};

    for (size_t i = 0; i < ROW_COUNT; i++)
        if (strcmp(rows[i].section, entry->section) == 0 && rows[i].key)
            text_printf(&known, "%s%.*s", known.length ? ", " : "", (int)strcspn(rows[i].key, "*"),
                        rows[i].key);
    const char *wrong = value_wrong(compiler, "unknown key '%s' in [%s] (known: %s)", entry->key,
                                    entry->section, text_get(&known));

    text_finish(&known);
    return wrong;
}

/* Splits `[clock first_contact]`; `[stage on]` is a header of its own. */
static const char *split_header(struct compiler *compiler, const char *header, struct entry *ret_entry)
{
    struct arena *arena = &compiler->policy->arena;

    for (size_t i = 0; i < ROW_COUNT; i++) {
        size_t length = strlen(rows[i].section);

        if (strncmp(header, rows[i].section, length) != 0)
            continue;
        if (rows[i].has_subject ? header[length] == ' ' : header[length] == '\0') {
            ret_entry->section = rows[i].section;
            ret_entry->subject = arena_text(arena, rows[i].has_subject ? header + length + 1 : "");
            return NULL;
        }
    }
    return value_wrong(compiler, "unknown section [%s]", header);
}

static const char *open_section(struct compiler *compiler, const struct entry *entry)
{
    struct policy *policy = compiler->policy;

    if (strcmp(entry->section, "clock") == 0) {
        if (policy->clock_count >= MAXIMUM_CLOCKS)
            return value_wrong(compiler, "at most %d clocks", MAXIMUM_CLOCKS);
        policy->clocks = memory_reserve(policy->clocks, &policy->clock_capacity, policy->clock_count + 1,
                                        sizeof(*policy->clocks));
        policy->clocks[policy->clock_count++] = (struct clock_policy){
            .name = entry->subject,
            .title = {entry->subject, entry->subject},
            .ladder = POLICY_NONE,
            .stop = {.what = HAPPENING_COUNT},
            .line = entry->line,
        };
    } else if (strcmp(entry->section, "ladder") == 0) {
        policy->ladders = memory_reserve(policy->ladders, &policy->ladder_capacity, policy->ladder_count + 1,
                                         sizeof(*policy->ladders));
        policy->ladders[policy->ladder_count++] =
            (struct ladder_policy){.name = entry->subject, .line = entry->line};
    } else if (strcmp(entry->section, "report") == 0) {
        policy->reports = memory_reserve(policy->reports, &policy->report_capacity, policy->report_count + 1,
                                         sizeof(*policy->reports));
        policy->reports[policy->report_count++] =
            (struct report_policy){.name = entry->subject, .line = entry->line};
    }
    return NULL;
}

static const char *collect(void *context, const char *section, const char *key, const char *value, int line)
{
    struct compiler *compiler = context;
    struct arena *arena = &compiler->policy->arena;
    struct entry entry = {.line = line};
    const char *wrong = split_header(compiler, section, &entry);

    if (wrong)
        return wrong;
    if (!key)
        return open_section(compiler, &entry);
    entry.key = arena_text(arena, key);
    entry.value = arena_text(arena, value);
    if (!find_row(&entry))
        return unknown_key(compiler, &entry);
    compiler->entries = memory_reserve(compiler->entries, &compiler->capacity, compiler->count + 1,
                                       sizeof(*compiler->entries));
    compiler->entries[compiler->count++] = entry;
    return NULL;
}

/* ---- what only the whole file shows ---- */

static const char *check_clock(struct compiler *compiler, struct clock_policy *clock)
{
    if (clock->stop.what == HAPPENING_COUNT)
        return value_wrong(compiler, "[clock %s] needs a stop", clock->name);
    if (!clock->has_start)
        return value_wrong(compiler, "[clock %s] needs a start", clock->name);
    if (clock->customer_hours && clock->kind != CLOCK_SILENCE && clock->kind != CLOCK_LIMIT)
        return value_wrong(compiler, "[clock %s]: only limits and silences count the customer's hours",
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
    const char *wrong = NULL;

    if (clock->reminder_sets && !clock->remind_template)
        wrong = template_name(compiler, "reminder", &clock->remind_template);
    if (!wrong && clock->ladder != POLICY_NONE && !clock->breach_template)
        wrong = template_name(compiler, "contact_breach", &clock->breach_template);
    return wrong;
}

static const char *check_ladder(struct compiler *compiler, const struct ladder_policy *ladder)
{
    for (size_t i = 0; i < ladder->count; i++)
        if (!ladder->sets[i].when.classes && !ladder->sets[i].when.urgencies)
            return NULL;
    return value_wrong(compiler, "[ladder %s] needs rungs for the tickets that no qualified rung names",
                       ladder->name);
}

static const char *check_words(struct compiler *compiler)
{
    const struct policy *policy = compiler->policy;

    if (!policy->name || !policy->zone || !policy->calendar)
        return value_wrong(compiler, "[regime] needs name, zone and calendar");
    if (!policy->classes.count || !policy->urgencies.count || !policy->channels.count ||
        !policy->roles.count || !policy->departments.count || !policy->stages.count || !policy->kinds.count)
        return value_wrong(compiler,
                           "[classes], [urgencies], [channels], [kinds], [roles], [departments] and [stages] "
                           "must each have a word");
    if (!policy->number_count)
        return value_wrong(compiler, "[regime] needs a number (such as T-{seq:06})");
    if (policy->stage_on[STAGE_ON_CREATE] == POLICY_NONE)
        return value_wrong(compiler, "[stage on] needs create");
    return NULL;
}

static const char *check_whole(struct compiler *compiler, int *ret_line)
{
    struct policy *policy = compiler->policy;
    const char *wrong = check_words(compiler), *unused;

    for (size_t i = 0; !wrong && i < policy->ladder_count; i++) {
        *ret_line = policy->ladders[i].line;
        wrong = check_ladder(compiler, &policy->ladders[i]);
    }
    for (size_t i = 0; !wrong && i < policy->clock_count; i++) {
        *ret_line = policy->clocks[i].line;
        wrong = check_clock(compiler, &policy->clocks[i]);
    }
    for (size_t i = 0; !wrong && i < policy->report_count; i++) {
        *ret_line = policy->reports[i].line;
        if (!policy->reports[i].template_name)
            wrong = value_wrong(compiler, "[report %s] needs a template", policy->reports[i].name);
    }
    if (!wrong)
        wrong = template_name(compiler, "all_clear", &unused);
    return wrong ? wrong : template_name(compiler, "withdrawn", &unused);
}

static struct policy *create_empty(void)
{
    struct policy *policy = memory_new(1, sizeof(*policy));

    arena_init(&policy->arena);
    memset(policy->route, POLICY_NONE, sizeof(policy->route));
    memset(policy->stage_on, POLICY_NONE, sizeof(policy->stage_on));
    for (size_t i = 0; i < POLICY_TERMS_MAX; i++)
        policy->class_policies[i].owner = POLICY_NONE;
    policy->late_entry_ms = 30 * MSEC_DAY;
    policy->contact.out_only = policy->contact.reached_only = true;
    policy->templates = notice_templates_create(&policy->arena);
    return policy;
}

static const char *run_passes(struct compiler *compiler, int *ret_line)
{
    for (enum pass pass = 0; pass < PASS_COUNT; pass++)
        for (size_t i = 0; i < compiler->count; i++) {
            const struct entry *entry = &compiler->entries[i];
            const struct row *row = find_row(entry);
            const char *wrong = row->pass == pass ? row->read(compiler, entry) : NULL;

            *ret_line = entry->line;
            if (wrong)
                return value_wrong(compiler, "%s: %s", entry->key, wrong);
        }
    *ret_line = 1;
    return check_whole(compiler, ret_line);
}

struct policy *policy_compile(const struct policy_sources *sources, char **ret_error)
{
    struct compiler compiler = {.policy = create_empty(), .sources = sources};
    const char *wrong = NULL;
    int line = 1;

    *ret_error = NULL;
    compiler.policy->digest = arena_text(&compiler.policy->arena, sources->digest ? sources->digest : "");
    if (ini_read(sources->file_name, sources->text, strlen(sources->text), "rung", collect, &compiler,
                 ret_error))
        wrong = run_passes(&compiler, &line);
    free(compiler.entries);
    if (wrong && asprintf(ret_error, "%s:%d: %s", sources->file_name, line, wrong) < 0)
        abort();
    if (!*ret_error)
        return compiler.policy;
    policy_destroy(compiler.policy);
    return NULL;
}
