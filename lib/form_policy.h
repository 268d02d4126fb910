/* A printed form of the regime: which tickets it is for, how it is numbered, what makes its page. */
#ifndef DUBAN_LIB_FORM_POLICY_H
#define DUBAN_LIB_FORM_POLICY_H

#include "lib/notice_template.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FORMS_MAX      16
#define FORM_CITES_MAX 8

struct form_policy {
    const char *name; /* "A": what people call it */
    const char *title[LANGUAGE_COUNT];
    const char *page;   /* its stylesheet, without directory and ending */
    const char *number; /* of the form itself, such as NR510201A; NULL: it has none */
    const char
        *prefix; /* of a record's number: before and behind the ticket's serial; NULL: a record has … */
    const char *suffix; /* … the ticket's number */
    uint8_t series;     /* the number format whose serial that is */
    bool is_masked;     /* the contact data is masked on it, whoever prints it */
    uint32_t classes;   /* bits; 0: all */
    struct {
        const char *title[LANGUAGE_COUNT];
    } cites[FORM_CITES_MAX]; /* related documents */
    size_t cite_count;
    int line;
};

#endif
