#!/usr/bin/env python3
"""Printed forms: the record behind a page on a real daemon, pages and PDF by dubanctl, nothing cut, nothing reached.

Usage: test_form.py BUILD_DIR [NAME...]

What needs Chromium or poppler says `skip` where they are not.
"""
import html.parser
import json
import os
import pathlib
import pwd
import re
import shutil
import subprocess
import time

import duban as system
from duban import Skip, a_ticket, instant, main, same

HOUR = 3600
DETAILS = "导出月报时系统无响应，\n屏幕显示“内存不足 <OOM> & 0x8007000E”。\n已重启两次，仍不能导出。"
RESULT = "已升级到 3.2.2，\n月报可导出，客户已确认。"
LONG = "每天上午九点整，门诊收费窗口同时登录后约十分钟，界面开始变慢，随后提示“连接已断开”。"
# ---- a case with everything, and a long one ----


def speak(client, person, method, **params):
    """One call in somebody's name."""
    return client.call(method, on_behalf_of=person, **params)


def file_case(client, days, **changes):
    """A complaint received so many days ago, worked on until it was closed; its number."""
    ago = lambda hours: instant(hours * HOUR - days * 24 * HOUR)  # noqa: E731
    params = a_ticket(**{"class": "complaint", "type": "product_maintenance", "urgency": "urgent", "channel": "email",
                         "customer": {"name": "深圳市海港医院"},
                         "contact": {"name": "李雷", "phone": "13812345678", "fax": "0755-5550102", "email": "li.lei@hospital.example"},
                         "subject": "月报无法导出", "details": DETAILS, "attachments": ["客户来函.pdf", "截图 1.png"],
                         "received_at": ago(0), **changes})
    ticket = speak(client, "chen.jie", "ticket.create", **params)["ticket"]
    contact = dict(ticket=ticket, channel="phone", direction="out", reached=True)
    speak(client, "zhao.min", "contact.record", kind="apology", at=ago(1), note="向客户致歉，说明处理安排", **contact)
    speak(client, "chen.jie", "ticket.assign", ticket=ticket, department="project_management", handler="zhang.wei", at=ago(1))
    return ticket, contact, ago


def finish_case(client, ticket, contact, ago):
    speak(client, "wang.fang", "ticket.plan", ticket=ticket, expected_at=instant(48 * HOUR), measures="第一步：扩大内存；第二步：补丁 3.2.1。")
    speak(client, "zhang.wei", "contact.record", kind="progress", at=ago(5), note="告知已定位到导出模块", **contact)
    speak(client, "chen.jie", "progress.add", ticket=ticket, at=ago(6), degree="已定位原因", note="导出时未分页", **{"from": ago(2), "to": ago(6)})
    speak(client, "wang.fang", "ticket.plan", ticket=ticket, expected_at=instant(72 * HOUR), measures="补丁 3.2.2，现场升级。")


def a_case(client, days=2):
    ticket, contact, ago = file_case(client, days)
    finish_case(client, ticket, contact, ago)
    return ticket


def a_long_case(client, entries=60):
    """A record of several pages."""
    ticket, contact, ago = file_case(client, 20, details="\n".join(f"{i}. {LONG}" for i in range(1, 61)),
                                     subject="客户端频繁断线" * 5)
    for i in range(entries):
        speak(client, "chen.jie", "progress.add", ticket=ticket, at=ago(3 + 2 * i), degree=f"完成 {i + 1}/{entries}",
              note=f"第 {i + 1} 次督办：" + LONG, **{"from": ago(2 + 2 * i), "to": ago(3 + 2 * i)})
        speak(client, "zhang.wei", "contact.record", kind="progress", at=ago(3 + 2 * i), note=f"第 {i + 1} 次通报进展", **contact)
    finish_case(client, ticket, contact, ago)
    return ticket


def a_solved_case(client):
    """What the feedback record shows besides: result, both signatures, the customer's opinion."""
    ticket = a_case(client)
    contact = dict(ticket=ticket, channel="phone", direction="out", reached=True)
    speak(client, "zhang.wei", "ticket.solve", ticket=ticket, result=RESULT)
    speak(client, "zhang.wei", "sign", ticket=ticket, signature="responsible")
    speak(client, "wang.fang", "sign", ticket=ticket, signature="department_opinion", note="同意，措施有效，已列入培训。")
    speak(client, "zhao.min", "contact.record", kind="result", note="亲自告知结果", **contact)
    speak(client, "chen.jie", "contact.record", kind="satisfaction", note="客户表示满意，希望以后提前通知升级", **contact)
    speak(client, "chen.jie", "ticket.close", ticket=ticket)
    return ticket


def regime_of(name):
    """A shipped regime and the people who go with it, as options of world.duban()."""
    return {"regime": (system.ROOT / f"etc/regimes/{name}.ini").read_text(encoding="utf-8"),
            "people": (system.ROOT / f"tests/scenario/people/{name}.ini").read_text(encoding="utf-8")}


DISCIPLINES = {
    "d1": "组长：张伟；成员：孙丽、吴强、马超。", "d2": "批次 B-2207 外壳开裂 37 件，裂纹自卡扣根部起。",
    "d3": "隔离库存 412 件，在途 80 件召回，逐件目检。", "d4": "回料比例 35 %，超过工艺上限 20 %；烘料不足 2 h。",
    "d5": "回料比例锁定 15 %，烘料加联锁。", "d6": "三批试产 0 开裂，跌落试验 50/50 通过。",
    "d7": "更新 PFMEA 与作业指导书 WI-31；同类产品展开。", "d8": "团队总结会，经验入库。"}


def an_8d_case(client):
    """A complaint at its end: every discipline done and signed."""
    params = a_ticket(**{"class": "complaint", "type": None, "urgency": None, "channel": "email",
                         "customer": {"name": "东莞市华强电子有限公司"}, "contact": {"name": "韩梅", "phone": "13912345678"},
                         "subject": "外壳开裂", "details": "批次 B-2207，上线后第三天起陆续开裂。", "department": "quality",
                         "handler": "zhang.wei", "received_at": instant(-20 * HOUR)})
    ticket = speak(client, "chen.jie", "ticket.create", **params)["ticket"]
    for step, note in DISCIPLINES.items():
        speak(client, "zhang.wei", "step.done", ticket=ticket, step=step, note=note)
    for step, note in (("stock", "库存 412 件已隔离"), ("traced", "班组 C，检验员 07"), ("escape", "外观检验未覆盖卡扣根部")):
        speak(client, "zhang.wei", "step.done", ticket=ticket, step=step, note=note)
    speak(client, "gu.ping", "sign", ticket=ticket, signature="quality_manager", note="同意结案，下月复查。")
    speak(client, "he.long", "sign", ticket=ticket, signature="plant_director")
    return ticket


def a_return_case(client):
    params = a_ticket(**{"class": "return", "type": None, "urgency": None, "customer": {"name": "东莞市华强电子有限公司"},
                         "contact": {"name": "韩梅", "phone": "13912345678"}, "subject": "外壳 B-2207 退货 37 件",
                         "details": "料号 WK-88，批次 B-2207，数量 37。", "department": "warehouse", "received_at": instant(-20 * HOUR)})
    ticket = speak(client, "chen.jie", "ticket.create", **params)["ticket"]
    for person, step, note in (("chen.jie", "return_notice", "退货通知单 07-31"), ("qian.yi", "fetched", "专车取回"),
                               ("qian.yi", "booked", "清点 37 件，入待检仓"), ("wang.fang", "inspected", "确认开裂 37 件，可返工 30 件"),
                               ("sun.li", "rework_notice", "返工通知单 08-02，按工艺卡 GY-12")):
        speak(client, person, "step.done", ticket=ticket, step=step, note=note)
    return ticket


def a_response_case(client):
    params = a_ticket(**{"class": "ticket", "type": "technical_software", "urgency": "high", "handler": "zhang.wei",
                         "occurred_at": instant(-26 * HOUR), "received_at": instant(-20 * HOUR),
                         "contact": {"name": "李雷", "phone": "13812345678", "email": "li.lei@hospital.example"},
                         "subject": "报表打不开", "details": DETAILS})
    ticket = speak(client, "chen.jie", "ticket.create", **params)["ticket"]
    contact = dict(ticket=ticket, channel="phone", direction="out", reached=True)
    speak(client, "zhang.wei", "ticket.plan", ticket=ticket, expected_at=instant(12 * HOUR), measures="远程查看日志，换驱动。")
    speak(client, "zhang.wei", "progress.add", ticket=ticket, degree="已复现", note="驱动 5.1 与补丁冲突")
    speak(client, "zhang.wei", "contact.record", kind="result", note="原因：驱动冲突；已换 5.2；以后升级前先备份。", **contact)
    speak(client, "zhang.wei", "ticket.move", ticket=ticket, stage="awaiting_feedback")
    speak(client, "zhang.wei", "ticket.solve", ticket=ticket, result="换驱动 5.2，客户确认可用。")
    speak(client, "chen.jie", "satisfaction.record", ticket=ticket, level="satisfied", note="客户称赞响应快")
    return ticket


# ---- reading what was made ----


class Texts(html.parser.HTMLParser):
    """What a page of HTML shows, blanks made single."""

    def __init__(self, page):
        super().__init__()
        self.shown, self.hidden = [], 0
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.hidden += tag == "style"
        assert tag not in ("script", "iframe", "link", "img", "object"), f"a page has a <{tag}>"

    def handle_endtag(self, tag):
        self.hidden -= tag == "style"

    def handle_data(self, data):
        if not self.hidden:
            self.shown.append(data)

    def squeezed(self):
        return squeezed("".join(self.shown))


def squeezed(text):
    """Without any blank: where lines break is the layout's business."""
    return re.sub(r"[\s\u00a0]+", "", text)


def need(*programs):
    for program in programs:
        if not shutil.which(program):
            raise Skip(f"{program} is not installed")


def print_form(duban, ticket, form, *options):
    done = duban.ctl("form", "print", ticket, "--form", form, *options)
    same((done.returncode, done.stderr), (0, ""), f"form print {options}")
    return done.stdout


def print_pdf(duban, ticket, form, *options):
    """The PDF's file."""
    need("pdftotext", "pdfinfo")
    if not any(shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome", "weasyprint")):
        raise Skip("neither Chromium nor WeasyPrint is installed")
    file = duban.directory / f"form-{form}.pdf"
    print_form(duban, ticket, form, "--pdf", "-o", file, *options)
    same(file.read_bytes()[:4], b"%PDF", "a PDF")
    return file


def text_of_pdf(file, *options):
    return subprocess.run(["pdftotext", *options, str(file), "-"], capture_output=True, text=True, check=True).stdout


def page_count(file):
    told = subprocess.run(["pdfinfo", str(file)], capture_output=True, text=True, check=True).stdout
    assert re.search(r"Page size: +59[45]\.\d+ x 84[12]\.\d+ pts \(A4\)", told), told
    return int(re.search(r"Pages: +(\d+)", told)[1])


def written(record):
    """Every text of a record that somebody wrote and every form shows."""
    texts = [record["subject"], record["details"], record["customer"]["name"], record["form"]["record"]]
    texts += record.get("attachments", [])
    texts += [step["note"] for step in record["steps"] + record["signatures"] if step.get("note")]
    if "result" in record:
        texts.append(record["result"])
    return texts


def written_log(record):
    """What only the forms with the log show, too."""
    texts = [*record["contact"].values()] + [plan["measures"] for plan in record["plans"]]
    for entry in record["progress"]:
        texts += [entry["degree"], entry["note"]]
    return texts + [contact["note"] for contact in record["contacts"]]


def assert_shown(shown, texts, about):
    for text in texts:
        assert squeezed(text) in shown, f"{about}: {text!r} is not on the page"


# ---- tests ----


def a_record_is_whole(world):
    """form.get gives the record in the regime's words, both languages, in the desk's time; form.list what there is."""
    with world.duban() as duban, duban.client() as client:
        ticket = a_case(client)
        got = client.call("form.get", ticket=ticket, form="A")
        number = got["number"]
        form = got["form"]
        same((form["form"], form["number"], form["record"], form["page"]), ("A", "NR510201A", number, "form_a"), "the form")
        same([cite["en"].split()[0] for cite in form["cites"]], ["NP510100", "NW510101"], "related documents (INT-35)")
        same([(one["name"], one["chosen"]) for one in got["classes"]], [("request", False), ("complaint", True)], "kinds")
        same([one["name"] for one in got["urgencies"] if one["chosen"]], ["urgent"], "urgency")
        same(got["department"], {"name": "project_management", "zh": "项目管理部门", "en": "Project management"}, "department")
        same((got["handler"]["zh"], got["recorder"]["en"]), ("张伟", "Chen Jie"), "people")
        same([plan["who"]["zh"] for plan in got["plans"]], ["王芳", "王芳"], "plans")
        same([(one["kind"]["name"], one["role"]["name"], one["who"]["name"]) for one in got["contacts"]],
             [("apology", "service_head", "zhao.min"), ("progress", "handler", "zhang.wei")], "contacts")
        for at in (got["received_at"], got["printed_at"], got["contacts"][0]["at"], got["plans"][1]["expected_at"]):
            assert at.endswith("+08:00"), at
        same({clock["clock"]["zh"] for clock in got["clocks"]} >= {"首次联系", "致歉"}, True, "clocks")
        listed = client.call("form.list", ticket=ticket)["forms"]
        same(listed[0]["record"], number, "listed")
        assert "record" not in client.call("form.list")["forms"][0]
        refusal = client.refusal("form.get", ticket=ticket, form="Z")
        same((refusal.name, refusal.field), ("invalid_params", "form"), "no such form")
        assert "it has: A, B" in refusal.detail, refusal.detail
        same(client.refusal("form.get", ticket="NR510201A-999999", form="A").name, "not_found", "no such ticket")
        same(client.refusal("form.list", ticket="NR510201A-999999").name, "not_found", "no such ticket's forms")


def a_page_shows_everything(world):
    """INT-31, INT-33: every text of the record stands on the page, in each language, as text and not as markup."""
    with world.duban() as duban, duban.client() as client:
        ticket = a_case(client)
        record = json.loads(print_form(duban, ticket, "A", "--json"))
        for language in ("zh", "en", "both"):
            page = print_form(duban, ticket, "A", "--language", language)
            shown = Texts(page).squeezed()
            assert_shown(shown, written(record) + written_log(record), language)
            for label, languages in (("督办过程记录", ("zh", "both")), ("Supervisionlog", ("en", "both"))):
                same(label in shown, language in languages, f"{label} in {language}")
            assert "☑" + {"zh": "B客户投诉", "en": "BComplaint", "both": "B客户投诉Complaint"}[language] in shown, shown
            assert "☐" + {"zh": "A一般", "en": "AGeneral", "both": "A一般General"}[language] in shown, shown
            assert "<OOM>" not in page, "text became markup"
        assert "NR510201A" in print_form(duban, ticket, "A", "--xml")
        kept = duban.directory / "record.json"
        kept.write_text(json.dumps(record), encoding="utf-8")
        done = subprocess.run([duban.dubanctl, "form", "print", "--record", str(kept), "--language", "both"], capture_output=True,
                              text=True, check=True)
        same(done.stdout, page, "the same without a daemon")


def the_feedback_record_is_numbered_alike(world):
    """INT-32, INT-34: form B has the serial of its ticket, result, signatures, opinions; unsigned it has lines to sign on."""
    with world.duban() as duban, duban.client() as client:
        open_one, closed_one = a_case(client), a_solved_case(client)
        numbers = [client.call("form.get", ticket=ticket, form="B")["form"]["record"] for ticket in (open_one, closed_one)]
        same(numbers, ["NR510201B-000001", "NR510201B-000002"], "numbers of the records")
        same([form["record"] for form in client.call("form.list", ticket=closed_one)["forms"]],
             ["NR510201A-000002", "NR510201B-000002"], "listed")
        record = client.call("form.get", ticket=closed_one, form="B")
        signed = {one["signature"]["name"]: (one["done"], one.get("who", {}).get("zh"), one.get("role", {}).get("name"))
                  for one in record["signatures"]}
        same(signed, {"responsible": (True, "张伟", "handler"), "department_opinion": (True, "王芳", "department_head")}, "signed")
        page = Texts(print_form(duban, closed_one, "B", "--language", "zh")).squeezed()
        assert_shown(page, written(record) + [one["note"] for one in record["contacts"] if one["kind"]["name"] in ("result", "satisfaction")],
                     "B")
        for words in ("责任人签名张伟(问题办理专员)", "部门负责人签名王芳(部门负责人)", "受理专员陈洁", "NR510201A-000002",
                      "NP510100", "NW510101"):
            assert words in page, f"{words} is not in {page}"
        blank = Texts(print_form(duban, open_one, "B", "--language", "zh")).squeezed()
        assert "责任人签名日期" in blank and "受理专员日期" in blank and "张伟(问题" not in blank, blank


def other_regimes_have_their_forms(world):
    """CTL-3 CTL-10 RSP-18 RSP-19: the 8D report, the notice of a return, the response record; nothing of the record is lost."""
    for name, make, form in (("control", an_8d_case, "8D"), ("control", a_return_case, "return"), ("response", a_response_case, "sheet")):
        with world.duban(**regime_of(name)) as duban, duban.client() as client:
            ticket = make(client)
            record = client.call("form.get", ticket=ticket, form=form)
            for language in ("zh", "en", "both"):
                shown = Texts(print_form(duban, ticket, form, "--language", language)).squeezed()
                assert_shown(shown, written(record), f"{form} {language}")
            if form == "8D":
                same([(one["step"]["name"], one["done"], one["who"]["zh"]) for one in record["steps"][:8]],
                     [(step, True, "张伟") for step in DISCIPLINES], "disciplines")
                same([one["step"]["name"] for one in record["steps"] if "due_at" in one], ["d3", "d4", "d6", "d8"], "with a deadline")
                same([one["role"]["name"] for one in record["signatures"]], ["quality_manager", "plant_director"], "signed as")
                same(record["form"]["record"], "8D-000001", "its number")
                page = Texts(print_form(duban, ticket, form, "--language", "zh")).squeezed()
                same(page.count("期限:20"), 8, "each discipline has its due day")
                same(page.count("完成:20"), 8, "and its done day")
                other = speak(client, "chen.jie", "ticket.create", **a_ticket(**{"class": "enquiry", "type": None, "urgency": None, "department": "sales"}))
                same([one["form"] for one in client.call("form.list", ticket=other["ticket"])["forms"]], [], "none for an enquiry")
                same(client.refusal("form.get", ticket=other["ticket"], form="8D").name, "invalid_state", "not for its class")
            if form == "sheet":
                same((record["contact"]["phone"], "13812345678" in shown), ("138****5678", False), "masked for everybody")
                assert "☑满意" in Texts(print_form(duban, ticket, form, "--language", "zh")).squeezed()


def a_service_order_is_printed(world):
    """AFT-13: the order for a service on site, with lines for the engineer and the customer to sign on."""
    regime = system.REGIME.read_text(encoding="utf-8") + """
[form order]
title  = 服务单 | Service order
page   = service_order
record = FW-{serial}
"""
    with world.duban(regime=regime) as duban, duban.client() as client:
        ticket = a_solved_case(client)
        record = client.call("form.get", ticket=ticket, form="order")
        shown = Texts(print_form(duban, ticket, "order", "--language", "zh")).squeezed()
        assert_shown(shown, written(record), "order")
        assert "FW-000001" in shown and "客户签名（盖章）日期" in shown and "工程师签名日期" in shown, shown


def contact_data_is_masked(world):
    """RSP-18: who need not see it gets a form without names and numbers, from the method as from dubanctl."""
    with world.duban(roles={"auditor": (pwd.getpwuid(os.geteuid()).pw_name, "")}) as duban:
        duban.roles = {"admin": duban.roles["auditor"]}
        duban.write_config()
        duban.restart()
        with duban.client() as client:
            ticket = a_case(client)
        duban.roles = {"auditor": duban.roles["admin"]}
        duban.write_config()
        duban.restart()
        with duban.client() as client:
            got = client.call("form.get", ticket=ticket, form="A")
        same(got["contact"]["name"], "李*", "the name")
        for secret in ("13812345678", "li.lei", "0755-5550102"):
            assert secret not in json.dumps(got) and secret not in print_form(duban, ticket, "A"), secret


def a_closed_ticket_is_printed(world):
    """INT-33: at any time; what was signed off and when, and who took it in."""
    with world.duban() as duban:
        with duban.client() as client:
            ticket = a_case(client)
            contact = dict(ticket=ticket, channel="phone", direction="out", reached=True)
            speak(client, "zhang.wei", "ticket.solve", ticket=ticket, result="已升级到 3.2.2，月报可导出。")
            speak(client, "zhao.min", "contact.record", kind="result", note="亲自告知结果", **contact)
            speak(client, "chen.jie", "contact.record", kind="satisfaction", note="客户表示满意", **contact)
            speak(client, "chen.jie", "ticket.close", ticket=ticket)
        duban.restart()
        with duban.client() as client:
            got = client.call("form.get", ticket=ticket, form="A")
            same((got["state"], got["result"]), ("closed", "已升级到 3.2.2，月报可导出。"), "closed")
            assert got["closed_at"] and got["solved_at"], got
            assert "客户表示满意" in print_form(duban, ticket, "A")


def nothing_is_half_done(world):
    """What can't be printed is said in one line, and no file is left behind."""
    with world.duban() as duban, duban.client() as client:
        ticket = a_case(client)
        pages = duban.directory / "pages"
        shutil.copytree(system.ROOT / "etc/pages", pages)
        page = pages / "form_a.xsl"
        page.write_text(page.read_text(encoding="utf-8").replace('name="details"', 'name="lost"', 1), encoding="utf-8")
        out = duban.directory / "out.html"
        for words, code, said in ((("--pages", pages, "-o", out), 4, "form_a.xsl:"),
                                  (("--pages", duban.directory, "-o", out), 4, "form_a.xsl: No such file"),
                                  (("-o", duban.directory / "none/out.html"), 6, "No such file"),
                                  (("--language", "fr"), 2, "zh, en or both")):
            done = duban.ctl("form", "print", ticket, "--form", "A", *words)
            assert done.returncode == code and said in done.stderr and done.stderr.count("\n") == 1, done
            assert not out.exists() and not done.stdout, done
        done = duban.ctl("form", "print", ticket)
        assert done.returncode == 2 and "--form is missing" in done.stderr, done
        done = subprocess.run([duban.dubanctl, "form", "print", str(ticket), "--form", "A", "--pdf", "-o", str(out)],
                              capture_output=True, text=True, env={"DUBAN_SOCKET": str(duban.socket), "PATH": "/nonexistent"})
        assert done.returncode == 6 and "chromium" in done.stderr and not out.exists(), done


def pdf_has_numbered_pages(world):
    """INT-31, INT-33: A4, page n of m on every page, heads repeated, every text there, Chinese intact, nothing beyond the edge."""
    with world.duban() as duban, duban.client() as client:
        ticket = a_long_case(client)
        record = client.call("form.get", ticket=ticket, form="A")
        file = print_pdf(duban, ticket, "A", "--language", "both")
        pages = text_of_pdf(file, "-layout").rstrip("\f").split("\f")
        count = page_count(file)
        same((len(pages), count > 3), (count, True), "pages")
        for number, page in enumerate(pages, 1):
            flat = squeezed(page)
            for words in (f"第{number}页共{count}页/Page{number}of{count}", record["number"], "NR510201A客户问题记录"):
                assert words in flat, f"page {number} lacks {words}"
        log = [page for page in pages if re.search(r"^\s*\d+\s+20\d\d-", page, re.MULTILINE)]
        assert len(log) > 1 and all("问题解决程度" in page for page in log), "the log's head on every page"
        whole = squeezed(text_of_pdf(file, "-raw"))
        for text in written(record) + written_log(record):
            for line in text.split("\n"):
                assert squeezed(line) in whole or all(squeezed(part) in whole for part in re.split(r"(?<=[，：；。])", line)), line
        boxes = subprocess.run(["pdftotext", "-bbox", str(file), "-"], capture_output=True, text=True, check=True).stdout
        edges = [float(x) for x in re.findall(r'xMax="([\d.]+)"', boxes)]
        assert edges and max(edges) <= 595.3 - 15 / 25.4 * 72 + 1, f"a text reaches {max(edges)}"


def printing_leaves_nothing(world):
    """A printer that hangs, dies or writes rubbish is named; what it was is ended, and its directory is gone."""
    with world.duban() as duban, duban.client() as client:
        ticket = a_case(client)
        programs, below = duban.directory / "programs", duban.directory / "below"
        programs.mkdir()
        below.mkdir()
        chromium = programs / "chromium"
        out = duban.directory / "out.pdf"
        environment = {"DUBAN_SOCKET": str(duban.socket), "PATH": f"{programs}:/usr/bin:/bin", "TMPDIR": str(below)}
        words = [duban.dubanctl, "form", "print", str(ticket), "--form", "A", "--pdf", "-o", str(out)]
        weasyprint = programs / "weasyprint"  # before one that is installed
        weasyprint.write_text("#!/bin/sh\necho no fonts >&2\nexit 3\n", encoding="utf-8")
        weasyprint.chmod(0o755)
        for script, said in (("exit 0", "weasyprint made no PDF: no fonts"), ("echo rubbish >/dev/null; kill -9 $$", "no fonts")):
            chromium.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
            chromium.chmod(0o755)
            done = subprocess.run(words, capture_output=True, text=True, env=environment)
            assert done.returncode == 6 and said in done.stderr, done
        mark = duban.directory / "child"
        chromium.write_text(f"#!/bin/sh\nsleep 300 &\necho $! >{mark}\nwait\n", encoding="utf-8")
        process = subprocess.Popen(words, env=environment, stderr=subprocess.PIPE, text=True)
        system.wait_until(lambda: mark.exists() and mark.read_text().strip(), what="the printer")
        began = time.monotonic()
        process.terminate()
        error = process.communicate(timeout=30)[1]
        assert process.returncode == 6 and "interrupted" in error, (process.returncode, error)
        child = int(mark.read_text())
        system.wait_until(lambda: not pathlib.Path(f"/proc/{child}").exists() or
                          "Z" in pathlib.Path(f"/proc/{child}/stat").read_text().split(")")[1][:3], what="its child to end")
        assert time.monotonic() - began < 30
        same((list(below.iterdir()), out.exists()), ([], False), "left behind")


TESTS = [a_record_is_whole, a_page_shows_everything, the_feedback_record_is_numbered_alike, other_regimes_have_their_forms,
         a_service_order_is_printed, contact_data_is_masked, a_closed_ticket_is_printed, nothing_is_half_done,
         pdf_has_numbered_pages, printing_leaves_nothing]

if __name__ == "__main__":
    main(TESTS)
