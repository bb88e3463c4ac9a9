# limit: 480
# Whole federations on a seeded clock: tests/sim/run.sh says what it checks.
. tests/lib/report.sh
. tests/lib/build.sh
if [ ! -f tests/sim/run.sh ]; then
	skip "sim: no simulator in tests/sim yet"
	report_end
fi
seeds=2000 sanitized=40
[ -z "$KUSANONE_LONG" ] || seeds=100000 sanitized=2000
if build release; then
	KUSANONE_BIN=build/release/bin bash tests/sim/run.sh $seeds ||
		report_failures=$((report_failures + 1))
	if [ -n "$(ctest --test-dir build/release -N -R '^sim/' | grep 'Test *#')" ]; then
		run_ctest release '^sim/' 'release: '
	fi
fi
if build asan; then
	note "$sanitized seeds with the sanitizers"
	KUSANONE_BIN=build/asan/bin KUSANONE_SANITIZED=1 "${steady[@]}" \
		bash tests/sim/run.sh $sanitized || report_failures=$((report_failures + 1))
fi
report_end
