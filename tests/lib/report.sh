# What a test says to tests/run.sh: one line of stdout for each test.
#
#	ok NAME              it holds
#	FAIL NAME why        it does not
#	skip NAME reason     it was not tried, and why
#	# words              shown on the way, not counted
#
# A name is "part/case: what holds". Everything else that is printed goes to the log and is
# shown only where something failed. A script that sources this file ends with
# "report_end", which turns a FAIL into an exit code.

report_failures=0

ok() { printf 'ok %s\n' "$*"; }
fail() {
	report_failures=$((report_failures + 1))
	printf 'FAIL %s\n' "$*"
}
skip() { printf 'skip %s\n' "$*"; }
note() { printf '# %s\n' "$*"; }
report_end() {
	[ "$report_failures" = 0 ]
	exit
}

# check NAME command…: the command's exit code decides. Its output goes to the log.
check() {
	local name=$1
	shift
	if "$@"; then
		ok "$name"
	else
		fail "$name" "ended with $?: $*"
	fi
}
