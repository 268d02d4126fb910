/* Option values as JSON, and into their places in a call's params. */
#ifndef DUBAN_CLIENT_OPTIONS_PARAMS_H
#define DUBAN_CLIENT_OPTIONS_PARAMS_H

#include <stdbool.h>

/* A decimal number from 0 up, nothing else in the text. */
bool options_read_number(const char *text, long long *ret_number);

#endif
