# limit: 600
# Each fuzz target for 20 seconds, from hand-made hostile seeds (tests/fuzz/seeds/NAME).
. tests/lib/report.sh
. tests/lib/build.sh
if [ ! -f tests/fuzz/CMakeLists.txt ]; then
	skip "fuzz: no targets in tests/fuzz yet"
	report_end
fi
seconds=20
[ -z "$KUSANONE_LONG" ] || seconds=600

# fuzz PROGRAM: its corpus grows in the build tree; the seeds are only read.
fuzz() {
	local name=${1##*/fuzz_} dir log code runs
	dir=build/fuzz/corpus/$name
	log=build/tests/fuzz-$name.log
	mkdir -p "$dir" build/tests
	"${steady[@]}" timeout -k 10 $((seconds + 60)) "$1" -max_total_time=$seconds -timeout=10 \
		-rss_limit_mb=2048 -print_final_stats=1 -artifact_prefix="$dir-" \
		"$dir" "tests/fuzz/seeds/$name" >"$log" 2>&1
	code=$?
	runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
	if [ $code != 0 ]; then
		echo "FAIL fuzz/$name: ended with $code; the input is $dir-*"
		tail -n 40 "$log"
	elif [ "${runs:-0}" -lt 1000 ]; then
		echo "FAIL fuzz/$name: only ${runs:-0} runs"
	else
		echo "ok fuzz/$name: $runs runs in $seconds s"
	fi
}

if build fuzz fuzzers; then
	pids=()
	for program in build/fuzz/bin/fuzz_*; do
		if [ ! -x "$program" ]; then
			fail "fuzz: the build made no fuzz_* program"
		elif [ ! -d "tests/fuzz/seeds/${program##*/fuzz_}" ]; then
			fail "fuzz/${program##*/fuzz_}: no seeds in tests/fuzz/seeds"
		else
			fuzz "$program" &
			pids+=($!)
			# Two at a time: one a core.
			[ ${#pids[@]} -lt 2 ] || {
				wait "${pids[@]}"
				pids=()
			}
		fi
	done
	wait
fi
report_end
