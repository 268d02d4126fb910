/*
 * The cold data of a replay.
 *
 * The judge keeps no texts, contacts and notices; the daemon's are in PostgreSQL, and explanations read them
 * from there (sql/statements/explain_*.sql). Offline the same rows pass by as effects, and are kept here in
 * the shape in which those statements answer, so that one explanation serves both. Used by explain.c; plain
 * replays keep nothing.
 */
#include "client/replay_memory.h"

#include "lib/base/instant.h"
#include "lib/base/memory.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct replay_memory {
    json_t *tickets; /* id -> {ticket, contacts, acts, verdicts, notices} */
    json_t *notices; /* id -> the notice */
    json_t *numbers; /* a ticket's number -> its id */
};

struct replay_memory *replay_memory_create(void)
{
    struct replay_memory *memory = memory_new(1, sizeof(*memory));

    memory->tickets = json_object();
    memory->notices = json_object();
    memory->numbers = json_object();
    return memory;
}

void replay_memory_destroy(struct replay_memory *memory)
{
    if (!memory)
        return;
    json_decref(memory->tickets);
    json_decref(memory->notices);
    json_decref(memory->numbers);
    free(memory);
}

/* ---- what passes by ---- */

static json_t *id_of(uint64_t number)
{
    char text[24];

    snprintf(text, sizeof(text), "%" PRIu64, number);
    return json_string(text);
}

static json_t *instant_of(msec at)
{
    char text[INSTANT_TEXT];

    if (at == NEVER)
        return json_null();
    instant_format(at, 0, text);
    return json_string(text);
}

static json_t *ticket_of(struct replay_memory *memory, uint64_t number)
{
    json_t *id = id_of(number), *ticket = json_object_get(memory->tickets, json_string_value(id));

    if (!ticket) {
        ticket =
            json_pack("{s:O,s:[],s:[],s:[],s:[]}", "ticket", id, "contacts", "acts", "verdicts", "notices");
        json_object_set_new(memory->tickets, json_string_value(id), ticket);
    }
    json_decref(id);
    return ticket;
}

static void add(struct replay_memory *memory, uint64_t ticket, const char *list, json_t *row)
{
    json_array_append_new(json_object_get(ticket_of(memory, ticket), list), row);
}

static void keep_contact(struct replay_memory *memory, const struct contact_row *row)
{
    add(memory, row->ticket, "contacts",
        json_pack("{s:i,s:o,s:s,s:s,s:s,s:b,s:s,s:s,s:o}", "contact", (int)row->contact, "at",
                  instant_of(row->at), "channel", row->channel, "direction", row->direction, "kind",
                  row->kind, "reached", (int)row->reached, "role", row->role, "actor", row->actor, "credited",
                  json_loads(row->credited, 0, NULL)));
}

static void copy(json_t *to, const json_t *from, const char *name)
{
    json_t *value = json_object_get(from, name);

    if (value)
        json_object_set(to, name, value);
}

static json_t *act_of(const struct journal_row *row, const json_t *body)
{
    const json_t *params = json_object_get(body, "params");
    json_t *act = json_pack("{s:s,s:o}", "method", row->type, "at", instant_of(row->at));
    json_t *happened = json_object_get(params, "received_at");

    if (!happened)
        happened = json_object_get(params, "at");
    json_object_set(act, "happened_at", happened ? happened : json_object_get(act, "at"));
    copy(act, body, "actor");
    copy(act, body, "role");
    static const char *const promised[] = {"next_at", "promise_at", "expected_at"};

    for (size_t i = 0; i < sizeof promised / sizeof *promised; i++)
        if (json_object_get(params, promised[i]))
            json_object_set(act, "expected_at", json_object_get(params, promised[i]));
    return act;
}

static json_t *verdict_of(const struct journal_row *row, const json_t *body)
{
    static const char *const members[] = {"clock", "cycle", "detail", "due_at", "policy", "people"};
    json_t *verdict = json_pack("{s:s,s:o}", "type", row->type, "at", instant_of(row->at));

    for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
        copy(verdict, body, members[i]);
    return verdict;
}

static void keep_journal(struct replay_memory *memory, const struct journal_row *row)
{
    json_t *body = row->ticket ? json_loads(row->body, 0, NULL) : NULL;

    if (json_object_get(body, "number"))
        json_object_set_new(memory->numbers, json_string_value(json_object_get(body, "number")),
                            id_of(row->ticket));
    if (json_object_get(body, "method"))
        add(memory, row->ticket, "acts", act_of(row, body));
    else if (json_object_get(body, "clock"))
        add(memory, row->ticket, "verdicts", verdict_of(row, body));
    json_decref(body);
}

static void keep_notice(struct replay_memory *memory, const struct notice_row *row)
{
    json_t *notice = json_object(), *id = id_of(row->notice);
    const struct {
        const char *name;
        const char *text;
    } texts[] = {
        {"clock", row->clock},       {"recipient", row->recipient}, {"role", row->role},
        {"state", row->state},       {"detail", row->detail},       {"reason", row->reason},
        {"channel", row->channel},   {"address", row->address},     {"template", row->template_name},
        {"name", row->display_name}, {"subject", row->subject},
    };

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        if (texts[i].text)
            json_object_set_new(notice, texts[i].name, json_string(texts[i].text));
    json_object_set(notice, "notice", id);
    json_object_set_new(notice, "ticket", id_of(row->ticket));
    json_object_set_new(notice, "cycle", json_integer(row->cycle));
    json_object_set_new(notice, "rung", json_integer(row->rung));
    json_object_set_new(notice, "at", instant_of(row->at));
    json_object_set_new(notice, "ready_at", instant_of(row->ready_at));
    json_object_set_new(notice, "hold", row->hold ? json_string(row->hold) : json_null());
    json_object_set_new(notice, "changed_at", instant_of(row->at));
    json_object_set_new(memory->notices, json_string_value(id), notice);
    add(memory, row->ticket, "notices", json_incref(notice));
    json_decref(id);
}

static void keep_state(struct replay_memory *memory, const struct notice_state_row *row)
{
    json_t *id = id_of(row->notice), *notice = json_object_get(memory->notices, json_string_value(id));

    json_decref(id);
    if (!notice)
        return;
    json_object_set_new(notice, "state", json_string(row->state));
    json_object_set_new(notice, "changed_at", instant_of(row->at));
    json_object_set_new(notice, "ready_at", instant_of(row->ready_at));
    json_object_set_new(notice, "hold", row->hold ? json_string(row->hold) : json_null());
    if (row->into)
        json_object_set_new(notice, "into", id_of(row->into));
    if (row->detail)
        json_object_set_new(notice, "detail", json_string(row->detail));
}

static void on_effect(void *context, const struct effect *effect)
{
    struct replay_memory *memory = context;

    if (effect->kind == EFFECT_CONTACT)
        keep_contact(memory, effect->contact);
    else if (effect->kind == EFFECT_JOURNAL)
        keep_journal(memory, effect->journal);
    else if (effect->kind == EFFECT_NOTICE)
        keep_notice(memory, effect->notice);
    else if (effect->kind == EFFECT_NOTICE_STATE)
        keep_state(memory, effect->notice_state);
}

struct replay_watcher replay_memory_watcher(struct replay_memory *memory)
{
    return (struct replay_watcher){.context = memory, .seen = on_effect};
}

/* ---- what is asked ---- */

char *replay_memory_find(void *context, const struct read_effect *read)
{
    const struct replay_memory *memory = context;
    const char *name = read->parameters[0];
    const json_t *found = NULL;

    if (strcmp(read->statement, "explain_ticket") == 0) {
        const char *id = json_string_value(json_object_get(memory->numbers, name));

        found = json_object_get(memory->tickets, id ? id : name);
        if (!found) /* the judge will say that there is none */
            return memory_text("{}");
    } else if (strcmp(read->statement, "explain_notice") == 0) {
        found = json_object_get(memory->notices, name);
    }
    return found ? json_dumps(found, JSON_COMPACT) : NULL;
}
