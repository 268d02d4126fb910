/*
 * Commands about the calendars that a daemon has in force, and about putting others there: `calendar list`,
 * `calendar explain`, `calendar forget`, `reload`.
 *
 * Rows and functions that show answers; what is asked is answered by the daemon, which alone knows the
 * versions it judges by. A reload's answer may be long, so its figures come first and its lists after them.
 */
#include "client/commands.h"

#include <stdlib.h>

static const struct option_row no_options[] = {OPTION_END};

static const struct option_row explain_options[] = {
    {.name = "CALENDAR",
     .kind = OPTION_TEXT,
     .value = "CALENDAR",
     .parameter = "calendar",
     .help = "a calendar that the regime names, or hours such as 08:30-20:00",
     .is_required = true,
     .is_argument = true},
    {.name = "FROM",
     .kind = OPTION_TIME,
     .value = "FROM",
     .parameter = "from",
     .help = "from when",
     .is_required = true,
     .is_argument = true},
    {.name = "TO",
     .kind = OPTION_TIME,
     .value = "TO",
     .parameter = "to",
     .help = "until when, at most 400 days later",
     .is_required = true,
     .is_argument = true},
    OPTION_END,
};

static const struct option_row forget_options[] = {
    {.name = "CALENDAR",
     .kind = OPTION_TEXT,
     .value = "CALENDAR",
     .parameter = "name",
     .help = "a calendar that was imported",
     .is_required = true,
     .is_argument = true},
    OPTION_END,
};

static void show_list(const struct screen *screen, const json_t *result)
{
    static const struct screen_column columns[] = {
        {"CALENDAR", "calendar", SCREEN_TEXT}, {"TITLE", "title", SCREEN_TEXT},
        {"ZONE", "zone", SCREEN_TEXT},         {"KNOWN UNTIL", "until", SCREEN_TEXT},
        {"IMPORTED", "imported", SCREEN_TEXT}, {"DIGEST", "short_digest", SCREEN_TEXT},
        {"USED BY", "used", SCREEN_TEXT},      {NULL, NULL, SCREEN_TEXT},
    };
    json_t *rows = json_deep_copy(json_object_get(result, "calendars")), *row;
    size_t index;

    json_array_foreach(rows, index, row)
    {
        const char *digest = json_string_value(json_object_get(row, "digest"));

        json_object_set_new(row, "short_digest", json_sprintf("%.12s", digest ? digest : ""));
    }
    screen_table(screen, rows, columns, "no calendars");
    json_decref(rows);
}

/* `09:00-12:00 13:00-18:00` of a day, from instants in the calendar's own time. */
static json_t *hours_of(const json_t *day)
{
    const json_t *segment;
    json_t *hours = json_array();
    size_t index;

    json_array_foreach(json_object_get(day, "segments"), index, segment)
    {
        const char *from = json_string_value(json_object_get(segment, "from"));
        const char *to = json_string_value(json_object_get(segment, "to"));

        if (from && to && json_string_length(json_object_get(segment, "from")) > 16 &&
            json_string_length(json_object_get(segment, "to")) > 16)
            json_array_append_new(hours, json_sprintf("%.5s-%.5s", from + 11, to + 11));
    }
    return hours;
}

static void show_explanation(const struct screen *screen, const json_t *result)
{
    static const struct screen_column fields[] = {
        {"Calendar", "calendar", SCREEN_TEXT},
        {"Zone", "zone", SCREEN_TEXT},
        {"Open", "open", SCREEN_TEXT},
        {"Working days", "working_days", SCREEN_TEXT},
        {"Provisional", "provisional", SCREEN_TEXT},
        {NULL, NULL, SCREEN_TEXT},
    };
    static const struct screen_column columns[] = {
        {"DATE", "date", SCREEN_TEXT},
        {"WEEKDAY", "weekday", SCREEN_TEXT},
        {"OPEN", "hours", SCREEN_TEXT},
        {"NAME", "name", SCREEN_TEXT},
        {"PROVISIONAL", "provisional", SCREEN_TEXT},
        {NULL, NULL, SCREEN_TEXT},
    };
    json_t *shown = json_deep_copy(result), *day;
    long long open_s = json_integer_value(json_object_get(shown, "open_s"));
    size_t index;

    json_object_set_new(shown, "open", json_sprintf("%lld h %02lld min", open_s / 3600, open_s / 60 % 60));
    json_array_foreach(json_object_get(shown, "days"), index, day)
        json_object_set_new(day, "hours", hours_of(day));
    screen_fields(screen, shown, fields);
    fputc('\n', screen->out);
    screen_table(screen, json_object_get(shown, "days"), columns, "no days");
    json_decref(shown);
}

void commands_show_reload(const struct screen *screen, const json_t *result)
{
    static const struct screen_column fields[] = {
        {"Regime", "regime", SCREEN_TEXT},
        {"Digest", "digest", SCREEN_TEXT},
        {"Deadlines that moved", "moved", SCREEN_TEXT},
        {"Verdicts that would be others", "changed", SCREEN_TEXT},
        {"Clocks of closed tickets looked at", "closed_reviewed", SCREEN_TEXT},
        {"Of these undecided", "closed_undecided", SCREEN_TEXT},
        {"Not complete", "closed_cut", SCREEN_TEXT},
        {"Lists are cut", "cut", SCREEN_TEXT},
        {NULL, NULL, SCREEN_TEXT},
    };
    static const struct screen_column deadlines[] = {
        {"TICKET", "number", SCREEN_TEXT},
        {"CLOCK", "clock", SCREEN_TEXT},
        {"FROM", "from", SCREEN_TIME},
        {"TO", "to", SCREEN_TIME},
        {"PROVISIONAL", "provisional", SCREEN_TEXT},
        {NULL, NULL, SCREEN_TEXT},
    };
    static const struct screen_column verdicts[] = {
        {"TICKET", "number", SCREEN_TEXT},
        {"STATE", "state", SCREEN_TEXT},
        {"CLOCK", "clock", SCREEN_TEXT},
        {"WAS", "was", SCREEN_TEXT},
        {"WOULD BE", "would_be", SCREEN_TEXT},
        {"DUE", "due_at", SCREEN_TIME},
        {"WOULD BE DUE", "would_be_due_at", SCREEN_TIME},
        {NULL, NULL, SCREEN_TEXT},
    };

    screen_fields(screen, result, fields);
    if (json_array_size(json_object_get(result, "deadlines")) > 0) {
        fputc('\n', screen->out);
        screen_table(screen, json_object_get(result, "deadlines"), deadlines, "");
    }
    if (json_array_size(json_object_get(result, "verdicts")) > 0) {
        fputc('\n', screen->out);
        screen_table(screen, json_object_get(result, "verdicts"), verdicts, "");
    }
}

const struct command calendar_desk_commands[] = {
    {.name = "calendar list",
     .summary = "List the calendars that the daemon judges by",
     .help =
         "Each calendar that the regime names, with the last day whose holidays are known, whether it was "
         "imported\n"
         "and so goes before its file, its version, and what counts by it.",
     .examples =
         "  dubanctl calendar list\n"
         "  dubanctl calendar list --json | jq -r '.calendars[] | select(.until < \"2027\") | .calendar'",
     .method = "calendar.list",
     .options = no_options,
     .show = show_list},
    {.name = "calendar explain",
     .summary = "Show when a calendar is open between two times, day by day",
     .help = "Adds up the open time that lies between two times as a deadline does, and shows each day of it "
             "with its\n"
             "hours and its name.",
     .examples = "  dubanctl calendar explain cn_office '2026-02-12 10:00' '2026-02-26 18:00'\n"
                 "  dubanctl calendar explain 08:30-20:00 2026-03-06 2026-03-09",
     .method = "calendar.explain",
     .options = explain_options,
     .show = show_explanation},
    {.name = "calendar forget",
     .summary = "Take an imported calendar back: its file holds again",
     .help = "An import goes before the file of the same name until it is taken back by this. Deadlines are "
             "judged\n"
             "again, as by a reload.",
     .examples = "  dubanctl calendar forget cn_office\n"
                 "  dubanctl calendar forget cn_office --json | jq '.deadlines[]'",
     .method = "calendar.import",
     .roles = "admin",
     .options = forget_options,
     .defaults = "{\"forget\": true}",
     .show = commands_show_reload},
    {.name = "reload",
     .summary = "Have the daemon read regime, people and calendars again",
     .help =
         "All of it is taken or nothing. Shows the deadlines that moved, and, when a calendar changed days "
         "that have\n"
         "been, the verdicts on record that would be others now; they stay as they are. The journal has all "
         "of them.",
     .examples = "  dubanctl reload\n"
                 "  dubanctl reload --json | jq -r '.verdicts[] | [.number, .was, .would_be] | @tsv'",
     .method = "system.reload",
     .roles = "admin",
     .options = no_options,
     .show = commands_show_reload},
    {.name = NULL},
};
