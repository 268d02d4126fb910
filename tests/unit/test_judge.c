/*
 * The judge seen from its rows, where stories can not look: notices that wait while their reason goes, clocks
 * found late or with the time set back, rows that do not fit, and facts that begin alike. Stories about whom
 * it tells when are in tests/scenario.
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

#define MONDAY INT64_C(1772413200000) /* 2026-03-02T09:00+08:00 */

static struct small_world world;
static struct desk *desk;
static struct effects effects;

static struct desk *make_desk(struct small_world *of)
{
    struct desk_options options = {.name = "main", .mail_domain = "duban.invalid"};
    char *error = NULL;
    int line;
    char *text = small_bent("[contact]\n", "[pauses]\nparts =\n[contact]\n", &line);
    struct policy *policy = small_compile(of, text, &error);
    struct roster *roster = policy ? roster_compile(policy, "people.ini", PEOPLE, "", &error) : NULL;

    if (!roster)
        fail_msg("%s", error);
    free(text);
    return desk_create(&options, policy, roster, MONDAY);
}

static int set_up(void **state)
{
    (void)state;
    effects_init(&effects);
    desk = make_desk(&world);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    desk_destroy(desk);
    effects_finish(&effects);
    small_world_finish(&world);
    return 0;
}

static void step(msec now, enum event_kind kind)
{
    desk_step(desk, now, &(struct event){.kind = kind}, &effects);
}

/* Time passes up to `now`, included, and everything due is judged on time. */
static void pass(msec now)
{
    for (msec due; (due = desk_wakes_at(desk)) <= now;)
        step(due, EVENT_TICK);
}

static const char *ask(msec now, enum role role, const char *method, const char *params)
{
    json_t *object = json_loads(params, 0, NULL);
    struct request request = {.peer = {.role = role, .actor = "clerk"},
                              .method = methods_find(method),
                              .params = object,
                              .id = "1"};
    size_t from = effects.count;
    const char *reply = "";

    assert_non_null(object);
    desk_step(desk, now, &(struct event){.kind = EVENT_REQUEST, .request = &request}, &effects);
    for (size_t i = from; i < effects.count; i++)
        if (effects.list[i].kind == EFFECT_REPLY)
            reply = effects.list[i].reply->text;
    json_decref(object);
    return reply;
}

static void file_at(msec now, const char *class_name, const char *urgency)
{
    char params[512];

    snprintf(
        params, sizeof(params),
        "{\"class\":\"%s\",\"type\":\"repair\",\"urgency\":\"%s\",\"channel\":\"phone\",\"subject\":\"s\","
        "\"customer\":{\"name\":\"c\"},\"contact\":{\"name\":\"n\",\"phone\":\"1\"}}",
        class_name, urgency);
    assert_non_null(strstr(ask(now, ROLE_INTAKE, "ticket.create", params), "\"created\":true"));
}

static void file(const char *class_name, const char *urgency)
{
    file_at(MONDAY, class_name, urgency);
}

static const char contact[] =
    "{\"ticket\":\"1\",\"channel\":\"phone\",\"direction\":\"out\",\"reached\":true}";

static size_t count_notices(const char *template_name)
{
    size_t count = 0;

    for (size_t i = 0; i < effects.count; i++)
        count += effects.list[i].kind == EFFECT_NOTICE &&
                 strcmp(effects.list[i].notice->template_name, template_name) == 0;
    return count;
}

/* The last state written for a notice; "queued" when none was. */
static const char *state_of(uint64_t notice)
{
    const char *state = "queued";

    for (size_t i = 0; i < effects.count; i++)
        if (effects.list[i].kind == EFFECT_NOTICE_STATE && effects.list[i].notice_state->notice == notice)
            state = effects.list[i].notice_state->state;
    return state;
}

static uint64_t newest_notice(const char *template_name)
{
    for (size_t i = effects.count; i-- > 0;)
        if (effects.list[i].kind == EFFECT_NOTICE &&
            strcmp(effects.list[i].notice->template_name, template_name) == 0)
            return effects.list[i].notice->notice;
    fail_msg("there is no notice %s", template_name);
    return 0;
}

static void sent(msec now, uint64_t notice, enum send_outcome outcome)
{
    struct event event = {.kind = EVENT_NOTICE_SENT, .sent = {.notice = notice, .outcome = outcome}};

    desk_step(desk, now, &event, &effects);
}

static void what_waits_is_withheld_and_nobody_hears_of_it(void **state)
{
    (void)state;
    file("request", "general");
    pass(MONDAY + 24 * MSEC_HOUR); /* no sender: reminders and the breach wait */
    assert_int_equal(count_notices("late"), 1);
    ask(MONDAY + 25 * MSEC_HOUR, ROLE_HANDLER, "contact.record", contact);
    assert_string_equal(state_of(newest_notice("late")), "suppressed");
    assert_string_equal(state_of(newest_notice("reminder")), "suppressed");
    assert_int_equal(count_notices("all_clear"), 0);
    step(MONDAY + 26 * MSEC_HOUR, EVENT_SENDER_IDLE);
    for (size_t i = 0; i < effects.count; i++)
        assert_int_not_equal(effects.list[i].kind, EFFECT_SEND);
}

static void what_is_on_its_way_is_followed_by_the_all_clear(void **state)
{
    (void)state;
    file("request", "general");
    pass(MONDAY + 24 * MSEC_HOUR);
    step(MONDAY + 24 * MSEC_HOUR, EVENT_SENDER_IDLE);
    uint64_t breach = newest_notice("late");

    assert_string_equal(state_of(breach), "attempting");
    ask(MONDAY + 25 * MSEC_HOUR, ROLE_HANDLER, "contact.record", contact);
    assert_string_equal(state_of(breach), "attempting");
    assert_int_equal(count_notices("all_clear"), 1);
}

static void what_comes_back_without_its_reason_is_not_tried_again(void **state)
{
    (void)state;
    file("request", "general");
    pass(MONDAY + 24 * MSEC_HOUR);
    step(MONDAY + 24 * MSEC_HOUR, EVENT_SENDER_IDLE);
    uint64_t breach = newest_notice("late");

    ask(MONDAY + 25 * MSEC_HOUR, ROLE_HANDLER, "contact.record", contact);
    sent(MONDAY + 25 * MSEC_HOUR, breach, SEND_DEFERRED);
    assert_string_equal(state_of(breach), "deferred");
    step(MONDAY + 25 * MSEC_HOUR, EVENT_SENDER_IDLE); /* takes the all-clear */
    step(MONDAY + 26 * MSEC_HOUR, EVENT_SENDER_IDLE);
    assert_string_equal(state_of(breach), "suppressed");
    assert_string_equal(state_of(newest_notice("all_clear")), "attempting");
}

static void what_comes_back_with_its_reason_is_tried_again(void **state)
{
    (void)state;
    file("request", "general");
    pass(MONDAY + 24 * MSEC_HOUR);
    step(MONDAY + 24 * MSEC_HOUR, EVENT_SENDER_IDLE);
    uint64_t breach = newest_notice("late");

    sent(MONDAY + 24 * MSEC_HOUR, breach, SEND_DEFERRED);
    step(MONDAY + 24 * MSEC_HOUR, EVENT_SENDER_IDLE);
    assert_string_equal(state_of(breach), "deferred"); /* half a minute first */
    assert_int_equal(desk_wakes_at(desk), MONDAY + 24 * MSEC_HOUR + 30 * MSEC_SECOND);
    pass(MONDAY + 24 * MSEC_HOUR + 30 * MSEC_SECOND);
    assert_string_equal(state_of(breach), "attempting");
    sent(MONDAY + 25 * MSEC_HOUR, breach, SEND_ACCEPTED);
    assert_string_equal(state_of(breach), "accepted");
    sent(MONDAY + 25 * MSEC_HOUR, breach, SEND_ACCEPTED); /* a sender that says it twice */
    sent(MONDAY + 25 * MSEC_HOUR, 999, SEND_ACCEPTED);
}

static void time_set_back_fires_nothing_twice(void **state)
{
    (void)state;
    file("request", "general");
    pass(MONDAY + 24 * MSEC_HOUR);
    size_t notices = count_notices("late") + count_notices("reminder");

    assert_int_equal(notices, 3);
    for (msec now = MONDAY + 30 * MSEC_HOUR; now > MONDAY; now -= 3 * MSEC_HOUR)
        step(now, EVENT_TICK);
    assert_int_equal(count_notices("late") + count_notices("reminder"), notices);
}

/* The wheel has been further on; what is filed after the clock was set back is due in its own time all the
 * same. */
static void what_is_filed_in_time_set_back_is_judged_on_time(void **state)
{
    struct event stepped = {
        .kind = EVENT_CLOCK_STEPPED,
        .clock_step = {.from_at = MONDAY + 30 * MSEC_HOUR, .to_at = MONDAY + MSEC_HOUR},
    };
    const char *body = NULL;

    (void)state;
    file("request", "general");
    pass(MONDAY + 24 * MSEC_HOUR);
    step(MONDAY + 30 * MSEC_HOUR, EVENT_TICK);
    size_t before = count_notices("late");

    desk_step(desk, MONDAY + MSEC_HOUR, &stepped, &effects);
    for (size_t i = 0; i < effects.count; i++)
        if (effects.list[i].kind == EFFECT_JOURNAL &&
            strcmp(effects.list[i].journal->type, "clock.stepped") == 0)
            body = effects.list[i].journal->body;
    assert_string_equal(body,
                        "{\"from\":\"2026-03-03T15:00:00+08:00\",\"to\":\"2026-03-02T10:00:00+08:00\"}");
    file_at(MONDAY + MSEC_HOUR, "request", "urgent"); /* due in eight hours */
    pass(MONDAY + 9 * MSEC_HOUR - 1);
    assert_int_equal(count_notices("late"), before);
    pass(MONDAY + 9 * MSEC_HOUR);
    assert_int_equal(count_notices("late"), before + 1);
    pass(MONDAY + 30 * MSEC_HOUR); /* the first ticket's rungs have fired, and none comes again */
    assert_int_equal(desk_wakes_at(desk) > MONDAY + 30 * MSEC_HOUR, 1);
    for (size_t i = 0; i < effects.count; i++)
        for (size_t j = i + 1; j < effects.count; j++)
            if (effects.list[i].kind == EFFECT_NOTICE && effects.list[j].kind == EFFECT_NOTICE) {
                const struct notice_row *one = effects.list[i].notice, *other = effects.list[j].notice;

                assert_false(one->ticket == other->ticket && one->rung == other->rung &&
                             one->cycle == other->cycle && strcmp(one->clock, other->clock) == 0 &&
                             strcmp(one->recipient, other->recipient) == 0);
            }
}

static void a_leap_of_time_fires_everything_once(void **state)
{
    (void)state;
    file("request", "general");
    step(MONDAY + 20 * MSEC_DAY, EVENT_TICK);
    assert_int_equal(count_notices("late"), 1); /* the first rung: the others count from now */
    assert_int_equal(count_notices("reminder"), 0);
    assert_int_equal(desk_wakes_at(desk), MONDAY + 20 * MSEC_DAY + 12 * MSEC_HOUR);
    pass(MONDAY + 21 * MSEC_DAY);
    assert_int_equal(count_notices("late"), 1 + 1 + 2);
}

static void missed_days_are_one_breach(void **state)
{
    size_t breaches = 0;

    (void)state;
    file("request", "urgent");
    step(MONDAY + 20 * MSEC_DAY, EVENT_TICK);
    for (size_t i = 0; i < effects.count; i++)
        if (effects.list[i].kind == EFFECT_JOURNAL && strstr(effects.list[i].journal->body, "\"daily\"")) {
            breaches += strcmp(effects.list[i].journal->type, "clock.breached") == 0;
            assert_non_null(strstr(effects.list[i].journal->body, "\"detail\":\"19 missed\""));
        }
    assert_int_equal(breaches, 1);
}

/* ---- coming back ---- */

static const struct ticket_row sound_ticket = {
    .ticket = 7,
    .number = "T-0007",
    .class_name = "complaint",
    .urgency = "general",
    .channel = "phone",
    .stage = "received",
    .types = "repair",
    .customer = "c",
    .staffed = "24h",
    .department = "workshop",
    .handler = "",
    .recorder = "clerk",
    .facts = "",
    .revision = 1,
    .open = true,
    .received_at = MONDAY,
    .created_at = MONDAY,
    .handed_over_at = NEVER,
    .expected_at = NEVER,
    .solved_at = NEVER,
    .closed_at = NEVER,
    .history_until_at = NEVER,
    .contacted_at = NEVER,
    .staged_at = NEVER,
};

static const struct clock_row sound_clock = {
    .ticket = 7,
    .clock = "limit",
    .state = "running",
    .cycle = 1,
    .anchor_at = MONDAY,
    .due_at = MONDAY + 24 * MSEC_HOUR,
    .breached_at = NEVER,
    .fired_at = NEVER,
    .ended_at = NEVER,
};

static void expect_refused(const struct ticket_row *row, const char *why)
{
    const char *came = desk_restore_ticket(desk, row, 0, 0, 0);

    if (!came || !strstr(came, why))
        fail_msg("came: %s, expected: %s", came ? came : "taken", why);
}

static void rows_that_do_not_fit_are_refused(void **state)
{
    struct ticket_row row;

    (void)state;
#define BENT(member, value) ((row = sound_ticket), (row.member = (value)), &row)
    expect_refused(BENT(class_name, "praise"), "class");
    expect_refused(BENT(urgency, "asap"), "urgency");
    expect_refused(BENT(channel, "smoke"), "channel");
    expect_refused(BENT(stage, "lost"), "stage");
    expect_refused(BENT(types, "repair,music"), "types");
    expect_refused(BENT(number, "T-07"), "number");
    expect_refused(BENT(staffed, "9-17"), "staffed");
#undef BENT
    assert_null(desk_restore_ticket(desk, &sound_ticket, 0, 0, 0));
    expect_refused(&sound_ticket, "it is in memory already");
}

static void a_clock_that_does_not_fit_takes_its_ticket_out(void **state)
{
    static const char *const wrong_states[] = {"breached", "met", "waiting", "asleep"};
    struct clock_row row = sound_clock;

    (void)state;
    assert_non_null(desk_restore_clock(desk, &sound_clock)); /* no ticket yet */
    for (size_t i = 0; i < sizeof(wrong_states) / sizeof(wrong_states[0]); i++) {
        assert_null(desk_restore_ticket(desk, &sound_ticket, 0, 0, 0));
        row.state = wrong_states[i];
        assert_non_null(desk_restore_clock(desk, &row));
        assert_non_null(desk_restore_clock(desk, &sound_clock)); /* it is not in memory any more */
    }
    assert_null(desk_restore_ticket(desk, &sound_ticket, 0, 0, 0));
    assert_null(desk_restore_clock(desk, &sound_clock));
    desk_restore_done(desk, MONDAY);
    assert_int_equal(desk_wakes_at(desk), MONDAY + 12 * MSEC_HOUR);
}

static const struct pause_row sound_pause = {
    .ticket = 7,
    .pause = 1,
    .reason = "parts",
    .from_at = MONDAY + MSEC_HOUR,
    .to_at = NEVER,
};

static void a_pause_that_does_not_fit_takes_its_ticket_out(void **state)
{
    static const struct {
        const char *reason;
        msec from_at, to_at;
        const char *complaint;
    } wrong[] = {
        {"weather", MONDAY, NEVER, "the regime has no such reason"},
        {"parts", MONDAY + MSEC_HOUR, MONDAY, "it ends before it begins"},
        {"parts", NEVER, NEVER, "it ends before it begins"},
        {"parts", MONDAY, NEVER, "another one for the same reason lasts"},
    };

    (void)state;
    assert_string_equal(desk_restore_pause(desk, &sound_pause), "ticket: it is not in memory");
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        struct pause_row row = sound_pause;

        assert_null(desk_restore_ticket(desk, &sound_ticket, 0, 0, 0));
        assert_null(desk_restore_pause(desk, &row));
        row.reason = wrong[i].reason;
        row.from_at = wrong[i].from_at;
        row.to_at = wrong[i].to_at;
        row.pause = 2;
        const char *came = desk_restore_pause(desk, &row);

        if (!came || !strstr(came, wrong[i].complaint))
            fail_msg("came: %s, expected: %s", came ? came : "taken", wrong[i].complaint);
        assert_non_null(desk_restore_clock(desk, &sound_clock)); /* it is not in memory any more */
    }
}

/* Each fact of a list counts for itself, although `contact` also begins `contact:apology by service_head`. */
static void facts_that_begin_alike_come_back(void **state)
{
    static const struct {
        const char *facts, *missing;
    } cases[] = {
        {"", "contact:apology by service_head"},
        {"contact", "contact:apology by service_head"},
        {"contact:apology by service_head", "missing: contact\""},
        {"contact:apology by service_head,contact", NULL},
        {"contact,contact:apology by service_head", NULL},
    };
    struct ticket_row row = sound_ticket;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        row.facts = cases[i].facts;
        assert_null(desk_restore_ticket(desk, &row, 0, 0, 0));
        desk_restore_done(desk, MONDAY);
        const char *reply =
            ask(MONDAY, ROLE_HANDLER, "ticket.solve", "{\"ticket\":\"7\",\"result\":\"done\"}");

        if (!strstr(reply, cases[i].missing ? cases[i].missing : "\"result\":{"))
            fail_msg("facts '%s': %s", cases[i].facts, reply);
        tear_down(state);
        set_up(state);
    }
}

#define WITH_A_DESK(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_A_DESK(what_waits_is_withheld_and_nobody_hears_of_it),
        WITH_A_DESK(what_is_on_its_way_is_followed_by_the_all_clear),
        WITH_A_DESK(what_comes_back_without_its_reason_is_not_tried_again),
        WITH_A_DESK(what_comes_back_with_its_reason_is_tried_again),
        WITH_A_DESK(time_set_back_fires_nothing_twice),
        WITH_A_DESK(what_is_filed_in_time_set_back_is_judged_on_time),
        WITH_A_DESK(a_leap_of_time_fires_everything_once),
        WITH_A_DESK(missed_days_are_one_breach),
        WITH_A_DESK(rows_that_do_not_fit_are_refused),
        WITH_A_DESK(a_pause_that_does_not_fit_takes_its_ticket_out),
        WITH_A_DESK(a_clock_that_does_not_fit_takes_its_ticket_out),
        WITH_A_DESK(facts_that_begin_alike_come_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
