# For the scripts of tests/e2e: see tests/e2e/README.md.
set -u
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
. "$root/tests/lib/report.sh"
bin=${KUSANONE_BIN:-$root/build/release/bin}
bin=$(cd "$bin" 2>/dev/null && pwd) || {
	fail "no programs in ${KUSANONE_BIN:-$root/build/release/bin}: build them first"
	exit 1
}
export PATH=$bin:$PATH LC_ALL=C.UTF-8
dir=$(mktemp -d "${TMPDIR:-/tmp}/kusanone-e2e.XXXXXX")
declare -A pid=()

# What still runs is ended by its own process id, TERM first.
end_all() {
	local name
	for name in "${!pid[@]}"; do
		kill -CONT "${pid[$name]}" 2>/dev/null
		kill -TERM "${pid[$name]}" 2>/dev/null
	done
	for name in "${!pid[@]}"; do
		stop_waiting "$name" >/dev/null 2>&1
	done
}

# Wait at most 10 s for a process that was told to end, then kill it. Its exit code.
stop_waiting() {
	local p=${pid[$1]} i code
	for ((i = 0; i < 100; i++)); do
		kill -0 "$p" 2>/dev/null || break
		sleep 0.1
	done
	if kill -0 "$p" 2>/dev/null; then
		echo "e2e: $1 did not end within 10 s" >&2
		kill -KILL "$p" 2>/dev/null
	fi
	wait "$p" 2>/dev/null
	code=$?
	unset "pid[$1]"
	return $code
}

start() {
	local name=$1
	shift
	"$@" >>"$dir/$name.log" 2>&1 </dev/null &
	pid[$name]=$!
}

stop() {
	kill -"${2:-TERM}" "${pid[$1]}" 2>/dev/null
	stop_waiting "$1"
}

kill9() { stop "$1" KILL; }

wait_for() {
	local end=$((SECONDS + $1))
	shift
	until "$@" >/dev/null 2>&1; do
		[ $SECONDS -lt $end ] || return 1
		sleep 0.1
	done
}

free_port() {
	python3 -c 'import socket
s = socket.socket()
s.bind(("127.0.0.1", 0))
print(s.getsockname()[1])'
}

end() {
	end_all
	if [ "$report_failures" = 0 ]; then
		rm -rf "$dir"
	else
		local log
		for log in "$dir"/*.log; do
			[ ! -f "$log" ] || { echo "---- $log"; tail -n 20 "$log"; }
		done
	fi
	trap - EXIT
	report_end
}
trap 'code=$?; end_all; exit $code' EXIT
trap 'exit 143' TERM INT
