# A post on a line of 64 kbit/s: what it records arrives, large and small, in one session,
# and headquarters' answers come through meanwhile.
. "$(dirname "$0")/../lib/e2e.sh"
. "$(dirname "$0")/lib/federation.sh"
bits=64000
federation main
headquarters
need keys sfo
need enrol sfo >"$dir/enrol.log"
cd "$dir" || exit 1
hq_port=$(choose_port)
start proxy /usr/bin/python3 "$root/tests/e2e/lib/slow_proxy.py" \
	"$hq_port" "$port" $bits
need wait_for 10 grep -q listening proxy.log
config_intake sfo post sfo
need up sfo

live() { grep -c "peer=up state=live" "$dir/main.sfo.log"; }
lost() { grep -c "state=lost" "$dir/main.sfo.log"; }
connections() { grep -c connection "$dir/proxy.log"; }
counts() { [ "$(total)" = "$1" ]; }
elapsed() { echo "$((($(date +%s%3N) - began) / 100))" | sed 's/.$/.&/; s/^\./0./'; }

check "over the slow line the session begins" wait_for 15 grep -q "peer=up state=live" \
	"$dir/main.sfo.log"
# ---- Large: letters that do not compress, as in a report in full.
letters=$(head -c 22000 /dev/urandom | base64 -w 0 | head -c 29000)
event large "\"lesson\": {\"en\": \"$letters\"}" >large.json
began=$(date +%s%3N)
at sfo submit large.json --json >large.reply 2>>notes
same "a record of about 29 KiB is on the post's disk" "$?" 0
check "and arrives" settle sfo 30
took=$(($(date +%s%3N) - began))
note "29,000 bytes in $(elapsed) s"
same "not faster than the line is: the line is slow" "$((took > 29000 * 8000 / bits))" 1
same "headquarters has it in full" \
	"$(at hq show "$(id_in <large.reply)" --json | json 'len(d["event"]["lesson"]["en"])')" \
	29000

# ---- 200 small ones, one after the other
began=$(date +%s%3N)
for ((i = 0; i < 200; i++)); do event "small-$i"; done | submit_at sfo >small.jsonl 2>>notes
same "200 small records are on its disk" "$? $(wc -l <small.jsonl)" "0 200"
expect "headquarters' word to all goes out meanwhile" 0 "headquarters" -- \
	at hq figure add --fy 2023 --value 73 --source "a paper" --wait 10
check "all of them arrive" settle sfo 30
note "200 records in $(elapsed) s"
heard() { at sfo figure list | grep -q 73; }
check "and headquarters' word comes to the post" wait_for 15 heard
# ---- An event at a time, as at a desk
began=$(date +%s%3N)
event alone >alone.json
expect "one alone is at headquarters while the officer waits" 0 "at headquarters" -- \
	at sfo submit alone.json --wait 10
note "one record, with headquarters' receipt: $(elapsed) s"
same "totals count each once" "$(total)" 202
check "folding the log from nothing gives the same" recount_equal
same "the session was never lost" "$(lost) lost, $(live) begun" "0 lost, 1 begun"
same "over two connections, one each way" "$(connections)" 2
down sfo
same "the post stops with code 0, over the slow line too" "$?" 0
stop proxy
note "$(tail -n 1 proxy.log), at $bits bit/s"
end
