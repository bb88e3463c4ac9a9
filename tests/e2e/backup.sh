# Every service's state is backed up while records come in all the time, restored, and goes
# on: nothing that was acknowledged before the backup is missing, what came later comes back
# from the others, the archive's copy verifies. A changed byte in a backup is found.
# limit: 300
. "$(dirname "$0")/../lib/e2e.sh"
. "$(dirname "$0")/lib/federation.sh"
. "$(dirname "$0")/lib/archive.sh"
. "$(dirname "$0")/lib/alerts.sh"
helpers
federation main
headquarters
posts sfo lax
cd "$dir" || exit 1
seal_after=200ms
archiving
mail_server mail
relay=smtp://127.0.0.1:$(port_of mail)
notification

erased="Wilhelmina Quackenbush-Tamagawa" kept="Zebedee Oystercatcher"
person() { event "$1" "\"people\": [{\"name\": \"$2\", \"kind\": \"mayor\"}]" | submit_at sfo --wait 20 | id_in; }
id=$(person gone "$erased")
other=$(person stays "$kept")
expect "a name is erased" 0 "" -- at hq erase "$id" --people --why "request of 2024-06-01" --wait 10
need subscribe --who "planning desk" --to mailto:desk@example.org --kind upcoming >/dev/null

# Records come all the time, at both posts.
load() {
	local n=0
	: >load.on
	while [ -e load.on ]; do
		"$bin/e2e_flood" "$fed/run/sfo/intake.sock" sfo $((100000 + n)) 200 --seconds 20 >>flood.sfo
		"$bin/e2e_flood" "$fed/run/lax/intake.sock" lax $((100000 + n)) 200 --seconds 20 >>flood.lax
		n=$((n + 200))
	done
}

load &
loading=$!
check "records come in" wait_for 20 eval '[ "$(figure aggregation records)" -gt 600 ]'
before=$(figure aggregation position)
before_sfo=$(figure sfo seq)
expect "every state is backed up under load" 0 "aggregation-" "archiving-" "sfo-" "hq-" -- \
	kusanone backup "$fed/aggregation" "$fed/archiving" "$fed/hq" "$fed/sfo" "$fed/lax" \
	"$fed/notification" --to copies
note "$(figure aggregation position) records at headquarters, $before when it began"
check "records go on coming" eval 'p=$(figure aggregation position); wait_for 20 eval "[ \$(figure aggregation position) -gt $((p + 200)) ]"'
rm load.on
wait $loading
for node in sfo lax hq; do
	check "$node settles" settle $node 60
done
# The archive itself may have it, as headquarters' own archive has.
check "no name that was erased is in the copy of a store" \
	eval '! grep -raqF --exclude-dir=loose "$erased" copies'
check "another one is" grep -raqF "$kept" copies
of() { ls -d "$1/$2-"[0-9]*Z; }
for name in aggregation archiving hq sfo lax notification; do
	same "one backup of $name, for its owner alone" \
		"$(stat -c %a "$(of copies $name)" "$(of copies $name)/manifest" "$(of copies $name)/state" | xargs)" "700 600 700"
done
expect "the archive's copy verifies" 0 "Good" -- kusanone archive verify \
	--key archive.key "$(of copies archiving)/state/archive"
check "for the independent verifier, too" /usr/bin/python3 "$root/tests/archive/verify.py" \
	archive archive.key "$(of copies archiving)/state/archive"
same "no backup holds what belongs to a process" \
	"$(find copies -name owner.lock -o -name lock.mdb -o -name new.mdb)" ""
tables() { at hq totals --json | json 'd["tables"]'; }
tables >tables.whole
whole=$(figure aggregation position)
count_sfo=$(at sfo events --json | json 'int(d["matching"])')

# ---- What must not work ------------------------------------------------------------------

expect "not without --to" 2 "--to" -- kusanone backup "$fed/sfo"
expect "not a folder that is not there" 1 "no such folder" -- kusanone backup "$fed/nowhere" --to copies
expect "not into itself" 1 "lies in" -- kusanone backup "$fed/sfo" --to "$fed/sfo/backups/today"
expect "not where a service runs" 1 "running" -- kusanone restore "$(of copies sfo)" --to "$fed/sfo"
expect "not over something else" 1 "not an empty folder" -- kusanone restore "$(of copies sfo)" --to "$fed/keys"
expect "not what is no backup" 1 "manifest" -- kusanone restore "$fed/keys" --to new
mkdir empty
expect "nothing in it, nothing made" 1 "nothing" -- kusanone backup empty --to copies
same "and no folder" "$(ls -d copies/empty* 2>/dev/null)" ""

# A byte of each file of a backup.
found=0 files=0
from=$(of copies archiving)
while read -r file; do
	files=$((files + 1))
	rm -rf changed new
	cp -r "$from" changed
	/usr/bin/python3 -c 'import os, sys
with open(sys.argv[1], "r+b") as f:
    at = os.path.getsize(sys.argv[1]) * 2 // 3
    f.seek(at)
    byte = f.read(1)
    f.seek(at)
    f.write(bytes([byte[0] ^ 1]))' "changed/$file"
	kusanone restore changed --to new >said 2>&1
	[ $? = 1 ] && [ ! -e new ] && [ "$(ls -d new.* 2>/dev/null)" = "" ] && grep -qF "$file" said &&
		found=$((found + 1))
done < <(cd "$from" && find . -type f | sed 's/^\.\///')
same "a changed byte is found, in whichever file" "$found" "$files"
note "$files files"
rm -rf changed
cp -r "$from" changed
rm changed/state/archive/segment/000
expect "a missing file is named" 1 "segment/000" "is missing" "nothing was restored" -- \
	kusanone restore changed --to new
same "and nothing is made" "$(ls -d new* 2>/dev/null)" ""

if [ "$(id -u)" = 0 ] && mkdir disk && mount -t tmpfs -o size=256k tmpfs disk 2>/dev/null; then
	expect "a backup onto a full disk" 1 "disk is full" -- kusanone backup "$fed/aggregation" --to disk
	same "leaves nothing" "$(ls -A disk)" ""
	expect "a restore, too" 1 "disk is full" -- kusanone restore "$(of copies aggregation)" --to disk/new
	same "leaves nothing there" "$(ls -A disk)" ""
	umount disk
else
	skip "a full disk: no tmpfs here"
fi

# ---- A post's intake is set back ------------------------------------------------------------

put_back() { # put_back NODE: its state is lost and restored
	mv "$fed/$1" "$dir/lost.$1"
	kusanone restore "$(of copies "$1")" --to "$fed/$1" --lang en
}
down sfo
expect "a post's state is restored" 0 "asks headquarters" -- put_back sfo
same "for its owner alone" "$(stat -c %a "$fed/sfo" "$fed/sfo/journal" "$fed/sfo/journal/data.mdb" | xargs)" "700 700 600"
need up sfo
has() { [ "$(at "$1" events --json | json 'int(d["matching"])')" = "$2" ]; }
check "it has what was recorded after the backup from headquarters" wait_for 30 has sfo "$count_sfo"
check "the backup was not older than it should be" eval '[ "$(figure sfo seq)" -ge "$before_sfo" ]'
check "it goes on" eval '[ "$(event more | submit_at sfo --wait 20 | id_in | wc -c)" = 37 ]'
same "headquarters counts it once" "$(total)" $((count_sfo + $(at lax events --json | json 'int(d["matching"])') + 1))
whole=$(figure aggregation position)
tables >tables.whole

# ---- Headquarters, whose archive goes on ------------------------------------------------------

for node in notification archiving hq aggregation; do
	down $node
done
need read_log >log.before
expect "headquarters' log is restored" 0 "posts send" "refill" -- put_back aggregation
need read_log >log.copy
same "it is the beginning of what it was" \
	"$(head -n "$(wc -l <log.copy)" log.before | cmp - log.copy && echo same)" same
check "with all that was there when the backup began" eval '[ "$(wc -l <log.copy)" -ge "$before" ]'
expect "hq's intake is restored" 0 "asks headquarters" -- put_back hq
expect "archiving is restored" 0 "seals" -- put_back archiving
expect "notification is restored" 0 "follows headquarters" -- put_back notification
need up aggregation
need up hq
need up archiving
need up notification
at_whole() { [ "$(figure aggregation position)" = "$whole" ]; }
check "all records are there" wait_for 30 at_whole
same "the totals are what they were" "$(tables)" "$(cat tables.whole)"
check "folding them from nothing gives the same" recount_equal
check "archiving goes on" sealed_all
archive_good "and its archive holds"
same "without an alarm" "$(at hq archive status --json | json 'd.get("alarms", [])')" ""
at_end() { [ "$(figure notification position)" = "$(figure aggregation position)" ]; }
check "notification follows to the end" wait_for 20 at_end
same "with its subscription" "$(at hq alerts list --json | json 'len(d["rows"])')" 1
expect "a name that was kept is shown" 0 "$kept" -- at hq show "$other"
exit_code at hq show "$id"
same "the erased one is not" "$([[ $said == *"$erased"* ]] && echo shown)" ""
check "nor in a file of a store" eval '! grep -raqF --exclude-dir=loose "$erased" "$fed"'
for node in notification archiving hq sfo lax aggregation; do
	down $node
	same "$node stops with code 0" "$?" 0
done
need read_log >log.after
same "no record stands twice" "$(awk '{ print $4 }' log.after | sort | uniq -d)" ""

# ---- Of a state that nobody uses, and one that is interrupted ----------------------------------

expect "a stopped service's state" 0 "aggregation-" -- kusanone backup "$fed/aggregation" --to cold
expect "comes back" 0 "" -- kusanone restore "$(of cold aggregation)" --to again
read_log >log.1
state[aggregation]=$dir/again
read_log >log.2
same "the same" "$(cmp log.1 log.2 && echo same)" same
end
