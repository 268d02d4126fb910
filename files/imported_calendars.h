/* Calendars by their text instead of a file: those that came through the socket. */
#ifndef DUBAN_FILES_IMPORTED_CALENDARS_H
#define DUBAN_FILES_IMPORTED_CALENDARS_H

#include <stddef.h>

struct imported_calendar {
    char *name, *text; /* owned */
};

/* Zeroed: none. */
struct imported_calendars {
    struct imported_calendar *list;
    size_t count, capacity;
};

/* NULL: there is none of that name. */
const char *imported_calendars_text(const struct imported_calendars *imported, const char *name);

/* Puts a text in the place of what there was; NULL only takes that away. */
void imported_calendars_set(struct imported_calendars *imported, const char *name, const char *text);
void imported_calendars_finish(struct imported_calendars *imported);

#endif
