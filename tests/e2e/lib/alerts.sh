# The notification service of a federation's headquarters, and those it writes to. Source it
# after lib/federation.sh.
#
#	mail_server NAME [OPTION…]    tests/lib/mail_peer.py in $dir/NAME
#	hook_server NAME [OPTION…]    tests/lib/hook_peer.py in $dir/NAME
#	behave NAME WORDS             how it behaves from now on
#	certificate NAME              $dir/NAME.crt and .key, signed by itself
#	notification                  keys, config; started and serving
#	mails NAME EXPRESSION         of what a mail server has taken: tests/e2e/lib/mails.py
#	hooks NAME EXPRESSION         the same of a receiver of webhooks
#
# relay holds the mail server's URL, alerts what else the config file says of smtp and after
# it; retry and timeout are those of the section send.

# A peer listens as long as its standard input is open.
peer() {
	local kind=$1 name=$2
	shift 2
	mkdir -p "$dir/$name"
	[ -p "$dir/hold" ] || mkfifo "$dir/hold"
	# shellcheck disable=SC2016
	start "$name" bash -c 'exec "$@" <>"$0"' "$dir/hold" /usr/bin/python3 \
		"$root/tests/lib/${kind}_peer.py" "$dir/$name" "$@"
	need wait_for 10 [ -s "$dir/$name/port" ]
}
mail_server() { peer mail "$@"; }
hook_server() { peer hook "$@"; }
port_of() { cat "$dir/$1/port"; }

# There whole or not at all, as a peer reads it at any time.
behave() {
	local name=$1
	shift
	echo "$*" >"$dir/$name/behaviour.new"
	mv "$dir/$name/behaviour.new" "$dir/$name/behaviour"
}

certificate() {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 \
		-subj "/CN=$1" -addext subjectAltName=IP:127.0.0.1,DNS:localhost \
		-keyout "$dir/$1.key" -out "$dir/$1.crt" 2>>"$dir/openssl.log"
}

relay= alerts=
config_notification() {
	cat >"$fed/config/notification.yaml" <<-END
	key_file: $fed/keys/notification.key
	state_dir: ${state[notification]:-$fed/notification}
	run_dir: $fed/run/hq
	follow:
	  address: ipc://$fed/run/hq/aggregation.sock
	hq:
	  node: "$(member "$fed/keys/hq.json" node)"
	  curve_key: "$(member "$fed/keys/hq.json" curve)"
	  sign_key: "$(member "$fed/keys/hq.json" sign)"
	send:
	  from: kusanone@example.org
	  host: kusanone.example.org
	  retry: ${retry:-500ms}
	  timeout: ${timeout:-2s}
	smtp:
	  url: $relay
	${alerts:-  starttls: false}
	END
}

notification() {
	need keys notification
	config_notification
	need up notification
}

# Who ends at a named point (lib/base/crash.h): its process is gone.
launch_to_die() {
	KUSANONE_CRASH_AT=$1 launch notification
}

mails() { /usr/bin/python3 "$root/tests/e2e/lib/mails.py" "$dir/$1" "$2"; }
hooks() { /usr/bin/python3 "$root/tests/e2e/lib/hooks.py" "$dir/$1" "$2"; }

# subscribe OPTION…: at headquarters; its id.
subscribe() {
	at hq alerts subscribe "$@" --wait 10 --json | json 'd["eventId"]'
}

# alert_log EXPRESSION [OPTION…]: over the rows of kusanone alerts log.
alert_log() {
	local expression=$1
	shift
	at hq alerts log --json "$@" | json "(lambda rows: $expression)(d.get('rows', []))"
}

# A number of notification's status: alert_count repeatedSends
alert_count() { status_of notification | json "int(d.get('alerts', {}).get('$1', 0))"; }
