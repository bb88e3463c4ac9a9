# The archiving service of a federation's headquarters. Source it after lib/federation.sh.
#
#	archive_owns         before headquarters: its log follows the archive's order
#	archiving            keys, config; started and serving
#	archive_good NAME    the archive holds, by an independent verifier, with every
#	                     checkpoint that was ever kept; and is kept for the next time
#	sealed_all           everything that headquarters has is sealed, within 15 s
#
# seal_after holds how long it waits; archive is the archive's folder.

archive=
config_archiving() {
	cat >"$fed/config/archiving.yaml" <<-END
	key_file: $fed/keys/archiving.key
	state_dir: ${state[archiving]:-$fed/archiving}
	run_dir: $fed/run/hq
	follow:
	  address: ipc://$fed/run/hq/aggregation.sock
	hq:
	  node: "$(member "$fed/keys/hq.json" node)"
	  curve_key: "$(member "$fed/keys/hq.json" curve)"
	  sign_key: "$(member "$fed/keys/hq.json" sign)"
	archive:
	  seal_after: ${seal_after:-300ms}
	END
}

archive_owns() {
	need keys archiving
	more[aggregation]="archive:
  node: $(member "$fed/keys/archiving.json" node)
  sign_key: $(member "$fed/keys/archiving.json" sign)"
}

archiving() {
	[ -e "$fed/keys/archiving.key" ] || need keys archiving
	config_archiving
	archive=$fed/archiving/archive
	need up archiving
	mkdir -p "$dir/known"
	need at hq archive key >"$dir/archive.key"
}

# The size that the newest checkpoint covers.
archive_entries() { sed -n 2p "$archive/checkpoint" 2>/dev/null || echo 0; }

archive_good() {
	local out known
	known=$dir/known/$(archive_entries)
	# shellcheck disable=SC2046
	if out=$(/usr/bin/python3 "$root/tests/archive/verify.py" archive "$dir/archive.key" \
		"$archive" $(ls -d "$dir"/known/* 2>/dev/null) 2>&1); then
		cp "$archive/checkpoint" "$known"
		ok "$1"
	else
		fail "$1" "$out"
	fi
}

is_sealed() {
	[ "$(at hq archive status --json | json 'd["position"]')" = \
		"$(status_of aggregation | json 'd["position"]')" ]
}
sealed_all() { wait_for 15 is_sealed; }
