/*
 * What the letters of a regime tell of tickets: which fields, and of which classes the stages gone through.
 *
 * Last in compiling, when fields, reports, clocks and templates are all known. A letter that names a field
 * which the regime, or no class that the letter is about, has, is refused: it would say nothing for ever.
 * What is found here is what tickets keep for it (story.h, field_value.h); other tickets keep nothing.
 */
#include "lib/policy_sections.h"

struct story_check {
    struct compiler *compiler;
    const char *template_name;
    uint32_t classes; /* that it is about; 0: all */
};

static bool is_of_classes(const struct policy *policy, uint8_t field, uint32_t classes)
{
    for (uint8_t i = 0; classes && i < policy->classes.count; i++)
        if ((classes >> i & 1) && policy_has_field(policy, i, field))
            return true;
    return !classes;
}

static const char *know_field(void *context, const char *name)
{
    const struct story_check *check = context;
    struct policy *policy = check->compiler->policy;
    uint8_t field = policy_find_field(policy, name);

    if (field == POLICY_NONE)
        return value_wrong(check->compiler, "template %s: {field.%s}: the regime has no [field %s]",
                           check->template_name, name, name);
    if (!is_of_classes(policy, field, check->classes))
        return value_wrong(check->compiler,
                           "template %s: {field.%s}: none of the classes that it is about has this field",
                           check->template_name, name);
    policy->fields[field].is_watched = true;
    return NULL;
}

/* Only intake reads what the customer came with before, and it reads it before it decides anything. */
static const char *no_past(struct compiler *compiler, const char *template_name)
{
    if (!template_name ||
        !(notice_template_uses(compiler->policy->templates, template_name) >> VARIABLE_PAST & 1))
        return NULL;
    return value_wrong(
        compiler, "template %s: {customer.tickets} is only for reports at intake (a [report] without `on`)",
        template_name);
}

static const char *know_letter(struct compiler *compiler, const char *template_name, uint32_t classes)
{
    struct policy *policy = compiler->policy;
    struct story_check check = {compiler, template_name, classes};

    if (!template_name)
        return NULL;
    if (notice_template_uses(policy->templates, template_name) >> VARIABLE_STAGES & 1)
        policy->told_stages |= classes ? classes : UINT32_MAX;
    return notice_templates_fields(policy->templates, template_name, know_field, &check);
}

static const char *know_free(struct compiler *compiler, const char *template_name)
{
    const char *wrong = no_past(compiler, template_name);

    return wrong ? wrong : know_letter(compiler, template_name, 0);
}

/* Letters that are about no kind of ticket in particular. */
static const char *know_rest(struct compiler *compiler)
{
    static const char *const names[] = {"all_clear", "ended", "withdrawn", "digest", "test"};
    struct policy *policy = compiler->policy;
    const char *wrong = NULL;

    for (size_t i = 0; !wrong && i < sizeof(names) / sizeof(names[0]); i++)
        wrong = know_free(compiler, names[i]);
    for (size_t i = 0; !wrong && i < policy->customers.mailing_count; i++)
        wrong = know_free(compiler, policy->customers.mailings[i]);
    for (size_t i = 0; !wrong && i < policy->customers.courtesy_count; i++)
        wrong = know_free(compiler, policy->customers.courtesy[i]);
    return wrong;
}

static const char *know_report(struct compiler *compiler, const struct report_policy *report)
{
    struct policy *policy = compiler->policy;

    if (report->has_on) {
        const char *wrong = no_past(compiler, report->template_name);

        if (wrong)
            return wrong;
    }
    if (report->template_name &&
        notice_template_uses(policy->templates, report->template_name) >> VARIABLE_PAST & 1)
        policy->told_past |= report->when.classes ? report->when.classes : UINT32_MAX;
    return know_letter(compiler, report->template_name, report->when.classes);
}

/* What a schedule opens waits for no database. */
static const char *know_schedule(struct compiler *compiler, const struct schedule_policy *schedule)
{
    const char *wrong = no_past(compiler, schedule->template_name);

    if (!wrong && schedule->opens && (compiler->policy->told_past >> schedule->class_index & 1))
        return value_wrong(compiler,
                           "it opens class %s, whose report at intake names {customer.tickets}: schedules "
                           "can't read them",
                           compiler->policy->classes.terms[schedule->class_index].name);
    return wrong ? wrong : know_letter(compiler, schedule->template_name, 0);
}

static const char *know_clock(struct compiler *compiler, const struct clock_policy *clock)
{
    const char *wrong = no_past(compiler, clock->breach_template);

    if (!wrong)
        wrong = no_past(compiler, clock->remind_template);
    if (!wrong)
        wrong = know_letter(compiler, clock->breach_template, clock->when.classes);
    return wrong ? wrong : know_letter(compiler, clock->remind_template, clock->when.classes);
}

const char *section_know_story(struct compiler *compiler, int *ret_line)
{
    const struct policy *policy = compiler->policy;
    const char *wrong = NULL;

    for (size_t i = 0; !wrong && i < policy->report_count; i++) {
        *ret_line = policy->reports[i].line;
        wrong = know_report(compiler, &policy->reports[i]);
    }
    for (size_t i = 0; !wrong && i < policy->clock_count; i++) {
        *ret_line = policy->clocks[i].line;
        wrong = know_clock(compiler, &policy->clocks[i]);
    }
    for (size_t i = 0; !wrong && i < policy->schedule_count; i++) {
        *ret_line = policy->schedules[i].line;
        wrong = know_schedule(compiler, &policy->schedules[i]);
    }
    return wrong ? wrong : know_rest(compiler);
}
