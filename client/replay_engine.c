/*
 * The judge without its hands: a desk, a virtual clock, and events.
 *
 * Used by `dubanctl replay` and by the tests; it runs the very code that runs in the daemon. Between two
 * events time passes: whatever the desk waits for *before* the next event's instant fires first, what falls
 * on that instant fires after the events that bear it (domain rule 2). Notices are taken at once as by a
 * sender that succeeds (unless an event says otherwise of somebody), so that an all-clear goes to exactly
 * those who were told. What a watcher is
 * told is a pure function of the events. Two engines may take the same events in turn (replay_difference.c);
 * so a ticket is known by the event that filed it, because its id depends on what was refused before.
 */
#include "client/replay_engine.h"

#include "client/replay_held.h"
#include "client/replay_relay.h"
#include "lib/adoption.h"
#include "lib/base/instant.h"
#include "lib/base/memory.h"
#include "lib/base/text.h"
#include "lib/methods.h"
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define SETTLE_AFTER 4096 /* effects: then rows that nobody wants are thrown away */
#define NOBODY_FILED (UINT64_C(1) << 63)
#define DIGEST       (-300) /* the rung of a digest (lib/effect.h) */
#define NO_TICKET    "?"    /* what no ticket is called */

struct replay {
    struct desk *desk;
    struct effects effects;
    struct replay_watcher watcher;
    struct replay_held *held;
    size_t seen;  /* effects that were told or carried out */
    size_t shown; /* effects that the watcher has seen */
    struct text error;
    json_t *references; /* ref -> ticket id */
    json_t *names;      /* ticket id -> ref */
    json_t *relay;      /* what becomes of mail (replay_relay.h) */
    uint64_t *origins;  /* the events that filed tickets, rising */
    uint64_t *filed;    /* and their tickets, rising too */
    size_t filed_count, origin_capacity, filed_capacity;
    msec now;
    bool is_live;
    struct replay_figures figures;
    struct replay_loader loader; /* `load` NULL: there is none */
};

struct replay *replay_create(struct policy *policy, struct roster *roster,
                             const struct replay_watcher *watcher)
{
    struct replay *replay = memory_new(1, sizeof(*replay));
    struct desk_options options = {
        .name = "main",
        .mail_domain = "replay.invalid",
        .customer_domain = "replay.invalid",
        .keeps_closed = true,
        .tells_verdicts = true,
        .is_wordless = !watcher || !(watcher->wants_results || watcher->seen),
    };

    replay->desk = desk_create(&options, policy, roster, 0);
    if (watcher)
        replay->watcher = *watcher;
    replay->references = json_object();
    replay->names = json_object();
    replay->relay = json_object();
    replay->held = replay_held_create();
    effects_init(&replay->effects);
    desk_step(replay->desk, 0, &(struct event){.kind = EVENT_SENDER_IDLE}, &replay->effects);
    return replay;
}

void replay_reloads_by(struct replay *replay, const struct replay_loader *loader)
{
    replay->loader = *loader;
}

void replay_destroy(struct replay *replay)
{
    if (!replay)
        return;
    desk_destroy(replay->desk);
    effects_finish(&replay->effects);
    text_finish(&replay->error);
    json_decref(replay->references);
    json_decref(replay->names);
    json_decref(replay->relay);
    replay_held_destroy(replay->held);
    free(replay->origins);
    free(replay->filed);
    free(replay);
}

/* ---- tickets ---- */

const char *replay_reference(const struct replay *replay, uint64_t ticket)
{
    char id[24];

    snprintf(id, sizeof(id), "%" PRIu64, ticket);
    return json_string_value(json_object_get(replay->names, id));
}

/* Where `number` stands in a rising list; `count` when it is not in it. */
static size_t find_rising(const uint64_t *list, size_t count, uint64_t number)
{
    size_t low = 0, high = count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (list[middle] < number)
            low = middle + 1;
        else
            high = middle;
    }
    return low < count && list[low] == number ? low : count;
}

uint64_t replay_origin(const struct replay *replay, uint64_t ticket)
{
    size_t place = find_rising(replay->filed, replay->filed_count, ticket);

    if (place < replay->filed_count)
        return replay->origins[place];
    return ticket ? NOBODY_FILED | ticket : 0;
}

uint64_t replay_filed(const struct replay *replay, uint64_t origin)
{
    if (origin & NOBODY_FILED)
        return origin & ~NOBODY_FILED;
    size_t place = find_rising(replay->origins, replay->filed_count, origin);

    return place < replay->filed_count ? replay->filed[place] : 0;
}

static void remember_ticket(struct replay *replay, const char *id)
{
    size_t count = replay->filed_count;

    replay->origins =
        memory_reserve(replay->origins, &replay->origin_capacity, count + 1, sizeof(*replay->origins));
    replay->filed = memory_reserve(replay->filed, &replay->filed_capacity, count + 1, sizeof(*replay->filed));
    replay->origins[count] = replay->figures.events;
    replay->filed[count] = strtoull(id, NULL, 10);
    replay->filed_count++;
}

/* What is called `ref` from now on; a create that was refused leaves a name that means no ticket, and above
   all not the ticket that happens to have it as its id. */
static void remember_reference(struct replay *replay, const json_t *params, const json_t *result)
{
    const char *reference = json_string_value(json_object_get(params, "ref"));
    const char *id = json_string_value(json_object_get(result, "ticket"));

    if (id)
        remember_ticket(replay, id);
    if (!reference)
        return;
    if (id) {
        json_object_set(replay->references, reference, json_object_get(result, "ticket"));
        json_object_set_new(replay->names, id, json_string(reference));
    } else if (!json_object_get(replay->references, reference)) {
        json_object_set_new(replay->references, reference, json_string(NO_TICKET));
    }
}

/* ---- effects ---- */

enum replay_telling replay_telling(const struct notice_row *notice)
{
    if (strcmp(notice->state, "held") == 0)
        return REPLAY_HELD;
    return strcmp(notice->state, "queued") == 0 ? REPLAY_TOLD : REPLAY_SUPPRESSED;
}

static bool is_same_notice(const struct effect *effect, const struct notice_row *first)
{
    return effect->kind == EFFECT_NOTICE && effect->notice->ticket == first->ticket &&
           effect->notice->rung == first->rung && effect->notice->cycle == first->cycle &&
           strcmp(effect->notice->clock, first->clock) == 0 &&
           strcmp(effect->notice->state, first->state) == 0 && effect->notice->ready_at == first->ready_at &&
           strcmp(effect->notice->template_name, first->template_name) == 0;
}

static void tell_rows(struct replay *replay, const struct effect *first, size_t count)
{
    uint64_t *const figures[] = {
        [REPLAY_TOLD] = &replay->figures.notices,
        [REPLAY_HELD] = &replay->figures.held,
        [REPLAY_SUPPRESSED] = &replay->figures.suppressed,
    };

    *figures[replay_telling(first->notice)] += count;
    if (replay->watcher.told)
        replay->watcher.told(replay->watcher.context, first, count);
}

/* A rung tells several people by a row each; they are told as one. Returns how many rows it took. */
static size_t tell_notice(struct replay *replay, size_t index)
{
    const struct effect *first = &replay->effects.list[index];
    size_t count = 1;

    while (index + count < replay->effects.count && is_same_notice(first + count, first->notice))
        count++;
    tell_rows(replay, first, count);
    for (size_t i = 0; i < count && replay_telling(first->notice) == REPLAY_HELD; i++)
        replay_held_add(replay->held, first[i].notice);
    return count;
}

/* A digest, with what it tells of: the judge says so right behind its row. */
static void tell_digest(struct replay *replay, size_t index)
{
    const struct notice_row *digest = replay->effects.list[index].notice;
    const struct notice_row **items = memory_new(replay->effects.count - index, sizeof(*items));
    size_t count = 0;

    for (size_t i = index + 1; i < replay->effects.count; i++) {
        const struct effect *effect = &replay->effects.list[i];

        if (effect->kind == EFFECT_NOTICE_STATE && effect->notice_state->into == digest->notice)
            items[count++] = replay_held_find(replay->held, effect->notice_state->notice);
    }
    replay->figures.notices++;
    replay->figures.digests++;
    if (replay->watcher.digested)
        replay->watcher.digested(replay->watcher.context, digest, items, count);
    free(items);
}

/* What became of a notice that waited: it is told of again. */
static void tell_state(struct replay *replay, const struct notice_state_row *state)
{
    struct notice_row *row = replay_held_find(replay->held, state->notice);
    struct effect again = {.kind = EFFECT_NOTICE, .notice = row};

    if (!row)
        return;
    if (state->into) {
        replay_held_remove(replay->held, state->notice);
        return;
    }
    row->at = state->at;
    row->ready_at = state->ready_at;
    row->state = state->state;
    row->hold = state->hold;
    row->detail = state->detail;
    tell_rows(replay, &again, 1);
    if (replay_telling(row) != REPLAY_HELD)
        replay_held_remove(replay->held, state->notice);
}

static void tell_verdict(struct replay *replay, const struct verdict_effect *verdict)
{
    replay->figures.breaches += strcmp(verdict->state, "breached") == 0;
    if (replay->watcher.judged)
        replay->watcher.judged(replay->watcher.context, verdict);
}

/* A ticket that a schedule opened is called SCHEDULE/RECORD, and means the latest of them. */
static void tell_run(struct replay *replay, const struct schedule_run_row *run)
{
    if (run->ticket) {
        json_t *name = json_sprintf("%s%s%s", run->schedule, run->record[0] ? "/" : "", run->record);
        json_t *id = json_sprintf("%" PRIu64, run->ticket);

        json_object_set(replay->references, json_string_value(name), id);
        json_object_set(replay->names, json_string_value(id), name);
        json_decref(name);
        json_decref(id);
    }
    if (replay->watcher.ran)
        replay->watcher.ran(replay->watcher.context, run);
}

static void take_notice(struct replay *replay, uint64_t notice)
{
    enum notice_channel channel;
    const char *person = desk_notice_recipient(replay->desk, notice, &channel);
    struct event sent = {
        .kind = EVENT_NOTICE_SENT,
        .sent = {.notice = notice, .outcome = replay_relay_outcome(replay->relay, person, channel)},
    };

    desk_step(replay->desk, replay->now, &sent, &replay->effects);
    desk_step(replay->desk, replay->now, &(struct event){.kind = EVENT_SENDER_IDLE}, &replay->effects);
}

static void throw_away(struct replay *replay)
{
    desk_settle(replay->desk, &replay->effects);
    effects_reset(&replay->effects);
    replay->seen = replay->shown = 0;
}

static void show_effects(struct replay *replay)
{
    for (; replay->watcher.seen && replay->shown < replay->effects.count; replay->shown++)
        replay->watcher.seen(replay->watcher.context, &replay->effects.list[replay->shown]);
}

/* Tells and carries out what has come since the last time. Sending makes further effects: the loop sees them
 * too. */
static void carry_out(struct replay *replay)
{
    struct effects *effects = &replay->effects;

    while (replay->seen < effects->count) {
        const struct effect *effect = &effects->list[replay->seen];
        size_t taken = 1;

        show_effects(replay);
        if (effect->kind == EFFECT_VERDICT)
            tell_verdict(replay, effect->verdict);
        else if (effect->kind == EFFECT_NOTICE && effect->notice->rung == DIGEST)
            tell_digest(replay, replay->seen);
        else if (effect->kind == EFFECT_NOTICE_STATE)
            tell_state(replay, effect->notice_state);
        else if (effect->kind == EFFECT_SCHEDULE_RUN)
            tell_run(replay, effect->schedule_run);
        else if (effect->kind == EFFECT_NOTICE)
            taken = tell_notice(replay, replay->seen);
        else if (effect->kind == EFFECT_INCIDENT && replay->watcher.missed)
            replay->watcher.missed(replay->watcher.context, effect->incident);
        else if (effect->kind == EFFECT_SEND)
            take_notice(replay, effect->send->notice);
        replay->seen += taken;
    }
    if (effects->count > SETTLE_AFTER)
        throw_away(replay);
}

static void tick(struct replay *replay, msec at)
{
    replay->now = at > replay->now ? at : replay->now;
    desk_step(replay->desk, replay->now, &(struct event){.kind = EVENT_TICK}, &replay->effects);
    carry_out(replay);
}

static void tick_all(struct replay *replay, msec until_at)
{
    do
        tick(replay, until_at);
    while (desk_wakes_at(replay->desk) <= until_at);
}

/* ---- events ---- */

__attribute__((format(printf, 2, 3))) static const char *complain(struct replay *replay, const char *format,
                                                                  ...)
{
    char buffer[512];
    va_list list;

    va_start(list, format);
    vsnprintf(buffer, sizeof(buffer), format, list);
    va_end(list);
    text_clear(&replay->error);
    text_add(&replay->error, buffer);
    return text_get(&replay->error);
}

static const char *find_reply(const struct replay *replay, size_t from)
{
    for (size_t i = from; i < replay->effects.count; i++)
        if (replay->effects.list[i].kind == EFFECT_REPLY)
            return replay->effects.list[i].reply->text;
    return NULL;
}

static bool is_id(const char *name)
{
    return name && *name && strspn(name, "0123456789") == strlen(name);
}

/* Reading an answer costs as much as judging some requests, so it is read for whoever needs what it says. */
static json_t *read_answer(const struct replay *replay, const struct request *request, bool is_refused,
                           const char *text)
{
    bool is_wanted = strcmp(request->method->name, "ticket.create") == 0;

    if (replay->watcher.answered)
        is_wanted |= is_refused || replay->watcher.wants_results ||
                     !is_id(json_string_value(json_object_get(request->params, "ticket")));
    return is_wanted ? json_loads(text, 0, NULL) : NULL;
}

static void take_answer(struct replay *replay, const struct request *request, const char *text)
{
    bool is_refused = strstr(text, "\"error\":{\"code\"") != NULL;
    json_t *answer = read_answer(replay, request, is_refused, text);
    const json_t *result = json_object_get(answer, "result");

    *(is_refused ? &replay->figures.refused : &replay->figures.accepted) += 1;
    if (strcmp(request->method->name, "ticket.create") == 0)
        remember_reference(replay, request->params, result);
    if (replay->watcher.answered) {
        const char *id = json_string_value(json_object_get(result ? result : request->params, "ticket"));
        struct replay_answer told = {
            .method = request->method->name,
            .ticket = is_id(id) ? strtoull(id, NULL, 10) : 0,
            .is_accepted = !is_refused,
            .result = result,
            .error = json_object_get(answer, "error"),
        };

        replay->watcher.answered(replay->watcher.context, &told);
    }
    json_decref(answer);
}

static void judge_request(struct replay *replay, const struct request *request)
{
    size_t from = replay->effects.count;

    desk_step(replay->desk, replay->now, &(struct event){.kind = EVENT_REQUEST, .request = request},
              &replay->effects);
    const char *reply = find_reply(replay, from);

    if (reply)
        take_answer(replay, request, reply);
    carry_out(replay);
}

/* Parameters that name a ticket: by its reference here, by its id for the judge. */
static const char *const naming[] = {"ticket", "into", "to"};

#define NAMING (sizeof naming / sizeof *naming)

/* The reference that was there, to be put back (the same event may be judged by another desk); NULL: no
 * reference. */
static json_t *resolve(const struct replay *replay, json_t *params, const char *name)
{
    json_t *reference = json_object_get(params, name);
    json_t *id =
        json_is_string(reference) ? json_object_get(replay->references, json_string_value(reference)) : NULL;

    if (!id)
        return NULL;
    json_incref(reference);
    json_object_set(params, name, id);
    return reference;
}

/* On the socket a supervisor is somebody's clerk whom the people file makes one. An event may say so by
   itself: who is named by a role of the regime may do what the heads of service may, and counts as that role
   only. */
static struct peer speaker(const struct replay *replay, const char *role, const char *actor)
{
    struct peer peer = {.role = access_role_find(role), .actor = actor};

    if (peer.role == ROLE_NONE && vocabulary_find(&desk_policy(replay->desk)->roles, role) != POLICY_NONE) {
        peer.role = ROLE_SERVICE_HEAD;
        peer.title = role;
    }
    return peer;
}

static const char *run_request(struct replay *replay, const char *name, const char *role, const char *actor,
                               json_t *params)
{
    struct request request = {
        .peer = speaker(replay, role, actor),
        .method = methods_find(name),
        .params = params,
        .id = "0",
    };

    if (!request.method || !request.method->handle)
        return complain(replay, "unknown method '%s'", name);
    if (request.peer.role == ROLE_NONE)
        return complain(replay, "unknown role '%s'", role);
    json_t *named[NAMING] = {NULL};

    for (size_t i = 0; i < NAMING; i++)
        named[i] = resolve(replay, params, naming[i]);
    judge_request(replay, &request);
    for (size_t i = 0; i < NAMING; i++)
        if (named[i])
            json_object_set_new(params, naming[i], named[i]);
    return NULL;
}

static void tell_reload(struct replay *replay, const char *why, const struct adoption *adoption)
{
    json_t *answer = adoption ? adoption_answer(replay->desk, adoption, SIZE_MAX) : NULL;
    const struct replay_reload reload = {
        .why = why,
        .moved = adoption ? adoption_moved(adoption) : 0,
        .changed = adoption ? adoption_changed(adoption) : 0,
        .verdicts = json_object_get(answer, "verdicts"),
    };

    *(why ? &replay->figures.refused : &replay->figures.accepted) += 1;
    if (replay->watcher.reloaded)
        replay->watcher.reloaded(replay->watcher.context, &reload);
    json_decref(answer);
}

/* As the daemon's: what was judged so far is settled in the old regime's words, and any error keeps the old
 * files. */
static void run_reload(struct replay *replay, const char *actor, const json_t *params)
{
    struct policy *policy = NULL;
    struct roster *roster = NULL;
    struct adoption *adoption = NULL;
    char *why = replay->loader.load ? replay->loader.load(replay->loader.context, params, &policy, &roster)
                                    : memory_text("there are no files to be read again");

    throw_away(replay);
    if (!why)
        adoption = adoption_create(replay->desk, policy, roster, replay->now, &why);
    if (adoption) {
        desk_adopt(replay->desk, adoption, "system.reload", actor, &replay->effects);
        replay->loader.keep(replay->loader.context);
    } else {
        roster_destroy(roster);
        policy_destroy(policy);
    }
    tell_reload(replay, why, adoption);
    adoption_destroy(adoption);
    free(why);
    carry_out(replay);
}

/* The wall clock is set, to an earlier or a later time: nothing that is due because of it is due twice
   (domain rule 17). The lines that follow go on from there. */
static const char *set_clock(struct replay *replay, const json_t *params)
{
    const char *text = json_string_value(json_object_get(params, "to"));
    struct event event = {.kind = EVENT_CLOCK_STEPPED, .clock_step = {.from_at = replay->now}};

    if (!text || instant_parse(text, &event.clock_step.to_at) != INSTANT_OK)
        return complain(replay, "clock.set needs to: the time that the clock is set to");
    replay->now = event.clock_step.to_at;
    desk_step(replay->desk, replay->now, &event, &replay->effects);
    carry_out(replay);
    tick_all(replay, replay->now);
    return NULL;
}

/* A journal's word that a schedule has opened a ticket by now: `ref` is what later events call it. Under
   another regime there may be none, and then the name means none. */
static const char *name_opened(struct replay *replay, const json_t *params)
{
    const char *reference = json_string_value(json_object_get(params, "ref"));
    const char *schedule = json_string_value(json_object_get(params, "schedule"));
    const char *record = json_string_value(json_object_get(params, "record"));

    if (!reference || !schedule)
        return complain(replay, "schedule.opened needs ref and schedule, and record when it has one");
    for (msec due; (due = desk_wakes_at(replay->desk)) <= replay->now;)
        tick(replay, due);
    json_t *name = json_sprintf("%s%s%s", schedule, record && *record ? "/" : "", record ? record : "");
    json_t *id = json_object_get(replay->references, json_string_value(name));

    if (id)
        json_object_set(replay->references, reference, id);
    else
        json_object_set_new(replay->references, reference, json_string(NO_TICKET));
    json_decref(name);
    return NULL;
}

const char *replay_event(struct replay *replay, json_t *event)
{
    const char *at_text = json_string_value(json_object_get(event, "at"));
    const char *method = json_string_value(json_object_get(event, "method"));
    const char *actor = json_string_value(json_object_get(event, "actor"));
    const char *role = json_string_value(json_object_get(event, "role"));
    json_t *params = json_object_get(event, "params"), *empty = NULL;
    msec at;

    replay->figures.events++;
    if (!at_text || !method)
        return complain(replay, "`at` and `method` are needed, both strings");
    enum instant_outcome outcome = instant_parse(at_text, &at);

    if (outcome != INSTANT_OK)
        return complain(replay, "at: %s", instant_outcome_text(outcome));
    if (at < replay->now && replay->figures.events > 1)
        return complain(replay, "at: earlier than the line before it");
    if (params && !json_is_object(params))
        return complain(replay, "params: must be an object");
    bool is_down = strcmp(method, "clock.downtime") == 0;

    if (!replay->is_live) /* schedules begin with the story */
        desk_restore_done(replay->desk, at);
    replay->is_live = true;
    for (msec due; !is_down && (due = desk_wakes_at(replay->desk)) < at;)
        tick(replay, due);
    replay->now = at;
    if (is_down) { /* nobody watched since the last event; everything is found now */
        tick_all(replay, at);
        return NULL;
    }
    if (strcmp(method, "clock.advance") == 0)
        return NULL;
    if (!params)
        params = empty = json_object();
    const char *wrong = NULL;

    if (strcmp(method, "clock.set") == 0)
        wrong = set_clock(replay, params);
    else if (strcmp(method, "system.reload") == 0)
        run_reload(replay, actor ? actor : "replay", params);
    else if (strcmp(method, "schedule.opened") == 0)
        wrong = name_opened(replay, params);
    else if (strcmp(method, "relay.answers") == 0)
        wrong =
            replay_relay_answers(replay->relay, params)
                ? NULL
                : complain(replay, "relay.answers needs person, and answer: accepted, deferred or refused");
    else
        wrong = run_request(replay, method, role ? role : "admin", actor ? actor : "replay", params);
    json_decref(empty);
    return wrong;
}

void replay_finish(struct replay *replay, msec until_at)
{
    msec end_at = until_at == NEVER ? replay->now : until_at;

    for (msec due; (due = desk_wakes_at(replay->desk)) <= end_at;)
        tick(replay, due);
}

/* ---- questions ---- */

static const struct read_effect *find_read(const struct replay *replay, size_t from)
{
    for (size_t i = from; i < replay->effects.count; i++)
        if (replay->effects.list[i].kind == EFFECT_READ)
            return replay->effects.list[i].read;
    return NULL;
}

/* Steps a question, a second time with what it wants to be read. NULL: it came to no answer. */
static const char *step_question(struct replay *replay, struct request *request,
                                 const struct replay_question *question, char **ret_cold)
{
    const struct event event = {.kind = EVENT_REQUEST, .request = request};
    size_t from = replay->effects.count;

    desk_step(replay->desk, replay->now, &event, &replay->effects);
    const struct read_effect *read = find_read(replay, from);

    if (read && question->find)
        *ret_cold = question->find(question->context, read);
    request->cold = *ret_cold;
    if (read && !read->again)
        return NULL;
    if (*ret_cold)
        desk_step(replay->desk, replay->now, &event, &replay->effects);
    return find_reply(replay, from);
}

json_t *replay_ask(struct replay *replay, const struct replay_question *question)
{
    json_t *params = json_copy(question->params), *answer;
    struct request request = {
        .peer = {.role = ROLE_ADMIN, .actor = "replay"},
        .method = methods_find(question->method),
        .params = params,
        .id = "0",
    };
    char *cold = NULL;

    json_decref(resolve(replay, params, "ticket"));
    const char *reply = step_question(replay, &request, question, &cold);

    if (reply)
        answer = json_loads(reply, 0, NULL);
    else
        answer = json_pack("{s:o}", "result", cold ? json_loads(cold, 0, NULL) : json_null());
    carry_out(replay);
    free(cold);
    json_decref(params);
    return answer;
}

void replay_restore_sequence(struct replay *replay, const char *name, uint64_t last)
{
    desk_restore_sequence(replay->desk, name, last);
}

const struct desk *replay_desk(const struct replay *replay)
{
    return replay->desk;
}

msec replay_now(const struct replay *replay)
{
    return replay->now;
}

void replay_figures(const struct replay *replay, struct replay_figures *ret_figures)
{
    *ret_figures = replay->figures;
}
