/*
 * Schedules lose nothing and do nothing twice, whatever is put, removed and slept through (domain rules 12
 * and 13).
 *
 * A desk with three contracts and a schedule of each kind lives for months: records are put and removed at
 * random times, the desk is asleep now and then, and now and then it is begun again from its rows. Beside it
 * runs a model that knows only this: when a record was put with which date, and that an occurrence is owed
 * when it falls at or after the put and before the next change. Every run that the desk writes must be owed,
 * once; at the end nothing that was owed may be missing.
 *
 * DUBAN_SEED begins with another life, DUBAN_ROUNDS lives more of them.
 */
#include "files/recurrence.h"
#include "lib/base/civil.h"
#include "lib/base/instant.h"
#include "lib/desk.h"
#include "lib/methods.h"
#include "tests/property/chance.h"
#include "tests/unit/small_regime.h"
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#define RECORDS   3
#define ROUNDS    150
#define ACTS      80
#define BEGINS_AT INT64_C(1767225600000) /* 2026-01-01T00:00:00Z */
#define MOST      4096

static const char schedules[] = "[register contracts]\nfields = expires date\n"
                                "[schedule before]\nover = contracts\nat = 5d before expires 10:00\n"
                                "sends = template t to intake\n"
                                "[schedule every]\nover = contracts\nat = every 4d from expires 5 times\n"
                                "missed = run each\nsends = template t to intake\n"
                                "[schedule caught]\nover = contracts\nat = on expires 18:00\ncatch up = 3d\n"
                                "sends = template t to intake\n"
                                "[schedule daily]\nat = FREQ=DAILY 07:30\nmissed = run each\n"
                                "opens = class request, type repair, urgency general\nsubject = {date}\n"
                                "[schedule weekly]\nat = FREQ=WEEKLY;BYDAY=MO 08:00\nmissed = skip\n"
                                "sends = template t to intake\n";

enum { BEFORE, EVERY, CAUGHT, DAILY, WEEKLY, SCHEDULES };
static const char *const names[SCHEDULES] = {"before", "every", "caught", "daily", "weekly"};

/* Something that is owed: it has to run, or to be overtaken by a later one that was owed at the same look. */
struct owed {
    unsigned schedule, record;
    msec at;
    bool is_done;
};

/* A record as the model knows it. */
struct known {
    bool is_there, is_new; /* new: put since the last look */
    int64_t day;           /* of its date */
    msec since_at;
};

struct life {
    struct small_world world;
    struct desk *desk;
    struct effects effects;
    msec now, looked_at;
    struct known known[RECORDS];
    msec last_at[SCHEDULES][RECORDS];
    struct owed owed[MOST];
    size_t owed_count;
    /* rows */
    struct arena arena;
    struct register_row registers[RECORDS];
    struct schedule_row beginnings[SCHEDULES];
    struct schedule_run_row runs[SCHEDULES][RECORDS];
    uint32_t counts[SCHEDULES][RECORDS];
    size_t beginning_count;
    uint64_t sequences[3]; /* ticket, notice, journal */
    uint64_t number;
};

static uint64_t seed_of_life;
static struct recurrences *rules;

#define EXPECT(holds, ...)                                                                                   \
    do {                                                                                                     \
        if (!(holds)) {                                                                                      \
            fprintf(stderr, "seed %" PRIu64 ": ", seed_of_life);                                             \
            fail_msg(__VA_ARGS__);                                                                           \
        }                                                                                                    \
    } while (0)

static const struct recurrence *find_rule(void *context, const char *rule, const char **ret_error)
{
    (void)context;
    return recurrences_find(rules, rule, ret_error);
}

/* ---- the model ---- */

static msec at_minute(int64_t day, int minute)
{
    return (day * 1440 + minute - 480) * MSEC_MINUTE; /* Shanghai: UTC+8, and no clock is ever changed */
}

static void owe(struct life *life, unsigned schedule, unsigned record, msec at)
{
    if (at <= life->last_at[schedule][record])
        return;
    assert_true(life->owed_count < MOST);
    life->owed[life->owed_count++] = (struct owed){.schedule = schedule, .record = record, .at = at};
}

/* What falls to a record from its put (a catch-up before it included) until it changes, or until now. */
static void owe_for_record(struct life *life, unsigned record, msec from_at, msec until_at, bool inclusive)
{
    const struct known *known = &life->known[record];
    msec caught_at = at_minute(known->day, 18 * 60), before_at = at_minute(known->day - 5, 600);
    msec reach_at = known->is_new ? at_minute((from_at + 480 * MSEC_MINUTE) / MSEC_DAY - 3, 0) : from_at;

#define FALLS(at, first_at) ((at) >= (first_at) && ((at) < until_at || (inclusive && (at) == until_at)))
    if (!known->is_there)
        return;
    if (FALLS(before_at, from_at))
        owe(life, BEFORE, record, before_at);
    if (FALLS(caught_at, reach_at))
        owe(life, CAUGHT, record, caught_at);
    for (int i = 1; i <= 5; i++)
        if (FALLS(at_minute(known->day + 4 * i, 540), from_at))
            owe(life, EVERY, record, at_minute(known->day + 4 * i, 540));
#undef FALLS
}

/* Since its put, or since the last look at it. */
static msec owed_from(const struct life *life, unsigned record)
{
    return life->known[record].is_new ? life->known[record].since_at : life->looked_at;
}

static void owe_for_desk(struct life *life, msec from_at, msec until_at, bool inclusive)
{
    for (int64_t day = from_at / MSEC_DAY - 1; at_minute(day, 0) <= until_at; day++) {
        msec daily_at = at_minute(day, 7 * 60 + 30), weekly_at = at_minute(day, 8 * 60);

        if (daily_at >= from_at && (daily_at < until_at || (inclusive && daily_at == until_at)))
            owe(life, DAILY, 0, daily_at);
        if (civil_weekday(day) == CIVIL_MONDAY && weekly_at >= from_at &&
            (weekly_at < until_at || (inclusive && weekly_at == until_at)))
            owe(life, WEEKLY, 0, weekly_at);
    }
}

/* ---- what the desk writes, held against it ---- */

static unsigned schedule_of_name(const char *name)
{
    unsigned i = 0;

    while (i < SCHEDULES && strcmp(names[i], name) != 0)
        i++;
    assert_true(i < SCHEDULES);
    return i;
}

static void take_run(struct life *life, const struct schedule_run_row *row)
{
    unsigned schedule = schedule_of_name(row->schedule);
    unsigned record = row->record[0] ? (unsigned)(row->record[0] - 'a') : 0;
    bool is_owed = false;

    EXPECT(row->occurrence_at > life->last_at[schedule][record], "%s %s runs again", row->schedule,
           row->record);
    EXPECT(row->occurrence_at <= life->now, "%s %s runs early", row->schedule, row->record);
    for (size_t i = 0; i < life->owed_count; i++) {
        struct owed *owed = &life->owed[i];

        if (owed->schedule != schedule || owed->record != record || owed->at > row->occurrence_at)
            continue;
        is_owed |= owed->at == row->occurrence_at;
        EXPECT(owed->is_done || owed->at == row->occurrence_at || (schedule != DAILY && schedule != EVERY),
               "%s %s: an earlier one is left out", row->schedule, row->record);
        owed->is_done = true; /* or overtaken */
    }
    EXPECT(is_owed, "%s %s runs at %" PRId64 ", which is not owed", row->schedule, row->record,
           row->occurrence_at);
    EXPECT(strcmp(row->outcome, "skipped") != 0 ||
               (schedule == WEEKLY && life->now - row->occurrence_at > MSEC_MINUTE),
           "%s is skipped in time", row->schedule);
    EXPECT(strcmp(row->outcome, "refused") != 0, "%s can't open its ticket", row->schedule);
    life->last_at[schedule][record] = row->occurrence_at;
    life->counts[schedule][record]++;
    life->runs[schedule][record] = (struct schedule_run_row){
        .schedule = arena_text(&life->arena, row->schedule),
        .of = arena_text(&life->arena, row->of),
        .record = arena_text(&life->arena, row->record),
        .occurrence_at = row->occurrence_at,
    };
}

static void keep(struct life *life, const struct effect *effect)
{
    static const char *const kept[] = {"ticket", "notice"};

    if (effect->kind == EFFECT_SCHEDULE_RUN)
        take_run(life, effect->schedule_run);
    if (effect->kind == EFFECT_SCHEDULE && life->beginning_count < SCHEDULES)
        life->beginnings[life->beginning_count++] = (struct schedule_row){
            .schedule = arena_text(&life->arena, effect->schedule->schedule),
            .rule = arena_text(&life->arena, effect->schedule->rule),
            .since_at = effect->schedule->since_at,
        };
    if (effect->kind == EFFECT_JOURNAL)
        life->sequences[2] = effect->journal->sequence;
    if (effect->kind == EFFECT_REGISTER) {
        struct register_row *row = &life->registers[effect->of_register->record[0] - 'a'];

        *row = *effect->of_register;
        row->of = arena_text(&life->arena, row->of);
        row->record = arena_text(&life->arena, row->record);
        row->body = arena_text(&life->arena, row->body);
    }
    for (size_t i = 0; effect->kind == EFFECT_SEQUENCE && i < 2; i++)
        if (strcmp(kept[i], effect->sequence->name) == 0)
            life->sequences[i] = effect->sequence->last;
    if (effect->kind == EFFECT_SEQUENCE && strncmp(effect->sequence->name, "number.", 7) == 0)
        life->number = effect->sequence->last;
}

static void settle(struct life *life)
{
    desk_settle(life->desk, &life->effects);
    for (size_t i = 0; i < life->effects.count; i++)
        keep(life, &life->effects.list[i]);
    effects_reset(&life->effects);
}

/* ---- acts ---- */

static void make_desk(struct life *life)
{
    struct desk_options options = {.name = "main", .mail_domain = "duban.invalid"};
    char *error, *text;

    if (asprintf(&text, "%s%s", small_regime, schedules) < 0)
        abort();
    struct policy *policy = small_compile(&life->world, text, &error);

    if (!policy)
        fail_msg("%s", error);
    free(text);
    life->desk = desk_create(&options, policy, roster_create_stand_in(policy), life->now);
}

static void restart(struct life *life)
{
    settle(life);
    desk_destroy(life->desk);
    small_world_finish(&life->world);
    make_desk(life);
    desk_restore_sequence(life->desk, "ticket", life->sequences[0]);
    desk_restore_sequence(life->desk, "notice", life->sequences[1]);
    desk_restore_sequence(life->desk, "journal", life->sequences[2]);
    desk_restore_sequence(life->desk, "number.default", life->number);
    for (unsigned i = 0; i < RECORDS; i++)
        if (life->registers[i].revision && desk_restore_register(life->desk, &life->registers[i]))
            fail_msg("record %u is refused", i);
    for (size_t i = 0; i < life->beginning_count; i++)
        desk_restore_schedule(life->desk, &life->beginnings[i]);
    for (unsigned s = 0; s < SCHEDULES; s++)
        for (unsigned r = 0; r < RECORDS; r++)
            if (life->counts[s][r])
                desk_restore_schedule_run(life->desk, &life->runs[s][r], life->counts[s][r]);
    desk_restore_done(life->desk, life->now);
}

static void tick(struct life *life)
{
    desk_step(life->desk, life->now, &(struct event){.kind = EVENT_TICK}, &life->effects);
}

/* Time passes: awake everything is judged when it is due, asleep all at once at the end. */
static void pass(struct life *life, msec until_at, bool awake)
{
    for (msec due; awake && (due = desk_wakes_at(life->desk)) <= until_at;) {
        life->now = due > life->now ? due : life->now;
        tick(life);
    }
    life->now = until_at;
}

static void look(struct life *life)
{
    owe_for_desk(life, life->looked_at, life->now, true);
    for (unsigned r = 0; r < RECORDS; r++)
        owe_for_record(life, r, owed_from(life, r), life->now, true);
    while (desk_wakes_at(life->desk) <= life->now)
        tick(life);
    settle(life);
    for (size_t i = 0; i < life->owed_count; i++)
        EXPECT(life->owed[i].is_done, "%s %c, owed at %" PRId64 ", never ran", names[life->owed[i].schedule],
               'a' + (char)life->owed[i].record, life->owed[i].at);
    life->owed_count = 0;
    life->looked_at = life->now + 1;
    for (unsigned r = 0; r < RECORDS; r++)
        life->known[r].is_new = false;
}

static void ask(struct life *life, const char *method, json_t *params)
{
    struct request request = {.peer = {.role = ROLE_ADMIN, .actor = "root"},
                              .method = methods_find(method),
                              .params = params,
                              .id = "0"};

    desk_step(life->desk, life->now, &(struct event){.kind = EVENT_REQUEST, .request = &request},
              &life->effects);
    json_decref(params);
}

/* Whatever was due earlier is owed under the record as it was; what is due at this very instant is not yet.
 */
static void change(struct life *life, struct chance *chance)
{
    unsigned record = (unsigned)chance_below(chance, RECORDS);
    struct known *known = &life->known[record];
    char id[2] = {(char)('a' + record), '\0'}, day[16];
    int64_t today = (life->now + 480 * MSEC_MINUTE) / MSEC_DAY;

    owe_for_record(life, record, owed_from(life, record), life->now, false);
    if (known->is_there && chance_one_in(chance, 5)) {
        ask(life, "register.remove", json_pack("{s:s,s:s}", "register", "contracts", "id", id));
        *known = (struct known){.is_there = false};
        return;
    }
    int64_t wanted = today - 8 + (int64_t)chance_below(chance, 30);
    struct civil date = civil_date(wanted);

    snprintf(day, sizeof(day), "%04d-%02d-%02d", date.year, date.month, date.day);
    if (known->is_there && known->day == wanted)
        return; /* the same again changes nothing */
    ask(life, "register.put",
        json_pack("{s:s,s:s,s:{s:s}}", "register", "contracts", "id", id, "fields", "expires", day));
    *known = (struct known){.is_there = true, .is_new = true, .day = wanted, .since_at = life->now};
}

static msec some_time(struct chance *chance)
{
    switch (chance_below(chance, 4)) {
    case 0:
        return 0;
    case 1:
        return (msec)chance_below(chance, 48) * 30 * MSEC_MINUTE; /* acts meet occurrences */
    case 2:
        return (msec)chance_below(chance, MSEC_DAY);
    default:
        return (msec)chance_below(chance, 9 * MSEC_DAY);
    }
}

static void live(uint64_t seed)
{
    struct life *life = memory_new(1, sizeof(*life));
    struct chance chance = {.state = seed << 20};

    seed_of_life = seed;
    life->now = life->looked_at = BEGINS_AT;
    arena_init(&life->arena);
    effects_init(&life->effects);
    make_desk(life);
    desk_restore_done(life->desk, life->now);
    tick(life);
    for (unsigned i = 0; i < ACTS; i++) {
        bool awake = !chance_one_in(&chance, 3);

        pass(life, life->now + some_time(&chance), awake);
        if (!awake && chance_one_in(&chance, 2))
            restart(life);
        if (chance_one_in(&chance, 2))
            change(life, &chance);
        look(life);
    }
    desk_destroy(life->desk);
    effects_finish(&life->effects);
    arena_finish(&life->arena);
    small_world_finish(&life->world);
    free(life);
}

static void nothing_is_lost_and_nothing_runs_twice(void **state)
{
    const char *seed = getenv("DUBAN_SEED"), *rounds = getenv("DUBAN_ROUNDS");
    uint64_t first = seed ? strtoull(seed, NULL, 10) : 1,
             count = rounds ? strtoull(rounds, NULL, 10) : ROUNDS;

    (void)state;
    rules = recurrences_create();
    small_find_rule = find_rule;
    for (uint64_t i = 0; i < count; i++)
        live(first + i);
    recurrences_destroy(rules);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(nothing_is_lost_and_nothing_runs_twice)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
