/*
 * Commands that explain: why a clock stands as it does, why a notice went out, and why another one did not.
 *
 * The sentences come from the daemon, which alone knows what was counted, in the user's language; here they
 * are only laid out. With --json the facts behind them are printed instead.
 */
#include "client/commands.h"

#include "client/language.h"

static const struct option_row explain_options[] = {
    OPTION_TICKET,
    {.name = "at",
     .kind = OPTION_TIME,
     .value = "TIME",
     .parameter = "at",
     .help = "as it will be then if nothing more is recorded (default: now)"},
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
    OPTION_TICKET,
    {.name = "PERSON",
     .kind = OPTION_TEXT,
     .value = "PERSON",
     .parameter = "person",
     .help = "whom it should have reached: the id in the people file",
     .is_required = true,
     .is_argument = true},
    {.name = "at",
     .kind = OPTION_TIME,
     .value = "TIME",
     .parameter = "at",
     .help = "as it will be then if nothing more is recorded (default: now)"},
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

static enum exit_code explain(const struct invocation *invocation)
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
                 "  dubanctl why-not 42 zhao.min --json | jq '.clocks[].steps[] | {step, number, reason}'",
     .method = "notice.why_not",
     .options = why_not_options,
     .show = show_explanation,
     .run = explain},
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
     .run = explain},
    {.name = NULL},
};
