/*
 * Looking things up: ticket.get, ticket.list, clock.list, escalation.list, notice.*, journal.read.
 *
 * Handlers of the method table. What memory has is answered from memory; what it does not keep (texts, closed
 * tickets, notices, the journal) becomes a READ effect, which the hands run on their second connection and
 * add to the hot members. Names and phone numbers are masked for roles that need not see them.
 */
#include "lib/answer.h"
#include "lib/gate.h"
#include "lib/judge.h"
#include "lib/list_order.h"
#include "lib/method_handlers.h"
#include "lib/promise.h"
#include "lib/request.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAGE_DEFAULT 100
#define PAGE_MAX     500
#define JOURNAL_MAX  1000

static const char *mask_word(const struct request *request)
{
    return access_sees_contact_data(request->peer.role) ? "no" : "yes";
}

static bool page_size(struct desk *desk, const struct request *request, json_int_t largest,
                      json_int_t *ret_limit)
{
    *ret_limit = request_number(request, "limit", PAGE_DEFAULT);
    if (*ret_limit >= 1 && *ret_limit <= largest)
        return true;
    request_refuse(desk, request, RPC_INVALID_PARAMS, "limit",
                   arena_printf(&desk->out->arena, "1 to %" JSON_INTEGER_FORMAT, largest));
    return false;
}

static json_t *hot_ticket(const struct desk *desk, const struct ticket *ticket)
{
    json_t *object = answer_summary(desk, ticket);

    answer_set_person(desk, object, "recorder", ticket->recorder);
    answer_set_acts(desk, object, ticket);
    answer_set_approvals(desk, object, ticket);
    answer_set_decisions(desk, object, ticket);
    json_object_set_new(object, "created_at", answer_instant(desk, ticket->created_at));
    json_object_set_new(object, "handed_over_at", answer_instant(desk, ticket->handed_over_at));
    json_object_set_new(object, "solved_at", answer_instant(desk, ticket->solved_at));
    json_object_set_new(object, "closed_at", answer_instant(desk, ticket->closed_at));
    json_object_set_new(object, "clocks", answer_clocks(desk, ticket));
    return object;
}

void method_ticket_get(struct desk *desk, const struct request *request, struct effects *out)
{
    const char *name = request_text(request, "ticket"), *view = request_text(request, "view");
    uint32_t index = desk_find(desk, name);
    bool is_hot = view && strcmp(view, "hot") == 0;

    if (view && !is_hot && strcmp(view, "full") != 0) {
        request_refuse(desk, request, RPC_INVALID_PARAMS, "view", "view is full or hot");
        return;
    }
    if (index == TICKET_NO_INDEX) {
        request_read_whole(desk, request, "ticket_closed", (const char *const[]){name, mask_word(request)},
                           2);
        return;
    }
    const struct ticket *ticket = store_ticket(desk->store, index);

    if (is_hot || desk->options.keeps_closed) {
        request_answer(desk, request, hot_ticket(desk, ticket));
        return;
    }
    const char *id = arena_printf(&out->arena, "%" PRIu64, ticket->id);

    request_read(desk, request, "ticket_full", hot_ticket(desk, ticket),
                 (const char *const[]){id, mask_word(request)}, 2);
}

/* ---- lists ---- */

struct filter {
    uint8_t class_index, urgency, department, stage;
    uint16_t handler;
    int breached; /* -1: both */
    json_int_t limit;
    struct list_place after;
};

static bool read_filter(struct desk *desk, const struct request *request, struct filter *filter)
{
    const struct policy *policy = desk->policy;
    const char *after = request_text(request, "after");

    filter->after = (struct list_place){0};
    filter->breached =
        json_object_get(request->params, "breached") ? request_flag(request, "breached", false) : -1;
    if (after && !list_place_parse(policy, after, &filter->after)) {
        request_refuse(desk, request, RPC_INVALID_PARAMS, "after",
                       policy->list_first_count ? "URGENCY:ID, as `next` of the page before" : "a ticket id");
        return false;
    }
    return page_size(desk, request, PAGE_MAX, &filter->limit) &&
           request_term(desk, request, "class", &policy->classes, &filter->class_index) &&
           request_term(desk, request, "urgency", &policy->urgencies, &filter->urgency) &&
           request_term(desk, request, "department", &policy->departments, &filter->department) &&
           request_term(desk, request, "stage", &policy->stages, &filter->stage) &&
           request_person(desk, request, "handler", &filter->handler);
}

static bool has_breach(const struct ticket *ticket)
{
    for (uint8_t i = 0; i < ticket->clock_count; i++)
        if (ticket->clocks[i].state == CLOCK_BREACHED)
            return true;
    return false;
}

static bool passes(const struct filter *filter, const struct ticket *ticket)
{
    return ticket->is_open &&
           (filter->class_index == POLICY_NONE || filter->class_index == ticket->class_index) &&
           (filter->urgency == POLICY_NONE || filter->urgency == ticket->urgency) &&
           (filter->department == POLICY_NONE || filter->department == ticket->department) &&
           (filter->stage == POLICY_NONE || filter->stage == ticket->stage) &&
           (filter->handler == TICKET_NOBODY || filter->handler == ticket->handler) &&
           (filter->breached < 0 || filter->breached == has_breach(ticket));
}

/* A page in the making: one rank after the other, in each the oldest first. */
struct page {
    const struct filter *filter;
    void (*add)(const struct desk *, const struct ticket *, json_t *);
    json_t *list;
    const struct ticket *last;
};

/* False: it is full, and there is more. */
static bool add_rank(const struct desk *desk, struct page *page, uint8_t rank)
{
    const struct filter *filter = page->filter;
    bool goes_on = rank == filter->after.rank && filter->after.ticket;

    for (uint32_t i = goes_on ? store_after(desk->store, filter->after.ticket) : store_oldest(desk->store);
         i != TICKET_NO_INDEX; i = store_ticket(desk->store, i)->newer) {
        const struct ticket *ticket = store_ticket(desk->store, i);

        if (list_order_rank(desk->policy, ticket->urgency) != rank || !passes(filter, ticket))
            continue;
        if (json_array_size(page->list) >= (size_t)filter->limit)
            return false;
        page->add(desk, ticket, page->list);
        page->last = ticket;
    }
    return true;
}

static json_t *page_of(const struct desk *desk, const struct filter *filter, const char *member,
                       void (*add)(const struct desk *, const struct ticket *, json_t *))
{
    struct page page = {.filter = filter, .add = add, .list = json_array()};
    json_t *answer = json_object();
    bool has_room = true;

    for (unsigned rank = filter->after.rank; has_room && rank <= list_order_last(desk->policy); rank++)
        has_room = add_rank(desk, &page, (uint8_t)rank);
    json_object_set_new(answer, member, page.list);
    if (!has_room)
        json_object_set_new(answer, "next",
                            json_string(list_place_text(desk->policy, page.last, &desk->out->arena)));
    return answer;
}

static void add_summary(const struct desk *desk, const struct ticket *ticket, json_t *list)
{
    json_array_append_new(list, answer_summary(desk, ticket));
}

/* Subjects are cold: they come with the page as {subjects: {id: text}}. */
static const char *ids_of(struct desk *desk, const json_t *page)
{
    const json_t *ticket;
    struct text ids = {0};
    size_t i;

    json_array_foreach(json_object_get(page, "tickets"), i, ticket)
    {
        text_printf(&ids, "%s%s", i ? "," : "", json_string_value(json_object_get(ticket, "ticket")));
    }
    const char *copy = arena_text(&desk->out->arena, text_get(&ids));

    text_finish(&ids);
    return copy;
}

/* With tickets that are not in memory, too. An order costs a statement of its own, because rank by rank is
   no way through an index. */
static void read_cold_list(struct desk *desk, const struct request *request, const struct filter *filter,
                           const char *state)
{
    const char *packed =
        arena_printf(&desk->out->arena, "%" PRIu64 ",%" JSON_INTEGER_FORMAT ",%u,%s", filter->after.ticket,
                     filter->limit, (unsigned)filter->after.rank, desk->policy->list_first_names);

    request_read_whole(
        desk, request, desk->policy->list_first_count ? "ticket_list_urgent" : "ticket_list",
        (const char *const[]){state, request_text(request, "class"), request_text(request, "urgency"),
                              request_text(request, "department"), request_text(request, "handler"),
                              request_text(request, "stage"), packed},
        7);
}

void method_ticket_list(struct desk *desk, const struct request *request, struct effects *out)
{
    const char *state = request_text(request, "state");
    struct filter filter;

    (void)out;
    if (!read_filter(desk, request, &filter))
        return;
    if (state && strcmp(state, "open") != 0 && strcmp(state, "closed") != 0 && strcmp(state, "all") != 0) {
        request_refuse(desk, request, RPC_INVALID_PARAMS, "state", "state is open, closed or all");
        return;
    }
    if (state && strcmp(state, "open") != 0) {
        read_cold_list(desk, request, &filter, state);
        return;
    }
    json_t *page = page_of(desk, &filter, "tickets", add_summary);

    if (desk->options.keeps_closed || !json_array_size(json_object_get(page, "tickets")))
        request_answer(desk, request, page);
    else
        request_read(desk, request, "ticket_subjects", page, (const char *const[]){ids_of(desk, page)}, 1);
}

void method_clock_list(struct desk *desk, const struct request *request, struct effects *out)
{
    const struct ticket *ticket = request_ticket(desk, request);

    (void)out;
    if (ticket)
        request_answer(desk, request, answer_changed(desk, ticket));
}

/* ---- escalations ---- */

static json_t *told_of(const struct desk *desk, const struct ticket *ticket, const struct clock *clock)
{
    const struct ticket_rare *rare = ticket_rare(ticket);
    json_t *list = json_array();

    for (uint16_t i = 0; i < rare->told_count; i++)
        if (ticket_is_owed_word(ticket, clock, &rare->told[i]))
            json_array_append_new(list, json_string(roster_person(desk->roster, rare->told[i].person)->id));
    return list;
}

static void add_escalations(const struct desk *desk, const struct ticket *ticket, json_t *list)
{
    for (uint8_t i = 0; i < ticket->clock_count; i++) {
        const struct clock *clock = &ticket->clocks[i];
        struct clock_view view = desk_view(desk, ticket, clock);
        char number[NUMBER_TEXT];
        struct climb next = {.at = NEVER};

        if (clock->state != CLOCK_BREACHED)
            continue;
        series_text(&desk->numbers, desk->policy, ticket->series, ticket->number, number, sizeof(number));
        clock_next_climb(&view, &next);
        json_t *object = json_object();

        json_object_set_new(object, "ticket", answer_ticket_id(ticket));
        json_object_set_new(object, "number", json_string(number));
        json_object_set_new(object, "clock", json_string(view.rule->name));
        json_object_set_new(object, "cycle", json_integer(clock->cycle));
        json_object_set_new(object, "due_at", answer_instant(desk, clock->breached_at));
        json_object_set_new(object, "provisional",
                            json_boolean(clock_is_provisional(&view, clock->breached_at)));
        json_object_set_new(object, "fired_at", answer_instant(desk, clock->fired_at));
        json_object_set_new(object, "rungs_done", json_integer(clock->rungs));
        json_object_set_new(object, "next_rung_at", answer_instant(desk, next.at));
        json_object_set_new(object, "acknowledged", json_boolean(clock->acknowledged));
        json_object_set_new(object, "told", told_of(desk, ticket, clock));
        answer_set_term(object, "department", &desk->policy->departments, ticket->department);
        json_array_append_new(list, object);
    }
}

void method_escalation_list(struct desk *desk, const struct request *request, struct effects *out)
{
    struct filter filter;

    (void)out;
    if (!read_filter(desk, request, &filter))
        return;
    filter.breached = true;
    request_answer(desk, request, page_of(desk, &filter, "escalations", add_escalations));
}

/* An ack is a word to the record: it solves nothing, and silences only rungs that wait for its absence
   (domain rule 9). */
void method_escalation_ack(struct desk *desk, const struct request *request, struct effects *out)
{
    struct ticket *ticket = request_ticket(desk, request);
    const char *name = request_text(request, "clock");
    uint8_t rule = name ? policy_find_clock(desk->policy, name) : POLICY_NONE;
    msec at, promise_at = request_instant(request, "promise_at");

    (void)out;
    if (!ticket || !request_at(desk, request, ticket, &at))
        return;
    if (name && rule == POLICY_NONE) {
        request_refuse(desk, request, RPC_INVALID_PARAMS, "clock", "the regime has no such clock");
        return;
    }
    if (promise_at != NEVER && promise_at <= desk->now) {
        request_refuse(desk, request, RPC_INVALID_PARAMS, "promise_at", "a promise lies in the future");
        return;
    }
    json_t *acknowledged = json_array();

    for (uint8_t i = 0; i < ticket->clock_count; i++)
        if (ticket->clocks[i].state == CLOCK_BREACHED &&
            (rule == POLICY_NONE || ticket->clocks[i].rule == rule))
            json_array_append_new(acknowledged,
                                  json_string(desk->policy->clocks[ticket->clocks[i].rule].name));
    if (!json_array_size(acknowledged)) {
        json_decref(acknowledged);
        request_refuse(desk, request, RPC_INVALID_STATE, name ? "clock" : "ticket",
                       "nothing of it is breached");
        return;
    }
    struct occurrence occurrence = {
        .what = HAPPENING_ACKNOWLEDGED,
        .at = at,
        .kind = POLICY_NONE,
        .roles = request_roles(desk, request),
        .has_promise = promise_at != NEVER,
        .promised_at = promise_at,
    };

    if (!promise_is_allowed(desk, request, ticket, &occurrence, "promise_at")) {
        json_decref(acknowledged);
        return;
    }
    request_begin(desk, request, ticket, at);
    for (uint8_t i = 0; i < ticket->clock_count; i++)
        if (ticket->clocks[i].state == CLOCK_BREACHED &&
            (rule == POLICY_NONE || ticket->clocks[i].rule == rule)) {
            ticket->clocks[i].acknowledged = true;
            desk_touch_clock(desk, ticket, &ticket->clocks[i]);
        }
    gate_learn(desk, ticket, &occurrence);
    judge_happen(desk, ticket, &occurrence, NULL);
    json_t *result = answer_changed(desk, ticket);

    json_object_set_new(result, "acknowledged", acknowledged);
    request_done(desk, request, ticket, result);
}

/* ---- cold lists ---- */

static const char *number_text(struct desk *desk, json_int_t number)
{
    return arena_printf(&desk->out->arena, "%" JSON_INTEGER_FORMAT, number);
}

/* A ticket named by its number becomes its id while it is in memory; otherwise the statement looks it up. */
static const char *ticket_filter(struct desk *desk, const struct request *request)
{
    const char *name = request_text(request, "ticket");
    uint32_t index = name ? desk_find(desk, name) : TICKET_NO_INDEX;

    if (index == TICKET_NO_INDEX)
        return name;
    return arena_printf(&desk->out->arena, "%" PRIu64, store_ticket(desk->store, index)->id);
}

void method_notice_list(struct desk *desk, const struct request *request, struct effects *out)
{
    json_int_t limit;

    (void)out;
    if (page_size(desk, request, PAGE_MAX, &limit))
        request_read_whole(desk, request, "notice_list",
                           (const char *const[]){ticket_filter(desk, request), request_text(request, "state"),
                                                 request_text(request, "recipient"),
                                                 request_text(request, "before"), number_text(desk, limit)},
                           5);
}

void method_notice_get(struct desk *desk, const struct request *request, struct effects *out)
{
    (void)out;
    request_read_whole(desk, request, "notice_get", (const char *const[]){request_text(request, "notice")},
                       1);
}

void method_journal_read(struct desk *desk, const struct request *request, struct effects *out)
{
    json_int_t limit, from = request_number(request, "from_seq", 1);

    (void)out;
    if (page_size(desk, request, JOURNAL_MAX, &limit))
        request_read_whole(desk, request, "journal_read",
                           (const char *const[]){number_text(desk, from), ticket_filter(desk, request),
                                                 number_text(desk, limit)},
                           3);
}
