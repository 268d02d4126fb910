/* The HTML rendering of a notice, made from its plain text. */
#ifndef DUBAN_DAEMON_SENDER_HTML_H
#define DUBAN_DAEMON_SENDER_HTML_H

#include "lib/base/text.h"

/*
 * Appends a whole HTML document with LF line ends. `plain` is UTF-8 with LF line ends; empty lines part
 * paragraphs; two or more lines in a row of the form `label: value` or `label：value` become a table of two
 * columns. `language` is a checked language tag, `title` any text.
 */
void html_render(const char *plain, const char *language, const char *title, struct text *ret_html);

#endif
