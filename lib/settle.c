/*
 * Closing a batch: what is in memory becomes rows.
 *
 * desk_settle is called once before a batch is written. State tables are projections of what the steps did,
 * so one row per touched ticket and clock is enough however often a batch touched it; that is where group
 * commit saves most. Tickets that are closed leave memory here, after their last row: from then on PostgreSQL
 * alone has them.
 */
#include "lib/desk_parts.h"
#include "lib/hold_rules.h"

#include "lib/field_value.h"
#include "lib/merger.h"
#include "lib/register_rows.h"
#include "lib/reminder.h"
#include "lib/request.h"
#include "lib/rpc.h"
#include "lib/schedule_book.h"
#include <inttypes.h>
#include <stdlib.h>

/* `merged:42` among them: the ticket that answers for this one. */
static const char *list_facts(const struct policy *policy, const struct ticket *ticket, struct arena *arena)
{
    const char *list = "";

    for (size_t i = 0; i < policy->fact_count; i++)
        if (ticket->facts >> i & 1)
            list = arena_printf(arena, "%s%s%s", list, list[0] ? "," : "", policy->facts[i].text);
    if (merger_target(ticket))
        list = arena_printf(arena, "%s%smerged:%" PRIu64, list, list[0] ? "," : "", merger_target(ticket));
    return list;
}

static const char *word(const struct vocabulary *words, uint8_t index)
{
    return index < words->count ? words->terms[index].name : "";
}

static const char *person_id(const struct desk *desk, uint16_t person)
{
    const struct person *who = roster_person(desk->roster, person);

    return who ? who->id : "";
}

static const char *result_of(const struct desk *desk, uint64_t ticket)
{
    for (size_t i = desk->result_count; i-- > 0;)
        if (desk->results[i].ticket == ticket)
            return desk->results[i].text;
    return NULL;
}

static const char *known_of(const struct desk *desk, const struct ticket *ticket, struct arena *arena)
{
    json_t *fields = field_values_known(desk, ticket);
    json_t *known = fields ? json_pack("{s:o}", "fields", fields) : NULL;
    struct text text = {0};

    if (!known)
        return NULL;
    rpc_write_canonical(&text, known);
    const char *copy = arena_bytes(arena, text_get(&text), text.length);

    text_finish(&text);
    json_decref(known);
    return copy;
}

/* Names are copied: a reload may free this policy while the batch still waits for its COMMIT. */
static void fill_row(const struct desk *desk, const struct ticket *ticket, struct arena *arena,
                     struct ticket_row *row)
{
    const struct policy *policy = desk->policy;

    row->ticket = ticket->id;
    row->number = desk_number(desk, ticket, arena);
    row->class_name = arena_text(arena, word(&policy->classes, ticket->class_index));
    row->urgency = arena_text(arena, word(&policy->urgencies, ticket->urgency));
    row->channel = arena_text(arena, word(&policy->channels, ticket->channel));
    row->stage = arena_text(arena, word(&policy->stages, ticket->stage));
    row->types = vocabulary_list(&policy->types, ticket->types, ",", arena);
    row->customer = intern_text(desk->customers, ticket->customer);
    row->contact = intern_text(desk->customers, ticket->contact);
    row->staffed = arena_text(arena, desk->hours[ticket->hours].text);
    row->department = arena_text(arena, word(&policy->departments, ticket->department));
    row->handler = arena_text(arena, person_id(desk, ticket->handler));
    row->recorder = arena_text(arena, person_id(desk, ticket->recorder));
    row->supporting = vocabulary_list(&policy->departments, ticket_rare(ticket)->supporting, ",", arena);
    row->story = arena_text(arena, ticket_rare(ticket)->story);
    row->facts = list_facts(policy, ticket, arena);
    row->revision = ticket->revision;
    row->open = ticket->is_open;
    row->key_account = ticket->is_key_customer;
    row->has_pauses = ticket_rare(ticket)->pause_count > 0;
    row->staged_at = ticket_rare(ticket)->staged_at;
    row->received_at = ticket->received_at;
    row->created_at = ticket->created_at;
    row->handed_over_at = ticket->handed_over_at;
    row->expected_at = ticket->expected_at;
    row->solved_at = ticket->solved_at;
    row->closed_at = ticket->closed_at;
    row->history_until_at = ticket->history_until_at;
    row->contacted_at = ticket->contacted_at;
    row->occurred_at = ticket_rare(ticket)->occurred_at ? ticket_rare(ticket)->occurred_at : NEVER;
    row->known = known_of(desk, ticket, arena);
    row->result = result_of(desk, ticket->id);
}

/* For whoever watches the deadlines from outside. */
static msec grace_until(const struct desk *desk, const struct ticket *ticket, const struct clock *clock)
{
    const struct clock_view view = desk_view(desk, ticket, clock);
    bool is_graced = view.rule->grace.amount && clock->state == CLOCK_RUNNING;

    return is_graced ? clock_declared_at(&view, clock->due_at) : NEVER;
}

static void settle_clocks(const struct desk *desk, struct ticket *ticket, struct effects *out)
{
    for (uint8_t i = 0; i < ticket->clock_count; i++) {
        struct clock *clock = &ticket->clocks[i];

        if (!clock->is_dirty)
            continue;
        struct clock_row *row = effects_add(out, EFFECT_CLOCK);

        clock->is_dirty = false;
        *row = (struct clock_row){
            .ticket = ticket->id,
            .clock = arena_text(&out->arena, desk->policy->clocks[clock->rule].name),
            .state = clock_state_name((enum clock_state)clock->state),
            .cycle = clock->cycle,
            .told_since = ticket_told_since(ticket, clock),
            .reminders = reminder_list(&desk->policy->clocks[clock->rule], clock, &out->arena),
            .rearmed = clock->rearmed,
            .rungs = clock->rungs,
            .credited = clock->credited,
            .ladder = clock->ladder,
            .repeats = clock->repeats,
            .untold = clock->untold,
            .ladder_running = clock->ladder_running,
            .was_late = clock->was_late,
            .withdrawn = clock->withdrawn,
            .acknowledged = clock->acknowledged,
            .anchor_at = clock->anchor_at,
            .due_at = clock->due_at,
            .breached_at = clock->breached_at,
            .fired_at = clock->fired_at,
            .ended_at = clock->ended_at,
            .grace_until_at = grace_until(desk, ticket, clock),
        };
    }
}

static void settle_fresh(struct desk *desk, struct effects *out)
{
    for (size_t i = 0; i < desk->fresh_count; i++) {
        struct ticket *ticket = store_ticket(desk->store, desk->fresh[i].index);
        const struct ticket_cold *cold = desk->fresh[i].row->cold;

        fill_row(desk, ticket, &out->arena, desk->fresh[i].row);
        desk->fresh[i].row->cold = cold;
        settle_clocks(desk, ticket, out);
        ticket->is_dirty = false;
    }
}

static void settle_touched(struct desk *desk, struct effects *out)
{
    for (size_t i = 0; i < desk->touched_count; i++) {
        struct ticket *ticket = store_ticket(desk->store, desk->touched[i]);

        if (!ticket->in_use || !ticket->is_dirty)
            continue;
        ticket->is_dirty = false;
        fill_row(desk, ticket, &out->arena, effects_add(out, EFFECT_TICKET));
        settle_clocks(desk, ticket, out);
    }
}

static void let_go(struct desk *desk)
{
    for (size_t i = 0; i < desk->touched_count; i++) {
        struct ticket *ticket = store_ticket(desk->store, desk->touched[i]);

        ticket->is_fresh = false;
        if (!ticket->in_use || ticket->is_open || desk->options.keeps_closed)
            continue;
        hold_part(desk, ticket);
        outbox_detach(desk->outbox, ticket);
        wheel_cancel(desk->wheel, desk->touched[i]);
        store_remove(desk->store, desk->touched[i]);
    }
    desk->touched_count = desk->fresh_count = desk->result_count = 0;
}

static void add_sequence(struct effects *out, const char *name, uint64_t last)
{
    struct sequence_row *row = effects_add(out, EFFECT_SEQUENCE);

    row->name = arena_text(&out->arena, name);
    row->last = last;
}

static void settle_sequences(struct desk *desk, struct effects *out)
{
    if (desk->tickets_moved)
        add_sequence(out, "ticket", desk->ticket_sequence);
    if (desk->notices_moved)
        add_sequence(out, "notice", desk->notice_sequence);
    series_settle(&desk->numbers, out);
    desk->tickets_moved = desk->notices_moved = false;
}

void desk_settle(struct desk *desk, struct effects *out)
{
    desk->out = out;
    settle_fresh(desk, out);
    settle_touched(desk, out);
    register_settle(desk, out);
    schedule_settle(desk, out);
    mailing_settle(desk);
    settle_sequences(desk, out);
    ladder_book_settle(&desk->ladders, out);
    let_go(desk);
    desk->out = NULL;
}
