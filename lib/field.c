/*
 * What is said in a ticket's fields, held against the regime.
 *
 * Called by ticket.create and ticket.update before anything changes; a refusal names the field, as in
 * `fields.applied_on`. Whoever may not fill in a field may still say again what they can't change, so nothing
 * is asked of roles here but for what a request really says. Defaults are added to what the caller said, and
 * are journaled with it.
 */
#include "lib/field.h"

#include "lib/register_value.h"
#include <stdlib.h>
#include <string.h>

static bool refuse(struct desk *desk, const struct request *request, const char *name, const char *detail)
{
    request_refuse(desk, request, RPC_INVALID_PARAMS, arena_printf(&desk->out->arena, "fields.%s", name),
                   detail);
    return false;
}

static struct register_scope scope_of(const struct desk *desk)
{
    return (struct register_scope){
        .policy = desk->policy, .roster = desk->roster, .registers = desk->registers};
}

static json_t *said(const struct request *request)
{
    return json_object_get(request->params, "fields");
}

json_t *field_with_defaults(const struct desk *desk, const struct request *request)
{
    const struct policy *policy = desk->policy;
    const char *class_name = request_text(request, "class");
    uint8_t class_index = class_name ? vocabulary_find(&policy->classes, class_name) : POLICY_NONE;
    json_t *fields = NULL;

    for (size_t i = 0; class_index != POLICY_NONE && i < policy->field_count; i++) {
        const struct field_policy *field = &policy->fields[i];

        if (!field->preset || !policy_has_field(policy, class_index, (uint8_t)i) ||
            json_object_get(said(request), field->value.name))
            continue;
        if (!fields)
            fields = said(request) ? json_copy(said(request)) : json_object();
        json_object_set_new(fields, field->value.name,
                            register_value_json(&field->value, field->preset, false));
    }
    json_t *params = fields ? json_copy((json_t *)(uintptr_t)request->params) : NULL;

    if (fields)
        json_object_set_new(params, "fields", fields);
    return params;
}

static const char *known_fields(const struct policy *policy, uint8_t class_index, struct arena *arena)
{
    const char *known = NULL;

    for (size_t i = 0; i < policy->field_count; i++)
        if (policy_has_field(policy, class_index, (uint8_t)i))
            known = known ? arena_printf(arena, "%s, %s", known, policy->fields[i].value.name)
                          : policy->fields[i].value.name;
    return known;
}

/* A default that intake adds is nobody's word. */
static bool is_default(const struct field_policy *field, const json_t *value)
{
    json_t *preset = field->preset ? register_value_json(&field->value, field->preset, false) : NULL;
    bool is_same = preset && json_equal(preset, value);

    json_decref(preset);
    return is_same;
}

static bool may_say(struct desk *desk, const struct request *request, const struct field_policy *field,
                    const json_t *value)
{
    struct arena *arena = &desk->out->arena;

    if (!field->roles || request->own_answer || is_default(field, value) ||
        (field->roles & request_roles(desk, request)))
        return true;
    request_refuse(desk, request, RPC_PERMISSION_DENIED, arena_printf(arena, "fields.%s", field->value.name),
                   arena_printf(arena, "%s is for: %s", field->value.name,
                                vocabulary_list(&desk->policy->roles, field->roles, ", ", arena)));
    return false;
}

static bool take_out(struct desk *desk, const struct request *request, const struct field_policy *field,
                     bool is_intake)
{
    return is_intake || !field->is_needed || refuse(desk, request, field->value.name, "is required");
}

static bool is_span(const char *number)
{
    long long amount = strtoll(number, NULL, 10);

    return amount >= 1 && amount <= FIELD_SPAN_MOST;
}

static bool check_value(struct desk *desk, const struct request *request, uint8_t class_index,
                        const char *name, const json_t *value, bool is_intake)
{
    const struct policy *policy = desk->policy;
    const struct register_scope scope = scope_of(desk);
    struct arena *arena = &desk->out->arena;
    uint8_t index = policy_find_field(policy, name);
    const char *wrong;

    if (index == POLICY_NONE || !policy_has_field(policy, class_index, index))
        return refuse(desk, request, name,
                      arena_printf(arena, "class %s has no such field (it has: %s)",
                                   policy->classes.terms[class_index].name,
                                   known_fields(policy, class_index, arena)));
    const struct field_policy *field = &policy->fields[index];

    if (!may_say(desk, request, field, value))
        return false;
    if (json_is_null(value))
        return take_out(desk, request, field, is_intake);
    const char *text = register_value_read(&scope, &field->value, value, arena, &wrong);

    if (text && field->gives_span && !is_span(text))
        wrong = "a limit counts by it: 1 to 1200";
    return !wrong || refuse(desk, request, name, wrong);
}

static bool check_complete(struct desk *desk, const struct request *request, uint8_t class_index)
{
    const struct policy *policy = desk->policy;

    for (size_t i = 0; i < policy->field_count; i++) {
        const char *name = policy->fields[i].value.name;
        const json_t *value = json_object_get(said(request), name);

        if (policy->fields[i].is_needed && policy_has_field(policy, class_index, (uint8_t)i) &&
            (!value || json_is_null(value)))
            return refuse(desk, request, name, "is required");
    }
    return true;
}

bool field_check(struct desk *desk, const struct request *request, uint8_t class_index, bool is_intake)
{
    const char *name;
    json_t *value;
    size_t bytes = 0;

    if (!policy_declares_fields(desk->policy, class_index))
        return true;
    json_object_foreach(said(request), name, value)
    {
        if (!check_value(desk, request, class_index, name, value, is_intake))
            return false;
        bytes += json_string_length(value);
    }
    if (bytes > FIELDS_BYTES) {
        request_refuse(desk, request, RPC_INVALID_PARAMS, "fields", "a ticket's fields have at most 8 KiB");
        return false;
    }
    return !is_intake || check_complete(desk, request, class_index);
}

json_t *field_values(const struct desk *desk, const struct request *request, uint8_t class_index)
{
    const struct register_scope scope = scope_of(desk);
    const char *name, *wrong;
    json_t *value, *values;

    if (!said(request) || !policy_declares_fields(desk->policy, class_index))
        return json_incref(said(request));
    values = json_object();
    json_object_foreach(said(request), name, value)
    {
        const struct register_field *field =
            &desk->policy->fields[policy_find_field(desk->policy, name)].value;
        const char *text =
            json_is_null(value) ? NULL : register_value_read(&scope, field, value, &desk->out->arena, &wrong);

        json_object_set_new(values, name, text ? register_value_json(field, text, false) : json_null());
    }
    return values;
}
