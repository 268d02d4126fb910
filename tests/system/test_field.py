#!/usr/bin/env python3
"""Fields of the regime's own on a real daemon and PostgreSQL: said, changed one by one, kept through a restart.

Usage: test_field.py BUILD_DIR [NAME...]
"""
import json

import duban as system
from duban import main, same

REGIME = (system.ROOT / "tests/scenario/regimes/fields.ini").read_text(encoding="utf-8")
PEOPLE = (system.ROOT / "tests/scenario/people/cases.ini").read_text(encoding="utf-8")


def a_project(**more):
    return {"class": "project", "type": "setup", "urgency": "normal", "channel": "phone", "subject": "安装",
            "customer": {"name": "华信物流"}, "contact": {"name": "李", "phone": "13812345678"}, **more}


def fields_are_changed_one_by_one(world):
    """A default is added, numbers and yes/no keep their type, null takes one out, and the last word counts."""
    with world.duban(regime=REGIME, people=PEOPLE) as duban:
        with duban.client() as client:
            ticket = client.call("ticket.create", **a_project(fields={"days": "12", "industry": "物流"}))["ticket"]
            free = client.call("ticket.create", **a_project(**{"class": "call"}, fields={"floor": 3, "room": "12"}))["ticket"]
            same(client.call("ticket.get", ticket=ticket)["fields"], {"agreed": False, "days": 12, "industry": "物流"}, "filed")
            refusal = client.refusal("ticket.update", ticket=ticket, fields={"days": 3, "floor": "2"})
            same((refusal.name, refusal.field), ("invalid_params", "fields.floor"), "a field it does not have")
            same(client.call("ticket.get", ticket=ticket)["fields"]["days"], 12, "nothing half-done")
            client.call("ticket.update", ticket=ticket, fields={"days": 9})
            client.call("ticket.update", ticket=ticket, fields={"industry": None}, details="三楼")
            client.call("ticket.update", ticket=ticket, fields={"industry": "银行"})
            client.call("ticket.update", ticket=ticket, fields={"days": None})
            wanted = {"agreed": False, "industry": "银行"}
            shown = client.call("ticket.get", ticket=ticket)
            same((shown["fields"], shown["details"]), (wanted, "三楼"), "changed")
            client.call("ticket.update", ticket=free, fields={"room": "13"})
            same(client.call("ticket.get", ticket=free)["fields"], {"room": "13"}, "a free object is replaced as a whole")
            digest = client.digest()
        duban.kill()
        duban.start()
        with duban.client() as client:
            same(client.digest(), digest, "digest")
            same(client.call("ticket.get", ticket=ticket)["fields"], wanted, "after a restart")
            client.call("ticket.update", ticket=ticket, fields={"industry": None})
            same(client.call("ticket.get", ticket=ticket)["fields"], {"agreed": False}, "taken out again")
        system.verify_journal(duban)


def by_the_command_line(world):
    """`ticket new --field`, `ticket update --field`; a refusal names the field."""
    with world.duban(regime=REGIME, people=PEOPLE) as duban:
        words = ("-c", "project", "-t", "setup", "-u", "normal", "--channel", "phone", "--customer", "华信", "--contact", "李",
                 "--phone", "1381", "--subject", "安装")
        done = duban.ctl("ticket", "new", *words, "--field", "days=soon")
        assert done.returncode == 1 and "fields.days" in done.stderr, done
        done = duban.ctl("ticket", "new", *words, "--field", "days=12", "--field", "industry=a=b", "--json")
        assert done.returncode == 0, done
        ticket = json.loads(done.stdout)["ticket"]
        done = duban.ctl("ticket", "update", ticket, "--field", "days=9", "--field", "industry=")
        assert done.returncode == 0, done
        done = duban.ctl("ticket", "show", ticket)
        assert "days" in done.stdout and "9" in done.stdout and "a=b" not in done.stdout, done
        with duban.client() as client:
            same(client.call("ticket.get", ticket=ticket)["fields"], {"agreed": False, "days": 9}, "fields")


def deadlines_follow_fields_through_a_restart(world):
    """What clocks ask for is in memory again after SIGKILL, and a record moves the deadlines of those who name it."""
    with world.duban(regime=REGIME, people=PEOPLE) as duban:
        with duban.client() as client:
            client.call("customer.put", id="K-1", fields={"name": "华信", "contact": "李", "phone": "1"})
            client.call("contract.put", id="C-1", fields={"customer": "K-1", "expires": "2031-05-01", "days": 9})
            one = client.call("ticket.create", **a_project(fields={"days": 3}))["ticket"]
            two = client.call("ticket.create", **a_project(**{"class": "renewal"}, fields={"contract": "C-1", "industry": "x"}))["ticket"]
            digest, before = client.digest(), deadlines(client, one, two)
        for end in (duban.kill, duban.stop):
            end()
            duban.start()
            with duban.client() as client:
                same(client.digest(), digest, "digest")
                same(deadlines(client, one, two), before, "deadlines")
        with duban.client() as client:
            client.call("contract.put", id="C-1", fields={"customer": "K-1", "expires": "2031-05-01", "days": 2})
            moved = deadlines(client, one, two)
            assert moved[0] == before[0] and moved[1] < before[1], (before, moved)
            client.call("ticket.update", ticket=one, fields={"days": 30})
            assert deadlines(client, one, two)[0] > before[0]
            lines = [line for clock in client.call("clock.explain", ticket=two, language="en")["clocks"] for line in clock["lines"]]
            assert any("as the field contract.days says" in line for line in lines), lines
            assert any("moved with its field or record (contract.days)" in line for line in lines), lines
        rows = duban.rows("SELECT ticket, body::jsonb ->> 'detail' AS detail FROM duban.journal WHERE type = 'clock.moved' ORDER BY sequence")
        same([(row["ticket"], row["detail"]) for row in rows], [(int(two), "contract.days"), (int(one), "days")], "journal")
        client = duban.client()
        with client:
            client.call("ticket.solve", ticket=two, result="好")
            client.call("ticket.close", ticket=two)
            client.call("contract.put", id="C-1", fields={"customer": "K-1", "expires": "2031-05-01", "days": 1})
            client.call("ticket.reopen", ticket=two)
            same(client.call("ticket.get", ticket=two)["fields"], {"contract": "C-1", "industry": "x"}, "a recalled ticket")
            client.call("contract.put", id="C-1", fields={"customer": "K-1", "expires": "2031-05-01", "days": 5})
        system.verify_journal(duban)


def decisions_and_loops_are_shown(world):
    """AFT-10, AFT-16: who pays is worked out from the records as they are now, the same after SIGKILL; stages are counted."""
    regime = (system.ROOT / "etc/regimes/aftersales.ini").read_text(encoding="utf-8")
    people = (system.ROOT / "tests/scenario/people/aftersales.ini").read_text(encoding="utf-8")
    day = system.instant(-2 * 24 * 3600)[:10]
    fault = {"class": "fault", "type": "hardware", "urgency": "general", "channel": "phone", "subject": "签名钥匙坏了", "customer": {"name": "华信"},
             "contact": {"name": "李", "phone": "13812345678"}}
    with world.duban(regime=regime, people=people) as duban:
        with duban.client() as client:
            client.call("customer.put", id="K-1", fields={"name": "华信", "contact": "李", "phone": "1"})
            client.call("asset.put", id="A-1", fields={"serial": "1", "customer": "K-1", "applied_on": day})
            created = client.call("ticket.create", **fault, fields={"asset": "A-1"})
            ticket = created["ticket"]
            same([(row["decision"], row["word"], row["missing"]) for row in created["decisions"]], [("key", None, "asset.damage")], "filed")
            shown = duban.ctl("ticket", "show", ticket).stdout
            assert "asset.damage" in shown, shown
            client.call("asset.put", id="A-1", fields={"serial": "1", "customer": "K-1", "applied_on": day, "damage": "natural"})
            decided = client.call("ticket.get", ticket=ticket)["decisions"]
            line = next(i for i, text in enumerate(regime.splitlines(), 1) if "-> free" in text)
            same([(row["word"], row["says"], row["line"]) for row in decided], [("free", "三年内自然损坏，免费更换", line)], "decided")
            for stage in ("analysing", "phone", "analysing", "phone", "analysing"):
                client.call("ticket.move", ticket=ticket, stage=stage)
            client.call("progress.add", ticket=ticket, note="重启")
            digest = client.digest()
        duban.kill()
        duban.start()
        with duban.client() as client:
            same(client.digest(), digest, "digest")
            got = client.call("ticket.get", ticket=ticket)
            same(got["decisions"], decided, "after a restart")
            stages = [{"stage": "reported", "times": 1}, {"stage": "analysing", "times": 3}, {"stage": "phone", "times": 2}]
            same(got["stages"], stages, "stages")
            same(client.call("form.get", ticket=ticket, form="order")["decisions"], decided, "what a form shows")
            shown = duban.ctl("ticket", "show", ticket).stdout
            assert "三年内自然损坏，免费更换" in shown, shown
            assert any(line.split() == ["analysing", "3"] for line in shown.splitlines()), shown
        system.verify_journal(duban)


def deadlines(client, *tickets):
    names = ("implementation", "renewed")
    return [clock["due_at"] for ticket in tickets for clock in client.call("ticket.get", ticket=ticket)["clocks"] if clock["clock"] in names]


TESTS = [deadlines_follow_fields_through_a_restart, decisions_and_loops_are_shown, fields_are_changed_one_by_one, by_the_command_line]

if __name__ == "__main__":
    main(TESTS)
