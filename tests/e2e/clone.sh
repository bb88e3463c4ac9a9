# Two machines with one key, a copied folder, both at work: headquarters says so, keeps
# what both recorded, and loses nothing.
. "$(dirname "$0")/../lib/e2e.sh"
. "$(dirname "$0")/lib/federation.sh"
federation main
headquarters
posts sfo
cd "$dir" || exit 1

alarms() { status_of "$1" | json '[a["en"] for a in d.get("alarms", [])]'; }
alarmed() { alarms "$1" | grep -q "two machines"; }
branches() {
	at hq node list --json |
		json '[len(r.get("branches", [])) for r in d["rows"] if r.get("name") == "sfo"][0]'
}
record() { event "$@" | submit_at "$where" 2>>notes | tee -a receipts.jsonl | id_in; }
counts() { [ "$(total)" = "$1" ]; }
listed() { at "$1" events --limit 1 --json | json 'int(d["matching"])'; }

where=sfo
record common >/dev/null
check "headquarters has what both begin from" settle sfo 10
# What looks alike and is no second machine: a stop, and a machine that lost its power.
down sfo
need up sfo
record after-stop >/dev/null
check "after a stop its records arrive" settle sfo 10
same "a machine that is started again is no second one" "$(alarms aggregation)" ""
kill_node sfo
need up sfo
record after-kill >/dev/null
check "after kill -9 its records arrive" settle sfo 20
same "a machine that lost its power and is back at once is no second one" \
	"$(alarms aggregation)" ""
down hq
down aggregation
need up aggregation
need up hq
down sfo # It may wait before it dials again; started anew it does not.
need up sfo
check "after a stop of headquarters, too, its records arrive" settle sfo 20
same "headquarters that is started again sees no second one" "$(alarms aggregation)" ""

# ---- The copy
down sfo
cp -a "$fed/sfo" "$fed/twin"
mkdir -p "$fed/run/twin"
cp "$fed/keys/sfo.key" "$fed/keys/twin.key"
cp "$fed/keys/sfo.json" "$fed/keys/twin.json"
config_intake twin post sfo
sed -i 's/^name: twin/name: sfo/' "$fed/config/twin.yaml"
need up sfo
where=sfo
record left-1 >/dev/null
check "the first machine works" settle sfo 10
same "no alarm while one is running" "$(alarms aggregation)" ""
began=$SECONDS
need up twin
where=twin
record right-1 >/dev/null
where=sfo
record left-2 >/dev/null
check "headquarters' status sounds the alarm" wait_for 15 alarmed aggregation
at hq status >status.txt
check "in words, for whoever looks" grep -q "two machines have connected with one key" status.txt
check "the machine that was put out knows it, too" wait_for 15 alarmed sfo

# ---- Both go on
for i in 2 3 4; do
	where=twin
	record right-$i >/dev/null
	where=sfo
	record left-$((i + 1)) >/dev/null
done
same "each has a receipt of its own disk for all" "$(grep -c '"seq"' receipts.jsonl)" 12
check "what the one in connection recorded arrives" settle twin 20
down twin
same "the second machine stops with code 0" "$?" 0
# The other one waits a minute before it dials again; started anew it dials at once.
down sfo
need up sfo
check "what the first one recorded arrives, too" settle sfo 20
check "headquarters counts all twelve" wait_for 10 counts 12
note "both at headquarters $((SECONDS - began)) s after the second machine began"
same "headquarters shows two branches" "$(branches)" 2
at hq node list >list.txt
check "and node list says so in words" grep -qi "branch" list.txt
check "folding the log from nothing gives the same" recount_equal
holds_all() { [ "$(listed "$1")" = 12 ]; }
check "the machine that stays gets the other one's events" wait_for 20 holds_all sfo
where=sfo
record last >/dev/null
check "and goes on" settle sfo 10
same "each event once" "$(total)" 13
down sfo
down aggregation
/usr/bin/python3 -c '
import json, sys
for line in sys.stdin:
    print(json.loads(line)["revision"])' <receipts.jsonl | sort >acked.txt
helpers
read_log >log.txt
same "every block in the log is signed, chained and in its place" "$?" 0
awk '{ print $4 }' log.txt | sort >held.txt
same "every record that was acknowledged is in it" "$(comm -23 acked.txt held.txt)" ""
same "no record stands twice" "$(uniq -d held.txt)" ""
end
