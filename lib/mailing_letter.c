/*
 * A letter of a mailing: the record, the customer that it is or names, and what the template may say of them.
 *
 * Made by mailing.c for each recipient when its turn comes, and by method_mailing.c to show what would be
 * sent. The facts are those of a schedule's mail ({record.FIELD}), because the same templates serve both.
 */
#include "lib/mailing_letter.h"

#include "lib/schedule_facts.h"
#include <string.h>

struct customer_reach mailing_reach(const struct desk *desk, struct register_place place,
                                    const char **ret_name)
{
    const struct schedule_policy schedule = {.over = place.of};
    const struct schedule_run run = {.record = place.index};
    const struct register_policy *of;
    const struct schedule_view view = {
        desk->policy, &schedule,
        (const char *const *)register_at(desk->registers, place.of, place.index)->values};
    const struct register_record *customer = schedule_customer(desk, &view, &run, &of);

    *ret_name = "";
    if (!customer || !register_is_live(customer))
        return (struct customer_reach){.id = "", .name = "", .mail = "", .phone = ""};
    const char *name = register_usual(of, customer, "name");

    *ret_name = name ? name : customer->id;
    return customer_of_record(desk, of, customer);
}

struct mailing_letter *mailing_letter(struct desk *desk, struct register_place place,
                                      const char *template_name, const char *clock_name)
{
    struct arena *arena = &desk->out->arena;
    struct mailing_letter *letter = arena_new(arena, sizeof(*letter));
    const struct register_record *record = register_at(desk->registers, place.of, place.index);
    const struct schedule_policy schedule = {.over = place.of};
    const struct schedule_view view = {desk->policy, &schedule, (const char *const *)record->values};
    const struct schedule_firing firing = {.occurrence_at = desk->now, .run.record = place.index};
    struct notice_fact *facts;
    size_t count = schedule_facts(desk, &view, &firing, arena, &facts);

    letter->matter = (struct notice_matter){
        .number = record->id,
        .customer = "",
        .title = desk->policy->registers[place.of].title,
        .due_at = NEVER,
        .thread = arena_printf(arena, "%s/%s", clock_name, record->id),
        .facts = facts,
        .fact_count = count,
    };
    letter->reach = mailing_reach(desk, place, &letter->matter.customer);
    letter->none = (struct ticket){
        .department = POLICY_NONE,
        .handler = TICKET_NOBODY,
        .class_index = POLICY_NONE,
        .urgency = POLICY_NONE,
        .stage = POLICY_NONE,
        .history_until_at = NEVER,
        .received_at = NEVER,
    };
    letter->occasion = (struct occasion){
        .ticket = &letter->none,
        .matter = &letter->matter,
        .clock_name = clock_name,
        .template_name = template_name,
        .reason = clock_name,
        .shows = UINT32_C(1) << VARIABLE_NOTE,
        .cycle = 1,
        .rung = RUNG_MAILING,
        .at = desk->now,
    };
    return letter;
}
