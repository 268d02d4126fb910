/* Pages: a JSON record and a stylesheet become one HTML page that needs nothing besides itself. */
#ifndef DUBAN_FILES_PAGE_H
#define DUBAN_FILES_PAGE_H

#include "lib/base/text.h"
#include <jansson.h>

/* A value for one of a stylesheet's xsl:param. Lists end with a row whose name is NULL. */
struct page_param {
    const char *name, *value;
};

/* Appends the page that `directory`/`name`.xsl makes of `record` to `ret_html`, as UTF-8. `params` may be
   NULL. NULL, or what is wrong as "file:line: what" (malloc'd); then nothing was appended. */
char *page_render(const char *directory, const char *name, const struct page_param *params,
                  const json_t *record, struct text *ret_html) __attribute__((warn_unused_result));

/* The record as XML, as a stylesheet sees it: for whoever writes one. Appended to `ret_xml`. */
void page_source(const json_t *record, struct text *ret_xml);

#endif
