/*
 * Explaining the past.
 *
 * The daemon keeps the present; how a ticket stood last Tuesday is what its journal leads to when it is read
 * as far as Tuesday. So the ticket's rows are judged again here, in a desk of its own (rehearsal.c), under
 * the regime and the people that the daemon names, unless --regime and --people name others. Two things are
 * said with the answer, because it would mislead without them: that limits are judged on time here although
 * the daemon may have been away then, and whether the rows were really judged by the regime that is at hand.
 */
#include "client/explain_past.h"

#include "client/journal_event.h"
#include "client/journal_reader.h"
#include "client/language.h"
#include "client/rehearsal.h"
#include "lib/base/instant.h"
#include "lib/explain_words.h"
#include "lib/series.h"
#include <stdlib.h>
#include <string.h>

struct past {
    const struct invocation *invocation;
    struct connection *connection;
    json_t *ticket, *policy; /* what ticket.get and policy.get say */
    json_t *others;          /* digests of other regimes that rows were judged by */
    struct rehearsal rehearsal;
    struct journal_reader *reader;
};

static const char *text_of(const json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

static enum exit_code call(struct past *past, const char *method, json_t *params, json_t **ret_result)
{
    json_t *answer = NULL;
    enum connection_outcome outcome = connection_call(past->connection, method, params, &answer);
    const json_t *error = json_object_get(answer, "error");
    enum exit_code code = EXIT_FINE;

    if (outcome != CONNECTION_OK)
        code = command_lost(past->connection, outcome);
    else if (error)
        code = command_refused(past->invocation, method, error);
    else
        *ret_result = json_incref(json_object_get(answer, "result"));
    json_decref(answer);
    return code;
}

/* Which ticket it is, and by which files the daemon judges. */
static enum exit_code ask_daemon(struct past *past, const json_t *params)
{
    enum exit_code code;

    if (!command_connect(past->invocation, &past->connection, &code))
        return code;
    code = call(past, "ticket.get", json_pack("{s:O}", "ticket", json_object_get(params, "ticket")),
                &past->ticket);
    if (code == EXIT_FINE)
        code = call(past, "policy.get", NULL, &past->policy);
    return code;
}

/* Its own number and id: the next to be given out. */
static void number_ticket(struct past *past, const char *id)
{
    const struct policy *policy = desk_policy(replay_desk(past->rehearsal.judge.replay));
    const char *number = text_of(past->ticket, "number");
    uint64_t serial;
    uint32_t period;

    replay_restore_sequence(past->rehearsal.judge.replay, "ticket", strtoull(id, NULL, 10) - 1);
    for (size_t i = 0; number && i < policy->number_count; i++)
        if (number_format_read(&policy->numbers[i], number, &period, &serial)) {
            char name[SERIES_NAME];

            series_name(policy->numbers[i].name, period, name);
            replay_restore_sequence(past->rehearsal.judge.replay, name, serial - 1);
        }
}

static enum exit_code open_rehearsal(struct past *past)
{
    const struct options *options = &past->invocation->options;
    const char *regime = options_text(options, "regime"), *people = options_text(options, "people");
    const char *known_people = text_of(past->policy, "people_path");

    if (!regime)
        regime = text_of(past->policy, "path");
    if (!people && known_people && *known_people)
        people = known_people;
    if (!regime) {
        command_complain("the daemon does not say where its regime is (--regime FILE)");
        return EXIT_BAD_INPUT;
    }
    return rehearsal_open(options, regime, people, &past->rehearsal);
}

/* The row was judged by another regime than the one at hand. */
static void look_at_version(struct past *past)
{
    const char *ours = desk_policy(replay_desk(past->rehearsal.judge.replay))->digest;
    const char *theirs = journal_reader_policy(past->reader);
    const json_t *other;
    size_t index;

    if (!theirs || !*theirs || strncmp(ours, theirs, strlen(theirs)) == 0)
        return;
    json_array_foreach(past->others, index, other)
    {
        if (strcmp(json_string_value(other), theirs) == 0)
            return;
    }
    json_array_append_new(past->others, json_string(theirs));
}

static enum exit_code take_rows(struct past *past, msec at)
{
    enum exit_code code;
    json_t *event;
    msec happened_at;

    while ((code = journal_reader_next(past->reader, &event)) == EXIT_FINE && event) {
        bool is_later = instant_parse(text_of(event, "at"), &happened_at) != INSTANT_OK || happened_at > at;
        const char *wrong = NULL;

        if (!is_later && text_of(event, "role")) { /* not the one that only moves time */
            look_at_version(past);
            wrong = rehearsal_take(&past->rehearsal, event);
        }
        json_decref(event);
        if (wrong) {
            command_complain("journal row %llu: %s", (unsigned long long)journal_reader_place(past->reader),
                             wrong);
            return EXIT_REFUSED;
        }
        if (is_later)
            break;
    }
    return code;
}

/* ---- what must be said with it ---- */

static void add_line(const struct wording *wording, const char *name, json_t *fact, json_t *result)
{
    json_object_set_new(fact, "fact", json_string(name));
    const char *line = explain_words_sentence(wording, fact);

    json_array_append_new(json_object_get(result, "lines"), json_string(line ? line : name));
    json_decref(fact);
}

static void add_remarks(struct past *past, json_t *result)
{
    const struct policy *policy = desk_policy(replay_desk(past->rehearsal.judge.replay));
    const char *name = text_of(result, "language");
    struct arena arena;
    struct wording wording = {.arena = &arena, .language = policy->language, .zone = policy->zone};

    if (name)
        language_find(name, &wording.language);
    arena_init(&arena);
    json_object_set_new(result, "rebuilt",
                        json_pack("{s:s,s:O}", "policy", policy->digest, "others", past->others));
    add_line(&wording, "rebuilt",
             json_pack("{s:s,s:s}", "regime", policy->name, "policy",
                       arena_printf(&arena, "%.12s", policy->digest)),
             result);
    if (json_array_size(past->others))
        add_line(&wording, "rebuilt_otherwise", json_pack("{s:O}", "others", past->others), result);
    arena_finish(&arena);
}

static enum exit_code show(struct past *past, json_t *answer)
{
    const struct command *command = past->invocation->command;
    json_t *result = json_object_get(answer, "result");

    if (!result) {
        const json_t *data = json_object_get(json_object_get(answer, "error"), "data");
        bool is_unknown = text_of(data, "name") && strcmp(text_of(data, "name"), "not_found") == 0;

        if (!is_unknown)
            return command_refused(past->invocation, command->method, json_object_get(answer, "error"));
        command_complain("the ticket had not been filed then");
        return EXIT_REFUSED;
    }
    add_remarks(past, result);
    if (past->invocation->screen.in_json)
        screen_json(&past->invocation->screen, result);
    else
        command->show(&past->invocation->screen, result);
    return EXIT_FINE;
}

static enum exit_code rebuild(struct past *past, json_t *params, msec at)
{
    const char *id = text_of(past->ticket, "ticket");
    enum exit_code code = open_rehearsal(past);

    if (code != EXIT_FINE)
        return code;
    number_ticket(past, id);
    code = journal_reader_open(past->invocation, id, &past->reader);
    if (code == EXIT_FINE)
        code = take_rows(past, at);
    if (code != EXIT_FINE)
        return code;
    json_object_set_new(params, "ticket", json_string(id));
    json_t *answer = rehearsal_ask(&past->rehearsal, at, past->invocation->command->method, params);

    code = show(past, answer);
    json_decref(answer);
    return code;
}

enum exit_code explain_past(const struct invocation *invocation, json_t *params, msec at)
{
    struct past past = {.invocation = invocation, .others = json_array()};
    enum exit_code code = ask_daemon(&past, params);

    if (code == EXIT_FINE)
        code = rebuild(&past, params, at);
    journal_reader_close(past.reader);
    rehearsal_close(&past.rehearsal);
    connection_close(past.connection);
    json_decref(past.ticket);
    json_decref(past.policy);
    json_decref(past.others);
    json_decref(params);
    return code;
}
