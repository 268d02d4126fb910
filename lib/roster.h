/* The people of a desk: who holds which role in which department, and how to reach them. */
#ifndef DUBAN_LIB_ROSTER_H
#define DUBAN_LIB_ROSTER_H

#include "lib/notice_channel.h"
#include "lib/notice_template.h"
#include "lib/policy.h"
#include <stddef.h>
#include <stdint.h>

#define ROSTER_NOBODY 0xffff

/* Civil days of the desk's zone, both ends included. */
struct absence {
    int64_t first_day, last_day;
};

struct person {
    const char *id; /* "zhang.wei" */
    const char *name[LANGUAGE_COUNT];
    const char *mail;   /* "" when none */
    const char *sms;    /* number for text messages, "" when none */
    const char *chat;   /* how a chat knows them, "" when none */
    uint32_t roles;     /* bits of policy roles */
    uint8_t department; /* POLICY_NONE: none */
    enum language language;
    const struct absence *absences;
    size_t absence_count;
    uint16_t deputy;                 /* ROSTER_NOBODY: none */
    const struct calendar *calendar; /* their own, of those that the regime names; NULL: their role's */
    bool is_off;                     /* kept for the record, never told anything */
    bool is_gone;                    /* nor in the file any more: known by the id alone (roster_remember) */
    int line;                        /* of its section in the people file; 0: a stand-in */
};

struct roster;

/* From a people file. NULL on error with "file:line: what is wrong (hint)" (malloc'd). `digest` may be "". */
struct roster *roster_compile(const struct policy *policy, const char *file_name, const char *text,
                              const char *digest, char **ret_error) __attribute__((warn_unused_result));

/* Nobody real: one stand-in for each role (and department, for roles of a department), with addresses under
   replay.invalid; whoever is named later becomes a stand-in too. For replay without a people file. */
struct roster *roster_create_stand_in(const struct policy *policy);
void roster_destroy(struct roster *roster);

/* Where the person is told by that channel; "": nowhere. */
const char *roster_address(const struct person *person, enum notice_channel channel);

uint16_t roster_find(struct roster *roster,
                     const char *id); /* ROSTER_NOBODY: unknown (stand-ins are added) */
uint16_t roster_find_known(const struct roster *roster, const char *id); /* no stand-in is added */

/* Somebody of whom there are records, in the file or not: who is in it no longer is kept by the id, told
   nothing and found by nobody else, so that a file that has them again finds all that was theirs. */
uint16_t roster_remember(struct roster *roster, const char *id);
const struct person *roster_person(const struct roster *roster, uint16_t index);
bool roster_stands_in(const struct roster *roster); /* nobody in it is real: a trial without a people file */
size_t roster_count(const struct roster *roster);
const char *roster_digest(const struct roster *roster);
const char *roster_path(const struct roster *roster); /* of the people file; "" for stand-ins */

/* Who is told on `day` what `person` should be told: the person, or, while they are absent, their deputy, and
   so on. ROSTER_NOBODY when nobody of that chain is there, or when it leads back to somebody who is absent
   (domain rule 8). */
uint16_t roster_reachable(const struct roster *roster, uint16_t person, int64_t day);

/* The people of `department` who hold `role`, whatever the role's scope. At most `room`. */
size_t roster_members(const struct roster *roster, uint8_t role, uint8_t department, uint16_t *ret_people,
                      size_t room);

/* The first of the regime's roles that `person` holds; POLICY_NONE. */
uint8_t roster_first_role(const struct roster *roster, uint16_t person);

/* The people who hold `role` and, for a role of a department, belong to `department`. At most `room`. */
size_t roster_holders(const struct roster *roster, const struct policy *policy, uint8_t role,
                      uint8_t department, uint16_t *ret_people, size_t room);

/* When a person who is told as the holder of `role` is at work: their own calendar, else the role's, else the
   regime's. */
const struct calendar *roster_calendar(const struct roster *roster, const struct policy *policy,
                                       uint16_t person, uint8_t role) __attribute__((returns_nonnull));

#endif
