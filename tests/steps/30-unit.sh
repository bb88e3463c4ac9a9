# limit: 600
# Unit tests: gcc, clang, and with AddressSanitizer and UndefinedBehaviorSanitizer.
. tests/lib/report.sh
. tests/lib/build.sh
for preset in release clang asan; do
	build $preset && run_ctest $preset '^unit/' "$preset: "
done
report_end
