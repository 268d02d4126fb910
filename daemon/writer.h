/* The database writer: one connection in pipeline mode, one transaction a batch, group commit by itself. */
#ifndef DUBAN_DAEMON_WRITER_H
#define DUBAN_DAEMON_WRITER_H

#include "lib/effect.h"
#include <event2/event.h>
#include <stdbool.h>
#include <stdint.h>

struct writer;

struct writer_options {
    const char *conninfo;              /* a socket directory or hostaddr: names are resolved while blocking */
    uint32_t desk;                     /* desk_id */
    uint64_t epoch;                    /* ours; a transaction under any other writes nothing */
    uint64_t last_batch;               /* as found in the desk's row at load */
    const unsigned char *journal_head; /* 32 bytes: hash of the last journal row, zeros for none */
};

/* None of the hooks may destroy the writer. */
struct writer_hooks {
    void *context;
    /* The batch is durable (PGRES_PIPELINE_SYNC seen, no warning 01000): release what speaks outward.
       Afterwards the writer is idle unless the hook submits again. The hook owns the batch from here on. */
    void (*on_committed)(void *context, struct effects *batch);
    /* We are no longer the leader, or the database refuses what must fit: nothing more can be written. Called
       once; the batch in flight was not written and stays the caller's. */
    void (*on_fatal)(void *context, const char *why);
    void (*on_state)(void *context, bool connected);
};

int writer_create(struct event_base *base, const struct writer_options *options,
                  const struct writer_hooks *hooks, struct writer **ret_writer)
    __attribute__((warn_unused_result));
void writer_destroy(struct writer *writer);

bool writer_is_idle(const struct writer *writer); /* no batch in flight, and not fatal */
bool writer_is_connected(const struct writer *writer);

/* Writes a settled batch. Only when idle. While PostgreSQL is away the batch is kept and written after the
   connection is back; a batch whose COMMIT got lost on the way is recognised by its number and not written
   twice. A batch without rows is written too: its commit proves that the database is there and that we still
   lead. */
void writer_submit(struct writer *writer, struct effects *batch);

struct writer_figures {
    uint64_t batches, rows, reconnects, largest_batch;
    uint64_t retries;          /* batches sent again after a failure, or asked about */
    int64_t last_commit_us;    /* how long the last batch took, from submit to acknowledgement */
    int64_t last_commit_at_ms; /* monotonic; 0: none yet */
};
void writer_figures(const struct writer *writer, struct writer_figures *ret_figures);

/* The chain's newest hash as committed: for the daily signature. 32 bytes. */
const unsigned char *writer_journal_head(const struct writer *writer);

#endif
