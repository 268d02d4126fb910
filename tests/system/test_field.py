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


TESTS = [fields_are_changed_one_by_one, by_the_command_line]

if __name__ == "__main__":
    main(TESTS)
