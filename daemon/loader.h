/* Coming up: becoming the leader of a desk and bringing everything open back into memory. Blocks; runs before
 * serving. */
#ifndef DUBAN_DAEMON_LOADER_H
#define DUBAN_DAEMON_LOADER_H

#include "daemon/journal.h"
#include "lib/desk.h"
#include <stdbool.h>
#include <stdint.h>

struct pg_conn;

struct leadership {
    uint32_t desk;  /* desk_id */
    uint64_t epoch; /* raised by one when we took over */
    uint64_t last_batch;
    uint64_t journal_sequence;
    unsigned char journal_head[JOURNAL_HASH];
    struct pg_conn *lock; /* the connection that holds the session advisory lock; closed by loader_resign */
};

enum loader_outcome {
    LOADER_DONE,
    LOADER_LED_BY_ANOTHER, /* another daemon led the desk for the whole of the wait */
    LOADER_UNREACHABLE,    /* no connection: try again later */
    LOADER_REFUSED,        /* the schema or the rights are not what we need: nothing to wait for */
};

/* Checks the schema version, takes the desk's advisory lock (waits up to `wait_s` for another leader to go),
   creates the desk's row when it is new and raises the epoch. 0 or an outcome; with an outcome `ret_why`
   (malloc'd) says what is wrong and what to do, and `ret_leadership` holds nothing. */
int loader_lead(const char *conninfo, const char *desk_name, int wait_s, struct leadership *ret_leadership,
                char **ret_why) __attribute__((warn_unused_result));
void loader_resign(struct leadership *leadership);

/* Whether the session that holds the lock still lives, as far as its socket tells; never blocks. When it does
   not, another may take over at any time: nothing is lost by that (the epoch guards every write), but stop
   sending. */
bool loader_still_leads(const struct leadership *leadership);

/* Keeps a text by its digest: what regime, people and calendars said when they were loaded. 0 or negative
 * errno. */
int loader_store_version(const struct leadership *leadership, const char *kind, const char *name,
                         const char *digest, const char *body) __attribute__((warn_unused_result));

/* Streams sequences, keys, open tickets, clocks, told recipients and unsent notices into the desk. Rows the
   desk refuses are left in the database, counted and logged with the reason (quarantine). The caller then
   calls desk_restore_done(). 0 or an outcome with `ret_why`. */
struct load_report {
    size_t tickets, clocks, pauses, told, notices, keys, records, quarantined;
    int64_t took_ms;
};
int loader_load(const struct leadership *leadership, const char *conninfo, struct desk *desk,
                struct load_report *ret_report, char **ret_why) __attribute__((warn_unused_result));

/* Walks the whole journal and checks its chain against the desk's row. `ret_verdict` is what was found,
   `ret_check` where the last good row is. 0 or an outcome with `ret_why`. */
int loader_verify(const struct leadership *leadership, const char *conninfo,
                  enum journal_verdict *ret_verdict, struct journal_check *ret_check, char **ret_why)
    __attribute__((warn_unused_result));

#endif
