/*
 * Who is told, and when: audiences and rungs of a regime file.
 *
 * Readers for policy_class.c and policy_clock.c, like those of policy_value.c: the whole value is understood,
 * or a sentence says what is wrong and what would be right. People are only named here; who that is, is found
 * out when something fires, because somebody may join the people file after the regime was read. Lists that
 * were frozen under another regime are read here too, from the text that ladder_book.c keeps.
 */
#include "lib/policy_compile.h"

#include "lib/notice_channel.h"
#include <stdlib.h>
#include <string.h>

/* ---- audiences ---- */

#define CUSTOMER "customer"

static const struct addressee nobody = {.role = POLICY_NONE, .department = POLICY_NONE};

/* `quality.department_head`: those who hold the role in that department, whose ticket it may be. */
static const char *read_member(struct compiler *compiler, const char *word, const char *dot,
                               struct addressee *addressee)
{
    const struct policy *policy = compiler->policy;
    const char *department = arena_bytes(&compiler->policy->arena, word, (size_t)(dot - word));
    bool is_any = strcmp(department, "supporting") == 0 &&
                  vocabulary_find(&policy->departments, department) == POLICY_NONE;
    const char *wrong =
        is_any ? NULL
               : value_term(compiler, &policy->departments, "department", department, &addressee->department);

    if (is_any)
        addressee->department = AUDIENCE_SUPPORTING;
    return wrong ? wrong : value_term(compiler, &policy->roles, "role", dot + 1, &addressee->role);
}

static const char *read_addressee(struct compiler *compiler, const char *word, struct addressee *addressee)
{
    static const char person[] = "person:", department[] = "department:";
    const char *dot = strchr(word, '.');

    *addressee = nobody;
    if (strcmp(word, CUSTOMER) == 0) {
        addressee->is_customer = true;
        return NULL;
    }
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

/* A list that was frozen under other words goes on with those that are left. */
static void lose(struct compiler *compiler, const char *word, struct addressee *addressee)
{
    *addressee = nobody;
    compiler->lost =
        compiler->lost ? arena_printf(&compiler->policy->arena, "%s %s", compiler->lost, word) : word;
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
        struct addressee *addressee = &audience->to[audience->count - 1][choice];
        const char *wrong = read_addressee(compiler, word, addressee);

        if (!wrong && choice && (addressee->is_customer || audience->to[audience->count - 1][0].is_customer))
            wrong = value_wrong(compiler, "the customer stands alone, not beside an 'or'");
        if (wrong && !compiler->is_frozen)
            return wrong;
        if (wrong)
            lose(compiler, word, addressee);
        is_alternative = false;
    }
    if (is_alternative || !audience->count)
        return value_wrong(compiler, "a role is missing");
    return NULL;
}

const char *value_inside(struct compiler *compiler, const struct audience *audience)
{
    return audience_has_customer(audience)
               ? value_wrong(compiler,
                             "customers are told by [report] and [schedule], never by reminders and "
                             "ladders: those are about what we owe")
               : NULL;
}

const char *value_told(struct compiler *compiler, const char *text, struct audience *ret_audience,
                       uint8_t *ret_channels)
{
    const char *by = strstr(text, " by ");
    const char *wrong = value_audience(
        compiler, by ? arena_bytes(&compiler->policy->arena, text, (size_t)(by - text)) : text, ret_audience);

    *ret_channels = 0;
    if (!by || wrong)
        return wrong;
    by += strlen(" by ");
    for (char *word; (word = value_word(compiler, &by));) {
        enum notice_channel channel;

        if (!notice_channel_find(word, &channel))
            return value_wrong(compiler, "unknown way '%s' to tell people (known: mail, sms, chat)", word);
        if (channel == CHANNEL_CHAT && audience_has_customer(ret_audience))
            return value_wrong(compiler, "customers are told by mail or sms");
        *ret_channels |= (uint8_t)(1u << channel);
    }
    return *ret_channels ? NULL
                         : value_wrong(compiler, "'by' needs a way to tell people after it: mail, sms, chat");
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

/* Words of a rung's end; a comma between its parts is only for the reader. */
static char *next_word(struct compiler *compiler, const char **cursor)
{
    char *word = value_word(compiler, cursor);
    size_t length = word ? strlen(word) : 0;

    if (length > 1 && word[length - 1] == ',')
        word[length - 1] = '\0';
    return word;
}

static bool take_words(struct compiler *compiler, const char **cursor, const char *first, const char *second)
{
    const char *ahead = *cursor;
    char *one = next_word(compiler, &ahead), *other = second ? next_word(compiler, &ahead) : NULL;

    if (!one || strcmp(one, first) != 0 || (second && (!other || strcmp(other, second) != 0)))
        return false;
    *cursor = ahead;
    return true;
}

/* `if not met`, which is always so, or `if not acknowledged`. */
static const char *read_condition(struct compiler *compiler, const char **cursor, struct rung *rung)
{
    if (take_words(compiler, cursor, "not", "met"))
        return NULL;
    rung->unless_acknowledged = take_words(compiler, cursor, "not", "acknowledged");
    return rung->unless_acknowledged
               ? NULL
               : value_wrong(compiler, "a rung's condition is 'if not met' or 'if not acknowledged'");
}

/* `again every 4h` until the next rung fires or the clock is met, `at most 3 times`. */
static const char *read_repetition(struct compiler *compiler, const char **cursor, struct rung *rung)
{
    char *span = take_words(compiler, cursor, "every", NULL) ? next_word(compiler, cursor) : NULL;
    const char *wrong =
        span ? value_span(compiler, span, &rung->every)
             : value_wrong(compiler,
                           "a rung is repeated 'again every 4h' or 'again every 4h at most 3 times'");

    if (wrong)
        return wrong;
    if (!rung->every.amount)
        return value_wrong(compiler, "'again every %s' would never end", span);
    rung->times = RUNG_TIMES_MAX;
    if (!take_words(compiler, cursor, "at", "most"))
        return NULL;
    char *number = next_word(compiler, cursor), *end = NULL;
    long times = number ? strtol(number, &end, 10) : 0;

    if (!number || *end || times < 1 || times > RUNG_TIMES_MAX ||
        (!take_words(compiler, cursor, "times", NULL) && !take_words(compiler, cursor, "time", NULL)))
        return value_wrong(compiler, "'at most' needs a number from 1 to %d and 'times' after it",
                           RUNG_TIMES_MAX);
    rung->times = (uint8_t)times;
    return NULL;
}

/* What stands after `by`: ways to tell people, then conditions and repetitions in any order. */
static const char *read_end(struct compiler *compiler, const char *text, struct rung *rung)
{
    const char *wrong = NULL;

    for (const char *before = text; !wrong; before = text) {
        char *word = next_word(compiler, &text);
        enum notice_channel channel;

        if (!word)
            break;
        if (strcmp(word, "if") == 0)
            wrong = read_condition(compiler, &text, rung);
        else if (strcmp(word, "again") == 0)
            wrong = read_repetition(compiler, &text, rung);
        else if (notice_channel_find(word, &channel) && !rung->times && !rung->unless_acknowledged)
            rung->channels |= (uint8_t)(1u << channel);
        else if (rung->channels)
            wrong = value_wrong(compiler,
                                "'%s' is not understood here (perhaps: if not acknowledged, or "
                                "again every 4h)",
                                before + strspn(before, " \t"));
        else
            wrong = value_wrong(compiler, "unknown way '%s' to tell people (known: mail, sms, chat)", word);
    }
    if (!wrong && !rung->channels)
        wrong = value_wrong(compiler, "'by' needs a way to tell people after it: mail, sms, chat");
    return wrong;
}

/* The same words with single blanks between them: what a frozen list keeps. */
static const char *canonical(struct compiler *compiler, const char *text)
{
    struct arena *arena = &compiler->policy->arena;
    const char *words = NULL;

    for (char *word; (word = value_word(compiler, &text));)
        words = words ? arena_printf(arena, "%s %s", words, word) : word;
    return words;
}

const char *value_rung(struct compiler *compiler, const char *text, struct rung *ret_rung)
{
    *ret_rung = (struct rung){.text = canonical(compiler, text)};
    const char *cursor = text;
    const char *wrong = read_delay(compiler, value_word(compiler, &cursor), ret_rung);
    const char *by = strstr(cursor, " by ");

    if (wrong)
        return wrong;
    if (!by)
        return value_wrong(compiler, "a rung ends with how people are told: by mail");
    const char *audience = arena_bytes(&compiler->policy->arena, cursor, (size_t)(by - cursor));

    wrong = value_audience(compiler, audience, &ret_rung->to);
    if (!wrong)
        wrong = value_inside(compiler, &ret_rung->to);
    return wrong ? wrong : read_end(compiler, by + 4, ret_rung);
}

/* ---- lists that were frozen ---- */

static void read_frozen_rung(struct compiler *compiler, const char *text, struct rung *rung)
{
    compiler->lost = NULL;
    const char *wrong = value_rung(compiler, text, rung);

    if (wrong) /* its very form is no longer known: it keeps its place, and tells nobody */
        clear_audience(&rung->to);
    rung->lost = wrong ? rung->text : compiler->lost;
}

void rung_list_read(struct policy *policy, const char *body, struct rung_set *ret_set, bool *ret_all_clear)
{
    static const char rung[] = "rung = ", all_clear[] = "all clear = ";
    struct compiler compiler = {.policy = policy, .is_frozen = true};
    size_t lines = 0;

    for (const char *end = body; (end = strchr(end, '\n')); end++)
        lines++;
    *ret_set = (struct rung_set){.rungs = arena_new(&policy->arena, (lines + 1) * sizeof(*ret_set->rungs))};
    *ret_all_clear = false;
    for (const char *line = body, *end; (end = strchr(line, '\n')); line = end + 1) {
        const char *text = arena_bytes(&policy->arena, line, (size_t)(end - line));

        if (strncmp(text, rung, strlen(rung)) == 0)
            read_frozen_rung(&compiler, text + strlen(rung), &ret_set->rungs[ret_set->count++]);
        else if (strncmp(text, all_clear, strlen(all_clear)) == 0)
            *ret_all_clear = strcmp(text + strlen(all_clear), "yes") == 0;
    }
}
