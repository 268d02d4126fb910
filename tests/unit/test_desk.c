/*
 * Many at once (domain rules 12 and 18): in which order what is due is judged, and that a restart finds all
 * that is overdue, once. Counts and order, not time; tests/bench measures.
 */
#include "lib/desk.h"

#include "lib/base/instant.h"
#include "lib/methods.h"
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "tests/unit/small_regime.h"

#define PEOPLE                                                                                               \
    "[person head]\nmail = head@example.com\nroles = department_head\ndepartment = workshop\n"               \
    "[person chief]\nmail = chief@example.com\nroles = service_head\n"                                       \
    "[person clerk]\nmail = clerk@example.com\nroles = intake\n"

#define MONDAY  INT64_C(1772413200000) /* 2026-03-02T09:00+08:00 */
#define ONE     5000                   /* due in one second */
#define OVERDUE 50000
#define LIMIT   (24 * MSEC_HOUR)

static struct small_world world;

static struct desk *make_desk(msec now)
{
    struct desk_options options = {.name = "main", .mail_domain = "duban.invalid"};
    char *error = NULL;
    struct policy *policy = small_compile(&world, small_regime, &error);
    struct roster *roster = policy ? roster_compile(policy, "people.ini", PEOPLE, "", &error) : NULL;

    if (!roster)
        fail_msg("%s", error);
    return desk_create(&options, policy, roster, now);
}

static void finish_desk(struct desk *desk)
{
    desk_destroy(desk);
    small_world_finish(&world);
}

/* Spreads 0, 1, … over 0..count-1 without two meeting: `count` and the factor share no divisor. */
static msec shuffled(size_t i, size_t count)
{
    return (msec)(i * 7919 % count);
}

static void ask(struct desk *desk, msec now, const char *method, json_t *params, struct effects *out)
{
    struct request request = {.peer = {.role = ROLE_INTAKE, .actor = "clerk"},
                              .method = methods_find(method),
                              .params = params,
                              .id = "1"};

    desk_step(desk, now, &(struct event){.kind = EVENT_REQUEST, .request = &request}, out);
    json_decref(params);
}

static void file(struct desk *desk, msec now, msec received_at, struct effects *out)
{
    char received[INSTANT_TEXT];

    instant_format(received_at, 28800, received);
    ask(desk, now, "ticket.create",
        json_pack("{s:s,s:s,s:s,s:s,s:s,s:s,s:{s:s},s:{s:s,s:s}}", "class", "request", "type", "repair",
                  "urgency", "general", "channel", "phone", "subject", "s", "received_at", received,
                  "customer", "name", "c", "contact", "name", "n", "phone", "1"),
        out);
}

/* The breaches of the limit in the order in which they were judged, and the first rung's notices. */
struct seen {
    size_t breaches, notices, higher_rungs, disorders;
    msec due_at;
    uint64_t ticket, told;
    char *is_breached; /* by ticket */
};

static void look_at_breach(struct seen *seen, const struct journal_row *row)
{
    json_t *body = json_loads(row->body, 0, NULL);
    msec due_at = NEVER;

    assert_int_equal(instant_parse(json_string_value(json_object_get(body, "due_at")), &due_at), INSTANT_OK);
    if (strcmp(json_string_value(json_object_get(body, "clock")), "limit") == 0) {
        seen->disorders += due_at < seen->due_at || (due_at == seen->due_at && row->ticket <= seen->ticket);
        seen->due_at = due_at;
        seen->ticket = row->ticket;
        seen->breaches++;
        assert_false(seen->is_breached[row->ticket]); /* none twice */
        seen->is_breached[row->ticket] = 1;
    }
    json_decref(body);
}

static void look(struct seen *seen, struct effects *effects)
{
    for (size_t i = 0; i < effects->count; i++) {
        const struct effect *effect = &effects->list[i];

        if (effect->kind == EFFECT_JOURNAL && strcmp(effect->journal->type, "clock.breached") == 0)
            look_at_breach(seen, effect->journal);
        if (effect->kind == EFFECT_NOTICE && effect->notice->rung > 0) {
            seen->notices += effect->notice->rung == 1;
            seen->higher_rungs += effect->notice->rung > 1;
        }
    }
    effects_reset(effects);
}

/* As the loop does: ticks and batches, until nothing is due at `now`. */
static void judge_all(struct desk *desk, msec now, bool on_time, struct seen *seen)
{
    struct effects effects;

    effects_init(&effects);
    for (msec due; (due = desk_wakes_at(desk)) <= now;) {
        desk_step(desk, on_time ? due : now, &(struct event){.kind = EVENT_TICK}, &effects);
        desk_settle(desk, &effects);
        look(seen, &effects);
    }
    effects_finish(&effects);
}

/* Filed in another order than they are due, five in each millisecond. */
static void many_in_one_second_are_judged_in_order(void **state)
{
    struct seen seen = {.is_breached = memory_new(ONE + 1, 1)};
    struct desk *desk = make_desk(MONDAY);
    struct effects effects;

    (void)state;
    effects_init(&effects);
    for (size_t i = 0; i < ONE; i++)
        file(desk, MONDAY, MONDAY - MSEC_HOUR + shuffled(i, ONE) / 5, &effects);
    desk_settle(desk, &effects);
    effects_finish(&effects);
    judge_all(desk, MONDAY - MSEC_HOUR + LIMIT - 1, true, &seen);
    assert_int_equal(seen.breaches, 0);
    judge_all(desk, MONDAY - MSEC_HOUR + LIMIT + 999, true, &seen);
    assert_int_equal(seen.breaches, ONE);
    assert_int_equal(seen.notices, ONE);
    assert_int_equal(seen.higher_rungs, 0);
    assert_int_equal(seen.disorders, 0);
    free(seen.is_breached);
    finish_desk(desk);
}

/* ---- a restart ---- */

/* The rows of a batch, brought back into another desk as a loader does: tickets in whatever order they lie,
   here the last one first, then their clocks. */
static void bring_back(struct desk *desk, const struct effects *rows)
{
    for (size_t i = rows->count; i-- > 0;)
        if (rows->list[i].kind == EFFECT_TICKET_NEW)
            assert_null(desk_restore_ticket(desk, rows->list[i].ticket, 0, 0, 0));
    for (size_t i = 0; i < rows->count; i++) {
        if (rows->list[i].kind == EFFECT_CLOCK)
            assert_null(desk_restore_clock(desk, rows->list[i].clock));
        if (rows->list[i].kind == EFFECT_SEQUENCE)
            desk_restore_sequence(desk, rows->list[i].sequence->name, rows->list[i].sequence->last);
    }
}

static void a_restart_finds_all_that_is_overdue_once(void **state)
{
    struct seen seen = {.is_breached = memory_new(OVERDUE + 1, 1)};
    struct small_world first_world;
    struct desk *first = make_desk(MONDAY), *second;
    struct effects effects;
    msec now = MONDAY + 30 * MSEC_HOUR;

    (void)state;
    effects_init(&effects);
    for (size_t i = 0; i < OVERDUE; i++)
        file(first, MONDAY, MONDAY - MSEC_HOUR + shuffled(i, OVERDUE) / 5 * 50, &effects);
    desk_settle(first, &effects);
    first_world = world;
    second = make_desk(now);
    bring_back(second, &effects);
    effects_finish(&effects);
    desk_restore_done(second, now);
    judge_all(second, now, false, &seen);
    assert_int_equal(seen.breaches, OVERDUE);
    assert_int_equal(seen.notices, OVERDUE); /* the first rung, and never the whole ladder at once */
    assert_int_equal(seen.higher_rungs, 0);
    assert_int_equal(seen.disorders, 0);
    judge_all(second, now + MSEC_HOUR, true, &seen);
    assert_int_equal(seen.breaches, OVERDUE);
    judge_all(second, now + 12 * MSEC_HOUR, true, &seen); /* half a limit after it really fired */
    assert_int_equal(seen.higher_rungs, OVERDUE);
    free(seen.is_breached);
    finish_desk(second);
    desk_destroy(first);
    small_world_finish(&first_world);
}

/* A regime may do without a clock when none of it runs any more. */
static void a_clock_that_is_over_and_no_longer_asked_for_keeps_no_ticket_out(void **state)
{
    struct desk *first = make_desk(MONDAY), *second;
    struct small_world first_world;
    struct effects effects;

    (void)state;
    effects_init(&effects);
    file(first, MONDAY, MONDAY, &effects);
    desk_settle(first, &effects);
    first_world = world;
    second = make_desk(MONDAY);
    bring_back(second, &effects);
    for (size_t i = 0; i < effects.count; i++) {
        if (effects.list[i].kind != EFFECT_CLOCK)
            continue;
        struct clock_row row = *effects.list[i].clock;

        row.clock = "of_another_year";
        row.state = "met";
        row.ended_at = MONDAY;
        assert_null(desk_restore_clock(second, &row));
        row.state = "running";
        assert_non_null(desk_restore_clock(second, &row));
        break;
    }
    effects_finish(&effects);
    finish_desk(second);
    desk_destroy(first);
    small_world_finish(&first_world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(many_in_one_second_are_judged_in_order),
        cmocka_unit_test(a_restart_finds_all_that_is_overdue_once),
        cmocka_unit_test(a_clock_that_is_over_and_no_longer_asked_for_keeps_no_ticket_out),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
