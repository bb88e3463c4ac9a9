#!/bin/bash
# Measures the product beside PostgreSQL on this machine and prints a table.
#
#	tests/bench/run.sh [--rounds 5] [--quick] [--quiet MIN] [--save]
#
#	--rounds N   so many interleaved rounds; min, median and max are shown (5)
#	--quick      a small store and two rounds: does it run? No figure to quote
#	--quiet MIN  before each round wait up to so many minutes until others leave the
#	             machine alone (the table says how much they took of it)
#	--save       also into tests/bench/README.md, between its two markers
#	--figures F  every figure of every round into the file F
#	--bin DIR    programs that are built already; otherwise build/release is built
#	--only …     of: commit, full, mixed, corrections, single, receipt, watch, totals,
#	             restart
#
# Installs what is missing. Everything it starts lies in one folder under TMPDIR (/tmp),
# and is stopped and removed at the end. Not a test: nothing fails by being slow.
set -euo pipefail
cd "$(dirname "$0")/../.."
bin=
for ((i = 1; i <= $#; i++)); do
	case ${!i} in
	-h | --help)
		sed -n '2,/^set -/{/^set -/d;s/^# \{0,1\}//;p}' "$0"
		exit 0
		;;
	--bin)
		next=$((i + 1))
		bin=${!next}
		;;
	esac
done
if [ -z "$bin" ]; then
	deploy/setup.sh --bench
	cmake --preset release >/dev/null
	cmake --build --preset release --target kusanone-aggregation kusanone-intake \
		bench_load bench_ask bench_commit bench_pg bench_query >/dev/null
	set -- "$@" --bin "$PWD/build/release/bin"
fi
exec python3 tests/bench/run.py "$@"
