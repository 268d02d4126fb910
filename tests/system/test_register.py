#!/usr/bin/env python3
"""Registers and schedules on a real daemon and PostgreSQL: entered, imported, exported, restarted, reloaded, fired once.

Usage: test_register.py BUILD_DIR [NAME...]
"""
import csv
import io
import os
import pwd

import duban as system
from duban import main, same

REGIME = (system.ROOT / "tests/scenario/regimes/contracts.ini").read_text(encoding="utf-8")
CONTRACT = {"number": "17", "customer": "K-1", "status": "active", "signed": "2026-01-05", "expires": "2026-12-31"}


def a_customer(client, id_="K-1", **fields):
    return client.call("customer.put", id=id_, fields={"name": "华信物流", "phone": "13812345678", **fields})


def records_come_back(world):
    """What was put is there after SIGKILL and a start, with its revision; what was removed goes on counting."""
    with world.duban(regime=REGIME) as duban:
        with duban.client() as client:
            a_customer(client)
            same(client.call("contract.put", id="C-17", fields=CONTRACT)["revision"], 1, "revision")
            same(client.call("contract.put", id="C-17", fields=dict(CONTRACT, amount=12))["revision"], 2, "revision")
            client.call("register.put", register="courses", id="D-1",
                        fields={"title": "入门", "begins": "2026-05-01T09:00:00+08:00"})
            client.call("register.remove", register="courses", id="D-1")
            digest = client.digest()
        for end in (duban.kill, duban.stop):
            end()
            duban.start()
            with duban.client() as client:
                same(client.digest(), digest, "digest")
                same(client.call("system.stats")["load"]["records"], 2, "records loaded")
                record = client.call("contract.get", id="C-17")
                same((record["revision"], record["fields"]), (2, dict(CONTRACT, amount=12)), "record")
                same(client.refusal("course.get", id="D-1").name, "not_found", "a removed record")
        with duban.client() as client:
            answer = client.call("course.put", id="D-1", fields={"title": "入门", "begins": "2026-05-01T09:00:00+08:00"})
            same((answer["revision"], answer["created"]), (3, True), "revision of an id that was there before")
        system.verify_journal(duban)
        rows = duban.rows("SELECT register, record, revision, removed FROM duban.register_record ORDER BY 1, 2")
        same([(row["record"], row["revision"]) for row in rows], [("C-17", 2), ("D-1", 3), ("K-1", 1)], "rows")


def contact_data_is_masked(world):
    """Phones and addresses are for roles that need them."""
    me = pwd.getpwuid(os.geteuid()).pw_name
    with world.duban(regime=REGIME, roles={"gateway": (me, "")}) as duban:
        with duban.client() as client:
            a_customer(client, email="li.lei@example.com")
            same(client.call("customer.get", id="K-1")["fields"]["phone"], "13812345678", "what a gateway sees")
        duban.roles = {"auditor": (me, "")}
        duban.write_config()
        duban.restart()
        with duban.client() as client:
            fields = client.call("customer.list")["records"][0]["fields"]
            same((fields["phone"], fields["email"]), ("138****5678", "l***@example.com"), "what an auditor sees")


def a_reload_fits_or_is_refused(world):
    """A field that a record has can't go; another order of fields changes nothing."""
    with world.duban(regime=REGIME) as duban:
        with duban.client() as client:
            a_customer(client)
            client.call("contract.put", id="C-17", fields=CONTRACT)
            digest = client.digest()
            duban.write_regime(REGIME.replace("fields = signed date, expires date", "fields = expires date"))
            refusal = client.refusal("system.reload")
            assert "register contracts has 'C-17'" in str(refusal) and "signed" in str(refusal), refusal
            duban.write_regime(REGIME.replace("status active|ended", "status ended|lost"))
            refusal = client.refusal("system.reload")
            assert "'active' is not one of: ended, lost" in str(refusal), refusal
            duban.write_regime(REGIME.replace("fields = signed date, expires date", "fields = expires date, signed date, note text optional"))
            client.call("system.reload")
            same(client.call("contract.get", id="C-17")["fields"], CONTRACT, "record")
            same(client.call("contract.put", id="C-17", fields=CONTRACT)["changed"], False, "the same put again")
        duban.write_regime(REGIME.replace("fields = signed date, expires date", "fields = expires date"))
        duban.restart()  # the row does not fit and stays as it is
        with duban.client() as client:
            same(client.call("system.stats")["load"]["quarantined"], 1, "rows that could not be restored")
            fields = {name: value for name, value in CONTRACT.items() if name != "signed"}
            same(client.refusal("contract.put", id="C-17", fields=fields).name, "invalid_state", "a put over it")
        duban.write_regime(REGIME)
        duban.restart()
        with duban.client() as client:
            same(client.digest(), digest, "digest with the old regime again")


def import_and_export(world):
    """A CSV file goes in, comes out the same, goes in again without a change; errors have their line."""
    file = world.directory / "contracts.csv"
    with world.duban(regime=REGIME) as duban:
        with duban.client() as client:
            for number in range(3):
                a_customer(client, f"K-{number}")
        lines = ["id,number,customer,status,signed,expires,owner"]
        lines += [f'C-{n:04},"合同, {n}",K-{n % 3},active,2026-01-05,2027-{n % 12 + 1:02}-15,{"" if n % 2 else "zhang.wei"}'
                  for n in range(1200)]
        file.write_text("\n".join(lines) + "\n", encoding="utf-8")
        done = duban.ctl("register", "import", "contracts", file, "--dry-run")
        assert done.returncode == 0 and "would be: 1200 new" in done.stdout, done
        same(duban.number("SELECT count(*) FROM duban.register_record WHERE register = 'contracts'"), 0, "records")
        done = duban.ctl("register", "import", "contracts", file)
        assert done.returncode == 0 and "1200 new, 0 changed, 0 as they were, 0 refused" in done.stdout, done
        sequence = duban.number("SELECT journal_sequence FROM duban.desk")
        done = duban.ctl("register", "import", "contracts", file)
        assert done.returncode == 0 and "0 new, 0 changed, 1200 as they were" in done.stdout, done
        same(duban.number("SELECT journal_sequence FROM duban.desk"), sequence, "nothing was journaled")
        out = duban.ctl("register", "export", "contracts")
        rows = list(csv.DictReader(io.StringIO(out.stdout)))
        same(len(rows), 1200, "exported records")
        same((rows[5]["id"], rows[5]["number"], rows[4]["owner"]), ("C-0005", "合同, 5", "zhang.wei"), "a record")
        file.write_text(out.stdout, encoding="utf-8")
        done = duban.ctl("register", "import", "contracts", file)
        assert "1200 as they were" in done.stdout, done
        file.write_text("id,number,customer,status,signed,expires\nC-1,1,K-1,active,2026-01-05,2026-12-31\n"
                        "C-2,2,K-9,active,2026-01-05,2026-12-31\nC-3,3,K-1,active,yesterday,2026-12-31\n", encoding="utf-8")
        done = duban.ctl("register", "import", "contracts", file)
        assert done.returncode == 1 and "1 new, 0 changed, 0 as they were, 2 refused" in done.stdout, done
        assert f"{file}:3:" in done.stderr and "K-9" in done.stderr and f"{file}:4:" in done.stderr, done.stderr
        for text, wanted in (("", "empty"), ("number\n1\n", "no column 'id'"), ("id,number,number\n", "twice"),
                             ("id,number\nC-1,1\nC-2\n", ":3:")):
            file.write_text(text, encoding="utf-8")
            done = duban.ctl("register", "import", "contracts", file)
            assert done.returncode == 4 and wanted in done.stderr, (text, done)
        done = duban.ctl("register", "list", "contracts", "--where", "customer=K-1", "--limit", "2", "--json")
        assert '"next"' in done.stdout and done.returncode == 0, done
        done = duban.ctl("register", "put", "customers", "K-7", "-f", "name=Lantian", "-f", "key=yes")
        assert done.returncode == 0, done
        done = duban.ctl("register", "get", "customers", "K-7")
        assert done.returncode == 0 and "Lantian" in done.stdout, done
        done = duban.ctl("register", "remove", "customers", "K-1")
        assert done.returncode == 1 and "names it" in done.stderr, done


TESTS = [records_come_back, contact_data_is_masked, a_reload_fits_or_is_refused, import_and_export]

if __name__ == "__main__":
    main(TESTS)
