/*
 * The wheel against a model that is too simple to be wrong: an array of instants and, over it, a treap by
 * (due_at, id). A few thousand ids and a million and more operations a run; every id that fires, every
 * wheel_next and every wheel_count must be what the model says.
 *
 * Each seed picks its own world: how many ids, how far deadlines lie, how often many share one instant,
 * whether the clock jumps back, whether some lie decades away. DUBAN_SEED and DUBAN_OPERATIONS (or two
 * arguments: seed, operations) replay one of them; a failure prints the seed.
 */
#include "lib/wheel.h"

#include "lib/base/hash.h"
#include "lib/base/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define START_AT INT64_C(1767225600000) /* 2026-01-01 */

/* Chance */

static uint64_t chance_state;

static uint64_t chance(uint64_t below)
{
    return hash_number(chance_state++) % below;
}

static bool one_in(uint64_t many)
{
    return chance(many) == 0;
}

/* The model: node 0 is "none", node id + 1 belongs to `id`. */

struct node {
    msec due_at; /* NEVER: not in the treap */
    uint32_t left, right;
    uint64_t priority;
};

struct model {
    struct node *nodes;
    uint32_t root;
    size_t count;
};

static bool node_before(const struct model *model, uint32_t one, uint32_t other)
{
    msec one_at = model->nodes[one].due_at, other_at = model->nodes[other].due_at;

    return one_at < other_at || (one_at == other_at && one < other);
}

static uint32_t node_merge(struct model *model, uint32_t low, uint32_t high)
{
    struct node *nodes = model->nodes;

    if (!low || !high)
        return low ? low : high;
    if (nodes[low].priority < nodes[high].priority) {
        nodes[low].right = node_merge(model, nodes[low].right, high);
        return low;
    }
    nodes[high].left = node_merge(model, low, nodes[high].left);
    return high;
}

/* Everything before `pivot` goes to *ret_low, the rest to *ret_high. */
static void node_split(struct model *model, uint32_t at, uint32_t pivot, uint32_t *ret_low,
                       uint32_t *ret_high)
{
    struct node *node = &model->nodes[at];

    if (!at) {
        *ret_low = *ret_high = 0;
    } else if (node_before(model, at, pivot)) {
        *ret_low = at;
        node_split(model, node->right, pivot, &node->right, ret_high);
    } else {
        *ret_high = at;
        node_split(model, node->left, pivot, ret_low, &node->left);
    }
}

static uint32_t model_first(const struct model *model)
{
    uint32_t at = model->root;

    while (at && model->nodes[at].left)
        at = model->nodes[at].left;
    return at;
}

static void model_remove(struct model *model, uint32_t node)
{
    uint32_t *link = &model->root;

    while (*link != node)
        link = node_before(model, node, *link) ? &model->nodes[*link].left : &model->nodes[*link].right;
    *link = node_merge(model, model->nodes[node].left, model->nodes[node].right);
    model->nodes[node].due_at = NEVER;
    model->count--;
}

static void model_set(struct model *model, uint32_t id, msec due_at)
{
    uint32_t node = id + 1, low, high;

    if (model->nodes[node].due_at != NEVER)
        model_remove(model, node);
    if (due_at == NEVER)
        return;
    model->nodes[node] = (struct node){due_at, 0, 0, chance(UINT64_MAX)};
    node_split(model, model->root, node, &low, &high);
    model->root = node_merge(model, node_merge(model, low, node), high);
    model->count++;
}

/* The world of one seed */

struct world {
    uint32_t ids, burst; /* timers; one in `burst` operations sets many to one instant, 0: none */
    msec horizon_ms;     /* deadlines lie this far ahead */
    msec tick_ms;        /* the clock goes in steps up to this */
    bool back, beyond;   /* the clock jumps back; some deadlines lie beyond the compact range */
    size_t room;         /* of wheel_advance */
    msec now, shared_at; /* the clock; an instant many deadlines share */
    size_t fired;
    struct wheel *wheel;
    struct model model;
};

static void world_init(struct world *world, uint64_t seed)
{
    static const uint32_t ids[] = {1, 30, 1000, 5000, 40000};
    static const msec horizons[] = {
        50, 5 * MSEC_SECOND, MSEC_HOUR, 9 * MSEC_HOUR, 30 * MSEC_DAY, 3000 * MSEC_DAY};
    static const uint32_t bursts[] = {0, 500, 5000};

    chance_state = hash_number(seed);
    *world = (struct world){.ids = ids[chance(5)],
                            .burst = bursts[chance(3)],
                            .horizon_ms = horizons[chance(6)],
                            .back = one_in(3),
                            .beyond = one_in(6),
                            .room = one_in(4) ? 1 : 1 + chance(300),
                            .now = START_AT};
    world->tick_ms = 1 + world->horizon_ms / (msec)(10 + chance(3 * (uint64_t)world->ids));
    world->shared_at = world->now;
    world->wheel = wheel_create(world->now);
    world->model.nodes = memory_new((size_t)world->ids + 1, sizeof(struct node));
    for (uint32_t node = 0; node <= world->ids; node++)
        world->model.nodes[node].due_at = NEVER;
}

static void world_finish(struct world *world)
{
    wheel_destroy(world->wheel);
    free(world->model.nodes);
}

static msec some_instant(struct world *world)
{
    if (world->beyond && one_in(50))
        return one_in(2) ? (msec)hash_number(chance_state++)
                         : world->now + (12000 + (msec)chance(900)) * MSEC_DAY;
    if (one_in(4))
        return world->shared_at;
    if (one_in(20))
        return world->now - (msec)chance((uint64_t)world->horizon_ms + 1);
    if (one_in(10))
        world->shared_at = world->now + (msec)chance((uint64_t)world->horizon_ms + 1);
    if (one_in(20))
        return world->now + (msec)chance(100 * (uint64_t)world->horizon_ms + 1);
    return world->now + (msec)chance((uint64_t)world->horizon_ms + 1);
}

static void set(struct world *world, uint32_t id, msec due_at)
{
    wheel_set(world->wheel, id, due_at);
    model_set(&world->model, id, due_at);
    assert_true(wheel_due_at(world->wheel, id) == due_at);
}

static void cancel(struct world *world, uint32_t id)
{
    wheel_cancel(world->wheel, id);
    model_set(&world->model, id, NEVER);
    assert_true(wheel_due_at(world->wheel, id) == NEVER);
}

static void check(struct world *world)
{
    uint32_t first = model_first(&world->model);

    assert_int_equal(wheel_count(world->wheel), world->model.count);
    assert_true(wheel_next(world->wheel) == (first ? world->model.nodes[first].due_at : NEVER));
}

/* One call, compared with the model id by id. */
static size_t drain_once(struct world *world, uint32_t *ids)
{
    size_t given = wheel_advance(world->wheel, world->now, ids, world->room);

    for (size_t i = 0; i < given; i++) {
        uint32_t first = model_first(&world->model);

        assert_int_not_equal(first, 0);
        assert_int_equal(ids[i], first - 1);
        assert_true(world->model.nodes[first].due_at <= world->now);
        model_remove(&world->model, first);
    }
    if (given < world->room) {
        uint32_t first = model_first(&world->model);

        assert_true(!first || world->model.nodes[first].due_at > world->now);
    }
    world->fired += given;
    return given;
}

/* Drains, and re-arms some of the fired between the calls: most to later, a few to the past. */
static void drain(struct world *world)
{
    uint32_t ids[512];
    size_t given;

    do {
        given = drain_once(world, ids);
        for (size_t i = 0; i < given; i++)
            if (!one_in(3))
                set(world, ids[i], some_instant(world));
        if (one_in(2))
            check(world);
    } while (given == world->room);
}

static void move_clock(struct world *world)
{
    if (world->back && one_in(20))
        world->now -= (msec)chance(20 * (uint64_t)world->tick_ms + 1);
    else if (one_in(200))
        world->now += (msec)chance((uint64_t)world->horizon_ms + 1);
    else
        world->now += (msec)chance((uint64_t)world->tick_ms + 1);
}

static void burst(struct world *world)
{
    msec due_at = some_instant(world);
    uint32_t from = (uint32_t)chance(world->ids), many = (uint32_t)chance(world->ids - from) + 1;

    for (uint32_t id = from; id < from + many; id++)
        set(world, id, due_at);
}

static void operate(struct world *world)
{
    uint32_t id = (uint32_t)chance(world->ids);

    switch (chance(20)) {
    case 0:
        move_clock(world);
        drain(world);
        break;
    case 1:
    case 2:
        cancel(world, id);
        break;
    case 3:
        set(world, id, one_in(10) ? NEVER : some_instant(world));
        break;
    case 4:
        check(world);
        break;
    default:
        set(world, id, some_instant(world));
    }
    if (world->burst && one_in(world->burst))
        burst(world);
}

/* What is left must come out too, in order, with nothing more behind it. */
static void drain_all(struct world *world)
{
    uint32_t ids[512];

    world->now = NEVER - 1;
    while (drain_once(world, ids) == world->room)
        check(world);
    check(world);
    assert_int_equal(wheel_count(world->wheel), 0);
}

static uint64_t seed_now, seed_first = 1, seeds = 30, operations = 50000;

static void run_seed(void)
{
    struct world world;

    world_init(&world, seed_now);
    for (uint64_t i = 0; i < operations; i++)
        operate(&world);
    drain_all(&world);
    world_finish(&world);
}

static void the_wheel_does_what_the_model_does(void **state)
{
    (void)state;
    for (seed_now = seed_first; seed_now < seed_first + seeds; seed_now++)
        run_seed();
    seed_now = 0;
}

static void replay_one(const char *seed)
{
    if (!seed)
        return;
    seed_first = strtoull(seed, NULL, 0);
    seeds = 1;
    operations = 1000000;
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_wheel_does_what_the_model_does)};
    const char *seed = argc > 1 ? argv[1] : getenv("DUBAN_SEED");
    const char *many = argc > 2 ? argv[2] : getenv("DUBAN_OPERATIONS");

    replay_one(seed);
    if (many)
        operations = strtoull(many, NULL, 0);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);

    if (failed)
        fprintf(stderr, "property_wheel: replay with DUBAN_SEED=%llu DUBAN_OPERATIONS=%llu\n",
                (unsigned long long)seed_now, (unsigned long long)operations);
    return failed;
}
