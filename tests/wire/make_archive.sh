#!/bin/bash
# tests/wire/make_archive.sh - two archives of this build's format, kept as goldens for ever.
#
#	tests/wire/make_archive.sh DEMO OUT.tar.gz     programs in KUSANONE_BIN
#
# DEMO is the folder of a deploy/demo.sh that ran: demo/ is its archive, demo.key its public
# key. made/ is one of many segments, with the key, a known checkpoint and proofs. Run once a
# format; tests/wire/archive.sh reads all of them with every later build.
set -euo pipefail
demo=$1 out=$(realpath "$2")
: "${KUSANONE_BIN:?the folder of the programs}"
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
mkdir "$dir/a"
cp -r "$demo/archiving/archive" "$dir/a/demo"
cp "$demo/archive.key" "$dir/a/demo.key"
"$KUSANONE_BIN/archive_make" "$dir/a/made" 300 40
tar -C "$dir/a" --sort=name --owner=0 --group=0 --numeric-owner --mtime=@0 -czf "$out" .
