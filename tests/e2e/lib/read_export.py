#!/usr/bin/env python3
"""Reads exports back with programs that are not ours, and says what is not as it must be.

    read_export.py PAPER.xlsx PAPER.csv ALL.csv ALL.xlsx SESSIONS.csv SESSIONS.xlsx
                   HOSTILE.json TOTAL"""
import csv
import datetime
import json
import re
import sys
import zipfile

import openpyxl

paper, paper_csv, all_csv, all_xlsx, sessions_csv, sessions_xlsx, hostile, total = sys.argv[1:]
bad = 0
BEGINS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "\u2212", "＠")
BLANKS = " \u3000\u00a0\u200b\u2060\ufeff"


def check(what, got, want):
    global bad
    if got != want:
        bad += 1
        print("# %s: %r, not %r" % (what, got, want))


def unescape(text):
    """What a spreadsheet shows of a cell's text (ECMA-376, ST_Xstring); openpyxl leaves it."""
    return re.sub("_x([0-9A-Fa-f]{4})_", lambda m: chr(int(m.group(1), 16)), text)


def sheet_rows(path, number):
    sheet = openpyxl.load_workbook(path).worksheets[number]
    rows = list(sheet.iter_rows())
    names = [c.value for c in rows[0]]
    check("%s: headers are different" % path, len(set(names)), len(names))
    return sheet, [dict(zip(names, row)) for row in rows[1:]]


def csv_rows(path):
    data = open(path, "rb").read()
    check("%s: begins with a BOM" % path, data[:3], b"\xef\xbb\xbf")
    text = data.decode("utf-8-sig")
    rows = list(csv.DictReader(text.splitlines(keepends=True), strict=True))
    check("%s: ends with CR LF" % path, text.endswith("\r\n"), True)
    return rows


# The paper in Japanese: nothing that it does not say.
sheet, rows = sheet_rows(paper, 0)
book = openpyxl.load_workbook(paper)
check("sheets", book.sheetnames, ["案件", "開催回", "この表について"])
check("frozen", sheet.freeze_panes, "A2")
check("filter", sheet.auto_filter.ref, "A1:%s5" % openpyxl.utils.get_column_letter(sheet.max_column))
by_title = {r["件名（日本語）"].value: r for r in rows}
webinar = by_title["日・カリフォルニア州水素ウェビナー"]
check("a month stays a text", webinar["開始"].value, "2024-02")
check("and says so", webinar["開始の精度"].value, "月まで")
check("year", webinar["年度"].value, 2023)
check("holders", webinar["開催公館コード"].value, "sfo; lax")
check("both confirmed", webinar["開催公館（確認済み）コード"].value.split("; ").__len__(), 2)
check("nobody unconfirmed", webinar["開催公館（未確認）コード"].value, None)
check("participants are not stated", webinar["参加者数"].value, None)
check("nor a budget", webinar["予算額（円）"].value, None)
check("labels", webinar["記録公館"].value, "在サンフランシスコ日本国総領事館")
check("counted", sum(r["集計対象"].value for r in rows), 4)
check("widths", sheet.column_dimensions["A"].width > 15, True)
created = book.properties.created
check("created at the position's time", created is not None and created.year >= 2020, True)

# Everything, with texts that would run.
sheet, rows = sheet_rows(all_xlsx, 0)
lines = csv_rows(all_csv)
check("as many rows", len(lines), len(rows))
check("counted", sum(r["counted"].value for r in rows), int(total))
check("counted in CSV", sum(int(r["counted"]) for r in lines), int(total))
by_key = {r["source key"].value: r for r in rows}
csv_by_key = {r["source key"]: r for r in lines}
for event in json.load(open(hostile)):
    key = event["sourceKey"]
    row = by_key[key]
    line = csv_by_key[("'" if key.startswith(BEGINS) else "") + key]
    for language in ("ja", "en"):
        text = event["title"][language]
        cell = row["title (%s)" % language]
        check("%s %s in XLSX" % (key, language), (cell.data_type, unescape(cell.value)),
              ("s", text))
        prefix = "'" if text.lstrip(BLANKS).startswith(BEGINS) else ""
        check("%s %s in CSV" % (key, language), line["title (%s)" % language], prefix + text)
check("line ends in a cell", by_key["h5"]["note (en)"].value, "one\ntwo\n=3")
for cell in (c for row in rows for c in row.values()):
    check("%s is no formula" % cell.coordinate, cell.data_type in "snd", True)
check("no cell of CSV begins as a formula does",
      [v for line in lines for v in line.values() if v.lstrip(BLANKS).startswith(BEGINS)], [])
check("blanks that cannot be seen", csv_by_key["h8"]["heading (ja)"], "'\ufeff=1")
check("a tab", csv_by_key["h8"]["heading (en)"], "' =1+1")
check("what XML cannot hold", by_key["h8"]["summary (en)"].value, "a\ufffdb\ufffdc")
check("what would be an escape", unescape(by_key["h8"]["summary (ja)"].value), "_xD83D_")
check("partners", by_key["=1+1"]["partners"].value, "=A1; x")
check("partners in CSV", csv_by_key["'=1+1"]["partners"], "'=A1; x")
check("blanks before", csv_by_key["'=1+1"]["series"], "' -1")
for path in (paper, all_xlsx, sessions_xlsx):
    with zipfile.ZipFile(path) as z:
        check("%s is whole" % path, z.testzip(), None)
        for name in z.namelist():
            if name.startswith("xl/worksheets/"):
                xml = z.read(name)
                check("%s: formulas or links in %s" % (path, name),
                      (xml.count(b"<f>"), xml.count(b"<f "), xml.count(b"hyperlink")), (0, 0, 0))
        check("%s: times of its parts" % path, {i.date_time[0] for i in z.infolist()}, {1980})

# Types.
row, line = by_key["sittings"], csv_by_key["sittings"]
check("start", row["start"].value, datetime.datetime(2024, 3, 31, 18, 0))
check("start's format", row["start"].number_format, "yyyy-mm-dd hh:mm")
check("start in CSV", line["start"], "2024-03-31 18:00")
check("zone", row["time zone"].value, "America/Los_Angeles")
check("offset", row["UTC offset"].value, "UTC-07:00")
check("end: of the sessions held", row["end"].value, datetime.datetime(2024, 4, 2))
check("end's format", row["end"].number_format, "yyyy-mm-dd")
check("participants", (row["participants"].value, row["participants (exact?)"].value),
      (120, "about"))
check("yen", (row["budget planned (JPY)"].value, row["budget planned (JPY)"].number_format),
      (1200000, '"¥"#,##0'))
check("nothing spent is not nothing stated", (line["budget spent (JPY)"], row["budget spent (JPY)"].value), ("0", 0))
check("unconfirmed", row["unconfirmed holders (code)"].value, "chi")
check("sessions recorded", row["sessions recorded"].value, 3)
check("boundary", row["year boundary"].value, 1)
_, sessions = sheet_rows(all_xlsx, 1)
check("all its sessions", [s["session id"].value for s in sessions], ["s1", "s2", "s3"])
check("Tokyo's date", sessions[0]["date in Tokyo"].value, datetime.datetime(2024, 4, 1))
check("own years", [s["fiscal year"].value for s in sessions], [2023, 2024, 2024])
check("counted", [s["counted"].value for s in sessions], [1, 1, 0])
check("a month", (sessions[2]["start"].value, sessions[2]["status"].value),
      ("2024-05", "cancelled"))
_, some = sheet_rows(sessions_xlsx, 0)
check("sessions of a year", [s["session id"].value for s in some], ["s2", "s3"])
check("in CSV", [s["session id"] for s in csv_rows(sessions_csv)], ["s2", "s3"])
csv_rows(paper_csv)
sys.exit(1 if bad else 0)
