# limit: 480
# Each planted bug is found by the checker that is named for it (tests/sim/plants.sh).
. tests/lib/report.sh
. tests/lib/build.sh
if [ ! -f tests/sim/plants.sh ]; then
	skip "plants: no planted bugs in tests/sim yet"
	report_end
fi
build plants sim && { KUSANONE_BIN=build/plants/bin bash tests/sim/plants.sh ||
	report_failures=$((report_failures + 1)); }
report_end
