# A hundred thousand records wait at a post while headquarters is away; when it comes they
# drain, in bounded memory on either side.
#
# What is measured is anonymous memory (RssAnon of /proc). The post: the most during the
# drain against the value after a start with the same 100,000 records in its journal and
# nobody to talk to. Headquarters: the most while it takes them in against the value after
# a restart with the same log, since what it knows of each event stays in memory by design.
# limit: 180
. "$(dirname "$0")/../lib/e2e.sh"
. "$(dirname "$0")/lib/federation.sh"
helpers
records=${KUSANONE_BACKLOG:-100000}
federation main
headquarters
posts sfo
cd "$dir" || exit 1
down hq
down aggregation

"$bin/e2e_flood" "$fed/run/sfo/intake.sock" sfo 0 "$records" --quiet --seconds 100 >flood.txt
same "$records records are recorded without headquarters" "$?" 0
note "$(tr -d '\n' <flood.txt)"
down sfo
began=$(date +%s%3N)
need up sfo
took=$(($(date +%s%3N) - began))
note "restart with $records records that wait: serving after $took ms"
same "it serves within 5 s after a restart with all of it waiting" "$((took <= 5000))" 1
# The most of a process until it is told to end: every 50 ms.
watch_memory() {
	local most=0 now
	while [ ! -e "$1.stop" ] && now=$(rss_anon "$2" 2>/dev/null); do
		[ "${now:-0}" -le $most ] || most=$now
		sleep 0.05
	done
	echo "$most" >"$1.most"
}
idle_post=$(rss_anon "$(process sfo)")

launch aggregation
need wait_for 15 serves aggregation
watch_memory post "$(process sfo)" &
watchers=$!
watch_memory hq "$(process aggregation)" &
watchers+=" $!"
began=$(date +%s%3N)
arrived() { [ "$(figure aggregation events)" = "$records" ]; }
check "all of it arrives" wait_for 100 arrived
took=$(($(date +%s%3N) - began))
check "the post has a receipt for each" settle sfo 60
touch post.stop hq.stop
# shellcheck disable=SC2086
wait $watchers
note "drained in $took ms from headquarters' start, dialling included"
need up hq
same "totals: all of them, once" "$(total)" "$records"
# Month m of FY2023 has the events with n % 12 = m - 4, from headquarters' own start.
same "totals by month are right to the last one" "$(by_dimension month)" "$(
	/usr/bin/python3 -c '
n = int(__import__("sys").argv[1])
print(" ".join("%d-%02d=%d" % (2023 + (m > 12), m - 12 * (m > 12), (n - (m - 4) + 11) // 12)
               for m in range(4, 16)))' "$records")"
check "folding the log again gives the same" recount_equal

after_hq=$(rss_anon "$(process aggregation)")
down aggregation
began=$(date +%s%3N)
need up aggregation
note "headquarters' restart with $records events: serving after $(($(date +%s%3N) - began)) ms"
idle_hq=$(rss_anon "$(process aggregation)")
post=$(($(cat post.most) - idle_post))
hq=$(($(cat hq.most) - idle_hq))
note "post: $idle_post KiB idle, $(cat post.most) KiB at most in the drain: $post KiB above"
note "headquarters: $idle_hq KiB idle with the same log, $(cat hq.most) KiB at most" \
	"in the drain: $hq KiB above; $after_hq KiB after a recount"
same "the post drains within 32 MiB above idle" "$((post <= 32 * 1024))" 1
same "headquarters takes it in within 32 MiB above idle" "$((hq <= 32 * 1024))" 1
end
