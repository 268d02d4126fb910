#!/usr/bin/env python3
"""Looks into the Maildir that duban's notices were filed in; etc/quickstart uses it.

    quickstart_mails.py check MAILDIR NOTICES NUMBER…   exits 1 unless every ticket's escalation arrived
    quickstart_mails.py show MAILDIR NUMBER             prints an escalation about that ticket, decoded

NOTICES is a file with what `dubanctl notices --json` answered. An escalation has arrived when the daemon holds it for
accepted and a mail to the same address, about the same ticket, lies in the Maildir. Standard library only.
"""
import email
import email.policy
import json
import pathlib
import sys

TEMPLATE = "contact_breach"


def escalations(maildir):
    """The mails of the Maildir that tell of a missed contact."""
    for path in sorted(pathlib.Path(maildir).glob("new/*")):
        mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        if mail["X-Duban-Template"] == TEMPLATE:
            yield mail


def check(maildir, notices, *numbers):
    """One line a ticket; false when an escalation is missing on either side."""
    mails = {(mail["X-Duban-Notice"], mail["To"].addresses[0].addr_spec, mail["Subject"])
             for mail in escalations(maildir)}
    arrived = {notice["number"] for notice in json.loads(pathlib.Path(notices).read_text("utf-8"))["notices"]
               if notice["template"] == TEMPLATE and notice["state"] == "accepted"
               and (notice["notice"], notice["address"], notice["subject"]) in mails}
    for number in numbers:
        print(f"    {number}  {'escalated, and the mail is here' if number in arrived else 'no escalation yet'}")
    return bool(numbers) and arrived.issuperset(numbers)


def show(maildir, number):
    """An escalation as its reader sees it."""
    for mail in escalations(maildir):
        if number in mail["Subject"]:
            print(f"Date:    {mail['Date'].datetime.astimezone():%Y-%m-%d %H:%M %z}")
            for field in ("From", "To", "Subject"):
                print(f"{field + ':':<9}{mail[field]}")
            print()
            print(mail.get_body(preferencelist=("plain",)).get_content().replace("\r\n", "\n").rstrip())
            return True
    print(f"no escalation about {number} in {maildir}")
    return False


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")
    sys.exit(0 if {"check": check, "show": show}[sys.argv[1]](*sys.argv[2:]) else 1)
