/* A report's document (report.h) as people and spreadsheets read it. Pure, and of any document that has this
 * form. */
#ifndef DUBAN_LIB_REPORT_TEXT_H
#define DUBAN_LIB_REPORT_TEXT_H

#include "lib/base/text.h"
#include <jansson.h>
#include <stdbool.h>

/* One cell as people read it: `26h15m`, `95.67%`, `2026-03-02 09:00`, `–` for none. Control characters become
   U+FFFD, line ends a blank. */
void report_cell(struct text *text, const char *kind, const json_t *value);

/* Title, period, every table aligned (Chinese counted as it is drawn), notes. */
void report_text(struct text *text, const json_t *document);

/* One table as CSV by RFC 4180, with a head of its columns' names: durations in seconds, percents and scores
   as decimals, nothing for none. A cell that a spreadsheet would take for a formula begins with an
   apostrophe. `table` NULL: the first. False: the document has no such table. */
bool report_csv(struct text *text, const json_t *document, const char *table)
    __attribute__((warn_unused_result));

/* The period in words: `2026-02-01 00:00 – 2026-03-01 00:00`, or as of when. */
void report_period(struct text *text, const json_t *document);

#endif
