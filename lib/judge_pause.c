/*
 * What pauses do to a ticket.
 *
 * Called by the methods (ticket.pause, ticket.resume, and whatever moves a ticket to another stage: stage.c),
 * by mergers, and by judge_time.c when a pause has lasted as long as the regime allows. The list is changed
 * first and the clocks follow it afterwards, in the place that domain rule 2 gives to pauses among the things
 * of one instant; what following means is one question to each clock (judge_again), the same that another
 * urgency or a reload asks.
 */
#include "lib/judge_pause.h"

#include "lib/judge.h"
#include <inttypes.h>

static struct pause_row *add_row(struct desk *desk, const struct ticket *ticket, const struct pause *pause)
{
    struct pause_row *row = effects_add(desk->out, EFFECT_PAUSE);

    row->ticket = ticket->id;
    row->pause = pause->number;
    row->reason = arena_text(&desk->out->arena, desk->policy->pauses.terms[pause->reason].name);
    row->from_at = pause->from_at;
    row->to_at = pause->to_at;
    return row;
}

void judge_pause_begin(struct desk *desk, struct ticket *ticket, const struct pause *pause,
                       const struct pause_source *source)
{
    struct pause numbered = *pause;
    struct arena *arena = &desk->out->arena;

    numbered.number = (uint16_t)(ticket_rare(ticket)->pause_count + 1);
    struct pause_row *row = add_row(desk, ticket, pause_add(ticket, &numbered));

    row->is_new = true;
    row->recorded_at = desk->now;
    row->role = arena_text(arena, source->role ? source->role : "");
    row->actor = arena_text(arena, source->actor ? source->actor : "");
    row->note = arena_text(arena, source->note);
    desk_touch(desk, ticket);
}

void judge_pause_end(struct desk *desk, struct ticket *ticket, struct pause *pause, msec at)
{
    pause->to_at = at > pause->from_at ? at : pause->from_at;
    add_row(desk, ticket, pause);
    desk_touch(desk, ticket);
}

void judge_pause_follow(struct desk *desk, struct ticket *ticket, msec at)
{
    if (!ticket_rare(ticket)->pause_count)
        return;
    for (uint8_t i = 0; i < ticket->clock_count; i++)
        judge_again(desk, ticket, &ticket->clocks[i], at);
}

/* ---- ends by itself ---- */

struct pause *judge_pause_next(const struct desk *desk, const struct ticket *ticket, msec *ret_at)
{
    const struct ticket_rare *rare = ticket_rare(ticket);
    struct pause *next = NULL;

    *ret_at = NEVER;
    for (uint16_t i = 0; i < rare->pause_count; i++) {
        msec at = rare->pauses[i].to_at == NEVER ? pause_ends_at(desk->policy, &rare->pauses[i]) : NEVER;

        if (at < *ret_at) {
            *ret_at = at;
            next = &rare->pauses[i];
        }
    }
    return next;
}

void judge_pause_expire(struct desk *desk, struct ticket *ticket, struct pause *pause, msec at)
{
    struct arena *arena = &desk->out->arena;
    const char *reason = desk->policy->pauses.terms[pause->reason].name;
    struct note_effect *note = effects_add(desk->out, EFFECT_NOTE);
    char longest[SPAN_TEXT];

    span_format(desk->policy->pause_policies[pause->reason].longest, longest);
    desk_journal(
        desk, ticket, "ticket.pause_ended",
        arena_printf(arena,
                     "{\"at\":\"%s\",\"detail\":\"it lasted as long as the regime allows: %s\",\"policy\":"
                     "\"%.12s\",\"reason\":\"%s\",\"since\":\"%s\"}",
                     desk_time(desk, at, arena), longest, desk->policy->digest, reason,
                     desk_time(desk, pause->from_at, arena)));
    note->line = arena_printf(arena, "event=pause_ended desk=%s ticket=%" PRIu64 " reason=%s since=%s",
                              desk->options.name, ticket->id, reason, desk_time(desk, pause->from_at, arena));
    judge_pause_end(desk, ticket, pause, at);
    judge_pause_follow(desk, ticket, at);
}
