/*
 * What the modules of the judge share of a desk: finding, marking, arming, journaling, naming.
 *
 * Called by judge*.c, notice.c, request.c, the methods and desk.c, all of which see a desk from inside
 * (desk_parts.h). Two invariants are kept here: a ticket that changed is on the list that the next settle
 * walks, once; and its entry in the wheel is the earliest instant it waits for.
 */
#include "lib/desk_parts.h"

#include "lib/base/instant.h"
#include "lib/base/memory.h"
#include "lib/judge.h"
#include <string.h>

struct clock_view desk_view(const struct desk *desk, const struct ticket *ticket, const struct clock *clock)
{
    const struct clock_policy *rule = &desk->policy->clocks[clock->rule];
    const struct ladder_list *ladder = ladder_book_list(&desk->ladders, clock->ladder);

    return (struct clock_view){
        .policy = desk->policy,
        .rule = rule,
        .ticket = ticket,
        .clock = clock,
        .rungs = ladder ? &ladder->set : NULL,
        .calendar = rule->customer_hours ? desk->hours[ticket->hours].calendar
                                         : policy_clock_calendar(desk->policy, rule, ticket->department),
        .records = {.texts = desk->texts, .registers = desk->registers},
    };
}

static bool read_id(const char *name, uint64_t *ret_id)
{
    *ret_id = 0;
    for (; *name >= '0' && *name <= '9' && *ret_id < UINT64_MAX / 20; name++)
        *ret_id = *ret_id * 10 + (uint64_t)(*name - '0');
    return !*name && *ret_id;
}

uint32_t desk_find(const struct desk *desk, const char *name)
{
    uint64_t id;
    uint16_t series;
    uint32_t number;

    if (read_id(name, &id))
        return store_find(desk->store, id);
    return series_read(&desk->numbers, desk->policy, name, &series, &number)
               ? store_find_number(desk->store, series, number)
               : TICKET_NO_INDEX;
}

uint32_t desk_index(const struct desk *desk, const struct ticket *ticket)
{
    return store_find(desk->store, ticket->id);
}

static void look_at_when_settling(struct desk *desk, uint32_t index)
{
    desk->touched = memory_reserve(desk->touched, &desk->touched_capacity, desk->touched_count + 1,
                                   sizeof(*desk->touched));
    desk->touched[desk->touched_count++] = index;
}

void desk_touch(struct desk *desk, struct ticket *ticket)
{
    if (ticket->is_dirty)
        return;
    ticket->is_dirty = true;
    look_at_when_settling(desk, desk_index(desk, ticket));
}

void desk_touch_clock(struct desk *desk, struct ticket *ticket, struct clock *clock)
{
    clock->is_dirty = true;
    desk_touch(desk, ticket);
}

void desk_arm(struct desk *desk, struct ticket *ticket)
{
    msec at = ticket->history_until_at != NEVER ? ticket->history_until_at : judge_next_at(desk, ticket);
    uint32_t index = desk_index(desk, ticket);

    if (at == NEVER)
        wheel_cancel(desk->wheel, index);
    else
        wheel_set(desk->wheel, index, at);
}

uint64_t desk_journal(struct desk *desk, const struct ticket *ticket, const char *type, const char *body)
{
    struct journal_row *row = effects_add(desk->out, EFFECT_JOURNAL);

    row->sequence = ++desk->journal_sequence;
    row->at = desk->now;
    row->ticket = ticket ? ticket->id : 0;
    row->type = type;
    row->body = body;
    return row->sequence;
}

const char *desk_number(const struct desk *desk, const struct ticket *ticket, struct arena *arena)
{
    char text[NUMBER_TEXT];

    series_text(&desk->numbers, desk->policy, ticket->series, ticket->number, text, sizeof(text));
    return arena_text(arena, text);
}

const char *desk_time(const struct desk *desk, msec at, struct arena *arena)
{
    char text[INSTANT_TEXT];

    if (at == NEVER)
        return "";
    instant_format(at, zone_offset_s(desk->policy->zone, at), text);
    return arena_text(arena, text);
}
