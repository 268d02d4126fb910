/* The words of notices: one ticket's facts in a reader's language, as much of them as the reader may see. */
#ifndef DUBAN_LIB_NOTICE_WORDS_H
#define DUBAN_LIB_NOTICE_WORDS_H

#include "lib/notice.h"

/* Subject and body of `row`, in the batch's arena; the second for somebody who may see these variables
 * (bits). */
void notice_words(const struct desk *desk, const struct occasion *occasion, struct recipient recipient,
                  struct notice_row *row);

void notice_words_for(const struct desk *desk, const struct occasion *occasion, const struct person *person,
                      uint32_t sees, struct notice_row *row);

/* "3 h 20 min"; what is negative is 0. */
const char *notice_span(struct arena *arena, enum language language, msec span_ms);

/* "2026-03-02 09:00" in the desk's zone: the offset is the desk's own and would only be in the way. */
const char *notice_time(const struct desk *desk, msec at, struct arena *arena);

#endif
