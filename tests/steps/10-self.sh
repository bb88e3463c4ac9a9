# limit: 60
# What counts the tests is tested first.
. tests/lib/report.sh
tests/run_test.sh || report_failures=1
report_end
