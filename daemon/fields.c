/*
 * Reading rows as PostgreSQL sends them in binary.
 *
 * The loader reads millions of rows by COPY, the reader a few by ordinary results; both end here, so that a
 * column is decoded in one place. COPY gives each field as a length and its bytes with nothing between, so
 * the first byte of the next length, already read, makes room for the NUL of a text: no copy is made for a
 * row that is only looked at. What was received is checked (lengths within the row, values of the right
 * size), never trusted.
 */
#include "daemon/fields.h"

#include <endian.h>
#include <errno.h>
#include <string.h>

#define EPOCH_2000_MS INT64_C(946684800000)
#define COPY_HEADER   19 /* signature, flags, length of the extension (always 0) */

static const char signature[11] = "PGCOPY\n\377\r\n";

_Static_assert(FIELDS_TICKET <= FIELDS_MAX && FIELDS_NOTICE <= FIELDS_MAX && FIELDS_CLOCK <= FIELDS_MAX,
               "a row has more columns than there is room for");

static int32_t read32(const char *bytes)
{
    uint32_t big;

    memcpy(&big, bytes, sizeof(big));
    return (int32_t)be32toh(big);
}

static int16_t read16(const char *bytes)
{
    uint16_t big;

    memcpy(&big, bytes, sizeof(big));
    return (int16_t)be16toh(big);
}

int fields_from_copy(char *bytes, size_t length, struct field *ret_fields, int count)
{
    char *end = bytes + length;

    if (length >= COPY_HEADER && memcmp(bytes, signature, sizeof(signature)) == 0)
        bytes += COPY_HEADER;
    if (end - bytes < 2)
        return -EPROTO;
    if (read16(bytes) == -1)
        return 1;
    if (read16(bytes) != count)
        return -EPROTO;
    bytes += 2;
    for (int i = 0; i < count; i++) {
        if (end - bytes < 4)
            return -EPROTO;
        int32_t size = read32(bytes);

        *bytes = '\0'; /* ends the text before */
        bytes += 4;
        if (size < -1 || size > end - bytes)
            return -EPROTO;
        ret_fields[i] = (struct field){.bytes = bytes, .length = size};
        bytes += size > 0 ? size : 0;
    }
    return bytes == end ? 0 : -EPROTO; /* libpq puts a NUL behind the whole */
}

void fields_from_result(const PGresult *result, int row, struct field *ret_fields, int count)
{
    for (int i = 0; i < count; i++)
        ret_fields[i] = (struct field){
            .bytes = PQgetvalue(result, row, i),
            .length = PQgetisnull(result, row, i) ? -1 : PQgetlength(result, row, i),
        };
}

int64_t fields_number(const struct field *field)
{
    uint64_t big;

    switch (field->length) {
    case 2:
        return read16(field->bytes);
    case 4:
        return read32(field->bytes);
    case 8:
        memcpy(&big, field->bytes, sizeof(big));
        return (int64_t)be64toh(big);
    default:
        return 0;
    }
}

bool fields_boolean(const struct field *field)
{
    return field->length == 1 && field->bytes[0] != 0;
}

msec fields_instant(const struct field *field)
{
    return field->length == 8 ? fields_number(field) / 1000 + EPOCH_2000_MS : NEVER;
}

const char *fields_text_or_null(const struct field *field)
{
    return field->length < 0 ? NULL : field->bytes;
}

const char *fields_text(const struct field *field)
{
    return field->length < 0 ? "" : field->bytes;
}

void fields_ticket(const struct field *fields, struct ticket_row *ret_row, struct ticket_counts *ret_counts)
{
    *ret_row = (struct ticket_row){
        .ticket = (uint64_t)fields_number(&fields[0]),
        .revision = (uint32_t)fields_number(&fields[1]),
        .open = fields_boolean(&fields[2]),
        .received_at = fields_instant(&fields[3]),
        .created_at = fields_instant(&fields[4]),
        .handed_over_at = fields_instant(&fields[5]),
        .expected_at = fields_instant(&fields[6]),
        .solved_at = fields_instant(&fields[7]),
        .closed_at = fields_instant(&fields[8]),
        .history_until_at = fields_instant(&fields[9]),
        .contacted_at = fields_instant(&fields[10]),
        .number = fields_text(&fields[14]),
        .class_name = fields_text(&fields[15]),
        .types = fields_text(&fields[16]),
        .urgency = fields_text(&fields[17]),
        .channel = fields_text(&fields[18]),
        .stage = fields_text(&fields[19]),
        .customer = fields_text(&fields[20]),
        .staffed = fields_text(&fields[21]),
        .department = fields_text(&fields[22]),
        .handler = fields_text(&fields[23]),
        .recorder = fields_text(&fields[24]),
        .facts = fields_text(&fields[25]),
        .key_account = fields_boolean(&fields[26]),
        .occurred_at = fields_instant(&fields[27]),
        .staged_at = fields_instant(&fields[28]),
        .contact = fields_text(&fields[29]),
        .supporting = fields_text(&fields[30]),
        .known = fields_text_or_null(&fields[31]),
        .story = fields_text_or_null(&fields[32]),
    };
    *ret_counts = (struct ticket_counts){
        .contacts = (uint32_t)fields_number(&fields[11]),
        .progress = (uint32_t)fields_number(&fields[12]),
        .plans = (uint32_t)fields_number(&fields[13]),
    };
}

void fields_approval(const struct field *fields, struct approval_row *ret_row)
{
    *ret_row = (struct approval_row){
        .approval = (uint64_t)fields_number(&fields[0]),
        .ticket = (uint64_t)fields_number(&fields[1]),
        .kind = fields_text(&fields[2]),
        .clock = fields_text(&fields[3]),
        .department = fields_text(&fields[4]),
        .handler = fields_text(&fields[5]),
        .asker = fields_text(&fields[6]),
        .cycle = (uint16_t)fields_number(&fields[7]),
        .approved = fields_boolean(&fields[8]),
        .until_at = fields_instant(&fields[9]),
    };
}

void fields_clock(const struct field *fields, struct clock_row *ret_row)
{
    *ret_row = (struct clock_row){
        .ticket = (uint64_t)fields_number(&fields[0]),
        .clock = fields_text(&fields[1]),
        .state = fields_text(&fields[2]),
        .cycle = (uint16_t)fields_number(&fields[3]),
        .reminders = fields_text(&fields[4]),
        .rungs = (uint8_t)fields_number(&fields[5]),
        .credited = (uint8_t)fields_number(&fields[6]),
        .ladder = (uint16_t)fields_number(&fields[7]),
        .ladder_running = fields_boolean(&fields[8]),
        .was_late = fields_boolean(&fields[9]),
        .withdrawn = fields_boolean(&fields[10]),
        .acknowledged = fields_boolean(&fields[11]),
        .anchor_at = fields_instant(&fields[12]),
        .due_at = fields_instant(&fields[13]),
        .breached_at = fields_instant(&fields[14]),
        .fired_at = fields_instant(&fields[15]),
        .ended_at = fields_instant(&fields[16]),
        .repeats = (uint8_t)fields_number(&fields[17]),
        .untold = (uint32_t)fields_number(&fields[18]),
        .told_since = (uint16_t)fields_number(&fields[19]),
        .rearmed = (uint8_t)fields_number(&fields[20]),
    };
}

void fields_register(const struct field *fields, struct register_row *ret_row)
{
    *ret_row = (struct register_row){
        .of = fields_text(&fields[0]),
        .record = fields_text(&fields[1]),
        .revision = (uint32_t)fields_number(&fields[2]),
        .removed = fields_boolean(&fields[3]),
        .changed_at = fields_instant(&fields[4]),
        .body = fields_text(&fields[5]),
    };
}

void fields_schedule(const struct field *fields, struct schedule_row *ret_row)
{
    *ret_row = (struct schedule_row){
        .schedule = fields_text(&fields[0]),
        .rule = fields_text(&fields[1]),
        .since_at = fields_instant(&fields[2]),
    };
}

void fields_run(const struct field *fields, struct schedule_run_row *ret_row, uint32_t *ret_count)
{
    *ret_row = (struct schedule_run_row){
        .schedule = fields_text(&fields[0]),
        .of = fields_text(&fields[1]),
        .record = fields_text(&fields[2]),
        .occurrence_at = fields_instant(&fields[3]),
    };
    *ret_count = (uint32_t)fields_number(&fields[4]);
}

void fields_window(const struct field *fields, struct window_row *ret_row)
{
    *ret_row = (struct window_row){
        .ticket = (uint64_t)fields_number(&fields[0]),
        .clock = fields_text(&fields[1]),
        .cycle = (uint16_t)fields_number(&fields[2]),
        .credited = (uint8_t)fields_number(&fields[3]),
        .is_final = fields_boolean(&fields[4]),
        .is_remembered = true,
        .start_at = fields_instant(&fields[5]),
        .end_at = fields_instant(&fields[6]),
    };
}

void fields_pause(const struct field *fields, struct pause_row *ret_row)
{
    *ret_row = (struct pause_row){
        .ticket = (uint64_t)fields_number(&fields[0]),
        .pause = (uint32_t)fields_number(&fields[1]),
        .reason = fields_text(&fields[2]),
        .from_at = fields_instant(&fields[3]),
        .to_at = fields_instant(&fields[4]),
    };
}

void fields_notice(const struct field *fields, struct notice_row *ret_row, uint16_t *ret_attempts,
                   msec *ret_ready_at)
{
    *ret_row = (struct notice_row){
        .notice = (uint64_t)fields_number(&fields[0]),
        .ticket = (uint64_t)fields_number(&fields[1]),
        .cycle = (uint32_t)fields_number(&fields[2]),
        .rung = (int16_t)fields_number(&fields[3]),
        .at = fields_instant(&fields[5]),
        .clock = fields_text(&fields[7]),
        .recipient = fields_text(&fields[8]),
        .role = fields_text(&fields[9]),
        .channel = fields_text(&fields[10]),
        .state = fields_text(&fields[11]),
        .address = fields_text(&fields[12]),
        .display_name = fields_text(&fields[13]),
        .language = fields_text(&fields[14]),
        .template_name = fields_text(&fields[15]),
        .message_id = fields_text(&fields[16]),
        .thread = fields_text_or_null(&fields[17]),
        .reason = fields_text_or_null(&fields[18]),
        .detail = fields_text_or_null(&fields[19]),
        .subject = fields_text_or_null(&fields[20]),
        .body = fields_text_or_null(&fields[21]),
        .due_at = fields_instant(&fields[22]),
        .ready_at = fields_instant(&fields[6]),
        .let_go_at = fields_instant(&fields[24]),
        .hold = fields_text_or_null(&fields[23]),
        .number = fields_text_or_null(&fields[25]),
        .department = fields_text_or_null(&fields[26]),
    };
    *ret_attempts = (uint16_t)fields_number(&fields[4]);
    *ret_ready_at = fields_instant(&fields[6]);
}

void fields_journal(const struct field *fields, struct journal_row *ret_row, const unsigned char **ret_hash)
{
    static const unsigned char no_hash[32];

    *ret_row = (struct journal_row){
        .sequence = (uint64_t)fields_number(&fields[0]),
        .at = fields_instant(&fields[1]),
        .ticket = (uint64_t)fields_number(&fields[2]),
        .type = fields_text(&fields[3]),
        .body = fields_text(&fields[5]),
    };
    *ret_hash = fields[4].length == 32 ? (const unsigned char *)fields[4].bytes : no_hash;
}

void fields_mailing(const struct field *fields, struct mailing_row *ret_row)
{
    *ret_row = (struct mailing_row){
        .mailing = (uint64_t)fields_number(&fields[0]),
        .ticket = (uint64_t)fields_number(&fields[1]),
        .of = fields_text(&fields[2]),
        .template_name = fields_text(&fields[3]),
        .state = fields_text(&fields[4]),
        .role = fields_text(&fields[5]),
        .actor = fields_text(&fields[6]),
        .note = fields_text_or_null(&fields[7]),
        .recipients = fields_text_or_null(&fields[8]),
        .why = fields_text_or_null(&fields[9]),
        .next = (uint32_t)fields_number(&fields[10]),
        .sent = (uint32_t)fields_number(&fields[11]),
        .suppressed = (uint32_t)fields_number(&fields[12]),
        .failed = (uint32_t)fields_number(&fields[13]),
        .started_at = fields_instant(&fields[14]),
        .finished_at = fields_instant(&fields[15]),
    };
}
