/*
 * Which tickets something applies to, as a regime writes it.
 *
 * `when = urgency urgent, class complaint, customer key` of a clock, and the qualifiers behind `rung` and
 * `remind`, are the same conditions: sets of the regime's words, one set for each thing of a ticket that may
 * be asked about. The table below is the only place that knows which those are; used by policy_class.c and
 * policy_clock.c. What is decided by them is in policy.c.
 */
#include "lib/policy_sections.h"

#include <stddef.h>
#include <string.h>

#define WORDS(member) offsetof(struct policy, member)
#define SET(member)   offsetof(struct applies, member)

/* What may be asked about a ticket, by which words. Customers have no vocabulary: they are key accounts or
   not. */
static const struct question {
    const char *name;
    size_t words, set;
} questions[] = {
    {"urgency", WORDS(urgencies), SET(urgencies)},
    {"class", WORDS(classes), SET(classes)},
    {"type", WORDS(types), SET(types)},
    {"stage", WORDS(stages), SET(stages)},
    {"customer", 0, SET(key_customers)},
};

#define QUESTION_COUNT (sizeof(questions) / sizeof(questions[0]))

static const struct question *find_question(const char *word)
{
    for (size_t i = 0; i < QUESTION_COUNT; i++)
        if (strcmp(questions[i].name, word) == 0)
            return &questions[i];
    return NULL;
}

static const struct vocabulary *words_of(const struct compiler *compiler, const struct question *question)
{
    return (const void *)((const char *)compiler->policy + question->words);
}

static const char *add_word(struct compiler *compiler, const struct question *question, const char *word,
                            struct applies *applies)
{
    uint8_t index;

    if (question->set == SET(key_customers)) {
        applies->key_customers = strcmp(word, "key") == 0;
        return applies->key_customers ? NULL
                                      : value_wrong(compiler, "unknown customer '%s' (known: key)", word);
    }
    const char *wrong = value_term(compiler, words_of(compiler, question), question->name, word, &index);

    compiler->policy->watches_stages |= question->set == SET(stages);
    if (!wrong)
        *(uint32_t *)(void *)((char *)applies + question->set) |= UINT32_C(1) << index;
    return wrong;
}

/* A word that stands without its question is an urgency or a class. */
static const char *add_bare_word(struct compiler *compiler, const char *word, struct applies *applies)
{
    const struct policy *policy = compiler->policy;
    struct arena *arena = &compiler->policy->arena;
    uint8_t urgency = vocabulary_find(&policy->urgencies, word);
    uint8_t class_index = vocabulary_find(&policy->classes, word);

    if (urgency != POLICY_NONE)
        applies->urgencies |= UINT32_C(1) << urgency;
    else if (class_index != POLICY_NONE)
        applies->classes |= UINT32_C(1) << class_index;
    else
        return value_wrong(compiler,
                           "'%s' is neither an urgency (%s) nor a class (%s); other words follow what they "
                           "are: type, stage or customer",
                           word, vocabulary_list(&policy->urgencies, VOCABULARY_ALL, ", ", arena),
                           vocabulary_list(&policy->classes, VOCABULARY_ALL, ", ", arena));
    return NULL;
}

const char *value_applies(struct compiler *compiler, const char *text, struct applies *ret_applies)
{
    const struct question *question = NULL;
    const char *wrong = NULL;
    bool is_answered = true;

    for (char *word; !wrong && (word = value_word(compiler, &text));) {
        const struct question *next = is_answered ? find_question(word) : NULL;

        if (next) {
            question = next;
            is_answered = false;
            continue;
        }
        is_answered = true;
        wrong = question ? add_word(compiler, question, word, ret_applies)
                         : add_bare_word(compiler, word, ret_applies);
    }
    if (!wrong && !is_answered)
        wrong = value_wrong(compiler, "at least one %s is needed", question->name);
    return wrong;
}

/* `field:warranty yes`: what the ticket must say, and goes on saying. */
static const char *read_fact(struct compiler *compiler, const char *text, struct applies *applies)
{
    char *condition = arena_text(&compiler->policy->arena, text);
    uint8_t fact;

    for (size_t end = strlen(condition); end && strchr(" \t", condition[end - 1]); end--)
        condition[end - 1] = '\0';
    const char *wrong = section_fact(compiler, condition, &fact);

    if (!wrong)
        applies->facts |= UINT64_C(1) << fact;
    return wrong;
}

const char *value_when(struct compiler *compiler, const char *text, struct applies *ret_applies)
{
    char *list = arena_text(&compiler->policy->arena, text);
    const char *wrong = NULL;

    for (char *save, *part = strtok_r(list, ",", &save); part && !wrong; part = strtok_r(NULL, ",", &save)) {
        const char *cursor = part;
        const char *word = value_word(compiler, &cursor);

        if (word && find_question(word))
            wrong = value_applies(compiler, part, ret_applies);
        else if (word && strncmp(word, "field:", 6) == 0)
            wrong = read_fact(compiler, part + strspn(part, " \t"), ret_applies);
        else
            wrong = value_wrong(compiler,
                                "'when' knows urgency, class, type, stage, customer and field:NAME, not '%s'",
                                word ? word : "");
    }
    return wrong;
}
