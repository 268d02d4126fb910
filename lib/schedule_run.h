/* What a schedule does when it is due: a ticket, a mail, a row. Called by schedule_book.c. */
#ifndef DUBAN_LIB_SCHEDULE_RUN_H
#define DUBAN_LIB_SCHEDULE_RUN_H

#include "lib/schedule_book.h"

struct schedule_firing {
    msec occurrence_at;
    size_t overtaken;        /* earlier ones that were missed, and give way to this one */
    bool is_late;            /* found more than a minute after its time */
    bool is_skipped;         /* too late by the schedule's `missed` */
    struct schedule_run run; /* as it stands with this occurrence */
};

/* Which of the occurrences from `first_at` up to now is the one that runs. */
struct schedule_firing schedule_pick(const struct desk *desk, const struct schedule_view *view,
                                     msec first_at);

/* Opens what it opens and sends what it sends, and journals it. The run has been planned anew already. */
void schedule_fire(struct desk *desk, const struct schedule_view *view, const struct schedule_firing *firing);

#endif
