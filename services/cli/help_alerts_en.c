/* The pages of --help about alerts in English. */
#include "cli/help_pages.h"

#include <stddef.h>

// clang-format off

/* Of subscribe, edit and preview: what a subscription says. */
#define FORM_OPTIONS \
	"  --who NAME      whose alerts: a desk, a planner\n" \
	"  --to WHERE      mailto:ADDRESS, https://… (a webhook), or feed (a calendar file)\n" \
	"  --kind A,B      only these kinds: upcoming, announced, changed, moved, cancelled,\n" \
	"                  cohost-asked, report-overdue, date-not-fixed, conflict,\n" \
	"                  coverage-gap, post-silent, milestone, restatement\n" \
	"  --post, --state, --pillar, --category CODES\n" \
	"                  only events with one of these, e.g. --post chi,bna\n" \
	"  --text WORDS    only events with these words in the title\n" \
	"  --lead TIMES    how long before a session: 30d,7d,1d,2h (days, hours, minutes)\n" \
	"  --digest WHEN   together: daily@08:30, weekly@mon, weekly@mon,thu@08:30 (without\n" \
	"                  a time: 08:30); without --digest each at once\n" \
	"  --quiet HOURS   nothing is sent in these hours: 22:00-07:00; what waits goes out\n" \
	"                  at their end, a cancellation within 24 hours at once\n" \
	"  --zone ZONE     the time zone of all these times (default Asia/Tokyo)\n" \
	"  --lang ja|en    the reader's language (default ja); this command answers in it too\n" \
	"  --secret NAME   of a webhook: the name of its secret in the service's file\n"

#define ID_WORDS \
	"ID is the whole id, its beginning, or its last digits as lists show them; six are\n" \
	"enough.\n"

const struct help_page help_alerts_en[] = {
	{ "alerts subscribe", "let somebody hear of what is coming (HQ)",
	  "Usage: kusanone alerts subscribe --who NAME --to WHERE [OPTION]...\n"
	  "\n"
	  "Headquarters' record, through its own intake. Filters must all hold, of the values\n"
	  "of one any; without filters everything is meant. An unknown code, zone or kind is\n"
	  "refused with what may have been meant.\n"
	  "\n"
	  "Options:\n"
	  FORM_OPTIONS
	  "  --dry-run       check everything and record nothing\n"
	  "\n"
	  "Example:\n"
	  "  $ kusanone alerts subscribe --who \"planning desk\" --to mailto:desk@example.org \\\n"
	  "        --post chi --kind upcoming,moved,cancelled --lead 7d,1d --quiet 22:00-07:00\n" },

	{ "alerts list", "all subscriptions, and what is silenced",
	  "Usage: kusanone alerts list\n"
	  "\n"
	  "Of each subscription the last eight digits of its id, whose it is, where it goes,\n"
	  "and when something is due next, in its own time zone; below that what it is about\n"
	  "and how many alerts wait, were sent, are dead or were missed. Then the silences.\n"
	  "\n"
	  "Example:\n"
	  "  $ kusanone alerts list\n" },

	{ "alerts show", "one subscription with all that it says",
	  "Usage: kusanone alerts show ID\n"
	  "\n"
	  ID_WORDS
	  "Times are in the subscription's own zone.\n"
	  "\n"
	  "Example:\n"
	  "  $ kusanone alerts show 9f3a12bc\n" },

	{ "alerts edit", "change a subscription (HQ)",
	  "Usage: kusanone alerts edit ID [OPTION]...\n"
	  "\n"
	  ID_WORDS
	  "Only what is named changes; a list is replaced as a whole, and an empty value ('')\n"
	  "takes it away.\n"
	  "\n"
	  "Options:\n"
	  FORM_OPTIONS
	  "  --no-digest     each at once\n"
	  "  --no-quiet      at any hour\n"
	  "  --dry-run       check everything and record nothing\n"
	  "\n"
	  "Example:\n"
	  "  $ kusanone alerts edit 9f3a12bc --post chi,bna --no-digest --state ''\n" },

	{ "alerts remove", "end a subscription (HQ)",
	  "Usage: kusanone alerts remove ID [--erase-address --why TEXT]\n"
	  "\n"
	  ID_WORDS
	  "Nothing more is sent for it; a feed's file goes too.\n"
	  "\n"
	  "  --erase-address  every address that it ever had goes for good, everywhere\n"
	  "  --why TEXT       the reason, for who reads it later\n"
	  "\n"
	  "Example:\n"
	  "  $ kusanone alerts remove 9f3a12bc --erase-address --why 'left the desk'\n" },

	{ "alerts test", "send a message now, and see what the receiver says",
	  "Usage: kusanone alerts test ID\n"
	  "\n"
	  ID_WORDS
	  "Waits --timeout seconds for the receiver. Exit code 1: it did not take the message;\n"
	  "3: it has not answered yet.\n"
	  "\n"
	  "Example:\n"
	  "  $ kusanone alerts test 9f3a12bc --timeout 30\n"
	  "  the receiver took it: 250 2.0.0 Ok\n" },

	{ "alerts preview", "what the coming days would bring, without sending",
	  "Usage: kusanone alerts preview ID [OPTION]...\n"
	  "       kusanone alerts preview OPTION...\n"
	  "\n"
	  "Of a subscription; of the same with other options; or of a new one that is recorded\n"
	  "nowhere. The soonest first, in the subscription's zone.\n"
	  "\n"
	  "Options:\n"
	  "  --days N        so many days ahead (default 60)\n"
	  FORM_OPTIONS
	  "\n"
	  "Example:\n"
	  "  $ kusanone alerts preview --post chi --kind upcoming --lead 7d,1d\n" },

	{ "alerts silence", "hold alerts back until an end (HQ)",
	  "Usage: kusanone alerts silence --until WHEN --why WORDS [OPTION]...\n"
	  "\n"
	  "What it names is not sent until then; without a name everything is meant. What it\n"
	  "held back stands in the log.\n"
	  "\n"
	  "Options:\n"
	  "  --until WHEN    2026-12-01 (the end of that day), 2026-12-01T09:00, or so long\n"
	  "                  from now: 7d, 12h\n"
	  "  --zone ZONE     the zone of a day or time of --until (default Asia/Tokyo)\n"
	  "  --why WORDS     the reason\n"
	  "  --subscription ID, --event ID\n"
	  "                  only this subscription, only this event\n"
	  "  --post CODES    only what is about these posts\n"
	  "  --kind A,B      only these kinds\n"
	  "\n"
	  "Example:\n"
	  "  $ kusanone alerts silence --post chi --kind report-overdue --until 2026-12-01 \\\n"
	  "        --why \"office is moving\"\n" },

	{ "alerts unsilence", "end a silence before its time (HQ)",
	  "Usage: kusanone alerts unsilence ID\n"
	  "\n"
	  "ID is the silence's, as alerts list shows it.\n"
	  "\n"
	  "Example:\n"
	  "  $ kusanone alerts unsilence 51c07e2d\n" },

	{ "alerts ack", "somebody sees to it: an alert does not come again (HQ)",
	  "Usage: kusanone alerts ack ALERT --note WORDS\n"
	  "\n"
	  "ALERT is the beginning of an alert's id, as alerts log shows it. What would repeat\n"
	  "(a report overdue, a silent post) stops for every subscription.\n"
	  "\n"
	  "Options:\n"
	  "  --note WORDS    who sees to it, and how\n"
	  "  --undo          take an earlier one back\n"
	  "\n"
	  "Example:\n"
	  "  $ kusanone alerts ack 7be1f402 --note \"the report comes on Friday\"\n" },

	{ "alerts log", "alerts: due, sent, waiting, dead, missed, and why",
	  "Usage: kusanone alerts log [OPTION]...\n"
	  "\n"
	  "The newest first: the beginning of its id, when it was due (this machine's time),\n"
	  "its state and kind, whose it is, the event; below that why it waits or was missed,\n"
	  "what the receiver said, and when it is tried again.\n"
	  "\n"
	  "Options:\n"
	  "  --subscription ID, --event ID\n"
	  "                  only of this subscription, only of this event\n"
	  "  --state A,B     scheduled, waiting, sending, sent, dead, missed (default: all but\n"
	  "                  scheduled, which is yet to come)\n"
	  "  --kind A,B      only these kinds\n"
	  "  --limit N       so many a page (default 50)\n"
	  "  --after CURSOR  the next page, as the page before says\n"
	  "\n"
	  "Example:\n"
	  "  $ kusanone alerts log --state dead,missed\n" },

	{ "alerts resend", "send a dead alert again",
	  "Usage: kusanone alerts resend ALERT\n"
	  "\n"
	  "ALERT is the beginning of an alert's id, as alerts log shows it.\n"
	  "\n"
	  "Example:\n"
	  "  $ kusanone alerts resend 7be1f402\n" },

	{ NULL, NULL, NULL },
};
