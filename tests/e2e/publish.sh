# Figures that were published: only what the archive covers can be; whatever is recorded
# afterwards they are shown as they were, byte for byte; and what has changed them since is
# listed, record by record, up to the figures of now.
# limit: 300
. "$(dirname "$0")/../lib/e2e.sh"
. "$(dirname "$0")/lib/federation.sh"
. "$(dirname "$0")/lib/archive.sh"
seal_after=1h
federation main
cd "$dir" || exit 1
more[hq]="author: planner"
archive_owns
headquarters
archiving
posts sfo lax
need at hq reference import "$root/deploy/reference/us-japan" --wait 10 >import.txt

tn='"statedPlaces": [{"municipality": {"en": "Jackson"}, "state": "TN"}]'
mn='"statedPlaces": [{"municipality": {"en": "Duluth"}, "state": "MN"}]'
record() { # record POST KEY MEMBER…: the event's id
	local post=$1
	shift
	event "$@" | submit_at "$post" --wait 10 | id_in
}
visit=$(record sfo visit '"holders": ["sfo"]' "$tn" '"participants": 40' \
	'"people": [{"name": "Wilhelmina Quackenbush", "kind": "mayor"}]')
webinar=$(record sfo webinar '"holders": ["sfo", "lax"]' '"format": "webinar"')
twin=$(record lax twin '"holders": ["lax"]' "$tn" '"title": {"en": "Visit, recorded twice"}')
plan=$(record lax plan '"holders": ["lax"]' '"status": "PLANNED"' '"title": {"ja": "講演会"}')
kept=$(record lax kept '"holders": ["lax"]' "$mn" '"statedDates": ["2022-05-01"]')
same "five events are recorded" "${#visit} ${#webinar} ${#twin} ${#plan} ${#kept}" "36 36 36 36 36"
need at hq figure add --fy 2023 --value 73 --source "a paper" --wait 10 >figure.txt

# ---- What may be published -------------------------------------------------------------

by_post=(--fy 2023 --by post,state --measure events,municipalities,participants)
refused() { # refused NAME WORDS… -- PUBLISH-ARGUMENTS…
	local name=$1 words=()
	shift
	while [ "$1" != -- ]; do
		words+=("$1")
		shift
	done
	shift
	expect "$name" 1 "${words[@]}" -- at hq publish "$@"
}
refused "before anything is sealed nothing is published" "it covers 0" "archive seal" -- \
	report --fy 2023
need at hq archive seal >seal.txt
covers() { at hq archive witness 2>/dev/null | sed -n 's/^position //p'; }
comes "headquarters' intake is told the checkpoint" 10 "$(figure aggregation position)" covers
p=$(covers)
expect "a dry run shows the figures" 0 "Jackson" "" -- \
	eval 'at hq publish "by post" "${by_post[@]}" --dry-run; echo Jackson'
same "and records nothing" "$(at hq publication list)" "nothing was published yet"
refused "a position beyond the checkpoint is refused" "covers $p, the position is $((p + 1))" \
	"archive seal" -- report --fy 2023 --at $((p + 1))
refused "a name without a letter is none" "name" "one line" -- " " --fy 2023
refused "nor is one of two lines" "one line" -- $'two\nlines' --fy 2023
refused "nor a long one" "127 bytes" -- "$(printf '%0128d' 0)" --fy 2023
refused "words that nobody knows are not frozen" "is no grouping" -- report --by colour
expect "nor a rule that there is not" 2 "rule" -- at hq publish report --rule mars
expect "a post publishes nothing" 1 "headquarters" -- at sfo publish report --fy 2023 --at 1

expect "the report is published" 0 "Published as \"report\" at position $p" "73" "Best" -- \
	eval 'at hq publish report --fy 2023 --wait 10; echo Best'
title=令和5年度公館別
expect "a table, under a Japanese name, in Japanese" 0 "$title" "位置 $p" "公表しました" -- \
	eval 'lang=ja at hq publish "$title" "${by_post[@]}" --wait 10'
expect "the same again is the same record" 0 "before, nothing added" -- \
	at hq publish "$title" "${by_post[@]}" --wait 10
refused "another position needs another name" "Figures of position $p" "another name" -- \
	"$title" "${by_post[@]}" --at $((p - 1))
refused "as do other figures" "Other figures" -- "$title" --fy 2022 --at "$p"
need at hq archive seal >>seal.txt
comes "more is sealed" 10 "$(figure aggregation position)" covers
expect "the same again is the same record, whatever was sealed since" 0 "nothing added" -- \
	at hq publish "$title" "${by_post[@]}" --at "$p"
expect "another rule, a filter" 0 "Published" -- at hq publish "TN only" --state TN \
	--rule tokyo --by fy --at "$p" --wait 10
expect "all of them are listed" 0 "report" "$title" "TN only" "position $p" "planner" -- \
	at hq publication list
expect "one that there is not is not shown" 1 "publication list" -- at hq publication show no

# ---- As they were ----------------------------------------------------------------------

shows() { # shows FOLDER: everything that is ever shown of them
	local n=0 one
	mkdir "$1"
	for one in report "$title" "TN only"; do
		n=$((n + 1))
		at hq publication show "$one" >"$1/$n.en" || return 1
		lang=ja at hq publication show "$one" >"$1/$n.ja" || return 1
		COLUMNS=60 lang=ja at hq publication show "$one" >"$1/$n.narrow" || return 1
		at hq publication show "$one" --json >"$1/$n.json" || return 1
		at hq publication show "$one" --checkpoint >"$1/$n.checkpoint" || return 1
	done
}
as_they_were() { # as_they_were NAME: after whatever happened
	rm -rf again
	check "$1: every publication is shown" shows again
	same "$1: byte for byte as before" "$(diff -r before again 2>&1 | head -n 5)" ""
}
check "publications are shown" shows before
same "fifteen ways" "$(ls before | wc -l)" 15
at hq totals "${by_post[@]}" --as-of "$p" --json >totals.json
check "the figures are those of the totals at that position" \
	json 'd["totals"] == json.load(open("totals.json"))' <before/2.json
# Lines of a file that are wider than so many columns.
wider() {
	/usr/bin/python3 -c '
import sys, unicodedata
for line in open(sys.argv[1], encoding="utf-8"):
    width = sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line.rstrip("\n"))
    if width > int(sys.argv[2]):
        print(line)' "$@"
}
same "the narrow screen is kept to" "$(wider before/2.narrow 60)" ""
expect "a checkpoint is one that the archive is verified against" 0 "Good" -- kusanone archive \
	verify --key archive.key --checkpoint before/1.checkpoint "$archive"
expect "nothing has changed them yet" 0 "No record has changed these figures" -- \
	at hq restatement "$title"
expect "in Japanese" 0 "変えた記録はありません" -- eval 'lang=ja at hq restatement "$title"'

# ---- What happens afterwards -----------------------------------------------------------

position() { figure aggregation position; }
changing=()   # Positions of the records that change the table.
reporting=()  # And of those that change the report.
changes() { # changes WHICH NAME COMMAND…
	local which=$1
	shift
	expect "$1" 0 "" -- "${@:2}"
	case $which in *table*) changing+=("$(position)") ;; esac
	case $which in *report*) reporting+=("$(position)") ;; esac
}
changes "" "a title is edited" at sfo edit "$visit" --set title.en="School visit" --wait 10
changes "table" "a number is edited" at sfo edit "$visit" --set participants=55 --wait 10
changes "table report" "the planned one is held" \
	at lax edit "$plan" --set status=HELD --why "it took place" --wait 10
changes "table report" "doubles are merged" \
	at hq merge "$twin" "$visit" --why "recorded twice" --wait 10
changes "table report" "the co-host confirms" at lax cohost confirm "$webinar" --wait 10
late=$(record sfo late '"holders": ["sfo"]' "$mn" '"statedDates": ["2023-11-05"]' \
	'"title": {"en": "Found in a drawer"}')
changing+=("$(position)")
reporting+=("$(position)")
changes "" "an event of another year is edited" at lax edit "$kept" --set participants=9 --wait 10
changes "table report" "one is withdrawn" at sfo withdraw "$webinar" --why "a mistake" --wait 10
changes "report" "the published figure is corrected" \
	at hq figure add --fy 2023 --value 74 --source "the paper, corrected" --wait 10
changes "" "a best practice is named" \
	at hq best-practice "$visit" --fy 2023 --text-en "A model" --wait 10
changes "" "a name is erased" at hq erase "$visit" --people --why "request" --wait 10
mkdir renamed
head -n 1 "$root/deploy/reference/us-japan/posts.csv" >renamed/posts.csv
sed -n 's/Consulate-General of Japan in San Francisco/The new name/; s/在サンフランシスコ[^,]*/新しい名前/; /^sfo,/p' \
	"$root/deploy/reference/us-japan/posts.csv" >>renamed/posts.csv
changes "" "a post has another name" at hq reference import renamed --wait 10
expect "which totals print now" 0 "The new name" -- at hq totals --by post

as_they_were "after all that"
need at hq archive seal >>seal.txt
comes "all of it is sealed" 10 "$(figure aggregation position)" covers
as_they_were "after it was sealed"
archive_good "the archive holds"
expect "and continues the publication's checkpoint" 0 "Good" -- kusanone archive verify \
	--key archive.key --checkpoint before/2.checkpoint "$archive"

# ---- What has changed them -------------------------------------------------------------

at hq restatement "$title" --json >table.json
at hq restatement report --json >report.json
listed() { json '" ".join(r["record"]["position"] for r in d.get("records", []))' <"$1"; }
same "the records that changed the table are listed, and no others" "$(listed table.json)" \
	"${changing[*]}"
same "those of the report are" "$(listed report.json)" "${reporting[*]}"
at hq totals "${by_post[@]}" --json >now.json
at hq totals --fy 2023 --json >now-report.json
for what in table report; do
	now=now.json was=before/2.json
	[ $what = table ] || now=now-report.json was=before/1.json
	same "the $what: published + the listed changes = now, in every cell" \
		"$(/usr/bin/python3 "$root/tests/e2e/lib/restated.py" $was $what.json $now 2>&1)" ""
done
text=$(at hq restatement "$title")
for words in "position ${changing[0]} " "School visit (participants)" "40 → 55" \
	"講演会 (status, provisional)" "it took place" "Visit, recorded twice (merged)" "recorded twice" \
	"co-host's answer" "Found in a drawer (new)" "withdrawn" "planner@" "What differs"; do
	[[ $(tr -s ' ' <<<"$text") == *"$words"* ]]
	same "says '$words'" $? 0
done
expect "the report's says what became of the published figure" 0 "cumulative" "itemised" \
	"73  →  74" -- at hq restatement report
expect "in Japanese" 0 "公表 " "新規" "異なる数値" "全国" -- eval 'lang=ja at hq restatement report'
COLUMNS=60 lang=ja at hq restatement report >narrow.txt
same "within a narrow screen" "$(wider narrow.txt 60)" ""
expect "a filter leaves the others out" 0 "Visit, recorded twice" -- at hq restatement "TN only"
[[ $said != *drawer* ]]
same "as it says" $? 0

# ---- For ever --------------------------------------------------------------------------

need down aggregation
need up aggregation
as_they_were "after a restart"
need down aggregation
rm -rf "$fed/aggregation/view"
need up aggregation
as_they_were "with the view thrown away"
same "and the same list" "$(at hq restatement "$title" --json | json 'd["records"] == json.load(open("table.json"))["records"]' && echo same)" same
check "folding the log from nothing gives the same" recount_equal
expect "a post's key is found stolen from the beginning" 0 "" -- at hq node revoke \
	--file "$fed/keys/lax.json" --stolen --from 1 --why theft --wait 10
as_they_were "after its records do not count any more"
expect "which is one record of many events" 0 "does not count any more" -- at hq restatement report
at hq restatement "$title" --json >table.json
at hq totals "${by_post[@]}" --json >now.json
same "and the listed changes still lead to what is now" \
	"$(/usr/bin/python3 "$root/tests/e2e/lib/restated.py" before/2.json table.json now.json 2>&1)" ""
end
