/*
 * A small regime for unit tests, and what it takes to compile it without files: zones of this machine, the
 * calendars `always`, `office` (09:00-17:00, every day) and, with the same hours, `9to5`, `{odd` and whatever
 * begins with `shop`; and one template for every name but `nothing`.
 */
#ifndef DUBAN_TESTS_SMALL_REGIME_H
#define DUBAN_TESTS_SMALL_REGIME_H

#include "lib/base/memory.h"
#include "lib/policy.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char small_regime[] = "[regime]\n"
                                   "name = small\n"
                                   "zone = Asia/Shanghai\n"
                                   "calendar = always\n"
                                   "number = T-{seq:04}\n"
                                   "late entry = 30d\n"
                                   "[classes]\n"
                                   "request =\n"
                                   "complaint =\n"
                                   "[types]\n"
                                   "repair =\n"
                                   "advice =\n"
                                   "[urgencies]\n"
                                   "general =\n"
                                   "urgent =\n"
                                   "[channels]\n"
                                   "phone =\n"
                                   "web =\n"
                                   "[kinds]\n"
                                   "apology =\n"
                                   "other =\n"
                                   "[roles]\n"
                                   "intake =\n"
                                   "handler =\n"
                                   "department_head =\n"
                                   "service_head =\n"
                                   "[role handler]\n"
                                   "of = ticket\n"
                                   "[role department_head]\n"
                                   "of = department\n"
                                   "[departments]\n"
                                   "workshop =\n"
                                   "office =\n"
                                   "[stages]\n"
                                   "received =\n"
                                   "closed =\n"
                                   "[stage on]\n"
                                   "create = received\n"
                                   "close = closed\n"
                                   "[class request]\n"
                                   "types = repair advice\n"
                                   "[class complaint]\n"
                                   "types = repair\n"
                                   "gate solve = contact:apology by service_head, contact\n"
                                   "gate close = clock:limit met\n"
                                   "[route repair]\n"
                                   "department = workshop\n"
                                   "[route advice]\n"
                                   "department = office\n"
                                   "[contact]\n"
                                   "channels = phone\n"
                                   "[clock limit]\n"
                                   "start = received\n"
                                   "stop = contact\n"
                                   "within = general 24h, urgent 8h\n"
                                   "remind = 50% 80%\n"
                                   "remind urgent = 0% 50%\n"
                                   "remind to = handler or department_head\n"
                                   "breach = ladder up\n"
                                   "breach template = late\n"
                                   "[clock daily]\n"
                                   "when = urgency urgent\n"
                                   "quota = 1..2 contacts per day\n"
                                   "start = received\n"
                                   "stop = solved\n"
                                   "remind = 75%\n"
                                   "remind to = department_head\n"
                                   "[clock silence]\n"
                                   "start = contact\n"
                                   "silence = 2h\n"
                                   "hours = customer.staffed\n"
                                   "stop = solved\n"
                                   "[clock business]\n"
                                   "start = received\n"
                                   "stop = solved\n"
                                   "within = 8bh\n"
                                   "calendar = office\n"
                                   "[ladder up]\n"
                                   "rung = +0 department_head by mail\n"
                                   "rung = +50% service_head by mail\n"
                                   "rung = +100% service_head intake by mail\n"
                                   "rung urgent = +0 department_head by mail\n"
                                   "rung complaint = +0 service_head by mail\n"
                                   "rung urgent complaint = +2h intake by mail\n"
                                   "all clear = yes\n"
                                   "[report at_intake]\n"
                                   "template = report\n"
                                   "when urgent = department_head\n";

/* What a policy borrows. */
struct small_world {
    struct zone *zone;
    struct calendar *always, *office, *more[64];
    size_t count;
};

__attribute__((unused)) static struct zone *small_zone(const char *name)
{
    unsigned char bytes[65536];
    const char *error;
    char path[256];

    snprintf(path, sizeof(path), "/usr/share/zoneinfo/%s", name);
    FILE *file = fopen(path, "rb");
    size_t length = file ? fread(bytes, 1, sizeof(bytes), file) : 0;

    if (file)
        fclose(file);
    return length ? zone_create(name, bytes, length, &error) : NULL;
}

__attribute__((unused)) static void small_world_finish(struct small_world *world)
{
    calendar_destroy(world->always);
    calendar_destroy(world->office);
    for (size_t i = 0; i < world->count; i++)
        calendar_destroy(world->more[i]);
    zone_destroy(world->zone);
    *world = (struct small_world){0};
}

static const struct zone *small_find_zone(void *context, const char *name)
{
    struct small_world *world = context;

    if (!world->zone)
        world->zone = small_zone(name);
    if (world->zone && !world->always) {
        world->always = calendar_create_always(world->zone);
        world->office = calendar_create_daily("office", world->zone, 9 * 60, 17 * 60);
    }
    return world->zone;
}

static const struct calendar *small_find_calendar(void *context, const char *name)
{
    struct small_world *world = context;

    if (strcmp(name, "always") == 0)
        return world->always;
    if (strcmp(name, "office") == 0)
        return world->office;
    if (strncmp(name, "shop", 4) != 0 && strcmp(name, "9to5") != 0 && strcmp(name, "{odd") != 0)
        return NULL;
    world->more[world->count] = calendar_create_daily(name, world->zone, 9 * 60, 17 * 60);
    return world->more[world->count++];
}

/* Set by tests whose regimes have rules of recurrence. */
__attribute__((unused)) static const struct recurrence *(*small_find_rule)(void *context, const char *rule,
                                                                           const char **ret_error);

static const char *small_find_template(void *context, const char *language, const char *name)
{
    (void)context;
    if (strcmp(name, "nothing") == 0 || strcmp(language, "en") != 0)
        return NULL;
    if (strcmp(name, "digest") == 0)
        return "Subject: {total} for {recipient}\n\n{items}";
    if (strcmp(name, "fielded") == 0)
        return "Subject: {number}\n\n{field.floor}\n";
    if (strcmp(name, "past") == 0)
        return "Subject: {number}\n\n{customer.tickets}\n";
    return strcmp(name, "misspelt") == 0 ? "Subject: {numbr}\n\nbody\n" : "Subject: {number}\n\n{reason}\n";
}

__attribute__((unused)) static struct policy *small_compile(struct small_world *world, const char *text,
                                                            char **ret_error)
{
    struct policy_sources sources = {
        .file_name = "small.ini",
        .text = text,
        .digest = "0123456789abcdef",
        .context = world,
        .find_zone = small_find_zone,
        .find_calendar = small_find_calendar,
        .find_template = small_find_template,
        .find_recurrence = small_find_rule,
    };

    *world = (struct small_world){0};
    return policy_compile(&sources, ret_error);
}

/* The small regime with its first `old` written as `new`; and the line where that stands. */
__attribute__((unused)) static char *small_bent(const char *old, const char *new, int *ret_line)
{
    const char *found = strstr(small_regime, old);
    char *text;

    if (!found ||
        asprintf(&text, "%.*s%s%s", (int)(found - small_regime), small_regime, new, found + strlen(old)) < 0)
        abort();
    *ret_line = 1;
    for (const char *at = small_regime; at < found; at++)
        *ret_line += *at == '\n';
    return text;
}

/* The small regime with `before` and then `lines` as further sections; the line where `lines` begin. */
__attribute__((unused)) static struct policy *small_compile_with(struct small_world *world,
                                                                 const char *before, const char *lines,
                                                                 char **ret_error, int *ret_line)
{
    char *sections, *text;

    if (asprintf(&sections, "%s%s[contact]\n", before, lines) < 0)
        abort();
    text = small_bent("[contact]\n", sections, ret_line);
    for (const char *at = before; *at; at++)
        *ret_line += *at == '\n';
    struct policy *policy = small_compile(world, text, ret_error);

    free(sections);
    free(text);
    return policy;
}

#endif
