# A wrong configuration stops a service at its start, and the message names what is wrong,
# where it stands, and what would be right.
. "$(dirname "$0")/../lib/e2e.sh"
. "$(dirname "$0")/lib/federation.sh"
federation main
headquarters
posts sfo

# The same shape of configuration for a second instance of each service, in which each
# case spoils one thing: lines of the form "KEY: value" replace the file's.
need keys aggregation2 lax

# spoil SERVICE SED… : $file is a config of that service after the commands; without them
# it would start.
spoil() {
	local service=$1
	shift
	file=$dir/$service.yaml
	if [ "$service" = aggregation ]; then
		sed -e "s|^run_dir: .*|run_dir: $fed/run/second|" \
			-e "s|^state_dir: .*|state_dir: $fed/second-aggregation|" \
			-e "s|^key_file: .*|key_file: $fed/keys/aggregation2.key|" \
			-e "s|:$port\"|:$second_port\"|" "$fed/config/aggregation.yaml" >"$file"
	else
		sed -e "s|^run_dir: .*|run_dir: $fed/run/second|" \
			-e "s|^state_dir: .*|state_dir: $fed/second-intake|" \
			-e "s|^key_file: .*|key_file: $fed/keys/lax.key|" \
			"$fed/config/sfo.yaml" >"$file"
	fi
	[ $# = 0 ] || sed -i "$@" "$file"
}

# refused NAME CODE WORDS… -- SERVICE: with $file. It must not run for 10 s either.
refused() {
	local args=()
	while [ "$1" != -- ]; do
		args+=("$1")
		shift
	done
	expect "$2: ${args[0]}" "${args[@]:1}" -- \
		timeout 10 ${as_whom[@]+"${as_whom[@]}"} "$bin/kusanone-$2" "$file"
}
as_whom=()
line_of() { grep -n "$1" "$file" | head -n 1 | cut -d : -f 1; }
second_port=$(choose_port)

for service in intake aggregation; do
	# Not spoilt, it starts: so each refusal below is of what was spoilt.
	spoil $service
	start second "$bin/kusanone-$service" "$file"
	check "$service: what is spoilt below starts when it is not" \
		wait_for 10 grep -q ready= "$dir/second.log"
	stop second
	rm -f "$dir/second.log"

	# ---- The file itself: exit code 2
	file=$dir/nowhere.yaml
	refused "a file that is not there" 2 "$file" "cannot be opened" -- $service
	spoil $service -e '$a stat_dir: /tmp/x'
	refused "an unknown key: the line, and the nearest known one" 2 \
		"$file:$(line_of stat_dir):1:" '"stat_dir"' 'did you mean "state_dir"' -- $service
	spoil $service -e '$a colour: red'
	refused "an unknown key that resembles none: the list of those there are" 2 \
		"$file:$(line_of colour):1:" '"colour"' "state_dir" "key_file" -- $service
	spoil $service -e '$a drain: soon'
	refused "a word where a time belongs" 2 "$file:$(line_of drain):8:" "drain" '"soon"' \
		"a time such as" "1m" -- $service
	spoil $service -e '$a drain: 5h'
	refused "a time out of range" 2 "$file:$(line_of drain):8:" "drain" "out of range" \
		"1m" -- $service
	spoil $service -e '$a state_dir: [a, b]' -e '/^state_dir: /d'
	refused "a list where text belongs" 2 "$file:$(line_of state_dir):" "state_dir" \
		"right is" -- $service
	spoil $service -e '$a store:\n  reserve: maybe'
	refused "a yes or no that is neither" 2 "$file:$(line_of reserve):12:" \
		"store.reserve" '"maybe"' "true or false" -- $service
	spoil $service -e '$a log:\n  level: loud'
	refused "a word that is not one of the words" 2 "$file:$(line_of level):10:" \
		"log.level" '"loud"' "info" "debug" -- $service
	spoil $service -e '/^key_file: /d'
	refused "a key that must be given is missing" 2 "$file" "key_file" "missing" \
		"right is" -- $service
	spoil $service -e '$a name: [sfo'
	refused "not YAML: the line" 2 "$file:" "not YAML" -- $service
	spoil $service -e "s|^run_dir: .*|run_dir: $dir/$(printf 'deep%.0s' {1..30})|"
	refused "a folder too long for a socket's path" 2 "$file:$(line_of run_dir):" \
		"run_dir" "80 bytes" -- $service

	# ---- What it names: exit code 1
	spoil $service -e "s|^key_file: .*|key_file: $dir/none.key|"
	refused "no key file: its path, and what makes one" 1 "key_file" "$dir/none.key" \
		"kusanone node keygen" -- $service
	spoil $service
	key=$(sed -n 's/^key_file: //p' "$file")
	chmod 644 "$key"
	refused "a key file that others may read: its mode, and the cure" 1 "key_file" "$key" \
		"mode 644" "chmod 600" -- $service
	chmod 600 "$key"
	head -n 5 "$key" >"$dir/half.key"
	chmod 600 "$dir/half.key"
	spoil $service -e "s|^key_file: .*|key_file: $dir/half.key|"
	refused "half of a key file" 1 "key_file" "$dir/half.key" "not a key file" -- $service
	spoil $service -e "s|^state_dir: .*|state_dir: $dir/nowhere/at/all|"
	refused "the state's folder in a folder that is not there" 1 "state_dir" \
		"$dir/nowhere/at/all" -- $service
	touch "$dir/plain"
	spoil $service -e "s|^state_dir: .*|state_dir: $dir/plain|"
	refused "a file where the state's folder belongs" 1 "state_dir" "$dir/plain" -- $service
done

# ---- Each with the other's
spoil intake
refused "the config of an intake" 2 "$file:" '"role"' "unknown key" -- aggregation
spoil aggregation
refused "the config of an aggregation" 2 "$file:" '"listen' "unknown key" -- intake
mkdir "$dir/swapped"
cp -r "$fed/second-aggregation/log" "$dir/swapped/journal"
spoil intake -e "s|^state_dir: .*|state_dir: $dir/swapped|"
refused "the other service's state" 1 "state_dir" "$dir/swapped/journal" "aggregation-log" \
	"intake-journal" "another service's" -- intake
cp -r "$fed/second-intake/journal" "$dir/swapped/log"
spoil aggregation -e "s|^state_dir: .*|state_dir: $dir/swapped|"
refused "the other service's state" 1 "state_dir" "$dir/swapped/log" "intake-journal" \
	"aggregation-log" "another service's" -- aggregation

# ---- In use
spoil intake -e "s|^state_dir: .*|state_dir: $fed/sfo|"
refused "a state's folder that a running one uses: which process" 1 "state_dir" \
	"$fed/sfo/journal" "in use by process $(process sfo)" -- intake
spoil aggregation -e "s|^state_dir: .*|state_dir: $fed/aggregation|"
refused "a state's folder that a running one uses: which process" 1 "state_dir" \
	"$fed/aggregation/log" "in use by process $(process aggregation)" -- aggregation
spoil intake -e "s|^run_dir: .*|run_dir: $fed/run/sfo|"
refused "a socket that a running one listens on" 1 "$fed/run/sfo/intake.sock" \
	"in use by another process" "choose another" -- intake
spoil aggregation -e "s|^run_dir: .*|run_dir: $fed/run/hq|"
refused "a socket that a running one listens on" 1 "$fed/run/hq/aggregation.sock" \
	"in use by another process" "choose another" -- aggregation
spoil aggregation -e "s|:$second_port\"|:$port\"|"
refused "a TCP port that is taken" 1 "tcp://$bind_on:$port" "in use by another process" \
	"choose another" -- aggregation
spoil aggregation -e "s|tcp://$bind_on:|tcp://192.0.2.1:|"
refused "an address that this machine has not" 1 "tcp://192.0.2.1:$second_port" \
	"no such address" -- aggregation

# ---- What only makes sense together
spoil intake -e 's/^posts: .*/posts: []/'
refused "a post's node that speaks for no post" 2 "posts" "posts: [sfo]" -- intake
spoil intake -e 's/^role: .*/role: hq/'
refused "headquarters' intake that speaks for a post" 2 "posts" "posts: []" -- intake
spoil intake -e '/^  key: /d'
refused "an address without a key" 2 "hq" "give both" -- intake
spoil intake -e 's/^  key: .*/  key: abc/'
refused "a key that is none" 2 "$file:$(line_of '^  key: abc'):8:" "hq.key" '"abc"' \
	"64 hex digits" -- intake
spoil aggregation -e 's/^  sign_key: .*/  sign_key: abc/'
refused "a key that is none" 2 "$file:$(line_of '^  sign_key: abc'):13:" "hq.sign_key" \
	'"abc"' "64 hex digits" -- aggregation

# ---- A disk that may only be read. Root may write in spite of a mode, so the right to do
# so is taken from it.
[ "$(id -u)" != 0 ] ||
	as_whom=(setpriv --bounding-set=-dac_override,-dac_read_search
		--inh-caps=-dac_override,-dac_read_search)
if ${as_whom[@]+"${as_whom[@]}"} true 2>/dev/null; then
	for service in intake aggregation; do
		mkdir "$dir/read-only-$service"
		chmod 500 "$dir/read-only-$service"
		spoil $service -e "s|^state_dir: .*|state_dir: $dir/read-only-$service|"
		refused "a new state's folder that may not be written" 1 "state_dir" \
			"$dir/read-only-$service" "Permission denied" -- $service
		cp -r "$fed/second-$service" "$dir/used-$service"
		chmod -R a-w "$dir/used-$service"
		spoil $service -e "s|^state_dir: .*|state_dir: $dir/used-$service|"
		refused "a used state's folder that may not be written" 1 "state_dir" \
			"$dir/used-$service" "Permission denied" -- $service
		chmod -R u+w "$dir/read-only-$service" "$dir/used-$service"
	done
else
	skip "a state's folder that may not be written: root cannot give up its right here"
fi
as_whom=()

# ---- Nothing of this disturbed those that run.
event one >"$dir/one.json"
expect "the running post goes on" 0 "headquarters" -- at sfo submit "$dir/one.json" --wait 10
for service in intake aggregation; do
	expect "kusanone-$service without a file: usage" 2 "usage: kusanone-$service" -- \
		"$bin/kusanone-$service"
	"$bin/kusanone-$service" --print-config >"$dir/printed.yaml"
	same "kusanone-$service --print-config: exit code 0" "$?" 0
done
end
