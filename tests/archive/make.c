/* tests/archive/make.c - an archive in a folder, for whoever wants to read one.
 *
 *	archive_make FOLDER [entries [per-segment [seed]]]
 *
 * FOLDER is made anew: archive/, key (the line of the archive's public key), known (a
 * checkpoint of half of it), entry.proof, growth.proof. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "archive/maker.h"
#include "lib/archive/fetch.h"
#include "lib/archive/proof.h"

static void
put_entry_proof(struct memory *out, struct archive *a, const char *name, uint64_t leaf)
{
	const struct archive_files files = memory_files(&a->files);
	const struct tile_source tiles = tile_files(&files);
	const uint64_t size = a->sizes[a->segments - 1];
	struct proof proof = { .kind = PROOF_ENTRY,
			       .leaf = leaf,
			       .note = buf_slice(&a->notes[a->segments - 1]) };
	struct segment_head head;
	struct archive_entry entry;
	struct buf content = { 0 }, text = { 0 };

	must(fetch_find_leaf(&files, leaf, &head) == OK);
	must(fetch_entry(&files, &head, (uint32_t)(leaf - head.first_leaf), &content,
			 &entry) == OK);
	proof.entry = entry.bytes;
	must(tree_prove_leaf(&tiles, size, leaf, size, &proof.hashes) == OK);
	proof_put(&text, &proof);
	memory_put(out, name, buf_slice(&text));
	buf_fini(&content);
	buf_fini(&text);
}

static void
put_growth_proof(struct memory *out, struct archive *a, const char *name, size_t old)
{
	const struct archive_files files = memory_files(&a->files);
	const struct tile_source tiles = tile_files(&files);
	const uint64_t size = a->sizes[a->segments - 1];
	struct proof proof = { .kind = PROOF_GROWTH,
			       .old_note = buf_slice(&a->notes[old]),
			       .note = buf_slice(&a->notes[a->segments - 1]) };
	struct buf text = { 0 };

	must(tree_prove_growth(&tiles, size, a->sizes[old], size, &proof.hashes) == OK);
	proof_put(&text, &proof);
	memory_put(out, name, buf_slice(&text));
	buf_fini(&text);
}

int
main(int argc, char **argv)
{
	size_t entries = argc > 2 ? strtoull(argv[2], NULL, 10) : 600;
	size_t per_segment = argc > 3 ? strtoull(argv[3], NULL, 10) : 100;
	uint64_t seed = argc > 4 ? strtoull(argv[4], NULL, 10) : 1;
	struct history history;
	struct archive_key key;
	struct archive archive;
	struct memory beside = { 0 };
	struct buf line = { 0 };
	char path[4096];

	if (argc < 2 || entries == 0 || per_segment == 0 || mkdir(argv[1], 0755) != 0) {
		fprintf(stderr,
			"archive_make FOLDER [entries [per-segment [seed]]]: FOLDER is "
			"made, and must not be there\n");
		return 2;
	}
	hash_init();
	history_make(&history, seed, entries, SIZE_MAX);
	archive_key_make(&key, "kusanone/hq", seed);
	archive_make(&archive, &history, per_segment, &key);

	size_t half = (archive.segments - 1) / 2;
	note_key_put(&line, &key.key);
	buf_put_str(&line, "\n");
	memory_put(&beside, "key", buf_slice(&line));
	memory_put(&beside, "known", buf_slice(&archive.notes[half]));
	put_entry_proof(&beside, &archive, "entry.proof", entries / 3);
	put_growth_proof(&beside, &archive, "growth.proof", half);
	memory_write(&beside, argv[1]);
	snprintf(path, sizeof(path), "%s/archive", argv[1]);
	must(mkdir(path, 0755) == 0);
	memory_write(&archive.files, path);
	printf("%zu entries in %zu segments, %u branches\n", history.count,
	       archive.segments, history.branches);
	memory_fini(&beside);
	archive_fini(&archive);
	history_fini(&history);
	buf_fini(&line);
	return 0;
}
