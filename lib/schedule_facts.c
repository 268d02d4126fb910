/*
 * From a record to words.
 *
 * Used by schedule_run.c. A subject's {expires} and a mail's {record.expires} are the same facts; a field
 * that names another record brings that record's fields along ({customer.name}). The customer of a ticket is
 * found in the registers `customers` or `customer`, by the fields that such registers usually have; a
 * schedule that has nothing to do with a customer opens its tickets in the regime's own name.
 */
#include "lib/schedule_facts.h"

#include "lib/base/civil.h"
#include "lib/base/instant.h"
#include "lib/base/memory.h"
#include "lib/notice_words.h"
#include <stdlib.h>
#include <string.h>

struct facts {
    struct notice_fact *list;
    size_t count, room;
    struct arena *arena;
};

static void add(struct facts *facts, const char *name, const char *value, bool is_private)
{
    if (facts->count < facts->room)
        facts->list[facts->count++] =
            (struct notice_fact){.name = name, .value = value, .is_private = is_private};
}

/* As people write it: an instant in the desk's zone. */
static const char *readable(const struct desk *desk, const struct register_field *field, const char *text,
                            struct arena *arena)
{
    msec at;

    if (field->kind == FIELD_INSTANT && instant_parse(text, &at) == INSTANT_OK)
        return notice_time(desk, at, arena);
    return arena_text(arena, text);
}

static const struct register_record *referred(const struct desk *desk, const struct register_field *field,
                                              const char *id)
{
    uint32_t index = id ? register_find(desk->registers, field->other, id) : REGISTER_NONE;
    const struct register_record *record =
        index == REGISTER_NONE ? NULL : register_at(desk->registers, field->other, index);

    return record && register_is_live(record) ? record : NULL;
}

static void add_fields(const struct desk *desk, struct facts *facts, const struct register_policy *of,
                       const char *const *values, const char *before)
{
    for (size_t i = 0; i < of->field_count; i++) {
        const struct register_field *field = &of->fields[i];
        bool is_private = field->kind == FIELD_PHONE || field->kind == FIELD_MAIL;

        add(facts, before ? arena_printf(facts->arena, "%s.%s", before, field->name) : field->name,
            values[i] ? readable(desk, field, values[i], facts->arena) : "", is_private);
        if (field->kind != FIELD_REGISTER || before)
            continue;
        const struct register_record *other = referred(desk, field, values[i]);

        if (other)
            add_fields(desk, facts, &desk->policy->registers[field->other],
                       (const char *const *)other->values, field->name);
    }
}

/* At most. */
static size_t facts_of(const struct desk *desk, uint8_t over)
{
    const struct register_policy *of = over == POLICY_NONE ? NULL : &desk->policy->registers[over];
    size_t count = of ? of->field_count : 0;

    for (size_t i = 0; of && i < of->field_count; i++)
        if (of->fields[i].kind == FIELD_REGISTER)
            count += desk->policy->registers[of->fields[i].other].field_count;
    return count;
}

size_t schedule_facts(const struct desk *desk, const struct schedule_view *view,
                      const struct schedule_firing *firing, struct arena *arena,
                      struct notice_fact **ret_facts)
{
    uint8_t over = view->schedule->over;
    struct facts facts = {.room = 3 + facts_of(desk, over), .arena = arena};
    struct civil day = zone_civil(desk->policy->zone, firing->occurrence_at);

    facts.list = arena_new(arena, facts.room * sizeof(*facts.list));
    add(&facts, "date", arena_printf(arena, "%04d-%02d-%02d", day.year, day.month, day.day), false);
    add(&facts, "month", arena_printf(arena, "%04d-%02d", day.year, day.month), false);
    if (view->values) {
        add(&facts, "id", register_at(desk->registers, over, firing->run.record)->id, false);
        add_fields(desk, &facts, &desk->policy->registers[over], view->values, NULL);
    }
    *ret_facts = facts.list;
    return facts.count;
}

static const char *find(const struct notice_fact *facts, size_t count, const char *name, size_t length)
{
    for (size_t i = 0; i < count; i++)
        if (strlen(facts[i].name) == length && memcmp(facts[i].name, name, length) == 0)
            return facts[i].value;
    return "";
}

const char *schedule_fill(const char *text, const struct notice_fact *facts, size_t count,
                          struct arena *arena)
{
    struct text out = {0};

    while (*text) {
        size_t length = strcspn(text, "{");

        text_append(&out, text, length);
        text += length;
        if (!*text)
            break;
        length = strcspn(++text, "}");
        text_add(&out, find(facts, count, text, length));
        text += length + (text[length] == '}');
    }
    const char *copy = arena_bytes(arena, text_get(&out), out.length);

    text_finish(&out);
    return copy;
}

/* ---- the customer ---- */

static bool is_customers(const struct register_policy *of)
{
    return register_is_of_customers(of->name);
}

const struct register_record *schedule_customer(const struct desk *desk, const struct schedule_view *view,
                                                const struct schedule_run *run,
                                                const struct register_policy **ret_of)
{
    uint8_t over = view->schedule->over;
    const struct register_policy *of = over == POLICY_NONE ? NULL : &desk->policy->registers[over];

    *ret_of = of;
    if (of && is_customers(of))
        return register_at(desk->registers, over, run->record);
    for (size_t i = 0; of && i < of->field_count; i++) {
        if (of->fields[i].kind != FIELD_REGISTER ||
            !is_customers(&desk->policy->registers[of->fields[i].other]))
            continue;
        *ret_of = &desk->policy->registers[of->fields[i].other];
        return referred(desk, &of->fields[i], view->values[i]);
    }
    return NULL;
}

const char *register_usual(const struct register_policy *of, const struct register_record *record,
                           const char *name)
{
    uint8_t field = register_policy_field(of, name);

    return field == POLICY_NONE ? NULL : record->values[field];
}

static void put_usual(json_t *object, const char *member, const struct register_policy *of,
                      const struct register_record *record, const char *name)
{
    const char *value = register_usual(of, record, name);

    if (value && !json_object_get(object, member))
        json_object_set_new(object, member, json_string(value));
}

void schedule_put_customer(const struct desk *desk, const struct schedule_view *view,
                           const struct schedule_run *run, json_t *params)
{
    static const char *const ways[] = {"phone", "fax", "email"};
    const struct register_policy *of;
    const struct register_record *record = schedule_customer(desk, view, run, &of);
    json_t *customer = json_object(), *contact = json_object();

    if (record) {
        const char *key = register_usual(of, record, "key_account");

        json_object_set_new(customer, "id", json_string(record->id));
        put_usual(customer, "name", of, record, "name");
        put_usual(customer, "staffed", of, record, "staffed");
        put_usual(contact, "name", of, record, "contact");
        put_usual(contact, "name", of, record, "name");
        for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++)
            put_usual(contact, ways[i], of, record, ways[i]);
        if (!key)
            key = register_usual(of, record, "key");
        if (key && strcmp(key, "yes") == 0)
            json_object_set_new(customer, "key_account", json_true());
    }
    if (!json_object_get(customer, "name"))
        json_object_set_new(customer, "name",
                            json_string(record ? record->id : desk->policy->title[desk->policy->language]));
    if (!json_object_get(contact, "name"))
        json_object_set(contact, "name", json_object_get(customer, "name"));
    json_object_set_new(params, "customer", customer);
    json_object_set_new(params, "contact", contact);
}
