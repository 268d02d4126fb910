/*
 * What a replay's mail meets: {"method":"relay.answers","params":{"person":"zhang.wei","answer":"refused"}}.
 *
 * Called by the engine when a notice is handed to its sender. A story about a bounce needs a relay that
 * refuses one person's mail from some instant on; nothing else about relays matters to the judge.
 */
#include "client/replay_relay.h"

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

bool replay_relay_answers(json_t *relay, const json_t *params)
{
    const char *person = json_string_value(json_object_get(params, "person"));
    json_t *answer = json_object_get(params, "answer");
    enum send_outcome outcome;

    return person && read_outcome(json_string_value(answer), &outcome) &&
           json_object_set(relay, person, answer) == 0;
}

enum send_outcome replay_relay_outcome(const json_t *relay, const char *person)
{
    enum send_outcome outcome = SEND_ACCEPTED;

    if (person)
        read_outcome(json_string_value(json_object_get(relay, person)), &outcome);
    return outcome;
}
