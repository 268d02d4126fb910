/*
 * The words of explanations: one table of sentences, one of single words, both in Chinese and English.
 *
 * explain_*.c find facts and put them into JSON objects; here an object becomes a sentence. The table is the
 * whole of what an explanation can say, so that a translator reads one file, and a fact without its sentence
 * is found by a test. In a sentence,
 *
 *     {at}        is the member `at` as it is
 *     {at:time}   is written by the form `time` (see forms[] below)
 *     [, {at}]    is left out when one of its members is missing, null or empty
 *
 * Not gettext and no printf: a sentence's order of words is the language's, and what may be absent is absent
 * in both.
 */
#include "lib/explain_words.h"

#include "lib/base/instant.h"
#include "lib/base/span.h"
#include "lib/base/text.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* ---- sentences ---- */

static const struct {
    const char *fact;
    const char *sentence[LANGUAGE_COUNT];
} sentences[] = {
    /* a clock, and how it stands */
    {"clock",
     {"{title}（{clock}）：{state:word}[，第 {cycle} 轮]",
      "{title} ({clock}): {state:word}[, cycle {cycle}]"}},
    {"waiting",
     {"  尚未起算：等待{start:word}（{file}:{line}）",
      "  Not begun: waits for {start:word} ({file}:{line})"}},
    {"anchor",
     {"  起算：{at:time}，{what:word}[，{who} 登记][，{entered_at:time} 补录]",
      "  Began: {at:time}, {what:word}[, recorded by {who}][, entered at {entered_at:time}]"}},
    {"budget",
     {"  时限：{span:span}[（{urgency}）]，{how:word}[（{hours}）][（日历 {calendar}）]（{file}:{line}）",
      "  Budget: {span:span}[ for {urgency}], {how:word}[ ({hours})][ (calendar {calendar})] "
      "({file}:{line})"}},
    {"quota",
     {"  次数：每 {span:span}[（{only:word}）][（日历 {calendar}）]至少 {minimum} 次、宜 {target} "
      "次有效联系，本窗口已有 {credited} 次（{file}:{line}）",
      "  Quota: at least {minimum} and preferably {target} contacts that count in every {span:span}[ "
      "({only:word})][ (calendar {calendar})], {credited} so far ({file}:{line})"}},
    {"window", {"  窗口：{from:time} 至 {to:time}", "  Window: {from:time} to {to:time}"}},
    {"promise",
     {"  承诺：由计划给出的时刻[，{who} 于 {stated_at:time} 给出]（{file}:{line}）",
      "  Promise: the time that was stated[ by {who} at {stated_at:time}] ({file}:{line})"}},
    {"counted", {"  计时：", "  Counted:"}},
    {"segment_open",
     {"    {day:day} {from:hour}–{to:end}，计 {counted_ms:length}，累计 {sum_ms:length}",
      "    {day:day} {from:hour}–{to:end}: {counted_ms:length}, in all {sum_ms:length}"}},
    {"segment_open_run",
     {"    {day:day} 至 {last_day:day}，{days} 个相同的日子，每天 {each_ms:length}，计 "
      "{counted_ms:length}，累计 "
      "{sum_ms:length}",
      "    {day:day} to {last_day:day}, {days} equal days of {each_ms:length}: {counted_ms:length}, in all "
      "{sum_ms:length}"}},
    {"segment_pause",
     {"    {from:time}–{to:time} 暂停（{cause}），不计",
      "    {from:time}–{to:time} paused ({cause}): not counted"}},
    {"segment_pause_moved",
     {"    {from:time}–{to:time} 暂停（{cause}），到期顺延 {moved_ms:length}",
      "    {from:time}–{to:time} paused ({cause}): the end moves by {moved_ms:length}"}},
    {"segment_paused_day",
     {"    {day:day}：下班时正暂停（{cause}），不计",
      "    {day:day}: paused at its closing ({cause}), not counted"}},
    {"segment_paused_day_run",
     {"    {day:day} 至 {last_day:day}：下班时正暂停（{cause}），不计",
      "    {day:day} to {last_day:day}: paused at their closings ({cause}), not counted"}},
    {"segment_pause_open",
     {"    {from:time} 起暂停（{cause}），不计", "    paused since {from:time} ({cause}): not counted"}},
    {"segment_start_day",
     {"    {day:day}：起算当日，不计", "    {day:day}: the day of the beginning, not counted"}},
    {"segment_working",
     {"    {day:day}：工作日[（{name}）]，累计 {sum} 个",
      "    {day:day}: working day[ ({name})], in all {sum}"}},
    {"segment_working_run",
     {"    {day:day} 至 {last_day:day}：{counted} 个工作日，累计 {sum} 个",
      "    {day:day} to {last_day:day}: {counted} working days, in all {sum}"}},
    {"segment_rest",
     {"    {day:day}：休息日[（{name}）]，不计", "    {day:day}: day of rest[ ({name})], not counted"}},
    {"segment_rest_run",
     {"    {day:day} 至 {last_day:day}：休息日[（{name}）]，不计",
      "    {day:day} to {last_day:day}: days of rest[ ({name})], not counted"}},
    {"segment_civil", {"    {day:day}：自然日，累计 {sum} 天", "    {day:day}: civil day, in all {sum}"}},
    {"segment_civil_run",
     {"    {day:day} 至 {last_day:day}：{counted} 天，累计 {sum} 天",
      "    {day:day} to {last_day:day}: {counted} days, in all {sum}"}},
    {"segment_month",
     {"    {day:day} 至 {last_day:day}：累计 {sum} 个月",
      "    {day:day} to {last_day:day}: in all {sum} months"}},
    {"due", {"  到期：{at:time}", "  Due: {at:time}"}},
    {"grace",
     {"  宽限：到 {at:time} 为止不算逾期（{file}:{line}）",
      "  Grace: until {at:time} it is no breach ({file}:{line})"}},
    {"extended", {"  延期：已批准延到 {at:time}", "  Extended: {at:time} was granted"}},
    {"provisional",
     {"  到期时刻为暂定：日历 {calendar} 的节假日只公布到更早的日期",
      "  The due time is provisional: the holidays of calendar {calendar} are known to an earlier day only"}},
    {"set_otherwise",
     {"  到期时刻是按当时的规则定的；按现行规则从起算重算应为 {at:time}",
      "  The due time was set by other rules; counted anew from the beginning by those in force it is "
      "{at:time}"}},
    {"used_ms",
     {"  截至 {at:time}：已计 {used_ms:about}，还剩 {left_ms:about}",
      "  By {at:time}: {used_ms:about} used, {left_ms:about} left"}},
    {"used_days",
     {"  截至 {at:time}：已过 {used} 个工作日，还剩 {left} 个",
      "  By {at:time}: {used} working days used, {left} left"}},
    {"left", {"  截至 {at:time}：距到期 {left_ms:about}", "  By {at:time}: {left_ms:about} to the due time"}},
    {"closed",
     {"  {at:time} 不在计时的时段内，钟停着，{opens_at:time} 继续",
      "  At {at:time} it is outside the hours that count; they go on at {opens_at:time}"}},
    {"paused",
     {"  暂停中[：{since:time} 起，{cause}][，还剩 {left_ms:about}][，还剩 {left} 个工作日]",
      "  Paused[ since {since:time}: {cause}][, {left_ms:about} left][, {left} working days left]"}},
    {"breached",
     {"  逾期：{at:time}[，{fired_at:time} 才发现，上报自那时起]",
      "  Missed: {at:time}[, found at {fired_at:time}, from when the ladder counts]"}},
    {"overdue", {"  截至 {at:time} 已超时 {over_ms:about}", "  By {at:time} it is {over_ms:about} late"}},
    {"withdrawn",
     {"  逾期已撤回：补录后查明当时并未超时",
      "  The breach was withdrawn: recorded late, but it was in time"}},
    {"met",
     {"  办结：{at:time}[，{what:word}][，{who} 登记][，超时 {over_ms:about}]",
      "  Met: {at:time}[, {what:word}][, recorded by {who}][, {over_ms:about} late]"}},
    {"cancelled", {"  取消：{at:time}", "  Cancelled: {at:time}"}},
    {"acknowledged",
     {"  有人已认领；只有写明 if not acknowledged 的各级因此不发",
      "  Acknowledged: somebody is at it; that stops only rungs that say `if not acknowledged`"}},
    {"slot",
     {"  第 {cycle} 轮第 {slot} 格：{at:time} 的第 {contact} 次联系（{channel}，{who}）",
      "  Cycle {cycle}, slot {slot}: contact {contact} of {at:time} ({channel}, {who})"}},
    {"slots_before", {"  另有更早的 {count} 格", "  and {count} slots before"}},
    /* steps */
    {"reminder",
     {"  提醒 {percent}%：[{at:time}，]{status:word}[：{to:people}]（{file}:{line}）",
      "  Reminder {percent}%: [{at:time}, ]{status:word}[: {to:people}] ({file}:{line})"}},
    {"reminder_before",
     {"  提醒，到期前 {left}：[{at:time}，]{status:word}[：{to:people}]（{file}:{line}）",
      "  Reminder {left} before: [{at:time}, ]{status:word}[: {to:people}] ({file}:{line})"}},
    {"rung",
     {"  上报第 {rung} 级：[{at:time}，]{status:word}[：{to:people}]（{file}:{line}）",
      "  Rung {rung}: [{at:time}, ]{status:word}[: {to:people}] ({file}:{line})"}},
    {"no_ladder",
     {"  逾期只记录，不通知任何人（{file}:{line}）",
      "  A breach is recorded and nobody is told ({file}:{line})"}},
    {"told_later", {"  {at:time} {step:word}：{to:people}", "  {at:time} {step:word}: {to:people}"}},
    /* by what it was judged */
    {"versions",
     {"  判据：规程 {regime}[ {policy}][，人员 {people}]，日历 {calendar}（{file}:{line}）",
      "  Judged by: regime {regime}[ {policy}][, people {people}], calendar {calendar} ({file}:{line})"}},
    {"judged",
     {"  {at:time} {type:word}[（{detail:word}）]，依据规程 {policy}、人员 {people}",
      "  {at:time} {type:word}[ ({detail:word})], by regime {policy}, people {people}"}},
    {"judged_otherwise",
     {"  {at:time} {type:word}[（{detail:word}）]，依据当时的规程 {policy}、人员 {people}，与现行不同",
      "  {at:time} {type:word}[ ({detail:word})], by regime {policy}, people {people}, which are not those "
      "in "
      "force"}},
    /* why somebody was not told: what each step came to (explain_why.c) */
    {"why_about",
     {"{number} 的通知与{name}[（{roles:list}）]，{at:time}",
      "Notices of {number} and {name}[ ({roles:list})], {at:time}"}},
    {"step_reminder", {"提醒 {number}%", "Reminder {number}%"}},
    {"step_reminder_before", {"提醒，到期前 {left}", "Reminder {left} before"}},
    {"step_rung", {"上报第 {number} 级", "Rung {number}"}},
    {"step_report", {"通报", "Report"}},
    {"report", {"通报（{report}）", "Report ({report})"}},
    {"why_told",
     {"  {step_title}：{at:time} 已通知{name}（{state:word}）[，因{stands_for_name}不在]（{file}:{line}）",
      "  {step_title}: {name} was told at {at:time} ({state:word})[, for {stands_for_name}, who was absent] "
      "({file}:{line})"}},
    {"why_quiet_hours",
     {"  {step_title}：在{name}的免打扰时段，压到 {ready_at:time}（{file}:{line}）",
      "  {step_title}: {name} has quiet hours; it is held until {ready_at:time} ({file}:{line})"}},
    {"why_budget",
     {"  {step_title}：{name}近来已收到足够多的通知，并入[ {ready_at:time} 的]汇总（{file}:{line}）",
      "  {step_title}: {name} was told enough for now; it waits for the digest[ of {ready_at:time}] "
      "({file}:{line})"}},
    {"why_downtime",
     {"  {step_title}：停机后才发现，补齐后并成一份汇总发给{name}（{file}:{line}）",
      "  {step_title}: found late; {name} gets one digest when the desk has caught up ({file}:{line})"}},
    {"why_release",
     {"  {step_title}：停机后积压太多，等人放行（dubanctl notice release）（{file}:{line}）",
      "  {step_title}: too much was found late; it waits to be released (dubanctl notice release) "
      "({file}:{line})"}},
    {"why_digest",
     {"  {step_title}：已在汇总通知 {into} 中告知{name}（{file}:{line}）",
      "  {step_title}: {name} was told in digest {into} ({file}:{line})"}},
    {"why_on_its_way",
     {"  {step_title}：给{name}的通知还在路上（{state:word}）[：{detail:word}]（{file}:{line}）",
      "  {step_title}: the notice to {name} is on its way ({state:word})[: {detail:word}] ({file}:{line})"}},
    {"why_not_delivered",
     {"  {step_title}：给{name}的通知没有送到（{state:word}）[：{detail:word}]（{file}:{line}）",
      "  {step_title}: the notice to {name} was not delivered ({state:word})[: {detail:word}] "
      "({file}:{line})"}},
    {"why_suppressed",
     {"  {step_title}：给{name}的通知没有发出[：{detail:word}]（{file}:{line}）",
      "  {step_title}: the notice to {name} was withheld[: {detail:word}] ({file}:{line})"}},
    {"why_by_then",
     {"  {step_title}：若此后再无登记，{at:time} 会通知{name}（{file}:{line}）",
      "  {step_title}: if nothing more is recorded, {name} is told at {at:time} ({file}:{line})"}},
    {"why_state",
     {"  {step_title}：给{name}的通知：{state:word}[（{detail:word}）]（{file}:{line}）",
      "  {step_title}: the notice to {name}: {state:word}[ ({detail:word})] ({file}:{line})"}},
    {"why_left",
     {"  {name}已离开公司，不再收到任何通知", "  {name} has left the company and is told nothing any more"}},
    {"why_other_tickets",
     {"  这个时限不管这样的问题单（{class}、{urgency}）（{file}:{line}）",
      "  Tickets like this one ({class}, {urgency}) do not have this clock ({file}:{line})"}},
    {"why_other_urgency",
     {"  {step_title}：紧急度“{urgency}”的问题单不通报任何人（{file}:{line}）",
      "  {step_title}: nobody is told of tickets of urgency {urgency} ({file}:{line})"}},
    {"why_other_list",
     {"  另一张阶梯表[（{list:list}）]的第 {number} 级会通知此人，但本单不属于它（{file}:{line}）",
      "  Rung {number} of another list[ ({list:list})] would tell them, but this ticket is not of those "
      "({file}:{line})"}},
    {"why_not_meant",
     {"  {step_title}：通知的是{wanted:list}；{name}是{roles:list}（{file}:{line}）",
      "  {step_title}: it tells {wanted:list}; {name} is {roles:list} ({file}:{line})"}},
    {"why_other_department",
     {"  {step_title}：通知的是{department}的{role_title}；{name}属于{own_department}（{file}:{line}）",
      "  {step_title}: it tells the {role_title} of {department}; {name} belongs to {own_department} "
      "({file}:{line})"}},
    {"why_other_handler",
     {"  {step_title}：通知的是本单的{role_title}[{handler}]，不是{name}（{file}:{line}）",
      "  {step_title}: it tells the {role_title} of this ticket[, {handler}], not {name} ({file}:{line})"}},
    {"why_only_deputy",
     {"  {step_title}：{name}只是代理；{holder}在，通知的是{holder}（{file}:{line}）",
      "  {step_title}: {name} is only the deputy; {holder} is there, {holder} is told ({file}:{line})"}},
    {"why_later_choice",
     {"  {step_title}：排在{name}前面的已有人可通知：{to:people}（{file}:{line}）",
      "  {step_title}: somebody who comes before {name} can be told: {to:people} ({file}:{line})"}},
    {"why_history",
     {"  {step_title}：正在补录历史，不通知任何人（{file}:{line}）",
      "  {step_title}: history is being imported, nobody is told ({file}:{line})"}},
    {"why_waiting",
     {"  {step_title}：尚未起算，等待{start:word}（{file}:{line}）",
      "  {step_title}: not begun, it waits for {start:word} ({file}:{line})"}},
    {"why_met",
     {"  {step_title}：{ended_at:time} 已办，不必再通知（{file}:{line}）",
      "  {step_title}: it was met at {ended_at:time} ({file}:{line})"}},
    {"why_cancelled",
     {"  {step_title}：{ended_at:time} 已取消（{file}:{line}）",
      "  {step_title}: it was cancelled at {ended_at:time} ({file}:{line})"}},
    {"why_paused",
     {"  {step_title}：时限正暂停[（{cause}）]（{file}:{line}）",
      "  {step_title}: the clock is paused[ ({cause})] ({file}:{line})"}},
    {"why_enough",
     {"  {step_title}：次数已够，不提醒（{file}:{line}）",
      "  {step_title}: there were contacts enough ({file}:{line})"}},
    {"why_waived",
     {"  {step_title}：已有人认领，这一级不发（{file}:{line}）",
      "  {step_title}: somebody has acknowledged, which waives this rung ({file}:{line})"}},
    {"why_absent_alone",
     {"  {step_title}：{name}不在，也没有人代（{file}:{line}）",
      "  {step_title}: {name} is absent, and nobody stands in ({file}:{line})"}},
    {"why_absent",
     {"  {step_title}：{name}不在，由{deputy}代收（{file}:{line}）",
      "  {step_title}: {name} is absent; {deputy} is told instead ({file}:{line})"}},
    {"why_not_yet",
     {"  {step_title}：还没到时候；若仍未办，{at:time} 通知{name}（{file}:{line}）",
      "  {step_title}: not yet; if it is not met, {name} is told at {at:time} ({file}:{line})"}},
    {"why_overtaken",
     {"  {step_title}：已被后面的取代，未发给任何人（{file}:{line}）",
      "  {step_title}: overtaken by a later one, sent to nobody ({file}:{line})"}},
    {"why_not_happened",
     {"  {step_title}：还没有发生：{start:word}（{file}:{line}）",
      "  {step_title}: this has not happened: {start:word} ({file}:{line})"}},
    {"why_for_others",
     {"  {step_title}：当时通知了{to:people}；{name}那时不在其列（{file}:{line}）",
      "  {step_title}: it told {to:people}; {name} was not among them then ({file}:{line})"}},
    {"why_told_nobody",
     {"  {step_title}：当时没有通知任何人（{file}:{line}）",
      "  {step_title}: it told nobody ({file}:{line})"}},
    {"why_unknown",
     {"  {step_title}：按规则应当通知{name}，却没有通知的记录；请查日志（{file}:{line}）",
      "  {step_title}: by the rules {name} should have a notice and has none; look at the log "
      "({file}:{line})"}},
    /* why a notice went out (explain_notice.c) */
    {"notice_rung",
     {"通知 {notice}：{number}，上报第 {number_of} 级[（第 {time} 次）]，给{name}，{at:time}",
      "Notice {notice}: {number}, rung {number_of}[ (time {time})], to {name}, {at:time}"}},
    {"notice_reminder",
     {"通知 {notice}：{number}，提醒 {number_of}%，给{name}，{at:time}",
      "Notice {notice}: {number}, reminder {number_of}%, to {name}, {at:time}"}},
    {"notice_all_clear",
     {"通知 {notice}：{number}，解除通知，给{name}，{at:time}",
      "Notice {notice}: {number}, all-clear, to {name}, {at:time}"}},
    {"notice_withdrawal",
     {"通知 {notice}：{number}，撤回通知，给{name}，{at:time}",
      "Notice {notice}: {number}, withdrawal, to {name}, {at:time}"}},
    {"notice_report",
     {"通知 {notice}：{number}，通报（{clock}），给{name}，{at:time}",
      "Notice {notice}: {number}, report ({clock}), to {name}, {at:time}"}},
    {"notice_replaced",
     {"通知 {notice}：{number}，承诺更换通知，给{name}，{at:time}",
      "Notice {notice}: {number}, another promise, to {name}, {at:time}"}},
    {"notice_digest",
     {"通知 {notice}：汇总，给{name}，{at:time}", "Notice {notice}: digest, to {name}, {at:time}"}},
    {"notice_test",
     {"通知 {notice}：测试，给{name}，{at:time}", "Notice {notice}: test, to {name}, {at:time}"}},
    {"notice_held",
     {"  压着：{hold:word}[，到 {ready_at:time}]", "  Held: {hold:word}[, until {ready_at:time}]"}},
    {"notice_digested", {"  已在汇总通知 {into} 中告知", "  Told in digest {into}"}},
    {"notice_other", {"通知 {notice}：给{name}，{at:time}", "Notice {notice}: to {name}, {at:time}"}},
    {"notice_clock",
     {"  事由：{title}（{clock}）第 {cycle} 轮[，应于 {due_at:time} 前办][，{judged_at:time} "
      "判定逾期][（{detail:word}）]",
      "  About: {title} ({clock}), cycle {cycle}[, due {due_at:time}][, judged missed at {judged_at:time}][ "
      "({detail:word})]"}},
    {"notice_rule", {"  规则：{file}:{line}  {text}", "  Rule: {file}:{line}  {text}"}},
    {"notice_holder", {"  收件人：{name}[，时任{role_title}]", "  Told: {name}[, {role_title} then]"}},
    {"notice_deputy",
     {"  收件人：{name}，代当时不在的{stands_for_name}[（{role_title}）]",
      "  Told: {name}, for {stands_for_name}[ ({role_title})], who was absent then"}},
    {"notice_reason", {"  当时所记的理由：{reason}", "  As recorded then: {reason}"}},
    {"notice_course",
     {"  {at:time} {state:word}[：{detail:word}]", "  {at:time} {state:word}[: {detail:word}]"}},
    {"notice_judged", {"  依据规程 {policy}、人员 {people}", "  By regime {policy}, people {people}"}},
    {"notice_judged_otherwise",
     {"  依据当时的规程 {policy}、人员 {people}；现行的已不同，上面的行号是现行文件的",
      "  By regime {policy}, people {people}; those in force are others, and so may be the line above"}},
    {"ticket_at", {"{number}，{at:time} 的情形", "{number}, as of {at:time}"}},
    {"ticket_then",
     {"{number}，若此后再无登记，{at:time} 的情形",
      "{number}, as it will be at {at:time} if nothing more is recorded"}},
    {"rebuilt",
     {"（由日志重建，依据规程 {regime} {policy}；时限在此都准时判定，即使守护进程当时不在）",
      "(rebuilt from the journal by regime {regime} {policy}; limits are judged on time here, even if the "
      "daemon was "
      "away then)"}},
    {"rebuilt_otherwise",
     {"（注意：该问题单的登记当时依据的是手头没有的规程版本 {others:list}，结果可能与当时不同）",
      "(mind: this ticket's records were judged by versions of the regime that are not at hand, "
      "{others:list}; the "
      "result may differ from what was)"}},
    {"no_clocks", {"没有时限", "No clocks"}},
    {"without_cold",
     {"（只据内存：未读联系记录与通知）", "(from memory only: contacts and notices were not read)"}},
};

#define SENTENCES (sizeof(sentences) / sizeof(sentences[0]))

const char *explain_words_row(size_t index, const char *ret_sentences[LANGUAGE_COUNT])
{
    if (index >= SENTENCES)
        return NULL;
    memcpy(ret_sentences, sentences[index].sentence, sizeof(sentences[index].sentence));
    return sentences[index].fact;
}

/* ---- single words ---- */

static const struct {
    const char *code;
    const char *word[LANGUAGE_COUNT];
} words[] = {
    /* states of clocks */
    {"waiting", {"未起算", "waiting"}},
    {"running", {"计时中", "running"}},
    {"paused", {"暂停", "paused"}},
    {"breached", {"已逾期，尚未办", "breached"}},
    {"met", {"已办", "met"}},
    {"cancelled", {"已取消", "cancelled"}},
    /* happenings, and the methods by which they are recorded */
    {"received", {"受理", "receipt of the ticket"}},
    {"assigned", {"移交", "hand-over"}},
    {"plan", {"作出计划", "a plan"}},
    {"contact", {"有效联系客户", "a contact that counts"}},
    {"solved", {"问题解决", "the solution"}},
    {"closed", {"关闭", "closing"}},
    {"reopened", {"重新受理", "reopening"}},
    {"step", {"完成步骤", "a step that was done"}},
    {"signed", {"签字", "a signature"}},
    {"asked", {"提出申请", "a request for approval"}},
    {"decided", {"作出审批", "a decision on a request"}},
    {"acknowledged_breach", {"认领", "an acknowledgement"}},
    {"occurred", {"问题发生", "the problem itself"}},
    {"stage", {"进入阶段", "coming to a stage"}},
    {"quiet hours", {"免打扰时段", "quiet hours"}},
    {"budget", {"通知已够多", "told enough for now"}},
    {"downtime", {"停机后才发现", "found late"}},
    {"release", {"等人放行", "waits to be released"}},
    {"satisfaction", {"记录满意度", "the customer's satisfaction"}},
    /* how a budget counts */
    {"how_real", {"连续计时", "counted without a break"}},
    {"how_business", {"只计工作时间", "counted in office hours"}},
    {"how_customer", {"只计客户有人值守的时间", "counted while the customer is staffed"}},
    {"how_working_days", {"按工作日", "counted in working days"}},
    {"how_working_day_at", {"工作日的定时", "a time on a working day"}},
    {"how_day_at", {"自然日的定时", "a time on a civil day"}},
    {"how_days", {"按自然日", "counted in civil days"}},
    {"only_working_days", {"只限工作日", "working days only"}},
    {"how_months", {"按自然月", "counted in months"}},
    /* steps */
    {"done", {"已发", "done"}},
    {"to_come", {"待发", "to come"}},
    {"by_then", {"届时已发", "done by then"}},
    {"not_needed", {"不需要了", "not needed any more"}},
    {"overtaken", {"已被后面的取代，未发给任何人", "overtaken: sent to nobody"}},
    {"when_resumed", {"恢复计时后再定", "when it runs again"}},
    {"waived", {"已有人认领，不发", "waived: somebody has acknowledged"}},
    {"nobody", {"无人可通知，立即转下一级", "nobody can be told: the next rung at once"}},
    {"nobody_to_remind", {"无人可提醒", "nobody to remind"}},
    {"reminder", {"提醒", "reminder"}},
    {"rung", {"上报", "escalation"}},
    {"all_clear", {"解除通知", "all-clear"}},
    {"withdrawal", {"撤回通知", "withdrawal"}},
    {"report", {"受理通报", "report"}},
    /* what became of a notice */
    {"queued", {"待送", "queued"}},
    {"attempting", {"正在送", "being sent"}},
    {"accepted", {"已送出", "sent"}},
    {"deferred", {"未送达，将重试", "deferred: tried again"}},
    {"refused", {"被拒收", "refused"}},
    {"failed", {"送不出去", "failed"}},
    {"suppressed", {"未发", "withheld"}},
    {"acknowledged", {"已认领", "acknowledged"}},
    {"held", {"压着待发", "held"}},
    {"ready", {"待送", "ready"}},
    {"claimed", {"正在送", "being sent"}},
    {"delivered", {"已送达", "delivered"}},
    {"bounced", {"被退回", "bounced"}},
    {"coalesced", {"已并入汇总", "put into a digest"}},
    /* why a notice was not sent, as it is recorded */
    {"imported history", {"补录的历史", "imported history"}},
    {"met before it was sent", {"发出之前已办", "met before it was sent"}},
    {"it was in time", {"查明当时未逾期", "it was in time"}},
    {"the clock began again", {"时限重新起算", "the clock began again"}},
    {"a contact was made", {"已联系客户", "a contact was made"}},
    {"the limit has passed", {"时限已过", "the limit has passed"}},
    {"the window has ended", {"窗口已结束", "the window has ended"}},
    {"its reason is gone", {"事由已不存在", "its reason is gone"}},
    {"overtaken in quiet hours", {"免打扰时段结束前时限已过", "overtaken in quiet hours"}},
    {"its reader has left", {"收件人已离职", "its reader has left"}},
    {"found late", {"停机后才发现", "found late"}},
    {"no longer applies", {"不再适用", "no longer applies"}},
    {"ticket closed", {"问题单已关闭", "ticket closed"}},
    /* verdicts */
    {"clock.breached", {"判定逾期", "judged missed"}},
    {"clock.reminded", {"提醒", "reminded"}},
    {"clock.shortfall", {"次数不足宜有数", "fewer than preferred"}},
    {"ladder.rung", {"上报", "a rung of the ladder"}},
    {"on time", {"准时", "on time"}},
    {"found late", {"迟后发现", "found late"}},
    {"nobody to remind", {"无人可提醒", "nobody to remind"}},
};

#define WORDS (sizeof(words) / sizeof(words[0]))

const char *explain_words_of(const struct wording *wording, const char *code)
{
    for (size_t i = 0; i < WORDS; i++)
        if (strcmp(words[i].code, code) == 0)
            return words[i].word[wording->language];
    return code;
}

const char *explain_words_half(const struct wording *wording, const char *title)
{
    const char *bar = title ? strstr(title, " | ") : NULL;

    if (!bar)
        return title;
    return wording->language == LANGUAGE_EN ? bar + 3
                                            : arena_bytes(wording->arena, title, (size_t)(bar - title));
}

/* ---- forms ---- */

static bool is_chinese(const struct wording *wording)
{
    return wording->language == LANGUAGE_ZH;
}

static bool instant_of(const json_t *value, msec *ret_at)
{
    const char *text = json_string_value(value);

    return text && instant_parse(text, ret_at) == INSTANT_OK;
}

/* Seconds and milliseconds only when there are some; milliseconds only where times are added up. */
static void add_hour(struct text *out, const struct civil *civil, msec at)
{
    int milliseconds = (int)((at % MSEC_SECOND + MSEC_SECOND) % MSEC_SECOND);

    text_printf(out, "%02d:%02d", civil->hour, civil->minute);
    if (civil->second || milliseconds)
        text_printf(out, ":%02d", civil->second);
    if (milliseconds)
        text_printf(out, ".%03d", milliseconds);
}

static void form_time(const struct wording *wording, const json_t *value, struct text *out)
{
    msec at;

    if (!instant_of(value, &at))
        return;
    struct civil civil = zone_civil(wording->zone, at);

    text_printf(out, "%04d-%02d-%02d %02d:%02d", civil.year, civil.month, civil.day, civil.hour,
                civil.minute);
    if (civil.second)
        text_printf(out, ":%02d", civil.second);
}

static void form_hour(const struct wording *wording, const json_t *value, struct text *out)
{
    msec at;

    if (!instant_of(value, &at))
        return;
    struct civil civil = zone_civil(wording->zone, at);

    add_hour(out, &civil, at);
}

/* A stretch that ends at midnight ends at 24:00 of its day. */
static void form_end(const struct wording *wording, const json_t *value, struct text *out)
{
    msec at;

    if (!instant_of(value, &at))
        return;
    if (zone_day_start(wording->zone, zone_day(wording->zone, at)) == at)
        text_add(out, "24:00");
    else
        form_hour(wording, value, out);
}

static void form_day(const struct wording *wording, const json_t *value, struct text *out)
{
    static const char *const weekdays[7][LANGUAGE_COUNT] = {
        {"周一", "Mon"}, {"周二", "Tue"}, {"周三", "Wed"}, {"周四", "Thu"},
        {"周五", "Fri"}, {"周六", "Sat"}, {"周日", "Sun"},
    };
    const char *date = json_string_value(value);
    int64_t day;

    if (date && civil_parse_date(date, &day))
        text_printf(out, "%s %s", date, weekdays[civil_weekday(day)][wording->language]);
}

/* Milliseconds, to the last one: what is added up must add up for the reader, too. */
static void form_length(const struct wording *wording, const json_t *value, struct text *out)
{
    static const struct {
        int64_t unit, limit;
        const char *word[LANGUAGE_COUNT];
    } parts[] = {
        {MSEC_HOUR, INT64_MAX, {"小时", " h"}},
        {MSEC_MINUTE, 60, {"分", " min"}},
        {MSEC_SECOND, 60, {"秒", " s"}},
        {1, 1000, {"毫秒", " ms"}},
    };
    int64_t length = json_integer_value(value);
    size_t before = out->length;

    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        int64_t count = length / parts[i].unit % parts[i].limit;

        if (count)
            text_printf(out, "%s%" PRId64 "%s", out->length > before && !is_chinese(wording) ? " " : "",
                        count, parts[i].word[wording->language]);
    }
    if (out->length == before)
        text_add(out, is_chinese(wording) ? "0分" : "0 min");
}

/* To the minute; to the second when it is short. */
static void form_about(const struct wording *wording, const json_t *value, struct text *out)
{
    int64_t length = json_integer_value(value);
    json_t *rounded = json_integer(length - length % (length >= MSEC_HOUR ? MSEC_MINUTE : MSEC_SECOND));

    form_length(wording, rounded, out);
    json_decref(rounded);
}

/* A budget as the regime has it: 8bh, 3wd. */
static void form_span(const struct wording *wording, const json_t *value, struct text *out)
{
    static const char *const one[][LANGUAGE_COUNT] = {
        [SPAN_REAL] = {"", ""},
        [SPAN_BUSINESS] = {"工作时间", " of office time"},
        [SPAN_WORKING_DAYS] = {" 个工作日", " working day"},
        [SPAN_DAYS] = {" 天", " day"},
        [SPAN_MONTHS] = {" 个月", " month"},
        [SPAN_WORKING_DAY_AT] = {" 个工作日后的", " working day later at"},
        [SPAN_DAY_AT] = {" 天后的", " day later at"},
    };
    static const char *const units[][LANGUAGE_COUNT] = {
        [SPAN_REAL] = {"", ""},
        [SPAN_BUSINESS] = {"工作时间", " of office time"},
        [SPAN_WORKING_DAYS] = {" 个工作日", " working days"},
        [SPAN_DAYS] = {" 天", " days"},
        [SPAN_MONTHS] = {" 个月", " months"},
        [SPAN_WORKING_DAY_AT] = {" 个工作日后的", " working days later at"},
        [SPAN_DAY_AT] = {" 天后的", " days later at"},
    };
    const char *text = json_string_value(value);
    struct span span;

    if (!text || span_parse(text, &span) != SPAN_OK)
        return;
    if (span.unit == SPAN_REAL || span.unit == SPAN_BUSINESS) {
        json_t *length = json_integer(span.amount);

        form_length(wording, length, out);
        json_decref(length);
    } else {
        text_printf(out, "%" PRId64, span.amount);
    }
    text_add(out, (span.amount == 1 ? one : units)[span.unit][wording->language]);
    if (span_is_instant(span))
        text_printf(out, " %02d:%02d", span.minute / 60, span.minute % 60);
}

static void form_word(const struct wording *wording, const json_t *value, struct text *out)
{
    if (json_is_string(value))
        text_add(out, explain_words_of(wording, json_string_value(value)));
}

static void form_list(const struct wording *wording, const json_t *value, struct text *out)
{
    const json_t *item;
    size_t index;

    json_array_foreach(value, index, item) text_printf(out, "%s%s",
                                                       index == 0            ? ""
                                                       : is_chinese(wording) ? "、"
                                                                             : ", ",
                                                       json_string_value(item));
}

static const char *member(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));

    return text && *text ? text : NULL;
}

/* 张伟（问题办理专员）, 李雷（代孙丽，部门负责人）. */
static void add_person(const struct wording *wording, const json_t *person, struct text *out)
{
    const char *name = member(person, "name"), *role = member(person, "role_title");
    const char *absent = member(person, "stands_for_name"), *state = member(person, "state");

    text_add(out, name ? name : member(person, "person"));
    text_add(out, is_chinese(wording) ? "（" : " (");
    if (role)
        text_add(out, role);
    if (absent)
        text_printf(out, is_chinese(wording) ? "，代不在的%s" : ", for %s, who is absent", absent);
    if (state)
        text_printf(out, is_chinese(wording) ? "，%s" : ", %s", explain_words_of(wording, state));
    text_add(out, is_chinese(wording) ? "）" : ")");
}

static void form_people(const struct wording *wording, const json_t *value, struct text *out)
{
    const json_t *person;
    size_t index;

    json_array_foreach(value, index, person)
    {
        if (index)
            text_add(out, is_chinese(wording) ? "、" : ", ");
        add_person(wording, person, out);
    }
}

static const struct {
    const char *name;
    void (*write)(const struct wording *wording, const json_t *value, struct text *out);
} forms[] = {
    {"time", form_time}, /* 2026-03-02 09:00 */
    {"hour", form_hour}, /* 09:00 */
    {"end", form_end},   /* 24:00 */
    {"day", form_day},   /* 2026-03-02 周一 */
    {"length", form_length}, {"about", form_about}, {"span", form_span},
    {"word", form_word},     {"list", form_list},   {"people", form_people},
};

static void write_plain(const json_t *value, struct text *out)
{
    if (json_is_string(value))
        text_add(out, json_string_value(value));
    else if (json_is_integer(value))
        text_printf(out, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
}

/* ---- filling in ---- */

static bool is_there(const json_t *value)
{
    return value && !json_is_null(value) && !(json_is_string(value) && json_string_length(value) == 0) &&
           !(json_is_array(value) && json_array_size(value) == 0);
}

/* `{member:form}` at `*cursor`; false: the member is missing. */
static bool fill(const struct wording *wording, const json_t *fact, const char **cursor, struct text *out)
{
    const char *name = *cursor + 1, *end = strchr(name, '}');
    const char *colon = memchr(name, ':', (size_t)(end - name));
    const json_t *value = json_object_getn(fact, name, (size_t)((colon ? colon : end) - name));

    *cursor = end + 1;
    if (!is_there(value))
        return false;
    if (!colon) {
        write_plain(value, out);
        return true;
    }
    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
        if (strlen(forms[i].name) == (size_t)(end - colon - 1) &&
            memcmp(forms[i].name, colon + 1, (size_t)(end - colon - 1)) == 0)
            forms[i].write(wording, value, out);
    return true;
}

/* What stands in brackets, all or nothing. */
static void fill_optional(const struct wording *wording, const json_t *fact, const char **cursor,
                          struct text *out)
{
    struct text part = {0};
    bool is_whole = true;

    for (++*cursor; **cursor != ']';) {
        if (**cursor == '{')
            is_whole &= fill(wording, fact, cursor, &part);
        else
            text_append(&part, (*cursor)++, 1);
    }
    ++*cursor;
    if (is_whole)
        text_add(out, text_get(&part));
    text_finish(&part);
}

static const char *write_sentence(const struct wording *wording, const char *sentence, const json_t *fact)
{
    struct text out = {0};

    while (*sentence) {
        if (*sentence == '{')
            fill(wording, fact, &sentence, &out);
        else if (*sentence == '[')
            fill_optional(wording, fact, &sentence, &out);
        else
            text_append(&out, sentence++, 1);
    }
    const char *line = arena_text(wording->arena, text_get(&out));

    text_finish(&out);
    return line;
}

const char *explain_words_sentence(const struct wording *wording, const json_t *fact)
{
    const char *name = json_string_value(json_object_get(fact, "fact"));

    for (size_t i = 0; name && i < SENTENCES; i++)
        if (strcmp(sentences[i].fact, name) == 0)
            return write_sentence(wording, sentences[i].sentence[wording->language], fact);
    return NULL;
}
