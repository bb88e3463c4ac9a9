# limit: 300
# Goldens of the wire and of the stores: bytes that every later build must read and write.
. tests/lib/report.sh
. tests/lib/build.sh
if [ ! -f tests/wire/CMakeLists.txt ]; then
	skip "wire: no goldens in tests/wire yet"
	report_end
fi
for preset in release asan; do
	build $preset && run_ctest $preset '^wire/' "$preset: "
done
report_end
