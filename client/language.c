/*
 * The user's language.
 *
 * Used by commands whose answers are sentences. The daemon has the words in both languages and takes a
 * parameter; here the locale decides when nobody said anything, as it does for every other program. A locale
 * that is neither (C, POSIX, French) leaves it to the desk, or to the regime where there is no desk.
 */
#include "client/language.h"

#include <stdlib.h>
#include <string.h>

/* The first of these that is set and not empty decides (POSIX). */
static const char *locale_name(void)
{
    static const char *const variables[] = {"LC_ALL", "LC_MESSAGES", "LANG"};

    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++) {
        const char *value = getenv(variables[i]);

        if (value && *value)
            return value;
    }
    return "";
}

/* NULL: neither. */
static const char *locale_language(void)
{
    static const char *const languages[] = {"zh", "en"};
    const char *locale = locale_name();

    for (size_t i = 0; i < sizeof languages / sizeof *languages; i++)
        if (strncmp(locale, languages[i], 2) == 0 &&
            (locale[2] == '_' || locale[2] == '\0' || locale[2] == '.'))
            return languages[i];
    return NULL;
}

void language_choose(json_t *params)
{
    const char *language = locale_language();

    if (language && !json_object_get(params, "language"))
        json_object_set_new(params, "language", json_string(language));
}

enum language language_read(const struct options *options, enum language otherwise)
{
    const char *said = options_text(options, "lang"), *name = said ? said : locale_language();
    enum language language = otherwise;

    return name && language_find(name, &language) ? language : otherwise;
}
