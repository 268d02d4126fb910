/*
 * {customer.tickets}: asked of the database before anything is changed, and its words. In a replay the rows
 * come from memory.
 */
#include "lib/desk.h"

#include "lib/methods.h"
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "tests/unit/small_regime.h"

#define PEOPLE                                                                                               \
    "[person head]\nmail = head@example.com\nlanguage = en\nroles = department_head\n"                       \
    "department = workshop\n"
#define MONDAY INT64_C(1772413200000) /* 2026-03-02T09:00+08:00 */

static struct small_world world;
static struct desk *desk;
static struct effects effects;

static void begin(bool keeps_closed)
{
    struct desk_options options = {
        .name = "main", .mail_domain = "duban.invalid", .keeps_closed = keeps_closed};
    char *error = NULL;
    int line;
    char *text = small_bent("template = report\nwhen urgent", "template = past\nwhen urgent", &line);
    struct policy *policy = small_compile(&world, text, &error);
    struct roster *roster = policy ? roster_compile(policy, "people.ini", PEOPLE, "", &error) : NULL;

    if (!roster)
        fail_msg("%s", error);
    free(text);
    desk = desk_create(&options, policy, roster, MONDAY);
    effects_init(&effects);
}

static void end(void)
{
    desk_destroy(desk);
    effects_finish(&effects);
    small_world_finish(&world);
}

static void ask(const char *method, const char *params, const char *cold)
{
    json_t *object = json_loads(params, 0, NULL);
    struct request request = {.peer = {.role = ROLE_INTAKE, .actor = "clerk"},
                              .method = methods_find(method),
                              .params = object,
                              .cold = cold,
                              .id = "1"};

    assert_non_null(object);
    desk_settle(desk, &effects);
    effects_reset(&effects);
    desk_step(desk, MONDAY, &(struct event){.kind = EVENT_REQUEST, .request = &request}, &effects);
    json_decref(object);
}

static void file(const char *urgency, const char *customer, const char *received_at, const char *cold)
{
    char params[512];

    snprintf(params, sizeof(params),
             "{\"class\":\"request\",\"type\":\"repair\",\"urgency\":\"%s\",\"channel\":\"phone\","
             "\"subject\":\"s\",\"customer\":%s,\"received_at\":\"%s\","
             "\"contact\":{\"name\":\"n\",\"phone\":\"1\"}}",
             urgency, customer, received_at);
    ask("ticket.create", params, cold);
}

static const struct effect *find(enum effect_kind kind)
{
    for (size_t i = 0; i < effects.count; i++)
        if (effects.list[i].kind == kind)
            return &effects.list[i];
    return NULL;
}

static void assert_told(const char *body)
{
    const struct effect *notice = find(EFFECT_NOTICE);

    assert_non_null(notice);
    assert_string_equal(notice->notice->body, body);
}

#define NOW "2026-03-02T09:00:00+08:00"
#define COLD                                                                                                 \
    "{\"tickets\":[{\"number\":\"T-0007\",\"class\":\"complaint\",\"stage\":\"closed\","                     \
    "\"subject\":\"Leak\\nBcc: x\",\"received_at\":\"2026-02-01T17:00:00.000Z\"},"                           \
    "{\"number\":\"T-0003\",\"class\":\"visit\",\"stage\":\"seen\",\"subject\":\"Hall\","                    \
    "\"received_at\":\"2026-01-01T01:00:00.000Z\"}]}"

static void is_read_before_anything_is_done(void **state)
{
    (void)state;
    begin(false);
    file("urgent", "{\"name\":\"c\",\"id\":\"K-1\"}", NOW, NULL);
    assert_int_equal(effects.count, 1);
    const struct read_effect *read = effects.list[0].read;

    assert_int_equal(effects.list[0].kind, EFFECT_READ);
    assert_true(read->again);
    assert_string_equal(read->statement, "customer_tickets");
    assert_string_equal(read->parameters[0], "{\"id\":\"K-1\",\"name\":\"c\",\"but\":0,\"limit\":20}");
    file("urgent", "{\"name\":\"c\",\"id\":\"K-1\"}", NOW, COLD);
    assert_non_null(strstr(find(EFFECT_REPLY)->reply->text, "\"number\":\"T-0001\""));
    assert_told("T-0007 complaint: Leak Bcc: x (received 2026-02-02, closed)\n"
                "T-0003 visit: Hall (received 2026-01-01, seen)\n");
    file("urgent", "{\"name\":\"c\"}", NOW, "{\"tickets\":[]}");
    assert_told("none\n");
    end();
}

static void another_urgency_reads_again(void **state)
{
    static const char params[] = "{\"ticket\":\"1\",\"urgency\":\"urgent\"}";

    (void)state;
    begin(false);
    file("general", "{\"name\":\"c\"}", NOW, "{\"tickets\":[]}");
    ask("ticket.classify", params, NULL);
    assert_int_equal(effects.count, 1);
    assert_string_equal(effects.list[0].read->parameters[0], "{\"name\":\"c\",\"but\":1,\"limit\":20}");
    ask("ticket.classify", params, COLD);
    assert_non_null(strstr(find(EFFECT_NOTICE)->notice->body, "T-0007 complaint: Leak"));
    end();
}

static void a_replay_lists_what_it_has(void **state)
{
    (void)state;
    begin(true);
    file("general", "{\"name\":\"c\",\"id\":\"K-1\"}", "2026-02-27T09:00:00+08:00", NULL);
    file("general", "{\"name\":\"other\",\"id\":\"K-1\"}", "2026-02-28T09:00:00+08:00", NULL);
    file("general", "{\"name\":\"c\",\"id\":\"K-2\"}", NOW, NULL);
    file("general", "{\"name\":\"c\"}", "2026-02-26T09:00:00+08:00", NULL);
    file("urgent", "{\"name\":\"c\",\"id\":\"K-1\"}", NOW, NULL);
    assert_null(find(EFFECT_READ));
    assert_told("T-0002 request: — (received 2026-02-28, received)\n"
                "T-0001 request: — (received 2026-02-27, received)\n"
                "T-0004 request: — (received 2026-02-26, received)\n");
    for (int i = 0; i < 22; i++)
        file("general", "{\"name\":\"d\"}", NOW, NULL);
    file("urgent", "{\"name\":\"d\"}", NOW, NULL);
    const char *body = find(EFFECT_NOTICE)->notice->body, *at = body;
    size_t lines = 0;

    for (; (at = strchr(at, '\n')); at++)
        lines++;
    assert_int_equal(lines, 20);
    assert_int_equal(strncmp(body, "T-0027 ", 7), 0);
    assert_non_null(strstr(body, "\nT-0008 "));
    end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_read_before_anything_is_done),
        cmocka_unit_test(another_urgency_reads_again),
        cmocka_unit_test(a_replay_lists_what_it_has),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
