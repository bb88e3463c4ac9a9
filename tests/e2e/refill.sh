# Headquarters' disk is lost. Its log comes back from the archive alone, byte for byte; the
# posts send what was not sealed yet, and nothing else; names that were erased stay erased.
# With what is left of the old state nothing has to be sent at all. An archive with a fault,
# a wrong key, a full disk and Ctrl-C leave nothing behind.
# limit: 240
. "$(dirname "$0")/../lib/e2e.sh"
. "$(dirname "$0")/lib/federation.sh"
. "$(dirname "$0")/lib/archive.sh"
federation main
headquarters
posts sfo lax
cd "$dir" || exit 1
archiving

number=0
# record POST N: so many events, each with a person.
record() {
	local until=$((number + $2))
	while [ $number -lt $until ]; do
		number=$((number + 1))
		printf '{"sourceKey":"k%s","status":"HELD","title":{"en":"Event %s"},"statedDates":["2024-02-15"],"people":[{"name":"Somebody %s","kind":"mayor"}]}\n' \
			$number $number $number
	done >events.json
	at "$1" submit events.json --wait 20 >>submit.log 2>&1
}
tables() { at hq totals --json | json 'd["tables"]'; }
refill() { kusanone archive refill --key archive.key --archive "$archive" "$@"; }
# What the aggregation that stopped last had taken: taken blocks, taken repeats
taken() { grep 'event=stop\|stop ' main.aggregation.log | tail -n 1 | sed -n "s/.* $1=\([0-9]*\).*/\1/p"; }
# What stands in the folder besides what is known: nothing that looks like a state.
leaves_nothing() {
	same "$1, and leaves nothing" "$(ls -d new new.* 2>/dev/null)" ""
}

# ---- What there was --------------------------------------------------------------------

erased="Wilhelmina Quackenbush-Tamagawa" kept="Zebedee Oystercatcher"
person() { event "$1" "\"people\": [{\"name\": \"$2\", \"kind\": \"mayor\"}]" | submit_at sfo --wait 20 | id_in; }
record sfo 30
record lax 20
id=$(person gone "$erased")
other=$(person stays "$kept")
need sealed_all
cp -r "$archive" with-name
expect "a name is erased after its record was sealed" 0 "" -- \
	at hq erase "$id" --people --why "request of 2024-06-01" --wait 10
need sealed_all
entries=$(archive_entries)
check "an archive that was copied before holds the name" grep -rqF "$erased" with-name/loose

# What comes now is not sealed.
down archiving
seal_after=1h
config_archiving
need up archiving
record sfo 4
record lax 3
waits() { [ "$(at hq archive status --json | json 'd["tailPosition"]')" = "$(figure aggregation position)" ]; }
check "archiving has it, unsealed" wait_for 10 waits
same "the archive does not" "$(archive_entries)" "$entries"
tables >tables.before
position=$(figure aggregation position)
for node in hq archiving aggregation; do
	down $node
done
need read_log >log.before

# ---- What must not work ------------------------------------------------------------------

mv "$fed/aggregation" lost
expect "without --to" 2 "--to" -- refill
expect "without the key" 2 "--key" -- kusanone archive refill --archive "$archive" --to new
keys thief
kusanone archive refill --key "kusanone/hq+00000000+AQ" --archive "$archive" --to new >said 2>&1
same "with no key" "$?" 2
archive_make other 200 50 >/dev/null
expect "with the key of another" 1 "BAD" "not signed" "nothing was made" -- \
	kusanone archive refill --key other/key --archive "$archive" --to new
leaves_nothing "with the key of another"
expect "where there is no archive" 1 "checkpoint" -- \
	kusanone archive refill --key archive.key --archive lost --to new
expect "over something else" 1 "not an empty folder" -- refill --to "$fed/keys"
for file in segment/000 "tile/0/000.p/$entries" checkpoint; do
	rm -rf bad
	cp -r "$archive" bad
	printf X | dd of="bad/$file" bs=1 seek=200 conv=notrunc 2>/dev/null
	expect "a damaged $file" 1 "BAD" "$file" "nothing was made" -- \
		kusanone archive refill --key archive.key --archive bad --to new
	leaves_nothing "a damaged $file"
done
expect "an archive that was set back" 1 "rolled back" -- \
	kusanone archive refill --key archive.key --archive with-name \
	--checkpoint "$archive/checkpoint" --to new
leaves_nothing "an archive that was set back"

if [ "$(id -u)" = 0 ] && mkdir disk && mount -t tmpfs -o size=48k tmpfs disk 2>/dev/null; then
	expect "on a full disk" 1 "disk is full" "nothing was made" -- refill --to disk/new
	same "on a full disk, and leaves nothing" "$(ls -A disk)" ""
	expect "where a disk is mounted" 1 "mounted" -- refill --to disk
	umount disk
else
	skip "a full disk: no tmpfs here"
fi

# ---- From the archive alone --------------------------------------------------------------

expect "refilled" 0 "Refilled" "log hash" "Start kusanone-aggregation" -- refill --to new
same "for its owner alone" "$(stat -c %a new new/log new/log/data.mdb | xargs)" "700 700 600"
expect "not twice" 1 "not an empty folder" -- refill --to new
expect "in Japanese" 0 "復元しました" -- refill --to new2 --lang ja
mv new "$fed/aggregation"
read_log >log.after
same "the log is what it was, as far as it was sealed" \
	"$(head -n "$(wc -l <log.after)" log.before | cmp - log.after && echo same)" same
sealed=$(wc -l <log.after)
same "and not what came later" "$((sealed < position && sealed > 50))" 1

blocks=$(awk -v s="$sealed" '$1 > s { print $2 }' log.before | wc -l)
need up aggregation
check "headquarters counts" recount_equal
need up hq
check "sfo sends the rest" settle sfo 30
check "lax, too" settle lax 30
check "and headquarters' own intake" settle hq 30
check "everything is there again" wait_for 10 eval '[ "$(figure aggregation position)" = "$position" ]'
same "the totals are what they were" "$(tables)" "$(cat tables.before)"
check "folding it from nothing gives the same" recount_equal
expect "a name is shown" 0 "$kept" -- at hq show "$other"
exit_code at hq show "$id"
same "the erased one is not" "$([[ $said == *"$erased"* ]] && echo shown)" ""

# Archiving had more than it had sealed: that was never said, as headquarters is now.
cp -a "$fed/archiving" kept.archiving
launch archiving
is_ahead() { at hq archive status --json | json 'bool(d.get("alarms"))'; }
check "archiving says that headquarters is behind" wait_for 15 is_ahead
down archiving
rm -r "$fed/archiving/tail"
need up archiving
check "without its tail it takes what headquarters has now" \
	wait_for 15 at hq archive seal --timeout 10
check "all of it" sealed_all
expect "and its archive holds" 0 "Good" -- kusanone archive verify --key archive.key "$archive"
down archiving
rm -r "$fed/archiving"
mv kept.archiving "$fed/archiving"
down aggregation
same "nothing was sent that was archived" "$(taken repeats)" 0
same "and nothing refused" "$(taken refused)" 0
need read_log >log.sent
same "no record is missing" "$(awk '{ print $2, $3, $4 }' log.sent | sort | cmp - <(awk '{ print $2, $3, $4 }' log.before | sort) && echo same)" same
note "$sealed records from the archive, $blocks sent again in $(taken blocks) blocks"

# ---- An archive from before the erasure: the name comes back with it, and goes ------------

rm -rf "$fed/aggregation"
expect "refilled from an older copy" 0 "Refilled" -- kusanone archive refill \
	--key archive.key --archive with-name --to "$fed/aggregation"
need up aggregation
check "the posts send the rest, the erasure with it" wait_for 30 settled hq
check "no byte of the erased name is in headquarters' files" \
	wait_for 20 eval '! grep -raqF "$erased" "$fed/aggregation"'
check "the other one's is" grep -raqF "$kept" "$fed/aggregation"
down aggregation

# The names of an old copy beside a log that has the erasure.
rm -rf mixed "$fed/aggregation"
cp -r "$archive" mixed
cp -r with-name/loose mixed
expect "refilled with names of before the erasure" 0 "Refilled" -- kusanone archive refill \
	--key archive.key --archive mixed --to "$fed/aggregation"
check "before its start it holds the name" grep -raqF "$erased" "$fed/aggregation"
need up aggregation
check "after its start no byte of it" wait_for 20 eval '! grep -raqF "$erased" "$fed/aggregation"'
check "the other one's stays" grep -raqF "$kept" "$fed/aggregation"
for node in sfo lax hq; do
	check "$node has settled" settle $node 30
done
down aggregation
down hq
rm -rf "$fed/aggregation"

# ---- With what archiving had not sealed ---------------------------------------------------

expect "refilled with archiving's tail" 0 "Refilled" "from --and" -- \
	refill --and "$fed/archiving" --to "$fed/aggregation"
need read_log >log.tail
same "nothing is missing, and all of it in its place" "$(cmp log.before log.tail && echo same)" same
need up aggregation
need up archiving
need up hq
same "the totals are what they were" "$(tables)" "$(cat tables.before)"
follows() { at hq archive status --json | json 'not d.get("alarms") and d["hqPosition"] == d["tailPosition"]'; }
record sfo 2
check "archiving goes on without a break" wait_for 15 follows
expect "and seals" 0 "" -- at hq archive seal --timeout 10
archive_good "the archive holds"
check "the posts hold receipts" settle lax 10
for node in hq archiving aggregation; do
	down $node
done
same "no post had to send anything but the new ones" "$(taken repeats)" 0

# ---- With the state of a headquarters that is set back -------------------------------------

need read_log >log.whole
mv "$fed/aggregation" ahead
exit_code flock ahead/log/owner.lock kusanone archive refill --key archive.key \
	--archive "$archive" --and ahead --to new
same "not while the old one is in use" "$code" 1
expect "refilled from an old archive and the newer state" 0 "Refilled" -- \
	kusanone archive refill --key archive.key --archive with-name --and ahead \
	--to "$fed/aggregation"
need read_log >log.both
same "it is what it was" "$(cmp log.whole log.both && echo same)" same
check "no byte of the erased name comes back" eval '! grep -raqF "$erased" "$fed/aggregation"'

# ---- Interrupted ---------------------------------------------------------------------------

down sfo
expect "what is no log" 1 "no log" -- refill --and "$fed/sfo" --to new
expect "nor what a post's journal is" 1 "no log" -- refill --and "$fed/sfo/journal" --to new
leaves_nothing "what is no log"
archive_make big 40000 1000 >/dev/null
for signal in TERM KILL; do
	start refill kusanone archive refill --key big/key --archive big/archive --to big.hq
	check "it is under way" wait_for 10 eval 'ls -d big.hq.unfinished-*'
	stop refill $signal
	code=$?
	same "after $signal there is nothing that looks finished" "$(ls -d big.hq 2>/dev/null)" ""
	[ $signal = KILL ] || same "it says that it was stopped" "$code" 4
	[ $signal = KILL ] || same "and takes away what it began" "$(ls -d big.hq.* 2>/dev/null)" ""
done
expect "what a crash left is in nobody's way" 0 "Refilled" -- \
	kusanone archive refill --key big/key --archive big/archive --to big.hq
end
