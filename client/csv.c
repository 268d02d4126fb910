/*
 * Reading comma-separated values.
 *
 * Used by the importer. Owns a block of input and the bytes of one record. Strict on purpose: a quote in the
 * middle of a plain field, a bare carriage return or a record with a field too many is how a shifted column
 * begins, and a shifted column files wrong deadlines. Lines end in LF or CRLF; a byte order mark at the very
 * beginning is skipped, because spreadsheet programs write one.
 *
 * A record is collected as bytes with a NUL after each field; pointers are made when it is whole, since the
 * storage moves while it grows. Blocks instead of getline(): a quoted field may hold line ends, and the input
 * may be compressed.
 */
#include "client/csv.h"

#include "lib/base/memory.h"
#include "lib/base/text.h"
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_BYTES (1u << 16)
#define AT_END      (-1)

struct csv {
    csv_source source;
    void *context;
    char block[BLOCK_BYTES];
    size_t at, length;
    bool has_ended, has_failed, has_begun;
    size_t line, record_line; /* of the next byte; of the current record's first byte */
    struct text record;
    size_t starts[CSV_FIELDS_MAX];
    const char *fields[CSV_FIELDS_MAX];
    size_t count, expected;
    char error[128];
};

struct csv *csv_create(csv_source source, void *context)
{
    struct csv *csv = memory_new(1, sizeof *csv);

    csv->source = source;
    csv->context = context;
    csv->line = csv->record_line = 1;
    return csv;
}

void csv_destroy(struct csv *csv)
{
    if (!csv)
        return;
    text_finish(&csv->record);
    free(csv);
}

size_t csv_line(const struct csv *csv)
{
    return csv->record_line;
}

const char *csv_error(const struct csv *csv)
{
    return csv->error;
}

static bool bad(struct csv *csv, const char *sentence)
{
    if (!*csv->error)
        snprintf(csv->error, sizeof csv->error, "%s", sentence);
    return false;
}

/* The next byte without taking it, AT_END behind the last. */
static int peek(struct csv *csv)
{
    if (csv->at == csv->length && !csv->has_ended) {
        ssize_t got = csv->source(csv->context, csv->block, sizeof csv->block);

        csv->at = 0;
        csv->length = got > 0 ? (size_t)got : 0;
        csv->has_ended = got <= 0;
        if (got < 0)
            bad(csv, "can't be read");
    }
    return csv->at < csv->length ? (unsigned char)csv->block[csv->at] : AT_END;
}

static int take(struct csv *csv)
{
    int byte = peek(csv);

    if (byte != AT_END)
        csv->at++;
    if (byte == '\n')
        csv->line++;
    return byte;
}

static bool keep(struct csv *csv, int byte)
{
    char one = (char)byte;

    if (byte == '\0')
        return bad(csv, "there is a NUL byte");
    if (csv->record.length >= CSV_BYTES_MAX)
        return bad(csv, "the record is longer than 1 MiB (is a quote not closed?)");
    text_append(&csv->record, &one, 1);
    return true;
}

/* Behind the opening quote, up to and with the closing one. */
static bool read_quoted(struct csv *csv)
{
    for (;;) {
        int byte = take(csv);

        if (byte == AT_END)
            return bad(csv, "a quoted field is not closed");
        if (byte != '"') {
            if (!keep(csv, byte))
                return false;
            continue;
        }
        if (peek(csv) != '"')
            break;
        if (!keep(csv, take(csv)))
            return false;
    }
    int next = peek(csv);

    if (next != ',' && next != '\n' && next != '\r' && next != AT_END)
        return bad(csv, "there is text behind a closing quote");
    return true;
}

static bool read_plain(struct csv *csv)
{
    for (;;) {
        int byte = peek(csv);

        if (byte == ',' || byte == '\n' || byte == '\r' || byte == AT_END)
            return true;
        if (byte == '"')
            return bad(csv, "there is a quote inside a field that is not quoted");
        if (!keep(csv, take(csv)))
            return false;
    }
}

static bool read_field(struct csv *csv)
{
    if (csv->count == CSV_FIELDS_MAX)
        return bad(csv, "there are more than 256 fields");
    csv->starts[csv->count++] = csv->record.length;
    if (peek(csv) == '"') {
        take(csv);
        if (!read_quoted(csv))
            return false;
    } else if (!read_plain(csv)) {
        return false;
    }
    text_append(&csv->record, "", 1);
    return true;
}

/* Reads fields up to and with the end of the line. */
static bool read_record(struct csv *csv)
{
    for (;;) {
        if (!read_field(csv))
            return false;
        int byte = take(csv);

        if (byte == '\n' || byte == AT_END)
            return !*csv->error;
        if (byte == '\r')
            return take(csv) == '\n' || bad(csv, "there is a carriage return without a line feed");
    }
}

static bool check_record(struct csv *csv)
{
    char sentence[sizeof csv->error];

    for (size_t i = 0; i < csv->count; i++) {
        csv->fields[i] = csv->record.bytes + csv->starts[i];
        json_t *probe = json_string(csv->fields[i]);

        if (!probe)
            return bad(csv, "the text is not valid UTF-8");
        json_decref(probe);
    }
    if (csv->expected == 0)
        csv->expected = csv->count;
    if (csv->count == csv->expected)
        return true;
    snprintf(sentence, sizeof sentence, "there are %zu fields instead of %zu", csv->count, csv->expected);
    return bad(csv, sentence);
}

static void skip_mark(struct csv *csv)
{
    static const char mark[] = "\xef\xbb\xbf";

    /* A block begins the file, and a first block shorter than the mark holds no record anyway. */
    if (peek(csv) == 0xef && csv->length >= 3 && memcmp(csv->block, mark, 3) == 0)
        csv->at = 3;
    csv->has_begun = true;
}

enum csv_outcome csv_next(struct csv *csv, const char *const **ret_fields, size_t *ret_count)
{
    if (!csv->has_begun)
        skip_mark(csv);
    if (csv->has_failed)
        return CSV_BAD;
    csv->record_line = csv->line;
    text_clear(&csv->record);
    csv->count = 0;
    if (peek(csv) == AT_END && !*csv->error)
        return CSV_END;
    if (!read_record(csv) || !check_record(csv)) {
        csv->has_failed = true;
        return CSV_BAD;
    }
    *ret_fields = csv->fields;
    *ret_count = csv->count;
    return CSV_RECORD;
}
