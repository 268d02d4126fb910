/*
 * What happens to a ticket's clocks when something happens to the ticket.
 *
 * Called by the methods (method_*.c) after they have checked a request, and by desk.c when a policy is
 * replaced; what time alone does is in judge_time.c. Every move of a clock goes through one of the movers
 * below, each of which journals nothing by itself when a request caused it (the request's own row explains
 * it) but always marks the clock for writing and withdraws notices whose reason has gone. Rule 2 of the
 * domain fixes the order within one instant: stop, cancel, pause and resume, start, credit; a contact does
 * not fill the clock it starts. Rule 19 is here too: a stop that happened before the deadline but was
 * recorded after it takes the breach back.
 */
#include "lib/judge.h"

#include "lib/anchor.h"
#include "lib/answer.h"
#include "lib/clock_dated.h"
#include "lib/judge_moves.h"
#include "lib/judge_pause.h"
#include "lib/ledger.h"
#include "lib/notice_customer.h"
#include "lib/promise.h"
#include "lib/quota.h"
#include <inttypes.h>
#include <string.h>

bool judge_matches(const struct condition *condition, const struct occurrence *occurrence)
{
    if (condition->what != occurrence->what)
        return false;
    if (condition->what == HAPPENING_FIELD && condition->of != occurrence->of)
        return false;
    if (condition->what == HAPPENING_CONTACT && !occurrence->counts)
        return false;
    if (condition->kinds && (occurrence->kind == POLICY_NONE || !(condition->kinds >> occurrence->kind & 1)))
        return false;
    if (condition->channels && !(condition->channels >> occurrence->channel & 1))
        return false;
    return !condition->roles || (condition->roles & occurrence->roles);
}

bool judge_rule_applies(const struct desk *desk, const struct ticket *ticket, uint8_t rule)
{
    const struct clock trial = {.rule = rule, .anchor_at = NEVER, .due_at = NEVER};
    const struct clock_policy *policy = &desk->policy->clocks[rule];

    if (!policy_applies(&policy->when, ticket))
        return false;
    if (!clock_is_dated(policy))
        return true;
    const struct clock_view view = desk_view(desk, ticket, &trial);

    return clock_dated_at(&view) != NEVER; /* without its date nothing is owed yet */
}

/* ---- stop ---- */

/* What happened before a limit began (and was recorded late) does not meet it: a question about satisfaction
   that was asked before the solution is none about the solution. Nor does a call keep a promise that was
   given after it; but what is solved is solved. */
static bool stops(const struct clock_policy *rule, const struct clock *clock,
                  const struct occurrence *occurrence)
{
    bool is_too_early = occurrence->at < clock->anchor_at;

    if (is_too_early &&
        (rule->kind == CLOCK_LIMIT || (rule->kind == CLOCK_PROMISE && occurrence->what == HAPPENING_CONTACT)))
        return false;
    return clock_is_live(clock) && clock->state != CLOCK_WAITING && judge_matches(&rule->stop, occurrence);
}

/* Met late as far as was known, and now something is recorded that met it in time (domain rule 19). */
static bool met_earlier(const struct clock_view *view, const struct occurrence *occurrence)
{
    const struct clock_policy *rule = view->rule;
    const struct clock *clock = view->clock;
    bool is_measured = rule->kind == CLOCK_LIMIT || rule->kind == CLOCK_PROMISE;

    return is_measured && clock->state == CLOCK_MET && clock->was_late && clock->breached_at != NEVER &&
           occurrence->at >= clock->anchor_at &&
           occurrence->at <= clock_declared_at(view, clock->breached_at) &&
           judge_matches(&rule->stop, occurrence);
}

void judge_credited(const struct desk *desk, json_t *list, const struct credit *credit)
{
    if (!list)
        return;
    json_t *entry = json_pack("{s:s,s:i,s:i}", "clock", desk->policy->clocks[credit->rule].name, "cycle",
                              (int)credit->cycle, "slot", (int)credit->slot);

    if (credit->window_at != NEVER)
        json_object_set_new(entry, "window", answer_instant(desk, credit->window_at));
    json_array_append_new(list, entry);
}

/* Clocks other than quotas have one slot, and no window. */
static void credit_only_slot(const struct desk *desk, json_t *list, const struct clock *clock)
{
    struct credit credit = {.rule = clock->rule, .cycle = clock->cycle, .slot = 1, .window_at = NEVER};

    judge_credited(desk, list, &credit);
}

static void apply_stops(struct desk *desk, struct ticket *ticket, const struct occurrence *occurrence,
                        json_t *credited)
{
    for (uint8_t i = 0; i < ticket->clock_count; i++) {
        struct clock *clock = &ticket->clocks[i];
        const struct clock_policy *rule = &desk->policy->clocks[clock->rule];

        const struct clock_view view = desk_view(desk, ticket, clock);
        bool is_earlier = met_earlier(&view, occurrence);

        if (!is_earlier && !stops(rule, clock, occurrence))
            continue;
        if (occurrence->what == HAPPENING_CONTACT)
            credit_only_slot(desk, credited, clock);
        if (is_earlier) {
            move_met_earlier(desk, ticket, clock, occurrence->at);
            continue;
        }
        if (rule->kind == CLOCK_QUOTA)
            quota_break_off(desk, ticket, clock, occurrence->at);
        move_to_met(desk, ticket, clock, occurrence->at);
    }
}

/* ---- cancel ---- */

static void cancel(struct desk *desk, struct ticket *ticket, struct clock *clock,
                   const struct occurrence *occurrence)
{
    if (occurrence->what == HAPPENING_CLOSED)
        move_to_cancelled(desk, ticket, clock, occurrence->at, ENDING_CLOSED, "ticket closed");
    else
        move_to_cancelled(desk, ticket, clock, occurrence->at, ENDING_CANCELLED,
                          desk->policy->clocks[clock->rule].cancel.text);
}

static void apply_cancels(struct desk *desk, struct ticket *ticket, const struct occurrence *occurrence)
{
    for (uint8_t i = 0; i < ticket->clock_count; i++) {
        struct clock *clock = &ticket->clocks[i];
        const struct clock_policy *rule = &desk->policy->clocks[clock->rule];
        bool is_cancelled = occurrence->what == HAPPENING_CLOSED ||
                            (rule->has_cancel && judge_matches(&rule->cancel, occurrence));

        if (is_cancelled && clock_is_live(clock))
            cancel(desk, ticket, clock, occurrence);
        if (occurrence->what == HAPPENING_CLOSED)
            ledger_forget(desk, ticket, clock->rule);
    }
}

/* ---- start ---- */

static bool restarts(const struct clock_policy *rule, const struct clock *clock,
                     const struct occurrence *occurrence)
{
    if (clock_is_live(clock))
        return clock->state == CLOCK_WAITING;
    return ((rule->restart | rule->continues) >> occurrence->what & 1) ||
           (rule->starts_again && judge_matches(&rule->start, occurrence));
}

/* A clock that continues counts from where it once began: the time in between belongs to it (domain rule 7).
 */
static msec begins_at(const struct clock_policy *rule, const struct clock *clock,
                      const struct occurrence *occurrence)
{
    bool goes_on = (rule->continues >> occurrence->what & 1) && clock->anchor_at != NEVER;

    return goes_on ? clock->anchor_at : occurrence->at;
}

static void apply_start(struct desk *desk, struct ticket *ticket, uint8_t index,
                        const struct occurrence *occurrence)
{
    const struct clock_policy *rule = &desk->policy->clocks[index];
    struct clock *clock = ticket_clock(ticket, index);
    bool starts = judge_matches(&rule->start, occurrence) ||
                  (clock && ((rule->restart | rule->continues) >> occurrence->what & 1));
    bool is_over = rule->stop.what == HAPPENING_SOLVED && ticket->is_solved;

    if (!starts || is_over || !judge_rule_applies(desk, ticket, index))
        return;
    if (!clock)
        clock = store_add_clock(desk->store, ticket, index);
    else if (!restarts(rule, clock, occurrence))
        return;
    move_to_running(desk, ticket, clock, begins_at(rule, clock, occurrence));
}

/* ---- credit ---- */

static void credit_silence(struct desk *desk, struct ticket *ticket, struct clock *clock, msec at,
                           json_t *credited)
{
    if (at < clock->anchor_at)
        return;
    credit_only_slot(desk, credited, clock);
    move_silence(desk, ticket, clock, at);
}

void judge_credit(struct desk *desk, struct ticket *ticket, struct clock *clock, msec at,
                  json_t *ret_credited)
{
    bool is_counting =
        clock->state == CLOCK_RUNNING || clock->state == CLOCK_PAUSED || clock->state == CLOCK_BREACHED;
    bool is_quota = desk->policy->clocks[clock->rule].kind == CLOCK_QUOTA;

    if (!is_counting && !(is_quota && clock->state == CLOCK_MET)) /* what it missed may still be filled */
        return;
    if (is_quota)
        quota_credit(desk, ticket, clock, at, ret_credited);
    else if (desk->policy->clocks[clock->rule].kind == CLOCK_SILENCE)
        credit_silence(desk, ticket, clock, at, ret_credited);
}

static void apply_credits(struct desk *desk, struct ticket *ticket, const struct occurrence *occurrence,
                          json_t *credited)
{
    for (uint8_t i = 0; i < ticket->clock_count; i++) {
        const struct clock_policy *rule = &desk->policy->clocks[ticket->clocks[i].rule];

        if (!rule->has_counts || judge_matches(&rule->counts, occurrence))
            judge_credit(desk, ticket, &ticket->clocks[i], occurrence->at, credited);
    }
}

/* ---- reports ---- */

static void tell_report(struct desk *desk, struct ticket *ticket, const struct report_policy *report, msec at,
                        const char *reason)
{
    struct recipient recipients[RECIPIENTS_MAX];
    struct occasion occasion = {
        .ticket = ticket,
        .clock_name = report->name,
        .template_name = report->template_name,
        .reason = reason,
        .cycle = (uint16_t)ticket->revision, /* raised again later is told again */
        .rung = RUNG_REPORT,
        .channels = report->channels[ticket->urgency],
        .at = at,
    };
    size_t count = notice_resolve(desk, ticket, &report->to[ticket->urgency], recipients);

    notice_tell(desk, &occasion, recipients, count);
    if (!audience_has_customer(&report->to[ticket->urgency]))
        return;
    const struct customer_reach reach = customer_of_ticket(desk, ticket, &desk->out->arena);

    notice_tell_customer(desk, &occasion, &reach, NOTICE_ROLE_CUSTOMER);
}

void judge_report(struct desk *desk, struct ticket *ticket, msec at, const char *reason)
{
    const struct policy *policy = desk->policy;

    for (size_t i = 0; i < policy->report_count; i++)
        if (!policy->reports[i].has_on && policy_applies(&policy->reports[i].when, ticket))
            tell_report(desk, ticket, &policy->reports[i], at, reason);
}

static void report_happening(struct desk *desk, struct ticket *ticket, const struct occurrence *occurrence)
{
    const struct policy *policy = desk->policy;

    for (size_t i = 0; i < policy->report_count; i++)
        if (policy->reports[i].has_on && policy_applies(&policy->reports[i].when, ticket) &&
            judge_matches(&policy->reports[i].on, occurrence))
            tell_report(desk, ticket, &policy->reports[i], desk->now, policy->reports[i].on.text);
}

/* ---- reclassification ---- */

static void start_promise(struct desk *desk, struct ticket *ticket, uint8_t index, msec at)
{
    struct clock *clock = ticket_clock(ticket, index);
    msec promised_at = promise_known(ticket, &desk->policy->clocks[index], clock);

    if (promised_at == NEVER)
        return;
    if (!clock)
        clock = store_add_clock(desk->store, ticket, index);
    move_to_promised(desk, ticket, clock, at, promised_at);
}

/* What starts this rule has happened already: raising the urgency starts it now. Limits keep the original
   anchor, unless the regime says otherwise; quotas and silences cannot ask for contacts before they applied.
 */
void judge_start_if_due(struct desk *desk, struct ticket *ticket, uint8_t index, msec at)
{
    const struct clock_policy *rule = &desk->policy->clocks[index];
    struct clock *clock = ticket_clock(ticket, index);
    bool is_over = rule->stop.what == HAPPENING_SOLVED && ticket->is_solved;
    msec anchor_at = anchor_of(desk->policy, ticket, rule, at);

    if (rule->kind == CLOCK_PROMISE && !is_over && (!clock || clock->state == CLOCK_CANCELLED)) {
        start_promise(desk, ticket, index, at);
        return;
    }
    if (anchor_at == NEVER || is_over || (clock && clock->state != CLOCK_CANCELLED))
        return;
    if (!clock)
        clock = store_add_clock(desk->store, ticket, index);
    move_to_running(desk, ticket, clock, rule->kind == CLOCK_LIMIT && !rule->begins_again ? anchor_at : at);
}

#define AGAIN "judged again from its anchor"

static void judge_window_again(struct desk *desk, struct ticket *ticket, struct clock *clock)
{
    struct clock_view view = desk_view(desk, ticket, clock);
    bool has_window = clock->state == CLOCK_RUNNING || clock->state == CLOCK_BREACHED;

    if (has_window && view.rule->kind == CLOCK_QUOTA && clock_counts_by_calendar(&view))
        move_window_again(desk, ticket, clock, AGAIN);
}

void judge_again(struct desk *desk, struct ticket *ticket, struct clock *clock, msec at)
{
    struct clock_view view = desk_view(desk, ticket, clock);
    bool is_measured = view.rule->kind == CLOCK_LIMIT || view.rule->kind == CLOCK_SILENCE;
    bool stands = clock_stands(&view);

    judge_window_again(desk, ticket, clock);
    if (clock->state == CLOCK_RUNNING && stands)
        move_to_paused(desk, ticket, clock, at);
    else if (clock->state == CLOCK_PAUSED && !stands)
        move_to_resumed(desk, ticket, clock, at);
    if (clock->state != CLOCK_RUNNING || !is_measured)
        return;
    msec due_at = clock_due_after(&view, clock->anchor_at);

    if (due_at != clock->due_at && due_at != NEVER) /* a date that another regime asks for may be unknown */
        move_deadline(desk, ticket, clock, due_at, AGAIN);
}

static void cancel_inapplicable(struct desk *desk, struct ticket *ticket, msec at)
{
    for (uint8_t i = 0; i < ticket->clock_count; i++) {
        struct clock *clock = &ticket->clocks[i];

        if (clock_is_live(clock) && !judge_rule_applies(desk, ticket, clock->rule))
            move_to_cancelled(desk, ticket, clock, at, ENDING_INAPPLICABLE, "no longer applies");
    }
}

static void judge_applicable(struct desk *desk, struct ticket *ticket, msec at, bool is_other)
{
    for (uint8_t rule = 0; rule < desk->policy->clock_count; rule++) {
        struct clock *clock = ticket_clock(ticket, rule);
        bool begins_again = is_other && desk->policy->clocks[rule].begins_again;

        if (!judge_rule_applies(desk, ticket, rule))
            continue;
        if (clock && begins_again && (clock->state == CLOCK_RUNNING || clock->state == CLOCK_PAUSED))
            move_begun_again(desk, ticket, clock, at);
        else if (clock && clock_is_live(clock))
            judge_again(desk, ticket, clock, at);
        else
            judge_start_if_due(desk, ticket, rule, at);
    }
}

void judge_reclassified(struct desk *desk, struct ticket *ticket, msec at, bool is_other)
{
    cancel_inapplicable(desk, ticket, at);
    judge_applicable(desk, ticket, at, is_other);
    desk_arm(desk, ticket);
}

void judge_moved_department(struct desk *desk, struct ticket *ticket, msec at)
{
    for (uint8_t i = 0; i < ticket->clock_count; i++)
        if (desk->policy->clocks[ticket->clocks[i].rule].department_hours)
            judge_again(desk, ticket, &ticket->clocks[i], at);
    desk_arm(desk, ticket);
}

void judge_repolicied(struct desk *desk, struct ticket *ticket)
{
    for (uint8_t i = 0; i < ticket->clock_count; i++)
        judge_again(desk, ticket, &ticket->clocks[i], desk->now);
    desk_arm(desk, ticket);
}

/* ---- something happened ---- */

static bool is_among(const struct occurrence *occurrences, size_t count, enum happening what)
{
    for (size_t i = 0; i < count; i++)
        if (occurrences[i].what == what)
            return true;
    return false;
}

/* The clocks that ask for the stage, and apply now. */
static void start_staged(struct desk *desk, struct ticket *ticket, msec at)
{
    for (uint8_t rule = 0; rule < desk->policy->clock_count; rule++) {
        const struct clock *clock = ticket_clock(ticket, rule);

        if (desk->policy->clocks[rule].when.stages && judge_rule_applies(desk, ticket, rule) &&
            !(clock && clock_is_live(clock)))
            judge_start_if_due(desk, ticket, rule, at);
    }
}

/* The clocks whose budget depends on the stage. */
static void judge_staged_again(struct desk *desk, struct ticket *ticket, msec at)
{
    for (uint8_t i = 0; i < ticket->clock_count; i++) {
        const struct clock_policy *rule = &desk->policy->clocks[ticket->clocks[i].rule];
        bool depends = false;

        for (size_t set = 0; set < rule->budget_sets; set++)
            depends |= rule->budgets[set].when.stages != 0;
        if (depends)
            judge_again(desk, ticket, &ticket->clocks[i], at);
    }
}

static void apply_starts(struct desk *desk, struct ticket *ticket, const struct occurrence *occurrence)
{
    for (uint8_t rule = 0; rule < desk->policy->clock_count; rule++)
        if (desk->policy->clocks[rule].kind == CLOCK_PROMISE)
            promise_happen(desk, ticket, rule, occurrence);
        else
            apply_start(desk, ticket, rule, occurrence);
}

/* Each step is made for all of them before the next. Contacts are credited before the starts: what they start
   they do not fill. */
void judge_happen_together(struct desk *desk, struct ticket *ticket, const struct occurrence *occurrences,
                           size_t count, json_t *ret_credited)
{
    bool has_stage = is_among(occurrences, count, HAPPENING_STAGE);
    bool may_start = ticket->is_open && !is_among(occurrences, count, HAPPENING_CLOSED);
    bool is_reopened =
        is_among(occurrences, count, HAPPENING_REOPENED); /* then the regime names what begins */
    msec at = occurrences[0].at;

    for (size_t i = 0; i < count; i++)
        apply_stops(desk, ticket, &occurrences[i], ret_credited);
    for (size_t i = 0; i < count; i++)
        apply_cancels(desk, ticket, &occurrences[i]);
    if (has_stage)
        cancel_inapplicable(desk, ticket, at);
    judge_pause_follow(desk, ticket, at);
    for (size_t i = 0; i < count; i++)
        if (occurrences[i].what == HAPPENING_CONTACT && occurrences[i].counts)
            apply_credits(desk, ticket, &occurrences[i], ret_credited);
    for (size_t i = 0; i < count && may_start; i++)
        apply_starts(desk, ticket, &occurrences[i]);
    if (has_stage && may_start && !is_reopened)
        start_staged(desk, ticket, at);
    if (has_stage)
        judge_staged_again(desk, ticket, at);
    for (size_t i = 0; i < count; i++)
        report_happening(desk, ticket, &occurrences[i]);
    desk_arm(desk, ticket);
}

void judge_happen(struct desk *desk, struct ticket *ticket, const struct occurrence *occurrence,
                  json_t *ret_credited)
{
    judge_happen_together(desk, ticket, occurrence, 1, ret_credited);
}
