/* A calendar file of ours as it is written: its head, its hours and its days, to be changed and written
 * again. */
#ifndef DUBAN_CLIENT_CALENDAR_PLAN_H
#define DUBAN_CLIENT_CALENDAR_PLAN_H

#include "client/calendar_facts.h"
#include "files/zone_files.h"
#include "lib/calendar.h"

struct calendar_hours_line {
    char *key, *value; /* "monday..friday", "09:00-12:00 13:00-18:00"; owned */
};

/* Zeroed: nothing. */
struct calendar_plan {
    char *opening;                 /* the comment before the first section, with its line ends; owned */
    char *remarks[CALENDAR_KINDS]; /* the same above the sections of days; NULL: the usual; owned */
    char *name, *zone, *until;     /* `until` NULL: the file has none; owned */
    struct calendar_hours_line hours[7];
    size_t hours_count;
    struct calendar_facts facts;
};

/* The hours of an office in China, without any holiday. */
void calendar_plan_office(struct calendar_plan *plan);

/*
 * Reads a file that compiles. NULL, or "file:line: what is wrong" (malloc'd). The calendar borrows a zone of
 * `zones`; `path` must outlive the plan.
 */
char *calendar_plan_read(struct calendar_plan *plan, const char *path, struct zone_files *zones,
                         struct calendar **ret_calendar) __attribute__((warn_unused_result));

void calendar_plan_finish(struct calendar_plan *plan);

void calendar_plan_write(const struct calendar_plan *plan, struct text *ret_text);

/* How many days of a kind. */
size_t calendar_plan_count(const struct calendar_plan *plan, enum calendar_kind kind);

#endif
