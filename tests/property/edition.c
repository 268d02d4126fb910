/*
 * The regimes that worlds live under, and where they lie.
 *
 * The shipped one; the same, but people are kept from being told at once, or
 * tickets wait, or registers are kept and schedules run over them;
 * regimes/whole.ini, in which
 * everything occurs; and that in a zone whose clocks are put forward, and put back. What differs from a file
 * is replaced in its text, so that verdicts name one digest for all worlds.
 */
#include "tests/property/edition.h"

#include "lib/base/memory.h"
#include "lib/base/text.h"
#include <libgen.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define COUNT(array)   (sizeof(array) / sizeof((array)[0]))
#define FESTIVAL       INT64_C(1770339600000) /* 2026-02-06T09:00+08:00: the Spring Festival is near */
#define BERLIN_FORWARD INT64_C(1774425600000) /* 2026-03-25T09:00+01:00 */
#define BERLIN_BACK    INT64_C(1792479600000) /* 2026-10-20T09:00+02:00 */

/* What takes the place of `old` in the text of a regime. */
struct change {
    const char *old, *now;
};

/* People are kept from being told at once: quiet hours, small budgets, a low threshold. */
static const struct change patient[] = {
    {"[role leadership]\n", "[role leadership]\nquiet = 20:00-08:00\n"},
    {"[role department_head]\n", "[role department_head]\nquiet = 12:00-13:30\n"},
    {"after downtime = release above 20000",
     "budget = 2 per hour, 7 per day\ndigest every = 45m\nred line = very_urgent\n"
     "after downtime = release above 6"},
};

/* Tickets wait: stages, pauses, clocks that stop for them and clocks that look at the stage. */
static const struct change pausing[] = {
    {"\n[stages]\n", "\n[stages]\nwaiting = 等待中 | Waiting\n"},
    {"\n[clock first_contact] ", "\n[clock first_contact]\npause = customer parts\n;"},
    {"\n[clock plan] ", "\n[clock plan]\npause = customer\n;"},
    {"\n[clock daily_contact] ", "\n[clock daily_contact]\npause = customer\n;"},
    {"\n[clock contact_silence] ", "\n[clock contact_silence]\npause = parts\n;"},
    {"\n[clock satisfaction] ", "\n[clock satisfaction]\npause = customer parts\n;"},
    {"\n[ladder up] ", "\n[pauses]\ncustomer =\nparts =\n"
                       "[pause parts]\nlongest = 2wd\n"
                       "[stage waiting]\nfrom = received assigned planned\npause = customer\n"
                       "[clock waited]\nstart = stage:waiting\nstop = stage:assigned or planned or solved\n"
                       "within = 3h\nrestart = start\nbreach = ladder up\n"
                       "[clock handed_over]\nwhen = stage received assigned\nstart = received\nstop = plan\n"
                       "within = 2wd\ncalendar = cn_office\npause = parts\n"
                       "[ladder up] "},
};

/* Contracts and customers, and a schedule of every form over them. */
static const struct change scheduled[] = {
    {"\n[ladder up] ",
     "\n[register customers]\nfields = name text, phone phone optional, email mail optional\n"
     "[register contracts]\nfields = customer register:customers, status active|ended, signed date\n"
     "fields = expires date, renewed date optional, owner person optional, visit instant optional\n"
     "[schedule report]\nat = FREQ=WEEKLY;BYDAY=MO,TH 09:00 roll forward\ncalendar = cn_office\n"
     "opens = class request, type training, urgency general\nsubject = {date}\n"
     "[schedule renewal]\nover = contracts\nwhen = status active\nat = 5wd before expires\nuntil = renewed\n"
     "opens = class request, type training, urgency urgent, handler owner\nsubject = {customer.name} {id}\n"
     "calendar = cn_office\n"
     "[schedule reminder]\nover = contracts\nat = 3d before expires 10:00\n"
     "sends = template reminder to handler or service_head\n"
     "[schedule visits]\nover = contracts\nat = every 7d from signed 3 times, then every 1mo\nmissed = run "
     "each\n"
     "catch up = 9d\nsends = template reminder to intake\n"
     "[schedule expiring]\nover = contracts\nwhen = status active, expires within 20d\n"
     "at = FREQ=DAILY;INTERVAL=2 from signed 12:00\nmissed = skip\nsends = template reminder to "
     "service_head\n"
     "[schedule shortly]\nover = contracts\nat = 2h before visit\nsends = template reminder to intake\n"
     "[schedule greeting]\nover = customers\nat = 3wd before festival:spring_festival 02-24 03-01 04-01\n"
     "sends = template reminder to record.email\ncalendar = cn_office\n"
     "[ladder up] "},
};

/* Clocks that are put forward and back. */
static const struct change in_berlin[] = {
    {"zone       = Asia/Shanghai", "zone       = Europe/Berlin"},
    {"calendar   = office", "calendar   = berlin"},
};

struct changes {
    const struct change *list;
    size_t count;
};

#define CHANGED(list)                                                                                        \
    {                                                                                                        \
        list, COUNT(list)                                                                                    \
    }

struct edition {
    const char *name;
    const struct dialect *dialect;
    bool is_shipped; /* its files are those of etc/ */
    msec begins_at;
    struct changes changes[3];
};

/* Seeds take turns: every other one is lived under the regime in which everything occurs. */
static const struct edition editions[] = {
    {"shipped", &dialect_shipped, true, FESTIVAL, {{NULL, 0}}},
    {"whole", &dialect_whole, false, FESTIVAL, {{NULL, 0}}},
    {"patient", &dialect_shipped, true, FESTIVAL, {CHANGED(patient)}},
    {"berlin_forward", &dialect_whole, false, BERLIN_FORWARD, {CHANGED(in_berlin)}},
    {"pausing", &dialect_shipped, true, FESTIVAL, {CHANGED(pausing)}},
    {"whole", &dialect_whole, false, FESTIVAL, {{NULL, 0}}},
    {"scheduled", &dialect_shipped, true, FESTIVAL, {CHANGED(scheduled)}},
    {"berlin_back", &dialect_whole, false, BERLIN_BACK, {CHANGED(in_berlin)}},
    {"all_three", &dialect_shipped, true, FESTIVAL, {CHANGED(patient), CHANGED(pausing), CHANGED(scheduled)}},
    {"whole", &dialect_whole, false, FESTIVAL, {{NULL, 0}}},
};

const struct edition *edition_of(uint64_t seed)
{
    return &editions[seed % COUNT(editions)];
}

const char *edition_name(const struct edition *edition)
{
    return edition->name;
}

const struct dialect *edition_dialect(const struct edition *edition)
{
    return edition->dialect;
}

msec edition_begins_at(const struct edition *edition)
{
    return edition->begins_at;
}

bool edition_is_patient(const struct edition *edition)
{
    for (size_t i = 0; i < COUNT(edition->changes); i++)
        if (edition->changes[i].list == patient)
            return true;
    return false;
}

bool edition_reloads(const struct edition *edition)
{
    return !edition->is_shipped;
}

/* ---- files ---- */

/* Of etc/: in $DUBAN_ETC, in the source tree when we stand in it, else in the tree this file was compiled
   from; and the same for what stands beside this file. */
static char *place_of(const char *folder, const char *name, const char *otherwise)
{
    const char *given = strcmp(folder, "etc") == 0 ? getenv("DUBAN_ETC") : NULL;
    char here[] = __FILE__, *path;
    int length;

    if (given || access(folder, R_OK) == 0)
        length = asprintf(&path, "%s/%s", given ? given : folder, name);
    else
        length = asprintf(&path, "%s/%s/%s", dirname(here), otherwise, name);
    if (length < 0)
        abort();
    return path;
}

static char *shipped_place(const char *name)
{
    return place_of("etc", name, "../../etc");
}

static char *own_place(const char *name)
{
    return place_of("tests/property/regimes", name, "regimes");
}

static char *read_whole(const char *path)
{
    FILE *file = fopen(path, "r");
    struct text text = {0};
    char line[1024];

    if (!file)
        fail_msg("%s can't be read", path);
    while (fgets(line, sizeof(line), file))
        text_add(&text, line);
    fclose(file);
    return text_take(&text);
}

static char *change_text(char *text, const struct changes *changes)
{
    for (size_t i = 0; i < changes->count; i++) {
        const struct change *change = &changes->list[i];
        const char *at = strstr(text, change->old);
        char *bent;

        if (!at)
            fail_msg("the regime has no '%s'", change->old);
        if (asprintf(&bent, "%.*s%s%s", (int)(at - text), text, change->now, at + strlen(change->old)) < 0)
            abort();
        free(text);
        text = bent;
    }
    return text;
}

void edition_load(const struct edition *edition, unsigned variant, struct policy_files **ret_files,
                  struct policy **ret_policy, struct roster **ret_roster)
{
    static struct zone_files *zones; /* one for all worlds, until the program ends */
    char *regime = edition->is_shipped
                       ? shipped_place("regimes/nq510201.ini")
                       : own_place(variant & VARIANT_REGIME ? "whole_changed.ini" : "whole.ini");
    char *people = edition->is_shipped
                       ? shipped_place("people.ini")
                       : own_place(variant & VARIANT_PEOPLE ? "people_changed.ini" : "people.ini");
    char *calendars = edition->is_shipped
                          ? shipped_place("calendars")
                          : own_place(variant & VARIANT_CALENDARS ? "calendars_changed" : "calendars");
    char *templates = shipped_place("templates"), *text = read_whole(regime);

    if (!zones)
        zones = zone_files_create(NULL);
    for (size_t i = 0; i < COUNT(edition->changes); i++)
        text = change_text(text, &edition->changes[i]);
    const struct policy_paths paths = {
        .regime = regime,
        .regime_text = text,
        .people = people,
        .calendars = calendars,
        .templates = templates,
    };
    char *wrong = policy_files_load(zones, &paths, ret_files, ret_policy, ret_roster);

    if (wrong)
        fail_msg("%s", wrong);
    free(text);
    free(regime);
    free(people);
    free(calendars);
    free(templates);
}
