/*
 * Typed values of register fields.
 *
 * Used by method_register.c for what clients send and by register_rows.c for what comes back from the
 * database or must fit another regime. A value is kept as the text that people write (2026-05-01, yes, 12),
 * so that a schedule compares texts and a regime may change a field's kind when every value still fits. One
 * function for each kind, in a table.
 */
#include "lib/register_value.h"

#include "lib/base/civil.h"
#include "lib/base/instant.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct check {
    const struct register_scope *scope;
    const struct register_field *field;
    struct arena *arena;
};

typedef const char *check_text(const struct check *check, const char *text);

static const char *check_any(const struct check *check, const char *text)
{
    (void)check;
    (void)text;
    return NULL;
}

static const char *check_date(const struct check *check, const char *text)
{
    int64_t day;

    (void)check;
    return strlen(text) == 10 && civil_parse_date(text, &day) ? NULL : "a date is written 2026-05-01";
}

static const char *check_instant(const struct check *check, const char *text)
{
    msec at;
    enum instant_outcome outcome = instant_parse(text, &at);

    (void)check;
    return outcome == INSTANT_OK ? NULL : instant_outcome_text(outcome);
}

static const char *check_number(const struct check *check, const char *text)
{
    const char *digits = text + (text[0] == '-');
    size_t length = strlen(digits);

    (void)check;
    return length && length <= 18 && strspn(digits, "0123456789") == length &&
                   (digits[0] != '0' || length == 1)
               ? NULL
               : "a whole number of at most 18 digits";
}

static const char *check_yes_no(const struct check *check, const char *text)
{
    (void)check;
    return strcmp(text, "yes") == 0 || strcmp(text, "no") == 0 ? NULL : "yes or no";
}

static const char *check_hours(const struct check *check, const char *text)
{
    int open, close;

    (void)check;
    return strcmp(text, "24h") == 0 || calendar_parse_hours(text, &open, &close)
               ? NULL
               : "hours are 24h or HH:MM-HH:MM";
}

static const char *check_mail(const struct check *check, const char *text)
{
    const char *at = strchr(text, '@');

    (void)check;
    return at && at > text && strchr(at, '.') && !strchr(at + 1, '@') && !strpbrk(text, " ,;<>\"()\\") &&
                   at[1] != '.' && text[strlen(text) - 1] != '.'
               ? NULL
               : "a mail address is written name@example.com";
}

static const char *check_person(const struct check *check, const char *text)
{
    if (roster_find(check->scope->roster, text) != ROSTER_NOBODY)
        return NULL;
    return arena_printf(check->arena, "nobody in the people file is called '%s'", text);
}

static const char *check_department(const struct check *check, const char *text)
{
    const struct vocabulary *departments = &check->scope->policy->departments;

    if (vocabulary_find(departments, text) != POLICY_NONE)
        return NULL;
    return arena_printf(check->arena, "'%s' is not one of: %s", text,
                        vocabulary_list(departments, VOCABULARY_ALL, ", ", check->arena));
}

static const char *check_words(const struct check *check, const char *text)
{
    const char *known = NULL;

    for (uint8_t i = 0; i < check->field->word_count; i++) {
        if (strcmp(check->field->words[i], text) == 0)
            return NULL;
        known = known ? arena_printf(check->arena, "%s, %s", known, check->field->words[i])
                      : check->field->words[i];
    }
    return arena_printf(check->arena, "'%s' is not one of: %s", text, known);
}

static const char *check_register(const struct check *check, const char *text)
{
    const struct registers *registers = check->scope->registers;
    uint8_t other = check->field->other;
    uint32_t index = registers ? register_find(registers, other, text) : REGISTER_NONE;

    if (!registers || (index != REGISTER_NONE && register_is_live(register_at(registers, other, index))))
        return NULL;
    return arena_printf(check->arena, "there is no '%s' in the register %s", text,
                        check->scope->policy->registers[other].name);
}

static check_text *const checks[FIELD_KIND_COUNT] = {
    [FIELD_TEXT] = check_any,
    [FIELD_DATE] = check_date,
    [FIELD_INSTANT] = check_instant,
    [FIELD_NUMBER] = check_number,
    [FIELD_YES_NO] = check_yes_no,
    [FIELD_HOURS] = check_hours,
    [FIELD_PHONE] = check_any,
    [FIELD_MAIL] = check_mail,
    [FIELD_PERSON] = check_person,
    [FIELD_WORDS] = check_words,
    [FIELD_DEPARTMENT] = check_department,
    [FIELD_REGISTER] = check_register,
};

/* What JSON says, as text; NULL when it is of no type that the field can have. */
static const char *text_of(const struct register_field *field, const json_t *value, struct arena *arena)
{
    if (json_is_string(value))
        return strlen(json_string_value(value)) == json_string_length(value)
                   ? arena_text(arena, json_string_value(value))
                   : NULL;
    if (json_is_boolean(value) && field->kind == FIELD_YES_NO)
        return json_is_true(value) ? "yes" : "no";
    if (json_is_integer(value) && field->kind == FIELD_NUMBER)
        return arena_printf(arena, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
    return NULL;
}

static bool has_control(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < 0x20 || *text == 0x7f)
            return true;
    return false;
}

const char *register_value_read(const struct register_scope *scope, const struct register_field *field,
                                const json_t *value, struct arena *arena, const char **ret_wrong)
{
    const struct check check = {.scope = scope, .field = field, .arena = arena};
    const char *text = text_of(field, value, arena);

    *ret_wrong = NULL;
    if (!text)
        *ret_wrong = field->kind == FIELD_NUMBER   ? "must be a whole number"
                     : field->kind == FIELD_YES_NO ? "must be true or false"
                                                   : "must be a string";
    else if (!text[strspn(text, " ")])
        *ret_wrong = "must not be empty (leave it out instead)";
    else if (has_control(text))
        *ret_wrong = "must be one line without control characters";
    else if (strlen(text) > REGISTER_VALUE_BYTES)
        *ret_wrong = arena_printf(arena, "at most %d bytes", REGISTER_VALUE_BYTES);
    else
        *ret_wrong = checks[field->kind](&check, text);
    return *ret_wrong ? NULL : text;
}

/* ---- back to JSON ---- */

/* As duban.mask_phone and duban.mask_email of the database do. */
static json_t *mask_phone(const char *text)
{
    size_t length = strlen(text);

    if (length >= 11)
        return json_sprintf("%.3s****%s", text, text + length - 4);
    return length > 2 ? json_sprintf("****%s", text + length - 2) : json_string("****");
}

static json_t *mask_mail(const char *text)
{
    const char *at = strrchr(text, '@');

    return json_sprintf("%.1s***%s", text, at ? at : "");
}

json_t *register_value_json(const struct register_field *field, const char *text, bool masked)
{
    json_t *json;

    if (field->kind == FIELD_NUMBER)
        return json_integer(strtoll(text, NULL, 10));
    if (field->kind == FIELD_YES_NO)
        return json_boolean(strcmp(text, "yes") == 0);
    json = masked && field->kind == FIELD_PHONE  ? mask_phone(text)
           : masked && field->kind == FIELD_MAIL ? mask_mail(text)
                                                 : json_string(text);
    return json ? json : json_string("****"); /* a first byte that is no character of its own */
}

json_t *register_fields_json(const struct register_policy *of, const struct register_record *record,
                             bool masked)
{
    json_t *fields = json_object();

    for (size_t i = 0; i < of->field_count; i++)
        if (record->values[i])
            json_object_set_new(fields, of->fields[i].name,
                                register_value_json(&of->fields[i], record->values[i], masked));
    return fields;
}
