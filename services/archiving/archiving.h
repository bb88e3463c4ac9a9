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
	struct buf next_checkpoint, next_loose;

	struct telling telling;
	struct erasing erasing;

	struct segment_writer writer;
	msec_t tail_since; /* When the first entry came that is not sealed; NEVER. */
	uint64_t full_at;  /* A full segment is looked for at so many records. */
	bool seal_now;     /* A command asked for it. */
	msec_t retry_at;   /* The shelf was full. */
	bool hq_is_behind; /* It does not hold what was taken from it. */
	wall_ms_t started;
	char alarm[200];
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
void loose_take(struct txn *, const struct block *, struct slice packed, struct arena *);

/* A file of parts (README.md): its head, where it lies, and its parts one after the
 * other. loose_body() gives the parts; false: it is no such file of this segment. */
struct loose_part {
	struct hash hash;
	struct slice whole; /* As it lies in the file. */
};
enum { LOOSE_MAX_LEN = 1 << 30 };
void loose_path(uint64_t segment, char path[SEGMENT_PATH_SIZE]);
void loose_head_put(struct buf *, uint64_t segment, uint32_t parts);
bool loose_body(struct slice file, uint64_t segment, struct slice *ret_parts) WARN_UNUSED;
bool loose_next(struct slice parts, size_t *at, struct loose_part *ret,
		bool *ret_bad) WARN_UNUSED;

/* The parts that are kept of what the block's records name: the file's bytes, and how
 * many. */
uint32_t loose_gather(struct txn *, const struct block *, struct arena *, struct buf *);

/* erasing.c: what an Erasure names goes from the tail and from beside the segments. */
enum err erasing_open(struct archiving *, struct txn *) WARN_UNUSED;
void erasing_fini(struct archiving *);

/* An entry that came, or that the archive holds. */
void erasing_hear(struct archiving *, struct txn *, uint64_t position,
		  const struct block *, struct arena *);

/* Parts lie beside the segment.  False: they are none. */
bool erasing_shelve(struct archiving *, struct txn *, uint64_t segment,
		    struct slice parts) WARN_UNUSED;

/* The same from the segment's file, if it has one. */
bool erasing_adopt(struct archiving *, struct txn *, uint64_t segment) WARN_UNUSED;
void erasing_run(struct archiving *, struct turn *);
msec_t erasing_deadline(const struct archiving *);

/* seal.c */
void seal_run(struct archiving *, struct turn *);
void seal_committed(struct archiving *, struct turn *);
void seal_dropped(struct archiving *);
msec_t seal_deadline(const struct archiving *);

/* tell.c: after a commit: the newest checkpoint, and proofs from the sizes that are
 * wanted. */
void tell_init(struct archiving *);
void tell_run(struct archiving *, struct turn *);

/* adopt.c: an archive that is ahead of the store, entry by entry. */
enum err adopt_run(struct archiving *, const struct tree_head *, struct txn *, char *why,
		   size_t why_len) WARN_UNUSED;

/* ask_wire.c: commands. */
void ask_answer(struct archiving *, const struct message *, struct turn *);
void ask_refuse(void *self, const struct message *, enum err, struct turn *);

#endif
