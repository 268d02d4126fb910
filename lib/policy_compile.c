/*
 * The regime compiler: a regime file becomes a policy, or a message with file and line.
 *
 * The file is read once through inih (lib/ini.h, which refuses what inih would silently bend) into a list of
 * entries; then a table of rows (section, key, pass, reader) is run over the list, pass by pass: words first,
 * then ladders, then everything that names them. That order inside the compiler is what lets a regime's
 * author write sections in any order. After the passes come the checks that need the whole: a clock without a
 * stop, a limit without a budget for some urgency, a class that can't be solved.
 */
#include "lib/policy_compile.h"

#include "lib/base/memory.h"
#include "lib/ini.h"
#include "lib/policy_sections.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum pass { PASS_WORDS, PASS_LADDERS, PASS_REST, PASS_COUNT };

#define MAXIMUM_CLOCKS 32

/* ---- the table ---- */

struct row {
    const char *section;
    bool has_subject;
    const char *key; /* NULL: any key; "rung*": that word, perhaps with qualifiers */
    enum pass pass;
    value_reader *read;
};

static const struct row rows[] = {
    {"classes", false, NULL, PASS_WORDS, read_class_word},
    {"types", false, NULL, PASS_WORDS, read_type_word},
    {"urgencies", false, NULL, PASS_WORDS, read_urgency_word},
    {"channels", false, NULL, PASS_WORDS, read_channel_word},
    {"kinds", false, NULL, PASS_WORDS, read_kind_word},
    {"roles", false, NULL, PASS_WORDS, read_role_word},
    {"departments", false, NULL, PASS_WORDS, read_department_word},
    {"stages", false, NULL, PASS_WORDS, read_stage_word},
    {"pauses", false, NULL, PASS_WORDS, read_pause_word},
    {"steps", false, NULL, PASS_WORDS, read_step_word},
    {"signatures", false, NULL, PASS_WORDS, read_signature_word},
    {"satisfaction", false, NULL, PASS_WORDS, read_level_word},
    {"satisfaction answers", false, "hidden from", PASS_REST, read_satisfaction_hidden},
    {"calendars", false, NULL, PASS_REST, read_calendar_word},
    {"regime", false, "name", PASS_REST, read_name},
    {"regime", false, "title", PASS_REST, read_title},
    {"regime", false, "language", PASS_REST, read_language},
    {"regime", false, "zone", PASS_REST, read_zone},
    {"regime", false, "calendar", PASS_REST, read_calendar},
    {"regime", false, "late entry", PASS_REST, read_late_entry},
    {"regime", false, "number", PASS_WORDS, read_number},
    {"regime", false, "list first", PASS_REST, read_list_first},
    {"role", true, "of", PASS_REST, read_scope},
    {"role", true, "sees", PASS_REST, read_role_sees},
    {"role", true, "quiet", PASS_REST, read_role_quiet},
    {"notices", false, "second way", PASS_REST, read_second_way},
    {"notices", false, "budget", PASS_REST, read_notice_budget},
    {"notices", false, "digest every", PASS_REST, read_digest_every},
    {"notices", false, "red line", PASS_REST, read_red_line},
    {"notices", false, "after downtime", PASS_REST, read_after_downtime},
    {"notices", false, "domains", PASS_REST, read_notice_domains},
    {"customers", false, "sees", PASS_REST, read_customers_see},
    {"customers", false, "domains", PASS_REST, read_customer_domains},
    {"customers", false, "courtesy", PASS_REST, read_customer_courtesy},
    {"customers", false, "mailings", PASS_REST, read_customer_mailings},
    {"role", true, "calendar", PASS_REST, read_role_calendar},
    {"department", true, "calendar", PASS_REST, read_department_calendar},
    {"stage on", false, NULL, PASS_REST, read_stage_on}, /* before "stage", which would read it as a stage */
    {"stage", true, "from", PASS_REST, read_stage_from},
    {"stage", true, "by", PASS_REST, read_stage_by},
    {"stage", true, "pause", PASS_REST, read_stage_pause},
    {"stage", true, "needs", PASS_REST, read_stage_needs},
    {"pause", true, "by", PASS_REST, read_pause_by},
    {"pause", true, "longest", PASS_REST, read_pause_longest},
    {"contact", false, "channels", PASS_REST, read_contact_channels},
    {"contact", false, "direction", PASS_REST, read_contact_direction},
    {"contact", false, "reached", PASS_REST, read_contact_reached},
    {"contact", false, "automatic", PASS_REST, read_contact_automatic},
    {"contact", false, "kinds", PASS_REST, read_contact_kinds},
    {"contact", false, "by", PASS_REST, read_contact_by},
    {"contact", false, "spacing", PASS_REST, read_contact_spacing},
    {"class", true, "types", PASS_REST, read_class_types},
    {"class", true, "stages", PASS_REST, read_class_stages},
    {"class", true, "first stage", PASS_REST, read_class_first_stage},
    {"class", true, "owner", PASS_REST, read_class_owner},
    {"class", true, "number", PASS_REST, read_class_number},
    {"class", true, "gate*", PASS_REST, read_gate},
    {"class", true, "steps", PASS_REST, read_class_steps},
    {"class", true, "reopen forgets", PASS_REST, read_class_forgets},
    {"extension", true, "by", PASS_REST, read_approval_by},
    {"extension", true, "decides", PASS_REST, read_approval_decides},
    {"extension", true, "at most", PASS_REST, read_approval_most},
    {"extension", true, "longest", PASS_REST, read_approval_longest},
    {"escalation", false, "by", PASS_REST, read_approval_by},
    {"escalation", false, "decides", PASS_REST, read_approval_decides},
    {"escalation", false, "longest", PASS_REST, read_approval_longest},
    {"step", true, "by", PASS_REST, read_step_by},
    {"step", true, "after", PASS_REST, read_step_after},
    {"step", true, "needs", PASS_REST, read_step_needs},
    {"signature", true, "by", PASS_REST, read_signature_by},
    {"signature", true, "needs", PASS_REST, read_signature_needs},
    {"route", true, "department", PASS_REST, read_route_department},
    {"route", true, "handler", PASS_REST, read_route_handler},
    {"route", true, "supporting", PASS_REST, read_route_supporting},
    {"ladder", true, "rung*", PASS_LADDERS, read_rung},
    {"ladder", true, "all clear", PASS_LADDERS, read_all_clear},
    {"class", true, "needs", PASS_REST, read_class_needs},
    {"field", true, "title", PASS_WORDS, read_field_title},
    {"field", true, "kind", PASS_WORDS, read_field_kind},
    {"field", true, "classes", PASS_LADDERS, read_field_classes},
    {"field", true, "by", PASS_LADDERS, read_field_by},
    {"field", true, "needed", PASS_WORDS, read_field_needed},
    {"field", true, "default", PASS_WORDS, read_field_default},
    {"decision", true, "title", PASS_WORDS, read_decision_title},
    {"decision", true, "classes", PASS_LADDERS, read_decision_classes},
    {"decision", true, "word*", PASS_WORDS, read_decision_word},
    {"decision", true, "rule", PASS_REST, read_decision_rule},
    {"register", true, "title", PASS_WORDS, read_register_title},
    {"register", true, "fields", PASS_WORDS, read_register_fields},
    {"schedule", true, "title", PASS_WORDS, read_schedule_title},
    {"schedule", true, "over", PASS_LADDERS, read_schedule_over},
    {"schedule", true, "when", PASS_REST, read_schedule_when},
    {"schedule", true, "at", PASS_REST, read_schedule_at},
    {"schedule", true, "until", PASS_REST, read_schedule_until},
    {"schedule", true, "calendar", PASS_REST, read_schedule_calendar},
    {"schedule", true, "missed", PASS_REST, read_schedule_missed},
    {"schedule", true, "catch up", PASS_REST, read_schedule_catch_up},
    {"schedule", true, "opens", PASS_REST, read_schedule_opens},
    {"schedule", true, "fields", PASS_REST, read_schedule_fields},
    {"schedule", true, "subject", PASS_REST, read_schedule_subject},
    {"schedule", true, "details", PASS_REST, read_schedule_details},
    {"schedule", true, "sends", PASS_REST, read_schedule_sends},
    {"list", true, "title", PASS_WORDS, read_list_title},
    {"list", true, "records", PASS_LADDERS, read_list_records},
    {"list", true, "when", PASS_REST, read_list_when},
    {"list", true, "latest", PASS_REST, read_list_latest},
    {"appraisal", true, "title", PASS_WORDS, read_appraisal_title},
    {"appraisal", true, "surveys", PASS_LADDERS, read_appraisal_surveys},
    {"appraisal", true, "indicators", PASS_REST, read_appraisal_indicators},
    {"appraisal", true, "spot checks", PASS_REST, read_appraisal_checks},
    {"appraisal", true, "points", PASS_REST, read_appraisal_points},
    {"appraisal", true, "regions", PASS_REST, read_appraisal_regions},
    {"appraisal", true, "pass", PASS_REST, read_appraisal_pass},
    {"appraisal", true, "commended", PASS_REST, read_appraisal_commended},
    {"appraisal", true, "again after", PASS_REST, read_appraisal_again},
    {"statistics", false, "complaints", PASS_REST, read_statistics_complaints},
    {"statistics", false, "attitude", PASS_REST, read_statistics_attitude},
    {"statistics", false, "scores", PASS_REST, read_statistics_scores},
    {"statistics", false, "causes", PASS_REST, read_statistics_causes},
    {"statistics", false, "measures", PASS_REST, read_statistics_measures},
    {"report", true, "template", PASS_REST, read_report_template},
    {"report", true, "on", PASS_REST, read_report_on},
    {"report", true, "when*", PASS_REST, read_report_when},
    {"report", true, "to", PASS_REST, read_report_to},
    {"form", true, "title", PASS_REST, read_form_title},
    {"form", true, "page", PASS_REST, read_form_page},
    {"form", true, "classes", PASS_REST, read_form_classes},
    {"form", true, "number", PASS_REST, read_form_number},
    {"form", true, "record", PASS_REST, read_form_record},
    {"form", true, "contact", PASS_REST, read_form_contact},
    {"form", true, "cites", PASS_REST, read_form_cites},
    {"clock", true, "title", PASS_REST, read_clock_title},
    {"clock", true, "when", PASS_REST, read_clock_when},
    {"clock", true, "start", PASS_REST, read_clock_start},
    {"clock", true, "stop", PASS_REST, read_clock_stop},
    {"clock", true, "cancel", PASS_REST, read_clock_cancel},
    {"clock", true, "pause", PASS_REST, read_clock_pause},
    {"clock", true, "within*", PASS_REST, read_clock_within},
    {"clock", true, "due", PASS_REST, read_clock_due},
    {"clock", true, "quota", PASS_REST, read_clock_quota},
    {"clock", true, "counts", PASS_REST, read_clock_counts},
    {"clock", true, "reclassified", PASS_REST, read_clock_reclassified},
    {"clock", true, "grace", PASS_REST, read_clock_grace},
    {"clock", true, "first window", PASS_REST, read_first_window},
    {"clock", true, "last window", PASS_REST, read_last_window},
    {"clock", true, "on", PASS_REST, read_clock_on},
    {"clock", true, "silence", PASS_REST, read_clock_silence},
    {"clock", true, "promise", PASS_REST, read_clock_promise},
    {"clock", true, "calendar", PASS_REST, read_clock_calendar},
    {"clock", true, "hours", PASS_REST, read_clock_hours},
    {"clock", true, "remind to", PASS_REST, read_clock_remind_to},
    {"clock", true, "remind template", PASS_REST, read_remind_template},
    {"clock", true, "remind*", PASS_REST, read_clock_remind},
    {"clock", true, "breach", PASS_REST, read_clock_breach},
    {"clock", true, "breach template", PASS_REST, read_breach_template},
    {"clock", true, "restart", PASS_REST, read_clock_restart},
    {"clock", true, "continue", PASS_REST, read_clock_continue},
};

#define ROW_COUNT (sizeof(rows) / sizeof(rows[0]))

static bool key_matches(const char *pattern, const char *key)
{
    size_t length = pattern ? strlen(pattern) : 0;

    if (!pattern)
        return true;
    if (pattern[length - 1] != '*')
        return strcmp(pattern, key) == 0;
    return strncmp(pattern, key, length - 1) == 0 && (!key[length - 1] || key[length - 1] == ' ');
}

static const struct row *find_row(const struct entry *entry)
{
    for (size_t i = 0; i < ROW_COUNT; i++)
        if (strcmp(rows[i].section, entry->section) == 0 && key_matches(rows[i].key, entry->key))
            return &rows[i];
    return NULL;
}

static const char *unknown_key(struct compiler *compiler, const struct entry *entry)
{
    struct text known = {0};

    for (size_t i = 0; i < ROW_COUNT; i++) /* sections that take any key have no unknown one */
        if (strcmp(rows[i].section, entry->section) == 0)
            text_printf(&known, "%s%.*s", known.length ? ", " : "", (int)strcspn(rows[i].key, "*"),
                        rows[i].key);
    const char *wrong =
        value_wrong(compiler, "unknown key '%s' in [%s%s%s] (known: %s)", entry->key, entry->section,
                    entry->subject[0] ? " " : "", entry->subject, text_get(&known));

    text_finish(&known);
    return wrong;
}

/* Splits `[clock first_contact]`; `[stage on]` is a header of its own. */
static const char *split_header(struct compiler *compiler, const char *header, struct entry *ret_entry)
{
    struct arena *arena = &compiler->policy->arena;

    for (size_t i = 0; i < ROW_COUNT; i++) {
        size_t length = strlen(rows[i].section);

        if (strncmp(header, rows[i].section, length) != 0)
            continue;
        if (rows[i].has_subject ? header[length] == ' ' : header[length] == '\0') {
            ret_entry->section = rows[i].section;
            ret_entry->subject = arena_text(arena, rows[i].has_subject ? header + length + 1 : "");
            return NULL;
        }
    }
    return value_wrong(compiler, "unknown section [%s]", header);
}

static const char *open_section(struct compiler *compiler, const struct entry *entry)
{
    struct policy *policy = compiler->policy;

    if (strcmp(entry->section, "clock") == 0) {
        if (policy->clock_count >= MAXIMUM_CLOCKS)
            return value_wrong(compiler, "at most %d clocks", MAXIMUM_CLOCKS);
        policy->clocks = memory_reserve(policy->clocks, &policy->clock_capacity, policy->clock_count + 1,
                                        sizeof(*policy->clocks));
        policy->clocks[policy->clock_count++] = (struct clock_policy){
            .name = entry->subject,
            .title = {entry->subject, entry->subject},
            .ladder = POLICY_NONE,
            .within_path = {POLICY_NONE, POLICY_NONE},
            .stop = {.what = HAPPENING_COUNT},
            .line = entry->line,
        };
    } else if (strcmp(entry->section, "ladder") == 0) {
        policy->ladders = memory_reserve(policy->ladders, &policy->ladder_capacity, policy->ladder_count + 1,
                                         sizeof(*policy->ladders));
        policy->ladders[policy->ladder_count++] =
            (struct ladder_policy){.name = entry->subject, .line = entry->line};
    } else if (strcmp(entry->section, "report") == 0) {
        policy->reports = memory_reserve(policy->reports, &policy->report_capacity, policy->report_count + 1,
                                         sizeof(*policy->reports));
        policy->reports[policy->report_count++] =
            (struct report_policy){.name = entry->subject, .line = entry->line};
    } else if (strcmp(entry->section, "route") == 0) {
        return section_open_route(compiler, entry);
    } else if (strcmp(entry->section, "register") == 0) {
        return section_open_register(compiler, entry);
    } else if (strcmp(entry->section, "field") == 0) {
        return section_open_field(compiler, entry);
    } else if (strcmp(entry->section, "decision") == 0) {
        return section_open_decision(compiler, entry);
    } else if (strcmp(entry->section, "schedule") == 0) {
        return section_open_schedule(compiler, entry);
    } else if (strcmp(entry->section, "list") == 0) {
        return section_open_list(compiler, entry);
    } else if (strcmp(entry->section, "appraisal") == 0) {
        return section_open_appraisal(compiler, entry);
    } else if (strcmp(entry->section, "form") == 0) {
        return section_open_form(compiler, entry);
    }
    return NULL;
}

static const char *collect(void *context, const char *section, const char *key, const char *value, int line)
{
    struct compiler *compiler = context;
    struct arena *arena = &compiler->policy->arena;
    struct entry entry = {.line = line};
    const char *wrong = split_header(compiler, section, &entry);

    if (wrong)
        return wrong;
    if (!key)
        return open_section(compiler, &entry);
    entry.key = arena_text(arena, key);
    entry.value = arena_text(arena, value);
    if (!find_row(&entry))
        return unknown_key(compiler, &entry);
    compiler->entries = memory_reserve(compiler->entries, &compiler->capacity, compiler->count + 1,
                                       sizeof(*compiler->entries));
    compiler->entries[compiler->count++] = entry;
    return NULL;
}

/* ---- what only the whole file shows ---- */

static const char *check_ladder(struct compiler *compiler, const struct ladder_policy *ladder)
{
    for (size_t i = 0; i < ladder->count; i++)
        if (policy_applies_to_all(&ladder->sets[i].when))
            return NULL;
    return value_wrong(compiler, "[ladder %s] needs rungs for the tickets that no qualified rung names",
                       ladder->name);
}

static const char *check_words(struct compiler *compiler)
{
    const struct policy *policy = compiler->policy;

    if (!policy->name || !policy->zone || !policy->calendar)
        return value_wrong(compiler, "[regime] needs name, zone and calendar");
    if (!policy->classes.count || !policy->urgencies.count || !policy->channels.count ||
        !policy->roles.count || !policy->departments.count || !policy->stages.count || !policy->kinds.count)
        return value_wrong(compiler,
                           "[classes], [urgencies], [channels], [kinds], [roles], [departments] and [stages] "
                           "must each have a word");
    if (vocabulary_find(&policy->roles, "customer") != POLICY_NONE)
        return value_wrong(compiler, "no role is called customer: that is whom we work for");
    if (!policy->number_count)
        return value_wrong(compiler, "[regime] needs a number (such as T-{seq:06})");
    if (policy->stage_on[STAGE_ON_CREATE] == POLICY_NONE)
        return value_wrong(compiler, "[stage on] needs create");
    return NULL;
}

/* Lines of a digest mean nothing in a notice about one ticket, and a digest knows no ticket. */
static const char *check_digest_words(struct compiler *compiler)
{
    const struct notice_templates *templates = compiler->policy->templates;
    uint32_t of_digests = UINT32_C(1) << VARIABLE_TOTAL | UINT32_C(1) << VARIABLE_ITEMS;
    uint32_t stray = notice_template_uses(templates, "digest") & ~NOTICE_ALWAYS;
    const char *name = notice_templates_first_use(templates, of_digests, "digest");

    if (name)
        return value_wrong(compiler, "template %s: {total} and {items} are for the template digest", name);
    for (enum notice_variable variable = 0; variable < VARIABLE_COUNT; variable++)
        if (stray >> variable & 1)
            return value_wrong(compiler, "template digest: it is about several tickets and has no {%s}",
                               notice_variable_name(variable));
    return NULL;
}

static const char *check_whole(struct compiler *compiler, int *ret_line)
{
    struct policy *policy = compiler->policy;
    const char *wrong = check_words(compiler), *unused;

    if (!policy->title[LANGUAGE_ZH]) /* it is called by its name */
        policy->title[LANGUAGE_ZH] = policy->title[LANGUAGE_EN] = policy->name;
    if (!wrong)
        wrong = section_know_acts(compiler);
    if (!wrong)
        wrong = section_check_stages(compiler);
    for (size_t i = 0; !wrong && i < policy->ladder_count; i++) {
        *ret_line = policy->ladders[i].line;
        wrong = check_ladder(compiler, &policy->ladders[i]);
    }
    for (size_t i = 0; !wrong && i < policy->clock_count; i++) {
        *ret_line = policy->clocks[i].line;
        wrong = section_check_clock(compiler, &policy->clocks[i]);
        if (!wrong && policy->clocks[i].extension.is_allowed) {
            *ret_line = policy->clocks[i].extension.line;
            wrong =
                section_check_approval(compiler, &policy->clocks[i].extension,
                                       arena_printf(&policy->arena, "extension %s", policy->clocks[i].name));
        }
    }
    for (size_t i = 0; !wrong && i < policy->report_count; i++) {
        *ret_line = policy->reports[i].line;
        if (!policy->reports[i].template_name)
            wrong = value_wrong(compiler, "[report %s] needs a template", policy->reports[i].name);
    }
    if (!wrong && policy->escalation.is_allowed) {
        *ret_line = policy->escalation.line;
        wrong = section_check_approval(compiler, &policy->escalation, "escalation");
    }
    if (!wrong)
        wrong = section_check_routes(compiler, ret_line);
    if (!wrong)
        wrong = section_check_registers(compiler, ret_line);
    if (!wrong)
        wrong = section_check_fields(compiler, ret_line);
    if (!wrong)
        wrong = section_check_decisions(compiler, ret_line);
    if (!wrong)
        wrong = section_check_schedules(compiler, ret_line);
    if (!wrong)
        wrong = section_check_forms(compiler, ret_line);
    if (!wrong)
        wrong = section_check_lists(compiler, ret_line);
    if (!wrong)
        section_make_awake(compiler);
    if (!wrong)
        wrong = section_template(compiler, "all_clear", &unused);
    if (!wrong)
        wrong = section_template(compiler, "ended", &unused);
    if (!wrong)
        wrong = section_template(compiler, "digest", &unused);
    if (!wrong)
        wrong = section_template(compiler, "test", &unused);
    if (!wrong)
        wrong = check_digest_words(compiler);
    if (!wrong)
        wrong = section_template(compiler, "withdrawn", &unused);
    return wrong ? wrong : section_know_story(compiler, ret_line);
}

/* Words that every regime has. */
static void add_approvals(struct policy *policy)
{
    static const struct term terms[APPROVAL_KIND_COUNT] = {
        [APPROVAL_EXTENSION] = {"extension", {[LANGUAGE_ZH] = "延期", [LANGUAGE_EN] = "Extension"}},
        [APPROVAL_ESCALATION] = {"escalation", {[LANGUAGE_ZH] = "升级", [LANGUAGE_EN] = "Escalation"}},
    };

    policy->approvals.terms =
        memory_reserve(NULL, &policy->approvals.capacity, APPROVAL_KIND_COUNT, sizeof(*terms));
    memcpy(policy->approvals.terms, terms, sizeof(terms));
    policy->approvals.count = APPROVAL_KIND_COUNT;
}

static struct policy *create_empty(void)
{
    struct policy *policy = memory_new(1, sizeof(*policy));

    arena_init(&policy->arena);
    memset(policy->stage_on, POLICY_NONE, sizeof(policy->stage_on));
    for (size_t i = 0; i < POLICY_TERMS_MAX; i++)
        policy->class_policies[i].owner = policy->class_policies[i].begins = POLICY_NONE;
    policy->late_entry_ms = 30 * MSEC_DAY;
    policy->list_first_names = "";
    policy->notices.digest_every_ms = 30 * MSEC_MINUTE;
    policy->customers.sees = NOTICE_CUSTOMER;
    policy->contact.out_only = policy->contact.reached_only = true;
    policy->templates = notice_templates_create(&policy->arena);
    add_approvals(policy);
    return policy;
}

static const char *run_passes(struct compiler *compiler, int *ret_line)
{
    for (enum pass pass = 0; pass < PASS_COUNT; pass++)
        for (size_t i = 0; i < compiler->count; i++) {
            const struct entry *entry = &compiler->entries[i];
            const struct row *row = find_row(entry);
            const char *wrong = row->pass == pass ? row->read(compiler, entry) : NULL;

            *ret_line = entry->line;
            if (wrong)
                return value_wrong(compiler, "%s: %s", entry->key, wrong);
        }
    *ret_line = 1;
    return check_whole(compiler, ret_line);
}

struct policy *policy_compile(const struct policy_sources *sources, char **ret_error)
{
    struct compiler compiler = {.policy = create_empty(), .sources = sources};
    const char *wrong = NULL;
    int line = 1;

    *ret_error = NULL;
    const char *slash = strrchr(sources->file_name, '/');

    compiler.policy->digest = arena_text(&compiler.policy->arena, sources->digest);
    compiler.policy->file = arena_text(&compiler.policy->arena, slash ? slash + 1 : sources->file_name);
    compiler.policy->path = arena_text(&compiler.policy->arena, sources->file_name);
    compiler.policy->text = arena_text(&compiler.policy->arena, sources->text);
    if (ini_read(sources->file_name, sources->text, strlen(sources->text), "rung fields rule", collect,
                 &compiler, ret_error))
        wrong = run_passes(&compiler, &line);
    free(compiler.entries);
    if (wrong && asprintf(ret_error, "%s:%d: %s", sources->file_name, line, wrong) < 0)
        abort();
    if (!*ret_error)
        return compiler.policy;
    policy_destroy(compiler.policy);
    return NULL;
}
