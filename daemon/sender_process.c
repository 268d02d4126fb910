/*
 * One duban-sender process and the socket pair that is its standard input and output.
 *
 * Owned by the courier. posix_spawn rather than fork: the daemon may hold gigabytes, and the child shares
 * them until exec instead of copying page tables. A pidfd rather than SIGCHLD: the end of a process is an
 * event on a descriptor like everything else, and nobody else's children are reaped by mistake.
 *
 * The invariant: on_exit comes once, last, and after every line that the process wrote; a result that was
 * written just before the end is never lost. Descriptors of the daemon are all close-on-exec; the environment
 * is a short list of names, so that a sender sees neither the watchdog nor the notification socket.
 */
#include "daemon/sender_process.h"

#include "daemon/log.h"
#include "lib/base/memory.h"
#include <errno.h>
#include <event2/buffer.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define LINE_BYTES_MAX 65536

struct sender_process {
    struct sender_process_hooks hooks;
    pid_t pid;
    int pidfd, socket;
    struct evbuffer *input, *output;
    struct event *readable, *writable, *exited;
    bool is_reaped;
};

static const char *const passed_variables[] = {"PATH", "HOME", "LANG", "CREDENTIALS_DIRECTORY",
                                               "JOURNAL_STREAM"};

#define PASSED_COUNT (sizeof(passed_variables) / sizeof(*passed_variables))

/* Fills `environment` with pointers into our own, which spawning only reads. */
static void choose_environment(char *environment[PASSED_COUNT + 1])
{
    size_t count = 0;

    for (char **entry = environ; *entry; entry++)
        for (size_t i = 0; i < PASSED_COUNT; i++) {
            size_t length = strlen(passed_variables[i]);

            if (strncmp(*entry, passed_variables[i], length) == 0 && (*entry)[length] == '=' &&
                count < PASSED_COUNT)
                environment[count++] = *entry;
        }
    environment[count] = NULL;
}

static int spawn(const char *program, int child_end, pid_t *ret_pid)
{
    char *arguments[] = {strdupa(program), NULL};
    char *environment[PASSED_COUNT + 1];
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t all, none;

    choose_environment(environment);
    sigfillset(&all);
    sigemptyset(&none);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, child_end, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, child_end, STDOUT_FILENO);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
    int outcome = posix_spawn(ret_pid, program, &actions, &attributes, arguments, environment);

    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return -outcome;
}

static void deliver_lines(struct sender_process *process)
{
    char *line;

    while ((line = evbuffer_readln(process->input, NULL, EVBUFFER_EOL_LF))) {
        process->hooks.on_line(process->hooks.context, line);
        free(line);
    }
    if (evbuffer_get_length(process->input) > LINE_BYTES_MAX) {
        log_error("event=sender_babbles pid=%d", (int)process->pid);
        evbuffer_drain(process->input, evbuffer_get_length(process->input));
        sender_process_kill(process);
    }
}

/* Reads some of what there is: how much, 0 for nothing now, negative when nothing will come any more. */
static int read_some(struct sender_process *process)
{
    int got = evbuffer_read(process->input, process->socket, LINE_BYTES_MAX);

    if (got > 0)
        deliver_lines(process);
    if (got == 0)
        return -1;
    return got < 0 && (errno == EAGAIN || errno == EINTR) ? 0 : got;
}

static void on_readable(evutil_socket_t socket, short what, void *context)
{
    struct sender_process *process = context;

    (void)socket;
    (void)what;
    if (read_some(process) < 0)
        event_del(process->readable); /* the exit follows, or the deadline of whoever waits for an answer */
}

static void on_writable(evutil_socket_t socket, short what, void *context)
{
    struct sender_process *process = context;

    (void)what;
    if (evbuffer_write(process->output, socket) < 0 && errno != EAGAIN && errno != EINTR)
        evbuffer_drain(process->output, evbuffer_get_length(process->output));
    if (evbuffer_get_length(process->output) > 0)
        event_add(process->writable, NULL);
}

static int reap(struct sender_process *process)
{
    int status = 0;

    while (waitpid(process->pid, &status, 0) < 0 && errno == EINTR)
        ;
    process->is_reaped = true;
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static void on_exited(evutil_socket_t pidfd, short what, void *context)
{
    struct sender_process *process = context;

    (void)pidfd;
    (void)what;
    int status = reap(process);

    while (read_some(process) > 0)
        ;
    process->hooks.on_exit(process->hooks.context, status);
}

static int watch(struct event_base *base, struct sender_process *process)
{
    process->input = evbuffer_new();
    process->output = evbuffer_new();
    process->readable = event_new(base, process->socket, EV_READ | EV_PERSIST, on_readable, process);
    process->writable = event_new(base, process->socket, EV_WRITE, on_writable, process);
    process->exited = event_new(base, process->pidfd, EV_READ, on_exited, process);
    if (!process->input || !process->output || !process->readable || !process->writable || !process->exited)
        return -ENOMEM;
    return event_add(process->readable, NULL) < 0 || event_add(process->exited, NULL) < 0 ? -ENOMEM : 0;
}

int sender_process_start(struct event_base *base, const char *program,
                         const struct sender_process_hooks *hooks, struct sender_process **ret_process)
{
    int ends[2];

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
        return -errno;
    struct sender_process *process = memory_new(1, sizeof(*process));

    process->hooks = *hooks;
    process->socket = ends[0];
    process->pidfd = -1;
    int outcome = spawn(program, ends[1], &process->pid);

    close(ends[1]);
    if (outcome < 0) {
        process->is_reaped = true;
    } else {
        process->pidfd = pidfd_open(process->pid, 0); /* close-on-exec of itself */
        outcome = process->pidfd < 0 ? -errno : 0;
    }
    if (outcome == 0 && fcntl(process->socket, F_SETFL, O_NONBLOCK) < 0)
        outcome = -errno;
    if (outcome == 0)
        outcome = watch(base, process);
    if (outcome < 0) {
        sender_process_destroy(process, 0);
        return outcome;
    }
    *ret_process = process;
    return 0;
}

void sender_process_write(struct sender_process *process, const char *line, size_t length)
{
    evbuffer_add(process->output, line, length);
    event_add(process->writable, NULL);
}

void sender_process_hang_up(struct sender_process *process)
{
    shutdown(process->socket, SHUT_WR);
}

void sender_process_kill(struct sender_process *process)
{
    if (!process->is_reaped)
        kill(process->pid, SIGKILL);
}

void sender_process_destroy(struct sender_process *process, int patience_ms)
{
    if (!process)
        return;
    struct event *events[] = {process->readable, process->writable, process->exited};

    for (size_t i = 0; i < sizeof(events) / sizeof(*events); i++)
        if (events[i])
            event_free(events[i]);
    if (!process->is_reaped) {
        struct pollfd ended = {.fd = process->pidfd, .events = POLLIN};

        if (process->pidfd < 0 || poll(&ended, 1, patience_ms) != 1)
            sender_process_kill(process);
        reap(process);
    }
    if (process->input)
        evbuffer_free(process->input);
    if (process->output)
        evbuffer_free(process->output);
    if (process->pidfd >= 0)
        close(process->pidfd);
    close(process->socket);
    free(process);
}
