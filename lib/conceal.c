/*
 * Satisfaction that is anonymous to those whom it is about ([satisfaction answers] hidden from).
 *
 * Called where answers leave (request.c) and where events are told (desk_hides_row, for the daemon's
 * subscriptions). It works on the finished answer and not in each method, so that a method that is added
 * later can't forget it: whatever comes from memory or from the database passes here. For such a peer even
 * what only the database has is read by way of the judge, because the hands would send it as it is.
 *
 * What tells: the level and the note of satisfaction.record, and every clock that begins or ends by certain
 * levels only; that it runs says which it was. That the customer has answered is no secret: gates ask for it.
 */
#include "lib/conceal.h"

#include "lib/desk_parts.h"
#include <string.h>

bool conceal_applies(const struct desk *desk, const struct peer *peer)
{
    const struct vocabulary *roles = &desk->policy->roles;
    const struct person *person = roster_person(desk->roster, roster_find(desk->roster, peer->actor));
    uint8_t role = vocabulary_find(roles, peer->title ? peer->title : access_role_name(peer->role));
    uint32_t held = (role == POLICY_NONE ? 0 : UINT32_C(1) << role) | (person ? person->roles : 0);

    return held && !(held & ~desk->policy->satisfaction_hidden);
}

static bool tells_level(const struct condition *condition)
{
    return condition->what == HAPPENING_SATISFACTION && condition->kinds;
}

/* By its name, or as forms have it, {name, zh, en}. */
static bool is_telling_clock(const struct policy *policy, const json_t *named)
{
    const char *name = json_string_value(json_is_object(named) ? json_object_get(named, "name") : named);
    uint8_t rule = name ? policy_find_clock(policy, name) : POLICY_NONE;

    if (rule == POLICY_NONE)
        return false;
    const struct clock_policy *clock = &policy->clocks[rule];

    return (clock->has_start && tells_level(&clock->start)) || tells_level(&clock->stop) ||
           (clock->has_cancel && tells_level(&clock->cancel));
}

static bool is_word(const json_t *value, const char *word)
{
    const char *text = json_string_value(value);

    return text && strcmp(text, word) == 0;
}

bool conceal_hides_row(const struct policy *policy, const char *type, const char *body)
{
    if (strcmp(type, "satisfaction.record") == 0)
        return true;
    json_t *members = body ? json_loads(body, 0, NULL) : NULL;
    bool tells = is_telling_clock(policy, json_object_get(members, "clock"));

    json_decref(members);
    return tells;
}

/* A row of journal.read keeps its place and its hash: the chain has no gap. */
static void blank_row(const struct policy *policy, json_t *row)
{
    const char *type = json_string_value(json_object_get(row, "type"));
    const char *body = json_string_value(json_object_get(row, "body"));

    if (!type || !body || !conceal_hides_row(policy, type, body))
        return;
    json_object_set_new(row, "body", json_null());
    json_object_set_new(row, "hidden", json_true());
}

static void blank_object(const struct policy *policy, json_t *object)
{
    json_t *level;
    size_t i;

    blank_row(policy, object);
    json_object_del(object, "satisfaction");
    if (is_word(json_object_get(object, "kind"), "satisfaction")) {
        json_object_del(object, "subject");
        json_object_del(object, "note");
    }
    json_array_foreach(json_object_get(object, "levels"), i, level)
        json_object_set_new(level, "chosen", json_false());
    if (is_telling_clock(policy, json_object_get(object, "next_clock"))) {
        json_object_set_new(object, "next_clock", json_null());
        json_object_set_new(object, "next_due_at", json_null());
        json_object_set_new(object, "next_provisional", json_false());
    }
}

/* Answers are nested as deeply as methods build them; nothing in them is nested by a client. */
bool conceal_answer(const struct policy *policy, json_t *answer)
{
    const char *member;
    json_t *inner;

    if (is_telling_clock(policy, json_object_get(answer, "clock")))
        return false;
    if (json_is_object(answer))
        blank_object(policy, answer);
    json_object_foreach(answer, member, inner) conceal_answer(policy, inner);
    for (size_t i = json_array_size(answer); i-- > 0;) {
        inner = json_array_get(answer, i);
        if (!conceal_answer(policy, inner) || is_telling_clock(policy, json_is_string(inner) ? inner : NULL))
            json_array_remove(answer, i);
    }
    return true;
}
