/*
 * Putting rows together: groups by words, and medians.
 *
 * Used by the kinds of reports. A group is found by the words of its dimensions, which are copied, because
 * rows are gone when their page is. Samples are kept whole and ordered only as far as a percentile needs
 * (Hoare's selection), so that the last turn of a long report stays short. A percentile is the nearest rank,
 * a value that really occurred: the smallest that at least so many percent do not exceed.
 */
#include "lib/report_inside.h"

#include "lib/base/hash.h"
#include "lib/base/memory.h"
#include <stdlib.h>
#include <string.h>

#define FIRST_SIZE 256

/* ---- samples ---- */

void samples_add(struct samples *samples, int64_t value)
{
    samples->values =
        memory_reserve(samples->values, &samples->capacity, samples->count + 1, sizeof(*samples->values));
    samples->values[samples->count++] = value;
}

static void swap(int64_t *one, int64_t *other)
{
    int64_t kept = *one;

    *one = *other;
    *other = kept;
}

/* The middle one of three, put in the middle: sorted input is the commonest. */
static int64_t pivot_of(int64_t *values, size_t low, size_t high)
{
    size_t middle = low + (high - low) / 2;

    if (values[middle] < values[low])
        swap(&values[middle], &values[low]);
    if (values[high] < values[low])
        swap(&values[high], &values[low]);
    if (values[high] < values[middle])
        swap(&values[high], &values[middle]);
    return values[middle];
}

static int64_t select_nth(int64_t *values, size_t count, size_t nth)
{
    size_t low = 0, high = count - 1;

    while (low < high) {
        int64_t pivot = pivot_of(values, low, high);
        size_t i = low, j = high;

        for (;;) {
            while (values[i] < pivot)
                i++;
            while (values[j] > pivot)
                j--;
            if (i >= j)
                break;
            swap(&values[i++], &values[j--]);
        }
        if (nth <= j)
            high = j;
        else
            low = j + 1;
    }
    return values[nth];
}

int64_t samples_percentile(struct samples *samples, int percent)
{
    if (samples->count == 0)
        return -1;
    size_t rank = (samples->count * (size_t)percent + 99) / 100;

    return select_nth(samples->values, samples->count, rank ? rank - 1 : 0);
}

int64_t samples_sum(const struct samples *samples)
{
    int64_t sum = 0;

    for (size_t i = 0; i < samples->count; i++)
        sum += samples->values[i];
    return sum;
}

/* ---- groups ---- */

static uint64_t hash_of(const char *const *words, size_t count)
{
    uint64_t hash = 0;

    for (size_t i = 0; i < count; i++)
        hash = hash_number(hash ^ hash_text(words[i]));
    return hash;
}

static bool has_words(const struct group *group, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(group->words[i], words[i]) != 0)
            return false;
    return true;
}

/* The slot of these words, or the free one where they belong. */
static size_t slot_of(const struct groups *groups, const char *const *words, size_t count)
{
    size_t at = hash_of(words, count) & (groups->size - 1);

    while (groups->slots[at] && !has_words(&groups->list[groups->slots[at] - 1], words, count))
        at = (at + 1) & (groups->size - 1);
    return at;
}

static void grow(struct groups *groups, size_t word_count)
{
    free(groups->slots);
    groups->size = groups->size ? groups->size * 2 : FIRST_SIZE;
    groups->slots = memory_new(groups->size, sizeof(*groups->slots));
    for (size_t i = 0; i < groups->count; i++)
        groups->slots[slot_of(groups, (const char *const *)groups->list[i].words, word_count)] =
            (uint32_t)i + 1;
}

struct group *groups_of(struct groups *groups, const char *const *words, size_t count)
{
    if (groups->count * 2 >= groups->size)
        grow(groups, count);
    size_t slot = slot_of(groups, words, count);

    if (groups->slots[slot])
        return &groups->list[groups->slots[slot] - 1];
    if (groups->count >= REPORT_GROUPS_MAX)
        return NULL;
    groups->list = memory_reserve(groups->list, &groups->capacity, groups->count + 1, sizeof(*groups->list));
    struct group *group = &groups->list[groups->count++];

    *group = (struct group){0};
    for (size_t i = 0; i < count; i++)
        group->words[i] = memory_text(words[i]);
    groups->slots[slot] = (uint32_t)groups->count;
    return group;
}

void groups_finish(struct groups *groups)
{
    for (size_t i = 0; i < groups->count; i++) {
        for (size_t word = 0; word < REPORT_DIMENSIONS; word++)
            free(groups->list[i].words[word]);
        for (size_t sample = 0; sample < REPORT_SAMPLES; sample++)
            free(groups->list[i].samples[sample].values);
    }
    free(groups->list);
    free(groups->slots);
    *groups = (struct groups){0};
}

/* ---- their order ---- */

struct order {
    size_t by_count;
    size_t months; /* dimensions that are months, bits */
};

static int compare(const void *one, const void *other, void *context)
{
    const struct group *a = one, *b = other;
    const struct order *order = context;

    if (order->months & 1 && strcmp(a->words[0], b->words[0]) != 0)
        return strcmp(a->words[0], b->words[0]);
    if (a->counts[order->by_count] != b->counts[order->by_count])
        return a->counts[order->by_count] > b->counts[order->by_count] ? -1 : 1;
    for (size_t i = 0; i < REPORT_DIMENSIONS && a->words[i] && b->words[i]; i++)
        if (strcmp(a->words[i], b->words[i]) != 0)
            return strcmp(a->words[i], b->words[i]);
    return 0;
}

void report_sort(struct report *report, struct groups *groups, size_t by_count)
{
    struct order order = {.by_count = by_count};

    for (size_t i = 0; i < report->question.by_count; i++)
        if (report->question.by[i] == REPORT_BY_MONTH)
            order.months |= (size_t)1 << i;
    if (groups->count)
        qsort_r(groups->list, groups->count, sizeof(*groups->list), compare, &order);
    free(groups->slots); /* places have changed */
    groups->slots = NULL;
    groups->size = 0;
}
