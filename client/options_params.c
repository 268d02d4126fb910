/*
 * From options to params: the second half of options.c.
 *
 * Used by command.c for every call. A row's `parameter` is a path such as `customer.name`; its kind says what
 * JSON its text becomes. What a regime allows (urgencies, channels) isn't known here and not checked here:
 * the daemon says so, naming the field.
 */
#include "client/options_params.h"

#include "client/options.h"
#include "client/when.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

bool options_read_number(const char *text, long long *ret_number)
{
    char *end;

    if (*text < '0' || *text > '9')
        return false;
    errno = 0;
    *ret_number = strtoll(text, &end, 10);
    return errno == 0 && *end == '\0';
}

/* The object that `path` lies in, made on the way; `ret_name` is the last part of the path. */
static json_t *descend(json_t *params, const char *path, const char **ret_name)
{
    const char *dot = strchr(path, '.');

    if (!dot) {
        *ret_name = path;
        return params;
    }
    size_t length = (size_t)(dot - path);
    json_t *inner = json_object_getn(params, path, length);

    if (!inner) {
        inner = json_object();
        json_object_setn_new(params, path, length, inner);
    }
    return descend(inner, dot + 1, ret_name);
}

/* Adds the words of `one,two` to the array at `name`. */
static bool put_list(json_t *object, const char *name, const char *value)
{
    json_t *array = json_object_get(object, name);

    if (!array) {
        array = json_array();
        json_object_set_new(object, name, array);
    }
    for (;; value++) {
        size_t length = strcspn(value, ",");

        if (length > 0 && json_array_append_new(array, json_stringn(value, length)) != 0)
            return false;
        value += length;
        if (*value == '\0')
            return true;
    }
}

/* `literal`, when there is one, is what NAME= puts there. */
static bool put_pair(json_t *object, const char *name, const char *value, const char *literal)
{
    const char *equals = strchr(value, '=');
    json_t *inner = json_object_get(object, name);

    if (!equals || equals == value)
        return false;
    if (!inner) {
        inner = json_object();
        json_object_set_new(object, name, inner);
    }
    json_t *member =
        literal && !equals[1] ? json_loads(literal, JSON_DECODE_ANY, NULL) : json_string(equals + 1);

    return json_object_setn_new(inner, value, (size_t)(equals - value), member) == 0;
}

static const char *put_time(json_t *object, const char *name, const char *value, msec now, bool in_utc)
{
    char text[WHEN_TEXT];
    msec at;
    const char *wrong = when_parse(value, now, in_utc, &at);

    if (wrong)
        return wrong;
    when_write(at, in_utc, text);
    json_object_set_new(object, name, json_string(text));
    return NULL;
}

/* NULL, or what is wrong with the value. */
static const char *put(const struct option_given *given, msec now, bool in_utc, json_t *params)
{
    static const char not_utf8[] = "is not valid UTF-8";
    const char *name;
    json_t *object = descend(params, given->row->parameter, &name);
    long long number;

    switch (given->row->kind) {
    case OPTION_FLAG:
        json_object_set_new(object, name,
                            given->row->literal ? json_loads(given->row->literal, JSON_DECODE_ANY, NULL)
                                                : json_true());
        return NULL;
    case OPTION_TEXT:
        return json_object_set_new(object, name, json_string(given->value)) == 0 ? NULL : not_utf8;
    case OPTION_NUMBER:
        if (!options_read_number(given->value, &number))
            return "not a whole number from 0 up";
        json_object_set_new(object, name, json_integer(number));
        return NULL;
    case OPTION_TIME:
        return put_time(object, name, given->value, now, in_utc);
    case OPTION_LIST:
        return put_list(object, name, given->value) ? NULL : not_utf8;
    case OPTION_PAIR:
        return put_pair(object, name, given->value, given->row->literal) ? NULL
                                                                         : "not of the form NAME=VALUE";
    }
    return NULL;
}

bool options_params(const struct options *options, msec now, bool in_utc, json_t *params, struct text *error)
{
    for (size_t i = 0; i < options->count; i++) {
        const struct option_given *given = &options->given[i];
        const char *wrong = given->row->parameter ? put(given, now, in_utc, params) : NULL;

        if (!wrong)
            continue;
        text_printf(error, "%s%s %s: %s", given->row->is_argument ? "" : "--", given->row->name, given->value,
                    wrong);
        return false;
    }
    return true;
}
