/*
 * clock.explain: why each clock of a ticket stands as it does, now or at an instant to come.
 *
 * Handler of the method table; the explaining itself is the room explain_*.c. What the database knows of the
 * ticket is read first, because sentences are made of it ("recorded by whom"), so the request is stepped
 * twice. The past is not explained here: the daemon keeps the present, and only the journal leads back;
 * dubanctl replays it.
 */
#include "lib/answer.h"
#include "lib/explain.h"
#include "lib/judge.h"
#include "lib/method_handlers.h"
#include "lib/request.h"
#include <string.h>

/* The language that was asked for, else the desk's. False: it was refused. */
static bool read_language(struct desk *desk, const struct request *request, enum language *ret_language)
{
    const char *name = request_text(request, "language");

    *ret_language = desk->policy->language;
    if (!name || language_find(name, ret_language))
        return true;
    request_refuse(desk, request, RPC_INVALID_PARAMS, "language", "language is zh or en");
    return false;
}

static bool read_view(struct desk *desk, const struct request *request, bool *ret_is_hot)
{
    const char *view = request_text(request, "view");

    *ret_is_hot = view && strcmp(view, "hot") == 0;
    if (!view || *ret_is_hot || strcmp(view, "full") == 0)
        return true;
    request_refuse(desk, request, RPC_INVALID_PARAMS, "view", "view is full or hot");
    return false;
}

static bool read_at(struct desk *desk, const struct request *request, msec *ret_at)
{
    *ret_at = request_instant(request, "at");
    if (*ret_at == NEVER)
        *ret_at = desk->now;
    if (*ret_at >= desk->now)
        return true;
    request_refuse(desk, request, RPC_INVALID_PARAMS, "at",
                   "the past is not in memory; `dubanctl explain --at` rebuilds it from the journal");
    return false;
}

/* ---- clock.explain ---- */

static json_t *all_clocks(struct explaining *explaining)
{
    const struct desk *desk = explaining->desk;
    const struct ticket *ticket = explaining->ticket;
    json_t *clocks = json_array();

    for (uint8_t rule = 0; rule < desk->policy->clock_count; rule++) {
        const struct clock *clock = ticket_clock(ticket, rule);

        if (clock)
            json_array_append_new(clocks, explain_clock(explaining, clock));
        else if (ticket->is_open && judge_rule_applies(desk, ticket, rule))
            json_array_append_new(clocks, explain_clock_waiting(explaining, rule));
    }
    return clocks;
}

static json_t *say_ticket(struct explaining *explaining, const char *number)
{
    json_t *lines = json_array(), *fact = json_pack("{s:s}", "number", number);

    explaining->lines = lines;
    explain_set_instant(explaining, fact, "at", explaining->at);
    json_decref(explain_say(explaining, explaining->is_trial ? "ticket_then" : "ticket_at", fact));
    if (!explaining->cold)
        json_decref(explain_say(explaining, "without_cold", json_object()));
    if (!explaining->ticket->clock_count)
        json_decref(explain_say(explaining, "no_clocks", json_object()));
    return lines;
}

static void answer_explained(struct explaining *explaining, const struct request *request, struct desk *desk)
{
    const char *number = desk_number(explaining->desk, explaining->ticket, explaining->wording.arena);
    json_t *result = json_object();

    json_object_set_new(result, "ticket", answer_ticket_id(explaining->ticket));
    json_object_set_new(result, "number", json_string(number));
    json_object_set_new(result, "at", answer_instant(explaining->desk, explaining->at));
    json_object_set_new(result, "language", json_string(language_name(explaining->wording.language)));
    json_object_set_new(result, "regime", json_string(desk->policy->name));
    json_object_set_new(result, "lines", say_ticket(explaining, number));
    json_object_set_new(result, "clocks", all_clocks(explaining));
    request_answer(desk, request, result);
}

/* In the present of the desk, or in a trial's future. */
static void explain_at(struct desk *desk, const struct request *request, const struct ticket *ticket, msec at,
                       enum language language, json_t *cold)
{
    struct explain_trial *trial = at > desk->now ? explain_trial_create(desk, ticket, at, cold) : NULL;
    struct explaining explaining = {
        .desk = trial ? trial->desk : desk,
        .ticket = trial ? trial->ticket : ticket,
        .cold = cold,
        .at = at,
        .is_trial = trial != NULL,
        .wording = {.arena = &desk->out->arena, .language = language, .zone = desk->policy->zone},
    };

    answer_explained(&explaining, request, desk);
    explain_trial_destroy(trial);
}

void method_clock_explain(struct desk *desk, const struct request *request, struct effects *out)
{
    const char *name = request_text(request, "ticket");
    enum language language;
    json_t *cold = NULL;
    bool is_hot;
    msec at;

    (void)out;
    if (!read_language(desk, request, &language) || !read_view(desk, request, &is_hot) ||
        !read_at(desk, request, &at))
        return;
    if (!is_hot && !request_cold(desk, request, "explain_ticket", (const char *const[]){name}, 1, &cold))
        return;
    const struct ticket *ticket = request_ticket(desk, request);

    if (ticket)
        explain_at(desk, request, ticket, at, language, cold);
    json_decref(cold);
}
