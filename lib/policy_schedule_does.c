/*
 * What a [schedule X] does: the ticket that it opens, the mail that it sends.
 *
 * Readers of rows in policy_compile.c's table. Words of the ticket are the regime's own; its department and
 * its handler may also be fields of the record. A mail goes to an audience as a rung's does, or to an address
 * that the record has, which is how customers are written to.
 */
#include "lib/policy_schedule.h"

#include "lib/report.h"

#include <string.h>

static const char *read_opens_department(struct compiler *compiler, struct schedule_policy *schedule,
                                         const char *word)
{
    schedule->department = vocabulary_find(&compiler->policy->departments, word);
    if (schedule->department != POLICY_NONE)
        return NULL;
    return schedule_field(compiler, schedule, word, KIND(FIELD_DEPARTMENT), &schedule->department_field);
}

static const char *read_opens_part(struct compiler *compiler, struct schedule_policy *schedule,
                                   const char *text)
{
    const struct policy *policy = compiler->policy;
    const char *what = value_word(compiler, &text), *rest = text;
    const char *word = value_word(compiler, &text);
    bool is_single = word && !value_word(compiler, &text);

    if (what && word && strcmp(what, "type") == 0)
        return value_terms(compiler, &policy->types, "type", rest, &schedule->types);
    if (!what || !is_single)
        return value_wrong(compiler, "what it opens is written class CLASS, type TYPE, urgency URGENCY");
    if (strcmp(what, "class") == 0)
        return value_term(compiler, &policy->classes, "class", word, &schedule->class_index);
    if (strcmp(what, "urgency") == 0)
        return value_term(compiler, &policy->urgencies, "urgency", word, &schedule->urgency);
    if (strcmp(what, "channel") == 0)
        return value_term(compiler, &policy->channels, "channel", word, &schedule->channel);
    if (strcmp(what, "department") == 0)
        return read_opens_department(compiler, schedule, word);
    if (strcmp(what, "handler") == 0)
        return schedule_field(compiler, schedule, word, KIND(FIELD_PERSON), &schedule->handler_field);
    return value_wrong(
        compiler, "a ticket has no '%s' (known: class, type, urgency, channel, department, handler)", what);
}

/* `class renewal, type expiry, urgency general, handler owner` */
const char *read_schedule_opens(struct compiler *compiler, const struct entry *entry)
{
    struct schedule_policy *schedule = schedule_of(compiler, entry);
    char *list = arena_text(&compiler->policy->arena, entry->value);
    const char *wrong = NULL;

    schedule->opens = true;
    for (char *save, *part = strtok_r(list, ",", &save); part && !wrong; part = strtok_r(NULL, ",", &save))
        wrong = read_opens_part(compiler, schedule, part);
    return wrong;
}

/* `record.email`, `record.customer.email`: whom no people file knows. */
static const char *read_record_address(struct compiler *compiler, struct schedule_policy *schedule,
                                       char *path)
{
    char *dot = strchr(path, '.');
    const char *wrong;

    if (dot) {
        *dot = '\0';
        wrong = schedule_field(compiler, schedule, path, KIND(FIELD_REGISTER), &schedule->to_reference);
        if (wrong)
            return wrong;
        const char *other = schedule_register(compiler, schedule)->fields[schedule->to_reference].words[0];
        uint8_t of = policy_find_register(compiler->policy, other);
        const struct register_policy *named = of == POLICY_NONE ? NULL : &compiler->policy->registers[of];

        schedule->to_field = named ? register_policy_field(named, dot + 1) : POLICY_NONE;
        if (schedule->to_field == POLICY_NONE || named->fields[schedule->to_field].kind != FIELD_MAIL)
            return value_wrong(compiler, "the register %s has no field '%s' of the kind mail", other,
                               dot + 1);
        return NULL;
    }
    return schedule_field(compiler, schedule, path, KIND(FIELD_MAIL), &schedule->to_field);
}

/* `to customer`: the record is one, or names one. */
static const char *check_customer(struct compiler *compiler, const struct schedule_policy *schedule)
{
    const struct register_policy *of =
        schedule->over == POLICY_NONE ? NULL : schedule_register(compiler, schedule);

    if (of && register_is_of_customers(of->name))
        return NULL;
    for (size_t i = 0; of && i < of->field_count; i++)
        if (of->fields[i].kind == FIELD_REGISTER && register_is_of_customers(of->fields[i].words[0]))
            return NULL;
    return value_wrong(compiler, "whose customer? (it runs over no register that is or names one)");
}

/* A report is the desk's, not a record's: one mail for each reader. */
static const char *read_report(struct compiler *compiler, struct schedule_policy *schedule, const char *name)
{
    struct arena *arena = &compiler->policy->arena;

    if (!report_is_known(name))
        return value_wrong(compiler, "there is no report '%s' (known: %s)", name, report_known(arena));
    if (schedule->over != POLICY_NONE)
        return value_wrong(compiler, "a report is sent by a schedule of the desk, without `over`");
    schedule->report = name;
    return section_template(compiler, "report", &schedule->template_name);
}

/* `template renewal_notice to intake or service_head`, `report breaches to service_head` */
const char *read_schedule_sends(struct compiler *compiler, const struct entry *entry)
{
    struct schedule_policy *schedule = schedule_of(compiler, entry);
    const char *cursor = entry->value;
    const char *template = value_word(compiler, &cursor), *name = value_word(compiler, &cursor);
    const char *to = value_word(compiler, &cursor), *whom = cursor + strspn(cursor, " ");

    bool is_report = template && strcmp(template, "report") == 0;

    if (!template || (!is_report && strcmp(template, "template") != 0) || !name || !to ||
        strcmp(to, "to") != 0 || !*whom)
        return value_wrong(
            compiler,
            "what it sends is written template NAME to ROLE… or to record.FIELD, or report NAME to ROLE…");
    const char *wrong = is_report ? read_report(compiler, schedule, name)
                                  : section_template(compiler, name, &schedule->template_name);

    if (wrong)
        return wrong;
    if (is_report && (strncmp(whom, "record.", 7) == 0 || strcmp(whom, "customer") == 0))
        return value_wrong(compiler, "a report goes to people of the desk");
    if (strncmp(whom, "record.", 7) == 0)
        return read_record_address(compiler, schedule, arena_text(&compiler->policy->arena, whom + 7));
    wrong = value_told(compiler, whom, &schedule->to, &schedule->channels);
    return wrong || !audience_has_customer(&schedule->to) ? wrong : check_customer(compiler, schedule);
}

/* `contract {id}, days {days}`: what the ticket's own fields are filled with. May be repeated. */
const char *read_schedule_fields(struct compiler *compiler, const struct entry *entry)
{
    struct schedule_policy *schedule = schedule_of(compiler, entry);
    char *list = arena_text(&compiler->policy->arena, entry->value);

    for (char *save, *part = strtok_r(list, ",", &save); part; part = strtok_r(NULL, ",", &save)) {
        const char *cursor = part, *name = value_word(compiler, &cursor);
        const char *text = cursor + strspn(cursor, " ");

        if (!name || !*text)
            return value_wrong(compiler, "what its ticket's fields are is written FIELD {RECORD'S FIELD}");
        if (schedule->filling_count >= SCHEDULE_FIELDS_MAX)
            return value_wrong(compiler, "at most %d fields are filled", SCHEDULE_FIELDS_MAX);
        schedule->fillings[schedule->filling_count++] =
            (struct schedule_filling){.field = name, .text = text, .line = entry->line};
    }
    return NULL;
}

const char *read_schedule_subject(struct compiler *compiler, const struct entry *entry)
{
    return value_title(compiler, entry->value, schedule_of(compiler, entry)->subject);
}

const char *read_schedule_details(struct compiler *compiler, const struct entry *entry)
{
    return value_title(compiler, entry->value, schedule_of(compiler, entry)->details);
}
