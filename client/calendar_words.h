/* What calendars from elsewhere write about a day, and how our calendar files name it. */
#ifndef DUBAN_CLIENT_CALENDAR_WORDS_H
#define DUBAN_CLIENT_CALENDAR_WORDS_H

#include "lib/base/text.h"
#include <stdbool.h>

enum calendar_words {
    CALENDAR_WORDS_HOLIDAY, /* 春节（休）, 春节假期, 元旦放假 */
    CALENDAR_WORDS_WORKING, /* 春节（班）, 上班(补春节假期), 国庆节补班 */
    CALENDAR_WORDS_NEITHER, /* 元宵节; also 春节调休, which may mean either */
    CALENDAR_WORDS_BOTH,    /* 清明节放假，周日上班 */
};

/* Reads an event's summary. `ret_title`, empty before, becomes what the day is called (春节); it stays empty
   when there is no name. */
enum calendar_words calendar_words_read(const char *summary, struct text *ret_title);

/* Appends "春节 | Spring Festival", or for a make-up day "春节调休 | make-up day for Spring Festival";
   without English where that is not known. */
void calendar_words_name(const char *title, bool is_working, struct text *ret_name);

#endif
