/*
 * ticket.update: what was said at intake was not quite right.
 *
 * Handler of the method table. Intake itself is never overwritten: an amendment is a record of its own, laid
 * over it when the ticket is read. Memory has the customer's name, the hours and whether it is a key
 * account; when one of the last two changes, other clocks or other deadlines may be owed, so the clocks are
 * judged again from their anchors.
 */
#include "lib/answer.h"
#include "lib/customer.h"
#include "lib/field.h"
#include "lib/field_happen.h"
#include "lib/intake.h"
#include "lib/judge.h"
#include "lib/method_handlers.h"
#include "lib/request.h"
#include <stdlib.h>

/* Members of an amendment, as they are laid over the intake. */
static json_t *amendment_of(const struct desk *desk, const struct request *request,
                            const struct ticket *ticket)
{
    static const char *const members[] = {"subject", "details", "contact"};
    json_t *amendment = json_object(), *fields = field_values(desk, request, ticket->class_index);
    json_t *id = json_object_get(json_object_get(request->params, "customer"), "id");

    for (size_t i = 0; i < sizeof(members) / sizeof(*members); i++)
        if (json_object_get(request->params, members[i]))
            json_object_set(amendment, members[i], json_object_get(request->params, members[i]));
    if (fields) /* what the regime declares changes one by one, what is free as a whole */
        json_object_set_new(
            amendment, policy_declares_fields(desk->policy, ticket->class_index) ? "field_changes" : "fields",
            fields);
    if (id)
        json_object_set(amendment, "customer_id", id);
    return amendment;
}

static bool is_sound(struct desk *desk, const struct request *request, const struct ticket *ticket,
                     uint8_t *ret_hours)
{
    const json_t *customer = json_object_get(request->params, "customer");

    return (!request_text(request, "subject") || intake_check_subject(desk, request)) &&
           (!json_object_get(request->params, "contact") || intake_check_contact(desk, request)) &&
           (!json_object_get(customer, "name") || intake_check_customer(desk, request)) &&
           intake_check_needs(desk, request, ticket->class_index, false) &&
           field_check(desk, request, ticket->class_index, false) &&
           intake_read_hours(desk, request, ret_hours);
}

static void change_customer(struct desk *desk, const struct request *request, struct ticket *ticket,
                            uint8_t hours)
{
    const json_t *customer = json_object_get(request->params, "customer");
    const char *name = json_string_value(json_object_get(customer, "name"));

    const json_t *is_key = json_object_get(customer, "key_account");
    bool are_given = json_object_get(customer, "staffed") || json_object_get(customer, "calendar");
    uint8_t new_hours = are_given ? hours : ticket->hours;
    bool is_now_key = is_key ? json_is_true(is_key) : ticket->is_key_customer;

    if (name)
        ticket->customer = intern_id(desk->customers, name);
    customer_keep(desk, ticket, customer, json_object_get(request->params, "contact"));
    if (new_hours == ticket->hours && is_now_key == ticket->is_key_customer)
        return;
    ticket->hours = new_hours;
    ticket->is_key_customer = is_now_key;
    if (ticket->is_open) /* of a closed ticket only the record is corrected */
        judge_reclassified(desk, ticket, desk->now, false);
}

void method_ticket_update(struct desk *desk, const struct request *request, struct effects *out)
{
    struct ticket *ticket = request_ticket(desk, request);
    uint8_t hours;

    if (!ticket || !is_sound(desk, request, ticket, &hours))
        return;
    json_t *amendment = amendment_of(desk, request, ticket);

    if (!json_object_size(amendment) && !json_object_get(request->params, "customer")) {
        json_decref(amendment);
        request_refuse(desk, request, RPC_INVALID_PARAMS, "ticket", "nothing is said that could be changed");
        return;
    }
    request_begin(desk, request, ticket, desk->now);
    struct record_row *row = request_record(desk, request, ticket, "amendment", desk->now);
    char *value = json_dumps(amendment, JSON_COMPACT | JSON_SORT_KEYS);

    row->value = arena_text(&out->arena, value);
    free(value);
    change_customer(desk, request, ticket, hours);
    field_change(desk, request, ticket, json_object_get(amendment, "field_changes"));
    json_decref(amendment);
    desk_arm(desk, ticket);
    request_done(desk, request, ticket, answer_changed(desk, ticket));
    row->record = desk->journal_sequence;
}
