/*
 * A load generator for the daemon's socket, used by the benchmarks beside it.
 *
 * N connections keep M requests outstanding in total (closed loop), or requests leave at a given rate
 * whatever the daemon does (open loop; then a latency counts from the instant at which the request was meant
 * to leave, so that a stall is not forgiven). Answers come in the order of the requests on each connection,
 * so a ring of send times is all that is remembered. One thread and epoll: on a machine of two cores the
 * generator must cost less than what it measures, so answers are not parsed but only looked at, for whether
 * they are errors.
 *
 * Output is one JSON object. Only what was answered between the end of the warm-up and the end of the time
 * counts; then what is still outstanding is awaited, so that the database holds exactly `sent` requests'
 * rows.
 */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define IN_FLIGHT_MAX 64 /* the daemon stops reading from a connection with more */
#define CLIENTS_MAX   64
#define READ_BYTES    (256 * 1024)
#define REQUEST_BYTES 1024
#define CUSTOMERS     1000

enum method { CREATE, CONTACT, GET };

static const char *const method_names[] = {[CREATE] = "create", [CONTACT] = "contact", [GET] = "get"};

struct client {
    int fd;
    bool is_blocked; /* the socket took no more */
    size_t outstanding;
    unsigned ring;
    int64_t sent_at_ns[IN_FLIGHT_MAX];
    char *output;
    size_t output_begun, output_filled, output_capacity;
    bool line_began, is_error;
    char head[64]; /* the first bytes of the line that is arriving */
    size_t head_length;
};

static struct {
    const char *path;
    enum method method;
    size_t clients, outstanding;
    double seconds, warmup, rate;
    uint64_t first, tickets, limit;
    bool keys;
} options = {.clients = 1, .outstanding = 1, .seconds = 5, .first = 1, .tickets = 1};

static struct {
    struct client clients[CLIENTS_MAX];
    int epoll;
    uint64_t sent, answered, errors, counted;
    size_t outstanding;
    int64_t began_at_ns, counts_from_ns, ends_at_ns, next_at_ns;
    uint32_t *latencies_us;
    size_t latency_count, latency_capacity;
    char first_error[512];
} run;

static void die(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

static void die(const char *format, ...)
{
    va_list list;

    va_start(list, format);
    fputs("load: ", stderr);
    vfprintf(stderr, format, list);
    fputc('\n', stderr);
    va_end(list);
    exit(EXIT_FAILURE);
}

static int64_t now_ns(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

/* ---- requests ---- */

/* Every ticket once before any comes again, in an order that is far from theirs in the tables. */
static uint64_t ticket_at(uint64_t number)
{
    uint64_t step = 7368787; /* a prime that divides no count of tickets in use here */

    return options.first + number % options.tickets * step % options.tickets;
}

static int write_request(char *out, uint64_t number)
{
    char key[64] = "";

    if (options.keys)
        snprintf(key, sizeof(key), ",\"idempotency_key\":\"%" PRIx64 "-%" PRIu64 "\"",
                 (uint64_t)run.began_at_ns, number);
    switch (options.method) {
    case CREATE:
        return snprintf(
            out, REQUEST_BYTES,
            "{\"jsonrpc\":\"2.0\",\"id\":%" PRIu64
            ",\"method\":\"ticket.create\",\"params\":{\"class\":\"request\",\"type\":\"training\","
            "\"urgency\":\"general\",\"channel\":\"phone\",\"customer\":{\"name\":\"Customer %04" PRIu64
            "\"},\"contact\":{\"name\":\"Li Lei\",\"phone\":\"+86 10 5550 %04" PRIu64
            "\"},\"subject\":\"The report of stock movements is empty since this morning\"%s}}\n",
            number, number % CUSTOMERS, number % 10000, key);
    case CONTACT:
        return snprintf(
            out, REQUEST_BYTES,
            "{\"jsonrpc\":\"2.0\",\"id\":%" PRIu64
            ",\"method\":\"contact.record\",\"params\":{\"ticket\":\"%" PRIu64
            "\",\"channel\":\"phone\",\"direction\":\"out\",\"reached\":true,\"kind\":\"progress\","
            "\"minutes\":5,\"note\":\"Told them that the fix is being tested\"%s}}\n",
            number, ticket_at(number), key);
    case GET:
        return snprintf(out, REQUEST_BYTES,
                        "{\"jsonrpc\":\"2.0\",\"id\":%" PRIu64
                        ",\"method\":\"ticket.get\",\"params\":{\"ticket\":\"%" PRIu64
                        "\",\"view\":\"hot\"}}\n",
                        number, ticket_at(number));
    }
    return 0;
}

static void queue_request(struct client *client, int64_t meant_at_ns)
{
    if (client->output_filled + REQUEST_BYTES > client->output_capacity) {
        memmove(client->output, client->output + client->output_begun,
                client->output_filled - client->output_begun);
        client->output_filled -= client->output_begun;
        client->output_begun = 0;
    }
    int length = write_request(client->output + client->output_filled, run.sent++);

    client->output_filled += (size_t)length;
    client->sent_at_ns[(client->ring + client->outstanding++) % IN_FLIGHT_MAX] = meant_at_ns;
    run.outstanding++;
}

/* ---- sockets ---- */

static void watch(struct client *client, bool for_writing)
{
    struct epoll_event event = {.events = EPOLLIN | (for_writing ? EPOLLOUT : 0), .data.ptr = client};

    client->is_blocked = for_writing;
    if (epoll_ctl(run.epoll, EPOLL_CTL_MOD, client->fd, &event) < 0)
        die("epoll: %s", strerror(errno));
}

static void flush(struct client *client)
{
    size_t waiting = client->output_filled - client->output_begun;

    if (waiting == 0)
        return;
    ssize_t sent =
        send(client->fd, client->output + client->output_begun, waiting, MSG_NOSIGNAL | MSG_DONTWAIT);

    if (sent < 0 && errno != EAGAIN)
        die("send: %s", strerror(errno));
    client->output_begun += sent > 0 ? (size_t)sent : 0;
    bool is_blocked = client->output_begun < client->output_filled;

    if (!is_blocked)
        client->output_begun = client->output_filled = 0;
    if (is_blocked != client->is_blocked)
        watch(client, is_blocked);
}

static void open_client(struct client *client)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = client};

    if (strlen(options.path) >= sizeof(address.sun_path))
        die("the socket's path is too long");
    strcpy(address.sun_path, options.path);
    client->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (client->fd < 0 || connect(client->fd, (struct sockaddr *)&address, sizeof(address)) < 0)
        die("%s: %s", options.path, strerror(errno));
    client->output_capacity = (IN_FLIGHT_MAX + 1) * REQUEST_BYTES;
    client->output = malloc(client->output_capacity);
    if (!client->output || epoll_ctl(run.epoll, EPOLL_CTL_ADD, client->fd, &event) < 0)
        die("no client: %s", strerror(errno));
}

/* ---- answers ---- */

static void note_latency(int64_t latency_ns)
{
    if (run.latency_count == run.latency_capacity) {
        run.latency_capacity = run.latency_capacity ? run.latency_capacity * 2 : 1 << 16;
        run.latencies_us = realloc(run.latencies_us, run.latency_capacity * sizeof(*run.latencies_us));
        if (!run.latencies_us)
            die("out of memory");
    }
    run.latencies_us[run.latency_count++] = (uint32_t)(latency_ns / 1000);
}

static void take_answer(struct client *client, int64_t at_ns)
{
    if (client->outstanding == 0)
        die("an answer to nothing: %s", client->head);
    int64_t sent_at_ns = client->sent_at_ns[client->ring++ % IN_FLIGHT_MAX];

    client->head[client->head_length] = '\0';
    client->outstanding--;
    run.outstanding--;
    run.answered++;
    if (!strstr(client->head, "\"result\":"))
        run.errors++;
    if (at_ns >= run.counts_from_ns && at_ns <= run.ends_at_ns) {
        run.counted++;
        note_latency(at_ns - sent_at_ns);
    }
    client->head_length = 0;
}

static void take_bytes(struct client *client, const char *bytes, size_t length, int64_t at_ns)
{
    const char *end = bytes + length;

    while (bytes < end) {
        const char *feed = memchr(bytes, '\n', (size_t)(end - bytes));
        size_t piece = (size_t)((feed ? feed : end) - bytes),
               room = sizeof(client->head) - 1 - client->head_length;

        memcpy(client->head + client->head_length, bytes, piece < room ? piece : room);
        client->head_length += piece < room ? piece : room;
        if (!feed)
            return;
        if (!run.first_error[0] && !memmem(bytes, piece, "\"result\":", 9))
            snprintf(run.first_error, sizeof(run.first_error), "%.*s", (int)(piece < 400 ? piece : 400),
                     bytes);
        take_answer(client, at_ns);
        bytes = feed + 1;
    }
}

static void receive(struct client *client)
{
    static char bytes[READ_BYTES];
    ssize_t got = recv(client->fd, bytes, sizeof(bytes), MSG_DONTWAIT);

    if (got == 0 || (got < 0 && errno != EAGAIN))
        die("the daemon hung up: %s", got < 0 ? strerror(errno) : "end of file");
    if (got > 0)
        take_bytes(client, bytes, (size_t)got, now_ns());
}

/* ---- the run ---- */

static bool may_send(int64_t at_ns)
{
    return at_ns < run.ends_at_ns && (!options.limit || run.sent < options.limit);
}

/* Closed loop: each client has its share of what may be outstanding. */
static void refill(struct client *client, int64_t at_ns)
{
    size_t index = (size_t)(client - run.clients);
    size_t share = options.outstanding / options.clients + (index < options.outstanding % options.clients);

    while (client->outstanding < share && may_send(at_ns))
        queue_request(client, at_ns);
    flush(client);
}

/* Open loop: whatever is due by now leaves on the client with the least outstanding. */
static void send_due(int64_t at_ns)
{
    while (run.next_at_ns <= at_ns && may_send(at_ns)) {
        struct client *least = &run.clients[0];

        for (size_t i = 1; i < options.clients; i++)
            if (run.clients[i].outstanding < least->outstanding)
                least = &run.clients[i];
        if (least->outstanding >= IN_FLIGHT_MAX)
            break; /* its turn comes late, and its latency will say so */
        queue_request(least, run.next_at_ns);
        run.next_at_ns += (int64_t)(1e9 / options.rate);
    }
    for (size_t i = 0; i < options.clients; i++)
        if (!run.clients[i].is_blocked)
            flush(&run.clients[i]);
}

/* Open loop: wakes when the next request is due, but at most every 200 us: the daemon needs the processor
 * more. */
static struct timespec patience(void)
{
    int64_t wait_ns = 100000000;

    if (options.rate > 0 && may_send(now_ns()))
        wait_ns = run.next_at_ns - now_ns() < 200000 ? 200000 : run.next_at_ns - now_ns();
    return (struct timespec){.tv_sec = wait_ns / 1000000000, .tv_nsec = wait_ns % 1000000000};
}

static void wait_for_events(void)
{
    struct epoll_event events[CLIENTS_MAX];
    struct timespec wait = patience();
    int count = epoll_pwait2(run.epoll, events, CLIENTS_MAX, &wait, NULL);

    for (int i = 0; i < count; i++) {
        struct client *client = events[i].data.ptr;

        if (events[i].events & EPOLLOUT)
            flush(client);
        if (events[i].events & ~(uint32_t)EPOLLOUT)
            receive(client);
        if (options.rate <= 0)
            refill(client, now_ns());
    }
}

static void start(void)
{
    run.epoll = epoll_create1(EPOLL_CLOEXEC);
    for (size_t i = 0; i < options.clients; i++)
        open_client(&run.clients[i]);
    run.began_at_ns = run.next_at_ns = now_ns();
    run.counts_from_ns = run.began_at_ns + (int64_t)(options.warmup * 1e9);
    run.ends_at_ns = run.counts_from_ns + (int64_t)(options.seconds * 1e9);
    for (size_t i = 0; options.rate <= 0 && i < options.clients; i++)
        refill(&run.clients[i], run.began_at_ns);
}

static int compare(const void *one, const void *other)
{
    uint32_t first = *(const uint32_t *)one, second = *(const uint32_t *)other;

    return first < second ? -1 : first > second;
}

static uint32_t quantile(double share)
{
    size_t at = (size_t)(share * (double)run.latency_count);

    if (run.latency_count == 0)
        return 0;
    return run.latencies_us[at < run.latency_count ? at : run.latency_count - 1];
}

static void report(double seconds)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    double cpu_s = (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
                   (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;

    qsort(run.latencies_us, run.latency_count, sizeof(*run.latencies_us), compare);
    printf("{\"method\":\"%s\",\"clients\":%zu,\"outstanding\":%zu,\"sent\":%" PRIu64 ",\"errors\":%" PRIu64
           ",\"counted\":%" PRIu64 ",\"seconds\":%.3f,\"per_second\":%.1f,\"p50_us\":%" PRIu32
           ",\"p99_us\":%" PRIu32 ",\"max_us\":%" PRIu32 ",\"cpu_s\":%.3f}\n",
           method_names[options.method], options.clients, options.outstanding, run.sent, run.errors,
           run.counted, seconds, (double)run.counted / seconds, quantile(0.5), quantile(0.99), quantile(1),
           cpu_s);
    if (run.errors)
        fprintf(stderr, "load: %" PRIu64 " refusals, the first: %s\n", run.errors, run.first_error);
}

static const char help[] =
    "Usage: load --socket PATH [OPTION]...\n"
    "Loads a duband; prints one JSON object.\n\n"
    "  --method NAME        create (default), contact or get\n"
    "  --clients N          connections (1)\n"
    "  --outstanding M      requests that are not answered yet, over all connections (1)\n"
    "  --rate R             requests a second whatever comes back, instead of --outstanding\n"
    "  --seconds S          measured time (5)\n"
    "  --warmup S           time before it that does not count (0)\n"
    "  --requests N         stop after so many, however long it takes\n"
    "  --first ID, --tickets N   contact and get: tickets ID to ID + N - 1\n"
    "  --keys               writes carry an idempotency key\n"
    "  --help               this text\n";

static void read_options(int argc, char **argv)
{
    static const struct option table[] = {
        {"socket", required_argument, NULL, 's'},
        {"method", required_argument, NULL, 'm'},
        {"clients", required_argument, NULL, 'c'},
        {"outstanding", required_argument, NULL, 'o'},
        {"rate", required_argument, NULL, 'r'},
        {"seconds", required_argument, NULL, 't'},
        {"warmup", required_argument, NULL, 'w'},
        {"requests", required_argument, NULL, 'n'},
        {"first", required_argument, NULL, 'f'},
        {"tickets", required_argument, NULL, 'k'},
        {"keys", no_argument, NULL, 'i'},
        {"help", no_argument, NULL, 'h'},
        {0},
    };

    for (int option; (option = getopt_long(argc, argv, "", table, NULL)) != -1;)
        switch (option) {
        case 's':
            options.path = optarg;
            break;
        case 'm':
            options.method = strcmp(optarg, "contact") == 0 ? CONTACT
                             : strcmp(optarg, "get") == 0   ? GET
                                                            : CREATE;
            break;
        case 'c':
            options.clients = strtoul(optarg, NULL, 10);
            break;
        case 'o':
            options.outstanding = strtoul(optarg, NULL, 10);
            break;
        case 'r':
            options.rate = atof(optarg);
            break;
        case 't':
            options.seconds = atof(optarg);
            break;
        case 'w':
            options.warmup = atof(optarg);
            break;
        case 'n':
            options.limit = strtoull(optarg, NULL, 10);
            break;
        case 'f':
            options.first = strtoull(optarg, NULL, 10);
            break;
        case 'k':
            options.tickets = strtoull(optarg, NULL, 10);
            break;
        case 'i':
            options.keys = true;
            break;
        default:
            fputs(help, option == 'h' ? stdout : stderr);
            exit(option == 'h' ? EXIT_SUCCESS : EXIT_FAILURE);
        }
    if (!options.path || options.clients < 1 || options.clients > CLIENTS_MAX || options.tickets < 1 ||
        options.outstanding < options.clients || options.outstanding > options.clients * IN_FLIGHT_MAX)
        die("a socket is needed, 1 to %d clients, and 1 to %d outstanding for each", CLIENTS_MAX,
            IN_FLIGHT_MAX);
    if (options.limit)
        options.seconds = 3600;
}

int main(int argc, char **argv)
{
    read_options(argc, argv);
    start();
    for (int64_t at_ns = run.began_at_ns; run.outstanding > 0 || may_send(at_ns); at_ns = now_ns()) {
        if (options.rate > 0)
            send_due(at_ns);
        wait_for_events();
    }
    report(options.limit ? (double)(now_ns() - run.began_at_ns) / 1e9 : options.seconds);
    return run.errors ? EXIT_FAILURE : EXIT_SUCCESS;
}
