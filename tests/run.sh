#!/bin/bash
# Installs what is missing, builds, and runs every test.
#
#	tests/run.sh                 all, in at most 25 minutes on two cores
#	tests/run.sh unit sim        only these steps, in this order (tests/steps/NN-NAME.sh)
#	tests/run.sh --long          all, with 100,000 seeds and longer fuzzing; no time limit
#	tests/run.sh --no-setup …    take the packages as they are
#	tests/run.sh --list          the steps
#
# A step is a program that says one line for each test (tests/lib/report.sh). The last line
# of this one is "N passed, N failed, N skipped"; before it stands what was skipped and why.
# The exit code is 0 if nothing failed. Logs: build/tests/NAME.log.
set -u
cd "$(dirname "$0")/.." || exit 1
export LC_ALL=C.UTF-8 KUSANONE_LONG=
minutes=${KUSANONE_MINUTES:-24}
setup=1
wanted=()
names=()
for file in tests/steps/[0-9]*.sh; do
	name=${file##*/[0-9][0-9]-}
	names+=("${name%.sh}")
done
for arg in "$@"; do
	case $arg in
	--long) KUSANONE_LONG=1 minutes=0 ;;
	--no-setup) setup= ;;
	--list)
		printf '%s\n' "${names[@]}"
		exit 0
		;;
	-h | --help)
		sed -n '2,/^set -/{/^set -/d;s/^# \{0,1\}//;p}' "$0"
		exit 0
		;;
	-*)
		echo "run.sh: unknown option $arg; see --help" >&2
		exit 2
		;;
	*)
		if ! printf '%s\n' "${names[@]}" | grep -qxF -- "$arg"; then
			echo "run.sh: no step $arg; there are: ${names[*]}" >&2
			exit 2
		fi
		wanted+=("$arg")
		;;
	esac
done
[ ${#wanted[@]} != 0 ] || wanted=("${names[@]}")

passed=0 failed=0 skipped=0
skips=()
failures=()
mkdir -p build/tests
start=$SECONDS
step=

finish() {
	trap - INT TERM
	[ -z "$step" ] || kill "$step" 2>/dev/null
	if [ ${#skips[@]} != 0 ]; then
		printf '\nskipped:\n'
		printf '  %.300s\n' "${skips[@]}"
	fi
	if [ ${#failures[@]} != 0 ]; then
		printf '\nfailed:\n'
		printf '  %.300s\n' "${failures[@]}"
	fi
	printf '\nin %d min %d s\n' $(((SECONDS - start) / 60)) $(((SECONDS - start) % 60))
	printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
	[ "$failed" = 0 ]
	exit
}

give_up() {
	failed=$((failed + 1))
	failures+=("$1")
	finish
}
trap 'give_up "run.sh: stopped from outside"' INT TERM

if [ -n "$setup" ]; then
	deploy/setup.sh --test 2>&1 || give_up "setup: the packages are not there"
fi

# What has come into the log since the last call: the lines that matter while it runs.
seen=0
show() {
	local lines
	lines=$(wc -l <"$1")
	if [ "$lines" -gt "$seen" ]; then
		sed -n "$((seen + 1)),${lines}p" "$1" | grep -E '^(FAIL|skip|#) ' | sed 's/^/    /'
		seen=$lines
	fi
}

run_step() {
	local name=$1 file log=build/tests/$1.log limit left begin=$SECONDS code
	local ok_count fail_count skip_count line
	file=$(echo tests/steps/[0-9][0-9]-"$name".sh)
	limit=$(sed -n 's/^# limit: \([0-9]*\)$/\1/p' "$file")
	limit=${limit:-600}
	if [ "$minutes" = 0 ]; then
		limit=$((limit * 60))
	else
		left=$((minutes * 60 - (SECONDS - start)))
		if [ "$left" -le 0 ]; then
			failed=$((failed + 1))
			failures+=("$name: not run, $minutes minutes are over")
			printf '%-8s not run: %d minutes are over\n' "$name" "$minutes"
			return
		fi
		[ "$limit" -le "$left" ] || limit=$left
	fi

	printf '%-8s …\n' "$name"
	# Through the file and not through a pipe: what a test leaves running cannot hold us.
	: >"$log"
	timeout -k 10 "$limit" bash "$file" >"$log" 2>&1 </dev/null &
	step=$!
	seen=0
	while kill -0 $step 2>/dev/null; do
		show "$log"
		sleep 0.2
	done
	wait $step
	code=$?
	step=
	show "$log"
	ok_count=$(grep -c '^ok ' "$log")
	fail_count=$(grep -c '^FAIL ' "$log")
	skip_count=$(grep -c '^skip ' "$log")
	while IFS= read -r line; do
		failures+=("${line#FAIL }")
	done < <(grep '^FAIL ' "$log")
	while IFS= read -r line; do
		skips+=("${line#skip }")
	done < <(grep '^skip ' "$log")
	if [ "$code" = 124 ] || [ "$code" = 137 ]; then
		failures+=("$name: stopped after $limit seconds")
		fail_count=$((fail_count + 1))
	elif [ "$code" != 0 ] && [ "$fail_count" = 0 ]; then
		failures+=("$name: ended with $code and named no failure")
		fail_count=$((fail_count + 1))
	elif [ $((ok_count + fail_count + skip_count)) = 0 ]; then
		failures+=("$name: said nothing")
		fail_count=$((fail_count + 1))
	fi
	if [ "$fail_count" != 0 ]; then
		echo "    ---- the end of $log"
		grep -vE '^(ok|FAIL|skip|#) ' "$log" | tail -n 60 | sed 's/^/    /'
		echo "    ----"
	fi
	printf '%-8s %4d s  %d passed, %d failed, %d skipped\n' "$name" $((SECONDS - begin)) \
		"$ok_count" "$fail_count" "$skip_count"
	passed=$((passed + ok_count))
	failed=$((failed + fail_count))
	skipped=$((skipped + skip_count))
}

for name in "${wanted[@]}"; do
	run_step "$name"
done
finish
