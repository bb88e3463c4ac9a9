/* archiving/archiving.h - headquarters' log, sealed into files that anyone can check.
 *
 * Follows headquarters' log like any other reader.  What came and is not sealed yet lies
 * in the store (the tail); what is due is sealed in run(): segment, tiles and loose
 *parts, then the checkpoint, then the turn's commit, which says how far it is sealed and
 *lets the tail go.  Each step is on the disk before the next one begins.
 *
 *	a crash after …     leaves                          the next start
 *	  the segment       a file that nothing covers      is sealed anew, in its place
 *	  the checkpoint    an archive ahead of the store   is taken as it is, once every
 *	                                                    entry of it was read
 *	  the commit        nothing to do
 *
 * Only what an earlier turn has committed is sealed: whatever becomes of this turn's
 * commit, the store holds every entry from the last sealed one on.
 *
 * Nothing that was sealed is ever sealed otherwise, and nothing is deleted: an archive
 * that is not what the store remembers stops the service.
 *
 * A core: no socket, thread or clock (lib/node/service.h); files go to a shelf. */
#ifndef ARCHIVING_ARCHIVING_H
#define ARCHIVING_ARCHIVING_H

#include "archiving/shelf.h"
#include "lib/archive/keyring.h"
#include "lib/archive/segment.h"
#include "lib/archive/tree_head.h"
#include "lib/node/erase.h"
#include "lib/node/follower.h"

enum { ARCHIVING_FORMAT = 1 };

/* The log's dbs, then: */
enum {
	ARCHIVING_DB_SEALED = LOG_DB_COUNT, /* "sealed" -> how far, "at" -> when. */
	ARCHIVING_DB_KEYS, /* position (be64) -> node, key id, record: see erasing.c. */
	ARCHIVING_DB_SHELVED, /* part hash, segment (be64) -> nothing. */
	ARCHIVING_DB_GOING,   /* Erased, and still beside the segment: as SHELVED. */
	ARCHIVING_DB_GONE,    /* The same, and gone. */
};
extern const char *const archiving_db_names[]; /* NULL-terminated */

struct archiving_config {
	struct first_trust hq; /* Headquarters' first node and key. */
	struct node_id node;
	const char *name, *software;
	uint32_t local_endpoint, dial_endpoint;
	bool dials; /* Tests may let it stand alone. */

	/* The archive's key; its name is the origin. */
	struct note_key key;
	uint8_t secret[SIGN_SECRET_LEN];

	/* What came is sealed so long after at the latest. */
	msec_t seal_after;
};

/* How far the archive is sealed. */
struct sealed {
	uint64_t size;       /* Entries. */
	struct log_head log; /* After the last of them. */
	uint64_t segments;
	struct hash seal; /* Of the last segment; zeros. */
	struct sha256 root;
	uint64_t bytes; /* Of all segments' files. */
	wall_ms_t at;   /* When it was sealed; 0: never. */
};

/* What headquarters is told of the archive, and hands on to posts. */
struct telling {
	struct link_status says;
	struct buf key; /* As a line. */
	struct link_growth growth[LINK_GROWTHS];
	struct tree_proof proofs[LINK_GROWTHS];
	uint64_t size; /* Of the checkpoint that was told last. */
	char alarm[120];
};

/* Names that headquarters had erased: see erasing.c. */
struct erasing {
	struct keyring ring; /* Who may erase. */
	bool ring_ahead;     /* A commit failed: it is read again. */
	struct eraser eraser;
	bool any_going;
	msec_t retry_at;
	char alarm[120];
};

/* What the store holds, committed, after the last sealed entry. */
struct tail {
	uint64_t position;         /* Of its last record. */
	uint64_t entries, content; /* As a segment counts them. */
	msec_t since; /* When the first of it was first seen; NEVER: there is none. */
};

struct archiving {
	struct archiving_config config;
	struct store *store;
	struct shelf shelf;
	struct follower follower;

	struct sealed sealed;  /* As the store has it. */
	struct tree tree;      /* Of sealed.size leaves. */
	struct buf checkpoint; /* The signed note; empty: nothing is sealed. */

	/* What this turn has sealed: on the shelf, and true with the commit.  Ahead: that
	 * commit failed, and the next one says it. */
	bool staged, ahead;
	struct sealed next;
	struct tree next_tree;
	struct buf next_checkpoint, next_loose, next_names;

	struct telling telling;
	struct erasing erasing;

	struct segment_writer writer;
	struct tail tail;
	uint64_t seal_to; /* A command asked for it: so far, whenever it came. */
	msec_t retry_at;  /* After what did not work. */
	bool shelf_full;
	bool hq_is_behind; /* It does not hold what was taken from it. */
	wall_ms_t started;
};

/* Keeps 'config' (borrowed strings), the store and the shelf. */
void archiving_init(struct archiving *, const struct archiving_config *, struct store *,
		    const struct shelf *);
void archiving_fini(struct archiving *);

/* Read the store and the archive.  On an error 'why' says what is wrong with which file,
 * and what would be right: nothing is repaired by itself. */
enum err archiving_open(struct archiving *, msec_t now, char *why,
			size_t why_len) WARN_UNUSED;

extern const struct service archiving_service; /* 'self' is a struct archiving. */
void archiving_drain(void *self, struct turn *);

/* ---- For the service's own files. -------------------------------------------------- */

/* sealed.c: the same in the store. */
bool sealed_read(struct txn *, struct sealed *ret_sealed) WARN_UNUSED;
void sealed_write(struct txn *, const struct sealed *);

/* loose_wire.c: parts that came with an entry, and how they lie beside a segment. */
void loose_keep(struct txn *, const struct block *, struct slice packed, struct arena *);

/* The parts that the block's records name, as hashes one after the other; and of those
 * that are kept the file's bytes, and how many. */
uint32_t loose_gather(struct txn *, const struct block *, struct arena *,
		      struct buf *names, struct buf *parts);
void loose_names(const struct block *, struct arena *, struct buf *names);

/* loose.c: the file beside a segment. */
enum {
	LOOSE_PATH_SIZE = 64,
	LOOSE_MAX_LEN = 256 * 1024 * 1024, /* Far more than a segment can name. */
};
void loose_path(uint64_t number, char path[LOOSE_PATH_SIZE]);

/* The whole file of 'count' parts, one after the other as loose_gather() puts them. */
void loose_put_file(struct buf *, uint64_t number, uint32_t count, struct slice parts);

/* Is it such a file of segment 'number'?  Then its parts. */
bool loose_open_file(struct slice file, uint64_t number,
		     struct slice *ret_parts) WARN_UNUSED;

/* The parts of a file that was opened, in order: their hashes.  False after the last. */
bool loose_next(struct slice parts, size_t *at, struct hash *ret_part) WARN_UNUSED;

/* erasing.c: what an Erasure names goes from the tail and from beside the segments. */
enum err erasing_open(struct archiving *, struct txn *) WARN_UNUSED;
void erasing_fini(struct archiving *);

/* An entry that came, or that the archive holds. */
void erasing_hear(struct archiving *, struct txn *, uint64_t position,
		  const struct block *, struct arena *);

/* The segment's records name these parts, which so may lie beside it: now, or when its
 * file has come from a copy.  They are no more in the store; how many. */
uint32_t erasing_shelve(struct archiving *, struct txn *, uint64_t segment,
			struct slice names);

/* A segment whose records name the part, from the first on; false: none does. */
bool erasing_is_shelved(struct txn *, const struct hash *part, uint64_t *ret_segment);
void erasing_run(struct archiving *, struct turn *);
msec_t erasing_deadline(const struct archiving *);

/* seal.c */
void tail_look(struct archiving *, struct txn *, msec_t now);
void seal_run(struct archiving *, struct turn *);
void seal_committed(struct archiving *, struct turn *);
void seal_dropped(struct archiving *);
msec_t seal_deadline(const struct archiving *);

/* tell.c: after a commit: the newest checkpoint, and proofs from the sizes that are
 * wanted. */
void tell_init(struct archiving *);
void tell_run(struct archiving *, struct turn *);

/* adopt.c: an archive that is ahead of the store, entry by entry.  The transaction may be
 * another one afterwards. */
enum err adopt_run(struct archiving *, const struct tree_head *, struct txn *, char *why,
		   size_t why_len) WARN_UNUSED;

/* ask_wire.c: commands. */
void archiving_answer(struct archiving *, const struct message *, struct turn *);
void archiving_refuse(void *self, const struct message *, enum err, struct turn *);

#endif
