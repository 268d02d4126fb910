/*
 * Counting what an import did, and saying it at the end.
 *
 * Used by import_send.c and import.c. Refusals are gathered by method and error name, each with the first
 * line of the log it happened on and the daemon's words: a hundred thousand error lines would hide the one
 * cause that they usually have.
 */
#include "client/import_report.h"

#include "client/connection.h"
#include "client/table.h"
#include "lib/base/text.h"
#include <stdlib.h>

void import_report_init(struct import_report *report)
{
    *report = (struct import_report){.reasons = json_object()};
}

void import_report_finish(struct import_report *report)
{
    json_decref(report->reasons);
}

static void count_refusal(struct import_report *report, const struct import_map *map,
                          const struct import_step *step, const json_t *error)
{
    const char *name = json_string_value(json_object_get(json_object_get(error, "data"), "name"));
    struct text key = {0};

    report->refused++;
    text_printf(&key, "%s: %s", import_map_method(step->verb), name ? name : "unknown");
    json_t *reason = json_object_get(report->reasons, text_get(&key));

    if (!reason) {
        char *sentence = connection_explain(error);

        reason = json_pack("{s:i, s:I, s:s}", "count", 0, "line", (json_int_t)import_map_line(map, step),
                           "first", sentence);
        json_object_set_new(report->reasons, text_get(&key), reason);
        free(sentence);
    }
    json_object_set_new(reason, "count",
                        json_integer(json_integer_value(json_object_get(reason, "count")) + 1));
    text_finish(&key);
}

void import_report_answer(struct import_report *report, const struct import_map *map,
                          const struct import_step *step, const json_t *result, const json_t *error)
{
    report->calls++;
    if (error) {
        count_refusal(report, map, step, error);
        return;
    }
    report->accepted++;
    if (step->verb != IMPORT_CREATE)
        return;
    if (json_is_false(json_object_get(result, "created")))
        report->already_there++;
    else
        report->created++;
}

static json_t *verbs_of(const struct import_map *map)
{
    json_t *verbs = json_object();
    size_t counts[IMPORT_VERB_COUNT] = {0};

    for (size_t i = 0; i < import_map_steps(map); i++)
        counts[import_map_step(map, i)->verb]++;
    for (enum import_verb verb = IMPORT_CREATE; verb < IMPORT_VERB_COUNT; verb++)
        json_object_set_new(verbs, import_map_method(verb), json_integer((json_int_t)counts[verb]));
    return verbs;
}

static json_t *as_object(const struct import_report *report, const struct import_map *map)
{
    double rate = report->seconds > 0 ? (double)report->calls / report->seconds : 0;
    json_t *object =
        json_pack("{s:I, s:I, s:I, s:I, s:o}", "incidents", (json_int_t)import_map_incidents(map), "updates",
                  (json_int_t)import_map_rows(map), "left_out", (json_int_t)import_map_left_out(map), "calls",
                  (json_int_t)import_map_steps(map), "methods", verbs_of(map));

    if (!report->is_dry)
        json_object_update_new(
            object,
            json_pack("{s:I, s:I, s:I, s:I, s:I, s:O, s:I, s:I}", "accepted", (json_int_t)report->accepted,
                      "created", (json_int_t)report->created, "already_there",
                      (json_int_t)report->already_there, "refused", (json_int_t)report->refused, "skipped",
                      (json_int_t)report->skipped, "reasons", report->reasons, "milliseconds",
                      (json_int_t)(report->seconds * 1e3), "calls_per_second", (json_int_t)rate));
    return object;
}

static void print_reasons(const struct import_report *report, const struct screen *screen)
{
    const char *key;
    json_t *reason;

    json_object_foreach(report->reasons, key, reason)
        screen_line(screen, "  refused %lld × %s (first on line %lld: %s)",
                    (long long)json_integer_value(json_object_get(reason, "count")), key,
                    (long long)json_integer_value(json_object_get(reason, "line")),
                    json_string_value(json_object_get(reason, "first")));
}

void import_report_print(const struct import_report *report, const struct import_map *map,
                         const struct screen *screen)
{
    json_t *object = as_object(report, map);

    if (screen->in_json) {
        screen_json(screen, object);
        json_decref(object);
        return;
    }
    screen_line(screen, "%zu incidents, %zu updates, %zu calls", import_map_incidents(map),
                import_map_rows(map), import_map_steps(map));
    if (import_map_left_out(map) > 0)
        screen_line(screen, "%zu later updates left out (--until)", import_map_left_out(map));
    if (report->is_dry) {
        screen_members(screen, json_object_get(object, "methods"));
        screen_line(screen, "nothing was sent (--dry-run)");
    } else {
        screen_line(screen, "tickets: %zu created, %zu already there", report->created,
                    report->already_there);
        screen_line(screen, "calls: %zu accepted, %zu refused, %zu skipped", report->accepted,
                    report->refused, report->skipped);
        print_reasons(report, screen);
        screen_line(screen, "%.1f seconds, %.0f calls a second", report->seconds,
                    report->seconds > 0 ? (double)report->calls / report->seconds : 0);
    }
    json_decref(object);
}
