/*
 * Lines of a regime file and what they mean: every complaint that test_policy.c does not make, every limit,
 * and what the less usual ways of writing come to. All of it by compiling regimes, as a lead would.
 */
#include "lib/policy_compile.h"

#include "lib/ticket.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "lib/base/text.h"
#include "tests/unit/small_regime.h"

#define BEFORE_CONTACT(lines)                                                                                \
    {                                                                                                        \
        "[contact]\n", lines "[contact]\n"                                                                   \
    }

struct bent {
    const char *old, *new;
};

struct refused {
    struct bent bent;
    int below; /* the complaint's line, counted from the one that was bent */
    const char *complaint;
};

static void assert_refused(const struct refused *refused, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct small_world world;
        char *error = NULL, where[64];
        int line;
        char *text = small_bent(refused[i].bent.old, refused[i].bent.new, &line);
        struct policy *policy = small_compile(&world, text, &error);

        snprintf(where, sizeof(where), "small.ini:%d: ", line + refused[i].below);
        if (policy || !error || strncmp(error, where, strlen(where)) != 0 ||
            !strstr(error, refused[i].complaint))
            fail_msg("'%s' for '%s':\n  came     %s\n  expected %s… %s", refused[i].bent.new,
                     refused[i].bent.old, error ? error : "no complaint", where, refused[i].complaint);
        free(error);
        free(text);
        small_world_finish(&world);
    }
}

#define ASSERT_REFUSED(cases) assert_refused(cases, sizeof(cases) / sizeof(cases[0]))

/* A policy and what it borrows, of a regime that must be right. */
struct accepted {
    struct small_world world;
    struct policy *policy;
};

static struct accepted accept_text(const char *text)
{
    struct accepted accepted;
    char *error = NULL;

    accepted.policy = small_compile(&accepted.world, text, &error);
    if (!accepted.policy)
        fail_msg("%s", error);
    return accepted;
}

static struct accepted accept(const char *old, const char *new)
{
    int line;
    char *text = small_bent(old, new, &line);
    struct accepted accepted = accept_text(text);

    free(text);
    return accepted;
}

static void drop(struct accepted *accepted)
{
    policy_destroy(accepted->policy);
    small_world_finish(&accepted->world);
}

static const struct clock_policy *clock_named(const struct accepted *accepted, const char *name)
{
    return &accepted->policy->clocks[policy_find_clock(accepted->policy, name)];
}

static void refuses_words_and_heads(void **state)
{
    static const struct refused cases[] = {
        {{"request =\n", "request, complaints =\n"}, 0, "a name is one word without commas and colons"},
        {{"request =\n", "request = | Request\n"}, 0, "a title is written 中文 | English"},
        {{"request =\n", "request = 请求 |\n"}, 0, "a title is written 中文 | English"},
        {{"name = small\n", "name =\n"}, 0, "name: a regime needs a name"},
        {{"name = small\n", ""}, -1, "[regime] needs name, zone and calendar"},
        {{"calendar = always\n", ""}, -3, "[regime] needs name, zone and calendar"},
        {{"number = T-{seq:04}\n", ""}, -4, "[regime] needs a number"},
        {{"create = received\n", ""}, -37, "[stage on] needs create"},
        {{"late entry = 30d", "late entry = soon"}, 0, "late entry: 'soon' is no span"},
        {{"late entry = 30d", "late entry = 3wd"}, 0, "late entry is counted in hours or days"},
        {{"late entry = 30d", "list first ="}, 0, "at least one urgency is needed"},
        {{"late entry = 30d", "list first = urgent soon"}, 0, "unknown urgency 'soon'"},
        {{"late entry = 30d", "list first = urgent general urgent"}, 0, "'urgent' stands in it twice"},
        {{"late entry = 30d", "language = fr"}, 0, "unknown language 'fr' (known: zh, en)"},
        {{"[role handler]", "[role handlr]"}, 1, "of: unknown role 'handlr'"},
        {{"[role handler]\nof = ticket", "[role handlr]\nsees = number"}, 1, "sees: unknown role 'handlr'"},
        {{"[role handler]\nof = ticket", "[role handlr]\ncalendar = office"}, 1, "unknown role 'handlr'"},
        {{"channels = phone", "direction = in"}, 0, "direction is out or any, not 'in'"},
        {{"channels = phone", "reached = maybe"}, 0, "reached: 'maybe' is neither yes nor no"},
        {{"channels = phone", "automatic = maybe"}, 0, "automatic: 'maybe' is neither yes nor no"},
        {{"channels = phone", "spacing = long"}, 0, "spacing: 'long' is no span"},
        {{"channels = phone", "spacing = 1bh"}, 0, "spacing is real time (such as 10m)"},
        {BEFORE_CONTACT("[notices]\ndomains = -a.cn\n"), 1, "'-a.cn' is no domain"},
        {BEFORE_CONTACT("[notices]\ndomains = a-.cn\n"), 1, "'a-.cn' is no domain"},
        {BEFORE_CONTACT("[notices]\ndomains = a_b.cn\n"), 1, "'a_b.cn' is no domain"},
        /* numbers */
        {{"T-{seq:04}", "T-{seq:04}{seq}"}, 0, "a number contains {seq} or {seq:06} exactly once"},
        {{"T-{seq:04}", "T-{seq:04"}, 0, "write {seq} or {seq:06}, not '{seq:04'"},
        {{"T-{seq:04}", "T{-{seq}"}, 0, "a number knows only {seq}, {date}, {month} and {year}"},
        {{"T-{seq:04}", "T-{seq:-4}"}, 0, "write {seq} or {seq:06}, not '{seq:-4}'"},
        {{"T-{seq:04}", "T-{seq:20}"}, 0, "a number has at most 19 digits"},
        {{"T-{seq:04}", "a-number-that-is-longer-than-anyone-would-say-on-the-phone-{seq:04}"},
         0,
         "a number has at most 40 bytes beside its digits"},
        {{"types = repair advice\n", "number = {seq}\n"}, 0, "number: a number begins with letters"},
        {{"types = repair advice\n", "number = 2026{seq}\n"}, 0, "number: a number begins with letters"},
        {{"types = repair advice\n", "number = {date}{seq}\n"}, 0, "number: a number begins with letters"},
        {{"T-{seq:04}", "T-{seq:04}{date}"}, 0, "{date} stands before {seq}"},
        {{"T-{seq:04}", "T-{date}{year}{seq}"}, 0, "a number has one of {date}, {month} and {year}, once"},
        {{"T-{seq:04}", "T-{date}{date}{seq}"}, 0, "a number has one of {date}, {month} and {year}, once"},
        {{"T-{seq:04}", "T-{day}{seq}"}, 0, "a number knows only {seq}, {date}, {month} and {year}"},
        {{"types = repair advice\n", "number = T-{date}{seq}\n"}, 0, "[regime] could give the same number"},
        {{"types = repair advice\n", "number = T-{seq}\n"}, 0, "[regime] could give the same number"},
    };

    (void)state;
    ASSERT_REFUSED(cases);
}

static void refuses_classes_and_gates(void **state)
{
    static const struct refused cases[] = {
        {{"types = repair advice\n", "types =\n"}, 0, "types: at least one type is needed"},
        {{"types = repair advice\n", "owner = boss\n"}, 0, "owner: unknown role 'boss'"},
        {{"types = repair advice\n", "steps = first\n"}, 0, "steps: unknown step 'first'"},
        {{"types = repair advice\n", "reopen forgets = contacts, plan\n"}, 0, "unknown happening 'contacts'"},
        {{"types = repair advice\n", "reopen forgets = plan,plan,plan,plan,plan,plan,plan\n"},
         0,
         "at most 6 conditions to forget"},
        {{"[class request]\n", "[class reqest]\nowner = handler\n"}, 1, "owner: unknown class 'reqest'"},
        {{"[class request]\n", "[class reqest]\nnumber = R-{seq}\n"}, 1, "number: unknown class 'reqest'"},
        {{"[class request]\n", "[class reqest]\ngate close = plan\n"}, 1, "unknown class 'reqest'"},
        {{"[class request]\n", "[class reqest]\nsteps = first\n"}, 1, "steps: unknown class 'reqest'"},
        {{"[class request]\n", "[class reqest]\nreopen forgets = plan\n"}, 1, "unknown class 'reqest'"},
        {{"clock:limit met", "clock:"}, 0, "there is no clock ''"},
        {{"clock:limit met", "clock:limit"}, 0, "a clock's condition is written clock:NAME met"},
        {{"clock:limit met", "clock:limit met now"}, 0, "a clock's condition is written clock:NAME met"},
        {{"clock:limit met", "nonsense, plan"}, 0, "gate close: unknown happening 'nonsense'"},
        {{"clock:limit met", "plan, , contact"}, 0, "a condition is missing"},
        {{"clock:limit met", "contact over field:prefers"}, 0, "there is no [field prefers]"},
        {{"clock:limit met", "contact over field:way\n[field way]\nkind = text"},
         0,
         "way is no choice of channels"},
        {{"clock:limit met", "contact over field:way\n[field way]\nkind = phone|pigeon"},
         0,
         "unknown channel 'pigeon'"},
        {{"clock:limit met", "plan over field:way\n[field way]\nkind = phone|no"},
         0,
         "only a contact comes over a channel"},
        {{"clock:limit met", "contact, plan, contact over field:way\n[field way]\nkind = a|b|c|d|e"},
         0,
         "unknown channel 'a'"},
        {{"clock:limit met", "plan, plan, plan, plan, plan, plan, plan"},
         0,
         "at most 6 conditions in a gate"},
        {{"[route advice]", "[route music]"}, 1, "department: unknown type 'music'"},
        {{"[route advice]", "[route advice and]"}, 1, "'and' stands between two types"},
        {{"[route advice]", "[route and advice]"}, 1, "'and' stands between two types"},
        {{"[route advice]", "[route advice and and repair]"}, 1, "'and' stands between two types"},
        {{"[route advice]", "[route advice and class request]"}, 1, "'and' stands between two types"},
        {{"[route advice]", "[route class request and complaint]"}, 1, "all types of a route are joined"},
        {{"[route advice]", "[route stage received]"}, 1, "it asks for no stage"},
        {{"[route advice]", "[route class advice]"}, 1, "unknown class 'advice'"},
        {{"[route advice]", "[route type]"}, 1, "at least one type is needed"},
        {{"[route advice]", "[route customer dear]"}, 1, "unknown customer 'dear'"},
        {{"[route advice]\n",
          "[route class request]\ndepartment = office\n[route advice]\nhandler = nobody\n"},
         3,
         "handler: unknown role 'nobody'"},
        {{"[route advice]\n", "[route class request]\n"
                              "department = office\n[route class request complaint]\n"},
         3,
         "[route class request] in line 48 is for the same tickets"},
        {{"department = office\n", "supporting = workshop\n"}, -1, "[route advice] needs a department"},
        {{"department = office\n", "department = office\nhandler = handler\n"},
         -1,
         "handler: 'handler' is whoever has the ticket"},
        {{"department = office\n", "department = office\nsupporting = workshop office\n"},
         -1,
         "supporting: 'office' is the department that handles the ticket"},
        {{"department = office\n", "department = office\nsupporting = attic\n"},
         1,
         "supporting: unknown department 'attic'"},
        {BEFORE_CONTACT("[step first]\nby = handler\n"), 1, "by: unknown step 'first'"},
        {BEFORE_CONTACT("[step first]\nneeds = plan\n"), 1, "needs: unknown step 'first'"},
        {BEFORE_CONTACT("[step first]\nafter = second\n"), 1, "after: unknown step 'first'"},
        {BEFORE_CONTACT("[steps]\nfirst =\n[step first]\nby = boss\n"), 3, "by: unknown role 'boss'"},
        {BEFORE_CONTACT("[steps]\nfirst =\n[step first]\nafter = first\n"), 3, "can't come after itself"},
        {BEFORE_CONTACT("[steps]\nfirst =\n[step first]\nafter = second\n"), 3, "unknown step 'second'"},
        {BEFORE_CONTACT("[signature head]\nby = handler\n"), 1, "by: unknown signature 'head'"},
        {BEFORE_CONTACT("[signature head]\nneeds = plan\n"), 1, "needs: unknown signature 'head'"},
    };

    (void)state;
    ASSERT_REFUSED(cases);
}

static void refuses_clocks(void **state)
{
    static const struct refused cases[] = {
        {{"within = general 24h, urgent 8h", "within = general 24h, urgent"}, 0, "a budget is written 24h"},
        {{"within = general 24h, urgent 8h", "within = general 24h, , urgent 8h"}, 0, "a budget is written"},
        {{"within = general 24h, urgent 8h", "within = -24h 3h"}, 0, "unknown urgency '-24h'"},
        {{"within = 8bh", "within = -8bh"}, 0, "'-8bh' must not be negative"},
        {{"within = general 24h, urgent 8h", "within ="}, -3, "has no budget for urgency 'general'"},
        {{"stop = contact\n", "stop =\n"}, 0, "stop: a condition is missing"},
        {{"stop = contact\n", "stop = contact by boss\n"}, 0, "unknown role 'boss'"},
        {{"stop = contact\n", "stop = contact:apology or\n"}, 0, "'or' stands between two kinds"},
        {{"stop = contact\n", "stop = contact:apology or sorry\n"}, 0, "unknown contact kind 'sorry'"},
        {{"remind = 50% 80%", "remind = 50% 1001%"}, 0, "'1001%' is no percentage"},
        {{"remind = 50% 80%", "remind = -50%"}, 0, "'-50%' is no percentage"},
        {{"remind = 50% 80%", "remind = %"}, 0, "'%' is no percentage"},
        {{"remind = 50% 80%", "remind = 50%80%"}, 0, "'50%80%' is no percentage"},
        {{"remind = 50% 80%", "remind = 1% 2% 3% 4% 5% 6% 7%"}, 0, "at most 6 of them"},
        {{"remind = 50% 80%", "remind = 2h"}, 0, "'2h' is no percentage"},
        {{"remind = 50% 80%", "remind = 2h early"}, 0, "'2h' is no percentage"},
        {{"remind = 50% 80%", "remind = !h before"}, 0, "'!h' is no percentage"},
        {{"remind = 50% 80%", "remind = 2x before"}, 0, "'2x' is no span"},
        {{"remind = 50% 80%", "remind = 0h before"}, 0, "'0h' can't be counted back"},
        {{"remind = 50% 80%", "remind = 1mo before"}, 0, "'1mo' can't be counted back"},
        {{"remind = 50% 80%", "remind = 2h before 2h before"}, 0, "reminders rise"},
        {{"remind urgent = 0% 50%",
          "remind urgent = 1%\nremind request = 2%\nremind complaint = 3%\nremind customer key = 4%"},
         3,
         "at most 4 lists of reminders"},
        {{"remind urgent = 0% 50%",
          "remind urgent = 1% 2% 3% 4% 5% 6%\nremind request = 11% 12% 13% 14% 15%"},
         1,
         "at most 12 different reminders of a clock"},
        {{"breach = ladder up", "breach ="}, 0, "on breach: ladder NAME"},
        {{"breach = ladder up", "breach = ladder"}, 0, "on breach: ladder NAME"},
        {{"breach = ladder up", "breach = ladder up now"}, 0, "on breach: ladder NAME"},
        {{"breach = ladder up", "breach = stairs up"}, 0, "on breach: ladder NAME"},
        {{"breach = ladder up", "grace = 1wd"}, 0, "grace is real or business time"},
        {{"breach = ladder up", "grace = x"}, 0, "grace: 'x' is no span"},
        {{"breach = ladder up", "restart = reopened later"}, 0, "restart: unknown happening 'later'"},
        {{"breach = ladder up", "continue = returned"}, 0, "continue: unknown happening 'returned'"},
        {{"when = urgency urgent", "when = weather bad, urgency urgent"}, 0, "not 'weather'"},
        {{"when = urgency urgent", "when = urgency urgent, , class request"}, 0, "'when' knows urgency"},
        /* quotas */
        {{"1..2 contacts per day", "1..2 contacts"}, 0, "a quota is written 1..2 contacts per day"},
        {{"1..2 contacts per day", "1..2 contacts per day now"}, 0, "a quota is written 1..2 contacts"},
        {{"1..2 contacts per day", "1..2 visits per day"}, 0, "a quota is written 1..2 contacts per day"},
        {{"1..2 contacts per day", "1..2 contacts a day"}, 0, "a quota is written 1..2 contacts per day"},
        {{"1..2 contacts per day", "1..2 contacts each day"}, 0, "a quota is written 1..2 contacts"},
        {{"1..2 contacts per day", "1..2x contacts per day"}, 0, "'1..2x' is no number of contacts"},
        {{"1..2 contacts per day", "1x contacts per day"}, 0, "'1x' is no number of contacts"},
        {{"1..2 contacts per day", "25 contacts per day"}, 0, "at least 1 and at most 24 contacts"},
        {{"1..2 contacts per day", "1 contact per 0d"}, 0, "a quota's window is a day, or such as 4h"},
        {{"1..2 contacts per day", "1 contact per week"}, 0, "'week' is no span"},
        {{"1..2 contacts per day", "1 contact per day\nfirst window = half"}, 1, "owed or free, not 'half'"},
        {{"1..2 contacts per day", "1 contact per day\nlast window = half"}, 1, "owed or free, not 'half'"},
        {{"1..2 contacts per day", "1 contact per 2d\non = working days"}, -2, "belongs to a quota per day"},
        {{"1..2 contacts per day", "1 contact per day\ngrace = 1h"}, -2, "end of a window has no grace"},
        {{"1..2 contacts per day", "1 contact per day\nhours = customer.staffed"},
         -2,
         "only limits and silences count the customer's hours"},
        {{"within = 8bh", "within = 8bh\nfirst window = owed"}, -3, "only quotas have windows"},
        {{"within = 8bh", "within = 8bh\non = working days"}, -3, "only quotas have windows"},
        {{"hours = customer.staffed", "hours = customer.staffed\ncalendar = department"},
         -3,
         "either the customer's hours count or a calendar"},
    };

    (void)state;
    ASSERT_REFUSED(cases);
}

#define RUNG(new)                                                                                            \
    {                                                                                                        \
        "rung = +0 department_head by mail", "rung = " new                                                   \
    }

static void refuses_rungs_and_reports(void **state)
{
    static const struct refused cases[] = {
        {RUNG(""), 0, "a rung begins with its delay after the breach"},
        {RUNG("+0 handler or or intake by mail"), 0, "'or' stands between two roles"},
        {RUNG("+0 handler or by mail"), 0, "a role is missing"},
        {RUNG("+0 handler or intake or department_head or service_head or handler or intake by mail"), 0,
         "each with at most"},
        {RUNG("+0 handler handler handler handler handler handler handler handler handler by mail"), 0,
         "at most"},
        {RUNG("+x handler by mail"), 0, "'x' is no span"},
        {RUNG("+5000% handler by mail"), 0, "'5000%' is no percentage"},
        {RUNG("+0 handler by if not met"), 0, "'by' needs a way to tell people after it"},
        {RUNG("+0 handler by mail if"), 0, "a rung's condition is 'if not met'"},
        {RUNG("+0 handler by mail if not"), 0, "a rung's condition is 'if not met'"},
        {RUNG("+0 handler by mail if met"), 0, "a rung's condition is 'if not met'"},
        {RUNG("+0 handler by mail again 4h"), 0, "a rung is repeated 'again every 4h'"},
        {RUNG("+0 handler by mail again every"), 0, "a rung is repeated 'again every 4h'"},
        {RUNG("+0 handler by mail again every 4h at times"), 0, "'at times' is not understood here"},
        {RUNG("+0 handler by mail again every 4h at most 3"), 0, "'times' after it"},
        {RUNG("+0 handler by mail again every 4h at most 3x times"), 0, "a number from 1 to 250"},
        {RUNG("+0 handler by mail again every 4h at most 0 times"), 0, "a number from 1 to 250"},
        {RUNG("+0 handler by mail again every 4h at most 3 mails"), 0, "'times' after it"},
        {RUNG("+0 handler by mail again every 4h mail"), 0, "'mail' is not understood here"},
        {RUNG("+0 handler by mail if not acknowledged mail"), 0, "'mail' is not understood here"},
        {{"all clear = yes", "all clear = perhaps"}, 0, "all clear: 'perhaps' is neither yes nor no"},
        {{"when urgent = department_head", "to = boss"}, 0, "to: unknown role 'boss'"},
        {{"when urgent = department_head", "on = done"}, 0, "on: unknown happening 'done'"},
        {{"when urgent = department_head", "[report second]\ntemplate = nothing"},
         1,
         "no template 'nothing'"},
        {{"[ladder up]\n", "[extension limits]\nby = handler\n[ladder up]\n"}, 1, "no [clock limits]"},
        {{"[ladder up]\n", "[extension limits]\ndecides = handler\n[ladder up]\n"}, 1, "no [clock limits]"},
        {{"[ladder up]\n", "[extension limits]\nat most = 2\n[ladder up]\n"}, 1, "no [clock limits]"},
        {{"[ladder up]\n", "[extension limits]\nlongest = 1d\n[ladder up]\n"}, 1, "no [clock limits]"},
        {{"[ladder up]\n", "[extension limit]\nby = boss\n[ladder up]\n"}, 1, "by: unknown role 'boss'"},
        {{"[ladder up]\n", "[extension limit]\ndecides = boss\n[ladder up]\n"}, 1, "unknown role 'boss'"},
        {{"[ladder up]\n", "[extension limit]\nat most = 0\n[ladder up]\n"}, 1, "1 to 100 times, not '0'"},
        {{"[ladder up]\n", "[extension limit]\nat most = 101\n[ladder up]\n"},
         1,
         "1 to 100 times, not '101'"},
        {{"[ladder up]\n", "[extension limit]\nat most = few\n[ladder up]\n"},
         1,
         "1 to 100 times, not 'few'"},
        {{"[ladder up]\n", "[extension limit]\nat most = 2 x\n[ladder up]\n"},
         1,
         "1 to 100 times, not '2 x'"},
        {{"[ladder up]\n", "[extension limit]\nlongest = far\n[ladder up]\n"}, 1, "'far' is no span"},
        {{"[ladder up]\n", "[extension limit]\nby = handler\n[ladder up]\n"},
         1,
         "[extension limit] says nobody who decides"},
        {{"[ladder up]\n", "[escalation]\nby = handler\n[ladder up]\n"}, 1, "[escalation] says nobody who"},
        {{"[ladder up]\n", "[ladder up]\nrungs = +0 handler by mail\n"},
         1,
         "unknown key 'rungs' in [ladder up]"},
    };

    (void)state;
    ASSERT_REFUSED(cases);
}

#define FIELDS(new)                                                                                          \
    {                                                                                                        \
        "[contact]\n", "[register contracts]\nfields = " new "\n[contact]\n"                                 \
    }

static void refuses_ways_to_tell(void **state)
{
    static const struct refused cases[] = {
        {BEFORE_CONTACT("[role boss]\nquiet = 20:00-08:00\n"), 1, "quiet: unknown role 'boss'"},
        {{"of = ticket\n", "of = ticket\nquiet = at night\n"}, 1, "quiet hours are written 20:00-08:00"},
        {{"of = ticket\n", "of = ticket\nquiet = 20:00-20:00\n"}, 1, "quiet hours are written 20:00-08:00"},
        {BEFORE_CONTACT("[notices]\nbudget =\n"), 1, "a budget is written 20 per hour, 60 per day"},
        {BEFORE_CONTACT("[notices]\nbudget = 20\n"), 1, "a budget is written 20 per hour, 60 per day"},
        {BEFORE_CONTACT("[notices]\nbudget = 20 per week\n"), 1, "a budget is written 20 per hour"},
        {BEFORE_CONTACT("[notices]\nbudget = 20 per hour now\n"), 1, "a budget is written 20 per hour"},
        {BEFORE_CONTACT("[notices]\nbudget = 0 per day, 1 per hour\n"), 1, "a budget is written 20 per hour"},
        {BEFORE_CONTACT("[notices]\nbudget = 9999 per day\n"), 1, "a budget is written 20 per hour"},
        {BEFORE_CONTACT("[notices]\nbudget = 2 per day, 3 per day\n"), 1, "a budget is written 20 per hour"},
        {BEFORE_CONTACT("[notices]\nbudget = 20 per hour, 10 per day\n"), 1, "not smaller than an hour's"},
        {BEFORE_CONTACT("[notices]\ndigest every = x\n"), 1, "digest every: 'x' is no span"},
        {BEFORE_CONTACT("[notices]\ndigest every = 1bh\n"), 1, "real time from 1m to 24h"},
        {BEFORE_CONTACT("[notices]\ndigest every = 59s\n"), 1, "real time from 1m to 24h"},
        {BEFORE_CONTACT("[notices]\ndigest every = 25h\n"), 1, "real time from 1m to 24h"},
        {BEFORE_CONTACT("[notices]\nred line = asap\n"), 1, "red line: unknown urgency 'asap'"},
        {BEFORE_CONTACT("[notices]\nafter downtime = never\n"), 1,
         "after downtime: digest, or: release above"},
        {BEFORE_CONTACT("[notices]\nafter downtime = release above 0\n"), 1, "or: release above 200"},
        {BEFORE_CONTACT("[notices]\nafter downtime = release above 9x\n"), 1, "or: release above 200"},
        {BEFORE_CONTACT("[notices]\nsecond way = pigeon\n"), 1,
         "the second way is sms or chat, not 'pigeon'"},
        {BEFORE_CONTACT("[notices]\nsecond way = mail\n"), 1, "the second way is sms or chat, not 'mail'"},
    };

    (void)state;
    ASSERT_REFUSED(cases);
}

static void refuses_stages_and_pauses(void **state)
{
    static const struct refused cases[] = {
        {BEFORE_CONTACT("[stage begun]\nfrom = received\n"), 1, "from: unknown stage 'begun'"},
        {BEFORE_CONTACT("[stage begun]\nby = handler\n"), 1, "by: unknown stage 'begun'"},
        {BEFORE_CONTACT("[stage begun]\npause = parts\n"), 1, "pause: unknown stage 'begun'"},
        {BEFORE_CONTACT("[stage closed]\nfrom = begun\n"), 1, "from: unknown stage 'begun'"},
        {BEFORE_CONTACT("[stage closed]\nby = boss\n"), 1, "by: unknown role 'boss'"},
        {BEFORE_CONTACT("[stage closed]\npause = parts\n"), 1, "pause: unknown pause 'parts'"},
        {BEFORE_CONTACT("[pause parts]\nby = handler\n"), 1, "by: unknown pause 'parts'"},
        {BEFORE_CONTACT("[pause parts]\nlongest = 3wd\n"), 1, "longest: unknown pause 'parts'"},
        {BEFORE_CONTACT("[pauses]\nparts =\n[pause parts]\nby = boss\n"), 3, "by: unknown role 'boss'"},
        {BEFORE_CONTACT("[pauses]\nparts =\n[pause parts]\nlongest = long\n"), 3, "'long' is no span"},
        {BEFORE_CONTACT("[pauses]\nparts =\n[pause parts]\nlongest = 0wd\n"), 3, "longer than nothing"},
        {{"breach = ladder up", "pause = parts"}, 0, "pause: unknown pause 'parts'"},
        {{"types = repair advice\n", "stages = begun\n"}, 0, "stages: unknown stage 'begun'"},
        {{"[class request]\n", "[class reqest]\nstages = received\n"}, 1, "stages: unknown class 'reqest'"},
        {{"types = repair advice\n", "stages = closed\n"}, -40, "its tickets begin in stage 'received'"},
    };

    (void)state;
    ASSERT_REFUSED(cases);
}

static void refuses_what_a_clock_is_not(void **state)
{
    static const struct refused cases[] = {
        {{"within = 8bh", "within = 8bh\ncounts = contact"}, -3, "only quotas and silences count contacts"},
        {{"silence = 2h", "silence = 2h\ncounts = solved"}, 1, "only contacts count"},
        {{"silence = 2h", "silence = 2h\ncounts = contacts"}, 1, "counts: unknown happening 'contacts'"},
        {{"silence = 2h", "silence = 2h\nreclassified = begins again"}, -2, "only a limit begins again"},
        {{"silence = 2h", "silence = 2h\nreclassified = maybe"}, 1, "keeps its beginning, or begins again"},
        {{"silence = 2h", "silence = 2h\ncontinue = reopened"}, -2, "only a limit can continue"},
        {{"within = 8bh", "within = 8bh\ncontinue = reopened\nrestart = reopened"}, -3, "not both"},
    };

    (void)state;
    ASSERT_REFUSED(cases);
}

static void refuses_registers(void **state)
{
    static const struct refused cases[] = {
        {BEFORE_CONTACT("[register Contracts]\n"), 0, "a register's name is one word of small letters"},
        {BEFORE_CONTACT("[register 3com]\n"), 0, "a register's name is one word of small letters"},
        {BEFORE_CONTACT("[register {x]\n"), 0, "a register's name is one word of small letters"},
        {BEFORE_CONTACT("[register a-b]\n"), 0, "a register's name is one word of small letters"},
        {BEFORE_CONTACT("[register a_name_that_is_longer_than_a_register_needs_it_to_be]\n"), 0,
         "a register's name is one word of small letters"},
        {BEFORE_CONTACT("[register contracts]\n"), 0, "[register contracts] needs fields"},
        {FIELDS("expires"), 1, "a field is written NAME KIND or NAME KIND optional"},
        {FIELDS("expires date, ,name text"), 1, "a field is written NAME KIND"},
        {FIELDS("expires date maybe"), 1, "a field is written NAME KIND"},
        {FIELDS("expires date optional x"), 1, "a field is written NAME KIND"},
        {FIELDS("expires day, name text"), 1, "unknown kind 'day' (known: text, date"},
        {FIELDS("Expires date"), 1, "'Expires': a field's name is one word"},
        {FIELDS("id text"), 1, "no field can be called 'id'"},
        {FIELDS("name text, name date"), 1, "there is a field 'name' already"},
        {FIELDS("status |a"), 1, "between bars stand words: active|ended"},
        {FIELDS("status a|"), 1, "between bars stand words: active|ended"},
        {FIELDS("status a||b"), 1, "between bars stand words: active|ended"},
        {FIELDS("status a|b|a"), 1, "'a' stands there twice"},
        {FIELDS("status a|b|c|d|e|f|g|h|i|j|k|l|m|n|o|p|q"), 1, "at most 16 words to choose from"},
        {FIELDS("customer register:customers"), 0, "customer: there is no [register customers]"},
    };

    (void)state;
    ASSERT_REFUSED(cases);
}

static void needs_a_zone(void **state)
{
    struct small_world world;
    char *error = NULL;

    (void)state;
    assert_null(small_compile(&world, "[regime]\nname = m\n", &error));
    assert_string_equal(error, "small.ini:1: [regime] needs name, zone and calendar");
    free(error);
    small_world_finish(&world);
}

/* Each section that names things must name one. */
static void needs_words_of_every_kind(void **state)
{
    static const char *const sections[] = {"classes", "urgencies",   "channels", "kinds",
                                           "roles",   "departments", "stages",   NULL};

    (void)state;
    for (size_t missing = 0; missing < sizeof(sections) / sizeof(sections[0]); missing++) {
        struct small_world world;
        struct text text = {0};
        char *error = NULL;

        text_printf(&text, "[regime]\nname = m\nzone = Asia/Shanghai\ncalendar = always\nnumber = T-{seq}\n");
        for (size_t i = 0; sections[i]; i++)
            if (i != missing)
                text_printf(&text, "[%s]\nword =\n", sections[i]);
        if (sections[missing] == NULL || strcmp(sections[missing], "stages") != 0)
            text_printf(&text, "[stage on]\ncreate = word\n");
        struct policy *policy = small_compile(&world, text_get(&text), &error);

        if (!sections[missing])
            assert_non_null(policy);
        else if (policy || !strstr(error, "must each have a word"))
            fail_msg("without [%s]: %s", sections[missing], error);
        policy_destroy(policy);
        free(error);
        text_finish(&text);
        small_world_finish(&world);
    }
}

/* A line again and again, each time with another number for its #. */
static void assert_too_many(const char *before, const char *head, const char *line, int count,
                            const char *complaint)
{
    struct small_world world;
    struct text new = {0};
    char *error = NULL;
    int unused;

    text_add(&new, head);
    for (int i = 0; i < count; i++)
        for (const char *letter = line; *letter; letter++)
            if (*letter == '#')
                text_printf(&new, "%d", i);
            else
                text_append(&new, letter, 1);
    text_add(&new, before);
    char *text = small_bent(before, text_get(&new), &unused);
    struct policy *policy = small_compile(&world, text, &error);

    if (policy || !strstr(error, complaint))
        fail_msg("%d times %s: %s", count, line, policy ? "no complaint" : error);
    policy_destroy(policy);
    free(error);
    free(text);
    text_finish(&new);
    small_world_finish(&world);
}

static void has_limits(void **state)
{
    (void)state;
    assert_too_many("request =\n", "", "class# =\n", 31, "at most 32 words in [classes]");
    assert_too_many("[ladder up]\n", "", "[clock c#]\nstart = received\nstop = solved\nwithin = 1h\n", 29,
                    "at most 32 clocks");
    assert_too_many("[contact]\n", "[ladder long]\n", "rung = +#h handler by mail\n", 31,
                    "a ladder has at most 30 rungs");
    assert_too_many("[contact]\n", "", "[register r#]\nfields = name text\n", 17, "at most 16 registers");
    assert_too_many("[contact]\n", "[register r]\n", "fields = name# text\n", 33, "at most 32 fields");
    assert_too_many("[route repair]\n", "[calendars]\n", "shop# =\n", 64, "at most 64 calendars");
}

/* Conditions of gates, steps, signatures and levels are facts of a ticket; there is room for 64. */
static void knows_64_facts(void **state)
{
    static const struct {
        int conditions, steps, signatures, levels;
        bool fit;
    } cases[] = {
        {60, 1, 1, 2, true},  {64, 0, 0, 0, true},  {65, 0, 0, 0, false},
        {60, 5, 0, 0, false}, {60, 2, 3, 0, false}, {60, 2, 2, 1, false},
    };

    (void)state;
    for (size_t c = 0; c < sizeof(cases) / sizeof(cases[0]); c++) {
        struct small_world world;
        struct text text = {0};
        char *error = NULL;

        text_add(&text, "[regime]\nname = m\nzone = Asia/Shanghai\ncalendar = always\nnumber = T-{seq}\n"
                        "[urgencies]\nword =\n[channels]\nword =\n[departments]\nword =\n[stages]\nword =\n"
                        "[stage on]\ncreate = word\n[roles]\na =\nb =\nc =\n[classes]\n");
        for (int i = 0; i < 11; i++)
            text_printf(&text, "class%d =\n", i);
        text_add(&text, "[kinds]\n");
        for (int i = 0; i < 30; i++)
            text_printf(&text, "k%d =\n", i);
        for (int i = 0; i < cases[c].conditions; i++) {
            if (i % 6 == 0)
                text_printf(&text, "\n[class class%d]\ngate solve = ", i / 6);
            text_printf(&text, "%scontact:k%d by %c", i % 6 ? ", " : "", i % 30, 'a' + i / 30);
        }
        text_add(&text, "\n[steps]\n");
        for (int i = 0; i < cases[c].steps; i++)
            text_printf(&text, "step%d =\n", i);
        text_add(&text, "[signatures]\n");
        for (int i = 0; i < cases[c].signatures; i++)
            text_printf(&text, "signature%d =\n", i);
        text_add(&text, "[satisfaction]\n");
        for (int i = 0; i < cases[c].levels; i++)
            text_printf(&text, "level%d =\n", i);
        struct policy *policy = small_compile(&world, text_get(&text), &error);

        if (cases[c].fit ? !policy : policy || !strstr(error, "at most 64 different gate conditions"))
            fail_msg("case %zu: %s", c, error ? error : "no complaint");
        policy_destroy(policy);
        free(error);
        text_finish(&text);
        small_world_finish(&world);
    }
}

static void calendars_begin_with_a_letter(void **state)
{
    static const struct refused cases[] = {
        {{"[route repair]\n", "[calendars]\n9to5 =\n[route repair]\n"},
         1,
         "'9to5': a calendar's name begins with a letter"},
    };

    (void)state;
    ASSERT_REFUSED(cases);
    struct accepted accepted = accept("[route repair]\n", "[calendars]\n{odd =\n[route repair]\n");

    assert_non_null(policy_find_calendar(accepted.policy, "{odd"));
    drop(&accepted);
}

static void reads_the_head(void **state)
{
    struct accepted accepted =
        accept("late entry = 30d", "late entry = 48h\ntitle = 小店 | Small shop\nlanguage = en");

    (void)state;
    assert_int_equal(accepted.policy->late_entry_ms, 48 * MSEC_HOUR);
    assert_int_equal(accepted.policy->language, LANGUAGE_EN);
    assert_string_equal(accepted.policy->title[LANGUAGE_ZH], "小店");
    assert_string_equal(accepted.policy->title[LANGUAGE_EN], "Small shop");
    drop(&accepted);
}

static void reads_what_a_contact_is(void **state)
{
    struct accepted accepted =
        accept("channels = phone", "direction = any\nreached = no\nautomatic = yes\nspacing = 10m");

    (void)state;
    assert_false(accepted.policy->contact.out_only);
    assert_false(accepted.policy->contact.reached_only);
    assert_true(accepted.policy->contact.automatic_counts);
    assert_int_equal(accepted.policy->contact.spacing_ms, 10 * MSEC_MINUTE);
    drop(&accepted);
    accepted = accept("channels = phone", "direction = out\nreached = yes");
    assert_true(accepted.policy->contact.out_only);
    assert_true(accepted.policy->contact.reached_only);
    drop(&accepted);
}

/* A class may count for itself, and say who owns its tickets. */
static void reads_a_class(void **state)
{
    struct accepted accepted = accept(
        "types = repair advice\n", "number = R{seq}/A\nowner = service_head\n"
                                   "gate close = plan  ,solved by handler\nreopen forgets = plan, solved\n");
    const struct class_policy *request = &accepted.policy->class_policies[0];
    const struct number_format *format = &accepted.policy->numbers[request->number];
    char text[96];

    (void)state;
    number_format_text(format, 0, 7, text, sizeof(text));
    assert_string_equal(text, "R7/A");
    assert_string_equal(format->name, "number.request");
    assert_int_equal(request->owner, vocabulary_find(&accepted.policy->roles, "service_head"));
    assert_int_equal(request->gates[GATE_CLOSE].count, 2);
    assert_string_equal(request->gates[GATE_CLOSE].items[0].text, "plan");
    assert_int_equal(request->forget_count, 2);
    assert_int_equal(accepted.policy->class_policies[1].owner, POLICY_NONE);
    drop(&accepted);
}

static void reads_steps_and_signatures(void **state)
{
    struct accepted accepted =
        accept("[contact]\n", "[steps]\nteam =\ncauses =\n[signatures]\nhead =\n"
                              "[step causes]\nby = handler intake\nafter = team\nneeds = plan\n"
                              "[signature head]\nby = service_head\nneeds = steps done\n[contact]\n");
    const struct act_policy *causes = &accepted.policy->step_policies[1],
                            *head = &accepted.policy->signature_policies[0];

    (void)state;
    assert_int_equal(causes->roles, 3);
    assert_int_equal(causes->needs.count, 2);
    assert_string_equal(causes->needs.items[0].text, "step:team");
    assert_int_equal(head->roles, 8);
    assert_int_equal(head->needs.items[0].kind, REQUIRE_STEPS_DONE);
    drop(&accepted);
}

static void reads_windows_of_a_quota(void **state)
{
    struct accepted accepted = accept("quota = 1..2 contacts per day\n",
                                      "quota = 2 contacts per day\nfirst window = free\nlast window = owed\n"
                                      "on = all days\n");
    const struct clock_policy *daily = clock_named(&accepted, "daily");

    (void)state;
    assert_int_equal(daily->minimum, 2);
    assert_int_equal(daily->target, 2);
    assert_false(daily->owes_first);
    assert_true(daily->owes_last);
    assert_false(daily->working_days_only);
    drop(&accepted);
    accepted = accept("quota = 1..2 contacts per day\n", "quota = 1 contact per 5wd\nfirst window = owed\n"
                                                         "last window = free\n");
    daily = clock_named(&accepted, "daily");
    assert_int_equal(daily->window.unit, SPAN_WORKING_DAYS);
    assert_true(daily->owes_first);
    assert_false(daily->owes_last);
    drop(&accepted);
    accepted = accept("quota = 1..2 contacts per day\n", "quota = 1 contact per day\non = working days\n");
    assert_true(clock_named(&accepted, "daily")->working_days_only);
    drop(&accepted);
}

/* A clock needs a budget for every urgency that it applies to, and for no other. */
static void budgets_follow_the_urgencies_that_apply(void **state)
{
    struct accepted accepted =
        accept("within = 8bh\n", "within = urgent next wd 16:00\nwhen = urgency urgent\n");
    const struct clock_policy *business = clock_named(&accepted, "business");

    (void)state;
    assert_int_equal(business->within[0].amount, 0);
    assert_int_equal(business->within[1].unit, SPAN_WORKING_DAY_AT);
    assert_int_equal(business->within[1].minute, 16 * 60);
    drop(&accepted);
    accepted = accept("within = 8bh\n", "within = next wd 16:00\ncalendar = department\n[clock wide]\n"
                                        "start = received\nstop = solved\nwithin = 1wd\n");
    business = clock_named(&accepted, "business");
    assert_int_equal(business->within[0].unit, SPAN_WORKING_DAY_AT);
    assert_true(business->department_hours);
    drop(&accepted);
}

static void reads_reminders_and_restarts(void **state)
{
    struct accepted accepted = accept("remind = 50% 80%\n", "remind = 50% 80% 2h before 30m before\n"
                                                            "remind template = nudge\ngrace = 10m\n"
                                                            "restart = start reopened\n");
    const struct clock_policy *limit = clock_named(&accepted, "limit");

    (void)state;
    assert_int_equal(limit->reminders[0].count, 4);
    assert_int_equal(limit->reminders[0].percent[1], 80);
    assert_int_equal(limit->reminders[0].percent[2], REMINDER_BEFORE);
    assert_int_equal(limit->remind[limit->reminders[0].number[3]].left.amount, 30 * MSEC_MINUTE);
    assert_string_equal(limit->remind_template, "nudge");
    assert_int_equal(limit->grace.amount, 10 * MSEC_MINUTE);
    assert_true(limit->starts_again);
    assert_int_equal(limit->restart, UINT32_C(1) << HAPPENING_REOPENED);
    drop(&accepted);
    accepted = accept("remind = 50% 80%\n", "grace = 1bh\nremind complaint = 10%\ncontinue = reopened\n");
    assert_int_equal(clock_named(&accepted, "limit")->grace.unit, SPAN_BUSINESS);
    assert_int_equal(clock_named(&accepted, "limit")->continues, UINT32_C(1) << HAPPENING_REOPENED);
    drop(&accepted);
}

static void reads_ways_to_tell(void **state)
{
    struct accepted accepted =
        accept("[role handler]\n",
               "[notices]\nbudget = 3 per hour, 3 per day\ndigest every = 24h\nred line = urgent\n"
               "after downtime = release above 200\nsecond way = sms\n"
               "[role intake]\nquiet = 20:00-08:00\n[role service_head]\nquiet = outside hours\n"
               "[role handler]\n");
    const struct notices_policy *notices = &accepted.policy->notices;

    (void)state;
    assert_int_equal(notices->budget.per_hour, 3);
    assert_int_equal(notices->budget.per_day, 3);
    assert_int_equal(notices->digest_every_ms, MSEC_DAY);
    assert_int_equal(notices->red_line, 2);
    assert_int_equal(notices->release_above, 200);
    assert_int_equal(notices->second_way, CHANNEL_SMS);
    assert_non_null(accepted.policy->role_awake[0]);
    assert_null(accepted.policy->role_awake[1]);
    assert_int_equal(accepted.policy->quiet_outside, 8);
    drop(&accepted);
    accepted =
        accept("[contact]\n", "[notices]\nbudget = 60 per day\ndigest every = 1m\nafter downtime = digest\n"
                              "[contact]\n");
    assert_int_equal(accepted.policy->notices.budget.per_hour, 0);
    assert_int_equal(accepted.policy->notices.budget.per_day, 60);
    assert_int_equal(accepted.policy->notices.digest_every_ms, MSEC_MINUTE);
    assert_int_equal(accepted.policy->notices.release_above, 0);
    drop(&accepted);
}

static void reads_stages_and_pauses(void **state)
{
    struct accepted accepted =
        accept("types = repair advice\n",
               "types = repair advice\nstages = received closed\n"
               "[pauses]\nparts =\ncustomer =\n[pause parts]\nby = handler\nlongest = 10wd\n"
               "[stage closed]\nfrom = received\nby = service_head\npause = customer\n");
    const struct policy *policy = accepted.policy;

    (void)state;
    assert_int_equal(policy->class_policies[0].stages, 3);
    assert_int_equal(policy->class_policies[1].stages, 0);
    assert_int_equal(policy->pause_policies[0].roles, 2);
    assert_int_equal(policy->pause_policies[0].longest.amount, 10);
    assert_int_equal(policy->stage_policies[1].from, 1);
    assert_int_equal(policy->stage_policies[1].roles, 8);
    assert_int_equal(policy->stage_policies[1].pauses, 2);
    drop(&accepted);
    accepted =
        accept("silence = 2h\n", "silence = 2h\ncounts = contact:apology by handler\nreclassified = keeps its"
                                 " beginning\n");
    assert_true(clock_named(&accepted, "silence")->has_counts);
    assert_false(clock_named(&accepted, "silence")->begins_again);
    drop(&accepted);
}

static void reads_approvals(void **state)
{
    struct accepted accepted =
        accept("[ladder up]\n", "[extension limit]\nby = handler\ndecides = service_head\nat most = 100\n"
                                "longest = 5wd\n[escalation]\ndecides = intake\n[ladder up]\n");
    const struct approval_policy *extension = &clock_named(&accepted, "limit")->extension;

    (void)state;
    assert_true(extension->is_allowed);
    assert_int_equal(extension->askers, 2);
    assert_int_equal(extension->deciders, 8);
    assert_int_equal(extension->at_most, 100);
    assert_int_equal(extension->longest.amount, 5);
    assert_true(accepted.policy->escalation.is_allowed);
    assert_false(clock_named(&accepted, "daily")->extension.is_allowed);
    drop(&accepted);
}

/* `to` is for the urgencies that no `when` names, wherever it stands. */
static void reports_go_to_whom_their_urgency_says(void **state)
{
    static const char *const orders[] = {"when urgent = department_head\nto = intake\n",
                                         "to = intake\nwhen urgent = department_head\n"};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct accepted accepted = accept("when urgent = department_head\n", orders[i]);
        const struct report_policy *report = &accepted.policy->reports[0];

        assert_int_equal(report->to[0].to[0][0].role, 0);
        assert_int_equal(report->to[1].to[0][0].role, 2);
        drop(&accepted);
    }
    struct accepted accepted =
        accept("when urgent = department_head\n",
               "on = solved\nto = intake\n[report second]\ntemplate = report\nto = handler\n");

    assert_true(accepted.policy->reports[0].has_on);
    assert_int_equal(accepted.policy->reports[1].to[1].to[0][0].role, 1);
    drop(&accepted);
}

static void reads_rungs(void **state)
{
    struct accepted accepted =
        accept("rung = +0 department_head by mail\n",
               "rung = +0 department_head or service_head person:li.na by mail, if not acknowledged\n"
               "rung = +2h office.handler by mail, if not met, again every 4h, at most 1 time\n");
    const struct rung *rungs = accepted.policy->ladders[0].sets[0].rungs;

    (void)state;
    assert_true(rungs[0].unless_acknowledged);
    assert_int_equal(rungs[0].to.count, 2);
    assert_false(addressee_is_nobody(&rungs[0].to.to[0][1]));
    assert_true(addressee_is_nobody(&rungs[0].to.to[0][2]));
    assert_string_equal(rungs[0].to.to[1][0].person, "li.na");
    assert_false(addressee_is_nobody(&rungs[0].to.to[1][0]));
    assert_int_equal(rungs[1].to.to[0][0].department, 1);
    assert_int_equal(rungs[1].times, 1);
    assert_int_equal(rungs[1].every.amount, 4 * MSEC_HOUR);
    assert_false(rungs[1].unless_acknowledged);
    drop(&accepted);
}

/* What a later edition may write into a list that this one does not know is passed over. */
static void frozen_lists_may_say_more(void **state)
{
    struct accepted accepted = accept_text(small_regime);
    struct rung_set set;
    bool all_clear;

    (void)state;
    rung_list_read(accepted.policy, "rung = +0 handler by mail\nweather = fine\nall clear = yes\n", &set,
                   &all_clear);
    assert_int_equal(set.count, 1);
    assert_null(set.rungs[0].lost);
    assert_true(all_clear);
    rung_list_read(accepted.policy, "rung = +0 boss by mail\nrung = at once\n", &set, &all_clear);
    assert_string_equal(set.rungs[0].lost, "boss");
    assert_string_equal(set.rungs[1].lost, "at once");
    assert_int_equal(set.rungs[1].to.count, 0);
    assert_false(all_clear);
    drop(&accepted);
}

static void tickets_without_a_department_use_the_desks_hours(void **state)
{
    struct accepted accepted =
        accept("[route repair]\n", "[department office]\ncalendar = office\n[route repair]\n");
    const struct policy *policy = accepted.policy;

    (void)state;
    assert_ptr_equal(policy_department_calendar(policy, 1), policy_find_calendar(policy, "office"));
    assert_ptr_equal(policy_department_calendar(policy, 0), policy->calendar);
    assert_ptr_equal(policy_department_calendar(policy, POLICY_NONE), policy->calendar);
    assert_ptr_equal(policy_role_calendar(policy, POLICY_NONE), policy->calendar);
    drop(&accepted);
}

/* ---- [form X] ---- */

#define FORM(lines)                                                                                          \
    {                                                                                                        \
        "[contact]\n", "[form A]\n" lines "[contact]\n"                                                      \
    }

static void refuses_forms(void **state)
{
    static const struct refused cases[] = {
        {FORM("title = A | A\n"), 0, "[form A] needs a page"},
        {FORM("page = ../a\n"), 1, "'../a' is no name of a stylesheet"},
        {FORM("page = a.xsl\n"), 1, "'a.xsl' is no name of a stylesheet"},
        {FORM("page = a\nclasses = refund\n"), 2, "unknown class 'refund'"},
        {FORM("page = a\nnumber = \"x\n"), 2, "a form's number is a short text"},
        {FORM("page = a\nrecord = B-1\n"), 2, "a record's number contains {serial}"},
        {FORM("page = a\nrecord = {serial}\n"), 2, "a record's number begins with letters"},
        {FORM("page = a\nrecord = B-{serial}-{serial}\n"), 2, "knows only {serial}, once"},
        {FORM("page = a\ncontact = hidden\n"), 2, "contact = masked, or nothing"},
        {FORM("page = a\ncites = 1,2,3,4,5,6,7,8,9\n"), 2, "1 to 8 documents"},
        {FORM("page = a\ncites = |\n"), 2, "a title is written"},
        {FORM("page = a\ncolour = red\n"), 2, "unknown key 'colour' in [form A] (known: title, page"},
        {FORM("page = a\nrecord = B-{serial}\n[form C]\npage = a\nrecord = B-{serial}\n"), 3,
         "[form C] record: the records of [form A] have the same numbers"},
        {{"[class request]\n",
          "[form A]\npage = a\nrecord = B-{serial}\n[class request]\nnumber = Q-{seq}\n"},
         0,
         "[form A] record: its classes have numbers of their own"},
        {{"[contact]\n", "[form a b]\n[contact]\n"}, 0, "'a b': a form's name is one word"},
    };

    (void)state;
    ASSERT_REFUSED(cases);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refuses_forms),
        cmocka_unit_test(refuses_words_and_heads),
        cmocka_unit_test(refuses_classes_and_gates),
        cmocka_unit_test(refuses_clocks),
        cmocka_unit_test(refuses_rungs_and_reports),
        cmocka_unit_test(refuses_ways_to_tell),
        cmocka_unit_test(refuses_stages_and_pauses),
        cmocka_unit_test(refuses_what_a_clock_is_not),
        cmocka_unit_test(refuses_registers),
        cmocka_unit_test(needs_a_zone),
        cmocka_unit_test(needs_words_of_every_kind),
        cmocka_unit_test(has_limits),
        cmocka_unit_test(knows_64_facts),
        cmocka_unit_test(calendars_begin_with_a_letter),
        cmocka_unit_test(reads_the_head),
        cmocka_unit_test(reads_what_a_contact_is),
        cmocka_unit_test(reads_a_class),
        cmocka_unit_test(reads_steps_and_signatures),
        cmocka_unit_test(reads_windows_of_a_quota),
        cmocka_unit_test(budgets_follow_the_urgencies_that_apply),
        cmocka_unit_test(reads_reminders_and_restarts),
        cmocka_unit_test(reads_ways_to_tell),
        cmocka_unit_test(reads_stages_and_pauses),
        cmocka_unit_test(reads_approvals),
        cmocka_unit_test(reports_go_to_whom_their_urgency_says),
        cmocka_unit_test(reads_rungs),
        cmocka_unit_test(frozen_lists_may_say_more),
        cmocka_unit_test(tickets_without_a_department_use_the_desks_hours),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
