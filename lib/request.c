/*
 * A request's way through the judge.
 *
 * desk_step gives every request to request_judge, which checks role, parameters and idempotency against the
 * method table and calls the method's handler; the handler ends with exactly one of request_done,
 * request_answer, request_read or request_refuse (or lets request_ticket recall a ticket that has left
 * memory). A handler checks everything before it calls request_begin, and can no longer refuse after it:
 * nothing half-done remains.
 */
#include "lib/request.h"

#include "lib/base/instant.h"
#include "lib/conceal.h"
#include "lib/judge.h"
#include "lib/merger.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define HISTORY_QUIET_MS (10 * MSEC_MINUTE) /* an import that says nothing for so long has ended */

/* ---- parameters ---- */

const char *request_text(const struct request *request, const char *name)
{
    return json_string_value(json_object_get(request->params, name));
}

bool request_flag(const struct request *request, const char *name, bool otherwise)
{
    const json_t *value = json_object_get(request->params, name);

    return value ? json_is_true(value) : otherwise;
}

json_int_t request_number(const struct request *request, const char *name, json_int_t otherwise)
{
    const json_t *value = json_object_get(request->params, name);

    return value ? json_integer_value(value) : otherwise;
}

msec request_instant(const struct request *request, const char *name)
{
    const char *text = request_text(request, name);
    msec at;

    return text && instant_parse(text, &at) == INSTANT_OK ? at : NEVER;
}

bool request_term(struct desk *desk, const struct request *request, const char *name,
                  const struct vocabulary *words, uint8_t *ret_index)
{
    const char *word = request_text(request, name);

    *ret_index = word ? vocabulary_find(words, word) : POLICY_NONE;
    if (!word || *ret_index != POLICY_NONE)
        return true;
    request_refuse(desk, request, RPC_INVALID_PARAMS, name,
                   arena_printf(&desk->out->arena, "'%s' is not one of: %s", word,
                                vocabulary_list(words, VOCABULARY_ALL, ", ", &desk->out->arena)));
    return false;
}

bool request_person(struct desk *desk, const struct request *request, const char *name, uint16_t *ret_person)
{
    const char *id = request_text(request, name);

    *ret_person = id ? roster_find(desk->roster, id) : TICKET_NOBODY;
    if (!id || *ret_person != TICKET_NOBODY)
        return true;
    request_refuse(desk, request, RPC_INVALID_PARAMS, name,
                   arena_printf(&desk->out->arena, "nobody in the people file is called '%s'", id));
    return false;
}

uint32_t request_roles(const struct desk *desk, const struct request *request)
{
    const char *title = request->peer.title ? request->peer.title : access_role_name(request->peer.role);
    uint8_t role = vocabulary_find(&desk->policy->roles, title);
    const struct person *person = roster_person(desk->roster, roster_find(desk->roster, request->peer.actor));

    return (role == POLICY_NONE ? 0 : UINT32_C(1) << role) | (person ? person->roles : 0);
}

/* ---- answers ---- */

static void reply(struct desk *desk, const struct request *request, struct text *line)
{
    if (request->own_answer) {
        *request->own_answer = arena_bytes(&desk->out->arena, text_get(line), line->length);
        text_finish(line);
        return;
    }
    struct reply_effect *effect = effects_add(desk->out, EFFECT_REPLY);

    effect->token = request->token;
    effect->text = arena_bytes(&desk->out->arena, text_get(line), line->length);
    text_finish(line);
}

void request_refuse(struct desk *desk, const struct request *request, enum rpc_error error, const char *field,
                    const char *detail)
{
    struct text line = {0};

    rpc_write_error(&line, request->id ? request->id : "null", error, field, detail);
    reply(desk, request, &line);
}

static void reply_result(struct desk *desk, const struct request *request, const char *result)
{
    struct text line = {0};

    rpc_write_result(&line, request->id ? request->id : "null", result);
    reply(desk, request, &line);
}

/* The regime itself is no secret: it names clocks, and no ticket's. */
static bool hides_from(const struct desk *desk, const struct request *request)
{
    return !request->own_answer && strncmp(request->method->name, "policy.", strlen("policy.")) != 0 &&
           conceal_applies(desk, &request->peer);
}

void request_answer(struct desk *desk, const struct request *request, json_t *result)
{
    struct text text = {0};

    if (hides_from(desk, request) && !conceal_answer(desk->policy, result)) {
        request_refuse(desk, request, RPC_NOT_FOUND, NULL, "there is no such record");
        json_decref(result);
        return;
    }

    rpc_write_value(&text, result);
    reply_result(desk, request, text_get(&text));
    text_finish(&text);
    json_decref(result);
}

/* {"actor","at"?,"method","params","role","stage"?,"uid"}: sorted keys, compact; the bytes that the journal
 * hashes. */
static const char *journal_body(struct desk *desk, const struct request *request, const struct ticket *ticket)
{
    struct text body = {0};

    text_add(&body, "{\"actor\":");
    rpc_write_string(&body, request->peer.actor);
    text_add(&body, ",\"method\":");
    rpc_write_string(&body, request->method->name);
    if (ticket) {
        char number[NUMBER_TEXT];

        series_text(&desk->numbers, desk->policy, ticket->series, ticket->number, number, sizeof(number));
        text_add(&body, ",\"number\":");
        rpc_write_string(&body, number);
    }
    text_add(&body, ",\"params\":");
    rpc_write_canonical(&body, request->params);
    text_printf(&body, ",\"policy\":\"%.12s\",\"role\":\"%s\"", desk->policy->digest,
                access_role_name(request->peer.role));
    if (ticket) /* where it has come to: reports measure how long it stayed */
        text_printf(&body, ",\"stage\":\"%s\"", desk->policy->stages.terms[ticket->stage].name);
    text_printf(&body, ",\"uid\":%" PRIu32 "}", request->peer.uid);
    const char *copy = arena_bytes(&desk->out->arena, text_get(&body), body.length);

    text_finish(&body);
    return copy;
}

void request_done(struct desk *desk, const struct request *request, struct ticket *ticket, json_t *result)
{
    const char *key = request_text(request, "idempotency_key");
    const char *body =
        desk->options.is_wordless || request->own_answer ? "{}" : journal_body(desk, request, ticket);
    /* What the judge asks of itself is journaled by whoever asked, with the reason. */
    uint64_t sequence = request->own_answer ? 0 : desk_journal(desk, ticket, request->method->name, body);
    struct text text = {0};

    if (hides_from(desk, request))
        (void)conceal_answer(desk->policy, result);
    rpc_write_value(&text, result);
    if (key) {
        struct key_row *row = effects_add(desk->out, EFFECT_KEY);

        row->key = arena_text(&desk->out->arena, key);
        row->sequence = sequence;
        row->reply = arena_bytes(&desk->out->arena, text_get(&text), text.length);
        keyset_add(&desk->keys, key);
    }
    reply_result(desk, request, text_get(&text));
    text_finish(&text);
    json_decref(result);
}

static struct read_effect *add_read(struct desk *desk, const struct request *request, const char *statement,
                                    const char *const *parameters, size_t count)
{
    struct read_effect *read = effects_add(desk->out, EFFECT_READ);
    struct arena *arena = &desk->out->arena;

    read->token = request->token;
    read->statement = statement;
    for (size_t i = 0; i < count; i++)
        read->parameters[i] = arena_text(arena, parameters[i]);
    read->parameter_count = count;
    read->id = arena_text(arena, request->id ? request->id : "null");
    return read;
}

/* For a peer from whom something is hidden: what the database tells comes by way of the judge. Takes `hot`.
 */
static void read_hidden(struct desk *desk, const struct request *request, const char *statement, json_t *hot,
                        const char *const *parameters, size_t count)
{
    json_t *cold;

    if (!request_cold(desk, request, statement, parameters, count, &cold)) {
        json_decref(hot);
        return;
    }
    json_object_update(hot, cold);
    json_decref(cold);
    request_answer(desk, request, hot);
}

void request_read(struct desk *desk, const struct request *request, const char *statement, json_t *hot,
                  const char *const *parameters, size_t count)
{
    if (hides_from(desk, request)) {
        read_hidden(desk, request, statement, hot, parameters, count);
        return;
    }
    struct read_effect *read = add_read(desk, request, statement, parameters, count);
    struct text text = {0};

    rpc_write_value(&text, hot);
    read->hot = arena_bytes(&desk->out->arena, text_get(&text), text.length);
    text_finish(&text);
    json_decref(hot);
}

void request_read_whole(struct desk *desk, const struct request *request, const char *statement,
                        const char *const *parameters, size_t count)
{
    if (hides_from(desk, request))
        read_hidden(desk, request, statement, json_object(), parameters, count);
    else
        add_read(desk, request, statement, parameters, count)->whole = true;
}

bool request_cold(struct desk *desk, const struct request *request, const char *statement,
                  const char *const *parameters, size_t count, json_t **ret_cold)
{
    *ret_cold = request->cold ? json_loads(request->cold, 0, NULL) : NULL;
    if (*ret_cold) { /* sentences are made of it */
        if (hides_from(desk, request) && !conceal_answer(desk->policy, *ret_cold)) {
            json_decref(*ret_cold);
            *ret_cold = NULL;
            request_refuse(desk, request, RPC_NOT_FOUND, NULL, "there is no such record");
        }
        return *ret_cold != NULL;
    }
    add_read(desk, request, statement, parameters, count)->again = true;
    return false;
}

/* ---- tickets ---- */

struct ticket *request_other(struct desk *desk, const struct request *request, const char *parameter)
{
    const char *name = request_text(request, parameter);
    uint32_t index = desk_find(desk, name);

    if (index != TICKET_NO_INDEX)
        return store_ticket(desk->store, index);
    if (desk->options.keeps_closed) {
        request_refuse(desk, request, RPC_NOT_FOUND, parameter, "there is no such ticket");
        return NULL;
    }
    struct recall_effect *recall = effects_add(desk->out, EFFECT_RECALL);

    recall->token = request->token;
    recall->ticket = arena_text(&desk->out->arena, name);
    return NULL;
}

/* Whatever is to be done to it is to be done to the ticket that answers for it. */
static bool is_merged_away(struct desk *desk, const struct request *request, const struct ticket *ticket)
{
    if (request->method->kind != METHOD_WRITE || !merger_target(ticket))
        return false;
    request_refuse(
        desk, request, RPC_INVALID_STATE, "ticket",
        arena_printf(&desk->out->arena, "the ticket was merged into ticket %" PRIu64, merger_target(ticket)));
    return true;
}

struct ticket *request_ticket(struct desk *desk, const struct request *request)
{
    struct ticket *ticket = request_other(desk, request, "ticket");
    json_int_t revision = request_number(request, "if_revision", -1);

    if (!ticket || is_merged_away(desk, request, ticket))
        return NULL;
    if (revision >= 0 && revision != ticket->revision) {
        request_refuse(
            desk, request, RPC_REVISION_CONFLICT, "if_revision",
            arena_printf(&desk->out->arena, "the ticket is at revision %" PRIu32, ticket->revision));
        return NULL;
    }
    return ticket;
}

struct ticket *request_open_ticket(struct desk *desk, const struct request *request)
{
    struct ticket *ticket = request_ticket(desk, request);

    if (!ticket || ticket->is_open)
        return ticket;
    request_refuse(desk, request, RPC_INVALID_STATE, "ticket", "the ticket is closed: reopen it first");
    return NULL;
}

bool request_at(struct desk *desk, const struct request *request, const struct ticket *ticket, msec *ret_at)
{
    const char *wrong = NULL;
    bool is_history = request_flag(request, "history", false);

    *ret_at = request_instant(request, "at");
    if (*ret_at == NEVER)
        *ret_at = desk->now;
    else if (*ret_at > desk->now)
        wrong = "it lies in the future";
    else if (*ret_at < ticket->received_at)
        wrong = "it lies before the ticket was received";
    else if (!is_history && desk->now - *ret_at > desk->policy->late_entry_ms)
        wrong = "it lies further back than the regime's `late entry` allows";
    if (wrong)
        request_refuse(desk, request, RPC_INVALID_PARAMS, "at", wrong);
    return !wrong;
}

struct record_row *request_record(struct desk *desk, const struct request *request,
                                  const struct ticket *ticket, const char *kind, msec at)
{
    struct arena *arena = &desk->out->arena;
    struct record_row *row = effects_add(desk->out, EFFECT_RECORD);

    row->ticket = ticket->id;
    row->at = at;
    row->recorded_at = desk->now;
    row->kind = kind;
    row->subject = "";
    row->role = access_role_name(request->peer.role);
    row->actor = arena_text(arena, request->peer.actor);
    row->note = arena_text(arena, request_text(request, "note"));
    return row;
}

void request_begin(struct desk *desk, const struct request *request, struct ticket *ticket, msec at)
{
    ticket->history_until_at = request_flag(request, "history", false) ? desk->now + HISTORY_QUIET_MS : NEVER;
    desk_touch(desk, ticket);
    judge_advance(desk, ticket, at, false);
    ticket->revision++;
}

/* ---- the way in ---- */

/* `on_behalf_of`: a gateway speaks for a person, whose role and name then count. */
static bool stand_for(struct desk *desk, struct request *request)
{
    uint16_t index;

    if (!request_text(request, "on_behalf_of"))
        return true;
    if (!access_allows(ROLES_GATEWAY, request->peer.role)) {
        request_refuse(desk, request, RPC_PERMISSION_DENIED, "on_behalf_of",
                       "only gateways speak for others");
        return false;
    }
    if (!request_person(desk, request, "on_behalf_of", &index))
        return false;
    const struct person *person = roster_person(desk->roster, index);

    request->peer.actor = person->id;
    for (uint8_t role = 0; role < desk->policy->roles.count; role++)
        if (person->roles >> role & 1) {
            enum role named = access_role_find(desk->policy->roles.terms[role].name);

            request->peer.role = named != ROLE_NONE ? named : request->peer.role;
            break;
        }
    if (access_allows(request->method->roles, request->peer.role))
        return true;
    request_refuse(desk, request, RPC_PERMISSION_DENIED, "on_behalf_of", "that person may not do this");
    return false;
}

void request_denied(struct desk *desk, const struct denied *denied)
{
    json_t *nothing = json_object();
    const struct request request = {.peer = denied->peer, .method = denied->method, .params = nothing};

    desk_journal(desk, NULL, "access.denied", journal_body(desk, &request, NULL));
    json_decref(nothing);
}

static bool is_permitted(struct desk *desk, const struct request *request)
{
    if (!access_allows(request->method->roles, request->peer.role)) {
        request_refuse(desk, request, RPC_PERMISSION_DENIED, NULL,
                       arena_printf(&desk->out->arena, "role %s may not call %s",
                                    access_role_name(request->peer.role), request->method->name));
        request_denied(desk, &(struct denied){.peer = request->peer, .method = request->method});
        return false;
    }
    if (request_flag(request, "history", false) && !access_allows(ROLES_GATEWAY, request->peer.role)) {
        request_refuse(desk, request, RPC_PERMISSION_DENIED, "history",
                       "only gateways and admins import history");
        return false;
    }
    return true;
}

/* A key that was perhaps seen: the database knows. Waits for the batch, like everything that speaks outward.
 */
static bool is_repeated(struct desk *desk, const struct request *request)
{
    const char *key = request_text(request, "idempotency_key");

    if (!key || request->key_is_new || !keyset_may_have(&desk->keys, key))
        return false;
    /* An answer that is on record was made for whoever asked. */
    add_read(desk, request, "request_key", (const char *const[]){key}, 1)->whole = true;
    return true;
}

/* The hands bring a request to the desk it names; one in a file of events may name any. */
static bool is_for_us(struct desk *desk, const struct request *request)
{
    const char *name = request_text(request, "desk");

    if (!name || strcmp(name, desk->options.name) == 0)
        return true;
    request_refuse(desk, request, RPC_INVALID_PARAMS, "desk", "there is no such desk here");
    return false;
}

void request_judge(struct desk *desk, const struct request *request)
{
    struct request own = *request;
    char field[96];
    const char *detail;

    if (!is_permitted(desk, &own))
        return;
    enum rpc_error error = methods_check(own.method, own.params, field, &detail);

    if (error != RPC_OK) {
        request_refuse(desk, &own, error, field, detail);
        return;
    }
    if (!is_for_us(desk, &own))
        return;
    if (own.method->kind == METHOD_WRITE && (is_repeated(desk, &own) || !stand_for(desk, &own)))
        return;
    const char *before = desk->said; /* a schedule asks for tickets while another request is judged */

    desk->said = request_text(&own, "note");
    own.method->handle(desk, &own, desk->out);
    desk->said = before;
}
