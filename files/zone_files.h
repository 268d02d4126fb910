/* Time zones by name, from the system's zone files; each is read once and kept. */
#ifndef DUBAN_FILES_ZONE_FILES_H
#define DUBAN_FILES_ZONE_FILES_H

#include "lib/zone.h"

#define ZONE_FILES_DIRECTORY "/usr/share/zoneinfo"

struct zone_files;

struct zone_files *zone_files_create(const char *directory); /* NULL: ZONE_FILES_DIRECTORY */
void zone_files_destroy(struct zone_files *zones);           /* after everything that borrowed a zone */

/* NULL when there is no such zone, or its file can't be understood. */
struct zone *zone_files_find(struct zone_files *zones, const char *name);

#endif
