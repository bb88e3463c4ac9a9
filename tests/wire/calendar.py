#!/usr/bin/python3
"""Calendars that notification writes, read back by a parser that is not its own.

    calendar.py PROGRAM     PROGRAM (wire_calendar) writes them; one line for each

The offsets of times are those that each file's own VTIMEZONE gives, and must be those of
the system's zones.
"""
import datetime
import json
import pathlib
import subprocess
import sys
import tempfile
import zoneinfo

import icalendar


def offset_by_file(zone, local):
    """Of the observance that began last before a local time (RFC 5545 3.6.5)."""
    began = [(o["DTSTART"].dt, o["TZOFFSETTO"].td) for o in zone.subcomponents
             if o["DTSTART"].dt <= local]
    if not began:
        raise ValueError("no observance of %s holds at %s" % (zone["TZID"], local))
    return max(began)[1]


def said_time(prop, zones):
    """A time as ISO text, with its offset by the file."""
    value = prop.dt
    if not isinstance(value, datetime.datetime):
        return value.isoformat()
    name = prop.params.get("TZID")
    if name is None:
        return value.isoformat()
    local = value.replace(tzinfo=None)
    offset = offset_by_file(zones[name], local)
    system = zoneinfo.ZoneInfo(name).utcoffset(local)
    if offset != system:
        raise ValueError("%s in %s is %s by the file, %s by the system"
                         % (local, name, offset, system))
    return local.replace(tzinfo=datetime.timezone(offset)).isoformat()


def text(component, name):
    return str(component[name]) if name in component else None


def categories(event):
    lists = event.get("CATEGORIES", [])
    lists = lists if isinstance(lists, list) else [lists]
    return [str(c) for some in lists for c in some.cats]


def alarm(event):
    alarms = [c for c in event.subcomponents if c.name == "VALARM"]
    return int(alarms[0]["TRIGGER"].dt.total_seconds()) if alarms else None


def said_event(event, zones):
    start = event["DTSTART"]
    return {
        "uid": text(event, "UID"),
        "sequence": event["SEQUENCE"],
        "status": text(event, "STATUS"),
        "changed": event["LAST-MODIFIED"].dt.isoformat(),
        "start": said_time(start, zones),
        "end": said_time(event["DTEND"], zones) if "DTEND" in event else None,
        "zone": start.params.get("TZID"),
        "summary": text(event, "SUMMARY"),
        "location": text(event, "LOCATION"),
        "description": text(event, "DESCRIPTION"),
        "url": text(event, "URL"),
        "categories": categories(event),
        "organizer": text(event, "ORGANIZER"),
        "attendee": text(event, "ATTENDEE"),
        "alarm": alarm(event),
    }


def said(raw):
    for line in raw.split(b"\r\n"):
        if len(line) > 75 or b"\n" in line or b"\r" in line:
            raise ValueError("a line that is none: %r" % line)
        line.decode("utf-8")
    calendar = icalendar.Calendar.from_ical(raw)
    if calendar.errors:
        raise ValueError("the calendar: %s" % calendar.errors)
    zones = {}
    events = []
    for part in calendar.subcomponents:
        if part.errors:
            raise ValueError("%s: %s" % (part.name, part.errors))
        if part.name == "VTIMEZONE":
            if part["TZID"] in zones:
                raise ValueError("%s stands twice" % part["TZID"])
            zones[str(part["TZID"])] = part
        elif part.name == "VEVENT":
            events.append(part)
        else:
            raise ValueError("a %s" % part.name)
    events = [said_event(e, zones) for e in events]
    if len({e["uid"] for e in events}) != len(events):
        raise ValueError("a UID stands twice")
    refresh = calendar.get("REFRESH-INTERVAL")
    return {
        "method": text(calendar, "METHOD"),
        "name": text(calendar, "NAME"),
        "refresh": int(icalendar.vDuration.from_ical(refresh).total_seconds())
        if refresh else None,
        "events": events,
    }


def difference(wanted, found, where):
    """What is wanted must be there; nothing is said of the rest."""
    if isinstance(wanted, dict):
        for key, value in wanted.items():
            wrong = difference(value, found[key], "%s.%s" % (where, key))
            if wrong:
                return wrong
        return None
    if isinstance(wanted, list) and len(wanted) == len(found):
        for i, value in enumerate(wanted):
            wrong = difference(value, found[i], "%s[%d]" % (where, i))
            if wrong:
                return wrong
        return None
    return None if wanted == found else "%s: %r, not %r" % (where, found, wanted)


def check(path):
    try:
        found = said(path.read_bytes())
        wanted = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        wrong = difference(wanted, found, "calendar")
    except (ValueError, KeyError, IndexError) as e:
        wrong = repr(e)
    if wrong:
        print("FAIL calendar %s %s" % (path.stem, wrong))
    else:
        print("ok calendar %s" % path.stem)
    return not wrong


def main():
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.argv[1], folder], check=True)
        files = sorted(pathlib.Path(folder).glob("*.ics"))
        good = [check(path) for path in files]
    if not good:
        print("FAIL calendar nothing was written")
    return 0 if good and all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
