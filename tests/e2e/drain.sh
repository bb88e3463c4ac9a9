# SIGTERM: each service finishes what is under way and ends with code 0 within its drain
# time. What was acknowledged is there after the next start, and work goes on.
. "$(dirname "$0")/../lib/e2e.sh"
. "$(dirname "$0")/lib/federation.sh"
federation main
drain_ms=1000
for node in aggregation hq sfo; do
	more[$node]="drain: ${drain_ms}ms"
done
headquarters
posts sfo
cd "$dir" || exit 1
events=4000
for ((i = 0; i < events; i++)); do event "$i"; done >lines.json

# term NODE [SIGNAL]: $code and $ms of its end. It has its drain time, and a second for
# a machine that is busy with other things.
term() {
	local job began p
	job=$(job "$1")
	p=${pid[$job]}
	began=$(date +%s%3N)
	kill -"${2:-TERM}" "$p"
	while kill -0 "$p" 2>/dev/null && [ $(($(date +%s%3N) - began)) -lt 10000 ]; do
		sleep 0.01
	done
	ms=$(($(date +%s%3N) - began))
	stop "$job" "${2:-TERM}"
	code=$?
	note "$1: ended after $ms ms"
}
ended_well() { # NAME: of the last term
	same "$1: exit code 0" "$code" 0
	same "$1: within its drain time" "$((ms < drain_ms + 1000))" 1
}
last_words() { tail -n 1 "$dir/$(job "$1").log"; }
lines() { wc -l <"$1"; }
more_than() { [ "$(lines "$1")" -gt "$2" ]; }
moved_beyond() { [ "$(figure aggregation position)" -gt "$1" ]; }

# ---- Idle, with somebody who watches
start watcher kusanone watch --run "$fed/run/hq" --lang en
check "somebody watches the totals" wait_for 10 [ -s "$dir/watcher.log" ]
for node in sfo hq aggregation; do
	term $node
	ended_well "$node idle"
	[[ $(last_words $node) == *stop* ]]
	same "$node says that it stopped" "$?" 0
done
for node in aggregation hq sfo; do
	need up $node
done

# ---- A post's intake while a client submits
: >receipts.jsonl
start client kusanone submit lines.json --json --run "$fed/run/sfo" --lang en
client_log=$dir/client.log
receipts() { grep '^{' "$client_log"; }
check "a client submits" wait_for 20 more_than "$client_log" 100
term sfo
ended_well "intake at work"
stop client
acked=$(receipts | wc -l)
same "it was stopped in the middle of the work" "$((acked < events))" 1
receipts >first.jsonl
need up sfo
at sfo submit lines.json --json >again.jsonl 2>>notes
same "after the next start the same file goes through" "$?" 0
/usr/bin/python3 - first.jsonl again.jsonl >compared.txt <<'END'
import json, sys
def rows(path):
    return {r["eventId"] + r["revision"]: r for r in map(json.loads, open(path))}
first, again = rows(sys.argv[1]), rows(sys.argv[2])
print("lost", sum(1 for k in first if k not in again or not again[k].get("repeated")),
      "moved", sum(1 for k in first if k in again and again[k]["seq"] != first[k]["seq"]),
      "events", len({r["eventId"] for r in again.values()}))
END
same "each acknowledged record was there, with its number" "$(cat compared.txt)" \
	"lost 0 moved 0 events $events"
note "$acked receipts before the stop"

# ---- Aggregation while a post's records arrive
check "the first ones arrive" settle sfo 30
before=$(figure aggregation position)
# So many that no machine is through with them while aggregation ends.
more_events=30000
event @number@ | awk -v from="$events" -v n="$more_events" \
	'{ for (i = from; i < from + n; i++) { line = $0; gsub("@number@", i, line); print line } }' \
	>more.json
same "as many lines as events" "$(lines more.json)" "$more_events"
start client kusanone submit more.json --json --run "$fed/run/sfo" --lang en
check "more arrive while the client submits" wait_for 10 moved_beyond $((before + 200))
term aggregation
ended_well "aggregation at work"
same "the client was in the middle of its work, and goes on" "$(kill -0 "${pid[client]}"; echo $?)" 0
waiting_some() { [ "$(figure sfo unreceipted)" -gt 0 ]; }
check "what does not arrive waits at the post" wait_for 10 waiting_some
wait "${pid[client]}"
same "the client has a receipt for each" "$? $(receipts | tail -n +$((acked + 1)) | wc -l)" \
	"0 $more_events"
unset "pid[client]"
need up aggregation
position=$(figure aggregation position)
same "aggregation has kept what it had" "$((position > before + 200))" 1
same "and not all of it" "$((position < before + more_events))" 1
check "the rest arrives" settle sfo 30
note "position $position after the start, $(figure aggregation position) at the end"
same "each event once" "$(total)" $((events + more_events))
check "folding the log from nothing gives the same" recount_equal

# ---- Both at once, the other way to ask for it, and a stop while it starts
event last | submit_at sfo >>receipts.jsonl 2>>notes
for node in aggregation sfo; do
	term $node INT
	ended_well "$node on SIGINT"
done
launch sfo
wait_for 10 [ -S "$fed/run/sfo/intake.sock" ]
term sfo
ended_well "intake that has just started"
need up aggregation
need up sfo
check "everything arrives" settle sfo 20
same "each event once" "$(total)" $((events + more_events + 1))
end
