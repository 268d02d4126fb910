/*
 * Rows of registers and schedules that come back at a start under a regime that is no longer theirs: what
 * fits is taken, what does not is said and kept apart, and nothing of it stops the desk.
 */
#include "lib/register_rows.h"

#include "lib/schedule_book.h"
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "tests/unit/small_regime.h"

#define MONDAY INT64_C(1772413200000) /* 2026-03-02T09:00+08:00 */

static struct small_world world;
static struct desk *desk;

static int set_up(void **state)
{
    struct desk_options options = {.name = "main", .mail_domain = "duban.invalid"};
    char *error = NULL;
    int line;
    char *text =
        small_bent("[contact]\n",
                   "[register lifts]\nfields = name text, floors number optional, built date\n"
                   "[schedule inspect]\nover = lifts\nat = 1d after built 09:00\n"
                   "sends = template plain to intake\n"
                   "[schedule yearly]\nat = on 01-01 09:00\nsends = template plain to intake\n[contact]\n",
                   &line);
    struct policy *policy = small_compile(&world, text, &error);
    struct roster *roster = policy ? roster_compile(policy, "people.ini", "", "", &error) : NULL;

    (void)state;
    free(text);
    if (!roster)
        fail_msg("%s", error);
    desk = desk_create(&options, policy, roster, MONDAY);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    desk_destroy(desk);
    small_world_finish(&world);
    return 0;
}

static const struct register_record *record_of(const char *id)
{
    uint32_t index = register_find(desk->registers, 0, id);

    return index == REGISTER_NONE ? NULL : register_at(desk->registers, 0, index);
}

static const char *bring(const char *of, const char *id, const char *body, bool removed)
{
    const struct register_row row = {
        .of = of, .record = id, .body = body, .revision = 7, .changed_at = MONDAY, .removed = removed};

    return desk_restore_register(desk, &row);
}

static void takes_what_fits(void **state)
{
    (void)state;
    assert_null(
        bring("lifts", "L-1", "{\"name\": \"North\", \"floors\": 12, \"built\": \"2026-03-02\"}", false));
    const struct register_record *record = record_of("L-1");

    assert_true(register_is_live(record));
    assert_string_equal(record->values[1], "12");
    assert_int_equal(record->revision, 7);
    assert_false(record->is_unreadable);
    assert_null(bring("lifts", "L-2", "{}", true)); /* keeps its revision */
    assert_false(register_is_live(record_of("L-2")));
    assert_int_equal(record_of("L-2")->revision, 7);
}

static void says_what_does_not_fit(void **state)
{
    static const struct {
        const char *body, *wrong;
    } cases[] = {
        {"[]", "body: not a JSON object"},
        {"\"L-1\"", "body: not a JSON object"},
        {"{", "body: not a JSON object"},
        {"{\"colour\": \"red\"}", "body: the regime's register has no such field"},
        {"{\"floors\": \"many\"}", "body: a value does not fit its field"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_string_equal(bring("lifts", "L-1", cases[i].body, false), cases[i].wrong);
        assert_true(record_of("L-1")->is_unreadable); /* nothing is written over it */
        assert_false(register_is_live(record_of("L-1")));
    }
    assert_string_equal(bring("rooms", "R-1", "{}", false), "register: the regime has no such register");
    assert_null(bring("rooms", "R-2", "{}", true)); /* was removed: nothing is lost */
}

static void bring_run(const char *schedule, const char *of, const char *id)
{
    const struct schedule_run_row row = {
        .schedule = schedule, .of = of, .record = id, .outcome = "told", .occurrence_at = MONDAY - MSEC_DAY};

    desk_restore_schedule_run(desk, &row, 3);
}

/* Runs come back to the schedule and the record that they were of, or not at all. */
static void brings_runs_back(void **state)
{
    (void)state;
    assert_null(bring("lifts", "L-1", "{\"name\": \"North\", \"built\": \"2026-03-02\"}", false));
    bring_run("weekly", "lifts", "L-1");
    bring_run("inspect", "rooms", "L-1");
    bring_run("inspect", "", "");
    bring_run("inspect", "lifts", "L-9");
    bring_run("yearly", "lifts", "L-1");
    assert_int_equal(schedule_run_count(desk), 0);
    bring_run("inspect", "lifts", "L-1");
    bring_run("yearly", "", "");
    assert_int_equal(schedule_run_count(desk), 2);
    assert_int_equal(schedule_run_at(desk, 0)->count, 3);
    assert_int_equal(schedule_run_at(desk, 0)->last_at, MONDAY - MSEC_DAY);
}

/* The rows about schedules that a batch has now. */
static size_t schedule_rows(struct effects *out, const char *name, const char **ret_rule)
{
    size_t count = 0;

    effects_init(out);
    desk_settle(desk, out);
    for (size_t i = 0; i < out->count; i++)
        if (out->list[i].kind == EFFECT_SCHEDULE && strcmp(out->list[i].schedule->schedule, name) == 0) {
            *ret_rule = out->list[i].schedule->rule;
            count++;
        }
    return count;
}

/* A schedule that the regime no longer has is noted as gone once; one that was gone already, never. */
static void notes_what_is_gone_once(void **state)
{
    static const struct schedule_row gone = {.schedule = "weekly",
                                             .rule = "|on 01-01||always|",
                                             .since_at = 1},
                                     long_gone = {.schedule = "daily", .rule = "", .since_at = 1};
    struct effects out;
    const char *rule = NULL;

    (void)state;
    desk_restore_schedule(desk, &gone);
    desk_restore_schedule(desk, &long_gone);
    desk_restore_done(desk, MONDAY);
    assert_int_equal(schedule_rows(&out, "weekly", &rule), 1);
    assert_string_equal(rule, "");
    effects_finish(&out);
    assert_int_equal(schedule_rows(&out, "weekly", &rule), 0);
    effects_finish(&out);
    assert_int_equal(schedule_rows(&out, "daily", &rule), 0);
    effects_finish(&out);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(takes_what_fits),
        CASE(says_what_does_not_fit),
        CASE(brings_runs_back),
        CASE(notes_what_is_gone_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
