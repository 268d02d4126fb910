/*
 * The command that brings the past in: an incident log into the daemon, or into a file for replay.
 *
 * Reads and checks the whole file first (import_map.c), then files it (import_send.c) or writes it out as
 * events. A file that is wrong on its last line is found out before anything was sent. Compressed files need
 * no option: zlib passes on what isn't compressed.
 */
#include "client/commands.h"

#include "client/csv.h"
#include "client/import_report.h"
#include "client/import_send.h"
#include "client/interrupt.h"
#include "client/when.h"
#include "files/zone_files.h"
#include "lib/base/civil.h"
#include "lib/base/instant.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

static const struct option_row options[] = {
    {.name = "FILE",
     .kind = OPTION_TEXT,
     .value = "FILE",
     .help = "the log, plain or .gz; - reads it from stdin",
     .is_required = true,
     .is_argument = true},
    {.name = "map",
     .letter = 'm',
     .kind = OPTION_TEXT,
     .value = "MAP",
     .is_required = true,
     .help = "what the columns mean; there is one map: incidents"},
    {.name = "zone",
     .letter = 'z',
     .kind = OPTION_TEXT,
     .value = "ZONE",
     .help = "zone of the log's times, such as Europe/Lisbon (default UTC)"},
    {.name = "until",
     .letter = 'u',
     .kind = OPTION_TEXT,
     .value = "TIME",
     .help = "only updates up to then; a date alone includes the whole day"},
    {.name = "dry-run", .letter = 'n', .kind = OPTION_FLAG, .help = "check the file and count, send nothing"},
    {.name = "replay",
     .letter = 'r',
     .kind = OPTION_FLAG,
     .help = "write events for dubanctl replay to stdout instead"},
    {.name = "live",
     .kind = OPTION_FLAG,
     .help = "with --replay: as if it happened now, so that notices go out (default: as history)"},
    OPTION_END,
};

struct input {
    gzFile file;
    const char *name;
};

static ssize_t read_input(void *context, char *bytes, size_t size)
{
    const struct input *input = context;
    int error, got = interrupt_pending() ? -1 : gzread(input->file, bytes, (unsigned)size);

    if (got != 0)
        return got;
    /* A compressed file that was cut short ends like any other, except for this. */
    gzerror(input->file, &error);
    return error == Z_OK || error == Z_STREAM_END ? 0 : -1;
}

static enum exit_code bad_line(const struct input *input, const struct csv *csv, const char *sentence)
{
    if (interrupt_pending())
        command_complain("interrupted; nothing was sent");
    else
        command_complain("%s:%zu: %s", input->name, csv_line(csv), sentence);
    return interrupt_pending() ? EXIT_INTERRUPTED : EXIT_BAD_INPUT;
}

static enum exit_code read_rows(const struct input *input, struct csv *csv, struct import_map *map)
{
    const char *const *fields;
    size_t count;
    enum csv_outcome outcome = csv_next(csv, &fields, &count);
    const char *wrong = NULL;

    if (outcome == CSV_END)
        return bad_line(input, csv, "the file is empty");
    if (outcome == CSV_RECORD)
        wrong = import_map_heading(map, fields, count);
    while (outcome == CSV_RECORD && !wrong && (outcome = csv_next(csv, &fields, &count)) == CSV_RECORD)
        wrong = import_map_row(map, fields, csv_line(csv));
    if (wrong || outcome == CSV_BAD)
        return bad_line(input, csv, wrong ? wrong : csv_error(csv));
    import_map_finish(map);
    return EXIT_FINE;
}

static enum exit_code read_log(const char *name, struct import_map *map)
{
    bool is_stdin = strcmp(name, "-") == 0;
    int descriptor = is_stdin ? dup(STDIN_FILENO) : open(name, O_RDONLY | O_CLOEXEC);
    struct input input = {.file = descriptor >= 0 ? gzdopen(descriptor, "rb") : NULL,
                          .name = is_stdin ? "stdin" : name};

    if (!input.file) {
        command_complain("%s: %s", input.name, strerror(errno));
        return EXIT_BAD_INPUT;
    }
    struct csv *csv = csv_create(read_input, &input);

    gzbuffer(input.file, 1u << 17);
    enum exit_code code = read_rows(&input, csv, map);

    csv_destroy(csv);
    gzclose(input.file);
    return code;
}

/* History is for gateways only. Otherwise intake and closing are an intake specialist's, the work a
 * handler's. */
static const char *role_of(enum import_verb verb, int is_live)
{
    if (!is_live)
        return "gateway";
    return verb == IMPORT_CREATE || verb == IMPORT_CLOSE ? "intake" : "handler";
}

static enum exit_code write_events(const struct invocation *invocation, const struct import_map *map,
                                   const struct zone *zone)
{
    int is_live = options_flag(&invocation->options, "live");

    for (size_t i = 0; i < import_map_steps(map) && !interrupt_pending(); i++) {
        const struct import_step *step = import_map_step(map, i);
        const char *role = role_of(step->verb, is_live);
        char at[INSTANT_TEXT];

        instant_format(step->at, zone_offset_s(zone, step->at), at);
        json_t *event =
            json_pack("{s:s, s:s, s:s, s:s, s:o}", "at", at, "actor", role, "role", role, "method",
                      import_map_method(step->verb), "params",
                      import_map_params(map, step, import_map_reference(map, step->incident), is_live));

        json_dumpf(event, stdout, JSON_COMPACT);
        putchar('\n');
        json_decref(event);
    }
    return interrupt_pending() ? EXIT_INTERRUPTED : EXIT_FINE;
}

static enum exit_code send_all(const struct invocation *invocation, const struct import_map *map)
{
    struct connection *connection = NULL;
    struct import_report report;
    char *stopped = NULL;
    enum exit_code code;

    import_report_init(&report);
    if (command_connect(invocation, &connection, &code)) {
        enum connection_outcome outcome =
            import_send(connection, map, options_text(&invocation->options, "map"), &report, &stopped);

        import_report_print(&report, map, &invocation->screen);
        code = report.refused > 0 ? EXIT_REFUSED : EXIT_FINE;
        if (outcome != CONNECTION_OK)
            code = command_lost(connection, outcome);
        else if (stopped)
            command_complain("stopped: %s", stopped);
        if (outcome != CONNECTION_OK || stopped)
            fprintf(stderr, "The same command again goes on where this one ended.\n");
    }
    free(stopped);
    import_report_finish(&report);
    connection_close(connection);
    return code;
}

static enum exit_code count_only(const struct invocation *invocation, const struct import_map *map)
{
    struct import_report report;

    import_report_init(&report);
    report.is_dry = true;
    import_report_print(&report, map, &invocation->screen);
    import_report_finish(&report);
    return EXIT_FINE;
}

static enum exit_code run_in_zone(const struct invocation *invocation, const struct zone *zone, msec until_at)
{
    struct import_map *map = import_map_create(zone, until_at);
    enum exit_code code = read_log(options_text(&invocation->options, "FILE"), map);

    if (code == EXIT_FINE && options_flag(&invocation->options, "dry-run"))
        code = count_only(invocation, map);
    else if (code == EXIT_FINE && options_flag(&invocation->options, "replay"))
        code = write_events(invocation, map, zone);
    else if (code == EXIT_FINE)
        code = send_all(invocation, map);
    import_map_destroy(map);
    return code;
}

/* `--until`: a date alone is the end of that day in the log's zone, anything else a time as elsewhere. */
static const char *read_until(const char *text, const struct zone *zone, const struct screen *screen,
                              msec *ret_at)
{
    int64_t day_number;

    if (text && strlen(text) == 10 && civil_parse_date(text, &day_number)) {
        *ret_at = zone_day_start(zone, day_number + 1) - 1;
        return NULL;
    }
    *ret_at = NEVER;
    return text ? when_parse(text, screen->now, screen->in_utc, ret_at) : NULL;
}

static enum exit_code run(const struct invocation *invocation)
{
    const struct options *given = &invocation->options;
    const char *map_name = options_text(given, "map"), *wrong;
    const char *zone_name = options_text(given, "zone"), *until = options_text(given, "until");
    enum exit_code code = EXIT_USAGE;
    msec until_at;

    if (strcmp(map_name, "incidents") != 0) {
        command_complain("--map %s: there is one map: incidents", map_name);
        return code;
    }
    struct zone_files *zones = zone_files_create(NULL);
    const struct zone *zone = zone_files_find(zones, zone_name ? zone_name : "UTC");

    if (!zone)
        command_complain("--zone %s: there is no such zone (write it as Europe/Lisbon)", zone_name);
    else if ((wrong = read_until(until, zone, &invocation->screen, &until_at)))
        command_complain("--until %s: %s", until, wrong);
    else
        code = run_in_zone(invocation, zone, until_at);
    zone_files_destroy(zones);
    return code;
}

const struct command import_commands[] = {
    {.name = "import",
     .summary = "Bring in an incident log, or turn it into events for replay",
     .help = "Reads a log of incident updates (comma-separated, one row per update), works out what "
             "happened, and\n"
             "files it as history: judged by the true times, telling nobody. Every call carries a key made "
             "from the\n"
             "log, so that the same import can be started again: what is there already is not filed twice.\n"
             "The whole file is checked before anything is sent. dubanctl(1) describes the mapping.",
     .examples =
         "  dubanctl import --map incidents incidents.csv.gz --dry-run\n"
         "  dubanctl import --map incidents incidents.csv.gz --zone Europe/Lisbon --until 2016-03-31\n"
         "  zcat incidents.csv.gz | dubanctl import --map incidents --replay - > events.jsonl",
     .roles = "gateway and admin: only they file history",
     .options = options,
     .run = run},
    {.name = NULL},
};
