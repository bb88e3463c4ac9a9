/* The pages of --help about archives in English. */
#include "cli/help_pages.h"

#include <stddef.h>

// clang-format off

#define KEY_OPTION \
	"  --key KEY       the archive's public key, NAME+ID+KEY, or a file with such lines;\n" \
	"                  may be said again while one key takes over from another\n"

const struct help_page help_archive_en[] = {
	{ "archive status", "how far headquarters' log is sealed",
	  "Usage: kusanone archive status\n"
	  "\n"
	  "Entries, segments and their bytes; how far the log is sealed and how much waits for\n"
	  "it; when it was sealed last; the archive's public key; alarms.\n"
	  "\n"
	  "Example:\n"
	  "  $ kusanone archive status\n" },

	{ "archive key", "the archive's public key",
	  "Usage: kusanone archive key\n"
	  "\n"
	  "Prints one line, NAME+ID+KEY: what whoever checks the archive needs, and all of it.\n"
	  "Hand it out where nobody can exchange it: printed, read over the telephone.\n"
	  "\n"
	  "Example:\n"
	  "  $ kusanone archive key > hq.key\n" },

	{ "archive checkpoint", "the newest checkpoint",
	  "Usage: kusanone archive checkpoint\n"
	  "\n"
	  "Prints the newest checkpoint: how many entries are sealed, and the root over them,\n"
	  "signed. Kept elsewhere, on paper too, it shows later that nothing of them was\n"
	  "changed: kusanone archive verify --checkpoint FILE.\n"
	  "\n"
	  "Example:\n"
	  "  $ kusanone archive checkpoint > 2024-03-31.checkpoint\n" },

	{ "archive seal", "seal what has come, now",
	  "Usage: kusanone archive seal [--timeout SECONDS]\n"
	  "\n"
	  "Does not wait for archive.seal_after of the config file: what has come until now is\n"
	  "sealed when it returns.\n"
	  "\n"
	  "Example:\n"
	  "  $ kusanone archive seal\n" },

	{ "archive witness", "the checkpoint that a node keeps",
	  "Usage: kusanone archive witness [--fork]\n"
	  "\n"
	  "At a post. Every node keeps the newest checkpoint that was proved to extend the one\n"
	  "before: what headquarters sealed cannot be sealed otherwise without it being seen\n"
	  "here. Prints it, as it was signed: kusanone archive verify --checkpoint FILE.\n"
	  "\n"
	  "Options:\n"
	  "  --fork          the one that contradicts it, if one was ever shown\n"
	  "\n"
	  "Exit codes: 0 done · 1 a signed checkpoint contradicts it\n"
	  "\n"
	  "Example:\n"
	  "  $ kusanone archive witness --run /run/kusanone > nashville.checkpoint\n" },

	{ "accept-rollback", "headquarters goes on without its archive",
	  "Usage: kusanone accept-rollback\n"
	  "\n"
	  "Headquarters takes no records after a start before its archive has shown that its\n"
	  "log holds all that was sealed. If the archive is lost for good, this says so:\n"
	  "headquarters goes on with the log it has, and nodes send again what it lacks.\n"
	  "Refused while the archive is there: kusanone archive refill makes the log again.\n"
	  "\n"
	  "Example:\n"
	  "  $ kusanone accept-rollback\n" },

	{ "archive verify", "is an archive what headquarters sealed?",
	  "Usage: kusanone archive verify --key KEY [OPTION]... [FOLDER]\n"
	  "\n"
	  "FOLDER is a copy of an archive (default: the current folder). Nothing else is\n"
	  "asked, and nothing in it is believed but what KEY has signed. Checks that no entry\n"
	  "was changed, added, taken away or moved; that every block is signed by a key that\n"
	  "was enrolled for its node, and follows another of that node; and that the archive\n"
	  "continues each checkpoint that is known from elsewhere. Says where the first fault\n"
	  "is: file, entry, position, what is wrong.\n"
	  "\n"
	  "KEY is what \"kusanone archive key\" at headquarters prints. Have it from there: one\n"
	  "that came with the copy proves nothing.\n"
	  "\n"
	  "Options:\n"
	  KEY_OPTION
	  "  --checkpoint FILE\n"
	  "                  a checkpoint from an old page, a post, a publication; may be said\n"
	  "                  again\n"
	  "  --since         signatures up to the newest of these were checked then: only later\n"
	  "                  ones are now (hashes are all checked)\n"
	  "  --tree-only     neither signatures nor histories of nodes\n"
	  "  --in-use        headquarters is sealing into this folder: a segment that the\n"
	  "                  checkpoint does not cover yet is no fault\n"
	  "\n"
	  "Exit codes: 0 good · 1 bad · 2 usage · 4 could not be read, or was stopped\n"
	  "\n"
	  "Example:\n"
	  "  $ kusanone archive verify --key hq.key --checkpoint 2023.checkpoint copy/\n" },

	{ "archive prove", "a proof that a record is in an archive",
	  "Usage: kusanone archive prove EVENT[@REVISION] [OPTION]...\n"
	  "       kusanone archive prove --growth OLD.checkpoint [OPTION]...\n"
	  "\n"
	  "The first form writes a small file that shows, without the archive, that it holds\n"
	  "the event's newest revision, or the one that begins with REVISION (six hex digits\n"
	  "or more). EVENT is the whole id, its last six digits or more, or the source key.\n"
	  "The second form shows that the archive begins with all that it held at an older\n"
	  "checkpoint. Both are checked with kusanone archive check.\n"
	  "\n"
	  "Options:\n"
	  "  --archive FOLDER\n"
	  "                  the archive, or a copy (default: the current folder)\n"
	  "  --growth FILE   the older checkpoint\n"
	  "  -o, --output FILE\n"
	  "                  write it there (default: the standard output)\n"
	  "\n"
	  "Example:\n"
	  "  $ kusanone archive prove 9f3a12bc --archive copy/ -o webinar.proof\n" },

	{ "archive check", "does a proof hold?",
	  "Usage: kusanone archive check PROOF [OLD [NEW]] --key KEY\n"
	  "\n"
	  "PROOF is a file that kusanone archive prove wrote; nothing but KEY is needed. Says\n"
	  "what it proves: which records, by whom, of which event, and when headquarters took\n"
	  "them; or that one checkpoint continues another. OLD and NEW are these checkpoints,\n"
	  "from elsewhere: the proof must be about them.\n"
	  "\n"
	  "Options:\n"
	  KEY_OPTION
	  "\n"
	  "Exit codes: 0 it holds · 1 it does not · 2 usage · 4 could not be read\n"
	  "\n"
	  "Example:\n"
	  "  $ kusanone archive check webinar.proof --key hq.key\n" },

	{ "archive refill", "headquarters' log again, from an archive",
	  "Usage: kusanone archive refill --key KEY --to DIR [OPTION]...\n"
	  "\n"
	  "For a headquarters whose disk is lost, damaged or set back to an old copy. Makes DIR,\n"
	  "a new state folder for kusanone-aggregation: the archive is verified whole, and its\n"
	  "entries are headquarters' log again, byte for byte, up to the last sealed one. Names\n"
	  "that were kept come back, except those that were erased. If anything is wrong with\n"
	  "the archive, nothing is made.\n"
	  "\n"
	  "What came after the last sealed entry is sent again by the posts. If the old state\n"
	  "can still be read, name it with --and: its blocks that the archive lacks come after\n"
	  "the archive's. So do those that archiving has not sealed yet, with --and and its\n"
	  "state folder; archiving then goes on without a break. Without that it says that\n"
	  "headquarters is behind: move its tail/ away, and it reads its archive anew.\n"
	  "\n"
	  "Stop aggregation and archiving before, and run this as the services' user. DIR is not\n"
	  "there yet, or empty. Then set state_dir to it, or move it there, and start them.\n"
	  "\n"
	  "Options:\n"
	  KEY_OPTION
	  "  --to DIR        the state folder that is made\n"
	  "  --archive FOLDER\n"
	  "                  the archive, or a copy (default: the current folder)\n"
	  "  --and OLD       a state folder of aggregation (set back, damaged), archiving or\n"
	  "                  notification: take from its log what the archive lacks. It is\n"
	  "                  only read. A block whose parent is not held is left out and named\n"
	  "  --checkpoint FILE\n"
	  "                  a checkpoint that is known from elsewhere; may be said again\n"
	  "  --in-use        a segment that the checkpoint does not cover is no fault: sealing\n"
	  "                  was interrupted. It is not taken\n"
	  "\n"
	  "Exit codes: 0 made · 1 the archive is bad, or DIR cannot be made · 2 usage · 4 could\n"
	  "not be read, or was stopped. A folder DIR.unfinished-… that a crash left is of no use.\n"
	  "\n"
	  "Example:\n"
	  "  $ kusanone archive refill --key hq.key --archive /var/lib/kusanone/archiving/archive \\\n"
	  "        --and /var/lib/kusanone/archiving --to /var/lib/kusanone/aggregation.new\n" },

	{ "backup", "copies of services' states, while they run",
	  "Usage: kusanone backup STATE_FOLDER... --to DIR\n"
	  "\n"
	  "Makes of each folder a backup DIR/NAME-TIME: its stores as they were at one moment,\n"
	  "whoever writes meanwhile; an archive up to its checkpoint; other files as they are;\n"
	  "and a manifest with the hash of each. A folder of that name is whole and on the disk.\n"
	  "The services go on. A store's copy holds nothing that was deleted in it.\n"
	  "\n"
	  "STATE_FOLDER is state_dir of a service's config file; an archive in another folder\n"
	  "(archive.dir) is named beside it. Keys are not in a backup unless they lie in the\n"
	  "folder: without its key_file a node is a new one. Names of people are: keep backups\n"
	  "where nobody else reads them. Run it as the services' user.\n"
	  "\n"
	  "Options:\n"
	  "  --to DIR        where the backups are put, best on another disk\n"
	  "\n"
	  "Example:\n"
	  "  $ kusanone backup /var/lib/kusanone/aggregation /var/lib/kusanone/archiving \\\n"
	  "        --to /mnt/backup\n" },

	{ "restore", "a backup in the place of a service's state",
	  "Usage: kusanone restore BACKUP --to STATE_FOLDER\n"
	  "\n"
	  "BACKUP is one of those that kusanone backup made. Every file is checked with the\n"
	  "manifest; if one was changed or is missing, nothing is put in place, and all that are\n"
	  "wrong are named. Then says what comes next. STATE_FOLDER is not there yet, or empty,\n"
	  "and its service does not run. Run it as the service's user.\n"
	  "\n"
	  "Options:\n"
	  "  --to STATE_FOLDER\n"
	  "                  the state folder that is made\n"
	  "\n"
	  "Example:\n"
	  "  $ kusanone restore /mnt/backup/intake-20240331T120005Z --to /var/lib/kusanone/intake\n" },

	{ NULL, NULL, NULL },
};
