# limit: 120
# clang-format agrees with every C file; scripts can be read.
. tests/lib/report.sh

# The project's files, committed or about to be; all files where this is no checkout.
files() {
	if git -c safe.directory='*' rev-parse --is-inside-work-tree >/dev/null 2>&1; then
		git -c safe.directory='*' ls-files -co --exclude-standard -- "$@" | sort -u
	else
		local pattern
		for pattern in "$@"; do
			find . -path ./build -prune -o -type f -name "$pattern" -print
		done | sed 's|^\./||'
	fi | while IFS= read -r file; do
		[ ! -f "$file" ] || printf '%s\n' "$file"
	done
}

mapfile -t sources < <(files '*.c' '*.h')
for file in "${sources[@]}"; do
	clang-format --dry-run -Werror "$file" >/dev/null 2>&1 ||
		fail "format/$file: clang-format -i would change it"
done
[ "$report_failures" != 0 ] || ok "format: ${#sources[@]} C files"
[ ${#sources[@]} != 0 ] || fail "format: no C file found"

before=$report_failures
mapfile -t scripts < <(files '*.sh' '.ci/run')
for file in "${scripts[@]}"; do
	bash -n "$file" || fail "syntax/$file: bash cannot read it"
done
mapfile -t pythons < <(files '*.py')
for file in "${pythons[@]}"; do
	python3 -c 'import ast, sys; ast.parse(open(sys.argv[1]).read())' "$file" ||
		fail "syntax/$file: python3 cannot read it"
done
[ "$report_failures" != "$before" ] ||
	ok "syntax: ${#scripts[@]} shell and ${#pythons[@]} Python scripts"
report_end
