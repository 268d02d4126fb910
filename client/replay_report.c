/*
 * The report on two judges as an object.
 *
 * Called by replay_whatif.c with a finished difference; replay_tables.c shows the object to people, so that
 * whoever asks for JSON has all that people see. Rows come in the regime's own order where it has one (B's,
 * then what only A knows), people by name. Spans are whole seconds; a median is the lower one of the two
 * middle ones, so that it is a span that occurred.
 */
#include "client/replay_report.h"

#include "lib/base/instant.h"
#include "lib/base/memory.h"
#include "lib/zone.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const char *const side_names[SIDES] = {[SIDE_A] = "a", [SIDE_B] = "b"};

static const char *const figure_names[TALLY_FIGURES] = {
    [TALLY_BREACHES] = "breaches",       [TALLY_NOTICES] = "notices",       [TALLY_SHORTFALLS] = "shortfalls",
    [TALLY_WITHDRAWALS] = "withdrawals", [TALLY_SUPPRESSED] = "suppressed", [TALLY_INCIDENTS] = "incidents",
};

static json_t *number(uint64_t count)
{
    return json_integer((json_int_t)count);
}

static const struct policy *policy_of(const struct replay_report *report, enum replay_side side)
{
    return desk_policy(replay_desk(report->difference->replays[side]));
}

static json_t *time_of(const struct replay_report *report, msec at)
{
    char text[INSTANT_TEXT];

    if (at == NEVER)
        return json_null();
    instant_format(at, zone_offset_s(policy_of(report, SIDE_B)->zone, at), text);
    return json_string(text);
}

static const char *word(const struct replay_report *report, uint32_t id)
{
    return intern_text(report->difference->words, id);
}

/* ---- tallies ---- */

static json_t *moves_object(const struct moves *moves)
{
    msec median_ms = moves->count ? moves->by_ms[(moves->count - 1) / 2] : 0;
    msec longest_ms = moves->count ? moves->by_ms[moves->count - 1] : 0;

    return json_pack("{s:o, s:I, s:I}", "count", number(moves->count), "median_s",
                     (json_int_t)(median_ms / MSEC_SECOND), "max_s", (json_int_t)(longest_ms / MSEC_SECOND));
}

static json_t *figure_object(const struct tally *tally, enum tally_figure figure)
{
    json_t *object = json_object();

    for (size_t side = 0; side < SIDES; side++)
        json_object_set_new(object, side_names[side], number(tally->counts[figure][side]));
    if (figure >= (enum tally_figure)OCCURRENCE_KINDS)
        return object;
    json_object_set_new(object, "only_a", number(tally->only[figure][SIDE_A]));
    json_object_set_new(object, "only_b", number(tally->only[figure][SIDE_B]));
    json_object_set_new(object, "earlier", moves_object(&tally->earlier[figure]));
    json_object_set_new(object, "later", moves_object(&tally->later[figure]));
    return object;
}

static void set_figures(json_t *object, const struct tally *tally)
{
    for (size_t figure = 0; figure < TALLY_FIGURES; figure++)
        json_object_set_new(object, figure_names[figure], figure_object(tally, (enum tally_figure)figure));
}

static json_t *totals_object(const struct replay_report *report)
{
    static const struct tally nothing;
    const struct tally *total = difference_tally(report->difference, TALLY_TOTAL, 0);
    json_t *object = json_object(), *accepted = json_object(), *refused = json_object();

    for (size_t side = 0; side < SIDES; side++) {
        struct replay_figures figures;

        replay_figures(report->difference->replays[side], &figures);
        json_object_set_new(accepted, side_names[side], number(figures.accepted));
        json_object_set_new(refused, side_names[side], number(figures.refused));
    }
    json_object_set_new(object, "accepted", accepted);
    json_object_set_new(object, "refused", refused);
    set_figures(object, total ? total : &nothing);
    return object;
}

/* ---- rows ---- */

typedef const char *find_title(const struct policy *policy, const char *name, enum language language);

static const char *clock_title(const struct policy *policy, const char *name, enum language language)
{
    uint8_t clock = policy_find_clock(policy, name);

    return clock == POLICY_NONE ? NULL : policy->clocks[clock].title[language];
}

static const char *term_title(const struct vocabulary *words, const char *name, enum language language)
{
    uint8_t index = vocabulary_find(words, name);

    return index == POLICY_NONE ? NULL : words->terms[index].title[language];
}

static const char *urgency_title(const struct policy *policy, const char *name, enum language language)
{
    return term_title(&policy->urgencies, name, language);
}

static const char *class_title(const struct policy *policy, const char *name, enum language language)
{
    return term_title(&policy->classes, name, language);
}

static const char *title_in(const struct replay_report *report, find_title *find, const char *name)
{
    const char *title = find(policy_of(report, SIDE_B), name, report->language);

    if (!title)
        title = find(policy_of(report, SIDE_A), name, report->language);
    return title ? title : name;
}

/* What is named before anything happens has the lower numbers, so a table in order of numbers is in the
   regime's order. */
static int by_key(const void *a, const void *b)
{
    const struct tally *one = *(const struct tally *const *)a, *other = *(const struct tally *const *)b;

    return one->key < other->key ? -1 : one->key > other->key;
}

static const struct tally **sorted_rows(const struct tallies *tallies)
{
    const struct tally **rows = memory_new(tallies->count + 1, sizeof(*rows));

    for (size_t i = 0; i < tallies->count; i++)
        rows[i] = &tallies->rows[i];
    if (tallies->count > 1)
        qsort(rows, tallies->count, sizeof(*rows), by_key);
    return rows;
}

static json_t *words_array(const struct replay_report *report, enum tally_table table, const char *member,
                           find_title *find)
{
    const struct tallies *tallies = &report->difference->tables[table];
    const struct tally **rows = sorted_rows(tallies);
    json_t *array = json_array();

    for (size_t i = 0; i < tallies->count; i++) {
        const char *name = word(report, (uint32_t)rows[i]->key);
        json_t *row = json_pack("{s:s, s:s}", member, name, "title", title_in(report, find, name));

        set_figures(row, rows[i]);
        json_array_append_new(array, row);
    }
    free(rows);
    return array;
}

static const char *person_name(const struct replay_report *report, const char *id)
{
    for (int side = SIDE_B; side >= SIDE_A; side--) {
        const struct roster *roster = desk_roster(replay_desk(report->difference->replays[side]));

        for (size_t i = 0; i < roster_count(roster); i++) {
            const struct person *person = roster_person(roster, (uint16_t)i);

            if (strcmp(person->id, id) == 0)
                return person->name[report->language];
        }
    }
    return id;
}

static int by_person(const void *a, const void *b)
{
    const json_t *one = *(json_t *const *)a, *other = *(json_t *const *)b;
    int order = strcmp(json_string_value(json_object_get(one, "person")),
                       json_string_value(json_object_get(other, "person")));

    if (order)
        return order;
    return strcmp(json_string_value(json_object_get(one, "role")),
                  json_string_value(json_object_get(other, "role")));
}

static json_t *person_object(const struct replay_report *report, const struct tally *tally)
{
    const char *person = word(report, (uint32_t)(tally->key >> 32));
    json_t *row = json_pack("{s:s, s:s, s:s}", "person", person, "name", person_name(report, person), "role",
                            word(report, (uint32_t)tally->key));
    json_t *notices = figure_object(tally, TALLY_NOTICES);

    json_object_update(row, notices);
    json_object_set_new(row, "suppressed", figure_object(tally, TALLY_SUPPRESSED));
    json_decref(notices);
    return row;
}

static json_t *people_array(const struct replay_report *report)
{
    const struct tallies *tallies = &report->difference->tables[TALLY_PERSON];
    json_t **rows = memory_new(tallies->count + 1, sizeof(json_t *));
    json_t *array = json_array();

    for (size_t i = 0; i < tallies->count; i++)
        rows[i] = person_object(report, &tallies->rows[i]);
    if (tallies->count > 1)
        qsort(rows, tallies->count, sizeof(json_t *), by_person);
    for (size_t i = 0; i < tallies->count; i++)
        json_array_append_new(array, rows[i]);
    free(rows);
    return array;
}

/* ---- requests ---- */

static json_t *find_row(json_t *array, const struct differing_request *request)
{
    size_t i;
    json_t *row;

    json_array_foreach(array, i, row)
    {
        if (strcmp(json_string_value(json_object_get(row, "method")), request->method) == 0 &&
            strcmp(json_string_value(json_object_get(row, "error")), request->error) == 0 &&
            strcmp(json_string_value(json_object_get(row, "refused_by")), side_names[request->refused_by]) ==
                0)
            return row;
    }
    row = json_pack("{s:s, s:s, s:s, s:i}", "method", request->method, "error", request->error, "refused_by",
                    side_names[request->refused_by], "count", 0);
    json_array_append_new(array, row);
    return row;
}

/* By method, error and side, in the order in which they were first met: there are few. */
static json_t *requests_array(const struct replay_report *report)
{
    json_t *array = json_array();

    for (size_t i = 0; i < report->difference->request_count; i++) {
        json_t *count = json_object_get(find_row(array, &report->difference->requests[i]), "count");

        json_integer_set(count, json_integer_value(count) + 1);
    }
    return array;
}

/* ---- details ---- */

/* The ticket's ref, and its number under the side given first, else under the other. */
static void set_ticket(const struct replay_report *report, json_t *row, uint64_t origin,
                       enum replay_side side)
{
    enum replay_side other = side == SIDE_A ? SIDE_B : SIDE_A;
    const struct replay *replay = report->difference->replays[side];
    char number_text[96];

    if (!replay_filed(replay, origin))
        replay = report->difference->replays[other];
    uint64_t ticket = replay_filed(replay, origin);
    const char *reference = ticket ? replay_reference(replay, ticket) : NULL;

    desk_ticket_number(replay_desk(replay), ticket, number_text, sizeof(number_text));
    json_object_set_new(row, "ref", reference ? json_string(reference) : json_null());
    json_object_set_new(row, "number", *number_text ? json_string(number_text) : json_null());
}

static void set_instants(const struct replay_report *report, json_t *row, const struct differing *differing)
{
    for (size_t side = 0; side < SIDES; side++)
        json_object_set_new(row, side_names[side],
                            time_of(report, differing->is_on[side] ? differing->on[side].at : NEVER));
    if (differing->is_on[SIDE_A] && differing->is_on[SIDE_B])
        json_object_set_new(
            row, "moved_s",
            json_integer((differing->on[SIDE_B].at - differing->on[SIDE_A].at) / MSEC_SECOND));
}

static json_t *differing_object(const struct replay_report *report, const struct differing *differing)
{
    enum replay_side side = differing->is_on[SIDE_B] ? SIDE_B : SIDE_A;
    const struct occurrence *occurrence = &differing->on[side];
    json_t *row = json_object();

    set_ticket(report, row, occurrence->origin, side);
    json_object_set_new(row, "clock", json_string(word(report, occurrence->clock)));
    json_object_set_new(row, "cycle", json_integer(occurrence->cycle));
    if (occurrence->kind == OCCURRENCE_NOTICE) {
        json_object_set_new(row, "template", json_string(word(report, occurrence->template_name)));
        json_object_set_new(row, "rung", json_integer(occurrence->step));
        json_object_set_new(row, "person", json_string(word(report, occurrence->person)));
        json_object_set_new(row, "role", json_string(word(report, occurrence->role)));
        json_object_set_new(row, "channel", json_string(word(report, occurrence->channel)));
    }
    set_instants(report, row, differing);
    return row;
}

static json_t *differing_array(const struct replay_report *report, enum occurrence_kind kind)
{
    json_t *array = json_array();

    for (size_t i = 0; i < report->difference->differing_count; i++) {
        const struct differing *differing = &report->difference->differing[i];

        if (differing->on[differing->is_on[SIDE_B] ? SIDE_B : SIDE_A].kind == kind)
            json_array_append_new(array, differing_object(report, differing));
    }
    return array;
}

static json_t *request_object(const struct replay_report *report, const struct differing_request *request)
{
    json_t *row =
        json_pack("{s:o, s:o}", "event", number(request->place), "at", time_of(report, request->at));

    set_ticket(report, row, request->origin, request->refused_by == SIDE_A ? SIDE_B : SIDE_A);
    json_object_set_new(row, "method", json_string(request->method));
    json_object_set_new(row, "refused_by", json_string(side_names[request->refused_by]));
    json_object_set_new(row, "error", json_string(request->error));
    json_object_set_new(row, "detail", json_string(request->detail));
    return row;
}

static json_t *details_object(const struct replay_report *report)
{
    json_t *requests = json_array();

    for (size_t i = 0; i < report->difference->request_count; i++)
        json_array_append_new(requests, request_object(report, &report->difference->requests[i]));
    return json_pack("{s:o, s:o, s:o}", "breaches", differing_array(report, OCCURRENCE_BREACH), "notices",
                     differing_array(report, OCCURRENCE_NOTICE), "requests", requests);
}

/* ---- the whole ---- */

static json_t *side_object(const struct replay_report *report, enum replay_side side)
{
    const struct policy *policy = policy_of(report, side);

    return json_pack("{s:s, s:s, s:s}", "file", report->files[side], "regime", policy->name, "digest",
                     policy->digest);
}

json_t *replay_report_object(const struct replay_report *report)
{
    json_t *object = json_pack("{s:o, s:o, s:o, s:o, s:o, s:b, s:o, s:o, s:o, s:o, s:o, s:o}", "a",
                               side_object(report, SIDE_A), "b", side_object(report, SIDE_B), "events",
                               number(report->events), "begin_at", time_of(report, report->begin_at),
                               "end_at", time_of(report, report->end_at), "differs",
                               (int)difference_is_any(report->difference), "totals", totals_object(report),
                               "by_clock", words_array(report, TALLY_CLOCK, "clock", clock_title),
                               "by_urgency", words_array(report, TALLY_URGENCY, "urgency", urgency_title),
                               "by_class", words_array(report, TALLY_CLASS, "class", class_title),
                               "by_person", people_array(report), "requests", requests_array(report));

    if (report->with_details)
        json_object_set_new(object, "details", details_object(report));
    return object;
}
