/* What a value must look like before it may stand in a header line, an SMTP command or a file name. */
#ifndef DUBAN_DAEMON_SENDER_FIELD_H
#define DUBAN_DAEMON_SENDER_FIELD_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#define FIELD_ERROR 240 /* room for any error text, with its NUL */

enum field_outcome { FIELD_OK = 0, FIELD_WRONG = 1 };

/* A person as mail knows one. The name may be NULL or empty. */
struct person {
    const char *name, *address;
};

/* NULL when `text` (valid UTF-8) is acceptable, otherwise a sentence about what is wrong; it never quotes
 * `text`. */
typedef const char *field_check(const char *text);

field_check field_header;  /* words a person reads: subject, display name, ticket number */
field_check field_address; /* local@domain, ASCII, dot-atom local part (RFC 5321 without the quoted form) */
field_check field_host;    /* a DNS name or an IPv4 address */
field_check field_message_id; /* <left@right> */
field_check field_token;      /* 1..40 of A-Z a-z 0-9 _ -: may become a file name or a boundary */
field_check field_language;   /* a BCP 47 tag in its simple form */
field_check field_date;       /* RFC 3339 with an offset */
field_check field_path;       /* absolute, no control characters */
field_check field_body;       /* any text */

/* One string of a JSON document and where it goes: a `const char *` at `offset` of the structure read into.
 */
struct field_rule {
    const char *path; /* `subject`, or `to.address` for one level down */
    field_check *check;
    size_t offset;
    bool optional; /* when absent or null the pointer is left as it was */
};

/* The value at `path` of `document`, or NULL. */
json_t *field_find(const json_t *document, const char *path);

/*
 * Reads the strings that `rules` name into `structure`; they live as long as `document`. FIELD_WRONG at the
 * first that is missing or unacceptable, and then `ret_error` is `prefix` + path + ": " + sentence.
 */
int field_read(const json_t *document, const struct field_rule *rules, size_t count, const char *prefix,
               void *structure, char ret_error[FIELD_ERROR]) __attribute__((warn_unused_result));

#endif
