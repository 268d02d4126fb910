/*
 * extension.request, extension.decide, escalation.request, escalation.decide, approval.list.
 *
 * Handlers of the method table. Whoever works on a ticket may ask for a later deadline of one clock before it
 * is over, or for a decision from above; who may ask, who decides, how often and how far is the regime's.
 * Nobody decides what they asked for themselves. What was granted moves the deadline through the judge; a
 * breach that came while the decision was out stays a breach (domain rule 5).
 */
#include "lib/answer.h"
#include "lib/approval.h"
#include "lib/gate.h"
#include "lib/judge.h"
#include "lib/judge_moves.h"
#include "lib/method_handlers.h"
#include "lib/request.h"
#include "lib/routing.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* What is asked for, read and checked. */
struct asking {
    struct ticket *ticket;
    const struct approval_policy *policy;
    struct clock *clock; /* NULL: an escalation about no clock in particular */
    struct approval approval;
};

static bool refuse(struct desk *desk, const struct request *request, enum rpc_error error, const char *field,
                   const char *detail)
{
    request_refuse(desk, request, error, field, detail);
    return false;
}

static bool is_for(struct desk *desk, const struct request *request, uint32_t roles, const char *what)
{
    struct arena *arena = &desk->out->arena;

    if (!roles || (roles & request_roles(desk, request)))
        return true;
    return refuse(desk, request, RPC_PERMISSION_DENIED, NULL,
                  arena_printf(arena, "%s is for: %s", what,
                               vocabulary_list(&desk->policy->roles, roles, ", ", arena)));
}

static bool read_clock(struct desk *desk, const struct request *request, struct asking *asking)
{
    const char *name = request_text(request, "clock");
    uint8_t rule = name ? policy_find_clock(desk->policy, name) : POLICY_NONE;

    asking->approval.rule = rule;
    if (name && rule == POLICY_NONE)
        return refuse(desk, request, RPC_INVALID_PARAMS, "clock", "the regime has no such clock");
    asking->clock = name ? ticket_clock(asking->ticket, rule) : NULL;
    if (name && (!asking->clock || asking->clock->state != CLOCK_RUNNING))
        return refuse(desk, request, RPC_INVALID_STATE, "clock",
                      "it does not run: more time is asked for before the time is over");
    if (asking->clock)
        asking->approval.cycle = asking->clock->cycle;
    return true;
}

/* The furthest deadline that may be asked for. */
static msec furthest(struct desk *desk, const struct asking *asking)
{
    struct clock_view view = desk_view(desk, asking->ticket, asking->clock);

    return asking->policy->longest.amount
               ? calendar_add_span(view.calendar, asking->clock->due_at, asking->policy->longest)
               : NEVER;
}

static bool is_within(struct desk *desk, const struct request *request, const struct asking *asking,
                      msec until_at)
{
    msec latest = furthest(desk, asking);

    if (until_at <= asking->clock->due_at)
        return refuse(desk, request, RPC_INVALID_PARAMS, "until",
                      "it lies before the deadline that there is");
    return latest == NEVER || until_at <= latest ||
           refuse(desk, request, RPC_INVALID_PARAMS, "until",
                  arena_printf(&desk->out->arena, "at most until %s",
                               desk_time(desk, latest, &desk->out->arena)));
}

static bool read_until(struct desk *desk, const struct request *request, struct asking *asking)
{
    unsigned most = asking->policy->at_most;

    asking->approval.until_at = request_instant(request, "until");
    if (asking->approval.until_at == NEVER)
        return true;
    if (!asking->clock)
        return refuse(desk, request, RPC_INVALID_PARAMS, "clock", "until when which clock?");
    if (most && approval_extensions(asking->ticket, asking->clock) >= most)
        return refuse(desk, request, RPC_INVALID_STATE, "clock",
                      arena_printf(&desk->out->arena, "at most %u extensions", most));
    return is_within(desk, request, asking, asking->approval.until_at);
}

static void note_value(struct desk *desk, const struct request *request, struct record_row *row,
                       const struct approval *approval)
{
    const struct policy *policy = desk->policy;
    json_t *value = json_object();
    const char *resources = request_text(request, "resources");

    if (approval->rule != POLICY_NONE) {
        json_object_set_new(value, "clock", json_string(policy->clocks[approval->rule].name));
        json_object_set_new(value, "cycle", json_integer(approval->cycle));
    }
    if (approval->until_at != NEVER)
        json_object_set_new(value, "until", answer_instant(desk, approval->until_at));
    if (approval->department != POLICY_NONE)
        answer_set_term(value, "department", &policy->departments, approval->department);
    if (approval->handler != TICKET_NOBODY)
        answer_set_person(desk, value, "handler", approval->handler);
    if (resources)
        json_object_set_new(value, "resources", json_string(resources));
    if (approval->id)
        json_object_set_new(value, "approval",
                            json_string(arena_printf(&desk->out->arena, "%" PRIu64, approval->id)));
    char *text = json_dumps(value, JSON_COMPACT | JSON_SORT_KEYS);

    row->value = arena_text(&desk->out->arena, text);
    free(text);
    json_decref(value);
}

static void happen(struct desk *desk, const struct request *request, struct ticket *ticket,
                   enum happening what, uint8_t kind)
{
    struct occurrence occurrence = {
        .what = what,
        .at = desk->now,
        .kind = kind,
        .roles = request_roles(desk, request),
    };

    gate_learn(desk, ticket, &occurrence);
    judge_happen(desk, ticket, &occurrence, NULL);
}

/* ---- asking ---- */

static void ask(struct desk *desk, const struct request *request, struct asking *asking)
{
    struct ticket *ticket = asking->ticket;

    request_begin(desk, request, ticket, desk->now);
    struct record_row *row = request_record(desk, request, ticket, "asked", desk->now);

    row->subject = arena_text(&desk->out->arena, desk->policy->approvals.terms[asking->approval.kind].name);
    row->note = arena_text(&desk->out->arena, request_text(request, "reason"));
    note_value(desk, request, row, &asking->approval);
    happen(desk, request, ticket, HAPPENING_ASKED, asking->approval.kind);
    json_t *result = answer_changed(desk, ticket);

    asking->approval.id = desk->journal_sequence + 1; /* request_done's row, which names the record */
    asking->approval.asker = roster_remember(desk->roster, request->peer.actor);
    asking->approval.state = APPROVAL_ASKED;
    approval_add(ticket, &asking->approval);
    answer_set_approvals(desk, result, ticket);
    request_done(desk, request, ticket, result);
    row->record = desk->journal_sequence;
}

static bool may_ask(struct desk *desk, const struct request *request, const struct asking *asking,
                    const char *what)
{
    enum approval_kind kind = asking->approval.kind;

    if (!asking->policy->is_allowed)
        return refuse(desk, request, RPC_INVALID_STATE, kind == APPROVAL_EXTENSION ? "clock" : "ticket",
                      "the regime does not provide for it");
    if (approval_pending(asking->ticket, kind, asking->approval.rule))
        return refuse(desk, request, RPC_INVALID_STATE, "ticket", "the last one is not decided yet");
    return is_for(desk, request, asking->policy->askers, what);
}

void method_extension_request(struct desk *desk, const struct request *request, struct effects *out)
{
    struct asking asking = {
        .ticket = request_open_ticket(desk, request),
        .approval = {.kind = APPROVAL_EXTENSION, .department = POLICY_NONE, .handler = TICKET_NOBODY},
    };

    (void)out;
    if (!asking.ticket || !read_clock(desk, request, &asking))
        return;
    asking.policy = &desk->policy->clocks[asking.approval.rule].extension;
    if (may_ask(desk, request, &asking, "asking for more time") && read_until(desk, request, &asking))
        ask(desk, request, &asking);
}

void method_escalation_request(struct desk *desk, const struct request *request, struct effects *out)
{
    struct asking asking = {
        .ticket = request_open_ticket(desk, request),
        .policy = &desk->policy->escalation,
        .approval = {.kind = APPROVAL_ESCALATION},
    };

    (void)out;
    if (!asking.ticket || !read_clock(desk, request, &asking) ||
        !request_term(desk, request, "department", &desk->policy->departments, &asking.approval.department) ||
        !request_person(desk, request, "handler", &asking.approval.handler))
        return;
    if (may_ask(desk, request, &asking, "asking for an escalation") && read_until(desk, request, &asking))
        ask(desk, request, &asking);
}

/* ---- deciding ---- */

static struct approval *find_pending(struct desk *desk, const struct request *request, struct ticket *ticket,
                                     enum approval_kind kind)
{
    const char *name = request_text(request, "clock");
    uint8_t rule = name ? policy_find_clock(desk->policy, name) : POLICY_NONE;
    struct approval *approval = NULL;

    if (name && rule == POLICY_NONE)
        refuse(desk, request, RPC_INVALID_PARAMS, "clock", "the regime has no such clock");
    else if (!(approval = approval_pending(ticket, kind, rule)))
        refuse(desk, request, RPC_INVALID_STATE, "ticket", "nothing waits for a decision");
    return approval;
}

static bool may_decide(struct desk *desk, const struct request *request, const struct approval *approval,
                       uint32_t deciders)
{
    const struct person *asker = roster_person(desk->roster, approval->asker);
    bool is_own = asker && strcmp(asker->id, request->peer.actor) == 0;

    if (is_own)
        return refuse(desk, request, RPC_PERMISSION_DENIED, NULL, "nobody decides what they asked for");
    return is_for(desk, request, deciders, "the decision");
}

/* The deadline moves if the clock still runs; it never comes earlier. */
static void grant_time(struct desk *desk, struct ticket *ticket, const struct approval *approval)
{
    struct clock *clock = approval->rule == POLICY_NONE ? NULL : ticket_clock(ticket, approval->rule);

    if (!clock || approval->until_at == NEVER || clock->cycle != approval->cycle)
        return;
    if (desk->policy->clocks[clock->rule].kind == CLOCK_PROMISE &&
        desk->policy->clocks[clock->rule].start.what == HAPPENING_PLAN)
        ticket->expected_at = approval->until_at;
    if (clock->state == CLOCK_RUNNING && clock->due_at < approval->until_at)
        move_deadline(desk, ticket, clock, approval->until_at, "extended");
}

static void hand_over(struct ticket *ticket, const struct approval *approval, msec at)
{
    if (approval->department == POLICY_NONE && approval->handler == TICKET_NOBODY)
        return;
    if (approval->department != POLICY_NONE)
        ticket->department = approval->department;
    routing_lead(ticket);
    ticket->handler = approval->handler;
    ticket->handed_over_at = at;
}

static void decide(struct desk *desk, const struct request *request, struct ticket *ticket,
                   struct approval *approval)
{
    bool is_approved = request_flag(request, "approve", false);
    enum approval_kind kind = approval->kind;

    request_begin(desk, request, ticket, desk->now);
    struct record_row *row = request_record(desk, request, ticket, "decided", desk->now);

    row->subject = is_approved ? "approved" : "refused";
    note_value(desk, request, row, approval);
    if (is_approved) {
        approval->state = APPROVAL_APPROVED;
        grant_time(desk, ticket, approval);
        hand_over(ticket, approval, desk->now);
    } else {
        approval_remove(ticket, approval);
    }
    happen(desk, request, ticket, HAPPENING_DECIDED, kind);
    json_t *result = answer_changed(desk, ticket);

    json_object_set_new(result, "approved", json_boolean(is_approved));
    answer_set_term(result, "department", &desk->policy->departments, ticket->department);
    answer_set_person(desk, result, "handler", ticket->handler);
    request_done(desk, request, ticket, result);
    row->record = desk->journal_sequence;
}

/* Whoever decides may grant less, or send it elsewhere, than was asked for. */
static bool read_decision(struct desk *desk, const struct request *request, struct ticket *ticket,
                          struct approval *approval)
{
    struct asking asking = {
        .ticket = ticket,
        .clock = approval->rule == POLICY_NONE ? NULL : ticket_clock(ticket, approval->rule),
        .policy = approval->kind == APPROVAL_EXTENSION ? &desk->policy->clocks[approval->rule].extension
                                                       : &desk->policy->escalation,
    };
    msec until_at = request_instant(request, "until");
    uint8_t department;
    uint16_t handler;

    if (!may_decide(desk, request, approval, asking.policy->deciders) ||
        !request_term(desk, request, "department", &desk->policy->departments, &department) ||
        !request_person(desk, request, "handler", &handler))
        return false;
    if (until_at != NEVER && (!asking.clock || asking.clock->state != CLOCK_RUNNING))
        return refuse(desk, request, RPC_INVALID_STATE, "until", "the clock does not run any more");
    if (until_at != NEVER && !is_within(desk, request, &asking, until_at))
        return false;
    if (until_at != NEVER)
        approval->until_at = until_at;
    if (department != POLICY_NONE)
        approval->department = department;
    if (handler != TICKET_NOBODY)
        approval->handler = handler;
    return true;
}

static void decide_kind(struct desk *desk, const struct request *request, enum approval_kind kind)
{
    struct ticket *ticket = request_open_ticket(desk, request);
    struct approval *approval = ticket ? find_pending(desk, request, ticket, kind) : NULL;

    if (approval && read_decision(desk, request, ticket, approval))
        decide(desk, request, ticket, approval);
}

void method_extension_decide(struct desk *desk, const struct request *request, struct effects *out)
{
    (void)out;
    decide_kind(desk, request, APPROVAL_EXTENSION);
}

void method_escalation_decide(struct desk *desk, const struct request *request, struct effects *out)
{
    (void)out;
    decide_kind(desk, request, APPROVAL_ESCALATION);
}

/* ---- what waits ---- */

void method_approval_list(struct desk *desk, const struct request *request, struct effects *out)
{
    json_t *list = json_array(), *result = json_object();

    (void)out;
    for (uint32_t i = store_oldest(desk->store); i != TICKET_NO_INDEX;
         i = store_ticket(desk->store, i)->newer) {
        const struct ticket *ticket = store_ticket(desk->store, i);

        for (uint16_t a = 0; a < ticket_rare(ticket)->approval_count; a++)
            if (ticket_rare(ticket)->approvals[a].state == APPROVAL_ASKED) {
                json_t *entry = answer_approval(desk, &ticket_rare(ticket)->approvals[a]);

                json_object_set_new(entry, "ticket", answer_ticket_id(ticket));
                json_object_set_new(entry, "number",
                                    json_string(desk_number(desk, ticket, &desk->out->arena)));
                json_array_append_new(list, entry);
            }
    }
    json_object_set_new(result, "approvals", list);
    request_answer(desk, request, result);
}
