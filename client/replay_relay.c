/*
 * What a replay's mail meets: {"method":"relay.answers","params":{"person":"zhang.wei","answer":"refused"}}.
 * With "channel" it is about another way than mail.
 *
 * Called by the engine when a notice is handed to its sender. A story about a bounce needs a relay that
 * refuses one person's mail from some instant on; nothing else about relays matters to the judge.
 */
#include "client/replay_relay.h"

#include <stdio.h>
#include <string.h>

static bool read_outcome(const char *name, enum send_outcome *ret_outcome)
{
    static const char *const outcomes[] = {
        [SEND_ACCEPTED] = "accepted",
        [SEND_DEFERRED] = "deferred",
        [SEND_REFUSED] = "refused",
    };

    for (enum send_outcome outcome = SEND_ACCEPTED; name && outcome <= SEND_REFUSED; outcome++)
        if (strcmp(outcomes[outcome], name) == 0) {
            *ret_outcome = outcome;
            return true;
        }
    return false;
}

#define RELAY_KEY 160

static void name_way(const char *person, enum notice_channel channel, char ret_key[RELAY_KEY])
{
    snprintf(ret_key, RELAY_KEY, "%s %s", notice_channel_name(channel), person);
}

bool replay_relay_answers(json_t *relay, const json_t *params)
{
    const char *person = json_string_value(json_object_get(params, "person"));
    const char *name = json_string_value(json_object_get(params, "channel"));
    json_t *answer = json_object_get(params, "answer");
    enum notice_channel channel = CHANNEL_MAIL;
    enum send_outcome outcome;
    char key[RELAY_KEY];

    if (!person || (name && !notice_channel_find(name, &channel)) ||
        !read_outcome(json_string_value(answer), &outcome))
        return false;
    name_way(person, channel, key);
    return json_object_set(relay, key, answer) == 0;
}

enum send_outcome replay_relay_outcome(const json_t *relay, const char *person, enum notice_channel channel)
{
    enum send_outcome outcome = SEND_ACCEPTED;
    char key[RELAY_KEY];

    if (!person)
        return outcome;
    name_way(person, channel, key);
    read_outcome(json_string_value(json_object_get(relay, key)), &outcome);
    return outcome;
}
