/*
 * A ticket's stages.
 *
 * Called by every method that takes a ticket on its way, and by ticket.move. Which stages a class has and
 * from where each is entered is the regime's; a refusal says what would be possible. A new stage is something
 * that happens: clocks start and stop by it, apply or no longer apply, and pause for what the stage waits
 * for. What an action does to the clocks and what its stage does is one instant, so both are judged together,
 * in the order of domain rule 2.
 */
#include "lib/stage.h"

#include "lib/gate.h"
#include "lib/judge_pause.h"
#include "lib/story.h"

static const char *name_of(const struct desk *desk, uint8_t stage)
{
    return desk->policy->stages.terms[stage].name;
}

bool stage_is_of_class(const struct desk *desk, uint8_t class_index, uint8_t stage)
{
    uint32_t stages = desk->policy->class_policies[class_index].stages;

    return !stages || (stages >> stage & 1);
}

uint8_t stage_after(const struct desk *desk, const struct ticket *ticket, enum stage_on action)
{
    uint8_t stage = desk->policy->stage_on[action];

    return stage != POLICY_NONE && stage_is_of_class(desk, ticket->class_index, stage) ? stage
                                                                                       : ticket->stage;
}

/* ---- what is possible ---- */

static uint32_t onward_from(const struct desk *desk, uint8_t class_index, uint8_t from)
{
    uint32_t onward = 0;

    for (uint8_t stage = 0; stage < desk->policy->stages.count; stage++) {
        uint32_t entered_from = desk->policy->stage_policies[stage].from;

        if (stage != from && stage_is_of_class(desk, class_index, stage) &&
            (!entered_from || (entered_from >> from & 1)))
            onward |= UINT32_C(1) << stage;
    }
    return onward;
}

static const char *list_stages(struct desk *desk, uint32_t stages)
{
    return stages ? vocabulary_list(&desk->policy->stages, stages, ", ", &desk->out->arena) : "none";
}

const char *stage_why_not(struct desk *desk, uint8_t class_index, uint8_t from, uint8_t to)
{
    struct arena *arena = &desk->out->arena;
    uint32_t entered_from = desk->policy->stage_policies[to].from;
    const char *onward = list_stages(desk, onward_from(desk, class_index, from));

    if (from == to)
        return NULL;
    if (!stage_is_of_class(desk, class_index, to))
        return arena_printf(arena, "class %s has no stage %s (from %s: %s)",
                            desk->policy->classes.terms[class_index].name, name_of(desk, to),
                            name_of(desk, from), onward);
    if (entered_from && !(entered_from >> from & 1))
        return arena_printf(arena, "stage %s is entered from %s, not from %s (from there: %s)",
                            name_of(desk, to), list_stages(desk, entered_from), name_of(desk, from), onward);
    return NULL;
}

bool stage_is_open(struct desk *desk, const struct request *request, const struct ticket *ticket,
                   uint8_t stage)
{
    return stage == ticket->stage ||
           gate_allows(desk, request, ticket, &desk->policy->stage_policies[stage].needs);
}

bool stage_allows(struct desk *desk, const struct request *request, const struct ticket *ticket,
                  enum stage_on action)
{
    uint8_t stage = stage_after(desk, ticket, action);
    const char *why_not = stage_why_not(desk, ticket->class_index, ticket->stage, stage);

    if (why_not)
        request_refuse(desk, request, RPC_INVALID_STATE, "stage", why_not);
    return !why_not && stage_is_open(desk, request, ticket, stage);
}

/* ---- what it does ---- */

static void end_pauses(struct desk *desk, struct ticket *ticket, uint32_t reasons, msec at)
{
    for (uint8_t reason = 0; reasons >> reason; reason++) {
        struct pause *pause = reasons >> reason & 1 ? pause_lasting(ticket, reason) : NULL;

        if (pause)
            judge_pause_end(desk, ticket, pause, at);
    }
}

static void begin_pauses(struct desk *desk, const struct request *request, struct ticket *ticket,
                         uint32_t reasons, msec at)
{
    const struct pause_source source = {
        .role = access_role_name(request->peer.role),
        .actor = request->peer.actor,
        .note = arena_printf(&desk->out->arena, "stage %s", name_of(desk, ticket->stage)),
    };

    reasons &= ~pause_reasons(ticket);
    for (uint8_t reason = 0; reasons >> reason; reason++)
        if (reasons >> reason & 1)
            judge_pause_begin(desk, ticket, &(struct pause){.reason = reason, .from_at = at, .to_at = NEVER},
                              &source);
}

/* Entering a stage begins its pauses and leaving one ends them; a solution ends all others, too: nothing is
   waited for any more. */
static void change_pauses(struct desk *desk, const struct request *request, struct ticket *ticket,
                          uint8_t before, const struct occurrence *occurrence)
{
    const struct stage_policy *stages = desk->policy->stage_policies;
    bool is_end = occurrence->what == HAPPENING_SOLVED || occurrence->what == HAPPENING_CLOSED;
    uint32_t begins =
        ticket->stage != before || occurrence->what == HAPPENING_RECEIVED ? stages[ticket->stage].pauses : 0;
    uint32_t stays = stages[ticket->stage].pauses;
    uint32_t ends = is_end ? UINT32_MAX : ticket->stage != before ? stages[before].pauses : 0;

    if (occurrence->what == HAPPENING_CLOSED)
        begins = stays = 0;
    if (ends & ~stays)
        end_pauses(desk, ticket, ends & ~stays & pause_reasons(ticket), occurrence->at);
    if (begins)
        begin_pauses(desk, request, ticket, begins, occurrence->at);
}

void stage_happen(struct desk *desk, const struct request *request, struct ticket *ticket,
                  const struct occurrence *occurrence, uint8_t stage)
{
    uint8_t before = ticket->stage;
    bool is_entered = stage != before || occurrence->what == HAPPENING_RECEIVED;
    bool is_move = occurrence->what == HAPPENING_STAGE;
    struct occurrence both[2] = {*occurrence, *occurrence};
    size_t count = is_entered && !is_move && desk->policy->watches_stages ? 2 : 1;

    both[count - 1].what = count == 2 ? HAPPENING_STAGE : occurrence->what;
    both[count - 1].kind = count == 2 || is_move ? stage : occurrence->kind;
    ticket->stage = stage;
    if (is_entered)
        story_enter(desk, ticket, occurrence->at);
    if (is_entered && desk->policy->watches_stages)
        ticket_own_rare(ticket)->staged_at = occurrence->at;
    change_pauses(desk, request, ticket, before, occurrence);
    for (size_t i = 0; i < count; i++)
        gate_learn(desk, ticket, &both[i]);
    judge_happen_together(desk, ticket, both, count, NULL);
}
