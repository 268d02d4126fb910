/*
 * Any text for `at` of a schedule: it is taken or refused with a sentence, and what is taken has days that
 * come in order, strictly after whatever is asked about, the same ones each time.
 *
 * Rules of recurrence go through libical as in the programs. Driven by damage.c, or by libFuzzer with
 * -DDUBAN_LIBFUZZER.
 */
#include "files/recurrence.h"
#include "lib/schedule.h"

#include "tests/fuzz/damage.h"
#include "tests/unit/small_regime.h"

static const char registers[] = "[register contracts]\n"
                                "fields = signed date optional, expires date, visit instant optional\n"
                                "[schedule s]\nover = contracts\n"
                                "opens = class request, type repair, urgency general\nsubject = {id}\nat = ";

static struct recurrences *rules;

static const struct recurrence *find_rule(void *context, const char *rule, const char **ret_error)
{
    (void)context;
    return recurrences_find(rules, rule, ret_error);
}

static void ask(const struct policy *policy)
{
    const char *const values[] = {"2026-01-31", "2026-12-31", "2026-05-01T08:30:00+08:00"};
    const struct schedule_view view = {.policy = policy, .schedule = &policy->schedules[0], .values = values};
    msec at = (msec)damage_random((size_t)(INT64_C(90) * 365 * MSEC_DAY));

    for (int i = 0; i < 4; i++) {
        msec next_at = schedule_next(&view, at);

        damage_require(next_at > at, "strictly after");
        damage_require(schedule_next(&view, at) == next_at, "the same again");
        if (next_at == NEVER)
            return;
        damage_require(schedule_next(&view, next_at - 1) == next_at, "nothing between");
        at = next_at;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    struct small_world world;
    char *error, *text;

    if (length > 300)
        return 0;
    if (asprintf(&text, "%s%s%.*s\n", small_regime, registers, (int)length, (const char *)bytes) < 0)
        abort();
    if (!rules)
        rules = recurrences_create();
    small_find_rule = find_rule;
    struct policy *policy = small_compile(&world, text, &error);

    damage_require(!policy == !!error, "a policy or a complaint");
    damage_require(!error || strlen(error) > 12, "a complaint says something");
    if (policy && policy->schedule_count)
        ask(policy);
    policy_destroy(policy);
    small_world_finish(&world);
    free(error);
    free(text);
    return 0;
}

#ifndef DUBAN_LIBFUZZER

#define SEED(text)                                                                                           \
    {                                                                                                        \
        text, sizeof(text) - 1                                                                               \
    }

int main(int count, char **arguments)
{
    static const struct damage_seed seeds[] = {
        SEED("30wd before expires 09:00"),
        SEED("3wd before festival:spring_festival festival:dragon_boat 01-01"),
        SEED("on signed expires 23:59"),
        SEED("2h before visit"),
        SEED("every 1mo from signed 3 times, then every 12mo 10:00 roll forward"),
        SEED("FREQ=MONTHLY;BYMONTHDAY=10 17:00 roll back"),
        SEED("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH from signed"),
        SEED("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29 from 2026-01-05"),
    };
    static const char *const words[] = {
        "before",     "after",           "on",           "every",  "from",  "then",  "times",  "roll",
        "forward",    "festival:",       "expires",      "signed", "visit", "FREQ=", "WEEKLY", "BYDAY=-1FR",
        ";COUNT=3",   ";INTERVAL=4",     "02-29",        "12-31",  "00:00", "24:00", "9999mo", "0d",
        "2026-02-30", ";UNTIL=20301231", ";BYSETPOS=-1", "1wd"};
    const struct damage damage = {seeds, sizeof(seeds) / sizeof(*seeds), words,
                                  sizeof(words) / sizeof(*words), 12000};
    int code = damage_run(count, arguments, &damage);

    recurrences_destroy(rules);
    return code;
}

#endif
