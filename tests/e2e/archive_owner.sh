# Headquarters' archive as the owner of the log's order, and posts as its witnesses: nothing
# is taken before the archive is there; every post keeps the newest checkpoint that was
# proved to extend the one before; a headquarters that was set back takes nothing; one that
# was set back together with its archive is seen by every post.
# limit: 180
. "$(dirname "$0")/../lib/e2e.sh"
. "$(dirname "$0")/lib/federation.sh"
. "$(dirname "$0")/lib/archive.sh"
federation main
cd "$dir" || exit 1
archive_owns
headquarters

number=0
# record POST N: so many events of a post.
record() {
	local until=$((number + $2))
	while [ $number -lt $until ]; do
		number=$((number + 1))
		printf '{"recorder":"%s","title":{"en":"Event %s"}}\n' "$1" $number
	done >events.json
	at "$1" submit events.json --wait "${3:-10}" >>submit.log 2>&1
}
# What a node keeps: entries of the checkpoint; none: 0.
kept() { status_of "$1" | json 'd["archive"]["entries"] if d.get("archive") else 0'; }
alarm_of() { status_of "$1" | json '" ".join(a["en"] for a in d.get("alarms", []))'; }
is_kept() { [ "$(kept "$1")" = "$(archive_entries)" ]; }

# ---- Nothing before the archive --------------------------------------------------------

need keys sfo
at hq node enrol --file "$fed/keys/sfo.json" --role post --posts sfo --wait 1 >/dev/null 2>&1
same "headquarters takes nothing before its archive is there" "$(figure aggregation position)" 0
comes "and says so" 5 yes eval 'alarm_of aggregation | grep -q "waits for its archiving" && echo yes'
archiving
comes "once it is there, what waited is taken" 15 yes \
	eval '[ "$(figure aggregation position)" != 0 ] && echo yes'
same "and no alarm is left" "$(alarm_of aggregation)" ""
config_intake sfo post sfo
need up sfo
posts bna

# ---- Witnesses -------------------------------------------------------------------------

record sfo 5
need sealed_all
comes "a post keeps the first checkpoint that it is shown" 15 yes eval 'is_kept sfo && echo yes'
for i in 1 2 3; do
	record sfo $i
	need sealed_all
	comes "and each that is proved to extend it ($i)" 15 yes eval 'is_kept sfo && echo yes'
done
comes "every post does" 15 yes eval 'is_kept bna && echo yes'
expect "status shows it" 0 "archive's checkpoint" -- at sfo status
expect "in Japanese, too" 0 "アーカイブのチェックポイント" -- eval "lang=ja at sfo status"
at sfo archive witness >witness.checkpoint
expect "an archive is verified against what a post keeps" 0 "Good" -- kusanone archive \
	verify --key archive.key --checkpoint witness.checkpoint "$archive"
old=$(kept bna)
need down bna
for i in 1 2 3; do
	record sfo 2
	need sealed_all
done
need up bna
comes "a post that was away has its own proof" 15 yes eval 'is_kept bna && echo yes'
same "over several checkpoints" "$([ "$(kept bna)" -ge $((old + 3)) ] && echo yes)" yes
need down sfo
need up sfo
same "what a post keeps outlives it" "$(kept sfo)" "$(kept bna)"
expect "nothing contradicts it" 1 "nothing contradicts" -- at sfo archive witness --fork

# ---- Headquarters set back -------------------------------------------------------------

need down aggregation
cp -r "$fed/aggregation" old.aggregation
need up aggregation
record sfo 3
need sealed_all
need down aggregation
mv "$fed/aggregation" new.aggregation
cp -r old.aggregation "$fed/aggregation"
need up aggregation
comes "a headquarters that was set back is told by its archive" 15 yes \
	eval 'alarm_of aggregation | grep -q "set back" && echo yes'
was=$(figure aggregation position)
record sfo 2 1
same "and takes nothing" "$(figure aggregation position)" "$was"
expect "nor can that be accepted while the archive is there" 1 "archive refill" -- \
	at hq accept-rollback
need down aggregation
rm -rf "$fed/aggregation"
mv new.aggregation "$fed/aggregation"
need up aggregation
comes "with its own log again it goes on" 30 yes eval 'settled sfo && echo yes'
need sealed_all
archive_good "and its archive holds"

# ---- The archive is lost ---------------------------------------------------------------

need down archiving
need down aggregation
need up aggregation
comes "without its archive headquarters waits" 5 yes \
	eval 'alarm_of aggregation | grep -q "waits" && echo yes'
expect "until an operator says that it is lost" 0 "without its archive" -- at hq accept-rollback
record sfo 2
comes "then records are taken" 15 yes eval 'settled sfo && echo yes'
need down aggregation
need up aggregation
same "after the next start, too" "$(alarm_of aggregation | grep -c "goes on without")" 1
need up archiving
comes "the archive comes back, and nothing was lost" 20 yes \
	eval 'is_sealed && [ -z "$(alarm_of aggregation)" ] && echo yes'

# ---- Both set back ---------------------------------------------------------------------

need sealed_all
comes "posts know all of it" 15 yes eval 'is_kept sfo && is_kept bna && echo yes'
for n in aggregation archiving; do
	need down $n
	cp -r "$fed/$n" was.$n
	need up $n
done
record sfo 3
need sealed_all
comes "and what comes after" 15 yes eval 'is_kept sfo && is_kept bna && echo yes'
for n in archiving aggregation; do
	need down $n
	rm -rf "${fed:?}/$n"
	mv was.$n "$fed/$n"
done
need up aggregation
need up archiving
record bna 8
comes "history was written anew: a post sees it" 30 yes \
	eval 'alarm_of sfo | grep -q "contradict" && echo yes'
comes "every post does" 30 yes eval 'alarm_of bna | grep -q "contradict" && echo yes'
at sfo archive witness >kept.checkpoint 2>/dev/null
at sfo archive witness --fork >fork.checkpoint 2>/dev/null
same "two signed checkpoints are left in its hand" \
	"$(for c in kept fork; do sed -n 1p $c.checkpoint; done | tr '\n' ' ')" \
	"kusanone/hq kusanone/hq "
same "which are not one" "$(cmp -s kept.checkpoint fork.checkpoint || echo differ)" differ
expect "the archive as it is now is refuted by what the post kept" 1 "BAD" -- \
	kusanone archive verify --key archive.key --checkpoint kept.checkpoint "$archive"
need down sfo
need up sfo
same "the evidence outlives the post" "$(alarm_of sfo | grep -c contradict)" 1
end
