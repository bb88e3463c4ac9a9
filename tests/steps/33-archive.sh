# limit: 600
# The archive's tamper corpus, before the program's verifier and an independent one; and what
# crashes leave of sealing.
. tests/lib/report.sh
. tests/lib/build.sh
for preset in release asan; do
	build $preset && run_ctest $preset '^archive/' "$preset: "
done
report_end
