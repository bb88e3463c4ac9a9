/* tests/bench/archive_bench.c - what sealing and verifying an archive cost, in memory,
 * and what refilling headquarters' log from it costs, on a disk.
 *
 *	bench_archive [records [per-block [folder]]]
 *
 * Records are those of the other benchmarks, in blocks of 18 posts; 'per-block' 0 is as
 * many as fit.  The limit is what SHA-256 alone takes over the same entries.  The log is
 * made in 'folder' (the current one), and goes. */
#include <inttypes.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "event.h"
#include "lib/archive/refill.h"
#include "lib/archive/segment.h"
#include "lib/archive/verify.h"
#include "lib/base/table.h"
#include "lib/host/crew.h"
#include "measure.h"

enum { POSTS = EVENT_POSTS, FILES = 4096, RUNS = 3 };

struct author {
	struct node_id node;
	uint8_t public_key[SIGN_PUBLIC_LEN], secret[SIGN_SECRET_LEN];
	struct key_id key;
	uint64_t last_seq;
	struct hash last;
	struct block_maker maker;
};

/* The log: blocks one after the other. */
struct load {
	struct author authors[POSTS + 1];
	struct buf bytes;
	size_t *at;
	size_t count, cap;
	uint64_t records;
};

/* The archive: segments and tiles by their paths' hashes. */
struct file {
	char path[TILE_PATH_SIZE];
	struct buf bytes;
};
struct files {
	struct file at[FILES];
	size_t count;
};

static void
author_init(struct author *a, unsigned number)
{
	struct hash seed = hash_of(slice_of(&number, sizeof(number)));

	memset(a->node.b, (int)number + 1, NODE_ID_LEN);
	sign_keypair(a->public_key, a->secret, seed.b);
	a->key = key_id_of(a->public_key);
}

static void
end_block(struct load *load, struct author *a)
{
	struct block block =
		block_finish(&a->maker, INT64_C(1711929600000), &a->key, a->secret);

	if (load->count + 1 >= load->cap) {
		load->cap = load->cap != 0 ? 2 * load->cap : 1024;
		load->at = xrealloc(load->at, load->cap * sizeof(load->at[0]));
	}
	load->at[load->count++] = load->bytes.len;
	buf_put_slice(&load->bytes, block.bytes);
	load->at[load->count] = load->bytes.len;
	a->last = block.hash;
	a->last_seq = block.last_seq;
	a->maker.count = 0;
}

static void
add_record(struct load *load, struct author *a, struct slice record, uint32_t per_block)
{
	if (a->maker.count != 0 && a->maker.count == per_block) {
		end_block(load, a);
	}
	if (a->maker.count == 0) {
		block_begin(&a->maker, &a->node, a->last_seq + 1, &a->last);
	}
	if (!block_add(&a->maker, record)) {
		end_block(load, a);
		block_begin(&a->maker, &a->node, a->last_seq + 1, &a->last);
		must(block_add(&a->maker, record));
	}
	load->records++;
}

static void
load_make(struct load *load, uint64_t records, uint32_t per_block)
{
	struct buf record = { 0 };
	char name[16];

	for (unsigned i = 0; i <= POSTS; i++) {
		author_init(&load->authors[i], i);
	}
	for (unsigned i = 1; i <= POSTS; i++) {
		struct author *a = &load->authors[i];

		buf_clear(&record);
		event_post_name(i - 1, name);
		event_enrolment_put(&record, &a->node, name, a->public_key,
				    a->public_key);
		add_record(load, &load->authors[0], buf_slice(&record), 0);
	}
	end_block(load, &load->authors[0]);
	for (uint64_t n = 0; n < records; n++) {
		buf_clear(&record);
		event_record_put(&record, n, POSTS, EVENTS_IN_ORDER, 1);
		add_record(load, &load->authors[1 + n % POSTS], buf_slice(&record),
			   per_block);
	}
	for (unsigned i = 1; i <= POSTS; i++) {
		if (load->authors[i].maker.count != 0) {
			end_block(load, &load->authors[i]);
		}
		block_maker_fini(&load->authors[i].maker);
	}
	buf_fini(&record);
}

static struct slice
load_block(const struct load *load, size_t i)
{
	return slice_of(load->bytes.at + load->at[i], load->at[i + 1] - load->at[i]);
}

static struct file *
find(struct files *files, const char *path, bool make)
{
	uint64_t at = bytes_hash(slice_str(path)) % FILES;

	while (files->at[at].path[0] != '\0' && strcmp(files->at[at].path, path) != 0) {
		at = (at + 1) % FILES;
	}
	if (files->at[at].path[0] == '\0') {
		if (!make) {
			return NULL;
		}
		must(++files->count < FILES / 2);
		snprintf(files->at[at].path, sizeof(files->at[at].path), "%s", path);
	}
	return &files->at[at];
}

static void
put_file(struct files *files, const char *path, struct slice bytes)
{
	struct file *file = find(files, path, true);

	buf_clear(&file->bytes);
	buf_put_slice(&file->bytes, bytes);
}

static enum err
read_file(void *ctx, const char *path, uint64_t offset, size_t max, struct buf *to)
{
	struct file *file = find(ctx, path, false);

	if (file == NULL) {
		return ERR_NOT_FOUND;
	}
	size_t left = offset < file->bytes.len ? file->bytes.len - (size_t)offset : 0;
	buf_put(to, file->bytes.at + offset, left < max ? left : max);
	return OK;
}

static void
put_tile(void *ctx, const struct tile *tile, const struct sha256 *hashes)
{
	char path[TILE_PATH_SIZE];

	tile_path(tile, path);
	put_file(ctx, path, slice_of(hashes, (size_t)tile->width * SHA256_LEN));
}

/* The whole log into segments, tiles and one checkpoint. */
static size_t
seal(const struct load *load, struct files *files, const struct note_key *key,
     const uint8_t secret[SIGN_SECRET_LEN], int level)
{
	const struct tile_sink sink = { files, put_tile };
	struct tree *tree = xcalloc(1, sizeof(*tree));
	struct segment_writer w;
	struct tree_head head = { .origin = slice_str(key->name),
				  .position = load->records,
				  .hq_ms = 1,
				  .hq.node = load->authors[0].node };
	struct hash previous = { 0 };
	struct buf note = { 0 };
	char path[SEGMENT_PATH_SIZE];
	uint64_t position = 1, number = 0;
	size_t packed = 0;

	segment_writer_init(&w, level);
	segment_begin(&w, number, 0, &previous);
	for (size_t i = 0; i <= load->count; i++) {
		struct block block;
		struct sha256 leaf;

		if (i < load->count) {
			must(block_peek(load_block(load, i), &block));
			if (segment_add(&w, position, 1, &block, &leaf)) {
				tree_append(tree, &leaf, &sink);
				position += block.count;
				continue;
			}
		}
		struct slice bytes = segment_finish(&w);
		segment_path(number++, path);
		put_file(files, path, bytes);
		packed += bytes.len;
		previous = w.head.seal;
		segment_begin(&w, number, tree->size, &previous);
		i -= i < load->count; /* The one that had no room. */
	}
	tree_put_edges(tree, &sink);
	head.size = tree->size;
	head.root = tree_root(tree);
	memcpy(head.hq.sign_key, load->authors[0].public_key, SIGN_PUBLIC_LEN);
	tree_head_put(&note, &head);
	note_sign(&note, note.len, key, secret);
	put_file(files, "checkpoint", buf_slice(&note));
	segment_writer_fini(&w);
	buf_fini(&note);
	free(tree);
	return packed;
}

static double
sha_alone(const struct load *load)
{
	double began = now_s();

	for (size_t i = 0; i < load->count; i++) {
		struct sha256 leaf = sha256_leaf(load_block(load, i));

		must(leaf.b[0] != 0 || leaf.b[1] != 0 || leaf.b[2] != 0 ||
		     leaf.b[3] != 0);
	}
	return now_s() - began;
}

static size_t
heap_used(void)
{
	struct mallinfo2 info = mallinfo2();

	return info.uordblks + info.hblkhd;
}

static bool
note_heap(void *ctx, const struct verify_report *r)
{
	size_t *most = ctx, now = heap_used();

	(void)r;
	*most = now > *most ? now : *most;
	return true;
}

static double
verify(struct files *files, const struct note_key *key, bool tree_only,
       const struct crew *crew, size_t *ret_heap)
{
	size_t before = heap_used(), most = before;
	const struct verify_options options = { .files = { files, read_file },
						.keys = key,
						.key_count = 1,
						.tree_only = tree_only,
						.crew = crew,
						.progress = note_heap,
						.ctx = &most };
	struct verify_report r;
	double began = now_s();

	if (verify_archive(&options, &r) != VERIFY_GOOD) {
		give_up("%s: %s", r.path, r.why);
	}
	*ret_heap = most - before;
	return now_s() - began;
}

static double
refill(struct files *files, const struct note_key *key, const char *folder)
{
	char dir[4096], path[4200];
	const struct refill_options options = {
		.verify = { .files = { files, read_file }, .keys = key, .key_count = 1 },
		.dir = dir,
		.program = "bench_archive",
	};
	static const char *const names[] = { "data.mdb", "lock.mdb", "owner.lock" };
	struct refill_report r;

	snprintf(dir, sizeof(dir), "%s/refill.%d", folder, (int)getpid());
	double began = now_s();
	enum err err = refill_run(&options, &r);
	double took = now_s() - began;
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, names[i]);
		(void)unlink(path);
	}
	(void)rmdir(dir);
	if (err != OK) {
		give_up("%s: %s %s", dir, err_name(err), r.why);
	}
	return took;
}

static double
least(double a, double b)
{
	return a < b ? a : b;
}

int
main(int argc, char **argv)
{
	uint64_t records = argc > 1 ? strtoull(argv[1], NULL, 10) : 300000;
	uint32_t per_block = argc > 2 ? (uint32_t)strtoul(argv[2], NULL, 10) : 0;
	struct load *load = xcalloc(1, sizeof(*load));
	struct files *files = xcalloc(1, sizeof(*files));
	uint8_t public_key[SIGN_PUBLIC_LEN], secret[SIGN_SECRET_LEN];
	const uint8_t seed[32] = { 1 };
	const struct crew crew = { crew_open(), crew_start, crew_wait };
	double sealing[2] = { 1e9, 1e9 }, sha = 1e9, tree = 1e9, all = 1e9;
	double tree_alone = 1e9, all_alone = 1e9;
	double refilled = 1e9;
	size_t packed[2] = { 0 };
	struct note_key key;
	size_t heap = 0;

	hash_init();
	sign_keypair(public_key, secret, seed);
	must(note_key_init(&key, slice_str("kusanone/bench"), public_key));
	load_make(load, records, per_block);
	for (int run = 0; run < RUNS; run++) {
		for (int fast = 0; fast <= 1; fast++) {
			double began = now_s();

			packed[fast] =
				seal(load, files, &key, secret, fast ? PACK_LEVEL : 3);
			sealing[fast] = least(sealing[fast], now_s() - began);
		}
		sha = least(sha, sha_alone(load));
		tree_alone = least(tree_alone, verify(files, &key, true, NULL, &heap));
		all_alone = least(all_alone, verify(files, &key, false, NULL, &heap));
		tree = least(tree, verify(files, &key, true, &crew, &heap));
		all = least(all, verify(files, &key, false, &crew, &heap));
		refilled = least(refilled, refill(files, &key, argc > 3 ? argv[3] : "."));
	}
	const double mb = (double)load->bytes.len / 1e6, n = (double)load->records;
	report("archive.entries", (double)load->count, "entries");
	report("archive.content", mb, "MB");
	report("archive.seal", n / sealing[1], "records/s");
	report("archive.seal.entries", (double)load->count / sealing[1], "entries/s");
	report("archive.ratio", (double)load->bytes.len / (double)packed[1], "x");
	report("archive.seal.level3", n / sealing[0], "records/s");
	report("archive.ratio.level3", (double)load->bytes.len / (double)packed[0], "x");
	report("archive.sha256", mb / sha, "MB/s");
	report("archive.verify.tree", mb / tree, "MB/s");
	report("archive.verify", mb / all, "MB/s");
	report("archive.verify.share", 100 * sha / tree, "%");
	report("archive.verify.blocks", (double)load->count / (all - tree), "blocks/s");
	report("archive.verify.one.share", 100 * sha / tree_alone, "%");
	report("archive.verify.one.blocks",
	       (double)load->count / (all_alone - tree_alone), "blocks/s");
	report("archive.refill", n / refilled, "records/s");
	report("archive.refill.time", refilled, "s");
	report("archive.verify.heap", (double)heap / (1 << 20), "MiB");
	for (size_t i = 0; i < FILES; i++) {
		buf_fini(&files->at[i].bytes);
	}
	buf_fini(&load->bytes);
	free(load->at);
	free(load);
	free(files);
	crew_close(crew.ctx);
	return 0;
}
