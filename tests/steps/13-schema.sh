# limit: 60
# The wire's schema keeps its rules, and has not broken what was released.
. tests/lib/report.sh
mkdir -p build
set=build/schema.fds
mapfile -t protos < <(cd proto && find . -name '*.proto' | sed 's|^\./||' | sort)
if ! protoc -I proto --include_imports --descriptor_set_out=$set "${protos[@]}"; then
	fail "schema: protoc cannot read proto/"
	report_end
fi
check "schema: the rules of proto/" python3 tests/wire/check_schema.py $set
for released in tests/wire/v*.fds; do
	if [ -f "$released" ]; then
		check "schema: nothing of ${released##*/} is broken" \
			python3 tests/wire/check_schema.py $set --against "$released"
	else
		skip "schema: compatibility: no released descriptor set in tests/wire yet"
	fi
done
python3 tests/wire/check_schema_test.py || report_failures=$((report_failures + 1))
report_end
