/* A reload: regime, people and calendars are read again, kept as versions, held against what is open, and
 * taken. */
#ifndef DUBAN_DAEMON_RELOAD_H
#define DUBAN_DAEMON_RELOAD_H

#include "daemon/config.h"
#include "daemon/loader.h"
#include "daemon/loop.h"

/* What a reload works on; all borrowed. */
struct reload {
    struct config *config;
    const struct leadership *leadership;
    struct desk *desk;
    struct loop *loop;
};

/* Keeps every file of the last load by its digest. NULL, or what could not be stored (malloc'd). */
char *reload_store_versions(const struct reload *reload) __attribute__((warn_unused_result));

/*
 * Takes what the files say now. NULL, or why everything stays as it was (malloc'd, logged). `cause` goes to
 * the journal. `request` is who asked and gets the answer once it is committed, unless this returns a reason;
 * NULL: nobody waits for one (a signal).
 */
char *reload_run(const struct reload *reload, const char *cause, const struct request *request)
    __attribute__((warn_unused_result));

#endif
