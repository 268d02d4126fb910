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
    """Every text of a record that somebody wrote, whatever the form."""
    texts = [record["subject"], record["details"], record["customer"]["name"], record["number"], *record["contact"].values()]
    texts += record.get("attachments", [])
    for plan in record["plans"]:
        texts.append(plan["measures"])
    for entry in record["progress"]:
        texts += [entry["degree"], entry["note"]]
    for contact in record["contacts"]:
        texts.append(contact["note"])
    return texts


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
        assert "it has: A" in refusal.detail, refusal.detail
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
            for text in written(record):
                assert squeezed(text) in shown, f"{language}: {text!r} is not on the page"
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
        for text in written(record):
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


TESTS = [a_record_is_whole, a_page_shows_everything, contact_data_is_masked, a_closed_ticket_is_printed, nothing_is_half_done,
         pdf_has_numbered_pages, printing_leaves_nothing]

if __name__ == "__main__":
    main(TESTS)
