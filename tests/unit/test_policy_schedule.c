/*
 * [schedule X] line by line: every complaint, with its line; what a good one comes to. Rules of recurrence
 * are borrowed from outside, so here they are two that only say whether they need a beginning.
 */
#include "lib/policy_schedule.h"

#include "lib/base/civil.h"
#include "lib/schedule_policy.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "lib/base/text.h"
#include "tests/unit/small_refusals.h"

#define REGISTERS                                                                                            \
    "[register customers]\n"                                                                                 \
    "fields = name text, mail mail optional, key yes/no, since date\n"                                       \
    "[register contracts]\n"                                                                                 \
    "fields = name text, customer register:customers, status active|ended|lost, expires date\n"              \
    "fields = begins instant, owner person, place department, amount number\n"

#define OVER  "over = contracts\n"
#define AT    "at = on expires\n"
#define SENDS "sends = template plain to intake\n"
#define OPENS "opens = class request, type repair, urgency general\nsubject = Renewal\n"

static const struct recurrence from_anywhere = {.needs_first_day = false},
                               from_a_day = {.needs_first_day = true};

static const struct recurrence *find_rule(void *context, const char *rule, const char **ret_error)
{
    (void)context;
    if (strcmp(rule, "FREQ=MONTHLY;BYMONTHDAY=10") == 0)
        return &from_anywhere;
    if (strcmp(rule, "FREQ=MONTHLY") == 0)
        return &from_a_day;
    *ret_error = "no such rule";
    return NULL;
}

/* The small regime with registers and a schedule; the line of [schedule tried]. */
static struct policy *compile(struct small_world *world, const char *lines, char **ret_error, int *ret_line)
{
    small_find_rule = find_rule;
    struct policy *policy =
        small_compile_with(world, REGISTERS "[schedule tried]\n", lines, ret_error, ret_line);

    --*ret_line;
    return policy;
}

static void refuses_days(void **state)
{
    static const struct refused cases[] = {
        {OVER "at =\n", 2, "at: when? (30wd before FIELD"},
        {OVER "at = 09:00\n", 2, "at: when? (30wd before FIELD"},
        {OVER "at = 30x before expires\n", 2, "'30x' is no span"},
        {OVER "at = 30wd until expires\n", 2, "behind a span stands before or after"},
        {OVER "at = 30wd\n", 2, "behind a span stands before or after"},
        {OVER "at = 30wd before\n", 2, "before or after what, or on which day?"},
        {OVER "at = on\n", 2, "before or after what, or on which day?"},
        {OVER "at = on expiry\n", 2, "the register contracts has no field 'expiry' (known: expires, begins)"},
        {OVER "at = on name\n", 2, "the field 'name' is of the kind text, which can't stand here"},
        {"at = on expires\n", 1, "'expires': only a schedule over a register (over = NAME) has fields"},
        {OVER "at = on festival:easter\n", 2, "unknown festival 'easter' (known: spring_festival"},
        {OVER "at = on 13-01\n", 2, "'13-01' is no day of the year"},
        {OVER "at = on 00-10\n", 2, "'00-10' is no day of the year"},
        {OVER "at = on 02-30\n", 2, "'02-30' is no day of the year"},
        {OVER "at = on 1-1\n", 2, "'1-1' is no day of the year"},
        {OVER "at = on 01-1x\n", 2, "'01-1x' is no day of the year"},
        {OVER "at = on 01/01\n", 2, "'01/01' is no day of the year"},
        {OVER "at = on 01-01 02-01 03-01 04-01 05-01 06-01 07-01 08-01 09-01 10-01 11-01 12-01 01-02\n", 2,
         "days to count from"},
        {OVER "at = 3bh before expires\n", 2, "counted in wd, d, mo, or hours of an instant"},
        {OVER "at = 3h before expires\n", 2, "hours are counted from an instant, and 'expires' is a date"},
        {OVER "at = 3h before 01-01\n", 2, "before and after a day of each year: at most a year"},
        {OVER "at = 367d after 01-01\n", 2, "before and after a day of each year: at most a year"},
        {OVER "at = 13mo after 01-01\n", 2, "before and after a day of each year: at most a year"},
        {OVER "at = 250wd after festival:mid_autumn\n", 2, "at most a year"},
        /* the time and the roll */
        {OVER "at = on expires 24:00\n", 2, "'24:00' is no time of day"},
        {OVER "at = on expires 09:60\n", 2, "'09:60' is no time of day"},
        {OVER "at = on expires 9:00\n", 2, "'9:00' is no time of day"},
        {OVER "at = on expires 9:000\n", 2, "'9:000' is no time of day"},
        {OVER "at = on expires +9:00\n", 2, "'+9:00' is no time of day"},
        {OVER "at = on expires ab:cd\n", 2, "'ab:cd' is no time of day"},
        {OVER "at = on expires roll over\n", 2, "a rest day rolls forward or back, not 'over'"},
        /* cadences */
        {OVER "at = every\n", 2, "a cadence is written every 3mo from FIELD"},
        {OVER "at = every 3x from expires\n", 2, "'3x' is no span"},
        {OVER "at = every 3wd from expires\n", 2, "a cadence is counted in d or mo, not '3wd'"},
        {OVER "at = every 0d from expires\n", 2, "a cadence is counted in d or mo, not '0d'"},
        {OVER "at = every 3mo\n", 2, "a cadence begins with a field: every 3mo from FIELD"},
        {OVER "at = every 3mo from\n", 2, "a cadence begins with a field"},
        {OVER "at = every 3mo from name\n", 2, "the field 'name' is of the kind text"},
        {OVER "at = every 3mo from expires 0 times\n", 2, "how often is written 3 times, at most 1000"},
        {OVER "at = every 3mo from expires 1001 times\n", 2, "how often is written 3 times, at most 1000"},
        {OVER "at = every 3mo from expires 3x times\n", 2, "how often is written 3 times, at most 1000"},
        {OVER "at = every 3mo from expires 3\n", 2, "how often is written 3 times, at most 1000"},
        {OVER "at = every 3mo from expires then every 1mo\n", 2, "before 'then' a cadence says how often"},
        {OVER "at = every 3mo from expires 3 times then\n", 2, "a cadence is written every 3mo from FIELD"},
        {OVER "at = every 3mo from expires 3 times later\n", 2, "'later' is not understood here"},
        {OVER "at = every 3mo from expires !\n", 2, "before 'then' a cadence says how often"},
        {OVER "at = every 1d from expires 1 times, then every 1d 1 times, then every 1d 1 times,"
              " then every 1d 1 times, then every 1d 1 times\n",
         2, "a cadence changes at most"},
        {OVER "at = a b c d e f g h i j k l m n o p q r s t u v w x y z a b c d e f g h i j k l m n o\n", 2,
         "at most 40 words"},
        /* rules */
        {"at = FREQ=HOURLY\n", 1, "at: no such rule"},
        {"at = FREQ=MONTHLY\n", 1, "this rule counts from a beginning: add from 2026-01-01"},
        {"at = FREQ=MONTHLY from\n", 1, "from when? (from 2026-01-01, from FIELD)"},
        {"at = FREQ=MONTHLY from 2026-02-30\n", 1, "'2026-02-30' is no date"},
        {"at = FREQ=MONTHLY from 2026-02-01x\n", 1, "'2026-02-01x' is no date"},
        {"at = FREQ=MONTHLY from expires\n", 1, "'expires': only a schedule over a register"},
        {"at = FREQ=MONTHLY;BYMONTHDAY=10 later\n", 1, "'later' is not understood here"},
    };

    (void)state;
    ASSERT_REFUSED(cases);
}

static void refuses_records(void **state)
{
    static const struct refused cases[] = {
        {"over = contract\n" AT SENDS, 1,
         "there is no [register contract] (there are: customers, contracts)"},
        {OVER "when = status\n" AT, 2, "a condition is written FIELD WORD"},
        {OVER "when = status active, , name x\n" AT, 2, "a condition is written FIELD WORD"},
        {OVER "when = amount within 2mo\n" AT, 2, "the field 'amount' is of the kind number"},
        {OVER "when = state active\n" AT, 2, "the register contracts has no field 'state'"},
        {OVER "when = status never\n" AT, 2, "the field 'status' is never 'never'"},
        {OVER "when = expires within\n" AT, 2, "'within' has a span of days or months behind it"},
        {OVER "when = expires within soon\n" AT, 2, "'soon' is no span"},
        {OVER "when = expires within 3h\n" AT, 2, "'within' has a span of days or months behind it"},
        {OVER "when = expires since 0d\n" AT, 2, "'since' has a span of days or months behind it"},
        {OVER "when = expires within 2mo or so\n" AT, 2, "'within' has a span of days or months"},
        {"over = customers\nwhen = key perhaps\n" AT, 2, "the field 'key' is never 'perhaps'"},
        {OVER "when = owner a b c d e f g h i j k l m n o p q\n" AT, 2, "words for a field"},
        {OVER "when = status active, status active, status active, status active, status active,"
              " status active, status active, status active, status active\n" AT,
         2, "conditions"},
        {OVER AT "until = end\n", 3, "the register contracts has no field 'end'"},
        {OVER AT "calendar = beach\n", 3, "there is no calendar 'beach'"},
        {OVER AT "missed = later\n", 3, "what was missed: run once, run each or skip, not 'later'"},
        {OVER AT "catch up = x\n", 3, "'x' is no span"},
        {OVER AT "catch up = 3h\n", 3, "catch up is counted in civil days, at most 366d"},
        {OVER AT "catch up = 367d\n", 3, "catch up is counted in civil days, at most 366d"},
    };

    (void)state;
    ASSERT_REFUSED(cases);
}

static void refuses_what_it_would_do(void **state)
{
    static const struct refused cases[] = {
        {OVER AT, 0, "[schedule tried]: it does nothing: 'opens' or 'sends' is missing"},
        {OVER SENDS, 0, "[schedule tried]: when? 'at' is missing"},
        {OVER AT SENDS "subject = x\n", 0, "a subject is a ticket's: 'opens' is missing"},
        {OVER AT "opens =\n", 0, "what it opens needs a class and an urgency"},
        {OVER AT "opens = class request\n", 0, "what it opens needs a class and an urgency"},
        {OVER AT "opens = class\n", 3, "what it opens is written class CLASS, type TYPE"},
        {OVER AT "opens = class request, , type repair\n", 3, "what it opens is written class CLASS"},
        {OVER AT "opens = class request complaint\n", 3, "what it opens is written class CLASS"},
        {OVER AT "opens = class reqest\n", 3, "unknown class 'reqest'"},
        {OVER AT "opens = type music\n", 3, "unknown type 'music'"},
        {OVER AT "opens = urgency soon\n", 3, "unknown urgency 'soon'"},
        {OVER AT "opens = channel smoke\n", 3, "unknown channel 'smoke'"},
        {OVER AT "opens = department attic\n", 3,
         "the register contracts has no field 'attic' (known: place)"},
        {OVER AT "opens = handler name\n", 3, "the field 'name' is of the kind text"},
        {OVER AT "opens = color red\n", 3, "a ticket has no 'color' (known: class, type"},
        {OVER AT "opens = class complaint, type advice, urgency general\nsubject = x\n", 0,
         "the type is none of class complaint"},
        {OVER AT "opens = class request, urgency general\nsubject = x\n", 0, "has no department"},
        {OVER AT "opens = class request, type repair, urgency general\n", 0, "what it opens needs a subject"},
        {OVER AT OPENS "details = {name\n", 0, "'{' without '}'"},
        {OVER AT OPENS "details = {nme}\n", 0, "{nme}: the register has no such field"},
        {OVER AT OPENS "details = {name.x}\n", 0, "{name.x}: 'name' names no record with a field 'x'"},
        {OVER AT OPENS "details = {customer.x}\n", 0, "'customer' names no record with a field 'x'"},
        {"at = on 01-01\n" OPENS "details = {id}\n", 0, "{id}: a schedule of the desk has no fields"},
        {"at = on 01-01\n" OPENS "details = {a.b}\n", 0, "{a.b}: a schedule of the desk has no fields"},
        /* mails */
        {OVER AT "sends = mail\n", 3, "what it sends is written template NAME to ROLE"},
        {OVER AT "sends =\n", 3, "what it sends is written template NAME to ROLE"},
        {OVER AT "sends = template\n", 3, "what it sends is written template NAME to ROLE"},
        {OVER AT "sends = template plain\n", 3, "what it sends is written template NAME to ROLE"},
        {OVER AT "sends = template plain for intake\n", 3, "what it sends is written template NAME"},
        {OVER AT "sends = template plain to\n", 3, "what it sends is written template NAME to ROLE"},
        {OVER AT "sends = template nothing to intake\n", 3, "there is no template 'nothing'"},
        {OVER AT "sends = template plain to boss\n", 3, "unknown role 'boss'"},
        {OVER AT "sends = template plain to record.name\n", 3, "the field 'name' is of the kind text"},
        {OVER AT "sends = template plain to record.boss.mail\n", 3, "has no field 'boss' (known: customer)"},
        {OVER AT "sends = template plain to record.customer.fax\n", 3,
         "the register customers has no field 'fax' of the kind mail"},
        {OVER AT "sends = template plain to record.customer.name\n", 3,
         "the register customers has no field 'name' of the kind mail"},
    };

    (void)state;
    ASSERT_REFUSED(cases);
}

static const struct schedule_policy *accept(struct small_world *world, struct policy **ret_policy,
                                            const char *lines)
{
    char *error = NULL;
    int line;

    *ret_policy = compile(world, lines, &error, &line);
    if (!*ret_policy)
        fail_msg("%s: %s", lines, error);
    return &(*ret_policy)->schedules[0];
}

static void drop(struct small_world *world, struct policy *policy)
{
    policy_destroy(policy);
    small_world_finish(world);
}

static void reads_days(void **state)
{
    struct small_world world;
    struct policy *policy;
    const struct schedule_policy *schedule =
        accept(&world, &policy, OVER "at = 30wd before expires 09:30 roll back\n" SENDS);

    (void)state;
    assert_int_equal(schedule->at.form, SCHEDULE_AROUND);
    assert_true(schedule->at.is_before);
    assert_int_equal(schedule->at.offset.amount, 30);
    assert_int_equal(schedule->at.minute, 9 * 60 + 30);
    assert_int_equal(schedule->at.roll, ROLL_BACK);
    drop(&world, policy);

    schedule = accept(&world, &policy, OVER "at = 2h after begins\n" SENDS);
    assert_false(schedule->at.is_before);
    assert_int_equal(schedule->at.offset.amount, 2 * MSEC_HOUR);
    drop(&world, policy);

    schedule = accept(&world, &policy, "at = on festival:mid_autumn, 02-29 23:59 roll forward\n" SENDS);
    assert_int_equal(schedule->at.anchor_count, 2);
    assert_int_equal(schedule->at.anchors[0].kind, ANCHOR_FESTIVAL);
    assert_int_equal(schedule->at.anchors[1].kind, ANCHOR_YEARLY);
    assert_int_equal(schedule->at.anchors[1].month, 2);
    assert_int_equal(schedule->at.anchors[1].day, 29);
    assert_int_equal(schedule->at.minute, 23 * 60 + 59);
    assert_int_equal(schedule->at.roll, ROLL_FORWARD);
    drop(&world, policy);

    schedule = accept(&world, &policy, OVER "at = every 1mo from expires 3 times, then every 90d\n" SENDS);
    assert_int_equal(schedule->at.form, SCHEDULE_EVERY);
    assert_int_equal(schedule->at.phase_count, 2);
    assert_int_equal(schedule->at.phases[0].times, 3);
    assert_int_equal(schedule->at.phases[1].every.amount, 90);
    assert_int_equal(schedule->at.minute, 9 * 60);
    drop(&world, policy);

    schedule = accept(&world, &policy, "at = FREQ=MONTHLY;BYMONTHDAY=10\n" SENDS);
    assert_ptr_equal(schedule->at.rule, &from_anywhere);
    drop(&world, policy);
    schedule = accept(&world, &policy, "at = FREQ=MONTHLY from 2026-01-31\n" SENDS);
    assert_int_equal(schedule->at.from_day, civil_day(2026, 1, 31));
    drop(&world, policy);
    schedule = accept(&world, &policy, OVER "at = FREQ=MONTHLY from expires\n" SENDS);
    assert_int_equal(schedule->at.from_field, 3);
    drop(&world, policy);
}

static void reads_which_records(void **state)
{
    struct small_world world;
    struct policy *policy;
    const struct schedule_policy *schedule =
        accept(&world, &policy,
               OVER AT SENDS "when = status active ended, expires within 2mo, owner li.na\n"
                             "until = amount\ncalendar = office\nmissed = run each\ncatch up = 366d\n"
                             "title = 续费 | Renewal\n");

    (void)state;
    assert_int_equal(schedule->when_count, 3);
    assert_int_equal(schedule->when[0].word_count, 2);
    assert_int_equal(schedule->when[1].kind, WHEN_WITHIN);
    assert_int_equal(schedule->when[1].span.amount, 2);
    assert_int_equal(schedule->until, 7);
    assert_string_equal(calendar_name(schedule->calendar), "office");
    assert_int_equal(schedule->missed, MISSED_EACH);
    assert_int_equal(schedule->catch_up_days, 366);
    assert_string_equal(schedule->title[LANGUAGE_EN], "Renewal");
    drop(&world, policy);

    schedule = accept(&world, &policy,
                      "over = customers\nwhen = key yes no, since since 30d\nat = on since\n" SENDS
                      "missed = skip\n");
    assert_int_equal(schedule->when[0].word_count, 2);
    assert_int_equal(schedule->when[1].kind, WHEN_SINCE);
    assert_int_equal(schedule->missed, MISSED_SKIP);
    assert_string_equal(calendar_name(schedule->calendar), "always");
    drop(&world, policy);
}

static void reads_what_to_do(void **state)
{
    struct small_world world;
    struct policy *policy;
    const struct schedule_policy *schedule =
        accept(&world, &policy,
               OVER AT "opens = class request, type repair advice, urgency urgent, channel web,"
                       " department place, handler owner\n"
                       "subject = 续 {name} | Renew {name} of {customer.name}, {id}, {month}\n"
                       "details = until {expires}, {date}\n");

    (void)state;
    assert_int_equal(schedule->class_index, 0);
    assert_int_equal(schedule->types, 3);
    assert_int_equal(schedule->urgency, 1);
    assert_int_equal(schedule->channel, 1);
    assert_int_equal(schedule->department_field, 6);
    assert_int_equal(schedule->handler_field, 5);
    drop(&world, policy);

    schedule = accept(&world, &policy,
                      "at = on 01-01\nopens = class request, urgency general, department office\n"
                      "subject = New year {date}\n");
    assert_int_equal(schedule->department, 1);
    assert_int_equal(schedule->channel, 0);
    drop(&world, policy);

    schedule = accept(&world, &policy, OVER AT "sends = template plain to record.customer.mail\n");
    assert_int_equal(schedule->to_reference, 1);
    assert_int_equal(schedule->to_field, 1);
    drop(&world, policy);
    schedule =
        accept(&world, &policy, "over = customers\nat = on since\nsends = template plain to record.mail\n");
    assert_int_equal(schedule->to_reference, POLICY_NONE);
    assert_int_equal(schedule->to_field, 1);
    drop(&world, policy);
}

static void names_are_words(void **state)
{
    static const struct refused cases[] = {
        {OVER AT SENDS "[schedule Yearly]\n", 4, "a schedule's name is one word of small letters"},
    };
    struct small_world world;
    struct text lines = {0};
    char *error = NULL;
    int line;

    (void)state;
    ASSERT_REFUSED(cases);
    text_add(&lines, OVER AT SENDS);
    for (int i = 0; i < SCHEDULES_MAX; i++)
        text_printf(&lines, "[schedule more%d]\nat = on 01-01\n" SENDS, i);
    assert_null(compile(&world, text_get(&lines), &error, &line));
    assert_non_null(strstr(error, "schedules"));
    free(error);
    text_finish(&lines);
    small_world_finish(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refuses_days),
        cmocka_unit_test(refuses_records),
        cmocka_unit_test(refuses_what_it_would_do),
        cmocka_unit_test(reads_days),
        cmocka_unit_test(reads_which_records),
        cmocka_unit_test(reads_what_to_do),
        cmocka_unit_test(names_are_words),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
