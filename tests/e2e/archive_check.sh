# An auditor with a copied folder and the archive's public key: a good archive, every kind
# of file changed, torn, missing or exchanged, proofs and their copies. The command and a
# verifier that was written from the format page alone say the same of each.
. "$(dirname "$0")/../lib/e2e.sh"
. "$(dirname "$0")/lib/federation.sh"
export PYTHONDONTWRITEBYTECODE=1
cd "$dir" || exit 1
check "an archive is made" archive_make made 2000 250 >made.txt
check "and another one, with a key of its own" archive_make other 2000 250 2 >>made.txt
key=made/key

other_verifier() { /usr/bin/python3 "$root/tests/archive/verify.py" "$@" >python.txt 2>&1; }

# agree NAME CODE WORDS FOLDER [CHECKPOINT]: both verifiers, in both languages.
agree() {
	local name=$1 code=$2 words=$3 folder=$4 known=()
	[ $# -lt 5 ] || known=(--checkpoint "$5")
	expect "$name" "$code" "$words" -- \
		kusanone archive verify "$folder" --key "$key" "${known[@]}" --lang en
	kusanone archive verify "$folder" --key "$key" "${known[@]}" --lang ja >ja.txt 2>&1
	same "$name, in Japanese" "$?" "$code"
	other_verifier archive "$key" "$folder" "${@:5}"
	same "$name, by the other verifier" "$?" "$code"
}

agree "a good archive" 0 "2,000" made/archive
agree "with a checkpoint of half of it" 0 "known before" made/archive made/known
expect "only what came since is asked for signatures" 0 "signatures      1,000" -- \
	kusanone archive verify made/archive --key "$key" --checkpoint made/known --since --lang en
same "as JSON" "$(kusanone archive verify made/archive --key "$key" --json |
	json 'd["verdict"] + " " + d["entries"] + " " + d["signatures"]')" "good 2000 2000"
cp made/key made/archive/key
expect "a key that came with the copy is not taken" 2 "kusanone archive key" -- \
	kusanone archive verify made/archive --lang en
rm made/archive/key
agree "another archive is not this one" 1 "not signed with a known key" other/archive

# ---- Files, each in a copy of its own
copy() {
	rm -rf copy
	cp -r made/archive copy
}
# flip FILE OFFSET: one bit.
flip() {
	/usr/bin/python3 -c 'import sys
with open(sys.argv[1], "r+b") as f:
    f.seek(int(sys.argv[2]), 0 if int(sys.argv[2]) >= 0 else 2)
    at, byte = f.tell(), f.read(1)
    f.seek(at)
    f.write(bytes([byte[0] ^ 1]))' "copy/$1" "$2"
}
for place in "segment/003 5000" "segment/000 16" "segment/007 -1" "segment/004 -40" \
	"tile/0/003 100" "tile/1/000.p/7 40" "checkpoint 14" "checkpoint -3"; do
	copy
	flip ${place% *} "${place#* }"
	agree "a bit of ${place% *} at ${place#* }" 1 "${place% *}" copy
done
for file in segment/000 segment/005 segment/007 tile/0/000 tile/1/000.p/7 checkpoint; do
	copy
	rm "copy/$file"
	agree "$file is missing" 1 "$file" copy
	copy
	truncate -s -1 "copy/$file"
	agree "$file is torn" 1 "$file" copy
done
copy
cp other/archive/segment/003 copy/segment/003
agree "another archive's segment" 1 "segment/003" copy
copy
mv copy/segment/002 copy/x
mv copy/segment/003 copy/segment/002
mv copy/x copy/segment/003
agree "two segments exchanged" 1 "segment/002" copy
copy
cp copy/segment/007 copy/segment/008
agree "a segment too many" 1 "segment/008" copy
copy
rm -r copy/loose 2>/dev/null
agree "loose parts may be gone" 0 "Good" copy
copy
cp made/known copy/checkpoint
agree "an archive that was rolled back to an old checkpoint" 1 "rolled back" copy \
	made/archive/checkpoint
expect "a folder that is not there is no verdict" 4 "no such folder" -- \
	kusanone archive verify nowhere --key "$key" --lang en

# ---- Proofs
event=$(kusanone archive check made/entry.proof --key "$key" --json |
	json '[r["eventId"] for r in d["records"] if r["kind"] == "event_revision"][0]')
expect "an event's newest revision is found and proved" 0 "of the archive, of 2,000" -- \
	kusanone archive prove "$event" --archive made/archive -o event.proof --lang en
expect "by the end of its id, too" 0 "entry" -- \
	kusanone archive prove "${event: -12}" --archive made/archive -o event2.proof --lang en
check "both are the same file" cmp -s event.proof event2.proof
expect "growth since the old checkpoint is proved" 0 "begins with the one of 1,000" -- \
	kusanone archive prove --growth made/known --archive made/archive -o growth.proof --lang en
check "as by the program that made the archive" cmp -s growth.proof made/growth.proof
expect "the proof says in words what it proves" 0 "Good" "$event" "at headquarters" -- \
	kusanone archive check event.proof --key "$key" --lang en
expect "in Japanese, too" 0 "正しい証明です" "$event" "本部の受付" -- \
	kusanone archive check event.proof --key "$key" --lang ja
expect "the other one, about the two checkpoints at hand" 0 "begins with the older one" -- \
	kusanone archive check growth.proof made/known made/archive/checkpoint --key "$key" --lang en
for proof in event.proof growth.proof; do
	check "$proof holds for the other verifier" other_verifier proof "$key" "$proof"
	for at in 60 200 -200 -60; do
		mkdir -p copy
		cp "$proof" copy/proof
		flip proof "$at"
		expect "$proof with a bit changed at $at proves nothing" 1 "BAD" -- \
			kusanone archive check copy/proof --key "$key" --lang en
		other_verifier proof "$key" copy/proof
		same "nor for the other verifier" "$?" 1
	done
	expect "$proof and the key of another archive" 1 "not signed" -- \
		kusanone archive check "$proof" --key other/key --lang en
done
end
