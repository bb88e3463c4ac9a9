/* tests/archive/tamper.c - the tamper corpus: every class of attack at many positions.
 *
 *	archive_tamper [positions [FOLDER [written]]]
 *
 * Says a line for each class and for clean archives.  With FOLDER, 'written' cases of
 * each class, clean archives and proofs, good and damaged, are written there with the
 * verdict of this program, for another verifier to judge (agree.py). */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "archive/lab.h"
#include "lib/archive/fetch.h"
#include "lib/archive/proof.h"
#include "lib/archive/verify.h"

enum { LABS = 4, LARGE = LABS - 1, CLEAN = 120 };

struct corpus {
	struct lab labs[LABS]; /* The last one has more than one tile. */
	unsigned positions, written;
	const char *folder;
	unsigned failures, cases;
	struct rng rng;
};

static void
make_folder(const char *path)
{
	must(mkdir(path, 0755) == 0 || errno == EEXIST);
}

/* A case for the other verifier. */
static void
write_case(struct corpus *c, const char *name, const struct memory *files,
	   const struct buf *known, size_t known_count, const struct archive_key *key,
	   bool good)
{
	struct memory beside = { 0 };
	struct buf line = { 0 };
	char path[512], file[32];

	snprintf(path, sizeof(path), "%s/%u-%s", c->folder, c->cases++, name);
	for (char *at = path + strlen(c->folder); *at != '\0'; at++) {
		*at = *at == ' ' ? '_' : *at;
	}
	make_folder(path);
	note_key_put(&line, &key->key);
	memory_put(&beside, "key", buf_slice(&line));
	memory_put(&beside, "verdict", slice_str(good ? "good" : "bad"));
	for (size_t i = 0; i < known_count; i++) {
		snprintf(file, sizeof(file), "known-%zu", i);
		memory_put(&beside, file, buf_slice(&known[i]));
	}
	memory_write(&beside, path);
	strncat(path, "/archive", sizeof(path) - strlen(path) - 1);
	make_folder(path);
	memory_write(files, path);
	memory_fini(&beside);
	buf_fini(&line);
}

static enum verify_verdict
judge(struct memory *files, const struct buf *known, size_t known_count,
      const struct archive_key *key, struct verify_report *report)
{
	struct slice notes[64];

	must(known_count <= ARRAY_LEN(notes));
	for (size_t i = 0; i < known_count; i++) {
		notes[i] = buf_slice(&known[i]);
	}
	const struct verify_options options = { .files = memory_files(files),
						.keys = &key->key,
						.key_count = 1,
						.known = notes,
						.known_count = known_count };
	return verify_archive(&options, report);
}

static void
run_class(struct corpus *c, const struct attack *attack)
{
	unsigned found = 0, seen[16] = { 0 };

	for (unsigned i = 0; i < c->positions; i++) {
		const struct lab *lab = &c->labs[i % 10 == 9 ? LARGE : i % LARGE];
		struct attempt attempt = { 0 };
		struct verify_report report;

		unsigned way = i % attack->ways;
		attack->make(lab, &c->rng, way, &attempt);
		if (judge(&attempt.files, attempt.known, attempt.known_count, &lab->key,
			  &report) == VERIFY_BAD) {
			found++;
			seen[way]++;
		} else if (c->failures++ < 20) {
			printf("# missed %s: %s (position %u)\n", attack->name,
			       attempt.how, i);
		}
		/* Of each way as many as fit; the large ones take Python too long. */
		if (c->folder != NULL && lab != &c->labs[LARGE] &&
		    i / attack->ways * attack->ways < c->written) {
			write_case(c, attack->name, &attempt.files, attempt.known,
				   attempt.known_count, &lab->key, false);
		}
		attempt_fini(&attempt);
	}
	printf("%s tamper: %s, %u ways: %u of %u found\n",
	       found == c->positions ? "ok" : "FAIL", attack->name, attack->ways, found,
	       c->positions);
}

static void
run_clean(struct corpus *c)
{
	static const size_t large[] = { 255, 256, 257, 300, 511, 512, 513, 700 };
	unsigned alarms = 0, branches = 0, archives = 0;

	for (size_t i = 0; i < CLEAN + ARRAY_LEN(large); i++) {
		size_t entries = i < CLEAN ? 1 + i / 2 : large[i - CLEAN];
		size_t per_segment = i < CLEAN ? 1 + i % 9 : 60 + i;
		struct history history;
		struct archive archive;
		struct archive_key key;
		struct verify_report report;

		history_make(&history, 5000 + i, entries, SIZE_MAX);
		archive_key_make(&key, "kusanone/hq", i);
		archive_make(&archive, &history, per_segment, &key);
		branches += history.branches;
		archives++;
		size_t known = archive.segments < 60 ? archive.segments : 60;
		if (judge(&archive.files, archive.notes, known, &key, &report) !=
		    VERIFY_GOOD) {
			alarms++;
			printf("# false alarm: %zu entries: %s: %s\n", entries,
			       report.path, report.why);
		}
		if (c->folder != NULL && (i % 12 == 0 || entries == 256)) {
			write_case(c, "clean", &archive.files, archive.notes, known, &key,
				   true);
		}
		archive_fini(&archive);
		history_fini(&history);
	}
	c->failures += alarms;
	printf("%s tamper: %u clean archives with %u branches: %u false alarms\n",
	       alarms == 0 ? "ok" : "FAIL", archives, branches, alarms);
}

/* One proof as a file, with the verdict on it. */
static void
write_proof(struct corpus *c, const struct archive_key *key, const struct buf *text)
{
	struct buf entry = { 0 };
	struct memory files = { 0 };
	struct proof proof;
	struct tree_head head;
	bool good = proof_read(buf_slice(text), &entry, &proof, NULL) &&
		    proof_check(&proof, &key->key, 1, &head, NULL);

	memory_put(&files, "proof", buf_slice(text));
	write_case(c, "proof", &files, NULL, 0, key, good);
	memory_fini(&files);
	buf_fini(&entry);
}

static void
write_damaged(struct corpus *c, const struct archive_key *key, struct buf *text)
{
	write_proof(c, key, text);
	for (int i = 0; i < 12; i++) {
		uint64_t bit = rng_below(&c->rng, 8 * text->len);

		text->at[bit / 8] ^= (uint8_t)(1u << bit % 8);
		write_proof(c, key, text);
		text->at[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	text->len = rng_below(&c->rng, text->len);
	write_proof(c, key, text);
}

static void
write_proofs(struct corpus *c, struct lab *lab)
{
	const struct archive_files files = memory_files(&lab->archive.files);
	const struct tile_source tiles = tile_files(&files);
	const uint64_t size = lab->history.count;
	struct buf text = { 0 }, content = { 0 };

	for (int i = 0; i < 6; i++) {
		size_t old = rng_below(&c->rng, lab->archive.segments);
		struct proof proof = {
			.leaf = rng_below(&c->rng, size),
			.note = buf_slice(&lab->archive.notes[lab->archive.segments - 1]),
			.old_note = buf_slice(&lab->archive.notes[old]),
		};
		struct segment_head head;
		struct archive_entry entry;

		must(fetch_find_leaf(&files, proof.leaf, &head) == OK);
		must(fetch_entry(&files, &head, (uint32_t)(proof.leaf - head.first_leaf),
				 &content, &entry) == OK);
		proof.entry = entry.bytes;
		must(tree_prove_leaf(&tiles, size, proof.leaf, size, &proof.hashes) ==
		     OK);
		buf_clear(&text);
		proof_put(&text, &proof);
		write_damaged(c, &lab->key, &text);

		proof.kind = PROOF_GROWTH;
		must(tree_prove_growth(&tiles, size, lab->archive.sizes[old], size,
				       &proof.hashes) == OK);
		buf_clear(&text);
		proof_put(&text, &proof);
		write_damaged(c, &lab->key, &text);
	}
	buf_fini(&text);
	buf_fini(&content);
}

int
main(int argc, char **argv)
{
	struct corpus *c = calloc(1, sizeof(*c));
	struct rusage usage;

	must(c != NULL);
	hash_init();
	c->positions = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 100;
	c->folder = argc > 2 ? argv[2] : NULL;
	c->written = argc > 3 ? (unsigned)strtoul(argv[3], NULL, 10) : 8;
	c->rng.state = 20260401;
	for (unsigned i = 0; i < LABS; i++) {
		lab_init(&c->labs[i], 40 + i, i == LARGE ? 300 : 36 + 11 * i,
			 i == LARGE ? 45 : 5 + i);
	}
	for (size_t i = 0; i < attack_count; i++) {
		run_class(c, &attacks[i]);
	}
	run_clean(c);
	if (c->folder != NULL) {
		write_proofs(c, &c->labs[LARGE]);
		write_proofs(c, &c->labs[0]);
	}
	getrusage(RUSAGE_SELF, &usage);
	printf("# at most %ld MiB of memory, with the corpus\n", usage.ru_maxrss / 1024);
	for (unsigned i = 0; i < LABS; i++) {
		lab_fini(&c->labs[i]);
	}
	bool good = c->failures == 0;
	free(c);
	return good ? 0 : 1;
}
