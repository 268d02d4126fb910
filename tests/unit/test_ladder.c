/*
 * What a ladder says: in the words of the notice, in both languages, and in the journal. Which rung fires
 * when, and whom it tells, is shown by stories (tests/scenario/DOM-08-*, DOM-09-*, DOM-10-*).
 */
#include "lib/ladder.h"

#include "lib/methods.h"
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "tests/unit/small_regime.h"

#define MONDAY INT64_C(1772413200000) /* 2026-03-02T09:00+08:00 */
#define DUE    (MONDAY + 24 * MSEC_HOUR)

/* Nobody heads the workshop; two chiefs read two languages, one of them has a name that JSON must write with
 * care. */
#define CHIEFS                                                                                               \
    "[person chief]\nname = Chief\nmail = chief@example.com\nroles = service_head\nlanguage = en\n"          \
    "[person \"zhu\"]\nname = 主任\nmail = zhu@example.com\nroles = service_head\nlanguage = zh\n"

static struct small_world world;
static struct desk *desk;
static struct effects effects;

static struct desk *make_desk(struct small_world *of, const char *regime, const char *people)
{
    struct desk_options options = {.name = "main", .mail_domain = "duban.invalid", .tells_verdicts = true};
    char *error = NULL;
    struct policy *policy = small_compile(of, regime, &error);
    struct roster *roster = policy ? roster_compile(policy, "people.ini", people, "", &error) : NULL;

    if (!roster)
        fail_msg("%s", error);
    return desk_create(&options, policy, roster, MONDAY);
}

static void begin_under(const char *regime, const char *people)
{
    effects_init(&effects);
    desk = make_desk(&world, regime, people);
    json_t *params = json_pack("{s:s,s:s,s:s,s:s,s:s,s:{s:s},s:{s:s,s:s}}", "class", "request", "type",
                               "repair", "urgency", "general", "channel", "phone", "subject", "s", "customer",
                               "name", "c", "contact", "name", "n", "phone", "1");
    struct request request = {.peer = {.role = ROLE_INTAKE, .actor = "clerk"},
                              .method = methods_find("ticket.create"),
                              .params = params,
                              .id = "1"};

    desk_step(desk, MONDAY, &(struct event){.kind = EVENT_REQUEST, .request = &request}, &effects);
    json_decref(params);
}

static void begin(const char *people)
{
    begin_under(small_regime, people);
}

static int tear_down(void **state)
{
    (void)state;
    desk_destroy(desk);
    effects_finish(&effects);
    small_world_finish(&world);
    return 0;
}

static void pass(msec now)
{
    for (msec due; (due = desk_wakes_at(desk)) <= now;)
        desk_step(desk, due, &(struct event){.kind = EVENT_TICK}, &effects);
}

static const struct notice_row *find_notice(const char *recipient, int rung)
{
    for (size_t i = 0; i < effects.count; i++)
        if (effects.list[i].kind == EFFECT_NOTICE && effects.list[i].notice->rung == rung &&
            strcmp(effects.list[i].notice->recipient, recipient) == 0)
            return effects.list[i].notice;
    return NULL;
}

static const char *body_for(const char *recipient, int rung)
{
    const struct notice_row *row = find_notice(recipient, rung);

    if (!row)
        fail_msg("%s was told nothing by rung %d", recipient, rung);
    return row->body;
}

/* How often the journal has a row of this type with these words; and every row is JSON. */
static size_t count_journal(const char *type, const char *words)
{
    size_t count = 0;

    for (size_t i = 0; i < effects.count; i++) {
        const struct effect *effect = &effects.list[i];

        if (effect->kind != EFFECT_JOURNAL)
            continue;
        json_t *body = json_loads(effect->journal->body, 0, NULL);
        const char *detail = json_string_value(json_object_get(body, "detail"));

        assert_non_null(body);
        count += strcmp(effect->journal->type, type) == 0 && detail && strstr(detail, words);
        json_decref(body);
    }
    return count;
}

static size_t count_notes(const char *words)
{
    size_t count = 0;

    for (size_t i = 0; i < effects.count; i++)
        count += effects.list[i].kind == EFFECT_NOTE && strstr(effects.list[i].note->line, words);
    return count;
}

static void refuse(msec now, uint64_t notice)
{
    struct event sent = {.kind = EVENT_NOTICE_SENT, .sent = {.notice = notice, .outcome = SEND_REFUSED}};

    for (int sender = 0; sender < 8; sender++) /* as many as notices wait: this one is on its way, too */
        desk_step(desk, now, &(struct event){.kind = EVENT_SENDER_IDLE}, &effects);
    desk_step(desk, now, &sent, &effects);
}

static void nobody_on_the_rung_is_said_in_the_notice(void **state)
{
    struct desk_figures figures;

    (void)state;
    begin(CHIEFS);
    pass(DUE);
    assert_non_null(
        strstr(body_for("chief", 2), "Nobody could be reached on rung 1; therefore you are told now."));
    assert_non_null(strstr(body_for("\"zhu\"", 2), "上报第1级无人可通知，因此现在通知您。"));
    assert_int_equal(count_journal("ladder.unreached", "rung 1: nobody could be reached"), 1);
    assert_int_equal(count_journal("ladder.rung", "rung 2, 2 told"), 1);
    assert_int_equal(count_notes("event=rung_unreached"), 0); /* somebody was */
    pass(DUE + 24 * MSEC_HOUR);                               /* the third rung tells them, in its own time */
    assert_null(strstr(body_for("chief", 3), "Nobody"));
    desk_figures(desk, &figures);
    assert_int_equal(figures.incidents[INCIDENT_UNREACHED], 0);
}

static void nobody_anywhere_is_an_incident(void **state)
{
    struct desk_figures figures;

    (void)state;
    begin("[person tester]\nmail = tester@example.com\nroles = handler\n");
    pass(DUE);
    assert_int_equal(count_notes("event=rung_unreached desk=main ticket=1 clock=limit cycle=1 rung=3"), 1);
    assert_int_equal(count_journal("ladder.unreached", "nobody could be reached"), 3);
    desk_figures(desk, &figures);
    assert_int_equal(figures.incidents[INCIDENT_UNREACHED], 1);
}

static void what_was_not_delivered_is_said_in_the_notice(void **state)
{
    struct desk_figures figures;

    (void)state;
    begin(CHIEFS "[person head]\nname = 组长 | Head\nmail = h@example.com\nroles = department_head\n"
                 "department = workshop\n");
    pass(DUE);
    refuse(DUE, find_notice("head", 1)->notice);
    assert_non_null(strstr(body_for("chief", 2), "The mail to Head on rung 1 could not be delivered"));
    assert_non_null(strstr(body_for("\"zhu\"", 2), "发给组长的上报第1级通知未能送达，因此现在通知您。"));
    assert_int_equal(count_journal("ladder.undelivered", "the mail to head could not be delivered"), 1);
    refuse(DUE, find_notice("\"zhu\"", 2)->notice); /* the other chief was told; still it climbs */
    assert_non_null(find_notice("chief", 3));
    assert_int_equal(count_journal("ladder.undelivered", "the mail to \"zhu\" could not"), 1);
    refuse(DUE, find_notice("chief", 2)->notice); /* the rung above has fired already */
    assert_int_equal(count_journal("ladder.rung", "rung 3"), 1);
    desk_figures(desk, &figures);
    assert_int_equal(figures.incidents[INCIDENT_UNDELIVERED], 3);
}

/* What a loader brings back of the batch in `effects`: nothing waits to be sent. */
static void bring_back(struct desk *into)
{
    desk_settle(desk, &effects);
    for (size_t i = 0; i < effects.count; i++)
        if (effects.list[i].kind == EFFECT_LADDER)
            desk_restore_ladder(into, effects.list[i].ladder->ladder, effects.list[i].ladder->body);
    for (size_t i = 0; i < effects.count; i++)
        if (effects.list[i].kind == EFFECT_TICKET_NEW)
            assert_null(desk_restore_ticket(into, effects.list[i].ticket, 0, 0, 0));
    for (size_t i = 0; i < effects.count; i++)
        if (effects.list[i].kind == EFFECT_CLOCK)
            assert_null(desk_restore_clock(into, effects.list[i].clock));
}

static size_t count_told(const char *recipient)
{
    size_t count = 0;

    for (size_t i = 0; i < effects.count; i++)
        count += effects.list[i].kind == EFFECT_NOTICE && effects.list[i].notice->rung > 0 &&
                 strcmp(effects.list[i].notice->recipient, recipient) == 0;
    return count;
}

/* Two repetitions told, one rung skipped; the new regime has another list, in which the head is told of
 * nothing. */
static void a_restart_goes_on_where_the_ladder_stood(void **state)
{
    static const char people[] = CHIEFS "[person head]\nmail = h@example.com\nroles = department_head\n"
                                        "department = workshop\n[person clerk]\nmail = c@example.com\n"
                                        "roles = intake\n";
    int line;
    char *regime = small_bent("rung = +0 department_head by mail\nrung = +50% service_head by mail\n"
                              "rung = +100% service_head intake by mail\n",
                              "rung = +0 department_head by mail again every 1h at most 4 times\n"
                              "rung = +150m service_head by mail if not acknowledged\n"
                              "rung = +3h intake by mail again every 1h at most 2 times\n",
                              &line);
    struct small_world later = {0};
    json_t *params = json_pack("{s:s}", "ticket", "1");
    struct request ack = {.peer = {.role = ROLE_DEPARTMENT_HEAD, .actor = "head"},
                          .method = methods_find("escalation.ack"),
                          .params = params,
                          .id = "2"};

    (void)state;
    begin_under(regime, people);
    pass(DUE + 2 * MSEC_HOUR);
    assert_int_equal(count_told("head"), 3);
    desk_step(desk, DUE + 2 * MSEC_HOUR, &(struct event){.kind = EVENT_REQUEST, .request = &ack}, &effects);
    pass(DUE + 3 * MSEC_HOUR);
    assert_int_equal(count_journal("ladder.skipped", "rung 2: skipped"), 1);
    assert_int_equal(count_told("clerk"), 1);
    struct desk *second = make_desk(&later, small_regime, people);

    bring_back(second);
    desk_restore_done(second, DUE + 3 * MSEC_HOUR);
    desk_destroy(desk);
    small_world_finish(&world);
    desk = second;
    world = later;
    effects_reset(&effects);
    assert_int_equal(desk_wakes_at(desk), DUE + 4 * MSEC_HOUR);
    pass(DUE + 40 * MSEC_HOUR);
    assert_int_equal(count_told("clerk"), 2);
    assert_non_null(find_notice("clerk", 3 + RUNG_AGAIN));
    assert_non_null(find_notice("clerk", 3 + 2 * RUNG_AGAIN));
    assert_non_null(strstr(body_for("clerk", 3 + 2 * RUNG_AGAIN), "这是本级第3次通知"));
    assert_int_equal(count_told("head") + count_told("chief"), 0);
    json_decref(params);
    free(regime);
}

#define CASE(test) cmocka_unit_test_teardown(test, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(nobody_on_the_rung_is_said_in_the_notice),
        CASE(nobody_anywhere_is_an_incident),
        CASE(what_was_not_delivered_is_said_in_the_notice),
        CASE(a_restart_goes_on_where_the_ladder_stood),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
