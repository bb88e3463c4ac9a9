# limit: 900
# The real programs, one script after the other (tests/e2e/README.md).
. tests/lib/report.sh
. tests/lib/build.sh

have() {
	case $1 in
	root) [ "$(id -u)" = 0 ] ;;
	netns) ip netns add kusanone-probe 2>/dev/null && ip netns del kusanone-probe ;;
	tmpfs)
		local dir code
		dir=$(mktemp -d)
		mount -t tmpfs -o size=1m tmpfs "$dir" 2>/dev/null
		code=$?
		[ $code != 0 ] || umount "$dir"
		rmdir "$dir"
		return $code
		;;
	*) command -v "$1" >/dev/null ;;
	esac
}

header() { sed -n "s/^# $1: *//p" "$2" | head -n 1; }

run_one() {
	local file=$1 name limit need begin=$SECONDS code out lines
	name=${file##*/}
	name=e2e/${name%.*}
	limit=$(header limit "$file")
	limit=${limit:-120}
	for need in $(header needs "$file"); do
		if ! have "$need"; then
			skip "$name: needs $need, which is not to be had here"
			return
		fi
	done
	if grep -qx '# long' "$file" && [ -z "$KUSANONE_LONG" ]; then
		skip "$name: takes long; tests/run.sh --long runs it"
		return
	fi
	case $file in *.py) out=python3 ;; *) out=bash ;; esac
	lines=build/tests/${name//\//-}.log
	mkdir -p build/tests
	timeout -k 10 "$limit" $out "$file" >"$lines" 2>&1 </dev/null &
	running=$!
	wait $running
	code=$?
	running=
	grep -E '^(ok|FAIL|skip|#) ' "$lines" | sed -E "s|^(ok\|FAIL\|skip) |\1 $name: |"
	if [ $code = 124 ] || [ $code = 137 ]; then
		fail "$name: stopped after $limit seconds"
	elif [ $code != 0 ] && ! grep -q '^FAIL ' "$lines"; then
		fail "$name: ended with $code and named no failure"
	elif ! grep -qE '^(ok|FAIL|skip) ' "$lines"; then
		fail "$name: said nothing"
	fi
	if [ $code != 0 ] || grep -q '^FAIL ' "$lines"; then
		report_failures=$((report_failures + 1))
		echo "---- the end of $lines"
		grep -vE '^(ok|FAIL|skip|#) ' "$lines" | tail -n 40
		echo "----"
	fi
	note "$name $((SECONDS - begin)) s"
}

# timeout leads a group of its own: who stops this step must stop that, too.
running=
trap '[ -z "$running" ] || kill "$running"; exit 143' TERM
build release || report_end
export KUSANONE_BIN=$PWD/build/release/bin
found=
for file in tests/e2e/*.sh tests/e2e/*.py; do
	if [ -f "$file" ]; then
		found=1
		run_one "$file"
	fi
done
[ -n "$found" ] || skip "e2e: no scripts in tests/e2e yet"
report_end
