/*
 * The edge of the mail worker: no text passes here that could become a second header, a second recipient, a
 * second SMTP command or a path outside the Maildir.
 *
 * job.c and configure.c describe their strings as tables of rules; everything behind them (message, relay,
 * maildir) relies on the checks having passed and does not repeat them. Refusing is the right answer rather
 * than repairing: the daemon renders a notice once and stores it, so what is refused here is a fault that
 * must be seen, and a repaired message would differ from the stored one. The SMTP library checks nothing at
 * all.
 *
 * Invariant: an error text names the field and the rule and never repeats the value, because it ends in logs.
 */
#include "daemon/sender/field.h"

#include <glib.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define HEADER_LIMIT     900 /* bytes; far more than a subject needs, less than RFC 5322's line of 998 */
#define TOKEN_LIMIT      40  /* a boundary has room for 70 characters */
#define MESSAGE_ID_LIMIT 250
#define ADDRESS_LIMIT    254 /* RFC 5321 4.5.3.1.3 without its angle brackets */
#define LOCAL_LIMIT      64  /* RFC 5321 4.5.3.1.1 */
#define HOST_LIMIT       253
#define LABEL_LIMIT      63

#define LETTERS_AND_DIGITS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
#define ATOM               LETTERS_AND_DIGITS "!#$%&'*+-/=?^_`{|}~"

/* C0, DEL and C1 controls, and the two separators that some readers take for a line end. */
static bool is_control(gunichar character)
{
    return character < 0x20 || (character >= 0x7f && character <= 0x9f) || character == 0x2028 ||
           character == 0x2029;
}

static bool has_control(const char *text)
{
    for (const char *at = text; *at; at = g_utf8_find_next_char(at, NULL)) {
        if (is_control(g_utf8_get_char(at)))
            return true;
    }
    return false;
}

/* Non-empty runs of `alphabet` with single dots between them, `length` bytes in all. */
static bool is_dotted(const char *text, size_t length, const char *alphabet)
{
    size_t used = 0;

    for (;;) {
        size_t run = strspn(text + used, alphabet);

        if (run == 0 || used + run > length)
            return false;
        used += run;
        if (used == length)
            return true;
        if (text[used++] != '.')
            return false;
    }
}

const char *field_header(const char *text)
{
    if (strlen(text) > HEADER_LIMIT)
        return "is longer than 900 bytes";
    if (has_control(text))
        return "contains a control character or a line break";
    if (strpbrk(text, "<>"))
        return "contains < or >";
    return NULL;
}

static bool is_host_label(const char *label, size_t length)
{
    return length > 0 && length <= LABEL_LIMIT && label[0] != '-' && label[length - 1] != '-' &&
           strspn(label, LETTERS_AND_DIGITS "-") >= length;
}

const char *field_host(const char *text)
{
    if (!g_str_is_ascii(text))
        return "contains 8-bit characters; write an international name in its xn-- form";
    if (strlen(text) > HOST_LIMIT)
        return "is longer than 253 bytes";
    for (;;) {
        size_t length = strcspn(text, ".");

        if (!is_host_label(text, length))
            return "is not a host name";
        if (!text[length])
            return NULL;
        text += length + 1;
    }
}

const char *field_address(const char *text)
{
    const char *at = strrchr(text, '@');

    if (has_control(text))
        return "contains a control character or a line break";
    if (strpbrk(text, "<>"))
        return "contains < or >";
    if (!at)
        return "has no @";
    if (strlen(text) > ADDRESS_LIMIT || at - text > LOCAL_LIMIT)
        return "is too long";
    if (!g_str_is_ascii(text))
        return "contains 8-bit characters, which the mail relay may not be able to carry";
    if (!is_dotted(text, (size_t)(at - text), ATOM))
        return "has a local part that is not made of atoms and single dots";
    return field_host(at + 1) ? "has a domain that is not a host name" : NULL;
}

const char *field_message_id(const char *text)
{
    size_t length = strlen(text);
    const char *at = strchr(text, '@');

    if (length > MESSAGE_ID_LIMIT)
        return "is longer than 250 bytes";
    if (length < 5 || text[0] != '<' || text[length - 1] != '>' || !at)
        return "is not of the form <left@right>";
    if (!is_dotted(text + 1, (size_t)(at - text) - 1, ATOM) ||
        !is_dotted(at + 1, (size_t)(text + length - 1 - (at + 1)), ATOM))
        return "is not made of atoms and single dots";
    return NULL;
}

const char *field_token(const char *text)
{
    size_t length = strlen(text);

    if (length == 0 || length > TOKEN_LIMIT || strspn(text, LETTERS_AND_DIGITS "_-") != length)
        return "is not 1 to 40 letters, digits, _ or -";
    return NULL;
}

const char *field_language(const char *text)
{
    size_t length = strlen(text);

    if (length < 2 || length > 35 || strspn(text, LETTERS_AND_DIGITS "-") != length)
        return "is not a language tag";
    return NULL;
}

const char *field_date(const char *text)
{
    GDateTime *date = g_date_time_new_from_iso8601(text, NULL);

    if (!date)
        return "is not an RFC 3339 time with an offset";
    g_date_time_unref(date);
    return NULL;
}

const char *field_path(const char *text)
{
    if (text[0] != '/')
        return "is not an absolute path";
    return has_control(text) ? "contains a control character" : NULL;
}

const char *field_body(const char *text)
{
    return *text ? NULL : "is empty";
}

json_t *field_find(const json_t *document, const char *path)
{
    const char *dot = strchr(path, '.');
    char parent[32];

    if (!dot)
        return json_object_get(document, path);
    snprintf(parent, sizeof parent, "%.*s", (int)(dot - path), path);
    return json_object_get(json_object_get(document, parent), dot + 1);
}

static const char *read_one(const json_t *document, const struct field_rule *rule, void *structure)
{
    const json_t *value = field_find(document, rule->path);

    if (!value || json_is_null(value))
        return rule->optional ? NULL : "is missing";
    if (!json_is_string(value))
        return "is not a string";

    const char *wrong = rule->check(json_string_value(value));

    if (!wrong)
        *(const char **)((char *)structure + rule->offset) = json_string_value(value);
    return wrong;
}

int field_read(const json_t *document, const struct field_rule *rules, size_t count, const char *prefix,
               void *structure, char ret_error[FIELD_ERROR])
{
    for (size_t i = 0; i < count; i++) {
        const char *wrong = read_one(document, &rules[i], structure);

        if (wrong) {
            snprintf(ret_error, FIELD_ERROR, "%s%s: %s", prefix, rules[i].path, wrong);
            return FIELD_WRONG;
        }
    }
    return FIELD_OK;
}
