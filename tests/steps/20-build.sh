# limit: 900
# Every build that the later steps use, with warnings as errors.
. tests/lib/report.sh
. tests/lib/build.sh

try() {
	local begin=$SECONDS
	build "$@" && ok "build/$1: $((SECONDS - begin)) s"
}
try release
try clang
try asan
[ ! -f tests/sim/CMakeLists.txt ] || try plants sim
[ ! -f tests/fuzz/CMakeLists.txt ] || try fuzz fuzzers
report_end
