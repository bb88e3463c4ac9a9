#!/usr/bin/env python3
"""Counts the records of `kusanone export --format records` again.

Written from services/lib/model/README.md alone: what an event is, who held it, what counts.
Prints the figures one a line, as tests/e2e/export.sh compares them. Ends with code 1 where a
record is not what its identity says, a position is missing, or branches of an event stand
side by side, which it does not join."""
import base64
import collections
import hashlib
import json
import sys

BAD = {"malformed", "unknown_body", "unknown_node", "forbidden", "stolen", "foreign_event",
       "repeat", "none"}


def first_day(date):
    """FY2023 begins on 2023-04-01, 2024 on 2024-01-01; of two the finer is first."""
    if date.startswith("FY"):
        return date[2:] + "-04-01", 0
    return (date + "-01-01"[len(date) - 4:])[:10], -len(date)


def fiscal_year(date):
    """2024-02 is FY2023; a calendar year alone is in none."""
    if date.startswith("FY"):
        return int(date[2:])
    parts = date.split("-")
    return int(parts[0]) - (int(parts[1]) < 4) if len(parts) > 1 else None


def read(lines):
    head = json.loads(next(lines))
    rows, identities = [], {}
    for number, line in enumerate(lines, 1):
        row = json.loads(line)
        packed = base64.b64decode(row["bytes"])
        identity = hashlib.blake2b(packed, digest_size=32).hexdigest()
        if identity != row["identity"]:
            sys.exit("position %d: the bytes are not those of the identity" % number)
        if int(row["position"]) != number:
            sys.exit("position %d is missing" % number)
        rows.append(row)
    if len(rows) != int(head.get("position", 0)):
        sys.exit("%d records up to position %s" % (len(rows), head.get("position")))
    return rows


class Event:
    def __init__(self):
        self.heads, self.withdrawn, self.merged, self.answers = {}, False, False, {}


def fold(rows):
    events, figures, online = collections.defaultdict(Event), {}, set()
    for row in rows:
        if row["verdict"] in BAD:
            continue
        record = row["record"]
        if "eventRevision" in record:
            revision = record["eventRevision"]
            event = events[revision["event"]["id"]]
            for base in revision.get("bases", []):
                event.heads.pop(base64.b64decode(base).hex(), None)
            event.heads[row["identity"]] = revision["event"]
        elif "withdrawal" in record:
            w = record["withdrawal"]
            events[w["eventId"]].withdrawn = not w.get("undone", False)
        elif "cohostAnswer" in record:
            a = record["cohostAnswer"]
            events[a["eventId"]].answers[a["post"]] = a["answer"]
        elif "sourceConfirmation" in record:
            for post in record["sourceConfirmation"]["posts"]:
                events[record["sourceConfirmation"]["eventId"]].answers[post] = \
                    "ANSWER_CONFIRMED"
        elif "merge" in record:
            events[record["merge"]["fromEventId"]].merged = True
        elif "publishedFigure" in record:
            f = record["publishedFigure"]
            key = f["measure"], f.get("scope", {}).get("en", ""), f["fiscalYearFrom"], \
                f["fiscalYearTo"]
            figures[key] = None if f.get("withdrawn") else int(f["value"])
        elif "referenceChange" in record:
            for r in record["referenceChange"].get("rows", []):
                code = r.get("code", {})
                if code.get("dimension") == "format" and "online" in code.get("attributes", []):
                    online.add(code["code"])
    return events, figures, online


def held(event):
    """The event as shown, if it counts."""
    if event.withdrawn or event.merged or not event.heads:
        return None
    if len(event.heads) > 1:
        sys.exit("an event has branches that stand side by side")
    shown = next(iter(event.heads.values()))
    statuses = {s.get("status", shown.get("status")) for s in shown.get("sessions", [])}
    return shown if "STATUS_HELD" in (statuses or {shown.get("status")}) else None


def dates_of(event):
    sessions = [s for s in event.get("sessions", [])
                if s.get("status", event.get("status")) == "STATUS_HELD"]
    if event.get("sessions"):
        return [s["datedBy"]["local"] if "datedBy" in s else s["start"]["value"]
                for s in sessions if "start" in s]
    return [d["value"] for d in event.get("statedDates", [])]


def states_of(event, online):
    sessions = [s for s in event.get("sessions", [])
                if s.get("status", event.get("status")) == "STATUS_HELD"]
    if event.get("sessions"):
        return {s.get("place", {}).get("state") or
                ("online" if s.get("online") else "not_stated") for s in sessions}
    states = {p.get("state", "not_stated") for p in event.get("statedPlaces", [])}
    return states or {"online" if event.get("format") in online else "not_stated"}


def main():
    events, figures, online = fold(read(sys.stdin))
    counted = [(e, held(e)) for e in events.values()]
    counted = [(e, shown) for e, shown in counted if shown is not None]
    by = {name: collections.Counter() for name in ("fy", "post", "state", "month")}
    for event, shown in counted:
        years = [fiscal_year(d) for d in sorted(dates_of(shown), key=first_day)]
        by["fy"][years[0] if years else None] += 1
        by["post"].update(p for p in shown.get("holders", []) if p == shown["recorder"] or
                          event.answers.get(p) == "ANSWER_CONFIRMED")
        by["state"].update(states_of(shown, online))
        by["month"].update({d[:7] for d in dates_of(shown) if "-" in d})
    print("events", len(counted))
    for (measure, scope, first, last), value in sorted(figures.items()):
        if value is not None and measure == "events" and not scope:
            itemised = sum(n for y, n in by["fy"].items() if y and first <= y <= last)
            print("published FY%d-%d %d itemised %d not_itemised %d" %
                  (first, last, value, itemised, value - itemised))
    for name in ("fy", "post", "state", "month"):
        print(name, " ".join("%s=%d" % kv for kv in sorted(by[name].items(), key=str)))
    print("overlap", sum(by["post"].values()) - len(counted))


main()
