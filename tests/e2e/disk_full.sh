# A disk that is full, a small tmpfs, is a state and no accident: new work is refused with
# a clear answer, questions are answered, nothing that was acknowledged goes, and with
# space it works again by itself. (The third of the cases, the quota, is quota.sh.)
# needs: root tmpfs
# limit: 150
. "$(dirname "$0")/../lib/e2e.sh"
. "$(dirname "$0")/lib/federation.sh"
helpers
mounts=()
unmount_all() {
	local m
	for m in "${mounts[@]}"; do umount "$m" 2>/dev/null; done
	mounts=()
}
trap 'code=$?; end_all; unmount_all; exit $code' EXIT
small_disk() {
	mkdir "$dir/$1"
	mount -t tmpfs -o "size=$2,mode=700" tmpfs "$dir/$1" && mounts+=("$dir/$1")
}
flood() {
	"$bin/e2e_flood" "$fed/run/$1/intake.sock" "$1" "$2" "$3" --seconds 60 "${@:4}"
}
cd "$dir" || exit 1

# ---- A post, nothing reserved: ENOSPC in the middle of its work
federation one
headquarters
check "a disk of 8 MiB" small_disk small 8m
dd if=/dev/zero of=small/others bs=1M count=3 2>/dev/null
state[sfo]=$dir/small/sfo
posts sfo
flood sfo 0 30000 >receipts.txt
same "a post on a full disk refuses" "$?" 1
same "with one clear code" "$(awk '/^refused/ { print $3 }' receipts.txt | sort -u)" disk_full
acked=$(awk 'NF == 4' receipts.txt | wc -l)
note "a disk of 8 MiB, 3 of them somebody else's: refused after $acked receipts," \
	"$(stat -f -c '%a blocks of %b free' small)"
event one >one.json
expect "a person is told so" 1 "disk" "full" -- at sfo submit one.json
expect "questions are answered" 0 "Flood" -- at sfo events --limit 5
expect "status says so" 0 "disk is full" -- at sfo status
process_before=$(process sfo)
check "what it has still reaches headquarters" wait_for 30 eval '[ "$(total)" = "$acked" ]'
rm small/others
check "with space again it takes work by itself" wait_for 10 at sfo submit one.json
same "in the same process" "$(process sfo)" "$process_before"
flood sfo 30000 500 >>receipts.txt
same "and more" "$?" 0
check "all of it arrives" settle sfo 30
same "once" "$(total)" $((acked + 501))
# A crash on the full disk: it starts there, too.
dd if=/dev/zero of=small/others bs=64K 2>/dev/null
kill_node sfo
need up sfo
expect "after kill -9 on the full disk it serves" 0 "Flood" -- at sfo events --limit 5
rm small/others
wait_for 10 at sfo submit one.json
check "folding the log again gives the same" recount_equal
down sfo
same "it stops with code 0" "$?" 0
end_all

# ---- A post, reserved, and the disk filled by others
federation reserved
headquarters
check "a disk of 12 MiB" small_disk reserved_disk 12m
state[lax]=$dir/reserved_disk/lax
more[lax]='store: {quota: 4M, reserve: true}'
posts lax
flood lax 0 100 >lax.txt
dd if=/dev/zero of=reserved_disk/others bs=64K 2>/dev/null
same "others have taken all that is left" "$(stat -f -c %a reserved_disk)" 0
flood lax 100 2000 >>lax.txt
same "it works on in what it reserved" "$?" 0
fill lax 10000 lax.txt >codes.txt
same "until its quota, then it refuses" "$?" 0
same "with one clear code" "$(sort -u codes.txt)" disk_full
expect "a person is told so" 1 "disk" -- at lax submit one.json
expect "questions are answered" 0 "Flood" -- at lax events --limit 5
expect "status says so" 0 "disk is full" -- at lax status
lax_acked=$(awk 'NF == 4' lax.txt | wc -l)
note "4 MiB reserved on a full disk: refused after $lax_acked receipts"
comes "what it has reaches headquarters" 30 "$lax_acked" total
rm reserved_disk/others
more[lax]='store: {quota: 8M, reserve: true}'
config_intake lax post lax
down lax
need up lax
expect "with space and a larger quota it takes work" 0 "" -- at lax submit one.json --wait 10
end_all

# ---- Headquarters, nothing reserved
federation two
check "a disk of 6 MiB" small_disk hq_disk 6m
state[aggregation]=$dir/hq_disk/aggregation
headquarters
posts bna
flood bna 0 200 >bna.txt
check "200 arrive" settle bna 20
dd if=/dev/zero of=hq_disk/others bs=1M count=3 2>/dev/null
flood bna 200 20000 >>bna.txt
same "the post takes everything" "$?" 0
comes "headquarters says that its disk is full" 20 1 \
	eval 'at hq status | grep -q "disk is full" && echo 1'
process_before=$(process aggregation)
held=$(total)
note "headquarters on 6 MiB, 3 of them somebody else's: holds $held of 20,200"
same "some arrived, not all" "$((held >= 200 && held < 20200))" 1
check "questions are answered, exactly" recount_equal
comes "the post knows why nothing moves" 20 1 \
	eval 'at bna status | grep -q "headquarters.* disk is full" && echo 1'
mount -o remount,size=48m hq_disk
rm hq_disk/others
check "with space again everything arrives by itself" settle bna 60
same "in the same process" "$(process aggregation)" "$process_before"
same "once" "$(total)" 20200
check "folding the log again gives the same" recount_equal
down aggregation
same "it stops with code 0" "$?" 0
check "the log holds together" read_log >log.txt
same "and no record stands twice" "$(awk '{ print $4 }' log.txt | sort | uniq -d)" ""
end_all

# ---- Headquarters, reserved, and the disk filled by others
state[aggregation]=$dir/hq_reserved/aggregation
check "a disk of 16 MiB" small_disk hq_reserved 16m
federation three
more[aggregation]='store: {quota: 2M, view_quota: 2M, reserve: true}'
headquarters
posts chi
dd if=/dev/zero of=hq_reserved/others bs=64K 2>/dev/null
same "others have taken all that is left" "$(stat -f -c %a hq_reserved)" 0
flood chi 0 1000 >chi.txt
check "headquarters works on in what it reserved" settle chi 30
same "all of it counts" "$(total)" 1000
check "folding the log again gives the same" recount_equal
down aggregation
same "it stops with code 0 on the full disk" "$?" 0
need up aggregation
same "and starts there" "$(total)" 1000
end_all
unmount_all
end
