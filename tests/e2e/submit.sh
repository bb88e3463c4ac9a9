# A submission is a record once, however often it is sent, and every command's exit code
# says how it went.
. "$(dirname "$0")/../lib/e2e.sh"
. "$(dirname "$0")/lib/federation.sh"
federation main
headquarters
posts sfo
cd "$dir" || exit 1

event one >one.json
expect "a submission is on this post's disk: exit code 0" 0 "disk" -- \
	at sfo submit one.json
expect "the same again says that it was recorded before" 0 "before" -- \
	at sfo submit one.json
expect "with --wait it tells that headquarters has it" 0 "headquarters" -- \
	at sfo submit one.json --wait 10
same "totals count it once" "$(total)" 1

# ---- Refused: 1
event bad '"title": {}' >no_title.json
event bad '"statedDates": ["2024-02-30"]' >no_date.json
event bad '"recorder": "chi"' >other_post.json
printf '{"title": {"en": "x"},\n "status": "HELD",\n "nonsense": 1}\n' >no_field.json
printf '{"title": \n' >no_json.json
before=$(figure sfo seq)
expect "no title: refused with the field" 1 "title" -- at sfo submit no_title.json
expect "the 30th of February: refused with the field" 1 "stated_dates" -- \
	at sfo submit no_date.json
expect "another post's event: refused, and told which post would be right" 1 \
	"recorder" "sfo" -- at sfo submit other_post.json
expect "an unknown field: refused with file and line" 1 "no_field.json:1" "nonsense" -- \
	at sfo submit no_field.json
expect "half of a JSON text: refused with file and line" 1 "no_json.json:" -- \
	at sfo submit no_json.json
expect "a file that is not there: refused with its name" 1 "not_there.json" -- \
	at sfo submit not_there.json
expect "a post cannot review" 1 "headquarters" -- at sfo review "$(total >/dev/null; at sfo \
	events --json | json 'd["rows"][0]["eventId"]')" accept
one=$(at sfo submit one.json --json | id_in)
expect "a merge into an event that is not there: refused, it would leave the totals" 1 "event" -- \
	at hq merge "$one" ffffffff-ffff-7fff-8fff-ffffffffffff --why "a slip"
expect "a key file where keygen's words belong: refused, the secrets stay where they are" 1 \
	"secret" -- at hq node enrol --file "$fed/keys/sfo.key" --posts sfo
expect "no folder of reference data there: refused as such" 1 "no such folder" -- \
	at hq reference import not_there
: >empty.json
expect "an empty file: nothing to refuse, and said" 0 "nothing in it" -- at sfo submit empty.json
same "what is refused leaves nothing in the journal" "$(figure sfo seq)" "$before"
{ event good-1; cat no_title.json; event good-2; } >mixed.json
expect "of three the good two are recorded, the bad one is named with its line" 1 \
	"mixed.json:2" "title" -- at sfo submit mixed.json
same "both good ones are there" "$(figure sfo seq)" "$((before + 2))"

# ---- Usage: 2
expect "no file: usage" 2 "--help" -- at sfo submit
expect "an operand is missing: usage, with the operands" 2 "kusanone show ID" -- at sfo show
expect "an unknown option: usage" 2 "--nonsense" -- at sfo submit one.json --nonsense
expect "an unknown command: usage" 2 "sumbit" -- kusanone sumbit one.json
expect "a word where a number belongs: usage" 2 "wait" -- at sfo submit one.json --wait soon
expect "an unknown grouping: refused, and told the known ones" 1 "pillar" -- at hq totals --by colour

# ---- Unreachable: 3
mkdir "$dir/empty"
expect "no service there: unreachable, and told where it was looked for" 3 "$dir/empty" -- \
	kusanone submit one.json --run "$dir/empty"
kill -STOP "$(process sfo)"
expect "a service that does not answer: unreachable" 3 "" -- \
	at sfo submit one.json --timeout 1
kill -CONT "$(process sfo)"
expect "it goes on where it was" 0 "before" -- at sfo submit one.json

# ---- Help and the template
# The common words at the end of the list begin with two blanks, too: only lines with a
# command's name and a summary beside it count.
mapfile -t commands < <(kusanone --help | sed -nE 's/^  ([a-z][a-z-]+( [a-z]+)?)  +[^ ].*/\1/p' |
	grep -vx help)
without=
for c in "${commands[@]}"; do
	# shellcheck disable=SC2086
	kusanone $c --help >help.txt 2>&1 || without+=" '$c' ($?)"
	grep -q "^ *\\(\\$ \\)\\?kusanone $c\\b" help.txt || without+=" '$c' (no example)"
	[ "$c" = version ] || grep -q -- --json help.txt || without+=" '$c' (no --json)"
done
same "each of ${#commands[@]} commands has help with an example" "$without" ""
same "there are at least 28 commands" "$((${#commands[@]} >= 28))" 1
kusanone submit --template | sed 's/"title": {"ja": "", /"title": {"ja": "件名", /' >template.json
expect "the template with a title filled in is a submission" 0 "" -- at sfo submit template.json --dry-run

# ---- A thousand times
event thousand >thousand.json
for ((i = 0; i < 1000; i++)); do cat thousand.json; done >lines.json
before=$(figure sfo seq)
began=$(date +%s%3N)
at sfo submit lines.json --json >receipts.jsonl
same "1,000 lines in one file: exit code 0" "$?" 0
note "1,000 submissions in one invocation: $(($(date +%s%3N) - began)) ms"
# shellcheck disable=SC2046
at sfo submit $(for ((i = 0; i < 1000; i++)); do echo thousand.json; done) --json \
	>>receipts.jsonl
same "1,000 files in one command: exit code 0" "$?" 0
for ((i = 0; i < 25; i++)); do
	at sfo submit thousand.json --json
done >>receipts.jsonl
distinct() {
	/usr/bin/python3 -c '
import json, sys
rows = [json.loads(line) for line in open(sys.argv[1])]
print(len(rows), len({(r["eventId"], r["revision"], r["seq"]) for r in rows}),
      sum(1 for r in rows if not r.get("repeated")))' "$1"
}
same "2,025 receipts, all of them the same, one of them the first" \
	"$(distinct receipts.jsonl)" "2025 1 1"
same "the journal has one record more" "$(figure sfo seq)" "$((before + 1))"
for ((i = 0; i < 1000; i++)); do
	printf '{"title": {"en": "No key"}, "status": "HELD", "statedDates": ["2023-05"]}\n'
done >nameless.json
at sfo submit nameless.json --json >nameless.jsonl
same "without an id and a key, too" "$(distinct nameless.jsonl)" "1000 1 1"
event thousand '"note": {"en": "changed"}' >changed.json
expect "the same key with other content is refused, and told how to change it" 1 "conflict" "edit" -- \
	at sfo submit changed.json
check "headquarters has all" settle sfo 15
same "totals: each event once" "$(total)" 5
check "folding the log again gives the same" recount_equal
end
