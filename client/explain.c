/*
 * Commands that explain: why a clock stands as it does, why a notice went out, and why another one did not.
 *
 * The sentences come from the daemon, which alone knows what was counted, in the user's language; here they
 * are only laid out. With --json the facts behind them are printed instead. Where there is no daemon to ask,
 * the same code explains here: what a file of events leads to, or (explain_past.c) how a ticket stood once.
 */
#include "client/commands.h"

#include "client/explain_past.h"
#include "client/language.h"
#include "client/rehearsal.h"
#include "client/replay_source.h"
#include "client/when.h"
#include "lib/base/instant.h"

/* What is explained without a daemon, or of the past, is judged again by files. */
#define ROW_TICKET                                                                                           \
    {                                                                                                        \
        .name = "TICKET", .kind = OPTION_TEXT, .value = "TICKET",                                            \
        .help = "ticket number or id; with --ticket: the file of events (- reads them)",                     \
        .parameter = "ticket", .is_required = true, .is_argument = true                                      \
    }
#define ROW_AT                                                                                               \
    {                                                                                                        \
        .name = "at", .kind = OPTION_TIME, .value = "TIME", .parameter = "at",                               \
        .help = "as it was then (from the journal), or will be if nothing more is recorded (default: now)"   \
    }
#define ROWS_OFFLINE                                                                                         \
    {.name = "ticket",                                                                                       \
     .letter = 't',                                                                                          \
     .kind = OPTION_TEXT,                                                                                    \
     .value = "REF",                                                                                         \
     .help = "without a daemon: the ticket of a file of events, by its ref"},                                \
        {.name = "regime",                                                                                   \
         .kind = OPTION_TEXT,                                                                                \
         .value = "FILE",                                                                                    \
         .help = "the regime to judge by (of the past: default the daemon's)"},                              \
        {.name = "people", .kind = OPTION_TEXT, .value = "FILE", .help = "who is who"},                      \
    {                                                                                                        \
        .name = "calendar", .kind = OPTION_LIST, .value = "FILE",                                            \
        .help = "a calendar file; may be given several times"                                                \
    }

static const struct option_row explain_options[] = {
    ROW_TICKET,
    ROW_AT,
    ROWS_OFFLINE,
    {.name = "hot",
     .kind = OPTION_FLAG,
     .parameter = "view",
     .literal = "\"hot\"",
     .help = "only what memory holds: without contacts and notices"},
    OPTION_LANGUAGE,
    OPTION_END,
};

static void show_lines(const struct screen *screen, const json_t *object)
{
    const json_t *line;
    size_t index;

    json_array_foreach(json_object_get(object, "lines"), index, line)
    {
        screen_line(screen, "%s", json_string_value(line));
    }
}

static const struct option_row why_not_options[] = {
    ROW_TICKET,
    {.name = "PERSON",
     .kind = OPTION_TEXT,
     .value = "PERSON",
     .parameter = "person",
     .help = "whom it should have reached: the id in the people file",
     .is_argument = true},
    {.name = "person",
     .kind = OPTION_TEXT,
     .value = "PERSON",
     .parameter = "person",
     .help = "the same, where the arguments are taken"},
    ROW_AT,
    ROWS_OFFLINE,
    OPTION_LANGUAGE,
    OPTION_END,
};

static const struct option_row notice_why_options[] = {
    {.name = "NOTICE",
     .kind = OPTION_TEXT,
     .value = "NOTICE",
     .parameter = "notice",
     .help = "notice id",
     .is_required = true,
     .is_argument = true},
    OPTION_LANGUAGE,
    OPTION_END,
};

/* The answer's own lines, then those of each clock. */
static void show_explanation(const struct screen *screen, const json_t *result)
{
    const json_t *clock;
    size_t index;

    show_lines(screen, result);
    json_array_foreach(json_object_get(result, "clocks"), index, clock)
    {
        fputc('\n', screen->out);
        show_lines(screen, clock);
    }
}

/* ---- without a daemon ---- */

static enum exit_code take_events(const struct invocation *invocation, struct rehearsal *rehearsal, msec at)
{
    struct replay_source *source = NULL;
    enum exit_code code = replay_source_open_file(options_text(&invocation->options, "TICKET"), &source);
    bool is_over = false;
    json_t *event;

    while (code == EXIT_FINE && !is_over && (code = replay_source_next(source, &event)) == EXIT_FINE &&
           event) {
        const char *when = json_string_value(json_object_get(event, "at"));
        msec event_at;

        is_over = at != NEVER && when && instant_parse(when, &event_at) == INSTANT_OK && event_at > at;
        const char *wrong = is_over ? NULL : rehearsal_take(rehearsal, event);

        json_decref(event);
        if (wrong)
            code = replay_source_wrong(source, wrong);
    }
    replay_source_close(source);
    return code;
}

static enum exit_code show_answer(const struct invocation *invocation, const json_t *answer)
{
    const json_t *result = json_object_get(answer, "result");

    if (!result)
        return command_refused(invocation, invocation->command->method, json_object_get(answer, "error"));
    if (invocation->screen.in_json)
        screen_json(&invocation->screen, result);
    else
        invocation->command->show(&invocation->screen, result);
    return EXIT_FINE;
}

static enum exit_code explain_offline(const struct invocation *invocation, json_t *params, msec at)
{
    const struct options *options = &invocation->options;
    const char *regime = options_text(options, "regime");
    struct rehearsal rehearsal = {0};
    enum exit_code code = EXIT_USAGE;

    if (regime)
        code = rehearsal_open(options, regime, options_text(options, "people"), &rehearsal);
    else
        command_complain("--ticket goes with --regime: without a daemon it must be said what to judge by");
    if (code == EXIT_FINE)
        code = take_events(invocation, &rehearsal, at);
    if (code == EXIT_FINE) {
        json_object_set_new(params, "ticket", json_string(options_text(options, "ticket")));
        json_t *answer = rehearsal_ask(&rehearsal, at, invocation->command->method, params);

        code = show_answer(invocation, answer);
        json_decref(answer);
    }
    rehearsal_close(&rehearsal);
    json_decref(params);
    return code;
}

/* ---- which of them ---- */

/* NEVER: not said. */
static bool read_at(const struct invocation *invocation, msec *ret_at)
{
    const char *text = options_text(&invocation->options, "at");
    const char *wrong =
        text ? when_parse(text, invocation->screen.now, invocation->screen.in_utc, ret_at) : NULL;

    if (!text)
        *ret_at = NEVER;
    if (wrong)
        command_complain("--at: %s", wrong);
    return !wrong;
}

static enum exit_code explain(const struct invocation *invocation)
{
    json_t *params = command_params(invocation);
    msec at;

    if (!params)
        return EXIT_USAGE;
    if (!read_at(invocation, &at)) {
        json_decref(params);
        return EXIT_USAGE;
    }
    language_choose(params);
    if (options_text(&invocation->options, "ticket")) {
        json_object_del(params, "at");
        return explain_offline(invocation, params, at);
    }
    if (at != NEVER && at < invocation->screen.now + MSEC_SECOND) /* to the daemon even `now` is past */
        json_object_del(params, "at");
    return at < invocation->screen.now - MSEC_SECOND ? explain_past(invocation, params, at)
                                                     : command_ask(invocation, params);
}

static enum exit_code explain_person(const struct invocation *invocation)
{
    const struct options *options = &invocation->options;

    if (options_text(options, "PERSON") || options_text(options, "person"))
        return explain(invocation);
    command_complain("PERSON is missing: whom should it have reached?");
    return EXIT_USAGE;
}

static enum exit_code explain_notice(const struct invocation *invocation)
{
    json_t *params = command_params(invocation);

    if (!params)
        return EXIT_USAGE;
    language_choose(params);
    return command_ask(invocation, params);
}

const struct command explain_commands[] = {
    {.name = "explain",
     .summary = "Explain why each clock of a ticket stands as it does",
     .help =
         "For each clock: the event it began with and who recorded it, the stretches of time that were "
         "counted\n"
         "(they add up to the limit), its due time, the contacts that filled its slots, and the reminders "
         "and\n"
         "rungs done and to come with the people they reached or will reach, each with its line in the "
         "regime.",
     .examples = "  dubanctl explain NR510201A-0042\n"
                 "  dubanctl explain 42 --at +2d --lang en\n"
                 "  dubanctl explain 42 --at \"2026-03-02 12:00\"\n"
                 "  dubanctl explain --regime new.ini --people people.ini --ticket T1 events.jsonl\n"
                 "  dubanctl explain 42 --json | jq '.clocks[0].segments'",
     .method = "clock.explain",
     .options = explain_options,
     .show = show_explanation,
     .run = explain},
    {.name = "why-not",
     .summary = "Explain what kept notices about a ticket from a person",
     .help =
         "For each clock of the ticket and each of its reminders and rungs, and for each report: whether the "
         "person\n"
         "was told, and if not, why not: not yet, met before, withheld, absent (and who was told instead), "
         "the "
         "head\n"
         "of another department, not of that role. Each with its line in the regime.",
     .examples = "  dubanctl why-not NR510201A-0042 zhao.min\n"
                 "  dubanctl why-not 42 zhao.min --at +2d\n"
                 "  dubanctl why-not --regime new.ini --ticket T1 --person zhao.min events.jsonl\n"
                 "  dubanctl why-not 42 zhao.min --json | jq '.clocks[].steps[] | {step, number, reason}'",
     .method = "notice.why_not",
     .options = why_not_options,
     .show = show_explanation,
     .run = explain_person},
    {.name = "notice why",
     .summary = "Explain why a notice went out and what became of it",
     .help =
         "The clock it is about and when that was missed, the line of the regime that sent it, as whom its "
         "recipient\n"
         "was told, and each state it went through.",
     .examples = "  dubanctl notice why 1207\n"
                 "  dubanctl notice why 1207 --json | jq .rule",
     .method = "notice.explain",
     .options = notice_why_options,
     .show = show_explanation,
     .run = explain_notice},
    {.name = NULL},
};
