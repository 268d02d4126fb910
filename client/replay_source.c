/*
 * Where replay's events come from.
 *
 * Used by replay.c and replay_whatif.c, which take one event after the other and do not ask whence. Events
 * are read one at a time and never kept, so that the length of a history costs time and not memory. An event
 * that can't be read ends the run with its number, because everything after it would be judged on a wrong
 * history.
 */
#include "client/replay_source.h"

#include "client/interrupt.h"
#include "client/journal_reader.h"
#include "client/progress_bar.h"
#include "lib/base/memory.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BAR_AFTER_S 1.0 /* what is done sooner needs no bar */
#define BAR_EVERY   64  /* events: asking for the time costs something too */

struct replay_source {
    struct journal_reader *journal; /* NULL: a file */
    const char *name;
    FILE *file;
    char *line;
    size_t room;
    uint64_t line_number, bytes, total_bytes;
    struct progress_bar bar;
    uint64_t asked; /* how often something was read */
    bool has_bar;
};

static enum exit_code open_file(struct replay_source *source)
{
    struct stat status;

    source->file = strcmp(source->name, "-") == 0 ? stdin : fopen(source->name, "re");
    if (!source->file) {
        command_complain("%s: %s", source->name, strerror(errno));
        return EXIT_BAD_INPUT;
    }
    bool is_sized = fstat(fileno(source->file), &status) == 0 && S_ISREG(status.st_mode);

    source->total_bytes = is_sized ? (uint64_t)status.st_size : 0;
    return EXIT_FINE;
}

enum exit_code replay_source_open_file(const char *name, struct replay_source **ret_source)
{
    struct replay_source *source = *ret_source = memory_new(1, sizeof *source);

    source->name = name;
    return open_file(source);
}

enum exit_code replay_source_open(const struct invocation *invocation, struct replay_source **ret_source)
{
    if (!options_flag(&invocation->options, "journal"))
        return replay_source_open_file(options_text(&invocation->options, "EVENTS"), ret_source);
    struct replay_source *source = *ret_source = memory_new(1, sizeof *source);

    return journal_reader_open(invocation, NULL, &source->journal);
}

void replay_source_close(struct replay_source *source)
{
    if (!source)
        return;
    if (source->has_bar)
        progress_bar_end(&source->bar);
    journal_reader_close(source->journal);
    if (source->file && source->file != stdin)
        fclose(source->file);
    free(source->line);
    free(source);
}

static uint64_t rows_of(const struct journal_reader *journal)
{
    uint64_t first = journal_reader_first(journal), last = journal_reader_last(journal);

    return last < first ? 0 : last - first + 1;
}

void replay_source_show_progress(struct replay_source *source)
{
    uint64_t total = source->journal ? rows_of(source->journal) : source->total_bytes / 1024;

    source->has_bar = isatty(STDERR_FILENO) == 1 && total > 0;
    if (source->has_bar)
        progress_bar_begin(&source->bar, source->journal ? "rows" : "KiB", total);
}

static void show_progress(struct replay_source *source)
{
    if (!source->has_bar || source->asked++ % BAR_EVERY || progress_bar_seconds(&source->bar) < BAR_AFTER_S)
        return;
    progress_bar_update(&source->bar, source->journal ? journal_reader_place(source->journal) -
                                                            journal_reader_first(source->journal)
                                                      : source->bytes / 1024);
}

uint64_t replay_source_place(const struct replay_source *source)
{
    return source->journal ? journal_reader_place(source->journal) : source->line_number;
}

enum exit_code replay_source_wrong(const struct replay_source *source, const char *what)
{
    unsigned long long place = replay_source_place(source);

    if (source->journal)
        command_complain("journal row %llu: %s", place, what);
    else
        command_complain("%s:%llu: %s", source->name, place, what);
    return EXIT_REFUSED;
}

static enum exit_code parse(struct replay_source *source, size_t length, json_t **ret_event)
{
    json_error_t error;
    json_t *event = json_loadb(source->line, length, JSON_REJECT_DUPLICATES, &error);
    char what[JSON_ERROR_TEXT_LENGTH + 64];

    if (json_is_object(event)) {
        *ret_event = event;
        return EXIT_FINE;
    }
    snprintf(what, sizeof what, "not a JSON object: %s", event ? "something else" : error.text);
    json_decref(event);
    return replay_source_wrong(source, what);
}

static enum exit_code next_line(struct replay_source *source, json_t **ret_event)
{
    ssize_t length;

    while (!interrupt_pending() && (length = getline(&source->line, &source->room, source->file)) >= 0) {
        source->line_number++;
        source->bytes += (uint64_t)length;
        if (source->line[strspn(source->line, " \t\r\n")] != '\0')
            return parse(source, (size_t)length, ret_event);
    }
    if (interrupt_pending() || !ferror(source->file))
        return EXIT_FINE;
    command_complain("%s: %s", source->name, strerror(errno));
    return EXIT_BAD_INPUT;
}

enum exit_code replay_source_next(struct replay_source *source, json_t **ret_event)
{
    *ret_event = NULL;
    enum exit_code code =
        source->journal ? journal_reader_next(source->journal, ret_event) : next_line(source, ret_event);

    show_progress(source);
    if (code != EXIT_FINE || !interrupt_pending())
        return code;
    json_decref(*ret_event);
    *ret_event = NULL;
    command_complain("interrupted");
    return EXIT_INTERRUPTED;
}
