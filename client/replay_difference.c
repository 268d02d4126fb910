/*
 * What two judges made of the same events.
 *
 * Used by replay_whatif.c, which lets both take each event and then asks difference_take(). What both decided
 * at the same instant cancels at once; what is left waits for the end, where the rest of each ticket's
 * occurrences is matched by cycle: told at another time, or told by one side only. Cycles alone would not do,
 * because a quota's cycle counts the windows that were kept, and those differ between regimes; instants alone
 * would not do either, because then nothing would ever be late.
 *
 * A ticket is known by the event that filed it (replay_origin): its id and its number depend on what a regime
 * refused before.
 */
#include "client/replay_difference.h"

#include "lib/base/memory.h"
#include <stdlib.h>
#include <string.h>

struct occurrences {
    struct occurrence *list;
    size_t count, capacity;
};

struct side_answer {
    bool is_given, is_accepted;
    uint64_t ticket;
    const char *method;
    json_t *error; /* of a refusal; owned */
};

struct difference_side {
    struct difference *difference;
    enum replay_side side;
    struct occurrences fresh; /* of the event that is being taken */
    struct occurrences open;  /* of earlier ones, not matched yet */
    struct side_answer answer;
};

static uint64_t key_of_tally(const void *owner, uint32_t place)
{
    return ((const struct tallies *)owner)->rows[place].key;
}

struct difference *difference_create(void)
{
    struct difference *difference = memory_new(1, sizeof(*difference));

    difference->words = intern_create();
    arena_init(&difference->texts);
    for (size_t i = 0; i < TALLY_TABLES; i++)
        index_init(&difference->tables[i].by_key, key_of_tally, &difference->tables[i]);
    for (enum replay_side side = SIDE_A; side < SIDES; side++) {
        difference->sides[side] = memory_new(1, sizeof(*difference->sides[side]));
        difference->sides[side]->difference = difference;
        difference->sides[side]->side = side;
    }
    return difference;
}

static void forget_answer(struct difference_side *side)
{
    json_decref(side->answer.error);
    side->answer = (struct side_answer){0};
}

static void finish_tallies(struct tallies *tallies)
{
    for (size_t i = 0; i < tallies->count; i++)
        for (size_t kind = 0; kind < OCCURRENCE_KINDS; kind++) {
            free(tallies->rows[i].earlier[kind].by_ms);
            free(tallies->rows[i].later[kind].by_ms);
        }
    index_finish(&tallies->by_key);
    free(tallies->rows);
}

void difference_destroy(struct difference *difference)
{
    if (!difference)
        return;
    for (size_t i = 0; i < TALLY_TABLES; i++)
        finish_tallies(&difference->tables[i]);
    for (size_t side = 0; side < SIDES; side++) {
        forget_answer(difference->sides[side]);
        free(difference->sides[side]->fresh.list);
        free(difference->sides[side]->open.list);
        free(difference->sides[side]);
    }
    arena_finish(&difference->texts);
    intern_destroy(difference->words);
    free(difference->differing);
    free(difference->requests);
    free(difference);
}

/* ---- tallies ---- */

uint64_t difference_person_key(uint32_t person, uint32_t role)
{
    return (uint64_t)person << 32 | role;
}

static struct tally *tally_of(struct tallies *tallies, uint64_t key)
{
    uint32_t place = index_find(&tallies->by_key, key);

    if (place != INDEX_NONE)
        return &tallies->rows[place];
    tallies->rows =
        memory_reserve(tallies->rows, &tallies->capacity, tallies->count + 1, sizeof(*tallies->rows));
    tallies->rows[tallies->count] = (struct tally){.key = key};
    index_add(&tallies->by_key, (uint32_t)tallies->count);
    return &tallies->rows[tallies->count++];
}

const struct tally *difference_tally(const struct difference *difference, enum tally_table table,
                                     uint64_t key)
{
    uint32_t place = index_find(&difference->tables[table].by_key, key);

    return place == INDEX_NONE ? NULL : &difference->tables[table].rows[place];
}

/* The rows in which an occurrence counts; how many they are. A breach has no person. */
static size_t tallies_of(struct difference *difference, const struct occurrence *occurrence,
                         struct tally *ret_rows[TALLY_TABLES])
{
    const uint64_t keys[TALLY_TABLES] = {
        [TALLY_TOTAL] = 0,
        [TALLY_CLOCK] = occurrence->clock,
        [TALLY_URGENCY] = occurrence->urgency,
        [TALLY_CLASS] = occurrence->class_name,
        [TALLY_PERSON] = difference_person_key(occurrence->person, occurrence->role),
    };
    size_t count = occurrence->kind == OCCURRENCE_NOTICE ? TALLY_TABLES : TALLY_PERSON;

    for (size_t i = 0; i < count; i++)
        ret_rows[i] = tally_of(&difference->tables[i], keys[i]);
    return count;
}

static void count_in(struct difference_side *side, const struct occurrence *occurrence,
                     enum tally_figure figure)
{
    struct tally *rows[TALLY_TABLES];
    size_t row_count = tallies_of(side->difference, occurrence, rows);

    for (size_t i = 0; i < row_count; i++)
        rows[i]->counts[figure][side->side]++;
}

/* ---- what the sides decide ---- */

static void add(struct occurrences *occurrences, const struct occurrence *occurrence)
{
    occurrences->list = memory_reserve(occurrences->list, &occurrences->capacity, occurrences->count + 1,
                                       sizeof(*occurrences->list));
    occurrences->list[occurrences->count++] = *occurrence;
}

static struct occurrence begin_occurrence(const struct difference_side *side, enum occurrence_kind kind,
                                          uint64_t ticket)
{
    const struct difference *difference = side->difference;
    const struct replay *replay = difference->replays[side->side];
    struct occurrence occurrence = {.kind = (uint8_t)kind, .origin = replay_origin(replay, ticket)};
    struct desk_ticket words;

    if (desk_ticket(replay_desk(replay), ticket, &words)) {
        occurrence.class_name = intern_id(difference->words, words.class_name);
        occurrence.urgency = intern_id(difference->words, words.urgency);
    }
    return occurrence;
}

static void take_verdict(void *context, const struct verdict_effect *verdict)
{
    struct difference_side *side = context;
    bool is_breach = strcmp(verdict->state, "breached") == 0;
    bool is_shortfall = verdict->why && strcmp(verdict->why, "shortfall") == 0;
    bool is_withdrawal = verdict->why && strcmp(verdict->why, "withdrawn") == 0;

    if (!is_breach && !is_shortfall && !is_withdrawal)
        return;
    struct occurrence occurrence = begin_occurrence(side, OCCURRENCE_BREACH, verdict->ticket);

    occurrence.clock = intern_id(side->difference->words, verdict->clock);
    occurrence.cycle = verdict->cycle;
    occurrence.at = verdict->due_at;
    count_in(side, &occurrence,
             is_breach      ? TALLY_BREACHES
             : is_shortfall ? TALLY_SHORTFALLS
                            : TALLY_WITHDRAWALS);
    if (is_breach)
        add(&side->fresh, &occurrence);
}

static void take_notices(void *context, const struct effect *first, size_t row_count)
{
    struct difference_side *side = context;
    struct intern *words = side->difference->words;
    const struct notice_row *one = first->notice;
    bool is_told = replay_telling(one) == REPLAY_TOLD;
    struct occurrence occurrence = begin_occurrence(side, OCCURRENCE_NOTICE, one->ticket);

    if (replay_telling(one) == REPLAY_HELD)
        return; /* what becomes of it is told when it is known */
    occurrence.clock = intern_id(words, one->clock);
    occurrence.template_name = intern_id(words, one->template_name);
    occurrence.step = one->rung;
    occurrence.cycle = one->cycle;
    occurrence.at = one->at;
    for (size_t i = 0; i < row_count; i++) {
        occurrence.person = intern_id(words, first[i].notice->recipient);
        occurrence.role = intern_id(words, first[i].notice->role);
        occurrence.channel = intern_id(words, first[i].notice->channel);
        count_in(side, &occurrence, is_told ? TALLY_NOTICES : TALLY_SUPPRESSED);
        if (is_told)
            add(&side->fresh, &occurrence);
    }
}

/* Told in one mail: each of them at that time. */
static void take_digest(void *context, const struct notice_row *digest, const struct notice_row *const *items,
                        size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct notice_row row = *items[i];
        const struct effect told = {.kind = EFFECT_NOTICE, .notice = &row};

        row.at = digest->at;
        row.state = digest->state;
        take_notices(context, &told, 1);
    }
}

static void take_incident(void *context, const struct incident_effect *incident)
{
    struct difference_side *side = context;
    struct occurrence occurrence = begin_occurrence(side, OCCURRENCE_BREACH, incident->ticket);

    occurrence.clock = intern_id(side->difference->words, incident->clock);
    count_in(side, &occurrence, TALLY_INCIDENTS);
}

static void take_answer(void *context, const struct replay_answer *answer)
{
    struct difference_side *side = context;

    side->answer = (struct side_answer){
        .is_given = true,
        .is_accepted = answer->is_accepted,
        .ticket = answer->ticket,
        .method = answer->method,
        .error = json_incref((json_t *)(uintptr_t)answer->error),
    };
}

static void take_reload(void *context, const struct replay_reload *reload)
{
    struct difference_side *side = context;

    side->answer = (struct side_answer){
        .is_given = true,
        .is_accepted = !reload->why,
        .method = "system.reload",
        .error = reload->why
                     ? json_pack("{s:{s:s, s:s}}", "data", "name", "invalid_state", "detail", reload->why)
                     : NULL,
    };
}

struct replay_watcher difference_watcher(struct difference *difference, enum replay_side side)
{
    return (struct replay_watcher){
        .context = difference->sides[side],
        .answered = take_answer,
        .reloaded = take_reload,
        .judged = take_verdict,
        .told = take_notices,
        .digested = take_digest,
        .missed = take_incident,
    };
}

void difference_watches(struct difference *difference, enum replay_side side, const struct replay *replay)
{
    difference->replays[side] = replay;
}

/* ---- the same ---- */

#define BY_MEMBER(member)                                                                                    \
    if (one->member != other->member)                                                                        \
    return one->member < other->member ? -1 : 1

static int by_identity(const struct occurrence *one, const struct occurrence *other)
{
    BY_MEMBER(kind);
    BY_MEMBER(origin);
    BY_MEMBER(clock);
    BY_MEMBER(template_name);
    BY_MEMBER(step);
    BY_MEMBER(person);
    BY_MEMBER(channel);
    return 0;
}

static int by_identity_and_time(const struct occurrence *one, const struct occurrence *other)
{
    int order = by_identity(one, other);

    if (order)
        return order;
    BY_MEMBER(at);
    return 0;
}

static int in_order(const void *a, const void *b)
{
    const struct occurrence *one = a, *other = b;
    int order = by_identity_and_time(one, other);

    if (order)
        return order;
    BY_MEMBER(cycle);
    return 0;
}

/* Marks what both have at the same instant. Both lists are in order. */
static void match_instants(struct occurrence *a, size_t a_count, struct occurrence *b, size_t b_count)
{
    for (size_t i = 0, j = 0; i < a_count && j < b_count;) {
        int order = by_identity_and_time(&a[i], &b[j]);

        if (order == 0)
            a[i].is_matched = b[j].is_matched = true;
        i += order <= 0;
        j += order >= 0;
    }
}

static void sort(struct occurrences *occurrences)
{
    if (occurrences->count > 1)
        qsort(occurrences->list, occurrences->count, sizeof(*occurrences->list), in_order);
}

static void leave_open(struct difference_side *side)
{
    for (size_t i = 0; i < side->fresh.count; i++)
        if (!side->fresh.list[i].is_matched)
            add(&side->open, &side->fresh.list[i]);
    side->fresh.count = 0;
}

static void forget_the_same(struct difference *difference)
{
    struct occurrences *a = &difference->sides[SIDE_A]->fresh, *b = &difference->sides[SIDE_B]->fresh;

    if (!a->count && !b->count)
        return;
    sort(a);
    sort(b);
    match_instants(a->list, a->count, b->list, b->count);
    leave_open(difference->sides[SIDE_A]);
    leave_open(difference->sides[SIDE_B]);
}

/* ---- requests ---- */

static const char *keep(struct difference *difference, const json_t *data, const char *name)
{
    const char *text = json_string_value(json_object_get(data, name));

    return text ? arena_text(&difference->texts, text) : "";
}

static void add_request(struct difference *difference, uint64_t place, enum replay_side refused_by)
{
    const struct side_answer *refusal = &difference->sides[refused_by]->answer;
    enum replay_side accepted_by = refused_by == SIDE_A ? SIDE_B : SIDE_A;
    const struct replay *replay = difference->replays[accepted_by];
    const json_t *data = json_object_get(refusal->error, "data");

    difference->requests = memory_reserve(difference->requests, &difference->request_capacity,
                                          difference->request_count + 1, sizeof(*difference->requests));
    difference->requests[difference->request_count++] = (struct differing_request){
        .place = place,
        .at = replay_now(replay),
        .method = refusal->method,
        .error = keep(difference, data, "name"),
        .detail = keep(difference, data, "detail"),
        .origin = replay_origin(replay, difference->sides[accepted_by]->answer.ticket),
        .refused_by = refused_by,
    };
}

/* A ticket that is named by its id or number may be another one for the other side: that would compare what
   cannot be compared. */
static const char *compare_answers(struct difference *difference, uint64_t place)
{
    const struct side_answer *a = &difference->sides[SIDE_A]->answer;
    const struct side_answer *b = &difference->sides[SIDE_B]->answer;

    if (!a->is_given || !b->is_given)
        return NULL;
    if (a->is_accepted != b->is_accepted) {
        add_request(difference, place, a->is_accepted ? SIDE_B : SIDE_A);
        return NULL;
    }
    if (!a->is_accepted || replay_origin(difference->replays[SIDE_A], a->ticket) ==
                               replay_origin(difference->replays[SIDE_B], b->ticket))
        return NULL;
    return "ticket: it is another one under A than under B, because one of them refused a create before; "
           "name it by its ref";
}

const char *difference_take(struct difference *difference, uint64_t place)
{
    const char *wrong = compare_answers(difference, place);

    forget_answer(difference->sides[SIDE_A]);
    forget_answer(difference->sides[SIDE_B]);
    forget_the_same(difference);
    return wrong;
}

/* ---- the end ---- */

static void add_move(struct moves *moves, msec by_ms)
{
    moves->by_ms = memory_reserve(moves->by_ms, &moves->capacity, moves->count + 1, sizeof(*moves->by_ms));
    moves->by_ms[moves->count++] = by_ms;
}

/* One that was moved counts where B has it. */
static void count_differing(struct difference *difference, const struct differing *differing)
{
    enum replay_side side = differing->is_on[SIDE_B] ? SIDE_B : SIDE_A;
    const struct occurrence *occurrence = &differing->on[side];
    bool is_moved = differing->is_on[SIDE_A] && differing->is_on[SIDE_B];
    msec by_ms = is_moved ? differing->on[SIDE_B].at - differing->on[SIDE_A].at : 0;
    struct tally *rows[TALLY_TABLES];
    size_t row_count = tallies_of(difference, occurrence, rows);

    for (size_t i = 0; i < row_count; i++) {
        if (!is_moved)
            rows[i]->only[occurrence->kind][side]++;
        else if (by_ms < 0)
            add_move(&rows[i]->earlier[occurrence->kind], -by_ms);
        else
            add_move(&rows[i]->later[occurrence->kind], by_ms);
    }
}

static void add_differing(struct difference *difference, struct occurrence *a, struct occurrence *b)
{
    struct differing differing = {.is_on = {[SIDE_A] = a != NULL, [SIDE_B] = b != NULL}};

    if (a) {
        differing.on[SIDE_A] = *a;
        a->is_matched = true;
    }
    if (b) {
        differing.on[SIDE_B] = *b;
        b->is_matched = true;
    }
    difference->differing = memory_reserve(difference->differing, &difference->differing_capacity,
                                           difference->differing_count + 1, sizeof(*difference->differing));
    difference->differing[difference->differing_count++] = differing;
    count_differing(difference, &differing);
}

static struct occurrence *find_cycle(struct occurrence *list, size_t count, uint16_t cycle)
{
    for (size_t i = 0; i < count; i++)
        if (!list[i].is_matched && list[i].cycle == cycle)
            return &list[i];
    return NULL;
}

/* All that the sides have of one identity. */
static void match_group(struct difference *difference, struct occurrence *a, size_t a_count,
                        struct occurrence *b, size_t b_count)
{
    match_instants(a, a_count, b, b_count);
    for (size_t i = 0; i < a_count; i++)
        if (!a[i].is_matched)
            add_differing(difference, &a[i], find_cycle(b, b_count, a[i].cycle));
    for (size_t i = 0; i < b_count; i++)
        if (!b[i].is_matched)
            add_differing(difference, NULL, &b[i]);
}

/* How many at the head of the list are of the same identity as `first`. */
static size_t group_length(const struct occurrence *list, size_t count, const struct occurrence *first)
{
    size_t length = 0;

    while (length < count && by_identity(&list[length], first) == 0)
        length++;
    return length;
}

static void match_open(struct difference *difference)
{
    struct occurrences *a = &difference->sides[SIDE_A]->open, *b = &difference->sides[SIDE_B]->open;

    sort(a);
    sort(b);
    for (size_t i = 0, j = 0; i < a->count || j < b->count;) {
        bool a_is_first = j == b->count || (i < a->count && by_identity(&a->list[i], &b->list[j]) <= 0);
        const struct occurrence first = a_is_first ? a->list[i] : b->list[j];
        size_t a_length = group_length(a->list + i, a->count - i, &first);
        size_t b_length = group_length(b->list + j, b->count - j, &first);

        match_group(difference, a->list + i, a_length, b->list + j, b_length);
        i += a_length;
        j += b_length;
    }
}

static const struct occurrence *earlier_of(const struct differing *differing)
{
    const struct occurrence *a = &differing->on[SIDE_A], *b = &differing->on[SIDE_B];

    if (!differing->is_on[SIDE_A])
        return b;
    return differing->is_on[SIDE_B] && b->at < a->at ? b : a;
}

static int by_time(const void *a, const void *b)
{
    const struct occurrence *one = earlier_of(a), *other = earlier_of(b);

    BY_MEMBER(at);
    return in_order(one, other);
}

static int by_number(const void *a, const void *b)
{
    msec one = *(const msec *)a, other = *(const msec *)b;

    return one < other ? -1 : one > other;
}

static void sort_moves(struct moves *moves)
{
    if (moves->count > 1)
        qsort(moves->by_ms, moves->count, sizeof(*moves->by_ms), by_number);
}

static void sort_tallies(struct tallies *tallies)
{
    for (size_t i = 0; i < tallies->count; i++)
        for (size_t kind = 0; kind < OCCURRENCE_KINDS; kind++) {
            sort_moves(&tallies->rows[i].earlier[kind]);
            sort_moves(&tallies->rows[i].later[kind]);
        }
}

void difference_finish(struct difference *difference)
{
    forget_the_same(difference);
    match_open(difference);
    if (difference->differing_count > 1)
        qsort(difference->differing, difference->differing_count, sizeof(*difference->differing), by_time);
    for (size_t i = 0; i < TALLY_TABLES; i++)
        sort_tallies(&difference->tables[i]);
}

static bool counts_differ(const struct tallies *tallies)
{
    for (size_t i = 0; i < tallies->count; i++)
        for (size_t figure = 0; figure < TALLY_FIGURES; figure++)
            if (tallies->rows[i].counts[figure][SIDE_A] != tallies->rows[i].counts[figure][SIDE_B])
                return true;
    return false;
}

bool difference_is_any(const struct difference *difference)
{
    for (size_t i = 0; i < TALLY_TABLES; i++)
        if (counts_differ(&difference->tables[i]))
            return true;
    return difference->differing_count || difference->request_count;
}
