"""What a mail server of the tests (tests/lib/mail_peer.py) has taken, by Python's parsers.

    mails.py FOLDER EXPRESSION

The expression is Python over m, the mails in the order in which they came, each a dict of

    id        Message-ID
    to        of the envelope
    subject, text, html, lang
    head      a function of a field's name
    calendars a list of {method, file, events}; an event is a dict of
              uid, sequence, status, summary, location, start (ISO), end, all_day, zone,
              alarm (seconds), categories, changed

A list is printed one item a line; of a bool the exit code tells."""
import datetime
import email
import email.policy
import pathlib
import re
import sys

import icalendar


def time_of(prop):
    return prop.dt.isoformat() if prop is not None else None


def event_of(event):
    start = event["DTSTART"]
    alarms = [c for c in event.subcomponents if c.name == "VALARM"]
    listed = event.get("CATEGORIES", [])
    listed = listed if isinstance(listed, list) else [listed]
    return {
        "uid": str(event["UID"]),
        "sequence": int(event["SEQUENCE"]),
        "status": str(event["STATUS"]),
        "changed": time_of(event["LAST-MODIFIED"]),
        "summary": str(event.get("SUMMARY", "")),
        "location": str(event.get("LOCATION", "")),
        "start": time_of(start),
        "end": time_of(event.get("DTEND")),
        "all_day": not isinstance(start.dt, datetime.datetime),
        "zone": start.params.get("TZID"),
        "categories": [str(c) for some in listed for c in some.cats],
        "alarm": int(alarms[0]["TRIGGER"].dt.total_seconds()) if alarms else None,
    }


def calendar_of(raw):
    """Fails on whatever icalendar does not like."""
    calendar = icalendar.Calendar.from_ical(raw)
    wrong = [str(part.errors) for part in calendar.walk() if part.errors]
    if wrong:
        raise ValueError(wrong)
    return {
        "method": str(calendar.get("METHOD", "")),
        "name": str(calendar.get("NAME", calendar.get("X-WR-CALNAME", ""))),
        "events": [event_of(e) for e in calendar.walk("VEVENT")],
    }


def mail_of(path):
    content = path.read_bytes()
    message = email.message_from_bytes(content, policy=email.policy.default)
    facts = path.with_suffix(".txt").read_text(encoding="utf-8")
    found = {"text": "", "html": "", "calendars": []}
    for part in message.walk():
        if part.defects:
            raise ValueError(part.defects)
        kind = part.get_content_type()
        if kind == "text/plain":
            found["text"] = part.get_content()
        elif kind == "text/html":
            found["html"] = part.get_content()
        elif kind == "text/calendar":
            calendar = calendar_of(part.get_payload(decode=True))
            if part.get_param("method", calendar["method"]) != calendar["method"]:
                raise ValueError("the part's method is not the calendar's")
            found["calendars"].append(dict(calendar, file=part.get_filename()))
    return dict(found, id=str(message["Message-ID"]), subject=str(message["Subject"]),
                lang=str(message["Content-Language"]),
                to=facts.split(" to=", 1)[1].split("\n", 1)[0],
                head=lambda name: str(message[name]))


def show(value):
    if isinstance(value, bool):
        sys.exit(0 if value else 1)
    listed = value if isinstance(value, (list, tuple)) else [value]
    print("\n".join(str(v) for v in listed))


def main():
    folder, expression = sys.argv[1:]
    files = sorted(pathlib.Path(folder).glob("*.eml"))
    # A file of facts follows each: what has none yet has not come whole.
    files = [f for f in files if f.with_suffix(".txt").exists()]
    show(eval(expression, {"re": re, "m": [mail_of(f) for f in files]}))


if __name__ == "__main__":
    main()
