/*
 * The judge without its hands: a desk, a virtual clock, and a file of events.
 *
 * Used by `dubanctl replay` and by the tests; it runs the very code that runs in the daemon. Between two
 * lines time passes: whatever the desk waits for *before* the next line's instant fires first, what falls on
 * that instant fires after the lines that bear it (domain rule 2). Notices are taken at once as by a sender
 * that always succeeds, so that an all-clear goes to exactly those who were told. Output is a pure function
 * of the input.
 */
#include "client/replay_engine.h"

#include "lib/base/hash.h"
#include "lib/base/instant.h"
#include "lib/base/memory.h"
#include "lib/methods.h"
#include "lib/rpc.h"
#include "lib/zone.h"
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define SETTLE_AFTER 4096 /* effects: then rows that nobody wants are thrown away */

struct replay {
    struct desk *desk;
    struct effects effects;
    size_t seen; /* effects that were printed or carried out */
    FILE *out;
    struct text line, error;
    json_t *references; /* ref -> ticket id */
    json_t *names;      /* ticket id -> ref */
    msec now;
    struct replay_figures figures;
    struct replay_loader loader; /* `load` NULL: there is none */
};

struct replay *replay_create(struct policy *policy, struct roster *roster, FILE *out)
{
    struct replay *replay = memory_new(1, sizeof(*replay));
    struct desk_options options = {
        .name = "main",
        .mail_domain = "replay.invalid",
        .keeps_closed = true,
        .tells_verdicts = true,
    };

    replay->desk = desk_create(&options, policy, roster, 0);
    replay->out = out;
    replay->references = json_object();
    replay->names = json_object();
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
    text_finish(&replay->line);
    text_finish(&replay->error);
    json_decref(replay->references);
    json_decref(replay->names);
    free(replay);
}

/* ---- printing ---- */

static void print_time(struct replay *replay, const char *name, msec at)
{
    char text[INSTANT_TEXT];

    if (at == NEVER) {
        text_printf(&replay->line, ",\"%s\":null", name);
        return;
    }
    instant_format(at, zone_offset_s(desk_policy(replay->desk)->zone, at), text);
    text_printf(&replay->line, ",\"%s\":\"%s\"", name, text);
}

static void print_text(struct replay *replay, const char *name, const char *text)
{
    text_printf(&replay->line, ",\"%s\":", name);
    if (text)
        rpc_write_string(&replay->line, text);
    else
        text_add(&replay->line, "null");
}

static void begin_line(struct replay *replay, const char *kind, msec at, uint64_t ticket)
{
    char id[24], text[INSTANT_TEXT];

    text_clear(&replay->line);
    instant_format(at, zone_offset_s(desk_policy(replay->desk)->zone, at), text);
    text_printf(&replay->line, "{\"at\":\"%s\",\"kind\":\"%s\"", text, kind);
    if (!ticket)
        return;
    snprintf(id, sizeof(id), "%" PRIu64, ticket);
    print_text(replay, "ticket", id);
    print_text(replay, "ref", json_string_value(json_object_get(replay->names, id)));
}

static void end_line(struct replay *replay)
{
    text_add(&replay->line, "}\n");
    if (replay->out)
        fwrite(replay->line.bytes, 1, replay->line.length, replay->out);
}

static void print_verdict(struct replay *replay, const struct verdict_effect *verdict)
{
    replay->figures.breaches += strcmp(verdict->state, "breached") == 0;
    if (!replay->out)
        return;
    begin_line(replay, "clock", verdict->at, verdict->ticket);
    print_text(replay, "clock", verdict->clock);
    print_text(replay, "state", verdict->state);
    print_time(replay, "due_at", verdict->due_at);
    text_printf(&replay->line, ",\"cycle\":%u", verdict->cycle);
    if (verdict->overrun_ms)
        text_printf(&replay->line, ",\"overrun_s\":%" PRId64, verdict->overrun_ms / MSEC_SECOND);
    if (verdict->why)
        print_text(replay, "why", verdict->why);
    end_line(replay);
}

static bool is_same_notice(const struct effect *effect, const struct notice_row *first)
{
    return effect->kind == EFFECT_NOTICE && effect->notice->ticket == first->ticket &&
           effect->notice->rung == first->rung && effect->notice->cycle == first->cycle &&
           strcmp(effect->notice->clock, first->clock) == 0 &&
           strcmp(effect->notice->state, first->state) == 0 &&
           strcmp(effect->notice->template_name, first->template_name) == 0;
}

/* A rung tells several people by a row each; here it is one line with all of them. Returns how many rows it
 * took. */
static size_t print_notice(struct replay *replay, size_t index)
{
    const struct effects *effects = &replay->effects;
    const struct notice_row *first = effects->list[index].notice;
    bool is_told = strcmp(first->state, "queued") == 0;
    size_t count = 0;

    begin_line(replay, is_told ? "notice" : "suppressed", first->at, first->ticket);
    print_text(replay, "template", first->template_name);
    print_text(replay, "clock", first->clock);
    text_printf(&replay->line, ",\"cycle\":%u,\"rung\":%d,\"to\":[", first->cycle, first->rung);
    for (; index + count < effects->count && is_same_notice(&effects->list[index + count], first); count++) {
        const struct notice_row *row = effects->list[index + count].notice;

        text_add(&replay->line, count ? ",{\"person\":" : "{\"person\":");
        rpc_write_string(&replay->line, row->recipient);
        print_text(replay, "role", row->role);
        print_text(replay, "address", row->address);
        print_text(replay, "channel", row->channel);
        text_add(&replay->line, "}");
        *(is_told ? &replay->figures.notices : &replay->figures.suppressed) += 1;
    }
    text_add(&replay->line, "]");
    print_text(replay, "reason", is_told ? first->reason : first->detail);
    end_line(replay);
    return count;
}

/* ---- effects ---- */

static void take_notice(struct replay *replay, uint64_t notice)
{
    struct event sent = {.kind = EVENT_NOTICE_SENT, .sent = {.notice = notice, .outcome = SEND_ACCEPTED}};

    desk_step(replay->desk, replay->now, &sent, &replay->effects);
    desk_step(replay->desk, replay->now, &(struct event){.kind = EVENT_SENDER_IDLE}, &replay->effects);
}

static void throw_away(struct replay *replay)
{
    desk_settle(replay->desk, &replay->effects);
    effects_reset(&replay->effects);
    replay->seen = 0;
}

/* Prints and carries out what has come since the last time. Sending makes further effects: the loop sees them
 * too. */
static void carry_out(struct replay *replay)
{
    struct effects *effects = &replay->effects;

    while (replay->seen < effects->count) {
        const struct effect *effect = &effects->list[replay->seen];
        size_t taken = 1;

        if (effect->kind == EFFECT_VERDICT)
            print_verdict(replay, effect->verdict);
        else if (effect->kind == EFFECT_NOTICE)
            taken = print_notice(replay, replay->seen);
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

/* ---- lines ---- */

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

/* The params as the method knows them: a ticket named by its ref becomes its id. */
static void resolve_ticket(const struct replay *replay, json_t *params)
{
    const char *name = json_string_value(json_object_get(params, "ticket"));
    json_t *id = name ? json_object_get(replay->references, name) : NULL;

    if (id)
        json_object_set(params, "ticket", id);
}

static const char *find_reply(const struct replay *replay, size_t from)
{
    for (size_t i = from; i < replay->effects.count; i++)
        if (replay->effects.list[i].kind == EFFECT_REPLY)
            return replay->effects.list[i].reply->text;
    return NULL;
}

static void remember_reference(struct replay *replay, const json_t *params, const json_t *result)
{
    const char *reference = json_string_value(json_object_get(params, "ref"));
    json_t *id = json_object_get(result, "ticket");

    if (!reference || !id || !json_object_get(result, "created"))
        return;
    json_object_set(replay->references, reference, id);
    json_object_set_new(replay->names, json_string_value(id), json_string(reference));
}

static void print_members(struct replay *replay, const json_t *object)
{
    static const char *const members[] = {"number",  "revision", "stage",    "department",
                                          "handler", "credited", "uncounted"};

    for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
        const json_t *value = json_object_get(object, members[i]);
        char *text = value ? json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;

        if (text)
            text_printf(&replay->line, ",\"%s\":%s", members[i], text);
        free(text);
    }
}

static void print_answer(struct replay *replay, const char *method, const json_t *params, const char *text)
{
    json_t *answer = json_loads(text, 0, NULL);
    const json_t *result = json_object_get(answer, "result"), *error = json_object_get(answer, "error");
    const char *id = json_string_value(json_object_get(result ? result : params, "ticket"));

    if (result) {
        remember_reference(replay, params, result);
        replay->figures.accepted++;
    } else {
        replay->figures.refused++;
    }
    begin_line(replay, result ? "accepted" : "refused", replay->now, id ? strtoull(id, NULL, 10) : 0);
    print_text(replay, "method", method);
    if (result) {
        print_members(replay, result);
    } else {
        const json_t *data = json_object_get(error, "data");

        print_text(replay, "error", json_string_value(json_object_get(data, "name")));
        print_text(replay, "field", json_string_value(json_object_get(data, "field")));
        print_text(replay, "detail", json_string_value(json_object_get(data, "detail")));
    }
    end_line(replay);
    json_decref(answer);
}

/* Without a printer only the outcome and a new ticket's reference matter. */
static void note_answer(struct replay *replay, const char *method, const json_t *params, const char *text)
{
    bool is_create = strcmp(method, "ticket.create") == 0;

    if (replay->out || is_create) {
        print_answer(replay, method, params, text);
        return;
    }
    *(strstr(text, "\"error\":{\"code\"") ? &replay->figures.refused : &replay->figures.accepted) += 1;
}

static const char *run_request(struct replay *replay, const char *name, const char *role, const char *actor,
                               json_t *params)
{
    struct request request = {
        .peer = {.role = access_role_find(role), .actor = actor},
        .method = methods_find(name),
        .params = params,
        .id = "0",
    };

    if (!request.method || !request.method->handle)
        return complain(replay, "unknown method '%s'", name);
    if (request.peer.role == ROLE_NONE)
        return complain(replay, "unknown role '%s'", role);
    size_t from = replay->effects.count;

    resolve_ticket(replay, params);
    desk_step(replay->desk, replay->now, &(struct event){.kind = EVENT_REQUEST, .request = &request},
              &replay->effects);
    const char *reply = find_reply(replay, from);

    if (reply)
        note_answer(replay, name, params, reply);
    carry_out(replay);
    return NULL;
}

static void print_reload(struct replay *replay, const char *why, size_t moved)
{
    *(why ? &replay->figures.refused : &replay->figures.accepted) += 1;
    begin_line(replay, why ? "refused" : "accepted", replay->now, 0);
    print_text(replay, "method", "system.reload");
    if (why) {
        print_text(replay, "error", "invalid_state");
        print_text(replay, "detail", why);
    } else {
        print_text(replay, "regime", desk_policy(replay->desk)->name);
        text_printf(&replay->line, ",\"moved\":%zu", moved);
    }
    end_line(replay);
}

/* As the daemon's: what was judged so far is settled in the old regime's words, and any error keeps the old
 * files. */
static void run_reload(struct replay *replay, const json_t *params)
{
    struct policy *policy = NULL;
    struct roster *roster = NULL;
    size_t moved = 0;
    char *why = replay->loader.load ? replay->loader.load(replay->loader.context, params, &policy, &roster)
                                    : memory_text("there are no files to be read again");

    throw_away(replay);
    if (!why)
        why = desk_adopt(replay->desk, policy, roster, replay->now, &replay->effects, &moved);
    if (why) {
        roster_destroy(roster);
        policy_destroy(policy);
    } else {
        replay->loader.keep(replay->loader.context);
    }
    print_reload(replay, why, moved);
    free(why);
    carry_out(replay);
}

static const char *run_line(struct replay *replay, json_t *line)
{
    const char *at_text = json_string_value(json_object_get(line, "at"));
    const char *method = json_string_value(json_object_get(line, "method"));
    const char *actor = json_string_value(json_object_get(line, "actor"));
    const char *role = json_string_value(json_object_get(line, "role"));
    json_t *params = json_object_get(line, "params"), *empty = NULL;
    msec at;

    if (!at_text || !method)
        return complain(replay, "`at` and `method` are needed, both strings");
    enum instant_outcome outcome = instant_parse(at_text, &at);

    if (outcome != INSTANT_OK)
        return complain(replay, "at: %s", instant_outcome_text(outcome));
    if (at < replay->now && replay->figures.lines > 1)
        return complain(replay, "at: earlier than the line before it");
    if (params && !json_is_object(params))
        return complain(replay, "params: must be an object");
    for (msec due; (due = desk_wakes_at(replay->desk)) < at;)
        tick(replay, due);
    replay->now = at;
    if (strcmp(method, "clock.advance") == 0)
        return NULL;
    if (!params)
        params = empty = json_object();
    const char *wrong = NULL;

    if (strcmp(method, "system.reload") == 0)
        run_reload(replay, params);
    else
        wrong = run_request(replay, method, role ? role : "admin", actor ? actor : "replay", params);

    json_decref(empty);
    return wrong;
}

const char *replay_line(struct replay *replay, const char *bytes, size_t length)
{
    json_error_t error;
    json_t *line = json_loadb(bytes, length, JSON_REJECT_DUPLICATES, &error);

    replay->figures.lines++;
    if (!json_is_object(line)) {
        json_decref(line);
        return complain(replay, "not a JSON object: %s", line ? "something else" : error.text);
    }
    const char *wrong = run_line(replay, line);

    json_decref(line);
    return wrong;
}

void replay_finish(struct replay *replay, msec until_at)
{
    msec end_at = until_at == NEVER ? replay->now : until_at;

    for (msec due; (due = desk_wakes_at(replay->desk)) <= end_at;)
        tick(replay, due);
}

void replay_figures(const struct replay *replay, struct replay_figures *ret_figures)
{
    *ret_figures = replay->figures;
}

void replay_digest(const struct replay *replay, char ret_hex[33])
{
    desk_digest(replay->desk, ret_hex);
}
