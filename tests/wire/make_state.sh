#!/bin/bash
# Makes the golden state of a format anew: what a headquarters and a post have on their disks
# after the paper's records.
#
#	tests/wire/make_state.sh [FILE]     default: tests/wire/state-1.tar.gz
#
# The real programs of build/release are started as deploy/demo.sh starts them and given the
# reference data, the published figures and the four cases of deploy/reference/us-japan. What
# lies on their disks when all of them have ended goes into FILE, which state.sh opens with
# every later build:
#
#	keys/          those of the four, and every node's public half (.json).
#	               Everybody can read these secrets: they are of no use outside this test.
#	aggregation/   headquarters' log and view
#	hq/            the journal of headquarters' intake
#	notification/  the alert log, the copy of headquarters' log, the view: three alerts
#	               sent by mail, one that nobody takes, one that waits for its digest
#	sfo/           the journal of the post that recorded the webinar
#	lax/           that of its co-host: what it was asked, and its answer
#	said/          what kusanone answered, as JSON
#
# The stores are as the programs left them, but for their free pages, in which LMDB keeps
# remains of what was there before: each is rewritten by the store's own compaction. It is one
# archive, since the parts are of one moment and worth nothing apart, and gzip's, since that is
# what the barest Debian 12 has; it makes a fifth of it. There are no times and no owners in
# it. Keys and clock differ from run to run, and so does the archive.
root=$(cd "$(dirname "$0")/../.." && pwd)
file=${1:-$root/tests/wire/state-1.tar.gz}
file=$(realpath "$file") || exit
cd "$root" || exit
. tests/lib/report.sh
. tests/lib/build.sh
[ -n "${KUSANONE_BIN:-}" ] || build release || exit
. tests/lib/e2e.sh
. tests/e2e/lib/federation.sh
. tests/e2e/lib/alerts.sh
data=$root/deploy/reference/us-japan
federation state
# Who asks is not the login name of whoever makes this.
for name in hq sfo lax bna sea chi; do more[$name]="author: tests/wire"; done
asks() {
	local node=$1
	shift
	at "$node" "$@" --as tests/wire
}

headquarters
posts sfo lax bna sea chi
need asks hq reference import "$data" --wait 10
need asks hq figure add --file "$data/figures.json" --wait 10
mail_server relay
relay=smtp://127.0.0.1:$(port_of relay)
notification
reads() { need asks hq alerts subscribe "$@" --wait 10; }
reads --who planner --to mailto:planner@example.org --kind announced --lang en
reads --who weekly --to mailto:weekly@example.org --kind announced --post chi \
	--digest weekly@mon
# The webinar last: its place in headquarters' log is then another than in its own journal.
cases=([1]=sfo [2]=bna [3]=sea [4]=chi)
alerts_are() { [ "$(alert_count "$1")" = "$2" ]; }
for i in 2 3 4 1; do
	if [ $i = 1 ]; then
		# The last message is tried again and again when its service ends.
		need wait_for 10 alerts_are sent 3
		behave relay end 451 busy
	fi
	need asks "${cases[i]}" submit "$data/events/$i.json" --wait 10
done
need wait_for 10 alerts_are sending 1
need alerts_are waiting 1
webinar=$(at sfo submit "$data/events/1.json" --json | id_in)
need wait_for 10 at lax show "$webinar"
need asks lax cohost confirm "$webinar" --note "資料1に共催として記載" --wait 10
for i in 1 2 3 4; do
	need asks hq best-practice "seed-$i" --fy 2023 --wait 10
done

# Every word has its receipt, and all have heard all that headquarters has for them.
heard() { [ "$(figure "$1" position)" = "$(figure aggregation position)" ]; }
need wait_for 10 heard notification
for name in hq sfo lax bna sea chi; do
	need settle "$name" 10
	need wait_for 10 heard "$name"
done

mkdir "$fed/said"
for i in 1 2 3 4; do
	need at hq show "seed-$i" --history --json >"$fed/said/hq-show-$i.json"
done
need at hq figure list --json >"$fed/said/hq-figures.json"
need at hq reference show --json >"$fed/said/hq-reference.json"
need at sfo show seed-1 --history --json >"$fed/said/sfo-show-1.json"
need at sfo events --json >"$fed/said/sfo-events.json"
need at lax show "$webinar" --history --json >"$fed/said/lax-show-1.json"
need at lax cohost list --all --json >"$fed/said/lax-cohosts.json"
need at sfo submit "$data/events/1.json" --json >"$fed/said/sfo-receipt.json"
need at hq alerts log --state sent --json >"$fed/said/alerts-sent.json"
for name in notification lax bna sea chi sfo hq aggregation; do
	need down "$name"
done

need wire_state compact "$fed/aggregation/log" aggregation-log
need wire_state compact "$fed/aggregation/view" aggregation-view
need wire_state compact "$fed/notification/alerts" notification-log
need wire_state compact "$fed/notification/copy" notification-copy
need wire_state compact "$fed/notification/view" notification-view
for name in hq sfo lax; do
	need wire_state compact "$fed/$name/journal" intake-journal
done
for name in headquarters hq notification sfo lax; do
	sed -i '1i# A golden of tests/wire: everybody can read this secret. Enrol it nowhere.' \
		"$fed/keys/$name.key"
done
cd "$fed" || exit
tar --sort=name --format=ustar --mtime=@0 --owner=0 --group=0 --numeric-owner \
	-cf "$dir/state.tar" keys/{headquarters,hq,notification,sfo,lax}.key keys/*.json \
	aggregation/{log,view}/data.mdb notification/{alerts,copy,view}/data.mdb \
	{hq,sfo,lax}/journal/data.mdb said
need gzip -n -9 "$dir/state.tar"
need mv "$dir/state.tar.gz" "$file"
ok "$(basename "$file"): $(stat -c %s "$file") bytes"
end
