/* lib/archive/refill.h - headquarters' log again, from an archive.
 *
 * The archive is verified whole, and each entry goes into a new log on the way: with its
 * position and hq_ms, so that the log's hashes come out as they were.  Names that lie
 * beside the segments come back where a record names them.  Then, if there is one, what
 * an older log holds beyond that: blocks which the archive lacks, after the archive's.
 *
 * The store is built in a folder that nobody uses yet.  Unless OK comes back it is worth
 * nothing, and goes. */
#ifndef LIB_ARCHIVE_REFILL_H
#define LIB_ARCHIVE_REFILL_H

#include "lib/archive/verify.h"
#include "lib/store/log.h"

enum refill_why {
	REFILL_NO_BLOCK,  /* Its bytes are none any more. */
	REFILL_UNKNOWN,   /* Its node or its key is not enrolled. */
	REFILL_SIGNATURE, /* It is wrong. */
	REFILL_PARENT,    /* It is not held. */
};

/* A block of the older log that is not taken. */
struct refill_left {
	uint64_t position; /* In the older log. */
	struct node_id node;
	uint64_t first_seq, last_seq;
	enum refill_why why;
};

struct refill_options {
	/* As for a verification; 'entry' and 'tree_only' are not the caller's. */
	struct verify_options verify;

	const char *dir;     /* The new log's, which is made. */
	const char *program; /* That makes it. */

	/* A store with a log's dbs (log_db_names), opened read only; NULL: none. */
	struct store *old;

	/* For each block that is left out; may be NULL.  'verify.ctx' is its, too. */
	void (*left_out)(void *ctx, const struct refill_left *);
};

struct refill_report {
	struct verify_report verify;
	struct log_head head;     /* Of the new log. */
	struct log_head archived; /* The same after the archive's last entry. */
	uint64_t parts;           /* Names that came back. */
	uint64_t broken; /* Files of names that could not be read to their end. */

	/* Of the older log. */
	uint64_t added, added_records; /* Blocks, and records in them. */
	uint64_t left;                 /* Blocks that were left out. */
	bool old_broken;               /* It could not be read beyond what was counted. */

	char why[512]; /* Of an error of the new store. */
};

/* OK; ERR_CORRUPT: the archive is not good, or the verification was stopped (the report's
 * verdict); else an error of the new store. */
enum err refill_run(const struct refill_options *,
		    struct refill_report *ret_report) WARN_UNUSED;

#endif
