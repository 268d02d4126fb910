/*
 * Reading registers: which one a call means, register.get and register.list, and their names of the trade.
 *
 * Handlers of the method table. A regime declares its registers; customer.get is register.get for the
 * register `customers` (or `customer`), and so on for the nouns below, which is all that the protocol's own
 * names mean. Everything is in memory. Phones and addresses are masked for roles that need not see them.
 */
#include "lib/method_records.h"

#include "lib/answer.h"
#include "lib/method_handlers.h"
#include "lib/register_value.h"
#include <string.h>

#define PAGE_DEFAULT 100
#define PAGE_MAX     500

static const struct {
    const char *noun, *plural;
} nouns[] = {
    {"customer", "customers"}, {"contract", "contracts"}, {"asset", "assets"},
    {"course", "courses"},     {"project", "projects"},   {"branch", "branches"},
};

static bool refuse(struct desk *desk, const struct request *request, const char *field, const char *detail)
{
    request_refuse(desk, request, RPC_INVALID_PARAMS, field, detail);
    return false;
}

/* ---- which register, which record ---- */

static uint8_t find_noun(const struct policy *policy, const char *method)
{
    for (size_t i = 0; i < sizeof(nouns) / sizeof(*nouns); i++) {
        size_t length = strlen(nouns[i].noun);

        if (strncmp(method, nouns[i].noun, length) != 0 || method[length] != '.')
            continue;
        uint8_t of = policy_find_register(policy, nouns[i].plural);

        return of != POLICY_NONE ? of : policy_find_register(policy, nouns[i].noun);
    }
    return POLICY_NONE;
}

static const char *list_registers(const struct desk *desk)
{
    const char *known = NULL;

    for (size_t i = 0; i < desk->policy->register_count; i++)
        known = known ? arena_printf(&desk->out->arena, "%s, %s", known, desk->policy->registers[i].name)
                      : desk->policy->registers[i].name;
    return known ? known : "none";
}

bool register_request_of(struct desk *desk, const struct request *request, uint8_t *ret_of)
{
    const char *name = request_text(request, "register");

    *ret_of =
        name ? policy_find_register(desk->policy, name) : find_noun(desk->policy, request->method->name);
    if (*ret_of != POLICY_NONE)
        return true;
    if (!name)
        request_refuse(desk, request, RPC_INVALID_STATE, NULL,
                       arena_printf(&desk->out->arena, "the regime declares no such register (it has: %s)",
                                    list_registers(desk)));
    return name && refuse(desk, request, "register",
                          arena_printf(&desk->out->arena, "the regime has no register '%s' (it has: %s)",
                                       name, list_registers(desk)));
}

struct register_record *register_request_record(struct desk *desk, const struct request *request, uint8_t of)
{
    uint32_t index = register_find(desk->registers, of, request_text(request, "id"));
    struct register_record *record = index == REGISTER_NONE ? NULL : register_at(desk->registers, of, index);

    if (record && register_is_live(record))
        return record;
    request_refuse(desk, request, RPC_NOT_FOUND, "id",
                   arena_printf(&desk->out->arena, "the register %s has no record of that id",
                                desk->policy->registers[of].name));
    return NULL;
}

/* ---- get, list ---- */

static json_t *record_json(const struct desk *desk, const struct request *request, uint8_t of,
                           const struct register_record *record)
{
    bool masked = !access_sees_contact_data(request->peer.role);
    json_t *object = json_pack("{s:s,s:i}", "id", record->id, "revision", (int)record->revision);

    json_object_set_new(object, "changed_at", answer_instant(desk, record->changed_at));
    json_object_set_new(object, "fields", register_fields_json(&desk->policy->registers[of], record, masked));
    return object;
}

void method_register_get(struct desk *desk, const struct request *request, struct effects *out)
{
    const struct register_record *record;
    uint8_t of;

    (void)out;
    if (!register_request_of(desk, request, &of) || !(record = register_request_record(desk, request, of)))
        return;
    json_t *object = record_json(desk, request, of, record);

    json_object_set_new(object, "register", json_string(desk->policy->registers[of].name));
    request_answer(desk, request, object);
}

/* Conditions of a list: a text for each field that must have it. */
static bool read_where(struct desk *desk, const struct request *request, uint8_t of, const char **values)
{
    const struct register_scope scope = {.policy = desk->policy, .roster = desk->roster};
    const struct register_policy *policy = &desk->policy->registers[of];
    const char *name, *wrong;
    json_t *value;

    json_object_foreach(json_object_get(request->params, "where"), name, value)
    {
        uint8_t field = register_policy_field(policy, name);
        const char *path = arena_printf(&desk->out->arena, "where.%s", name);

        if (field == POLICY_NONE)
            return refuse(desk, request, path, "the register has no such field");
        values[field] = register_value_read(&scope, &policy->fields[field], value, &desk->out->arena, &wrong);
        if (wrong)
            return refuse(desk, request, path, wrong);
    }
    return true;
}

static bool fits(const struct register_policy *of, const struct register_record *record,
                 const char *const *where)
{
    if (!register_is_live(record))
        return false;
    for (size_t i = 0; i < of->field_count; i++)
        if (where[i] && (!record->values[i] || strcmp(record->values[i], where[i]) != 0))
            return false;
    return true;
}

/* The first place behind `after` in the order of ids. */
static size_t place_after(const struct desk *desk, uint8_t of, const uint32_t *sorted, size_t count,
                          const char *after)
{
    size_t low = 0, high = after ? count : 0;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (strcmp(register_at(desk->registers, of, sorted[middle])->id, after) <= 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* [{field, kind, optional, words?, of?}]: what an export's head and a form are made of. */
static json_t *fields_of(const struct desk *desk, const struct register_policy *of)
{
    json_t *list = json_array();

    for (size_t i = 0; i < of->field_count; i++) {
        const struct register_field *field = &of->fields[i];
        json_t *object = json_pack("{s:s,s:s,s:b}", "field", field->name, "kind",
                                   field_kind_name(field->kind), "optional", field->is_optional);

        for (uint8_t word = 0; field->kind == FIELD_WORDS && word < field->word_count; word++) {
            if (!word)
                json_object_set_new(object, "words", json_array());
            json_array_append_new(json_object_get(object, "words"), json_string(field->words[word]));
        }
        if (field->kind == FIELD_REGISTER)
            json_object_set_new(object, "of", json_string(desk->policy->registers[field->other].name));
        json_array_append_new(list, object);
    }
    return list;
}

void method_register_list(struct desk *desk, const struct request *request, struct effects *out)
{
    const char *where[REGISTER_FIELDS_MAX] = {NULL};
    json_int_t limit = request_number(request, "limit", PAGE_DEFAULT);
    uint8_t of;
    size_t count;

    (void)out;
    if (!register_request_of(desk, request, &of) || !read_where(desk, request, of, where))
        return;
    if (limit < 1 || limit > PAGE_MAX) {
        refuse(desk, request, "limit", "1 to 500");
        return;
    }
    const struct register_policy *policy = &desk->policy->registers[of];
    const uint32_t *sorted = register_sorted(desk->registers, of, &count);
    json_t *records = json_array();
    const char *last = NULL;
    bool is_more = false;

    for (size_t i = place_after(desk, of, sorted, count, request_text(request, "after"));
         i < count && !is_more; i++) {
        const struct register_record *record = register_at(desk->registers, of, sorted[i]);

        if (!fits(policy, record, where))
            continue;
        is_more = (json_int_t)json_array_size(records) == limit;
        if (!is_more) {
            json_array_append_new(records, record_json(desk, request, of, record));
            last = record->id;
        }
    }
    json_t *result = json_pack("{s:s,s:o,s:o}", "register", policy->name, "fields", fields_of(desk, policy),
                               "records", records);

    if (is_more)
        json_object_set_new(result, "next", json_string(last));
    request_answer(desk, request, result);
}
