/*
 * A reload, from files to a desk that judges by them.
 *
 * Called by service.c for SIGHUP and for the methods that ask for one. The order is what makes it safe: read
 * and compile everything; write what was judged so far in the old regime's words; hold the new one against
 * all that is open; store the texts, because verdicts will name their digests; and only then take it, which
 * can't fail any more. Whatever is wrong before leaves everything as it was: a bad file at midnight must not
 * stop the night's deadlines.
 *
 * The answer is an effect of the batch that the changes are written with, so that nobody hears of deadlines
 * that moved before they have moved for good.
 */
#include "daemon/reload.h"

#include "daemon/clock.h"
#include "daemon/log.h"
#include "lib/adoption.h"
#include <stdio.h>
#include <stdlib.h>

#define LISTED_MAX 200 /* of what moved, in an answer; the journal has all of it */

char *reload_store_versions(const struct reload *reload)
{
    const struct policy_files *files = config_files(reload->config);
    char *why = NULL;

    for (size_t i = 0; i < policy_files_count(files) && !why; i++) {
        const struct policy_file *file = policy_files_at(files, i);

        if (loader_store_version(reload->leadership, file->kind, file->name, file->digest, file->text) < 0 &&
            asprintf(&why, "the version of %s %s could not be stored in the database", file->kind,
                     file->name) < 0)
            abort();
    }
    return why;
}

/* Reads, compiles and holds against what is open. NULL with `*ret_why`. */
static struct adoption *prepare(const struct reload *reload, char **ret_why)
{
    struct policy *policy;
    struct roster *roster;

    *ret_why = config_load(reload->config, &policy, &roster);
    if (*ret_why)
        return NULL;
    loop_settle(reload->loop);
    struct adoption *adoption = adoption_create(reload->desk, policy, roster, clock_wall(), ret_why);

    if (!adoption) {
        roster_destroy(roster);
        policy_destroy(policy);
    }
    return adoption;
}

static void answer(const struct reload *reload, const struct request *request,
                   const struct adoption *adoption, struct effects *out)
{
    json_t *result = adoption_answer(reload->desk, adoption, LISTED_MAX);
    struct reply_effect *reply = effects_add(out, EFFECT_REPLY);
    struct text line = {0};
    char *dumped = json_dumps(result, JSON_COMPACT);

    if (!dumped)
        abort(); /* its strings are names of the regime: UTF-8 */
    rpc_write_result(&line, request->id ? request->id : "null", dumped);
    reply->token = request->token;
    reply->text = arena_text(&out->arena, text_get(&line));
    text_finish(&line);
    free(dumped);
    json_decref(result);
}

static void take(const struct reload *reload, struct adoption *adoption, const char *cause,
                 const struct request *request)
{
    struct effects *out = loop_gathering(reload->loop);

    desk_adopt(reload->desk, adoption, cause, request ? request->peer.actor : "", out);
    if (request)
        answer(reload, request, adoption, out);
    loop_settle(reload->loop);
    loop_touched(reload->loop);
    log_info("event=reloaded regime=%s digest=%s moved=%zu changed=%zu", desk_policy(reload->desk)->name,
             desk_policy(reload->desk)->digest, adoption_moved(adoption), adoption_changed(adoption));
}

char *reload_run(const struct reload *reload, const char *cause, const struct request *request)
{
    char *why;
    struct adoption *adoption = prepare(reload, &why);

    if (adoption)
        why = reload_store_versions(reload);
    if (!why)
        take(reload, adoption, cause, request);
    adoption_destroy(adoption); /* before the calendars that it compared */
    if (!why) {
        config_keep(reload->config);
        return NULL;
    }
    config_discard(reload->config);
    log_error("event=reload_refused reason=%s", why);
    return why;
}
