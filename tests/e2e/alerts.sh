# A planner's story with alerts: subscribes, plans, sees what is to come, hears what became
# of it, in both languages, by mail, webhook and calendar; receivers refuse, headquarters
# and the service are away and come back.
# limit: 240
. "$(dirname "$0")/../lib/e2e.sh"
. "$(dirname "$0")/lib/federation.sh"
. "$(dirname "$0")/lib/alerts.sh"
federation main
headquarters
posts sfo lax
cd "$dir" || exit 1
need at hq reference import "$root/deploy/reference/us-japan" --wait 10 >import.txt
secret=whsec_$(head -c 32 /dev/urandom | base64)
mail_server mail
hook_server hook --secret "$secret"
(umask 077 && echo "press $secret" >"$dir/secrets")
relay=smtp://127.0.0.1:$(port_of mail)
alerts="  starttls: false
hook:
  allow: [\"127.0.0.1:$(port_of hook)\"]
  secrets_file: $dir/secrets"
notification

# ---- Words of the story ----------------------------------------------------------------

zone=America/Los_Angeles
# A time of the post's wall clock: when '+8 days' or @SECONDS.
when() { TZ=$zone date -d "$1" +%FT%H:%M; }
day_of() { TZ=$zone date -d "$1" +%F; }
# plan POST KEY TITLE_EN TITLE_JA START [MEMBER…]: an event with one session; its id.
plan() {
	local post=$1 key=$2 en=$3 ja=$4 start=$5
	shift 5
	event "$key" "$@" '"status": "PLANNED"' '"statedDates": []' "\"recorder\": \"$post\"" \
		"\"title\": {\"en\": \"$en\", \"ja\": \"$ja\"}" \
		"\"sessions\": [{\"id\": \"s1\", \"status\": \"PLANNED\", \"start\": {\"value\":
		\"$start\", \"zone\": \"$zone\"}, \"place\": {\"state\": \"CA\",
		\"municipality\": {\"en\": \"Fresno\"}}}]" |
		tr '\n\t' '  ' | submit_at "$post" --wait 10 | id_in
}
# of ADDRESS EXPRESSION: over the mails x to it, those that came first first.
of() { mails mail "[$2 for x in m if x['to'] == '$1']"; }
last() { of "$@" | tail -n 1; }
subjects() { of "$1" 'x["subject"]' | tail -n 1; }
# told NAME ADDRESS PATTERN: the subject of the newest mail to it is so within 10 s.
told() {
	local end=$((SECONDS + 10)) got
	# shellcheck disable=SC2053
	while got=$(subjects "$2"); [[ $got != $3 ]]; do
		[ $SECONDS -lt $end ] || { fail "$1: '$got'"; return; }
		sleep 0.1
	done
	ok "$1"
}
# The one calendar object of the last mail: "METHOD uid sequence status start".
calendar='" ".join(str(v) for c in x["calendars"][:1] for v in [c["method"]] + [e[k] for e
	in c["events"] for k in ("uid", "sequence", "status", "start")])'
calendar=$(tr '\n\t' '  ' <<<"$calendar")

# ---- Subscribing -----------------------------------------------------------------------

all=announced,changed,moved,cancelled,upcoming
desk=$(subscribe --who "planning desk" --to mailto:desk@example.org --post sfo \
	--kind $all --lead 7d --zone Europe/London)
lang=ja subscribe --who 企画室 --to mailto:kikaku@example.jp --post sfo \
	--kind $all --lead 7d >/dev/null
console=$(subscribe --who console --to "http://127.0.0.1:$(port_of hook)/in" --secret press \
	--post sfo --kind $all --lead 7d)
feed=$(subscribe --who calendar --to feed --post sfo)
subscribe --who "lax desk" --to mailto:lax@example.org --post lax --kind cohost-asked >/dev/null
later=$(TZ=Asia/Tokyo date -d '+6 hours' +%H:%M)
subscribe --who digest --to mailto:digest@example.jp --post sfo --kind announced \
	--digest "daily@$later" >/dev/null
comes "six readers are subscribed" 5 6 alert_count subscriptions
expect "the list shows them" 0 "planning desk" "desk@example.org" "企画室" -- at hq alerts list
expect "an unknown post is refused with what may be meant" 1 "sfo" -- \
	at hq alerts subscribe --who x --to mailto:x@example.org --post sfoo
expect "an address that is none is refused" 2 "example.org" -- \
	at hq alerts subscribe --who x --to "mailto:x@example.org
Bcc: y@example.org"

# ---- Announced, and what is to come ----------------------------------------------------

start=$(when '+8 days 14:00')
seminar=$(plan sfo seminar "Hydrogen seminar" "水素セミナー" "$start" '"holders": ["sfo"]')
comes "who reads English is told of it" 10 \
	"Announced: Hydrogen seminar ($(date -d "${start%T*}" '+%-d %b %Y'), San Francisco)" \
	subjects desk@example.org
comes "who reads Japanese is told in Japanese" 10 \
	"【新規】水素セミナー（${start%T*} 在サンフランシスコ日本国総領事館）" subjects kikaku@example.jp
uid=s1.$seminar@kusanone.example.org
same "an invitation comes with it" "$(last desk@example.org "$calendar" | cut -d ' ' -f 1-4)" \
	"REQUEST $uid 0 CONFIRMED"
same "to the session's own time and zone" \
	"$(last desk@example.org 'x["calendars"][0]["events"][0]["zone"]') $(
		last desk@example.org "$calendar" | cut -d ' ' -f 5 | cut -c 1-16)" "$zone $start"
expect "the preview shows the reminder" 0 "upcoming" "Hydrogen seminar" \
	"$(TZ=Europe/London date -d "TZ=\"$zone\" ${start/T/ } 7 days ago" '+%F %H:%M')" -- \
	at hq alerts preview "${desk: -8}"
expect "also for one who has not subscribed yet" 0 "upcoming" "Hydrogen seminar" -- \
	at hq alerts preview --post sfo --lead 2d --kind upcoming

# ---- Changed, moved, cancelled ---------------------------------------------------------

need at sfo edit "$seminar" --set title.en="Hydrogen forum" --why "new name" --wait 10 >>edit.txt
told "a change is told" desk@example.org 'Changed:*'
check "with the old and the new" eval \
	'of desk@example.org "x[\"text\"]" | grep -qF "Hydrogen seminar → Hydrogen forum"'
same "the invitation's number rises" "$(last desk@example.org "$calendar" | cut -d ' ' -f 1-4)" \
	"REQUEST $uid 1 CONFIRMED"
moved=$(when '+9 days 10:30')
need at sfo edit "$seminar" --why "the hall is taken" --wait 10 \
	--set "sessions.s1.start={\"value\": \"$moved\", \"zone\": \"$zone\"}" >>edit.txt
told "a move is told" desk@example.org 'Moved:*'
check "with why" eval 'of desk@example.org "x[\"text\"]" | grep -qF "the hall is taken"'
same "the invitation moves" "$(last desk@example.org "$calendar" |
	sed 's/:00[-+]..:..$//')" "REQUEST $uid 2 CONFIRMED $moved"
reminders() {
	at hq alerts preview "$desk" --kind upcoming --json |
		json '[r["dueMs"] for r in d.get("rows", [])]'
}
same "the reminder has moved along" "$(reminders)" \
	"$(($(date -d "TZ=\"$zone\" ${moved/T/ }" +%s) * 1000 - 7 * 86400000))"
need at sfo cancel "$seminar" --why "typhoon" --wait 10 >>edit.txt
told "a cancellation is told" desk@example.org 'Cancelled:*'
told "in Japanese, too" kikaku@example.jp '【中止】*'
same "and taken out of calendars" "$(last desk@example.org "$calendar" | cut -d ' ' -f 1-4)" \
	"CANCEL $uid 3 CANCELLED"
same "no reminder is left" "$(reminders)" ""

# ---- The other ways --------------------------------------------------------------------

same "the webhook was told of all four, in order" \
	"$(hooks hook '" ".join(a["kind"] for x in h for a in x["body"]["alerts"])')" \
	"announced changed moved cancelled"
check "each signed, under an id of its own that is its idempotency key, too" hooks hook \
	'all(x["signature"] == "good of 1" and x["head"]["idempotency-key"] == x["id"]
	     == x["body"]["id"] for x in h) and len({x["id"] for x in h}) == 4'
plan sfo fair "Autumn fair" "秋の見本市" "$(day_of '+20 days')" '"holders": ["sfo"]' >fair.txt
plan sfo month "Some workshop" "研修会" "$(day_of '+60 days' | cut -c 1-7)" \
	'"holders": ["sfo"]' >month.txt
in_feed() {
	PYTHONPATH=$root/tests/e2e/lib /usr/bin/python3 - "$fed/notification/feeds/$feed.ics" <<-'END'
	import sys
	from mails import calendar_of
	for e in calendar_of(open(sys.argv[1], "rb").read())["events"]:
	    print(e["summary"], e["status"], "day" if e["all_day"] else "time", e["start"][:16])
	END
}
comes "the calendar holds what has a day: what was called off, what lasts a day, no month" 10 \
	"Autumn fair CONFIRMED day $(day_of '+20 days')
Cancelled: Hydrogen forum CANCELLED time $moved" eval 'in_feed | sort'
expect "which file that is, show says" 0 "$feed.ics" -- at hq alerts show "$feed"

# ---- Co-hosts, digests, silences, acknowledgements -------------------------------------

plan sfo joint "Joint webinar" "共催ウェビナー" "$(when '+12 days 09:00')" \
	'"holders": ["sfo", "lax"]' >joint.txt
told "the post that is named as a co-host is asked" lax@example.org '*Joint webinar*'
waiting() { alert_log "[r.get('reason') for r in rows if r['who'] == '$1']" --state waiting; }
same "a digest's alerts wait for it" "$(waiting digest | sort -u)" digest
expect "and the log shows why, and until when" 0 "digest" \
	"$(date -d "TZ=\"Asia/Tokyo\" $later" +%H:%M)" -- at hq alerts log --state waiting
need at hq alerts silence --until 2d --why "the office moves" --post sfo \
	--subscription "$desk" --wait 10 --json >silence.json
before=$(of desk@example.org 'x["id"]' | wc -l)
quiet=$(plan sfo quiet "Quiet talk" "講演" "$(when '+14 days 09:00')" '"holders": ["sfo"]')
comes "a silence holds back" 10 silenced waiting "planning desk"
told "only what it names" kikaku@example.jp '*講演*'
need at hq alerts unsilence "$(json 'd["eventId"]' <silence.json)" --wait 10 >>edit.txt
comes "when it is ended, what it held goes out" 10 $((before + 1)) eval \
	'of desk@example.org "x[\"id\"]" | wc -l'
overdue=$(subscribe --who reports --to mailto:reports@example.org --post lax \
	--kind report-overdue)
held=$(event held '"holders": ["lax"]' "\"statedDates\": [\"$(day_of '-32 days')\"]" |
	submit_at lax --wait 10 | id_in)
told "a report that is overdue is told" reports@example.org '*Event held*'
weeks() {
	at hq alerts preview "$overdue" --json |
		json "sum(r['eventId'] == '$held' for r in d.get('rows', []))"
}
same "and would be every week" "$(($(weeks) > 3))" 1
ack=$(alert_log 'rows[0]["id"]' --event "$held" --subscription "$overdue")
need at hq alerts ack "${ack:0:8}" --note "comes on Friday" --wait 10 >>edit.txt
comes "somebody sees to it: no more" 5 0 weeks
expect "a test goes out at once, and the receiver's words come back" 0 "250 2.0.0" -- \
	at hq alerts test "${desk: -8}"
expect "to the webhook, too" 0 "HTTP 200" -- at hq alerts test "${console: -8}"

# ---- Refused, and sent again -----------------------------------------------------------

behave mail "rcpt 550 5.1.1 no such user"
refused=$(plan sfo refused "Refused talk" "拒否" "$(when '+15 days 09:00')" '"holders": ["sfo"]')
dead() {
	alert_log '[r["answer"] for r in rows]' --state dead --event "$refused" \
		--subscription "$desk"
}
comes "a refused address is a dead alert, with the relay's words" 10 "550 5.1.1 no such user" dead
expect "status says so" 0 "--state dead" -- at hq status
same "two are dead: the readers by mail" "$(alert_count dead)" 2
behave mail accept
for id in $(alert_log '[r["id"] for r in rows]' --state dead); do
	expect "it is sent again by hand" 0 "" -- at hq alerts resend "${id:0:8}"
done
told "and arrives" desk@example.org '*Refused talk*'
comes "nothing is dead any more" 5 "0 0" eval 'echo $(alert_count dead) $(alert_count sending)'

# ---- Headquarters away -----------------------------------------------------------------

down aggregation
expect "with headquarters away the service goes on" 0 "HTTP 200" -- at hq alerts test "$console"
event away '"holders": ["sfo"]' '"status": "PLANNED"' "\"statedDates\": [\"$(day_of '+9 days')\"]" |
	submit_at sfo >away.json
need up aggregation
comes "and catches up when it is back" 30 yes eval \
	'[[ $(subjects desk@example.org) == *"Event away"* ]] && echo yes'

# ---- The service away, over an announcement and two times ------------------------------

# A minute begins while it is away: one reminder comes due, and one session begins that it
# had begun to remind of, and could not.
subscribe --who clock --to mailto:clock@example.org --post lax --kind upcoming --lead 60m,1m \
	>/dev/null
[ "$(date +%-S)" -lt 40 ] || sleep $((61 - $(date +%-S)))
minute=$(($(date +%s) / 60 * 60 + 60))
behave mail "end 451 4.3.0 later"
begun=$(plan lax begun "Short notice" "急な会" "$(when @$minute)" '"holders": ["lax"]')
due=$(plan lax due "Next hour" "次の時間" "$(when @$((minute + 3600)))" '"holders": ["lax"]')
row() {
	alert_log "['%s %s' % (r['state'][12:], r.get('reason', '')) for r in rows]" \
		--event "$1" --kind upcoming
}
comes "a reminder that is not taken waits" 5 "SENDING " row "$begun"
same "another is not due yet" "$(row "$due")" ""
down notification
same "it stops with code 0" "$?" 0
behave mail accept
plan sfo missed "While away" "不在の間に" "$(when '+30 days 09:00')" '"holders": ["sfo"]' \
	>missed.txt
left=$((minute + 1 - $(date +%s)))
[ $left -le 0 ] || sleep $left
need up notification
comes "what came due meanwhile is sent" 10 "SENT " row "$due"
same "and says what time is left" "$(subjects clock@example.org | cut -d : -f 1)" "In 1 hour"
same "of what has begun nobody is reminded, and the log shows it" "$(row "$begun")" "MISSED begun"
expect "in words" 0 "missed" "begun" "Short notice" -- at hq alerts log --state missed
told "what was announced meanwhile is told" desk@example.org '*While away*'
same "status counts all of it" \
	"$(alert_count missed) $(alert_count dead) $(alert_count sending)" "1 0 0"
same "as the log does" "$(alert_count sent)" "$(alert_log 'len(rows)' --state sent --limit 500)"
same "nothing had to be sent again in doubt" "$(alert_count repeatedSends)" 0
same "no message came twice" "$(mails mail '[x["id"] for x in m]' | sort | uniq -d)" ""

# ---- The end of a subscription ---------------------------------------------------------

before=$(of desk@example.org 'x["id"]' | wc -l)
need at hq alerts remove "${desk: -8}" --wait 10 >>edit.txt
need at hq alerts remove "${feed: -8}" --wait 10 >>edit.txt
need at sfo edit "$quiet" --set title.en="Other talk" --wait 10 >>edit.txt
told "who is left is told" kikaku@example.jp '【変更】*'
same "who has left is not" "$(of desk@example.org 'x["id"]' | wc -l)" "$before"
comes "nor is there a calendar any more" 10 "" ls "$fed/notification/feeds"
end
