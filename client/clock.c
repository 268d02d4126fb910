/*
 * The command about a ticket's clocks: how they stand.
 *
 * A row of options and a function that shows the answer; the list of commands (main.c) names both. `clocks`
 * is the glance; the account that settles an argument is `explain` (explain.c).
 */
#include "client/commands.h"

static const struct option_row options[] = {OPTION_TICKET, OPTION_END};

static void show_clocks(const struct screen *screen, const json_t *result)
{
    if (json_array_size(json_object_get(result, "clocks")) == 0)
        screen_line(screen, "no clocks");
    screen_clocks(screen, result);
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
    {.name = NULL},
};
