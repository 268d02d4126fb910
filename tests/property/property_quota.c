/*
 * A quota counts no window twice and no contact twice, however late its contacts are recorded.
 *
 * Random contacts, some of them recorded hours or days late, on a ticket with one quota whose minimum, target
 * and windows are random. A model of its own says which slot of which window each contact fills: windows are
 * plain arithmetic on a zone without changes of its clocks (Asia/Shanghai) and an office that is open every
 * day, a window is closed when its end has come, and a closed one takes contacts while it is below its
 * minimum. Compared are the ledger of every contact, the windows that the journal says were missed, withdrawn
 * and short, and the last word of every row of a missed window.
 *
 * DUBAN_SEED begins with another history, DUBAN_ROUNDS lives more of them.
 */
#include "lib/base/hash.h"
#include "lib/base/instant.h"
#include "lib/desk.h"
#include "lib/methods.h"
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "tests/unit/small_regime.h"

#define ROUNDS   2000
#define CONTACTS 60
#define WINDOWS  64
#define MONDAY   INT64_C(1772413200000) /* 2026-03-02T09:00+08:00 */
#define MIDNIGHT (MONDAY - 9 * MSEC_HOUR)

/* ---- chance ---- */

static uint64_t state_of_chance;

static uint64_t chance(uint64_t limit)
{
    return hash_number(state_of_chance++) % limit;
}

/* ---- the model ---- */

struct model_window {
    msec start_at, end_at;
    unsigned count;
    bool is_closed, was_missed, was_short, is_withdrawn;
};

struct model {
    unsigned minimum, target;
    bool is_days; /* the midnight that ends a day is the next one's */
    struct model_window windows[WINDOWS];
};

static const struct kind {
    const char *words;
    msec first_from, length; /* of the first window, for a ticket of MONDAY */
    bool is_days;
} kinds[] = {
    {"day", MIDNIGHT + MSEC_DAY, MSEC_DAY, true},
    {"3d", MIDNIGHT + MSEC_DAY, 3 * MSEC_DAY, true},
    {"4h", MONDAY, 4 * MSEC_HOUR, false},
    {"2wd", MIDNIGHT + 17 * MSEC_HOUR, 2 * MSEC_DAY, false}, /* the office closes at 17:00, every day */
};

static void make_model(struct model *model, const struct kind *kind)
{
    *model = (struct model){.minimum = 1 + (unsigned)chance(3), .is_days = kind->is_days};
    model->target = model->minimum + (unsigned)chance(3);
    for (size_t i = 0; i < WINDOWS; i++) {
        model->windows[i].start_at = kind->first_from + (msec)i * kind->length;
        model->windows[i].end_at = model->windows[i].start_at + kind->length;
    }
}

static void close_windows(struct model *model, msec now)
{
    for (size_t i = 0; i < WINDOWS; i++) {
        struct model_window *window = &model->windows[i];

        if (window->is_closed || window->end_at > now)
            continue;
        window->is_closed = true;
        window->was_missed = window->count < model->minimum;
        window->was_short = !window->was_missed && window->count < model->target;
    }
}

/* The window that a contact fills; NULL: none. Of two that meet in one instant the earlier, while it is open
   or still short of its minimum. */
static struct model_window *fill(struct model *model, msec at)
{
    for (size_t i = 0; i < WINDOWS; i++) {
        struct model_window *window = &model->windows[i];
        bool holds = at >= window->start_at && (model->is_days ? at < window->end_at : at <= window->end_at);
        unsigned room = window->is_closed ? model->minimum : model->target;

        if (!holds || window->count >= room || (window->is_closed && !window->was_missed))
            continue;
        window->count++;
        window->is_withdrawn = window->is_closed && window->count == model->minimum;
        return window;
    }
    return NULL;
}

/* ---- the desk ---- */

static struct small_world world;
static struct desk *desk;
static struct effects effects;
static uint64_t seed;
static size_t contact_of_round;

#define EXPECT(condition, ...)                                                                               \
    do {                                                                                                     \
        if (!(condition)) {                                                                                  \
            print_error("seed %" PRIu64 ", contact %zu: ", seed, contact_of_round);                          \
            print_error(__VA_ARGS__);                                                                        \
            print_error("\n");                                                                               \
            fail();                                                                                          \
        }                                                                                                    \
    } while (0)

static void make_desk(const struct model *model, const struct kind *kind)
{
    struct desk_options options = {.name = "main", .mail_domain = "duban.invalid"};
    char *error = NULL, quota[200];
    int line;

    snprintf(quota, sizeof(quota), "quota = %u..%u contacts per %s\ncalendar = office", model->minimum,
             model->target, kind->words);
    char *text = small_bent("quota = 1..2 contacts per day", quota, &line);
    struct policy *policy = small_compile(&world, text, &error);
    struct roster *roster = policy ? roster_compile(policy, "people.ini", "", "", &error) : NULL;

    if (!roster)
        fail_msg("%s", error);
    free(text);
    effects_init(&effects);
    desk = desk_create(&options, policy, roster, MONDAY);
}

static void drop_desk(void)
{
    desk_destroy(desk);
    effects_finish(&effects);
    small_world_finish(&world);
}

static void ask(msec now, const char *method, json_t *params)
{
    struct request request = {.peer = {.role = ROLE_INTAKE, .actor = "clerk"},
                              .method = methods_find(method),
                              .params = params,
                              .id = "1"};

    desk_step(desk, now, &(struct event){.kind = EVENT_REQUEST, .request = &request}, &effects);
    json_decref(params);
}

/* Some windows end while somebody looks, others are found late. */
static void pass(msec now)
{
    bool looks = chance(3) > 0;

    for (msec due; (due = desk_wakes_at(desk)) <= now;)
        desk_step(desk, looks ? due : now, &(struct event){.kind = EVENT_TICK}, &effects);
}

/* ---- what came ---- */

static json_t *ledger_of(size_t from)
{
    for (size_t i = from; i < effects.count; i++)
        if (effects.list[i].kind == EFFECT_CONTACT)
            return json_loads(effects.list[i].contact->credited, 0, NULL);
    fail_msg("seed %" PRIu64 ", contact %zu: it was not recorded", seed, contact_of_round);
    return NULL;
}

static void look_at_ledger(size_t from, const struct model_window *filled)
{
    json_t *ledger = ledger_of(from), *entry, *found = NULL;
    char start[INSTANT_TEXT];
    size_t i;

    json_array_foreach(ledger, i, entry)
    {
        if (strcmp(json_string_value(json_object_get(entry, "clock")), "daily") != 0)
            continue;
        EXPECT(!found, "it filled two slots");
        found = entry;
    }
    EXPECT(!found == !filled, filled ? "it filled nothing" : "it filled a slot that there is not");
    if (filled) {
        instant_format(filled->start_at, 8 * 3600, start);
        EXPECT(strcmp(json_string_value(json_object_get(found, "window")), start) == 0,
               "it filled the window of %s instead of %s",
               json_string_value(json_object_get(found, "window")), start);
        EXPECT(json_integer_value(json_object_get(found, "slot")) == filled->count, "slot %d instead of %u",
               (int)json_integer_value(json_object_get(found, "slot")), filled->count);
    }
    json_decref(ledger);
}

/* How many windows the journal's verdicts of one type speak of. */
static unsigned count_verdicts(const char *type)
{
    unsigned count = 0;

    for (size_t i = 0; i < effects.count; i++) {
        const struct journal_row *row = effects.list[i].journal;

        if (effects.list[i].kind != EFFECT_JOURNAL || strcmp(row->type, type) != 0)
            continue;
        json_t *body = json_loads(row->body, 0, NULL), *windows = json_object_get(body, "windows");

        if (strcmp(json_string_value(json_object_get(body, "clock")), "daily") == 0)
            count += windows ? (unsigned)json_integer_value(windows) : 1;
        json_decref(body);
    }
    return count;
}

static const struct window_row *last_word(msec start_at)
{
    for (size_t i = effects.count; i-- > 0;)
        if (effects.list[i].kind == EFFECT_WINDOW && effects.list[i].window->start_at == start_at)
            return effects.list[i].window;
    return NULL;
}

static void look_at_windows(const struct model *model)
{
    unsigned missed = 0, withdrawn = 0, fell_short = 0;

    for (size_t i = 0; i < WINDOWS; i++) {
        const struct model_window *window = &model->windows[i];
        const struct window_row *row = last_word(window->start_at);

        missed += window->was_missed;
        withdrawn += window->is_withdrawn;
        fell_short += window->was_short;
        EXPECT(!row == !window->was_missed, "window %zu: a row where none is due, or none where one is", i);
        EXPECT(!row || row->is_withdrawn == window->is_withdrawn, "window %zu: its last word is wrong", i);
        EXPECT(!row || row->credited == window->count, "window %zu: %u contacts instead of %u", i,
               row->credited, window->count);
        EXPECT(!row || row->end_at == window->end_at, "window %zu ends at another time", i);
    }
    EXPECT(count_verdicts("clock.breached") == missed, "%u windows missed instead of %u",
           count_verdicts("clock.breached"), missed);
    EXPECT(count_verdicts("clock.withdrawn") == withdrawn, "%u windows withdrawn instead of %u",
           count_verdicts("clock.withdrawn"), withdrawn);
    EXPECT(count_verdicts("clock.shortfall") == fell_short, "%u windows short instead of %u",
           count_verdicts("clock.shortfall"), fell_short);
}

/* ---- a round ---- */

static msec some_late(const struct kind *kind)
{
    switch (chance(4)) {
    case 0:
        return (msec)chance(3 * (uint64_t)kind->length);
    case 1:
        return (msec)chance((uint64_t)kind->length);
    case 2: /* back to an instant in which one window meets the next */
        return -1;
    default:
        return 0;
    }
}

static void one_contact(struct model *model, const struct kind *kind, msec now)
{
    msec late = some_late(kind), at = now - late;
    size_t from = effects.count;
    char text[INSTANT_TEXT];

    if (late < 0)
        at = now - (now - kind->first_from) % kind->length;
    if (at < MONDAY || at > now)
        at = now;
    instant_format(at, 8 * 3600, text);
    close_windows(model, now);
    ask(now, "contact.record",
        json_pack("{s:s,s:s,s:s,s:b,s:s}", "ticket", "1", "channel", "phone", "direction", "out", "reached",
                  1, "at", text));
    look_at_ledger(from, fill(model, at));
}

static void one_round(void)
{
    const struct kind *kind = &kinds[chance(sizeof(kinds) / sizeof(kinds[0]))];
    struct model model;
    msec now = MONDAY;

    make_model(&model, kind);
    make_desk(&model, kind);
    contact_of_round = 0;
    ask(now, "ticket.create",
        json_pack("{s:s,s:s,s:s,s:s,s:s,s:{s:s},s:{s:s,s:s}}", "class", "request", "type", "repair",
                  "urgency", "urgent", "channel", "phone", "subject", "s", "customer", "name", "c", "contact",
                  "name", "n", "phone", "1"));
    while (contact_of_round < CONTACTS) {
        now += 1 + (msec)chance((uint64_t)kind->length);
        if ((now - kind->first_from) % kind->length == 0)
            now++; /* who comes first in the very instant is not this test's question */
        if (now >= model.windows[40].end_at)
            break;
        pass(now);
        for (uint64_t i = chance(4); i > 0 && contact_of_round < CONTACTS; i--, contact_of_round++)
            one_contact(&model, kind, now);
    }
    close_windows(&model, now);
    look_at_windows(&model);
    drop_desk();
}

static void counts_nothing_twice(void **state)
{
    const char *first = getenv("DUBAN_SEED"), *rounds = getenv("DUBAN_ROUNDS");
    uint64_t count = rounds ? strtoull(rounds, NULL, 10) : ROUNDS;

    (void)state;
    seed = first ? strtoull(first, NULL, 10) : 1;
    for (uint64_t i = 0; i < count; i++, seed++) {
        state_of_chance = seed << 20;
        one_round();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(counts_nothing_twice)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
