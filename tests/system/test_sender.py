#!/usr/bin/env python3
"""duban-sender from outside: real deliveries, and servers that misbehave.

Usage: test_sender.py BUILD_DIR [NAME...]     runs the tests, or those whose names contain one of NAME
Prints `ok NAME` or `not ok NAME` and ends with `N passed, N failed`; exit status 1 when one failed.
"""
import base64
import hashlib
import hmac
import json
import os
import pathlib
import select
import shutil
import subprocess
import sys
import tempfile
import time
import traceback
import urllib.parse

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from mail_server import Authority, MailServer, ScriptedServer, Unavailable, free_port, parse  # noqa: E402
from web_service import WebService  # noqa: E402

SENDER = None
SUBJECT = "[督办] 客户联系已超时：NR510201A-000012 请尽快联系客户并记录结果"
BODY = ("张伟，您好：\n\n下面的客户联系已超时。\n"
        "客户：深圳某某科技 <总部>\n期限：2026-03-02 09:00\nOverdue: 2 h 15 min\n\n.\nFrom 督办\n")


class Sender:
    """One worker, spoken to in JSON lines. It is killed at the end, as its parent would."""

    def __init__(self, environment=None, **configuration):
        self.process = subprocess.Popen([SENDER], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, env={**os.environ, **(environment or {})})
        self.write(json.dumps({"configure": configuration}))
        self.ready = self.read()

    def write(self, line):
        self.process.stdin.write(line.encode("utf-8", "surrogateescape") + b"\n")
        self.process.stdin.flush()

    def read(self, deadline_s=20):
        """The next result line; None when the deadline comes first or the worker has ended."""
        if not select.select([self.process.stdout], [], [], deadline_s)[0]:
            return None
        line = self.process.stdout.readline()
        return json.loads(line) if line else None

    def send(self, notice=None, deadline_s=20, **changes):
        self.write(json.dumps(notice or job(**changes)))
        return self.read(deadline_s)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.log = self.process.stderr.read().decode()
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            try:
                pipe.close()
            except BrokenPipeError:
                pass


def job(**changes):
    made = {"notice": "123", "attempt": 1, "message_id": "<n123.1.main@example.com>",
            "date": "2026-03-02T09:00:00+08:00", "to": {"name": "张伟", "address": "zhang@example.com"},
            "subject": SUBJECT, "text": BODY, "lang": "zh", "thread": "<t45.main@example.com>",
            "ticket": "NR510201A-000012", "template": "contact_breach"}
    made.update(changes)
    return made


def common(**more):
    return {"from": {"name": "督办 duban", "address": "duban@example.com"}, "domain": "example.com", **more}


def smtp(port, host="127.0.0.1", **more):
    return common(transport="smtp", smtp={"host": host, "port": port, "tls": "no", "timeout_s": 5, **more})


def maildir(path):
    return common(transport="maildir", maildir=str(path))


def compose(notice):
    lines = json.dumps({"configure": maildir("/nonexistent")}) + "\n" + json.dumps(notice) + "\n"
    return subprocess.run([SENDER, "--compose"], input=lines.encode(), check=True, capture_output=True).stdout


def same(got, expected, about=""):
    assert got == expected, f"{about}: got {got!r}, expected {expected!r}"


def text_of(message):
    return message.get_body(("plain",)).get_content().replace("\r\n", "\n")


def outcome_is(result, outcome):
    assert result and result.get("outcome") == outcome, f"{result} is not {outcome}"


def check_message(message):
    same(message["Subject"], SUBJECT)
    same(message["To"].addresses[0].display_name, "张伟")
    same(message["To"].addresses[0].addr_spec, "zhang@example.com")
    same(message["From"].addresses[0].display_name, "督办 duban")
    same(text_of(message), BODY)
    page = message.get_body(("html",)).get_content()
    assert '<html lang="zh">' in page and ">深圳某某科技 &lt;总部&gt;</td>" in page, page
    for name, value in (("Message-ID", "<n123.1.main@example.com>"), ("In-Reply-To", "<t45.main@example.com>"),
                        ("References", "<t45.main@example.com>"), ("Auto-Submitted", "auto-generated"),
                        ("X-Duban-Notice", "123"), ("X-Duban-Ticket", "NR510201A-000012"),
                        ("X-Duban-Template", "contact_breach"), ("Content-Language", "zh"), ("MIME-Version", "1.0"),
                        ("Date", "Mon, 02 Mar 2026 09:00:00 +0800")):
        same(str(message[name]), value)
        same(len(message.get_all(name)), 1)
    for name in ("Reply-To", "Precedence", "Bcc", "Cc"):
        same(message[name], None)


def ours(raw):
    """The message as the worker made it: without what servers put in front, and with LF line ends."""
    return raw[raw.index(b"Date: "):].replace(b"\r\n", b"\n")


# --- with the Maildir ---


def test_maildir_delivery(scratch):
    with Sender(**maildir(scratch / "box")) as sender:
        same(sender.ready, {"ready": True, "transport": "maildir"})
        result = sender.send()
        same((result["notice"], result["attempt"], result["outcome"]), ("123", 1, "accepted"))
        files = list((scratch / "box/new").iterdir())
        same([path.name for path in files], [result["queue_id"]])
        message = parse(files[0].read_bytes())
        same(message["Delivered-To"], "zhang@example.com")
        assert b"\r" not in message.raw
        check_message(message)
        same(list((scratch / "box/tmp").iterdir()), [])
        sender.process.stdin.close()
        same(sender.process.wait(5), 0)


def test_maildir_same_notice_twice_is_one_file(scratch):
    with Sender(**maildir(scratch / "box")) as sender:
        first = sender.send()
        before = (scratch / "box/new" / first["queue_id"]).read_bytes()
    with Sender(**maildir(scratch / "box")) as sender:
        again = sender.send(attempt=2)
        same((again["outcome"], again["queue_id"]), ("accepted", first["queue_id"]))
    files = list((scratch / "box").rglob("*.duban*"))
    same(len(files), 1)
    same(files[0].read_bytes(), before)


def test_maildir_repeat_after_it_was_read(scratch):
    with Sender(**maildir(scratch / "box")) as sender:
        name = sender.send()["queue_id"]
        (scratch / "box/new" / name).rename(scratch / "box/cur" / (name + ":2,S"))
        outcome_is(sender.send(attempt=2), "accepted")
    same(len(list((scratch / "box").rglob("*.duban*"))), 1)


def test_maildir_other_notices_and_desks_do_not_collide(scratch):
    with Sender(**maildir(scratch / "box")) as sender:
        sender.send()
        outcome_is(sender.send(job(notice="124", message_id="<n124.1.main@example.com>")), "accepted")
        outcome_is(sender.send(job(message_id="<n123.1.north@example.com>")), "accepted")
    same(len(list((scratch / "box/new").iterdir())), 3)


def test_maildir_kill_at_every_step_leaves_one_file(scratch):
    """Killed before its n-th file operation and started again, wherever that was: one whole file, same bytes."""
    if not shutil.which("strace"):
        raise RuntimeError("needs strace")
    expected = b"Delivered-To: zhang@example.com\n" + compose(job()).replace(b"\r\n", b"\n")
    calls = "openat,write,fsync,linkat,unlinkat,mkdir,mkdirat"
    lines = json.dumps({"configure": maildir(scratch / "box")}) + "\n" + json.dumps(job()) + "\n"
    killed = 0
    for call in calls.split(","):
        for when in range(1, 40):
            shutil.rmtree(scratch / "box", ignore_errors=True)
            run = subprocess.run(["strace", "-f", "-o", "/dev/null", "-e", f"trace={call}", "-e",
                                  f"inject={call}:signal=KILL:when={when}", SENDER], input=lines.encode(),
                                 capture_output=True)
            if run.returncode == 0:
                break
            killed += 1
            with Sender(**maildir(scratch / "box")) as sender:
                outcome_is(sender.send(attempt=2), "accepted")
            files = list((scratch / "box/new").iterdir())
            same(len(files), 1)
            same(files[0].read_bytes(), expected)
    assert killed > 15, killed


def fill(path):
    with open(path, "wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            pass


def test_maildir_full_disk_is_deferred(scratch):
    disk = scratch / "disk"
    disk.mkdir()
    if os.geteuid() != 0:
        raise Unavailable("a small disk needs root")
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(disk)], check=True)
    try:
        with Sender(**maildir(disk / "box")) as sender:
            fill(disk / "filler")
            result = sender.send()
            same((result["outcome"], result["detail"]), ("deferred", "maildir: No space left on device"))
            (disk / "filler").unlink()
            outcome_is(sender.send(attempt=2), "accepted")
            same(len(list((disk / "box").rglob("*.duban*"))), 1)
    finally:
        subprocess.run(["umount", str(disk)], check=True)


# --- with a real mail server ---


def test_real_server_delivery(_scratch):
    with MailServer() as server, Sender(**smtp(server.port)) as sender:
        same(sender.ready, {"ready": True, "transport": "smtp"})
        result = sender.send()
        outcome_is(result, "accepted")
        assert result["detail"].startswith("250 2.0.0 ") and result["queue_id"] in result["detail"], result
        message = server.wait_for(1)[0]
        check_message(message)
        same(message["Delivered-To"], "zhang@example.com")
        same(message["Return-Path"], "<duban@example.com>")
        assert f"id {result['queue_id']}" in message["Received"] and "from example.com" in message["Received"]
        same(ours(message.raw), compose(job()).replace(b"\r\n", b"\n"))


def test_real_server_repeat_is_identical(_scratch):
    with MailServer() as server, Sender(**smtp(server.port)) as sender:
        for attempt in (1, 2, 3):
            outcome_is(sender.send(attempt=attempt), "accepted")
        raws = {ours(message.raw) for message in server.wait_for(3)}
        same(len(raws), 1)


def test_real_server_refuses_recipient(_scratch):
    with MailServer() as server, Sender(**smtp(server.port)) as sender:
        result = sender.send(to={"address": "nobody-here@example.com"})
        outcome_is(result, "refused")
        assert result["detail"].startswith("5"), result
        assert "queue_id" not in result
        outcome_is(sender.send(attempt=2), "accepted")
        same(len(server.wait_for(1)), 1)
    assert "nobody-here" not in sender.log and "zhang" not in sender.log, sender.log


def test_real_server_large_message(_scratch):
    text = "".join(f"第 {number} 行：客户联系记录\n" for number in range(700))
    with MailServer() as server, Sender(**smtp(server.port)) as sender:
        outcome_is(sender.send(text=text), "accepted")
        same(text_of(server.wait_for(1)[0]), text)
        # with its table it would be too big
        outcome_is(sender.send(text=text * 3, attempt=2), "accepted")
        longest = server.wait_for(2)[1]
        same(text_of(longest), text * 3)
        same(longest.get_body(("html",)), None)
        refused = sender.send(text="行" * 80000)
        same((refused["outcome"], refused["detail"]), ("refused", "the message is larger than 262144 bytes"))


def test_real_server_is_fast(_scratch):
    with MailServer() as server, Sender(**smtp(server.port)) as sender:
        sender.send()
        started = time.monotonic()
        for attempt in range(2, 22):
            outcome_is(sender.send(attempt=attempt), "accepted")
        each_ms = (time.monotonic() - started) / 20 * 1000
        print(f"# {each_ms:.1f} ms a mail")
        assert each_ms < 40, "a delayed acknowledgement costs 44 ms: is TCP_NODELAY set?"


# --- TLS ---


def starttls(port, authority, host="localhost", **more):
    return smtp(port, host=host, tls="starttls", ca_file=str(authority.certificate), **more)


def test_starttls_delivery(scratch):
    authority = Authority(scratch)
    pair = authority.issue("DNS:localhost")
    with MailServer() as real, ScriptedServer(pair=pair, behind=real.port) as server, \
            Sender(**starttls(server.port, authority)) as sender:
        result = sender.send()
        outcome_is(result, "accepted")
        same(result["last"], True)
        same(sender.process.wait(5), 0)
        message = real.wait_for(1)[0]
        check_message(message)
        same(ours(message.raw), compose(job()).replace(b"\r\n", b"\n"))
        same((server.tls_versions, server.server_names), (["TLSv1.2"], ["localhost"]))


def test_starttls_by_number_and_with_unusable_home(scratch):
    authority = Authority(scratch)
    with ScriptedServer(pair=authority.issue("IP:127.0.0.1")) as server, \
            Sender({"HOME": "/dev/null"}, **starttls(server.port, authority, host="127.0.0.1")) as sender:
        outcome_is(sender.send(), "accepted")
        same(server.server_names, [None])


def test_starttls_many_workers(scratch):
    authority = Authority(scratch)
    with ScriptedServer(pair=authority.issue("DNS:localhost")) as server:
        for attempt in range(1, 21):
            with Sender(**starttls(server.port, authority)) as sender:
                outcome_is(sender.send(attempt=attempt), "accepted")
                same(sender.process.wait(5), 0)
        same(len(server.messages), 20)


def not_delivered(pair, configuration, words):
    with ScriptedServer(pair=pair) as server, Sender(**configuration(server.port)) as sender:
        result = sender.send()
        outcome_is(result, "deferred")
        assert words in result["detail"], result
        same(sender.process.wait(5), 0)
        same(server.messages, [])
        assert not any(command.startswith("MAIL") for command in server.commands), server.commands


def test_starttls_wrong_host_is_not_delivered(scratch):
    authority = Authority(scratch)
    not_delivered(authority.issue("DNS:other.example.com"), lambda port: starttls(port, authority),
                  "hostname mismatch")


def test_starttls_wrong_number_is_not_delivered(scratch):
    authority = Authority(scratch)
    not_delivered(authority.issue("DNS:localhost"), lambda port: starttls(port, authority, host="127.0.0.1"),
                  "IP address mismatch")


def test_starttls_unknown_authority_is_not_delivered(scratch):
    (scratch / "other").mkdir()
    other = Authority(scratch / "other")
    not_delivered(Authority(scratch).issue("DNS:localhost"), lambda port: starttls(port, other), "certificate")


def test_starttls_not_offered_is_not_delivered(scratch):
    authority = Authority(scratch)
    not_delivered(None, lambda port: starttls(port, authority), "offers no STARTTLS")


def test_starttls_put_off_is_not_delivered(scratch):
    authority = Authority(scratch)
    with ScriptedServer("no_starttls_ok") as server, Sender(**starttls(server.port, authority)) as sender:
        result = sender.send()
        outcome_is(result, "deferred")
        assert "454 4.7.0 not now" in result["detail"], result
        same(server.messages, [])


def test_starttls_injected_answers(scratch):
    authority = Authority(scratch)
    with ScriptedServer("inject") as server, \
            Sender(**starttls(server.port, authority)) as sender:
        result = sender.send()
        outcome_is(result, "deferred")
        assert "STARTTLS" in result["detail"], result


def secret_file(path, text):
    path.write_text(text)
    path.chmod(0o600)
    return str(path)


def test_starttls_login(scratch):
    authority = Authority(scratch)
    right = secret_file(scratch / "right", "对-right horse\n")
    wrong = secret_file(scratch / "wrong", "battery\n")
    with ScriptedServer(pair=authority.issue("DNS:localhost"), users={"duban": "对-right horse"}) as server:
        for login, outcome, words in (({"user": "duban", "password_file": wrong}, "deferred", "530 5.7.0 log in"),
                                      ({}, "deferred", "530 5.7.0 log in first"),
                                      ({"user": "duban", "password_file": right}, "accepted", "queued as")):
            with Sender(**starttls(server.port, authority, **login)) as sender:
                result = sender.send()
                outcome_is(result, outcome)
                assert words in result["detail"], result
            assert "horse" not in sender.log and "battery" not in sender.log
        same(len(server.messages), 1)


# --- with servers that misbehave ---


def scripted(fault, outcome, words, **more):
    with ScriptedServer(fault, **more) as server, Sender(**smtp(server.port)) as sender:
        result = sender.send()
        outcome_is(result, outcome)
        assert words in result["detail"], result
        return server, result


def test_scripted_server_takes_the_same_bytes(_scratch):
    server, result = scripted("none", "accepted", "queued as S1")
    same(result["queue_id"], "S1")
    same(server.messages, [compose(job())])


def test_scripted_chunking_takes_the_same_bytes(_scratch):
    server, _ = scripted("none", "accepted", "queued as S1", chunking=True)
    assert any(command.startswith("BDAT") for command in server.commands), server.commands
    same(server.messages, [compose(job())])


def test_scripted_refusals(_scratch):
    scripted("rcpt_550", "refused", "550 5.1.1 no such user")
    scripted("data_552", "refused", "552 5.3.4 too much")


def test_scripted_deferrals(_scratch):
    scripted("rcpt_451", "deferred", "451 4.2.1 mailbox busy")
    scripted("data_451", "deferred", "451 4.3.0 later")
    scripted("greet_554", "deferred", "554 5.3.2 not today")


def test_scripted_cut_connections(_scratch):
    scripted("cut_at_rcpt", "deferred", "before the message was sent")
    scripted("cut_in_data", "deferred", "")
    server, _ = scripted("cut_after_dot", "deferred", "it may have arrived")
    same(server.messages, [compose(job())])


def test_scripted_refused_body_does_not_leak(_scratch):
    with ScriptedServer("data_552", chunking=True) as server, Sender(**smtp(server.port)) as sender:
        outcome_is(sender.send(), "refused")
        server.fault = "none"
        second = job(notice="124", message_id="<n124.1.main@example.com>", text="second\n")
        outcome_is(sender.send(second), "accepted")
        same(server.messages, [compose(second)])
        same(server.sessions, 2)


def test_server_away_is_deferred(_scratch):
    with Sender(**smtp(free_port())) as sender:
        result = sender.send()
        outcome_is(result, "deferred")
        assert "Connection refused" in result["detail"], result
        outcome_is(sender.send(attempt=2), "deferred")


def test_unknown_host_is_deferred(_scratch):
    with Sender(**smtp(25, host="no-such-host.invalid")) as sender:
        result = sender.send(deadline_s=60)
        outcome_is(result, "deferred")
        assert "cannot connect" in result["detail"], result


def test_tarpit_is_ended_by_the_parent(_scratch):
    with ScriptedServer("tarpit") as server, Sender(**smtp(server.port, timeout_s=600)) as sender:
        started = time.monotonic()
        same(sender.send(deadline_s=1.5), None)
        sender.process.kill()
        same(sender.process.wait(5), -9)
        assert time.monotonic() - started < 3
        same(server.sessions, 1)


def test_silent_server_is_deferred_at_the_timeout(_scratch):
    with ScriptedServer("tarpit") as server, Sender(**smtp(server.port, timeout_s=1)) as sender:
        started = time.monotonic()
        outcome_is(sender.send(), "deferred")
        assert time.monotonic() - started < 8


def test_dripping_server_is_ended_by_the_parent(_scratch):
    with ScriptedServer("drip") as server, Sender(**smtp(server.port, timeout_s=2)) as sender:
        same(sender.send(deadline_s=5), None)  # outlives the timeout of a single answer
        sender.process.kill()
        same(sender.process.wait(5), -9)


# --- the edge ---

INJECTIONS = ["\r\nBcc: evil@example.com", "\nBcc: evil@example.com", "\rBcc: evil@example.com", "\x00", "\x1b[2J",
              "\x7f", "\x85Bcc: x", "\u2028Bcc: x", "\r\n.\r\nMAIL FROM:<evil@example.com>", "\r\n\r\nbody",
              "> SIZE=1\r\nRCPT TO:<evil@example.com", "<evil@example.com>", "a>b"]


def test_injections_are_refused_and_the_worker_goes_on(_scratch):
    fields = ["subject", "ticket", "template", "lang", "thread", "message_id", "notice", "date", "to.address",
              "to.name"]
    tried = 0
    with ScriptedServer() as server, Sender(**smtp(server.port)) as sender:
        for field in fields:
            for payload in INJECTIONS:
                notice = job()
                holder, key = (notice["to"], field[3:]) if field.startswith("to.") else (notice, field)
                for value in (holder[key] + payload, payload + holder[key],
                              holder[key].replace("@", payload + "@", 1)):
                    if value == holder[key]:
                        continue
                    sender.write(json.dumps({**notice, **({"to": {**notice["to"], key: value}} if holder is
                                                          notice["to"] else {key: value})}))
                    result = sender.read()
                    # NUL is refused by the JSON reader, before the fields are known
                    words = "job: " if payload == "\x00" else f"job: field {field}: "
                    assert result and result["error"].startswith(words), (field, payload, result)
                    assert result.get("outcome", "refused") == "refused"
                    tried += 1
        same(server.sessions, 0)
        outcome_is(sender.send(), "accepted")
        same(len(server.messages), 1)
        same(sum(command.startswith("RCPT") for command in server.commands), 1)
    print(f"# {tried} payloads")
    assert "evil" not in sender.log and "\x1b" not in sender.log


def test_bad_addresses(_scratch):
    bad = ["", "zhang", "@example.com", "zhang@", "张伟@example.com", "zhang@例子.中国", "a b@example.com",
           "a..b@example.com", ".a@example.com", "a.@example.com", "\"a b\"@example.com", "a@b@example.com",
           "a@-x.com", "a@x-.com", "a@x..com", "a@[127.0.0.1]", "x" * 65 + "@example.com",
           "a@" + "x" * 64 + ".com", "a,b@example.com", "a;b@example.com", "a:b@example.com", "a@ex ample.com"]
    with Sender(**smtp(free_port())) as sender:
        for address in bad:
            result = sender.send(to={"address": address})
            same((result["notice"], result["outcome"]), ("123", "refused"))
            assert result["error"].startswith("job: field to.address: "), (address, result)


def test_harmless_oddities_pass(_scratch):
    with ScriptedServer() as server, Sender(**smtp(server.port)) as sender:
        name, subject = 'Zhang, "San" (x) ; @', "=?utf-8?Q?evil=0D=0ABcc:_x?= 100% \\ \" ; : 督办"
        address = "o'hara+tag@sub.example.com"
        outcome_is(sender.send(to={"name": name, "address": address}, subject=subject), "accepted")
        message = parse(server.messages[0])
        same(message["To"].addresses[0].display_name, name)
        same(message["Subject"], subject)
        same(message["Bcc"], None)


def test_malformed_lines(_scratch):
    with Sender(**smtp(free_port())) as sender:
        for line, words in (("", "not a JSON object"), ("[]", "not a JSON object"), ("{", "not a JSON object"),
                            ("{}", "field notice: is missing"), ('{"notice":7}', "field notice: is not a string"),
                            ('{"notice":"7","notice":"8"}', "not a JSON object"),
                            ("\udcff", "not a JSON object"), ("x" * 600000, "too long")):
            sender.write(line)
            result = sender.read()
            assert words in result["error"], (line[:50], result)
        for change, words in (({"attempt": 0}, "attempt"), ({"attempt": "1"}, "attempt"), ({"text": ""}, "text"),
                              ({"date": "2026-03-02T09:00:00"}, "date"), ({"to": None}, "to.address"),
                              ({"to": "zhang@example.com"}, "to.address")):
            result = sender.send(job(**change))
            assert result["notice"] == "123" and f"field {words}: " in result["error"], (change, result)
        outcome_is(sender.send(to={"address": "zhang@example.com"}), "deferred")


def refused_configuration(words, **configuration):
    with Sender(**configuration) as sender:
        assert sender.ready["error"].startswith(words), sender.ready
        same(sender.process.wait(5), 78)


def test_configuration_is_checked(scratch):
    refused_configuration("configure.transport: ", **common(transport="pigeon"))
    refused_configuration("configure.maildir: is missing", **common(transport="maildir"))
    refused_configuration("configure.maildir: No such file", **maildir("/nonexistent/box"))
    refused_configuration("configure.from.address: ", **{**maildir("/tmp/x"), "from": {"address": "x"}})
    refused_configuration("configure.smtp.port: ", **smtp(0))
    refused_configuration("configure.smtp.port: ", **smtp("25"))
    refused_configuration("configure.smtp.host: ", **smtp(25, host="a\r\nb"))
    refused_configuration("configure.smtp.tls: ", **smtp(25, tls="maybe"))
    refused_configuration("configure.smtp.ca_file: ", **smtp(25, tls="starttls", ca_file="/nonexistent"))
    refused_configuration("configure.smtp.user: ", **smtp(25, user="x", password_file="/nonexistent"))
    secret = scratch / "secret"
    secret.write_text("hunter2")
    secret.chmod(0o644)
    refused_configuration("configure.smtp.password_file: can be used by everybody",
                          **smtp(25, tls="starttls", user="x", password_file=str(secret)))
    with subprocess.Popen([SENDER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as run:
        run.stdin.write(b"hello\n")
        run.stdin.close()
        assert json.loads(run.stdout.read())["error"].startswith("configure: ")
        same(run.wait(5), 78)


def test_end_of_input_and_lost_parent(scratch):
    with Sender(**maildir(scratch / "box")) as sender:
        sender.process.stdin.close()
        same(sender.process.wait(5), 0)
    with Sender(**maildir(scratch / "box")) as sender:
        sender.process.stdout.close()
        sender.write(json.dumps(job()))
        same(sender.process.wait(5), 74)
        sender.process.stdout = open(os.devnull, "rb")


def test_worker_dies_with_its_parent(_scratch):
    program = ("import os, subprocess, sys, time\n"
               "read, write = os.pipe()\n"
               "child = subprocess.Popen([sys.argv[1]], stdin=read, stdout=2, pass_fds=[write])\n"  # never an end of input
               "print(child.pid, flush=True)\n"
               "time.sleep(0.5)\n"
               "os._exit(0)\n")
    run = subprocess.Popen([sys.executable, "-c", program, SENDER], stdout=subprocess.PIPE,
                           stderr=subprocess.DEVNULL)
    worker = run.stdout.readline().decode().strip()
    assert os.path.exists(f"/proc/{worker}")
    run.wait(10)
    run.stdout.close()
    deadline = time.monotonic() + 5
    while os.path.exists(f"/proc/{worker}") and "zombie" not in open(f"/proc/{worker}/status").read():
        assert time.monotonic() < deadline, "the worker is still there"
        time.sleep(0.02)


def test_compose_does_not_depend_on_the_environment(_scratch):
    lines = json.dumps({"configure": maildir("/nonexistent")}) + "\n" + json.dumps(job()) + "\n"
    made = set()
    for environment in ({"LC_ALL": "C"}, {"LC_ALL": "zh_CN.GB18030", "TZ": "America/New_York"}, {"LANG": "de_DE"}):
        run = subprocess.run([SENDER, "--compose"], input=lines.encode(), capture_output=True, check=True,
                             env={**os.environ, **environment})
        made.add(run.stdout)
    same(len(made), 1)
    raw = made.pop()
    check_message(parse(raw))
    for line in raw.split(b"\r\n"):
        assert len(line) <= 78 and b"\n" not in line and b"\r" not in line, line


def test_options(_scratch):
    run = subprocess.run([SENDER, "--version"], capture_output=True, text=True)
    assert run.returncode == 0 and run.stdout.startswith("duban-sender "), run
    assert "--compose" in subprocess.run([SENDER, "--help"], capture_output=True, text=True).stdout
    same(subprocess.run([SENDER, "--nonsense"], capture_output=True).returncode, 64)
    run = subprocess.run([SENDER, "--compose"], input=b'{"configure":{}}\n', capture_output=True)
    same((run.returncode, run.stdout), (78, b""))


# --- web services ---


def webhook(service, scratch, **more):
    return common(transport="maildir", maildir=str(scratch / "mail"), webhook={"channel": "sms", "url": service.url, **more})


def text_message(**changes):
    return job(**{"channel": "sms", "posted_at": int(time.time()), "to": {"name": "张伟", "address": "+8613800000000"}, **changes})


def test_webhook_is_signed_and_repeats_are_recognisable(scratch):
    secret = secret_file(scratch / "secret", "whsec_" + base64.b64encode(b"0123456789abcdef01234567").decode())
    with WebService((503, ""), (200, "")) as service, \
            Sender(**webhook(service, scratch, secret_file=secret)) as sender:
        same(sender.ready["ready"], True)
        same(sender.send(text_message())["outcome"], "deferred")
        same(sender.send(text_message(attempt=2))["outcome"], "accepted")
        one, other = service.posts
        same(one["body"], other["body"], "bodies of two attempts")
        same(one["path"], "/notify?key=1")
        for post in service.posts:
            headers = post["headers"]
            signed = b".".join([headers["webhook-id"].encode(), headers["webhook-timestamp"].encode(), post["body"]])
            digest = hmac.new(b"0123456789abcdef01234567", signed, hashlib.sha256).digest()
            same(headers["webhook-signature"], "v1," + base64.b64encode(digest).decode())
            same(headers["webhook-id"], "n123.1.main@example.com")
            assert abs(int(headers["webhook-timestamp"]) - time.time()) < 30, headers
        data = service.bodies()[0]["data"]
        same((data["subject"], data["text"], data["to"]["address"]), (SUBJECT, BODY, "+8613800000000"))
        same(sender.send(job())["outcome"], "accepted", "mail by the same worker")


def test_webhook_robots(scratch):
    secret = secret_file(scratch / "secret", "SEC1")
    for format_, good, bad in (("dingtalk", '{"errcode":0}', '{"errcode":310000,"errmsg":"sign not match"}'),
                               ("wecom", '{"errcode":0}', '{"errcode":93000}'), ("feishu", '{"code":0}', '{"code":19021}')):
        with WebService((200, good), (200, bad)) as service, \
                Sender(**webhook(service, scratch, format=format_, secret_file=secret)) as sender:
            same(sender.send(text_message())["outcome"], "accepted", format_)
            same(sender.send(text_message())["outcome"], "refused", format_)
            if format_ == "dingtalk":
                path, _, query = service.posts[0]["path"].partition("&timestamp=")
                stamp, _, sign = query.partition("&sign=")
                wanted = base64.b64encode(hmac.new(b"SEC1", f"{stamp}\nSEC1".encode(), hashlib.sha256).digest()).decode()
                same((path, urllib.parse.unquote(sign)), ("/notify?key=1", wanted))


def test_webhook_over_tls_trusts_only_its_authority(scratch):
    ours, theirs = scratch / "ours", scratch / "theirs"
    ours.mkdir(), theirs.mkdir()
    authority, stranger = Authority(ours), Authority(theirs)
    with WebService(pair=authority.issue("DNS:localhost")) as service:
        with Sender(**webhook(service, scratch, ca_file=str(authority.certificate))) as sender:
            same(sender.send(text_message())["outcome"], "accepted")
        with Sender(**webhook(service, scratch, ca_file=str(stranger.certificate))) as sender:
            same(sender.send(text_message())["outcome"], "deferred")
        same(len(service.posts), 1, "posts")


def test_webhook_faults_are_deferred_and_nothing_is_followed(scratch):
    with WebService() as elsewhere, WebService((None, ""), (302, elsewhere.url), (200, "x" * 200000)) as service, \
            Sender(environment={"http_proxy": elsewhere.url}, **webhook(service, scratch)) as sender:
        same(sender.send(text_message())["outcome"], "deferred", "a connection that is cut")
        same(sender.send(text_message())["outcome"], "refused", "a redirect")
        same(sender.send(text_message())["outcome"], "accepted", "too long an answer")
        same(elsewhere.posts, [], "posts elsewhere")
    with WebService(("slow", ""), wait_s=3) as service, Sender(**webhook(service, scratch, timeout_s=1)) as sender:
        answer = sender.send(text_message())
        same(answer["outcome"], "deferred", "a service that does not answer")
        assert service.url not in json.dumps(answer) and "key=1" not in json.dumps(answer), answer
    closed = free_port()
    with Sender(**common(transport="maildir", maildir=str(scratch / "mail"),
                         webhook={"channel": "sms", "url": f"http://127.0.0.1:{closed}/"})) as sender:
        same(sender.send(text_message())["outcome"], "deferred", "nobody there")
        same(sender.send(text_message(channel="chat"))["outcome"], "refused", "a channel that nobody serves")


def test_webhook_configuration_is_checked(scratch):
    base = {"transport": "maildir", "maildir": str(scratch / "mail")}
    open_to_all = secret_file(scratch / "open", "x")
    os.chmod(open_to_all, 0o644)
    for words, settings in (("configure.webhook.url: is needed", {"channel": "sms"}),
                            ("configure.webhook.format", {"channel": "sms", "url": "http://127.0.0.1/", "format": "slack"}),
                            ("configure.webhook.url: is neither http nor https", {"channel": "sms", "url": "file:///etc/passwd"}),
                            ("configure.webhook.channel: is missing", {"url": "http://127.0.0.1/"}),
                            ("configure.webhook.url_file: can be used by everybody", {"channel": "sms", "url_file": open_to_all}),
                            ("configure.webhook.timeout_s", {"channel": "sms", "url": "http://127.0.0.1/", "timeout_s": 99})):
        refused_configuration(words, **common(**base, webhook=settings))


# --- the runner ---


def run_test(name, function):
    scratch = pathlib.Path(tempfile.mkdtemp(prefix="duban-sender-"))
    try:
        function(scratch)
        print(f"ok {name}", flush=True)
        return "passed"
    except Unavailable as reason:
        print(f"skip {name}: {reason}", flush=True)
        return "skipped"
    except Exception:
        print("# " + traceback.format_exc().strip().replace("\n", "\n# "))
        print(f"not ok {name}", flush=True)
        return "failed"
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def main():
    global SENDER
    build = pathlib.Path(sys.argv[1])
    SENDER = str(next(path for path in (build / "daemon/sender/duban-sender", build / "duban-sender")
                      if path.exists()).resolve())
    tests = {name[5:]: value for name, value in globals().items() if name.startswith("test_")}
    wanted = {name: test for name, test in tests.items()
              if not sys.argv[2:] or any(part in name for part in sys.argv[2:])}
    results = [run_test(name, test) for name, test in wanted.items()]
    skipped = f", {results.count('skipped')} skipped" if "skipped" in results else ""
    print(f"{results.count('passed')} passed, {results.count('failed')} failed{skipped}")
    return 0 if results and "failed" not in results else 1


if __name__ == "__main__":
    sys.exit(main())
