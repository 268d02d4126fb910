/*
 * The words of lint's findings in Chinese.
 *
 * Used by lint_find(), whose callers write English: the sentence stands beside the check that needs it, and
 * its translation here, by the sentence itself. A check without a row speaks English to everybody, which the
 * test of lint finds. Positions (%2$s) let Chinese put things in its own order.
 */
#include "lib/lint_words.h"

#include <stddef.h>
#include <string.h>

static const struct {
    const char *english, *chinese;
} rows[] = {
    {"ladder %s: nobody can be told on rung %zu in department %s",
     "阶梯 %1$s：部门 %3$s 的第 %2$zu 级无人可通知"},
    {"clock %s: while no handler is named, nobody is reminded in department %s",
     "时限 %s：未指定办理人时，部门 %s 无人可提醒"},
    {"%s: there is no person %s", "%s：没有 %s 这个人"},
    {"nobody holds the role %s", "没有人担任角色 %s"},
    {"gate '%s': nobody holds a role that could open it", "关口“%s”：没有人担任能打开它的角色"},
    {"person %s has no role", "人员 %s 没有角色"},
    {"person %s: nobody stands in on the first day of an absence", "人员 %s：不在的第一天没有人代理"},
    {"clock %s counts business time by a calendar that never closes%s%s",
     "时限 %s 按工作时间计，用的却是从不休息的日历%s%s"},
    {"the holidays of calendar %s end within 60 days", "日历 %s 的节假日 60 天内到头"},
    {"department %s has a calendar, and no clock counts by it (calendar = department)",
     "部门 %s 有日历，却没有时限用它（calendar = department）"},
    {"clock %s counts by the department's calendar, and no department has one of its own",
     "时限 %s 按部门的日历计，却没有一个部门有自己的日历"},
    {"template %s: {%s} is masked for everybody who gets it", "模板 %s：{%s} 对所有收件人都被遮盖"},
    {"template %s: customers are not shown {%s}", "模板 %s：客户看不到 {%s}"},
    {"nobody has an address in %s", "没有人的地址在 %s"},
    {"role %s is quiet outside hours that never end: it needs a calendar",
     "角色 %s 在工作时间以外免打扰，但其工作时间全天不断：需要一个日历"},
    {"clock %s stops by what starts it (%s)", "时限 %s 一起算就停（%s）"},
    {"clock %s watches what %s watches, for some of the same tickets",
     "时限 %s 与 %s 对一部分问题单管的是同一件事"},
    {"clock %s tells nobody: neither reminders nor a ladder", "时限 %s 不通知任何人：既无提醒也无阶梯"},
    {"clock %s: %s has more time than %s (urgencies rise in the file)",
     "时限 %s：%s 的时间比 %s 还多（紧急度在文件中由低到高）"},
    {"clock %s: for %s it reminds before it begins", "时限 %s：对 %s，提醒时刻早于起点"},
    {"clock %s: %u contacts do not fit into a window with the spacing of [contact]",
     "时限 %s：按 [contact] 的间隔，一个窗口容不下 %u 次联系"},
    {"clock %s: nobody holds a role that could stop it (%s)", "时限 %s：没有人担任能使它办结的角色（%s）"},
    {"no clock climbs ladder %s", "没有时限用阶梯 %s"},
    {"ladder %s: rung %zu fires no later than the rung below it", "阶梯 %s：第 %zu 级不比它下面一级晚"},
    {"ladder %s: rung %zu waits longer than the whole limit again", "阶梯 %s：第 %zu 级等得比整个时限还久"},
    {"ladder %s: rung %zu tells only people the rung below has just told",
     "阶梯 %s：第 %zu 级只通知下面一级刚通知过的人"},
    {"ladder %s: rung %zu is never told again, because rung %zu fires first",
     "阶梯 %s：第 %zu 级永远不会重发，因为第 %zu 级先到"},
    {"ladder %s: rung %zu fires with the breach, which nobody can have acknowledged by then",
     "阶梯 %s：第 %zu 级随逾期即发，那时不可能已有人认领"},
    {"route %s: no ticket takes it: no class has such tickets, or other routes fit them better",
     "去向 %s：没有问题单会走它：没有这样的类别，或别的去向更贴切"},
    {"route %s: nobody holds the role %s in department %s", "去向 %1$s：部门 %3$s 没有人担任角色 %2$s"},
    {"route %s: nobody tells the supporting departments (to = supporting.ROLE)",
     "去向 %s：没有人通知协办部门（to = supporting.ROLE）"},
    {"type %s has no route to a department", "类型 %s 没有指定部门"},
    {"type %s belongs to no class", "类型 %s 不属于任何类别"},
    {"class %s has no types", "类别 %s 没有类型"},
    {"no clock starts at the intake of class %s, urgency %s",
     "类别 %s、紧急度 %s 的问题单受理时没有任何时限起算"},
    {"nothing leads to stage %s", "没有办法到达阶段 %s"},
    {"class %s: nothing leads to its stage %s", "类别 %s：没有办法到达它的阶段 %s"},
    {"stage %s: nobody holds a role that may move there", "阶段 %s：没有人担任能转到该阶段的角色"},
    {"pause %s: nobody holds a role that may pause for it", "暂停 %s：没有人担任能为此暂停的角色"},
    {"no clock stops for the pause %s", "没有时限为 %s 暂停"},
    {"clock %s never pauses: what is owed at a named time does not move",
     "时限 %s 从不暂停：约定在某一时刻的事不因暂停推迟"},
    {"schedule %s never runs again (%s)", "日程 %s 再也不会运行（%s）"},
    {"schedule %s counts working days by a calendar that knows no rest day",
     "日程 %s 按工作日计，用的却是没有休息日的日历"},
    {"schedule %s: nobody can be told by it", "日程 %s：它的邮件无人可通知"},
    {"template %s is missing in a language people read (%s)", "模板 %s 缺少有人阅读的语言（%s）"},
};

const char *lint_words(const char *english, enum language language)
{
    for (size_t i = 0; language == LANGUAGE_ZH && i < sizeof(rows) / sizeof(rows[0]); i++)
        if (strcmp(rows[i].english, english) == 0)
            return rows[i].chinese;
    return english;
}
