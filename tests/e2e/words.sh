# What officers say of an event after it is recorded, from each node that may say it, and
# what the totals and the other nodes make of it.
. "$(dirname "$0")/../lib/e2e.sh"
. "$(dirname "$0")/lib/federation.sh"
federation main
headquarters
posts sfo lax
cd "$dir" || exit 1
at hq reference import "$root/deploy/reference/us-japan" --wait 10 >import.txt
same "the reference data comes in" "$?" 0

# ---- Co-hosts
webinar=$(event webinar '"holders": ["sfo", "lax"]' '"format": "webinar"' |
	submit_at sfo --wait 10 | id_in)
same "a named co-host is not counted before it confirms" "$(by_dimension post)" "sfo=1"
same "and shown as unconfirmed" "$(at hq totals --json | json 'int(d["unconfirmed"])')" 1
expect "the records behind the figure say who was left out and why" 0 "post=lax" "has not confirmed" -- \
	at hq totals --by post --open
asks() { at lax cohost list --json | json '[r["eventId"] for r in d.get("rows", [])]'; }
comes "the co-host is asked" 10 "$webinar" asks
expect "the co-host looks at what it is asked about, by the end of its id" 0 "Event webinar" "sfo" -- \
	at lax show "${webinar: -8}"
expect "another post cannot answer for it" 1 "forbidden" "post" -- \
	at sfo cohost confirm "$webinar" --post lax
expect "it confirms, from its own node" 0 "headquarters" -- \
	at lax cohost confirm "$webinar" --wait 10
same "confirmed: counted once in each post, once nationally" \
	"$(by_dimension post) of $(total)" "lax=1 sfo=1 of 1"
comes "the lead sees it confirmed" 10 "counts" \
	eval 'at sfo show $webinar --json | json "d[\"row\"][\"holders\"][1][\"state\"]"'
comes "nothing is left to answer" 10 "" asks
expect "the same answer again is the same record" 0 "before" -- \
	at lax cohost confirm "$webinar"
expect "having answered, it still sees the event, and its answer" 0 "Event webinar" \
	"lax confirmed" -- at lax show "${webinar: -8}" --history
expect "it disputes" 0 "" -- at lax cohost dispute "$webinar" --note "not us" --wait 10
same "disputed: not counted in its figures" "$(by_dimension post) of $(total)" "sfo=1 of 1"
expect "the lead is told, with the note" 0 "disputed" "not us" -- at sfo show "$webinar"
expect "it confirms again" 0 "" -- at lax cohost confirm "$webinar" --wait 10
same "confirmed again: counted again" "$(by_dimension post) of $(total)" "lax=1 sfo=1 of 1"
expect "history shows all three answers" 0 "lax confirmed" "lax disputed" -- \
	at hq show "$webinar" --history
caravan=$(event caravan '"holders": ["sfo", "chi"]' | submit_at sfo --wait 10 | id_in)
expect "headquarters confirms a co-host by a published source" 0 "" -- \
	at hq cohost source "$caravan" --source "資料1" --quote "共催" --wait 10
same "it counts by that source" "$(by_dimension post)" "chi=1 lax=1 sfo=2"

# ---- Reviews, best practices, figures
expect "a review with a question" 0 "" -- \
	at hq review "$webinar" question --comment "何名でしたか" --wait 10
comes "the post hears it with its words" 10 "何名でしたか" \
	eval 'at sfo show $webinar --json | json "d.get(\"review\", {}).get(\"comment\", \"\")"'
expect "accepted" 0 "" -- at hq review "$webinar" accept --wait 10
comes "the post hears that, too" 10 "accepted" \
	eval 'at sfo show $webinar | sed -n "s/^ *review  *//p"'
expect "a question without words is no question" 2 "--comment" -- \
	at hq review "$webinar" question
expect "a best practice" 0 "" -- \
	at hq best-practice "$webinar" --fy 2023 --text-en "A model" --wait 10
expect "is in the totals by title" 0 "Event webinar" "A model" -- at hq totals
expect "a published figure" 0 "" -- \
	at hq figure add --fy 2023 --value 73 --source "資料1" --wait 10
expect "stands beside what is itemised" 0 "published 73 · itemised 2 · not itemised 71" -- \
	at hq totals
expect "and in the list" 0 "73" -- at hq figure list
expect "a list by a status that there is not" 1 "is no status" "held" -- \
	at hq events --status zzz --lang en
expect "and by what is no month" 1 "is no month" "2024-02" -- \
	at hq events --month february --lang en
expect "headquarters revises no event" 1 "forbidden" -- \
	at hq edit "$webinar" --set title.en=HQ

# ---- Status
session='"sessions": [{"id": "s1", "status": "PLANNED", "start": {"value": "2024-03-31T18:00",
	"zone": "America/Los_Angeles"}}]'
planned=$(event planned "$session" '"status": "PLANNED"' '"statedDates": []' '"holders": ["sfo"]' |
	tr '\n\t' '  ' | submit_at sfo --wait 10 | id_in)
columns() { at hq totals --json | json '"%s %s %s" % tuple(d["tables"][0].get(k, 0) for k in ("planned", "postponed", "cancelled"))'; }
same "a planned event stands in a column of its own" "$(total) $(columns)" "2 1 0 0"
expect "it is postponed" 0 "" -- at sfo postpone "$planned" --wait 10
same "postponed" "$(columns)" "0 1 0"
expect "cancelled without a reason: usage" 2 "--why" -- at sfo cancel "$planned"
expect "it is cancelled" 0 "" -- at sfo cancel "$planned" --why weather --wait 10
same "cancelled" "$(columns)" "0 0 1"
expect "a held event cannot be cancelled, and is told what would be right" 1 "withdraw" -- \
	at sfo cancel "$webinar" --why weather
expect "held after all, by an edit" 0 "" -- \
	at sfo edit "$planned" --set sessions.s1.status=HELD --set status=HELD --wait 10
same "it counts in its 年度 by its local date" "$(by_dimension fy)" "FY2023=3"
same "and by the instant in Tokyo in the next one" "$(by_dimension fy --rule tokyo)" \
	"FY2023=2 FY2024=1"
at_three=$(figure aggregation position)
instant=$(at hq totals --json | json 'int(d["hqMs"])')
expect "recorded by mistake: withdrawn" 0 "" -- \
	at sfo withdraw "$caravan" --why twice --wait 10
same "it is not counted" "$(total) $(by_dimension post)" "2 lax=1 sfo=2"
expect "it is still shown, as withdrawn" 0 "withdrawn" -- at hq show "$caravan"
same "as of the position before it is counted" \
	"$(by_dimension post --as-of "$at_three")" "chi=1 lax=1 sfo=3"
sleep_past() { [ "$(date +%s%3N)" -gt $((instant + 1100)) ]; }
wait_for 5 sleep_past
same "and as of that second" \
	"$(by_dimension post --as-of "$(date -u -d "@$(((instant + 999) / 1000))" +%FT%TZ)")" \
	"$(if [ "$(at hq show "$caravan" --history --json |
		json 'max(int(r["recordedMs"]) for r in d["history"])')" -le \
		$(((instant + 999) / 1000 * 1000)) ]; then echo "lax=1 sfo=2"; else
		echo "chi=1 lax=1 sfo=3"; fi)"
expect "taken back" 0 "" -- at sfo withdraw "$caravan" --undo --why "was right" --wait 10
same "it counts again" "$(total)" 3

# ---- Two officers, one event
base=$(at sfo show "$webinar" --json | json 'd["row"]["revision"]')
expect "one officer changes the title" 0 "" -- \
	at sfo edit "$webinar" --base "$base" --set title.en="Title of one"
expect "another, who saw the same revision, changes the press: both are kept" 0 "merged" -- \
	at sfo edit "$webinar" --base "$base" --set press.en="Local paper"
expect "a third changes the title, too: refused with both versions shown" 1 \
	"conflict" "title.en" "Title of one" "Title of three" -- \
	at sfo edit "$webinar" --base "$base" --set title.en="Title of three"
same "title of one, press of the other" "$(at sfo show "$webinar" --json |
	json 'd["event"]["title"]["en"] + ", " + d["event"]["press"]["en"]')" \
	"Title of one, Local paper"
expect "from the newest revision it is done" 0 "" -- \
	at sfo edit "$webinar" --set title.en="Title of three" --wait 10
expect "an unknown field: usage, with the nearest name" 2 "titel" "title" -- \
	at sfo edit "$webinar" --set titel.en=x
expect "another post's node cannot edit it" 1 "forbidden" -- \
	at lax edit "$webinar" --set title.en=x

# ---- Recorded twice, by two posts
double=$(event double '"holders": ["lax"]' | submit_at lax --wait 10 | id_in)
same "a double counts twice at first" "$(total)" 4
expect "headquarters merges the doubles" 0 "" -- \
	at hq merge "$double" "$webinar" --why "one webinar" --wait 10
same "it counts once" "$(total)" 3
expect "the old id forwards" 0 "$webinar" -- at hq show "$double"
check "folding the log again gives the same" recount_equal
end
