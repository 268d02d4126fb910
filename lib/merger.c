/*
 * Merging two tickets, clock by clock (domain rule 7).
 *
 * Called by ticket.merge. What is left must look as if there had been one ticket from the earlier intake on,
 * with the contacts of both. Memory keeps no single contacts, but a clock's state says all about them that
 * matters: a limit that was met on one ticket is met for both; a breach that nobody has answered on either
 * goes on, with its ladder where it stands and everyone who was told; a breach on one that the other's
 * contact has answered is over, and those who were told hear so; whoever was told of a promise that was
 * broken, and then replaced, hears how the new one ends, under whichever number. Rungs that were climbed are
 * not climbed again: the place on the ladder comes along. The merged ticket's clocks end without a word, in
 * the same step and so in the same transaction.
 */
#include "lib/merger.h"

#include "lib/judge.h"
#include "lib/judge_moves.h"
#include "lib/judge_pause.h"
#include "lib/ladder.h"
#include "lib/ledger.h"
#include "lib/notice.h"
#include "lib/unsent.h"
#include <jansson.h>
#include <stdlib.h>

/* The two clocks of one rule. */
struct pair {
    struct ticket *from, *into;
    struct clock *ours;         /* of `into` */
    const struct clock *theirs; /* of `from` */
    const struct clock_policy *rule;
    msec at;
    json_t *brought; /* who was told of theirs and is told of ours from now on; of all clocks */
    bool told_came_along;
};

static bool is_running(const struct clock *clock)
{
    return clock_is_live(clock) && clock->state != CLOCK_WAITING;
}

static void bring_one(const struct desk *desk, struct pair *pair, const struct told *told)
{
    const struct vocabulary *roles = &desk->policy->roles;
    const char *role = told->role == POLICY_NONE ? "" : roles->terms[told->role].name;

    ticket_tell(pair->into, told->rule, pair->ours->cycle, told->person, told->role);
    json_array_append_new(pair->brought,
                          json_pack("{s:s,s:i,s:s,s:s}", "clock", pair->rule->name, "cycle",
                                    (int)pair->ours->cycle, "person",
                                    roster_person(desk->roster, told->person)->id, "role", role));
}

static void bring_told(const struct desk *desk, struct pair *pair)
{
    const struct ticket_rare *rare = ticket_rare(pair->from);

    for (uint16_t i = 0; i < rare->told_count; i++)
        if (ticket_is_owed_word(pair->from, pair->theirs, &rare->told[i]))
            bring_one(desk, pair, &rare->told[i]);
    pair->told_came_along = true;
}

static void bring_windows(struct desk *desk, struct pair *pair)
{
    if (pair->rule->kind == CLOCK_QUOTA)
        ledger_bring(desk, pair->from, pair->theirs, pair->into, pair->ours);
}

/* Their breach is ours from now on. */
static void take_breach(struct desk *desk, struct pair *pair)
{
    move_taken_over(desk, pair->into, pair->ours, pair->theirs, pair->at);
    bring_told(desk, pair);
    bring_windows(desk, pair);
}

/* Both are breached: the older breach counts, and the ladder goes on from the higher rung. */
static void join_breaches(struct desk *desk, struct pair *pair)
{
    if (pair->theirs->breached_at < pair->ours->breached_at || pair->theirs->rungs > pair->ours->rungs)
        move_joined(desk, pair->into, pair->ours, pair->theirs, pair->at);
    bring_told(desk, pair);
    bring_windows(desk, pair);
}

static void unite_breaches(struct desk *desk, struct pair *pair)
{
    if (pair->theirs->state != CLOCK_BREACHED)
        return;
    if (pair->ours->state == CLOCK_BREACHED)
        join_breaches(desk, pair);
    else
        take_breach(desk, pair);
}

static void unite_limit(struct desk *desk, struct pair *pair)
{
    if (!is_running(pair->ours))
        return; /* met, for both */
    if (pair->theirs->anchor_at < pair->ours->anchor_at && pair->theirs->state != CLOCK_CANCELLED)
        move_anchor(desk, pair->into, pair->ours, pair->theirs->anchor_at);
    if (pair->theirs->state == CLOCK_MET)
        move_to_met(desk, pair->into, pair->ours, pair->theirs->ended_at);
    else
        unite_breaches(desk, pair);
}

static void unite_promise(struct desk *desk, struct pair *pair)
{
    if (!is_running(pair->ours) || !is_running(pair->theirs))
        return;
    unite_breaches(desk, pair);
    if (!pair->told_came_along)
        bring_told(desk, pair);
    if (pair->ours->state == CLOCK_RUNNING && pair->theirs->due_at < pair->ours->due_at)
        move_deadline(desk, pair->into, pair->ours, pair->theirs->due_at,
                      "the merged ticket's earlier promise");
}

/* Quota and silence live by the last contacts: a breach of either goes on unless the other ticket's customer
   was contacted since. */
static void unite_contacts(struct desk *desk, struct pair *pair)
{
    bool is_taken = pair->theirs->state == CLOCK_BREACHED && pair->ours->state != CLOCK_BREACHED;
    msec contacted_at = is_taken ? pair->into->contacted_at : pair->from->contacted_at;
    uint8_t contacts = is_taken ? pair->ours->credited : pair->theirs->credited;

    if (!is_running(pair->ours) || !is_running(pair->theirs))
        return;
    if (is_taken && contacted_at != NEVER && contacted_at > pair->theirs->breached_at)
        return; /* answered on our side before the merger: theirs is over */
    unite_breaches(desk, pair);
    for (uint8_t i = 0; contacted_at != NEVER && i < (contacts ? contacts : 1); i++)
        judge_credit(desk, pair->into, pair->ours, contacted_at, NULL);
}

static void unite_pair(struct desk *desk, struct pair *pair)
{
    switch (pair->rule->kind) {
    case CLOCK_LIMIT:
        unite_limit(desk, pair);
        break;
    case CLOCK_PROMISE:
        unite_promise(desk, pair);
        break;
    case CLOCK_QUOTA:
    case CLOCK_SILENCE:
        unite_contacts(desk, pair);
        break;
    }
}

/* Does our clock answer for what theirs waits for? Not one that has yet to begin, nor one that was called
   off; and no promise that was kept before theirs was given. */
static bool is_answerable(const struct pair *pair)
{
    const struct clock *ours = pair->ours;
    bool was_kept_before = ours && pair->rule->kind == CLOCK_PROMISE && ours->state == CLOCK_MET &&
                           is_running(pair->theirs) && pair->theirs->anchor_at > ours->ended_at;

    return ours && ours->state != CLOCK_WAITING && ours->state != CLOCK_CANCELLED && !was_kept_before;
}

/* A clock that only they have is ours from now on, if such a ticket has it at all. */
static void take_clock(struct desk *desk, struct pair *pair, uint8_t rule)
{
    bool is_over = pair->rule->stop.what == HAPPENING_SOLVED && pair->into->is_solved;

    if (!is_running(pair->theirs) || is_over || !judge_rule_applies(desk, pair->into, rule))
        return;
    if (!pair->ours)
        pair->ours = store_add_clock(desk->store, pair->into, rule);
    move_taken_over(desk, pair->into, pair->ours, pair->theirs, pair->at);
    if (ladder_is_owed_word(desk, pair->theirs))
        bring_told(desk, pair);
    if (pair->theirs->state == CLOCK_BREACHED)
        bring_windows(desk, pair);
}

/* Those who were told of their breach, and whose breach it no longer is, hear how it ended. */
static void end_theirs(struct desk *desk, struct pair *pair, struct clock *theirs)
{
    if (ladder_is_owed_word(desk, theirs) && ladder_tells_end(desk, theirs) && !pair->told_came_along)
        notice_tell_told(desk, pair->from, theirs, "all_clear", RUNG_ALL_CLEAR,
                         "merged into another ticket, which has answered for it", NULL);
    ledger_forget(desk, pair->from, theirs->rule);
    ticket_forget_told(pair->from, theirs->rule);
    if (clock_is_live(theirs))
        move_to_cancelled(desk, pair->from, theirs, pair->at, ENDING_MERGED, "merged into another ticket");
}

static void unite_facts(const struct policy *policy, struct ticket *from, struct ticket *into)
{
    bool was_contacted_later = from->contacted_at != NEVER &&
                               (into->contacted_at == NEVER || from->contacted_at > into->contacted_at);

    into->facts |= from->facts & ~policy_facts_of(policy, HAPPENING_FIELD); /* each keeps its own fields */
    if (from->received_at < into->received_at)
        into->received_at = from->received_at;
    if (was_contacted_later)
        into->contacted_at = from->contacted_at;
    if (!into->has_plan && from->has_plan) {
        into->has_plan = true;
        into->expected_at = from->expected_at;
    }
}

static void end_ticket(struct desk *desk, struct ticket *from, const struct ticket *into, msec at)
{
    uint8_t stage = desk->policy->stage_on[STAGE_ON_CLOSE];

    ticket_own_rare(from)->merged_into = into->id;
    if (stage != POLICY_NONE)
        from->stage = stage;
    from->is_open = false;
    from->closed_at = at;
    from->history_until_at = NEVER;
    desk_touch(desk, from);
    desk_arm(desk, from);
}

/* What the merged ticket has waited for counts for the clocks whose anchors come along; what it still waits
   for does not. */
static void bring_pauses(struct desk *desk, struct ticket *from, struct ticket *into, msec at)
{
    const struct pause_source source = {
        .note = arena_printf(&desk->out->arena, "merged: %s", desk_number(desk, from, &desk->out->arena))};

    for (uint16_t i = 0; i < ticket_rare(from)->pause_count; i++) {
        struct pause *pause = &from->rare->pauses[i];

        if (pause->to_at == NEVER)
            judge_pause_end(desk, from, pause, at);
        judge_pause_begin(desk, into, pause, &source);
    }
}

/* For the record of the merger: a restart must know who is told of what by another ticket's notices. */
static const char *write_brought(struct desk *desk, json_t *brought)
{
    json_t *value = json_array_size(brought) ? json_pack("{s:O}", "told", brought) : NULL;
    char *text = value ? json_dumps(value, JSON_COMPACT | JSON_SORT_KEYS) : NULL;
    const char *kept = text ? arena_text(&desk->out->arena, text) : NULL;

    free(text);
    json_decref(value);
    json_decref(brought);
    return kept;
}

/* One clock of the merged ticket. What has not left says nothing about that ticket any more; of a breach that
   goes on, its readers are told under the other number. */
static void unite_clock(struct desk *desk, struct pair *pair, struct clock *theirs)
{
    const struct unsent_list unsent = unsent_of(desk, pair->from, theirs->rule);
    bool was_breached = theirs->state == CLOCK_BREACHED;
    uint8_t climbed = pair->ours && pair->ours->state == CLOCK_BREACHED ? pair->ours->rungs : 0;

    notice_withhold(desk, pair->from, theirs->rule, "merged into another ticket");
    if (theirs->state != CLOCK_WAITING && is_answerable(pair))
        unite_pair(desk, pair);
    else
        take_clock(desk, pair, theirs->rule);
    if (was_breached && pair->told_came_along && pair->ours->state == CLOCK_BREACHED)
        unsent_tell(desk, pair->into, pair->ours, &unsent, climbed);
    end_theirs(desk, pair, theirs);
}

const char *merger_unite(struct desk *desk, struct ticket *from, struct ticket *into, msec at)
{
    json_t *brought = json_array();

    bring_pauses(desk, from, into, at);
    for (uint8_t i = 0; i < from->clock_count; i++) {
        struct clock *theirs = &from->clocks[i];
        struct pair pair = {
            .from = from,
            .into = into,
            .ours = ticket_clock(into, theirs->rule),
            .theirs = theirs,
            .rule = &desk->policy->clocks[theirs->rule],
            .at = at,
            .brought = brought,
        };

        unite_clock(desk, &pair, theirs);
    }
    unite_facts(desk->policy, from, into);
    judge_pause_follow(desk, into, at);
    end_ticket(desk, from, into, at);
    desk_touch(desk, into);
    desk_arm(desk, into);
    return write_brought(desk, brought);
}

uint64_t merger_target(const struct ticket *ticket)
{
    return ticket_rare(ticket)->merged_into;
}
