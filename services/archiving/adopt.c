#include <inttypes.h>
#include <stdio.h>

#include "archiving/archiving.h"
#include "lib/archive/pack.h"

/* The archive is ahead of the store: a crash came between its checkpoint and the commit,
 * or the store was lost.  The checkpoint is our own word, so what it covers was sealed;
 * but every entry is read, hashed and compared before the store says so. */

struct adopting {
	struct archiving *a;
	const struct tree_head *head;
	struct txn *txn;
	struct arena arena;
	struct unpacker *unpacker;
	struct buf file, content, leaves;
	struct log_head before; /* Of the last entry. */
	struct block last;
	struct buf last_bytes;
	char path[SEGMENT_PATH_SIZE];
	const char *wrong; /* NULL: nothing. */
};

static bool
wrong(struct adopting *d, const char *what)
{
	d->wrong = d->wrong != NULL ? d->wrong : what;
	return false;
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
	if (files_read(&a->shelf.files, d->path, SEGMENT_MAX_LEN, &d->file) != OK) {
		return wrong(d, "it is missing or cannot be read");
	}
	if (!segment_open(buf_slice(&d->file), &segment, &why)) {
		return wrong(d, why);
	}
	if (segment.head.number != s->segments || segment.head.first_leaf != s->size ||
	    !hash_eq(&segment.head.previous, &s->seal)) {
		return wrong(d, "it does not follow the segment before");
	}
	buf_clear(&d->leaves);
	if (!take_frames(d, &segment)) {
		return false;
	}
	struct hash seal = segment_seal(&segment.head, buf_slice(&d->leaves));
	if (!hash_eq(&seal, &segment.head.seal) || !segment_is_whole(&segment)) {
		return wrong(d, "its seal is not that of its entries");
	}
	if (!erasing_adopt(a, d->txn, s->segments)) {
		loose_path(s->segments, d->path);
		return wrong(d, "it cannot be read");
	}
	s->seal = seal;
	s->segments++;
	s->bytes += d->file.len;
	return true;
}

/* The tail's log goes on from the last sealed entry; where the store does not reach so
 * far, that entry is all of it. */
static void
move_tail(struct adopting *d, struct txn *txn)
{
	struct archiving *a = d->a;
	struct log *log = &a->follower.log;
	struct log_entry entry;
	struct block block;

	if (log_holds(txn, a->sealed.log.position, &a->sealed.log.log_hash)) {
		log_trim(txn, a->sealed.log.position);
		return;
	}
	txn_clear(txn, LOG_DB_LOG);
	txn_clear(txn, LOG_DB_BLOCKS);
	must(block_parse(buf_slice(&d->last_bytes), &block, NULL));
	log->head = d->before;
	entry = log_append(log, txn, &block, a->sealed.log.hq_ms);
	must(hash_eq(&entry.log_hash, &a->sealed.log.log_hash));
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
		ok = take_segment(&d);
	}
	struct sha256 root = tree_root(&a->tree);
	if (ok && (a->sealed.size != head->size || !sha256_eq(&root, &head->root))) {
		snprintf(d.path, sizeof(d.path), "checkpoint");
		ok = wrong(&d, "its root is not that of the segments");
	}
	if (ok) {
		a->sealed.root = root;
		a->sealed.at = head->hq_ms;
		move_tail(&d, txn);
		sealed_write(txn, &a->sealed);
	} else {
		snprintf(why, why_len, "%s: %s", d.path, d.wrong);
	}
	unpacker_free(d.unpacker);
	arena_fini(&d.arena);
	buf_fini(&d.file);
	buf_fini(&d.content);
	buf_fini(&d.leaves);
	buf_fini(&d.last_bytes);
	return ok ? OK : ERR_CORRUPT;
}
