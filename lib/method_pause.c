/*
 * ticket.pause, ticket.resume, ticket.move: a ticket has to wait, need not wait any more, goes on to another
 * stage.
 *
 * Handlers of the method table. A ticket is paused for one of the regime's reasons and only by those whom the
 * regime allows; it may wait for several things at once, but for each only once. A pause that a stage brings
 * ends with the stage and not by itself, so that what people see (the stage) and what the clocks do (they
 * stand) never disagree. Stages that mean that something was done are reached by doing it.
 */
#include "lib/answer.h"
#include "lib/judge_pause.h"
#include "lib/method_handlers.h"
#include "lib/stage.h"

static bool refuse_state(struct desk *desk, const struct request *request, const char *field,
                         const char *detail)
{
    request_refuse(desk, request, RPC_INVALID_STATE, field, detail);
    return false;
}

static struct ticket *open_ticket(struct desk *desk, const struct request *request, msec *ret_at)
{
    struct ticket *ticket = request_ticket(desk, request);

    if (!ticket ||
        (!ticket->is_open && !refuse_state(desk, request, "ticket", "the ticket is closed: reopen it first")))
        return NULL;
    return request_at(desk, request, ticket, ret_at) ? ticket : NULL;
}

static bool is_allowed(struct desk *desk, const struct request *request, const char *field,
                       const struct term *term, uint32_t roles)
{
    if (!roles || (roles & request_roles(desk, request)))
        return true;
    request_refuse(desk, request, RPC_PERMISSION_DENIED, field,
                   arena_printf(&desk->out->arena, "%s is for: %s", term->name,
                                vocabulary_list(&desk->policy->roles, roles, ", ", &desk->out->arena)));
    return false;
}

static void finish(struct desk *desk, const struct request *request, struct ticket *ticket)
{
    json_t *result = answer_changed(desk, ticket);

    json_object_set_new(result, "paused", answer_pauses(desk, ticket));
    request_done(desk, request, ticket, result);
}

static const char *list_reasons(struct desk *desk, uint32_t reasons)
{
    return reasons ? vocabulary_list(&desk->policy->pauses, reasons, ", ", &desk->out->arena) : "nothing";
}

/* ---- pause ---- */

static bool can_pause(struct desk *desk, const struct request *request, const struct ticket *ticket,
                      uint8_t reason)
{
    const struct pause *lasting = pause_lasting(ticket, reason);
    struct arena *arena = &desk->out->arena;

    if (!is_allowed(desk, request, "reason", &desk->policy->pauses.terms[reason],
                    desk->policy->pause_policies[reason].roles))
        return false;
    if (lasting)
        return refuse_state(desk, request, "reason",
                            arena_printf(arena, "it is paused for %s already, since %s: resume it first",
                                         desk->policy->pauses.terms[reason].name,
                                         desk_time(desk, lasting->from_at, arena)));
    return ticket_rare(ticket)->pause_count < PAUSES_MAX ||
           refuse_state(desk, request, "ticket",
                        arena_printf(arena, "a ticket is paused %d times at most", PAUSES_MAX));
}

void method_ticket_pause(struct desk *desk, const struct request *request, struct effects *out)
{
    msec at;
    uint8_t reason;
    struct ticket *ticket = open_ticket(desk, request, &at);

    (void)out;
    if (!ticket || !request_term(desk, request, "reason", &desk->policy->pauses, &reason) ||
        !can_pause(desk, request, ticket, reason))
        return;
    const struct pause_source source = {
        .role = access_role_name(request->peer.role),
        .actor = request->peer.actor,
        .note = request_text(request, "note"),
    };

    request_begin(desk, request, ticket, at);
    judge_pause_begin(desk, ticket, &(struct pause){.reason = reason, .from_at = at, .to_at = NEVER},
                      &source);
    judge_pause_follow(desk, ticket, at);
    desk_arm(desk, ticket);
    finish(desk, request, ticket);
}

/* ---- resume ---- */

/* Which of the pauses that last are meant; 0: it was refused. */
static uint32_t reasons_to_end(struct desk *desk, const struct request *request, const struct ticket *ticket,
                               uint8_t reason)
{
    struct arena *arena = &desk->out->arena;
    uint32_t lasting = pause_reasons(ticket), of_stage = desk->policy->stage_policies[ticket->stage].pauses;
    uint32_t wanted = reason == POLICY_NONE ? lasting & ~of_stage : UINT32_C(1) << reason;

    if (wanted & lasting & ~of_stage)
        return wanted;
    if (lasting & of_stage && (reason == POLICY_NONE || (wanted & lasting)))
        refuse_state(desk, request, "ticket",
                     arena_printf(arena, "stage %s pauses it for %s: move it to another stage",
                                  desk->policy->stages.terms[ticket->stage].name,
                                  list_reasons(desk, lasting & of_stage)));
    else
        refuse_state(desk, request, reason == POLICY_NONE ? "ticket" : "reason",
                     arena_printf(arena, "it is paused for %s", list_reasons(desk, lasting & ~of_stage)));
    return 0;
}

static bool is_after_begin(struct desk *desk, const struct request *request, const struct ticket *ticket,
                           uint32_t reasons, msec at)
{
    for (uint8_t reason = 0; reasons >> reason; reason++) {
        const struct pause *pause = reasons >> reason & 1 ? pause_lasting(ticket, reason) : NULL;

        if (pause && at < pause->from_at) {
            request_refuse(desk, request, RPC_INVALID_PARAMS, "at",
                           arena_printf(&desk->out->arena, "it was paused for %s only at %s",
                                        desk->policy->pauses.terms[reason].name,
                                        desk_time(desk, pause->from_at, &desk->out->arena)));
            return false;
        }
    }
    return true;
}

void method_ticket_resume(struct desk *desk, const struct request *request, struct effects *out)
{
    msec at;
    uint8_t reason;
    struct ticket *ticket = open_ticket(desk, request, &at);

    (void)out;
    if (!ticket || !request_term(desk, request, "reason", &desk->policy->pauses, &reason))
        return;
    uint32_t reasons = reasons_to_end(desk, request, ticket, reason);

    if (!reasons || !is_after_begin(desk, request, ticket, reasons, at))
        return;
    request_begin(desk, request, ticket, at); /* one of them may end by itself before that */
    for (reason = 0; reasons >> reason; reason++) {
        struct pause *pause = reasons >> reason & 1 ? pause_lasting(ticket, reason) : NULL;

        if (pause)
            judge_pause_end(desk, ticket, pause, at);
    }
    judge_pause_follow(desk, ticket, at);
    desk_arm(desk, ticket);
    finish(desk, request, ticket);
}

/* ---- move ---- */

static const char *why_not_there(struct desk *desk, const struct ticket *ticket, uint8_t stage)
{
    const struct policy *policy = desk->policy;
    const char *name = policy->stages.terms[stage].name;

    if (stage == ticket->stage)
        return arena_printf(&desk->out->arena, "it is in stage %s already", name);
    if (stage == policy->stage_on[STAGE_ON_CLOSE])
        return arena_printf(&desk->out->arena, "ticket.close leads to stage %s", name);
    if (stage == policy->stage_on[STAGE_ON_SOLVE] && !ticket->is_solved)
        return arena_printf(&desk->out->arena, "ticket.solve leads to stage %s", name);
    return stage_why_not(desk, ticket->class_index, ticket->stage, stage);
}

void method_ticket_move(struct desk *desk, const struct request *request, struct effects *out)
{
    msec at;
    uint8_t stage;
    struct ticket *ticket = open_ticket(desk, request, &at);

    (void)out;
    if (!ticket || !request_term(desk, request, "stage", &desk->policy->stages, &stage))
        return;
    const char *why_not = why_not_there(desk, ticket, stage);

    if (why_not) {
        refuse_state(desk, request, "stage", why_not);
        return;
    }
    if (!is_allowed(desk, request, "stage", &desk->policy->stages.terms[stage],
                    desk->policy->stage_policies[stage].roles) ||
        !stage_is_open(desk, request, ticket, stage))
        return;
    struct occurrence moved = {
        .what = HAPPENING_STAGE, .at = at, .kind = stage, .roles = request_roles(desk, request)};

    request_begin(desk, request, ticket, at);
    stage_happen(desk, request, ticket, &moved, stage);
    finish(desk, request, ticket);
}
