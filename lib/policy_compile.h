/* Shared by the two halves of the regime compiler: policy_compile.c (sections) and policy_value.c (values).
 */
#ifndef DUBAN_LIB_POLICY_COMPILE_H
#define DUBAN_LIB_POLICY_COMPILE_H

#include "lib/policy.h"

/* One `key = value` of the file, with what the section's header names after its first word. */
struct entry {
    const char *section; /* "clock" */
    const char *subject; /* "first_contact", "" when the header is one word */
    const char *key, *value;
    int line;
};

struct compiler {
    struct policy *policy;
    const struct policy_sources *sources;
    struct entry *entries;
    size_t count, capacity;
    bool is_frozen;   /* a list of rungs of another regime is read: unknown words are left out … */
    const char *lost; /* … and listed here */
};

/* All of these return NULL, or what is wrong (in the policy's arena). */
typedef const char *value_reader(struct compiler *compiler, const struct entry *entry);

const char *value_wrong(struct compiler *compiler, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The next word of `*cursor` (blank-separated), copied into the arena; NULL at the end. */
char *value_word(struct compiler *compiler, const char **cursor);

bool value_is_name(const char *word); /* small letters, digits and _, beginning with a letter */

/* Looks `word` up; the complaint lists what would do. */
const char *value_term(struct compiler *compiler, const struct vocabulary *words, const char *what,
                       const char *word, uint8_t *ret_index);
const char *value_terms(struct compiler *compiler, const struct vocabulary *words, const char *what,
                        const char *text, uint32_t *ret_set);
const char *value_boolean(struct compiler *compiler, const char *text, bool *ret_value);
const char *value_span(struct compiler *compiler, const char *text, struct span *ret_span);
const char *value_title(struct compiler *compiler, const char *text, const char *ret_title[LANGUAGE_COUNT]);
const char *value_condition(struct compiler *compiler, const char *text, struct condition *ret_condition);
const char *value_happening(struct compiler *compiler, const char *word, enum happening *ret_what);
/* `field.days`, `field.contract.expires`: where a value of one of these kinds (bits of enum field_kind) is
   found. Memory keeps the field from then on. In policy_field.c. */
const char *value_path(struct compiler *compiler, const char *word, uint32_t kinds,
                       struct field_path *ret_path);
#define KIND(kind) (UINT32_C(1) << (kind))

/* One that means something without a kind. */
const char *value_bare_happening(struct compiler *compiler, const char *word, enum happening *ret_what);
const char *value_percent(struct compiler *compiler, const char *word, int32_t *ret_percent);

/* `handler or department_head quality.department_head person:zhang.wei`. In policy_rung.c, with rungs. */
const char *value_audience(struct compiler *compiler, const char *text, struct audience *ret_audience);
/* The same, perhaps with `by mail sms` behind it: bits of enum notice_channel, 0 when nothing is said. */
const char *value_told(struct compiler *compiler, const char *text, struct audience *ret_audience,
                       uint8_t *ret_channels);
/* What is wrong with an audience that must be people of ours. */
const char *value_inside(struct compiler *compiler, const struct audience *audience);
const char *value_rung(struct compiler *compiler, const char *text, struct rung *ret_rung);

/* A list that was frozen: lines `rung = …` and `all clear = yes` or `no`, under the words of this policy,
   which owns the rungs. What it can't read it leaves out; the rung's `lost` says so. */
void rung_list_read(struct policy *policy, const char *body, struct rung_set *ret_set, bool *ret_all_clear);

/* `very_urgent complaint type repair customer key`: qualifiers after a key, in any order. What is neither an
   urgency nor a class stands behind the name of what it is. */
const char *value_applies(struct compiler *compiler, const char *text, struct applies *ret_applies);

/* `urgency very_urgent, class complaint, customer key`. */
const char *value_when(struct compiler *compiler, const char *text, struct applies *ret_applies);

#endif
