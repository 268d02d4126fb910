/* Which language the user reads: said by --lang, else by the locale. */
#ifndef DUBAN_CLIENT_LANGUAGE_H
#define DUBAN_CLIENT_LANGUAGE_H

#include "client/options.h"
#include "lib/notice_template.h"

/* The row of the option, to be written among a command's options. */
#define OPTION_LANGUAGE                                                                                      \
    {                                                                                                        \
        .name = "lang", .kind = OPTION_TEXT, .value = "zh|en",                                               \
        .help = "the sentences' language (default: the locale's, else the desk's)", .parameter = "language"  \
    }

/* Sets `language` in params that have none, when the locale is Chinese or English. */
void language_choose(json_t *params);

/* For commands that find the words themselves: what --lang says, else the locale, else `otherwise`. */
enum language language_read(const struct options *options, enum language otherwise);

#endif
