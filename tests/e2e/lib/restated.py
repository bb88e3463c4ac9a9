#!/usr/bin/python3
"""Published figures + the listed changes = the figures of now, in every cell.

    restated.py PUBLICATION.json RESTATEMENT.json TOTALS.json

What kusanone prints with --json: publication show, restatement, totals. Each change must find
the cell as it says that it was; what is left at the end is compared with the totals cell by
cell, and so are the cells that differ. Prints what is wrong, and nothing else.
"""
import json
import sys

EXTRAS = ["provisional", "boundary", "planned", "postponed", "cancelled"]
ZERO = (0, "BOUND_EXACT", 0)


def figure(f):
    if f is None:
        return None
    return int(f.get("value", 0)), f.get("bound", "BOUND_UNSPECIFIED"), int(f.get("notStated", 0))


def key(k):
    return k.get("bucket") or k.get("code")


def spoken(f):
    return (f["measure"], f.get("scope", {}).get("ja", ""), f.get("scope", {}).get("en", ""),
            f["fiscalYearFrom"], f["fiscalYearTo"])


def cells_of(totals):
    cells = {}
    for table in totals["tables"]:
        by = tuple(table.get("by", []))
        for row in [None] + table.get("rows", []):
            at = table if row is None else row
            place = ((), ()) if row is None else (by, tuple(key(k) for k in row["keys"]))
            figures = table["total"] if row is None else row["figures"]
            for measure, f in zip(table["measures"], figures):
                cells[(place, measure)] = figure(f)
            for extra in EXTRAS:
                cells[(place, extra)] = (int(at.get(extra, 0)), "BOUND_EXACT", 0)
    for row in totals.get("published", []):
        f = row["figure"]
        cells[(spoken(f), "published")] = (int(f["value"]), f["bound"], 0)
        for column, name in ("itemised", "itemised"), ("not_itemised", "notItemised"):
            if int(row[name]) >= 0:
                cells[(spoken(f), column)] = (int(row[name]), "BOUND_EXACT", 0)
    if "cumulative" in totals:
        cells[((), ()), "cumulative"] = figure(totals["cumulative"])
    return {at: f for at, f in cells.items() if f != ZERO}


def place_of(cell):
    if "figure" in cell:
        return spoken(cell["figure"]), cell["column"]
    keys = tuple(key(k) for k in cell.get("keys", []))
    return (tuple(cell.get("by", [])), keys), cell["column"]


def apply(cells, changes, where):
    for change in changes:
        at = place_of(change)
        before, after = figure(change.get("before")), figure(change.get("after"))
        had = cells.get(at, ZERO)
        if (before or ZERO) != had:
            print("%s: %s was %s, not %s" % (where, at, had, before))
        cells[at] = after or ZERO


def check(cells, now, what):
    for at in sorted(set(cells) | set(now), key=str):
        if cells.get(at, ZERO) != now.get(at, ZERO):
            print("%s: %s is %s, not %s" % (what, at, now.get(at), cells.get(at)))


publication, restatement, totals = (json.load(open(name)) for name in sys.argv[1:4])
was, now = cells_of(publication["totals"]), cells_of(totals)
cells = dict(was)
for record in restatement.get("records", []):
    apply(cells, record["cells"], "position " + record["record"]["position"])
check(cells, now, "after the records")
cells = dict(was)
apply(cells, restatement.get("differing", []), "what differs")
check(cells, now, "with what differs")
if not restatement.get("records"):
    print("no record is listed")
