/*
 * What a reload comes to: deadlines that move, and verdicts that would be others.
 *
 * Called while a policy is held against what is open (adopt.c) and by whoever shows the result: the daemon's
 * service and replay. Days become known late: "we were closed last Friday". What was judged by then stays on
 * record, because people acted on it; but somebody must be able to see which of those verdicts would be
 * others today (domain rule 15). So for every calendar whose facts differ, the clocks that ended are counted
 * again, by the rule they were judged by and the calendar as it is now known, and compared with their
 * verdict. A change of the regime itself is no late fact: nobody is judged by a rule that did not hold yet.
 *
 * Open tickets are reviewed from memory. Closed ones come as rows from the database, as many as the hands
 * find reasonable; their pauses are not among the columns, so one whose deadline is not what the old calendar
 * gives is counted as undecided instead of being guessed at. Only the last cycle of a clock has an anchor on
 * record, and only that is reviewed.
 */
#include "lib/adoption.h"

#include "lib/adoption_parts.h"
#include "lib/answer.h"
#include "lib/base/memory.h"
#include "lib/judge.h"
#include "lib/rpc.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define LOOK_BACK_DAYS 400 /* how old a late fact may be for closed tickets to be looked at */

static const char *const verdict_names[] = {
    [VERDICT_IN_TIME] = "in_time",
    [VERDICT_LATE] = "late",
    [VERDICT_NOT_MISSED] = "not_missed",
    [VERDICT_MISSED] = "missed",
};

/* ---- calendars ---- */

static bool is_same_text(const struct calendar *before, const struct calendar *after)
{
    return calendar_digest(before)[0] && strcmp(calendar_digest(before), calendar_digest(after)) == 0;
}

static void compare_days(struct calendar_pair *pair, msec now)
{
    int64_t today = zone_day(calendar_zone(pair->after), now);

    pair->first_day = today;
    pair->last_day = today - LOOK_BACK_DAYS;
    for (int64_t day = today - LOOK_BACK_DAYS; day <= today; day++) {
        if (calendar_is_same_day(pair->before, pair->after, day))
            continue;
        pair->first_day = day < pair->first_day ? day : pair->first_day;
        pair->last_day = day;
    }
}

static void compare_calendars(struct adoption *adoption)
{
    const struct policy *old = adoption->desk->policy;

    for (size_t i = 0; i < old->calendar_count; i++) {
        const struct calendar *before = old->calendars[i].calendar;
        const struct calendar *after = policy_find_calendar(adoption->policy, calendar_name(before));

        if (!after || is_same_text(before, after))
            continue;
        struct calendar_pair *pair = &adoption->pairs[adoption->pair_count++];

        *pair = (struct calendar_pair){.before = before, .after = after};
        compare_days(pair, adoption->now);
    }
}

/* What a calendar says now; NULL: the same as before. */
static const struct calendar *calendar_now(const struct adoption *adoption, const struct calendar *before)
{
    for (size_t i = 0; i < adoption->pair_count; i++)
        if (adoption->pairs[i].before == before)
            return adoption->pairs[i].after;
    return NULL;
}

bool adoption_changes_past(const struct adoption *adoption, msec *ret_from_at, msec *ret_to_at)
{
    *ret_from_at = NEVER;
    *ret_to_at = INT64_MIN;
    for (size_t i = 0; i < adoption->pair_count; i++) {
        const struct calendar_pair *pair = &adoption->pairs[i];
        const struct zone *zone = calendar_zone(pair->after);

        if (pair->first_day > pair->last_day)
            continue;
        msec from_at = zone_day_start(zone, pair->first_day),
             to_at = zone_day_start(zone, pair->last_day + 1);

        *ret_from_at = from_at < *ret_from_at ? from_at : *ret_from_at;
        *ret_to_at = to_at > *ret_to_at ? to_at : *ret_to_at;
    }
    return *ret_from_at != NEVER;
}

/* ---- verdicts ---- */

static enum verdict verdict_of(bool is_met, bool is_late)
{
    if (is_met)
        return is_late ? VERDICT_LATE : VERDICT_IN_TIME;
    return is_late ? VERDICT_MISSED : VERDICT_NOT_MISSED;
}

static enum verdict on_record(const struct clock *clock)
{
    return verdict_of(clock->state == CLOCK_MET, clock->breached_at != NEVER && !clock->withdrawn);
}

/* What ends in the instant of the deadline is in time; what has not ended by then is not. */
static enum verdict by_deadline(const struct clock *clock, msec due_at, msec now)
{
    bool is_late = clock->ended_at == NEVER ? now >= due_at : clock->ended_at > due_at;

    return verdict_of(clock->state == CLOCK_MET, is_late);
}

static bool has_verdict(const struct clock_view *view)
{
    bool is_measured = view->rule->kind == CLOCK_LIMIT || view->rule->kind == CLOCK_SILENCE;
    bool has_ended = view->clock->state == CLOCK_BREACHED || view->clock->state == CLOCK_MET ||
                     view->clock->state == CLOCK_CANCELLED;

    return is_measured && has_ended && view->clock->anchor_at != NEVER && view->clock->due_at != NEVER;
}

static msec recorded_due_at(const struct clock *clock)
{
    return clock->breached_at != NEVER ? clock->breached_at : clock->due_at;
}

/* Counts the clock again by the calendar as it is now known. False: nothing about its deadline has changed.
 */
static bool count_again(const struct adoption *adoption, const struct clock_view *view, msec *ret_before_at,
                        msec *ret_after_at)
{
    struct clock_view now = *view;

    now.calendar = calendar_now(adoption, view->calendar);
    if (!now.calendar || !has_verdict(view))
        return false;
    *ret_before_at = clock_due_after(view, view->clock->anchor_at);
    *ret_after_at = clock_due_after(&now, view->clock->anchor_at);
    return *ret_before_at != *ret_after_at;
}

static void review(struct adoption *adoption, const struct clock_view *view, const char *number, bool is_open,
                   msec would_be_due_at)
{
    enum verdict was = on_record(view->clock);
    enum verdict would_be = by_deadline(view->clock, would_be_due_at, adoption->now);

    if (was == would_be)
        return;
    adoption->changed = memory_reserve(adoption->changed, &adoption->changed_capacity,
                                       adoption->changed_count + 1, sizeof(*adoption->changed));
    adoption->changed[adoption->changed_count++] = (struct changed_verdict){
        .ticket = view->ticket->id,
        .number = number,
        .clock = arena_text(&adoption->arena, view->rule->name),
        .cycle = view->clock->cycle,
        .is_open = is_open,
        .was = was,
        .would_be = would_be,
        .due_at = recorded_due_at(view->clock),
        .would_be_due_at = would_be_due_at,
    };
}

static void review_ticket(struct adoption *adoption, const struct ticket *ticket)
{
    msec before_at, after_at;

    for (uint8_t i = 0; i < ticket->clock_count; i++) {
        struct clock_view view = desk_view(adoption->desk, ticket, &ticket->clocks[i]);

        if (count_again(adoption, &view, &before_at, &after_at))
            review(adoption, &view, desk_number(adoption->desk, ticket, &adoption->arena), ticket->is_open,
                   after_at);
    }
}

void adoption_compare(struct adoption *adoption)
{
    struct store *store = adoption->desk->store;

    compare_calendars(adoption);
    if (adoption->pair_count == 0)
        return;
    for (uint32_t i = store_oldest(store); i != TICKET_NO_INDEX; i = store_ticket(store, i)->newer)
        review_ticket(adoption, store_ticket(store, i));
}

/* ---- closed tickets ---- */

/* The row as the judge saw it. False: the old policy has no such words, or it counts hours that no file
 * tells. */
static bool read_closed(const struct adoption *adoption, const struct closed_clock *closed,
                        struct ticket *ticket, struct clock *clock, struct clock_view *view)
{
    const struct policy *policy = adoption->desk->policy;
    uint8_t rule = policy_find_clock(policy, closed->clock);
    enum clock_state state;

    *ticket = (struct ticket){
        .id = closed->ticket,
        .class_index = vocabulary_find(&policy->classes, closed->class_name),
        .urgency = vocabulary_find(&policy->urgencies, closed->urgency),
        .department = vocabulary_find(&policy->departments, closed->department),
    };
    if (rule == POLICY_NONE || ticket->class_index == POLICY_NONE || ticket->urgency == POLICY_NONE ||
        !clock_state_find(closed->state, &state))
        return false;
    *clock = (struct clock){
        .rule = rule,
        .state = (uint8_t)state,
        .cycle = closed->cycle,
        .was_late = closed->was_late,
        .withdrawn = closed->withdrawn,
        .anchor_at = closed->anchor_at,
        .due_at = closed->due_at,
        .breached_at = closed->breached_at,
        .ended_at = closed->ended_at,
    };
    const struct calendar *customer = policy_find_calendar(policy, closed->staffed);
    const struct clock_policy *clock_policy = &policy->clocks[rule];

    *view = (struct clock_view){
        .policy = policy,
        .rule = clock_policy,
        .ticket = ticket,
        .clock = clock,
        .calendar = clock_policy->customer_hours
                        ? customer
                        : policy_clock_calendar(policy, clock_policy, ticket->department),
    };
    return view->calendar != NULL;
}

void adoption_review(struct adoption *adoption, const struct closed_clock *closed)
{
    struct ticket ticket;
    struct clock clock;
    struct clock_view view;
    msec before_at, after_at;

    if (!read_closed(adoption, closed, &ticket, &clock, &view))
        return;
    adoption->reviewed++;
    if (!count_again(adoption, &view, &before_at, &after_at))
        return;
    if (before_at != recorded_due_at(&clock))
        adoption->undecided++;
    else
        review(adoption, &view, arena_text(&adoption->arena, closed->number), false, after_at);
}

void adoption_cut(struct adoption *adoption, const char *why)
{
    adoption->cut = arena_text(&adoption->arena, why);
}

/* ---- deadlines ---- */

void adoption_move(struct adoption *adoption, const struct ticket *ticket, const struct clock *clock,
                   msec from_at)
{
    struct clock_view view = desk_view(adoption->desk, ticket, clock);

    adoption->moved = memory_reserve(adoption->moved, &adoption->moved_capacity, adoption->moved_count + 1,
                                     sizeof(*adoption->moved));
    adoption->moved[adoption->moved_count++] = (struct moved_deadline){
        .ticket = ticket->id,
        .number = desk_number(adoption->desk, ticket, &adoption->arena),
        .clock = arena_text(&adoption->arena, view.rule->name),
        .cycle = clock->cycle,
        .provisional = clock_is_provisional(&view, clock->due_at),
        .from_at = from_at,
        .to_at = clock->due_at,
    };
}

/* ---- what is said of it ---- */

static json_t *deadline_object(const struct desk *desk, const struct moved_deadline *moved)
{
    return json_pack("{s:s,s:i,s:o,s:o,s:b}", "clock", moved->clock, "cycle", (int)moved->cycle, "from",
                     answer_instant(desk, moved->from_at), "to", answer_instant(desk, moved->to_at),
                     "provisional", (int)moved->provisional);
}

static json_t *verdict_object(const struct desk *desk, const struct changed_verdict *changed)
{
    return json_pack("{s:s,s:i,s:s,s:s,s:o,s:o}", "clock", changed->clock, "cycle", (int)changed->cycle,
                     "was", verdict_names[changed->was], "would_be", verdict_names[changed->would_be],
                     "due_at", answer_instant(desk, changed->due_at), "would_be_due_at",
                     answer_instant(desk, changed->would_be_due_at));
}

static void journal_object(struct desk *desk, uint64_t ticket, const char *type, json_t *object)
{
    struct text body = {0};
    const struct ticket named = {.id = ticket};

    rpc_write_canonical(&body, object);
    desk_journal(desk, ticket ? &named : NULL, type, arena_text(&desk->out->arena, text_get(&body)));
    text_finish(&body);
    json_decref(object);
}

static json_t *calendar_list(const struct policy *policy)
{
    json_t *list = json_object();

    for (size_t i = 0; i < policy->calendar_count; i++)
        json_object_set_new(list, calendar_name(policy->calendars[i].calendar),
                            json_sprintf("%.12s", calendar_digest(policy->calendars[i].calendar)));
    return list;
}

void adoption_record(const struct adoption *adoption, const char *cause, const char *actor)
{
    struct desk *desk = adoption->desk;

    journal_object(desk, 0, "system.reload",
                   json_pack("{s:s,s:o,s:s,s:I,s:I,s:s,s:s,s:s}", "actor", actor, "calendars",
                             calendar_list(desk->policy), "cause", cause, "changed",
                             (json_int_t)adoption->changed_count, "moved", (json_int_t)adoption->moved_count,
                             "people", roster_digest(desk->roster), "policy", desk->policy->digest, "regime",
                             desk->policy->name));
    for (size_t i = 0; i < adoption->moved_count; i++)
        journal_object(desk, adoption->moved[i].ticket, "clock.moved",
                       deadline_object(desk, &adoption->moved[i]));
    for (size_t i = 0; i < adoption->changed_count; i++)
        journal_object(desk, adoption->changed[i].ticket, "clock.reviewed",
                       verdict_object(desk, &adoption->changed[i]));
}

size_t adoption_moved(const struct adoption *adoption)
{
    return adoption->moved_count;
}

size_t adoption_changed(const struct adoption *adoption)
{
    return adoption->changed_count;
}

static json_t *named(json_t *object, uint64_t ticket, const char *number)
{
    struct ticket of = {.id = ticket};

    json_object_set_new(object, "ticket", answer_ticket_id(&of));
    json_object_set_new(object, "number", json_string(number));
    return object;
}

static json_t *list_deadlines(const struct desk *desk, const struct adoption *adoption, size_t limit)
{
    json_t *list = json_array();

    for (size_t i = 0; i < adoption->moved_count && i < limit; i++)
        json_array_append_new(list, named(deadline_object(desk, &adoption->moved[i]),
                                          adoption->moved[i].ticket, adoption->moved[i].number));
    return list;
}

static json_t *list_verdicts(const struct desk *desk, const struct adoption *adoption, size_t limit)
{
    json_t *list = json_array();

    for (size_t i = 0; i < adoption->changed_count && i < limit; i++) {
        const struct changed_verdict *changed = &adoption->changed[i];
        json_t *object = named(verdict_object(desk, changed), changed->ticket, changed->number);

        json_object_set_new(object, "state", json_string(changed->is_open ? "open" : "closed"));
        json_array_append_new(list, object);
    }
    return list;
}

json_t *adoption_answer(const struct desk *desk, const struct adoption *adoption, size_t limit)
{
    json_t *answer =
        json_pack("{s:s,s:s,s:I,s:o,s:I,s:o,s:I,s:I}", "regime", desk->policy->name, "digest",
                  desk->policy->digest, "moved", (json_int_t)adoption->moved_count, "deadlines",
                  list_deadlines(desk, adoption, limit), "changed", (json_int_t)adoption->changed_count,
                  "verdicts", list_verdicts(desk, adoption, limit), "closed_reviewed",
                  (json_int_t)adoption->reviewed, "closed_undecided", (json_int_t)adoption->undecided);

    if (adoption->cut)
        json_object_set_new(answer, "closed_cut", json_string(adoption->cut));
    if (adoption->moved_count > limit || adoption->changed_count > limit)
        json_object_set_new(answer, "cut", json_string("the journal has all of them"));
    return answer;
}
