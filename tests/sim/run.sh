#!/usr/bin/env bash
# tests/sim/run.sh N: N federations from seed 1 on, after those of seeds.txt. Run from the
# project's root; KUSANONE_BIN is where the programs are, KUSANONE_SANITIZED names a build
# with sanitizers.
set -o pipefail
seeds=${1:-2000}
bin=${KUSANONE_BIN:-build/release/bin}
jobs=$(nproc)
name=sim
[ -z "$KUSANONE_SANITIZED" ] || name='sim (sanitizers)'
"$bin/sim" --seeds "$seeds" --jobs "$jobs" --kept tests/sim/seeds.txt |
	sed -E "s,^(ok|FAIL) sim/,\1 $name/,"
