/*
 * From the journal back to events.
 *
 * Called by journal_reader.c for every row; decides nothing and reads nothing but the row. The journal has a
 * row for each request that was accepted, with all that was asked and by whom (lib/request.c), and rows for
 * what the judge made of it. The former become events, the latter are what a replay finds out anew.
 *
 * A ticket's id becomes its ref, because under another regime a ticket may get another id. What only makes
 * sense between a client and the daemon of that time is left out: the key that guards against asking twice
 * (what was accepted was asked once), the revision that was expected (another regime may count others), the
 * desk's name, and for whom a gateway spoke: the row's actor and role are that person's already. Only history
 * may be filed by gateways alone, so there the gateway speaks again.
 */
#include "client/journal_event.h"

#include "lib/base/instant.h"
#include "lib/methods.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *text_of(const json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

static enum journal_event_outcome damaged(struct journal_event *event, const char *wrong)
{
    event->wrong = wrong;
    return JOURNAL_DAMAGED;
}

/* NULL, or what is wrong with the row's own columns. */
static const char *read_columns(const json_t *row, struct journal_event *event)
{
    const char *at = text_of(row, "at"), *ticket = text_of(row, "ticket");
    json_int_t sequence = json_integer_value(json_object_get(row, "seq"));

    if (sequence <= 0)
        return "it has no sequence number";
    event->sequence = (uint64_t)sequence;
    if (!at || instant_parse(at, &event->at) != INSTANT_OK)
        return "its time can't be read";
    if (!text_of(row, "type") || !text_of(row, "body"))
        return "it has no type or no body";
    if (ticket && strspn(ticket, "0123456789") != strlen(ticket))
        return "its ticket is no number";
    event->ticket = ticket ? strtoull(ticket, NULL, 10) : 0;
    return NULL;
}

/* The params as they are asked again. */
static json_t *take_params(const struct journal_event *event, const json_t *asked, bool is_gateways)
{
    static const char *const left_out[] = {"idempotency_key", "if_revision", "desk"};
    json_t *params = json_copy((json_t *)(uintptr_t)asked);
    char id[24];

    for (size_t i = 0; i < sizeof left_out / sizeof *left_out; i++)
        json_object_del(params, left_out[i]);
    if (!is_gateways)
        json_object_del(params, "on_behalf_of");
    snprintf(id, sizeof id, "%" PRIu64, event->ticket);
    if (event->ticket)
        json_object_set_new(params, event->files_it ? "ref" : "ticket", json_string(id));
    return params;
}

static json_t *make_event(const struct journal_event *event, const json_t *row, const json_t *body)
{
    const json_t *asked = json_object_get(body, "params");
    bool is_gateways =
        json_is_true(json_object_get(asked, "history")) && json_object_get(asked, "on_behalf_of");

    return json_pack("{s:s, s:s, s:s, s:s, s:o}", "at", text_of(row, "at"), "actor", text_of(body, "actor"),
                     "role", is_gateways ? "gateway" : text_of(body, "role"), "method", text_of(row, "type"),
                     "params", take_params(event, asked, is_gateways));
}

static enum journal_event_outcome read_request(const json_t *row, const json_t *body,
                                               struct journal_event *event)
{
    const char *method = text_of(body, "method"), *type = text_of(row, "type");

    event->files_it = strcmp(type, "ticket.create") == 0;
    if (text_of(body, "number"))
        snprintf(event->number, sizeof event->number, "%s", text_of(body, "number"));
    if (text_of(body, "policy"))
        snprintf(event->policy, sizeof event->policy, "%s", text_of(body, "policy"));
    if (!method || strcmp(method, type) != 0)
        return damaged(event, "its type is a method and its body names another one, or none");
    if (!text_of(body, "actor") || !text_of(body, "role"))
        return damaged(event, "its body does not say who asked");
    if (!json_is_object(json_object_get(body, "params")))
        return damaged(event, "its body has no params");
    if (event->files_it && !event->ticket)
        return damaged(event, "it filed a ticket and does not say which");
    event->object = make_event(event, row, body);
    return event->object ? JOURNAL_EVENT : damaged(event, "its body can't be turned into an event");
}

/* A schedule opens its ticket in a replay by itself; what later rows call the ticket has to be said. */
static enum journal_event_outcome read_opened(const json_t *row, const json_t *body,
                                              struct journal_event *event)
{
    const char *schedule = text_of(body, "schedule"), *record = text_of(body, "record");

    event->files_it = true;
    if (text_of(body, "number"))
        snprintf(event->number, sizeof event->number, "%s", text_of(body, "number"));
    if (text_of(body, "policy"))
        snprintf(event->policy, sizeof event->policy, "%s", text_of(body, "policy"));
    if (!event->ticket || !schedule || !record)
        return damaged(event, "a schedule opened a ticket and it does not say which");
    event->object = json_pack("{s:s, s:s, s:{s:o, s:s, s:s}}", "at", text_of(row, "at"), "method",
                              "schedule.opened", "params", "ref", json_sprintf("%" PRIu64, event->ticket),
                              "schedule", schedule, "record", record);
    return event->object ? JOURNAL_EVENT : damaged(event, "its body can't be turned into an event");
}

/* A request's row has its method as the type. A method that this program does not know is a newer daemon's:
   passing over it would judge a history that was not. */
static enum journal_event_outcome read_body(const json_t *row, const json_t *body,
                                            struct journal_event *event)
{
    const char *type = text_of(row, "type"), *named = text_of(body, "method");
    const struct method *method = methods_find(type);

    if (!json_is_object(body))
        return damaged(event, "its body is no JSON object");
    if (method)
        return method->kind == METHOD_WRITE ? read_request(row, body, event) : JOURNAL_OTHER;
    if (strcmp(type, "schedule.opened") == 0)
        return read_opened(row, body, event);
    if (named && strcmp(named, type) == 0)
        return damaged(event, "this dubanctl does not know its method");
    return JOURNAL_OTHER;
}

enum journal_event_outcome journal_event_read(const json_t *row, struct journal_event *ret_event)
{
    *ret_event = (struct journal_event){0};
    const char *wrong = read_columns(row, ret_event);

    if (wrong)
        return damaged(ret_event, wrong);
    json_t *body = json_loads(text_of(row, "body"), JSON_REJECT_DUPLICATES, NULL);
    enum journal_event_outcome outcome = read_body(row, body, ret_event);

    json_decref(body);
    return outcome;
}

const char *journal_event_other(const char *method)
{
    static const struct {
        const char *method, *parameter;
    } others[] = {{"ticket.merge", "into"}, {"ticket.link", "to"}};

    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (strcmp(others[i].method, method) == 0)
            return others[i].parameter;
    return NULL;
}

json_t *journal_event_advance(msec at)
{
    char text[INSTANT_TEXT];

    instant_format(at, 0, text);
    return json_pack("{s:s, s:s}", "at", text, "method", "clock.advance");
}
