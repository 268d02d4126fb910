/*
 * The desk: the judge as one value.
 *
 * Called by the daemon's loop and by replay, which both do the same three things: desk_step with what
 * happened, carry out the effects, wake it again at desk_wakes_at(). The desk owns policy, people, store,
 * wheel and outbox; the modules judge, notice and method_* work on it through desk_parts.h and on nobody
 * else's memory. Invariant between steps: every open ticket's entry in the wheel is the earliest instant it
 * waits for.
 */
#include "lib/desk.h"

#include "lib/base/hash.h"
#include "lib/base/memory.h"
#include "lib/conceal.h"
#include "lib/desk_parts.h"
#include "lib/hold_rules.h"
#include "lib/judge.h"
#include "lib/notice_customer.h"
#include "lib/register_rows.h"
#include "lib/request.h"
#include "lib/schedule_book.h"
#include <inttypes.h>
#include <stdlib.h>

struct desk *desk_create(const struct desk_options *options, struct policy *policy, struct roster *roster,
                         msec now)
{
    struct desk *desk = memory_new(1, sizeof(*desk));

    desk->options = *options;
    desk->options.name = memory_text(options->name);
    desk->options.mail_domain = memory_text(options->mail_domain);
    desk->options.customer_domain = options->customer_domain ? memory_text(options->customer_domain) : NULL;
    desk->policy = policy;
    desk->roster = roster;
    desk->store = store_create();
    desk->wheel = wheel_create(now);
    desk->customers = intern_create();
    series_init(&desk->numbers);
    desk->texts = intern_create();
    desk->watch = field_watch_create();
    desk->outbox = outbox_create();
    desk->optouts = optouts_create();
    desk->mailings = mailings_create();
    desk->registers = registers_create(policy->register_count);
    desk->holds = holds_create();
    desk->schedules = schedule_book_create(policy->schedule_count);
    desk->now = now;
    keyset_init(&desk->keys);
    desk_hours(desk, "24h");
    return desk;
}

void desk_destroy(struct desk *desk)
{
    if (!desk)
        return;
    desk_destroy_hours(desk);
    keyset_finish(&desk->keys);
    ladder_book_finish(&desk->ladders);
    schedule_book_destroy(desk->schedules);
    registers_destroy(desk->registers);
    outbox_destroy(desk->outbox);
    optouts_destroy(desk->optouts);
    mailings_destroy(desk->mailings);
    holds_destroy(desk->holds);
    intern_destroy(desk->customers);
    series_finish(&desk->numbers);
    intern_destroy(desk->texts);
    field_watch_destroy(desk->watch);
    wheel_destroy(desk->wheel);
    store_destroy(desk->store);
    roster_destroy(desk->roster);
    policy_destroy(desk->policy);
    free(desk->touched);
    free(desk->fresh);
    free(desk->results);
    free(desk->due);
    free((char *)(uintptr_t)desk->options.name);
    free((char *)(uintptr_t)desk->options.mail_domain);
    free((char *)(uintptr_t)desk->options.customer_domain);
    free(desk);
}

/* ---- steps ---- */

static void end_history(struct desk *desk, struct ticket *ticket)
{
    ticket->history_until_at = NEVER;
    desk_touch(desk, ticket);
}

/* One ticket's timer: the end of an import that went quiet, or its clocks. */
static void ticket_due(struct desk *desk, uint32_t index, msec due_at)
{
    struct ticket *ticket = store_ticket(desk->store, index);

    /* Since it was found due, the ticket may have left memory and another one taken its place. */
    if (!ticket->in_use || (ticket->history_until_at != NEVER && ticket->history_until_at > due_at))
        return;
    if (ticket->history_until_at != NEVER) {
        end_history(desk, ticket);
        hold_catch_up(desk); /* what was due in its past is found now */
    }
    judge_advance(desk, ticket, due_at, true);
}

static int by_ticket(const void *a, const void *b, void *context)
{
    const struct desk *desk = context;
    uint64_t first = store_ticket(desk->store, *(const uint32_t *)a)->id;
    uint64_t second = store_ticket(desk->store, *(const uint32_t *)b)->id;

    return first < second ? -1 : first > second;
}

/* Takes out everything due at the earliest instant, in the order of tickets (domain rule 18). False: nothing
 * is. */
static bool take_due(struct desk *desk)
{
    size_t taken, room;

    desk->due_at = wheel_next(desk->wheel);
    desk->due_next = desk->due_count = 0;
    if (desk->due_at > desk->now)
        return false;
    do {
        desk->due = memory_reserve(desk->due, &desk->due_capacity, desk->due_count + 256, sizeof(*desk->due));
        room = desk->due_capacity - desk->due_count;
        taken = wheel_advance(desk->wheel, desk->due_at, desk->due + desk->due_count, room);
        desk->due_count += taken;
    } while (taken == room);
    qsort_r(desk->due, desk->due_count, sizeof(*desk->due), by_ticket, desk);
    return true;
}

/* A tick takes so many tickets at the most, so that a hundred thousand limits of one instant stall nobody for
   long and are written while the next are judged. What is left is due still: desk_wakes_at says so. */
#define TICKETS_A_TICK 1000

/* Before the timers of the same instant: what a schedule opens begins then (domain rule 2). */
static bool schedule_is_first(struct desk *desk)
{
    msec ticket_at = desk->due_next < desk->due_count ? desk->due_at : wheel_next(desk->wheel);
    msec schedule_at = schedule_wakes_at(desk);

    return schedule_at <= desk->now && schedule_at <= ticket_at;
}

static void tick(struct desk *desk)
{
    for (size_t i = 0; i < TICKETS_A_TICK; i++) {
        if (schedule_is_first(desk)) {
            schedule_run_first(desk);
            continue;
        }
        if (desk->due_next == desk->due_count && !take_due(desk)) {
            hold_caught_up(desk);
            mailing_go_on(desk); /* last: deadlines come first, and another tick follows */
            return;
        }
        ticket_due(desk, desk->due[desk->due_next++], desk->due_at);
    }
}

/* A jump of wall time is an event (domain rule 17). It judges nothing by itself: whatever is due now is found
   by the tick that follows, once, and what fired before the clock was set back has fired. */
static void clock_stepped(struct desk *desk, const struct clock_step *step)
{
    struct arena *arena = &desk->out->arena;
    const char *from = desk_time(desk, step->from_at, arena), *to = desk_time(desk, step->to_at, arena);
    struct note_effect *note = effects_add(desk->out, EFFECT_NOTE);

    note->line = arena_printf(arena, "event=clock_stepped desk=%s from=%s to=%s moved_ms=%" PRId64,
                              desk->options.name, from, to, step->to_at - step->from_at);
    desk_journal(desk, NULL, "clock.stepped",
                 arena_printf(arena, "{\"from\":\"%s\",\"to\":\"%s\"}", from, to));
}

static void watch(struct desk *desk, msec now)
{
    if (now - desk->now > HOLD_SLEPT_MS && wheel_next(desk->wheel) < now - HOLD_SLEPT_MS)
        hold_catch_up(desk);
    desk->now = now;
}

void desk_step(struct desk *desk, msec now, const struct event *event, struct effects *out)
{
    watch(desk, now);
    desk->out = out;
    if (schedule_has_begun(desk))
        schedule_record_beginnings(desk);
    switch (event->kind) {
    case EVENT_TICK:
        tick(desk);
        break;
    case EVENT_REQUEST:
        request_judge(desk, event->request);
        break;
    case EVENT_SENDER_IDLE:
        desk->idle_senders++;
        break;
    case EVENT_SENDER_GONE:
        desk->idle_senders -= desk->idle_senders > 0;
        break;
    case EVENT_NOTICE_SENT:
        notice_sent(desk, &event->sent);
        break;
    case EVENT_CLOCK_STEPPED:
        clock_stepped(desk, &event->clock_step);
        break;
    case EVENT_DENIED:
        request_denied(desk, &event->denied);
        break;
    }
    notice_hand_out(desk);
    desk->out = NULL;
}

msec desk_wakes_at(struct desk *desk)
{
    msec wheel_at = wheel_next(desk->wheel), notice_at = notice_wakes_at(desk);

    if (desk->due_next < desk->due_count && desk->due_at < wheel_at)
        wheel_at = desk->due_at;
    if (desk->is_catching_up && desk->now < wheel_at)
        wheel_at = desk->now; /* whether that was all is still to be seen */
    if (schedule_wakes_at(desk) < wheel_at)
        wheel_at = schedule_wakes_at(desk);
    if (mailing_wakes_at(desk) < wheel_at)
        wheel_at = mailing_wakes_at(desk);
    return wheel_at < notice_at ? wheel_at : notice_at;
}

const char *desk_notice_recipient(const struct desk *desk, uint64_t notice, enum notice_channel *ret_channel)
{
    const struct outbox_entry *entry = outbox_find(desk->outbox, notice);
    const struct person *person = entry ? roster_person(desk->roster, entry->person) : NULL;

    *ret_channel = entry ? (enum notice_channel)entry->channel : CHANNEL_MAIL;
    return person ? person->id : entry && entry->is_customer ? NOTICE_ROLE_CUSTOMER : NULL;
}

/* ---- what an operator asks ---- */

void desk_figures(const struct desk *desk, struct desk_figures *ret_figures)
{
    *ret_figures = (struct desk_figures){
        .open_tickets = store_count(desk->store),
        .queued_notices = outbox_count(desk->outbox),
        .held_notices = holds_count(desk->holds, HOLD_NONE),
        .release_notices = holds_count(desk->holds, HOLD_RELEASE),
        .memory_bytes = store_bytes(desk->store) + wheel_bytes(desk->wheel) +
                        registers_bytes(desk->registers) + schedule_book_bytes(desk->schedules) +
                        holds_bytes(desk->holds) + field_watch_bytes(desk->watch),
        .journal_sequence = desk->journal_sequence,
    };
    for (size_t i = 0; i < INCIDENT_COUNT; i++)
        ret_figures->incidents[i] = desk->incidents[i];
    for (uint32_t i = store_oldest(desk->store); i != TICKET_NO_INDEX;
         i = store_ticket(desk->store, i)->newer) {
        const struct ticket *ticket = store_ticket(desk->store, i);

        for (uint8_t c = 0; c < ticket->clock_count; c++) {
            ret_figures->running_clocks += ticket->clocks[c].state == CLOCK_RUNNING;
            ret_figures->paused_clocks += ticket->clocks[c].state == CLOCK_PAUSED;
            ret_figures->breached_clocks += ticket->clocks[c].state == CLOCK_BREACHED;
        }
    }
}

static void print_missed(const struct desk *desk, const struct ticket *ticket, const struct clock *clock,
                         struct text *line)
{
    for (uint16_t i = 0; i < ticket_rare(ticket)->window_count; i++) {
        const struct missed_window *missed = &ticket_rare(ticket)->windows[i];

        if (missed->rule == clock->rule)
            text_printf(line, " missed %s %u %" PRId64 " %" PRId64 " %u %d\n",
                        desk->policy->clocks[missed->rule].name, missed->cycle, missed->start_at,
                        missed->end_at, missed->credited, missed->is_final);
    }
}

static void print_pauses(const struct desk *desk, const struct ticket *ticket, struct text *line)
{
    const struct ticket_rare *rare = ticket_rare(ticket);

    for (uint16_t i = 0; i < rare->pause_count; i++)
        text_printf(line, " pause %u %s %" PRId64 " %" PRId64 "\n", rare->pauses[i].number,
                    desk->policy->pauses.terms[rare->pauses[i].reason].name, rare->pauses[i].from_at,
                    rare->pauses[i].to_at);
    if (rare->staged_at != NEVER)
        text_printf(line, " staged %" PRId64 "\n", rare->staged_at);
    for (uint16_t i = 0; i < rare->value_count; i++)
        text_printf(line, " field %s %s\n", desk->policy->fields[rare->values[i].field].value.name,
                    intern_text(desk->texts, rare->values[i].text));
    if (rare->story)
        text_printf(line, " story %s\n", rare->story);
}

/* Who must hear of it how a breach ends. */
static void print_told(const struct desk *desk, const struct ticket *ticket, struct text *line)
{
    const struct ticket_rare *rare = ticket_rare(ticket);

    for (uint16_t i = 0; i < rare->told_count; i++) {
        const struct told *told = &rare->told[i];

        text_printf(line, " told %s %u %s %s\n", desk->policy->clocks[told->rule].name, told->cycle,
                    roster_person(desk->roster, told->person)->id,
                    told->role == POLICY_NONE ? "-" : desk->policy->roles.terms[told->role].name);
    }
}

static void print_ticket(const struct desk *desk, const struct ticket *ticket, struct text *line)
{
    const struct policy *policy = desk->policy;

    text_printf(line, "%" PRIu64 " %u %s %s %s %s %" PRId64 " %" PRId64 " %u %x %s %s %d\n", ticket->id,
                ticket->number, policy->classes.terms[ticket->class_index].name,
                policy->urgencies.terms[ticket->urgency].name, policy->stages.terms[ticket->stage].name,
                ticket->department == POLICY_NONE ? "-" : policy->departments.terms[ticket->department].name,
                ticket->received_at, ticket->expected_at, ticket->revision, ticket->types,
                intern_text(desk->customers, ticket->customer), desk->hours[ticket->hours].text,
                ticket->is_key_customer);
    for (uint8_t i = 0; i < ticket->clock_count; i++) {
        const struct clock *clock = &ticket->clocks[i];

        text_printf(line, " %s %s %u %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64 " %u %u %u %u %x %u %d\n",
                    policy->clocks[clock->rule].name, clock_state_name((enum clock_state)clock->state),
                    clock->cycle, clock->anchor_at, clock->due_at, clock->breached_at, clock->fired_at,
                    clock->reminders, clock->ladder, clock->rungs, clock->repeats, clock->untold,
                    clock->credited, clock->ladder_running);
    }
    for (uint8_t i = 0; i < ticket->clock_count; i++)
        print_missed(desk, ticket, &ticket->clocks[i], line);
    print_pauses(desk, ticket, line);
    print_told(desk, ticket, line);
}

static void print_customers(const struct desk *desk, struct fingerprint *print)
{
    struct text line = {0};

    for (size_t i = 0; i < optouts_count(desk->optouts); i++) {
        msec since_at;
        const char *address = optouts_at(desk->optouts, i, &since_at);

        text_printf(&line, "optout %s %" PRId64 "\n", address, since_at);
    }
    mailing_print(desk, &line);
    fingerprint_add(print, text_get(&line), line.length);
    text_finish(&line);
}

void desk_digest(const struct desk *desk, char ret_hex[33])
{
    struct fingerprint print;
    struct text line = {0};

    fingerprint_init(&print);
    for (uint32_t i = store_oldest(desk->store); i != TICKET_NO_INDEX;
         i = store_ticket(desk->store, i)->newer) {
        text_clear(&line);
        print_ticket(desk, store_ticket(desk->store, i), &line);
        fingerprint_add(&print, line.bytes, line.length);
    }
    text_finish(&line);
    print_customers(desk, &print);
    register_fingerprint(desk, &print);
    schedule_fingerprint(desk, &print);
    fingerprint_hex(&print, ret_hex);
}

bool desk_ticket(const struct desk *desk, uint64_t id, struct desk_ticket *ret_ticket)
{
    uint32_t index = store_find(desk->store, id);

    if (index == TICKET_NO_INDEX)
        return false;
    const struct ticket *ticket = store_ticket(desk->store, index);

    ret_ticket->class_name = desk->policy->classes.terms[ticket->class_index].name;
    ret_ticket->urgency = desk->policy->urgencies.terms[ticket->urgency].name;
    return true;
}

void desk_ticket_number(const struct desk *desk, uint64_t id, char *ret_text, size_t room)
{
    uint32_t index = store_find(desk->store, id);

    ret_text[0] = '\0';
    if (index == TICKET_NO_INDEX)
        return;
    const struct ticket *ticket = store_ticket(desk->store, index);

    series_text(&desk->numbers, desk->policy, ticket->series, ticket->number, ret_text, room);
}

bool desk_hides_row(const struct desk *desk, const struct peer *peer, const char *type, const char *body)
{
    return conceal_applies(desk, peer) && conceal_hides_row(desk->policy, type, body);
}

const struct policy *desk_policy(const struct desk *desk)
{
    return desk->policy;
}

const struct roster *desk_roster(const struct desk *desk)
{
    return desk->roster;
}

uint64_t desk_journal_sequence(const struct desk *desk)
{
    return desk->journal_sequence;
}
