/* Reading whole files: regular ones, of bounded size, and their SHA-256. */
#ifndef DUBAN_FILES_FILES_H
#define DUBAN_FILES_FILES_H

#include "lib/base/text.h"
#include <stddef.h>

#define FILES_DIGEST_TEXT 65 /* room for a SHA-256 as hex, with its NUL */

enum files_outcome {
    FILES_READ,
    FILES_NOT_REGULAR, /* a directory, a device, a pipe */
    FILES_TOO_LARGE,
};

/* Appends the file's bytes to `ret_text`. FILES_READ, another outcome, or a negative errno. */
int files_read(const char *path, size_t limit, struct text *ret_text) __attribute__((warn_unused_result));

/* What is wrong, in words. */
const char *files_outcome_text(int outcome);

/* The same with a complaint instead of an outcome: NULL, or "path: what is wrong" (malloc'd). */
char *files_read_or_say(const char *path, size_t limit, struct text *ret_text)
    __attribute__((warn_unused_result));

void files_digest(const char *bytes, size_t length, char ret_hex[FILES_DIGEST_TEXT]);

#endif
