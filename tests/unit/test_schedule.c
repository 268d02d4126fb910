/*
 * Schedules: how their days are written, what is refused, and which instants they are.
 *
 * Rules of recurrence come from libical as in the programs; the calendar has weekends, a holiday and a
 * make-up day.
 */
#include "lib/schedule.h"

#include "files/recurrence.h"
#include "lib/base/civil.h"
#include "lib/base/hash.h"
#include "lib/base/instant.h"
#include "tests/unit/small_regime.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

static const char registers[] =
    "[register customers]\n"
    "fields = name text, email mail optional\n"
    "[register contracts]\n"
    "fields = signed date optional, expires date optional, visit instant optional\n"
    "fields = status active|ended|lost, amount number optional, key yes/no optional\n"
    "fields = owner person optional, department department optional\n"
    "fields = customer register:customers optional, renewed date optional\n";

static const char week_text[] =
    "[calendar]\nname = office\nzone = Asia/Shanghai\nuntil = 2030-12-31\n"
    "[hours]\nmonday = 09:00-17:00\ntuesday = 09:00-17:00\nwednesday = 09:00-17:00\n"
    "thursday = 09:00-17:00\nfriday = 09:00-17:00\nsaturday = closed\nsunday = closed\n"
    "[holidays]\n2026-05-01..2026-05-05 = holiday\n"
    "[working_days]\n2026-05-09 = made up\n";

static struct small_world world;
static struct recurrences *rules;
static struct calendar *week;
static struct policy *policy;
static char *error;

static const struct recurrence *find_rule(void *context, const char *rule, const char **ret_error)
{
    (void)context;
    return recurrences_find(rules, rule, ret_error);
}

static struct zone *find_zone(void *context, const char *name)
{
    (void)name;
    return context;
}

static int set_up(void **state)
{
    (void)state;
    rules = recurrences_create();
    small_find_rule = find_rule;
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    recurrences_destroy(rules);
    return 0;
}

static void finish(void)
{
    policy_destroy(policy);
    calendar_destroy(week);
    free(error);
    small_world_finish(&world);
    policy = NULL;
    week = NULL;
    error = NULL;
}

/* The small regime with the registers above and one schedule of these lines. */
static void compile(const char *lines)
{
    char *text;

    if (asprintf(&text, "%s%s[schedule s]\n%s", small_regime, registers, lines) < 0)
        abort();
    policy = small_compile(&world, text, &error);
    free(text);
}

static void compile_well(const char *lines)
{
    char *wrong;

    compile(lines);
    if (!policy)
        fail_msg("%s: %s", lines, error);
    week = calendar_compile("week.ini", week_text, find_zone, world.zone, &wrong);
    if (!week)
        fail_msg("%s", wrong);
    policy->schedules[0].calendar = week;
}

#define OPENS "opens = class request, type repair, urgency general\nsubject = x\n"

static void expect_refused(const char *lines, const char *why)
{
    compile(lines);
    if (policy)
        fail_msg("taken: %s", lines);
    if (!strstr(error, why))
        fail_msg("%s\n  '%s' instead of '%s'", lines, error, why);
    finish();
}

static void expect_at_refused(const char *at, const char *why)
{
    char *lines;

    if (asprintf(&lines, "over = contracts\nat = %s\n" OPENS, at) < 0)
        abort();
    expect_refused(lines, why);
    free(lines);
}

static void refuses_what_no_day_is(void **state)
{
    (void)state;
    expect_at_refused("", "when?");
    expect_at_refused("09:00", "when?");
    expect_at_refused("monthly", "is no span");
    expect_at_refused("30wd", "before or after");
    expect_at_refused("30wd before", "before or after what");
    expect_at_refused("30wd before nothing", "no field 'nothing' (known: signed, expires, visit, renewed)");
    expect_at_refused("30wd before status", "of the kind words");
    expect_at_refused("30wd before expires 25:00", "25:00");
    expect_at_refused("30wd before expires 9:00", "9:00");
    expect_at_refused("30wd before expires roll sideways", "sideways");
    expect_at_refused("8bh before expires", "counted in wd, d, mo");
    expect_at_refused("2h before expires", "'expires' is a date");
    expect_at_refused("3wd before festival:easter", "unknown festival 'easter'");
    expect_at_refused("3wd before 13-01", "13-01");
    expect_at_refused("3wd before 02-30", "02-30");
    expect_at_refused("400d before 01-01", "at most a year");
    expect_at_refused("2h before 01-01", "at most a year");
    expect_at_refused("every expires", "is no span");
    expect_at_refused("every 3mo", "begins with a field");
    expect_at_refused("every 3wd from signed", "counted in d or mo");
    expect_at_refused("every 0d from signed", "counted in d or mo");
    expect_at_refused("every 3mo from signed 3", "3 times");
    expect_at_refused("every 3mo from signed 0 times", "3 times");
    expect_at_refused("every 3mo from signed then every 6mo", "says how often");
    expect_at_refused("every 3mo from signed 2 times then", "a cadence is written");
    expect_at_refused("every 3mo from signed twice", "says how often");
    expect_at_refused("FREQ=HOURLY", "HOURLY");
    expect_at_refused("FREQ=WEEKLY", "counts from a beginning");
    expect_at_refused("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO from", "from when?");
    expect_at_refused("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO from 2026-02-30", "2026-02-30");
    expect_at_refused("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO from status", "of the kind words");
    expect_at_refused("FREQ=DAILY sometimes", "'sometimes' is not understood");
    expect_refused("at = 3d before expires\n" OPENS, "only a schedule over a register");
}

static void refuses_what_does_nothing_or_nonsense(void **state)
{
    (void)state;
    expect_refused("at = FREQ=DAILY\n", "does nothing");
    expect_refused(OPENS, "'at' is missing");
    expect_refused("over = orders\nat = FREQ=DAILY\n" OPENS,
                   "no [register orders] (there are: customers, contracts)");
    expect_refused("over = contracts\nwhen = status gone\nat = FREQ=DAILY\n" OPENS, "never 'gone'");
    expect_refused("over = contracts\nwhen = key maybe\nat = FREQ=DAILY\n" OPENS, "never 'maybe'");
    expect_refused("over = contracts\nwhen = status\nat = FREQ=DAILY\n" OPENS, "a condition is written");
    expect_refused("over = contracts\nwhen = status within 3d\nat = FREQ=DAILY\n" OPENS, "of the kind words");
    expect_refused("over = contracts\nwhen = expires within 3wd\nat = FREQ=DAILY\n" OPENS, "days or months");
    expect_refused("over = contracts\nwhen = expires 2026-01-01\nat = FREQ=DAILY\n" OPENS,
                   "of the kind date");
    expect_refused("over = contracts\nuntil = done\nat = FREQ=DAILY\n" OPENS, "no field 'done'");
    expect_refused("at = FREQ=DAILY\nmissed = never\n" OPENS, "run once, run each or skip");
    expect_refused("at = FREQ=DAILY\ncatch up = 3h\n" OPENS, "civil days");
    expect_refused("at = FREQ=DAILY\nopens = class request, type repair\nsubject = x\n",
                   "a class and an urgency");
    expect_refused("at = FREQ=DAILY\nopens = class request, urgency general\nsubject = x\n", "no department");
    expect_refused("at = FREQ=DAILY\nopens = class complaint, type advice, urgency general\nsubject = x\n",
                   "none of class complaint");
    expect_refused("at = FREQ=DAILY\nopens = class request, type repair, urgency general\n",
                   "needs a subject");
    expect_refused("at = FREQ=DAILY\nsubject = x\nsends = template t to intake\n", "'opens' is missing");
    expect_refused("at = FREQ=DAILY\nopens = colour red\nsubject = x\n", "no 'colour'");
    expect_refused(
        "over = contracts\nat = FREQ=DAILY\nopens = class request, type repair, urgency general, handler "
        "status\nsubject = x\n",
        "what can: owner");
    expect_refused("over = contracts\nat = FREQ=DAILY\nopens = class request, type repair, urgency general\n"
                   "subject = {number}\n",
                   "{number}");
    expect_refused("over = contracts\nat = FREQ=DAILY\nopens = class request, type repair, urgency general\n"
                   "subject = {customer.colour}\n",
                   "'customer' names no record with a field 'colour'");
    expect_refused("at = FREQ=DAILY\nopens = class request, type repair, urgency general\nsubject = {id}\n",
                   "{id}");
    expect_refused("at = FREQ=DAILY\nopens = class request, type repair, urgency general\nsubject = {date\n",
                   "without '}'");
    expect_refused("at = FREQ=DAILY\nsends = template nothing to intake\n", "no template 'nothing'");
    expect_refused("at = FREQ=DAILY\nsends = mail to intake\n", "what it sends is written");
    expect_refused("at = FREQ=DAILY\nsends = template t to nobody\n", "nobody");
    expect_refused("at = FREQ=DAILY\nsends = template t to record.email\n",
                   "only a schedule over a register");
    expect_refused("over = contracts\nat = FREQ=DAILY\nsends = template t to record.customer.name\n",
                   "no field 'name' of the kind mail");
}

static msec instant(const char *text)
{
    msec at;

    if (instant_parse(text, &at) != INSTANT_OK)
        fail_msg("%s", text);
    return at;
}

struct given {
    const char *signed_on, *expires, *visit, *status, *renewed;
};

static msec next_of(const struct given *given, msec after_at)
{
    const char *values[REGISTER_FIELDS_MAX] = {given->signed_on, given->expires, given->visit,
                                               given->status ? given->status : "active"};
    struct schedule_view view = {.policy = policy, .schedule = &policy->schedules[0], .values = values};

    values[9] = given->renewed;
    return schedule_next(&view, after_at);
}

/* `instants` end with NULL; behind the last one nothing comes when `ends`. */
static void expect_next(const char *at, const struct given *given, const char *after,
                        const char *const *instants, bool ends)
{
    char *lines, text[INSTANT_TEXT];
    msec next_at = instant(after);

    if (asprintf(&lines, "over = contracts\n%s" OPENS, at) < 0)
        abort();
    compile_well(lines);
    for (; *instants; instants++) {
        next_at = next_of(given, next_at);
        instant_format(next_at, 8 * 3600, text);
        if (strncmp(text, *instants, strlen(*instants)) != 0)
            fail_msg("%s: %s instead of %s", at, text, *instants);
    }
    if (ends)
        assert_int_equal(next_of(given, next_at), NEVER);
    finish();
    free(lines);
}

#define AT(...) ((const char *const[]){__VA_ARGS__, NULL})

static void knows_days_around_fields(void **state)
{
    const struct given given = {
        .signed_on = "2026-02-14", .expires = "2026-05-08", .visit = "2026-05-04T20:30:00Z"};

    (void)state;
    expect_next("at = 1wd before expires\n", &given, "2026-01-01T00:00:00Z", AT("2026-05-07T09:00"), true);
    expect_next("at = 3wd before expires 10:30\n", &given, "2026-01-01T00:00:00Z", AT("2026-04-30T10:30"),
                true);
    expect_next("at = 1wd after expires\n", &given, "2026-01-01T00:00:00Z", AT("2026-05-09T09:00"), true);
    expect_next("at = 2wd after expires\n", &given, "2026-01-01T00:00:00Z", AT("2026-05-11T09:00"), true);
    expect_next("at = 5d before expires\n", &given, "2026-01-01T00:00:00Z", AT("2026-05-03T09:00"), true);
    expect_next("at = 5d before expires roll forward\n", &given, "2026-01-01T00:00:00Z",
                AT("2026-05-06T09:00"), true);
    expect_next("at = 5d before expires roll back\n", &given, "2026-01-01T00:00:00Z", AT("2026-04-30T09:00"),
                true);
    expect_next("at = 2mo before expires\n", &given, "2026-01-01T00:00:00Z", AT("2026-03-08T09:00"), true);
    expect_next("at = on signed expires 00:00\n", &given, "2026-01-01T00:00:00Z",
                AT("2026-02-14T00:00", "2026-05-08T00:00"), true);
    /* The visit is on the 5th of May in Shanghai; hours count from its own time. */
    expect_next("at = on visit\n", &given, "2026-01-01T00:00:00Z", AT("2026-05-05T09:00"), true);
    expect_next("at = 2h before visit\n", &given, "2026-01-01T00:00:00Z", AT("2026-05-05T02:30"), true);
    expect_next("at = 90m after visit\n", &given, "2026-01-01T00:00:00Z", AT("2026-05-05T06:00"), true);
    /* Strictly after, to the millisecond. */
    expect_next("at = on signed\n", &given, "2026-02-14T08:59:59.999+08:00", AT("2026-02-14T09:00"), true);
    expect_next("at = on signed\n", &given, "2026-02-14T09:00:00+08:00", AT(NULL), true);
    expect_next("at = on renewed\n", &given, "2026-01-01T00:00:00Z", AT(NULL), true);
}

static void knows_days_of_years(void **state)
{
    const struct given given = {.signed_on = "2026-02-14"};

    (void)state;
    expect_next("at = on festival:spring_festival\n", &given, "2026-01-01T00:00:00Z",
                AT("2026-02-17", "2027-02-06", "2028-01-26"), false);
    expect_next("at = 3wd before festival:dragon_boat 01-01\n", &given, "2026-01-01T00:00:00Z",
                AT("2026-06-16T09:00", "2026-12-29T09:00", "2027-06-04T09:00"), false);
    expect_next("at = on 02-29 12:00\n", &given, "2026-01-01T00:00:00Z",
                AT("2028-02-29T12:00", "2032-02-29T12:00"), false);
    expect_next("at = 10d after 12-31\n", &given, "2026-01-05T00:00:00Z",
                AT("2026-01-10T09:00", "2027-01-10T09:00"), false);
}

static void knows_cadences(void **state)
{
    const struct given given = {.signed_on = "2026-01-31"};

    (void)state;
    expect_next("at = every 1mo from signed\n", &given, "2026-01-01T00:00:00Z",
                AT("2026-02-28", "2026-03-31", "2026-04-30"), false);
    expect_next("at = every 1mo from signed 2 times\n", &given, "2026-01-01T00:00:00Z",
                AT("2026-02-28", "2026-03-31"), true);
    expect_next("at = every 1mo from signed 2 times, then every 10d 2 times, then every 12mo\n", &given,
                "2026-01-01T00:00:00Z",
                AT("2026-02-28", "2026-03-31", "2026-04-10", "2026-04-20", "2027-04-20"), false);
    expect_next("at = every 7d from signed\n", &given, "2036-01-01T00:00:00Z", AT("2036-01-05", "2036-01-12"),
                false);
    expect_next("at = every 1mo from signed\n", &given, "2056-05-31T01:00:00Z",
                AT("2056-06-30", "2056-07-31"), false);
    expect_next("at = every 1d from signed roll forward\n", &given, "2026-04-30T02:00:00Z",
                AT("2026-05-06", "2026-05-07", "2026-05-08", "2026-05-09", "2026-05-11"), false);
}

static void knows_rules(void **state)
{
    const struct given given = {.signed_on = "2026-01-09"};

    (void)state;
    expect_next("at = FREQ=MONTHLY;BYMONTHDAY=10 17:00 roll forward\n", &given, "2026-05-01T00:00:00Z",
                AT("2026-05-11T17:00", "2026-06-10T17:00"), false);
    expect_next("at = FREQ=MONTHLY;BYMONTHDAY=1 roll back\n", &given, "2026-04-29T00:00:00Z",
                AT("2026-04-30T09:00", "2026-06-01T09:00"), false);
    expect_next("at = FREQ=WEEKLY;INTERVAL=2 from signed\n", &given, "2026-01-01T00:00:00Z",
                AT("2026-01-09", "2026-01-23", "2026-02-06"), false);
    expect_next("at = FREQ=MONTHLY;COUNT=2 from 2026-01-31\n", &given, "2026-01-01T00:00:00Z",
                AT("2026-01-31", "2026-03-31"), true);
}

static void looks_at_the_record(void **state)
{
    struct given given = {.signed_on = "2026-01-09", .expires = "2026-06-15"};

    (void)state;
    expect_next("when = status active\nat = FREQ=DAILY\n", &given, "2026-03-01T00:00:00Z",
                AT("2026-03-01T09:00"), false);
    expect_next("when = status ended lost\nat = FREQ=DAILY\n", &given, "2026-03-01T00:00:00Z", AT(NULL),
                true);
    expect_next("when = expires within 2mo\nat = FREQ=MONTHLY;BYMONTHDAY=10\n", &given,
                "2026-01-01T00:00:00Z", AT("2026-05-10", "2026-06-10"), true);
    expect_next("when = expires since 3mo\nat = FREQ=MONTHLY;BYMONTHDAY=10\n", &given, "2026-01-01T00:00:00Z",
                AT("2026-07-10", "2026-08-10", "2026-09-10"), true);
    expect_next("when = expires within 5d, signed since 3mo\nat = FREQ=DAILY\n", &given,
                "2026-01-01T00:00:00Z", AT(NULL), true);
    expect_next(
        "when = expires within 5d\nat = FREQ=DAILY 12:00\n", &given, "2026-01-01T00:00:00Z",
        AT("2026-06-10T12:00", "2026-06-11", "2026-06-12", "2026-06-13", "2026-06-14", "2026-06-15T12:00"),
        true);
    expect_next("until = renewed\nat = FREQ=DAILY\n", &given, "2026-03-01T00:00:00Z", AT("2026-03-01T09:00"),
                false);
    given.renewed = "2026-02-01";
    expect_next("until = renewed\nat = FREQ=DAILY\n", &given, "2026-03-01T00:00:00Z", AT(NULL), true);
}

/* `Nwd before` is what calendars say it is; and from wherever one asks, the next one is the next one. */
static void agrees_with_the_calendar(void **state)
{
    char lines[128], day[16];

    (void)state;
    for (uint64_t i = 0; i < 300; i++) {
        int64_t number = civil_day(2026, 1, 1) + (int64_t)(hash_number(i) % 500),
                count = 1 + (int64_t)(i % 25);
        struct civil date = civil_date(number);
        struct given given = {.expires = day};

        snprintf(day, sizeof(day), "%04d-%02d-%02d", date.year, date.month, date.day);
        snprintf(lines, sizeof(lines), "over = contracts\nat = %dwd before expires 11:15\n" OPENS,
                 (int)count);
        compile_well(lines);
        msec due_at = calendar_before_working_days(week, number, count, 11 * 60 + 15);

        assert_int_equal(next_of(&given, 0), due_at);
        assert_int_equal(next_of(&given, due_at - 1), due_at);
        assert_int_equal(next_of(&given, due_at), NEVER);
        finish();
    }
}

/* Asking from any instant gives the first occurrence behind it: none is left out, none comes out of order. */
static void leaves_nothing_out(void **state)
{
    static const char *const forms[] = {
        "at = every 9d from signed roll forward\n",
        "at = every 1mo from signed 5 times, then every 40d\n",
        "at = FREQ=WEEKLY;BYDAY=SA,WE roll back\n",
        "at = FREQ=MONTHLY;BYMONTHDAY=-1,15 23:59\n",
        "at = 12wd before festival:mid_autumn 05-03 01-01\n",
        "at = FREQ=DAILY;INTERVAL=3 from signed roll forward\n",
    };
    const struct given given = {.signed_on = "2026-01-31"};
    msec begins_at = instant("2026-01-01T00:00:00Z"), ends_at = instant("2028-06-01T00:00:00Z");
    char *lines;

    (void)state;
    for (size_t f = 0; f < sizeof(forms) / sizeof(*forms); f++) {
        if (asprintf(&lines, "over = contracts\n%s" OPENS, forms[f]) < 0)
            abort();
        compile_well(lines);
        for (msec at = begins_at, next_at; (next_at = next_of(&given, at)) < ends_at; at = next_at) {
            assert_true(next_at > at);
            for (uint64_t i = 0; i < 5; i++)
                assert_int_equal(
                    next_of(&given, at + (msec)(hash_number((uint64_t)at + i) % (uint64_t)(next_at - at))),
                    next_at);
        }
        finish();
        free(lines);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refuses_what_no_day_is),   cmocka_unit_test(refuses_what_does_nothing_or_nonsense),
        cmocka_unit_test(knows_days_around_fields), cmocka_unit_test(knows_days_of_years),
        cmocka_unit_test(knows_cadences),           cmocka_unit_test(knows_rules),
        cmocka_unit_test(looks_at_the_record),      cmocka_unit_test(agrees_with_the_calendar),
        cmocka_unit_test(leaves_nothing_out),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
