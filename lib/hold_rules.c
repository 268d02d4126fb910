/*
 * Whether a notice may leave now.
 *
 * Called when somebody is told (notice.c), when a sender is idle, and when what waits comes up again
 * (digest.c). The order of the rules:
 *
 *   found while the desk catches up      gathered, and told in one digest when it has (domain rule 12)
 *   of an urgency on the red line        leaves
 *   in its reader's quiet hours          waits for their end
 *   more than its reader's budget        waits for the next digest (domain rule 14)
 *
 * The desk catches up when deadlines passed while nobody watched: after a start, after the machine slept,
 * when the wall clock jumped, when an import goes live. It ends as soon as nothing is due, so it lasts
 * seconds; too short to hold the red line back. Whether an operator must look first is decided at that end,
 * when it is known how much was found; the red line does not wait for that either.
 */
#include "lib/hold_rules.h"

#include "lib/notice_parts.h"
#include "lib/reminder.h"
#include <inttypes.h>

/* ---- may it leave? ---- */

bool hold_is_red(const struct desk *desk, const struct ticket *ticket)
{
    return ticket && ticket->urgency != POLICY_NONE &&
           (desk->policy->notices.red_line >> ticket->urgency & 1);
}

static msec awake_at(const struct desk *desk, uint8_t role, uint16_t person)
{
    const struct calendar *hours = role == POLICY_NONE ? NULL
                                   : desk->policy->quiet_outside >> role & 1
                                       ? roster_calendar(desk->roster, desk->policy, person, role)
                                       : desk->policy->role_awake[role];
    msec at = hours ? calendar_next_open(hours, desk->now) : desk->now;

    return at == NEVER ? desk->now : at; /* hours that never come again must not swallow anything */
}

msec hold_quiet_until(const struct desk *desk, const struct outbox_entry *entry)
{
    if (entry->role == POLICY_NONE || entry->rung == RUNG_TEST)
        return desk->now;
    msec at = awake_at(desk, entry->role, entry->person);

    return at > desk->now && hold_is_red(desk, notice_ticket(desk, entry->ticket)) ? desk->now : at;
}

struct wait hold_quiet_wait(const struct desk *desk, msec until_at)
{
    struct arena *arena = &desk->out->arena;

    return (struct wait){
        .hold = HOLD_QUIET,
        .until_at = until_at,
        .why = arena_printf(arena, "quiet hours until %s", desk_time(desk, until_at, arena)),
    };
}

static struct wait budget_wait(struct desk *desk, uint16_t person)
{
    const struct notices_policy *notices = &desk->policy->notices;
    struct arena *arena = &desk->out->arena;
    msec next_at = holds_digest_at(desk->holds, person);
    msec until_at = next_at != NEVER ? next_at : desk->now + notices->digest_every_ms;

    return (struct wait){
        .hold = HOLD_BUDGET,
        .until_at = until_at,
        .why = arena_printf(arena, "told enough for now: waits for the digest of %s",
                            desk_time(desk, until_at, arena)),
    };
}

struct wait hold_decide(struct desk *desk, const struct occasion *occasion, struct recipient recipient)
{
    struct wait wait = {.until_at = NEVER};

    if (desk->finds_late) {
        wait.hold = HOLD_DOWNTIME;
        wait.why = "found late: told in one digest when the desk has caught up";
        return wait;
    }
    if (hold_is_red(desk, occasion->ticket))
        return wait;
    msec awake = awake_at(desk, recipient.role, recipient.person);

    if (awake > desk->now) {
        wait = hold_quiet_wait(desk, awake);
        wait.is_overtaken =
            reminder_is_rung(occasion->rung) && occasion->clock && occasion->clock->due_at <= awake;
        return wait;
    }
    if (budget_is_used_up(holds_budget(desk->holds, recipient.person), desk->policy->notices.budget,
                          desk->now))
        return budget_wait(desk, recipient.person);
    return wait;
}

/* ---- it waits, and waits no longer ---- */

void hold_keep(struct desk *desk, struct outbox_entry *entry, const struct wait *wait)
{
    const struct held held = {.until_at = wait->until_at, .why = (uint8_t)wait->hold};

    holds_add(desk->holds, desk->outbox, entry, &held);
}

void hold_again(struct desk *desk, struct outbox_entry *entry, const struct wait *wait)
{
    struct notice_state_row *row = notice_new_state(desk, entry, "held");

    row->hold = hold_name(wait->hold);
    row->ready_at = wait->until_at;
    row->detail = wait->why;
    if (entry->state == OUTBOX_HELD) {
        holds_change(desk->holds, entry, wait->hold, wait->until_at);
        return;
    }
    outbox_hold(desk->outbox, entry);
    hold_keep(desk, entry, wait);
}

void hold_note_let_go(struct desk *desk, uint16_t person)
{
    struct budget_limits limits = desk->policy->notices.budget;

    if (limits.per_hour || limits.per_day)
        budget_note(holds_budget(desk->holds, person), limits, desk->now);
}

void hold_let_go(struct desk *desk, struct outbox_entry *entry)
{
    struct notice_state_row *row = notice_new_state(desk, entry, "queued");

    if (!entry->was_let_go) {
        row->let_go_at = desk->now;
        hold_note_let_go(desk, entry->person);
    }
    entry->was_let_go = true;
    holds_remove(desk->holds, entry);
    outbox_defer(desk->outbox, entry, desk->now);
}

void hold_part(struct desk *desk, const struct ticket *ticket)
{
    for (uint32_t place = ticket->notices; place != TICKET_NO_INDEX;) {
        struct outbox_entry *entry = outbox_entry(desk->outbox, place);

        entry->department = ticket->department;
        place = entry->next_of_ticket;
    }
}

/* ---- catching up ---- */

void hold_catch_up(struct desk *desk)
{
    desk->is_catching_up = true;
}

/* A breach that was found late, and whose ladder has not begun: the daemon ended between the two. */
static bool found_half(const struct desk *desk)
{
    for (uint32_t i = store_oldest(desk->store); i != TICKET_NO_INDEX;
         i = store_ticket(desk->store, i)->newer) {
        const struct ticket *ticket = store_ticket(desk->store, i);

        for (uint8_t c = 0; c < ticket->clock_count; c++) {
            const struct clock *clock = &ticket->clocks[c];

            if (clock->state == CLOCK_BREACHED && clock->ladder_running && !clock->rungs &&
                clock->fired_at - clock->breached_at > HOLD_SLEPT_MS)
                return true;
        }
    }
    return false;
}

void hold_come_back(struct desk *desk)
{
    msec due_at = wheel_next(desk->wheel);

    if (due_at < desk->now - HOLD_SLEPT_MS || holds_gather(desk->holds) ||
        (due_at <= desk->now && found_half(desk)))
        hold_catch_up(desk);
}

static void note_release(struct desk *desk, size_t count, size_t people)
{
    struct note_effect *note = effects_add(desk->out, EFFECT_NOTE);

    note->line =
        arena_printf(&desk->out->arena, "event=notices_wait_for_release desk=%s notices=%zu people=%zu",
                     desk->options.name, count, people);
}

/* What was gathered in one tray gets its end: `leave`, or `release` unless it is of the red line, which never
   waits for an operator. Returns how many do. */
static size_t end_gathering(struct desk *desk, uint16_t person, const struct wait *leave,
                            const struct wait *release)
{
    size_t waiting = 0;

    for (struct held *held = holds_first(desk->holds, person); held; held = holds_next(desk->holds, held)) {
        struct outbox_entry *entry = outbox_entry(desk->outbox, held->entry);
        bool waits = release && !hold_is_red(desk, notice_ticket(desk, entry->ticket));

        if (held->why != HOLD_DOWNTIME || held->until_at != NEVER)
            continue;
        hold_again(desk, entry, waits ? release : leave);
        waiting += waits;
    }
    return waiting;
}

void hold_caught_up(struct desk *desk)
{
    size_t late = holds_count(desk->holds, HOLD_DOWNTIME) + holds_count(desk->holds, HOLD_RELEASE);
    uint32_t most = desk->policy->notices.release_above;
    size_t waiting = 0, people = 0;
    const struct wait leave = {.hold = HOLD_DOWNTIME, .until_at = desk->now, .why = "found late"};
    struct wait release = {.hold = HOLD_RELEASE, .until_at = NEVER};

    if (!desk->is_catching_up)
        return;
    desk->is_catching_up = false;
    if (!holds_count(desk->holds, HOLD_DOWNTIME))
        return;
    release.why = arena_printf(&desk->out->arena, "%zu notices found late: waits for notice.release", late);
    for (size_t person = 0; person <= holds_people(desk->holds); person++) {
        bool is_last = person == holds_people(desk->holds);
        size_t of_this = end_gathering(desk, is_last ? TICKET_NOBODY : (uint16_t)person, &leave,
                                       most && late > most ? &release : NULL);

        waiting += of_this;
        people += of_this > 0;
    }
    if (waiting)
        note_release(desk, waiting, people);
}
