/*
 * What becomes of a ticket when its fields are filled in.
 *
 * Called by ticket.create and ticket.update after every check. A field that is filled in is something that
 * happens: gates and `when` ask for it afterwards by a fact of the ticket, clocks start and stop by it, and
 * what a clock's span or day rests on is kept (field_value.c). At intake all that is known before the first
 * clock hears of the receipt, and it happens after that, so that what a clock waits for and what intake says
 * already come in the order in which people would tell it.
 */
#include "lib/field_happen.h"

#include "lib/field_value.h"
#include "lib/gate.h"
#include "lib/judge_again.h"
#include "lib/register_value.h"

static void forget(const struct policy *policy, struct ticket *ticket, uint8_t field)
{
    gate_forget(policy, ticket, &(struct condition){.what = HAPPENING_FIELD, .of = field});
}

static const char *text_of(struct desk *desk, uint8_t field, const json_t *value)
{
    const struct register_scope scope = {
        .policy = desk->policy, .roster = desk->roster, .registers = desk->registers};
    const char *wrong;

    return json_is_null(value) ? NULL
                               : register_value_read(&scope, &desk->policy->fields[field].value, value,
                                                     &desk->out->arena, &wrong);
}

void field_learn(struct desk *desk, const struct request *request, struct ticket *ticket,
                 const json_t *values, msec at, struct field_news *ret_news)
{
    const struct policy *policy = desk->policy;

    ret_news->count = 0;
    for (uint8_t field = 0; values && field < policy->field_count; field++) {
        const json_t *value = json_object_get(values, policy->fields[field].value.name);
        const char *text = value ? text_of(desk, field, value) : NULL;
        struct occurrence *filled = &ret_news->list[ret_news->count];

        if (!value || !policy_has_field(policy, ticket->class_index, field))
            continue;
        forget(policy, ticket, field);
        field_value_set(desk, ticket, field, text);
        if (!text)
            continue;
        *filled = (struct occurrence){
            .what = HAPPENING_FIELD,
            .at = at,
            .of = field,
            .kind = policy_field_word(&policy->fields[field].value, text),
            .roles = request_roles(desk, request),
        };
        gate_learn(desk, ticket, filled);
        ret_news->count++;
    }
}

void field_tell(struct desk *desk, struct ticket *ticket, const struct field_news *news)
{
    if (news->count)
        judge_happen_together(desk, ticket, news->list, news->count, NULL);
}

void field_change(struct desk *desk, const struct request *request, struct ticket *ticket,
                  const json_t *values)
{
    uint32_t applicable = judge_applicable(desk, ticket);
    struct field_news news;

    field_learn(desk, request, ticket, values, desk->now, &news);
    if (!ticket->is_open) /* of a closed ticket only the record is corrected */
        return;
    field_tell(desk, ticket, &news);
    judge_follow(desk, ticket, desk->now, applicable);
}
