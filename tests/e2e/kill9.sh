# Intake and aggregation are killed at random instants while a client submits: every
# acknowledged record is in headquarters' log exactly once, and nobody repairs anything.
# limit: 180
. "$(dirname "$0")/../lib/e2e.sh"
. "$(dirname "$0")/lib/federation.sh"
helpers
kills=${KUSANONE_KILLS:-20} # Of each.
federation main
headquarters
posts sfo
cd "$dir" || exit 1

# The client asks for each event until it has its receipt, whoever dies. It is slowed
# down by asking for four at a time, so that every kill falls into its work.
total_events=400000
start client "$bin/e2e_flood" "$fed/run/sfo/intake.sock" sfo 0 $total_events --window 4 \
	--seconds 600
receipts() { wc -l <"$dir/client.log"; }
wait_for 10 [ -s "$dir/client.log" ]

pause() { sleep "0.$((RANDOM % 900 + 100))"; }
# Restarts are to serving: up() asks the service.
slowest=0
restart() {
	local began
	began=$(date +%s%3N)
	need up "$1"
	began=$(($(date +%s%3N) - began))
	[ "$began" -le "$slowest" ] || slowest=$began
}
began=$SECONDS
killed_intake=0 killed_aggregation=0 moved=0 acked_between=0
while [ $killed_intake -lt "$kills" ] || [ $killed_aggregation -lt "$kills" ]; do
	at_hq=$(figure aggregation position)
	acked=$(receipts)
	pause
	[ "$(figure aggregation position)" = "$at_hq" ] || moved=$((moved + 1))
	[ "$(receipts)" = "$acked" ] || acked_between=$((acked_between + 1))
	case $((RANDOM % 3)) in
	0)
		kill_node sfo
		restart sfo
		killed_intake=$((killed_intake + 1))
		;;
	1)
		kill_node aggregation
		restart aggregation
		killed_aggregation=$((killed_aggregation + 1))
		# A post that lost its peer waits longer each time; one that was killed,
		# too, dials at once.
		kill_node sfo
		restart sfo
		killed_intake=$((killed_intake + 1))
		;;
	2)
		kill_node aggregation
		kill_node sfo
		restart sfo
		restart aggregation
		killed_intake=$((killed_intake + 1))
		killed_aggregation=$((killed_aggregation + 1))
		kill_node sfo
		restart sfo
		killed_intake=$((killed_intake + 1))
		;;
	esac
done
note "kill -9: $killed_intake times intake, $killed_aggregation times aggregation," \
	"in $((SECONDS - began)) s; slowest restart to serving $slowest ms"
same "headquarters took records between kills, most times" \
	"$((moved * 2 > killed_aggregation))" 1
same "the client got receipts between kills, most times" \
	"$((acked_between * 2 > killed_aggregation))" 1

# The client is stopped where it is; what it was answered is what counts.
stop client TERM
grep -vE '^([0-9]+ [0-9a-f-]{36} [0-9a-f]{64} [0-9]+|receipts .*, different 0, .*)$' \
	client.log >strange.txt
same "no receipt was ever different from the first one" "$(head -c 300 strange.txt)" ""
check "everything arrives" settle sfo 60
acked=$(receipts)
same "records were acknowledged" "$((acked > 100))" 1
check "folding the log again gives the same" recount_equal
events=$(total)
down sfo
down aggregation
same "aggregation stops with code 0" "$?" 0
read_log >log.txt
same "every block in the log is signed, chained and in its place" "$?" 0
sfo=$(member "$fed/keys/sfo.json" node)
awk -v n="$sfo" '$2 == n { print $4 }' log.txt | sort >held.txt
awk 'NF == 4 { print $3 }' client.log | sort >acked.txt
same "no record stands twice in the log" "$(uniq -d held.txt)" ""
same "no acknowledged record is missing from the log" "$(comm -23 acked.txt held.txt)" ""
same "the totals are the log's events" "$events" "$(wc -l <held.txt)"
same "the post has one branch: seq without a hole" \
	"$(awk -v n="$sfo" '$2 == n { print $3 }' log.txt | sort -n | awk '$1 != NR' | head -n 3)" ""
note "$acked acknowledged, $(wc -l <held.txt) in headquarters' log"
end
