/*
 * From HTML to PDF, through Chromium or WeasyPrint.
 *
 * Used by `dubanctl form print --pdf`. Laying out Chinese text over pages with heads, feet and page numbers
 * is a browser's work, and both of these do it from the same page (CSS paged media). They are no libraries,
 * and one that hangs or dies must not take us along: each runs as a child, in a process group and a directory
 * of its own, with a home that is that directory, without a network, for at most two minutes; then its group
 * is killed by its number. What it said goes into the complaint. The first that is there and works is taken.
 */
#include "client/printer.h"

#include "client/interrupt.h"
#include "files/files.h"
#include "lib/base/memory.h"
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#define PATIENCE_MS   120000
#define PDF_BYTES_MAX ((size_t)256 << 20)
#define SAID_BYTES    400
#define ARGUMENTS_MAX 20

/* A job: one directory with the page, what is made of it, and what the printer says. */
struct job {
    char *directory, *page, *pdf, *said;
};

struct printer {
    const char *program;
    void (*prepare)(const struct job *job, char **arguments);
};

/* ---- how each is called ---- */

static void add(char **arguments, char *argument)
{
    size_t i = 0;

    while (arguments[i])
        i++;
    if (i + 1 < ARGUMENTS_MAX)
        arguments[i] = argument;
    else
        free(argument);
}

static char *joined(const char *one, const char *other)
{
    char *text;

    if (asprintf(&text, "%s%s", one, other) < 0)
        abort();
    return text;
}

/* Chromium's sandbox is made for ordinary users and refuses root, for whom there is no way but without it.
   Pages run no scripts and nothing that they could name is reached. */
static void prepare_chromium(const struct job *job, char **arguments)
{
    static const char *const fixed[] = {
        "--headless",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--disable-extensions",
        "--disable-background-networking",
        "--disable-sync",
        "--disable-breakpad",
        "--no-first-run",
        "--no-pdf-header-footer",
        "--host-resolver-rules=MAP * ~NOTFOUND",
        "--blink-settings=scriptEnabled=false",
    };

    for (size_t i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++)
        add(arguments, memory_text(fixed[i]));
    if (geteuid() == 0)
        add(arguments, memory_text("--no-sandbox"));
    char *profile = joined(job->directory, "/profile");

    add(arguments, joined("--user-data-dir=", profile));
    add(arguments, joined("--print-to-pdf=", job->pdf));
    add(arguments, joined("file://", job->page));
    free(profile);
}

static void prepare_weasyprint(const struct job *job, char **arguments)
{
    add(arguments, memory_text("--encoding=utf-8"));
    add(arguments, memory_text(job->page));
    add(arguments, memory_text(job->pdf));
}

static const struct printer printers[] = {
    {"chromium", prepare_chromium},
    {"chromium-browser", prepare_chromium},
    {"google-chrome", prepare_chromium},
    {"weasyprint", prepare_weasyprint},
};

#define PRINTER_COUNT (sizeof(printers) / sizeof(printers[0]))

static bool is_on_path(const char *program)
{
    const char *path = getenv("PATH");
    char *list = memory_text(path ? path : "/usr/local/bin:/usr/bin:/bin");
    bool is_there = false;

    for (char *save, *place = strtok_r(list, ":", &save); place && !is_there;
         place = strtok_r(NULL, ":", &save)) {
        char *directory = joined(place, "/"), *file = joined(directory, program);

        is_there = access(file, X_OK) == 0;
        free(directory);
        free(file);
    }
    free(list);
    return is_there;
}

/* ---- one run ---- */

static bool write_page(const struct job *job, const struct text *html)
{
    FILE *file = fopen(job->page, "wxe");
    bool is_good = file && fwrite(text_get(html), 1, html->length, file) == html->length;

    if (file && fclose(file) != 0)
        is_good = false;
    return is_good;
}

/* Ours, but for where it keeps things: nothing of the caller's profile is read, nothing is left behind. */
static char **environment_of(const struct job *job)
{
    static const char *const replaced[] = {"HOME=", "XDG_CONFIG_HOME=", "XDG_CACHE_HOME=", "TMPDIR="};
    size_t count = 0, next = 0;

    while (environ[count])
        count++;
    char **list = memory_new(count + sizeof(replaced) / sizeof(replaced[0]) + 1, sizeof(*list));

    for (size_t i = 0; i < count; i++) {
        bool is_replaced = false;

        for (size_t k = 0; k < sizeof(replaced) / sizeof(replaced[0]); k++)
            is_replaced |= strncmp(environ[i], replaced[k], strlen(replaced[k])) == 0;
        if (!is_replaced)
            list[next++] = memory_text(environ[i]);
    }
    for (size_t k = 0; k < sizeof(replaced) / sizeof(replaced[0]); k++)
        list[next++] = joined(replaced[k], job->directory);
    return list;
}

static void free_list(char **list)
{
    for (size_t i = 0; list[i]; i++)
        free(list[i]);
}

static int start(const struct job *job, const struct printer *printer, pid_t *ret_pid)
{
    char *arguments[ARGUMENTS_MAX] = {memory_text(printer->program)};
    char **environment = environment_of(job);
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;

    printer->prepare(job, arguments);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, job->said, O_WRONLY | O_CREAT | O_APPEND, 0600);
    posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
    posix_spawnattr_setpgroup(&attributes, 0);
    int error = posix_spawnp(ret_pid, printer->program, &actions, &attributes, arguments, environment);

    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    free_list(arguments);
    free_list(environment);
    free(environment);
    return error;
}

/* Waits until it has ended; then whatever it left running in its group is ended, too. 1: it is late, 2: we
   were interrupted, 0: it ended by itself. */
static int wait_for(pid_t pid, int *ret_status)
{
    struct pollfd watched = {.fd = pidfd_open(pid, 0), .events = POLLIN};
    int ready = watched.fd < 0 ? 0 : interrupt_poll(&watched, 1, PATIENCE_MS);

    kill(-pid, SIGKILL);
    while (waitpid(pid, ret_status, 0) < 0 && errno == EINTR)
        ;
    if (watched.fd >= 0)
        close(watched.fd);
    return ready > 0 ? 0 : ready == 0 ? 1 : 2;
}

/* The last of what it said, in one line. */
static char *last_words(const struct job *job)
{
    struct text said;

    text_init(&said);
    int outcome = files_read(job->said, PDF_BYTES_MAX, &said);
    const char *from = text_get(&said);

    if (outcome != FILES_READ)
        text_clear(&said);
    else if (said.length > SAID_BYTES)
        from += said.length - SAID_BYTES;
    char *words = memory_text(from);

    for (char *at = words; *at; at++)
        if ((unsigned char)*at < ' ')
            *at = ' ';
    text_finish(&said);
    return words;
}

static char *complaint_of(const struct job *job, const struct printer *printer, int how)
{
    static const char *const ends[] = {"made no PDF", "was not ready within two minutes", "was interrupted"};
    char *words = last_words(job), *complaint;

    if (asprintf(&complaint, "%s %s%s%s", printer->program, ends[how], *words ? ": " : "", words) < 0)
        abort();
    free(words);
    return complaint;
}

static char *run(const struct job *job, const struct printer *printer, struct text *ret_pdf)
{
    struct text pdf;
    int status = 0;
    char *complaint;
    pid_t pid;
    int error = start(job, printer, &pid);

    if (error) {
        if (asprintf(&complaint, "%s can't be run: %s", printer->program, strerror(error)) < 0)
            abort();
        return complaint;
    }
    int how = wait_for(pid, &status);

    text_init(&pdf);
    bool is_made = how == 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0 &&
                   files_read(job->pdf, PDF_BYTES_MAX, &pdf) == FILES_READ && pdf.length > 4 &&
                   memcmp(text_get(&pdf), "%PDF", 4) == 0;

    if (is_made)
        text_append(ret_pdf, text_get(&pdf), pdf.length);
    text_finish(&pdf);
    return is_made ? NULL : complaint_of(job, printer, how);
}

/* ---- the job ---- */

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *place)
{
    (void)status;
    (void)type;
    (void)place;
    remove(path);
    return 0;
}

static char *try_all(const struct job *job, struct text *ret_pdf)
{
    char *complaint = NULL;
    bool is_made = false;

    for (size_t i = 0; i < PRINTER_COUNT && !is_made && !interrupt_pending(); i++) {
        if (!is_on_path(printers[i].program))
            continue;
        free(complaint);
        complaint = run(job, &printers[i], ret_pdf);
        is_made = !complaint;
    }
    if (!is_made && !complaint)
        complaint = memory_text("there is no program that makes PDF: install the Debian package chromium (or "
                                "weasyprint), or print the HTML from a browser");
    return complaint;
}

char *printer_pdf(const struct text *html, struct text *ret_pdf)
{
    const char *below = getenv("TMPDIR");
    struct job job = {.directory = joined(below && below[0] == '/' ? below : "/tmp", "/duban-print.XXXXXX")};
    char *complaint = NULL;

    if (!mkdtemp(job.directory)) {
        if (asprintf(&complaint, "%s: %s", job.directory, strerror(errno)) < 0)
            abort();
        free(job.directory);
        return complaint;
    }
    job.page = joined(job.directory, "/page.html");
    job.pdf = joined(job.directory, "/page.pdf");
    job.said = joined(job.directory, "/said");
    if (write_page(&job, html))
        complaint = try_all(&job, ret_pdf);
    else if (asprintf(&complaint, "%s: %s", job.page, strerror(errno)) < 0)
        abort();
    nftw(job.directory, remove_one, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
    free(job.directory);
    free(job.page);
    free(job.pdf);
    free(job.said);
    return complaint;
}
