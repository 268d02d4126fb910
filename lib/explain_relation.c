/*
 * Why a person is, or is not, among those whom an audience means.
 *
 * Called by explain_why.c for every step of every clock. Who is told is decided by notice_resolve_at alone;
 * only when it does not name the person is it asked how near they came: away, behind an "or", a deputy whose
 * holder is there, head of another department. The nearest miss is the answer that helps.
 */
#include "lib/explain_relation.h"

#include "lib/notice.h"

struct looking {
    const struct desk *desk;
    const struct ticket *ticket;
    const struct audience *audience;
    uint16_t person;
    int64_t day;
};

static bool is_among(const uint16_t *people, size_t count, uint16_t person)
{
    for (size_t i = 0; i < count; i++)
        if (people[i] == person)
            return true;
    return false;
}

/* Holds it for this ticket, and yet is not told. */
static bool misses_it(const struct looking *looking, const struct addressee *whom, struct relation *relation)
{
    uint16_t people[RECIPIENTS_MAX];
    size_t count = notice_people(looking->desk, looking->ticket, whom, people);

    if (!is_among(people, count, looking->person))
        return false;
    relation->other = roster_reachable(looking->desk->roster, looking->person, looking->day);
    relation->kind = relation->other == looking->person ? RELATION_LATER_CHOICE : RELATION_ABSENT;
    return true;
}

/* Is in the chain of deputies of somebody who holds it. */
static bool stands_behind(const struct looking *looking, const struct addressee *whom,
                          struct relation *relation)
{
    const struct roster *roster = looking->desk->roster;
    uint16_t people[RECIPIENTS_MAX];
    size_t count = notice_people(looking->desk, looking->ticket, whom, people);

    for (size_t i = 0; i < count; i++) {
        const struct person *holder = roster_person(roster, people[i]);
        uint16_t deputy = holder ? holder->deputy : ROSTER_NOBODY;

        for (size_t steps = 0; deputy != ROSTER_NOBODY && steps < roster_count(roster); steps++) {
            if (deputy == looking->person) {
                relation->kind = RELATION_ONLY_DEPUTY;
                relation->other = roster_reachable(roster, people[i], looking->day);
                return true;
            }
            deputy = roster_person(roster, deputy)->deputy;
        }
    }
    return false;
}

/* Holds the role, for other tickets. */
static bool holds_it_elsewhere(const struct looking *looking, const struct addressee *whom,
                               struct relation *relation)
{
    const struct policy *policy = looking->desk->policy;
    const struct person *person = roster_person(looking->desk->roster, looking->person);

    if (whom->person || whom->role == POLICY_NONE || !(person->roles >> whom->role & 1))
        return false;
    if (whom->department == POLICY_NONE && policy->role_scope[whom->role] == SCOPE_TICKET) {
        relation->kind = RELATION_OTHER_HANDLER;
        relation->other = looking->ticket->handler;
        return true;
    }
    relation->kind = RELATION_OTHER_DEPARTMENT;
    bool is_named = whom->department != POLICY_NONE && whom->department != AUDIENCE_SUPPORTING;

    relation->department = is_named ? whom->department : looking->ticket->department;
    return person->department != relation->department;
}

static bool find(const struct looking *looking, struct relation *relation,
                 bool (*is_so)(const struct looking *, const struct addressee *, struct relation *))
{
    for (uint8_t place = 0; place < looking->audience->count; place++)
        for (size_t choice = 0; choice < AUDIENCE_CHOICES; choice++) {
            const struct addressee *whom = &looking->audience->to[place][choice];

            if (addressee_is_nobody(whom))
                break;
            relation->role = whom->role;
            if (is_so(looking, whom, relation))
                return true;
        }
    return false;
}

static bool is_told(const struct looking *looking, msec at, struct relation *relation)
{
    struct recipient recipients[RECIPIENTS_MAX];
    size_t count = notice_resolve_at(looking->desk, looking->ticket, looking->audience, at, recipients);

    for (size_t i = 0; i < count; i++)
        if (recipients[i].person == looking->person) {
            relation->role = recipients[i].role;
            relation->other = recipients[i].stands_for;
            return true;
        }
    return false;
}

struct relation explain_relation(const struct desk *desk, const struct ticket *ticket,
                                 const struct audience *audience, uint16_t person, msec at)
{
    const struct looking looking = {desk, ticket, audience, person, zone_day(desk->policy->zone, at)};
    struct relation relation = {
        .kind = RELATION_ADDRESSED, .department = POLICY_NONE, .other = TICKET_NOBODY};

    if (is_told(&looking, at, &relation) || find(&looking, &relation, misses_it) ||
        find(&looking, &relation, stands_behind) || find(&looking, &relation, holds_it_elsewhere))
        return relation;
    return (struct relation){
        .kind = RELATION_NONE, .role = POLICY_NONE, .department = POLICY_NONE, .other = TICKET_NOBODY};
}
