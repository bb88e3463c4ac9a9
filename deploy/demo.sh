#!/bin/bash
# deploy/demo.sh - a federation on this machine, with the paper's records and live totals.
#
#   deploy/demo.sh [--once] [--dir DIR] [--lang ja|en]
#
# Installs what is missing, builds, starts headquarters (aggregation and its own intake) and
# the five posts that the paper names, each with its own keys and CURVE over loopback TCP,
# enrols them, loads the reference data, the published figures and the four cases, shows the
# first alert as a mail server of this machine has received it, seals everything into an
# archive and verifies that, and then shows live totals until Ctrl-C. --once prints the totals
# once, stops everything it started and exits 0. Everything lies in DIR (default: state/demo);
# a second run goes on from it and counts nothing twice.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
data=$root/deploy/reference/us-japan
posts="sfo lax bna sea chi"
once=no dir=$root/state/demo lang=()

usage() { sed -n '2,12s/^# \{0,1\}//p' "$0"; }
while [ $# -gt 0 ]; do
	case $1 in
	--once) once=yes ;;
	--dir) [ $# -ge 2 ] || { usage >&2; exit 2; }; dir=$2; shift ;;
	--lang)
		case ${2:-} in
		ja | en) lang=(--lang "$2") ;;
		*) echo "demo: --lang is ja or en" >&2; exit 2 ;;
		esac
		shift
		;;
	-h | --help) usage; exit 0 ;;
	*) echo "demo: unknown option: $1" >&2; usage >&2; exit 2 ;;
	esac
	shift
done

say() { printf 'demo: %s\n' "$*"; }
die() { printf 'demo: %s\n' "$*" >&2; exit 1; }

# ---- What it needs -------------------------------------------------------------------
# One at a time: two that configure or build in one folder break each other's build.
mkdir -p "$root/build"
exec 8>"$root/build/release.lock"
if ! flock -n 8; then
	say "waiting: another demo or test builds in $root/build/release"
	flock 8
fi
"$root/deploy/setup.sh" --demo
say "building"
if ! (cmake -S "$root" --preset release && cmake --build "$root/build/release" \
	--target kusanone kusanone-intake kusanone-aggregation kusanone-notification \
	kusanone-archiving) >"$root/build/demo.log" 2>&1; then
	tail -n 40 "$root/build/demo.log" >&2
	die "the build failed; all of it is in build/demo.log"
fi
exec 8>&-
bin=$root/build/release/bin

mkdir -p "$dir"
dir=$(cd "$dir" && pwd)
chmod 700 "$dir"
exec 9>"$dir/demo.lock"
flock -n 9 || die "another demo runs from $dir: give this one another --dir"
say "state in $dir"
mkdir -p "$dir/keys" "$dir/config" "$dir/log"

# A socket's path has at most 107 bytes: under a long DIR the sockets lie in a short folder.
run=$dir/run
if [ ${#run} -gt 70 ]; then
	run=$(mktemp -d "${TMPDIR:-/tmp}/kusanone.XXXXXX")
fi
mkdir -p "$run"
rm -f "$run"/*/*.sock # of a demo that was killed: the lock says that none runs

# ---- Stop what was started -----------------------------------------------------------
pids=()
stop() {
	trap - EXIT
	trap '' HUP INT TERM
	for ((i = ${#pids[@]} - 1; i >= 0; i--)); do
		kill "${pids[$i]}" 2>/dev/null || true
	done
	wait 2>/dev/null || true
	[ "$run" = "$dir/run" ] || rm -rf "$run"
}
trap stop EXIT
trap 'exit 0' INT
trap 'exit 143' TERM
trap 'exit 129' HUP

# start NAME PROGRAM CONFIG: in the background, its log in DIR/log.
start() {
	"$bin/$2" "$3" 2>>"$dir/log/$1.log" 9>&- &
	pids+=($!)
}

# Wait until a service answers, or say what it said.
ready() {
	for _ in $(seq 200); do
		if "$bin/kusanone" status --run "$run/$1" --timeout 1 >/dev/null 2>&1; then
			return 0
		fi
		kill -0 "${pids[-1]}" 2>/dev/null || return 1
		sleep 0.05
	done
	return 1
}

# ---- Keys, ports, config files --------------------------------------------------------
member() { sed -n "s/.*\"$2\": *\"\([^\"]*\)\".*/\1/p" "$1" | head -n 1; }

for name in headquarters hq notification archiving $posts; do
	if [ ! -e "$dir/keys/$name.key" ]; then
		"$bin/kusanone" node keygen "$dir/keys/$name.key" --name "$name" --json \
			>"$dir/keys/$name.json"
	fi
done

port_is_free() { ! (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }
choose_port() {
	local port
	for _ in $(seq 100); do
		port=$((20000 + RANDOM % 12000))
		if port_is_free "$port"; then
			echo "$port"
			return
		fi
	done
	die "no free port found on this machine"
}

write_aggregation() {
	cat >"$dir/config/aggregation.yaml" <<EOF
name: headquarters
key_file: $dir/keys/headquarters.key
state_dir: $dir/aggregation
run_dir: $run/hq
listen:
  curve: ["tcp://127.0.0.1:$port"]
hq:
  node: "$(member "$dir/keys/hq.json" node)"
  curve_key: "$(member "$dir/keys/hq.json" curve)"
  sign_key: "$(member "$dir/keys/hq.json" sign)"
archive:
  node: "$(member "$dir/keys/archiving.json" node)"
  sign_key: "$(member "$dir/keys/archiving.json" sign)"
EOF
}

write_intake() { # NAME ROLE POSTS
	cat >"$dir/config/$1.yaml" <<EOF
name: $1
role: $2
posts: [$3]
key_file: $dir/keys/$1.key
state_dir: $dir/$1
run_dir: $run/$1
hq:
  address: tcp://127.0.0.1:$port
  key: "$(member "$dir/keys/headquarters.json" curve)"
EOF
}

# What notification and archiving have alike: they follow headquarters' log.
write_follower() { # NAME
	cat >"$dir/config/$1.yaml" <<EOF
key_file: $dir/keys/$1.key
state_dir: $dir/$1
run_dir: $run/hq
follow:
  address: ipc://$run/hq/aggregation.sock
hq:
  node: "$(member "$dir/keys/hq.json" node)"
  curve_key: "$(member "$dir/keys/hq.json" curve)"
  sign_key: "$(member "$dir/keys/hq.json" sign)"
EOF
}

write_notification() {
	write_follower notification
	cat >>"$dir/config/notification.yaml" <<EOF
send:
  from: kusanone@example.org
  host: kusanone.example.org
smtp:
  url: smtp://127.0.0.1:$mail_port
  starttls: false
EOF
}

# start_follower NAME COMMAND…: until it answers this at headquarters.
start_follower() {
	local name=$1
	shift
	start "$name" "kusanone-$name" "$dir/config/$name.yaml"
	for _ in $(seq 200); do
		[ -S "$run/hq/$name.sock" ] && at hq "$@" >/dev/null 2>&1 && return
		kill -0 "${pids[-1]}" 2>/dev/null || break
		sleep 0.05
	done
	tail -n 5 "$dir/log/$name.log" >&2
	die "$name does not start"
}

started=no
for _ in 1 2 3 4 5; do
	port=$(cat "$dir/port" 2>/dev/null || true)
	if [ -z "$port" ] || ! port_is_free "$port"; then
		port=$(choose_port)
	fi
	echo "$port" >"$dir/port"
	mkdir -p "$run/hq"
	write_aggregation
	start aggregation kusanone-aggregation "$dir/config/aggregation.yaml"
	if ready hq; then
		started=yes
		break
	fi
	# Somebody may have taken the port between the look and the bind.
	rm -f "$dir/port"
	unset 'pids[-1]'
done
[ $started = yes ] || { tail -n 5 "$dir/log/aggregation.log" >&2; die "headquarters does not start"; }
say "headquarters listens on 127.0.0.1:$port"

write_intake hq hq ""
sed -i "s|^run_dir: .*|run_dir: $run/hq|" "$dir/config/hq.yaml"
start hq kusanone-intake "$dir/config/hq.yaml"
for _ in $(seq 200); do [ -S "$run/hq/intake.sock" ] && break; sleep 0.05; done
ready hq || { tail -n 5 "$dir/log/hq.log" >&2; die "headquarters' intake does not start"; }

at() { # NODE COMMAND…: a command at that node
	local node=$1
	shift
	"$bin/kusanone" "$@" --run "$run/$node"
}

# The archive owns the order of the log: headquarters takes nothing before it is there.
write_follower archiving
start_follower archiving archive status

for name in $posts; do
	at hq node enrol --file "$dir/keys/$name.json" --role post --posts "$name" --wait 10 \
		>>"$dir/log/demo.log"
done
say "enrolled: $posts"
for name in $posts; do
	write_intake "$name" post "$name"
	start "$name" kusanone-intake "$dir/config/$name.yaml"
	ready "$name" || { tail -n 5 "$dir/log/$name.log" >&2; die "the intake of $name does not start"; }
done

# ---- Alerts: a mail server, the service, and a reader of "announced" -------------------
for _ in 1 2 3 4 5; do
	mail_port=$(choose_port)
	/usr/bin/python3 -m aiosmtpd -n -l "127.0.0.1:$mail_port" \
		-c aiosmtpd.handlers.Mailbox "$dir/mail" >>"$dir/log/mail.log" 2>&1 9>&- &
	pids+=($!)
	for _ in $(seq 100); do
		port_is_free "$mail_port" || break 2
		kill -0 "${pids[-1]}" 2>/dev/null || break
		sleep 0.05
	done
	kill "${pids[-1]}" 2>/dev/null || true
	unset 'pids[-1]'
done
port_is_free "$mail_port" && { tail -n 5 "$dir/log/mail.log" >&2; die "the mail server does not start"; }
write_notification
start_follower notification alerts list
# In the language of the totals; one reader, whatever language a later run speaks.
case ${lang[1]:-${LC_ALL:-${LC_MESSAGES:-${LANG:-}}}} in ja*) reads=ja ;; *) reads=en ;; esac
if ! at hq alerts list --json | grep -q '"who": *"planner"'; then
	at hq alerts subscribe --lang $reads --who planner --to mailto:planner@example.org \
		--kind announced --wait 10 >>"$dir/log/demo.log"
fi
say "alerts: planner@example.org is told of every event that is announced"

# ---- Records --------------------------------------------------------------------------
say "loading the reference data and the published figures (through headquarters' intake)"
at hq reference import "$data" --wait 10 >>"$dir/log/demo.log"
at hq figure add --file "$data/figures.json" --wait 10 >>"$dir/log/demo.log"

say "loading the paper's four cases (each through its post's intake)"
id_of() { # NODE FILE: submits, prints the event's id
	at "$1" submit "$2" --wait 20 --json | tee -a "$dir/log/demo.log" |
		sed -n 's/.*"eventId": *"\([^"]*\)".*/\1/p' | head -n 1
}
webinar=$(id_of sfo "$data/events/1.json")
jackson=$(id_of bna "$data/events/2.json")
seminar=$(id_of sea "$data/events/3.json")
caravan=$(id_of chi "$data/events/4.json")

at lax cohost confirm "$webinar" --note "資料1に共催として記載" --wait 20 >>"$dir/log/demo.log"
for id in "$webinar" "$jackson" "$seminar" "$caravan"; do
	at hq best-practice "$id" --fy 2023 --wait 10 >>"$dir/log/demo.log"
done

# ---- The first alert, as it was received ----------------------------------------------
for _ in $(seq 200); do
	[ -n "$(ls "$dir/mail/new" 2>/dev/null)" ] && break
	sleep 0.05
done
"$root/deploy/show_mail.py" "$dir/mail" || { tail -n 5 "$dir/log/notification.log" >&2; die "no alert was received"; }

# ---- Sealed, and verified as an auditor does ------------------------------------------
# With nothing but the folder and the public key.
say "sealing headquarters' log into $dir/archiving/archive, and verifying that"
at hq archive seal --timeout 20 >>"$dir/log/demo.log"
at hq archive key >"$dir/archive.key"
"$bin/kusanone" archive verify --key "$dir/archive.key" "${lang[@]}" "$dir/archiving/archive" ||
	die "the archive does not hold"

# ---- Totals ---------------------------------------------------------------------------
if [ $once = yes ]; then
	at hq totals "${lang[@]}"
	exit 0
fi
say "live totals follow; Ctrl-C stops everything. In another terminal, for example:"
say "  $bin/kusanone events --run $run/sfo"
# In the background: while a program runs in front of it, bash heeds no signal.
"$bin/kusanone" watch --run "$run/hq" "${lang[@]}" 9>&- &
pids+=($!)
wait $!
