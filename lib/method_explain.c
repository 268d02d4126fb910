/*
 * clock.explain, notice.explain, notice.why_not: why a clock stands as it does, why a notice went out, and
 * why another one did not.
 *
 * Handlers of the method table; the explaining itself is the room explain_*.c. What the database knows of the
 * ticket is read first, because sentences are made of it ("recorded by whom"), so the request is stepped
 * twice. The past is not explained here: the daemon keeps the present, and only the journal leads back;
 * dubanctl replays it.
 */
#include "lib/answer.h"
#include "lib/explain.h"
#include "lib/explain_notice.h"
#include "lib/explain_why.h"
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

/* What is asked of a ticket as it is, or as it will be. */
struct question {
    const struct request *request;
    enum language language;
    msec at;
    uint16_t person; /* TICKET_NOBODY: about its clocks */
    json_t *cold;    /* NULL: not read */
};

static json_t *say_about(struct explaining *explaining, const char *number, uint16_t index)
{
    const struct policy *policy = explaining->desk->policy;
    const struct person *person = roster_person(explaining->desk->roster, index);
    json_t *lines = json_array(), *roles = json_array();

    for (uint8_t role = 0; role < policy->roles.count; role++)
        if (person->roles >> role & 1)
            json_array_append_new(roles, json_string(explain_title(explaining, &policy->roles, role)));
    json_t *fact = json_pack("{s:s,s:s,s:o}", "number", number, "name",
                             person->name[explaining->wording.language], "roles", roles);

    explaining->lines = lines;
    explain_set_instant(explaining, fact, "at", explaining->at);
    json_decref(explain_say(explaining, "why_about", fact));
    return lines;
}

static json_t *answer_of(struct explaining *explaining, const struct question *question)
{
    const char *number = desk_number(explaining->desk, explaining->ticket, explaining->wording.arena);
    const struct person *person = roster_person(explaining->desk->roster, question->person);
    json_t *result = json_object();

    json_object_set_new(result, "ticket", answer_ticket_id(explaining->ticket));
    json_object_set_new(result, "number", json_string(number));
    json_object_set_new(result, "at", answer_instant(explaining->desk, explaining->at));
    json_object_set_new(result, "language", json_string(language_name(explaining->wording.language)));
    json_object_set_new(result, "regime", json_string(explaining->desk->policy->name));
    if (person) {
        json_object_set_new(result, "person", json_string(person->id));
        json_object_set_new(result, "name", json_string(person->name[explaining->wording.language]));
        json_object_set_new(result, "lines", say_about(explaining, number, question->person));
        json_object_set_new(result, "clocks", explain_why_not(explaining, question->person));
    } else {
        json_object_set_new(result, "lines", say_ticket(explaining, number));
        json_object_set_new(result, "clocks", all_clocks(explaining));
    }
    return result;
}

/* In the present of the desk, or in a trial's future. */
static void answer_question(struct desk *desk, const struct ticket *ticket, const struct question *question)
{
    struct explain_trial *trial =
        question->at > desk->now ? explain_trial_create(desk, ticket, question->at, question->cold) : NULL;
    struct explaining explaining = {
        .desk = trial ? trial->desk : desk,
        .ticket = trial ? trial->ticket : ticket,
        .cold = question->cold,
        .at = question->at,
        .is_trial = trial != NULL,
        .wording = {.arena = &desk->out->arena, .language = question->language, .zone = desk->policy->zone},
    };
    json_t *result = answer_of(&explaining, question);

    explain_trial_destroy(trial);
    request_answer(desk, question->request, result);
}

void method_clock_explain(struct desk *desk, const struct request *request, struct effects *out)
{
    const char *name = request_text(request, "ticket");
    struct question question = {.request = request, .person = TICKET_NOBODY};
    bool is_hot;

    (void)out;
    if (!read_language(desk, request, &question.language) || !read_view(desk, request, &is_hot) ||
        !read_at(desk, request, &question.at))
        return;
    if (!is_hot &&
        !request_cold(desk, request, "explain_ticket", (const char *const[]){name}, 1, &question.cold))
        return;
    const struct ticket *ticket = request_ticket(desk, request);

    if (ticket)
        answer_question(desk, ticket, &question);
    json_decref(question.cold);
}

/* ---- notice.why_not ---- */

void method_notice_why_not(struct desk *desk, const struct request *request, struct effects *out)
{
    const char *name = request_text(request, "ticket");
    struct question question = {.request = request};

    (void)out;
    if (!read_language(desk, request, &question.language) || !read_at(desk, request, &question.at) ||
        !request_person(desk, request, "person", &question.person) ||
        !request_cold(desk, request, "explain_ticket", (const char *const[]){name}, 1, &question.cold))
        return;
    const struct ticket *ticket = request_ticket(desk, request);

    if (ticket)
        answer_question(desk, ticket, &question);
    json_decref(question.cold);
}

/* ---- notice.explain ---- */

void method_notice_explain(struct desk *desk, const struct request *request, struct effects *out)
{
    const char *name = request_text(request, "notice");
    struct explaining explaining = {
        .desk = desk,
        .at = desk->now,
        .wording = {.arena = &out->arena, .zone = desk->policy->zone},
    };
    json_t *notice;

    if (!read_language(desk, request, &explaining.wording.language) ||
        !request_cold(desk, request, "explain_notice", (const char *const[]){name}, 1, &notice))
        return;
    const char *ticket = json_string_value(json_object_get(notice, "ticket"));
    uint32_t index = ticket ? desk_find(desk, ticket) : TICKET_NO_INDEX;

    explaining.ticket = index == TICKET_NO_INDEX ? NULL : store_ticket(desk->store, index);
    request_answer(desk, request, explain_notice(&explaining, notice));
    json_decref(notice);
}
