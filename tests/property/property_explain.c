/*
 * An explanation adds up: from the anchor, stretch by stretch, to the deadline, to the millisecond.
 *
 * Random calendars (weeks, holidays and make-up days, nights, every kind of daylight saving) in random zones,
 * random anchors and budgets of every unit. First the account itself against the arithmetic that sets
 * deadlines (calendar_add_span), which it does not use; then whole desks: tickets are filed, called and
 * planned at random, each is explained as a client would ask, and the answer's own segments are added up
 * again here, with nothing but the answer in hand.
 *
 * DUBAN_SEED begins elsewhere, DUBAN_DESKS says how many desks, 2,500 accounts each.
 */
#include "files/zone_files.h"
#include "lib/base/instant.h"
#include "lib/base/memory.h"
#include "lib/calendar_days.h"
#include "lib/desk.h"
#include "lib/explain_segments.h"
#include "lib/methods.h"
#include "tests/property/chance.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define DESKS           60
#define ACCOUNTS_A_DESK 2500
#define TICKETS         400

static const char *const zone_names[] = {
    "Asia/Shanghai",    "Europe/Berlin",     "America/New_York", "Australia/Lord_Howe",
    "America/Santiago", "Africa/Casablanca", "Asia/Kathmandu",   "Pacific/Apia",
    "Asia/Tehran",      "America/St_Johns",  "Pacific/Chatham",  "Africa/Cairo",
};

#define ZONES (sizeof(zone_names) / sizeof(zone_names[0]))

static struct zone_files *zones;
static struct chance chance;
static uint64_t seed;

static const struct zone *random_zone(void)
{
    return zone_files_find(zones, zone_names[chance_below(&chance, ZONES)]);
}

static int64_t between(int64_t low, int64_t high)
{
    return low + (int64_t)chance_below(&chance, (uint64_t)(high - low + 1));
}

/* ---- calendars ---- */

static struct calendar_hours random_hours(void)
{
    struct calendar_hours hours = {.count = 0};
    int minute = (int)between(0, 700);

    for (int64_t i = between(1, 3); i > 0 && minute < 1400; i--) {
        int close = minute + (int)between(1, 1440 - minute);

        calendar_days_add_interval(&hours, minute, chance_one_in(&chance, 8) ? 1440 : close);
        minute = close + (int)between(0, 200);
    }
    return hours;
}

static struct calendar *random_calendar(const struct zone *zone, const char *name)
{
    struct calendar_days days;
    struct calendar_hours usual = random_hours();

    if (chance_one_in(&chance, 6))
        return calendar_create_daily(name, zone, (int)between(0, 1439), (int)between(1, 1440));
    calendar_days_init(&days);
    for (int weekday = 0; weekday < 7; weekday++)
        if (weekday < 5 ? !chance_one_in(&chance, 12) : chance_one_in(&chance, 4))
            days.week[weekday] = chance_one_in(&chance, 5) ? random_hours() : usual;
    days.week[between(0, 4)] = usual;
    for (int64_t i = between(0, 60), day = 14600; i > 0; i--) {
        struct calendar_hours none = {.count = 0};

        day += between(1, 90);
        calendar_days_add(&days, day, chance_one_in(&chance, 4) ? &usual : &none,
                          chance_one_in(&chance, 2) ? "节 | Feast" : "");
    }
    return calendar_create(name, zone, &days, INT64_MAX);
}

/* ---- the account against the deadline ---- */

static struct span random_budget(void)
{
    switch (between(0, 9)) {
    case 0:
        return (struct span){SPAN_REAL, .amount = between(1, 40 * MSEC_DAY)};
    case 1:
        return (struct span){SPAN_BUSINESS, .amount = between(1, 9 * MSEC_HOUR)};
    case 2:
        return (struct span){SPAN_BUSINESS, .amount = between(1, 900 * MSEC_HOUR)};
    case 3:
        return (struct span){SPAN_WORKING_DAYS, .amount = between(1, chance_one_in(&chance, 5) ? 300 : 12)};
    case 4:
        return (struct span){SPAN_DAYS, .amount = between(1, 120)};
    case 5:
        return (struct span){SPAN_WORKING_DAY_AT, .minute = (int16_t)between(0, 1440),
                             .amount = between(1, 20)};
    case 6:
        return (struct span){SPAN_DAY_AT, .minute = (int16_t)between(0, 1440), .amount = between(1, 40)};
    case 7:
        return (struct span){SPAN_DAY_AT, .amount = 1};
    case 8:
        return (struct span){SPAN_MONTH_DAY_AT, .minute = (int16_t)between(0, 1440),
                             .roll = (int8_t)between(-1, 1), .amount = between(1, 31)};
    default:
        return (struct span){SPAN_MONTHS, .amount = between(1, 30)};
    }
}

/* 1990 to 2060, mostly on a second, sometimes on the very turn of an hour. */
static msec random_anchor(void)
{
    msec at = between(7305, 32872) * MSEC_DAY + between(0, MSEC_DAY - 1);

    return chance_one_in(&chance, 2) ? at / MSEC_HOUR * MSEC_HOUR : at;
}

#define EXPECT(condition, ...)                                                                               \
    do {                                                                                                     \
        if (!(condition)) {                                                                                  \
            print_error("seed %" PRIu64 ": ", seed);                                                         \
            print_error(__VA_ARGS__);                                                                        \
            print_error("\n");                                                                               \
            fail();                                                                                          \
        }                                                                                                    \
    } while (0)

static void look_at_time(const struct calendar *calendar, const struct segments *segments, msec anchor_at,
                         int64_t budget_ms)
{
    msec cursor_at = anchor_at;
    int64_t sum = 0;

    for (size_t i = 0; i < segments->count; i++) {
        const struct segment *segment = &segments->list[i];
        int64_t inside = segments->is_elapsed
                             ? segment->to_at - segment->from_at
                             : calendar_between_ms(calendar, segment->from_at, segment->to_at);
        int64_t before = segments->is_elapsed ? segment->from_at - cursor_at
                                              : calendar_between_ms(calendar, cursor_at, segment->from_at);

        EXPECT(segment->from_at >= cursor_at && segment->to_at > segment->from_at, "stretch %zu goes back",
               i);
        EXPECT(before == 0, "open time is left out before stretch %zu", i);
        EXPECT(segment->days * segment->each == segment->counted, "run %zu does not add up", i);
        EXPECT(inside == segment->counted, "stretch %zu counts %" PRId64 ", it has %" PRId64, i,
               segment->counted, inside);
        sum += segment->counted;
        EXPECT(sum == segment->sum, "the running sum of stretch %zu", i);
        cursor_at = segment->to_at;
    }
    EXPECT(sum == budget_ms, "%" PRId64 " of %" PRId64 " ms", sum, budget_ms);
    EXPECT(cursor_at == segments->due_at, "the last stretch does not end at the deadline");
}

/* Days that no run names are folded away: weekends between equal runs, never a day that counts. */
static bool leaves_out_work(const struct calendar *calendar, struct span budget, int64_t day, int64_t until)
{
    for (; day < until; day++)
        if ((budget.unit != SPAN_WORKING_DAYS && budget.unit != SPAN_WORKING_DAY_AT) ||
            calendar_is_working_day(calendar, day))
            return true;
    return false;
}

static void look_at_days(const struct calendar *calendar, const struct segments *segments, struct span budget)
{
    int64_t sum = 0, next_day = segments->list[0].first_day;

    for (size_t i = 0; i < segments->count; i++) {
        const struct segment *segment = &segments->list[i];

        EXPECT(!leaves_out_work(calendar, budget, next_day, segment->first_day),
               "a day is left out before %zu", i);
        for (int64_t day = segment->first_day; segment->kind == SEGMENT_REST && day <= segment->last_day;
             day++)
            EXPECT(!calendar_is_working_day(calendar, day), "a working day is called one of rest");
        EXPECT(segment->kind != SEGMENT_WORKING || calendar_is_working_day(calendar, segment->last_day),
               "a day of rest is counted");
        sum += segment->counted;
        EXPECT(sum == segment->sum, "the running sum of %zu", i);
        next_day = segment->last_day + (segment->kind == SEGMENT_MONTH ? 0 : 1);
    }
    int64_t days = budget.unit != SPAN_MONTH_DAY_AT
                       ? budget.amount
                       : zone_day(calendar_zone(calendar), segments->due_at - (budget.minute == 1440)) -
                             segments->list[0].first_day;

    EXPECT(sum == days, "%" PRId64 " of %" PRId64, sum, days);
}

static void one_account(const struct calendar *calendar, msec anchor_at, struct span budget)
{
    msec due_at = calendar_add_span(calendar, anchor_at, budget);
    struct segments segments;

    explain_segments_count(calendar, anchor_at, budget, NULL, 0, &segments);
    EXPECT(segments.due_at == due_at,
           "%s from %" PRId64 " unit %d amount %" PRId64 ": %" PRId64 ", not %" PRId64,
           zone_name(calendar_zone(calendar)), anchor_at, (int)budget.unit, budget.amount, segments.due_at,
           due_at);
    EXPECT(segments.count > 0 && segments.count < 2000, "%zu stretches", segments.count);
    if (budget.unit == SPAN_REAL || budget.unit == SPAN_BUSINESS)
        look_at_time(calendar, &segments, anchor_at, budget.amount);
    else
        look_at_days(calendar, &segments, budget);
    EXPECT(explain_segments_used(&segments, calendar, anchor_at) == 0, "used before it began");
    if (budget.unit == SPAN_REAL || budget.unit == SPAN_BUSINESS)
        EXPECT(explain_segments_used(&segments, calendar, due_at) == budget.amount,
               "not used up at the deadline");
    explain_segments_finish(&segments);
}

static uint64_t setting(const char *name, uint64_t otherwise)
{
    const char *text = getenv(name);

    return text ? strtoull(text, NULL, 10) : otherwise;
}

static void test_accounts_lead_to_the_deadline(void **state)
{
    uint64_t count = ACCOUNTS_A_DESK * setting("DUBAN_DESKS", DESKS);
    struct calendar *calendar = NULL;

    (void)state;
    for (uint64_t i = 0; i < count; i++) {
        if (i % 20 == 0) {
            calendar_destroy(calendar);
            calendar = random_calendar(random_zone(), "random");
        }
        one_account(calendar, random_anchor(), random_budget());
    }
    calendar_destroy(calendar);
}

/* ---- holes ---- */

/* A budget that is paused ends later by exactly the open time of its pauses, which are told one by one. */
static void one_with_holes(const struct calendar *calendar, msec anchor_at, int64_t budget_ms)
{
    struct hole holes[6];
    size_t count = (size_t)between(1, 6);
    msec at = anchor_at;
    struct segments segments;

    for (size_t i = 0; i < count; i++) {
        holes[i].from_at = at + between(0, 2 * MSEC_DAY);
        holes[i].to_at = at = holes[i].from_at + between(1, 3 * MSEC_DAY);
        holes[i].cause = i % 2 ? "waiting for the customer" : "waiting for parts";
    }
    explain_segments_count(calendar, anchor_at, (struct span){SPAN_BUSINESS, .amount = budget_ms}, holes,
                           count, &segments);
    int64_t inside = 0, told = 0, sum = 0;

    for (size_t i = 0; i < segments.count; i++) {
        told += segments.list[i].kind == SEGMENT_PAUSE;
        sum += segments.list[i].kind == SEGMENT_OPEN ? segments.list[i].counted : 0;
    }
    for (size_t i = 0; i < count; i++)
        if (holes[i].from_at < segments.due_at)
            inside +=
                calendar_between_ms(calendar, holes[i].from_at,
                                    holes[i].to_at < segments.due_at ? holes[i].to_at : segments.due_at);
    EXPECT(sum == budget_ms, "with pauses %" PRId64 " of %" PRId64, sum, budget_ms);
    EXPECT(calendar_between_ms(calendar, anchor_at, segments.due_at) == budget_ms + inside,
           "open time to the deadline is not the budget and the pauses");
    for (size_t i = 0; i < count; i++)
        told -= holes[i].from_at < segments.due_at &&
                calendar_between_ms(calendar, holes[i].from_at, segments.due_at) > 0;
    EXPECT(told >= 0, "a pause is not told");
    explain_segments_finish(&segments);
}

static void test_pauses_are_left_out(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < ACCOUNTS_A_DESK / 10 * setting("DUBAN_DESKS", DESKS); i++) {
        struct calendar *calendar = random_calendar(random_zone(), "random");

        one_with_holes(calendar, random_anchor(), between(1, 60 * MSEC_HOUR));
        calendar_destroy(calendar);
    }
}

/* ---- whole desks ---- */

static const char regime[] =
    "[regime]\nname = explained\nzone = %s\ncalendar = always\nnumber = E-{seq}\n"
    "late entry = 300d\n"
    "[classes]\nrequest =\n[urgencies]\nlow =\nhigh =\n[channels]\nphone =\n"
    "[kinds]\nother =\n[roles]\nintake =\nhandler =\n[role handler]\nof = ticket\n"
    "[departments]\noffice =\n[pauses]\naway =\nparts =\n[stages]\nopen =\n[stage on]\ncreate = open\n"
    "[clock elapsed]\npause = away parts\nstart = received\nstop = solved\nwithin = low %" PRId64
    "m, high 90m\n"
    "remind = 50%% 80%%\nremind to = intake\nbreach = ladder up\n"
    "[clock business]\npause = away\nstart = received\nstop = solved\nwithin = %" PRId64
    "bm\ncalendar = random\nbreach = ladder up\n"
    "[clock working]\npause = away parts\nstart = received\nstop = solved\nwithin = %" PRId64
    "wd\ncalendar = random\n"
    "[clock civil]\npause = away parts\nstart = received\nstop = solved\nwithin = low %" PRId64 "d, high 2d\n"
    "[clock months]\npause = away parts\nstart = received\nstop = solved\nwithin = %" PRId64 "mo\n"
    "[clock staffed]\npause = away parts\nstart = received\nstop = solved\nwithin = %" PRId64
    "h\nhours = customer.staffed\n"
    "[clock silent]\npause = away\nstart = contact\nstop = solved\nsilence = %" PRId64
    "bm\ncalendar = random\nbreach = ladder up\n"
    "[clock daily]\nstart = received\nstop = solved\nquota = 1..2 contacts per day\n"
    "[clock promised]\npromise = plan.expected_at\nstop = solved\n"
    "[ladder up]\nrung = +0 intake by mail\nrung = +50%% handler by mail\nall clear = yes\n";

struct world_of {
    const struct zone *zone;
    struct calendar *always, *random;
};

static const struct zone *find_zone(void *context, const char *name)
{
    (void)name;
    return ((struct world_of *)context)->zone;
}

static const struct calendar *find_calendar(void *context, const char *name)
{
    const struct world_of *world = context;

    return strcmp(name, "random") == 0 ? world->random : world->always;
}

static const char *find_template(void *context, const char *language, const char *name)
{
    (void)context;
    (void)language;
    return strcmp(name, "digest") == 0 ? "Subject: {total}\n\n{items}\n" : "Subject: {number}\n\n{clock}\n";
}

static struct desk *random_desk(struct world_of *world, msec now)
{
    struct policy_sources sources = {
        .file_name = "explained.ini",
        .digest = "0123456789abcdef",
        .context = world,
        .find_zone = find_zone,
        .find_calendar = find_calendar,
        .find_template = find_template,
    };
    struct desk_options options = {.name = "main", .mail_domain = "example.com", .keeps_closed = true};
    char *text, *error;

    world->zone = random_zone();
    world->always = calendar_create_always(world->zone);
    world->random = random_calendar(world->zone, "random");
    if (asprintf(&text, regime, zone_name(world->zone), between(1, 60000), between(1, 9000), between(1, 90),
                 between(1, 90), between(1, 14), between(1, 90), between(1, 2000)) < 0)
        abort();
    sources.text = text;
    struct policy *policy = policy_compile(&sources, &error);

    EXPECT(policy, "%s", error);
    free(text);
    return desk_create(&options, policy, roster_create_stand_in(policy), now);
}

static json_t *ask(struct desk *desk, msec now, const char *method, json_t *params, const char *cold)
{
    struct effects effects;
    struct request request = {
        .peer = {.role = ROLE_ADMIN, .actor = "intake"},
        .method = methods_find(method),
        .params = params,
        .id = "1",
        .cold = cold,
    };
    json_t *answer = NULL;

    effects_init(&effects);
    desk_step(desk, now, &(struct event){.kind = EVENT_REQUEST, .request = &request}, &effects);
    for (size_t i = 0; i < effects.count; i++)
        if (effects.list[i].kind == EFFECT_REPLY)
            answer = json_loads(effects.list[i].reply->text, 0, NULL);
    desk_settle(desk, &effects);
    effects_finish(&effects);
    json_decref(params);
    json_t *result = json_incref(json_object_get(answer, "result"));

    json_decref(answer);
    return result;
}

static void pass_time(struct desk *desk, msec until_at)
{
    struct effects effects;
    msec due_at;

    effects_init(&effects);
    while ((due_at = desk_wakes_at(desk)) <= until_at) {
        desk_step(desk, due_at, &(struct event){.kind = EVENT_TICK}, &effects);
        desk_settle(desk, &effects);
        effects_reset(&effects);
    }
    effects_finish(&effects);
}

static json_t *instant_json(msec at)
{
    char text[INSTANT_TEXT];

    instant_format(at, 0, text);
    return json_string(text);
}

static msec instant_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    msec at = NEVER;

    if (text && instant_parse(text, &at) != INSTANT_OK)
        return NEVER;
    return at;
}

/* The budget as the answer says it, in milliseconds, days or months. */
static int64_t budget_of(const json_t *clock)
{
    struct span span;
    const char *text = json_string_value(json_object_get(json_object_get(clock, "budget"), "span"));

    EXPECT(text && span_parse(text, &span) == SPAN_OK, "%s: no budget",
           json_string_value(json_object_get(clock, "clock")));
    return span.amount;
}

static int64_t day_of(const json_t *segment, const char *name)
{
    int64_t day = -1;
    const char *text = json_string_value(json_object_get(segment, name));

    if (!text || !civil_parse_date(text, &day))
        return -1;
    return day;
}

/* So that a renamed member is not a test that passes. */
static int64_t members_read, pauses_read, standing_read, otherwise_read;

/* A pause that began in the very instant of the deadline puts it off to where the clock runs again. */
static bool is_open_at_the_end(const json_t *segments)
{
    const json_t *last = json_array_get(segments, json_array_size(segments) - 1);

    return strcmp(json_string_value(json_object_get(last, "kind")), "open") == 0;
}

/* What the pauses moved the end by; and the last day that was counted. */
struct ending {
    int64_t sum, moved, last_day;
    msec cursor_at;
    bool in_time;
};

static void add_one(const char *name, const json_t *segment, struct ending *ending)
{
    const json_t *in_ms = json_object_get(segment, "counted_ms");
    bool is_pause = strcmp(json_string_value(json_object_get(segment, "kind")), "pause") == 0;
    int64_t counted = json_integer_value(in_ms ? in_ms : json_object_get(segment, "counted"));

    pauses_read += is_pause;
    ending->sum += counted;
    ending->moved += json_integer_value(json_object_get(segment, "moved_ms"));
    if (is_pause)
        return;
    EXPECT(ending->sum == json_integer_value(json_object_get(segment, in_ms ? "sum_ms" : "sum")),
           "%s: running sum", name);
    ending->in_time |= in_ms != NULL;
    if (in_ms) {
        EXPECT(instant_of(segment, "from") >= ending->cursor_at, "%s: goes back", name);
        ending->cursor_at = instant_of(segment, "to");
    }
    if (counted)
        ending->last_day = day_of(segment, json_object_get(segment, "last_day") ? "last_day" : "day");
    members_read++;
}

/* It stands: what was counted and what is left are the budget. */
static void look_at_standing(const json_t *clock, const char *name, const struct ending *ending)
{
    const json_t *paused = json_object_get(clock, "paused");
    const json_t *left = json_object_get(paused, ending->in_time ? "left_ms" : "left");

    EXPECT(paused && json_object_get(paused, "cause"), "%s: stands without a cause", name);
    if (left)
        EXPECT(json_integer_value(left) + ending->sum == budget_of(clock), "%s: what is left is not the rest",
               name);
    standing_read++;
}

/* The last day that was counted is the deadline's. One that the zone leaves out (Samoa has no 30 December
   2011) is counted like any other, and its wall times have moved forward to where the next day begins. */
static void look_at_last_day(const struct world_of *world, const char *name, int64_t last_day, msec due_at)
{
    msec begins_at = zone_day_start(world->zone, last_day);
    bool is_left_out = zone_day(world->zone, begins_at) != last_day;
    bool is_a_closing = strcmp(name, "working") == 0; /* 24:00 belongs to the day that it ends */

    EXPECT(zone_day(world->zone, begins_at) == zone_day(world->zone, due_at - is_a_closing),
           "%s: ends on another day", name);
    EXPECT(!is_left_out || due_at == begins_at, "%s: a day that was left out ends at %" PRId64, name, due_at);
}

/* The sum that a reader makes with a pencil; where the last stretch ends is the deadline. */
static void add_up(const struct world_of *world, const json_t *clock)
{
    const char *name = json_string_value(json_object_get(clock, "clock"));
    msec due_at = instant_of(clock, "due_at");
    const json_t *segments = json_object_get(clock, "segments"), *segment;
    struct ending ending = {.cursor_at = instant_of(clock, "anchor_at"), .last_day = -1};
    size_t i;

    if (json_object_get(clock, "set_otherwise") || json_object_get(clock, "extended")) {
        otherwise_read++;
        return;
    }
    json_array_foreach(segments, i, segment) add_one(name, segment, &ending);
    if (due_at == NEVER) {
        look_at_standing(clock, name, &ending);
        return;
    }
    EXPECT(ending.sum == budget_of(clock), "%s: %" PRId64 " is not the budget", name, ending.sum);
    if (!ending.in_time)
        look_at_last_day(world, name, ending.last_day, due_at - ending.moved);
    else if (is_open_at_the_end(segments))
        EXPECT(ending.cursor_at == due_at, "%s: ends at %" PRId64 ", due at %" PRId64, name, ending.cursor_at,
               due_at);
}

static void look_at_clock(const struct world_of *world, const json_t *clock, uint64_t *ret_checked)
{
    const char *kind = json_string_value(json_object_get(clock, "kind"));
    const char *state = json_string_value(json_object_get(clock, "state"));

    if (strcmp(state, "waiting") == 0)
        return;
    EXPECT(json_array_size(json_object_get(clock, "lines")) > 3, "too few lines");
    ++*ret_checked;
    if (strcmp(kind, "limit") == 0 || strcmp(kind, "silence") == 0) {
        add_up(world, clock);
    } else if (strcmp(kind, "quota") == 0) {
        const json_t *window = json_object_get(clock, "window");

        EXPECT(instant_of(window, "to") == instant_of(clock, "due_at") &&
                   instant_of(window, "from") == instant_of(clock, "anchor_at"),
               "the window is not the clock's");
    } else {
        EXPECT(json_object_get(clock, "promise"), "a promise says nothing");
    }
}

static json_t *random_ticket(msec at)
{
    static const char *const staffed[] = {"24h", "08:30-20:00", "22:00-06:00", "09:00-18:00"};

    return json_pack("{s:s,s:s,s:s,s:s,s:s,s:{s:s,s:s},s:{s:s,s:s},s:o}", "class", "request", "urgency",
                     chance_one_in(&chance, 2) ? "low" : "high", "channel", "phone", "subject", "x",
                     "department", "office", "customer", "name", "C", "staffed", staffed[between(0, 3)],
                     "contact", "name", "D", "phone", "1", "received_at",
                     instant_json(at - between(0, 2 * MSEC_DAY)));
}

/* What is refused, because it is paused already or is not, is no concern of this test. */
static msec pause_or_resume(struct desk *desk, msec now, const char *ticket)
{
    const char *reason = chance_one_in(&chance, 2) ? "away" : "parts";
    json_t *params = json_pack("{s:s,s:s}", "ticket", ticket, "reason", reason);

    json_decref(ask(desk, now, "ticket.pause", json_incref(params), NULL));
    if (chance_one_in(&chance, 2)) {
        now += between(0, 30 * MSEC_HOUR);
        pass_time(desk, now);
        json_decref(ask(desk, now, "ticket.resume", json_incref(params), NULL));
    }
    json_decref(params);
    return now;
}

static void live_a_little(struct desk *desk, msec *now, const char *ticket)
{
    for (int64_t acts = between(0, 4); acts > 0; acts--) {
        *now += between(1, 40 * MSEC_HOUR);
        pass_time(desk, *now);
        if (chance_one_in(&chance, 2))
            json_decref(ask(desk, *now, "contact.record",
                            json_pack("{s:s,s:s,s:s,s:b}", "ticket", ticket, "channel", "phone", "direction",
                                      "out", "reached", 1),
                            NULL));
        else if (chance_one_in(&chance, 2))
            json_decref(ask(desk, *now, "ticket.plan",
                            json_pack("{s:s,s:o,s:s}", "ticket", ticket, "expected_at",
                                      instant_json(*now + between(1, 20 * MSEC_DAY)), "measures", "m"),
                            NULL));
        else if (chance_one_in(&chance, 2))
            *now = pause_or_resume(desk, *now, ticket);
        else if (chance_one_in(&chance, 2))
            json_decref(ask(desk, *now, "ticket.classify",
                            json_pack("{s:s,s:s}", "ticket", ticket, "urgency",
                                      chance_one_in(&chance, 2) ? "low" : "high"),
                            NULL));
    }
}

static uint64_t explain_ticket(const struct world_of *world, struct desk *desk, msec now, const char *ticket)
{
    json_t *params =
        json_pack("{s:s,s:s}", "ticket", ticket, "language", chance_one_in(&chance, 2) ? "zh" : "en");
    uint64_t checked = 0;
    const json_t *clock;
    size_t i;

    if (chance_one_in(&chance, 4)) /* the future is judged on a copy, and adds up, too */
        json_object_set_new(params, "at", instant_json(now + between(1, 30 * MSEC_DAY)));
    json_t *result = ask(desk, now, "clock.explain", params, "{\"notices\":[]}");

    EXPECT(result, "no explanation");
    json_array_foreach(json_object_get(result, "clocks"), i, clock) look_at_clock(world, clock, &checked);
    json_decref(result);
    return checked;
}

static uint64_t one_desk(void)
{
    struct world_of world;
    msec now = between(11000, 22000) * MSEC_DAY + between(0, MSEC_DAY - 1);
    struct desk *desk = random_desk(&world, now);
    uint64_t checked = 0;

    for (int i = 0; i < TICKETS; i++) {
        json_t *filed = ask(desk, now, "ticket.create", random_ticket(now), NULL);
        const char *ticket = json_string_value(json_object_get(filed, "ticket"));
        char before[33] = "", after[33] = "";
        bool is_compared = i % 20 == 0;

        EXPECT(ticket, "not filed");
        live_a_little(desk, &now, ticket);
        if (is_compared)
            desk_digest(desk, before);
        checked += explain_ticket(&world, desk, now, ticket);
        if (is_compared)
            desk_digest(desk, after);
        EXPECT(strcmp(before, after) == 0, "explaining changed something");
        json_decref(
            ask(desk, now, "ticket.solve", json_pack("{s:s,s:s}", "ticket", ticket, "result", "r"), NULL));
        json_decref(ask(desk, now, "ticket.close", json_pack("{s:s}", "ticket", ticket), NULL));
        json_decref(filed);
        now += between(0, MSEC_DAY);
    }
    desk_destroy(desk);
    calendar_destroy(world.always);
    calendar_destroy(world.random);
    return checked;
}

static void test_answers_add_up(void **state)
{
    uint64_t desks = setting("DUBAN_DESKS", DESKS), checked = 0;

    (void)state;
    for (uint64_t i = 0; i < desks; i++)
        checked += one_desk();
    print_message("%" PRIu64 " clocks explained, %" PRId64 " stretches added up, %" PRId64 " pauses, %" PRId64
                  " stand, %" PRId64 " by other rules\n",
                  checked, members_read, pauses_read, standing_read, otherwise_read);
    assert_true(checked >= desks * 2000 && members_read > (int64_t)checked);
    assert_true(pauses_read > (int64_t)desks * 20 && standing_read > (int64_t)desks * 20 &&
                otherwise_read < (int64_t)checked / 5);
}

static int set_up(void **state)
{
    (void)state;
    seed = setting("DUBAN_SEED", 20260302);
    chance.state = seed << 32; /* it counts: seeds side by side would live the same desks, a draw apart */
    zones = zone_files_create(NULL);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    zone_files_destroy(zones);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_accounts_lead_to_the_deadline),
        cmocka_unit_test(test_pauses_are_left_out),
        cmocka_unit_test(test_answers_add_up),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
