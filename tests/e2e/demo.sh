# deploy/demo.sh prints the paper's figures from records, in both languages; a second run
# counts nothing twice, two stand side by side, and Ctrl-C leaves nothing behind.
# limit: 180
. "$(dirname "$0")/../lib/e2e.sh"
. "$(dirname "$0")/lib/federation.sh"
. "$root/tests/lib/paper.sh"
demo=${KUSANONE_DEMO:-$root/deploy/demo.sh}
cd "$dir" || exit 1

# Processes that have a path of this folder in their command line.
left_over() { pgrep -af -- "$dir/$1/" | grep -v "^$$ " || true; }

began=$(date +%s%3N)
env -u LC_ALL LANG=C "$demo" --once --dir "$dir/a" >a.txt 2>&1
same "demo.sh --once ends with code 0" "$?" 0
note "demo.sh --once: $(($(date +%s%3N) - began)) ms"
same "every figure of the paper is there, in English" "$(says a.txt "${english[@]}")" ""
same "sum, overlap and national total by state and by month" \
	"$(grep -c 'sum 6 · overlap 2 · nationally 4' a.txt)" 2
same "its folder is for its owner only" "$(stat -c %a a)" 700
same "nothing is left running" "$(left_over a)" ""
check "it shows the first alert as it was received" grep -q "^  Subject: Announced: " a.txt
same "each of the four cases was announced" "$(cat a/mail/new/* | grep -c '^X-Kusanone-Attempt: 1')" 4

env -u LC_ALL LANG=ja_JP.UTF-8 "$demo" --once --dir "$dir/a" >ja.txt 2>&1
same "a second run, in Japanese by LANG, ends with code 0" "$?" 0
same "the figures in Japanese" "$(says ja.txt "${japanese[@]}")" ""
env -u LC_ALL LANG=ja_JP.UTF-8 "$demo" --once --dir "$dir/a" --lang en >again.txt 2>&1
same "a third, in English by --lang, ends with code 0" "$?" 0
# The position is the number of records in the log; the clock may go on.
figures() { sed -n '/^Totals/,$p' "$1" | sed 's/time .* ·/time ·/'; }
same "and nobody is told again" "$(cat a/mail/new/* | grep -c '^X-Kusanone-Attempt')" 4
same "it counts nothing twice: the same figures at the same position" \
	"$(figures again.txt)" "$(figures a.txt)"

"$demo" --once --dir "$dir/b" >b.txt 2>&1 &
one=$!
"$demo" --once --dir "$dir/c" >c.txt 2>&1 &
two=$!
wait $one
same "of two demos side by side the first ends with code 0" "$?" 0
wait $two
same "and the second" "$?" 0
same "the first has its own figures" "$(figures b.txt)" "$(figures a.txt)"
same "the second has its own" "$(figures c.txt)" "$(figures a.txt)"

"$demo" --once --dir "$dir/never" --lang fr >lang.txt 2>&1
same "a language that it does not speak: usage, before anything is done" \
	"$? $(ls -d never 2>/dev/null)" "2 "

# ---- Live, on a terminal
(
	until [ -e go ]; do sleep 0.05; done
	"$demo" --once --dir "$dir/a" >second.txt 2>&1
	echo $? >second.code
	printf '{"title": {"en": "Live"}, "status": "HELD", "statedDates": ["2024-03"]}' |
		kusanone submit - --run "$dir/a/run/sfo"
) >live_submit.txt 2>&1 &
live=$(env -u LC_ALL LANG=C /usr/bin/python3 "$root/tests/e2e/lib/live.py" screen.txt 60 "nationally 4" \
	"nationally 5" go -- "$demo" --dir "$dir/a")
same "the live view shows the totals, then the change, and Ctrl-C ends it with code 0" \
	"${live%% *}" 0
note "from Ctrl-C to the end: ${live##* } ms"
wait
same "a second demo in the same folder meanwhile is refused" "$(cat second.code)" 1
check "and told why" grep -q "another demo runs" second.txt
same "nothing is left running after Ctrl-C" "$(left_over a)" ""

# ---- Live, and ended from outside
for signal in TERM HUP; do
	start "live_$signal" "$demo" --dir "$dir/a"
	check "the live view is there, for SIG$signal" \
		wait_for 20 grep -q "nationally 5" "live_$signal.log"
	stop "live_$signal" "$signal"
	same "SIG$signal ends it" "$?" "$((128 + $(kill -l "$signal")))"
	same "and nothing is left running" "$(left_over a)" ""
done
end
