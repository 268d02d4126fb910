/* A regime and everything it names, from files: calendars, templates, zones, people. */
#ifndef DUBAN_FILES_POLICY_FILES_H
#define DUBAN_FILES_POLICY_FILES_H

#include "files/files.h"
#include "files/imported_calendars.h"
#include "files/zone_files.h"
#include "lib/policy.h"
#include "lib/roster.h"

struct policy_paths {
    const char *regime;
    const char *regime_text;           /* instead of what stands in that file; NULL: the file is read */
    const char *people;                /* NULL: stand-ins instead of people */
    const char *calendars;             /* directory of NAME.ini; NULL: only `calendar_files` */
    const char *const *calendar_files; /* single calendars, which go before the directory's */
    size_t calendar_file_count;
    const char *templates;                     /* directory of LANGUAGE/NAME.txt */
    const struct imported_calendars *imported; /* go before the directory's; may be NULL */
};

/* A file as it was read: what a verdict can be judged by again. */
struct policy_file {
    const char *kind; /* "regime", "calendar", "template", "people" */
    char *name; /* "cn_office", "zh/breach"; for regime and people the name without directory and .ini */
    char *text;
    char digest[FILES_DIGEST_TEXT];
};

/* The files of one load, and its calendars, which the policy borrows: destroy it after the policy. */
struct policy_files;

/* Reads and compiles. NULL, or what is wrong as "file:line: what (hint)" (malloc'd); then nothing is
 * returned. */
char *policy_files_load(struct zone_files *zones, const struct policy_paths *paths,
                        struct policy_files **ret_files, struct policy **ret_policy,
                        struct roster **ret_roster) __attribute__((warn_unused_result));
void policy_files_destroy(struct policy_files *files);

size_t policy_files_count(const struct policy_files *files);
const struct policy_file *policy_files_at(const struct policy_files *files, size_t index);

#endif
