# Archives of every format that was ever released: this build and the independent verifier
# find them good, their proofs hold, and a changed byte is still found.
#
#	tests/wire/archive.sh ARCHIVE…     archives of make_archive.sh; programs in KUSANONE_BIN
. "$(dirname "$0")/../lib/e2e.sh"
. "$root/tests/e2e/lib/federation.sh"

# both NAME CODE KEY FOLDER [CHECKPOINT]: exit codes of both verifiers, 0 or 1.
both() {
	local name=$1 want=$2 key=$3 folder=$4 known=("${@:5}") got
	kusanone archive verify --key "$key" "${known[@]/#/--checkpoint=}" "$folder" >said 2>&1
	got=$?
	same "$name" "$got" "$want"
	/usr/bin/python3 "$root/tests/archive/verify.py" archive "$key" "$folder" \
		"${known[@]}" >said 2>&1
	got=$?
	same "$name, to the other verifier" "$got" "$want"
}

for file in "$@"; do
	name=${file##*/}
	name=${name%.tar.gz}
	mkdir "$dir/$name"
	tar -xzf "$file" -C "$dir/$name"
	cd "$dir/$name" || exit 1
	both "$name: a demo's archive is good" 0 demo.key demo
	both "$name: one of many segments is good, and continues what was known" 0 made/key \
		made/archive made/known
	expect "$name: its entry's proof holds" 0 "" -- kusanone archive check \
		made/entry.proof --key made/key
	expect "$name: the growth's proof holds" 0 "" -- kusanone archive check \
		made/growth.proof --key made/key
	event=$(kusanone archive check made/entry.proof --key made/key --json |
		/usr/bin/python3 -c 'import json, sys; print(len(json.load(sys.stdin)) > 0)')
	same "$name: and says what it proves" "$event" True
	segment=$(find made/archive/segment -type f | sort | sed -n 3p)
	/usr/bin/python3 -c '
import sys
with open(sys.argv[1], "r+b") as f:
    f.seek(300); b = f.read(1); f.seek(300); f.write(bytes([b[0] ^ 1]))' "$segment"
	both "$name: a changed byte is found" 1 made/key made/archive
done
end
