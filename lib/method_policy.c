/*
 * policy.list and policy.get: which regime is in force, what came before it, and what it says.
 *
 * Handlers of the method table. The regime in force is in memory, with its text; those before it are in the
 * database, as every file that was ever loaded is, by its digest. policy.lint reads files and is the daemon's
 * (daemon/dispatch.c).
 */
#include "lib/method_handlers.h"
#include "lib/policy_describe.h"
#include "lib/request.h"
#include <string.h>

static json_t *calendars_of(const struct desk *desk)
{
    const struct policy *policy = desk->policy;
    json_t *list = json_array();

    for (size_t i = 0; i < policy->calendar_count; i++)
        json_array_append_new(
            list,
            json_pack("{s:s,s:b}", "calendar", calendar_name(policy->calendars[i].calendar), "provisional",
                      (int)calendar_is_provisional(policy->calendars[i].calendar, desk->now)));
    return list;
}

void method_policy_list(struct desk *desk, const struct request *request, struct effects *out)
{
    const struct policy *policy = desk->policy;
    json_t *one =
        json_pack("{s:s,s:{s:s,s:s},s:s,s:s,s:b,s:s,s:i,s:i,s:i,s:o}", "regime", policy->name, "title", "zh",
                  policy->title[LANGUAGE_ZH], "en", policy->title[LANGUAGE_EN], "file", policy->file,
                  "digest", policy->digest, "in_force", 1, "people", roster_digest(desk->roster), "persons",
                  (int)roster_count(desk->roster), "clocks", (int)policy->clock_count, "ladders",
                  (int)policy->ladder_count, "calendars", calendars_of(desk));
    json_t *hot = json_pack("{s:[o]}", "policies", one);

    (void)out;
    if (desk->options.keeps_closed)
        request_answer(desk, request, hot);
    else
        request_read(desk, request, "version_list", hot, NULL, 0);
}

void method_policy_get(struct desk *desk, const struct request *request, struct effects *out)
{
    const char *digest = request_text(request, "digest");

    (void)out;
    if (digest && strcmp(digest, desk->policy->digest) != 0) {
        request_read_whole(desk, request, "version_get", (const char *const[]){digest}, 1);
        return;
    }
    json_t *described = policy_describe(desk->policy);

    json_object_set_new(described, "people_path", json_string(roster_path(desk->roster)));
    json_object_set_new(described, "text", json_string(desk->policy->text));
    request_answer(desk, request, described);
}
