/*
 * The ladder: one step of it, and what is said about that step.
 *
 * Called by judge_time.c when a step is due. Which step that is and when is arithmetic (clock.c); here it is
 * taken: the condition is looked at, people are resolved as of now, they are told, and the journal says what
 * became of it. A rung on which nobody can be reached climbs: the next one fires at once and says why. Where
 * that was the last one, nobody knows of the breach, which is an incident of its own.
 *
 * A notice that can't be delivered is an incident too, and climbs in the same way (ladder_undelivered).
 *
 * Each rung fires once in a breach, its repetitions apart; the fire key of a notice (its rung with the
 * repetition in it) makes the database insist on that.
 */
#include "lib/ladder.h"

#include "lib/judge.h"
#include "lib/judge_moves.h"
#include <inttypes.h>

void ladder_begin(struct desk *desk, struct ticket *ticket, struct clock *clock)
{
    uint8_t index = desk->policy->clocks[clock->rule].ladder;

    clock->rungs = 0;
    clock->repeats = 0;
    clock->untold = 0;
    clock->acknowledged = false;
    clock->ladder = 0;
    clock->ladder_running = index != POLICY_NONE;
    if (!clock->ladder_running)
        return;
    const struct ladder_policy *ladder = &desk->policy->ladders[index];

    clock->ladder = ladder_book_freeze(&desk->ladders, desk->policy, ladder, policy_rung_set(ladder, ticket));
}

/* ---- what is said ---- */

/* What one firing came to, step by step until somebody was told. */
struct firing {
    struct desk *desk;
    struct ticket *ticket;
    struct clock *clock;
    msec at;
    const char *reason;                 /* for the record */
    const char *remark[LANGUAGE_COUNT]; /* for the notice: NULL when nothing is special about it */
};

static void add_remark(struct firing *firing, const char *chinese, const char *english)
{
    struct arena *arena = &firing->desk->out->arena;
    const char *words[LANGUAGE_COUNT] = {[LANGUAGE_ZH] = chinese, [LANGUAGE_EN] = english};

    for (enum language language = 0; language < LANGUAGE_COUNT; language++)
        firing->remark[language] =
            firing->remark[language]
                ? arena_printf(arena, "%s\n%s", firing->remark[language], words[language])
                : words[language];
}

static void add_reason(struct firing *firing, const char *reason)
{
    firing->reason = arena_printf(&firing->desk->out->arena, "%s; %s", firing->reason, reason);
}

static void say_repetition(struct firing *firing, const struct climb *climb)
{
    struct arena *arena = &firing->desk->out->arena;
    unsigned time = climb->repetition + 1u;

    if (!climb->repetition)
        return;
    add_remark(firing, arena_printf(arena, "这是本级第%u次通知：该事项仍未完成。", time),
               arena_printf(arena, "This is notice %u of this rung: it is not done yet.", time));
    add_reason(firing, arena_printf(arena, "notice %u of this rung", time));
}

static void say_unreached(struct firing *firing, unsigned rung)
{
    struct arena *arena = &firing->desk->out->arena;

    add_remark(firing, arena_printf(arena, "上报第%u级无人可通知，因此现在通知您。", rung),
               arena_printf(arena, "Nobody could be reached on rung %u; therefore you are told now.", rung));
    add_reason(firing, arena_printf(arena, "nobody could be reached on rung %u", rung));
}

static void say_undelivered(struct firing *firing, const struct person *person, unsigned rung)
{
    struct arena *arena = &firing->desk->out->arena;

    add_remark(firing,
               arena_printf(arena, "发给%s的上报第%u级通知未能送达，因此现在通知您。",
                            person->name[LANGUAGE_ZH], rung),
               arena_printf(arena,
                            "The mail to %s on rung %u could not be delivered; therefore you are told now.",
                            person->name[LANGUAGE_EN], rung));
    add_reason(firing,
               arena_printf(arena, "the mail to %s on rung %u could not be delivered", person->id, rung));
}

/* ---- what is recorded ---- */

static void journal_step(struct firing *firing, const char *type, const char *detail)
{
    judge_verdict(firing->desk, firing->ticket, firing->clock, type, firing->clock->breached_at, detail);
}

/* What did not go as the regime says: in the log, in the figures, and in a replay's output. */
static void incident(struct firing *firing, enum incident what, unsigned rung, const char *detail)
{
    judge_incident(firing->desk, firing->ticket, firing->clock, what, (int16_t)rung,
                   judge_now(firing->desk, firing->ticket, firing->at), detail);
}

static const char *step_words(struct firing *firing, const struct climb *climb)
{
    struct arena *arena = &firing->desk->out->arena;

    return climb->repetition ? arena_printf(arena, "rung %u again (%u)", climb->place + 1u, climb->repetition)
                             : arena_printf(arena, "rung %u", climb->place + 1u);
}

/* ---- the step ---- */

/* Repetitions that passed while nobody could look are one: people hear of them once (domain rule 12). */
static void skip_late_repetitions(const struct clock_view *view, msec now, struct climb *climb)
{
    while (climb->repetition && climb->repetition < climb->rung->times &&
           clock_rung_at(view, climb->place, (uint8_t)(climb->repetition + 1)) <= now)
        climb->repetition++;
}

static void take(struct clock *clock, const struct climb *climb)
{
    clock->rungs = (uint8_t)(climb->place + 1);
    clock->repeats = climb->repetition;
}

static bool is_waived(const struct clock *clock, const struct rung *rung)
{
    return rung->unless_acknowledged && clock->acknowledged;
}

static void skip(struct firing *firing, const struct climb *climb)
{
    struct clock *clock = firing->clock;
    const char *detail = arena_printf(&firing->desk->out->arena, "%s: skipped, the breach is acknowledged",
                                      step_words(firing, climb));

    clock->repeats = climb->rung->times; /* what is acknowledged stays so until the breach is over */
    if (!climb->repetition)
        clock->untold |= UINT32_C(1) << climb->place;
    journal_step(firing, "ladder.skipped", detail);
    incident(firing, INCIDENT_SKIPPED, climb->place + 1u, "acknowledged");
}

static void tell(struct firing *firing, const struct climb *climb, const struct recipient *recipients,
                 size_t count)
{
    struct desk *desk = firing->desk;
    const struct clock_policy *rule = &desk->policy->clocks[firing->clock->rule];
    struct occasion occasion = {
        .ticket = firing->ticket,
        .clock = firing->clock,
        .clock_name = rule->name,
        .template_name = rule->breach_template,
        .reason = firing->reason,
        .remark = {firing->remark[LANGUAGE_ZH], firing->remark[LANGUAGE_EN]},
        .cycle = firing->clock->cycle,
        .rung = (int16_t)(climb->place + 1 + RUNG_AGAIN * climb->repetition),
        .channels = climb->rung->channels,
        .at = judge_now(desk, firing->ticket, firing->at),
    };

    notice_tell(desk, &occasion, recipients, count);
    journal_step(firing, "ladder.rung",
                 arena_printf(&desk->out->arena, "%s, %zu told", step_words(firing, climb), count));
}

static void miss(struct firing *firing, const struct climb *climb)
{
    const char *lost = climb->rung->lost;
    struct arena *arena = &firing->desk->out->arena;

    if (!climb->repetition)
        firing->clock->untold |= UINT32_C(1) << climb->place;
    journal_step(firing, "ladder.unreached",
                 arena_printf(arena, "%s: nobody could be reached%s%s%s", step_words(firing, climb),
                              lost ? " (the regime no longer has " : "", lost ? lost : "", lost ? ")" : ""));
    say_unreached(firing, climb->place + 1u);
}

enum climbed { CLIMBED_TOLD, CLIMBED_WAIVED, CLIMBED_MISSED };

static enum climbed climb_one(struct firing *firing, const struct climb *climb)
{
    struct recipient recipients[RECIPIENTS_MAX];

    take(firing->clock, climb);
    if (is_waived(firing->clock, climb->rung)) {
        skip(firing, climb);
        return CLIMBED_WAIVED;
    }
    size_t count = notice_resolve(firing->desk, firing->ticket, &climb->rung->to, recipients);

    if (!count) {
        miss(firing, climb);
        return CLIMBED_MISSED;
    }
    say_repetition(firing, climb);
    tell(firing, climb, recipients, count);
    return CLIMBED_TOLD;
}

/* From `climb` upwards, until somebody is told. `is_due`: its time has come; else it stands in for a rung
   below it that told nobody, and when it is waived the one above it must. */
static void climb_from(struct firing *firing, struct climb climb, bool is_due)
{
    struct clock_view view = desk_view(firing->desk, firing->ticket, firing->clock);
    enum climbed outcome;

    for (;;) {
        outcome = climb_one(firing, &climb);
        if (outcome == CLIMBED_TOLD || (outcome == CLIMBED_WAIVED && is_due))
            break;
        is_due = false;
        if (clock_rung_above(&view, climb.place, &climb))
            continue;
        if (outcome == CLIMBED_MISSED)
            incident(firing, INCIDENT_UNREACHED, climb.place + 1u, "nobody could be told of the breach");
        break;
    }
    desk_touch_clock(firing->desk, firing->ticket, firing->clock);
}

static struct firing firing_of(struct desk *desk, struct ticket *ticket, struct clock *clock, msec at)
{
    struct arena *arena = &desk->out->arena;

    return (struct firing){
        .desk = desk,
        .ticket = ticket,
        .clock = clock,
        .at = at,
        .reason = arena_printf(arena, "limit missed at %s", desk_time(desk, clock->breached_at, arena)),
    };
}

void ladder_fire(struct desk *desk, struct ticket *ticket, struct clock *clock, msec at)
{
    struct clock_view view = desk_view(desk, ticket, clock);
    struct firing firing = firing_of(desk, ticket, clock, at);
    struct climb climb;

    if (!clock_next_climb(&view, &climb))
        return;
    skip_late_repetitions(&view, judge_now(desk, ticket, at), &climb);
    climb_from(&firing, climb, true);
}

/* The same notice by the regime's second way. False: there is none, the person has none, or was told by it
   already. */
static bool tell_second_way(struct firing *firing, const struct rung *rung, const struct undelivered *notice)
{
    struct desk *desk = firing->desk;
    enum notice_channel channel = desk->policy->notices.second_way;
    const struct person *person = roster_person(desk->roster, notice->person);
    const struct clock_policy *rule = &desk->policy->clocks[firing->clock->rule];

    if (notice->channel != CHANNEL_MAIL || channel == CHANNEL_MAIL || (rung->channels >> channel & 1) ||
        !roster_address(person, channel)[0])
        return false;
    struct occasion occasion = {
        .ticket = firing->ticket,
        .clock = firing->clock,
        .clock_name = rule->name,
        .template_name = rule->breach_template,
        .reason = arena_printf(&desk->out->arena, "%s; the mail could not be delivered", firing->reason),
        .remark = {"邮件无法送达，因此改用此方式通知。",
                   "The mail could not be delivered; therefore you are told this way."},
        .cycle = firing->clock->cycle,
        .rung = notice->rung,
        .channels = (uint8_t)(1u << channel),
        .at = desk->now,
    };
    struct recipient recipient = {
        .person = notice->person, .stands_for = TICKET_NOBODY, .role = notice->role};

    notice_tell(desk, &occasion, &recipient, 1);
    journal_step(firing, "ladder.second_way",
                 arena_printf(&desk->out->arena, "rung %u: %s is told by %s", notice->rung % RUNG_AGAIN + 0u,
                              person->id, notice_channel_name(channel)));
    return true;
}

void ladder_undelivered(struct desk *desk, struct ticket *ticket, const struct undelivered *notice)
{
    struct clock *clock = ticket_clock(ticket, notice->rule);
    uint8_t place = (uint8_t)(notice->rung % RUNG_AGAIN - 1);

    if (!clock || !clock->ladder_running || clock->cycle != notice->cycle)
        return; /* it is over: nobody need know any more */
    struct clock_view view = desk_view(desk, ticket, clock);
    struct firing firing = firing_of(desk, ticket, clock, desk->now);
    const struct person *person = roster_person(desk->roster, notice->person);
    bool is_answered = clock->rungs > place + 1; /* somebody higher up was told since */
    struct climb climb;

    journal_step(&firing, "ladder.undelivered",
                 arena_printf(&desk->out->arena, "rung %u: the %s to %s could not be delivered", place + 1u,
                              notice_channel_name(notice->channel), person->id));
    incident(&firing, INCIDENT_UNDELIVERED, place + 1u, arena_text(&desk->out->arena, person->id));
    if (is_answered || tell_second_way(&firing, &view.rungs->rungs[place], notice) ||
        !clock_rung_above(&view, place, &climb))
        return;
    say_undelivered(&firing, person, place + 1u);
    climb_from(&firing, climb, false);
    desk_arm(desk, ticket);
}

/* ---- its end ---- */

bool ladder_is_owed_word(const struct desk *desk, const struct clock *clock)
{
    bool is_promise = desk->policy->clocks[clock->rule].kind == CLOCK_PROMISE;

    return clock->state == CLOCK_BREACHED || (is_promise && clock->state == CLOCK_RUNNING);
}

bool ladder_tells_end(const struct desk *desk, const struct clock *clock)
{
    const struct ladder_list *list = ladder_book_list(&desk->ladders, clock->ladder);
    uint8_t ladder = desk->policy->clocks[clock->rule].ladder;

    if (clock->state == CLOCK_BREACHED)
        return list && list->all_clear;
    return ladder != POLICY_NONE && desk->policy->ladders[ladder].all_clear;
}

void ladder_met(struct desk *desk, struct ticket *ticket, const struct clock *breached, bool was_in_time)
{
    const struct clock_policy *rule = &desk->policy->clocks[breached->rule];

    if (was_in_time && rule->kind != CLOCK_QUOTA) /* a quota's windows are withdrawn one by one (ledger.c) */
        judge_verdict(desk, ticket, breached, "clock.withdrawn", breached->breached_at, "recorded late");
    notice_withhold(desk, ticket, breached->rule, was_in_time ? "it was in time" : "met before it was sent");
    if (was_in_time)
        notice_tell_told(desk, ticket, breached, "withdrawn", RUNG_WITHDRAWN,
                         "recorded late, but it was in time", NULL);
    else if (ladder_tells_end(desk, breached))
        notice_tell_told(desk, ticket, breached, "all_clear", RUNG_ALL_CLEAR, "met", NULL);
}

void ladder_tell_ended(struct desk *desk, struct ticket *ticket, const struct clock *before,
                       enum ending ending, const char *why)
{
    static const struct {
        enum special_rung rung;
        const char *remark[LANGUAGE_COUNT];
    } endings[] = {
        [ENDING_CLOSED] = {RUNG_ALL_CLEAR, {"原因：问题已关闭。", "Why: the ticket was closed."}},
        [ENDING_INAPPLICABLE] = {RUNG_ALL_CLEAR,
                                 {"原因：该时限不再适用于此问题。",
                                  "Why: the limit no longer applies to this ticket."}},
        [ENDING_CANCELLED] = {RUNG_ALL_CLEAR,
                              {"原因：按规定该时限已取消。", "Why: the regime cancels the limit here."}},
        [ENDING_MERGED] = {RUNG_ALL_CLEAR,
                           {"原因：问题已合并。", "Why: the ticket was merged into another one."}},
        [ENDING_PROMISED] = {RUNG_REPLACED,
                             {"原因：已另行承诺新的时间。", "Why: another time has been promised."}},
    };

    if (ladder_is_owed_word(desk, before) && ladder_tells_end(desk, before))
        notice_tell_told(desk, ticket, before, "ended", endings[ending].rung, why, endings[ending].remark);
}
