/* Binary values from PostgreSQL, back to rows. The columns are those of load_*.sql and recall_*.sql, in
 * order. */
#ifndef DUBAN_DAEMON_FIELDS_H
#define DUBAN_DAEMON_FIELDS_H

#include "lib/effect.h"
#include <libpq-fe.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct field {
    char *bytes; /* texts are NUL-terminated */
    int length;  /* -1: NULL */
};

#define FIELDS_MAX      36 /* room for any of them */
#define FIELDS_TICKET   33
#define FIELDS_CLOCK    21
#define FIELDS_NOTICE   27
#define FIELDS_PAUSE    5
#define FIELDS_TOLD     5
#define FIELDS_WINDOW   7
#define FIELDS_APPROVAL 10
#define FIELDS_REGISTER 6
#define FIELDS_SCHEDULE 3
#define FIELDS_MAILING  16
#define FIELDS_RUN      5
#define FIELDS_JOURNAL  6

/* Finds the fields of one row of a binary COPY, in place: a byte behind each text becomes its NUL. The header
   of the stream, which comes with the first row, is skipped. 0, 1 for the stream's end, -EPROTO when it is no
   such row. */
int fields_from_copy(char *bytes, size_t length, struct field *ret_fields, int count)
    __attribute__((warn_unused_result));
void fields_from_result(const PGresult *result, int row, struct field *ret_fields, int count);

/* A value; NULL gives 0, NEVER, false, "" (or NULL). A value of another length gives 0. */
int64_t fields_number(const struct field *field);
bool fields_boolean(const struct field *field);
msec fields_instant(const struct field *field);
const char *fields_text(const struct field *field);
const char *fields_text_or_null(const struct field *field);

/* What comes beside a ticket's row. */
struct ticket_counts {
    uint32_t contacts, progress, plans;
};

/* Texts of the rows point into the fields. */
void fields_ticket(const struct field *fields, struct ticket_row *ret_row, struct ticket_counts *ret_counts);
void fields_approval(const struct field *fields, struct approval_row *ret_row);
void fields_clock(const struct field *fields, struct clock_row *ret_row);
void fields_register(const struct field *fields, struct register_row *ret_row);
void fields_schedule(const struct field *fields, struct schedule_row *ret_row);
void fields_mailing(const struct field *fields, struct mailing_row *ret_row);
void fields_run(const struct field *fields, struct schedule_run_row *ret_row, uint32_t *ret_count);
void fields_window(const struct field *fields, struct window_row *ret_row);
void fields_pause(const struct field *fields, struct pause_row *ret_row);
void fields_notice(const struct field *fields, struct notice_row *ret_row, uint16_t *ret_attempts,
                   msec *ret_ready_at);
void fields_journal(const struct field *fields, struct journal_row *ret_row, const unsigned char **ret_hash);

#endif
