/*
 * Values of a regime file: words, spans, conditions.
 *
 * Used by policy_compile.c only. Every reader either understands the whole value or says in a sentence what
 * is wrong and what would be right; half a value never reaches the policy. Complaints live in the policy's
 * arena, which is thrown away with the policy that failed.
 */
#include "lib/policy_compile.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORDS(member) offsetof(struct policy, member)

/* What can happen, and for `contact:apology` which of the regime's words may stand after the colon. */
static const struct {
    const char *name;
    const char *kind; /* what its kinds are called, NULL: it has none */
    size_t words;     /* where in struct policy they are */
} happenings[HAPPENING_COUNT] = {
    [HAPPENING_RECEIVED] = {"received", NULL, 0},
    [HAPPENING_ASSIGNED] = {"assigned", NULL, 0},
    [HAPPENING_PLAN] = {"plan", NULL, 0},
    [HAPPENING_CONTACT] = {"contact", "contact kind", WORDS(kinds)},
    [HAPPENING_SOLVED] = {"solved", NULL, 0},
    [HAPPENING_CLOSED] = {"closed", NULL, 0},
    [HAPPENING_REOPENED] = {"reopened", NULL, 0},
    [HAPPENING_STEP] = {"step", "step", WORDS(steps)},
    [HAPPENING_SIGNED] = {"signed", "signature", WORDS(signatures)},
    [HAPPENING_SATISFACTION] = {"satisfaction", "level of satisfaction", WORDS(levels)},
    [HAPPENING_ASKED] = {"asked", "approval", WORDS(approvals)},
    [HAPPENING_DECIDED] = {"decided", "approval", WORDS(approvals)},
    [HAPPENING_ACKNOWLEDGED] = {"acknowledged", NULL, 0},
    [HAPPENING_OCCURRED] = {"occurred", NULL, 0},
    [HAPPENING_MAILED] = {"mailed", NULL, 0},
    [HAPPENING_PROGRESS] = {"progress", NULL, 0},
    [HAPPENING_STAGE] = {"stage", "stage", WORDS(stages)},
    [HAPPENING_FIELD] = {"field", NULL, 0}, /* whose words stand behind it */
};

const char *happening_name(enum happening what)
{
    return happenings[what].name;
}

const char *value_wrong(struct compiler *compiler, const char *format, ...)
{
    char text[512];
    va_list list;

    va_start(list, format);
    vsnprintf(text, sizeof(text), format, list);
    va_end(list);
    return arena_text(&compiler->policy->arena, text);
}

char *value_word(struct compiler *compiler, const char **cursor)
{
    const char *start = *cursor + strspn(*cursor, " \t");
    size_t length = strcspn(start, " \t");

    *cursor = start + length;
    return length ? arena_bytes(&compiler->policy->arena, start, length) : NULL;
}

static const char *list_terms(struct compiler *compiler, const struct vocabulary *words)
{
    return vocabulary_list(words, VOCABULARY_ALL, ", ", &compiler->policy->arena);
}

const char *value_term(struct compiler *compiler, const struct vocabulary *words, const char *what,
                       const char *word, uint8_t *ret_index)
{
    *ret_index = vocabulary_find(words, word);
    if (*ret_index != POLICY_NONE)
        return NULL;
    return value_wrong(compiler, "unknown %s '%s' (known: %s)", what, word, list_terms(compiler, words));
}

const char *value_terms(struct compiler *compiler, const struct vocabulary *words, const char *what,
                        const char *text, uint32_t *ret_set)
{
    uint8_t index;

    *ret_set = 0;
    for (char *word; (word = value_word(compiler, &text));) {
        const char *wrong = value_term(compiler, words, what, word, &index);

        if (wrong)
            return wrong;
        *ret_set |= UINT32_C(1) << index;
    }
    return *ret_set ? NULL : value_wrong(compiler, "at least one %s is needed", what);
}

const char *value_boolean(struct compiler *compiler, const char *text, bool *ret_value)
{
    *ret_value = strcmp(text, "yes") == 0;
    if (*ret_value || strcmp(text, "no") == 0)
        return NULL;
    return value_wrong(compiler, "'%s' is neither yes nor no", text);
}

const char *value_span(struct compiler *compiler, const char *text, struct span *ret_span)
{
    enum span_outcome outcome = span_parse(text, ret_span);

    if (outcome != SPAN_OK)
        return value_wrong(compiler, "'%s' is no span: %s (such as 24h, 8bh, 3wd, 14d, 3mo)", text,
                           span_outcome_text(outcome));
    if (ret_span->amount < 0)
        return value_wrong(compiler, "'%s' must not be negative", text);
    return NULL;
}

const char *value_title(struct compiler *compiler, const char *text, const char *ret_title[LANGUAGE_COUNT])
{
    struct arena *arena = &compiler->policy->arena;
    const char *bar = strstr(text, " | ");
    size_t length = strlen(text);

    if (bar) {
        ret_title[LANGUAGE_ZH] = arena_bytes(arena, text, (size_t)(bar - text));
        ret_title[LANGUAGE_EN] = arena_text(arena, bar + 3);
        return NULL;
    }
    if (length && (text[0] == '|' || text[length - 1] == '|'))
        return value_wrong(compiler, "a title is written 中文 | English");
    ret_title[LANGUAGE_ZH] = ret_title[LANGUAGE_EN] = arena_text(arena, text);
    return NULL;
}

const char *value_happening(struct compiler *compiler, const char *word, enum happening *ret_what)
{
    for (enum happening what = 0; what < HAPPENING_COUNT; what++)
        if (strcmp(happenings[what].name, word) == 0) {
            compiler->policy->watches_stages |= what == HAPPENING_STAGE;
            *ret_what = what;
            return NULL;
        }
    const char *known = happenings[0].name;

    for (enum happening what = 1; what < HAPPENING_COUNT; what++)
        known = arena_printf(&compiler->policy->arena, "%s, %s", known, happenings[what].name);
    return value_wrong(compiler, "unknown happening '%s' (known: %s)", word, known);
}

const char *value_bare_happening(struct compiler *compiler, const char *word, enum happening *ret_what)
{
    const char *wrong = value_happening(compiler, word, ret_what);

    if (!wrong && *ret_what == HAPPENING_FIELD)
        return value_wrong(compiler, "a field can't stand here (what starts the clock again is 'start')");
    return wrong;
}

/* The word after the colon, or after an `or` behind it. */
static const char *read_kind(struct compiler *compiler, const char *word, struct condition *condition)
{
    const char *name = happenings[condition->what].name, *kind = happenings[condition->what].kind;
    const char *policy = (const char *)compiler->policy;
    uint8_t index;

    if (!kind)
        return value_wrong(compiler, "there are no kinds of %s: '%s:%s'", name, name, word);
    const char *wrong =
        value_term(compiler, (const void *)(policy + happenings[condition->what].words), kind, word, &index);

    if (!wrong)
        condition->kinds |= UINT32_C(1) << index;
    return wrong;
}

/* ---- field:NAME WORD or WORD ---- */

static const char *list_fields(struct compiler *compiler)
{
    const struct policy *policy = compiler->policy;
    const char *known = NULL;

    for (size_t i = 0; i < policy->field_count; i++)
        known = known ? arena_printf(&compiler->policy->arena, "%s, %s", known, policy->fields[i].value.name)
                      : policy->fields[i].value.name;
    return known ? known : "none";
}

static const char *read_field_name(struct compiler *compiler, const char *name, struct condition *condition)
{
    if (!name)
        return value_wrong(compiler, "which field? (field:NAME)");
    condition->of = policy_find_field(compiler->policy, name);
    if (condition->of == POLICY_NONE)
        return value_wrong(compiler, "there is no [field %s] (known: %s)", name, list_fields(compiler));
    return NULL;
}

static const char *add_field_word(struct compiler *compiler, const char *word, struct condition *condition)
{
    const struct register_field *field = &compiler->policy->fields[condition->of].value;
    uint8_t index = policy_field_word(field, word);

    if (field->kind != FIELD_WORDS && field->kind != FIELD_YES_NO)
        return value_wrong(compiler, "of the field %s can only be asked whether it is filled in: field:%s",
                           field->name, field->name);
    if (index == POLICY_NONE)
        return value_wrong(compiler, "'%s' is no word of the field %s", word, field->name);
    condition->kinds |= UINT32_C(1) << index;
    return NULL;
}

static bool is_how(const char *word)
{
    return strcmp(word, "by") == 0 || strcmp(word, "over") == 0;
}

/* The words behind the name, if any; `*word` is the one that comes after them. */
static const char *read_field_words(struct compiler *compiler, const char **cursor,
                                    struct condition *condition, char **word)
{
    const char *wrong = NULL;

    *word = value_word(compiler, cursor);
    while (!wrong && *word && !is_how(*word)) {
        wrong = add_field_word(compiler, *word, condition);
        *word = wrong ? NULL : value_word(compiler, cursor);
        if (!*word || strcmp(*word, "or") != 0)
            break;
        *word = value_word(compiler, cursor);
        if (!*word || is_how(*word))
            wrong = value_wrong(compiler, "'or' stands between two words");
    }
    return wrong;
}

/* `by ROLE… over CHANNEL…`, in any order; `word` is the first of them. */
static const char *read_how(struct compiler *compiler, const char *word, const char **cursor,
                            struct condition *condition)
{
    const struct policy *policy = compiler->policy;
    bool is_by = strcmp(word, "by") == 0;
    const struct vocabulary *words = is_by ? &policy->roles : &policy->channels;
    uint32_t *set = is_by ? &condition->roles : &condition->channels;
    const char *wrong = NULL;
    uint8_t index;

    if (!is_by && strcmp(word, "over") != 0)
        return value_wrong(compiler, "'%s' is not understood here (perhaps: by ROLE)", word);
    if (!is_by && condition->what != HAPPENING_CONTACT)
        return value_wrong(compiler, "only a contact comes over a channel");
    while (!wrong && (word = value_word(compiler, cursor)) && strcmp(word, is_by ? "over" : "by") != 0) {
        wrong = value_term(compiler, words, is_by ? "role" : "channel", word, &index);
        if (!wrong)
            *set |= UINT32_C(1) << index;
    }
    if (!wrong && !*set)
        return value_wrong(compiler,
                           is_by ? "'by' needs a role after it" : "'over' needs a channel after it");
    return wrong || !word ? wrong : read_how(compiler, word, cursor, condition);
}

const char *value_condition(struct compiler *compiler, const char *text, struct condition *ret_condition)
{
    const char *cursor = text;
    char *word = value_word(compiler, &cursor);
    const char *wrong;

    *ret_condition = (struct condition){.text = arena_text(&compiler->policy->arena, text)};
    if (!word)
        return value_wrong(compiler, "a condition is missing");
    char *colon = strchr(word, ':');

    if (colon)
        *colon = '\0';
    wrong = value_happening(compiler, word, &ret_condition->what);
    bool is_field = !wrong && ret_condition->what == HAPPENING_FIELD;

    if (is_field) {
        wrong = read_field_name(compiler, colon ? colon + 1 : NULL, ret_condition);
        if (!wrong)
            wrong = read_field_words(compiler, &cursor, ret_condition, &word);
        return wrong || !word ? wrong : read_how(compiler, word, &cursor, ret_condition);
    }
    if (!wrong && colon)
        wrong = read_kind(compiler, colon + 1, ret_condition);
    word = wrong ? NULL : value_word(compiler, &cursor);
    while (word && colon && strcmp(word, "or") == 0) {
        word = value_word(compiler, &cursor);
        wrong = word ? read_kind(compiler, word, ret_condition)
                     : value_wrong(compiler, "'or' stands between two kinds");
        word = wrong ? NULL : value_word(compiler, &cursor);
    }
    return wrong || !word ? wrong : read_how(compiler, word, &cursor, ret_condition);
}

const char *value_percent(struct compiler *compiler, const char *word, int32_t *ret_percent)
{
    size_t digits = strspn(word, "0123456789");
    long percent = strtol(word, NULL, 10);

    if (!digits || strcmp(word + digits, "%") != 0 || percent > 1000)
        return value_wrong(compiler, "'%s' is no percentage (such as 50%%)", word);
    *ret_percent = (int32_t)percent;
    return NULL;
}
