/* Small tables that a regime decides by: the first row that holds says the word. Part of a policy. */
#ifndef DUBAN_LIB_DECISION_POLICY_H
#define DUBAN_LIB_DECISION_POLICY_H

#include "lib/field_policy.h"
#include "lib/schedule_policy.h"

#define DECISIONS_MAX           8
#define DECISION_WORDS_MAX      16
#define DECISION_RULES_MAX      16
#define DECISION_CONDITIONS_MAX 4

struct decision_word {
    const char *name;
    const char *title[LANGUAGE_COUNT];
};

/* What a field or a record must say; `when.field` is not used, the path is. */
struct decision_condition {
    struct field_path path;
    struct schedule_when when;
};

struct decision_rule {
    struct decision_condition conditions[DECISION_CONDITIONS_MAX];
    uint8_t condition_count; /* 0: else */
    uint8_t word;
    int line;
};

struct decision_policy {
    const char *name;
    const char *title[LANGUAGE_COUNT];
    uint32_t classes; /* bits: whose tickets it is made for; 0: all */
    struct decision_word words[DECISION_WORDS_MAX];
    struct decision_rule rules[DECISION_RULES_MAX]; /* the last is else */
    uint8_t word_count, rule_count;
    int line;
};

#endif
