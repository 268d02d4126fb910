/*
 * [form X]: the regime's printed forms.
 *
 * Readers of rows in policy_compile.c's table. A form's record is numbered by the ticket: its own prefix
 * before the ticket's serial, so that it is unique, without gaps and never given twice because the ticket's
 * number is, and nobody has to decide when a form comes into being. What stands on the page is the
 * stylesheet's.
 */
#include "lib/policy_sections.h"

#include "lib/base/memory.h"
#include <string.h>

#define SERIAL           "{serial}"
#define NUMBER_BYTES_MAX 40

const char *section_open_form(struct compiler *compiler, const struct entry *entry)
{
    struct policy *policy = compiler->policy;

    if (policy->form_count >= FORMS_MAX)
        return value_wrong(compiler, "at most %d forms", FORMS_MAX);
    if (strpbrk(entry->subject, " ,:") || !entry->subject[0] || strlen(entry->subject) > NUMBER_BYTES_MAX)
        return value_wrong(compiler, "'%s': a form's name is one word", entry->subject);
    policy->forms[policy->form_count++] = (struct form_policy){
        .name = entry->subject,
        .title = {entry->subject, entry->subject},
        .line = entry->line,
    };
    return NULL;
}

/* Sections were opened in the order of the file, so the form of an entry is there. */
static struct form_policy *form_of(struct compiler *compiler, const struct entry *entry)
{
    size_t i = policy_find_form(compiler->policy, entry->subject);

    return &compiler->policy->forms[i];
}

const char *read_form_title(struct compiler *compiler, const struct entry *entry)
{
    return value_title(compiler, entry->value, form_of(compiler, entry)->title);
}

const char *read_form_page(struct compiler *compiler, const struct entry *entry)
{
    form_of(compiler, entry)->page = entry->value;
    if (value_is_name(entry->value))
        return NULL;
    return value_wrong(compiler, "'%s' is no name of a stylesheet (small letters, digits and _)",
                       entry->value);
}

const char *read_form_classes(struct compiler *compiler, const struct entry *entry)
{
    return value_terms(compiler, &compiler->policy->classes, "class", entry->value,
                       &form_of(compiler, entry)->classes);
}

static bool is_printable(const char *text)
{
    return text[0] && strlen(text) <= NUMBER_BYTES_MAX && !strpbrk(text, "{}\"\\<>");
}

const char *read_form_number(struct compiler *compiler, const struct entry *entry)
{
    form_of(compiler, entry)->number = entry->value;
    if (is_printable(entry->value))
        return NULL;
    return value_wrong(compiler, "a form's number is a short text such as NR510201A");
}

const char *read_form_record(struct compiler *compiler, const struct entry *entry)
{
    struct form_policy *form = form_of(compiler, entry);
    const char *serial = strstr(entry->value, SERIAL);

    if (!serial)
        return value_wrong(compiler,
                           "a record's number contains {serial}, the ticket's (such as NR510201B-{serial})");
    form->prefix = arena_bytes(&compiler->policy->arena, entry->value, (size_t)(serial - entry->value));
    form->suffix = arena_text(&compiler->policy->arena, serial + strlen(SERIAL));
    if (is_printable(form->prefix) && (!form->suffix[0] || is_printable(form->suffix)))
        return NULL;
    return value_wrong(compiler, "a record's number begins with letters and knows only {serial}, once");
}

const char *read_form_contact(struct compiler *compiler, const struct entry *entry)
{
    form_of(compiler, entry)->is_masked = true;
    if (strcmp(entry->value, "masked") == 0)
        return NULL;
    return value_wrong(compiler, "contact = masked, or nothing: then as whoever prints it may see it");
}

/* Titles with commas between them: `NP510100 维护管理 | NP510100 Maintenance, NW510101 …`. */
const char *read_form_cites(struct compiler *compiler, const struct entry *entry)
{
    struct form_policy *form = form_of(compiler, entry);
    char *list = arena_text(&compiler->policy->arena, entry->value);
    const char *wrong = NULL;

    for (char *save, *part = strtok_r(list, ",", &save); part && !wrong; part = strtok_r(NULL, ",", &save)) {
        part += strspn(part, " ");
        if (!part[0] || form->cite_count >= FORM_CITES_MAX)
            return value_wrong(compiler, "1 to %d documents, with commas between them", FORM_CITES_MAX);
        for (size_t length = strlen(part); length && part[length - 1] == ' '; length--)
            part[length - 1] = '\0';
        wrong = value_title(compiler, part, form->cites[form->cite_count++].title);
    }
    return wrong;
}

static bool is_of_form(const struct form_policy *form, size_t class_index)
{
    return !form->classes || form->classes >> class_index & 1;
}

/* A serial says which ticket it is only within one series, and under one prefix only on one form. */
static const char *check_record(struct compiler *compiler, struct form_policy *form)
{
    const struct policy *policy = compiler->policy;

    form->series = POLICY_NONE;
    for (size_t i = 0; i < policy->classes.count; i++) {
        uint8_t number = policy->class_policies[i].number;

        if (is_of_form(form, i) && form->series != POLICY_NONE && form->series != number)
            return value_wrong(
                compiler,
                "[form %s] record: its classes have numbers of their own, so that a {serial} is "
                "no single ticket's",
                form->name);
        if (is_of_form(form, i))
            form->series = number;
    }
    for (const struct form_policy *other = policy->forms; other < form; other++)
        if (other->prefix && strcmp(other->prefix, form->prefix) == 0 &&
            strcmp(other->suffix, form->suffix) == 0)
            return value_wrong(compiler, "[form %s] record: the records of [form %s] have the same numbers",
                               form->name, other->name);
    return NULL;
}

const char *section_check_forms(struct compiler *compiler, int *ret_line)
{
    struct policy *policy = compiler->policy;
    const char *wrong = NULL;

    for (size_t i = 0; i < policy->form_count && !wrong; i++) {
        *ret_line = policy->forms[i].line;
        if (policy_find_form(policy, policy->forms[i].name) != i)
            return value_wrong(compiler, "there are two forms '%s'", policy->forms[i].name);
        if (!policy->forms[i].page)
            return value_wrong(compiler, "[form %s] needs a page (its stylesheet)", policy->forms[i].name);
        if (policy->forms[i].prefix)
            wrong = check_record(compiler, &policy->forms[i]);
    }
    return wrong;
}
