/* Texts of notices: compiled once, rendered with the facts of one ticket and clock. */
#ifndef DUBAN_LIB_NOTICE_TEMPLATE_H
#define DUBAN_LIB_NOTICE_TEMPLATE_H

#include "lib/base/arena.h"
#include "lib/base/text.h"
#include <stdbool.h>
#include <stdint.h>

enum language { LANGUAGE_ZH, LANGUAGE_EN, LANGUAGE_COUNT };

const char *language_name(enum language language); /* "zh" */
bool language_find(const char *name, enum language *ret_language);

/* What a template may name in {braces}. The table in notice_template.c gives each its word. */
enum notice_variable {
    VARIABLE_NUMBER,
    VARIABLE_CLASS,
    VARIABLE_TYPES,
    VARIABLE_URGENCY,
    VARIABLE_STAGE,
    VARIABLE_CUSTOMER,
    VARIABLE_DEPARTMENT,
    VARIABLE_HANDLER,
    VARIABLE_RECIPIENT,
    VARIABLE_CLOCK,
    VARIABLE_RECEIVED,
    VARIABLE_DUE,
    VARIABLE_NOW,
    VARIABLE_OVERRUN,
    VARIABLE_LEFT,
    VARIABLE_REASON,
    VARIABLE_DAYS_LEFT, /* civil days until what it speaks of is due */
    VARIABLE_RESULT,    /* what a ticket that was just solved came to */
    VARIABLE_NOTE,      /* what was said when it happened */
    VARIABLE_STAGES,    /* a line for each stage that it went through */
    VARIABLE_FIELD,     /* {field.NAME}: any of the regime's own fields */
    VARIABLE_HANDLER_CONTACT,
    VARIABLE_PAST,  /* a line for each of the customer's earlier tickets */
    VARIABLE_TOTAL, /* digests: how many notices, */
    VARIABLE_ITEMS, /* and a line for each */
    VARIABLE_COUNT,
};

/* What names people outside or inside: shown only to roles that must know (`sees` of a regime). */
#define NOTICE_NAMES (UINT32_C(1) << VARIABLE_CUSTOMER | UINT32_C(1) << VARIABLE_HANDLER)
/* Names, and what goes beyond a name. */
#define NOTICE_PRIVATE (NOTICE_NAMES | UINT32_C(1) << VARIABLE_HANDLER_CONTACT | UINT32_C(1) << VARIABLE_PAST)
/* What is never masked: who is told, when, and the frame of a digest, whose lines are masked one by one. */
#define NOTICE_ALWAYS                                                                                        \
    (UINT32_C(1) << VARIABLE_RECIPIENT | UINT32_C(1) << VARIABLE_NOW | UINT32_C(1) << VARIABLE_TOTAL |       \
     UINT32_C(1) << VARIABLE_ITEMS)
/* What customers are shown unless the regime says otherwise: what is theirs, and nothing of how we work. */
#define NOTICE_CUSTOMER                                                                                      \
    (NOTICE_ALWAYS | UINT32_C(1) << VARIABLE_NUMBER | UINT32_C(1) << VARIABLE_CLASS |                        \
     UINT32_C(1) << VARIABLE_TYPES | UINT32_C(1) << VARIABLE_STAGE | UINT32_C(1) << VARIABLE_CUSTOMER |      \
     UINT32_C(1) << VARIABLE_CLOCK | UINT32_C(1) << VARIABLE_RECEIVED | UINT32_C(1) << VARIABLE_DUE |        \
     UINT32_C(1) << VARIABLE_LEFT | UINT32_C(1) << VARIABLE_DAYS_LEFT | UINT32_C(1) << VARIABLE_RESULT |     \
     UINT32_C(1) << VARIABLE_STAGES)
#define NOTICE_NOTHING "—" /* where there is nothing to show, or nothing for this reader */
#define NOTICE_ALL     (UINT32_MAX >> (32 - VARIABLE_COUNT))

/* What {record.NAME} says in the mail of a schedule, {field.NAME} in one about a ticket. Private ones are for
 * readers who may see the customer.
 */
struct notice_fact {
    const char *name, *value;
    bool is_private;
};

struct notice_values {
    const char *of[VARIABLE_COUNT];   /* NULL is "" */
    const struct notice_fact *facts;  /* of a record */
    const struct notice_fact *fields; /* of a ticket */
    size_t fact_count, field_count;
};

const char *notice_variable_name(enum notice_variable variable); /* "number" */

/* All templates of a policy by (name, language). */
struct notice_templates;

struct notice_templates *notice_templates_create(struct arena *arena);

/* First line `Subject: …`, an empty line, then the body. NULL, or what is wrong (in `arena`), such as
   "line 4: unknown variable {numbr} (do you mean {number}?)". The same name and language twice is ignored. */
const char *notice_templates_add(struct notice_templates *templates, const char *name, enum language language,
                                 const char *text);
bool notice_templates_have(const struct notice_templates *templates, const char *name,
                           enum language language);

/* A template other than `but` that names one of the variables; NULL: none does. */
const char *notice_templates_first_use(const struct notice_templates *templates, uint32_t variables,
                                       const char *but);

/* Bits of the variables that it names, in any language. */
uint32_t notice_template_uses(const struct notice_templates *templates, const char *name);

/* Calls `check` with the NAME of each {record.NAME} of a template, in any language; gives its first
 * complaint. */
const char *notice_templates_facts(const struct notice_templates *templates, const char *name,
                                   const char *(*check)(void *context, const char *fact), void *context);

/* The same with the NAME of each {field.NAME}, of one template or, with NULL, of all. */
const char *notice_templates_fields(const struct notice_templates *templates, const char *name,
                                    const char *(*check)(void *context, const char *field), void *context);

/* Writes subject and body; falls back to the other language when this one is missing. */
void notice_template_render(const struct notice_templates *templates, const char *name,
                            enum language language, const struct notice_values *values, struct arena *arena,
                            const char **ret_subject, const char **ret_body);

#endif
