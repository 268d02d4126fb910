/* Writing a whole file at once: whoever reads it sees the old one or the new one. */
#ifndef DUBAN_CLIENT_REPLACE_FILE_H
#define DUBAN_CLIENT_REPLACE_FILE_H

#include <stdbool.h>
#include <stddef.h>

/* Puts `bytes` in the place of the file at `path`, which keeps its mode, or is created. False: nothing there
   has changed, and errno says why. */
bool replace_file(const char *path, const char *bytes, size_t length) __attribute__((warn_unused_result));

#endif
