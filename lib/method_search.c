/*
 * ticket.search: the archive of open and closed tickets.
 *
 * Called through the method table. Memory has neither the texts nor what is closed, so PostgreSQL looks: what
 * is asked for is checked here and handed over as one JSON object, with the words as patterns in which
 * nothing has a meaning but themselves. The newest come first and a page ends as soon as it is full, so that
 * what is looked for most is found soonest; whoever looks further back names a time. Words of Chinese have no
 * spaces between them, so a text is looked for anywhere in what was written, not by words.
 */
#include "lib/method_handlers.h"
#include "lib/request.h"
#include <stdlib.h>
#include <string.h>

#define PAGE_DEFAULT 100
#define PAGE_MAX     500
#define WORDS_MAX    200 /* bytes */

static bool refuse(struct desk *desk, const struct request *request, const char *field, const char *detail)
{
    request_refuse(desk, request, RPC_INVALID_PARAMS, field, detail);
    return false;
}

/* `%50\% paid%` of "50% paid". */
static bool add_pattern(struct desk *desk, const struct request *request, const char *name, json_t *asked)
{
    const char *words = request_text(request, name);
    struct text pattern = {0};

    if (!words)
        return true;
    if (!words[strspn(words, " \t")] || strlen(words) > WORDS_MAX)
        return refuse(desk, request, name, "it is 1 to 200 bytes long");
    text_add(&pattern, "%");
    for (; *words; words++) {
        if (strchr("%_\\", *words))
            text_add(&pattern, "\\");
        text_append(&pattern, words, 1);
    }
    text_add(&pattern, "%");
    json_object_set_new(asked, name, json_string(text_get(&pattern)));
    text_finish(&pattern);
    return true;
}

static bool add_word(struct desk *desk, const struct request *request, const char *name,
                     const struct vocabulary *words, json_t *asked)
{
    uint8_t index;

    if (!request_term(desk, request, name, words, &index))
        return false;
    if (index != POLICY_NONE)
        json_object_set_new(asked, name, json_string(words->terms[index].name));
    return true;
}

/* As it was written: PostgreSQL reads RFC 3339, too. */
static bool add_times(struct desk *desk, const struct request *request, json_t *asked)
{
    const char *from = request_text(request, "from"), *to = request_text(request, "to");

    if (from && to && request_instant(request, "from") >= request_instant(request, "to"))
        return refuse(desk, request, "to", "it lies before 'from'");
    if (from)
        json_object_set_new(asked, "from", json_string(from));
    if (to)
        json_object_set_new(asked, "to", json_string(to));
    return true;
}

static bool add_page(struct desk *desk, const struct request *request, json_t *asked)
{
    const char *state = request_text(request, "state"), *after = request_text(request, "after");
    json_int_t limit = request_number(request, "limit", PAGE_DEFAULT);

    if (state && strcmp(state, "open") != 0 && strcmp(state, "closed") != 0 && strcmp(state, "all") != 0)
        return refuse(desk, request, "state", "state is open, closed or all");
    if (after && (!*after || after[strspn(after, "0123456789")] || strlen(after) > 18))
        return refuse(desk, request, "after", "a ticket's id, as `next` of the page before");
    if (limit < 1 || limit > PAGE_MAX)
        return refuse(desk, request, "limit", "1 to 500");
    json_object_set_new(asked, "limit", json_integer(limit));
    if (after)
        json_object_set_new(asked, "after", json_string(after));
    if (state)
        json_object_set_new(asked, "state", json_string(state));
    return true;
}

void method_ticket_search(struct desk *desk, const struct request *request, struct effects *out)
{
    json_t *asked = json_object();
    char *text = NULL;

    if (add_pattern(desk, request, "number", asked) && add_pattern(desk, request, "customer", asked) &&
        add_pattern(desk, request, "text", asked) &&
        add_word(desk, request, "class", &desk->policy->classes, asked) &&
        add_word(desk, request, "type", &desk->policy->types, asked) && add_times(desk, request, asked) &&
        add_page(desk, request, asked)) {
        text = json_dumps(asked, JSON_COMPACT);
        request_read_whole(desk, request, "ticket_search",
                           (const char *const[]){arena_text(&out->arena, text)}, 1);
    }
    free(text);
    json_decref(asked);
}
