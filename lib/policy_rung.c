/*
 * Who is told, and when: audiences and rungs of a regime file.
 *
 * Readers for policy_class.c and policy_clock.c, like those of policy_value.c: the whole value is understood,
 * or a sentence says what is wrong and what would be right. People are only named here; who that is, is found
 * out when something fires, because somebody may join the people file after the regime was read.
 */
#include "lib/policy_compile.h"

#include <string.h>

/* ---- audiences ---- */

/* `quality.department_head`: those who hold the role in that department, whose ticket it may be. */
static const char *read_member(struct compiler *compiler, const char *word, const char *dot,
                               struct addressee *addressee)
{
    const struct policy *policy = compiler->policy;
    const char *department = arena_bytes(&compiler->policy->arena, word, (size_t)(dot - word));
    const char *wrong =
        value_term(compiler, &policy->departments, "department", department, &addressee->department);

    return wrong ? wrong : value_term(compiler, &policy->roles, "role", dot + 1, &addressee->role);
}

static const char *read_addressee(struct compiler *compiler, const char *word, struct addressee *addressee)
{
    static const char person[] = "person:", department[] = "department:";
    const char *dot = strchr(word, '.');

    *addressee = (struct addressee){.role = POLICY_NONE, .department = POLICY_NONE};
    if (strncmp(word, person, strlen(person)) == 0) {
        addressee->person = word + strlen(person);
        return addressee->person[0] ? NULL : value_wrong(compiler, "'person:' needs a person after it");
    }
    if (strncmp(word, department, strlen(department)) == 0)
        return value_wrong(compiler, "whom of the department? (write %s.ROLE, such as %s.department_head)",
                           word + strlen(department), word + strlen(department));
    if (dot)
        return read_member(compiler, word, dot, addressee);
    return value_term(compiler, &compiler->policy->roles, "role", word, &addressee->role);
}

static void clear_audience(struct audience *audience)
{
    *audience = (struct audience){0};
    for (size_t place = 0; place < AUDIENCE_PLACES; place++)
        for (size_t choice = 0; choice < AUDIENCE_CHOICES; choice++)
            audience->to[place][choice] = (struct addressee){.role = POLICY_NONE, .department = POLICY_NONE};
}

const char *value_audience(struct compiler *compiler, const char *text, struct audience *ret_audience)
{
    struct audience *audience = ret_audience;
    bool is_alternative = false;
    size_t choice = 0;

    clear_audience(audience);
    for (char *word; (word = value_word(compiler, &text));) {
        if (strcmp(word, "or") == 0) {
            if (is_alternative || !audience->count)
                return value_wrong(compiler, "'or' stands between two roles");
            is_alternative = true;
            continue;
        }
        choice = is_alternative ? choice + 1 : 0;
        if (choice >= AUDIENCE_CHOICES || (!is_alternative && audience->count >= AUDIENCE_PLACES))
            return value_wrong(compiler, "at most %d roles, each with at most %d alternatives",
                               AUDIENCE_PLACES, AUDIENCE_CHOICES - 1);
        audience->count = (uint8_t)(audience->count + (is_alternative ? 0 : 1));
        const char *wrong = read_addressee(compiler, word, &audience->to[audience->count - 1][choice]);

        if (wrong)
            return wrong;
        is_alternative = false;
    }
    if (is_alternative || !audience->count)
        return value_wrong(compiler, "a role is missing");
    return NULL;
}

/* ---- rungs ---- */

static const char *read_delay(struct compiler *compiler, const char *word, struct rung *rung)
{
    rung->percent = -1;
    if (!word || word[0] != '+')
        return value_wrong(compiler, "a rung begins with its delay after the breach: +0, +50%% or +2h");
    if (strcmp(word, "+0") == 0)
        return NULL;
    if (strchr(word, '%'))
        return value_percent(compiler, word + 1, &rung->percent);
    return value_span(compiler, word + 1, &rung->delay);
}

static const char *read_channels(struct compiler *compiler, const char *text, struct rung *rung)
{
    int count = 0;

    for (char *word; (word = value_word(compiler, &text)); count++) {
        if (strcmp(word, "mail") != 0)
            return value_wrong(compiler, "unknown way '%s' to tell people (known: mail)", word);
        rung->channels |= 1;
    }
    return count ? NULL : value_wrong(compiler, "'by' needs a way to tell people after it: mail");
}

const char *value_rung(struct compiler *compiler, const char *text, struct rung *ret_rung)
{
    *ret_rung = (struct rung){0};
    const char *cursor = text;
    const char *wrong = read_delay(compiler, value_word(compiler, &cursor), ret_rung);
    const char *by = strstr(cursor, " by ");

    if (wrong)
        return wrong;
    if (!by)
        return value_wrong(compiler, "a rung ends with how people are told: by mail");
    const char *roles = arena_bytes(&compiler->policy->arena, cursor, (size_t)(by - cursor));

    wrong = value_audience(compiler, roles, &ret_rung->to);
    return wrong ? wrong : read_channels(compiler, by + 4, ret_rung);
}
