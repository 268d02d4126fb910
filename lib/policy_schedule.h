/* Shared by the two halves of the reader of [schedule X]: the section and its days. */
#ifndef DUBAN_LIB_POLICY_SCHEDULE_H
#define DUBAN_LIB_POLICY_SCHEDULE_H

#include "lib/policy_sections.h"

/* Bits of enum field_kind. */
#define KINDS_DAY   (KIND(FIELD_DATE) | KIND(FIELD_INSTANT))
#define KINDS_ANY   ((UINT32_C(1) << FIELD_KIND_COUNT) - 1)
#define KINDS_WORDS (KINDS_ANY & ~KINDS_DAY)

struct schedule_check {
    struct compiler *compiler;
    const struct schedule_policy *schedule;
};

struct schedule_policy *schedule_of(struct compiler *compiler, const struct entry *entry);

/* What it runs over; NULL: the desk. */
const struct register_policy *schedule_register(const struct compiler *compiler,
                                                const struct schedule_policy *schedule);

/* `status active, expires within 2mo`: which records; into `schedule->when`. NULL, or what is wrong. */
const char *schedule_conditions(struct compiler *compiler, struct schedule_policy *schedule,
                                const char *text);

/* What stands behind the field's name, from `word` on. NULL, or what is wrong. */
const char *schedule_condition(struct compiler *compiler, const struct register_field *field,
                               struct schedule_when *when, const char *word, const char **cursor);

/* The field of that name, of one of these kinds (bits). NULL, or what is wrong. */
const char *schedule_field(struct compiler *compiler, const struct schedule_policy *schedule,
                           const char *name, uint32_t kinds, uint8_t *ret_field);

#endif
