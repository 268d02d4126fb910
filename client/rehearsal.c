/*
 * A rehearsal: a replay that remembers what it wrote down, so that it can be asked to explain itself.
 *
 * Used by explain.c, for events in a file, and by explain_past.c, for a ticket's rows of a daemon's journal.
 * The regime is judged by the code that runs in the daemon, and what the daemon would have read from its
 * database comes from the rehearsal's own memory.
 */
#include "client/rehearsal.h"

#include "client/journal_event.h"

enum exit_code rehearsal_open(const struct options *options, const char *regime, const char *people,
                              struct rehearsal *ret_rehearsal)
{
    struct rehearsal *rehearsal = ret_rehearsal;
    const struct replay_judge_names names = {.regime = regime, .people = people};

    *rehearsal = (struct rehearsal){.memory = replay_memory_create()};
    struct replay_watcher watcher = replay_memory_watcher(rehearsal->memory);

    return replay_judge_open(options, &names, &watcher, &rehearsal->judge);
}

void rehearsal_close(struct rehearsal *rehearsal)
{
    replay_judge_close(&rehearsal->judge);
    replay_memory_destroy(rehearsal->memory);
}

const char *rehearsal_take(struct rehearsal *rehearsal, json_t *event)
{
    return replay_event(rehearsal->judge.replay, event);
}

static json_t *pass_time(struct rehearsal *rehearsal, msec at)
{
    json_t *advance = journal_event_advance(at);
    const char *wrong = rehearsal_take(rehearsal, advance);

    json_decref(advance);
    replay_finish(rehearsal->judge.replay, at);
    return wrong ? json_pack("{s:{s:s}}", "error", "message", wrong) : NULL;
}

json_t *rehearsal_ask(struct rehearsal *rehearsal, msec at, const char *method, json_t *params)
{
    const struct replay_question question = {
        .method = method,
        .params = params,
        .find = replay_memory_find,
        .context = rehearsal->memory,
    };
    json_t *error = at == NEVER ? NULL : pass_time(rehearsal, at);

    if (at == NEVER)
        replay_finish(rehearsal->judge.replay, NEVER);
    return error ? error : replay_ask(rehearsal->judge.replay, &question);
}
