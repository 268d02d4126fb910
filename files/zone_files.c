/*
 * Time zones by name.
 *
 * Policies and calendars borrow zones and may be replaced by a reload at any time, so zones live longer than
 * both: as long as the process. A zone file that is updated under us counts after a restart, when everything
 * is judged by the same rules again. Names come from configuration and are not trusted with the file system.
 */
#include "files/zone_files.h"

#include "files/files.h"
#include "lib/base/memory.h"
#include <stdlib.h>
#include <string.h>

#define ZONE_BYTES_MAX ((size_t)1 << 20)

struct zone_files {
    char *directory;
    struct zone **zones;
    size_t count, capacity;
};

struct zone_files *zone_files_create(const char *directory)
{
    struct zone_files *zones = memory_new(1, sizeof(*zones));

    zones->directory = memory_text(directory ? directory : ZONE_FILES_DIRECTORY);
    return zones;
}

void zone_files_destroy(struct zone_files *zones)
{
    if (!zones)
        return;
    for (size_t i = 0; i < zones->count; i++)
        zone_destroy(zones->zones[i]);
    free(zones->zones);
    free(zones->directory);
    free(zones);
}

/* `Asia/Shanghai`, `Etc/GMT+8`: never a way out of the directory. */
static bool is_zone_name(const char *name)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_+-/";

    return *name && *name != '/' && strlen(name) < 100 && name[strspn(name, letters)] == '\0';
}

static struct zone *load(const struct zone_files *zones, const char *name)
{
    struct text path, bytes;
    struct zone *zone = NULL;
    const char *error;

    text_init(&path);
    text_init(&bytes);
    text_printf(&path, "%s/%s", zones->directory, name);
    if (files_read(text_get(&path), ZONE_BYTES_MAX, &bytes) == FILES_READ)
        zone = zone_create(name, bytes.bytes, bytes.length, &error);
    text_finish(&bytes);
    text_finish(&path);
    return zone;
}

struct zone *zone_files_find(struct zone_files *zones, const char *name)
{
    for (size_t i = 0; i < zones->count; i++)
        if (strcmp(zone_name(zones->zones[i]), name) == 0)
            return zones->zones[i];
    struct zone *zone = strcmp(name, "UTC") == 0 ? zone_create_utc()
                        : is_zone_name(name)     ? load(zones, name)
                                                 : NULL;

    if (!zone)
        return NULL;
    zones->zones = memory_reserve(zones->zones, &zones->capacity, zones->count + 1, sizeof(struct zone *));
    zones->zones[zones->count++] = zone;
    return zone;
}
