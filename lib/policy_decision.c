/*
 * The [decision X] section of a regime file: which words, and by which rows one of them is said.
 *
 * Readers of rows in policy_compile.c's table. Words are read before rows, which name them. What a row asks
 * of a field is written and read as schedules ask it of a record (`when`), but a field is named as clocks
 * name it: field.NAME, or field.NAME.MEMBER of the record that it names. Rows stand in the file's order,
 * because the first that holds decides; so `else` is the last, and must be there.
 */
#include "lib/policy_schedule.h"

#include "lib/base/memory.h"
#include "lib/field_path.h"
#include <string.h>

const char *section_open_decision(struct compiler *compiler, const struct entry *entry)
{
    struct policy *policy = compiler->policy;

    if (policy->decision_count >= DECISIONS_MAX)
        return value_wrong(compiler, "at most %d decisions", DECISIONS_MAX);
    if (!value_is_name(entry->subject))
        return value_wrong(compiler, "a decision's name is one word of small letters, digits and _");
    policy->decisions = memory_reserve(policy->decisions, &policy->decision_capacity,
                                       policy->decision_count + 1, sizeof(*policy->decisions));
    policy->decisions[policy->decision_count++] = (struct decision_policy){
        .name = entry->subject, .title = {entry->subject, entry->subject}, .line = entry->line};
    return NULL;
}

static struct decision_policy *decision_of(struct compiler *compiler, const struct entry *entry)
{
    struct decision_policy *decision = compiler->policy->decisions;

    while (strcmp(decision->name, entry->subject) != 0)
        decision++;
    return decision;
}

const char *read_decision_title(struct compiler *compiler, const struct entry *entry)
{
    return value_title(compiler, entry->value, decision_of(compiler, entry)->title);
}

const char *read_decision_classes(struct compiler *compiler, const struct entry *entry)
{
    return value_terms(compiler, &compiler->policy->classes, "class", entry->value,
                       &decision_of(compiler, entry)->classes);
}

/* `word free = 免费更换 | Replaced free of charge` */
const char *read_decision_word(struct compiler *compiler, const struct entry *entry)
{
    struct decision_policy *decision = decision_of(compiler, entry);
    const char *name = entry->key + strlen("word");

    name += *name == ' ';
    if (!value_is_name(name))
        return value_wrong(compiler, "a word is written: word NAME = 中文 | English (a name is one word of "
                                     "small letters, digits and _)");
    if (strcmp(name, "else") == 0)
        return value_wrong(compiler, "no word can be called 'else'");
    if (decision->word_count >= DECISION_WORDS_MAX)
        return value_wrong(compiler, "at most %d words", DECISION_WORDS_MAX);
    struct decision_word *word = &decision->words[decision->word_count++];

    word->name = name;
    return value_title(compiler, entry->value[0] ? entry->value : name, word->title);
}

static const char *find_word(struct compiler *compiler, const struct decision_policy *decision,
                             const char *name, uint8_t *ret_word)
{
    const char *known = "none";

    for (uint8_t i = 0; i < decision->word_count; i++) {
        if (strcmp(decision->words[i].name, name) == 0) {
            *ret_word = i;
            return NULL;
        }
        known = i ? arena_printf(&compiler->policy->arena, "%s, %s", known, decision->words[i].name)
                  : decision->words[i].name;
    }
    return value_wrong(compiler, "unknown word '%s' (known: %s; write word %s = 中文 | English)", name, known,
                       name);
}

/* `field.asset.damage human`, `field.asset.applied_on since 36mo` */
static const char *read_condition(struct compiler *compiler, struct decision_rule *rule, const char *text)
{
    const char *name = value_word(compiler, &text), *word = value_word(compiler, &text);

    if (rule->condition_count >= DECISION_CONDITIONS_MAX)
        return value_wrong(compiler, "at most %d conditions", DECISION_CONDITIONS_MAX);
    if (!name || !word || strncmp(name, "field.", strlen("field.")) != 0)
        return value_wrong(compiler, "a condition is written field.NAME WORD…, field.NAME within SPAN or "
                                     "field.NAME since SPAN");
    struct decision_condition *condition = &rule->conditions[rule->condition_count++];
    bool is_span = strcmp(word, "within") == 0 || strcmp(word, "since") == 0;
    const char *wrong = value_path(
        compiler, name, is_span ? KINDS_DAY : KIND(FIELD_WORDS) | KIND(FIELD_YES_NO), &condition->path);

    compiler->policy->decides_by_days |= is_span;
    return wrong ? wrong
                 : schedule_condition(compiler, field_path_field(compiler->policy, condition->path),
                                      &condition->when, word, &text);
}

static const char *read_conditions(struct compiler *compiler, struct decision_rule *rule, char *list)
{
    const char *wrong = NULL;

    for (char *save, *part = strtok_r(list, ",", &save); part && !wrong; part = strtok_r(NULL, ",", &save))
        wrong = read_condition(compiler, rule, part);
    if (wrong || rule->condition_count)
        return wrong;
    return value_wrong(compiler, "before -> stands a condition, or else");
}

/* `rule = CONDITION, CONDITION -> WORD`, `rule = else -> WORD` */
const char *read_decision_rule(struct compiler *compiler, const struct entry *entry)
{
    struct decision_policy *decision = decision_of(compiler, entry);
    struct decision_rule *rule = &decision->rules[decision->rule_count];
    char *list = arena_text(&compiler->policy->arena, entry->value), *arrow = strstr(list, "->");
    const char *before = list, *behind = arrow ? arrow + 2 : "", *word = value_word(compiler, &behind);

    if (decision->rule_count && !decision->rules[decision->rule_count - 1].condition_count)
        return value_wrong(compiler, "no rule behind else is ever asked: else is the last");
    if (decision->rule_count >= DECISION_RULES_MAX)
        return value_wrong(compiler, "at most %d rules", DECISION_RULES_MAX);
    if (!word || value_word(compiler, &behind))
        return value_wrong(compiler, "a rule is written CONDITION, CONDITION -> WORD, and the last else -> "
                                     "WORD");
    *arrow = '\0';
    decision->rule_count++;
    rule->line = entry->line;
    const char *wrong = find_word(compiler, decision, word, &rule->word),
               *first = value_word(compiler, &before);

    if (wrong || (first && strcmp(first, "else") == 0 && !value_word(compiler, &before)))
        return wrong;
    return read_conditions(compiler, rule, list);
}

/* ---- the whole ---- */

static const char *check_words(struct compiler *compiler, const struct decision_policy *decision)
{
    uint32_t said = 0;

    for (uint8_t i = 0; i < decision->rule_count; i++)
        said |= UINT32_C(1) << decision->rules[i].word;
    for (uint8_t i = 0; i < decision->word_count; i++)
        if (!(said >> i & 1))
            return value_wrong(compiler, "[decision %s]: no rule says '%s'", decision->name,
                               decision->words[i].name);
    return NULL;
}

/* A field that tickets of a class don't have would leave every one of them undecided. */
static const char *check_fields(struct compiler *compiler, const struct decision_policy *decision,
                                const struct decision_rule *rule)
{
    const struct policy *policy = compiler->policy;

    for (size_t class_index = 0; class_index < policy->classes.count; class_index++)
        for (uint8_t i = 0; i < rule->condition_count; i++) {
            uint8_t field = rule->conditions[i].path.field;
            bool is_asked = !decision->classes || decision->classes >> class_index & 1;

            if (is_asked && !policy_has_field(policy, (uint8_t)class_index, field))
                return value_wrong(
                    compiler,
                    "[decision %s]: class %s has no field '%s' (say classes = … of those that have)",
                    decision->name, policy->classes.terms[class_index].name,
                    policy->fields[field].value.name);
        }
    return NULL;
}

const char *section_check_decisions(struct compiler *compiler, int *ret_line)
{
    struct policy *policy = compiler->policy;
    const char *wrong = NULL;

    for (size_t i = 0; i < policy->decision_count && !wrong; i++) {
        const struct decision_policy *decision = &policy->decisions[i];

        *ret_line = decision->line;
        if (!decision->rule_count || decision->rules[decision->rule_count - 1].condition_count)
            return value_wrong(compiler, "[decision %s] needs a last rule: rule = else -> WORD",
                               decision->name);
        wrong = check_words(compiler, decision);
        for (uint8_t j = 0; j < decision->rule_count && !wrong; j++) {
            *ret_line = decision->rules[j].line;
            wrong = check_fields(compiler, decision, &decision->rules[j]);
        }
    }
    return wrong;
}
