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

static char *patient; /* its file, one for all such worlds: verdicts name the digest of file and text */

static void remove_patient(void)
{
    unlink(patient);
    free(patient);
}

const char *editions_patient(void)
{
    if (patient)
        return patient;
    static const char *const changes[][2] = {
        {"[role leadership]\n", "[role leadership]\nquiet = 20:00-08:00\n"},
        {"[role department_head]\n", "[role department_head]\nquiet = 12:00-13:30\n"},
        {"after downtime = release above 20000",
         "budget = 2 per hour, 7 per day\ndigest every = 45m\nred line = very_urgent\n"
         "after downtime = release above 6"},
    };
    char *text = read_whole(editions_path("regimes/nq510201.ini")),
         *path = memory_text("/tmp/duban-patient-XXXXXX");

    for (size_t i = 0; i < COUNT(changes); i++) {
        const char *at = strstr(text, changes[i][0]);
        char *bent;

        if (!at || asprintf(&bent, "%.*s%s%s", (int)(at - text), text, changes[i][1],
                            at + strlen(changes[i][0])) < 0)
            abort();
        free(text);
        text = bent;
    }
    int file = mkstemp(path);

    if (file < 0 || write(file, text, strlen(text)) != (ssize_t)strlen(text) || close(file) != 0)
        fail_msg("%s can't be written", path);
    free(text);
    patient = path;
    atexit(remove_patient);
    return patient;
}
