/*
 * What each call of an import says.
 *
 * The second half of import_map: that one decides which calls an incident log means, this one words them. The
 * vocabulary is that of the regime for customer problems (class request, type technical_service); the log is
 * anonymised, so phone numbers are made from the caller's name, which is at least the same for the same
 * caller.
 */
#include "client/import_map.h"

#include "client/import_map_internal.h"
#include "lib/base/instant.h"
#include "lib/base/text.h"
#include <string.h>

static const char *const methods[IMPORT_VERB_COUNT] = {
    [IMPORT_CREATE] = "ticket.create",   [IMPORT_CLASSIFY] = "ticket.classify",
    [IMPORT_CONTACT] = "contact.record", [IMPORT_PROGRESS] = "progress.add",
    [IMPORT_SOLVE] = "ticket.solve",     [IMPORT_CLOSE] = "ticket.close",
    [IMPORT_REOPEN] = "ticket.reopen",
};

const char *import_map_method(enum import_verb verb)
{
    return methods[verb];
}

const char *import_map_urgency(uint8_t priority)
{
    static const char *const urgencies[] = {"general", "very_urgent", "urgent", "general", "general"};

    return urgencies[priority <= 4 ? priority : 0];
}

size_t import_map_numbers(const struct import_map *map)
{
    return intern_count(map->incidents);
}

const char *import_map_reference(const struct import_map *map, uint32_t incident)
{
    return intern_text(map->incidents, incident + 1);
}

size_t import_map_line(const struct import_map *map, const struct import_step *step)
{
    return map->rows[step->row].line;
}

static const char *text_of(const struct import_map *map, const struct import_row *row, enum import_text text)
{
    return intern_text(map->texts, row->texts[text]);
}

/* "Category 55 / Subcategory 170 / Symptom 72" without what is not known. */
static void add_subject(const struct import_map *map, const struct import_row *row, struct text *out)
{
    static const enum import_text parts[] = {TEXT_CATEGORY, TEXT_SUBCATEGORY, TEXT_SYMPTOM};

    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        const char *part = text_of(map, row, parts[i]);

        if (*part)
            text_printf(out, "%s%s", out->length ? " / " : "", part);
    }
    if (!out->length)
        text_printf(out, "incident %s", intern_text(map->incidents, row->texts[TEXT_NUMBER]));
}

/* "caller 2403" from "Caller 2403", so that whoever calls again has the same number. */
static void add_phone(const char *caller, struct text *out)
{
    const char *digits = caller + strcspn(caller, "0123456789");

    if (*digits)
        text_printf(out, "caller %.*s", (int)strspn(digits, "0123456789"), digits);
    else
        text_printf(out, "caller %s", *caller ? caller : "unknown");
}

static const char *channel_of(const char *contact_type)
{
    if (strcmp(contact_type, "Phone") == 0)
        return "phone";
    return strcmp(contact_type, "Email") == 0 ? "email" : "web";
}

static const char *or_unknown(const char *text)
{
    return *text ? text : "unknown";
}

static json_t *create_params(const struct import_map *map, const struct import_row *row,
                             const char *received_at)
{
    const char *caller = text_of(map, row, TEXT_CALLER);
    struct text subject = {0}, phone = {0};

    add_subject(map, row, &subject);
    add_phone(caller, &phone);
    json_t *params =
        json_pack("{s:s, s:s, s:s, s:s, s:s, s:{s:s}, s:{s:s, s:s}, s:s, s:s}", "ref",
                  intern_text(map->incidents, row->texts[TEXT_NUMBER]), "class", "request", "type",
                  "technical_service", "urgency", import_map_urgency(row->priority), "channel",
                  channel_of(text_of(map, row, TEXT_CHANNEL)), "customer", "name",
                  or_unknown(text_of(map, row, TEXT_LOCATION)), "contact", "name", or_unknown(caller),
                  "phone", text_get(&phone), "subject", text_get(&subject), "received_at", received_at);

    text_finish(&subject);
    text_finish(&phone);
    return params;
}

static json_t *progress_params(const struct import_map *map, const struct import_row *row)
{
    const char *group = text_of(map, row, TEXT_GROUP), *assignee = text_of(map, row, TEXT_ASSIGNEE);
    struct text note = {0};

    text_printf(&note, "state %s", text_of(map, row, TEXT_STATE));
    if (*group)
        text_printf(&note, ", group %s", group);
    if (*assignee)
        text_printf(&note, ", assignee %s", assignee);
    json_t *params = json_pack("{s:s}", "note", text_get(&note));

    text_finish(&note);
    return params;
}

static json_t *solve_params(const struct import_map *map, const struct import_row *row)
{
    const char *resolver = text_of(map, row, TEXT_RESOLVER);

    return json_pack("{s:s}", "result", *resolver ? resolver : "resolved");
}

static json_t *verb_params(const struct import_map *map, const struct import_step *step, const char *at)
{
    const struct import_row *row = &map->rows[step->row];

    switch (step->verb) {
    case IMPORT_CREATE:
        return create_params(map, row, at);
    case IMPORT_CLASSIFY:
        return json_pack("{s:s}", "urgency", import_map_urgency(row->priority));
    case IMPORT_CONTACT:
        return json_pack("{s:s, s:s, s:b, s:s}", "channel", "phone", "direction", "out", "reached", 1, "kind",
                         "progress");
    case IMPORT_PROGRESS:
        return progress_params(map, row);
    case IMPORT_SOLVE:
        return solve_params(map, row);
    case IMPORT_CLOSE:
    case IMPORT_REOPEN:
    case IMPORT_VERB_COUNT:
        break;
    }
    return json_object();
}

json_t *import_map_params(const struct import_map *map, const struct import_step *step, const char *ticket,
                          int is_live)
{
    char at[INSTANT_TEXT];

    instant_format(step->at, zone_offset_s(map->zone, step->at), at);
    json_t *params = json_object();

    if (step->verb != IMPORT_CREATE)
        json_object_set_new(params, "ticket", json_string(ticket));
    json_object_update_new(params, verb_params(map, step, at));
    if (step->verb != IMPORT_CREATE)
        json_object_set_new(params, "at", json_string(at));
    if (!is_live)
        json_object_set_new(params, "history", json_true());
    return params;
}
