#!/bin/bash
# Installs the Debian packages that Kusanone needs, and nothing else.
#
#	deploy/setup.sh             to build and run it
#	deploy/setup.sh --test      and to run tests/run.sh
#	deploy/setup.sh --demo      and to run deploy/demo.sh
#	deploy/setup.sh --bench     and PostgreSQL, for tests/bench
#	deploy/setup.sh --runtime   only to run programs that were built elsewhere
#	deploy/setup.sh --list …    print the packages instead of installing them
#
# Safe to run twice: where nothing is missing it asks nobody and changes nothing. It
# needs root or sudo only where something is missing.
set -euo pipefail
export LC_ALL=C

build_packages=(
	# Compiler and build
	build-essential cmake ninja-build pkgconf
	# protobuf: the two generators and the C library
	protobuf-compiler protobuf-c-compiler libprotobuf-c-dev
	# ZeroMQ, loop, store, JSON, keys and hashes, text, configuration, CSV, XLSX
	libzmq3-dev libuv1-dev liblmdb-dev libjansson-dev libsodium-dev libutf8proc-dev
	libyaml-dev libcsv-dev libxlsxwriter-dev
	# Alerts: mail and webhooks, calendars
	libcurl4-openssl-dev libical-dev
	# Archive: SHA-256, compression
	libssl-dev libzstd-dev
	# Unit tests are part of the build
	libcmocka-dev
	# Zones of events
	tzdata
)
test_packages=(
	# The second compiler, with its sanitizers and fuzzer; style
	clang libclang-rt-14-dev llvm clang-format clang-tidy
	# git ls-files; networks and limits of the end-to-end tests; the schema test
	git iproute2 procps python3
	# What alerts are sent to, and read back with
	python3-aiosmtpd python3-icalendar openssl
	# What exports are read back with
	python3-openpyxl
	# The archive's independent verifier
	python3-cryptography python3-zstandard
)
demo_packages=(
	# The mail server that receives the demo's alert
	python3-aiosmtpd
)
bench_packages=(
	postgresql libpq-dev python3
)
runtime_packages=(
	libzmq5 libprotobuf-c1 libuv1 liblmdb0 libjansson4 libsodium23 libutf8proc2
	libyaml-0-2 libcsv3 libxlsxwriter4 libcurl4 libical3 libssl3 libzstd1
	tzdata
)

say() { printf '%s\n' "setup: $*"; }
fail() {
	printf '%s\n' "setup: $*" >&2
	exit 1
}

packages=("${build_packages[@]}")
list=
for arg in "$@"; do
	case $arg in
	--test) packages+=("${test_packages[@]}") ;;
	--demo) packages+=("${demo_packages[@]}") ;;
	--bench) packages+=("${bench_packages[@]}") ;;
	--runtime) packages=("${runtime_packages[@]}") ;;
	--list) list=1 ;;
	-h | --help)
		sed -n '2,/^set -/{/^set -/d;s/^# \{0,1\}//;p}' "$0"
		exit 0
		;;
	*) fail "unknown option $arg; there are --test, --demo, --bench, --runtime, --list, --help" ;;
	esac
done
if [ -n "$list" ]; then
	printf '%s\n' "${packages[@]}"
	exit 0
fi

# shellcheck source=/dev/null
. /etc/os-release 2>/dev/null || ID=unknown
if [ "${ID:-}" != debian ] || [ "${VERSION_ID:-}" != 12 ]; then
	fail "this is ${PRETTY_NAME:-no Linux that names itself}, and the packages are those of" \
		"Debian 12 (bookworm). Install their like yourself: $0 --list"
fi

installed=$(dpkg-query --show --showformat='${Package} ${db:Status-Status}\n' \
	"${packages[@]}" 2>/dev/null | sed -n 's/ installed$//p' || true)
missing=()
for package in "${packages[@]}"; do
	grep -qxF "$package" <<<"$installed" || missing+=("$package")
done
if [ ${#missing[@]} = 0 ]; then
	say "all ${#packages[@]} packages are there already"
	exit 0
fi

as_root=()
if [ "$(id -u)" != 0 ]; then
	command -v sudo >/dev/null || fail "packages are missing, and this is neither root nor" \
		"is there sudo. As root: apt-get install --no-install-recommends ${missing[*]}"
	as_root=(sudo)
fi
apt() {
	"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
		apt-get -q -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 "$@"
}

log=$(mktemp)
trap 'rm -f "$log"' EXIT
run() {
	"$@" >"$log" 2>&1 || {
		cat "$log" >&2
		fail "failed: ${*:2}"
	}
}
say "installing ${#missing[@]} of ${#packages[@]} packages: ${missing[*]}"
say "updating the package lists"
run apt update
say "downloading and unpacking"
run apt install -y --no-install-recommends "${missing[@]}"
say "done: $(grep -c '^Setting up ' "$log" || true) packages set up"
