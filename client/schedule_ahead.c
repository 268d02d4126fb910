/*
 * `dubanctl schedule next --regime`: the judge itself is asked, on a virtual clock.
 *
 * Called by schedule.c. A replay is begun at the time that is asked about, the files' records are put as
 * `register import` would put them, and then schedule.next is asked: the answer is what the daemon would say
 * at that time with these records. A record that the regime would refuse ends it with file and line, because
 * what follows would be about other records than those in the file.
 */
#include "client/schedule_ahead.h"

#include "client/offline.h"
#include "client/register_csv.h"
#include "client/replay_engine.h"
#include "client/when.h"
#include "lib/base/instant.h"
#include "lib/base/memory.h"
#include <stdlib.h>
#include <string.h>

struct ahead {
    struct offline offline;
    struct replay *replay;
    char at[INSTANT_TEXT];
    const char *file;
    json_t *result; /* of the last request; NULL: it was refused */
    char *refusal;
    bool has_failed;
};

static void take_answer(void *context, const struct replay_answer *answer)
{
    struct ahead *ahead = context;

    json_decref(ahead->result);
    free(ahead->refusal);
    ahead->result = answer->is_accepted ? json_deep_copy(answer->result) : NULL;
    ahead->refusal = answer->is_accepted ? NULL : connection_explain(answer->error);
}

/* `params` is taken. False: it was refused. */
static bool ask(struct ahead *ahead, const char *method, json_t *params)
{
    json_t *event = json_pack("{s:s,s:s,s:o}", "at", ahead->at, "method", method, "params", params);
    const char *wrong = replay_event(ahead->replay, event);

    json_decref(event);
    if (wrong) {
        free(ahead->refusal);
        ahead->refusal = memory_text(wrong);
    }
    return !wrong && ahead->result;
}

static void put_record(void *context, json_t *params, size_t line)
{
    struct ahead *ahead = context;

    if (ahead->has_failed) {
        json_decref(params);
        return;
    }
    ahead->has_failed = !ask(ahead, "register.put", params);
    if (ahead->has_failed)
        command_complain("%s:%zu: %s", ahead->file, line, ahead->refusal);
}

/* `contracts=contracts.csv`, in the order given: what is referred to comes first. */
static enum exit_code put_files(const struct options *options, struct ahead *ahead)
{
    const char *given;
    enum exit_code code = EXIT_FINE;

    for (size_t i = 0; code == EXIT_FINE && (given = options_nth(options, "register", i)); i++) {
        const char *equals = strchr(given, '=');

        if (!equals) {
            command_complain("--register %s: written REGISTER=FILE", given);
            return EXIT_USAGE;
        }
        char *of = strndup(given, (size_t)(equals - given));

        ahead->file = equals + 1;
        code = register_csv_read(ahead->file, of, put_record, ahead);
        free(of);
        if (code == EXIT_FINE && ahead->has_failed)
            code = EXIT_BAD_INPUT;
    }
    return code;
}

static bool read_at(const struct invocation *invocation, struct ahead *ahead)
{
    const char *text = options_text(&invocation->options, "at");
    msec at = when_now();
    const char *wrong = text ? when_parse(text, at, invocation->screen.in_utc, &at) : NULL;

    if (wrong)
        command_complain("--at: %s", wrong);
    else
        instant_format(at, 0, ahead->at);
    return !wrong;
}

static enum exit_code look(const struct invocation *invocation, struct ahead *ahead)
{
    const struct replay_watcher watcher = {.context = ahead, .wants_results = true, .answered = take_answer};
    const struct options *options = &invocation->options;
    enum exit_code code = offline_load(options_text(options, "regime"), options_text(options, "people"),
                                       options, &ahead->offline);

    if (code != EXIT_FINE)
        return code;
    ahead->replay = replay_create(ahead->offline.policy, ahead->offline.roster, &watcher);
    ahead->offline.policy = NULL; /* the replay's desk has them now */
    ahead->offline.roster = NULL;
    code = put_files(options, ahead);
    json_t *params = code == EXIT_FINE ? command_params(invocation) : NULL;

    if (code == EXIT_FINE && !params)
        return EXIT_USAGE;
    if (code == EXIT_FINE && !ask(ahead, "schedule.next", params)) {
        command_complain("%s", ahead->refusal);
        code = EXIT_REFUSED;
    }
    return code;
}

enum exit_code schedule_ahead(const struct invocation *invocation, json_t **ret_result)
{
    struct ahead ahead = {0};
    enum exit_code code = read_at(invocation, &ahead) ? look(invocation, &ahead) : EXIT_USAGE;

    *ret_result = code == EXIT_FINE ? json_incref(ahead.result) : NULL;
    json_decref(ahead.result);
    free(ahead.refusal);
    replay_destroy(ahead.replay);
    offline_finish(&ahead.offline);
    return code;
}
