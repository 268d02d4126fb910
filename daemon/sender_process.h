/* One duban-sender process: started, written to and read from by the line, reaped. Knows no notices. */
#ifndef DUBAN_DAEMON_SENDER_PROCESS_H
#define DUBAN_DAEMON_SENDER_PROCESS_H

#include <event2/event.h>
#include <stddef.h>

struct sender_process;

struct sender_process_hooks {
    void *context;
    void (*on_line)(void *context, const char *line); /* without its LF */
    /* The process is gone and everything it wrote was read. `status` is its exit status, or 128 + the signal.
       Only here may the process be destroyed from inside a hook. */
    void (*on_exit)(void *context, int status);
};

int sender_process_start(struct event_base *base, const char *program,
                         const struct sender_process_hooks *hooks, struct sender_process **ret_process)
    __attribute__((warn_unused_result));

/* Queues bytes that end in LF (copied). */
void sender_process_write(struct sender_process *process, const char *line, size_t length);

void sender_process_hang_up(struct sender_process *process); /* end of input: it finishes and exits */
void sender_process_kill(struct sender_process *process);

/* Kills what still runs, after waiting `patience_ms` for it, and lets go. */
void sender_process_destroy(struct sender_process *process, int patience_ms);

#endif
