/* Strict reading of INI text: what a policy or a calendar is written in. Every mistake has a file and a line.
 */
#ifndef DUBAN_LIB_INI_H
#define DUBAN_LIB_INI_H

#include <stdbool.h>
#include <stddef.h>

#define INI_LINE_BYTES    190 /* longest line; a Chinese character counts three */
#define INI_SECTION_BYTES 120 /* longest name of a section */
#define INI_KEY_BYTES     48  /* longest key */

/*
 * Told of every section when it opens (key and value NULL) and of every key in it. `section` and `key` have
 * single blanks between words (`clock first_contact`, `rung very_urgent`); `value` may be "". Returns NULL,
 * or what is wrong in words, ideally with a hint in parentheses; that text is copied before the next call and
 * reading stops. Arguments are valid during the call only.
 */
typedef const char *(*ini_callback)(void *context, const char *section, const char *key, const char *value,
                                    int line);

/*
 * Reads `length` bytes of UTF-8 text. Lines are `[section]`, `key = value`, or a full-line comment (`;` or
 * `#`); ` ;` after a blank begins a comment that lasts to the end of the line. Refused, beside what
 * `callback` refuses: NUL and control bytes, bad UTF-8, longer lines and names than above, indented lines, a
 * key before the first section, a section opened twice, a key twice in its section.
 *
 * `repeating` lists the keys that may occur again in a section, by their first word and separated by blanks
 * ("rung when"); NULL for none. `file_name` only appears in messages.
 *
 * False: the text was refused and `*ret_error` is "file:line: what is wrong (hint)", to be freed.
 */
bool ini_read(const char *file_name, const char *text, size_t length, const char *repeating,
              ini_callback callback, void *context, char **ret_error) __attribute__((warn_unused_result));

#endif
