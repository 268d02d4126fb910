/*
 * The journal's tail in memory, so that subscribers can catch up without asking PostgreSQL.
 *
 * The server adds every committed row; subscriptions read from it at their own pace. They hold sequence
 * numbers and no rows, so a subscriber that doesn't read costs nothing here: when the rows it wanted are gone
 * it is told which ones, and asks journal.read.
 *
 * Invariant: rows stand in rising order of sequence; every row that was published after `lost_up_to` is
 * there. The ring is bounded in rows and in bytes, because one row may be as large as a request.
 *
 * Each row is rendered once, not once per subscriber. Roles that need not see contact data get a second
 * rendering in which the values of members that hold such data are replaced. The list of names is short and
 * closed; free text (subject, details, notes) stays, as it does in the answers to these roles.
 */
#include "daemon/history.h"

#include "lib/base/instant.h"
#include "lib/base/memory.h"
#include "lib/base/text.h"
#include "lib/rpc.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct history {
    struct history_row rows[HISTORY_ROWS_MAX];
    size_t first, count;
    size_t bytes;
    uint64_t lost_up_to;
};

struct history *history_create(void)
{
    return memory_new(1, sizeof(struct history));
}

static struct history_row *row_at(struct history *history, size_t index)
{
    return &history->rows[(history->first + index) % HISTORY_ROWS_MAX];
}

static size_t row_bytes(const struct history_row *row)
{
    return strlen(row->text) + (row->masked ? strlen(row->masked) : 0);
}

static void drop_oldest(struct history *history)
{
    struct history_row *row = row_at(history, 0);

    history->lost_up_to = row->sequence;
    history->bytes -= row_bytes(row);
    free(row->type);
    free(row->text);
    free(row->masked);
    *row = (struct history_row){0};
    history->first = (history->first + 1) % HISTORY_ROWS_MAX;
    history->count--;
}

void history_destroy(struct history *history)
{
    if (!history)
        return;
    while (history->count > 0)
        drop_oldest(history);
    free(history);
}

static char *render(const struct journal_row *row, size_t *ret_data)
{
    char at[INSTANT_TEXT];
    struct text text;

    text_init(&text);
    text_printf(&text, "\"seq\":%" PRIu64 ",\"type\":", row->sequence);
    rpc_write_string(&text, row->type);
    instant_format(row->at, 0, at);
    text_printf(&text, ",\"at\":\"%s\",\"ticket\":", at);
    if (row->ticket)
        text_printf(&text, "\"%" PRIu64 "\"", row->ticket);
    else
        text_add(&text, "null");
    text_add(&text, ",\"data\":");
    *ret_data = text.length;
    text_add(&text, row->body ? row->body : "{}");
    return text_take(&text);
}

void history_begin(struct history *history, uint64_t sequence)
{
    if (history->count == 0 && sequence > history->lost_up_to)
        history->lost_up_to = sequence;
}

void history_add(struct history *history, const struct journal_row *row)
{
    uint64_t latest = history->count ? row_at(history, history->count - 1)->sequence : 0;

    if (row->sequence <= latest)
        return;
    if (history->count == 0)
        history->lost_up_to = row->sequence - 1;
    if (history->count == HISTORY_ROWS_MAX)
        drop_oldest(history);
    struct history_row *added = row_at(history, history->count);

    *added = (struct history_row){.sequence = row->sequence, .ticket = row->ticket};
    added->type = memory_text(row->type);
    added->text = render(row, &added->data);
    history->bytes += row_bytes(added);
    history->count++;
    while (history->bytes > HISTORY_BYTES_MAX && history->count > 1)
        drop_oldest(history);
}

struct history_row *history_from(struct history *history, uint64_t sequence)
{
    size_t low = 0, high = history->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (row_at(history, middle)->sequence < sequence)
            low = middle + 1;
        else
            high = middle;
    }
    return low < history->count ? row_at(history, low) : NULL;
}

uint64_t history_lost_up_to(const struct history *history)
{
    return history->lost_up_to;
}

static bool holds_contact_data(const char *member)
{
    static const char *const names[] = {"contact", "contact_name", "phone",  "fax",
                                        "email",   "address",      "mobile", "display_name"};

    for (size_t index = 0; index < sizeof(names) / sizeof(*names); index++)
        if (strcmp(names[index], member) == 0)
            return true;
    return false;
}

/* Recursion ends: bodies come from requests that were at most RPC_NESTING_MAX deep. */
static void mask(json_t *value, bool everything)
{
    const char *member;
    json_t *inner;
    size_t index;

    if (json_is_string(value) && everything)
        json_string_set(value, "***");
    json_object_foreach(value, member, inner) mask(inner, everything || holds_contact_data(member));
    json_array_foreach(value, index, inner) mask(inner, everything);
}

const char *history_masked(struct history *history, struct history_row *row)
{
    struct text text;

    if (row->masked)
        return row->masked;
    json_t *body = json_loads(row->text + row->data, 0, NULL);

    mask(body, false);
    char *dumped = body ? json_dumps(body, JSON_COMPACT | JSON_SORT_KEYS) : NULL;

    text_init(&text);
    text_append(&text, row->text, row->data);
    text_add(&text, dumped ? dumped : "{}");
    free(dumped);
    json_decref(body);
    row->masked = text_take(&text);
    history->bytes += strlen(row->masked);
    return row->masked;
}
