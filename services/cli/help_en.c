/* The pages of --help in English. */
#include "cli/help_pages.h"

#include <stddef.h>

// clang-format off

/* Of events, totals and watch: which events. */
#define FILTER_OPTIONS \
	"  --post, --state, --category, --pillar, --format, --topic, --frame, --status,\n" \
	"  --month VALUES  only these: codes separated by commas, e.g. --post sfo,lax\n" \
	"  --filter DIMENSION=VALUES\n" \
	"                  the same with the dimension as a word; fy too\n"

/* Of totals and watch: what is asked of them. */
#define GROUPING_OPTIONS \
	"  --by A,B        group by fy, month, post, state, category, pillar, format,\n" \
	"                  topic, frame, status: one table with all combinations\n" \
	"  --report        each grouping of --by as a table of its own\n" \
	"  --fy A[-B]      only these fiscal years: 2023, FY2017-2023, 令和5年度\n" \
	FILTER_OPTIONS \
	"  --measure M,N   events (default), sessions, municipalities, participants, budget\n"

/* Of whatever a co-host says. */
#define COHOST_OPTIONS \
	"  --post POST     the post that answers, where the node speaks for several; with a\n" \
	"                  whole id the answer may go before the request has arrived\n" \
	"  --note WORDS    a remark that headquarters and the recording post see\n"

const struct help_page help_en[] = {
	{ "submit", "send events to this post's intake",
	  "Usage: kusanone submit [OPTION]... FILE.json...\n"
	  "       kusanone submit --template\n"
	  "\n"
	  "Each FILE holds one event, an array of events, or one event a line (JSON lines);\n"
	  "\"-\" is the standard input. Of each event the id, the short hash of its revision,\n"
	  "the sequence in the journal and how far it got are printed, in the order of the\n"
	  "files. Sending the same again changes nothing and prints the same receipt.\n"
	  "\n"
	  "Fields have the names of the template, in camelCase or snake_case. A date may be\n"
	  "plain text (\"2024-02\"), a number of participants a plain number; titles and\n"
	  "other texts have their languages apart: {\"ja\": \"…\", \"en\": \"…\"}. What is absent\n"
	  "or null is not stated. Keys that begin with \"//\" are remarks.\n"
	  "\n"
	  "Options:\n"
	  "  --template      print a draft with every field explained, and end\n"
	  "  --dry-run       check every field and record nothing\n"
	  "\n"
	  "Example:\n"
	  "  $ kusanone submit --template > event.json\n"
	  "  $ kusanone submit event.json\n"
	  "  018d3c5e-…-9f3a12bc  revision 5b1f02aa · seq 12 · on this post's disk\n" },

	{ "events", "list events",
	  "Usage: kusanone events [OPTION]...\n"
	  "\n"
	  "A line an event: the last eight digits of its id (enough for other commands),\n"
	  "dates, status, posts (\"?\" behind a post that does not count yet), title.\n"
	  "\n"
	  "Options:\n"
	  FILTER_OPTIONS
	  "  --fy A[-B]      fiscal years: 2023, FY2017-2023, 令和5年度\n"
	  "  --text WORDS    in which these words occur\n"
	  "  --rule RULE     local (default) or tokyo: by which date a fiscal year is found\n"
	  "  --limit N       so many a page (default 50)\n"
	  "  --after CURSOR  the next page, as the page before says\n"
	  "\n"
	  "Example:\n"
	  "  $ kusanone events --fy 2023 --status held --post chi\n" },

	{ "show", "one event with all that is known of it",
	  "Usage: kusanone show ID [--history]\n"
	  "\n"
	  "ID is the whole id, its last six digits or more, or the source key under which\n"
	  "the event was recorded. Shows the record, how far it got, what headquarters\n"
	  "holds and says of it, and whose part in it counts.\n"
	  "\n"
	  "Options:\n"
	  "  --history       all its records too: revisions, answers, reviews, verdicts\n"
	  "\n"
	  "Example:\n"
	  "  $ kusanone show 9f3a12bc --history\n" },

	{ "edit", "change fields of an event",
	  "Usage: kusanone edit ID --set FIELD=VALUE... | --clear FIELD... |\n"
	  "                        --file PATCH.json [--base REVISION] [--why WORDS]\n"
	  "\n"
	  "Only the named fields change. Edits of different fields by two officers are both\n"
	  "kept; the same field changed twice is refused with both versions shown.\n"
	  "\n"
	  "Options:\n"
	  "  --set FIELD=VALUE\n"
	  "                  FIELD is a field of the event, one language of a text\n"
	  "                  (title.en) or a field of a session (sessions.s1.status). VALUE\n"
	  "                  is text, a number, a date, codes separated by commas, or JSON.\n"
	  "                  +FIELD=a,b adds codes to a list, -FIELD=a,b takes them away.\n"
	  "                  A session's new time is in the zone that it had; for another\n"
	  "                  one: {\"value\":\"2024-02-15T14:00\",\"zone\":\"America/Chicago\"}\n"
	  "  --clear FIELD   not stated any more\n"
	  "  --file FILE     an object with the changed fields; null clears\n"
	  "  --base REV      the revision that was seen (default: the newest)\n"
	  "  --why WORDS     a reason, kept with the revision\n"
	  "\n"
	  "Example:\n"
	  "  $ kusanone edit 9f3a12bc --set title.en=\"Hydrogen Webinar\" \\\n"
	  "        --set +holders=lax --set sessions.s1.start=2024-02-15T14:00\n" },

	{ "cancel", "an event will not be held",
	  "Usage: kusanone cancel ID --why WORDS\n"
	  "\n"
	  "The event, and each of its sessions that was neither held nor cancelled before,\n"
	  "becomes cancelled. Sessions that were held stay so.\n"
	  "\n"
	  "Options:\n"
	  "  --why WORDS     the reason\n"
	  "\n"
	  "Example:\n"
	  "  $ kusanone cancel 9f3a12bc --why \"typhoon\"\n" },

	{ "postpone", "an event will be held later",
	  "Usage: kusanone postpone ID [--why WORDS]\n"
	  "\n"
	  "The event, and each of its sessions that is still to come, becomes postponed.\n"
	  "When the new date is known: kusanone edit.\n"
	  "\n"
	  "Options:\n"
	  "  --why WORDS     a reason\n"
	  "\n"
	  "Example:\n"
	  "  $ kusanone postpone 9f3a12bc --why \"speaker is ill\"\n" },

	{ "withdraw", "an event was recorded by mistake",
	  "Usage: kusanone withdraw ID --why WORDS [--undo]\n"
	  "\n"
	  "The event is never counted from then on, and never deleted.\n"
	  "\n"
	  "Options:\n"
	  "  --why WORDS     the reason\n"
	  "  --undo          take an earlier withdrawal back\n"
	  "\n"
	  "Example:\n"
	  "  $ kusanone withdraw 9f3a12bc --why \"recorded twice\"\n" },

	{ "cohost confirm", "this post held the event too",
	  "Usage: kusanone cohost confirm ID [--post POST] [--note WORDS]\n"
	  "\n"
	  "From the co-host's own node: the event that another post recorded counts for\n"
	  "this post as well.\n"
	  "\n"
	  "Options:\n"
	  COHOST_OPTIONS
	  "\n"
	  "Example:\n"
	  "  $ kusanone cohost confirm 9f3a12bc --note \"our part: the panel\"\n" },

	{ "cohost dispute", "this post did not hold the event",
	  "Usage: kusanone cohost dispute ID [--post POST] [--note WORDS]\n"
	  "\n"
	  "From the co-host's own node: the event that another post recorded is not this\n"
	  "post's. It goes on counting for the others.\n"
	  "\n"
	  "Options:\n"
	  COHOST_OPTIONS
	  "\n"
	  "Example:\n"
	  "  $ kusanone cohost dispute 9f3a12bc --note \"our part: the panel\"\n" },

	{ "cohost withdraw", "take an earlier confirmation back",
	  "Usage: kusanone cohost withdraw ID [--post POST] [--note WORDS]\n"
	  "\n"
	  "From the co-host's own node: what it confirmed before does not hold any more.\n"
	  "\n"
	  "Options:\n"
	  COHOST_OPTIONS
	  "\n"
	  "Example:\n"
	  "  $ kusanone cohost withdraw 9f3a12bc --note \"our part: the panel\"\n" },

	{ "cohost list", "events of others that name this post",
	  "Usage: kusanone cohost list [--all]\n"
	  "\n"
	  "What waits for this post's answer: id, dates, who recorded it, title.\n"
	  "\n"
	  "Options:\n"
	  "  --all           those that were answered, too\n"
	  "\n"
	  "Example:\n"
	  "  $ kusanone cohost list\n" },

	{ "cohost source", "a published paper names the co-hosts (HQ)",
	  "Usage: kusanone cohost source ID --source NAME [--quote WORDS] [--posts A,B]\n"
	  "\n"
	  "Headquarters' record, through its own intake: the posts count as holders of the\n"
	  "event because a published source says so.\n"
	  "\n"
	  "Options:\n"
	  "  --source NAME   the paper\n"
	  "  --quote WORDS   where it says so\n"
	  "  --posts A,B     the posts (default: all named holders that do not count yet)\n"
	  "\n"
	  "Example:\n"
	  "  $ kusanone cohost source 9f3a12bc --posts lax --source \"資料1\"\n" },

	{ "figure add", "a figure published without its records (HQ)",
	  "Usage: kusanone figure add --fy A[-B] --value N --source NAME [OPTION]...\n"
	  "       kusanone figure add --file FILE.json\n"
	  "\n"
	  "It applies to exactly its measure, scope and years, and stands beside what is\n"
	  "itemised. The newest one with the same three holds.\n"
	  "\n"
	  "Options:\n"
	  "  --file FILE     figures as JSON: one, an array, or one a line\n"
	  "  --measure M     events (default), sessions, municipalities, participants,\n"
	  "                  budget_planned, budget_spent\n"
	  "  --fy A[-B]      its fiscal years\n"
	  "  --value N       the figure\n"
	  "  --bound B       exact (default), about or at-least\n"
	  "  --scope-ja WORDS, --scope-en WORDS\n"
	  "                  what it covers, where that is not the whole programme\n"
	  "  --source NAME   the paper\n"
	  "  --quote WORDS   where it says so\n"
	  "  --withdraw      take the figure with this measure, scope and years back\n"
	  "\n"
	  "Example:\n"
	  "  $ kusanone figure add --fy 2017-2023 --value 1188 --source \"資料1\" \\\n"
	  "        --quote \"2017年度からの累計1,188件\"\n" },

	{ "figure list", "published figures; at headquarters with what is itemised of them",
	  "Usage: kusanone figure list\n"
	  "\n"
	  "Example:\n"
	  "  $ kusanone figure list\n"
	  "    FY2023  published 73 · itemised 4 · not itemised 69\n" },

	{ "best-practice", "mark an event as a representative case (HQ)",
	  "Usage: kusanone best-practice ID --fy YEAR [--text-ja WORDS] [--text-en WORDS]\n"
	  "\n"
	  "Options:\n"
	  "  --fy YEAR       the fiscal year of which it is a best practice\n"
	  "  --text-ja WORDS, --text-en WORDS\n"
	  "                  a short write-up\n"
	  "  --remove        it is none any more\n"
	  "\n"
	  "Example:\n"
	  "  $ kusanone best-practice 9f3a12bc --fy 2023\n" },

	{ "review", "headquarters' word on an event (HQ)",
	  "Usage: kusanone review ID accept|question|return|receive [OPTION]...\n"
	  "\n"
	  "Headquarters never edits a post's record: it reviews one revision of it, and the\n"
	  "post sees what it says.\n"
	  "\n"
	  "Options:\n"
	  "  --comment WORDS the question, or a remark\n"
	  "  --revision REV  the revision meant (default: the newest)\n"
	  "\n"
	  "Example:\n"
	  "  $ kusanone review 9f3a12bc question --comment \"Which day was it?\"\n" },

	{ "merge", "two records of one event become one (HQ)",
	  "Usage: kusanone merge FROM INTO --why WORDS\n"
	  "\n"
	  "The id FROM forwards to INTO from then on, its history stays, and the event\n"
	  "counts once.\n"
	  "\n"
	  "Options:\n"
	  "  --why WORDS     the reason\n"
	  "\n"
	  "Example:\n"
	  "  $ kusanone merge 1c20e7d4 9f3a12bc --why \"one webinar, recorded by both posts\"\n" },

	{ "erase", "the names of an event's people go for good (HQ)",
	  "Usage: kusanone erase ID --people --why WORDS\n"
	  "\n"
	  "The names of VIPs and contacts are erased from every store, wherever they have\n"
	  "arrived or will arrive. Everything else of the event stays as it was signed.\n"
	  "This cannot be undone.\n"
	  "\n"
	  "Options:\n"
	  "  --people        say so\n"
	  "  --why WORDS     the reason\n"
	  "\n"
	  "Example:\n"
	  "  $ kusanone erase 9f3a12bc --people --why \"request of 2024-06-01\"\n" },

	{ "reference import", "load a folder of reference data (HQ)",
	  "Usage: kusanone reference import DIR [--why WORDS] [--dry-run]\n"
	  "\n"
	  "Reads posts.csv, states.csv, jurisdictions.csv, jurisdictions-history.csv,\n"
	  "categories.csv, pillars.csv, and municipalities.csv and settings.csv where they\n"
	  "are there; split-counties.csv is compared with the jurisdictions. All files are\n"
	  "checked first: where one has a fault, its line and column are named and nothing\n"
	  "is sent. Loading the same folder again changes nothing.\n"
	  "\n"
	  "Options:\n"
	  "  --why WORDS     a reason, kept with the rows\n"
	  "  --dry-run       check the files and send nothing\n"
	  "\n"
	  "Example:\n"
	  "  $ kusanone reference import deploy/reference/us-japan\n" },

	{ "reference show", "the dated rows of reference data",
	  "Usage: kusanone reference show [--kind KIND] [--on DAY]\n"
	  "\n"
	  "Options:\n"
	  "  --kind KIND     post, jurisdiction, code, pillar, municipality, state, setting\n"
	  "  --on DAY        only rows that hold on that day (2024-02-15)\n"
	  "\n"
	  "Example:\n"
	  "  $ kusanone reference show --kind pillar --on 2024-02-15\n" },

	{ "totals", "the figures, and what is behind them",
	  "Usage: kusanone totals [OPTION]...\n"
	  "\n"
	  "Without --by the report: published figures with what is itemised of them, the\n"
	  "cumulative, totals by post, state and month, municipalities, sessions, best\n"
	  "practices. Where an event may stand in several rows, each table prints three\n"
	  "numbers: the sum of the rows, the overlap, and the national total.\n"
	  "\n"
	  "Options:\n"
	  GROUPING_OPTIONS
	  "  --as-of WHEN    as headquarters knew it at a position of its log (412) or an\n"
	  "                  instant (2024-07-01 is the end of that day)\n"
	  "  --rule RULE     local (default): the calendar date at the place; tokyo: the date\n"
	  "                  of the instant in Asia/Tokyo\n"
	  "  --recount       fold the log from nothing, and compare\n"
	  "  --open          the records behind the figures, what was left out, and why\n"
	  "  --compact       a paragraph a table\n"
	  "  --csv           the tables as CSV (UTF-8) instead\n"
	  "\n"
	  "With --recount the exit code is 1 where the two differ.\n"
	  "\n"
	  "Example:\n"
	  "  $ kusanone totals --by fy,post --fy 2022-2023\n"
	  "  $ kusanone totals --state TN --open\n" },

	{ "export", "events for spreadsheets, and the records for a recount",
	  "Usage: kusanone export --format csv|xlsx [OPTION]... -o FILE\n"
	  "       kusanone export --format records [--as-of WHEN] -o FILE\n"
	  "\n"
	  "csv and xlsx have a row an event: all that its record says, with codes and their\n"
	  "labels, and whether it is counted in totals. The column \"counted\" adds up to the\n"
	  "total under the same options. What is not stated stays empty. In a workbook a\n"
	  "second sheet has the events' sessions. People are left out.\n"
	  "\n"
	  "records has all records of headquarters' log as JSON lines, whole and with what\n"
	  "headquarters makes of each, so that anyone can count again.\n"
	  "\n"
	  "The same selection at the same position of the log gives the same bytes.\n"
	  "\n"
	  "Options:\n"
	  "  --format F      csv: UTF-8 as Excel opens it; xlsx: a workbook; records\n"
	  "  -o, --output FILE\n"
	  "                  the file; - is the standard output (not for xlsx). It is there\n"
	  "                  whole or not at all\n"
	  "  --force         replace a file that is there already\n"
	  "  --rows WHAT     events (default); sessions: a row a session, each selected by its\n"
	  "                  own fiscal year, month and state\n"
	  "  --post, --state, --category, --pillar, --topic, --frame, --status,\n"
	  "  --month VALUES  only these: codes separated by commas, e.g. --post sfo,lax\n"
	  "  --filter DIMENSION=VALUES\n"
	  "                  the same with the dimension as a word; fy too, and of events'\n"
	  "                  format alone so: --filter format=webinar\n"
	  "  --fy A[-B]      only these fiscal years: 2023, FY2017-2023, 令和5年度\n"
	  "  --as-of WHEN    as headquarters knew it at a position of its log (412) or an\n"
	  "                  instant (2024-07-01 is the end of that day)\n"
	  "  --rule RULE     local (default) or tokyo: by which date a fiscal year is found\n"
	  "\n"
	  "Example:\n"
	  "  $ kusanone export --format xlsx --fy 2023 --lang ja -o fy2023.xlsx\n" },

	{ "watch", "totals as they change",
	  "Usage: kusanone watch [OPTION]...\n"
	  "\n"
	  "Shows the totals and draws them anew whenever a record changes them; lines that\n"
	  "changed are shown reversed. Where the output is no terminal, each new result is\n"
	  "printed below the last. When headquarters goes away it says so and tries again.\n"
	  "Ctrl-C ends it.\n"
	  "\n"
	  "Options:\n"
	  GROUPING_OPTIONS
	  "  --rule RULE     local (default) or tokyo, as in totals\n"
	  "  --open          the records behind the figures, too\n"
	  "  --hz N          at most so many a second (default 4)\n"
	  "  --count N       end after so many results\n"
	  "  --as-of, --recount\n"
	  "                  are refused here: they are questions about the past\n"
	  "\n"
	  "Example:\n"
	  "  $ kusanone watch --lang ja\n" },

	{ "node keygen", "make a node's key file",
	  "Usage: kusanone node keygen FILE --name NAME [OPTION]...\n"
	  "\n"
	  "Writes one file (mode 0600) with the node's secrets, which never leaves this\n"
	  "machine, and prints the node's id and public keys as one line of JSON: what\n"
	  "headquarters enrols.\n"
	  "\n"
	  "Options:\n"
	  "  --name NAME     what the node is called: sfo\n"
	  "  --node ID       a new machine of an old node: its id, 32 hex digits\n"
	  "  --role ROLE, --posts A,B\n"
	  "                  go into the printed line, for enrol\n"
	  "\n"
	  "Example:\n"
	  "  $ kusanone node keygen /etc/kusanone/node.key --name sfo > sfo.json\n" },

	{ "node enrol", "let a node in (HQ)",
	  "Usage: kusanone node enrol --file PUBLIC.json [OPTION]...\n"
	  "       kusanone node enrol --node ID --curve KEY --sign KEY --name NAME\n"
	  "                           --role ROLE --posts A,B\n"
	  "\n"
	  "A node whose id is enrolled already gets a further key: both hold until the old\n"
	  "one is revoked.\n"
	  "\n"
	  "Options:\n"
	  "  --file FILE     what keygen or rotate printed; options below go before it\n"
	  "  --node ID       32 hex digits\n"
	  "  --curve KEY     public CURVE key, 64 hex digits\n"
	  "  --sign KEY      public Ed25519 key, 64 hex digits\n"
	  "  --name NAME     what the node is called\n"
	  "  --role ROLE     post (default), hq or follower\n"
	  "  --posts A,B     the posts that it speaks for\n"
	  "\n"
	  "Example:\n"
	  "  $ kusanone node enrol --file sfo.json --posts sfo\n" },

	{ "node rotate", "add new keys to a key file",
	  "Usage: kusanone node rotate FILE\n"
	  "\n"
	  "On the node's machine: adds a new generation of keys to its key file, keeps the\n"
	  "old ones, and prints the new public keys as one line of JSON. Then headquarters\n"
	  "enrols them, the node's intake is started again, and headquarters revokes the\n"
	  "old key with --retired.\n"
	  "\n"
	  "Example:\n"
	  "  $ kusanone node rotate /etc/kusanone/node.key > sfo-2.json\n" },

	{ "node revoke", "a key is not used any more (HQ)",
	  "Usage: kusanone node revoke --file PUBLIC.json --retired|--stolen|--genuine\n"
	  "                            --why WORDS\n"
	  "\n"
	  "Takes effect on the next message of a live connection. Headquarters' only valid\n"
	  "key is not revoked: enrol its next one first, and start its intake again.\n"
	  "\n"
	  "Options:\n"
	  "  --file FILE     the public line of the key; or --node ID and --sign KEY\n"
	  "  --node ID       32 hex digits\n"
	  "  --sign KEY      public Ed25519 key, 64 hex digits\n"
	  "  --retired       rotated out: what was signed with it stays good\n"
	  "  --stolen        blocks signed with it do not count from a position on\n"
	  "  --from N        that position (with --stolen)\n"
	  "  --genuine       what an earlier --stolen took away was genuine after all\n"
	  "  --why WORDS     the reason\n"
	  "\n"
	  "Example:\n"
	  "  $ kusanone node revoke --file sfo.json --stolen --from 412 --why \"theft\"\n" },

	{ "node list", "nodes, their keys, and how far each is complete",
	  "Usage: kusanone node list\n"
	  "\n"
	  "A line a key: the node's id, name, role, posts, key and its state, last contact,\n"
	  "and the sequence up to which headquarters has everything.\n"
	  "\n"
	  "Example:\n"
	  "  $ kusanone node list\n" },

	{ NULL, NULL, NULL },
};

const struct help_page help_own_en[] = {
	{ "status", "every service that can be reached",
	  "Usage: kusanone status\n"
	  "\n"
	  "Asks each service that has a socket in the folder: positions and lag, what waits\n"
	  "for headquarters, links and why they are down, nodes and how far each is\n"
	  "complete, branches, disk, memory, alarms.\n"
	  "\n"
	  "Example:\n"
	  "  $ kusanone status --run /run/kusanone\n" },

	{ "help", "explain a command",
	  "Usage: kusanone help [COMMAND]\n"
	  "\n"
	  "Example:\n"
	  "  $ kusanone help cohost confirm\n" },

	{ "version", "which version this is",
	  "Usage: kusanone version\n"
	  "\n"
	  "Example:\n"
	  "  $ kusanone version\n" },

	{ NULL, NULL, NULL },
};

const char help_opening_en[] =
	"kusanone - records of outreach events, from a post's desk to live totals\n"
	"\n"
	"Usage: kusanone COMMAND [OPTION]...\n"
	"\n";

const char help_common_en[] =
	"Options of every command:\n"
	"  --run DIR       folder with the services' sockets (default: $KUSANONE_RUN, else\n"
	"                  /run/kusanone)\n"
	"  --json          answer in JSON (proto3 names)\n"
	"  --lang ja|en    language (default: LC_ALL, LC_MESSAGES, LANG)\n"
	"  --timeout S     seconds to wait for an answer (default 10)\n"
	"  --wait S        when recording: wait until headquarters holds it, at most so long\n"
	"  --as NAME       who says it, where that is not the login name\n"
	"  -h, --help      this page\n"
	"\n"
	"Exit codes: 0 done · 1 refused · 2 usage · 3 no service, or no answer\n";
