/*
 * The row of `dubanctl replay` in the table of commands.
 *
 * Options only; what replay does is in replay.c and replay_engine.c, which link the judge. Kept apart from
 * them so that the table of commands, and with it help and completion, needs no judge, and so that a test
 * of the engine needs no command line. It talks to a daemon only for --journal, so only then a socket and a
 * timeout have a meaning here.
 */
#include "client/commands.h"

#include "client/language.h"
#include "client/replay.h"

static const struct option_row options[] = {
    {.name = "EVENTS",
     .kind = OPTION_TEXT,
     .value = "EVENTS",
     .help = "events, one JSON object a line; - reads them",
     .is_argument = true},
    {.name = "regime", .kind = OPTION_TEXT, .value = "FILE", .help = "the policy to judge by"},
    {.name = "policy", .kind = OPTION_TEXT, .value = "FILE", .help = "the same as --regime"},
    {.name = "journal", .kind = OPTION_FLAG, .help = "the daemon's journal instead of EVENTS"},
    {.name = "from-seq",
     .letter = 'f',
     .kind = OPTION_NUMBER,
     .value = "NUMBER",
     .help = "with --journal: the first sequence number (default 1)"},
    {.name = "calendar",
     .kind = OPTION_LIST,
     .value = "FILE",
     .help = "a calendar file; may be given several times"},
    {.name = "people", .kind = OPTION_TEXT, .value = "FILE", .help = "who is who"},
    {.name = "against",
     .kind = OPTION_TEXT,
     .value = "FILE",
     .help = "show what would be different from this policy"},
    {.name = "people-against",
     .kind = OPTION_TEXT,
     .value = "FILE",
     .help = "who is who under that one (default: as --people)"},
    {.name = "details", .kind = OPTION_FLAG, .help = "with --against: list each difference"},
    {.name = "exit-code", .kind = OPTION_FLAG, .help = "with --against: exit code 1 if anything differs"},
    OPTION_LANGUAGE,
    {.name = "until",
     .kind = OPTION_TIME,
     .value = "TIME",
     .help = "let time pass until then after the last event"},
    {.name = "digest", .kind = OPTION_FLAG, .help = "print the fingerprint of everything open at the end"},
    {.name = "quiet", .kind = OPTION_FLAG, .help = "print no line per event"},
    OPTION_END,
};

const struct command replay_commands[] = {
    {.name = "replay",
     .summary = "Judge a file of events offline: what would have happened",
     .help = "Runs events through the same judge as the daemon's, on a virtual clock, without a daemon and "
             "without\n"
             "a database, and prints what it decides: one JSON object a line. The methods and params are "
             "those of\n"
             "the socket protocol; dubanctl(1) describes the format. Exit code 1: a line can't be read.\n\n"
             "With --against two policies judge the same events, and what is printed is the difference: "
             "breaches and\n"
             "notices, to whom and when. With --journal the events are what a daemon has accepted so far.",
     .examples =
         "  dubanctl replay --regime nq510201.ini --calendar cn_office.ini events.jsonl\n"
         "  dubanctl import --map incidents --replay log.csv.gz | dubanctl replay --regime new.ini --quiet "
         "-\n"
         "  dubanctl replay --policy new.ini --against nq510201.ini --people people.ini events.jsonl\n"
         "  dubanctl replay --journal --policy new.ini --against /etc/duban/regimes/nq510201.ini --details",
     .options = options,
     .run = replay_run},
    {.name = NULL},
};
