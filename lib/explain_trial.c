/*
 * A look into the future: the ticket's copy in a desk of its own, lived on until an instant.
 *
 * Called by method_explain.c for `at` in the future. What will have fired by then is not computed a second
 * time in some simpler way: the copy is judged by the judge, tick by tick, and what it would have told people
 * is read off its effects. The trial's desk borrows policy and people (desk_destroy gets neither), has a
 * store, a wheel and an outbox of its own, and no senders; nothing that it does can reach the real one.
 */
#include "lib/explain.h"

#include "lib/answer.h"
#include "lib/base/memory.h"
#include "lib/ticket_rare.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define TICKS_MAX 100000 /* a quota that is missed every day of two centuries has fewer */

static struct ticket *copy_ticket(struct desk *trial, const struct desk *desk, const struct ticket *ticket)
{
    uint32_t index = store_add(trial->store, ticket->id, ticket->series, ticket->number);
    struct ticket *copy = store_ticket(trial->store, index);
    uint32_t older = copy->older, newer = copy->newer;

    *copy = *ticket;
    copy->older = older;
    copy->newer = newer;
    copy->clocks = NULL;
    copy->clock_count = 0;
    copy->rare = ticket_copy_rare(ticket);
    copy->notices = TICKET_NO_INDEX;
    copy->customer = intern_id(trial->customers, intern_text(desk->customers, ticket->customer));
    copy->hours = desk_hours(trial, desk->hours[ticket->hours].text);
    copy->is_dirty = copy->is_fresh = false;
    for (uint8_t i = 0; i < ticket->clock_count; i++) {
        struct clock *clock = store_add_clock(trial->store, copy, ticket->clocks[i].rule);

        *clock = ticket->clocks[i];
        clock->is_dirty = false;
    }
    return copy;
}

static json_t *notice_of(const struct desk *trial, const struct notice_row *row)
{
    json_t *notice = json_object();

    json_object_set_new(notice, "clock", json_string(row->clock));
    json_object_set_new(notice, "cycle", json_integer(row->cycle));
    json_object_set_new(notice, "rung", json_integer(row->rung));
    json_object_set_new(notice, "recipient", json_string(row->recipient));
    json_object_set_new(notice, "role", json_string(row->role));
    json_object_set_new(notice, "reason", json_string(row->reason));
    json_object_set_new(notice, "at", answer_instant(trial, row->at));
    if (strcmp(row->state, "queued") != 0)
        json_object_set_new(notice, "state", json_string(row->state));
    return notice;
}

static void add_notices(const struct desk *trial, const struct effects *effects, json_t *cold)
{
    json_t *notices = json_object_get(cold, "notices");

    if (!cold)
        return;
    if (!notices) {
        notices = json_array();
        json_object_set_new(cold, "notices", notices);
    }
    for (size_t i = 0; i < effects->count; i++)
        if (effects->list[i].kind == EFFECT_NOTICE)
            json_array_append_new(notices, notice_of(trial, effects->list[i].notice));
}

/* The lists of rungs that breaches climb are the real desk's; what the trial begins to climb is its own. */
static void share_ladders(struct explain_trial *trial, const struct desk *desk)
{
    struct ladder_book *book = &trial->desk->ladders;

    trial->shared_ladders = desk->ladders.count;
    book->lists = memory_reserve(NULL, &book->capacity, desk->ladders.count, sizeof(*book->lists));
    book->count = desk->ladders.count;
    if (book->count)
        memcpy(book->lists, desk->ladders.lists, book->count * sizeof(*book->lists));
}

/* What fields say, and the records that they name: time alone changes neither. */
static void share_records(struct desk *trial, const struct desk *desk)
{
    intern_destroy(trial->texts);
    registers_destroy(trial->registers);
    trial->texts = desk->texts;
    trial->registers = desk->registers;
}

static void give_back_records(struct desk *trial)
{
    trial->texts = NULL;
    trial->registers = NULL;
}

struct explain_trial *explain_trial_create(const struct desk *desk, const struct ticket *ticket,
                                           msec until_at, json_t *cold)
{
    struct explain_trial *trial = memory_new(1, sizeof(*trial));
    struct desk_options options = desk->options;
    struct effects effects;
    msec due_at;

    options.keeps_closed = true;
    options.tells_verdicts = false;
    options.is_wordless = true;
    trial->desk = desk_create(&options, desk->policy, desk->roster, desk->now);
    trial->arena = desk->policy->arena; /* what is compiled meanwhile goes with the trial */
    arena_init(&desk->policy->arena);
    share_ladders(trial, desk);
    series_copy(&trial->desk->numbers, &desk->numbers);
    share_records(trial->desk, desk);
    struct ticket *copy = copy_ticket(trial->desk, desk, ticket);

    trial->ticket = copy;
    desk_arm(trial->desk, copy);
    effects_init(&effects);
    for (int i = 0; i < TICKS_MAX && (due_at = desk_wakes_at(trial->desk)) <= until_at; i++)
        desk_step(trial->desk, due_at > desk->now ? due_at : desk->now, &(struct event){.kind = EVENT_TICK},
                  &effects);
    trial->desk->now = until_at;
    add_notices(trial->desk, &effects, cold);
    effects_finish(&effects);
    return trial;
}

void explain_trial_destroy(struct explain_trial *trial)
{
    if (!trial)
        return;
    struct ladder_book *book = &trial->desk->ladders;

    for (size_t i = 0; i < trial->shared_ladders; i++)
        book->lists[i].body = NULL;
    arena_finish(&trial->desk->policy->arena);
    trial->desk->policy->arena = trial->arena;
    trial->desk->policy = NULL;
    trial->desk->roster = NULL;
    give_back_records(trial->desk);
    desk_destroy(trial->desk);
    free(trial);
}
