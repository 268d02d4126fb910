/*
 * The tables of settings and methods as JSON, for those who compare them with the manual.
 *
 * Run by man/tables.py, which writes the pages' tables from it, and by tests/rules/test_documents.py. A
 * program and not a reader of C text: what it prints is what the daemon goes by, whatever macros the rows are
 * written with.
 */
#include "lib/methods.h"
#include "lib/settings.h"

#include <jansson.h>
#include <stdio.h>

static json_t *describe_setting(const struct setting *row)
{
    static const char *const types[] = {
        [SETTING_TEXT] = "text",       [SETTING_PATH] = "path", [SETTING_CHOICE] = "choice",
        [SETTING_INTEGER] = "integer", [SETTING_SPAN] = "span", [SETTING_NAMES] = "names",
    };

    return json_pack("{s:s,s:s,s:s,s:s,s:I,s:I,s:s?,s:s}", "section", row->section, "key", row->key, "type",
                     types[row->type], "fallback", row->fallback, "low", (json_int_t)row->low, "high",
                     (json_int_t)row->high, "choices", row->choices, "help", row->help);
}

static json_t *describe_parameters(const struct parameter *rows)
{
    static const char *const types[] = {
        [PARAMETER_STRING] = "string",   [PARAMETER_BOOLEAN] = "boolean", [PARAMETER_INTEGER] = "integer",
        [PARAMETER_INSTANT] = "instant", [PARAMETER_STRINGS] = "strings", [PARAMETER_OBJECT] = "object",
        [PARAMETER_ARRAY] = "array",
    };
    json_t *list = json_array();

    for (; rows && rows->name; rows++)
        json_array_append_new(list, json_pack("{s:s,s:s,s:b,s:s,s:o}", "name", rows->name, "type",
                                              types[rows->type], "required", (int)rows->required, "help",
                                              rows->help, "members", describe_parameters(rows->members)));
    return list;
}

static json_t *describe_method(const struct method *method)
{
    static const char *const kinds[] = {
        [METHOD_READ] = "read", [METHOD_WRITE] = "write", [METHOD_HAND] = "hand"};
    json_t *roles = json_array();

    for (enum role role = ROLE_INTAKE; role < ROLE_COUNT; role++)
        if (access_allows(method->roles, role))
            json_array_append_new(roles, json_string(access_role_name(role)));
    return json_pack("{s:s,s:s,s:o,s:o,s:s,s:s}", "name", method->name, "kind", kinds[method->kind], "roles",
                     roles, "parameters", describe_parameters(method->parameters), "help", method->help,
                     "result", method->result);
}

static json_t *describe_errors(void)
{
    json_t *list = json_array();

    for (enum rpc_error error = RPC_OK + 1; error < RPC_ERROR_COUNT; error++)
        json_array_append_new(list,
                              json_pack("{s:i,s:s,s:b}", "code", rpc_error_code(error), "name",
                                        rpc_error_name(error), "retryable", (int)rpc_error_retryable(error)));
    return list;
}

int main(void)
{
    json_t *settings = json_array(), *methods = json_array();

    for (size_t i = 0; i < settings_count(); i++)
        json_array_append_new(settings, describe_setting(settings_at(i)));
    for (size_t i = 0; i < methods_count(); i++)
        json_array_append_new(methods, describe_method(methods_at(i)));
    json_t *all =
        json_pack("{s:o,s:o,s:o,s:o,s:o}", "settings", settings, "methods", methods, "read_parameters",
                  describe_parameters(methods_read_parameters), "write_parameters",
                  describe_parameters(methods_write_parameters), "errors", describe_errors());
    int outcome = json_dumpf(all, stdout, JSON_INDENT(1) | JSON_PRESERVE_ORDER);

    json_decref(all);
    return outcome ? 1 : 0;
}
