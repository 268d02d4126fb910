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
 *
 * An import is a reload in which one calendar's text comes from a request. The daemon may not write its own
 * configuration (the unit makes it read-only, and the next leader may run on another machine), so the text
 * is kept in the database, where it goes before the file until it is taken back.
 */
#include "daemon/reload.h"

#include "daemon/calendars.h"
#include "daemon/clock.h"
#include "daemon/log.h"
#include "lib/adoption.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LISTED_MAX 200 /* of what moved, in an answer; the journal has all of it */

static bool refuse(struct refusal *refusal, enum rpc_error error, const char *field, char *why)
{
    *refusal = (struct refusal){.error = error, .field = field, .why = why};
    log_error("event=reload_refused reason=%s", why);
    return false;
}

__attribute__((format(printf, 1, 2))) static char *format(const char *form, ...)
{
    va_list list;
    char *text;

    va_start(list, form);
    if (vasprintf(&text, form, list) < 0)
        abort();
    va_end(list);
    return text;
}

/* ---- versions ---- */

char *reload_store_versions(const struct reload *reload)
{
    const struct policy_files *files = config_files(reload->config);

    for (size_t i = 0; i < policy_files_count(files); i++) {
        const struct policy_file *file = policy_files_at(files, i);

        if (loader_store_version(reload->leadership, file->kind, file->name, file->digest, file->text) < 0)
            return format("the version of %s could not be stored in the database", file->name);
    }
    return NULL;
}

/* The digest that a calendar has in the load under way; NULL: its file or nothing holds. */
static const char *imported_digest(const struct reload *reload, const char *name)
{
    const struct policy_files *files = config_files(reload->config);

    for (size_t i = 0; i < policy_files_count(files); i++) {
        const struct policy_file *file = policy_files_at(files, i);

        if (strcmp(file->kind, "calendar") == 0 && strcmp(file->name, name) == 0)
            return file->digest;
    }
    return NULL;
}

/* ---- holding it against what is open ---- */

static struct adoption *adopt(const struct reload *reload, struct policy *policy, struct roster *roster,
                              struct refusal *refusal)
{
    char *why;

    loop_settle(reload->loop);
    struct adoption *adoption = adoption_create(reload->desk, policy, roster, clock_wall(), &why);

    if (adoption) {
        calendars_review_closed(reload->leadership, adoption);
        return adoption;
    }
    roster_destroy(roster);
    policy_destroy(policy);
    refuse(refusal, RPC_INVALID_STATE, NULL, why);
    return NULL;
}

/* Reads, compiles and holds against what is open. `named` is a calendar that the regime must name, or NULL.
 */
static struct adoption *prepare(const struct reload *reload, const char *named, struct refusal *refusal)
{
    struct policy *policy;
    struct roster *roster;
    char *why = config_load(reload->config, &policy, &roster);

    if (why) {
        refuse(refusal, RPC_INVALID_STATE, NULL, why);
        return NULL;
    }
    if (!named || policy_find_calendar(policy, named))
        return adopt(reload, policy, roster, refusal);
    roster_destroy(roster);
    policy_destroy(policy);
    refuse(refusal, RPC_INVALID_PARAMS, "name", format("the regime names no calendar '%s'", named));
    return NULL;
}

/* ---- taking it ---- */

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

/* Everything but the import's own row; `adoption` may be NULL, and then it was refused before. */
static bool finish(const struct reload *reload, struct adoption *adoption, const char *cause,
                   const struct request *request, char *why, struct refusal *refusal)
{
    bool is_taken = adoption && !why;

    if (is_taken)
        take(reload, adoption, cause, request);
    adoption_destroy(adoption); /* before the calendars that it compared */
    if (is_taken)
        config_keep(reload->config);
    else
        config_discard(reload->config);
    if (why)
        refuse(refusal, RPC_STORAGE_UNAVAILABLE, NULL, why);
    return is_taken;
}

bool reload_run(const struct reload *reload, const struct request *request, struct refusal *ret_refusal)
{
    struct adoption *adoption = prepare(reload, NULL, ret_refusal);
    char *why = adoption ? reload_store_versions(reload) : NULL;

    return finish(reload, adoption, request ? request->method->name : "SIGHUP", request, why, ret_refusal);
}

/* ---- imports ---- */

static const char *parameter(const struct request *request, const char *name)
{
    return json_string_value(json_object_get(request->params, name));
}

static bool is_sound(const struct reload *reload, const char *name, const char *text, bool forgets,
                     struct refusal *refusal)
{
    if (forgets == (text != NULL))
        return refuse(refusal, RPC_INVALID_PARAMS, "text", format("either a text or forget"));
    if (forgets && !imported_calendars_text(config_imported(reload->config), name))
        return refuse(refusal, RPC_NOT_FOUND, "name", format("calendar '%s' was not imported", name));
    char *why = text ? config_check_calendar(reload->config, name, text) : NULL;

    return !why || refuse(refusal, RPC_INVALID_PARAMS, "text", why);
}

static char *record(const struct reload *reload, const struct request *request, const char *name,
                    bool forgets)
{
    char *why = reload_store_versions(reload);

    if (why)
        return why;
    return calendars_record(reload->leadership, name, forgets ? NULL : imported_digest(reload, name),
                            request->peer.actor);
}

bool reload_import(const struct reload *reload, const struct request *request, struct refusal *ret_refusal)
{
    const char *name = parameter(request, "name"), *text = parameter(request, "text");
    bool forgets = json_is_true(json_object_get(request->params, "forget"));

    if (!is_sound(reload, name, text, forgets, ret_refusal))
        return false;
    config_try_import(reload->config, name, text);
    struct adoption *adoption = prepare(reload, name, ret_refusal);
    char *cause = format("calendar.import %s%s", name, forgets ? ": its file again" : "");
    char *why = adoption ? record(reload, request, name, forgets) : NULL;
    bool is_taken = finish(reload, adoption, cause, request, why, ret_refusal);

    free(cause);
    return is_taken;
}

/* ---- after a start ---- */

void reload_catch_up(const struct reload *reload)
{
    size_t moved = desk_catch_up(reload->desk, clock_wall(), loop_gathering(reload->loop));

    if (moved)
        log_info("event=caught_up moved=%zu", moved);
    loop_settle(reload->loop);
}
