/*
 * The list of those who want no courtesy mail, in memory.
 *
 * Asked whenever a customer is written to, and once more just before a sender gets the mail; filled by
 * optout.add and by the loader. A sorted array: it is read a thousand times for each time it changes, it has
 * thousands of entries at the most, and its order is the same however it came to be. Why somebody is on it,
 * and who put them there, is cold (table optout, which is only ever added to).
 */
#include "lib/optout.h"

#include "lib/base/memory.h"
#include <stdlib.h>
#include <string.h>

struct optout {
    char *address;
    msec since_at;
};

struct optouts {
    struct optout *list;
    size_t count, capacity;
};

struct optouts *optouts_create(void)
{
    return memory_new(1, sizeof(struct optouts));
}

void optouts_destroy(struct optouts *optouts)
{
    for (size_t i = 0; optouts && i < optouts->count; i++)
        free(optouts->list[i].address);
    if (optouts)
        free(optouts->list);
    free(optouts);
}

/* Of ASCII, whatever the locale: addresses know no other letters. */
static unsigned char lower(char letter)
{
    return (unsigned char)(letter >= 'A' && letter <= 'Z' ? letter - 'A' + 'a' : letter);
}

static int order_of(const char *one, const char *other)
{
    for (; *one && lower(*one) == lower(*other); one++)
        other++;
    return lower(*one) - lower(*other);
}

/* Where it is or would be. */
static size_t place_of(const struct optouts *optouts, const char *address, bool *ret_is_there)
{
    size_t low = 0, high = optouts->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (order_of(optouts->list[middle].address, address) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    *ret_is_there = low < optouts->count && order_of(optouts->list[low].address, address) == 0;
    return low;
}

bool optouts_add(struct optouts *optouts, const char *address, msec at)
{
    bool is_there;
    size_t place = place_of(optouts, address, &is_there);

    if (is_there)
        return false;
    optouts->list =
        memory_reserve(optouts->list, &optouts->capacity, optouts->count + 1, sizeof(*optouts->list));
    memmove(optouts->list + place + 1, optouts->list + place,
            (optouts->count++ - place) * sizeof(*optouts->list));
    optouts->list[place] = (struct optout){.address = memory_text(address), .since_at = at};
    return true;
}

bool optouts_remove(struct optouts *optouts, const char *address)
{
    bool is_there;
    size_t place = place_of(optouts, address, &is_there);

    if (!is_there)
        return false;
    free(optouts->list[place].address);
    memmove(optouts->list + place, optouts->list + place + 1,
            (--optouts->count - place) * sizeof(*optouts->list));
    return true;
}

msec optouts_since(const struct optouts *optouts, const char *address)
{
    bool is_there;
    size_t place = place_of(optouts, address, &is_there);

    return is_there ? optouts->list[place].since_at : NEVER;
}

size_t optouts_count(const struct optouts *optouts)
{
    return optouts->count;
}

const char *optouts_at(const struct optouts *optouts, size_t index, msec *ret_since_at)
{
    *ret_since_at = optouts->list[index].since_at;
    return optouts->list[index].address;
}
