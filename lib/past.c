/*
 * What the customer came with before.
 *
 * Asked for by ticket.create and ticket.classify before they change anything, used by notice_words.c. Closed
 * tickets are not in memory, so a request whose letters list them is answered with a READ first and stepped
 * again with the rows (sql/statements/customer_tickets.sql); when they can't be read it is refused and
 * nothing was done. The alternative, to let the courier put them in, would make the words of a notice depend
 * on when it is sent. Where closed tickets stay in memory (a replay) the rows come from there; subjects are
 * cold there too and are a dash. A customer is known by the id when both tickets have one, else by the name.
 */
#include "lib/past.h"

#include "lib/base/instant.h"
#include "lib/customer.h"
#include "lib/notice_words.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* ---- from memory ---- */

static bool is_same_customer(struct desk *desk, const struct ticket *ticket,
                             const struct past_question *question)
{
    const char *id = customer_of_ticket(desk, ticket, &desk->out->arena).id;

    if (question->id && *question->id && *id)
        return strcmp(question->id, id) == 0;
    return strcmp(question->name, intern_text(desk->customers, ticket->customer)) == 0;
}

static bool is_newer(const struct ticket *ticket, const struct ticket *than)
{
    return ticket->received_at != than->received_at ? ticket->received_at > than->received_at
                                                    : ticket->id > than->id;
}

static void insert(const struct ticket *newest[PAST_MAX], size_t *count, const struct ticket *ticket)
{
    size_t place = *count;

    while (place > 0 && is_newer(ticket, newest[place - 1]))
        place--;
    if (place == PAST_MAX)
        return;
    if (*count < PAST_MAX)
        ++*count;
    memmove(&newest[place + 1], &newest[place], (*count - place - 1) * sizeof(newest[0]));
    newest[place] = ticket;
}

static json_t *row_of(struct desk *desk, const struct ticket *ticket)
{
    char received[INSTANT_TEXT];

    instant_format(ticket->received_at, 0, received);
    return json_pack("{s:s,s:s,s:s,s:s}", "number", desk_number(desk, ticket, &desk->out->arena), "class",
                     desk->policy->classes.terms[ticket->class_index].name, "stage",
                     desk->policy->stages.terms[ticket->stage].name, "received_at", received);
}

static json_t *remembered(struct desk *desk, const struct past_question *question)
{
    const struct ticket *newest[PAST_MAX];
    size_t count = 0;
    json_t *rows = json_array();

    for (uint32_t index = store_oldest(desk->store); index != TICKET_NO_INDEX;) {
        const struct ticket *ticket = store_ticket(desk->store, index);

        if (ticket->id != question->but && is_same_customer(desk, ticket, question))
            insert(newest, &count, ticket);
        index = store_after(desk->store, ticket->id);
    }
    for (size_t i = 0; i < count; i++)
        json_array_append_new(rows, row_of(desk, newest[i]));
    return rows;
}

/* ---- from the database ---- */

bool past_read(struct desk *desk, const struct request *request, const struct past_question *question,
               json_t **ret_past)
{
    json_t *cold, *asked;

    *ret_past = NULL;
    if (!(desk->policy->told_past >> question->class_index & 1))
        return true;
    if (desk->options.keeps_closed) {
        *ret_past = remembered(desk, question);
        return true;
    }
    asked = json_pack("{s:s*,s:s,s:I,s:i}", "id", question->id && *question->id ? question->id : NULL, "name",
                      question->name, "but", (json_int_t)question->but, "limit", PAST_MAX);
    char *text = json_dumps(asked, JSON_COMPACT);
    bool is_read = request_cold(desk, request, "customer_tickets", (const char *const[]){text}, 1, &cold);

    free(text);
    json_decref(asked);
    if (!is_read)
        return false;
    *ret_past = json_incref(json_object_get(cold, "tickets"));
    json_decref(cold);
    return true;
}

/* ---- in words ---- */

static const char *text_of(const json_t *row, const char *name)
{
    const char *text = json_string_value(json_object_get(row, name));

    return text ? text : NOTICE_NOTHING;
}

/* What is no longer in the regime is called what it was called. */
static const char *title_of(const struct vocabulary *words, const char *name, enum language language)
{
    uint8_t index = vocabulary_find(words, name);

    return index == POLICY_NONE ? name : words->terms[index].title[language];
}

static const char *day_of(const struct desk *desk, const json_t *row, struct arena *arena)
{
    msec at;

    if (instant_parse(text_of(row, "received_at"), &at) != INSTANT_OK)
        return NOTICE_NOTHING;
    struct civil civil = zone_civil(desk->policy->zone, at);

    return arena_printf(arena, "%04d-%02d-%02d", civil.year, civil.month, civil.day);
}

/* What a client typed begins no line of its own. */
static char *one_line(const char *text, struct arena *arena)
{
    char *line = arena_text(arena, text);

    for (char *c = line; *c; c++)
        if ((unsigned char)*c < 0x20 || *c == 0x7f)
            *c = ' ';
    return line;
}

static const char *line_of(const struct desk *desk, const json_t *row, enum language language,
                           struct arena *arena)
{
    const struct policy *policy = desk->policy;
    const char *class_title = title_of(&policy->classes, text_of(row, "class"), language);
    const char *stage = title_of(&policy->stages, text_of(row, "stage"), language);
    const char *subject = text_of(row, "subject"), *day = day_of(desk, row, arena);
    const char *line = language == LANGUAGE_ZH
                           ? arena_printf(arena, "%s %s：%s（%s 受理，%s）", text_of(row, "number"),
                                          class_title, subject, day, stage)
                           : arena_printf(arena, "%s %s: %s (received %s, %s)", text_of(row, "number"),
                                          class_title, subject, day, stage);

    return one_line(line, arena);
}

const char *past_lines(const struct desk *desk, enum language language, struct arena *arena)
{
    const char *lines = NULL;
    const json_t *row;
    size_t i;

    if (!desk->past)
        return NOTICE_NOTHING;
    json_array_foreach(desk->past, i, row)
    {
        const char *line = line_of(desk, row, language, arena);

        lines = lines ? arena_printf(arena, "%s\n%s", lines, line) : line;
    }
    return lines ? lines : language == LANGUAGE_ZH ? "无" : "none";
}
