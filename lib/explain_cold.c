/*
 * Finding things in what the database has of a ticket.
 *
 * `cold` is one object, made by sql/statements/explain_ticket.sql in the daemon and by client/replay_memory.c
 * offline: contacts, acts (what was recorded, from the journal), verdicts, notices. Memory knows when a clock
 * began but not who said so; here the two are laid over each other by the instant. An explanation without
 * cold data says less, never something else.
 */
#include "lib/explain.h"

#include "lib/base/instant.h"
#include <string.h>

msec explain_cold_instant(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    msec at;

    return text && instant_parse(text, &at) == INSTANT_OK ? at : NEVER;
}

/* ---- acts ---- */

static const struct {
    enum happening what;
    const char *method;
} recorded_by[] = {
    {HAPPENING_RECEIVED, "ticket.create"},
    {HAPPENING_ASSIGNED, "ticket.assign"},
    {HAPPENING_PLAN, "ticket.plan"},
    {HAPPENING_CONTACT, "contact.record"},
    {HAPPENING_SOLVED, "ticket.solve"},
    {HAPPENING_CLOSED, "ticket.close"},
    {HAPPENING_REOPENED, "ticket.reopen"},
    {HAPPENING_STEP, "step.done"},
    {HAPPENING_SIGNED, "sign"},
    {HAPPENING_SATISFACTION, "satisfaction.record"},
    {HAPPENING_ASKED, "extension.request"},
    {HAPPENING_ASKED, "escalation.request"},
    {HAPPENING_DECIDED, "extension.decide"},
    {HAPPENING_DECIDED, "escalation.decide"},
    {HAPPENING_ACKNOWLEDGED, "escalation.ack"},
    {HAPPENING_MAILED, "mailing.finished"},
    {HAPPENING_PROGRESS, "progress.add"},
    {HAPPENING_FIELD, "ticket.update"},
    {HAPPENING_FIELD, "ticket.create"},
    {HAPPENING_STAGE, "ticket.move"},
    {HAPPENING_STAGE, "ticket.assign"},
    {HAPPENING_STAGE, "ticket.plan"},
    {HAPPENING_STAGE, "ticket.create"},
};

static bool records(const char *method, uint32_t happenings)
{
    for (size_t i = 0; i < sizeof(recorded_by) / sizeof(recorded_by[0]); i++)
        if ((happenings >> recorded_by[i].what & 1) && strcmp(recorded_by[i].method, method) == 0)
            return true;
    return false;
}

const json_t *explain_cold_act(const struct explaining *explaining, uint32_t happenings, msec at)
{
    const json_t *act;
    size_t index;

    json_array_foreach(json_object_get(explaining->cold, "acts"), index, act)
    {
        const char *method = json_string_value(json_object_get(act, "method"));

        if (method && explain_cold_instant(act, "happened_at") == at && records(method, happenings))
            return act;
    }
    return NULL;
}

const json_t *explain_cold_first(const struct explaining *explaining, const char *method)
{
    const json_t *act;
    size_t index;

    json_array_foreach(json_object_get(explaining->cold, "acts"), index, act)
    {
        const char *name = json_string_value(json_object_get(act, "method"));

        if (name && strcmp(name, method) == 0)
            return act;
    }
    return NULL;
}

void explain_set_recorder(const struct explaining *explaining, json_t *fact, const json_t *act)
{
    const char *actor = json_string_value(json_object_get(act, "actor"));

    if (!act)
        return;
    json_object_set_new(fact, "actor", json_string(actor));
    json_object_set_new(fact, "who", json_string(explain_name(explaining, actor)));
    json_object_set(fact, "role", json_object_get(act, "role"));
    json_object_set(fact, "method", json_object_get(act, "method"));
    if (explain_cold_instant(act, "at") != explain_cold_instant(act, "happened_at"))
        json_object_set(fact, "entered_at", json_object_get(act, "at"));
}

/* ---- notices ---- */

/* notice.c says in a notice's reason for whom it came. */
static const char *absent_of(const struct explaining *explaining, const json_t *notice)
{
    static const char says[] = "as deputy of ";
    const char *reason = json_string_value(json_object_get(notice, "reason"));
    const char *found = reason ? strstr(reason, says) : NULL;

    return found ? arena_bytes(explaining->wording.arena, found + strlen(says),
                               strcspn(found + strlen(says), ","))
                 : NULL;
}

static void copy(json_t *to, const json_t *from, const char *as, const char *name)
{
    json_t *value = json_object_get(from, name);

    if (value && !json_is_null(value))
        json_object_set(to, as, value);
}

json_t *explain_cold_recipient(const struct explaining *explaining, const json_t *notice)
{
    const struct vocabulary *roles = &explaining->desk->policy->roles;
    const char *role = json_string_value(json_object_get(notice, "role"));
    const char *person = json_string_value(json_object_get(notice, "recipient"));
    const char *absent = absent_of(explaining, notice);
    const char *title = explain_title(explaining, roles, role ? vocabulary_find(roles, role) : POLICY_NONE);
    json_t *fact = json_object();

    copy(fact, notice, "notice", "notice");
    copy(fact, notice, "person", "recipient");
    json_object_set_new(fact, "name", json_string(explain_name(explaining, person)));
    copy(fact, notice, "role", "role");
    json_object_set_new(fact, "role_title", json_string(title ? title : role));
    copy(fact, notice, "channel", "channel");
    copy(fact, notice, "state", "state");
    copy(fact, notice, "detail", "detail");
    copy(fact, notice, "at", "at");
    copy(fact, notice, "hold", "hold");
    copy(fact, notice, "ready_at", "ready_at");
    copy(fact, notice, "into", "into");
    if (absent) {
        json_object_set_new(fact, "stands_for", json_string(absent));
        json_object_set_new(fact, "stands_for_name", json_string(explain_name(explaining, absent)));
    }
    return fact;
}

static bool is_of(const json_t *notice, const char *clock, unsigned cycle, int rung)
{
    const char *name = json_string_value(json_object_get(notice, "clock"));

    return name && strcmp(name, clock) == 0 &&
           json_integer_value(json_object_get(notice, "cycle")) == (json_int_t)cycle &&
           json_integer_value(json_object_get(notice, "rung")) == rung;
}

json_t *explain_cold_told(const struct explaining *explaining, const char *clock, unsigned cycle, int rung)
{
    json_t *list = json_array();
    const json_t *notice;
    size_t index;

    json_array_foreach(json_object_get(explaining->cold, "notices"), index, notice)
    {
        if (is_of(notice, clock, cycle, rung))
            json_array_append_new(list, explain_cold_recipient(explaining, notice));
    }
    return list;
}
