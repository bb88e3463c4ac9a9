/* tests/archive/desk.h - the archiving service in one process: the real core and the real
 * shelf, over a store in a scratch folder and a disk in memory (disk.h).
 *
 * Headquarters is a log that the test writes and a link that answers as aggregation does.
 * What is due is done by turns; the test is the clock. */
#ifndef ARCHIVE_DESK_H
#define ARCHIVE_DESK_H

#include "archive/disk.h"
#include "archive/maker.h"
#include "archiving/archiving.h"
#include "kusanone/v1/control.pb-c.h"
#include "lib/node/node.h"

enum { DESK_LOCAL, DESK_LOG };

/* ---- Headquarters ------------------------------------------------------------------ */

struct hq_entry {
	struct log_head after;
	uint64_t first;
	struct buf block, loose; /* Packed LooseParts; may be empty. */
	struct hash part;        /* Of the one in it. */
	uint64_t last_seq;
	struct hash hash;
};

struct headquarters {
	struct history_key key;
	struct node_id node;
	struct hq_entry *entries;
	size_t count, cap;
	wall_ms_t wall;
	struct block_maker maker;
	unsigned said; /* Makes every record another one. */

	/* The link. */
	bool away; /* Nobody answers. */
	bool live;
	struct peer peer;
	uint64_t session, frame_no, batch_no;
	size_t sent;     /* Entries. */
	size_t shown;    /* So many are there for the link; SIZE_MAX: all. */
	uint64_t acked;  /* The highest position that was acknowledged. */
	unsigned resets; /* HELLOs with a cursor that the log does not hold. */
	size_t per_batch;
};

void hq_init(struct headquarters *, uint64_t seed);
void hq_fini(struct headquarters *);

/* A block of 'records' records of about so many bytes. */
void hq_say(struct headquarters *, unsigned records, size_t bytes);

/* One record that names a person, whose name comes with it. */
void hq_say_person(struct headquarters *, const char *name);

/* One that names the person of an earlier entry again. */
void hq_say_again(struct headquarters *, size_t entry);

/* Its log ends after so many entries again, as after a restore. */
void hq_set_back(struct headquarters *, size_t count);

uint64_t hq_position(const struct headquarters *);

/* ---- The service ------------------------------------------------------------------- */

struct desk {
	char dir[96];
	struct headquarters *hq;
	struct disk *disk;
	struct archive_key key;

	struct store *store;
	struct shelf_folder *folder;
	struct archiving *core;
	struct node node;
	struct inbox inbox;
	struct arena arena;
	struct log_sink sink;
	struct buf lines; /* What was logged. */
	msec_t now, seal_after;
	bool is_open;
	enum err ended; /* Not OK: a turn ended the process. */
	char why[512];
};

/* Borrows headquarters; takes the disk.  Not open yet. */
void desk_init(struct desk *, struct headquarters *, struct disk *);
void desk_fini(struct desk *); /* Takes the disk and the scratch folder away. */

/* Start and end of the process.  On an error 'why' is what the service says. */
enum err desk_open(struct desk *) WARN_UNUSED;
void desk_close(struct desk *); /* As kill -9 does: nothing else is written. */

/* The store's bytes as they are on its disk, and in place of what is there. */
void desk_store_bytes(const struct desk *, struct buf *);
void desk_put_store(struct desk *, struct slice bytes);
void desk_lose_store(struct desk *);

/* One turn, 10 ms later.  Sets 'ended'. */
void desk_turn(struct desk *);

/* Turns until nothing is due and nothing comes any more (must, within many). */
void desk_settle(struct desk *);

/* The same, 'ms' later. */
void desk_later(struct desk *, msec_t ms);

/* The command, and settle. */
void desk_seal(struct desk *);

/* Answers to the commands; valid until the desk ends.  NULL: refused. */
const Kusanone__V1__ArchiveReply *desk_ask(struct desk *);
const Kusanone__V1__StatusReply *desk_ask_status(struct desk *);

/* Entries of the tail in the store. */
uint64_t desk_tail(struct desk *);

/* Segment that a loose part lies beside; -1: it is not known. */
int64_t desk_shelved(struct desk *, const struct hash *part);

/* Is the archive on the disk good; with every signature and history if 'whole'?  Writes
 * what is wrong. */
bool desk_is_good(const struct disk *, const struct desk *, bool whole, char why[512]);

#endif
