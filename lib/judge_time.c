/*
 * What time alone does to a ticket: reminders, breaches, rungs.
 *
 * Called by desk.c when the wheel says a ticket is due, and before a request is applied (what was due earlier
 * is judged first). Nothing is fired early: an instant is compared with the deadline to the millisecond. What
 * is found late, after downtime or because a ticket was filed late, is fired once and in order, but people
 * are told as if they were to act now: one reminder at most, one breach for a row of missed windows, and the
 * ladder's delays count from the moment it really fired (domain rules 5 and 12).
 */
#include "lib/judge.h"

#include "lib/judge_moves.h"
#include "lib/judge_pause.h"
#include "lib/ladder.h"
#include "lib/quota.h"
#include "lib/reminder.h"
#include "lib/rpc.h"
#include <inttypes.h>

/* Up to this lateness a deadline was judged on time, and its ladder counts from the deadline itself. */
#define ON_TIME_MS MSEC_MINUTE

struct next {
    struct pause *pause; /* ends by itself; then there is no clock */
    struct clock *clock;
    enum clock_timer timer;
    msec at;
};

/* A pause that ends by itself in the same instant as something else comes first (domain rule 2). */
static struct next sooner_pause(const struct desk *desk, const struct ticket *ticket, struct next next)
{
    msec at;
    struct pause *pause = ticket->rare ? judge_pause_next(desk, ticket, &at) : NULL;

    if (pause && at <= next.at)
        return (struct next){.pause = pause, .timer = TIMER_NONE, .at = at};
    return next;
}

static struct next find_next(const struct desk *desk, const struct ticket *ticket)
{
    struct next next = {.timer = TIMER_NONE, .at = NEVER};

    for (uint8_t i = 0; i < ticket->clock_count; i++) {
        struct clock_view view = desk_view(desk, ticket, &ticket->clocks[i]);
        enum clock_timer timer;
        msec at = clock_next_at(&view, &timer);

        if (at < next.at)
            next = (struct next){.clock = &ticket->clocks[i], .timer = timer, .at = at};
    }
    return sooner_pause(desk, ticket, next);
}

msec judge_next_at(const struct desk *desk, const struct ticket *ticket)
{
    return ticket->is_open ? find_next(desk, ticket).at : NEVER;
}

msec judge_now(const struct desk *desk, const struct ticket *ticket, msec at)
{
    return ticket->history_until_at != NEVER ? at : desk->now;
}

static void note(struct desk *desk, const struct ticket *ticket, const struct clock *clock, const char *event,
                 msec due_at)
{
    struct arena *arena = &desk->out->arena;
    struct note_effect *line = effects_add(desk->out, EFFECT_NOTE);

    line->line = arena_printf(arena, "event=%s desk=%s ticket=%" PRIu64 " clock=%s cycle=%u due_at=%s", event,
                              desk->options.name, ticket->id, desk->policy->clocks[clock->rule].name,
                              clock->cycle, desk_time(desk, due_at, arena));
}

/* `cn_office@0123456789ab`: whose hours counted, and the version of them; hours that were typed have none. */
static const char *calendar_version(const struct desk *desk, const struct ticket *ticket,
                                    const struct clock *clock)
{
    const struct calendar *calendar = desk_view(desk, ticket, clock).calendar;
    const char *digest = calendar_digest(calendar);

    return arena_printf(&desk->out->arena, "%s%s%.12s", calendar_name(calendar), digest[0] ? "@" : "",
                        digest);
}

static const char *department_name(const struct desk *desk, const struct ticket *ticket)
{
    const struct vocabulary *departments = &desk->policy->departments;

    return ticket->department < departments->count ? departments->terms[ticket->department].name : "";
}

/* A verdict's row: which clock, when it was due, when it was judged, who had the ticket, and by which
 * versions. */
static void write_verdict(struct desk *desk, const struct ticket *ticket, const struct clock *clock,
                          const char *type, msec due_at, const char *detail, unsigned windows)
{
    struct arena *arena = &desk->out->arena;

    if (desk->options.is_wordless) {
        desk_journal(desk, ticket, type, "{}");
        return;
    }
    const struct clock_view view = desk_view(desk, ticket, clock);
    const struct person *handler = roster_person(desk->roster, ticket->handler);
    struct text body = {0};

    text_printf(&body, "{\"calendar\":\"%s\",\"clock\":\"%s\",\"cycle\":%u,\"department\":\"%s\",\"detail\":",
                calendar_version(desk, ticket, clock), desk->policy->clocks[clock->rule].name, clock->cycle,
                department_name(desk, ticket));
    rpc_write_string(&body, detail); /* people's ids and words of the regime may be in it */
    text_printf(&body, ",\"due_at\":\"%s\",\"handler\":", desk_time(desk, due_at, arena));
    rpc_write_string(&body, handler ? handler->id : "");
    text_printf(&body, ",\"people\":\"%.12s\",\"policy\":\"%.12s\",\"provisional\":%s",
                roster_digest(desk->roster), desk->policy->digest,
                clock_is_provisional(&view, due_at) ? "true" : "false");
    if (windows)
        text_printf(&body, ",\"windows\":%u", windows);
    text_add(&body, "}");
    desk_journal(desk, ticket, type, arena_bytes(arena, text_get(&body), body.length));
    text_finish(&body);
    note(desk, ticket, clock, type, due_at);
}

void judge_verdict(struct desk *desk, const struct ticket *ticket, const struct clock *clock,
                   const char *type, msec due_at, const char *detail)
{
    write_verdict(desk, ticket, clock, type, due_at, detail, 0);
}

void judge_verdict_of_windows(struct desk *desk, const struct ticket *ticket, const struct clock *clock,
                              msec due_at, unsigned windows)
{
    write_verdict(desk, ticket, clock, "clock.breached", due_at,
                  arena_printf(&desk->out->arena, "%u missed", windows), windows);
}

void judge_incident(struct desk *desk, const struct ticket *ticket, const struct clock *clock,
                    enum incident what, int16_t rung, msec at, const char *detail)
{
    static const char *const names[INCIDENT_COUNT] = {
        [INCIDENT_SKIPPED] = "skipped",
        [INCIDENT_UNREACHED] = "unreached",
        [INCIDENT_UNDELIVERED] = "undelivered",
    };
    struct arena *arena = &desk->out->arena;
    const char *name = arena_text(arena, desk->policy->clocks[clock->rule].name);
    struct note_effect *line = effects_add(desk->out, EFFECT_NOTE);

    desk->incidents[what]++;
    line->line = arena_printf(arena, "event=rung_%s desk=%s ticket=%" PRIu64 " clock=%s cycle=%u rung=%d",
                              names[what], desk->options.name, ticket->id, name, clock->cycle, rung);
    if (!desk->options.tells_verdicts)
        return;
    struct incident_effect *incident = effects_add(desk->out, EFFECT_INCIDENT);

    *incident = (struct incident_effect){
        .ticket = ticket->id,
        .clock = name,
        .what = names[what],
        .detail = detail,
        .cycle = clock->cycle,
        .rung = rung,
        .at = at,
    };
}

/* ---- reminders (INT-21) ---- */

static const char *remind_reason(struct desk *desk, const struct reminder *reminder, const char *text)
{
    return arena_printf(
        &desk->out->arena,
        reminder->percent == REMINDER_BEFORE ? "%s the deadline" : "%s of the time has passed", text);
}

static void fire_reminder(struct desk *desk, struct ticket *ticket, struct clock *clock, msec at)
{
    struct clock_view view = desk_view(desk, ticket, clock);
    struct recipient recipients[RECIPIENTS_MAX];
    msec next_at, now = judge_now(desk, ticket, at);
    uint8_t number = reminder_next(&view, &next_at);
    char text[REMINDER_TEXT];

    reminder_text(&view.rule->remind[number], text);
    clock->reminders |= (uint16_t)(1u << number) & 0xfff;
    desk_touch_clock(desk, ticket, clock);
    if (reminder_is_overtaken(&view, number, now)) /* a later reminder or the breach itself says more */
        return;
    size_t count = notice_resolve(desk, ticket, &view.rule->remind_to, recipients);
    struct occasion occasion = {
        .ticket = ticket,
        .clock = clock,
        .clock_name = view.rule->name,
        .template_name = view.rule->remind_template,
        .reason = remind_reason(desk, &view.rule->remind[number], text),
        .cycle = clock->cycle,
        .rung = reminder_rung(&view, number),
        .at = now,
    };

    notice_tell(desk, &occasion, recipients, count);
    judge_verdict(desk, ticket, clock, "clock.reminded", clock->due_at, count ? text : "nobody to remind");
}

/* ---- breaches ---- */

static void fire_due(struct desk *desk, struct ticket *ticket, struct clock *clock, msec at)
{
    msec now = judge_now(desk, ticket, at);
    msec fired_at = now - at <= ON_TIME_MS ? at : now;

    if (desk->policy->clocks[clock->rule].kind == CLOCK_QUOTA) {
        quota_close_window(desk, ticket, clock, fired_at);
        return;
    }
    notice_withhold_reminders(desk, ticket, clock->rule, "the limit has passed");
    move_to_breached(desk, ticket, clock, clock->due_at, fired_at);
    judge_verdict(desk, ticket, clock, "clock.breached", clock->due_at,
                  now - at > ON_TIME_MS ? "found late" : "on time");
}

static void fire(struct desk *desk, struct ticket *ticket, const struct next *next)
{
    switch (next->timer) {
    case TIMER_RUNG:
        ladder_fire(desk, ticket, next->clock, next->at);
        break;
    case TIMER_REMINDER:
        fire_reminder(desk, ticket, next->clock, next->at);
        break;
    case TIMER_DUE:
        fire_due(desk, ticket, next->clock, next->at);
        break;
    case TIMER_NONE:
        break;
    }
}

void judge_advance(struct desk *desk, struct ticket *ticket, msec until_at, bool inclusive)
{
    while (ticket->is_open) {
        struct next next = find_next(desk, ticket);

        if (next.at > until_at || (next.at == until_at && !inclusive) || next.at == NEVER)
            break;
        if (next.pause) {
            judge_pause_expire(desk, ticket, next.pause, next.at);
            continue;
        }
        desk->finds_late = desk->is_catching_up;
        fire(desk, ticket, &next);
        desk->finds_late = false;
    }
    desk_arm(desk, ticket);
}
