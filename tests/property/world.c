/*
 * A world to live histories in: the daemon without its sockets.
 *
 * It batches, settles, keeps the latest row of each key, sends (and fails to send) notices, and recalls
 * closed tickets from its rows the way daemon/outward.c does.
 */
#include "tests/property/world.h"

#include "lib/base/hash.h"
#include "lib/base/memory.h"
#include "tests/property/world_parts.h"
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

struct world *world_create_empty(const struct edition *edition, unsigned variant, msec now, uint64_t outcomes)
{
    struct world *world = memory_new(1, sizeof(*world));
    const struct desk_options options = {.name = "main", .mail_domain = "duban.invalid"};
    struct policy *policy;
    struct roster *roster;

    edition_load(edition, variant, &world->files, &policy, &roster);
    world->desk = desk_create(&options, policy, roster, now);
    world->edition = edition;
    world->variant = variant;
    world->now = now;
    world->outcomes = outcomes;
    effects_init(&world->effects);
    return world;
}

void world_step(struct world *world, const struct event *event)
{
    desk_step(world->desk, world->now, event, &world->effects);
}

struct world *world_create(const struct history *history)
{
    struct world *world = world_create_empty(history->edition, 0, history->begins_at, history->seed);

    arena_init(&world->rows.arena);
    world->has_sender = true;
    desk_restore_done(world->desk, history->begins_at);
    world_step(world, &(struct event){.kind = EVENT_SENDER_IDLE});
    return world;
}

void world_destroy(struct world *world)
{
    desk_destroy(world->desk);
    policy_files_destroy(world->files);
    effects_finish(&world->effects);
    rows_finish(&world->rows);
    text_finish(&world->log);
    free(world->slow);
    free(world);
}

static void tick(struct world *world, msec at)
{
    world->now = at > world->now ? at : world->now;
    world_step(world, &(struct event){.kind = EVENT_TICK});
}

static void tick_until(struct world *world, const struct history *history, msec until_at, bool inclusive)
{
    for (msec due; (due = desk_wakes_at(world->desk)) < until_at || (inclusive && due == until_at);) {
        tick(world, due);
        if (world->on_commit) /* whoever looks at batches wants to see every step */
            world_settle(world, history);
    }
}

/* `cold` is what the request asked to be read before, NULL at first. */
static void ask(struct world *world, const struct act *act, size_t index, const char *cold)
{
    struct request request = {
        .token = index,
        .peer = {.role = act->role, .actor = act->actor},
        .method = act->method,
        .params = act->params,
        .id = "0",
        .cold = cold,
    };

    world_step(world, &(struct event){.kind = EVENT_REQUEST, .request = &request});
}

void world_tick(struct world *world)
{
    while (desk_wakes_at(world->desk) <= world->now)
        tick(world, world->now);
}

static void turn_sender(struct world *world, const struct history *history)
{
    world_settle(world, history); /* nothing is on its way any more */
    world->has_sender = !world->has_sender;
    world_step(world, &(struct event){.kind = world->has_sender ? EVENT_SENDER_IDLE : EVENT_SENDER_GONE});
}

/* Time went on until somebody set the clock. */
static void step_clock(struct world *world, const struct act *act)
{
    const struct clock_step step = {.from_at = act->at - act->step_ms, .to_at = act->at};

    world->was_set = true;
    world->was_set_back |= act->step_ms < 0;
    world_step(world, &(struct event){.kind = EVENT_CLOCK_STEPPED, .clock_step = step});
}

void world_live(struct world *world, const struct history *history, size_t index)
{
    const struct act *act = &history->acts[index];

    history_show(history, index);
    if (act->kind == ACT_TIME || (act->kind == ACT_REQUEST && !act->comes_first))
        tick_until(world, history, act->at, act->kind == ACT_TIME);
    if (act->kind == ACT_STEP)
        tick_until(world, history, act->at - act->step_ms, true);
    world->now = act->at;
    switch (act->kind) {
    case ACT_REQUEST:
        ask(world, act, index, NULL);
        break;
    case ACT_TIME:
        break;
    case ACT_ABSENCE:
        tick(world, act->at);
        break;
    case ACT_SENDER:
        turn_sender(world, history);
        break;
    case ACT_RELOAD:
        world_settle(world, history);
        world_reload(world, act->variant);
        break;
    case ACT_STEP:
        step_clock(world, act);
        break;
    }
}

struct outward {
    uint64_t notice, token;
    uint16_t attempt;
    uint64_t ticket; /* of a recall */
    uint64_t asked;  /* the notice that a request wants to be read */
};

static void send(struct world *world, const struct outward *job)
{
    uint64_t luck = hash_number(world->outcomes + job->notice * 64 + job->attempt) % 12;
    struct event sent = {.kind = EVENT_NOTICE_SENT, .sent = {.notice = job->notice, .detail = "250"}};

    sent.sent.outcome = luck == 0 ? SEND_REFUSED : luck < 4 ? SEND_DEFERRED : SEND_ACCEPTED;
    world_step(world, &sent);
    if (world->has_sender)
        world_step(world, &(struct event){.kind = EVENT_SENDER_IDLE});
}

static void recall(struct world *world, const struct outward *job, const struct history *history)
{
    if (!rows_ticket(&world->rows, job->ticket))
        return; /* the hands answer not_found */
    world_restore_tickets(world, false, job->ticket);
    desk_recalled(world->desk, job->ticket, world->now);
    ask(world, &history->acts[job->token], job->token, NULL);
    world_tick(world); /* in the same turn, and so in the same batch */
}

/* sql/statements/notice_get.sql, as far as notice.retry looks at it. */
static void answer_read(struct world *world, const struct outward *job, const struct history *history)
{
    if (!job->asked || job->asked > world->rows.notice_count)
        return; /* the hands answer not_found */
    const struct kept_notice *kept = &world->rows.notices[job->asked - 1];
    json_t *row = json_pack(
        "{s:o,s:o,s:s,s:i,s:i,s:s,s:s,s:s,s:i}", "notice", json_sprintf("%" PRIu64, kept->row.notice),
        "ticket", json_sprintf("%" PRIu64, kept->row.ticket), "clock", kept->row.clock, "cycle",
        (int)kept->row.cycle, "rung", (int)kept->row.rung, "recipient", kept->row.recipient, "role",
        kept->row.role, "state", kept->state, "attempts", (int)kept->attempts);
    char *text = json_dumps(row, JSON_COMPACT);

    ask(world, &history->acts[job->token], job->token, text);
    free(text);
    json_decref(row);
}

/* What speaks outward and is answered by an event: false when it is not. */
static bool read_outward(const struct effect *effect, struct outward *ret_job)
{
    *ret_job = (struct outward){0};
    if (effect->kind == EFFECT_SEND)
        *ret_job = (struct outward){.notice = effect->send->notice, .attempt = effect->send->attempt};
    else if (effect->kind == EFFECT_RECALL)
        *ret_job = (struct outward){.token = effect->recall->token,
                                    .ticket = strtoull(effect->recall->ticket, NULL, 10)};
    else if (effect->kind == EFFECT_READ && effect->read->again)
        *ret_job = (struct outward){.token = effect->read->token,
                                    .asked = strtoull(effect->read->parameters[0], NULL, 10)};
    else
        return false;
    return true;
}

static size_t collect(const struct effects *effects, struct outward *jobs, size_t room)
{
    size_t count = 0;

    for (size_t i = 0; i < effects->count; i++) {
        struct outward job;

        if (!read_outward(&effects->list[i], &job))
            continue;
        assert_true(count < room);
        jobs[count++] = job;
    }
    return count;
}

static size_t commit(struct world *world, struct outward *jobs, size_t room)
{
    desk_settle(world->desk, &world->effects);
    for (size_t i = 0; i < world->effects.count; i++) {
        rows_log(&world->log, &world->effects.list[i]);
        if (world->on_row && effect_is_row(world->effects.list[i].kind))
            world->on_row(world, &world->effects.list[i]);
        rows_keep(&world->rows, &world->effects.list[i]);
    }
    rows_count_records(&world->rows, &world->effects);
    if (world->on_commit)
        world->on_commit(world);
    size_t count = collect(&world->effects, jobs, room);

    effects_reset(&world->effects);
    return count;
}

static bool is_slow(const struct world *world, const struct outward *job)
{
    return world->is_slow && job->notice && hash_number(job->notice + world->outcomes) % 3 == 0;
}

static void leave_on_its_way(struct world *world, const struct outward *job)
{
    world->slow = memory_reserve(world->slow, &world->slow_room, world->slow_count + 1, sizeof(*world->slow));
    world->slow[world->slow_count++] = *job;
}

/* What was on its way before this act has arrived, or has not. */
static void arrive(struct world *world)
{
    for (size_t i = 0; i < world->slow_count; i++)
        send(world, &world->slow[i]);
    world->slow_count = 0;
}

void world_settle(struct world *world, const struct history *history)
{
    struct outward jobs[4096];

    arrive(world);
    for (size_t count; (count = commit(world, jobs, COUNT(jobs)));)
        for (size_t i = 0; i < count; i++) {
            if (is_slow(world, &jobs[i]))
                leave_on_its_way(world, &jobs[i]);
            else if (jobs[i].notice)
                send(world, &jobs[i]);
            else if (jobs[i].asked)
                answer_read(world, &jobs[i], history);
            else
                recall(world, &jobs[i], history);
        }
}
