/*
 * A regime, compiled: what is owed, by when, who is told. Built once from a regime file, never changed after.
 *
 * Everything is named by a small number (its place in the file) once compiled; names are kept for people, the
 * journal and the database. Nothing here names a regulation: a sixth company writes a sixth file.
 */
#ifndef DUBAN_LIB_POLICY_H
#define DUBAN_LIB_POLICY_H

#include "lib/appraisal_policy.h"
#include "lib/audience.h"
#include "lib/base/span.h"
#include "lib/budget.h"
#include "lib/calendar.h"
#include "lib/decision_policy.h"
#include "lib/field_policy.h"
#include "lib/form_policy.h"
#include "lib/notice_channel.h"
#include "lib/notice_template.h"
#include "lib/number_format.h"
#include "lib/recurrence.h"
#include "lib/register_policy.h"
#include "lib/schedule_policy.h"
#include "lib/statistics_policy.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ticket;

#define POLICY_NONE          0xff /* no such class, clock, department … */
#define POLICY_TERMS_MAX     32
#define POLICY_FACTS_MAX     64 /* bits of a ticket's facts */
#define POLICY_CALENDARS_MAX 64

/* A calendar that the regime names. */
struct named_calendar {
    const struct calendar *calendar;
    const char *title[LANGUAGE_COUNT]; /* never NULL: its name when no title is given */
};

/* A word of the regime with its names for people. */
struct term {
    const char *name;
    const char *title[LANGUAGE_COUNT]; /* never NULL: the name when no title is given */
};

struct vocabulary {
    struct term *terms;
    size_t count, capacity;
};

uint8_t vocabulary_find(const struct vocabulary *words, const char *name); /* POLICY_NONE: unknown */

/* The names of the words whose bits are set, in the file's order, in `arena`; VOCABULARY_ALL lists every
 * word. */
#define VOCABULARY_ALL UINT32_MAX
const char *vocabulary_list(const struct vocabulary *words, uint32_t bits, const char *separator,
                            struct arena *arena);

/* What can happen to a ticket; clocks start and stop by it. */
enum happening {
    HAPPENING_RECEIVED,
    HAPPENING_ASSIGNED,
    HAPPENING_PLAN,
    HAPPENING_CONTACT,
    HAPPENING_SOLVED,
    HAPPENING_CLOSED,
    HAPPENING_REOPENED,
    HAPPENING_STEP,         /* a step of the class was done */
    HAPPENING_SIGNED,       /* somebody put their name to it */
    HAPPENING_SATISFACTION, /* the customer said how satisfied they are */
    HAPPENING_ASKED,        /* for more time, or for an escalation */
    HAPPENING_DECIDED,      /* and what came of it */
    HAPPENING_ACKNOWLEDGED, /* somebody knows of a breach, and is at it */
    HAPPENING_OCCURRED,     /* the problem arose; known when it is received */
    HAPPENING_STAGE,        /* it came to a stage */
    HAPPENING_MAILED,       /* a mailing that is bound to it is finished */
    HAPPENING_PROGRESS,     /* an entry of its log */
    HAPPENING_FIELD,        /* one of the regime's own fields was filled in */
    HAPPENING_COUNT,
};

const char *happening_name(enum happening what);

/* `contact:apology or result by service_head`: a happening, perhaps of certain kinds (which words those are
   taken from depends on the happening: policy_value.c), perhaps by certain roles. */
struct condition {
    enum happening what;
    uint8_t of;        /* which field */
    uint32_t kinds;    /* bits of a contact's kinds, of a field's words, …; 0: any */
    uint32_t roles;    /* bits of policy roles, 0: anybody */
    uint32_t channels; /* bits of a contact's channels, 0: any */
    const char *text;
};

/* Which tickets something applies to. An empty set is "all". */
struct applies {
    uint32_t classes, urgencies, types, stages;
    uint64_t facts;     /* bits of policy->facts that must all hold */
    bool key_customers; /* only key accounts */
};

#define RUNG_TIMES_MAX 250 /* repetitions; they are part of a notice's fire key */
struct rung {
    int32_t percent; /* of the limit, after the breach; -1: `delay` counts */
    struct span delay;
    struct audience to;
    uint8_t channels;         /* bits of enum notice_channel */
    bool unless_acknowledged; /* nobody is told by it once somebody has said that they are at it */
    uint8_t times;            /* repetitions until the next rung fires, at most; 0: none */
    struct span every;        /* between them */
    const char *text;         /* as it is written, blanks made single */
    const char *lost; /* words in it that this regime does not have: it was frozen under another one */
    int line;         /* where the regime in force has it; 0: it was frozen under another one */
};

/* One list of rungs and which tickets climb it. The sets of a ladder are tried in order of their fit. */
struct rung_set {
    struct applies when;
    struct rung *rungs;
    size_t count, capacity;
};

struct ladder_policy {
    const char *name;
    bool all_clear;
    struct rung_set *sets;
    size_t count, capacity;
    int line;
};

/* [route …]: which new tickets go where (route.h). */
#define ROUTES_MAX 256
struct route {
    struct applies when; /* no stages */
    bool together;       /* all of its types, not one of them */
    uint8_t department;
    uint8_t handler;     /* role: whoever holds it gets the ticket; POLICY_NONE */
    uint32_t supporting; /* departments that are to help */
    const char *text;    /* as its header has it */
    int line;
};

enum clock_kind { CLOCK_LIMIT, CLOCK_QUOTA, CLOCK_SILENCE, CLOCK_PROMISE };

/* `50%`: when so much of the time has passed; `2h before`: so long before the deadline. */
#define REMINDER_BEFORE 0xff
struct reminder {
    uint8_t percent; /* REMINDER_BEFORE: `left` counts */
    struct span left;
};

#define REMINDERS_MAX 6
struct reminder_set {
    struct applies when;
    uint8_t percent[REMINDERS_MAX]; /* rising, those before the deadline aside */
    uint8_t number[REMINDERS_MAX];  /* places in the clock's `remind` */
    uint8_t count;
    int line;
};

/* What may be asked for. The kinds are words of every regime (policy->approvals), in this order. */
enum approval_kind { APPROVAL_EXTENSION, APPROVAL_ESCALATION, APPROVAL_KIND_COUNT };

struct approval_policy {
    bool is_allowed;
    uint32_t askers, deciders; /* bits of roles; askers 0: whoever may work on the ticket */
    uint8_t at_most;           /* how often in a cycle; 0: as often as it is granted */
    struct span longest;       /* each time, counted from the deadline that there is; 0: no bound */
    int line;
};

/* `within type repair = 2wd`: another budget for the tickets that it names. */
struct budget_set {
    struct applies when;
    struct span within[POLICY_TERMS_MAX]; /* by urgency */
    int line;
};

#define BUDGET_SETS_MAX 8
/* `5wd before field.expires_on 17:00`: a limit that a date gives. */
struct due_policy {
    struct field_path path;
    struct span offset; /* real time of 0: none */
    bool is_before;
    int16_t minute;   /* of the day; -1: its closing, or the time that an instant has */
    const char *text; /* as it is written; NULL: the clock has none */
};

#define REMINDER_SETS_MAX  4
#define REMINDERS_OF_CLOCK 12 /* bits of a clock's `reminders` */
struct clock_policy {
    const char *name;
    const char *title[LANGUAGE_COUNT];
    enum clock_kind kind;
    struct applies when;
    uint32_t pauses; /* bits of policy->pauses: what it stops for */
    struct condition start, stop, cancel;
    bool has_start, has_cancel;
    struct span within[POLICY_TERMS_MAX]; /* by urgency; limit and silence */
    struct budget_set *budgets;           /* for some tickets instead of `within` */
    size_t budget_sets;
    struct field_path within_path; /* says how many `within_unit`; `within` where it does not */
    const char *within_unit;
    struct due_policy due; /* instead of `within` */
    const struct calendar *calendar;
    bool department_hours;   /* the calendar of the department that handles the ticket */
    bool customer_hours;     /* the customer's staffed hours instead of `calendar` */
    uint8_t minimum, target; /* quota: contacts in each window */
    struct span window;      /* quota: how long a window is; days are civil days from midnight */
    bool has_first_window, has_last_window;
    bool owes_first;        /* the broken window at the start owes its minimum, too */
    bool owes_last;         /* and so does the one that the stop breaks off */
    bool working_days_only; /* civil days: rest days of `calendar` owe nothing */
    const char *promise;    /* promise: where it is given, as the file has it */
    struct span grace;      /* so long after the deadline a breach is declared; 0: at once */
    uint32_t restart;       /* bits of happenings that open a new cycle of an ended clock */
    bool begins_again;      /* limit: another urgency or class is another anchor */
    bool has_counts;
    struct condition counts; /* quota and silence: which contacts */
    bool starts_again;       /* so does its start, each time */
    uint32_t continues; /* bits of happenings after which it goes on from its old anchor, as if it had never
                           ended */
    struct reminder_set reminders[REMINDER_SETS_MAX];
    size_t reminder_sets;
    struct reminder remind[REMINDERS_OF_CLOCK]; /* what any of the sets names, each once */
    uint8_t remind_count;
    struct audience remind_to;
    uint8_t ladder; /* POLICY_NONE: breaches are recorded, nobody is told */
    const char *breach_template, *remind_template;
    struct approval_policy extension;
    int line;
};

/* What must hold before an action. */
enum gate_action { GATE_CONTACT_COUNTS, GATE_SOLVE, GATE_CLOSE, GATE_COUNT };
enum requirement_kind { REQUIRE_FACT, REQUIRE_CLOCK_MET, REQUIRE_STEPS_DONE };
struct requirement {
    enum requirement_kind kind;
    uint8_t fact; /* index into policy->facts */
    uint8_t clock;
    uint8_t when; /* index into policy->facts: asked only while that holds; POLICY_NONE: always */
    const char *text;
};

#define REQUIREMENTS_MAX 6
struct requirements {
    struct requirement items[REQUIREMENTS_MAX];
    uint8_t count;
};

/* What intake may leave out and a class may need all the same: a member of ticket.create, or of an object in
 * it. */
struct need {
    const char *member, *object; /* `object` NULL: it stands by itself */
};

extern const struct need core_needs[];
extern const size_t core_need_count;
const char *need_name(const struct need *need, struct arena *arena); /* "customer.id" */

struct class_policy {
    uint32_t types;  /* bits */
    uint32_t steps;  /* bits */
    uint32_t stages; /* bits: the stages of its machine; 0: all */
    uint8_t owner;   /* role that owns the class, POLICY_NONE */
    uint8_t begins;  /* the stage its tickets begin in; POLICY_NONE: that of [stage on] create */
    uint8_t number;  /* index into policy->numbers */
    uint32_t needs;  /* bits of core_needs: what must be said at intake */
    struct requirements gates[GATE_COUNT];
    struct condition forgets[REQUIREMENTS_MAX]; /* facts that a reopening makes untrue */
    uint8_t forget_count;
};

/* A step of a class, a signature, a level of satisfaction: who may, and what must hold before. */
struct act_policy {
    uint32_t roles; /* bits; 0: anybody who may work on the ticket */
    struct requirements needs;
    uint8_t fact; /* index into policy->facts: that it was done */
};

/* A stage: how it is entered, and for what a ticket in it waits. */
struct stage_policy {
    uint32_t from;             /* bits of stages; 0: any */
    uint32_t roles;            /* bits: who may move a ticket there; 0: anybody who may work on it */
    uint32_t pauses;           /* bits: entering it pauses for these, leaving it ends them */
    struct requirements needs; /* what must hold before it is entered */
    int line;                  /* 0: it has no section of its own */
};

/* A reason to pause. */
struct pause_policy {
    uint32_t roles;      /* bits: who may pause for it; 0: anybody who may work on the ticket */
    struct span longest; /* it ends by itself then; amount 0: never */
    int line;            /* 0: it has no section of its own */
};

enum role_scope { SCOPE_DESK, SCOPE_DEPARTMENT, SCOPE_TICKET };

/* Who is told when something happens; without `on` when a record is accepted and when its urgency changes. */
struct report_policy {
    const char *name, *template_name;
    struct condition on;
    bool has_on;
    struct applies when;
    struct audience to[POLICY_TERMS_MAX]; /* by urgency */
    uint8_t channels[POLICY_TERMS_MAX];   /* in which ways: bits of enum notice_channel; 0: mail */
    int to_line[POLICY_TERMS_MAX];        /* 0: nobody is told of this urgency */
    int line;
};

struct contact_policy {
    uint32_t channels;     /* bits; 0: any */
    uint32_t kinds, roles; /* bits; 0: any */
    bool out_only, reached_only, automatic_counts;
    msec spacing_ms;
};

/* Minutes of the day between which nobody wants to be told; equal: none. */
struct quiet_hours {
    int16_t from, to;
};

/* [notices]: how much people are told, and to whom mail may go at all. */
struct notices_policy {
    struct budget_limits budget;    /* of each person */
    msec digest_every_ms;           /* how long what goes beyond it is gathered */
    uint32_t red_line;              /* urgencies that are never held back */
    enum notice_channel second_way; /* when a mail can't be delivered; CHANNEL_MAIL: there is none */
    uint32_t release_above;         /* more late notices than this wait for an operator; 0: none do */
    const char **domains;           /* none: anywhere */
    size_t domain_count, domain_capacity;
    int line;
};

/* [customers]: what is written to them, and to whom of them. */
struct customers_policy {
    uint32_t sees;        /* bits of notice variables */
    const char **domains; /* none: anywhere */
    size_t domain_count, domain_capacity;
    const char **courtesy; /* templates that nobody gets who asked not to be written to */
    size_t courtesy_count, courtesy_capacity;
    const char **mailings; /* templates of mailings, besides those */
    size_t mailing_count, mailing_capacity;
    int line;
};

enum stage_on {
    STAGE_ON_CREATE,
    STAGE_ON_ASSIGN,
    STAGE_ON_PLAN,
    STAGE_ON_SOLVE,
    STAGE_ON_CLOSE,
    STAGE_ON_REOPEN,
    STAGE_ON_COUNT,
};

struct policy {
    struct arena arena; /* owns everything below */
    const char *name, *digest;
    const char *path, *file, *text; /* as it was read: where, its name without directories, and all of it */
    const char *title[LANGUAGE_COUNT];
    enum language language;
    const struct zone *zone;
    const struct calendar *calendar;                       /* of whatever names none */
    struct named_calendar calendars[POLICY_CALENDARS_MAX]; /* every one that the regime names, each once */
    size_t calendar_count;
    const struct calendar *department_calendars[POLICY_TERMS_MAX],
        *role_calendars[POLICY_TERMS_MAX]; /* or NULL */
    struct vocabulary classes, types, urgencies, channels, kinds, roles, departments, stages, steps,
        signatures, levels, approvals, pauses;
    uint8_t stage_on[STAGE_ON_COUNT]; /* POLICY_NONE: the stage stays */
    enum role_scope role_scope[POLICY_TERMS_MAX];
    uint32_t role_sees[POLICY_TERMS_MAX]; /* bits of notice variables; 0: by its scope (policy_sees) */
    struct quiet_hours role_quiet[POLICY_TERMS_MAX];
    struct calendar *role_awake[POLICY_TERMS_MAX]; /* owned; NULL: told at any hour */
    uint32_t quiet_outside;                        /* roles that are told in their own hours only */
    struct notices_policy notices;
    struct customers_policy customers;
    struct class_policy class_policies[POLICY_TERMS_MAX];
    struct act_policy step_policies[POLICY_TERMS_MAX], signature_policies[POLICY_TERMS_MAX];
    struct act_policy level_policies[POLICY_TERMS_MAX]; /* of satisfaction */
    struct stage_policy stage_policies[POLICY_TERMS_MAX];
    struct pause_policy pause_policies[POLICY_TERMS_MAX];
    bool watches_stages; /* something starts, stops or applies by the stage */
    struct route *routes;
    size_t route_count, route_capacity;
    struct contact_policy contact;
    msec late_entry_ms;                   /* how far back a record may be entered */
    uint8_t list_first[POLICY_TERMS_MAX]; /* urgencies that lead every list, in this order (list_order.h) */
    uint8_t list_first_count;
    uint32_t satisfaction_hidden; /* roles that are not told how satisfied the customer is (conceal.h) */
    const char *list_first_names; /* single blanks between them; never NULL */
    struct approval_policy escalation;
    struct number_format numbers[POLICY_TERMS_MAX];
    size_t number_count;
    struct condition facts[POLICY_FACTS_MAX];
    size_t fact_count;
    struct clock_policy *clocks;
    size_t clock_count, clock_capacity;
    struct ladder_policy *ladders;
    size_t ladder_count, ladder_capacity;
    struct report_policy *reports;
    size_t report_count, report_capacity;
    uint32_t told_stages; /* bits: classes of which letters name {stages} */
    uint32_t told_past;   /* bits: classes whose letters at intake name {customer.tickets} */
    struct field_policy *fields;
    size_t field_count, field_capacity;
    struct decision_policy *decisions;
    size_t decision_count, decision_capacity;
    bool decides_by_days; /* a decision counts from the day on which a problem arose */
    struct form_policy forms[FORMS_MAX];
    size_t form_count;
    struct register_policy *registers;
    size_t register_count, register_capacity;
    struct schedule_policy *schedules;
    size_t schedule_count, schedule_capacity;
    struct statistics_policy statistics;
    struct list_policy lists[LISTS_MAX];
    size_t list_count;
    struct appraisal_policy appraisals[APPRAISALS_MAX];
    size_t appraisal_count;
    struct notice_templates *templates;
};

/* Where a regime's parts come from: handed in by the shell, because lib/ opens no file. Calendars and zones
   are borrowed and must outlive the policy; a template's text is read during the call. NULL: there is none.
 */
struct policy_sources {
    const char *file_name, *text;
    const char *digest; /* SHA-256 of regime, calendars and templates as hex, named by verdicts; may be "" */
    void *context;
    const struct zone *(*find_zone)(void *context, const char *name);
    const struct calendar *(*find_calendar)(void *context, const char *name);
    const char *(*find_template)(void *context, const char *language, const char *name);
    /* Borrowed, too. NULL: the rule is not understood, `*ret_error` says why. The member may be NULL. */
    const struct recurrence *(*find_recurrence)(void *context, const char *rule, const char **ret_error);
};

/* NULL on error; then `*ret_error` is "file:line: what is wrong (hint)", malloc'd. */
struct policy *policy_compile(const struct policy_sources *sources, char **ret_error)
    __attribute__((warn_unused_result));
void policy_destroy(struct policy *policy);

uint8_t policy_find_clock(const struct policy *policy, const char *name);   /* POLICY_NONE: unknown */
bool policy_starts_by(const struct policy *policy, enum happening what);    /* does any clock? */
uint64_t policy_facts_of(const struct policy *policy, enum happening what); /* bits: those that rest on it */
uint8_t policy_find_fact(const struct policy *policy, const char *text);
uint8_t policy_find_field(const struct policy *policy, const char *name);
/* Which of a field's words a value is: the place of a word, 0 and 1 for yes and no; POLICY_NONE: neither. */
uint8_t policy_field_word(const struct register_field *field, const char *text);
/* Does the regime say what fields tickets of this class have? Is this one of them? */
bool policy_declares_fields(const struct policy *policy, uint8_t class_index);
bool policy_has_field(const struct policy *policy, uint8_t class_index, uint8_t field);
size_t policy_find_form(const struct policy *policy, const char *name); /* form_count: none */
uint8_t policy_find_register(const struct policy *policy, const char *name);
uint8_t policy_find_schedule(const struct policy *policy, const char *name);
uint8_t register_policy_field(const struct register_policy *of, const char *name); /* POLICY_NONE: none */

/* A calendar that the regime names; NULL: it names none of that name. */
const struct calendar *policy_find_calendar(const struct policy *policy, const char *name);

/* What mails to people who are told in `role` (POLICY_NONE: in none) show: bits of notice variables. Unless
   the regime says so, names are for those only whose department or ticket it is. */
uint32_t policy_sees(const struct policy *policy, uint8_t role);

bool policy_is_of_domain(const char *address, const char *domain); /* exactly, in upper or lower case */

/* May mail go to this address? */
bool policy_allows_address(const struct policy *policy, const char *address);
bool policy_allows_customer(const struct policy *policy, const char *address); /* mail to a customer */

/* May a mailing be written in it? */
bool policy_is_mailing(const struct policy *policy, const char *template_name);

/* Is it a greeting, a survey: something that a customer may ask not to be sent? */
bool policy_is_courtesy(const struct policy *policy, const char *template_name);

/* The calendar of a department or a role; the regime's where they have none, or are POLICY_NONE. */
const struct calendar *policy_department_calendar(const struct policy *policy, uint8_t department);
const struct calendar *policy_role_calendar(const struct policy *policy, uint8_t role);

/* What counts a clock's time in a department; for customers' hours see desk_view(). */
const struct calendar *policy_clock_calendar(const struct policy *policy, const struct clock_policy *clock,
                                             uint8_t department);

bool policy_applies(const struct applies *when, const struct ticket *ticket);
bool policy_applies_to_all(const struct applies *when);
bool policy_applies_alike(const struct applies *one, const struct applies *other);

/* The rungs a ticket climbs: the set that fits it best, else the one that names nothing. */
uint8_t policy_rung_set(const struct ladder_policy *ladder, const struct ticket *ticket);

/* The stage that tickets of the class begin in. */
uint8_t policy_first_stage(const struct policy *policy, uint8_t class_index);

/* The ticket's budget: of the list that fits it best. */
struct span policy_within(const struct clock_policy *clock, const struct ticket *ticket);

/* The lists of budgets by urgency, one after the other from 0 on; NULL behind the last. */
const struct span *policy_budget_list(const struct clock_policy *clock, size_t place);

const struct reminder_set *policy_reminders(const struct clock_policy *clock, const struct ticket *ticket);

#endif
