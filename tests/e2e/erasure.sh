# A person's name is erased: no byte of it is left in any file of any node, and every
# figure stays what it was; and every hash and signature of the archive.
# limit: 180
. "$(dirname "$0")/../lib/e2e.sh"
. "$(dirname "$0")/lib/federation.sh"
. "$(dirname "$0")/lib/archive.sh"
federation main
cd "$dir" || exit 1
headquarters
posts sfo lax
archiving

mayor="Wilhelmina Quackenbush-Tamagawa"
guest="玉川鞍馬 権左衛門"
other="Zebedee Oystercatcher"

# holders NAME: the folders of nodes in whose files its bytes stand. Free pages of a store
# are bytes of its file, too.
holders() {
	local node found=
	for node in aggregation archiving hq sfo lax; do
		! grep -raqF -- "$1" "$fed/$node" || found+="${found:+ }$node"
	done
	printf '%s\n' "$found"
}
gone() { [ "$(holders "$1")" = "" ]; }
at_both() { [ "$(holders "$1")" = "aggregation archiving sfo" ]; }

people() { # people NAME KIND…: the member of an event
	local list=
	while [ $# != 0 ]; do
		list+="${list:+, }{\"name\": \"$1\", \"kind\": \"$2\"}"
		shift 2
	done
	printf '"people": [%s]' "$list"
}
vip() { event vip "$(people "$mayor" mayor "$guest" guest)"; }
event plain | submit_at sfo >/dev/null
id=$(vip | submit_at sfo | id_in)
kept=$(event kept "$(people "$other" mayor)" | submit_at sfo | id_in)
same "an event with two names is recorded" "${#id}" 36
event lax | submit_at lax >/dev/null
check "headquarters has sfo's" settle sfo 10
check "headquarters has lax's" settle lax 10

# ---- The names are there: what the search would find
check "the mayor's name lies at the post and at headquarters, nowhere else" \
	wait_for 10 at_both "$mayor"
check "the guest's, too" wait_for 10 at_both "$guest"
expect "headquarters shows both names" 0 "$mayor" "$guest" -- \
	at hq show "$id"
show() { at "$1" show "$id" --json; }
show sfo >before.sfo
show hq >before.hq
at hq totals --json | json 'd["tables"]' >tables.before
at sfo events --json | json 'len(d["rows"])' >events.before
check "folding the log from nothing gives the same, before" recount_equal
check "all of it is sealed" sealed_all
archive_good "the archive holds"
beside() { grep -rlaF -- "$1" "$archive" | sed 's|.*/archive/||; s|[0-9]*$||'; }
same "the names lie beside the sealed records" "$(beside "$mayor")" loose/
cp -r "$archive/loose" old.loose

# ---- Who may, and how
expect "not without a reason" 2 "why" -- at hq erase "$id" --people
expect "not without saying what" 2 "people" -- at hq erase "$id" --why "request"
expect "not from a post" 1 "headquarters" -- at sfo erase "$id" --people --why "request"
same "what is refused erases nothing" "$(holders "$mayor")" "aggregation archiving sfo"

# ---- Erased
began=$(date +%s%3N)
expect "headquarters erases the names" 0 "" -- \
	at hq erase "$id" --people --why "request of 2024-06-01" --wait 10
check "no byte of the mayor's name is in any file of any node" wait_for 20 gone "$mayor"
check "no byte of the guest's" wait_for 20 gone "$guest"
note "gone $(($(date +%s%3N) - began)) ms after the command began"
check "another event's name stays at both" at_both "$other"
for node in sfo hq; do
	expect "$node still shows the event" 0 "Event vip" -- at $node show "$id"
	[[ $said != *"$mayor"* && $said != *"$guest"* ]]
	same "$node shows it without the names" "$?" 0
	expect "$node still shows the other one's name" 0 "$other" -- at $node show "$kept"
done
at hq totals --json | json 'd["tables"]' >tables.after
check "every table of the totals is what it was" cmp tables.before tables.after
check "folding the log from nothing gives the same, after" recount_equal
same "the post lists as many events as before" "$(at sfo events --json | json 'len(d["rows"])')" \
	"$(cat events.before)"
expect "the record is signed as it was: an edit goes on from it" 0 "headquarters" -- \
	at sfo edit "$id" --set note.en="after the erasure" --wait 10
same "totals count it once" "$(total)" 4
expect "sending the first submission again brings no name back" 0 "" -- \
	bash -c "$(declare -f event people vip submit_at at); mayor='$mayor' guest='$guest' \
	fed='$fed'; vip | submit_at sfo"
check "no name is back in any file" gone "$mayor"

check "what is sealed is sealed" sealed_all
archive_good "no hash and no signature of the archive has changed"
same "a part that is not erased lies there still" "$(beside "$other")" loose/

# ---- Files of the archive that come back from a copy, a store that is lost
down archiving
rm -rf "$archive/loose"
cp -r old.loose "$archive/loose"
same "a copy from before brings the name back" "$(holders "$mayor")" archiving
need up archiving
check "at the next start it goes again" wait_for 20 gone "$mayor"
down archiving
rm -rf "$archive/loose" "$fed"/archiving/tail "$fed"/archiving/store "$fed"/archiving/*.mdb
find "$fed/archiving" -name data.mdb -delete
cp -r old.loose "$archive/loose"
need up archiving
check "without the store, too" wait_for 20 gone "$mayor"
check "and the guest's" wait_for 20 gone "$guest"
same "another's stays" "$(holders "$other")" "aggregation archiving sfo"
archive_good "the archive holds"

# ---- Erased while the post is away
expect "an edit adds a name to the other event" 0 "headquarters" -- \
	at sfo edit "$kept" --set "people=[{\"name\": \"$other\", \"kind\": \"mayor\"},
		{\"name\": \"$mayor\", \"kind\": \"governor\"}]" --wait 10
check "it is at both" wait_for 10 at_both "$mayor"
kill_node sfo
expect "headquarters erases the names of the event while its post is dead" 0 "" -- \
	at hq erase "$kept" --people --why "request of 2024-07-01" --wait 10
only_sfo() { [ "$(holders "$mayor")" = sfo ] && [ "$(holders "$other")" = sfo ]; }
check "headquarters' files are clean at once; the post's still hold them" \
	wait_for 20 only_sfo
need up sfo
check "when the post is back, its files lose them" wait_for 20 gone "$mayor"
check "and those of the name that stood in two revisions" wait_for 20 gone "$other"

# ---- A name that an edit took out again lies in an older revision
former="Ottilie Featherstonehaugh"
old=$(event old "$(people "$former" mayor)" | submit_at sfo | id_in)
check "a former name is at both" wait_for 10 at_both "$former"
expect "an edit takes it out of the event" 0 "headquarters" -- \
	at sfo edit "$old" --clear people --wait 10
check "its bytes are there still" at_both "$former"
expect "headquarters erases the event's people" 0 "" -- \
	at hq erase "$old" --people --why "request of 2024-08-01" --wait 10
check "the name of the older revision is gone, too" wait_for 20 gone "$former"

# ---- A new, empty disk of the post
down sfo
rm -rf "$fed/sfo"
need up sfo
comes "a new, empty disk gets the event back" 30 "Event vip" \
	eval 'at sfo show "$id" --json | json "d[\"row\"][\"title\"][\"en\"]"'
check "and all the others" wait_for 30 eval '[ "$(at sfo events --json | json "int(d[\"matching\"])")" = 4 ]'
check "without the mayor's name" gone "$mayor"
check "without the guest's" gone "$guest"

# ---- And stays erased
for node in sfo aggregation archiving hq lax; do
	down $node
	same "$node stops with code 0" "$?" 0
done
check "after a stop no file holds the mayor's name" gone "$mayor"
check "nor the guest's" gone "$guest"
check "nor the other's" gone "$other"
grep -laF -e "$mayor" -e "$guest" -e "$other" "$dir"/main.*.log >logs.txt
same "no service ever logged a name" "$(cat logs.txt)" ""
for node in aggregation archiving hq sfo lax; do
	need up $node
done
check "folding the log from nothing gives the same, after a restart" recount_equal
same "the totals are what they were" "$(total)" 5
end
