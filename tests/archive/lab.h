/* tests/archive/lab.h - archives that were tampered with, by class of attack.
 *
 * An outsider changes files and makes everything around the change right that needs no
 * key: segments, seals, trailers, index, tiles.  An insider has the archive's key, too,
 * and signs what he made; what he has not are the nodes' keys, and the checkpoints that
 * others keep. */
#ifndef ARCHIVE_LAB_H
#define ARCHIVE_LAB_H

#include "archive/maker.h"

enum { LAB_MAX_KNOWN = 4 };

/* A federation's archive, one that shares its beginning, and a stranger's. */
struct lab {
	struct history history, forked, stranger;
	struct archive archive, fork, strange;
	struct archive_key key, thief; /* The second has the first one's name. */
	size_t per_segment, fork_at;
};

void lab_init(struct lab *, uint64_t seed, size_t entries, size_t per_segment);
void lab_fini(struct lab *);

/* What was made of the archive, and which checkpoints its verifier knows. */
struct attempt {
	struct memory files;
	struct buf known[LAB_MAX_KNOWN];
	size_t known_count;
	const char *how; /* In words. */
};
void attempt_fini(struct attempt *);

struct attack {
	const char *name;
	unsigned ways;
	void (*make)(const struct lab *, struct rng *, unsigned way, struct attempt *);
};
extern const struct attack attacks[];
extern const size_t attack_count;

/* For the classes: inside only. */
void attempt_knows(struct attempt *, const struct buf *note);

/* A changed history in segments, tiles and a checkpoint signed with the archive's key. */
void attempt_resign(const struct lab *, const struct history *, struct attempt *);

/* The same under the checkpoint that is honest. */
void attempt_rebuild(const struct lab *, const struct history *, struct attempt *);

/* The trailer of a segment's file is the hash of the rest again. */
void segment_fix_trailer(struct buf *file);

#endif
