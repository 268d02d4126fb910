/*
 * The customer's person as far as mails need them.
 *
 * A ticket keeps who its contact is in one interned text, {"email","id","name","phone"}, because most tickets
 * are written about once or twice and many have the same contact; it is a column of the ticket, so that it is
 * there again after a restart, and an amendment replaces it. What intake left open (an address, the language)
 * is looked up in the register of customers at the moment of writing: registers are where such facts are kept
 * up to date.
 */
#include "lib/customer.h"

#include "lib/rpc.h"
#include "lib/schedule_facts.h"
#include <string.h>

static const char *const members[] = {"email", "name", "phone"};

static void lay_over(json_t *reach, const char *member, const json_t *from, const char *name)
{
    const char *text = json_string_value(json_object_get(from, name));

    if (text && *text)
        json_object_set_new(reach, member, json_string(text));
    else
        json_object_del(reach, member);
}

void customer_keep(struct desk *desk, struct ticket *ticket, const json_t *customer, const json_t *contact)
{
    json_t *reach = json_loads(intern_text(desk->customers, ticket->contact), 0, NULL);
    struct text text = {0};

    if (!reach)
        reach = json_object();
    if (json_object_get(customer, "id"))
        lay_over(reach, "id", customer, "id");
    for (size_t i = 0; contact && i < sizeof(members) / sizeof(*members); i++)
        lay_over(reach, members[i], contact, members[i]);
    rpc_write_canonical(&text, reach);
    ticket->contact = json_object_size(reach) ? intern_id(desk->customers, text_get(&text)) : 0;
    text_finish(&text);
    json_decref(reach);
}

const struct register_record *customer_record(const struct desk *desk, const char *id,
                                              const struct register_policy **ret_of)
{
    uint8_t of = policy_find_register(desk->policy, "customers");

    if (of == POLICY_NONE)
        of = policy_find_register(desk->policy, "customer");
    uint32_t index = of != POLICY_NONE && id && *id ? register_find(desk->registers, of, id) : REGISTER_NONE;
    const struct register_record *record =
        index == REGISTER_NONE ? NULL : register_at(desk->registers, of, index);

    *ret_of = record ? &desk->policy->registers[of] : NULL;
    return record && register_is_live(record) ? record : NULL;
}

static const char *usual(const struct register_policy *of, const struct register_record *record,
                         const char *name)
{
    const char *value = register_usual(of, record, name);

    return value ? value : "";
}

struct customer_reach customer_of_record(const struct desk *desk, const struct register_policy *of,
                                         const struct register_record *record)
{
    struct customer_reach reach = {
        .id = record->id,
        .name = usual(of, record, "contact"),
        .mail = usual(of, record, "email"),
        .phone = usual(of, record, "phone"),
        .language = desk->policy->language,
    };

    language_find(usual(of, record, "language"), &reach.language); /* left alone when it is none of ours */
    if (!*reach.name)
        reach.name = usual(of, record, "name");
    if (!*reach.name)
        reach.name = record->id;
    return reach;
}

static void take(json_t *kept, const char *member, struct arena *arena, const char **text)
{
    const char *said = json_string_value(json_object_get(kept, member));

    if (said)
        *text = arena_text(arena, said);
}

struct customer_reach customer_of_ticket(const struct desk *desk, const struct ticket *ticket,
                                         struct arena *arena)
{
    json_t *kept = json_loads(intern_text(desk->customers, ticket->contact), 0, NULL);
    const struct register_policy *of;
    const struct register_record *record =
        customer_record(desk, json_string_value(json_object_get(kept, "id")), &of);
    struct customer_reach reach = {.id = "", .name = "", .mail = "", .phone = ""};

    reach.language = desk->policy->language;
    if (record)
        reach = customer_of_record(desk, of, record);
    take(kept, "id", arena, &reach.id);
    take(kept, "name", arena, &reach.name);
    take(kept, "email", arena, &reach.mail);
    take(kept, "phone", arena, &reach.phone);
    if (!*reach.name)
        reach.name = intern_text(desk->customers, ticket->customer);
    json_decref(kept);
    return reach;
}
