/* The help in English: a page a command, in the order of command.c. */
#include "cli/help_pages.h"

const char help_opening_en[] =
	"usage: kusanone COMMAND [OPTION…]\n"
	"\n"
	"Records a programme's events at its posts, and reads headquarters' totals.\n"
	"\n"
	"Commands (kusanone COMMAND --help says more):\n";

const char help_common_en[] =
	"Options of every command:\n"
	"  --json             answer as JSON, for programs\n"
	"  --lang ja|en       language of labels and sentences (else by LC_ALL, LANG)\n"
	"  --run DIR          folder of the services' sockets (else $KUSANONE_RUN,\n"
	"                     else /run/kusanone)\n"
	"  --timeout SECONDS  how long to wait for an answer (10)\n"
	"  --wait SECONDS     what is recorded: wait so long until headquarters holds "
	"it\n"
	"  --as NAME          who records this, as far as the node can say\n"
	"  --help             this page\n"
	"\n"
	"Exit codes: 0 done, 1 refused, 2 usage, 3 unreachable.\n";

#define EVENT_ID                                                                         \
	"ID is an event's id, its last six or more hex digits (as lists show it), or\n"  \
	"its sourceKey.\n"

#define FILTERS                                                                          \
	"  --filter DIM=V[,V]  only events with one of these values; several filters "   \
	"must\n"                                                                         \
	"                      all hold. DIM: month post state category pillar format\n" \
	"                      topic frame status\n"                                     \
	"  --post V[,V]        short for --filter post=V,…; so with every DIM\n"       \
	"  --fy A[-B]          only fiscal years A to B: 2023, FY2017-2023, 令和5年度\n"

#define RULE                                                                             \
	"  --rule local|tokyo  date events by the place's day (local, the default) or "  \
	"by\n"                                                                           \
	"                      Tokyo's\n"

#define TOTALS                                                                           \
	"  --by DIM[,DIM]      group by fy month post state category pillar format "     \
	"topic\n"                                                                        \
	"                      frame status; several make a cross table\n"               \
	"  --measure M[,M]     events sessions municipalities participants "             \
	"budget\n" FILTERS RULE "  --report            the whole report: published "     \
				"figures, the cumulative, each\n"                        \
	"                      grouping as a table of its own, best practices. This "    \
	"is\n"                                                                           \
	"                      what is shown without --by and --measure\n"               \
	"  --open              list the records (id, position, revision) behind the\n"   \
	"                      figures, and what is left out and why\n"

const struct help_page help_en[] = {
	{ "submit", "record events from JSON files",
	  "usage: kusanone submit FILE… | -\n"
	  "       kusanone submit --template\n"
	  "\n"
	  "Sends one or many events to the post's intake. A file holds one JSON object, "
	  "an\n"
	  "array of them, or one after the other; - is the standard input. For each "
	  "event a\n"
	  "line says its id, its revision, its sequence, and how far it got: on this "
	  "post's\n"
	  "disk, or at headquarters. Sending a file again changes nothing and prints "
	  "the\n"
	  "same receipts. What has a fault is refused with its place; the others are\n"
	  "recorded all the same, and the exit code is 1.\n"
	  "\n"
	  "Options:\n"
	  "  --template         print a draft with every field explained, and end\n"
	  "  --dry-run          check everything, record nothing\n"
	  "\n"
	  "Example:\n"
	  "  kusanone submit --template > event.json\n"
	  "  kusanone submit event.json --wait 10\n" },

	{ "events", "list events",
	  "usage: kusanone events [OPTION…]\n"
	  "\n"
	  "Lists events, a page at a time: id, dates, status, posts, title. A post with "
	  "?\n"
	  "behind it has not confirmed that it took part.\n"
	  "\n"
	  "Options:\n" FILTERS
	  "  --text TEXT         only events in which the text occurs\n"
	  "  --limit N           rows of a page, 1 to 10000 (50)\n"
	  "  --after ID          go on behind this event: the end of a page names "
	  "it\n" RULE "\n"
	  "Example:\n"
	  "  kusanone events --fy 2023 --post sfo,lax --text hydrogen\n" },

	{ "show", "show one event",
	  "usage: kusanone show ID [--history]\n"
	  "\n"
	  "Shows all that is known of an event: its fields, how far it got, what\n"
	  "headquarters holds of it with its verdict and review, and conflicts between\n"
	  "branches. " EVENT_ID "\n"
	  "Options:\n"
	  "  --history          every record about it: position, hash, time, kind, "
	  "author,\n"
	  "                     verdict, changed fields\n"
	  "\n"
	  "Example:\n"
	  "  kusanone show 0a1b2c3d --history\n" },

	{ "edit", "change fields of an event",
	  "usage: kusanone edit ID --set FIELD=VALUE… [--clear FIELD…] [--why TEXT]\n"
	  "       kusanone edit ID --file PATCH.json\n"
	  "\n"
	  "Sends the changed fields and the revision that they were made from. When "
	  "others\n"
	  "changed other fields meanwhile, both changes hold; when they changed the "
	  "same\n"
	  "field, the edit is refused and both versions are shown. " EVENT_ID "\n"
	  "Options:\n"
	  "  --set FIELD=VALUE   title.en='…', participants=120, status=HELD,\n"
	  "                      holders=sfo,lax, sessions.s1.start=2024-02-15; a value\n"
	  "                      that begins with { or [ is JSON. May be repeated\n"
	  "  --set +FIELD=CODE   add to a list of codes: +topics=hydrogen\n"
	  "  --set -FIELD=CODE   take from it: -holders=lax\n"
	  "  --clear FIELD       make it \"not stated\"; sessions.ID takes a session "
	  "away\n"
	  "  --file FILE         an object with the changed fields (null clears), or "
	  "one\n"
	  "                      with \"paths\" and \"event\"\n"
	  "  --base REVISION     the revision that was looked at (else the newest)\n"
	  "  --why TEXT          a reason for the history\n"
	  "\n"
	  "Example:\n"
	  "  kusanone edit 0a1b2c3d --set title.en='Hydrogen seminar' --set "
	  "+holders=lax\n" },

	{ "cancel", "say that an event does not take place",
	  "usage: kusanone cancel ID --why TEXT\n"
	  "\n"
	  "Sets the status of the event, and of its sessions that were not held, to\n"
	  "cancelled. It stays in lists and is not counted. " EVENT_ID "\n"
	  "Options:\n"
	  "  --why TEXT         the reason (needed)\n"
	  "\n"
	  "Example:\n"
	  "  kusanone cancel 0a1b2c3d --why 'storm warning'\n" },

	{ "postpone", "say that an event takes place later",
	  "usage: kusanone postpone ID [--why TEXT]\n"
	  "\n"
	  "Sets the status of the event, and of its sessions that were not held or\n"
	  "cancelled, to postponed. Once there is a new date:\n"
	  "kusanone edit ID --set status=PLANNED, with the date. " EVENT_ID "\n"
	  "Options:\n"
	  "  --why TEXT         the reason\n"
	  "\n"
	  "Example:\n"
	  "  kusanone postpone 0a1b2c3d --why 'the speaker is ill'\n" },

	{ "withdraw", "take back an event that was recorded by mistake",
	  "usage: kusanone withdraw ID --why TEXT [--undo]\n"
	  "\n"
	  "The event counts nowhere any more; its records and its history stay. Only "
	  "the\n"
	  "node that recorded an event can withdraw it. What was planned and does not "
	  "take\n"
	  "place is cancelled instead. " EVENT_ID "\n"
	  "Options:\n"
	  "  --why TEXT         the reason (needed)\n"
	  "  --undo             the event holds again\n"
	  "\n"
	  "Example:\n"
	  "  kusanone withdraw 0a1b2c3d --why 'entered twice'\n" },

	{ "cohost confirm", "confirm that this post held an event with another",
	  "usage: kusanone cohost confirm ID [--post POST] [--note TEXT]\n"
	  "\n"
	  "Said at the co-host's own node. From then on the event counts for the post, "
	  "too.\n"
	  "The last answer holds. ID is one that kusanone cohost list shows, or a whole "
	  "id\n"
	  "together with --post.\n"
	  "\n"
	  "Options:\n"
	  "  --post POST        which of this node's posts, where it speaks for several\n"
	  "  --note TEXT        a remark, for instance the paper that names the post\n"
	  "\n"
	  "Example:\n"
	  "  kusanone cohost confirm 0a1b2c3d --note 'see the report of 15 February'\n" },

	{ "cohost dispute", "say that this post did not hold an event",
	  "usage: kusanone cohost dispute ID [--post POST] [--note TEXT]\n"
	  "\n"
	  "Said at the node of the post that was named. The event does not count for "
	  "it.\n"
	  "The last answer holds. ID is one that kusanone cohost list shows, or a whole "
	  "id\n"
	  "together with --post.\n"
	  "\n"
	  "Options:\n"
	  "  --post POST        which of this node's posts, where it speaks for several\n"
	  "  --note TEXT        why\n"
	  "\n"
	  "Example:\n"
	  "  kusanone cohost dispute 0a1b2c3d --note 'we only lent the room'\n" },

	{ "cohost withdraw", "take this post's answer about an event back",
	  "usage: kusanone cohost withdraw ID [--post POST] [--note TEXT]\n"
	  "\n"
	  "The request is open again, and the event does not count for the post unless "
	  "a\n"
	  "published source confirms it. ID is one that kusanone cohost list --all "
	  "shows,\n"
	  "or a whole id together with --post.\n"
	  "\n"
	  "Options:\n"
	  "  --post POST        which of this node's posts, where it speaks for several\n"
	  "  --note TEXT        why\n"
	  "\n"
	  "Example:\n"
	  "  kusanone cohost withdraw 0a1b2c3d --note 'confirmed the wrong event'\n" },

	{ "cohost list", "list events that name this node's posts as co-hosts",
	  "usage: kusanone cohost list [--all]\n"
	  "\n"
	  "Lists what waits for this node's answer: id, dates, the post that recorded "
	  "it,\n"
	  "the post it names, the answer so far, title, note.\n"
	  "\n"
	  "Options:\n"
	  "  --all              those that were answered, too\n"
	  "\n"
	  "Example:\n"
	  "  kusanone cohost list\n" },

	{ "cohost source", "count co-hosts that a published paper names",
	  "usage: kusanone cohost source ID --source NAME [--quote TEXT] [--posts A,B]\n"
	  "\n"
	  "Headquarters' word, through its own intake: a published paper says that "
	  "these\n"
	  "posts held the event, so it counts for them without their answer. " EVENT_ID
	  "\n"
	  "Options:\n"
	  "  --source NAME      the paper (needed)\n"
	  "  --quote TEXT       what it says\n"
	  "  --posts A,B        the posts; else all holders that do not count yet\n"
	  "\n"
	  "Example:\n"
	  "  kusanone cohost source 0a1b2c3d --source 'Annual report 2023, page 4'\n" },

	{ "figure add", "record a figure that was published without its records",
	  "usage: kusanone figure add --fy A[-B] --value N --source NAME [OPTION…]\n"
	  "       kusanone figure add --file FILE | -\n"
	  "\n"
	  "Headquarters' word, through its own intake. Totals show the figure beside "
	  "what\n"
	  "is itemised of it and never add the two. A figure with the same measure, "
	  "years\n"
	  "and scope replaces the one before.\n"
	  "\n"
	  "Options:\n"
	  "  --fy A[-B]         the fiscal year, or the range that it covers\n"
	  "  --value N          the number\n"
	  "  --measure M        events (the default) sessions municipalities "
	  "participants\n"
	  "                     budget_planned budget_spent\n"
	  "  --bound B          exact (the default) about at-least\n"
	  "  --scope-ja TEXT    what it covers, where it is not the whole programme;\n"
	  "  --scope-en TEXT    the same in English\n"
	  "  --source NAME      the paper that says so\n"
	  "  --quote TEXT       its words\n"
	  "  --withdraw         the figure no longer holds\n"
	  "  --file FILE        one or many figures as JSON; - is the standard input\n"
	  "\n"
	  "Example:\n"
	  "  kusanone figure add --fy 2017-2023 --value 1188 --source 'Paper 1, July "
	  "2024'\n" },

	{ "figure list", "list published figures",
	  "usage: kusanone figure list\n"
	  "\n"
	  "Each with its years, what is itemised of it here, and its source.\n"
	  "\n"
	  "Example:\n"
	  "  kusanone figure list --json\n" },

	{ "best-practice", "mark an event as a best practice of a year",
	  "usage: kusanone best-practice ID --fy YEAR [--text-ja TEXT] [--text-en TEXT]\n"
	  "\n"
	  "Headquarters' word, through its own intake. " EVENT_ID "\n"
	  "Options:\n"
	  "  --fy YEAR          the fiscal year (needed)\n"
	  "  --text-ja TEXT     why, in Japanese\n"
	  "  --text-en TEXT     why, in English\n"
	  "  --remove           it is none any more\n"
	  "\n"
	  "Example:\n"
	  "  kusanone best-practice 0a1b2c3d --fy 2023 --text-en 'five towns in one "
	  "day'\n" },

	{ "review", "say what headquarters thinks of a revision",
	  "usage: kusanone review ID accept|question|return|receive [--comment TEXT]\n"
	  "\n"
	  "Headquarters' word, through its own intake; the post sees it in kusanone "
	  "show.\n" EVENT_ID "\n"
	  "Options:\n"
	  "  --comment TEXT       words to the post (needed with question)\n"
	  "  --revision REVISION  the revision meant (else the newest)\n"
	  "\n"
	  "Example:\n"
	  "  kusanone review 0a1b2c3d question --comment 'Which town was it?'\n" },

	{ "merge", "say that two events are the same one",
	  "usage: kusanone merge FROM INTO --why TEXT\n"
	  "\n"
	  "Headquarters' word, through its own intake: two posts recorded one event. "
	  "FROM\n"
	  "no longer counts, INTO does. Both are an event's id, its last six or more "
	  "hex\n"
	  "digits, or its sourceKey.\n"
	  "\n"
	  "Options:\n"
	  "  --why TEXT         the reason (needed)\n"
	  "\n"
	  "Example:\n"
	  "  kusanone merge 0a1b2c3d 4e5f6a7b --why 'recorded by both posts'\n" },

	{ "erase", "erase the names of an event's people for good",
	  "usage: kusanone erase ID --people --why TEXT\n"
	  "\n"
	  "The names go from every node's files and cannot be brought back; the event, "
	  "its\n"
	  "history and all totals stay. " EVENT_ID "\n"
	  "Options:\n"
	  "  --people           says that this is meant (needed)\n"
	  "  --why TEXT         the reason (needed)\n"
	  "\n"
	  "Example:\n"
	  "  kusanone erase 0a1b2c3d --people --why 'asked for by the person'\n" },

	{ "reference import", "record reference data from a folder of CSV files",
	  "usage: kusanone reference import DIR [--why TEXT] [--dry-run]\n"
	  "\n"
	  "Headquarters' word, through its own intake. Reads those of these files that "
	  "are\n"
	  "there: posts.csv states.csv jurisdictions.csv jurisdictions-history.csv\n"
	  "split-counties.csv categories.csv pillars.csv municipalities.csv "
	  "settings.csv.\n"
	  "Where one has a fault, each fault is named with its place and nothing is "
	  "sent.\n"
	  "Importing the same folder again changes nothing.\n"
	  "\n"
	  "Options:\n"
	  "  --why TEXT         the reason\n"
	  "  --dry-run          check the files, send nothing\n"
	  "\n"
	  "Example:\n"
	  "  kusanone reference import deploy/reference/us-japan --dry-run\n" },

	{ "reference show", "list reference data",
	  "usage: kusanone reference show [--kind KIND] [--on DAY]\n"
	  "\n"
	  "Lists posts, jurisdictions and codes with the days between which they hold.\n"
	  "\n"
	  "Options:\n"
	  "  --kind KIND        post jurisdiction code pillar municipality state "
	  "setting\n"
	  "  --on DAY           only what holds on this day: 2015-01-01\n"
	  "\n"
	  "Example:\n"
	  "  kusanone reference show --kind jurisdiction --on 2014-12-31\n" },

	{ "totals", "count events, sessions, places, people, money",
	  "usage: kusanone totals [OPTION…]\n"
	  "\n"
	  "Counts from records and nothing else. What falls under several posts, "
	  "states,\n"
	  "months, pillars or topics counts under each: the lines below a table say the "
	  "sum,\n"
	  "the overlap, and the number nationally. \"Not stated\" is no zero.\n"
	  "\n"
	  "Options:\n" TOTALS "  --as-of WHEN        as it was at a position (412) or an "
			      "instant (2024-07-01,\n"
	  "                      2024-07-01T09:00+09:00)\n"
	  "  --recount           fold all records again from nothing and compare; exit "
	  "code\n"
	  "                      1 if anything differs\n"
	  "  --compact           a paragraph a table\n"
	  "  --csv               the tables for a spreadsheet\n"
	  "\n"
	  "Example:\n"
	  "  kusanone totals --by post --fy 2023\n"
	  "  kusanone totals --by state,format --measure events,participants --csv\n" },

	{ "watch", "show totals as they change",
	  "usage: kusanone watch [OPTION…]\n"
	  "\n"
	  "The totals, drawn again when a record changes them; lines that changed stand "
	  "out.\n"
	  "Ctrl-C ends it. With --json, or where the output is no terminal, each answer\n"
	  "follows the one before.\n"
	  "\n"
	  "Options:\n" TOTALS
	  "  --hz N              at most so many answers a second, 1 to 20 (4)\n"
	  "  --count N           end after N answers\n"
	  "\n"
	  "Example:\n"
	  "  kusanone watch --by post,state --report\n" },

	{ "node keygen", "make a node's keys",
	  "usage: kusanone node keygen FILE --name NAME [OPTION…]\n"
	  "\n"
	  "Writes the node's secrets to a new file that only you may read, and prints "
	  "its\n"
	  "public side as one line of JSON: what headquarters needs for node enrol. A "
	  "file\n"
	  "that is there already is not touched.\n"
	  "\n"
	  "Options:\n"
	  "  --name NAME        what the node is called (needed): letters, digits, . - "
	  "_\n"
	  "  --node ID          id of an old node whose new machine this is (32 hex "
	  "digits)\n"
	  "  --role ROLE        post, hq or follower: goes into the public side,\n"
	  "  --posts A,B        and so do the posts that it speaks for\n"
	  "\n"
	  "Example:\n"
	  "  kusanone node keygen sfo.key --name sfo --role post --posts sfo > "
	  "sfo.json\n" },

	{ "node enrol", "let a node in",
	  "usage: kusanone node enrol --file PUBLIC.json [OPTION…]\n"
	  "       kusanone node enrol --node ID --name NAME --curve KEY --sign KEY "
	  "[OPTION…]\n"
	  "\n"
	  "Headquarters' word, through its own intake: the node with these keys may "
	  "connect\n"
	  "and speaks for these posts. Enrolling a node again adds the key that node "
	  "rotate\n"
	  "made; both are valid until the old one is revoked.\n"
	  "\n"
	  "Options:\n"
	  "  --file FILE        what node keygen or node rotate printed; options add to "
	  "it\n"
	  "                     and hold where both say something\n"
	  "  --node ID          the node's id, 32 hex digits\n"
	  "  --name NAME        what it is called\n"
	  "  --curve KEY        its public key of the connection, 64 hex digits\n"
	  "  --sign KEY         its public key of signatures, 64 hex digits\n"
	  "  --role ROLE        post (the default), hq or follower\n"
	  "  --posts A,B        the posts that it speaks for (needed for role post)\n"
	  "\n"
	  "Example:\n"
	  "  kusanone node enrol --file sfo.json --role post --posts sfo\n" },

	{ "node rotate", "make a node's next keys",
	  "usage: kusanone node rotate FILE\n"
	  "\n"
	  "Adds new keys to the key file and prints their public side as one line of "
	  "JSON.\n"
	  "Then: headquarters enrols them (node enrol --file … --posts …), the node's\n"
	  "service is started anew, and headquarters revokes the old key (node revoke\n"
	  "--retired).\n"
	  "\n"
	  "Example:\n"
	  "  kusanone node rotate sfo.key > sfo-2.json\n" },

	{ "node revoke", "end the validity of a key",
	  "usage: kusanone node revoke --node ID --sign KEY --retired --why TEXT\n"
	  "       kusanone node revoke --node ID --sign KEY --stolen --from POSITION "
	  "--why TEXT\n"
	  "       kusanone node revoke --node ID --sign KEY --genuine --why TEXT\n"
	  "\n"
	  "Headquarters' word, through its own intake; takes effect at once, on open\n"
	  "connections too. Positions are those of headquarters' log (node list, show\n"
	  "--history).\n"
	  "\n"
	  "Options:\n"
	  "  --retired          the key was replaced: what it signed stays good\n"
	  "  --stolen           what it signed from --from on does not count\n"
	  "  --genuine          what an earlier --stolen took away counts after all\n"
	  "  --from POSITION    the first position that does not count (with --stolen)\n"
	  "  --file FILE        the public side with node and sign, in place of the "
	  "options\n"
	  "  --node ID          the node's id, 32 hex digits\n"
	  "  --sign KEY         the key's public side, 64 hex digits\n"
	  "  --why TEXT         the reason (needed)\n"
	  "\n"
	  "Example:\n"
	  "  kusanone node revoke --file sfo.json --stolen --from 412 --why 'laptop "
	  "lost'\n" },

	{ "node list", "list nodes and their keys",
	  "usage: kusanone node list\n"
	  "\n"
	  "Each key with its node, role, posts and state, the last contact, the sequence "
	  "up\n"
	  "to which headquarters holds the journal without a gap, and its branches: "
	  "more\n"
	  "than one means a restored copy, or two machines with one key.\n"
	  "\n"
	  "Example:\n"
	  "  kusanone node list\n" },

	{ "status", "show the services that can be reached",
	  "usage: kusanone status\n"
	  "\n"
	  "Of every service whose socket is in the folder: positions and lag, records "
	  "that\n"
	  "headquarters has not confirmed, links, branches, disk, memory, clock, "
	  "alarms.\n"
	  "\n"
	  "Example:\n"
	  "  kusanone status --run /run/kusanone\n" },

	{ "version", "print the version",
	  "usage: kusanone version\n"
	  "       kusanone --version\n"
	  "\n"
	  "Example:\n"
	  "  kusanone version --json\n" },

	{ "help", "explain a command",
	  "usage: kusanone help [COMMAND]\n"
	  "\n"
	  "Without a command: the list of all. kusanone COMMAND --help does the same.\n"
	  "\n"
	  "Example:\n"
	  "  kusanone help cohost confirm\n" },

	{ NULL, NULL, NULL },
};
