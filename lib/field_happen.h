/* Filling in fields is something that happens to a ticket. */
#ifndef DUBAN_LIB_FIELD_HAPPEN_H
#define DUBAN_LIB_FIELD_HAPPEN_H

#include "lib/judge.h"
#include "lib/request.h"

/* What a request said in fields, as occurrences of one instant. */
struct field_news {
    struct occurrence list[TICKET_FIELDS_MAX];
    size_t count;
};

/* The ticket knows from now on what `values` (field_values(), may be NULL) say. */
void field_learn(struct desk *desk, const struct request *request, struct ticket *ticket,
                 const json_t *values, msec at, struct field_news *ret_news);

/* Its clocks hear of it. Of a new ticket: after they heard that it was received. */
void field_tell(struct desk *desk, struct ticket *ticket, const struct field_news *news);

/* Both, for a ticket that has been there: clocks that apply no longer end, others begin. */
void field_change(struct desk *desk, const struct request *request, struct ticket *ticket,
                  const json_t *values);

#endif
