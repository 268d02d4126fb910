/*
 * The core of a record: an organisation, a person, a working way to reach them, and the problem in one line.
 *
 * Called by ticket.create, which needs all of it, and ticket.update, which looks at the parts that are
 * amended, so that no amendment can take away what intake insists on (INT-7).
 */
#include "lib/intake.h"

#include "lib/schedule_facts.h"
#include <string.h>

#define CUSTOMER_BYTES 300
#define SUBJECT_BYTES  500

static const char *text_of(const struct request *request, const char *object, const char *name)
{
    return json_string_value(json_object_get(json_object_get(request->params, object), name));
}

static bool says_something(const char *text)
{
    return text && text[strspn(text, " \t")];
}

static bool refuse(struct desk *desk, const struct request *request, const char *field, const char *detail)
{
    request_refuse(desk, request, RPC_INVALID_PARAMS, field, detail);
    return false;
}

bool intake_check_customer(struct desk *desk, const struct request *request)
{
    const char *name = text_of(request, "customer", "name");

    if (says_something(name) && strlen(name) <= CUSTOMER_BYTES)
        return true;
    if (!name)
        return refuse(desk, request, "customer.name", "is required");
    return refuse(desk, request, "customer.name", "the customer's name is 1 to 300 bytes long");
}

bool intake_check_contact(struct desk *desk, const struct request *request)
{
    static const char *const ways[] = {"phone", "fax", "email"};
    bool can_be_reached = false;

    if (request->own_answer) /* a schedule's ticket is about a record, which may say nothing of the kind */
        return true;
    if (!says_something(text_of(request, "contact", "name")))
        return refuse(desk, request, "contact.name", "a contact person is needed");
    for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++)
        can_be_reached |= says_something(text_of(request, "contact", ways[i]));
    return can_be_reached ||
           refuse(desk, request, "contact", "one working way to reach them is needed: phone, fax or email");
}

bool intake_check_subject(struct desk *desk, const struct request *request)
{
    const char *subject = request_text(request, "subject");

    if (says_something(subject) && strlen(subject) <= SUBJECT_BYTES)
        return true;
    return refuse(desk, request, "subject", "the subject is 1 to 500 bytes long");
}

static bool is_said(const json_t *value)
{
    return json_is_array(value)
               ? json_array_size(value) > 0
               : value && (!json_is_string(value) || says_something(json_string_value(value)));
}

/* `type` may be said as `types`. Of a contact that is amended all is said anew, of everything else only what
   changes. */
static bool meets(const json_t *params, const struct need *need, bool is_whole)
{
    const json_t *object = need->object ? json_object_get(params, need->object) : params;
    const json_t *value = json_object_get(object, need->member);
    bool is_asked = is_whole || value || (object && need->object && strcmp(need->object, "contact") == 0);

    return !is_asked || is_said(value) ||
           (strcmp(need->member, "type") == 0 && is_said(json_object_get(params, "types")));
}

bool intake_check_needs(struct desk *desk, const struct request *request, uint8_t class_index, bool is_whole)
{
    const struct policy *policy = desk->policy;
    struct arena *arena = &desk->out->arena;
    uint32_t needs = policy->class_policies[class_index].needs;

    if (request->own_answer)
        return true;
    for (size_t i = 0; i < core_need_count; i++)
        if ((needs >> i & 1) && !meets(request->params, &core_needs[i], is_whole))
            return refuse(desk, request, need_name(&core_needs[i], arena),
                          arena_printf(arena, "class %s needs it", policy->classes.terms[class_index].name));
    return true;
}

static void add_known(json_t *customer, const char *member, const char *value)
{
    if (value && !json_object_get(customer, member))
        json_object_set_new(customer, member, json_string(value));
}

json_t *intake_with_register(const struct desk *desk, const struct request *request)
{
    const char *id = text_of(request, "customer", "id");
    uint8_t of = policy_find_register(desk->policy, "customers");

    if (of == POLICY_NONE)
        of = policy_find_register(desk->policy, "customer");
    uint32_t index = of != POLICY_NONE && id ? register_find(desk->registers, of, id) : REGISTER_NONE;
    const struct register_record *record =
        index == REGISTER_NONE ? NULL : register_at(desk->registers, of, index);

    if (!record || !register_is_live(record))
        return NULL;
    const struct register_policy *policy = &desk->policy->registers[of];
    json_t *params = json_copy((json_t *)(uintptr_t)request->params);
    json_t *customer = json_copy(json_object_get(params, "customer"));
    const char *key = register_usual(policy, record, "key_account");

    if (!key)
        key = register_usual(policy, record, "key");
    add_known(customer, "name", register_usual(policy, record, "name"));
    if (!json_object_get(customer, "calendar"))
        add_known(customer, "staffed", register_usual(policy, record, "staffed"));
    if (key && !json_object_get(customer, "key_account"))
        json_object_set_new(customer, "key_account", json_boolean(strcmp(key, "yes") == 0));
    json_object_set_new(params, "customer", customer);
    return params;
}

/* Hours of their own, or a calendar of ours. */
bool intake_read_hours(struct desk *desk, const struct request *request, uint8_t *ret_hours)
{
    const char *staffed = text_of(request, "customer", "staffed");
    const char *calendar = text_of(request, "customer", "calendar");
    int open, close;

    if (staffed && calendar)
        return refuse(desk, request, "customer.calendar", "either staffed or a calendar, not both");
    if (calendar && !policy_find_calendar(desk->policy, calendar))
        return refuse(desk, request, "customer.calendar",
                      arena_printf(&desk->out->arena, "the regime names no calendar '%s'", calendar));
    if (staffed && !desk_hours_are_typed(staffed, &open, &close))
        return refuse(desk, request, "customer.staffed", "staffed is 24h or HH:MM-HH:MM");
    *ret_hours = desk_hours(desk, staffed ? staffed : calendar ? calendar : "24h");
    return *ret_hours != POLICY_NONE ||
           refuse(desk, request, staffed ? "customer.staffed" : "customer.calendar",
                  "too many different hours are in use on this desk");
}
