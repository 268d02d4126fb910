/*
 * Lint over the socket.
 *
 * Called by dispatch.c for policy.lint. The regime is read as a reload would read it, with the calendars,
 * templates and people that are configured, so that what passes here will load; nothing is kept and nothing
 * changes. The same checks as `dubanctl regime check`, which needs no daemon but has to be told the files.
 */
#include "daemon/lint_answer.h"

#include "lib/lint.h"

static json_t *finding_of(const struct policy *policy, const struct finding *finding)
{
    json_t *row =
        json_pack("{s:s,s:s,s:s}", "check", finding->check, "file", policy->file, "text", finding->text);

    if (finding->line)
        json_object_set_new(row, "line", json_integer(finding->line));
    return row;
}

static json_t *look(const struct policy *policy, const struct roster *roster, enum language language,
                    msec now)
{
    struct findings findings;
    json_t *list = json_array();

    findings_init(&findings);
    lint(policy, roster, language, now, &findings);
    for (size_t i = 0; i < findings.count; i++)
        json_array_append_new(list, finding_of(policy, &findings.list[i]));
    findings_finish(&findings);
    return json_pack("{s:s,s:s,s:o}", "regime", policy->name, "digest", policy->digest, "findings", list);
}

json_t *lint_answer(struct config *config, const char *text, enum language language, msec now, char **ret_why)
{
    struct policy_files *files = NULL;
    struct policy *policy = NULL;
    struct roster *roster = NULL;
    json_t *result = NULL;

    *ret_why = config_look(config, text, &files, &policy, &roster);
    if (!*ret_why)
        result = look(policy, roster, language, now);
    roster_destroy(roster);
    policy_destroy(policy);
    policy_files_destroy(files);
    return result;
}
