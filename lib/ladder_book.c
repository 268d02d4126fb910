/*
 * The book of ladders: every list of rungs that a breach ever began to climb, by its text.
 *
 * Domain rule 8: the list is frozen when the ladder is triggered. A clock therefore remembers a number of
 * this book, not a place in the policy; the text behind the number is written once, in the batch that first
 * used it, and comes back with a restart. Under another policy the texts are compiled again (policy_rung.c),
 * so that a ladder that is being climbed goes on as it began; a role that is no longer there is left out and
 * its rung says so. There are few lists: as many as a regime has, and those of its older editions. They are
 * kept for good, as small as they are, because journal rows and clocks of closed tickets name them.
 */
#include "lib/ladder_book.h"

#include "lib/base/hash.h"
#include "lib/base/memory.h"
#include "lib/base/text.h"
#include "lib/policy_compile.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

void ladder_book_finish(struct ladder_book *book)
{
    for (size_t i = 0; i < book->count; i++)
        free(book->lists[i].body);
    free(book->lists);
    *book = (struct ladder_book){0};
}

static void compile(struct ladder_list *list, struct policy *policy)
{
    list->set = (struct rung_set){0};
    rung_list_read(policy, list->body, &list->set, &list->all_clear);
}

static struct ladder_list *place_for(struct ladder_book *book, size_t number)
{
    book->lists = memory_reserve(book->lists, &book->capacity, number, sizeof(*book->lists));
    while (book->count < number)
        book->lists[book->count++] = (struct ladder_list){0};
    return &book->lists[number - 1];
}

static void fill(struct ladder_list *list, struct policy *policy, const char *body)
{
    struct fingerprint print;

    list->body = memory_text(body);
    fingerprint_init(&print);
    fingerprint_add(&print, body, strlen(body));
    fingerprint_hex(&print, list->digest);
    compile(list, policy);
}

/* The list in the words of the regime, blanks made single: two editions that say the same are the same. */
static void write_body(const struct ladder_policy *ladder, const struct rung_set *set, struct text *body)
{
    for (size_t i = 0; i < set->count; i++)
        text_printf(body, "rung = %s\n", set->rungs[i].text);
    text_printf(body, "all clear = %s\n", ladder->all_clear ? "yes" : "no");
}

uint16_t ladder_book_freeze(struct ladder_book *book, struct policy *policy,
                            const struct ladder_policy *ladder, uint8_t set)
{
    struct text body = {0};
    size_t number = 1;

    write_body(ladder, &ladder->sets[set], &body);
    while (number <= book->count &&
           (!book->lists[number - 1].body || strcmp(book->lists[number - 1].body, text_get(&body)) != 0))
        number++;
    assert(number <= UINT16_MAX); /* each is an edition of a regime that somebody wrote */
    if (number > book->count)
        fill(place_for(book, number), policy, text_get(&body));
    text_finish(&body);
    return (uint16_t)number;
}

bool ladder_book_restore(struct ladder_book *book, struct policy *policy, uint64_t number, const char *body)
{
    if (!number || number > UINT16_MAX || ladder_book_list(book, (uint16_t)number))
        return false;
    struct ladder_list *list = place_for(book, number);

    fill(list, policy, body);
    list->is_written = true;
    return true;
}

void ladder_book_compile(struct ladder_book *book, struct policy *policy)
{
    for (size_t i = 0; i < book->count; i++)
        if (book->lists[i].body)
            compile(&book->lists[i], policy);
}

const struct ladder_list *ladder_book_list(const struct ladder_book *book, uint16_t number)
{
    return number && number <= book->count && book->lists[number - 1].body ? &book->lists[number - 1] : NULL;
}

void ladder_book_settle(struct ladder_book *book, struct effects *out)
{
    for (size_t i = 0; i < book->count; i++) {
        struct ladder_list *list = &book->lists[i];

        if (!list->body || list->is_written)
            continue;
        struct ladder_row *row = effects_add(out, EFFECT_LADDER);

        row->ladder = (uint16_t)(i + 1);
        row->digest = arena_text(&out->arena, list->digest);
        row->body = arena_text(&out->arena, list->body);
        list->is_written = true;
    }
}
