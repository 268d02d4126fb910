/*
 * The [register X] section of a regime file: what is kept of contracts, products, courses, customers.
 *
 * Readers of rows in policy_compile.c's table. A field is written as it is read aloud: `expires date`,
 * `renewed date optional`, `status active|ended`, `customer register:customers`. Registers are read before
 * what runs over them, and name each other freely: which record a field may name is found when all are known.
 */
#include "lib/policy_sections.h"

#include "lib/base/memory.h"
#include <string.h>

static const char *const kinds[FIELD_KIND_COUNT] = {
    [FIELD_TEXT] = "text",     [FIELD_DATE] = "date",         [FIELD_INSTANT] = "instant",
    [FIELD_NUMBER] = "number", [FIELD_YES_NO] = "yes/no",     [FIELD_HOURS] = "hours",
    [FIELD_PHONE] = "phone",   [FIELD_MAIL] = "mail",         [FIELD_PERSON] = "person",
    [FIELD_WORDS] = "words",   [FIELD_REGISTER] = "register", [FIELD_DEPARTMENT] = "department",
};

/* What a schedule's words and every answer call by these names. */
static const char *const reserved[] = {"id", "revision", "date", "month", "register"};

bool register_is_of_customers(const char *name)
{
    return strcmp(name, "customers") == 0 || strcmp(name, "customer") == 0;
}

const char *field_kind_name(enum field_kind kind)
{
    return kinds[kind];
}

const char *section_open_register(struct compiler *compiler, const struct entry *entry)
{
    struct policy *policy = compiler->policy;

    if (policy->register_count >= REGISTERS_MAX)
        return value_wrong(compiler, "at most %d registers", REGISTERS_MAX);
    if (!value_is_name(entry->subject))
        return value_wrong(compiler, "a register's name is one word of small letters, digits and _");
    policy->registers = memory_reserve(policy->registers, &policy->register_capacity,
                                       policy->register_count + 1, sizeof(*policy->registers));
    policy->registers[policy->register_count++] = (struct register_policy){
        .name = entry->subject, .title = {entry->subject, entry->subject}, .line = entry->line};
    return NULL;
}

bool value_is_name(const char *word)
{
    return word[0] >= 'a' && word[0] <= 'z' && strlen(word) < 48 &&
           word[strspn(word, "abcdefghijklmnopqrstuvwxyz0123456789_")] == '\0';
}

static struct register_policy *register_of(struct compiler *compiler, const struct entry *entry)
{
    return &compiler->policy->registers[policy_find_register(compiler->policy, entry->subject)];
}

const char *read_register_title(struct compiler *compiler, const struct entry *entry)
{
    return value_title(compiler, entry->value, register_of(compiler, entry)->title);
}

/* `active|ended|lost` */
static const char *read_words(struct compiler *compiler, char *text, struct register_field *field)
{
    char *save;

    field->kind = FIELD_WORDS;
    if (text[0] == '|' || text[strlen(text) - 1] == '|' || strstr(text, "||"))
        return value_wrong(compiler, "between bars stand words: active|ended");
    for (char *word = strtok_r(text, "|", &save); word; word = strtok_r(NULL, "|", &save)) {
        if (field->word_count >= REGISTER_WORDS_MAX)
            return value_wrong(compiler, "at most %d words to choose from", REGISTER_WORDS_MAX);
        for (uint8_t i = 0; i < field->word_count; i++)
            if (strcmp(field->words[i], word) == 0)
                return value_wrong(compiler, "'%s' stands there twice", word);
        field->words[field->word_count++] = word;
    }
    return NULL;
}

const char *section_field_kind(struct compiler *compiler, char *word, struct register_field *field)
{
    if (strchr(word, '|'))
        return read_words(compiler, word, field);
    if (strncmp(word, "register:", 9) == 0) {
        field->kind = FIELD_REGISTER;
        field->words[0] = word + 9;
        return NULL;
    }
    for (enum field_kind kind = 0; kind < FIELD_WORDS; kind++)
        if (strcmp(kinds[kind], word) == 0) {
            field->kind = kind;
            return NULL;
        }
    const char *known = kinds[0];

    for (enum field_kind kind = 1; kind < FIELD_WORDS; kind++)
        known = arena_printf(&compiler->policy->arena, "%s, %s", known, kinds[kind]);
    return value_wrong(compiler, "unknown kind '%s' (known: %s, register:NAME, and words as in active|ended)",
                       word, known);
}

static const char *check_name(struct compiler *compiler, const struct register_policy *of, const char *name)
{
    if (!value_is_name(name))
        return value_wrong(compiler, "'%s': a field's name is one word of small letters, digits and _", name);
    for (size_t i = 0; i < sizeof(reserved) / sizeof(*reserved); i++)
        if (strcmp(reserved[i], name) == 0)
            return value_wrong(compiler, "no field can be called '%s'", name);
    for (size_t i = 0; i < of->field_count; i++)
        if (strcmp(of->fields[i].name, name) == 0)
            return value_wrong(compiler, "there is a field '%s' already", name);
    if (of->field_count >= REGISTER_FIELDS_MAX)
        return value_wrong(compiler, "at most %d fields", REGISTER_FIELDS_MAX);
    return NULL;
}

static const char *read_field(struct compiler *compiler, struct register_policy *of, const char *text)
{
    const char *name = value_word(compiler, &text);
    char *kind = value_word(compiler, &text);
    const char *optional = value_word(compiler, &text);
    struct register_field field = {.name = name, .is_optional = optional != NULL, .other = POLICY_NONE};

    if (!name || !kind || (optional && strcmp(optional, "optional") != 0) || value_word(compiler, &text))
        return value_wrong(compiler, "a field is written NAME KIND or NAME KIND optional");
    const char *wrong = check_name(compiler, of, name);

    if (!wrong)
        wrong = section_field_kind(compiler, kind, &field);
    if (wrong)
        return wrong;
    of->fields = memory_reserve(of->fields, &of->field_capacity, of->field_count + 1, sizeof(*of->fields));
    of->fields[of->field_count++] = field;
    return NULL;
}

/* May be repeated, because a line has an end. */
const char *read_register_fields(struct compiler *compiler, const struct entry *entry)
{
    char *list = arena_text(&compiler->policy->arena, entry->value);
    const char *wrong = NULL;

    for (char *save, *field = strtok_r(list, ",", &save); field && !wrong; field = strtok_r(NULL, ",", &save))
        wrong = read_field(compiler, register_of(compiler, entry), field);
    return wrong;
}

const char *section_check_registers(struct compiler *compiler, int *ret_line)
{
    struct policy *policy = compiler->policy;

    for (size_t r = 0; r < policy->register_count; r++) {
        struct register_policy *of = &policy->registers[r];

        *ret_line = of->line;
        if (!of->field_count)
            return value_wrong(compiler, "[register %s] needs fields", of->name);
        for (size_t f = 0; f < of->field_count; f++) {
            struct register_field *field = &of->fields[f];

            if (field->kind != FIELD_REGISTER)
                continue;
            field->other = policy_find_register(policy, field->words[0]);
            if (field->other == POLICY_NONE)
                return value_wrong(compiler, "[register %s]: %s: there is no [register %s]", of->name,
                                   field->name, field->words[0]);
        }
    }
    return NULL;
}
