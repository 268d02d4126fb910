/* Coming up: becoming the leader of a desk and bringing everything open back into memory. Blocks; runs before serving. */
#ifndef DUBAN_DAEMON_LOADER_H
#define DUBAN_DAEMON_LOADER_H

#include "lib/desk.h"
#include <stdint.h>

struct leadership {
    uint32_t desk;               /* desk_id */
    uint64_t epoch;              /* raised by one when we took over */
    uint64_t last_batch;
    unsigned char journal_head[32];
    struct pg_conn *lock;        /* the connection that holds the session advisory lock; closed by loader_resign */
};

/* Checks the schema version, takes the desk's advisory lock (waits up to `wait_s` for another leader to go),
   creates the desk's row when it is new, raises the epoch, stores the digests and texts of regime, people and
   calendars as versions. On failure `ret_why` (malloc'd) says what is wrong and what to do. */
int loader_lead(const char *conninfo, const char *desk_name, int wait_s, struct leadership *ret_leadership,
                char **ret_why) __attribute__((warn_unused_result));
int loader_store_version(const struct leadership *leadership, const char *kind, const char *name, const char *digest,
                         const char *body) __attribute__((warn_unused_result));
void loader_resign(struct leadership *leadership);

/* Streams sequences, keys, open tickets, clocks, told recipients and unsent notices into the desk. Rows the desk
   refuses are left in the database, counted and logged with the reason (quarantine). */
struct load_report {
    size_t tickets, clocks, notices, keys, quarantined;
    int64_t took_ms;
};
int loader_load(const struct leadership *leadership, const char *conninfo, struct desk *desk,
                struct load_report *ret_report, char **ret_why) __attribute__((warn_unused_result));

#endif
