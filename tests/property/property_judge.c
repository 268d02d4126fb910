/*
 * What holds after every step of every history, whatever people do.
 *
 * Random histories are lived act by act; each act is a batch of its own, and every row it writes is looked
 * at:
 *   - a fire key (ticket, clock, cycle, rung, recipient, channel) is used once;
 *   - numbers of tickets, notices and journal rows have no gaps;
 *   - a clock's fields agree with its state, its cycle never falls, and nothing is breached early;
 *   - rungs are climbed in order, and those of a limit not before their delay;
 *   - the all-clear and the withdrawal go only to those who were told of that very breach;
 *   - a notice is not handed to a sender when its reason is gone (domain rule 11);
 *   - a closed ticket tells nobody of a breach or a limit; imported history tells nobody at all;
 *   - a limit in elapsed time that runs gets its budget in running time, and one that stands has a reason;
 *   - the desk wants to be woken no later than the next deadline of any running clock;
 *   - what promises.c says about slots, extensions, ends of notices and those who were told;
 *   - whoever lives the same history again comes to the same rows and the same fingerprint.
 *
 * DUBAN_SEED begins with another history, DUBAN_ROUNDS lives more of them.
 */
#include "tests/property/promises.h"
#include "tests/property/world.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define ROUNDS 200
#define ACTS   150

/* Rungs of notice_row that are no ladder's (lib/effect.h). */
enum {
    ALL_CLEAR = 0,
    REMINDER_FIRST = -1,
    REMINDER_LAST = -100,
    WITHDRAWN = -150,
    SCHEDULE = -250,
    DIGEST = -300,
    TEST = -301
};

static uint64_t seed_of_round;
static size_t act_of_round, notices_seen;

#define EXPECT(condition, ...)                                                                               \
    do {                                                                                                     \
        if (!(condition)) {                                                                                  \
            print_error("seed %" PRIu64 ", act %zu: ", seed_of_round, act_of_round);                         \
            print_error(__VA_ARGS__);                                                                        \
            print_error("\n");                                                                               \
            fail();                                                                                          \
        }                                                                                                    \
    } while (0)

static bool is_reminder(const struct notice_row *row)
{
    return row->rung <= REMINDER_FIRST && row->rung >= REMINDER_LAST;
}

static bool is_rung(const struct notice_row *row)
{
    return row->rung > 0;
}

/* ---- notices ---- */

/* What is said about limits, ladders and numbers of nq510201 itself. */
static bool is_shipped(const struct world *world)
{
    return edition_dialect(world->edition) == &dialect_shipped;
}

static bool same_fire_key(const struct notice_row *one, const struct notice_row *other)
{
    return one->ticket == other->ticket && one->cycle == other->cycle && one->rung == other->rung &&
           strcmp(one->clock, other->clock) == 0 && strcmp(one->recipient, other->recipient) == 0 &&
           strcmp(one->channel, other->channel) == 0;
}

/* Was `ticket` merged into `into`, perhaps by way of others? */
static bool is_merged_into(const struct rows *rows, uint64_t ticket, uint64_t into)
{
    for (size_t i = 0; i < rows->record_count; i++) {
        const struct record_row *record = &rows->records[i];

        if (record->ticket == ticket && strcmp(record->kind, "merge") == 0)
            return record->other == into || is_merged_into(rows, record->other, into);
    }
    return false;
}

/* Is a merger in the batch? Its record is kept after the notices. */
static bool is_merging(const struct world *world)
{
    for (size_t i = 0; i < world->effects.count; i++) {
        const struct effect *effect = &world->effects.list[i];

        if (effect->kind == EFFECT_RECORD && strcmp(effect->record->kind, "merge") == 0)
            return true;
    }
    return false;
}

/* Of that very breach, or of one that another ticket brought along when it was merged. */
static bool is_of_breach(const struct rows *rows, const struct notice_row *told, const struct notice_row *end)
{
    return strcmp(told->clock, end->clock) == 0 &&
           ((told->ticket == end->ticket && told->cycle == end->cycle) ||
            is_merged_into(rows, told->ticket, end->ticket));
}

/* A mail that was on its way when its ticket was merged counts as told, whatever became of it: its ticket is
   no longer there to be told otherwise (HACKING.md, known limits). */
static bool was_heard(const struct kept_notice *kept, const struct notice_row *end)
{
    bool was_merged_on_its_way = kept->row.ticket != end->ticket && kept->attempts > 0;

    return was_merged_on_its_way ||
           (strcmp(kept->state, "suppressed") != 0 && strcmp(kept->state, "failed") != 0);
}

static bool was_told(const struct rows *rows, const struct notice_row *row)
{
    for (size_t i = 0; i < rows->notice_count; i++) {
        const struct kept_notice *kept = &rows->notices[i];

        if (is_rung(&kept->row) && is_of_breach(rows, &kept->row, row) &&
            strcmp(kept->row.recipient, row->recipient) == 0 && was_heard(kept, row))
            return true;
    }
    return false;
}

/* A mail of the rung below that nobody will get: only then may a rung come before its time. */
static bool was_undelivered(const struct rows *rows, const struct notice_row *row)
{
    for (size_t i = 0; i < rows->notice_count; i++) {
        const struct kept_notice *kept = &rows->notices[i];

        if (kept->row.rung == row->rung - 1 && kept->row.ticket == row->ticket &&
            kept->row.cycle == row->cycle && strcmp(kept->row.clock, row->clock) == 0 &&
            strcmp(kept->state, "failed") == 0)
            return true;
    }
    return false;
}

static void look_at_rung(const struct world *world, const struct notice_row *row)
{
    const struct rows *rows = &world->rows;
    msec below_at = 0;

    for (size_t i = 0; i < rows->notice_count; i++) {
        const struct notice_row *kept = &rows->notices[i].row;

        if (is_rung(kept) && is_of_breach(rows, kept, row) && kept->rung == row->rung - 1)
            below_at = kept->at;
    }
    EXPECT(row->rung == 1 || below_at || is_merging(world), "rung %d of %s without rung %d", row->rung,
           row->clock, row->rung - 1);
    EXPECT(row->at >= below_at || world->was_set_back, "rung %d of %s before the rung below it", row->rung,
           row->clock);
}

/* Half of the shortest limit that the ladder `up` can stand on is two hours. */
static void look_at_delay(const struct world *world, const struct notice_row *row)
{
    const struct clock_row *clock = rows_clock(&world->rows, row->ticket, row->clock);
    bool is_limit = strcmp(row->clock, "first_contact") == 0 || strcmp(row->clock, "apology") == 0;

    if (is_limit && is_shipped(world) && is_rung(row) && !was_undelivered(&world->rows, row))
        EXPECT(row->at >= clock->breached_at + (row->rung - 1) * 2 * MSEC_HOUR &&
                   (clock->fired_at == NEVER || row->at >= clock->fired_at + (row->rung - 1) * 2 * MSEC_HOUR),
               "rung %d of %s too early", row->rung, row->clock);
}

static void look_at_notice(const struct world *world, const struct notice_row *row)
{
    const struct rows *rows = &world->rows;

    EXPECT(row->notice == rows->notice_count + 1, "notice %" PRIu64 " after %zu", row->notice,
           rows->notice_count);
    for (size_t i = 0; i < rows->notice_count; i++)
        EXPECT(!same_fire_key(&rows->notices[i].row, row), "told twice: %s of %s, cycle %u, rung %d",
               row->recipient, row->clock, row->cycle, row->rung);
    EXPECT(row->at <= world->now, "a notice of the future");
    if (is_rung(row) && is_shipped(world))
        look_at_rung(world, row);
    if (row->rung == ALL_CLEAR || row->rung == WITHDRAWN)
        EXPECT(was_told(rows, row) || is_merging(world), "%s gets %s of %s, but was never told",
               row->recipient, row->template_name, row->clock);
    EXPECT(row->ticket || row->rung == DIGEST || row->rung == TEST || row->rung == SCHEDULE,
           "about no ticket: %s", row->template_name);
}

/* ---- notices that wait, in the patient edition ---- */

static bool is_red(const struct world *world, const struct notice_row *row)
{
    const struct kept_ticket *ticket = rows_ticket(&world->rows, row->ticket);

    return ticket && strcmp(ticket->row.urgency, "very_urgent") == 0;
}

/* `quiet = 20:00-08:00`, in Shanghai. */
static void look_at_hours(const struct world *world, const struct kept_notice *kept)
{
    int64_t hour = (world->now / MSEC_HOUR + 8) % 24;
    bool is_quiet = strcmp(kept->row.role, "leadership") == 0 && (hour >= 20 || hour < 8);
    bool is_exempt = kept->row.rung == DIGEST || kept->row.rung == TEST || is_red(world, &kept->row);

    EXPECT(!is_quiet || is_exempt || world->was_set, "%s is told of %s at %d o'clock", kept->row.recipient,
           kept->row.clock, (int)hour);
}

/* `budget = 2 per hour, 7 per day`: what is let go alone finds room. */
static void look_at_budget(const struct world *world, const struct kept_notice *kept)
{
    size_t hour = 0, day = 0;
    msec at = kept->row.let_go_at;

    if (strcmp(kept->row.state, "queued") != 0 || kept->row.rung == DIGEST || kept->row.rung == TEST ||
        is_red(world, &kept->row) || world->was_set)
        return;
    for (size_t i = 0; i < world->rows.notice_count; i++) {
        const struct notice_row *row = &world->rows.notices[i].row;

        if (row->let_go_at == NEVER || row->let_go_at > at || row->notice > kept->row.notice ||
            strcmp(row->recipient, kept->row.recipient) != 0)
            continue;
        if (row->let_go_at == at && strcmp(row->state, "queued") != 0)
            continue; /* what was held is let go at the end of a step */
        hour += row->let_go_at > at - MSEC_HOUR;
        day += row->let_go_at > at - MSEC_DAY;
    }
    EXPECT(hour <= 2 && day <= 7, "%s is told %zu times in an hour, %zu times in a day", kept->row.recipient,
           hour, day);
}

/* Several, all of its reader, each open for telling until then. */
static void look_at_digest(const struct world *world, const struct notice_row *digest)
{
    size_t count = 0;

    for (size_t i = 0; i < world->rows.notice_count; i++) {
        const struct kept_notice *kept = &world->rows.notices[i];

        if (kept->into != digest->notice)
            continue;
        count++;
        EXPECT(strcmp(kept->state, "coalesced") == 0, "notice %" PRIu64 " is %s and in a digest",
               kept->row.notice, kept->state);
        EXPECT(strcmp(kept->row.recipient, digest->recipient) == 0, "a digest to %s with a notice to %s",
               digest->recipient, kept->row.recipient);
    }
    EXPECT(count > 1, "a digest of %zu", count);
}

static void look_at_attempt(const struct world *world, uint64_t notice)
{
    const struct kept_notice *kept = &world->rows.notices[notice - 1];
    const struct notice_row *row = &kept->row;
    const struct clock_row *clock = rows_clock(&world->rows, row->ticket, row->clock);

    EXPECT(strcmp(kept->state, "attempting") == 0, "notice %" PRIu64 " is sent although it is %s", notice,
           kept->state);
    EXPECT(!kept->into, "notice %" PRIu64 " is sent and in a digest", notice);
    if (row->rung == DIGEST)
        look_at_digest(world, row);
    if (edition_is_patient(world->edition))
        look_at_hours(world, kept);
    if (!is_rung(row) && !is_reminder(row))
        return;
    EXPECT(clock && clock->cycle == row->cycle &&
               strcmp(clock->state, is_rung(row) ? "breached" : "running") == 0,
           "notice %" PRIu64 " (%s, cycle %u, rung %d) is sent although the clock is %s in cycle %u", notice,
           row->clock, row->cycle, row->rung, clock ? clock->state : "gone", clock ? clock->cycle : 0u);
}

/* ---- tickets and clocks ---- */

static void look_at_new_ticket(const struct world *world, const struct ticket_row *row)
{
    char number[32];

    snprintf(number, sizeof(number), "NR510201A-%06" PRIu64, row->ticket);
    EXPECT(row->ticket == world->rows.ticket_count + 1, "ticket %" PRIu64 " after %zu", row->ticket,
           world->rows.ticket_count);
    EXPECT(!is_shipped(world) || strcmp(row->number, number) == 0, "%s instead of %s", row->number, number);
}

static void look_at_clock(const struct world *world, const struct clock_row *row)
{
    const struct clock_row *before = rows_clock(&world->rows, row->ticket, row->clock);
    bool is_breached = strcmp(row->state, "breached") == 0, is_running = strcmp(row->state, "running") == 0;
    bool is_over = strcmp(row->state, "met") == 0 || strcmp(row->state, "cancelled") == 0;
    bool is_paused = strcmp(row->state, "paused") == 0;

    EXPECT(is_breached || is_running || is_paused || is_over, "%s is %s", row->clock, row->state);
    EXPECT(!is_paused || row->due_at == NEVER, "%s is paused and has a deadline", row->clock);
    EXPECT(is_over == (row->ended_at != NEVER), "%s is %s but its end is %" PRId64, row->clock, row->state,
           row->ended_at);
    EXPECT(row->anchor_at != NEVER && row->cycle, "%s has not begun", row->clock);
    EXPECT(row->due_at != NEVER || is_paused || is_over, "%s has no deadline", row->clock);
    EXPECT(!before || before->cycle <= row->cycle, "%s falls from cycle %u to %u", row->clock, before->cycle,
           row->cycle);
    EXPECT(is_breached || !row->ladder_running, "%s is %s and its ladder goes on", row->clock, row->state);
    EXPECT((!is_running && !is_paused) || row->breached_at == NEVER, "%s runs and is breached", row->clock);
    if (!is_breached)
        return;
    if (world->was_set_back)
        return; /* it may have been breached at an instant that comes again */
    EXPECT(row->breached_at <= world->now, "%s breached early", row->clock);
    EXPECT(row->fired_at >= row->breached_at && row->fired_at <= world->now, "%s fired at another time",
           row->clock);
    EXPECT(row->was_late && !row->withdrawn, "%s breached, but not on record", row->clock);
}

/* ---- pauses ---- */

/* Limits in elapsed time, and what they stop for; the budgets of the regime. */
static const struct {
    const char *clock;
    bool customer, parts;
} elapsed[] = {{"first_contact", true, true}, {"plan", true, false}, {"apology", false, false}};

static msec budget_of(const char *urgency)
{
    return (strcmp(urgency, "general") == 0 ? 24 : strcmp(urgency, "urgent") == 0 ? 8 : 4) * MSEC_HOUR;
}

/* How much of the time between two instants lies in no pause, by looking at one edge after the other. */
static msec running_between(const struct rows *rows, uint64_t ticket, size_t rule, msec from_at, msec to_at)
{
    msec running_ms = 0;

    while (from_at < to_at) {
        msec next_at = to_at;
        bool stands = false;

        for (size_t i = 0; i < rows->pause_count; i++) {
            const struct kept_pause *pause = &rows->pauses[i];
            bool is_parts = strcmp(pause->reason, "parts") == 0;

            if (pause->ticket != ticket || !(is_parts ? elapsed[rule].parts : elapsed[rule].customer))
                continue;
            stands |= pause->from_at <= from_at && from_at < pause->to_at;
            if (pause->from_at > from_at && pause->from_at < next_at)
                next_at = pause->from_at;
            if (pause->to_at > from_at && pause->to_at < next_at)
                next_at = pause->to_at;
        }
        running_ms += stands ? 0 : next_at - from_at;
        from_at = next_at;
    }
    return running_ms;
}

/* A deadline lies where the budget has been used up by running time, and not within a pause. */
static void look_at_deadline(const struct world *world, const struct clock_row *row)
{
    const struct kept_ticket *ticket = rows_ticket(&world->rows, row->ticket);

    for (size_t i = 0; is_shipped(world) && i < sizeof(elapsed) / sizeof(elapsed[0]); i++) {
        if (strcmp(row->clock, elapsed[i].clock) != 0 || strcmp(row->state, "running") != 0)
            continue;
        msec running_ms = running_between(&world->rows, row->ticket, i, row->anchor_at, row->due_at);

        EXPECT(running_ms == budget_of(ticket->row.urgency), "%s of %s gets %" PRId64 " ms of running time",
               row->clock, ticket->row.urgency, running_ms);
    }
}

/* It stands as long as it was meant to: by a reason that lasts. */
static void look_at_standing(const struct world *world, const struct clock_row *row)
{
    bool has_reason = false;

    for (size_t i = 0; i < world->rows.pause_count; i++)
        has_reason |= world->rows.pauses[i].ticket == row->ticket && world->rows.pauses[i].to_at == NEVER;
    EXPECT(has_reason || strcmp(row->state, "paused") != 0, "%s stands for nothing", row->clock);
}

static void look_at_verdict(const struct world *world, const struct journal_row *row)
{
    json_t *body = json_loads(row->body, 0, NULL);

    EXPECT(row->sequence == world->rows.journal_sequence + 1, "journal %" PRIu64 " after %" PRIu64,
           row->sequence, world->rows.journal_sequence);
    EXPECT(body, "a journal body that is no JSON: %s", row->body);
    json_decref(body);
}

static void look_at_promises(const struct world *world, const struct effect *effect)
{
    const char *wrong = NULL;

    if (effect->kind == EFFECT_CONTACT)
        wrong = promises_contact(effect->contact);
    else if (effect->kind == EFFECT_CLOCK)
        wrong = promises_clock(world, effect->clock);
    else if (effect->kind == EFFECT_NOTICE_STATE)
        wrong = promises_notice_state(world, effect->notice_state);
    EXPECT(!wrong, "%s", wrong);
}

static void look_at(struct world *world, const struct effect *effect)
{
    look_at_promises(world, effect);
    switch ((int)effect->kind) {
    case EFFECT_TICKET_NEW:
        look_at_new_ticket(world, effect->ticket);
        break;
    case EFFECT_CLOCK:
        look_at_clock(world, effect->clock);
        break;
    case EFFECT_NOTICE:
        look_at_notice(world, effect->notice);
        break;
    case EFFECT_JOURNAL:
        look_at_verdict(world, effect->journal);
        break;
    }
}

/* After a batch: its rows are kept, so states of notices and clocks belong together. */
static void look_at_everything(struct world *world)
{
    msec wakes_at = desk_wakes_at(world->desk);

    for (size_t i = 0; i < world->rows.clock_count; i++) {
        const struct clock_row *row = &world->rows.clocks[i];
        const struct kept_ticket *ticket = rows_ticket(&world->rows, row->ticket);

        look_at_deadline(world, row);
        look_at_standing(world, row);
        if (ticket->row.open && ticket->row.history_until_at == NEVER && strcmp(row->state, "running") == 0)
            EXPECT(wakes_at <= (row->grace_until_at == NEVER ? row->due_at : row->grace_until_at),
                   "sleeps over the deadline of %s", row->clock);
        EXPECT(ticket->row.open || strcmp(row->state, "met") == 0 || strcmp(row->state, "cancelled") == 0,
               "closed, but %s is %s", row->clock, row->state);
    }
}

/* What a batch told. An import tells nobody: what history decides is recorded, and kept back. */
static void look_at_told(const struct world *world)
{
    for (size_t i = notices_seen; i < world->rows.notice_count; i++) {
        const struct kept_ticket *ticket = rows_ticket(&world->rows, world->rows.notices[i].row.ticket);

        if (edition_is_patient(world->edition))
            look_at_budget(world, &world->rows.notices[i]);
        if (!ticket)
            continue; /* a digest */
        const struct kept_notice *kept = &world->rows.notices[i];

        if (strcmp(kept->state, "suppressed") != 0 && (is_rung(&kept->row) || is_reminder(&kept->row)))
            EXPECT(ticket->row.open, "a closed ticket tells %s of %s", kept->row.recipient, kept->row.clock);
        look_at_delay(world, &world->rows.notices[i].row);
        EXPECT(ticket->row.history_until_at == NEVER ||
                   strcmp(world->rows.notices[i].state, "suppressed") == 0,
               "imported history tells %s", world->rows.notices[i].row.recipient);
    }
    notices_seen = world->rows.notice_count;
}

/* Sends the desk asks for, seen before what became of them is known. */
static void look_at_batch(const struct world *world)
{
    look_at_told(world);
    for (size_t i = 0; i < world->effects.count; i++)
        if (world->effects.list[i].kind == EFFECT_SEND)
            look_at_attempt(world, world->effects.list[i].send->notice);
}

static void look_away(const struct world *world)
{
    (void)world;
}

/* Somebody else lives the same history: the same rows, the same fingerprint (domain rule 1). */
static void live_it_again(const struct world *first, const struct history *history)
{
    struct world *second = world_create(history);
    char one[33], other[33];

    second->is_slow = true;
    second->on_commit = look_away; /* batches as small as the first time */
    for (size_t i = 0; i < history->count; i++) {
        world_live(second, history, i);
        world_settle(second, history);
    }
    desk_digest(first->desk, one);
    desk_digest(second->desk, other);
    EXPECT(strcmp(one, other) == 0, "lived twice, with another fingerprint");
    EXPECT(strcmp(text_get(&first->log), text_get(&second->log)) == 0, "lived twice, with other rows");
    world_destroy(second);
}

static void one_round(uint64_t seed)
{
    struct chance chance = {.state = seed << 24};
    struct history history;

    seed_of_round = seed;
    history_make(&history, seed, &chance, ACTS);
    struct world *world = world_create(&history);

    world->is_slow = true;
    world->on_row = look_at;
    world->on_commit = look_at_batch;
    notices_seen = 0;
    for (act_of_round = 0; act_of_round < history.count; act_of_round++) {
        world_live(world, &history, act_of_round);
        world_settle(world, &history);
        look_at_everything(world);
        if (act_of_round % 30 == 29) {
            const char *wrong = promises_heard(world);

            EXPECT(!wrong, "%s", wrong);
        }
    }
    live_it_again(world, &history);
    world_destroy(world);
    history_finish(&history);
}

/* Histories that showed a fault once. */
static void keeps_the_word_it_broke(void **state)
{
    static const uint64_t seeds[] = {865, 1445, 31125};

    (void)state;
    for (size_t i = 0; i < sizeof(seeds) / sizeof(*seeds); i++)
        one_round(seeds[i]);
}

static void keeps_its_word(void **state)
{
    const char *seed = getenv("DUBAN_SEED"), *rounds = getenv("DUBAN_ROUNDS");
    uint64_t first = seed ? strtoull(seed, NULL, 10) : 1,
             count = rounds ? strtoull(rounds, NULL, 10) : ROUNDS;

    (void)state;
    for (uint64_t i = 0; i < count; i++)
        one_round(first + i);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(keeps_its_word),
                                       cmocka_unit_test(keeps_the_word_it_broke)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
