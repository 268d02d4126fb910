/* Schedules as a regime writes them: when they run, over which records, and what they do. Part of a policy.
 */
#ifndef DUBAN_LIB_SCHEDULE_POLICY_H
#define DUBAN_LIB_SCHEDULE_POLICY_H

#include "lib/audience.h"
#include "lib/base/span.h"
#include "lib/calendar.h"
#include "lib/lunar.h"
#include "lib/notice_template.h"
#include "lib/recurrence.h"
#include <stdbool.h>
#include <stdint.h>

#define SCHEDULES_MAX        64
#define SCHEDULE_ANCHORS_MAX 8
#define SCHEDULE_PHASES_MAX  4
#define SCHEDULE_WHEN_MAX    4
#define SCHEDULE_WORDS_MAX   8
#define SCHEDULE_FIELDS_MAX  16

/* A day before, on or after which something is due. */
enum anchor_kind {
    ANCHOR_FIELD,    /* of the record */
    ANCHOR_FESTIVAL, /* of each year */
    ANCHOR_YEARLY,   /* month and day of each year */
};

struct schedule_anchor {
    enum anchor_kind kind;
    uint8_t field, month, day;
    enum lunar_festival festival;
};

/* One stretch of a changing cadence. */
struct schedule_phase {
    struct span every; /* civil days or months */
    int64_t times;     /* 0: for ever */
};

enum schedule_form {
    SCHEDULE_AROUND, /* `30wd before expires`, `on 01-01` */
    SCHEDULE_EVERY,  /* `every 1mo from delivered 3 times, then every 12mo` */
    SCHEDULE_RULE,   /* `FREQ=MONTHLY;BYMONTHDAY=10` */
};

enum schedule_roll { ROLL_STAYS, ROLL_FORWARD, ROLL_BACK };
enum schedule_missed { MISSED_ONCE, MISSED_EACH, MISSED_SKIP };

/* What a ticket that it opens has in one of its fields: a text with {FIELD} of the record. */
struct schedule_filling {
    const char *field, *text;
    int line;
};

/* Which records it runs for. */
enum when_kind {
    WHEN_IS,     /* the field is one of these words */
    WHEN_WITHIN, /* the field's day comes within the span from the run on */
    WHEN_SINCE,  /* it came within the span up to the run */
};

struct schedule_when {
    enum when_kind kind;
    uint8_t field, word_count;
    const char *words[SCHEDULE_WORDS_MAX];
    struct span span; /* civil days or months */
};

struct schedule_at {
    enum schedule_form form;
    struct span offset; /* SCHEDULE_AROUND; 0 days: on the day */
    bool is_before;
    struct schedule_anchor anchors[SCHEDULE_ANCHORS_MAX];
    uint8_t anchor_count;
    struct schedule_phase phases[SCHEDULE_PHASES_MAX];
    uint8_t phase_count;
    uint8_t from_field; /* SCHEDULE_EVERY, and a rule that begins with a field; POLICY_NONE */
    int64_t from_day;   /* of a rule with `from DATE`; INT64_MIN: none */
    const struct recurrence *rule;
    int minute; /* of the day */
    enum schedule_roll roll;
    const char *text; /* as written */
};

struct schedule_policy {
    const char *name;
    const char *title[LANGUAGE_COUNT];
    uint8_t over; /* a register; POLICY_NONE: one run for the desk */
    struct schedule_at at;
    struct schedule_when when[SCHEDULE_WHEN_MAX];
    uint8_t when_count;
    uint8_t until; /* a field that ends it when it is set; POLICY_NONE */
    const struct calendar *calendar;
    enum schedule_missed missed;
    int64_t catch_up_days; /* before a record was put: what fell there is run at once */
    const char *rule;      /* what decides when it runs, as one text: another text is another schedule */
    bool opens;
    uint8_t class_index, urgency, channel, department; /* department POLICY_NONE: by route or by field */
    uint8_t department_field, handler_field;           /* POLICY_NONE */
    uint32_t types;
    const char *subject[LANGUAGE_COUNT], *details[LANGUAGE_COUNT]; /* NULL: none */
    struct schedule_filling fillings[SCHEDULE_FIELDS_MAX];
    uint8_t filling_count;
    const char *template_name; /* NULL: it sends nothing */
    const char *report;        /* that the mail carries; NULL: none */
    struct audience to;
    uint8_t channels;               /* bits of enum notice_channel; 0: mail */
    uint8_t to_field, to_reference; /* a mail field, of the record or of the record that this field names */
    int line;
};

#endif
