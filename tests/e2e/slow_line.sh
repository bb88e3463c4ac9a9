# A post on a line of 64 kbit/s: a block of 64 KiB, which takes eight seconds there, and
# many small records get through, over one connection that is not given up.
# needs: root netns tc
# limit: 150
. "$(dirname "$0")/../lib/e2e.sh"
. "$(dirname "$0")/lib/federation.sh"
helpers
# The post's host is a network of its own, with one line to headquarters.
ns=kusanone-e2e-$$
subnet=10.$((RANDOM % 200 + 20)).$((RANDOM % 250)).
drop_line() {
	ip link del "kus$$" 2>/dev/null
	ip netns del "$ns" 2>/dev/null
}
trap 'code=$?; end_all; drop_line; exit $code' EXIT
line() {
	ip netns add "$ns" && ip link add "kus$$" type veth peer name line netns "$ns" &&
		ip addr add "${subnet}1/30" dev "kus$$" && ip link set "kus$$" up &&
		ip -n "$ns" addr add "${subnet}2/30" dev line && ip -n "$ns" link set line up &&
		ip -n "$ns" link set lo up
}
# Both directions; a router that holds a second of it and drops the rest.
slow() {
	tc qdisc replace dev "kus$$" root tbf rate 64kbit burst 3kb latency 1s &&
		ip netns exec "$ns" tc qdisc replace dev line root tbf rate 64kbit burst 3kb \
			latency 1s
}
if ! line || ! slow; then
	drop_line
	skip "the slow line: no veth with a token bucket here"
	end
fi
bind_on=${subnet}1
federation main
headquarters
in_front[sfo]="ip netns exec $ns"
posts sfo lax
cd "$dir" || exit 1
bytes_up() { ip netns exec "$ns" cat /sys/class/net/line/statistics/tx_bytes; }
bytes_down() { cat "/sys/class/net/kus$$/statistics/tx_bytes"; }
lost() { grep -c "state=lost" main.sfo.log; }

event first '"holders": ["sfo"]' | at sfo submit - --wait 15 >first.txt 2>&1
check "a record gets through" grep -q headquarters first.txt
up_before=$(bytes_up)
began=$(date +%s%3N)
# Two records of 31 KiB that wait together are one block.
"$bin/e2e_flood" "$fed/run/sfo/intake.sock" sfo 0 2 --pad 31000 >flood.txt
same "two records of 31 KiB are on the post's disk at once" "$?" 0
# Meanwhile headquarters has its own to say: the line is slow in both directions.
"$bin/e2e_flood" "$fed/run/lax/intake.sock" lax 0 60 --quiet >>flood.txt
event small '"holders": ["sfo"]' >small.json
at sfo submit small.json >>flood.txt 2>&1
check "the block of 64 KiB arrives, and a small record behind it" settle sfo 60
took=$(($(date +%s%3N) - began))
sent=$(($(bytes_up) - up_before))
note "64 KiB and a small record: $took ms, $sent bytes on the line up"
same "it was sent once, not again and again" "$((sent < 100000))" 1
same "the line was the slow one: it took at least six seconds" "$((took >= 6000))" 1
same "both count" "$(by_dimension post | tr ' ' '\n' | sed -n 's/^sfo=//p')" 4

up_before=$(bytes_up) down_before=$(bytes_down)
began=$(date +%s%3N)
"$bin/e2e_flood" "$fed/run/sfo/intake.sock" sfo 10 200 >>flood.txt
same "200 small records are on the post's disk at once" "$?" 0
check "they arrive" settle sfo 60
took=$(($(date +%s%3N) - began))
note "200 small records: $took ms," \
	"$((($(bytes_up) - up_before) / 200)) bytes each up," \
	"$((($(bytes_down) - down_before) / 200)) down, all included"
same "all count" "$(by_dimension post | tr ' ' '\n' | sed -n 's/^sfo=//p')" 204
same "no connection was given up on the way" "$(lost)" 0
check "folding the log again gives the same" recount_equal
end_all
drop_line
end
