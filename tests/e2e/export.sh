# What an analyst takes home: the paper's cases as CSV and as a workbook that other programs
# read, the records from which somebody else's program counts the published totals, text that
# would be a formula and is none, and the same bytes every time.
# limit: 180
# needs: /usr/bin/python3
. "$(dirname "$0")/../lib/e2e.sh"
. "$(dirname "$0")/lib/federation.sh"
data=$root/deploy/reference/us-japan
read_back() { /usr/bin/python3 "$root/tests/e2e/lib/read_export.py" "$@"; }
federation main
headquarters
posts sfo lax bna sea chi
cd "$dir" || exit 1
export_at() { # FORMAT FILE [OPTION…]
	local format=$1 file=$2
	shift 2
	at hq export --format "$format" -o "$file" "$@"
}

# ---- The paper
at hq reference import "$data" --wait 10 >import.txt
at hq figure add --file "$data/figures.json" --wait 10 >figures.txt
paper=([1]=sfo [2]=bna [3]=sea [4]=chi)
for n in 1 2 3 4; do
	ids[n]=$(at "${paper[$n]}" submit "$data/events/$n.json" --wait 20 --json | id_in)
done
expect "the co-host confirms" 0 "" -- at lax cohost confirm "${ids[1]}" --wait 20
at hq best-practice "${ids[4]}" --fy 2023 --wait 10 >best.txt
expect "records go to a file" 0 "records" "position" -- export_at records paper.jsonl
/usr/bin/python3 "$root/tests/e2e/lib/recount.py" <paper.jsonl >recounted.txt 2>recount.err
same "another program reads every record and finds its identity" "$? $(cat recount.err)" "0 "
same "and counts the published totals, by years" "$(sed -n '1,4p' recounted.txt)" "events 4
published FY2017-2023 1188 itemised 4 not_itemised 1184
published FY2023-2023 73 itemised 4 not_itemised 69
fy 2023=4"
for by in post state month; do
	same "and what totals say by $by" "$(sed -n "s/^$by //p" recounted.txt)" \
		"$(by_dimension "$by" | tr ' ' '\n' | LC_ALL=C sort | paste -sd' ')"
done
same "and the co-host once more" "$(sed -n 's/^overlap //p' recounted.txt)" 1

# ---- Files
lang=ja
expect "a workbook in Japanese" 0 "4 件" -- export_at xlsx paper.xlsx
lang=en
expect "a file that is there stays" 1 "paper.xlsx" "--force" -- export_at xlsx paper.xlsx
cp paper.xlsx other.xlsx
expect "with --force it is replaced" 0 "4 events" -- export_at xlsx other.xlsx --force
expect "CSV" 0 "4 events" -- export_at csv paper.csv
same "only their owner reads them" "$(stat -c %a paper.csv paper.xlsx paper.jsonl | sort -u)" 600
same "nothing is left beside them" "$(ls -A | grep -c '\.[A-Za-z0-9]\{6\}$')" 0
expect "the standard output" 0 "event id" "${ids[2]}" -- export_at csv -
expect "which no workbook can go to" 2 "XLSX" -- export_at xlsx -
expect "a folder that is not there" 1 "cannot be written" -- export_at csv nowhere/x.csv
expect "an unknown format" 2 "csv, xlsx or records" -- export_at ods x.ods
expect "a selection of records is refused" 2 "--as-of" -- export_at records x.jsonl --post sfo
expect "a position that is not there yet" 1 "beyond the last record" -- \
	export_at csv x.csv --as-of 99999
expect "a post, which has its own records only" 1 "headquarters" -- \
	at sfo export --format csv -o x.csv
same "and no file is made of what was refused" "$(ls x.* 2>/dev/null)" ""

# ---- The same bytes
position=$(figure aggregation position)
for f in csv xlsx; do export_at $f first.$f >/dev/null; done
sleep 1.1 # a clock in the file would show
for f in csv xlsx; do
	export_at $f again.$f >/dev/null
	check "the same selection gives the same bytes: $f" cmp first.$f again.$f
done
export_at records again.jsonl >/dev/null
check "the same selection gives the same bytes: records" cmp paper.jsonl again.jsonl

# ---- Hostile texts, sessions, money
hostile=$root/tests/e2e/lib/hostile.json
at sfo submit "$hostile" --wait 20 --json >hostile.receipts
same "texts that a spreadsheet would run are recorded as they are" "$?" 0
event sittings '"title": {"ja": "開催回のある案件", "en": "Sittings"}' \
	'"participants": {"value": 120, "bound": "ABOUT"}' '"budgetPlanned": {"jpy": 1200000}' \
	'"budgetSpent": {"jpy": 0}' '"holders": ["sfo", "chi"]' \
	'"sessions": [
	{"id": "s1", "status": "HELD", "start": {"value": "2024-03-31T18:00", "zone": "America/Los_Angeles"},
	 "end": {"value": "2024-03-31T20:30", "zone": "America/Los_Angeles"},
	 "place": {"municipality": {"en": "Fresno"}, "state": "CA"}},
	{"id": "s2", "status": "HELD", "start": {"value": "2024-04-02"}},
	{"id": "s3", "status": "CANCELLED", "start": {"value": "2024-05"}}]' '"statedDates": []' |
	tr '\n\t' '  ' | submit_at sfo --wait 20 >sittings.receipt
same "an event with sessions comes in" "$?" 0
for f in csv xlsx; do
	export_at $f all.$f >/dev/null
	export_at $f sessions.$f --rows sessions --fy 2024 >/dev/null
	export_at $f then.$f --as-of "$position" >/dev/null
	check "as of the position before, the same bytes as then: $f" cmp first.$f then.$f
done
export_at records then.jsonl --as-of "$position" >/dev/null
check "as of the position before, the same bytes as then: records" cmp paper.jsonl then.jsonl
read_back paper.xlsx first.csv all.csv all.xlsx sessions.csv sessions.xlsx "$hostile" \
	"$(total)" >read.txt 2>&1
code=$?
cat read.txt
same "all of it is read back by openpyxl and by Python's csv" "$code" 0
same "the column adds up to the totals under the same filters" \
	"$(export_at csv - --fy 2023 --post lax | /usr/bin/python3 -c '
import csv, sys
print(sum(int(r["counted"]) for r in csv.DictReader(sys.stdin)))')" \
	"$(at hq totals --fy 2023 --post lax --by post --json |
		json 'd["tables"][0]["total"][0]["value"]')"

# ---- Pages
for ((i = 0; i < 700; i++)); do event "many$i" '"holders": ["sea"]'; done >many.json
at sea submit many.json --wait 60 --json >many.receipts 2>/dev/null
settle sea 30
export_at csv many.csv --post sea >/dev/null
same "more than a page: every event once" \
	"$(cut -d, -f1 many.csv | sort | uniq -d | wc -l) $(($(wc -l <many.csv) > 700))" "0 1"
export_at records many.jsonl >/dev/null
/usr/bin/python3 "$root/tests/e2e/lib/recount.py" <many.jsonl >many.txt 2>&1
same "more than a page of records: all are there" "$(head -n 1 many.txt)" "events $(total)"
end
