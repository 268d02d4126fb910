/*
 * schedule.list and schedule.next: which calendars run, and what they will do when.
 *
 * Handlers of the method table. What is to come is found by asking the schedules themselves for one
 * occurrence after the other, as the desk does when it plans; nothing is kept for it. The answer is what
 * holds now: a record that is put tomorrow changes it. Only the earliest occurrences are kept while looking,
 * so that a hundred thousand contracts cost time and no memory.
 */
#include "lib/answer.h"
#include "lib/base/memory.h"
#include "lib/method_handlers.h"
#include "lib/request.h"
#include "lib/schedule_book.h"
#include <stdlib.h>
#include <string.h>

#define NEXT_DEFAULT 100
#define NEXT_MAX     500
#define AHEAD_MS     (31 * MSEC_DAY) /* without `until` */
#define OF_RUN_MAX   NEXT_MAX        /* occurrences of one run: more can't be among the earliest */

/* ---- list ---- */

static json_t *does_of(const struct policy *policy, const struct schedule_policy *schedule)
{
    json_t *object = json_object();

    if (schedule->opens)
        json_object_set_new(object, "opens", json_string(policy->classes.terms[schedule->class_index].name));
    if (schedule->template_name)
        json_object_set_new(object, "sends", json_string(schedule->template_name));
    return object;
}

/* Totals of a schedule's runs. */
struct totals {
    size_t planned, count;
    msec next_at, last_at;
    const struct schedule_run *next;
};

static struct totals add_up(const struct desk *desk, uint8_t schedule)
{
    struct totals totals = {.next_at = NEVER, .last_at = SCHEDULE_NEVER_RAN};

    for (size_t i = 0; i < schedule_run_count(desk); i++) {
        const struct schedule_run *run = schedule_run_at(desk, i);

        if (run->schedule != schedule)
            continue;
        totals.count += run->count;
        totals.planned += run->next_at != NEVER;
        totals.last_at = run->last_at > totals.last_at ? run->last_at : totals.last_at;
        if (run->next_at < totals.next_at) {
            totals.next_at = run->next_at;
            totals.next = run;
        }
    }
    return totals;
}

static json_t *one_schedule(const struct desk *desk, uint8_t index)
{
    const struct policy *policy = desk->policy;
    const struct schedule_policy *schedule = &policy->schedules[index];
    struct totals totals = add_up(desk, index);
    json_t *object = json_pack("{s:s,s:s,s:s}", "schedule", schedule->name, "title",
                               schedule->title[policy->language], "at", schedule->at.text);

    if (schedule->over != POLICY_NONE)
        json_object_set_new(object, "over", json_string(policy->registers[schedule->over].name));
    json_object_set_new(object, "calendar", json_string(calendar_name(schedule->calendar)));
    json_object_update_new(object, does_of(policy, schedule));
    json_object_set_new(object, "planned", json_integer((json_int_t)totals.planned));
    json_object_set_new(object, "runs", json_integer((json_int_t)totals.count));
    json_object_set_new(object, "last_at", answer_instant(desk, totals.count ? totals.last_at : NEVER));
    json_object_set_new(object, "next_at", answer_instant(desk, totals.next_at));
    return object;
}

void method_schedule_list(struct desk *desk, const struct request *request, struct effects *out)
{
    json_t *list = json_array();

    (void)out;
    for (size_t i = 0; i < desk->policy->schedule_count; i++)
        json_array_append_new(list, one_schedule(desk, (uint8_t)i));
    request_answer(desk, request, json_pack("{s:o}", "schedules", list));
}

/* ---- next ---- */

struct coming {
    msec at;
    uint8_t schedule;
    const char *record; /* "" for the desk's own */
};

/* The earliest of what was offered, in order. */
struct ahead {
    struct coming *list;
    size_t count, room;
    bool is_cut;
};

static bool comes_before(const struct coming *one, const struct coming *other)
{
    if (one->at != other->at)
        return one->at < other->at;
    if (one->schedule != other->schedule)
        return one->schedule < other->schedule;
    return strcmp(one->record, other->record) < 0;
}

/* False: it comes after everything that there is room for, and so will all that follow it. */
static bool offer(struct ahead *ahead, const struct coming *coming)
{
    size_t low = 0, high = ahead->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (comes_before(&ahead->list[middle], coming))
            low = middle + 1;
        else
            high = middle;
    }
    if (low == ahead->room) {
        ahead->is_cut = true;
        return false;
    }
    ahead->is_cut |= ahead->count == ahead->room;
    ahead->count += ahead->count < ahead->room;
    memmove(&ahead->list[low + 1], &ahead->list[low], (ahead->count - low - 1) * sizeof(*ahead->list));
    ahead->list[low] = *coming;
    return true;
}

static void look_ahead(const struct desk *desk, const struct schedule_run *run, msec until_at,
                       struct ahead *ahead)
{
    struct schedule_view view = schedule_view_of(desk, run);
    struct coming coming = {.at = run->next_at, .schedule = run->schedule, .record = ""};

    if (run->record != REGISTER_NONE)
        coming.record =
            register_at(desk->registers, desk->policy->schedules[run->schedule].over, run->record)->id;
    for (int i = 0; i < OF_RUN_MAX && coming.at <= until_at && offer(ahead, &coming); i++)
        coming.at = schedule_next(&view, coming.at);
}

static json_t *coming_json(const struct desk *desk, const struct coming *coming)
{
    const struct schedule_policy *schedule = &desk->policy->schedules[coming->schedule];
    json_t *object =
        json_pack("{s:o,s:s}", "at", answer_instant(desk, coming->at), "schedule", schedule->name);

    if (schedule->over != POLICY_NONE) {
        json_object_set_new(object, "register", json_string(desk->policy->registers[schedule->over].name));
        json_object_set_new(object, "record", json_string(coming->record));
    }
    json_object_update_new(object, does_of(desk->policy, schedule));
    return object;
}

static bool read_next(struct desk *desk, const struct request *request, uint8_t *ret_schedule,
                      msec *ret_until, json_int_t *ret_limit)
{
    const char *name = request_text(request, "schedule");
    const char *field = NULL, *wrong = NULL;

    *ret_schedule = name ? policy_find_schedule(desk->policy, name) : POLICY_NONE;
    *ret_until = request_instant(request, "until");
    *ret_limit = request_number(request, "limit", NEXT_DEFAULT);
    if (*ret_until == NEVER)
        *ret_until = desk->now + AHEAD_MS;
    if (name && *ret_schedule == POLICY_NONE)
        field = "schedule", wrong = "the regime has no such schedule";
    else if (*ret_limit < 1 || *ret_limit > NEXT_MAX)
        field = "limit", wrong = "1 to 500";
    if (wrong)
        request_refuse(desk, request, RPC_INVALID_PARAMS, field, wrong);
    return !wrong;
}

void method_schedule_next(struct desk *desk, const struct request *request, struct effects *out)
{
    const char *record = request_text(request, "record");
    uint8_t schedule;
    msec until_at;
    json_int_t limit;

    (void)out;
    if (!read_next(desk, request, &schedule, &until_at, &limit))
        return;
    struct ahead ahead = {.room = (size_t)limit};
    json_t *list = json_array();

    ahead.list = memory_new(ahead.room + 1, sizeof(*ahead.list));
    for (size_t i = 0; i < schedule_run_count(desk); i++) {
        const struct schedule_run *run = schedule_run_at(desk, i);
        bool is_asked = schedule == POLICY_NONE || run->schedule == schedule;

        if (record)
            is_asked &=
                run->record != REGISTER_NONE &&
                strcmp(register_at(desk->registers, desk->policy->schedules[run->schedule].over, run->record)
                           ->id,
                       record) == 0;
        if (is_asked)
            look_ahead(desk, run, until_at, &ahead);
    }
    for (size_t i = 0; i < ahead.count; i++)
        json_array_append_new(list, coming_json(desk, &ahead.list[i]));
    free(ahead.list);
    request_answer(desk, request,
                   json_pack("{s:o,s:o,s:b}", "until", answer_instant(desk, until_at), "next", list, "more",
                             ahead.is_cut));
}
