/*
 * Encoded words for subjects, names and ticket numbers. Called by message.c.
 *
 * GMime 3.2 encodes a run of Chinese, which has no spaces to break at, into words of up to 160 characters
 * where RFC 2047 allows 75, and it lets an ASCII text that looks like an encoded word pass as one, which
 * would show the reader something else than what was written. So the whole text is encoded here, cut between
 * characters. Spaces between the words of one text vanish when decoded, as the RFC wants.
 *
 * Q encoding, although base64 is shorter for Chinese: readers that join words before they decode them (GMime
 * is one) stop at the padding in the middle, and ticket numbers stay legible in the raw header.
 */
#include "daemon/sender/words.h"

#include <glib.h>
#include <string.h>

#define WORD_ROOM 48 /* with the longest header name in front and the frame around it a line stays in 76 */

bool words_needed(const char *text)
{
    return !g_str_is_ascii(text) || strstr(text, "=?");
}

/* What may stand for itself even in a display name (RFC 2047, section 5, rule 3). */
static bool is_plain(char byte)
{
    return g_ascii_isalnum(byte) || (byte && strchr("!*+-/", byte));
}

/* Appends one character, encoded, and returns the one after it. */
static const char *add_character(struct text *word, const char *text)
{
    const char *next = g_utf8_find_next_char(text, NULL);

    for (; text < next; text++) {
        if (*text == ' ')
            text_add(word, "_");
        else if (is_plain(*text))
            text_append(word, text, 1);
        else
            text_printf(word, "=%02X", (unsigned char)*text);
    }
    return next;
}

void words_encode(const char *text, struct text *ret_words)
{
    struct text word = {0}, character = {0};

    while (*text) {
        text_clear(&character);
        text = add_character(&character, text);
        if (word.length + character.length > WORD_ROOM) {
            text_printf(ret_words, " =?UTF-8?Q?%s?=\n", text_get(&word));
            text_clear(&word);
        }
        text_add(&word, text_get(&character));
    }
    if (word.length > 0)
        text_printf(ret_words, " =?UTF-8?Q?%s?=\n", text_get(&word));
    text_finish(&word);
    text_finish(&character);
}
