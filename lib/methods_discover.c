/*
 * The method table as an OpenRPC document, for rpc.discover.
 *
 * Every name, type, help text and role comes from the rows that dispatch, so the document cannot be out of
 * date. Source of the form: the OpenRPC specification 1.2; roles are an extension member (`x-roles`).
 */
#include "lib/methods.h"

#include <jansson.h>

static json_t *schema_of(const struct parameter *parameter);

static json_t *object_schema(const struct parameter *members)
{
    json_t *properties = json_object(), *required = json_array();

    for (; members && members->name; members++) {
        json_object_set_new(properties, members->name, schema_of(members));
        if (members->required)
            json_array_append_new(required, json_string(members->name));
    }
    return json_pack("{s:s,s:o,s:o}", "type", "object", "properties", properties, "required", required);
}

static json_t *schema_of(const struct parameter *parameter)
{
    switch (parameter->type) {
    case PARAMETER_STRING:
        return json_pack("{s:s}", "type", "string");
    case PARAMETER_BOOLEAN:
        return json_pack("{s:s}", "type", "boolean");
    case PARAMETER_INTEGER:
        return json_pack("{s:s}", "type", "integer");
    case PARAMETER_INSTANT:
        return json_pack("{s:s,s:s}", "type", "string", "format", "date-time");
    case PARAMETER_STRINGS:
        return json_pack("{s:s,s:{s:s}}", "type", "array", "items", "type", "string");
    case PARAMETER_OBJECT:
        return object_schema(parameter->members);
    case PARAMETER_ARRAY:
        return json_pack("{s:s}", "type", "array");
    }
    return json_object();
}

static void describe_parameters(json_t *list, const struct parameter *rows)
{
    for (; rows && rows->name; rows++)
        json_array_append_new(list, json_pack("{s:s,s:s,s:b,s:o}", "name", rows->name, "summary", rows->help,
                                              "required", (int)rows->required, "schema", schema_of(rows)));
}

static json_t *role_names(role_set roles)
{
    json_t *list = json_array();

    for (enum role role = ROLE_INTAKE; role < ROLE_COUNT; role++)
        if (access_allows(roles, role))
            json_array_append_new(list, json_string(access_role_name(role)));
    return list;
}

static json_t *describe_method(const struct method *method)
{
    json_t *parameters = json_array();

    describe_parameters(parameters, method->parameters);
    describe_parameters(parameters,
                        method->kind == METHOD_WRITE ? methods_write_parameters : methods_read_parameters);
    return json_pack("{s:s,s:s,s:s,s:o,s:{s:s,s:s,s:{}},s:o}", "name", method->name, "summary", method->help,
                     "paramStructure", "by-name", "params", parameters, "result", "name", "result", "summary",
                     method->result, "schema", "x-roles", role_names(method->roles));
}

json_t *methods_discover(void)
{
    json_t *list = json_array();

    for (size_t i = 0; i < methods_count(); i++)
        if (methods_at(i)->roles)
            json_array_append_new(list, describe_method(methods_at(i)));
    return json_pack("{s:s,s:{s:s,s:s},s:o}", "openrpc", "1.2.6", "info", "title", "duban", "version",
                     DUBAN_VERSION, "methods", list);
}
