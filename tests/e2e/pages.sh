# A long list goes out in pages, at headquarters as at a post; nothing that is asked ends a
# service.
. "$(dirname "$0")/../lib/e2e.sh"
. "$(dirname "$0")/lib/federation.sh"
federation main
headquarters
cd "$dir" || exit 1
towns=40000
mkdir many
cp "$root"/deploy/reference/us-japan/*.csv "$root"/deploy/reference/us-japan/figures.json many/
{ echo 'country,state,name_ja,name_en'; awk -v n="$towns" 'BEGIN { for (i = 1; i <= n; i++)
	printf "US,CA,第%d町,Town number %d of a long list\n", i, i }'; } >many/municipalities.csv
at hq reference import many --wait 20 >import.txt 2>&1
same "a long list comes in" "$?" 0
before=$(process aggregation)
at hq reference show --json >shown.json
same "all of it is shown" "$(json 'len([r for r in d["rows"] if "municipality" in r])' <shown.json)" "$towns"
posts sfo
title=$(printf '%3000s' '' | tr ' ' x)
for ((i = 0; i < 400; i++)); do event "$i" "\"title\": {\"en\": \"$title\"}"; done >long.json
at sfo submit long.json --wait 30 --json >receipts.json 2>notes
same "events with long titles come in" "$?" 0
for node in hq sfo; do
	expect "too many of them for one answer are refused at $node" 1 limit -- \
		at "$node" events --limit 500
	expect "fewer are shown at $node" 0 "$title" -- at "$node" events --limit 50 --json
done
same "by the same process" "$(process aggregation)" "$before"
end
