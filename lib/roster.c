/*
 * People: who holds which role, in which department, reachable how.
 *
 * Read from a people file ([person ID] sections) against a policy, whose roles and departments it names; used
 * by the ladder when a rung fires, so that whoever holds a role *then* is told. Replay without a people file
 * uses stand-ins: one invented person for each role, under a domain that can never receive mail.
 */
#include "lib/roster.h"

#include "lib/base/arena.h"
#include "lib/base/civil.h"
#include "lib/base/memory.h"
#include "lib/ini.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PEOPLE_MAX 60000

/* A deputy named in the file, until everybody in it is known. */
struct deputy {
    uint16_t person;
    const char *name;
    int line;
};

struct roster {
    struct arena arena;
    struct person *people;
    size_t count, capacity;
    const struct policy *policy; /* only while compiling and for stand-ins */
    const char *digest, *path;
    bool stands_in;
    int line; /* of the file, while it is read */
    struct deputy *deputies;
    size_t deputy_count, deputy_capacity;
};

static struct person *add_person(struct roster *roster, const char *id)
{
    roster->people =
        memory_reserve(roster->people, &roster->capacity, roster->count + 1, sizeof(*roster->people));
    struct person *person = &roster->people[roster->count++];

    *person = (struct person){
        .id = arena_text(&roster->arena, id),
        .department = POLICY_NONE,
        .deputy = ROSTER_NOBODY,
        .mail = "",
        .sms = "",
        .chat = "",
        .line = roster->line,
    };
    for (size_t i = 0; i < LANGUAGE_COUNT; i++)
        person->name[i] = person->id;
    return person;
}

static const char *read_name(struct roster *roster, struct person *person, const char *value)
{
    const char *bar = strstr(value, " | ");

    if (strpbrk(value, "<>\""))
        return "a name has no angle brackets and no quotes: it becomes a mail header";
    person->name[LANGUAGE_ZH] =
        arena_bytes(&roster->arena, value, bar ? (size_t)(bar - value) : strlen(value));
    person->name[LANGUAGE_EN] = arena_text(&roster->arena, bar ? bar + 3 : value);
    return value[0] ? NULL : "a person needs a name";
}

static const char *read_mail(struct roster *roster, struct person *person, const char *value)
{
    const char *at = strchr(value, '@');

    for (const char *c = value; *c; c++)
        if ((unsigned char)*c <= ' ' || (unsigned char)*c >= 0x7f || strchr("<>()[],;:\\\"", *c))
            return arena_printf(&roster->arena, "'%s' is no mail address: character %d", value,
                                (int)(c - value) + 1);
    if (!at || at == value || !at[1] || strchr(at + 1, '@'))
        return arena_printf(&roster->arena, "'%s' is no mail address (such as name@example.com)", value);
    person->mail = arena_text(&roster->arena, value);
    if (policy_allows_address(roster->policy, value))
        return NULL;
    return arena_printf(&roster->arena, "'%s' lies outside the domains that [notices] of the regime allows",
                        value);
}

static const char *read_roles(struct roster *roster, struct person *person, const char *value)
{
    char *list = arena_text(&roster->arena, value);

    for (char *save, *word = strtok_r(list, " ", &save); word; word = strtok_r(NULL, " ", &save)) {
        uint8_t role = vocabulary_find(&roster->policy->roles, word);

        if (role == POLICY_NONE)
            return arena_printf(&roster->arena, "the regime knows no role '%s'", word);
        person->roles |= UINT32_C(1) << role;
    }
    return NULL;
}

static const char *read_department(struct roster *roster, struct person *person, const char *value)
{
    person->department = vocabulary_find(&roster->policy->departments, value);
    if (person->department != POLICY_NONE)
        return NULL;
    return arena_printf(&roster->arena, "the regime knows no department '%s'", value);
}

static const char *read_language(struct roster *roster, struct person *person, const char *value)
{
    if (language_find(value, &person->language))
        return NULL;
    return arena_printf(&roster->arena, "unknown language '%s' (known: zh, en)", value);
}

static const char *read_off(struct roster *roster, struct person *person, const char *value)
{
    person->is_off = strcmp(value, "yes") == 0;
    if (person->is_off || strcmp(value, "no") == 0)
        return NULL;
    return arena_printf(&roster->arena, "'%s' is neither yes nor no", value);
}

/* `2026-03-02` or `2026-03-02..2026-03-06`, several of them. */
static const char *read_range(struct roster *roster, const char *word, struct absence *ret_absence)
{
    const char *dots = word + 10;

    if (!civil_parse_date(word, &ret_absence->first_day))
        return arena_printf(&roster->arena, "'%s' is no date (such as 2026-03-02 or 2026-03-02..2026-03-06)",
                            word);
    ret_absence->last_day = ret_absence->first_day;
    if (*dots &&
        (strncmp(dots, "..", 2) != 0 || !civil_parse_date(dots + 2, &ret_absence->last_day) || dots[12]))
        return arena_printf(&roster->arena, "'%s' is no range of dates (such as 2026-03-02..2026-03-06)",
                            word);
    if (ret_absence->last_day < ret_absence->first_day)
        return arena_printf(&roster->arena, "'%s' ends before it begins", word);
    return NULL;
}

static const char *read_absences(struct roster *roster, struct person *person, const char *value)
{
    char *list = arena_text(&roster->arena, value);
    struct absence *absences = arena_new(&roster->arena, (strlen(value) / 10 + 1) * sizeof(*absences));
    const char *wrong = NULL;

    for (char *save, *word = strtok_r(list, " ", &save); word && !wrong; word = strtok_r(NULL, " ", &save))
        wrong = read_range(roster, word, &absences[person->absence_count++]);
    person->absences = absences;
    return wrong;
}

/* Named before it is known whether there is such a person: people stand in any order. */
static const char *read_deputy(struct roster *roster, struct person *person, const char *value)
{
    roster->deputies = memory_reserve(roster->deputies, &roster->deputy_capacity, roster->deputy_count + 1,
                                      sizeof(*roster->deputies));
    roster->deputies[roster->deputy_count++] = (struct deputy){
        .person = (uint16_t)(person - roster->people),
        .name = arena_text(&roster->arena, value),
        .line = roster->line,
    };
    return NULL;
}

static const char *read_sms(struct roster *roster, struct person *person, const char *value)
{
    size_t digits = strspn(value + (value[0] == '+'), "0123456789");

    if (digits < 5 || digits > 15 || value[(value[0] == '+') + digits])
        return arena_printf(&roster->arena, "'%s' is no number (such as +8613800000000)", value);
    person->sms = arena_text(&roster->arena, value);
    return NULL;
}

static const char *read_chat(struct roster *roster, struct person *person, const char *value)
{
    if (!value[0] || strlen(value) > 100 || strpbrk(value, " <>\"\t"))
        return "what a chat calls somebody is one word";
    person->chat = arena_text(&roster->arena, value);
    return NULL;
}

const char *roster_address(const struct person *person, enum notice_channel channel)
{
    switch (channel) {
    case CHANNEL_MAIL:
        return person->mail;
    case CHANNEL_SMS:
        return person->sms;
    case CHANNEL_CHAT:
        return person->chat;
    case CHANNEL_COUNT:
        break;
    }
    return "";
}

static const char *read_calendar(struct roster *roster, struct person *person, const char *value)
{
    person->calendar = policy_find_calendar(roster->policy, value);
    if (person->calendar)
        return NULL;
    return arena_printf(&roster->arena, "the regime names no calendar '%s' (its [calendars] could)", value);
}

static const struct {
    const char *key;
    const char *(*read)(struct roster *roster, struct person *person, const char *value);
} keys[] = {
    {"name", read_name},         {"mail", read_mail},
    {"roles", read_roles},       {"department", read_department},
    {"language", read_language}, {"left company", read_off},
    {"absent", read_absences},   {"deputy", read_deputy},
    {"calendar", read_calendar}, {"sms", read_sms},
    {"chat", read_chat},
};

uint16_t roster_find_known(const struct roster *roster, const char *id)
{
    for (size_t i = 0; i < roster->count; i++)
        if (strcmp(roster->people[i].id, id) == 0)
            return roster->people[i].is_gone ? ROSTER_NOBODY : (uint16_t)i;
    return ROSTER_NOBODY;
}

static const char *read_entry(void *context, const char *section, const char *key, const char *value,
                              int line)
{
    struct roster *roster = context;

    roster->line = line;
    if (strncmp(section, "person ", 7) != 0 || strchr(section + 7, ' '))
        return arena_printf(&roster->arena, "unknown section [%s] (known: [person ID])", section);
    if (!key) {
        if (roster->count >= PEOPLE_MAX)
            return "too many people";
        add_person(roster, section + 7)->language = roster->policy->language;
        return NULL;
    }
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
        if (strcmp(keys[i].key, key) == 0)
            return keys[i].read(roster, &roster->people[roster->count - 1], value);
    return arena_printf(
        &roster->arena,
        "unknown key '%s' (known: name, mail, roles, department, language, left company, absent, deputy, "
        "calendar, sms, chat)",
        key);
}

static bool needs_department(const struct policy *policy, const struct person *person)
{
    for (uint8_t role = 0; role < policy->roles.count; role++)
        if ((person->roles >> role & 1) && policy->role_scope[role] == SCOPE_DEPARTMENT)
            return person->department == POLICY_NONE;
    return false;
}

static char *appoint_deputies(struct roster *roster, const char *file_name)
{
    char *wrong = NULL;

    for (size_t i = 0; i < roster->deputy_count && !wrong; i++) {
        const struct deputy *deputy = &roster->deputies[i];
        struct person *person = &roster->people[deputy->person];

        person->deputy = roster_find_known(roster, deputy->name);
        if (person->deputy != ROSTER_NOBODY && person->deputy != deputy->person)
            continue;
        if (asprintf(&wrong, "%s:%d: [person %s] deputy: %s '%s'", file_name, deputy->line, person->id,
                     person->deputy == ROSTER_NOBODY ? "there is no person" : "nobody is their own deputy",
                     deputy->name) < 0)
            abort();
    }
    return wrong;
}

static char *check_people(const struct roster *roster, const char *file_name)
{
    char *wrong = NULL;

    for (size_t i = 0; i < roster->count && !wrong; i++) {
        const struct person *person = &roster->people[i];
        const char *missing = !person->mail[0]                           ? "mail"
                              : needs_department(roster->policy, person) ? "department"
                                                                         : NULL;

        if (missing &&
            asprintf(&wrong, "%s:%d: [person %s] needs %s", file_name, person->line, person->id, missing) < 0)
            abort();
    }
    return wrong;
}

struct roster *roster_compile(const struct policy *policy, const char *file_name, const char *text,
                              const char *digest, char **ret_error)
{
    struct roster *roster = memory_new(1, sizeof(*roster));

    arena_init(&roster->arena);
    roster->policy = policy;
    roster->digest = arena_text(&roster->arena, digest ? digest : "");
    roster->path = arena_text(&roster->arena, file_name);
    *ret_error = NULL;
    if (ini_read(file_name, text, strlen(text), NULL, read_entry, roster, ret_error))
        *ret_error = check_people(roster, file_name);
    if (!*ret_error)
        *ret_error = appoint_deputies(roster, file_name);
    if (!*ret_error)
        return roster;
    roster_destroy(roster);
    return NULL;
}

static void add_stand_in(struct roster *roster, uint8_t role, uint8_t department)
{
    const struct policy *policy = roster->policy;
    const char *name = policy->roles.terms[role].name;
    const char *id = department == POLICY_NONE ? name
                                               : arena_printf(&roster->arena, "%s.%s", name,
                                                              policy->departments.terms[department].name);
    struct person *person = add_person(roster, id);

    person->roles = UINT32_C(1) << role;
    person->department = department;
    person->language = policy->language;
    person->mail = arena_printf(&roster->arena, "%s@replay.invalid", id);
}

struct roster *roster_create_stand_in(const struct policy *policy)
{
    struct roster *roster = memory_new(1, sizeof(*roster));

    arena_init(&roster->arena);
    roster->policy = policy;
    roster->digest = "stand-in";
    roster->path = "";
    roster->stands_in = true;
    for (uint8_t role = 0; role < policy->roles.count; role++) {
        if (policy->role_scope[role] == SCOPE_DESK)
            add_stand_in(roster, role, POLICY_NONE);
        if (policy->role_scope[role] == SCOPE_DEPARTMENT)
            for (uint8_t department = 0; department < policy->departments.count; department++)
                add_stand_in(roster, role, department);
    }
    return roster;
}

void roster_destroy(struct roster *roster)
{
    if (!roster)
        return;
    free(roster->people);
    free(roster->deputies);
    arena_finish(&roster->arena);
    free(roster);
}

uint16_t roster_find(struct roster *roster, const char *id)
{
    uint16_t known = roster_find_known(roster, id);

    if (known != ROSTER_NOBODY || !roster->stands_in || !id[0] || roster->count >= PEOPLE_MAX)
        return known;
    struct person *person = add_person(roster, id);

    person->mail = arena_printf(&roster->arena, "%s@replay.invalid", person->id);
    person->language = roster->policy->language;
    return (uint16_t)(roster->count - 1);
}

uint16_t roster_remember(struct roster *roster, const char *id)
{
    uint16_t known = roster_find(roster, id);

    for (size_t i = 0; known == ROSTER_NOBODY && i < roster->count; i++)
        if (strcmp(roster->people[i].id, id) == 0)
            known = (uint16_t)i;
    if (known != ROSTER_NOBODY || roster->count >= PEOPLE_MAX)
        return known;
    struct person *person = add_person(roster, id);

    person->is_off = person->is_gone = true;
    return (uint16_t)(roster->count - 1);
}

const struct person *roster_person(const struct roster *roster, uint16_t index)
{
    return index < roster->count ? &roster->people[index] : NULL;
}

bool roster_stands_in(const struct roster *roster)
{
    return roster->stands_in;
}

size_t roster_count(const struct roster *roster)
{
    return roster->count;
}

const char *roster_path(const struct roster *roster)
{
    return roster->path;
}

const char *roster_digest(const struct roster *roster)
{
    return roster->digest;
}

static bool is_there(const struct person *person, int64_t day)
{
    for (size_t i = 0; i < person->absence_count; i++)
        if (day >= person->absences[i].first_day && day <= person->absences[i].last_day)
            return false;
    return !person->is_off;
}

uint16_t roster_reachable(const struct roster *roster, uint16_t person, int64_t day)
{
    /* A chain longer than there are people has come round. */
    for (size_t steps = 0; person < roster->count && steps < roster->count; steps++) {
        if (is_there(&roster->people[person], day))
            return person;
        person = roster->people[person].deputy;
    }
    return ROSTER_NOBODY;
}

size_t roster_holders(const struct roster *roster, const struct policy *policy, uint8_t role,
                      uint8_t department, uint16_t *ret_people, size_t room)
{
    bool by_department = policy->role_scope[role] == SCOPE_DEPARTMENT;
    size_t count = 0;

    for (size_t i = 0; i < roster->count && count < room; i++) {
        const struct person *person = &roster->people[i];

        if (!person->is_off && (person->roles >> role & 1) &&
            (!by_department || person->department == department))
            ret_people[count++] = (uint16_t)i;
    }
    return count;
}

size_t roster_members(const struct roster *roster, uint8_t role, uint8_t department, uint16_t *ret_people,
                      size_t room)
{
    size_t count = 0;

    for (size_t i = 0; i < roster->count && count < room; i++) {
        const struct person *person = &roster->people[i];

        if (!person->is_off && (person->roles >> role & 1) && person->department == department)
            ret_people[count++] = (uint16_t)i;
    }
    return count;
}

uint8_t roster_first_role(const struct roster *roster, uint16_t person)
{
    uint32_t roles = roster->people[person].roles;

    return roles ? (uint8_t)__builtin_ctz(roles) : POLICY_NONE;
}

const struct calendar *roster_calendar(const struct roster *roster, const struct policy *policy,
                                       uint16_t person, uint8_t role)
{
    const struct person *who = roster_person(roster, person);

    return who && who->calendar ? who->calendar : policy_role_calendar(policy, role);
}
