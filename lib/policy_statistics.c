/*
 * The section [statistics] of a regime: what its reports go by.
 *
 * Readers of rows in policy_compile.c's table. Which classes are complaints, which types say something of a
 * person's attitude, what a level of satisfaction is worth, and where on a ticket its cause and its measures
 * stand: the record has all of it, but only the regime knows what it means.
 */
#include "lib/policy_sections.h"

#include <stdlib.h>
#include <string.h>

static struct statistics_policy *statistics_of(struct compiler *compiler, const struct entry *entry)
{
    struct statistics_policy *statistics = &compiler->policy->statistics;

    if (!statistics->line)
        for (size_t i = 0; i < POLICY_TERMS_MAX; i++)
            statistics->scores[i] = -1;
    statistics->line = entry->line;
    return statistics;
}

const char *read_statistics_complaints(struct compiler *compiler, const struct entry *entry)
{
    return value_terms(compiler, &compiler->policy->classes, "class", entry->value,
                       &statistics_of(compiler, entry)->complaints);
}

const char *read_statistics_attitude(struct compiler *compiler, const struct entry *entry)
{
    return value_terms(compiler, &compiler->policy->types, "type", entry->value,
                       &statistics_of(compiler, entry)->attitude);
}

static const char *read_score(struct compiler *compiler, struct statistics_policy *statistics,
                              const char *part)
{
    const char *word = value_word(compiler, &part), *number = value_word(compiler, &part);
    uint8_t level;
    char *end = NULL;

    if (!word || !number || value_word(compiler, &part))
        return value_wrong(compiler, "scores are written LEVEL NUMBER, LEVEL NUMBER");
    const char *wrong =
        value_term(compiler, &compiler->policy->levels, "level of satisfaction", word, &level);
    long score = strtol(number, &end, 10);

    if (wrong)
        return wrong;
    if (*end || end == number || score < 0 || score > 100)
        return value_wrong(compiler, "a score is a number from 0 to 100, not '%s'", number);
    statistics->scores[level] = (int32_t)score;
    return NULL;
}

/* `satisfied 100, fair 60, unhappy 0` */
const char *read_statistics_scores(struct compiler *compiler, const struct entry *entry)
{
    struct statistics_policy *statistics = statistics_of(compiler, entry);
    char *list = arena_text(&compiler->policy->arena, entry->value);
    const char *wrong = NULL;

    for (char *save, *part = strtok_r(list, ",", &save); part && !wrong; part = strtok_r(NULL, ",", &save))
        wrong = read_score(compiler, statistics, part);
    return wrong;
}

/* ---- where something is said ---- */

static const char *read_place(struct compiler *compiler, char *word, struct said_place *place)
{
    static const struct {
        const char *name;
        enum said_in in;
    } plain[] = {{"plan", SAID_IN_PLAN}, {"result", SAID_IN_RESULT}};
    uint8_t step;

    for (size_t i = 0; i < sizeof(plain) / sizeof(*plain); i++)
        if (strcmp(plain[i].name, word) == 0) {
            *place = (struct said_place){.in = plain[i].in, .name = ""};
            return NULL;
        }
    if (strncmp(word, "step:", 5) == 0) {
        *place = (struct said_place){.in = SAID_IN_STEP, .name = word + 5};
        return value_term(compiler, &compiler->policy->steps, "step", word + 5, &step);
    }
    if (strncmp(word, "field:", 6) == 0 && value_is_name(word + 6)) {
        *place = (struct said_place){.in = SAID_IN_FIELD, .name = word + 6};
        return NULL;
    }
    return value_wrong(compiler, "'%s' is no place of a ticket (known: step:STEP, field:FIELD, plan, result)",
                       word);
}

static const char *read_places(struct compiler *compiler, const char *text, struct said_places *places)
{
    places->count = 0;
    for (char *word; (word = value_word(compiler, &text));) {
        if (places->count == SAID_PLACES_MAX)
            return value_wrong(compiler, "at most %d places", SAID_PLACES_MAX);
        const char *wrong = read_place(compiler, word, &places->list[places->count++]);

        if (wrong)
            return wrong;
    }
    return places->count ? NULL : value_wrong(compiler, "at least one place is needed, such as step:STEP");
}

const char *read_statistics_causes(struct compiler *compiler, const struct entry *entry)
{
    return read_places(compiler, entry->value, &statistics_of(compiler, entry)->causes);
}

const char *read_statistics_measures(struct compiler *compiler, const struct entry *entry)
{
    return read_places(compiler, entry->value, &statistics_of(compiler, entry)->measures);
}
