# A federation of the real programs in a folder: headquarters (aggregation and its own
# intake) and posts, CURVE over loopback TCP. Source it after tests/lib/e2e.sh.
#
#	federation NAME        a new one in $dir/NAME; the functions below speak of it
#	headquarters           keys, config, a free port; both services started and serving
#	posts NAME…            keys, enrolled by HQ, started and serving
#	up NODE / down NODE [SIGNAL] / kill_node NODE
#	at NODE COMMAND…       kusanone at that node's sockets
#
# NODE is aggregation, hq, notification (lib/alerts.sh), archiving (lib/archive.sh), or a
# post. more[NODE] holds further lines of its config file; in_front[NODE] a command that its
# program is started with (ip netns exec …).

fed=
declare -A more=() in_front=()
bind_on=127.0.0.1

federation() {
	fed=$dir/$1
	mkdir -p "$fed/keys" "$fed/config" "$fed/run"
	more=()
	in_front=()
}

# The name of a node's process in pid[], and so of its log.
job() { printf '%s.%s' "${fed##*/}" "$1"; }

# at NODE COMMAND…
at() {
	local node=$1
	case $node in aggregation | notification | archiving) node=hq ;; esac
	shift
	kusanone "$@" --run "$fed/run/$node" --lang "${lang:-en}"
}

# A member of a flat JSON file, as kusanone node keygen --json writes it.
member() { sed -n "s/.*\"$2\": *\"\([^\"]*\)\".*/\1/p" "$1" | head -n 1; }

# json EXPRESSION: what a python expression over the JSON value d of stdin is.
json() {
	/usr/bin/python3 -c '
import json, sys
d = json.load(sys.stdin)
r = eval(sys.argv[1])
if isinstance(r, bool):
    sys.exit(0 if r else 1)
print("\n".join(str(x) for x in r) if isinstance(r, (list, tuple)) else r)' "$1"
}

keys() {
	local name
	for name in "$@"; do
		kusanone node keygen "$fed/keys/$name.key" --name "$name" --json \
			>"$fed/keys/$name.json" || return 1
	done
}

# A port that nobody listens on, below the range from which the kernel gives ports to
# whoever connects.
choose_port() {
	local p
	while :; do
		p=$((12000 + (RANDOM * 32768 + RANDOM) % 18000))
		(exec 3<>"/dev/tcp/$bind_on/$p") 2>/dev/null || break
	done
	echo "$p"
}

config_aggregation() {
	cat >"$fed/config/aggregation.yaml" <<-END
	name: headquarters
	key_file: $fed/keys/headquarters.key
	state_dir: ${state[aggregation]:-$fed/aggregation}
	run_dir: $fed/run/hq
	listen:
	  curve: ["tcp://$bind_on:$port"]
	hq:
	  node: "$(member "$fed/keys/hq.json" node)"
	  curve_key: "$(member "$fed/keys/hq.json" curve)"
	  sign_key: "$(member "$fed/keys/hq.json" sign)"
	${more[aggregation]:-}
	END
}
declare -A state=()

# config_intake NODE ROLE [POST…]
config_intake() {
	local name=$1 role=$2 run=$1 posts
	shift 2
	posts=$(IFS=,; echo "$*")
	cat >"$fed/config/$name.yaml" <<-END
	name: $name
	role: $role
	posts: [$posts]
	key_file: $fed/keys/$name.key
	state_dir: ${state[$name]:-$fed/$name}
	run_dir: $fed/run/$run
	hq:
	  address: tcp://$bind_on:${hq_port:-$port}
	  key: "$(member "$fed/keys/headquarters.json" curve)"
	${more[$name]:-}
	END
}

service_of() {
	case $1 in
	aggregation | notification | archiving) echo "$1" ;;
	*) echo intake ;;
	esac
}

# Is the service there, and does it answer?
serves() {
	local run=$1 service
	service=$(service_of "$1")
	[ "$service" = intake ] || run=hq
	[ -S "$fed/run/$run/$service.sock" ] || return 1
	status_of "$1" >/dev/null 2>&1
}

# The StatusReply of one service as JSON.
status_of() {
	at "$1" status --timeout 2 --json |
		/usr/bin/python3 -c '
import json, sys
text = sys.stdin.read()
decoder, at = json.JSONDecoder(), 0
while text[at:].strip():
    at += len(text[at:]) - len(text[at:].lstrip())
    value, at = decoder.raw_decode(text, at)
    for s in value if isinstance(value, list) else value.get("services", [value]):
        if s.get("service") == sys.argv[1]:
            print(json.dumps(s))
            sys.exit(0)
sys.exit(1)' "$(service_of "$1")"
}

# launch NODE: start it and do not wait.
launch() {
	# shellcheck disable=SC2086
	start "$(job "$1")" ${in_front[$1]:-} "$bin/kusanone-$(service_of "$1")" \
		"$fed/config/$1.yaml"
}

# up NODE: start it and wait until it serves, at most 15 s.
up() {
	local end=$((SECONDS + 15))
	launch "$1"
	until serves "$1"; do
		if [ $SECONDS -ge $end ] || ! kill -0 "${pid[$(job "$1")]}" 2>/dev/null; then
			echo "e2e: $1 does not come up" >&2
			return 1
		fi
		sleep 0.02
	done
}

down() { stop "$(job "$1")" "${2:-TERM}"; }
kill_node() { kill9 "$(job "$1")"; }
process() { echo "${pid[$(job "$1")]:-}"; }

# What cannot be done without: say so and end.
need() {
	"$@" && return
	fail "the federation comes up" "failed: $*"
	end
}

headquarters() {
	local i
	need keys headquarters hq
	for i in 1 2 3 4 5; do
		port=$(choose_port)
		config_aggregation
		up aggregation && break
		stop "$(job aggregation)"
		[ "$i" != 5 ] || need false "no port"
	done
	[ -e "$fed/run/hq/intake.sock" ] || config_intake hq hq
	need up hq
}

# enrol NAME [POST…]: by headquarters' record, at headquarters when it returns.
enrol() {
	local name=$1
	shift
	at hq node enrol --file "$fed/keys/$name.json" --role post \
		--posts "$(IFS=,; echo "${*:-$name}")" --wait 10
}

posts() {
	local name
	for name in "$@"; do
		need keys "$name"
		need enrol "$name" >>"$dir/$(job enrol).log"
		config_intake "$name" post "$name"
		need up "$name"
	done
}

# ---- What they hold -------------------------------------------------------------------

# A number of a node's status: figure NODE position
figure() { status_of "$1" | json "int(d.get('$2', 0))"; }

# Every block of this node's journal has headquarters' receipt.
settled() { [ "$(figure "$1" unreceipted)" = 0 ]; }

# settle NODE SECONDS
settle() { wait_for "$2" settled "$1"; }

# The number of events that the totals say, nationally.
total() { at "${1:-hq}" totals --json | json 'int((d["tables"][0].get("total") or [{}])[0].get("value", 0))'; }

# recount_equal: folding headquarters' log from nothing gives the same.
recount_equal() { at hq totals --recount --json | json 'd.get("recount") == "equal"'; }

# The log, read from the stopped aggregation's folder: "position node seq record".
read_log() {
	local f signers=()
	for f in "$fed"/keys/*.json; do
		[ "${f##*/}" = headquarters.json ] ||
			signers+=("$(member "$f" node)=$(member "$f" sign)")
	done
	"$bin/e2e_log" "${state[aggregation]:-$fed/aggregation}/log" "${signers[@]}"
}

# Private anonymous memory of a process in KiB.
rss_anon() { awk '/^RssAnon:/ { print $2 }' "/proc/$1/status"; }

# exit_code COMMAND…: its exit code as text, its words to $said.
said=
exit_code() {
	said=$("$@" 2>&1)
	code=$?
}

# expect NAME CODE [WORDS…] -- COMMAND…: exit code and words of one command.
expect() {
	local name=$1 want=$2 words=() word
	shift 2
	while [ "$1" != -- ]; do
		words+=("$1")
		shift
	done
	shift
	exit_code "$@"
	if [ "$code" != "$want" ]; then
		fail "$name: exit code $code, not $want: ${said:0:300}"
		return 1
	fi
	for word in "${words[@]}"; do
		if [[ $said != *"$word"* ]]; then
			fail "$name: does not say '$word': ${said:0:500}"
			return 1
		fi
	done
	ok "$name"
}

# same NAME GOT WANTED
same() {
	if [ "$2" = "$3" ]; then
		ok "$1"
	else
		fail "$1: '${2:0:300}', not '${3:0:300}'"
	fi
}

helpers() {
	local helper
	for helper in e2e_flood e2e_log; do
		if [ ! -x "$bin/$helper" ]; then
			fail "the helper programs are built" "no $bin/$helper"
			end
		fi
	done
}

# event KEY [MEMBER…]: an event as JSON in one line; members are JSON text such as
# '"status": "PLANNED"' and stand before what every event has.
event() {
	local key=$1 all= m
	shift
	for m in "$@"; do
		all+="$m, "
	done
	[[ $all == *'"status"'* ]] || all+='"status": "HELD", '
	[[ $all == *'"statedDates"'* ]] || all+='"statedDates": ["2024-02-15"], '
	[[ $all == *'"title"'* ]] || all+="\"title\": {\"en\": \"Event $key\"}, "
	printf '{%s"sourceKey": "%s"}\n' "$all" "$key"
}

# Submit the JSON of stdin at a node; prints the receipts as JSON, one a line.
submit_at() {
	local node=$1
	shift
	at "$node" submit - --json "$@"
}

# The id of the event that one receipt names.
id_in() { json 'd["eventId"]'; }

# comes NAME SECONDS WANTED COMMAND…: the command prints WANTED within so long.
comes() {
	local name=$1 end=$((SECONDS + $2)) want=$3 got
	shift 3
	while :; do
		got=$("$@" 2>&1)
		[ "$got" != "$want" ] || break
		if [ $SECONDS -ge $end ]; then
			fail "$name: '${got:0:300}', not '$want'"
			return 1
		fi
		sleep 0.05
	done
	ok "$name"
}

# The figures of one grouping as "key=value …": by_dimension post [totals option…]
by_dimension() {
	local by=$1
	shift
	at hq totals --by "$by" "$@" --json | json '" ".join("%s=%s" % (
		r["keys"][0].get("code") or r["keys"][0].get("bucket"),
		r["figures"][0].get("value", 0)) for r in d["tables"][0].get("rows", []))'
}

# fill POST FROM FILE: records until its store takes no more, with nothing under way that
# would make room (a receipt frees the note that its block waits); receipts go to FILE.
# Prints the codes of the refusals.
fill() {
	local from=$2 round
	for ((round = 0; round < 20; round++)); do
		"$bin/e2e_flood" "$fed/run/$1/intake.sock" "$1" "$from" 100000 --until-refused \
			>"$3.round"
		grep -v '^receipts' "$3.round" | tee -a "$3" | awk '/^refused/ { print $3 }' | sort -u
		[ "$(awk 'NF == 4' "$3.round" | wc -l)" != 0 ] || return 0
		from=$((from + 100000))
		settle "$1" 40 || return 1
	done
	return 1
}
