# Builds for the steps of tests/run.sh. A build that is there already costs a second.
# Source it from the project's root, after report.sh.

# build PRESET [target…]: configure and build. Its words go to build/PRESET.log, and to
# the step's log where it failed; then the step cannot go on. One at a time in one folder,
# as deploy/demo.sh does it: two break each other's build.
build() {
	local preset=$1 log=build/$1.log
	shift
	mkdir -p build
	if ! flock "build/$preset.lock" cmake --preset "$preset" >"$log" 2>&1 ||
		! nice flock "build/$preset.lock" \
			cmake --build --preset "$preset" ${1:+--target "$@"} >>"$log" 2>&1; then
		grep -E 'error|warning|FAILED|Error' -A 3 "$log" | head -n 60
		fail "build/$preset does not build; see $log"
		return 1
	fi
}

# The targets of a build whose names match, one a line.
targets() {
	ninja -C "build/$1" -t targets all 2>/dev/null | sed -n 's/: .*//p' | grep -xE "$2" |
		sort -u
}

# Where the sanitizers of these compilers meet too random an address space they end
# before main(); without the randomness they run.
steady=()
if setarch -R true 2>/dev/null; then
	steady=(setarch -R)
fi
export ASAN_OPTIONS=detect_leaks=1:detect_stack_use_after_return=1
export UBSAN_OPTIONS=print_stacktrace=1
export TSAN_OPTIONS=suppressions=$PWD/tests/lib/tsan.supp:halt_on_error=1:second_deadlock_stack=1

# run_ctest PRESET regex [prefix]: the programs that CMake lists, their cases reported one
# by one.
run_ctest() {
	local preset=$1 regex=$2 prefix=${3:-}
	local xml=$PWD/build/$preset.junit.xml
	rm -f "$xml"
	"${steady[@]}" ctest --test-dir "build/$preset" -R "$regex" -j 2 \
		--output-junit "$xml" --test-output-size-passed 4000000 \
		--test-output-size-failed 4000000 >"build/$preset.ctest.log" 2>&1
	python3 tests/lib/junit.py "$xml" "$prefix" || report_failures=$((report_failures + 1))
}
