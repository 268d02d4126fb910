/*
 * The rows of the commands about calendar files: importing holidays from elsewhere, and showing what a file
 * says.
 *
 * Neither needs the daemon, which reads calendar files when it loads its regime, unless an import is to be
 * applied at once. What the commands do is in calendar_import.c and calendar_show.c; what is asked of a
 * daemon about its calendars in calendar_desk.c. An import writes to standard output unless it is told a
 * file: whoever tries it out must not find a calendar changed.
 */
#include "client/calendar_import.h"
#include "client/calendar_show.h"
#include "client/commands.h"

static const struct option_row import_options[] = {
    {.name = "FILE",
     .kind = OPTION_LIST,
     .value = "FILE",
     .help = "ICS or JSON, in order: later files win; - reads one",
     .is_required = true,
     .is_argument = true},
    {.name = "base",
     .letter = 'b',
     .kind = OPTION_TEXT,
     .value = "FILE",
     .help = "the calendar to add to: its hours, zone and days (default: an office in China)"},
    {.name = "name",
     .kind = OPTION_TEXT,
     .value = "NAME",
     .help = "the new calendar's name (default: the base's)"},
    {.name = "until",
     .letter = 'u',
     .kind = OPTION_TEXT,
     .value = "DATE",
     .help = "the last day whose holidays are known (default: the end of the last year in the files)"},
    {.name = "unmarked",
     .kind = OPTION_TEXT,
     .value = "WHAT",
     .help = "events that say neither 休 nor 班: refuse (default), skip, holiday"},
    {.name = "output",
     .letter = 'o',
     .kind = OPTION_TEXT,
     .value = "FILE",
     .help = "where the calendar goes, all at once (default: standard output)"},
    {.name = "apply",
     .kind = OPTION_FLAG,
     .help = "give it to the daemon: it goes before the calendar's file from now on"},
    OPTION_END,
};

static const struct option_row show_options[] = {
    {.name = "FILE",
     .kind = OPTION_TEXT,
     .value = "FILE",
     .help = "a calendar file",
     .is_required = true,
     .is_argument = true},
    {.name = "year",
     .letter = 'y',
     .kind = OPTION_NUMBER,
     .value = "YEAR",
     .help = "only this year (default: every year that has holidays in the file)"},
    OPTION_END,
};

const struct command calendar_commands[] = {
    {.name = "calendar import",
     .summary = "Make a calendar file from holiday lists (ICS or JSON)",
     .help =
         "Reads lists of holidays and make-up working days and writes a calendar file. An event is a holiday "
         "when\n"
         "its summary says 休, 放假 or 假期, and a make-up day when it says 班, 补班 or 上班. The notice of "
         "a year\n"
         "may change December of the year before, so give the files in order: later ones win, and each day "
         "that\n"
         "changes is named. What is not understood is refused with its line, and then nothing is written.",
     .examples = "  dubanctl calendar import --base cn_office.ini -o cn_office.ini 2027.ics\n"
                 "  dubanctl calendar import --name cn_office 2024.json 2025.json 2026.json > cn_office.ini\n"
                 "  dubanctl calendar import --base /etc/duban/calendars/cn_office.ini --apply 2027.ics",
     .options = import_options,
     .run = calendar_import_run},
    {.name = "calendar show",
     .summary = "Show a calendar file month by month, to check it",
     .help = "Counts working days, rest days, holidays and make-up days of each month and names them. Below "
             "each year\n"
             "stand the days of the Chinese festivals.",
     .examples = "  dubanctl calendar show /etc/duban/calendars/cn_office.ini --year 2026\n"
                 "  dubanctl calendar show cn_office.ini --json",
     .options = show_options,
     .run = calendar_show_run},
    {.name = NULL},
};
