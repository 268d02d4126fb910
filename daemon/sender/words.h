/* Encoded words: how text beyond ASCII stands in a header (RFC 2047). */
#ifndef DUBAN_DAEMON_SENDER_WORDS_H
#define DUBAN_DAEMON_SENDER_WORDS_H

#include "lib/base/text.h"
#include <stdbool.h>

/* Whether `text` must be encoded: it is not ASCII, or a reader would take a part of it for an encoded word.
 */
bool words_needed(const char *text);

/* Appends ` =?UTF-8?Q?…?=` as often as needed, each on a folded line of its own, ending in LF. */
void words_encode(const char *text, struct text *ret_words);

#endif
