#include <stdlib.h>

#include "lib/archive/verify.h"
#include "lib/archive/walk.h"
#include "tests/sim/archive.h"

/* The archive, looked at from outside: what is sealed stays sealed, it is headquarters'
 * log, and headquarters takes nothing that its archive could contradict. */

/* ---- Checkpoints that were ever made ------------------------------------------- */

const struct seen *
seen_find(const struct keeping *k, struct slice note)
{
	for (size_t i = k->seen_count; i-- > 0;) {
		if (slice_eq(buf_slice(&k->seen[i].note), note)) {
			return &k->seen[i];
		}
	}
	return NULL;
}

const struct seen *
seen_newest(const struct world *w)
{
	const struct machine *m = &w->machines[w->keeping->machine];
	const struct memory_file *file =
		m->shelf != NULL ? memory_find(m->shelf, "checkpoint") : NULL;

	return file != NULL ? seen_find(w->keeping, buf_slice(&file->bytes)) : NULL;
}

static struct sha256
root_of(const struct lineage *l, uint64_t size)
{
	struct tree *tree = xcalloc(1, sizeof(*tree));

	must(size <= l->count);
	for (uint64_t i = 0; i < size; i++) {
		tree_append(tree, &l->leaves[i], NULL);
	}
	struct sha256 root = tree_root(tree);
	free(tree);
	return root;
}

bool
seen_agree(const struct keeping *k, const struct seen *a, const struct seen *b)
{
	const struct seen *large = a->size < b->size ? b : a;
	const struct seen *small = large == b ? a : b;

	if (a->lineage == b->lineage) {
		return true;
	}
	struct sha256 root = root_of(&k->lineages[large->lineage], small->size);
	return sha256_eq(&root, &small->root);
}

/* ---- What is put --------------------------------------------------------------- */

static uint64_t
covered(const struct machine *m)
{
	const struct seen *newest = seen_newest(m->world);

	return newest != NULL ? newest->size : 0;
}

static void
put_segment(struct machine *m, struct slice bytes)
{
	struct segment_head head;

	must(segment_head_read(bytes, &head, NULL));
	if (head.first_leaf < covered(m)) {
		sim_fail(m->world, "sealed once",
			 "%s writes segment %" PRIu64 " anew, which is sealed up to leaf "
			 "%" PRIu64,
			 m->name, head.number, covered(m));
	}
}

/* The leaves of all that the checkpoint covers, and what the last entry says. */
static bool
read_leaves(struct machine *m, uint64_t size, struct lineage *ret, uint64_t *ret_position,
	    wall_ms_t *ret_hq_ms)
{
	const struct archive_files files = memory_files(m->shelf);
	struct archive_entry entry;
	enum walk_step step;
	struct walk walk;
	uint64_t leaf;

	*ret = (struct lineage){ 0 };
	walk_init(&walk, &files, size);
	while ((step = walk_next(&walk, &entry, &leaf)) == WALK_ENTRY) {
		struct block block;

		if (ret->count == ret->cap) {
			ret->cap = ret->cap != 0 ? 2 * ret->cap : 256;
			ret->leaves =
				xrealloc(ret->leaves, ret->cap * sizeof(ret->leaves[0]));
		}
		ret->leaves[ret->count++] = sha256_leaf(entry.bytes);
		must(block_parse(entry.block, &block, NULL));
		*ret_position = entry.position + block.count - 1;
		*ret_hq_ms = entry.hq_ms;
	}
	walk_fini(&walk);
	return step == WALK_END && ret->count == size;
}

/* How many leaves the two have in common at their beginning. */
static size_t
common(const struct lineage *a, const struct lineage *b)
{
	size_t n = 0;

	while (n < a->count && n < b->count && sha256_eq(&a->leaves[n], &b->leaves[n])) {
		n++;
	}
	return n;
}

/* The lineage that goes on with these leaves, which are taken over. */
static size_t
lineage_of(struct machine *m, struct lineage *leaves)
{
	struct world *w = m->world;
	struct keeping *k = w->keeping;
	struct lineage *now =
		k->lineage_count != 0 ? &k->lineages[k->lineage_count - 1] : NULL;
	const struct seen *last = k->seen_count != 0 ? &k->seen[k->seen_count - 1] : NULL;
	bool same_key = last != NULL && last->key == k->key;
	size_t n = same_key ? common(now, leaves) : 0;

	if (same_key && (n == now->count || n == leaves->count)) {
		if (leaves->count > now->count) {
			struct lineage was = *now;

			*now = *leaves;
			*leaves = was;
		}
		free(leaves->leaves);
		return k->lineage_count - 1;
	}
	if (same_key && !(k->shelf_was_back && w->rollbacks != 0)) {
		sim_fail(w, "one history",
			 "%s seals leaf %zu otherwise than before, and nothing was set "
			 "back",
			 m->name, n);
	}
	if (same_key) {
		trace(w, "%s seals another history from leaf %zu on", m->name, n);
	}
	k->lineages =
		xrealloc(k->lineages, (k->lineage_count + 1) * sizeof(k->lineages[0]));
	k->lineages[k->lineage_count] = *leaves;
	return k->lineage_count++;
}

static void
put_checkpoint(struct machine *m, struct slice note)
{
	struct world *w = m->world;
	struct keeping *k = w->keeping;
	struct lineage leaves = { 0 };
	uint64_t position = 0;
	wall_ms_t hq_ms = 0;
	struct tree_head head;
	const char *why = "";

	if (!tree_head_open(note, &k->keys[k->key].key, 1, &head, &why)) {
		sim_fail(w, "checkpoint", "%s signs what is none: %s", m->name, why);
		return;
	}
	bool whole = read_leaves(m, head.size, &leaves, &position, &hq_ms);
	struct sha256 root = whole ? root_of(&leaves, head.size) : sha256_empty();
	if (!whole || !sha256_eq(&root, &head.root) || head.position != position ||
	    head.hq_ms != hq_ms) {
		sim_fail(w, "checkpoint",
			 "%s signs %" PRIu64 " entries up to position %" PRIu64
			 ": %s, up to position %" PRIu64,
			 m->name, head.size, head.position,
			 !whole                          ? "they are not there"
			 : !sha256_eq(&root, &head.root) ? "they have another root"
							 : "they are others",
			 position);
		free(leaves.leaves);
		return;
	}
	size_t lineage = lineage_of(m, &leaves);
	if (seen_find(k, note) != NULL) {
		return;
	}
	if (k->seen_count == k->seen_cap) {
		k->seen_cap = k->seen_cap != 0 ? 2 * k->seen_cap : 32;
		k->seen = xrealloc(k->seen, k->seen_cap * sizeof(k->seen[0]));
	}
	struct seen *s = &k->seen[k->seen_count++];
	*s = (struct seen){
		.size = head.size, .root = head.root, .key = k->key, .lineage = lineage
	};
	buf_put_slice(&s->note, note);
	sometimes(w, SOMETIMES_SEALED);
}

void
archive_put(struct machine *m, const char *path, struct slice bytes)
{
	if (m->world->failed) {
		return;
	}
	if (strncmp(path, "segment/", 8) == 0) {
		put_segment(m, bytes);
	} else if (strcmp(path, "checkpoint") == 0) {
		put_checkpoint(m, bytes);
	}
}

/* What the store says is sealed is on the shelf. */
void
archive_sealed(struct machine *m)
{
	struct keeping *k = m->world->keeping;
	uint64_t size = m->archiving->sealed.size;

	if (size != k->sealed_size && size > covered(m)) {
		sim_fail(m->world, "sealed is on the shelf",
			 "%s says %" PRIu64 " entries are sealed, its checkpoint covers "
			 "%" PRIu64,
			 m->name, size, covered(m));
	}
	k->sealed_size = size;
}

/* ---- Headquarters' door -------------------------------------------------------- */

void
archive_started(struct machine *hq)
{
	struct keeping *k = hq->world->keeping;

	if (k != NULL) {
		k->door_open = false;
		k->door_ahead = false;
		k->came = false;
		k->heard = false;
	}
}

void
archive_heard(struct machine *hq, const struct link_cursor *cursor)
{
	struct keeping *k = hq->world->keeping;
	struct txn txn = txn_begin_read(hq->log);
	struct log_entry e;

	k->heard_holds =
		(k->heard && k->heard_holds) || cursor->position == 0 ||
		(log_at(&txn, cursor->position, &e) && e.last == cursor->position &&
		 hash_eq(&e.log_hash, &cursor->log_hash));
	k->heard = true;
	txn_abort(&txn);
}

static bool
is_given_up(struct machine *hq)
{
	struct txn txn = txn_begin_read(hq->log);
	struct slice value;
	bool found = txn_get(&txn, LOG_DB_META, slice_str("archive given up"), &value);

	txn_abort(&txn);
	return found;
}

/* A turn of headquarters is on its disk. */
void
archive_turned(struct machine *hq, bool grew)
{
	struct world *w = hq->world;
	struct keeping *k = w->keeping;

	if (k == NULL || !k->named || w->failed) {
		return;
	}
	if (grew && !k->door_open && !(k->heard && k->heard_holds) && !is_given_up(hq)) {
		sim_fail(w, "archive first",
			 "headquarters takes blocks up to %" PRIu64
			 " while its archive is %s",
			 w->naive_position, k->door_ahead ? "ahead" : "awaited");
	}
	if (k->heard) {
		k->door_open = k->heard_holds;
		k->door_ahead = !k->heard_holds;
		k->came = k->heard_holds && !hq->was_full;
	}
	k->heard = false;
	k->heard_holds = false;
	if (k->came && k->given_up && is_given_up(hq)) {
		sim_fail(w, "archive first",
			 "headquarters has its archive again, and would not wait for it "
			 "after the next start");
	}
	switch (hq->aggregation->archive.state) {
	case OWN_ARCHIVE_AWAITED:
		sometimes(w, SOMETIMES_HQ_AWAITS);
		break;
	case OWN_ARCHIVE_AHEAD:
		sometimes(w, SOMETIMES_ARCHIVE_AHEAD);
		break;
	default:
		break;
	}
}

/* ---- Rest ---------------------------------------------------------------------- */

bool
archive_rests(struct world *w, const char **ret_why)
{
	const struct keeping *k = w->keeping;
	const struct machine *m = &w->machines[k->machine];
	const struct aggregation *a = w->machines[w->hq].aggregation;
	const struct seen *newest = seen_newest(w);

	if (!m->up) {
		*ret_why = "the archive is away";
		return false;
	}
	const struct archiving *arch = m->archiving;
	if (arch->follower.dialer.state != DIALER_LIVE) {
		*ret_why = "the archive's link is not live";
	} else if (!hash_eq(&arch->follower.log.head.log_hash, &a->log.head.log_hash)) {
		*ret_why = "the archive is not at the log's end";
	} else if (arch->sealed.log.position != a->log.head.position) {
		*ret_why = "not everything is sealed";
	} else if (arch->erasing.any_going || arch->erasing.eraser.compact_due) {
		*ret_why = "the archive erases";
	} else if (k->named && a->archive.state != OWN_ARCHIVE_HELD) {
		*ret_why = "headquarters waits for its archive";
	} else if (k->named && newest != NULL &&
		   !slice_eq(buf_slice(&a->archive.checkpoint),
			     buf_slice(&newest->note))) {
		*ret_why = "headquarters does not know the newest checkpoint";
	} else {
		for (int i = 0; i < w->machine_count; i++) {
			const struct machine *post = &w->machines[i];

			if (k->named && newest != NULL && post->kind == MACHINE_INTAKE &&
			    post->up && post->living &&
			    witness_fault(post, newest) != NULL) {
				w->restless = i;
				*ret_why = witness_fault(post, newest);
				return false;
			}
		}
		return true;
	}
	return false;
}

/* ---- The end ------------------------------------------------------------------- */

static enum verify_verdict
verify(struct machine *m, const struct slice *known, size_t count, bool tree_only,
       struct verify_report *report)
{
	const struct keeping *k = m->world->keeping;
	const struct verify_options options = { .files = memory_files(m->shelf),
						.keys = &k->keys[k->key].key,
						.key_count = 1,
						.known = known,
						.known_count = count,
						.tree_only = tree_only };

	return verify_archive(&options, report);
}

/* Whoever holds any checkpoint of this history verifies the archive with it; one of
 * another history refutes it. */
static void
check_verifies(struct machine *m, const struct seen *newest)
{
	struct world *w = m->world;
	const struct keeping *k = w->keeping;
	struct slice *known = xcalloc(k->seen_count, sizeof(known[0]));
	struct slice other = { 0 };
	struct verify_report report;
	size_t count = 0;

	for (size_t i = 0; i < k->seen_count; i++) {
		const struct seen *s = &k->seen[i];

		if (s->key != newest->key) {
			continue;
		}
		if (s->size > newest->size || !seen_agree(k, s, newest)) {
			other = buf_slice(&s->note);
		} else {
			known[count++] = buf_slice(&s->note);
		}
	}
	if (verify(m, known, count, w->seed % 4 != 0, &report) != VERIFY_GOOD) {
		sim_fail(w, "archive verifies", "%s: %s", report.path, report.why);
	} else if (other.len != 0 && verify(m, &other, 1, true, &report) != VERIFY_BAD) {
		sim_fail(w, "archive verifies",
			 "a checkpoint of another history does not refute it");
	}
	free(known);
}

/* Every entry is headquarters', byte for byte. */
static void
check_entries(struct machine *m, const struct seen *newest)
{
	const struct archive_files files = memory_files(m->shelf);
	struct world *w = m->world;
	struct txn txn = txn_begin_read(w->machines[w->hq].log);
	struct archive_entry entry;
	struct log_entry e;
	struct walk walk;
	uint64_t leaf, at = 0;

	walk_init(&walk, &files, newest->size);
	while (!w->failed && walk_next(&walk, &entry, &leaf) == WALK_ENTRY) {
		if (!log_after(&txn, at, &e) || e.first != entry.position ||
		    e.hq_ms != entry.hq_ms || !slice_eq(e.block, entry.block)) {
			sim_fail(w, "archive == log",
				 "leaf %" PRIu64 " at %" PRIu64
				 " is not what headquarters has there",
				 leaf, entry.position);
		}
		at = e.last;
	}
	if (!w->failed && log_after(&txn, at, &e)) {
		sim_fail(w, "archive == log", "what is at %" PRIu64 " is not sealed",
			 e.first);
	}
	walk_fini(&walk);
	txn_abort(&txn);
}

/* Segments alone give the log again, and with it the same fold. */
static void
check_refill(struct machine *m)
{
	struct world *w = m->world;
	struct machine *hq = &w->machines[w->hq];
	struct aggregation *again = xcalloc(1, sizeof(*again));
	struct aggregation_config config = hq->aggregation->config;
	struct machine bench = { .world = w, .name = "refilled" };
	const char *table = "";
	struct log log;

	snprintf(bench.dir, sizeof(bench.dir), "%s/refilled", w->base_dir);
	struct store *store =
		machine_open_store(&bench, "log", "aggregation-log", log_db_names);
	struct txn to = txn_begin(store);
	bool whole = keeper_refill(m, &to, NULL, &log);
	must(txn_commit(&to) == OK);
	aggregation_init(again, &config, store, NULL);
	if (!whole || !hash_eq(&log.head.log_hash, &hq->aggregation->log.head.log_hash)) {
		sim_fail(w, "refill == log",
			 "segments give a log up to %" PRIu64 ", headquarters' ends at "
			 "%" PRIu64,
			 log.head.position, hq->aggregation->log.head.position);
	} else if (aggregation_open(again) != OK ||
		   !fold_eq(&hq->aggregation->fold, &again->fold, &table)) {
		sim_fail(w, "refill == log", "%s differs", table);
	}
	aggregation_fini(again);
	free(again);
	store_close(store);
	disk_remove(bench.dir);
}

void
check_archive(struct world *w)
{
	struct machine *m = archive_machine(w);
	const struct seen *newest = seen_newest(w);

	if (newest == NULL) {
		sim_fail(w, "archive verifies", "nothing was sealed");
		return;
	}
	check_verifies(m, newest);
	if (!w->failed) {
		check_entries(m, newest);
	}
	if (!w->failed) {
		check_refill(m);
	}
}
