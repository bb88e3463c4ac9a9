# A post's disk is set back to an old copy, and then lost: headquarters gives back what is
# missing, keeps what was written meanwhile, and joins the two.
. "$(dirname "$0")/../lib/e2e.sh"
. "$(dirname "$0")/lib/federation.sh"
federation main
headquarters
posts sfo
cd "$dir" || exit 1

record() { # record KEY [MEMBER…]: prints the id
	event "$@" | submit_at sfo 2>>notes | id_in
}
edit() { at sfo edit "$@" 2>&1; }
shown() { at "$1" show "$2" --json; }
title() { shown "$1" "$2" | json 'd["event"]["title"]["en"]'; }
note_of() { shown "$1" "$2" | json 'd["event"].get("note", {}).get("en", "")'; }
heads() { shown "$1" "$2" | json 'len(d.get("heads", []))'; }
revisions() {
	at "$1" show "$2" --history --json |
		json 'len({h["record"] for h in d["history"] if h["kind"] == "event_revision"})'
}
listed() { at "$1" events --json | json 'int(d["matching"])'; }
branches() { # of the post, as headquarters says
	at hq node list --json |
		json '[len(r.get("branches", [])) for r in d["rows"] if r.get("name") == "sfo"][0]'
}
holds() { [ "$(listed "$1")" = "$2" ]; }
is() { [ "$("${@:2}")" = "$1" ]; }

mayor="Wilhelmina Quackenbush"
a=$(record a "\"people\": [{\"name\": \"$mayor\", \"kind\": \"mayor\"}]")
b=$(record b)
c=$(record c)
check "headquarters has three" settle sfo 10

# ---- A copy is made, and work goes on
down sfo
cp -a "$fed/sfo" "$fed/copy"
need up sfo
expect "b's title is changed" 0 "headquarters" -- \
	at sfo edit "$b" --set "title.en=B with a new title" --wait 10
expect "c's title is changed" 0 "headquarters" -- \
	at sfo edit "$c" --set "title.en=C of the lost disk" --wait 10
d=$(record d)
e=$(record e)
check "headquarters has confirmed all of it" settle sfo 10
same "five events" "$(total) $(listed sfo)" "5 5"
same "the journal is one chain" "$(branches)" 0
down sfo

# ---- The old copy is put back while nobody can be asked
down hq
down aggregation
mv "$fed/sfo" "$fed/lost"
cp -a "$fed/copy" "$fed/sfo"
need up sfo
same "the copy knows three events" "$(listed sfo)" 3
expect "b's note is changed" 0 "disk" -- at sfo edit "$b" --set "note.en=From the copy"
expect "c's title is changed, in another way" 0 "disk" -- \
	at sfo edit "$c" --set "title.en=C of the copy"
f=$(record f)
same "a new event is recorded without headquarters" "${#f}" 36

# ---- Headquarters is back
began=$(date +%s%3N)
need up aggregation
need up hq
check "what the copy recorded arrives" settle sfo 20
check "the post has its lost events back" wait_for 10 holds sfo 6
note "whole again $(($(date +%s%3N) - began)) ms after headquarters was started"
same "headquarters counts all six" "$(total)" 6
same "headquarters shows two branches" "$(branches)" 2
at hq node list >list.txt
check "and node list says so in words" grep -qi "branch" list.txt
at hq status >status.txt
check "and status" grep -qi "branch" status.txt
for id in $d $e; do
	expect "a lost event is there in full: ${id: -4}" 0 "$id" -- at sfo show "$id"
done
for node in hq sfo; do
	same "$node: disjoint edits of b are both in force" "$(title $node "$b") / $(note_of $node "$b")" \
		"B with a new title / From the copy"
	same "$node: b has its three revisions" "$(revisions $node "$b")" 3
	same "$node: c has two heads" "$(heads $node "$c")" 2
	expect "$node: c's conflict is shown with both titles" 0 "C of the lost disk" "C of the copy" -- \
		at $node show "$c"
	same "$node: c has its three revisions" "$(revisions $node "$c")" 3
done
same "the title that headquarters had first stays in force there" "$(title hq "$c")" \
	"C of the lost disk"
check "folding the log from nothing gives the same" recount_equal
expect "the conflict is settled by an edit" 0 "headquarters" -- \
	at sfo edit "$c" --set "title.en=C, settled" --wait 10
for node in hq sfo; do
	same "$node: c has one head again" "$(heads $node "$c") $(title $node "$c")" "1 C, settled"
done

# ---- A new, empty machine for the old post
down sfo
mv "$fed/sfo" "$fed/burnt"
mv "$fed/keys/sfo.key" "$fed/keys/old.key"
mv "$fed/keys/sfo.json" "$fed/keys/old.json"
node=$(member "$fed/keys/old.json" node)
kusanone node keygen "$fed/keys/sfo.key" --name sfo --node "$node" --json >"$fed/keys/sfo.json"
same "a key for the same node is made" "$(member "$fed/keys/sfo.json" node)" "$node"
launch sfo
check "before it is enrolled it serves, empty" wait_for 10 serves sfo
curve=$(member "$fed/keys/sfo.json" curve)
check "headquarters does not let the new key in" \
	wait_for 15 grep -q "refused=.*key=$curve.*unknown_key" "$dir/main.aggregation.log"
g=$(record g)
same "it records already" "${#g}" 36
began=$(date +%s%3N)
need enrol sfo >>enrol.log
check "once enrolled it gets everything back" wait_for 30 holds sfo 7
check "and what it recorded meanwhile arrives" settle sfo 30
note "everything back $(($(date +%s%3N) - began)) ms after the key was enrolled"
for id in $a $b $c $d $e $f; do
	same "${id: -4} has at the post the revisions that headquarters has" \
		"$(revisions sfo "$id")" "$(revisions hq "$id")"
done
expect "the names of people are back, too" 0 "$mayor" -- at sfo show "$a"
expect "it goes on where the old one was: an edit" 0 "headquarters" -- \
	at sfo edit "$d" --set "note.en=From the new machine" --wait 10
expect "the old machine's key is retired" 0 "headquarters" -- \
	at hq node revoke --file "$fed/keys/old.json" --retired --why "fire" --wait 10
h=$(record h)
check "the new key goes on" settle sfo 10
same "headquarters counts all eight" "$(total)" 8
check "folding the log from nothing gives the same" recount_equal
down sfo
need up sfo
same "after a restart the post has all eight" "$(listed sfo)" 8
expect "and shows the last one: ${h: -4}" 0 "$h" -- at sfo show "$h"
end
