/* Reaching the daemon's socket, and saying in words why it could not be reached. */
#ifndef DUBAN_CLIENT_CONNECTION_OPEN_H
#define DUBAN_CLIENT_CONNECTION_OPEN_H

#include "lib/base/text.h"

/* A connected stream socket, or -1 and a sentence appended to `error`. */
int connection_open_socket(const char *path, int timeout_ms, struct text *error)
    __attribute__((warn_unused_result));

#endif
