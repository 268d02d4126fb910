/*
 * `dubanctl regime check`: reads a regime with its people, and says what in it will not do what it means.
 *
 * Needs no daemon. What the compiler refuses is one line with file and line, as the daemon would say it at
 * its start; what lint finds is a table. Exit code 0 only when there is nothing to say, so that it can stand
 * in a script before `systemctl reload`.
 */
#include "client/commands.h"
#include "client/language.h"
#include "client/offline.h"
#include "client/when.h"
#include "lib/lint.h"

static const struct option_row options[] = {
    {.name = "FILE",
     .kind = OPTION_TEXT,
     .value = "FILE",
     .help = "the regime file",
     .is_required = true,
     .is_argument = true},
    {.name = "people", .kind = OPTION_TEXT, .value = "FILE", .help = "the people file (default: stand-ins)"},
    {.name = "calendar",
     .kind = OPTION_LIST,
     .value = "FILE",
     .help = "a calendar file; may be given several times"},
    OPTION_LANGUAGE,
    {.name = "at", .kind = OPTION_TIME, .value = "TIME", .help = "check as of then (default: now)"},
    OPTION_END,
};

static json_t *finding_row(const char *file, const struct finding *finding)
{
    json_t *row = json_pack("{s:s,s:s,s:s}", "check", finding->check, "file", file, "text", finding->text);

    if (finding->line)
        json_object_set_new(row, "line", json_integer(finding->line));
    return row;
}

static void show_findings(const struct screen *screen, const struct policy *policy, const json_t *rows)
{
    static const struct screen_column columns[] = {
        {"CHECK", "check", SCREEN_TEXT},
        {"LINE", "line", SCREEN_TEXT},
        {"FINDING", "text", SCREEN_TEXT},
        {NULL, NULL, SCREEN_TEXT},
    };

    if (json_array_size(rows))
        screen_table(screen, rows, columns, "");
    else
        screen_line(screen, "regime %s: %zu clocks, %zu ladders, nothing to say", policy->name,
                    policy->clock_count, policy->ladder_count);
}

static enum exit_code check(const struct invocation *invocation, const struct offline *offline,
                            enum language language, msec now)
{
    const char *file = options_text(&invocation->options, "FILE");
    struct findings findings;
    json_t *rows = json_array();

    findings_init(&findings);
    lint(offline->policy, offline->roster, language, now, &findings);
    for (size_t i = 0; i < findings.count; i++)
        json_array_append_new(rows, finding_row(file, &findings.list[i]));
    if (invocation->screen.in_json) {
        json_t *result = json_pack("{s:s,s:s,s:O}", "regime", offline->policy->name, "digest",
                                   offline->policy->digest, "findings", rows);

        screen_json(&invocation->screen, result);
        json_decref(result);
    } else {
        show_findings(&invocation->screen, offline->policy, rows);
    }
    enum exit_code code = findings.count ? EXIT_REFUSED : EXIT_FINE;

    json_decref(rows);
    findings_finish(&findings);
    return code;
}

static enum exit_code run(const struct invocation *invocation)
{
    const char *at = options_text(&invocation->options, "at");
    msec now = when_now();
    const char *wrong = at ? when_parse(at, now, invocation->screen.in_utc, &now) : NULL;
    enum language language = language_read(&invocation->options, LANGUAGE_EN);
    struct offline offline;

    if (wrong) {
        command_complain("--at: %s", wrong);
        return EXIT_USAGE;
    }
    const char *file = options_text(&invocation->options, "FILE");
    enum exit_code code =
        offline_load(file, options_text(&invocation->options, "people"), &invocation->options, &offline);

    if (code == EXIT_FINE)
        code = check(invocation, &offline, language, now);
    offline_finish(&offline);
    return code;
}

const struct command regime_commands[] = {
    {.name = "regime check",
     .summary = "Check a regime file before it goes live",
     .help =
         "Reads a regime with its calendars, templates and people as the daemon would, without one, and then "
         "looks\n"
         "for what is well written and still wrong: a rung nobody hears, a clock that stops where it starts, "
         "a\n"
         "type without a route. Exit code 0: nothing to say; 1: findings; 4: the file can't be understood.",
     .examples = "  dubanctl regime check /etc/duban/regimes/nq510201.ini --people /etc/duban/people.ini\n"
                 "  dubanctl regime check new.ini --json",
     .options = options,
     .run = run},
    {.name = NULL},
};
