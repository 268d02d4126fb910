/*
 * The [field X] section of a regime file, and what a class needs of the rest: what must be known of a ticket.
 *
 * Readers of rows in policy_compile.c's table. A field has a kind as fields of registers have, and is said of
 * the tickets of some classes; once a class has a field, nothing else may be said of its tickets. The kind is
 * read before everything that names fields; which register a field means is found when all are known.
 */
#include "lib/policy_sections.h"

#include "lib/base/memory.h"
#include "lib/field_path.h"
#include "lib/register_value.h"
#include <string.h>

const char *section_open_field(struct compiler *compiler, const struct entry *entry)
{
    struct policy *policy = compiler->policy;

    if (policy->field_count >= TICKET_FIELDS_MAX)
        return value_wrong(compiler, "at most %d fields", TICKET_FIELDS_MAX);
    if (!value_is_name(entry->subject))
        return value_wrong(compiler, "a field's name is one word of small letters, digits and _");
    policy->fields = memory_reserve(policy->fields, &policy->field_capacity, policy->field_count + 1,
                                    sizeof(*policy->fields));
    policy->fields[policy->field_count++] = (struct field_policy){
        .value = {.name = entry->subject, .kind = FIELD_KIND_COUNT, .other = POLICY_NONE},
        .title = {entry->subject, entry->subject},
        .line = entry->line,
    };
    return NULL;
}

static struct field_policy *field_of(struct compiler *compiler, const struct entry *entry)
{
    return &compiler->policy->fields[policy_find_field(compiler->policy, entry->subject)];
}

const char *read_field_title(struct compiler *compiler, const struct entry *entry)
{
    return value_title(compiler, entry->value, field_of(compiler, entry)->title);
}

const char *read_field_kind(struct compiler *compiler, const struct entry *entry)
{
    const char *cursor = entry->value;
    char *word = value_word(compiler, &cursor);

    if (!word || value_word(compiler, &cursor))
        return value_wrong(compiler, "a kind is one word, such as date, yes/no or natural|human");
    return section_field_kind(compiler, word, &field_of(compiler, entry)->value);
}

const char *read_field_classes(struct compiler *compiler, const struct entry *entry)
{
    return value_terms(compiler, &compiler->policy->classes, "class", entry->value,
                       &field_of(compiler, entry)->classes);
}

const char *read_field_by(struct compiler *compiler, const struct entry *entry)
{
    return value_terms(compiler, &compiler->policy->roles, "role", entry->value,
                       &field_of(compiler, entry)->roles);
}

const char *read_field_needed(struct compiler *compiler, const struct entry *entry)
{
    struct field_policy *field = field_of(compiler, entry);

    field->is_needed = strcmp(entry->value, "on intake") == 0;
    if (field->is_needed || strcmp(entry->value, "no") == 0)
        return NULL;
    return value_wrong(compiler, "a field is needed on intake, or no (what is needed later is a gate's)");
}

const char *read_field_default(struct compiler *compiler, const struct entry *entry)
{
    field_of(compiler, entry)->preset = entry->value;
    return entry->value[0] ? NULL : value_wrong(compiler, "a default is missing (leave the line out)");
}

static const char *check_default(struct compiler *compiler, const struct field_policy *field)
{
    const struct register_scope scope = {.policy = compiler->policy};
    json_t *value = json_string(field->preset);
    const char *wrong = NULL;

    if (field->value.kind == FIELD_PERSON || field->value.kind == FIELD_REGISTER)
        wrong = value_wrong(compiler, "a field of the kind %s has no default",
                            field_kind_name(field->value.kind));
    else
        register_value_read(&scope, &field->value, value, &compiler->policy->arena, &wrong);
    json_decref(value);
    return wrong ? value_wrong(compiler, "[field %s]: default: %s", field->value.name, wrong) : NULL;
}

const char *section_check_fields(struct compiler *compiler, int *ret_line)
{
    struct policy *policy = compiler->policy;
    const char *wrong = NULL;

    for (size_t i = 0; i < policy->field_count && !wrong; i++) {
        struct field_policy *field = &policy->fields[i];

        *ret_line = field->line;
        if (field->value.kind == FIELD_KIND_COUNT)
            return value_wrong(compiler, "[field %s] needs a kind (such as text, date, yes/no)",
                               field->value.name);
        if (field->value.kind == FIELD_REGISTER) {
            field->value.other = policy_find_register(policy, field->value.words[0]);
            if (field->value.other == POLICY_NONE)
                return value_wrong(compiler, "[field %s]: there is no [register %s]", field->value.name,
                                   field->value.words[0]);
        }
        if (field->preset)
            wrong = check_default(compiler, field);
    }
    return wrong;
}

/* ---- field.NAME, field.NAME.MEMBER ---- */

/* What is asked for again and again is kept in memory. */
static const char *find_own(struct compiler *compiler, const char *name, struct field_path *path)
{
    path->member = POLICY_NONE;
    path->field = policy_find_field(compiler->policy, name);
    if (path->field == POLICY_NONE)
        return value_wrong(compiler, "there is no [field %s]", name);
    compiler->policy->fields[path->field].is_watched = true;
    return NULL;
}

/* Registers are all known by name before anything is read. */
static const char *find_member(struct compiler *compiler, const char *name, struct field_path *path)
{
    struct policy *policy = compiler->policy;
    struct register_field *own = &policy->fields[path->field].value;

    if (own->kind != FIELD_REGISTER)
        return value_wrong(compiler, "the field %s names no record: what is '%s'?", own->name, name);
    own->other = policy_find_register(policy, own->words[0]);
    if (own->other == POLICY_NONE)
        return value_wrong(compiler, "there is no [register %s]", own->words[0]);
    path->member = register_policy_field(&policy->registers[own->other], name);
    return path->member == POLICY_NONE
               ? value_wrong(compiler, "the register %s has no field '%s'", own->words[0], name)
               : NULL;
}

const char *value_path(struct compiler *compiler, const char *word, uint32_t kinds,
                       struct field_path *ret_path)
{
    char *name = arena_text(&compiler->policy->arena, word + strlen("field."));
    char *dot = strchr(name, '.');
    const char *known = NULL;

    if (dot)
        *dot++ = '\0';
    const char *wrong = find_own(compiler, name, ret_path);

    if (!wrong && dot)
        wrong = find_member(compiler, dot, ret_path);
    if (wrong)
        return wrong;
    enum field_kind kind = field_path_field(compiler->policy, *ret_path)->kind;

    for (enum field_kind can = 0; can < FIELD_KIND_COUNT; can++)
        if (kinds >> can & 1)
            known = known ? arena_printf(&compiler->policy->arena, "%s or %s", known, field_kind_name(can))
                          : field_kind_name(can);
    return kinds >> kind & 1 ? NULL
                             : value_wrong(compiler, "%s is of the kind %s; here it must be %s", word,
                                           field_kind_name(kind), known);
}

/* ---- [class X] needs ---- */

const struct need core_needs[] = {
    {"details", NULL},       {"occurred_at", NULL}, {"ref", NULL},         {"type", NULL},
    {"department", NULL},    {"handler", NULL},     {"attachments", NULL}, {"id", "customer"},
    {"staffed", "customer"}, {"phone", "contact"},  {"fax", "contact"},    {"email", "contact"},
};

const size_t core_need_count = sizeof(core_needs) / sizeof(core_needs[0]);

const char *need_name(const struct need *need, struct arena *arena)
{
    return need->object ? arena_printf(arena, "%s.%s", need->object, need->member) : need->member;
}

/* `needs = details occurred_at customer.id` */
const char *read_class_needs(struct compiler *compiler, const struct entry *entry)
{
    struct arena *arena = &compiler->policy->arena;
    struct class_policy *class_policy;
    const char *wrong = section_class(compiler, entry, &class_policy), *known = NULL;
    const char *cursor = entry->value;

    for (size_t i = 0; i < core_need_count; i++)
        known = known ? arena_printf(arena, "%s, %s", known, need_name(&core_needs[i], arena))
                      : need_name(&core_needs[i], arena);
    for (char *word; !wrong && (word = value_word(compiler, &cursor));) {
        size_t i = 0;

        while (i < core_need_count && strcmp(need_name(&core_needs[i], arena), word) != 0)
            i++;
        if (i == core_need_count)
            return value_wrong(compiler,
                               "a class can't need '%s' (known: %s; for a field of your own write "
                               "needed = on intake there)",
                               word, known);
        class_policy->needs |= UINT32_C(1) << i;
    }
    return wrong || class_policy->needs ? wrong : value_wrong(compiler, "at least one name is needed");
}
