#!/bin/bash
# run.sh counts what its steps say, and takes nothing that crashed or kept silent for a pass.
set -u
here=$(cd "$(dirname "$0")" && pwd)
. "$here/lib/report.sh"
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
mkdir -p "$dir/tests/steps" "$dir/deploy"
cp "$here/run.sh" "$dir/tests/"
cp -r "$here/lib" "$dir/tests/"

step() { cat >"$dir/tests/steps/$1.sh"; }

# gives NAME exit last-line [word]: run.sh with the steps that are there; 'word' must stand
# somewhere in what it prints.
gives() {
	local name="run.sh: $1" code=$2 last=$3 word=${4:-} said
	said=$("$dir/tests/run.sh" "${@:5}" 2>&1)
	local is=$?
	if [ "$is" != "$code" ]; then
		fail "$name" "exit code $is"
	elif [ "$(tail -n 1 <<<"$said")" != "$last" ]; then
		fail "$name" "the last line is: $(tail -n 1 <<<"$said")"
	elif ! grep -qF -- "$word" <<<"$said"; then
		fail "$name" "it does not say: $word"
	else
		ok "$name"
	fi
	rm -f "$dir"/tests/steps/*
}

step 10-a <<<'echo ok one; echo "ok two: words"; echo "# shown"; echo not ok'
gives "passes are counted" 0 "2 passed, 0 failed, 0 skipped" "    # shown" --no-setup
step 10-a <<<'echo ok one; echo "skip two: no tmpfs"'
gives "a skip is named with its reason" 0 "1 passed, 0 failed, 1 skipped" \
	"  two: no tmpfs" --no-setup
step 10-a <<<'echo ok one; echo "FAIL two: it differs"'
step 11-b <<<'echo ok three'
gives "a failure is named, and the next step still runs" 1 \
	"2 passed, 1 failed, 0 skipped" "  two: it differs" --no-setup
step 10-a <<<'echo "details of it"; echo "FAIL two"; exit 1'
gives "a failure shows what was said before it" 1 "0 passed, 1 failed, 0 skipped" \
	"details of it" --no-setup
step 10-a <<<'echo ok one; exit 3'
gives "an exit code without a named failure is one" 1 "1 passed, 1 failed, 0 skipped" \
	"a: ended with 3 and named no failure" --no-setup
step 10-a <<<'echo ok one; kill -SEGV $$'
gives "a crash is a failure" 1 "1 passed, 1 failed, 0 skipped" "a: ended with 139" --no-setup
step 10-a <<<'true'
gives "silence is a failure" 1 "0 passed, 1 failed, 0 skipped" "a: said nothing" --no-setup
step 10-a <<<'# limit: 1
echo ok one; sleep 100'
gives "a step that does not end is stopped" 1 "1 passed, 1 failed, 0 skipped" \
	"a: stopped after 1 seconds" --no-setup
step 10-a <<<'sleep 5 & echo ok one'
gives "a process left behind holds nothing up" 0 "1 passed, 0 failed, 0 skipped" "" --no-setup
step 10-a <<<'echo ok one'
step 11-b <<<'echo ok two; echo ok three'
gives "steps can be chosen" 0 "2 passed, 0 failed, 0 skipped" "" --no-setup b
step 10-a <<<'[ -n "$KUSANONE_LONG" ] && echo ok long'
gives "--long reaches the steps" 0 "1 passed, 0 failed, 0 skipped" "" --no-setup --long
printf '#!/bin/sh\necho no network\nexit 1\n' >"$dir/deploy/setup.sh"
chmod +x "$dir/deploy/setup.sh"
step 10-a <<<'echo ok one'
gives "missing packages are a failure" 1 "0 passed, 1 failed, 0 skipped" "no network"
step 10-a <<<'echo ok one'
KUSANONE_MINUTES=-1 gives "steps beyond the time are failures" 1 \
	"0 passed, 1 failed, 0 skipped" "a: not run" --no-setup
report_end
