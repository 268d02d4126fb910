/* The readers of a regime file's sections: one for each row of the table in policy_compile.c. */
#ifndef DUBAN_LIB_POLICY_SECTIONS_H
#define DUBAN_LIB_POLICY_SECTIONS_H

#include "lib/policy_compile.h"

/* Shared by sections. All but section_ladder return NULL, or what is wrong. */
const char *section_calendar(struct compiler *compiler, const char *name,
                             const struct calendar **ret_calendar);
const char *section_number(struct compiler *compiler, const char *name, const char *text, uint8_t *ret_index);
/* Every step, signature and level of satisfaction becomes a fact, whether a gate asks for it or not. */
const char *section_know_acts(struct compiler *compiler);
const char *section_fact(struct compiler *compiler, const char *text, uint8_t *ret_fact);
const char *section_class(struct compiler *compiler, const struct entry *entry,
                          struct class_policy **ret_class);
const char *section_requirements(struct compiler *compiler, const char *text, struct requirements *needs);
const char *section_template(struct compiler *compiler, const char *name, const char **ret_name);
struct clock_policy *section_clock(struct compiler *compiler, const struct entry *entry);
const char *section_check_windows(struct compiler *compiler, const struct clock_policy *clock);
const char *section_check_stages(struct compiler *compiler);
const char *section_check_clock(struct compiler *compiler, struct clock_policy *clock);
const char *section_check_approval(struct compiler *compiler, const struct approval_policy *approval,
                                   const char *name);
const char *section_open_route(struct compiler *compiler, const struct entry *entry);
const char *section_check_routes(struct compiler *compiler, int *ret_line);
const char *section_open_register(struct compiler *compiler, const struct entry *entry);
const char *section_check_registers(struct compiler *compiler, int *ret_line);
const char *section_open_field(struct compiler *compiler, const struct entry *entry);
const char *section_check_fields(struct compiler *compiler, int *ret_line);
/* `date`, `active|ended`, `register:contracts` */
const char *section_field_kind(struct compiler *compiler, char *word, struct register_field *field);
void section_make_awake(struct compiler *compiler); /* quiet hours as calendars, when the zone is known */
const char *section_open_schedule(struct compiler *compiler, const struct entry *entry);
const char *section_open_form(struct compiler *compiler, const struct entry *entry);
const char *section_check_forms(struct compiler *compiler, int *ret_line);
const char *section_check_schedules(struct compiler *compiler, int *ret_line);
struct ladder_policy *section_ladder(struct compiler *compiler, const char *name); /* NULL: there is none */

value_reader read_all_clear;
value_reader read_approval_by;
value_reader read_approval_decides;
value_reader read_approval_longest;
value_reader read_approval_most;
value_reader read_breach_template;
value_reader read_calendar;
value_reader read_calendar_word;
value_reader read_department_calendar;
value_reader read_role_calendar;
value_reader read_channel_word;
value_reader read_class_forgets;
value_reader read_class_needs;
value_reader read_class_number;
value_reader read_class_first_stage;
value_reader read_class_owner;
value_reader read_class_steps;
value_reader read_class_stages;
value_reader read_class_types;
value_reader read_class_word;
value_reader read_clock_breach;
value_reader read_clock_calendar;
value_reader read_clock_cancel;
value_reader read_clock_counts;
value_reader read_clock_grace;
value_reader read_clock_reclassified;
value_reader read_clock_hours;
value_reader read_clock_on;
value_reader read_clock_pause;
value_reader read_clock_promise;
value_reader read_clock_quota;
value_reader read_clock_remind;
value_reader read_clock_remind_to;
value_reader read_clock_continue;
value_reader read_clock_restart;
value_reader read_clock_silence;
value_reader read_clock_start;
value_reader read_clock_stop;
value_reader read_clock_title;
value_reader read_clock_when;
value_reader read_clock_within;
value_reader read_contact_automatic;
value_reader read_contact_by;
value_reader read_contact_channels;
value_reader read_contact_direction;
value_reader read_contact_kinds;
value_reader read_contact_reached;
value_reader read_contact_spacing;
value_reader read_customer_courtesy;
value_reader read_customer_domains;
value_reader read_customer_mailings;
value_reader read_customers_see;
value_reader read_department_word;
value_reader read_field_by;
value_reader read_field_classes;
value_reader read_field_default;
value_reader read_field_kind;
value_reader read_field_needed;
value_reader read_field_title;
value_reader read_first_window;
value_reader read_form_cites;
value_reader read_form_classes;
value_reader read_form_contact;
value_reader read_form_number;
value_reader read_form_page;
value_reader read_form_record;
value_reader read_form_title;
value_reader read_gate;
value_reader read_kind_word;
value_reader read_language;
value_reader read_last_window;
value_reader read_late_entry;
value_reader read_level_word;
value_reader read_name;
value_reader read_after_downtime;
value_reader read_digest_every;
value_reader read_notice_budget;
value_reader read_notice_domains;
value_reader read_red_line;
value_reader read_number;
value_reader read_pause_by;
value_reader read_pause_longest;
value_reader read_pause_word;
value_reader read_register_fields;
value_reader read_register_title;
value_reader read_remind_template;
value_reader read_report_on;
value_reader read_report_template;
value_reader read_report_to;
value_reader read_report_when;
value_reader read_role_word;
value_reader read_route_department;
value_reader read_route_handler;
value_reader read_route_supporting;
value_reader read_rung;
value_reader read_role_quiet;
value_reader read_role_sees;
value_reader read_schedule_at;
value_reader read_schedule_calendar;
value_reader read_schedule_catch_up;
value_reader read_schedule_details;
value_reader read_schedule_fields;
value_reader read_schedule_missed;
value_reader read_schedule_opens;
value_reader read_schedule_over;
value_reader read_schedule_sends;
value_reader read_schedule_subject;
value_reader read_schedule_title;
value_reader read_schedule_until;
value_reader read_schedule_when;
value_reader read_scope;
value_reader read_second_way;
value_reader read_signature_by;
value_reader read_signature_needs;
value_reader read_signature_word;
value_reader read_stage_by;
value_reader read_stage_from;
value_reader read_stage_needs;
value_reader read_stage_on;
value_reader read_stage_pause;
value_reader read_stage_word;
value_reader read_statistics_attitude;
value_reader read_statistics_causes;
value_reader read_statistics_complaints;
value_reader read_statistics_measures;
value_reader read_statistics_scores;
value_reader read_step_after;
value_reader read_step_by;
value_reader read_step_needs;
value_reader read_step_word;
value_reader read_title;
value_reader read_type_word;
value_reader read_urgency_word;
value_reader read_zone;

#endif
