/*
 * Values that a ticket's clocks and decisions rest on, looked up.
 *
 * Called by clock_budget() and its like whenever a deadline is counted, and by explanations, so that nothing
 * of it is remembered twice: what a record says now is what counts now. Only fields that the regime asks for
 * in this way are in memory; a record that was taken out of its register says nothing.
 */
#include "lib/field_path.h"

#include "lib/ticket_rare.h"

static const char *own_text(const struct field_records *records, const struct ticket *ticket, uint8_t field)
{
    const struct ticket_rare *rare = ticket_rare(ticket);

    for (uint16_t i = 0; i < rare->value_count; i++)
        if (rare->values[i].field == field)
            return intern_text(records->texts, rare->values[i].text);
    return NULL;
}

const char *field_path_text(const struct field_records *records, const struct policy *policy,
                            const struct ticket *ticket, struct field_path path)
{
    const char *text = own_text(records, ticket, path.field);
    uint8_t of = policy->fields[path.field].value.other;

    if (path.member == POLICY_NONE || !text)
        return text;
    uint32_t index = register_find(records->registers, of, text);
    const struct register_record *record =
        index == REGISTER_NONE ? NULL : register_at(records->registers, of, index);

    return record && register_is_live(record) ? record->values[path.member] : NULL;
}

const struct register_field *field_path_field(const struct policy *policy, struct field_path path)
{
    const struct register_field *own = &policy->fields[path.field].value;

    return path.member == POLICY_NONE ? own : &policy->registers[own->other].fields[path.member];
}

const char *field_path_name(const struct policy *policy, struct field_path path, struct arena *arena)
{
    const char *own = policy->fields[path.field].value.name;

    return path.member == POLICY_NONE
               ? own
               : arena_printf(arena, "%s.%s", own, field_path_field(policy, path)->name);
}
