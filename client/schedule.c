/*
 * Commands about schedules: which there are, and what they will do when.
 *
 * Rows of options and functions that show answers. `schedule next` asks the daemon, or, with --regime, the
 * judge in this program (schedule_ahead.c), so that a calendar can be looked at before it goes live.
 */
#include "client/commands.h"

#include "client/schedule_ahead.h"
#include <stdlib.h>

static const struct option_row list_options[] = {OPTION_END};

static const struct option_row next_options[] = {
    {.name = "schedule",
     .letter = 's',
     .kind = OPTION_TEXT,
     .value = "SCHEDULE",
     .parameter = "schedule",
     .help = "only this schedule"},
    {.name = "record",
     .kind = OPTION_TEXT,
     .value = "ID",
     .parameter = "record",
     .help = "only for this record"},
    {.name = "until",
     .letter = 'u',
     .kind = OPTION_TIME,
     .value = "TIME",
     .parameter = "until",
     .help = "how far to look (default: 31 days)"},
    OPTION_LIMIT,
    {.name = "regime", .kind = OPTION_TEXT, .value = "FILE", .help = "without a daemon: by this regime"},
    {.name = "register",
     .kind = OPTION_LIST,
     .value = "REGISTER=FILE",
     .help = "with --regime: a CSV file of records; may be given several times"},
    {.name = "at", .kind = OPTION_TIME, .value = "TIME", .help = "with --regime: as of then (default: now)"},
    {.name = "people", .kind = OPTION_TEXT, .value = "FILE", .help = "with --regime: the people file"},
    {.name = "calendar",
     .kind = OPTION_LIST,
     .value = "FILE",
     .help = "with --regime: a calendar file; may be given several times"},
    OPTION_END,
};

static void show_list(const struct screen *screen, const json_t *result)
{
    static const struct screen_column columns[] = {
        {"SCHEDULE", "schedule", SCREEN_TEXT},
        {"OVER", "over", SCREEN_TEXT},
        {"AT", "at", SCREEN_TEXT},
        {"OPENS", "opens", SCREEN_TEXT},
        {"SENDS", "sends", SCREEN_TEXT},
        {"PLANNED", "planned", SCREEN_TEXT},
        {"RUNS", "runs", SCREEN_TEXT},
        {"LAST", "last_at", SCREEN_TIME},
        {"NEXT", "next_at", SCREEN_TIME},
        {NULL, NULL, SCREEN_TEXT},
    };

    screen_table(screen, json_object_get(result, "schedules"), columns, "the regime has no schedules");
}

static void show_next(const struct screen *screen, const json_t *result)
{
    static const struct screen_column columns[] = {
        {"AT", "at", SCREEN_TIME},
        {"SCHEDULE", "schedule", SCREEN_TEXT},
        {"REGISTER", "register", SCREEN_TEXT},
        {"RECORD", "record", SCREEN_TEXT},
        {"OPENS", "opens", SCREEN_TEXT},
        {"SENDS", "sends", SCREEN_TEXT},
        {NULL, NULL, SCREEN_TEXT},
    };
    char *until = screen_text(json_object_get(result, "until"));

    screen_table(screen, json_object_get(result, "next"), columns, "nothing is to come until then");
    if (json_is_true(json_object_get(result, "more")))
        screen_line(screen, "more follows until %s: a greater --limit shows it", until);
    free(until);
}

static enum exit_code run_next(const struct invocation *invocation)
{
    static const char *const offline[] = {"register", "at", "people", "calendar"};
    const struct options *options = &invocation->options;
    json_t *result = NULL;

    for (size_t i = 0; !options_text(options, "regime") && i < sizeof offline / sizeof *offline; i++)
        if (options_text(options, offline[i])) {
            command_complain("--%s goes with --regime", offline[i]);
            return EXIT_USAGE;
        }
    if (!options_text(options, "regime"))
        return command_call(invocation);
    enum exit_code code = schedule_ahead(invocation, &result);

    if (code == EXIT_FINE && invocation->screen.in_json)
        screen_json(&invocation->screen, result);
    else if (code == EXIT_FINE)
        show_next(&invocation->screen, result);
    json_decref(result);
    return code;
}

const struct command schedule_commands[] = {
    {.name = "schedule list",
     .summary = "List the regime's schedules and how far they are",
     .help = "Lists every schedule: over which register it runs and when, what it does, for how many records "
             "something "
             "is\n"
             "to come, how often it ran, and when it runs next.",
     .examples = "  dubanctl schedule list\n"
                 "  dubanctl schedule list --json",
     .method = "schedule.list",
     .options = list_options,
     .show = show_list},
    {.name = "schedule next",
     .summary = "Show what schedules will do, and when",
     .help = "Shows in order which schedule will run for which record, as things are now. With --regime it "
             "needs no "
             "daemon:\n"
             "records come from CSV files as of register export, in an order in which a record comes after "
             "those it "
             "names.",
     .examples = "  dubanctl schedule next --until 2026-12-31\n"
                 "  dubanctl schedule next --schedule renewal_call --record C-17\n"
                 "  dubanctl schedule next --regime standard.ini --register customers=customers.csv "
                 "--register contracts=contracts.csv",
     .method = "schedule.next",
     .options = next_options,
     .show = show_next,
     .run = run_next},
    {.name = NULL},
};
