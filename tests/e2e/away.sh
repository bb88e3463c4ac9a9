# Headquarters goes away and comes back: a post works on, and what it recorded meanwhile
# arrives once.
. "$(dirname "$0")/../lib/e2e.sh"
. "$(dirname "$0")/lib/federation.sh"
helpers
federation main
headquarters
posts sfo lax
cd "$dir" || exit 1

# many POST FROM COUNT
many() {
	local i
	for ((i = $2; i < $2 + $3; i++)); do
		event "$1-$i" "\"statedDates\": [\"2023-0$((4 + i % 5))\"]"
	done | submit_at "$1" >>"$1.receipts" 2>>"$1.notes"
}
now() { date +%s%3N; }
# because NODE [LANG]: why its link down is not there
because() {
	status_of "$1" | json "[l.get('because', {}).get('${2:-en}', '') for l in d['links'] if l['name'] == 'down']"
}
linked() { status_of "$1" | json "[l['state'] for l in d['links']] == ['LIVE', 'LIVE']"; }
says() { because "$1" "$2" | grep -q "$3"; }
many sfo 0 10
many lax 0 10
check "sfo's arrive" settle sfo 10
check "lax's arrive" settle lax 10
same "20 records reach headquarters" "$(total)" 20

# ---- Stopped as planned, and started
down hq
same "headquarters' intake stops with code 0" "$?" 0
down aggregation
same "aggregation stops with code 0" "$?" 0
event offline | at sfo submit - >words 2>&1
same "a submission without headquarters succeeds" "$?" 0
check "it says how far it got: on this post's disk" grep -q disk words
many sfo 10 40
many lax 10 40
same "the post holds what waits" "$(($(figure sfo unreceipted) > 0))" 1
same "the post lists its own events meanwhile" \
	"$(at sfo events --json --limit 1 | json 'int(d["matching"])')" 51
check "its status says why headquarters is not reached" wait_for 10 says sfo en refused
check "and in Japanese" says sfo ja 拒まれました
expect "headquarters' totals are unreachable" 3 "" -- at hq totals --timeout 1
# A post that is restarted meanwhile loses nothing and needs nobody.
kill_node sfo
down lax
need up sfo
need up lax
same "after kill -9 and a restart it is all there" \
	"$(at sfo events --json --limit 1 | json 'int(d["matching"])')" 51
many sfo 50 5
began=$(now)
need up aggregation
need up hq
check "all of sfo's arrive" settle sfo 20
check "all of lax's arrive" settle lax 20
note "arrived $(($(now) - began)) ms after headquarters was started"
same "each once" "$(total)" 106

# ---- Gone without a word
kill_node aggregation
many sfo 100 20
many lax 100 20
began=$(now)
need up aggregation
check "after kill -9 of headquarters, too, all of sfo's arrive" settle sfo 40
check "and lax's" settle lax 40
note "arrived $(($(now) - began)) ms after headquarters was started after kill -9"
same "each once" "$(total)" 146

# ---- Restarts of a few seconds
last=146
for away in 0 1 3; do
	kill_node aggregation
	many sfo "$last" 1
	sleep "$away"
	began=$(now)
	need up aggregation
	check "after $away s away: sfo's arrives" settle sfo 20
	check "and lax is linked again" wait_for 20 linked lax
	note "both posts linked $(($(now) - began)) ms after headquarters was started"
	last=$((last + 1))
done
same "each once" "$(total)" "$last"
check "a working link has no reason" says lax en '^$'
check "folding the log again gives the same" recount_equal

# ---- The log itself
down aggregation
read_log >log.txt
same "every block in the log is signed, chained and in its place" "$?" 0
same "no record stands twice" "$(awk '{ print $4 }' log.txt | sort | uniq -d)" ""
cat sfo.receipts lax.receipts | /usr/bin/python3 -c '
import json, sys
for line in sys.stdin:
    print(json.loads(line)["revision"])' | sort >acked.txt
awk '{ print $4 }' log.txt | sort >held.txt
same "every record that was acknowledged is in it" "$(comm -23 acked.txt held.txt)" ""
note "$(wc -l <acked.txt) receipts, $(wc -l <log.txt) records in headquarters' log"
end
