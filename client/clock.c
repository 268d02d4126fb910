/*
 * Commands about a ticket's clocks: how they stand, and why.
 *
 * `clocks` is the glance, `explain` the account that settles an argument. The lines of an explanation come
 * from the daemon, which alone knows what was counted; here they are only laid out.
 */
#include "client/commands.h"

#include "client/when.h"
#include <stdlib.h>

static const struct option_row options[] = {OPTION_TICKET, OPTION_END};

static void show_clocks(const struct screen *screen, const json_t *result)
{
    if (json_array_size(json_object_get(result, "clocks")) == 0)
        screen_line(screen, "no clocks");
    screen_clocks(screen, result);
}

static void show_lines(const struct screen *screen, const json_t *lines)
{
    const json_t *line;
    size_t index;

    json_array_foreach(lines, index, line)
    {
        char *text = screen_text(line);

        screen_line(screen, "  %s", text);
        free(text);
    }
}

/* Reminders and rungs, done and to come, with the people they would reach now. */
static void show_steps(const struct screen *screen, const json_t *steps)
{
    static const struct screen_column columns[] = {
        {"STEP", "step", SCREEN_TEXT}, {"DONE", "done", SCREEN_TEXT}, {"AT", "at", SCREEN_TIME},
        {"TO", "people", SCREEN_TEXT}, {NULL, NULL, SCREEN_TEXT},
    };
    json_t *rows = json_deep_copy(steps), *row, *person;
    size_t index, which;

    json_array_foreach(rows, index, row)
    {
        json_t *people = json_array();

        json_array_foreach(json_object_get(row, "to"), which, person)
            json_array_append(people, json_object_get(person, "person"));
        json_object_set_new(row, "people", people);
    }
    if (json_array_size(rows) > 0)
        screen_table(screen, rows, columns, "");
    json_decref(rows);
}

static void show_explanation(const struct screen *screen, const json_t *result)
{
    static const struct screen_column fields[] = {
        {"  State", "state", SCREEN_STATE}, {"  Began", "anchor_at", SCREEN_TIME},
        {"  Due", "due_at", SCREEN_TIME},   {"  Left", NULL, SCREEN_LEFT},
        {NULL, NULL, SCREEN_TEXT},
    };
    char *number = screen_text(json_object_get(result, "number"));
    const json_t *clock;
    size_t index;

    screen_line(screen, "%s", number);
    free(number);
    json_array_foreach(json_object_get(result, "clocks"), index, clock)
    {
        char *name = screen_text(json_object_get(clock, "clock")),
             *title = screen_text(json_object_get(clock, "title"));

        fputc('\n', screen->out);
        screen_line(screen, "%s  %s", name, title);
        screen_fields(screen, clock, fields);
        show_lines(screen, json_object_get(clock, "lines"));
        show_steps(screen, json_object_get(clock, "steps"));
        free(name);
        free(title);
    }
}

const struct command clock_commands[] = {
    {.name = "clocks",
     .summary = "Show a ticket's clocks and what is left of them",
     .help = "Shows every clock of a ticket: what it limits, how it stands, when it is due and what is left.",
     .examples = "  dubanctl clocks NR510201A-0042\n"
                 "  dubanctl clocks 42 --utc",
     .method = "clock.list",
     .options = options,
     .show = show_clocks},
    {.name = "explain",
     .summary = "Explain why each clock of a ticket stands as it does",
     .help = "For each clock: the event it began with, the calendar's hours that were counted, its due time, "
             "the\n"
             "contacts that satisfied it, and the reminders and escalations done and to come.",
     .examples = "  dubanctl explain NR510201A-0042\n"
                 "  dubanctl explain 42 --json | jq '.clocks[0].lines'",
     .method = "clock.explain",
     .options = options,
     .show = show_explanation},
    {.name = NULL},
};
