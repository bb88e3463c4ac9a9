#include <inttypes.h>
#include <stdio.h>

#include "archiving/archiving.h"
#include "lib/archive/pack.h"
#include "lib/base/plant.h"

/* The archive is ahead of the store: a crash came between its checkpoint and the commit,
 * or the store was lost.  The checkpoint is our own word, so what it covers was sealed;
 * but every entry is read, hashed and compared before the store says so. */

enum { PARTS_A_COMMIT = 4096 };

struct adopting {
	struct archiving *a;
	const struct tree_head *head;
	struct txn *txn;
	struct arena arena;
	struct unpacker *unpacker;
	struct buf file, content, leaves, names;
	struct log_head before; /* Of the last entry. */
	struct buf last_bytes;
	uint32_t parts; /* Written down since the last commit. */
	char path[SEGMENT_PATH_SIZE];
	const char *wrong; /* NULL: nothing. */
	enum err err;      /* Then. */
};

static bool
fails(struct adopting *d, enum err err, const char *what)
{
	d->wrong = what;
	d->err = err;
	return false;
}

static bool
wrong(struct adopting *d, const char *what)
{
	return fails(d, ERR_CORRUPT, what);
}

/* What came of reading the file at d->path. */
static bool
is_read(struct adopting *d, enum err err)
{
	if (err == ERR_NOT_FOUND) {
		return fails(d, ERR_CORRUPT, "it is missing; bring it back from a copy");
	}
	if (err == ERR_INVALID) {
		return wrong(d, "it is too long");
	}
	return err == OK || fails(d, err, "it cannot be read");
}

static bool
take_entry(struct adopting *d, const struct archive_entry *entry)
{
	struct archiving *a = d->a;
	struct sealed *s = &a->sealed;
	struct block block;

	if (!block_parse(entry->block, &block, NULL)) {
		return wrong(d, "an entry holds no block");
	}
	if (entry->position != s->log.position + 1 || entry->hq_ms < s->log.hq_ms) {
		return wrong(d, "an entry that does not follow the one before");
	}
	struct log_entry next = log_next(&s->log, &block, entry->hq_ms);
	struct sha256 leaf = sha256_leaf(entry->bytes);

	buf_put(&d->leaves, leaf.b, SHA256_LEN);
	tree_append(&a->tree, &leaf, NULL);
	d->before = s->log;
	buf_clear(&d->last_bytes);
	buf_put_slice(&d->last_bytes, entry->block);
	loose_names(&block, &d->arena, &d->names);
	erasing_hear(a, d->txn, entry->position, &block, &d->arena);
	arena_reset(&d->arena);
	s->log = (struct log_head){ .position = next.last,
				    .log_hash = next.log_hash,
				    .hq_ms = next.hq_ms };
	s->size++;
	return true;
}

static bool
take_frames(struct adopting *d, const struct segment *segment)
{
	for (uint32_t i = 0; i < segment->head.frames; i++) {
		const struct segment_frame frame = segment_frame_at(segment->index, i);
		struct archive_entry entry;
		const char *why = NULL;
		size_t at = 0;

		if (!segment_inflate(d->unpacker, segment_packed(segment, &frame), &frame,
				     &d->content, &why)) {
			return wrong(d, why);
		}
		while (segment_next(buf_slice(&d->content), &at, &entry)) {
			if (!take_entry(d, &entry)) {
				return false;
			}
		}
	}
	return true;
}

static bool
take_segment(struct adopting *d)
{
	struct archiving *a = d->a;
	struct sealed *s = &a->sealed;
	struct segment segment;
	const char *why = NULL;

	segment_path(s->segments, d->path);
	if (!is_read(d,
		     files_read(&a->shelf.files, d->path, SEGMENT_MAX_LEN, &d->file))) {
		return false;
	}
	if (!segment_open(buf_slice(&d->file), &segment, &why)) {
		return wrong(d, why);
	}
	if (segment.head.number != s->segments || segment.head.first_leaf != s->size ||
	    !hash_eq(&segment.head.previous, &s->seal)) {
		return wrong(d, "it does not follow the segment before");
	}
	buf_clear(&d->leaves);
	buf_clear(&d->names);
	if (!take_frames(d, &segment)) {
		return false;
	}
	struct hash seal = segment_seal(&segment.head, buf_slice(&d->leaves));
	if (!hash_eq(&seal, &segment.head.seal) || !segment_is_whole(&segment)) {
		return wrong(d, "its seal is not that of its entries");
	}
	s->seal = seal;
	s->segments++;
	s->bytes += d->file.len;
	return true;
}

/* The file beside the segment, if there is one, holds parts; which of them, and which may
 * come back from a copy, the records say.  That is true whatever comes of the rest, so it
 * may be committed before: there may be many. */
static bool
take_loose(struct adopting *d, uint64_t number)
{
	struct slice parts;

	loose_path(number, d->path);
	enum err err = files_read(&d->a->shelf.files, d->path, LOOSE_MAX_LEN, &d->file);
	/* Not there is no fault: nothing was kept, or all of it went. */
	if (err != ERR_NOT_FOUND && !is_read(d, err)) {
		return false;
	}
	if (err == OK && !loose_open_file(buf_slice(&d->file), number, &parts)) {
		return wrong(d, "it holds no loose parts; bring it back from a copy");
	}
	if (!PLANTED(50)) {
		d->parts += erasing_shelve(d->a, d->txn, number, buf_slice(&d->names));
	}
	if (d->parts >= PARTS_A_COMMIT) {
		d->parts = 0;
		err = txn_commit(d->txn);
		*d->txn = txn_begin(d->a->store);
		return err == OK || fails(d, err, "the store cannot be written");
	}
	return true;
}

/* The tail's log goes on from the last sealed entry; where the store does not reach so
 * far, that entry is all of it. */
static void
move_tail(struct adopting *d)
{
	struct archiving *a = d->a;
	struct log *log = &a->follower.log;
	struct log_entry entry;
	struct block block;

	if (log_holds(d->txn, a->sealed.log.position, &a->sealed.log.log_hash)) {
		log_trim(d->txn, a->sealed.log.position);
		return;
	}
	txn_clear(d->txn, LOG_DB_LOG);
	txn_clear(d->txn, LOG_DB_BLOCKS);
	must(block_parse(buf_slice(&d->last_bytes), &block, NULL));
	log->head = d->before;
	entry = log_append(log, d->txn, &block, a->sealed.log.hq_ms);
	must(hash_eq(&entry.log_hash, &a->sealed.log.log_hash));
}

static bool
is_covered(struct adopting *d)
{
	const struct sealed *s = &d->a->sealed;
	struct sha256 root = tree_root(&d->a->tree);

	snprintf(d->path, sizeof(d->path), "checkpoint");
	if (s->size != d->head->size) {
		return wrong(d, "it ends within a segment");
	}
	if (!sha256_eq(&root, &d->head->root)) {
		return wrong(d, "its root is not that of the segments");
	}
	return (s->log.position == d->head->position && s->log.hq_ms == d->head->hq_ms) ||
	       wrong(d, "its position is not that of the segments");
}

enum err
adopt_run(struct archiving *a, const struct tree_head *head, struct txn *txn, char *why,
	  size_t why_len)
{
	struct adopting d = {
		.a = a, .head = head, .txn = txn, .unpacker = unpacker_new()
	};
	bool ok = true;

	while (ok && a->sealed.size < head->size) {
		ok = take_segment(&d) && take_loose(&d, a->sealed.segments - 1);
	}
	if (ok && is_covered(&d)) {
		a->sealed.root = head->root;
		a->sealed.at = head->hq_ms;
		move_tail(&d);
		sealed_write(txn, &a->sealed);
	} else {
		snprintf(why, why_len, "%s: %s", d.path, d.wrong);
	}
	unpacker_free(d.unpacker);
	arena_fini(&d.arena);
	buf_fini(&d.file);
	buf_fini(&d.content);
	buf_fini(&d.leaves);
	buf_fini(&d.names);
	buf_fini(&d.last_bytes);
	return d.err;
}
