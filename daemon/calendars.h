/* What the database has to say about calendars: imports that go before files, and clocks that late facts are
 * about. */
#ifndef DUBAN_DAEMON_CALENDARS_H
#define DUBAN_DAEMON_CALENDARS_H

#include "daemon/loader.h"
#include "files/policy_files.h"
#include "lib/adoption.h"

/* The calendars that an import put before their files. NULL, or why not (malloc'd). */
char *calendars_load(const struct leadership *leadership, struct imported_calendars *ret_imported)
    __attribute__((warn_unused_result));

/* Records an import: from now on this version goes before the file; `digest` NULL: the file holds again.
   NULL, or why it is not recorded (malloc'd). */
char *calendars_record(const struct leadership *leadership, const char *name, const char *digest,
                       const char *actor) __attribute__((warn_unused_result));

/* Shows an adoption the clocks of closed tickets that its calendars may be about, as many as are reasonable.
 */
void calendars_review_closed(const struct leadership *leadership, struct adoption *adoption);

#endif
