/*
 * Sections of a regime file about what people are told in which way: [notices], and what [role X] says of the
 * mails that its holders get.
 *
 * Readers of rows in policy_compile.c's table. What a role need not see is masked (notice_words.c); the words
 * for it are those of the trade, not those of the templates, because the person who decides it reads regimes.
 */
#include "lib/policy_sections.h"

#include "lib/base/memory.h"
#include <string.h>

/* ---- [role X] ---- */

static const struct {
    const char *word;
    enum notice_variable variable;
} sights[] = {
    {"number", VARIABLE_NUMBER},
    {"class", VARIABLE_CLASS},
    {"types", VARIABLE_TYPES},
    {"urgency", VARIABLE_URGENCY},
    {"stage", VARIABLE_STAGE},
    {"customer", VARIABLE_CUSTOMER},
    {"department", VARIABLE_DEPARTMENT},
    {"handler", VARIABLE_HANDLER},
    {"clock", VARIABLE_CLOCK},
    {"received", VARIABLE_RECEIVED},
    {"due", VARIABLE_DUE},
    {"overrun", VARIABLE_OVERRUN},
    {"left", VARIABLE_LEFT},
    {"reason", VARIABLE_REASON},
};

#define SIGHT_COUNT (sizeof(sights) / sizeof(sights[0]))

static const char *unknown_sight(struct compiler *compiler, const char *word)
{
    const char *known = "everything";

    for (size_t i = 0; i < SIGHT_COUNT; i++)
        known = arena_printf(&compiler->policy->arena, "%s, %s", known, sights[i].word);
    return value_wrong(compiler, "mails show no '%s' (known: %s)", word, known);
}

static const char *add_sight(struct compiler *compiler, const char *word, uint32_t *sees)
{
    if (strcmp(word, "everything") == 0) {
        *sees |= NOTICE_ALL;
        return NULL;
    }
    for (size_t i = 0; i < SIGHT_COUNT; i++)
        if (strcmp(sights[i].word, word) == 0) {
            *sees |= UINT32_C(1) << sights[i].variable;
            return NULL;
        }
    return unknown_sight(compiler, word);
}

/* Who is told, and when, is never masked. */
const char *read_role_sees(struct compiler *compiler, const struct entry *entry)
{
    uint32_t sees = UINT32_C(1) << VARIABLE_RECIPIENT | UINT32_C(1) << VARIABLE_NOW;
    const char *cursor = entry->value;
    uint8_t role;
    const char *wrong = value_term(compiler, &compiler->policy->roles, "role", entry->subject, &role);

    if (!wrong && !entry->value[0])
        wrong =
            value_wrong(compiler, "what do their mails show? (such as number department clock due overrun)");
    for (char *word; !wrong && (word = value_word(compiler, &cursor));)
        wrong = add_sight(compiler, word, &sees);
    if (!wrong)
        compiler->policy->role_sees[role] = sees;
    return wrong;
}

/* ---- [notices] ---- */

/* Labels of letters, digits and hyphens with one dot between two. */
static bool is_domain(const char *word)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-";

    for (;;) {
        size_t length = strspn(word, letters);

        if (!length || word[0] == '-' || word[length - 1] == '-')
            return false;
        if (!word[length])
            return true;
        if (word[length] != '.')
            return false;
        word += length + 1;
    }
}

const char *read_notice_domains(struct compiler *compiler, const struct entry *entry)
{
    struct notices_policy *notices = &compiler->policy->notices;
    const char *cursor = entry->value;

    notices->line = entry->line;
    for (char *word; (word = value_word(compiler, &cursor));) {
        if (!is_domain(word))
            return value_wrong(compiler, "'%s' is no domain of mail addresses (such as example.cn)", word);
        notices->domains = memory_reserve(notices->domains, &notices->domain_capacity,
                                          notices->domain_count + 1, sizeof(*notices->domains));
        notices->domains[notices->domain_count++] = word;
    }
    return notices->domain_count ? NULL : value_wrong(compiler, "at least one domain is needed");
}
