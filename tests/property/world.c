/*
 * A world to live histories in: the daemon without its sockets.
 *
 * It batches, settles, keeps the latest row of each key, sends (and fails to send) notices, and recalls
 * closed tickets from its rows the way daemon/outward.c does.
 */
#include "tests/property/world.h"

#include "lib/base/hash.h"
#include "lib/base/memory.h"
#include "tests/property/editions.h"
#include "tests/property/world_parts.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static struct zone_files *zones; /* one for all worlds, until the program ends */

static void finish_zones(void)
{
    zone_files_destroy(zones);
}

struct world *world_create_empty(msec now, uint64_t outcomes)
{
    struct world *world = memory_new(1, sizeof(*world));
    struct desk_options options = {.name = "main", .mail_domain = "duban.invalid"};
    char *roster_file = memory_text(editions_path("people.ini"));
    char *calendars = memory_text(editions_path("calendars")),
         *templates = memory_text(editions_path("templates"));
    struct policy_paths paths = {.regime = editions_regime(outcomes),
                                 .people = roster_file,
                                 .calendars = calendars,
                                 .templates = templates};
    struct policy *policy = NULL;
    struct roster *roster = NULL;

    if (!zones) {
        zones = zone_files_create(NULL);
        atexit(finish_zones);
    }
    char *wrong = policy_files_load(zones, &paths, &world->files, &policy, &roster);

    if (wrong)
        fail_msg("%s", wrong);
    world->desk = desk_create(&options, policy, roster, now);
    world->now = now;
    world->outcomes = outcomes;
    effects_init(&world->effects);
    free(roster_file);
    free(calendars);
    free(templates);
    return world;
}

void world_step(struct world *world, const struct event *event)
{
    desk_step(world->desk, world->now, event, &world->effects);
}

struct world *world_create(msec now, uint64_t outcomes)
{
    struct world *world = world_create_empty(now, outcomes);

    arena_init(&world->rows.arena);
    world->has_sender = true;
    desk_restore_done(world->desk, now);
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

static void ask(struct world *world, const struct act *act, size_t index)
{
    struct request request = {
        .token = index,
        .peer = {.role = act->role, .actor = act->actor},
        .method = act->method,
        .params = act->params,
        .id = "0",
    };

    world_step(world, &(struct event){.kind = EVENT_REQUEST, .request = &request});
}

void world_tick(struct world *world)
{
    while (desk_wakes_at(world->desk) <= world->now)
        tick(world, world->now);
}

void world_live(struct world *world, const struct history *history, size_t index)
{
    const struct act *act = &history->acts[index];

    if (act->kind == ACT_TIME || (act->kind == ACT_REQUEST && !act->comes_first))
        tick_until(world, history, act->at, act->kind == ACT_TIME);
    world->now = act->at;
    switch (act->kind) {
    case ACT_REQUEST:
        ask(world, act, index);
        break;
    case ACT_TIME:
        break;
    case ACT_ABSENCE:
        tick(world, act->at);
        break;
    case ACT_SENDER:
        world_settle(world, history); /* nothing is on its way any more */
        world->has_sender = !world->has_sender;
        world_step(world, &(struct event){.kind = world->has_sender ? EVENT_SENDER_IDLE : EVENT_SENDER_GONE});
        break;
    }
}

struct outward {
    uint64_t notice, token;
    uint16_t attempt;
    uint64_t ticket; /* of a recall */
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
    ask(world, &history->acts[job->token], job->token);
}

static size_t collect(const struct effects *effects, struct outward *jobs, size_t room)
{
    size_t count = 0;

    for (size_t i = 0; i < effects->count; i++) {
        const struct effect *effect = &effects->list[i];

        if (effect->kind != EFFECT_SEND && effect->kind != EFFECT_RECALL)
            continue;
        assert_true(count < room);
        if (effect->kind == EFFECT_SEND)
            jobs[count++] =
                (struct outward){.notice = effect->send->notice, .attempt = effect->send->attempt};
        else
            jobs[count++] = (struct outward){.token = effect->recall->token,
                                             .ticket = strtoull(effect->recall->ticket, NULL, 10)};
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
            else
                recall(world, &jobs[i], history);
        }
}
