/*
 * The timer wheel beside libevent's own timers (a binary min-heap), in one run, round by round in turn.
 *
 * Both get the same ids, the same instants and the same order of work. libevent has no virtual clock, so this
 * program defines clock_gettime: libevent's library then reads the hour we say. Our own stop-watch asks the
 * kernel directly. Output is one JSON object with medians over the rounds; nothing here fails because a
 * machine is slow.
 */
#include "lib/wheel.h"

#include "lib/base/hash.h"
#include "lib/base/memory.h"

#include <event2/event.h>
#include <event2/event_struct.h>
#include <getopt.h>
#include <malloc.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define REARM_MS    (16 * MSEC_HOUR) /* a fired timer comes again within this: 2.6 fires a timer in 24 hours */
#define JUMP_MS     (12 * MSEC_HOUR)
#define JUMP_ALL_MS (JUMP_MS * 100 / 64) /* so 64 % of the timers are due after the jump */
#define ROOM        256
#define PASSES      4 /* each timer is moved so many times */
#define MOST_ROUNDS 101

/* Clocks */

static msec virtual_now = 1000 * MSEC_HOUR;

int clock_gettime(clockid_t clock, struct timespec *ret_time)
{
    (void)clock;
    ret_time->tv_sec = virtual_now / MSEC_SECOND;
    ret_time->tv_nsec = virtual_now % MSEC_SECOND * 1000000;
    return 0;
}

static double stopwatch_ns(void)
{
    struct timespec time;

    syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

/* What both have to do */

static struct {
    size_t timers;
    bool alone;
    uint32_t *order;    /* every id once, shuffled */
    int32_t *delays_ms; /* random, below REARM_MS */
    uint64_t chance;
} work;

static int32_t delay_ms(msec below_ms)
{
    return (int32_t)(hash_number(work.chance++) % (uint64_t)below_ms);
}

/* Where the timer that is moved as number `i` goes: another random delay on each pass. */
static msec moved_ms(size_t i, size_t pass)
{
    size_t at = i + 97 * pass;

    return 1 + work.delays_ms[at < work.timers ? at : at - work.timers];
}

static void work_prepare(size_t timers)
{
    work.timers = timers;
    work.order = memory_new(timers, sizeof *work.order);
    work.delays_ms = memory_new(timers, sizeof *work.delays_ms);
    for (size_t i = 0; i < timers; i++) {
        size_t other = hash_number(i) % (i + 1);

        work.order[i] = work.order[other];
        work.order[other] = (uint32_t)i;
        work.delays_ms[i] = delay_ms(REARM_MS);
    }
}

/* Figures, one line each for ours and for the peer */

enum figure {
    BUILD,
    RESCHEDULE,
    CANCEL,
    DAY_FIRE,
    DAY_FIRES,
    TICK_MEDIAN,
    TICK_WORST,
    JUMP_FIRE,
    JUMP_FIRES,
    BYTES,
    FIGURES
};

static const struct {
    const char *name;
    bool ratio;
} figures[FIGURES] = {
    [BUILD] = {"build_ns", true},           [RESCHEDULE] = {"reschedule_ns", true},
    [CANCEL] = {"cancel_ns", true},         [DAY_FIRE] = {"day_fire_and_rearm_ns", true},
    [DAY_FIRES] = {"day_fires", false},     [TICK_MEDIAN] = {"tick_median_us", true},
    [TICK_WORST] = {"tick_worst_us", true}, [JUMP_FIRE] = {"jump_fire_ns", true},
    [JUMP_FIRES] = {"jump_fires", false},   [BYTES] = {"bytes_per_timer", true},
};

struct series {
    double values[FIGURES][MOST_ROUNDS];
};

static int compare(const void *one, const void *other)
{
    double difference = *(const double *)one - *(const double *)other;

    return (difference > 0) - (difference < 0);
}

static double median(double *values, size_t count)
{
    qsort(values, count, sizeof *values, compare);
    return values[count / 2];
}

#define DAY_TICKS (24 * 3600)

static double ticks_ns[DAY_TICKS];

static void record_day(struct series *series, int round, size_t fires)
{
    double sum = 0;

    for (size_t i = 0; i < DAY_TICKS; i++)
        sum += ticks_ns[i];
    series->values[DAY_FIRE][round] = sum / (double)fires;
    series->values[DAY_FIRES][round] = (double)fires;
    series->values[TICK_MEDIAN][round] = median(ticks_ns, DAY_TICKS) / 1e3;
    series->values[TICK_WORST][round] = ticks_ns[DAY_TICKS - 1] / 1e3;
}

/* Ours */

static void ours_build(struct wheel *wheel, msec below_ms)
{
    for (size_t id = 0; id < work.timers; id++)
        wheel_set(wheel, (uint32_t)id, virtual_now + work.delays_ms[id] % below_ms);
}

static size_t ours_tick(struct wheel *wheel, bool rearm)
{
    uint32_t ids[ROOM];
    size_t fires = 0, given;

    do {
        given = wheel_advance(wheel, virtual_now, ids, ROOM);
        for (size_t i = 0; rearm && i < given; i++)
            wheel_set(wheel, ids[i], virtual_now + 1 + delay_ms(REARM_MS));
        fires += given;
    } while (given == ROOM);
    return fires;
}

static void ours_day(struct wheel *wheel, struct series *series, int round)
{
    size_t fires = 0;

    for (int tick = 0; tick < DAY_TICKS; tick++) {
        double started_ns = stopwatch_ns();

        virtual_now += MSEC_SECOND;
        fires += ours_tick(wheel, true);
        if (wheel_next(wheel) <= virtual_now)
            abort();
        ticks_ns[tick] = stopwatch_ns() - started_ns;
    }
    record_day(series, round, fires);
}

static void ours_jump(struct series *series, int round)
{
    struct wheel *wheel = wheel_create(virtual_now);

    for (size_t id = 0; id < work.timers; id++)
        wheel_set(wheel, (uint32_t)id, virtual_now + delay_ms(JUMP_ALL_MS));
    virtual_now += JUMP_MS;
    double started_ns = stopwatch_ns();
    size_t fires = ours_tick(wheel, false);

    series->values[JUMP_FIRE][round] = (stopwatch_ns() - started_ns) / (double)fires;
    series->values[JUMP_FIRES][round] = (double)fires;
    wheel_destroy(wheel);
}

static void ours(struct series *series, int round)
{
    struct wheel *wheel = wheel_create(virtual_now);
    double timers = (double)work.timers, started_ns = stopwatch_ns();

    ours_build(wheel, REARM_MS);
    series->values[BUILD][round] = (stopwatch_ns() - started_ns) / timers;
    if (wheel_next(wheel) == NEVER)
        abort();
    started_ns = stopwatch_ns();
    for (size_t pass = 1; pass <= PASSES; pass++)
        for (size_t i = 0; i < work.timers; i++)
            wheel_set(wheel, work.order[i], virtual_now + moved_ms(i, pass));
    series->values[RESCHEDULE][round] = (stopwatch_ns() - started_ns) / timers / PASSES;
    ours_day(wheel, series, round);
    series->values[BYTES][round] = (double)wheel_bytes(wheel) / timers;
    started_ns = stopwatch_ns();
    for (size_t i = 0; i < work.timers; i++)
        wheel_cancel(wheel, work.order[i]);
    series->values[CANCEL][round] = (stopwatch_ns() - started_ns) / timers;
    wheel_destroy(wheel);
    ours_jump(series, round);
}

/* The peer */

static struct {
    struct event_base *base;
    struct event *events;
    size_t fires;
    bool rearm;
} peer;

static struct timeval in_ms(msec delay)
{
    return (struct timeval){.tv_sec = delay / MSEC_SECOND, .tv_usec = delay % MSEC_SECOND * 1000};
}

static void peer_fired(evutil_socket_t descriptor, short what, void *argument)
{
    (void)descriptor;
    (void)what;
    peer.fires++;
    if (!peer.rearm)
        return;
    struct timeval delay = in_ms(1 + delay_ms(REARM_MS));

    evtimer_add((struct event *)argument, &delay);
}

static size_t heap_bytes(void)
{
    struct mallinfo2 info = mallinfo2();

    return info.uordblks + info.hblkhd;
}

static void peer_create(bool rearm)
{
    peer.base = event_base_new();
    if (!peer.base)
        abort();
    peer.rearm = rearm;
    peer.events = memory_new(work.timers, sizeof *peer.events);
}

static void peer_build(msec below_ms)
{
    for (size_t id = 0; id < work.timers; id++) {
        struct timeval delay = in_ms(work.delays_ms[id] % below_ms);

        evtimer_assign(&peer.events[id], peer.base, peer_fired, &peer.events[id]);
        evtimer_add(&peer.events[id], &delay);
    }
}

static size_t peer_tick(void)
{
    size_t fires = peer.fires;

    event_base_loop(peer.base, EVLOOP_ONCE | EVLOOP_NONBLOCK);
    return peer.fires - fires;
}

static void peer_destroy(void)
{
    event_base_free(peer.base);
    free(peer.events);
}

static void peer_day(struct series *series, int round)
{
    size_t fires = 0;

    for (int tick = 0; tick < DAY_TICKS; tick++) {
        double started_ns = stopwatch_ns();

        virtual_now += MSEC_SECOND;
        fires += peer_tick();
        ticks_ns[tick] = stopwatch_ns() - started_ns;
    }
    record_day(series, round, fires);
}

static void peer_jump(struct series *series, int round)
{
    peer_create(false);
    for (size_t id = 0; id < work.timers; id++) {
        struct timeval delay = in_ms(delay_ms(JUMP_ALL_MS));

        evtimer_assign(&peer.events[id], peer.base, peer_fired, &peer.events[id]);
        evtimer_add(&peer.events[id], &delay);
    }
    virtual_now += JUMP_MS;
    double started_ns = stopwatch_ns();
    size_t fires = peer_tick();

    series->values[JUMP_FIRE][round] = (stopwatch_ns() - started_ns) / (double)fires;
    series->values[JUMP_FIRES][round] = (double)fires;
    peer_destroy();
}

static void peers(struct series *series, int round)
{
    double timers = (double)work.timers;
    size_t bytes = heap_bytes();

    peer_create(true);
    double started_ns = stopwatch_ns();

    peer_build(REARM_MS);
    series->values[BUILD][round] = (stopwatch_ns() - started_ns) / timers;
    series->values[BYTES][round] = (double)(heap_bytes() - bytes) / timers;
    started_ns = stopwatch_ns();
    for (size_t pass = 1; pass <= PASSES; pass++)
        for (size_t i = 0; i < work.timers; i++) {
            struct timeval delay = in_ms(moved_ms(i, pass));

            evtimer_add(&peer.events[work.order[i]], &delay);
        }
    series->values[RESCHEDULE][round] = (stopwatch_ns() - started_ns) / timers / PASSES;
    peer_day(series, round);
    started_ns = stopwatch_ns();
    for (size_t i = 0; i < work.timers; i++)
        evtimer_del(&peer.events[work.order[i]]);
    series->values[CANCEL][round] = (stopwatch_ns() - started_ns) / timers;
    peer_destroy();
    peer_jump(series, round);
}

/* Report */

static void print_object(const char *name, const double *values, bool ratios)
{
    const char *comma = "";

    printf(",\n  \"%s\": {", name);
    for (int figure = 0; figure < FIGURES; figure++) {
        if (ratios && !figures[figure].ratio)
            continue;
        printf("%s\n    \"%s\": %.*f", comma, figures[figure].name, ratios ? 5 : 2, values[figure]);
        comma = ",";
    }
    printf("\n  }");
}

static void report(struct series *mine, struct series *other, size_t rounds)
{
    double our_values[FIGURES], peer_values[FIGURES], ratios[FIGURES];

    for (int figure = 0; figure < FIGURES; figure++) {
        our_values[figure] = median(mine->values[figure], rounds);
        peer_values[figure] = median(other->values[figure], rounds);
        ratios[figure] = our_values[figure] / peer_values[figure];
    }
    printf("{\n  \"benchmark\": \"wheel\",\n  \"timers\": %zu,\n  \"rounds\": %zu", work.timers, rounds);
    print_object("ours", our_values, false);
    if (!work.alone) {
        printf(",\n  \"peer_name\": \"libevent %s\"", event_get_version());
        print_object("peer", peer_values, false);
        print_object("ours_by_peer", ratios, true);
    }
    printf("\n}\n");
}

static const char help[] = "Usage: bench_wheel [OPTION]...\n"
                           "The timer wheel beside libevent's timers; prints one JSON object.\n\n"
                           "  --timers N   timers at once (1000000)\n"
                           "  --rounds N   rounds; figures are their medians (5)\n"
                           "  --quick      50000 timers, one round\n"
                           "  --alone      without libevent, for sizes that would take it hours\n"
                           "  --help       this text\n";

int main(int argc, char **argv)
{
    static const struct option options[] = {
        {"timers", required_argument, NULL, 't'}, {"rounds", required_argument, NULL, 'r'},
        {"quick", no_argument, NULL, 'q'},        {"alone", no_argument, NULL, 'a'},
        {"help", no_argument, NULL, 'h'},         {0}};
    size_t timers = 1000000, rounds = 5;

    for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (option == 't')
            timers = strtoull(optarg, NULL, 10);
        else if (option == 'r')
            rounds = strtoull(optarg, NULL, 10);
        else if (option == 'q')
            timers = 50000, rounds = 1;
        else if (option == 'a')
            work.alone = true;
        else
            return fputs(help, option == 'h' ? stdout : stderr), option == 'h' ? EXIT_SUCCESS : EXIT_FAILURE;
    }
    if (timers < 1000 || timers > UINT32_MAX || rounds < 1 || rounds > MOST_ROUNDS)
        return fputs(help, stderr), EXIT_FAILURE;
    struct series *mine = memory_new(1, sizeof *mine), *other = memory_new(1, sizeof *other);

    work_prepare(timers);
    for (int round = 0; round < (int)rounds; round++) {
        ours(mine, round);
        if (!work.alone)
            peers(other, round);
    }
    report(mine, other, rounds);
    free(mine);
    free(other);
    free(work.order);
    free(work.delays_ms);
    return EXIT_SUCCESS;
}
