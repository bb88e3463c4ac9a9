# Notification dies at each named point of a message's life, whatever the receiver does
# then, and is started again: no alert is lost, none takes effect twice, and a message goes
# over the wire twice only where nobody can know whether it was taken, with the same id.
# limit: 300
# needs: openssl
. "$(dirname "$0")/../lib/e2e.sh"
. "$(dirname "$0")/lib/federation.sh"
. "$(dirname "$0")/lib/alerts.sh"

federation main
headquarters
posts sfo lax
cd "$dir" || exit 1
need at hq reference import "$root/deploy/reference/us-japan" --wait 10 >import.txt
certificate peer
mail_server mail --cert "$dir/peer.crt" --key "$dir/peer.key"
hook_server hook --cert "$dir/peer.crt" --key "$dir/peer.key"
relay=smtp://localhost:$(port_of mail)
alerts="  ca_file: $dir/peer.crt
hook:
  allow: [\"localhost:$(port_of hook)\"]
  ca_file: $dir/peer.crt"
retry=100ms
notification
# Each hears of one post's events, by its own channel.
subscribe --who mail --to mailto:desk@example.org --kind announced --post sfo >/dev/null
subscribe --who hook --to "https://localhost:$(port_of hook)/in" --kind announced \
	--post lax >/dev/null
same "two readers are subscribed" "$(alert_count subscriptions)" 2
kill_node notification

# ---- One cell of the table -------------------------------------------------------------

# How often it was sent again though it may have been taken, since the store was made.
repeated=0

post_of() { [ "$1" = mail ] && echo sfo || echo lax; }
good_of() { [ "$1" = mail ] && echo accept || echo 200; }

# Does the process die within 10 s?  (A child that ended is none of ours any more.)
dies() {
	local i p=${pid[$(job notification)]}
	for ((i = 0; i < 500; i++)); do
		kill -0 "$p" 2>/dev/null || break
		sleep 0.02
	done
	kill -0 "$p" 2>/dev/null && return 1
	wait "$p" 2>/dev/null
	[ $? = 137 ] || return 1
	unset "pid[$(job notification)]"
}

# The state of the event's one alert, and whether the receiver has said anything.
look() {
	alert_log '"%s %s %s" % (rows[0]["state"][12:], bool(rows[0].get("answer")), rows[0]["id"])
		if len(rows) == 1 else "%d rows" % len(rows)' --event "$1" 2>/dev/null
}

# state EVENT WANTED…: waits at most 15 s for one of them.
state() {
	local event=$1 end=$((SECONDS + 15)) want
	shift
	while [ $SECONDS -lt $end ]; do
		seen=$(look "$event")
		for want in "$@"; do
			[[ $seen != $want\ * ]] || return 0
		done
		sleep 0.03
	done
	return 1
}

# wrong WORDS: this cell is not as it should be; the next one begins anew, if few are.
wrongs=0
wrong() {
	echo "wrong $*"
	wrongs=$((wrongs + 1))
	[ -z "$(process notification)" ] || kill_node notification
}

# cell CHANNEL POINT BEHAVIOUR: a line "cell channel point behaviour event repeated", or
# what is wrong.
cells=0
cell() {
	local channel=$1 point=$2 how=$3 event now
	[ $wrongs -lt 3 ] || return
	cells=$((cells + 1))
	behave "$channel" "$how"
	event=$(event "cell-$cells" '"status": "PLANNED"' "\"statedDates\": [\"$day\"]" |
		submit_at "$(post_of "$channel")" --wait 10 | id_in)
	if [ "$point" = none ]; then
		launch notification
		state "$event" 'SENT True' 'DEAD True' 'SENDING True' ||
			{ wrong "$*: the receiver says nothing: $seen"; return; }
	else
		launch_to_die "$point"
		dies || { wrong "$*: it passes by"; return; }
	fi
	behave "$channel" "$(good_of "$channel")"
	[ "$point" = none ] || launch notification
	state "$event" SENT DEAD || { wrong "$*: it stays $seen"; return; }
	if [[ $seen = DEAD* ]]; then
		at hq alerts resend "${seen##* }" >>resend.txt 2>&1
		state "$event" SENT || { wrong "$*: sent again, it is $seen"; return; }
		dead=$((dead + 1))
	fi
	now=$(alert_count repeatedSends)
	kill_node notification
	echo "cell $channel $point ${how// /_} $event $((now - repeated))"
	repeated=$now
}

# ---- The table -------------------------------------------------------------------------

day=$(date -u -d '+7 days' +%F)
dead=0
began=$SECONDS
# How they behave when they have the message, and when they never let it come so far.
mail_end=(accept "slow 0.2" drop hang garbage_end "end 451 4.3.0 later" "end 554 5.7.1 never")
mail_before=("rcpt 550 5.1.1 unknown" "greeting 421 4.3.2 closing" garbage no_tls)
hook_end=(200 slow drop hang garbage 503 410)
hook_before=(no_tls)
for channel in mail hook; do
	declare -n at_end=${channel}_end before=${channel}_before
	for point in none handled begun heard settled; do
		for how in "${at_end[@]}" "${before[@]}"; do
			cell $channel $point "$how"
		done
	done
	for point in connected body_sent; do
		for how in "${at_end[@]}"; do
			cell $channel $point "$how"
		done
	done
	for how in "${at_end[@]:0:2}"; do
		cell $channel reply_read "$how"
	done
done >cells.txt
note "$cells lives of messages in $((SECONDS - began)) s"
taken() {
	mails mail '["%s %s" % (e, x["id"]) for x in m for e in
		re.findall(r"^id: (\S+)", x["text"], re.M)]'
	hooks hook '["%s %s" % (a["eventId"], x["id"]) for x in h for a in x["body"]["alerts"]
		if x["behaviour"] in ("200", "slow", "drop", "hang", "garbage")]'
}
taken >taken.txt
/usr/bin/python3 "$root/tests/e2e/lib/lives.py" <(grep '^cell ' cells.txt) taken.txt >lives.txt
same "each dies where it should, goes on, and is sent" "$(grep '^wrong ' cells.txt)" ""
[ $wrongs = 0 ] || end
same "and goes over the wire as often as its point allows" "$(grep '^wrong ' lives.txt)" ""
note "channel point: lives, lost, twice in effect, sent again, counted as possible repeats"
while read -r channel point lives lost twice again counted; do
	note "$channel $point: $lives, $lost, $twice, $again, $counted"
	same "$channel, $point: nothing lost, nothing twice in effect" "$lost $twice" "0 0"
done < <(grep -v '^wrong ' lives.txt)
same "receivers refused some for good, and they were sent again by hand" "$((dead >= 4))" 1

# ---- Killed at any moment --------------------------------------------------------------

# While events are recorded at both posts. Slow receivers make the moments long in which
# a message is under way.
events=30
behave mail slow 0.2
behave hook slow
record_events() {
	local i post
	for ((i = 1; i <= events; i++)); do
		for post in sfo lax; do
			event "loop-$i" '"status": "PLANNED"' "\"statedDates\": [\"$day\"]" |
				submit_at $post --wait 20 | id_in >>"recorded.$post"
		done
		sleep 0.1
	done
}
start recording record_events
kills=0 under_way=0
while [ $kills -lt 20 ]; do
	launch notification
	sleep "0.$((RANDOM % 400 + 100))"
	[ "$(alert_count sending)" = 0 ] || under_way=$((under_way + 1))
	kill_node notification
	kills=$((kills + 1))
done
wait "${pid[recording]}"
unset "pid[recording]"
cat recorded.sfo recorded.lax | sort >recorded.txt
same "all events are recorded" "$(sort -u recorded.txt | wc -l)" $((2 * events))
behave mail accept
behave hook 200
need up notification
all_sent() {
	[ "$(alert_log 'len(rows)' --state waiting,sending --limit 500)" = 0 ] &&
		[ "$(alert_log 'len(rows)' --state sent --limit 500)" = $((cells + 2 * events)) ]
}
check "after the last start all alerts are sent" wait_for 20 all_sent
same "none is dead, none missed" "$(alert_count dead) $(alert_count missed)" "0 0"
taken | grep -F -f recorded.txt >loop.txt
same "each event was announced to its reader" \
	"$(cut -d ' ' -f 1 loop.txt | sort -u | comm -13 - recorded.txt)" ""
same "each in one message" "$(sort -u loop.txt | cut -d ' ' -f 1 | uniq -d)" ""
repeats=$(($(wc -l <loop.txt) - $(sort -u loop.txt | wc -l)))
counted=$(($(alert_count repeatedSends) - repeated))
same "no repeat was not counted" "$((repeats <= counted))" 1
same "most kills found a message under way" "$((under_way * 2 > kills))" 1
note "$kills kills while $((2 * events)) events were recorded, $under_way with a message" \
	"under way; $(cut -d ' ' -f 2 loop.txt | sort -u | wc -l) messages," \
	"$repeats alerts sent again, $counted counted as possible repeats"
end
