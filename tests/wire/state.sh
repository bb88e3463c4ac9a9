# The state of every format that was ever released opens with the programs of this build, says
# what it said then, and goes on.
#
#	tests/wire/state.sh ARCHIVE…     archives of make_state.sh; programs in KUSANONE_BIN
. "$(dirname "$0")/../lib/e2e.sh"
. "$root/tests/e2e/lib/federation.sh"
. "$root/tests/e2e/lib/alerts.sh"
. "$root/tests/lib/paper.sh"
data=$root/deploy/reference/us-japan

# unpack ARCHIVE NAME: a federation of its own in $dir/NAME, with config files. No service has
# a neighbour before one is started: nobody listens on the port.
unpack() {
	federation "$2"
	need tar -xzf "$1" -C "$fed"
	# Its last record is older than 30 days, or will be.
	more[aggregation]="accept_clock: true"
	port=$(choose_port)
	config_aggregation
	config_intake hq hq
	config_intake sfo post sfo
	config_intake lax post lax
	relay='""'
	[ ! -d "$fed/notification" ] || config_notification
}

# still NAME FILE COMMAND…: all that FILE of said/ holds is still said; a later build may say
# more.
still() {
	local name=$1 then=$fed/said/$2
	shift 2
	if ! "$@" >"$dir/now.json" 2>"$dir/now.txt"; then
		fail "$name: $(head -c 300 "$dir/now.txt")"
		return
	fi
	/usr/bin/python3 - "$then" "$dir/now.json" >"$dir/now.txt" 2>&1 <<-'END'
	import json, sys
	def missing(then, now, where):
	    if isinstance(then, dict) and isinstance(now, dict):
	        for key, value in then.items():
	            if key not in now:
	                return "%s.%s is not there" % (where, key)
	            found = missing(value, now[key], "%s.%s" % (where, key))
	            if found:
	                return found
	        return None
	    if isinstance(then, list) and isinstance(now, list) and len(then) == len(now):
	        for i, value in enumerate(then):
	            found = missing(value, now[i], "%s[%d]" % (where, i))
	            if found:
	                return found
	        return None
	    return None if then == now else "%s is %.200s, and was %.200s" % (where, now, then)
	sys.exit(missing(*(json.load(open(f)) for f in sys.argv[1:3]), ""))
	END
	same "$name" "$(cat "$dir/now.txt")" ""
}

# paper NAME: the totals are those of the paper, to the digit.
paper() {
	at hq totals >"$dir/totals.txt" 2>&1
	same "$1, in English" "$(says "$dir/totals.txt" "${english[@]}")" ""
	lang=ja at hq totals >"$dir/totals.txt" 2>&1
	same "$1, in Japanese" "$(says "$dir/totals.txt" "${japanese[@]}")" ""
}

# refuses NAME SERVICE WORDS…: it does not start, and says why.
refuses() {
	local name=$1 service=$2 program
	shift 2
	program=kusanone-$(service_of "$service")
	expect "$name" 1 "$@" -- timeout 20 "$program" "$fed/config/$service.yaml"
}

# newer STORE: its data.mdb says that a program of a later format wrote it.
newer() {
	local format='format\x01\x00\x00\x00'
	cp "$fed/$1/data.mdb" "$dir/before.mdb"
	LC_ALL=C grep -qaP "$format" "$fed/$1/data.mdb" || need false "no format in $1"
	LC_ALL=C sed -i "s/$format/format\x63\x00\x00\x00/g" "$fed/$1/data.mdb"
}
as_it_was() { mv "$dir/before.mdb" "$fed/$1/data.mdb"; }

webinar() { json 'd["row"]["eventId"]' <"$fed/said/hq-show-1.json"; }

headquarters_alone() {
	local i
	need up aggregation
	paper "headquarters opens and its totals are the paper's"
	for i in 1 2 3 4; do
		still "headquarters shows case $i as it did, with its history" "hq-show-$i.json" \
			at hq show "seed-$i" --history --json
	done
	still "the published figures are the same" hq-figures.json at hq figure list --json
	still "the reference data is the same" hq-reference.json at hq reference show --json
	check "a fold of the log from nothing gives the same" recount_equal
	check "headquarters ends well" down aggregation
	check "its log holds: every signature, every parent, every hash" read_log

	rm -r "$fed/aggregation/view"
	need up aggregation
	paper "without its view headquarters folds the log again, and its totals are the paper's"
	check "what it folded is what a recount gives" recount_equal
	need down aggregation
}

posts_alone() {
	local before
	need up sfo
	before=$(figure sfo seq)
	still "the post opens without headquarters and lists its event as it did" \
		sfo-events.json at sfo events --json
	still "it shows the event with all that headquarters said of it" sfo-show-1.json \
		at sfo show seed-1 --history --json
	still "the same submission gets the same receipt" sfo-receipt.json \
		at sfo submit "$data/events/1.json" --json
	same "and is no second record" "$(figure sfo seq)" "$before"
	same "every block has its receipt" "$(figure sfo unreceipted)" 0
	check "the post ends well" down sfo
	need up lax
	still "the co-host shows what it was told of the event" lax-show-1.json \
		at lax show "$(webinar)" --history --json
	still "and lists that it answered" lax-cohosts.json at lax cohost list --all --json
	need down lax
}

hq_intake_alone() {
	local before
	need up hq
	before=$(figure hq seq)
	check "headquarters' intake opens and takes the published figures again" \
		at hq figure add --file "$data/figures.json"
	check "and the reference data" at hq reference import "$data"
	check "and that a case is a best practice" \
		at hq best-practice "$(webinar)" --fy 2023
	same "none of it is a second record" "$(figure hq seq)" "$before"
	need down hq
}

# There is no relay: nothing is sent. How long ago it was decides what became of the two
# alerts that had not been sent, and not whether they are there.
not_sent() {
	local state sum=0
	for state in waiting sending dead missed; do
		sum=$((sum + $(alert_count $state)))
	done
	echo $sum
}
alerts_alone() {
	need up notification
	still "the alerts that were sent are shown as they were" alerts-sent.json \
		at hq alerts log --state sent --json
	same "the two that were not are there" "$(not_sent)" 2
	check "notification ends well" down notification
	rm -r "$fed/notification/copy" "$fed/notification/view"
	need up aggregation
	need up notification
	check "without copy and view it takes headquarters' log again" \
		wait_for 10 heard_all notification
	same "and nothing is found a second time" "$(alert_count sent) $(not_sent)" "3 2"
	need down notification
	need down aggregation
}
heard_all() { [ "$(figure "$1" position)" = "$(figure aggregation position)" ]; }

together() {
	local position
	need up aggregation
	position=$(figure aggregation position)
	need up hq
	need up sfo
	need up lax
	check "the posts hear all that headquarters has, from where it was" \
		wait_for 10 all_heard
	same "nothing was sent twice" "$(figure aggregation position)" "$position"
	event after >"$dir/after.json"
	expect "a new event goes on the journal and arrives" 0 "at headquarters" -- \
		at sfo submit "$dir/after.json" --wait 10
	same "and counts" "$(total)" 5
	expect "a word of headquarters goes on its journal and arrives" 0 "at headquarters" -- \
		at hq review after accept --wait 10
	check "a fold from nothing gives the same" recount_equal
	down lax
	down sfo
	down hq
	down aggregation
	LC_ALL=C grep -lE ' reset=|level=error' "$dir"/"${fed##*/}".*.log >"$dir/now.txt" 2>&1
	same "no link was reset, and no service met an error" "$(cat "$dir/now.txt")" ""
}
all_heard() {
	local heard="$(figure sfo position) $(figure lax position)" head
	head=$(figure aggregation position)
	[ "$heard" = "$head $head" ]
}

newer_formats() {
	local store service where sentence
	sentence=("was written by a newer program" "format 99" "reads up to format" "install")
	for store in aggregation/log aggregation/view hq/journal sfo/journal \
		notification/{alerts,copy,view}; do
		service=${store%%/*}
		where="$fed/$store"
		newer "$store"
		refuses "$store of a format that is not known yet is refused, and told why" \
			"$service" "$where" "${sentence[@]}"
		as_it_was "$store"
	done
	newer aggregation/view
	rm -r "$fed/aggregation/view"
	need up aggregation
	same "with such a view removed headquarters starts" "$(total)" 4
	need down aggregation

	sed -i 's/^format=1$/format=2/' "$fed/keys/sfo.key"
	refuses "a key file of such a format is refused, and told why" sfo \
		"$fed/keys/sfo.key" "a newer program wrote it"
}

for archive in "$@"; do
	name=$(basename "$archive" .tar.gz)
	note "$name"
	unpack "$archive" "$name-view"
	hq=$fed/keys/hq.json
	wire_state view "$fed/aggregation" "$(member "$hq" node)" "$(member "$hq" curve)" \
		"$(member "$hq" sign)" >"$dir/now.txt" 2>&1
	code=$?
	grep -E '^(ok|FAIL) ' "$dir/now.txt" || fail "the view opens: $(cat "$dir/now.txt")"
	[ $code = 0 ] || report_failures=$((report_failures + 1))
	unpack "$archive" "$name"
	headquarters_alone
	posts_alone
	hq_intake_alone
	[ ! -d "$fed/notification" ] || alerts_alone
	together
	unpack "$archive" "$name-newer"
	newer_formats
done
end
