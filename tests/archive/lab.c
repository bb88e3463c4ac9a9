#include "archive/lab.h"

#include <stdio.h>

#include "lib/archive/pack.h"
#include "lib/archive/segment.h"

void
lab_init(struct lab *lab, uint64_t seed, size_t entries, size_t per_segment)
{
	*lab = (struct lab){ .per_segment = per_segment, .fork_at = entries / 2 };
	history_make(&lab->history, seed, entries, SIZE_MAX);
	history_make(&lab->forked, seed, entries, lab->fork_at);
	history_make(&lab->stranger, seed + 1000, entries, SIZE_MAX);
	archive_key_make(&lab->key, "kusanone/hq", seed);
	archive_key_make(&lab->thief, "kusanone/hq", seed + 1000);
	archive_make(&lab->archive, &lab->history, per_segment, &lab->key);
	archive_make(&lab->fork, &lab->forked, per_segment, &lab->key);
	archive_make(&lab->strange, &lab->stranger, per_segment, &lab->key);
}

void
lab_fini(struct lab *lab)
{
	archive_fini(&lab->strange);
	archive_fini(&lab->fork);
	archive_fini(&lab->archive);
	history_fini(&lab->stranger);
	history_fini(&lab->forked);
	history_fini(&lab->history);
}

void
attempt_fini(struct attempt *a)
{
	memory_fini(&a->files);
	for (size_t i = 0; i < a->known_count; i++) {
		buf_fini(&a->known[i]);
	}
	*a = (struct attempt){ 0 };
}

void
attempt_knows(struct attempt *a, const struct buf *note)
{
	must(a->known_count < LAB_MAX_KNOWN);
	buf_put_slice(&a->known[a->known_count++], buf_slice(note));
}

void
attempt_resign(const struct lab *lab, const struct history *changed, struct attempt *a)
{
	struct archive made;

	archive_make(&made, changed, lab->per_segment, &lab->key);
	a->files = made.files;
	made.files = (struct memory){ 0 };
	archive_fini(&made);
}

static const struct buf *
last_note(const struct archive *archive)
{
	return &archive->notes[archive->segments - 1];
}

void
attempt_rebuild(const struct lab *lab, const struct history *changed, struct attempt *a)
{
	attempt_resign(lab, changed, a);
	memory_put(&a->files, "checkpoint", buf_slice(last_note(&lab->archive)));
}

void
segment_fix_trailer(struct buf *file)
{
	must(file->len >= HASH_LEN);

	struct hash trailer = hash_of(slice_of(file->at, file->len - HASH_LEN));
	memcpy(file->at + file->len - HASH_LEN, trailer.b, HASH_LEN);
}

/* ---- What the classes are made of ---------------------------------------------------
 */

static struct memory_file *
any_file(struct memory *m, struct rng *rng)
{
	return &m->files[rng_below(rng, m->count)];
}

static struct buf *
segment_file(struct memory *m, uint64_t number)
{
	char path[SEGMENT_PATH_SIZE];

	segment_path(number, path);
	struct memory_file *file = memory_find(m, path);
	must(file != NULL);
	return &file->bytes;
}

static size_t
any_entry(const struct lab *lab, struct rng *rng, size_t from)
{
	return from + rng_below(rng, lab->history.count - from);
}

/* A block that continues another's node and names its key, signed with none of it. */
static void
forge(const struct history *h, size_t after, struct history_entry *ret)
{
	struct block_maker maker = { 0 };
	struct block block, forged;
	struct history_key key;

	must(block_parse(buf_slice(&h->entries[after].block), &block, NULL));
	history_key_make(&key, 4711, 1);
	block_begin(&maker, &block.node, block.last_seq + 1, &block.hash);
	must(block_add(&maker, block_record(&block, 0)));
	forged = block_finish(&maker, block.committed_ms, &block.key, key.secret);
	*ret = (struct history_entry){ .hq_ms = h->entries[after].hq_ms };
	buf_put_slice(&ret->block, forged.bytes);
	block_maker_fini(&maker);
}

static void
swap_files(struct memory *m, const char *one, const char *other)
{
	struct memory_file *a = memory_find(m, one), *b = memory_find(m, other);

	must(a != NULL && b != NULL);
	struct buf bytes = a->bytes;
	a->bytes = b->bytes;
	b->bytes = bytes;
}

/* ---- The classes --------------------------------------------------------------------
 */

static void
flip(const struct lab *lab, struct rng *rng, unsigned way, struct attempt *a)
{
	struct buf *file;
	uint64_t at;

	a->files = memory_copy(&lab->archive.files);
	if (way == 0) {
		a->how = "a bit of a file";
		file = &any_file(&a->files, rng)->bytes;
		at = rng_below(rng, file->len);
	} else {
		file = segment_file(&a->files, rng_below(rng, lab->archive.segments));
		uint64_t index_at = get_le64(file->at + 72);

		a->how = way == 1 ? "a bit of a segment's header"
				  : "a bit of a segment's index or trailer";
		at = way == 1 ? rng_below(rng, SEGMENT_HEAD_LEN)
			      : index_at + rng_below(rng, file->len - index_at);
		if (rng_chance(rng, 50) && at < file->len - HASH_LEN) {
			file->at[at] ^= (uint8_t)(1u << rng_below(rng, 8));
			segment_fix_trailer(file);
			return;
		}
	}
	file->at[at] ^= (uint8_t)(1u << rng_below(rng, 8));
}

static void
remove_one(const struct lab *lab, struct rng *rng, unsigned way, struct attempt *a)
{
	struct history changed = history_copy(&lab->history);
	size_t at = any_entry(lab, rng, 0);

	if (way == 2 && at + 1 == changed.count) {
		at--; /* The end leaves no gap: that is a rollback. */
	}
	history_remove(&changed, at);
	switch (way) {
	case 0:
		a->how = "a file";
		a->files = memory_copy(&lab->archive.files);
		memory_remove(&a->files, any_file(&a->files, rng)->path);
		break;
	case 1:
		a->how = "an entry, everything but the checkpoint made right";
		history_renumber(&changed);
		attempt_rebuild(lab, &changed, a);
		break;
	case 2:
		a->how = "an entry, by an insider who leaves a gap";
		attempt_resign(lab, &changed, a);
		break;
	default:
		a->how = "an entry, by an insider who leaves none";
		history_renumber(&changed);
		attempt_resign(lab, &changed, a);
		attempt_knows(a, last_note(&lab->archive));
		break;
	}
	history_fini(&changed);
}

static void
insert(const struct lab *lab, struct rng *rng, unsigned way, struct attempt *a)
{
	struct history changed = history_copy(&lab->history);
	size_t at = any_entry(lab, rng, 1);
	struct history_entry forged;

	forge(&changed, rng_below(rng, at), &forged);
	forged.hq_ms = changed.entries[at].hq_ms;
	history_insert(&changed, at, &forged);
	history_renumber(&changed);
	switch (way) {
	case 0:
		a->how = "a forged entry, everything but the checkpoint made right";
		attempt_rebuild(lab, &changed, a);
		break;
	case 1:
		a->how = "a forged entry, by an insider";
		attempt_resign(lab, &changed, a);
		break;
	case 2: {
		char path[SEGMENT_PATH_SIZE];

		a->how = "a segment at the end";
		a->files = memory_copy(&lab->archive.files);
		segment_path(lab->archive.segments, path);
		memory_put(&a->files, path,
			   buf_slice(segment_file(
				   &a->files, rng_below(rng, lab->archive.segments))));
		break;
	}
	default:
		a->how = "a stranger's entry, by an insider";
		buf_clear(&changed.entries[at].block);
		buf_put_slice(&changed.entries[at].block,
			      buf_slice(&lab->stranger.entries[at].block));
		history_renumber(&changed);
		attempt_resign(lab, &changed, a);
		break;
	}
	buf_fini(&forged.block);
	history_fini(&changed);
}

static void
swap(const struct lab *lab, struct rng *rng, unsigned way, struct attempt *a)
{
	struct history changed = history_copy(&lab->history);
	size_t at = any_entry(lab, rng, 1);
	struct buf block = changed.entries[at].block;
	char one[SEGMENT_PATH_SIZE], other[SEGMENT_PATH_SIZE];
	uint64_t segment = rng_below(rng, lab->archive.segments - 1);

	changed.entries[at].block = changed.entries[at - 1].block;
	changed.entries[at - 1].block = block;
	history_renumber(&changed);
	switch (way) {
	case 0:
		a->how = "two entries, everything but the checkpoint made right";
		attempt_rebuild(lab, &changed, a);
		break;
	case 1:
		a->how = "two entries, by an insider";
		attempt_resign(lab, &changed, a);
		attempt_knows(a, last_note(&lab->archive));
		break;
	case 2:
		a->how = "two segments";
		a->files = memory_copy(&lab->archive.files);
		segment_path(segment, one);
		segment_path(segment + 1, other);
		swap_files(&a->files, one, other);
		break;
	default: {
		struct sha256 hash;

		a->how = "two hashes of a tile";
		a->files = memory_copy(&lab->archive.files);
		struct memory_file *tile = NULL;
		for (size_t i = 0; i < a->files.count; i++) {
			if (strncmp(a->files.files[i].path, "tile/0/", 7) == 0 &&
			    a->files.files[i].bytes.len > SHA256_LEN) {
				tile = &a->files.files[i];
			}
		}
		must(tile != NULL);
		uint8_t *hashes =
			tile->bytes.at +
			SHA256_LEN * rng_below(rng, tile->bytes.len / SHA256_LEN - 1);
		memcpy(hash.b, hashes, SHA256_LEN);
		memcpy(hashes, hashes + SHA256_LEN, SHA256_LEN);
		memcpy(hashes + SHA256_LEN, hash.b, SHA256_LEN);
		break;
	}
	}
	history_fini(&changed);
}

static void
truncate_tail(const struct lab *lab, struct rng *rng, unsigned way, struct attempt *a)
{
	struct history changed = history_copy(&lab->history);
	size_t less = 1 + rng_below(rng, lab->history.count / 2);

	if (way == 0) {
		a->how = "a file's end";
		a->files = memory_copy(&lab->archive.files);
		struct memory_file *file = any_file(&a->files, rng);
		file->bytes.len = rng_below(rng, file->bytes.len);
	} else if (way == 1) {
		char path[SEGMENT_PATH_SIZE];

		a->how = "the last segments";
		a->files = memory_copy(&lab->archive.files);
		uint64_t from = rng_below(rng, lab->archive.segments);
		for (uint64_t i = from; i < lab->archive.segments; i++) {
			segment_path(i, path);
			memory_remove(&a->files, path);
		}
	} else {
		a->how = "the last entries, everything but the checkpoint made right";
		while (less-- != 0) {
			history_remove(&changed, changed.count - 1);
		}
		attempt_rebuild(lab, &changed, a);
	}
	history_fini(&changed);
}

static void
drop_middle(const struct lab *lab, struct rng *rng, unsigned way, struct attempt *a)
{
	char path[SEGMENT_PATH_SIZE];
	uint64_t segments = lab->archive.segments;
	uint64_t gone = rng_below(rng, segments - 1);

	if (way == 2) {
		struct history changed = history_copy(&lab->history);

		a->how = "by an insider";
		for (size_t i = 0; i < lab->per_segment; i++) {
			history_remove(&changed, gone * lab->per_segment);
		}
		attempt_resign(lab, &changed, a);
		history_fini(&changed);
		return;
	}
	a->files = memory_copy(&lab->archive.files);
	segment_path(gone, path);
	memory_remove(&a->files, path);
	a->how = "leaving a hole";
	if (way == 1) {
		a->how = "the others take its place";
		for (uint64_t i = gone + 1; i < segments; i++) {
			char from[SEGMENT_PATH_SIZE];

			segment_path(i, from);
			segment_path(i - 1, path);
			memory_put(&a->files, path,
				   buf_slice(segment_file(&a->files, i)));
			memory_remove(&a->files, from);
		}
	}
}

static void
replay(const struct lab *lab, struct rng *rng, unsigned way, struct attempt *a)
{
	uint64_t older = rng_below(rng, lab->archive.segments - 1);
	char path[SEGMENT_PATH_SIZE];

	if (way == 2) {
		struct history changed = history_copy(&lab->history);
		size_t at = any_entry(lab, rng, 1);
		struct history_entry old = { .hq_ms = changed.entries[at].hq_ms };

		a->how = "an old block as a new entry, by an insider";
		buf_put_slice(&old.block,
			      buf_slice(&changed.entries[rng_below(rng, at)].block));
		history_insert(&changed, at, &old);
		history_renumber(&changed);
		attempt_resign(lab, &changed, a);
		buf_fini(&old.block);
		history_fini(&changed);
		return;
	}
	a->files = memory_copy(&lab->archive.files);
	if (way == 0) {
		a->how = "an older segment in a newer one's place";
		segment_path(older + 1 +
				     rng_below(rng, lab->archive.segments - 1 - older),
			     path);
		memory_put(&a->files, path, buf_slice(segment_file(&a->files, older)));
	} else {
		a->how = "an older checkpoint over the newer files";
		memory_put(&a->files, "checkpoint",
			   buf_slice(&lab->archive.notes[older]));
	}
}

static void
splice(const struct lab *lab, struct rng *rng, unsigned way, struct attempt *a)
{
	uint64_t from = 1 + rng_below(rng, lab->archive.segments - 1);
	const struct archive *other = way == 1 ? &lab->fork : &lab->strange;

	if (way == 2) {
		struct history changed = history_copy(&lab->history);
		size_t at = any_entry(lab, rng, lab->fork_at);

		a->how = "two logs with one beginning, by an insider";
		while (changed.count > at) {
			history_remove(&changed, changed.count - 1);
		}
		for (size_t i = at; i < lab->forked.count; i++) {
			history_insert(&changed, i, &lab->forked.entries[i]);
			changed.entries[i].hq_ms = lab->history.entries[i].hq_ms;
		}
		history_renumber(&changed);
		attempt_resign(lab, &changed, a);
		attempt_knows(a, last_note(&lab->archive));
		history_fini(&changed);
		return;
	}
	a->files = memory_copy(&lab->archive.files);
	a->how = "another log's segments";
	if (way == 1) {
		/* Before they part they are the same. */
		a->how = "another log's segments, with one beginning";
		uint64_t apart = lab->fork_at / lab->per_segment;
		from = apart + rng_below(rng, lab->archive.segments - apart);
	}
	for (uint64_t i = from; i < lab->archive.segments; i++) {
		char path[SEGMENT_PATH_SIZE];

		segment_path(i, path);
		memory_put(&a->files, path,
			   buf_slice(&memory_find(&other->files, path)->bytes));
	}
}

/* The honest checkpoint's text with what 'sign' puts under it. */
static size_t
text_len_of(const struct buf *note)
{
	const char *end = memmem(note->at, note->len, "\n\n", 2);

	must(end != NULL);
	return (size_t)(end - (const char *)note->at) + 1;
}

static void
other_key(const struct lab *lab, struct rng *rng, unsigned way, struct attempt *a)
{
	const struct buf *honest = last_note(&lab->archive);
	struct buf note = { 0 };
	struct archive_key key = lab->thief;
	size_t len = text_len_of(honest);

	if (way == 1) { /* It names the honest key. */
		memcpy(key.key.id, lab->key.key.id, NOTE_ID_LEN);
	} else if (way == 2) {
		must(note_key_init(&key.key, slice_str("kusanone/elsewhere"),
				   lab->thief.key.public_key));
	}
	a->how = way == 1   ? "that claims to be the right one"
		 : way == 2 ? "of another name"
			    : "of the same name";
	if (rng_chance(rng, 50)) { /* Of a history of the thief's own. */
		attempt_resign(lab, &lab->stranger, a);
		honest = last_note(&lab->strange);
		len = text_len_of(honest);
	} else {
		a->files = memory_copy(&lab->archive.files);
	}
	buf_put(&note, honest->at, len);
	note_sign(&note, len, &key.key, key.secret);
	memory_put(&a->files, "checkpoint", buf_slice(&note));
	buf_fini(&note);
}

static void
unsign(const struct lab *lab, struct rng *rng, unsigned way, struct attempt *a)
{
	const struct buf *honest = last_note(&lab->archive);
	const struct buf *older =
		&lab->archive.notes[rng_below(rng, lab->archive.segments - 1)];
	struct buf note = { 0 };
	size_t len = text_len_of(honest);

	a->files = memory_copy(&lab->archive.files);
	buf_put(&note, honest->at, len);
	switch (way) {
	case 0:
		a->how = "the text alone";
		break;
	case 1:
		a->how = "an empty line and nothing under it";
		buf_put_str(&note, "\n");
		break;
	case 2:
		a->how = "a name without a signature";
		buf_printf(&note, "\n\xe2\x80\x94 %s\n", lab->key.key.name);
		break;
	default:
		a->how = "another checkpoint's signature";
		buf_put_slice(&note, slice_from(buf_slice(older), text_len_of(older)));
		break;
	}
	memory_put(&a->files, "checkpoint", buf_slice(&note));
	buf_fini(&note);
}

static void
roll_back(const struct lab *lab, struct rng *rng, unsigned way, struct attempt *a)
{
	struct history shorter = history_copy(&lab->history);
	uint64_t kept = 1 + rng_below(rng, lab->archive.segments - 1);

	/* 'kept' segments of it, as they were then, and a checkpoint from afterwards. */
	a->how = way == 0 ? "to an old copy; the last checkpoint is known"
			  : "to an old copy; a later checkpoint is known";
	while (shorter.count > kept * lab->per_segment) {
		history_remove(&shorter, shorter.count - 1);
	}
	attempt_resign(lab, &shorter, a);
	uint64_t known = way == 0 ? lab->archive.segments - 1
				  : kept + rng_below(rng, lab->archive.segments - kept);
	attempt_knows(a, &lab->archive.notes[rng_below(rng, kept)]);
	attempt_knows(a, &lab->archive.notes[known]);
	history_fini(&shorter);
}

static void
fork_off(const struct lab *lab, struct rng *rng, unsigned way, struct attempt *a)
{
	uint64_t apart = lab->fork_at / lab->per_segment;
	uint64_t known = apart + rng_below(rng, lab->archive.segments - apart);

	a->how = way == 0 ? "that this verifier's checkpoint is not of"
			  : "that one of several checkpoints is not of";
	a->files = memory_copy(&lab->fork.files);
	if (way == 1) {
		attempt_knows(a, &lab->fork.notes[rng_below(rng, lab->fork.segments)]);
		attempt_knows(a, last_note(&lab->fork));
	}
	attempt_knows(a, &lab->archive.notes[known]);
}

static void
recompress(const struct lab *lab, struct rng *rng, unsigned way, struct attempt *a)
{
	struct history changed = history_copy(&lab->history);
	struct history_entry *entry = &changed.entries[any_entry(lab, rng, 0)];

	/* Anywhere in what the block's author signed, or in his signature; its count,
	 * which the packing needs, aside. */
	uint64_t at = rng_below(rng, entry->block.len - 8);
	at += at >= 6 ? 2 : 0;
	entry->block.at[at] ^= (uint8_t)(1u << rng_below(rng, 8));
	if (way == 2) {
		a->how = "a changed entry, by an insider";
		attempt_resign(lab, &changed, a);
		history_fini(&changed);
		return;
	}
	attempt_rebuild(lab, &changed, a);
	a->how = "a changed entry, everything but the checkpoint made right";
	if (way == 0) {
		a->how = "a changed entry, under the tiles as they were";
		for (size_t i = 0; i < lab->archive.files.count; i++) {
			const struct memory_file *f = &lab->archive.files.files[i];

			if (strncmp(f->path, "tile/", 5) == 0) {
				memory_put(&a->files, f->path, buf_slice(&f->bytes));
			}
		}
	}
	history_fini(&changed);
}

/* A segment whose first frame, or whose numbers, claim more than there is. */
static void
bomb(const struct lab *lab, struct rng *rng, unsigned way, struct attempt *a)
{
	static uint8_t zeros[32 * 1024 * 1024];
	struct packer *packer = packer_new(1);
	struct buf made = { 0 }, packed = { 0 };

	a->files = memory_copy(&lab->archive.files);
	struct buf *file = segment_file(&a->files, rng_below(rng, lab->archive.segments));
	uint64_t index_at = get_le64(file->at + 72);
	uint8_t *row = file->at + index_at;
	switch (way) {
	case 0:
	case 1: {
		/* 32 MiB of zeros in one frame; the index tells the truth, or does not.
		 */
		uint32_t frames = get_le32(file->at + 28);
		uint32_t len = get_le32(row + 8);

		a->how = way == 0 ? "that the index owns up to" : "that the index hides";
		packer_put(packer, slice_of(zeros, sizeof(zeros)), &packed);
		buf_put(&made, file->at, SEGMENT_HEAD_LEN);
		buf_put_slice(&made, buf_slice(&packed));
		buf_put(&made, file->at + SEGMENT_HEAD_LEN + len,
			file->len - SEGMENT_HEAD_LEN - len);
		index_at += packed.len - len;
		put_le64(made.at + 72, index_at);
		put_le32(made.at + index_at + 8, (uint32_t)packed.len);
		for (uint32_t i = 1; i < frames; i++) {
			uint8_t *at = made.at + index_at + (size_t)i * 24;

			put_le64(at, get_le64(at) + packed.len - len);
		}
		if (way == 0) {
			put_le64(made.at + 64, get_le64(made.at + 64) + sizeof(zeros) -
						       get_le32(made.at + index_at + 12));
			put_le32(made.at + index_at + 12, sizeof(zeros));
		}
		buf_clear(file);
		buf_put_slice(file, buf_slice(&made));
		break;
	}
	case 2:
		a->how = "in the header's content length";
		put_le64(file->at + 64, UINT64_MAX - rng_below(rng, 1000));
		break;
	case 3:
		a->how = "in the number of frames";
		put_le32(file->at + 28, UINT32_MAX - (uint32_t)rng_below(rng, 1000));
		break;
	case 4:
		a->how = "in the number of entries";
		put_le32(file->at + 24, UINT32_MAX - (uint32_t)rng_below(rng, 1000));
		break;
	case 5:
		a->how = "in where the index lies";
		put_le64(file->at + 72, UINT64_MAX - rng_below(rng, 1000));
		break;
	case 6:
		a->how = "in a frame's length of content";
		put_le32(row + 12, UINT32_MAX - (uint32_t)rng_below(rng, 1000));
		break;
	default:
		a->how = "in a frame's number of entries";
		put_le32(row + 20, UINT32_MAX - (uint32_t)rng_below(rng, 1000));
		break;
	}
	segment_fix_trailer(file);
	packer_free(packer);
	buf_fini(&made);
	buf_fini(&packed);
}

const struct attack attacks[] = {
	{ "flip", 3, flip },
	{ "delete", 4, remove_one },
	{ "insert", 4, insert },
	{ "swap", 4, swap },
	{ "truncate", 3, truncate_tail },
	{ "drop a middle segment", 3, drop_middle },
	{ "replay what is old", 3, replay },
	{ "splice two logs", 3, splice },
	{ "sign with another key", 3, other_key },
	{ "checkpoint without signature", 4, unsign },
	{ "roll back", 2, roll_back },
	{ "fork", 2, fork_off },
	{ "recompress", 3, recompress },
	{ "bomb", 8, bomb },
};
const size_t attack_count = ARRAY_LEN(attacks);
