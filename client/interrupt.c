/*
 * Being told to stop.
 *
 * Owns the only mutable global of the client: a flag that the signal handler sets. Everything that can take
 * long (waiting for the daemon, reading a large file) asks for it, so that an import ends with a summary and
 * a watch ends cleanly. The flag is looked at with the signals blocked and ppoll() unblocks them atomically;
 * with poll() a Ctrl-C that arrives just before the wait would be noticed only when the daemon next speaks.
 * A signalfd was not used: it would have to be handed to every function that might wait.
 */
#include "client/interrupt.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <time.h>

static volatile sig_atomic_t is_pending;

static void note_signal(int signal_number)
{
    (void)signal_number;
    is_pending = 1;
}

void interrupt_catch(void)
{
    struct sigaction action = {.sa_handler = note_signal};

    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

bool interrupt_pending(void)
{
    return is_pending != 0;
}

int interrupt_poll(struct pollfd *descriptors, nfds_t count, int timeout_ms)
{
    struct timespec span = {.tv_sec = timeout_ms / 1000, .tv_nsec = timeout_ms % 1000 * 1000000L};
    sigset_t blocked, before;
    int ready = -1;

    sigemptyset(&blocked);
    sigaddset(&blocked, SIGINT);
    sigaddset(&blocked, SIGTERM);
    sigprocmask(SIG_BLOCK, &blocked, &before);
    if (is_pending)
        errno = EINTR;
    else
        ready = ppoll(descriptors, count, timeout_ms < 0 ? NULL : &span, &before);
    int reason = errno;

    sigprocmask(SIG_SETMASK, &before, NULL);
    errno = reason;
    return ready;
}
