# limit: 400
# clang-tidy agrees with every C file of services/ (.clang-tidy says what is off, and why).
. tests/lib/report.sh
. tests/lib/build.sh
if [ -z "$KUSANONE_LONG" ]; then
	skip "tidy: clang-tidy over all C files takes minutes; tests/run.sh --long runs it"
	report_end
fi
if ! cmake --preset clang >build/clang.log 2>&1 ||
	! cmake --build --preset clang --target proto/kusanone.fds >>build/clang.log 2>&1; then
	cat build/clang.log
	fail "tidy: cmake --preset clang"
	report_end
fi
mapfile -t files < <(find services -name '*.c' | sort)
printf '%s\n' "${files[@]}" |
	xargs -P 2 -n 4 clang-tidy -p build/clang --quiet >build/tidy.log 2>/dev/null
code=$?
grep -v 'warnings generated' build/tidy.log
while IFS= read -r line; do
	fail "tidy/${line#"$PWD"/}"
done < <(grep -E '^[^ ]+:[0-9]+:[0-9]+: (error|warning):' build/tidy.log | sort -u)
if [ "$report_failures" = 0 ]; then
	if [ $code = 0 ]; then
		ok "tidy: ${#files[@]} C files"
	else
		fail "tidy: clang-tidy ended with $code"
	fi
fi
report_end
