/*
 * ticket.plan, ticket.solve, ticket.close, ticket.reopen: a ticket's way to its end.
 *
 * Handlers of the method table. Gates of the class stand before solving and closing (INT-28, INT-29, INT-30):
 * a refusal names the condition that is missing. Closing needs a solution first; nothing runs on after it.
 */
#include "lib/answer.h"
#include "lib/base/memory.h"
#include "lib/gate.h"
#include "lib/judge.h"
#include "lib/method_handlers.h"
#include "lib/promise.h"
#include "lib/request.h"
#include "lib/stage.h"

/* A change that moves the ticket's stage and is something that happens to its clocks. */
struct change {
    enum happening what;
    enum stage_on stage_on;
    msec at;
};

static void make_change(struct desk *desk, const struct request *request, struct ticket *ticket,
                        const struct change *change)
{
    struct occurrence occurrence = {
        .what = change->what,
        .at = change->at,
        .kind = POLICY_NONE,
        .roles = request_roles(desk, request),
        .has_promise = change->what == HAPPENING_PLAN,
        .promised_at = ticket->expected_at,
    };

    stage_happen(desk, request, ticket, &occurrence, stage_after(desk, ticket, change->stage_on));
}

static bool must_not(struct desk *desk, const struct request *request, bool is_wrong, const char *detail)
{
    if (is_wrong)
        request_refuse(desk, request, RPC_INVALID_STATE, "ticket", detail);
    return !is_wrong;
}

static struct ticket *open_ticket(struct desk *desk, const struct request *request, msec *ret_at)
{
    struct ticket *ticket = request_ticket(desk, request);

    if (!ticket || !must_not(desk, request, !ticket->is_open, "the ticket is closed: reopen it first") ||
        !request_at(desk, request, ticket, ret_at))
        return NULL;
    return ticket;
}

void method_ticket_plan(struct desk *desk, const struct request *request, struct effects *out)
{
    msec at, expected_at = request_instant(request, "expected_at");
    struct ticket *ticket = open_ticket(desk, request, &at);

    if (!ticket || !must_not(desk, request, ticket->is_solved, "the ticket is solved: reopen it first") ||
        !stage_allows(desk, request, ticket, STAGE_ON_PLAN))
        return;
    if (expected_at < ticket->received_at ||
        (expected_at <= desk->now && !request_flag(request, "history", false))) {
        request_refuse(desk, request, RPC_INVALID_PARAMS, "expected_at",
                       "the expected time lies in the future");
        return;
    }
    struct occurrence promise = {
        .what = HAPPENING_PLAN,
        .at = at,
        .kind = POLICY_NONE,
        .roles = request_roles(desk, request),
        .has_promise = true,
        .promised_at = expected_at,
    };

    if (!promise_is_allowed(desk, request, ticket, &promise, "expected_at"))
        return;
    request_begin(desk, request, ticket, at);
    struct plan_row *row = effects_add(out, EFFECT_PLAN);

    row->ticket = ticket->id;
    row->plan = ++ticket->plans;
    row->at = at;
    row->recorded_at = desk->now;
    row->expected_at = expected_at;
    row->measures = arena_text(&out->arena, request_text(request, "measures"));
    row->role = access_role_name(request->peer.role);
    row->actor = arena_text(&out->arena, request->peer.actor);
    ticket->has_plan = true;
    ticket->expected_at = expected_at;
    make_change(desk, request, ticket, &(struct change){HAPPENING_PLAN, STAGE_ON_PLAN, at});
    request_done(desk, request, ticket, answer_changed(desk, ticket));
}

/* `result` is a cold column: memory does not keep it, the row written when the batch is settled carries it.
 */
static void record_result(struct desk *desk, const struct request *request, const struct ticket *ticket)
{
    desk->results =
        memory_reserve(desk->results, &desk->result_capacity, desk->result_count + 1, sizeof(*desk->results));
    desk->results[desk->result_count++] = (struct result){
        .ticket = ticket->id,
        .text = arena_text(&desk->out->arena, request_text(request, "result")),
    };
}

void method_ticket_solve(struct desk *desk, const struct request *request, struct effects *out)
{
    msec at;
    struct ticket *ticket = open_ticket(desk, request, &at);

    (void)out;
    if (!ticket || !must_not(desk, request, ticket->is_solved, "the ticket is solved already") ||
        !stage_allows(desk, request, ticket, STAGE_ON_SOLVE) ||
        !gate_is_open(desk, request, ticket, GATE_SOLVE))
        return;
    request_begin(desk, request, ticket, at);
    ticket->is_solved = true;
    ticket->solved_at = at;
    record_result(desk, request, ticket);
    make_change(desk, request, ticket, &(struct change){HAPPENING_SOLVED, STAGE_ON_SOLVE, at});
    request_done(desk, request, ticket, answer_changed(desk, ticket));
}

void method_ticket_close(struct desk *desk, const struct request *request, struct effects *out)
{
    msec at;
    struct ticket *ticket = open_ticket(desk, request, &at);

    (void)out;
    if (!ticket || !must_not(desk, request, !ticket->is_solved, "the ticket is not solved yet") ||
        !stage_allows(desk, request, ticket, STAGE_ON_CLOSE) ||
        !gate_is_open(desk, request, ticket, GATE_CLOSE))
        return;
    request_begin(desk, request, ticket, at);
    make_change(desk, request, ticket, &(struct change){HAPPENING_CLOSED, STAGE_ON_CLOSE, at});
    ticket->is_open = false;
    ticket->closed_at = at;
    ticket->history_until_at = NEVER;
    desk_arm(desk, ticket);
    request_done(desk, request, ticket, answer_changed(desk, ticket));
}

/* What the regime wants again after a reopening: the result told once more, say. */
static void forget(struct desk *desk, struct ticket *ticket)
{
    const struct class_policy *class_policy = &desk->policy->class_policies[ticket->class_index];

    for (uint8_t i = 0; i < class_policy->forget_count; i++)
        gate_forget(desk->policy, ticket, &class_policy->forgets[i]);
}

void method_ticket_reopen(struct desk *desk, const struct request *request, struct effects *out)
{
    struct ticket *ticket = request_ticket(desk, request);
    msec at;

    (void)out;
    if (!ticket ||
        !must_not(desk, request, ticket->is_open && !ticket->is_solved,
                  "the ticket is neither solved nor closed") ||
        !stage_allows(desk, request, ticket, STAGE_ON_REOPEN) || !request_at(desk, request, ticket, &at))
        return;
    ticket->is_open = true;
    request_begin(desk, request, ticket, at);
    ticket->is_solved = false;
    ticket->has_plan = false; /* the old promise is spent */
    forget(desk, ticket);
    ticket->expected_at = ticket->solved_at = ticket->closed_at = NEVER;
    make_change(desk, request, ticket, &(struct change){HAPPENING_REOPENED, STAGE_ON_REOPEN, at});
    request_done(desk, request, ticket, answer_changed(desk, ticket));
}
