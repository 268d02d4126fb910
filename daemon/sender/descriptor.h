/* Writing the whole of something to a descriptor. */
#ifndef DUBAN_DAEMON_SENDER_DESCRIPTOR_H
#define DUBAN_DAEMON_SENDER_DESCRIPTOR_H

#include <stddef.h>

/* 0 when every byte was written, otherwise a negative errno. */
int descriptor_write(int fd, const char *bytes, size_t length) __attribute__((warn_unused_result));

#endif
