# limit: 60
# The layers hold, and the check that says so finds every kind of violation.
. tests/lib/report.sh
check "layers: services/" tests/check_layers.sh
tests/check_layers_test.sh || report_failures=1
report_end
