# limit: 300
# The one layer with threads, lib/host, under ThreadSanitizer.
. tests/lib/report.sh
. tests/lib/build.sh
if ! ls tests/unit/lib/host/test_*.c >/dev/null 2>&1; then
	skip "tsan: no unit tests of lib/host yet"
	report_end
fi
cmake --preset tsan >build/tsan.log 2>&1 || {
	cat build/tsan.log
	fail "tsan: cmake --preset tsan"
	report_end
}
mapfile -t programs < <(targets tsan 'unit_lib_host_.*')
build tsan "${programs[@]}" && run_ctest tsan '^unit/lib/host/' 'tsan: '
report_end
