/*
 * ticket.create, ticket.classify, ticket.assign: what a problem is and whose it is.
 *
 * Handlers of the method table. Each reads and checks every parameter first (refusing leaves no trace), then
 * makes the change and lets the judge see what happened. Numbers are taken from the desk's sequence only when
 * nothing can fail any more: that is what makes them gap-free (INT-34).
 */
#include "lib/anchor.h"
#include "lib/answer.h"
#include "lib/base/memory.h"
#include "lib/customer.h"
#include "lib/field.h"
#include "lib/field_happen.h"
#include "lib/intake.h"
#include "lib/judge.h"
#include "lib/method_handlers.h"
#include "lib/past.h"
#include "lib/request.h"
#include "lib/routing.h"
#include "lib/stage.h"
#include <stdlib.h>
#include <string.h>

/* ---- create ---- */

/* What a create asks for, checked and looked up. */
struct intake {
    uint8_t class_index, urgency, channel, department, hours;
    uint16_t handler, recorder, series;
    uint32_t types, supporting;
    struct routing routing;
    msec received_at;
    bool is_key_customer;
    const json_t *customer, *contact;
};

static const char *member(const json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

static bool refuse(struct desk *desk, const struct request *request, const char *field, const char *detail)
{
    request_refuse(desk, request, RPC_INVALID_PARAMS, field, detail);
    return false;
}

static bool add_type(struct desk *desk, const struct request *request, const char *field, const char *name,
                     uint8_t class_index, uint32_t *types)
{
    const struct policy *policy = desk->policy;
    uint8_t type = vocabulary_find(&policy->types, name);

    if (type == POLICY_NONE)
        return refuse(desk, request, field,
                      arena_printf(&desk->out->arena, "the regime knows no type '%s'", name));
    if (!(policy->class_policies[class_index].types >> type & 1))
        return refuse(desk, request, field,
                      arena_printf(&desk->out->arena, "'%s' is no type of class %s", name,
                                   policy->classes.terms[class_index].name));
    *types |= UINT32_C(1) << type;
    return true;
}

static bool read_types(struct desk *desk, const struct request *request, struct intake *intake)
{
    const json_t *list = json_object_get(request->params, "types"), *item;
    const char *type = request_text(request, "type");
    size_t i;

    if (type && !add_type(desk, request, "type", type, intake->class_index, &intake->types))
        return false;
    json_array_foreach(list, i, item)
    {
        if (!add_type(desk, request, "types", json_string_value(item), intake->class_index, &intake->types))
            return false;
    }
    return true;
}

static bool read_customer(struct desk *desk, const struct request *request, struct intake *intake)
{
    intake->customer = json_object_get(request->params, "customer");
    intake->contact = json_object_get(request->params, "contact");
    intake->is_key_customer = json_is_true(json_object_get(intake->customer, "key_account"));
    return intake_check_customer(desk, request) && intake_check_contact(desk, request) &&
           intake_check_subject(desk, request) && intake_read_hours(desk, request, &intake->hours);
}

static bool read_times(struct desk *desk, const struct request *request, struct intake *intake)
{
    msec occurred_at = request_instant(request, "occurred_at");
    bool is_history = request_flag(request, "history", false);

    intake->received_at = request_instant(request, "received_at");
    if (intake->received_at == NEVER)
        intake->received_at = desk->now;
    if (intake->received_at > desk->now)
        return refuse(desk, request, "received_at", "it lies in the future");
    if (!is_history && desk->now - intake->received_at > desk->policy->late_entry_ms)
        return refuse(desk, request, "received_at",
                      "it lies further back than the regime's `late entry` allows");
    if (occurred_at != NEVER && occurred_at > intake->received_at)
        return refuse(desk, request, "occurred_at", "a problem can't arise after it was received");
    return true;
}

/* What whoever files it says goes before what the route says. */
static void take_route(struct intake *intake)
{
    const struct routing *routing = &intake->routing;

    if (intake->department == POLICY_NONE)
        intake->department = routing->route->department;
    if (routing->route && intake->handler != TICKET_NOBODY)
        intake->routing.handler = intake->routing.stands_for = TICKET_NOBODY;
    if (routing->route && intake->handler == TICKET_NOBODY)
        intake->handler = routing->handler;
    if (routing->route)
        intake->supporting |= routing->route->supporting;
    intake->supporting &= ~(UINT32_C(1) << intake->department);
}

/* A regime that knows one urgency asks nobody for it. */
static bool read_urgency(struct desk *desk, const struct request *request, uint8_t *ret_urgency)
{
    const struct vocabulary *urgencies = &desk->policy->urgencies;

    if (!request_term(desk, request, "urgency", urgencies, ret_urgency))
        return false;
    if (*ret_urgency == POLICY_NONE && urgencies->count == 1)
        *ret_urgency = 0;
    return *ret_urgency != POLICY_NONE || refuse(desk, request, "urgency", "is required");
}

static bool read_intake(struct desk *desk, const struct request *request, struct intake *intake)
{
    const struct policy *policy = desk->policy;

    *intake = (struct intake){0};
    if (!request_term(desk, request, "class", &policy->classes, &intake->class_index) ||
        !read_urgency(desk, request, &intake->urgency) ||
        !request_term(desk, request, "channel", &policy->channels, &intake->channel) ||
        !request_term(desk, request, "department", &policy->departments, &intake->department) ||
        !request_person(desk, request, "handler", &intake->handler) || !read_types(desk, request, intake) ||
        !read_customer(desk, request, intake) || !read_times(desk, request, intake) ||
        !intake_check_needs(desk, request, intake->class_index, true) ||
        !field_check(desk, request, intake->class_index, true))
        return false;
    const struct route_question question = {.types = intake->types,
                                            .class_index = intake->class_index,
                                            .urgency = intake->urgency,
                                            .is_key_customer = intake->is_key_customer};

    if (!routing_supporting(desk, request, &intake->supporting))
        return false;
    if (!routing_find(desk, &question, intake->department, &intake->routing) &&
        intake->department == POLICY_NONE)
        return refuse(desk, request, "type", "no route leads to a department: give a type or a department");
    take_route(intake);
    intake->recorder = request->own_answer ? TICKET_NOBODY : roster_find(desk->roster, request->peer.actor);
    intake->series =
        series_of(&desk->numbers, policy, policy->class_policies[intake->class_index].number, desk->now);
    if (intake->series != SERIES_NONE)
        return true;
    request_refuse(desk, request, RPC_INVALID_STATE, NULL,
                   "there is no number for it: the clock stands before all numbers that are remembered");
    return false;
}

static char *dump(struct desk *desk, const json_t *value)
{
    char *text = value ? json_dumps(value, JSON_COMPACT | JSON_SORT_KEYS) : NULL;
    char *copy = arena_text(&desk->out->arena, text);

    free(text);
    return copy;
}

/* The first row of a ticket: cold columns now, hot ones when the batch is settled. */
static void add_fresh_row(struct desk *desk, const struct request *request, const struct intake *intake,
                          const json_t *fields, uint32_t index, struct ticket *ticket)
{
    struct arena *arena = &desk->out->arena;
    struct ticket_row *row = effects_add(desk->out, EFFECT_TICKET_NEW);
    struct ticket_cold *cold = arena_new(arena, sizeof(*cold));

    cold->reference = arena_text(arena, request_text(request, "ref"));
    cold->customer_id = arena_text(arena, member(intake->customer, "id"));
    cold->contact_name = arena_text(arena, member(intake->contact, "name"));
    cold->phone = arena_text(arena, member(intake->contact, "phone"));
    cold->fax = arena_text(arena, member(intake->contact, "fax"));
    cold->email = arena_text(arena, member(intake->contact, "email"));
    cold->subject = arena_text(arena, request_text(request, "subject"));
    cold->details = arena_text(arena, request_text(request, "details"));
    cold->fields = dump(desk, fields);
    cold->attachments = dump(desk, json_object_get(request->params, "attachments"));
    cold->occurred_at = request_instant(request, "occurred_at");
    row->cold = cold;
    desk->fresh =
        memory_reserve(desk->fresh, &desk->fresh_capacity, desk->fresh_count + 1, sizeof(*desk->fresh));
    desk->fresh[desk->fresh_count++] = (struct fresh){.index = index, .row = row};
    ticket->is_fresh = true;
}

static struct ticket *file_ticket(struct desk *desk, const struct intake *intake, uint32_t *ret_index)
{
    const struct policy *policy = desk->policy;

    desk->tickets_moved = true;
    *ret_index = store_add(desk->store, ++desk->ticket_sequence, intake->series,
                           series_next(&desk->numbers, intake->series));
    struct ticket *ticket = store_ticket(desk->store, *ret_index);

    ticket->class_index = intake->class_index;
    ticket->urgency = intake->urgency;
    ticket->channel = intake->channel;
    ticket->department = intake->department;
    ticket->types = intake->types;
    ticket->handler = intake->handler;
    ticket->recorder = intake->recorder;
    ticket->hours = intake->hours;
    ticket->is_key_customer = intake->is_key_customer;
    ticket->customer = intern_id(desk->customers, member(intake->customer, "name"));
    customer_keep(desk, ticket, intake->customer, intake->contact);
    ticket->received_at = intake->received_at;
    ticket->created_at = desk->now;
    ticket->handed_over_at = ticket->expected_at = ticket->solved_at = ticket->closed_at = NEVER;
    ticket->history_until_at = ticket->contacted_at = NEVER;
    ticket->stage = policy_first_stage(policy, intake->class_index);
    ticket->is_open = true;
    if (intake->supporting)
        ticket_own_rare(ticket)->supporting = intake->supporting;
    return ticket;
}

/* Few regimes count or decide from when a problem arose, so few tickets keep it. */
static void occur(struct desk *desk, struct ticket *ticket, msec occurred_at)
{
    struct occurrence occurred = {.what = HAPPENING_OCCURRED, .kind = POLICY_NONE};

    bool starts = policy_starts_by(desk->policy, HAPPENING_OCCURRED);

    if (occurred_at != NEVER && (starts || desk->policy->decides_by_days))
        ticket_own_rare(ticket)->occurred_at = occurred_at;
    if (!starts)
        return;
    occurred.at = anchor_occurred(ticket);
    judge_happen(desk, ticket, &occurred, NULL);
}

/* Letters at intake may list what the customer came with before. */
static void report_with(struct desk *desk, struct ticket *ticket, json_t *past, const char *reason)
{
    desk->past = past;
    judge_report(desk, ticket, desk->now, reason);
    desk->past = NULL;
    json_decref(past);
}

static void create(struct desk *desk, const struct request *request)
{
    struct intake intake;
    uint32_t index;
    json_t *past;

    if (!read_intake(desk, request, &intake))
        return;
    const struct past_question question = {.id = member(intake.customer, "id"),
                                           .name = member(intake.customer, "name"),
                                           .class_index = intake.class_index};

    if (!past_read(desk, request, &question, &past))
        return;
    struct ticket *ticket = file_ticket(desk, &intake, &index);
    struct occurrence received = {.what = HAPPENING_RECEIVED, .at = intake.received_at, .kind = POLICY_NONE};

    json_t *fields = field_values(desk, request, intake.class_index);
    struct field_news news;

    request_begin(desk, request, ticket, intake.received_at);
    add_fresh_row(desk, request, &intake, fields, index, ticket);
    field_learn(desk, request, ticket, fields, intake.received_at, &news);
    json_decref(fields);
    occur(desk, ticket, request_instant(request, "occurred_at"));
    stage_happen(desk, request, ticket, &received, ticket->stage);
    field_tell(desk, ticket, &news);
    report_with(desk, ticket, past, "a new record was accepted");
    json_t *result = answer_changed(desk, ticket);

    json_object_set_new(result, "number", json_string(desk_number(desk, ticket, &desk->out->arena)));
    json_object_set_new(result, "created", json_true());
    answer_set_term(result, "department", &desk->policy->departments, ticket->department);
    answer_set_person(desk, result, "handler", ticket->handler);
    answer_set_supporting(desk, result, ticket);
    request_done(desk, request, ticket, result);
    routing_note(desk, ticket, &intake.routing);
}

/* With what the register of customers knows and the defaults of fields, which are journaled as if the caller
 * had said it. */
void method_ticket_create(struct desk *desk, const struct request *request, struct effects *out)
{
    json_t *known = intake_with_register(desk, request), *filled;
    struct request own = *request;

    (void)out;
    own.params = known ? known : request->params;
    filled = field_with_defaults(desk, &own);
    own.params = filled ? filled : own.params;
    create(desk, &own);
    json_decref(filled);
    json_decref(known);
}

/* ---- classify (INT-22) ---- */

struct classification {
    uint8_t class_index, urgency;
    uint32_t types;
};

static bool read_classification(struct desk *desk, const struct request *request, const struct ticket *ticket,
                                struct classification *now)
{
    const char *type = request_text(request, "type");

    *now = (struct classification){ticket->class_index, ticket->urgency, ticket->types};
    if (request_text(request, "class") &&
        !request_term(desk, request, "class", &desk->policy->classes, &now->class_index))
        return false;
    if (request_text(request, "urgency") &&
        !request_term(desk, request, "urgency", &desk->policy->urgencies, &now->urgency))
        return false;
    if (!stage_is_of_class(desk, now->class_index, ticket->stage)) {
        request_refuse(desk, request, RPC_INVALID_STATE, "class",
                       arena_printf(&desk->out->arena, "class %s has no stage %s: move the ticket first",
                                    desk->policy->classes.terms[now->class_index].name,
                                    desk->policy->stages.terms[ticket->stage].name));
        return false;
    }
    if (type) {
        now->types = 0;
        return add_type(desk, request, "type", type, now->class_index, &now->types);
    }
    if (now->types & ~desk->policy->class_policies[now->class_index].types)
        return refuse(desk, request, "type", "the ticket's type is none of the new class: give a type of it");
    return true;
}

/* Another type is another matter; else only another route moves it. */
static bool routes_anew(struct desk *desk, const struct ticket *ticket, const struct classification *now,
                        struct routing *routing)
{
    const struct route_question before = routing_question(ticket),
                                question = {.types = now->types,
                                            .class_index = now->class_index,
                                            .urgency = now->urgency,
                                            .is_key_customer = ticket->is_key_customer};

    return routing_find(desk, &question, POLICY_NONE, routing) &&
           (now->types != ticket->types || route_of(desk->policy, &before) != routing->route);
}

static bool must_be_open(struct desk *desk, const struct request *request, const struct ticket *ticket)
{
    if (ticket->is_open)
        return true;
    request_refuse(desk, request, RPC_INVALID_STATE, "ticket", "the ticket is closed: reopen it first");
    return false;
}

void method_ticket_classify(struct desk *desk, const struct request *request, struct effects *out)
{
    struct ticket *ticket = request_ticket(desk, request);
    struct classification now;
    msec at;

    (void)out;
    if (!ticket || !must_be_open(desk, request, ticket) || !request_at(desk, request, ticket, &at) ||
        !read_classification(desk, request, ticket, &now))
        return;
    bool is_reported = now.urgency != ticket->urgency;
    const struct past_question question = {.id = customer_of_ticket(desk, ticket, &desk->out->arena).id,
                                           .name = intern_text(desk->customers, ticket->customer),
                                           .but = ticket->id,
                                           .class_index = now.class_index};
    json_t *past = NULL;

    if (is_reported && !past_read(desk, request, &question, &past))
        return;
    bool is_other = is_reported || now.class_index != ticket->class_index;
    struct routing routing;
    bool is_rerouted = routes_anew(desk, ticket, &now, &routing);

    request_begin(desk, request, ticket, at);
    ticket->class_index = now.class_index;
    ticket->urgency = now.urgency;
    ticket->types = now.types;
    if (is_rerouted)
        routing_take(ticket, &routing);
    judge_reclassified(desk, ticket, at, is_other);
    if (is_reported)
        report_with(desk, ticket, past, "the urgency was changed");
    json_t *result = answer_summary(desk, ticket);

    json_object_set_new(result, "clocks", answer_clocks(desk, ticket));
    request_done(desk, request, ticket, result);
    if (is_rerouted)
        routing_note(desk, ticket, &routing);
}

/* ---- assign (INT-12) ---- */

void method_ticket_assign(struct desk *desk, const struct request *request, struct effects *out)
{
    struct ticket *ticket = request_ticket(desk, request);
    uint8_t department;
    uint16_t handler;
    uint32_t supporting;
    msec at;

    (void)out;
    if (!ticket || !must_be_open(desk, request, ticket) || !request_at(desk, request, ticket, &at) ||
        !request_term(desk, request, "department", &desk->policy->departments, &department) ||
        !request_person(desk, request, "handler", &handler) ||
        !routing_supporting(desk, request, &supporting))
        return;
    if (department == POLICY_NONE && handler == TICKET_NOBODY) {
        refuse(desk, request, "department", "hand over to a department, a handler, or both");
        return;
    }
    bool is_under_way = ticket->has_plan || ticket->is_solved; /* the stage stays */

    if (!is_under_way && !stage_allows(desk, request, ticket, STAGE_ON_ASSIGN))
        return;
    uint8_t stage = is_under_way ? ticket->stage : stage_after(desk, ticket, STAGE_ON_ASSIGN);
    struct occurrence assigned = {
        .what = HAPPENING_ASSIGNED, .at = at, .kind = POLICY_NONE, .roles = request_roles(desk, request)};

    request_begin(desk, request, ticket, at);
    if (department != POLICY_NONE)
        ticket->department = department;
    ticket->handler = handler; /* another department's handler is not this one's */
    if (json_object_get(request->params, "supporting"))
        ticket_own_rare(ticket)->supporting = supporting;
    routing_lead(ticket);
    ticket->handed_over_at = at;
    stage_happen(desk, request, ticket, &assigned, stage);
    judge_moved_department(desk, ticket, at);
    json_t *result = answer_changed(desk, ticket);

    answer_set_term(result, "department", &desk->policy->departments, ticket->department);
    answer_set_person(desk, result, "handler", ticket->handler);
    answer_set_supporting(desk, result, ticket);
    request_done(desk, request, ticket, result);
}
