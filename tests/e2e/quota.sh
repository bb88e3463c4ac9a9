# A store at its quota refuses new work with a clear answer, loses nothing, goes on
# answering questions, and works again when the quota is raised: a post's and
# headquarters'.
. "$(dirname "$0")/../lib/e2e.sh"
. "$(dirname "$0")/lib/federation.sh"
helpers
federation main
headquarters
more[sfo]='store: {quota: 2M}'
posts sfo
cd "$dir" || exit 1
flood() { "$bin/e2e_flood" "$fed/run/$1/intake.sock" "$1" "$2" "$3" --seconds 60; }
disk_percent() { status_of "$1" | json 'int(d["diskBytes"]) * 100 // int(d["diskQuotaBytes"])'; }

# ---- A post
from=0
while [ "$(disk_percent sfo)" -lt 76 ] && [ $from -lt 30000 ]; do
	flood sfo $from 500 >>receipts.txt || break
	from=$((from + 500))
done
expect "above 75 % of the quota it warns and takes more" 0 "75 %" -- at sfo status
event more | at sfo submit - >more.txt 2>&1
same "it still takes more" "$?" 0
fill sfo 100000 receipts.txt >codes.txt
same "in the end it refuses" "$?" 0
same "with one clear code" "$(sort -u codes.txt)" disk_full
percent=$(disk_percent sfo)
note "refused at $percent % of the quota, after $(awk 'NF == 4' receipts.txt | wc -l) receipts"
same "between 95 and 100 % of it" "$((percent >= 95 && percent <= 100))" 1
event too_much >too_much.json
expect "a person is told that the disk is full and what helps" 1 "disk" "quota" -- \
	at sfo submit too_much.json
expect "status says so" 0 "disk is full" -- at sfo status
expect "questions are answered" 0 "Flood" -- at sfo events --limit 5
expect "what was recorded is answered as before" 0 "before" -- \
	at sfo submit <(event more)
check "what it has still reaches headquarters" settle sfo 30
acked=$(awk 'NF == 4' receipts.txt | wc -l)
same "all that was acknowledged, and no more" "$(total)" "$((acked + 1))"
more[sfo]='store: {quota: 4M}'
config_intake sfo post sfo
down sfo
need up sfo
expect "with a larger quota the same submission is taken" 0 "" -- \
	at sfo submit too_much.json --wait 10

# ---- Headquarters
federation hq
more[aggregation]='store: {quota: 1M}'
headquarters
posts lax
flood lax 0 8000 >hq_receipts.txt
same "the post takes everything" "$?" 0
check "headquarters' log fills up" wait_for 20 eval '[ "$(disk_percent aggregation)" -ge 95 ]'
expect "status says so" 0 "disk is full" -- at hq status
comes "the post knows why nothing moves" 10 1 \
	eval 'at lax status | grep -q "headquarters.* disk is full" && echo 1'
held=$(total)
note "headquarters holds $held of 8000 at its quota"
same "some arrived, not all" "$((held > 0 && held < 8000))" 1
check "questions are answered, exactly" recount_equal
expect "headquarters' own word waits on its disk" 0 "disk" -- \
	at hq figure add --fy 2023 --value 73 --source x
same "the post goes on recording" "$(flood lax 8000 10 >>hq_receipts.txt && echo yes)" yes
more[aggregation]='store: {quota: 16M}'
config_aggregation
down aggregation
need up aggregation
down lax
need up lax
check "with a larger quota everything arrives" settle lax 40
same "once" "$(total)" 8010
check "folding the log again gives the same" recount_equal
down aggregation
check "the log holds together" read_log >log.txt
same "and no record stands twice" "$(awk '{ print $4 }' log.txt | sort | uniq -d)" ""
end
