/* Registers as a regime declares them: what their records hold, each field with its kind. Part of a policy.
 */
#ifndef DUBAN_LIB_REGISTER_POLICY_H
#define DUBAN_LIB_REGISTER_POLICY_H

#include "lib/notice_template.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define REGISTERS_MAX       16
#define REGISTER_FIELDS_MAX 32
#define REGISTER_WORDS_MAX  16

enum field_kind {
    FIELD_TEXT,
    FIELD_DATE,    /* a civil day of the desk's zone */
    FIELD_INSTANT, /* RFC 3339 */
    FIELD_NUMBER,  /* an integer */
    FIELD_YES_NO,
    FIELD_HOURS, /* "24h" or HH:MM-HH:MM */
    FIELD_PHONE, /* masked for roles that need not see it, like the next */
    FIELD_MAIL,
    FIELD_PERSON,
    FIELD_DEPARTMENT,
    FIELD_WORDS,    /* one of the field's own words */
    FIELD_REGISTER, /* a record of another register */
    FIELD_KIND_COUNT,
};

struct register_field {
    const char *name;
    enum field_kind kind;
    bool is_optional;
    uint8_t other; /* FIELD_REGISTER: whose record */
    uint8_t word_count;
    const char *words[REGISTER_WORDS_MAX]; /* FIELD_WORDS; of FIELD_REGISTER the first is the other's name */
};

struct register_policy {
    const char *name;
    const char *title[LANGUAGE_COUNT];
    struct register_field *fields;
    size_t field_count, field_capacity;
    int line;
};

bool register_is_of_customers(const char *name);   /* `customers` or `customer` */
const char *field_kind_name(enum field_kind kind); /* "date", "yes/no", …; what is written before words */

#endif
