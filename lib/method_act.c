/*
 * step.done, sign, satisfaction.record: what is done about a ticket besides calling.
 *
 * Handlers of the method table. Each is a fact of the ticket from then on (policy_acts.c), which gates and
 * clocks may ask for, and a row on record with who did it and when. What must come before it and who may do
 * it is the regime's; a refusal names what is missing.
 */
#include "lib/answer.h"
#include "lib/gate.h"
#include "lib/judge.h"
#include "lib/method_handlers.h"
#include "lib/request.h"

/* One thing to be done: which word of the regime, and what the regime says of it. */
struct act {
    const char *parameter; /* of the request, and the kind of its record */
    enum happening what;
    const struct vocabulary *words;
    const struct act_policy *policies;
    struct ticket *ticket;
    uint8_t index;
    msec at;
};

static bool refuse_permission(struct desk *desk, const struct request *request, const struct act *act)
{
    uint32_t roles = act->policies[act->index].roles;

    if (!roles || (roles & request_roles(desk, request)))
        return false;
    request_refuse(desk, request, RPC_PERMISSION_DENIED, act->parameter,
                   arena_printf(&desk->out->arena, "%s is for: %s", act->words->terms[act->index].name,
                                vocabulary_list(&desk->policy->roles, roles, ", ", &desk->out->arena)));
    return true;
}

/* False: the request was answered. */
static bool read_act(struct desk *desk, const struct request *request, struct act *act)
{
    act->ticket = request_ticket(desk, request);
    if (!act->ticket || !request_term(desk, request, act->parameter, act->words, &act->index) ||
        !request_at(desk, request, act->ticket, &act->at))
        return false;
    if (!act->ticket->is_open)
        request_refuse(desk, request, RPC_INVALID_STATE, "ticket", "the ticket is closed: reopen it first");
    return act->ticket->is_open && !refuse_permission(desk, request, act);
}

static bool is_known(const struct act *act)
{
    return ticket_knows(act->ticket, act->policies[act->index].fact);
}

static void finish(struct desk *desk, const struct request *request, const struct act *act, const char *kind)
{
    struct record_row *row = request_record(desk, request, act->ticket, kind, act->at);
    json_t *result = answer_changed(desk, act->ticket);

    row->subject = arena_text(&desk->out->arena, act->words->terms[act->index].name);
    answer_set_acts(desk, result, act->ticket);
    request_done(desk, request, act->ticket, result);
    row->record = desk->journal_sequence;
}

static void happen(struct desk *desk, const struct request *request, const struct act *act, const char *kind)
{
    struct occurrence occurrence = {
        .what = act->what,
        .at = act->at,
        .kind = act->index,
        .roles = request_roles(desk, request),
    };

    gate_learn(desk, act->ticket, &occurrence);
    judge_happen(desk, act->ticket, &occurrence, NULL);
    finish(desk, request, act, kind);
}

static void undo(struct desk *desk, const struct request *request, const struct act *act)
{
    gate_forget(desk->policy, act->ticket,
                &(struct condition){.what = act->what, .kinds = UINT32_C(1) << act->index});
    desk_arm(desk, act->ticket);
    finish(desk, request, act, "undone");
}

void method_step_done(struct desk *desk, const struct request *request, struct effects *out)
{
    struct act step = {
        .parameter = "step",
        .what = HAPPENING_STEP,
        .words = &desk->policy->steps,
        .policies = desk->policy->step_policies,
    };
    bool is_done = request_flag(request, "done", true);

    (void)out;
    if (!read_act(desk, request, &step))
        return;
    if (!(desk->policy->class_policies[step.ticket->class_index].steps >> step.index & 1)) {
        request_refuse(desk, request, RPC_INVALID_PARAMS, "step", "it is no step of the ticket's class");
        return;
    }
    if (is_known(&step) == is_done) {
        request_refuse(desk, request, RPC_INVALID_STATE, "step",
                       is_done ? "the step is done already" : "the step is not done");
        return;
    }
    if (is_done && !gate_allows(desk, request, step.ticket, &step.policies[step.index].needs))
        return;
    request_begin(desk, request, step.ticket, step.at);
    if (is_done)
        happen(desk, request, &step, "step");
    else
        undo(desk, request, &step);
}

void method_sign(struct desk *desk, const struct request *request, struct effects *out)
{
    struct act signature = {
        .parameter = "signature",
        .what = HAPPENING_SIGNED,
        .words = &desk->policy->signatures,
        .policies = desk->policy->signature_policies,
    };

    (void)out;
    if (!read_act(desk, request, &signature))
        return;
    if (is_known(&signature)) {
        request_refuse(desk, request, RPC_INVALID_STATE, "signature", "it is signed already");
        return;
    }
    if (!gate_allows(desk, request, signature.ticket, &signature.policies[signature.index].needs))
        return;
    request_begin(desk, request, signature.ticket, signature.at);
    happen(desk, request, &signature, "signature");
}

void method_satisfaction_record(struct desk *desk, const struct request *request, struct effects *out)
{
    struct act satisfaction = {
        .parameter = "level",
        .what = HAPPENING_SATISFACTION,
        .words = &desk->policy->levels,
        .policies = desk->policy->level_policies,
    };

    (void)out;
    if (!read_act(desk, request, &satisfaction))
        return;
    request_begin(desk, request, satisfaction.ticket, satisfaction.at);
    /* the last word counts */
    gate_forget(desk->policy, satisfaction.ticket, &(struct condition){.what = HAPPENING_SATISFACTION});
    happen(desk, request, &satisfaction, "satisfaction");
}
