/* The handlers that the method table names. Each ends with exactly one answer (see request.h). */
#ifndef DUBAN_LIB_METHOD_HANDLERS_H
#define DUBAN_LIB_METHOD_HANDLERS_H

struct desk;
struct request;
struct effects;

void method_ticket_create(struct desk *desk, const struct request *request, struct effects *out);
void method_ticket_get(struct desk *desk, const struct request *request, struct effects *out);
void method_ticket_list(struct desk *desk, const struct request *request, struct effects *out);
void method_ticket_classify(struct desk *desk, const struct request *request, struct effects *out);
void method_ticket_assign(struct desk *desk, const struct request *request, struct effects *out);
void method_ticket_plan(struct desk *desk, const struct request *request, struct effects *out);
void method_ticket_pause(struct desk *desk, const struct request *request, struct effects *out);
void method_ticket_resume(struct desk *desk, const struct request *request, struct effects *out);
void method_ticket_move(struct desk *desk, const struct request *request, struct effects *out);
void method_ticket_solve(struct desk *desk, const struct request *request, struct effects *out);
void method_ticket_close(struct desk *desk, const struct request *request, struct effects *out);
void method_ticket_reopen(struct desk *desk, const struct request *request, struct effects *out);
void method_ticket_merge(struct desk *desk, const struct request *request, struct effects *out);
void method_ticket_link(struct desk *desk, const struct request *request, struct effects *out);
void method_ticket_update(struct desk *desk, const struct request *request, struct effects *out);
void method_contact_record(struct desk *desk, const struct request *request, struct effects *out);
void method_progress_add(struct desk *desk, const struct request *request, struct effects *out);
void method_step_done(struct desk *desk, const struct request *request, struct effects *out);
void method_sign(struct desk *desk, const struct request *request, struct effects *out);
void method_satisfaction_record(struct desk *desk, const struct request *request, struct effects *out);
void method_form_list(struct desk *desk, const struct request *request, struct effects *out);
void method_form_get(struct desk *desk, const struct request *request, struct effects *out);
void method_extension_request(struct desk *desk, const struct request *request, struct effects *out);
void method_extension_decide(struct desk *desk, const struct request *request, struct effects *out);
void method_escalation_request(struct desk *desk, const struct request *request, struct effects *out);
void method_escalation_decide(struct desk *desk, const struct request *request, struct effects *out);
void method_approval_list(struct desk *desk, const struct request *request, struct effects *out);
void method_clock_list(struct desk *desk, const struct request *request, struct effects *out);
void method_clock_explain(struct desk *desk, const struct request *request, struct effects *out);
void method_escalation_list(struct desk *desk, const struct request *request, struct effects *out);
void method_escalation_ack(struct desk *desk, const struct request *request, struct effects *out);
void method_calendar_list(struct desk *desk, const struct request *request, struct effects *out);
void method_calendar_explain(struct desk *desk, const struct request *request, struct effects *out);
void method_notice_list(struct desk *desk, const struct request *request, struct effects *out);
void method_notice_explain(struct desk *desk, const struct request *request, struct effects *out);
void method_notice_why_not(struct desk *desk, const struct request *request, struct effects *out);
void method_notice_release(struct desk *desk, const struct request *request, struct effects *out);
void method_notice_retry(struct desk *desk, const struct request *request, struct effects *out);
void method_notice_test(struct desk *desk, const struct request *request, struct effects *out);
void method_notice_get(struct desk *desk, const struct request *request, struct effects *out);
void method_ticket_search(struct desk *desk, const struct request *request, struct effects *out);
void method_schedule_list(struct desk *desk, const struct request *request, struct effects *out);
void method_schedule_next(struct desk *desk, const struct request *request, struct effects *out);
void method_register_put(struct desk *desk, const struct request *request, struct effects *out);
void method_register_get(struct desk *desk, const struct request *request, struct effects *out);
void method_register_list(struct desk *desk, const struct request *request, struct effects *out);
void method_register_remove(struct desk *desk, const struct request *request, struct effects *out);
void method_report_list(struct desk *desk, const struct request *request, struct effects *out);
void method_policy_list(struct desk *desk, const struct request *request, struct effects *out);
void method_policy_get(struct desk *desk, const struct request *request, struct effects *out);
void method_journal_read(struct desk *desk, const struct request *request, struct effects *out);
void method_optout_add(struct desk *desk, const struct request *request, struct effects *out);
void method_optout_remove(struct desk *desk, const struct request *request, struct effects *out);
void method_optout_list(struct desk *desk, const struct request *request, struct effects *out);
void method_mailing_start(struct desk *desk, const struct request *request, struct effects *out);
void method_mailing_get(struct desk *desk, const struct request *request, struct effects *out);
void method_mailing_list(struct desk *desk, const struct request *request, struct effects *out);
void method_mailing_cancel(struct desk *desk, const struct request *request, struct effects *out);

#endif
