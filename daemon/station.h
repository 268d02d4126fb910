/* A station: one desk with all that is its own, from its leadership to its senders. */
#ifndef DUBAN_DAEMON_STATION_H
#define DUBAN_DAEMON_STATION_H

#include "daemon/config.h"
#include "daemon/dispatch.h"
#include "daemon/loader.h"
#include "daemon/loop.h"
#include "daemon/reader.h"

/* Every pointer is set or NULL: what fails on the way up is taken down from where it got to. */
struct station {
    struct config *config; /* its own */
    struct leadership leadership;
    bool leads;
    struct desk *desk;
    struct load_report loaded;
    struct loop *loop;
    struct writer *writer;
    struct reader *reader;
    struct reports *reports;
    struct courier *courier;
    struct dispatch *dispatch;
};

/* From the files to everything open in memory; blocks. The exit code of main.c, logged unless it is EX_OK. */
int station_open(struct station *station, const struct config *config, size_t desk)
    __attribute__((warn_unused_result));
int station_lead(struct station *station) __attribute__((warn_unused_result));
int station_load(struct station *station) __attribute__((warn_unused_result));

/* Its loop and the hands that no other desk shares. */
int station_make_hands(struct station *station, struct event_base *base) __attribute__((warn_unused_result));

/* Wires it to the server, where it is the desk of index `place`. */
void station_attach(struct station *station, struct server *server, size_t place);

/* Takes regime, people and calendars as the files say them now; what is wrong is logged. */
void station_hang_up(struct station *station);

/* Its deadlines that the files of today give otherwise than those of yesterday, moved; then it serves. */
void station_begin(struct station *station);

/* Down again, in three steps, because the server stands between them: what reads, what writes, what was led.
 */
void station_stop_reading(struct station *station);
void station_stop_writing(struct station *station);
void station_close(struct station *station);

#endif
