# The archive of a running headquarters: sealed as events come, killed at every point of
# sealing, its store lost, its folder changed or set back; and after each of these checked
# by an independent verifier against every checkpoint that was ever printed.
# limit: 180
. "$(dirname "$0")/../lib/e2e.sh"
. "$(dirname "$0")/lib/federation.sh"
. "$(dirname "$0")/lib/archive.sh"
federation main
headquarters
posts sfo
cd "$dir" || exit 1
archiving

number=0
# record N: so many events of sfo, each with a person.
record() {
	local until=$((number + $1))
	while [ $number -lt $until ]; do
		number=$((number + 1))
		printf '{"recorder":"sfo","title":{"en":"Event %s"},"people":[{"name":"Somebody %s"}]}\n' \
			$number $number
	done >events.json
	at sfo submit events.json --wait 10 >>submit.log 2>&1
}

# ---- Sealed as it comes ----------------------------------------------------------------

record 20
comes "what has come is sealed after its time" 15 yes eval 'is_sealed && echo yes'
archive_good "and holds"
same "the key is the service's, as a line" "$(sed 's/+.*//' archive.key)" kusanone/hq
expect "the command says how far it is" 0 "entries" "sealed up to" "kusanone/hq+" -- \
	at hq archive status
expect "in Japanese, too" 0 "封印した位置" -- eval "lang=ja at hq archive status"
expect "kusanone status shows the service" 0 "archiving" "sealed up to" -- at hq status
at hq archive checkpoint >printed.checkpoint
same "the checkpoint is printed as it is signed" \
	"$(cmp printed.checkpoint "$archive/checkpoint" && echo same)" same
expect "the command's own verifier agrees" 0 "Good" -- kusanone archive verify \
	--key archive.key --checkpoint printed.checkpoint "$archive"

# ---- At once ---------------------------------------------------------------------------

down archiving
seal_after=1h
config_archiving
need up archiving
record 3
before=$(archive_entries)
sleep 0.5
same "it does not seal before its time" "$(archive_entries)" "$before"
expect "on command it does" 0 "" -- at hq archive seal --timeout 10
same "and everything" "$(is_sealed && echo yes)" yes
archive_good "the archive holds"
seal_after=300ms
config_archiving
down archiving
need up archiving

# ---- Killed ----------------------------------------------------------------------------

dies() { wait_for 15 eval '! kill -0 "$(process archiving)" 2>/dev/null'; }
for point in segment tiles checkpoint; do
	down archiving
	record 5
	KUSANONE_CRASH_AT=$point launch archiving
	need dies
	before=$(archive_entries)
	record 2
	need up archiving
	comes "killed after the $point: it goes on" 15 yes eval 'is_sealed && echo yes'
	archive_good "killed after the $point: the archive holds"
done
lived=0
for ((kill = 0; kill < 10; kill++)); do
	record 4
	sleep "0.$((RANDOM % 6))"
	kill_node archiving
	need up archiving
	lived=$((lived + 1))
done
comes "killed $lived times at any time: it goes on" 15 yes eval 'is_sealed && echo yes'
archive_good "killed $lived times: the archive holds"

# ---- The store is lost -----------------------------------------------------------------

down archiving
rm -r "$fed/archiving/tail"
record 2
need up archiving
comes "without its store it goes on from the archive" 15 yes eval 'is_sealed && echo yes'
archive_good "the archive holds"

# ---- The folder is not what was sealed ----------------------------------------------------

refuses() {
	launch archiving
	need dies
	if grep -q "$2" "$dir/$(job archiving).log"; then
		ok "$1"
	else
		fail "$1" "$(tail -n 3 "$dir/$(job archiving).log")"
	fi
}
down archiving
cp -r "$archive" kept
cp printed.checkpoint "$archive/checkpoint"
refuses "an archive that was set back stops the service, which says so" "set back"
cp kept/checkpoint "$archive/checkpoint"
mv "$archive/tile" tile
refuses "one without its tiles, too" "tiles"
mv tile "$archive/tile"
mv "$archive" moved
refuses "an empty folder in its place, too" "set back"
rmdir "$archive" && mv moved "$archive"
same "nothing was changed by that" "$(diff -r kept "$archive" && echo same)" same
record 1
need up archiving
comes "with the right one it goes on" 15 yes eval 'is_sealed && echo yes'
archive_good "and holds"
end
