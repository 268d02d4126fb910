/* A reload: regime, people and calendars are read again, kept as versions, held against what is open, and
 * taken. */
#ifndef DUBAN_DAEMON_RELOAD_H
#define DUBAN_DAEMON_RELOAD_H

#include "daemon/config.h"
#include "daemon/loader.h"
#include "daemon/loop.h"
#include "lib/rpc.h"

/* What a reload works on; all borrowed. */
struct reload {
    struct config *config;
    const struct leadership *leadership;
    struct desk *desk;
    struct loop *loop;
};

/* Why everything stays as it was. */
struct refusal {
    enum rpc_error error;
    const char *field; /* the parameter that is wrong, or NULL */
    char *why;         /* malloc'd */
};

/* Keeps every file of the last load by its digest. NULL, or what could not be stored (malloc'd). */
char *reload_store_versions(const struct reload *reload) __attribute__((warn_unused_result));

/*
 * Takes what the files say now. False: it was refused, and logged. `request` is who asked and gets the answer
 * once it is committed, unless it is refused; NULL: nobody waits for one (a signal).
 */
bool reload_run(const struct reload *reload, const struct request *request, struct refusal *ret_refusal)
    __attribute__((warn_unused_result));

/* The same with another text for one calendar, which goes before its file from now on: calendar.import. */
bool reload_import(const struct reload *reload, const struct request *request, struct refusal *ret_refusal)
    __attribute__((warn_unused_result));

/* After a start: deadlines that the files of today give otherwise than those of yesterday are moved and
   journaled, as a reload would have done. */
void reload_catch_up(const struct reload *reload);

#endif
