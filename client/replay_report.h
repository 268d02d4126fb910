/* What two judges decided differently, as one JSON object and as tables for people. */
#ifndef DUBAN_CLIENT_REPLAY_REPORT_H
#define DUBAN_CLIENT_REPLAY_REPORT_H

#include "client/replay_difference.h"
#include "client/screen.h"

struct replay_report {
    const struct difference *difference; /* finished */
    const char *files[SIDES];            /* the regimes, as they were named */
    uint64_t events;
    msec begin_at, end_at;  /* NEVER: there was no event */
    enum language language; /* of titles and names */
    bool with_details;
};

/* The report as an object; its shape is in dubanctl(1). */
json_t *replay_report_object(const struct replay_report *report) __attribute__((warn_unused_result));

/* That object as tables. */
void replay_report_print(const json_t *object, enum language language, const struct screen *screen);

#endif
