# Headquarters knows a node by its key: an unknown one is refused, a revoked one at once
# and on its live connection, of a rotated one both hold for a time, and headquarters'
# last one is not revoked.
. "$(dirname "$0")/../lib/e2e.sh"
. "$(dirname "$0")/lib/federation.sh"
federation main
headquarters
posts sfo
cd "$dir" || exit 1
connected() { at hq node list --json | json "bool([r for r in d['rows'] if r['name'] == '$1' and r.get('connected')])"; }
refused_at_door() { grep -q "reason=$1" "$dir/main.aggregation.log"; }
door() { grep -c "refused=.*key=$(member "$fed/keys/$1.json" curve)" "$dir/main.aggregation.log"; }

# ---- Unknown
need keys lax
config_intake lax post lax
need up lax
event early '"holders": ["lax"]' >early.json
expect "a post that nobody has enrolled records" 0 "disk" -- at lax submit early.json
check "headquarters refuses its key at the door" wait_for 30 eval '[ "$(door lax)" -ge 1 ]'
same "nothing of it is in the log" "$(total)" 0
check "the post says that it has no link" eval '! at lax status --lang en | grep -q "  connected"'
# Enrolled, it comes in by itself.
need enrol lax >enrol.txt
down lax
need up lax
check "once enrolled, its record arrives" settle lax 30
same "and counts" "$(total)" 1

comes "other posts hear of it" 10 1 \
	eval 'grep -aq "Event early" "$fed/sfo/journal/data.mdb" && echo 1'

# ---- Revoked
event one '"holders": ["sfo"]' | at sfo submit - --wait 10 >one.txt 2>&1
same "sfo's record counts" "$(total)" 2
check "it is connected" connected sfo
process_before=$(process sfo)
at_revocation=$(($(figure aggregation position) + 1))
expect "headquarters revokes sfo's key as stolen" 0 "headquarters" -- \
	at hq node revoke --file "$fed/keys/sfo.json" --stolen --from "$at_revocation" \
	--why theft --wait 10
event two '"holders": ["sfo"]' >two.json
expect "the post still takes what its officers say" 0 "disk" -- at sfo submit two.json
check "its live connection is dropped" wait_for 3 eval '! connected sfo'
check "it is told" wait_for 3 eval 'at sfo status | grep -q "this key was revoked"'
event hidden '"holders": ["lax"]' '"title": {"en": "Not for thieves"}' |
	at lax submit - --wait 10 >hidden.txt 2>&1
check "the others work on" grep -q headquarters hidden.txt
check "and refused at the door" wait_for 30 eval '[ "$(door sfo)" -ge 1 ]'
same "the post's process is still the same one" "$(process sfo)" "$process_before"
same "its new record is not in the log" "$(figure aggregation position)" \
	"$((at_revocation + 1))"
same "nor in the totals" "$(total)" 3
same "nothing of the others' goes out to it any more" \
	"$(grep -rac "Not for thieves" "$fed/sfo/journal/data.mdb")" 0
same "and waits on its disk" "$(($(figure sfo unreceipted) > 0))" 1
expect "the list of nodes says so" 0 "stolen" -- at hq node list

# ---- A new key for the same node
kusanone node rotate "$fed/keys/sfo.key" >"$fed/keys/sfo.2.json"
same "new keys in the same key file" "$?" 0
same "for the same node" "$(member "$fed/keys/sfo.2.json" node)" \
	"$(member "$fed/keys/sfo.json" node)"
expect "headquarters enrols the new one" 0 "headquarters" -- at hq node enrol \
	--file "$fed/keys/sfo.2.json" --role post --posts sfo --wait 10
down sfo
need up sfo
event three '"holders": ["sfo"]' | at sfo submit - --wait 15 >three.txt 2>&1
check "with the new key it is connected again" grep -q headquarters three.txt
check "what it recorded meanwhile arrives, too" settle sfo 20
# What was signed with the stolen key after that position is in the log and does not count.
same "what the stolen key signed since does not count" "$(total)" 4
expect "headquarters says that it was genuine after all" 0 "" -- at hq node revoke \
	--file "$fed/keys/sfo.json" --genuine --why "it was ours" --wait 10
same "then it counts" "$(total)" 5

# ---- Rotated: two valid keys for a time
kusanone node rotate "$fed/keys/lax.key" >"$fed/keys/lax.2.json"
expect "lax's second key is enrolled" 0 "headquarters" -- at hq node enrol \
	--file "$fed/keys/lax.2.json" --role post --posts lax --wait 10
event four '"holders": ["lax"]' | at lax submit - --wait 10 >four.txt 2>&1
check "the running node goes on with its old key" grep -q headquarters four.txt
down lax
need up lax
event five '"holders": ["lax"]' | at lax submit - --wait 20 >five.txt 2>&1
check "after a restart it works with the new one" grep -q headquarters five.txt
expect "the old one is retired" 0 "" -- at hq node revoke \
	--file "$fed/keys/lax.json" --retired --why rotated --wait 10
event six '"holders": ["lax"]' | at lax submit - --wait 20 >six.txt 2>&1
check "which changes nothing for the new one" grep -q headquarters six.txt
same "what the retired key signed stays counted" "$(total)" 8

# ---- Headquarters' own key: its next one first
revoke_first() { at hq node revoke --file "$fed/keys/hq.json" --retired --why rotated "$@"; }
expect "headquarters' only key is not revoked" 1 "only valid key" "node enrol" -- revoke_first
lang=ja expect "which is said in Japanese, too" 1 "唯一の有効な鍵" "node enrol" -- revoke_first
kusanone node rotate "$fed/keys/hq.key" >"$fed/keys/hq.2.json"
expect "its next key is enrolled" 0 "headquarters" -- at hq node enrol \
	--file "$fed/keys/hq.2.json" --role hq --wait 10
down hq
need up hq
expect "then the first one is retired" 0 "headquarters" -- revoke_first --wait 20
expect "and headquarters goes on with the next" 0 "headquarters" -- at hq figure add \
	--fy 2023 --value 9 --source paper --wait 20
check "folding the log again gives the same" recount_equal
down aggregation
check "every block is signed by a key of its node" read_log >log.txt
end
