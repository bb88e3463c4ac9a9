#include <stdlib.h>

#include "tests/sim/naive.h"
#include "tests/sim/sim.h"

/* Disks against what was said of them: acknowledged records, headquarters' log. */

/* ---- A post's journal ---------------------------------------------------------- */

struct hash_list {
	struct hash *at;
	size_t count, cap;
};

static void
list_add(struct hash_list *l, const struct hash *h)
{
	if (l->count == l->cap) {
		l->cap = l->cap != 0 ? 2 * l->cap : 64;
		l->at = xrealloc(l->at, l->cap * sizeof(l->at[0]));
	}
	l->at[l->count++] = *h;
}

static bool
list_has(const struct hash_list *l, const struct hash *h)
{
	for (size_t i = 0; i < l->count; i++) {
		if (hash_eq(&l->at[i], h)) {
			return true;
		}
	}
	return false;
}

static void
check_acked(struct machine *m)
{
	struct hash_list have = { 0 };
	struct txn txn = txn_begin_read(m->log);
	struct own_records own = { .txn = &txn };
	struct slice record;

	while (own_records_next(&own, &record)) {
		struct hash h = hash_of(record);

		list_add(&have, &h);
	}
	txn_abort(&txn);
	for (size_t i = 0; i < m->acked.count; i++) {
		if (!list_has(&have, &m->acked.at[i].record)) {
			sim_fail(m->world, "acknowledged is on disk",
				 "%s was started again and lacks record %s seq %" PRIu64
				 " that it had acknowledged",
				 m->name, short_hash(&m->acked.at[i].record),
				 m->acked.at[i].seq);
		}
	}
	free(have.at);
}

static bool
has_record(struct txn *txn, const struct hash *record, uint64_t seq)
{
	struct own_records own = { .txn = txn };
	struct slice bytes;

	while (own_records_next(&own, &bytes)) {
		if (own.seq == seq) {
			struct hash h = hash_of(bytes);

			if (hash_eq(&h, record)) {
				return true;
			}
		}
	}
	return false;
}

/* What was sent in a field that nobody knows stands in the record. */
void
check_recorded(struct machine *m, const struct hash *record, struct slice unknown)
{
	struct txn txn = txn_begin_read(m->log);
	struct own_records own = { .txn = &txn };
	struct slice bytes;

	while (unknown.len != 0 && own_records_next(&own, &bytes)) {
		struct hash h = hash_of(bytes);

		if (hash_eq(&h, record) &&
		    memmem(bytes.at, bytes.len, unknown.at, unknown.len) == NULL) {
			sim_fail(m->world, "unknown fields are kept",
				 "%s: record %s lacks an unknown field that was sent",
				 m->name, short_hash(record));
		}
	}
	txn_abort(&txn);
}

void
check_receipt(struct machine *m, const struct hash *record, uint64_t seq, int reach,
	      uint64_t position)
{
	struct world *w = m->world;
	struct txn txn = txn_begin_read(m->log);

	if (!has_record(&txn, record, seq)) {
		sim_fail(w, "acknowledged is on disk",
			 "%s gives a receipt for record %s seq %" PRIu64
			 " that is not on its disk",
			 m->name, short_hash(record), seq);
	}
	txn_abort(&txn);
	if (reach < 2) {
		return;
	}
	for (size_t i = 0; i < w->ever_count; i++) {
		if (hash_eq(&w->ever[i].record, record) &&
		    (position == 0 || w->ever[i].position == position)) {
			return;
		}
	}
	sim_fail(w, "receipts",
		 "%s says that record %s is at headquarters at %" PRIu64
		 ", where it never was",
		 m->name, short_hash(record), position);
}

/* ---- Headquarters' log --------------------------------------------------------- */

static void
add_ever(struct world *w, const struct hash *record, uint64_t position)
{
	if (w->ever_count == w->ever_cap) {
		w->ever_cap = w->ever_cap != 0 ? 2 * w->ever_cap : 256;
		w->ever = xrealloc(w->ever, w->ever_cap * sizeof(w->ever[0]));
	}
	w->ever[w->ever_count].record = *record;
	w->ever[w->ever_count++].position = position;
}

static void
add_to_naive(struct world *w, const struct block *block)
{
	struct slice record;
	size_t at = 0;

	while (block_next(block, &at, &record)) {
		struct hash h = hash_of(record);

		naive_add(w->naive, block->node.b, block->key.b, record);
		w->naive_position++;
		add_ever(w, &h, w->naive_position);
	}
}

static struct hash
chained(const struct hash *before, const struct log_entry *e, const struct hash *block)
{
	uint8_t text[32 + 8 + 8 + 32];

	memcpy(text, before->b, 32);
	put_le64(text + 32, e->last);
	put_le64(text + 40, (uint64_t)e->hq_ms);
	memcpy(text + 48, block->b, 32);
	return hash_of(slice_of(text, sizeof(text)));
}

/* One entry behind 'before': no gap, the chain right, the block new and behind its
 * parent. */
static void
check_entry(struct world *w, const struct log_entry *e, struct log_head *before,
	    struct hash_list *blocks, struct hash_list *parents)
{
	struct block block;

	if (!block_parse(e->block, &block, NULL)) {
		sim_fail(w, "log", "no block at %" PRIu64, e->first);
		return;
	}
	struct hash chain = chained(&before->log_hash, e, &block.hash);
	if (e->first != before->position + 1 || e->last != e->first + block.count - 1) {
		sim_fail(w, "log", "positions have a gap at %" PRIu64, e->first);
	}
	if (!hash_eq(&chain, &e->log_hash) || e->hq_ms < before->hq_ms) {
		sim_fail(w, "log", "the chain is broken at %" PRIu64, e->first);
	}
	if (list_has(blocks, &block.hash)) {
		sim_fail(w, "each block once", "block %s stands twice in the log",
			 short_hash(&block.hash));
	}
	if (list_has(parents, &block.parent) && !hash_is_zero(&block.parent)) {
		sometimes(w, SOMETIMES_BRANCH);
	}
	list_add(parents, &block.parent);
	if (!hash_is_zero(&block.parent) && !list_has(blocks, &block.parent)) {
		sim_fail(w, "parents first", "block %s stands before its parent",
			 short_hash(&block.hash));
	}
	list_add(blocks, &block.hash);
	before->position = e->last;
	before->log_hash = e->log_hash;
	before->hq_ms = e->hq_ms;
}

void
check_hq_log(struct world *w)
{
	struct machine *hq = &w->machines[w->hq];
	struct hash_list blocks = { 0 }, parents = { 0 };
	struct log_head head = { 0 };
	struct log_entry e;
	struct txn txn = txn_begin_read(hq->log);

	while (!w->failed && log_after(&txn, head.position, &e)) {
		check_entry(w, &e, &head, &blocks, &parents);
	}
	txn_abort(&txn);
	free(blocks.at);
	free(parents.at);
}

/* What was appended since the last look. */
static void
read_log(struct world *w)
{
	struct machine *hq = &w->machines[w->hq];
	struct log_entry e;
	struct txn txn = txn_begin_read(hq->log);

	while (log_after(&txn, w->naive_position, &e)) {
		struct block block;

		must(e.first == w->naive_position + 1);
		must(block_parse(e.block, &block, NULL));
		trace(w,
		      "log %" PRIu64 ": %u of %02x%02x seq %" PRIu64
		      " block %s parent %s",
		      e.first, block.count, block.node.b[0], block.node.b[1],
		      block.first_seq, short_hash(&block.hash),
		      short_hash(&block.parent));
		add_to_naive(w, &block);
	}
	txn_abort(&txn);
}

/* ---- When they are looked at --------------------------------------------------- */

static void
hq_started(struct world *w)
{
	struct machine *hq = &w->machines[w->hq];
	uint64_t head = hq->aggregation->log.head.position;

	archive_started(hq);
	if (head < w->naive_position && w->rollbacks == w->rollbacks_read) {
		sim_fail(w, "log", "headquarters' log lost %" PRIu64 " records",
			 w->naive_position - head);
	}
	if (w->rollbacks != w->rollbacks_read) {
		/* Another past, it may be. */
		w->rollbacks_read = w->rollbacks;
		naive_cut(w->naive, 0);
		w->naive_position = 0;
	}
	read_log(w);
	if (fold_position(&hq->aggregation->fold) != head) {
		sim_fail(w, "view",
			 "headquarters starts with a view at %" PRIu64
			 " of a log at %" PRIu64,
			 (uint64_t)fold_position(&hq->aggregation->fold), head);
	}
	check_hq_fold(w);
}

void
check_started(struct machine *m)
{
	if (m->world->failed) {
		return;
	}
	if (m->kind == MACHINE_AGGREGATION) {
		hq_started(m->world);
	} else if (m->kind == MACHINE_NOTIFICATION) {
		alerts_started(m);
	} else if (m->kind == MACHINE_INTAKE) {
		check_acked(m);
		witness_started(m);
		if (rng_chance(&m->world->rng, 30)) {
			check_post_fold(m);
		}
	}
}

/* What the intake remembers of its journal is what the disk says. */
static void
check_memory(struct machine *m)
{
	struct txn txn = txn_begin_read(m->log);
	struct journal disk;
	const struct journal *memory = &m->intake->journal;

	if (journal_open(&disk, &txn) != OK || disk.position != memory->position ||
	    disk.waiting != memory->waiting ||
	    disk.cursor.position != memory->cursor.position) {
		sim_fail(m->world, "memory is the disk",
			 "%s: %" PRIu64 " blocks wait in memory, %" PRIu64
			 " on disk; position %" PRIu64 ", %" PRIu64 "; cursor %" PRIu64
			 ", %" PRIu64,
			 m->name, memory->waiting, disk.waiting, memory->position,
			 disk.position, memory->cursor.position, disk.cursor.position);
	}
	journal_fini(&disk);
	txn_abort(&txn);
}

void
check_turned(struct machine *m)
{
	struct world *w = m->world;

	if (!m->up || w->failed) {
		return;
	}
	if (m->kind == MACHINE_AGGREGATION) {
		struct aggregation *a = m->aggregation;

		if (a->repeats != m->repeats_before) {
			sometimes(w, SOMETIMES_DUPLICATE_SUPPRESSED);
			m->repeats_before = a->repeats;
		}
		if (a->fold.erased.count != 0) {
			sometimes(w, SOMETIMES_ERASED);
		}
		if (a->log.head.position != fold_position(&a->fold)) {
			sim_fail(w, "view",
				 "the view stands at %" PRIu64 ", the log at %" PRIu64,
				 (uint64_t)fold_position(&a->fold), a->log.head.position);
		}
		uint64_t before = w->naive_position;
		read_log(w);
		archive_turned(m, w->naive_position != before);
		return;
	}
	if (m->kind == MACHINE_NOTIFICATION) {
		alerts_turned(m);
		return;
	}
	if (m->kind == MACHINE_ARCHIVING) {
		archive_sealed(m);
		return;
	}
	struct intake *in = m->intake;
	check_memory(m);
	witness_turned(m);
	if (in->journal.waiting >= 8) {
		m->had_backlog = true;
	} else if (m->had_backlog && in->journal.waiting == 0) {
		m->had_backlog = false;
		sometimes(w, SOMETIMES_BACKLOG_DRAINED);
	}
	if (in->config.dial_count > 1 && in->dialled_with + 1 != in->config.dial_count) {
		sometimes(w, SOMETIMES_KEY_TRIED);
	}
}

/* ---- A recount ----------------------------------------------------------------- */

void
check_hq_fold(struct world *w)
{
	struct machine *hq = &w->machines[w->hq];
	struct aggregation *again = xcalloc(1, sizeof(*again));
	struct aggregation_config config = hq->aggregation->config;
	const char *table = "";

	aggregation_init(again, &config, hq->log, NULL);
	enum err err = aggregation_open(again);
	if (err != OK) {
		sim_fail(w, "view == recount", "the recount fails: %s", err_name(err));
	} else if (!fold_eq(&hq->aggregation->fold, &again->fold, &table)) {
		sim_fail(w, "view == recount", "headquarters at %" PRIu64 ": %s differs",
			 hq->aggregation->log.head.position, table);
	}
	aggregation_fini(again);
	free(again);
}

void
check_post_fold(struct machine *m)
{
	struct intake *again = xcalloc(1, sizeof(*again));
	const char *table = "";

	intake_init(again, &m->intake->config, m->log);
	enum err err = intake_open(again, m->world->now, machine_wall(m));
	if (err != OK) {
		sim_fail(m->world, "post == recount", "%s: the recount fails: %s",
			 m->name, err_name(err));
	} else if (!fold_eq(&m->intake->fold, &again->fold, &table)) {
		sim_fail(m->world, "post == recount", "%s: %s differs", m->name, table);
	}
	intake_fini(again);
	free(again);
}

void
check_random(struct world *w)
{
	struct machine *m = &w->machines[rng_below(&w->rng, (uint64_t)w->machine_count)];
	struct machine *hq = &w->machines[w->hq];

	if (w->failed) {
		return;
	}
	if (hq->up) {
		check_hq_fold(w);
		compare_totals(w, 4);
	}
	if (m->up && m->kind == MACHINE_INTAKE) {
		check_post_fold(m);
	}
}
