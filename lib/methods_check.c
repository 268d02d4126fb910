/*
 * Parameters of a call against the rows of its method.
 *
 * Called for every request before anything else looks at its parameters, so that a handler never meets a
 * wrong type, an unknown name or a missing value. Objects with members are checked like the call itself; the
 * field named in a refusal is the whole path (`contact.phone`), which is what a client's programmer needs.
 */
#include "lib/methods.h"

#include "lib/base/instant.h"
#include <stdio.h>
#include <string.h>

static const char *check_instant(const json_t *value)
{
    msec at;
    enum instant_outcome outcome =
        json_is_string(value) ? instant_parse(json_string_value(value), &at) : INSTANT_BAD_FORM;

    return outcome == INSTANT_OK ? NULL : instant_outcome_text(outcome);
}

static const char *check_strings(const json_t *value)
{
    const json_t *item;
    size_t i;

    if (!json_is_array(value))
        return "an array of strings";
    json_array_foreach(value, i, item)
    {
        if (!json_is_string(item))
            return "an array of strings";
    }
    return NULL;
}

/* What is wrong with a value of that type; NULL when nothing is. */
static const char *check_type(const struct parameter *parameter, const json_t *value)
{
    switch (parameter->type) {
    case PARAMETER_STRING:
        if (!json_is_string(value))
            return "must be a string";
        return strlen(json_string_value(value)) == json_string_length(value) ? NULL
                                                                             : "must not contain U+0000";
    case PARAMETER_BOOLEAN:
        return json_is_boolean(value) ? NULL : "must be true or false";
    case PARAMETER_INTEGER:
        return json_is_integer(value) ? NULL : "must be an integer";
    case PARAMETER_INSTANT:
        return check_instant(value);
    case PARAMETER_STRINGS:
        return check_strings(value);
    case PARAMETER_OBJECT:
        return json_is_object(value) ? NULL : "must be an object";
    case PARAMETER_ARRAY:
        return json_is_array(value) ? NULL : "must be an array";
    }
    return "is not understood";
}

static const struct parameter *find_parameter(const struct parameter *rows, const char *name)
{
    for (; rows && rows->name; rows++)
        if (strcmp(rows->name, name) == 0)
            return rows;
    return NULL;
}

/* Only a refusal spells the field: this runs twice for each request, and most are in order. */
static const char *blame(const char *outer, const char *name, const char *wrong, char ret_field[96])
{
    snprintf(ret_field, 96, "%s%s%s", outer ? outer : "", outer ? "." : "", name);
    return wrong;
}

/* One level of an object against its rows; `more` are rows that are allowed too. `outer` is the object's own
   name, NULL for the call's. */
static const char *check_object(const struct parameter *rows, const struct parameter *more,
                                const json_t *object, const char *outer, char ret_field[96])
{
    const char *name, *wrong;
    json_t *value;

    json_object_foreach((json_t *)(uintptr_t)object, name, value)
    {
        const struct parameter *row = find_parameter(rows, name);

        if (!row)
            row = find_parameter(more, name);
        if (!row)
            return blame(outer, name, "is not a parameter of this method", ret_field);
        wrong = check_type(row, value);
        if (wrong)
            return blame(outer, name, wrong, ret_field);
        if (row->type == PARAMETER_OBJECT && row->members)
            wrong = check_object(row->members, NULL, value, row->name, ret_field);
        if (wrong)
            return wrong;
    }
    for (; rows && rows->name; rows++)
        if (rows->required && !json_object_get(object, rows->name))
            return blame(outer, rows->name, "is required", ret_field);
    return NULL;
}

enum rpc_error methods_check(const struct method *method, const json_t *params, char ret_field[96],
                             const char **ret_detail)
{
    const struct parameter *more =
        method->kind == METHOD_WRITE ? methods_write_parameters : methods_read_parameters;

    ret_field[0] = '\0';
    *ret_detail = check_object(method->parameters, more, params, NULL, ret_field);
    return *ret_detail ? RPC_INVALID_PARAMS : RPC_OK;
}
