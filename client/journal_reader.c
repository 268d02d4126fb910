/*
 * Reading the journal for replay: pages of journal.read, and what is an event among their rows.
 *
 * Used by replay_source.c and journal.c. What was written when the reading began is read, and nothing that
 * comes meanwhile, so that a busy daemon does not keep it from ending. A row that is missing or damaged ends
 * the reading with its sequence number: a history with a hole is another history. Rows about tickets that
 * were filed before the first row read can't be judged; they are left out and counted, in sight.
 */
#include "client/journal_reader.h"

#include "client/journal_event.h"
#include "lib/base/intern.h"
#include "lib/base/memory.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define PAGE_ROWS                                                                                            \
    100 /* of the longest bodies there are still less than the daemon lets pile up for a client */

struct journal_reader {
    const struct invocation *invocation;
    struct connection *connection;
    const char *ticket;
    json_t *page;
    size_t row;
    uint64_t first, next, last; /* sequence numbers: the first to read, the next to read, the newest */
    uint64_t place;
    char policy[JOURNAL_EVENT_POLICY]; /* of the last event */
    msec now;                          /* of the row before: time does not run back in a replay */
    msec told_at;                      /* of the event before */
    bool has_ended;                    /* the last event was given */
    uint64_t left_out;
    uint64_t *filed; /* tickets filed by rows that were read, rising */
    size_t filed_count, filed_capacity;
    struct intern *numbers; /* numbers that were met */
    uint64_t *numbered;     /* their tickets, 0: not filed by a row that was read */
    size_t numbered_count, numbered_capacity;
};

static enum exit_code call(struct journal_reader *reader, const char *method, json_t *params,
                           json_t **ret_result)
{
    json_t *answer = NULL;
    enum connection_outcome outcome = connection_call(reader->connection, method, params, &answer);
    const json_t *error = json_object_get(answer, "error");
    enum exit_code code = EXIT_FINE;

    *ret_result = NULL;
    if (outcome != CONNECTION_OK)
        code = command_lost(reader->connection, outcome);
    else if (error)
        code = command_refused(reader->invocation, method, error);
    else
        *ret_result = json_incref(json_object_get(answer, "result"));
    json_decref(answer);
    return code;
}

static enum exit_code ask_last(struct journal_reader *reader)
{
    json_t *stats;
    enum exit_code code = call(reader, "system.stats", NULL, &stats);
    const json_t *desk = json_object_get(stats, "desk"), *last = json_object_get(desk, "journal_sequence");

    if (code == EXIT_FINE && !json_is_integer(last)) {
        command_complain("system.stats: the daemon does not say how long its journal is");
        code = EXIT_UNREACHABLE;
    }
    reader->last = (uint64_t)json_integer_value(last);
    json_decref(stats);
    return code;
}

enum exit_code journal_reader_open(const struct invocation *invocation, const char *ticket,
                                   struct journal_reader **ret_reader)
{
    struct journal_reader *reader = *ret_reader = memory_new(1, sizeof *reader);
    enum exit_code code;

    reader->invocation = invocation;
    reader->numbers = intern_create();
    reader->ticket = ticket;
    reader->first = (uint64_t)options_number(&invocation->options, "from-seq", 1);
    reader->next = reader->first = reader->first ? reader->first : 1;
    if (!command_connect(invocation, &reader->connection, &code))
        return code;
    return ask_last(reader);
}

void journal_reader_close(struct journal_reader *reader)
{
    if (!reader)
        return;
    if (reader->left_out)
        command_complain("journal: %llu rows left out, their tickets were filed before row %llu",
                         (unsigned long long)reader->left_out, (unsigned long long)reader->first);
    connection_close(reader->connection);
    json_decref(reader->page);
    intern_destroy(reader->numbers);
    free(reader->numbered);
    free(reader->filed);
    free(reader);
}

uint64_t journal_reader_place(const struct journal_reader *reader)
{
    return reader->place;
}

const char *journal_reader_policy(const struct journal_reader *reader)
{
    return reader->policy;
}

uint64_t journal_reader_first(const struct journal_reader *reader)
{
    return reader->first;
}

uint64_t journal_reader_last(const struct journal_reader *reader)
{
    return reader->last;
}

/* ---- pages ---- */

static enum exit_code read_page(struct journal_reader *reader)
{
    json_t *params = json_pack("{s:I, s:i, s:s*}", "from_seq", (json_int_t)reader->next, "limit", PAGE_ROWS,
                               "ticket", reader->ticket);

    json_decref(reader->page);
    reader->row = 0;
    return call(reader, "journal.read", params, &reader->page);
}

/* The next row up to the newest, NULL behind it. The first page is asked for even of an empty journal, so
   that whoever may not read it is told so. */
static enum exit_code next_row(struct journal_reader *reader, const json_t **ret_row)
{
    enum exit_code code = EXIT_FINE;
    bool is_over = reader->page && reader->next > reader->last;

    *ret_row = NULL;
    if (is_over)
        return EXIT_FINE;
    if (!reader->page || reader->row == PAGE_ROWS)
        code = read_page(reader);
    if (code == EXIT_FINE && reader->next <= reader->last)
        *ret_row = json_array_get(json_object_get(reader->page, "rows"), reader->row++);
    return code;
}

/* ---- rows ---- */

static enum exit_code refuse(uint64_t sequence, const char *wrong)
{
    command_complain("journal row %llu: %s", (unsigned long long)sequence, wrong);
    return EXIT_REFUSED;
}

static int by_number(const void *a, const void *b)
{
    uint64_t one = *(const uint64_t *)a, other = *(const uint64_t *)b;

    return one < other ? -1 : one > other;
}

static bool was_filed(const struct journal_reader *reader, uint64_t ticket)
{
    return reader->filed_count &&
           bsearch(&ticket, reader->filed, reader->filed_count, sizeof *reader->filed, by_number);
}

/* Ids are given out in order. False: this one was not. */
static bool note_filed(struct journal_reader *reader, uint64_t ticket)
{
    size_t count = reader->filed_count;

    if (count && reader->filed[count - 1] >= ticket)
        return false;
    reader->filed = memory_reserve(reader->filed, &reader->filed_capacity, count + 1, sizeof *reader->filed);
    reader->filed[reader->filed_count++] = ticket;
    return true;
}

/* Where the ticket of a number stands. */
static uint64_t *place_of(struct journal_reader *reader, const char *number)
{
    uint32_t id = intern_id(reader->numbers, number);

    reader->numbered = memory_reserve(reader->numbered, &reader->numbered_capacity, (size_t)id + 1,
                                      sizeof *reader->numbered);
    for (; reader->numbered_count <= id; reader->numbered_count++)
        reader->numbered[reader->numbered_count] = 0;
    return &reader->numbered[id];
}

/* The other ticket that a request names, by id or number as the client liked, becomes a ref too. False: it is
   none that was filed by a row that was read. */
static bool name_other(struct journal_reader *reader, const struct journal_event *event)
{
    const char *parameter = journal_event_other(json_string_value(json_object_get(event->object, "method")));
    json_t *params = json_object_get(event->object, "params");
    const char *name = parameter ? json_string_value(json_object_get(params, parameter)) : NULL;
    char id[24];

    if (!name)
        return true;
    uint64_t ticket = *name && strspn(name, "0123456789") == strlen(name) ? strtoull(name, NULL, 10)
                                                                          : *place_of(reader, name);

    snprintf(id, sizeof id, "%" PRIu64, ticket);
    json_object_set_new(params, parameter, json_string(id));
    return was_filed(reader, ticket);
}

/* An event, unless it is about a ticket that was filed before the first row. */
static enum exit_code take_event(struct journal_reader *reader, const struct journal_event *event,
                                 json_t **ret_event)
{
    if (event->files_it && !note_filed(reader, event->ticket)) {
        json_decref(event->object);
        return refuse(event->sequence, "it filed a ticket that was filed before");
    }
    if (event->files_it && *event->number)
        *place_of(reader, event->number) = event->ticket;
    if ((event->ticket && !was_filed(reader, event->ticket)) || !name_other(reader, event)) {
        json_decref(event->object);
        reader->left_out++;
    } else {
        *ret_event = event->object;
    }
    return EXIT_FINE;
}

/* Rows follow each other without a gap, unless one ticket's were asked for. */
static enum exit_code take_row(struct journal_reader *reader, const json_t *row, json_t **ret_event)
{
    struct journal_event event;
    enum journal_event_outcome outcome = journal_event_read(row, &event);

    if (outcome == JOURNAL_DAMAGED)
        return refuse(event.sequence ? event.sequence : reader->next, event.wrong);
    if (reader->ticket ? event.sequence < reader->next : event.sequence != reader->next) {
        json_decref(event.object);
        return refuse(reader->next, "it is missing");
    }
    reader->place = event.sequence;
    reader->next = event.sequence + 1;
    reader->now = event.at > reader->now ? event.at : reader->now;
    if (outcome == JOURNAL_OTHER)
        return EXIT_FINE;
    memcpy(reader->policy, event.policy, sizeof reader->policy);
    return take_event(reader, &event, ret_event);
}

/* A clock that was set back does not take the replay back with it. */
static void set_time(struct journal_reader *reader, json_t *event)
{
    json_t *advance = journal_event_advance(reader->now);

    json_object_set(event, "at", json_object_get(advance, "at"));
    json_decref(advance);
    reader->told_at = reader->now;
}

enum exit_code journal_reader_next(struct journal_reader *reader, json_t **ret_event)
{
    const json_t *row;
    enum exit_code code = EXIT_FINE;

    *ret_event = NULL;
    while (code == EXIT_FINE && !*ret_event && !reader->has_ended) {
        code = next_row(reader, &row);
        if (code == EXIT_FINE && row)
            code = take_row(reader, row, ret_event);
        else
            reader->has_ended = true;
    }
    if (code == EXIT_FINE && !*ret_event && reader->now > reader->told_at)
        *ret_event = journal_event_advance(reader->now);
    if (*ret_event)
        set_time(reader, *ret_event);
    return code;
}
