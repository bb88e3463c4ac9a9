#!/usr/bin/env bash
# Each planted bug of plants.txt is found, within the ordinary seeds, by a checker that is
# named for it; without a plant the same build finds nothing in the same seeds. Run from
# the project's root; KUSANONE_BIN is where the programs of the preset "plants" are.
. tests/lib/report.sh
bin=${KUSANONE_BIN:-build/plants/bin}
seeds=${KUSANONE_PLANT_SEEDS:-2000}
jobs=$(nproc)
most=100
found=0
all=0

trim() {
	local s=$1
	s=${s#"${s%%[! ]*}"}
	printf '%s' "${s%"${s##*[! ]}"}"
}

# The bug's checkers stand between commas in $2; $3 is the one that spoke.
is_named() {
	local IFS=, one
	for one in $1; do
		[ "$(trim "$one")" != "$2" ] || return 0
	done
	return 1
}

note "$(printf '%3s  %-55s %-24s %s' no 'planted bug' 'found by' seed)"
while IFS='|' read -r number checkers words; do
	number=$(trim "$number") checkers=$(trim "$checkers") words=$(trim "$words")
	case $number in '#'* | '') continue ;; esac
	all=$((all + 1))
	line=$("$bin/sim" --seeds "$seeds" --jobs "$jobs" --plant "$number" --until-failure \
		--quiet | sed -n 's/^FAIL sim\/seed \([0-9]*\): \([^:]*\): .*/\1|\2/p' |
		sort -n | head -n 1)
	seed=${line%%|*} checker=${line#*|}
	if [ -z "$line" ]; then
		fail "plants/$number $words: not found in $seeds seeds"
		continue
	fi
	note "$(printf '%3s  %-55s %-24s %s' "$number" "$words" "$checker" "$seed")"
	if is_named "$checkers" "$checker"; then
		found=$((found + 1))
		ok "plants/$number $words: found"
	else
		fail "plants/$number $words: found by '$checker', not by: $checkers"
	fi
	[ "$seed" -le "$most" ] || most=$seed
done <tests/sim/plants.txt

if "$bin/sim" --seeds "$most" --jobs "$jobs" --plant 0 --quiet >/dev/null; then
	ok "plants/0 nothing planted: $most seeds hold in the same build"
else
	fail "plants/0 nothing planted: a seed of the first $most fails"
fi
note "$found of $all planted bugs found"
report_end
