/*
 * Numbers are unique and have no gaps, each day (month, year) from 1 on, whatever happens in between.
 *
 * A desk with two kinds of numbers lives for a few years: tickets are filed and refused, clocks are set
 * forward and back, the daemon begins again from its rows (with no ticket in memory) and gets another regime
 * that writes its numbers otherwise. Beside it a model counts, with a calendar of its own: for each kind and
 * period how many were accepted. Every number must be the next one of its kind, and no text may come twice.
 *
 * DUBAN_SEED begins with another life, DUBAN_ROUNDS lives more of them.
 */
#include "lib/adoption.h"
#include "lib/base/text.h"
#include "lib/desk.h"
#include "lib/methods.h"
#include "tests/property/chance.h"
#include "tests/unit/small_regime.h"
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#define ROUNDS    60
#define ACTS      400
#define BEGINS_AT INT64_C(1767225600000) /* 2026-01-01T00:00:00Z */
#define KINDS     2
#define EXPECT(condition, ...)                                                                               \
    if (!(condition)) {                                                                                      \
        print_error("seed %" PRIu64 ": ", seed_of_life);                                                     \
        fail_msg(__VA_ARGS__);                                                                               \
    }

/* How each kind may be written, and how the model counts then. No two of different kinds meet. */
enum counting { FOR_EVER, BY_YEAR, BY_MONTH, BY_DAY };
static const struct writing {
    const char *regime, *before, *between, *after;
    enum counting counting;
    int width;
} writings[KINDS][4] = {
    {{"T-{seq:04}", "T-", "", "", FOR_EVER, 4},
     {"T{date}{seq:02}", "T", "", "", BY_DAY, 2},
     {"TT{date}-{seq}", "TT", "-", "", BY_DAY, 1},
     {"T{year}/{seq:03}a", "T", "/", "a", BY_YEAR, 3}},
    {{"C{month}-{seq:04}", "C", "-", "", BY_MONTH, 4},
     {"C{date}{seq:04}", "C", "", "", BY_DAY, 4},
     {"K{month}{seq}", "K", "", "", BY_MONTH, 1},
     {"C{seq:06}号", "C", "", "号", FOR_EVER, 6}},
};

struct count {
    enum counting counting;
    unsigned kind;
    int period;
    uint64_t last;
};

struct life {
    struct small_world world;
    struct desk *desk;
    struct effects effects;
    struct arena arena;
    msec now;
    const struct writing *written[KINDS];
    struct count counts[8192];
    size_t count_count;
    char given[ACTS + 1][96];
    size_t given_count;
    struct sequence_row rows[8192];
    size_t row_count;
};

static uint64_t seed_of_life;

/* ---- the model ---- */

/* Year, month and day in Shanghai, walked day by day from a known one. */
static void date_of(msec at, int *ret_year, int *ret_month, int *ret_day)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int64_t left = (at + 8 * MSEC_HOUR) / MSEC_DAY - 20089; /* 2025-01-01 */
    int year = 2025, month = 1;

    for (;;) {
        int long_february = month == 2 && year % 4 == 0;

        if (left < days[month - 1] + long_february)
            break;
        left -= days[month - 1] + long_february;
        year += month == 12;
        month = month == 12 ? 1 : month + 1;
    }
    *ret_year = year;
    *ret_month = month;
    *ret_day = (int)left + 1;
}

static int period_of(enum counting counting, msec at)
{
    int year, month, day;

    date_of(at, &year, &month, &day);
    switch (counting) {
    case FOR_EVER:
        return 0;
    case BY_YEAR:
        return year;
    case BY_MONTH:
        return year * 100 + month;
    case BY_DAY:
        return year * 10000 + month * 100 + day;
    }
    return -1;
}

static struct count *count_of(struct life *life, unsigned kind)
{
    enum counting counting = life->written[kind]->counting;
    int period = period_of(counting, life->now);

    for (size_t i = 0; i < life->count_count; i++)
        if (life->counts[i].kind == kind && life->counts[i].period == period)
            return &life->counts[i];
    struct count *added = &life->counts[life->count_count++];

    *added = (struct count){.counting = counting, .kind = kind, .period = period};
    return added;
}

static void expect_next(struct life *life, unsigned kind, const char *number)
{
    const struct writing *written = life->written[kind];
    struct count *count = count_of(life, kind);
    char expected[96], period[16] = "";

    count->last++;
    if (count->period)
        snprintf(period, sizeof(period), "%d", count->period);
    snprintf(expected, sizeof(expected), "%s%s%s%0*" PRIu64 "%s", written->before, period, written->between,
             written->width, count->last, written->after);
    EXPECT(strcmp(expected, number) == 0, "%s is given, %s was next", number, expected);
    for (size_t i = 0; i < life->given_count; i++)
        EXPECT(strcmp(life->given[i], number) != 0, "%s is given twice", number);
    snprintf(life->given[life->given_count++], sizeof(life->given[0]), "%s", number);
}

/* ---- the desk ---- */

/* Complaints count by themselves. */
static char *regime_of(const struct life *life)
{
    static const char section[] = "[class complaint]\n";
    int line;
    char *bent = small_bent("T-{seq:04}", life->written[0]->regime, &line);
    struct text text = {0};
    const char *at = bent;

    for (; strncmp(at, section, strlen(section)) != 0; at++)
        text_append(&text, at, 1);
    text_printf(&text, "%snumber = %s\n", section, life->written[1]->regime);
    text_add(&text, at + strlen(section));
    free(bent);
    return text_take(&text);
}

static struct policy *compile(struct life *life)
{
    char *error, *text = regime_of(life);
    struct policy *policy = small_compile(&life->world, text, &error);

    EXPECT(policy, "%s", error);
    free(text);
    return policy;
}

static void begin(struct life *life)
{
    struct desk_options options = {.name = "main", .mail_domain = "duban.invalid"};
    struct policy *policy = compile(life);

    life->desk = desk_create(&options, policy, roster_create_stand_in(policy), life->now);
    for (size_t i = 0; i < life->row_count; i++)
        desk_restore_sequence(life->desk, life->rows[i].name, life->rows[i].last);
    desk_restore_done(life->desk, life->now);
}

static void keep(struct life *life, const struct sequence_row *row)
{
    size_t i = 0;

    while (i < life->row_count && strcmp(life->rows[i].name, row->name) != 0)
        i++;
    if (i == life->row_count)
        life->rows[life->row_count++].name = arena_text(&life->arena, row->name);
    life->rows[i].last = row->last;
}

static void settle(struct life *life)
{
    desk_settle(life->desk, &life->effects);
    for (size_t i = 0; i < life->effects.count; i++)
        if (life->effects.list[i].kind == EFFECT_SEQUENCE)
            keep(life, life->effects.list[i].sequence);
    effects_reset(&life->effects);
}

static void restart(struct life *life)
{
    settle(life);
    desk_destroy(life->desk);
    small_world_finish(&life->world);
    begin(life);
}

/* While no ticket is open, a number may be written otherwise. */
static void reload(struct life *life, struct chance *chance)
{
    struct small_world before = life->world;
    char *why = NULL;

    for (unsigned kind = 0; kind < KINDS; kind++)
        life->written[kind] = &writings[kind][chance_below(chance, 4)];
    life->world = (struct small_world){0};
    struct policy *policy = compile(life);
    struct adoption *adoption =
        adoption_create(life->desk, policy, roster_create_stand_in(policy), life->now, &why);

    EXPECT(adoption, "%s", why);
    desk_adopt(life->desk, adoption, "test", "root", &life->effects);
    adoption_destroy(adoption);
    small_world_finish(&before);
    settle(life);
}

/* The number in the answer; NULL: it was refused. */
static char *file(struct life *life, unsigned kind, const char *subject)
{
    json_t *params =
        json_pack("{s:s,s:s,s:s,s:s,s:{s:s},s:{s:s,s:s},s:s}", "class", kind ? "complaint" : "request",
                  "type", "repair", "urgency", "general", "channel", "phone", "customer", "name", "某公司",
                  "contact", "name", "某人", "phone", "1", "subject", subject);
    struct request request = {.peer = {.role = ROLE_ADMIN, .actor = "root"},
                              .method = methods_find("ticket.create"),
                              .params = params,
                              .id = "0"};
    char *number = NULL;

    desk_step(life->desk, life->now, &(struct event){.kind = EVENT_REQUEST, .request = &request},
              &life->effects);
    json_decref(params);
    for (size_t i = 0; i < life->effects.count; i++) {
        const char *text =
            life->effects.list[i].kind == EFFECT_REPLY ? life->effects.list[i].reply->text : NULL;
        json_t *reply = text ? json_loads(text, 0, NULL) : NULL;
        const char *given = json_string_value(json_object_get(json_object_get(reply, "result"), "number"));

        if (given) {
            free(number);
            number = memory_text(given);
        }
        json_decref(reply);
    }
    settle(life);
    return number;
}

static void create(struct life *life, struct chance *chance)
{
    unsigned kind = (unsigned)chance_below(chance, KINDS);
    bool is_refused = chance_one_in(chance, 4);
    char *number = file(life, kind, is_refused ? "" : "某事");

    EXPECT(is_refused == !number, "%s", number ? number : "it was refused");
    if (number)
        expect_next(life, kind, number);
    free(number);
}

static void pass(struct life *life, struct chance *chance)
{
    static const msec steps[] = {0, MSEC_HOUR, MSEC_DAY, 30 * MSEC_DAY, -MSEC_HOUR, -MSEC_DAY, -3 * MSEC_DAY};

    life->now += CHANCE_PICK(chance, steps) + (msec)chance_below(chance, 2 * MSEC_HOUR);
    desk_step(life->desk, life->now, &(struct event){.kind = EVENT_TICK}, &life->effects);
}

static void live(uint64_t seed)
{
    struct life *life = memory_new(1, sizeof(*life));
    struct chance chance = {.state = seed << 20};

    seed_of_life = seed;
    life->now = BEGINS_AT;
    for (unsigned kind = 0; kind < KINDS; kind++)
        life->written[kind] = &writings[kind][chance_below(&chance, 4)];
    arena_init(&life->arena);
    effects_init(&life->effects);
    begin(life);
    for (unsigned i = 0; i < ACTS; i++) {
        if (chance_one_in(&chance, 3))
            pass(life, &chance);
        if (chance_one_in(&chance, 40)) {
            restart(life);
            if (chance_one_in(&chance, 2))
                reload(life, &chance);
        }
        create(life, &chance);
    }
    desk_destroy(life->desk);
    effects_finish(&life->effects);
    arena_finish(&life->arena);
    small_world_finish(&life->world);
    free(life);
}

static void numbers_are_unique_and_have_no_gaps(void **state)
{
    const char *seed = getenv("DUBAN_SEED"), *rounds = getenv("DUBAN_ROUNDS");
    uint64_t first = seed ? strtoull(seed, NULL, 10) : 1,
             count = rounds ? strtoull(rounds, NULL, 10) : ROUNDS;

    (void)state;
    for (uint64_t i = 0; i < count; i++)
        live(first + i);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(numbers_are_unique_and_have_no_gaps)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
