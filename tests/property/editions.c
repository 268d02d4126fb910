/*
 * The regimes that worlds live under, and where they lie.
 *
 * A changed edition is made once and its file used by all worlds: verdicts name the digest of file and text.
 */
#include "tests/property/editions.h"

#include "lib/base/memory.h"
#include <libgen.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

const char *editions_path(const char *name)
{
    static char path[4096];
    const char *given = getenv("DUBAN_ETC");
    char here[] = __FILE__;

    if (given || access("etc/regimes", R_OK) == 0)
        snprintf(path, sizeof(path), "%s/%s", given ? given : "etc", name);
    else
        snprintf(path, sizeof(path), "%s/../../etc/%s", dirname(here), name);
    return path;
}

static char *read_whole(const char *path)
{
    char *text = memory_new(1, 1 << 17);
    FILE *file = fopen(path, "r");

    if (!file || !fread(text, 1, (1 << 17) - 1, file))
        fail_msg("%s can't be read", path);
    fclose(file);
    return text;
}

/* What takes the place of `old` in the shipped regime. */
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

static void change_text(char **text, const struct change *changes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char *at = strstr(*text, changes[i].old);
        char *bent;

        if (!at)
            fail_msg("the shipped regime has no '%s'", changes[i].old);
        if (asprintf(&bent, "%.*s%s%s", (int)(at - *text), *text, changes[i].now,
                     at + strlen(changes[i].old)) < 0)
            abort();
        free(*text);
        *text = bent;
    }
}

static char *write_regime(uint64_t edition)
{
    char *text = read_whole(editions_path("regimes/nq510201.ini")),
         *path = memory_text("/tmp/duban-edition-XXXXXX");

    if (edition & EDITION_PATIENT)
        change_text(&text, patient, COUNT(patient));
    if (edition & EDITION_PAUSING)
        change_text(&text, pausing, COUNT(pausing));
    if (edition & EDITION_SCHEDULED)
        change_text(&text, scheduled, COUNT(scheduled));
    int file = mkstemp(path);

    if (file < 0 || write(file, text, strlen(text)) != (ssize_t)strlen(text) || close(file) != 0)
        fail_msg("%s can't be written", path);
    free(text);
    return path;
}

static char *regimes[EDITION_COUNT]; /* their files */

static void remove_regimes(void)
{
    for (size_t i = 0; i < EDITION_COUNT; i++) {
        if (regimes[i])
            unlink(regimes[i]);
        free(regimes[i]);
    }
}

const char *editions_regime(uint64_t edition)
{
    static bool will_be_removed;
    char **regime = &regimes[edition % EDITION_COUNT];

    if (!will_be_removed)
        atexit(remove_regimes);
    will_be_removed = true;
    if (!*regime)
        *regime = write_regime(edition);
    return *regime;
}
