#include <stdlib.h>

#include "lib/model/merge.h"
#include "tests/sim/sim.h"

/* After healing: everybody has everything that is theirs, and nobody moves any more. */

/* Is the machine one of those that are up when the federation rests? */
static bool
takes_part(const struct machine *m)
{
	return m->living && m->up;
}

static bool
post_rests(const struct machine *m, const struct log_head *head, const char **ret_why)
{
	const struct intake *in = m->intake;

	if (in->up.dialer.state != DIALER_LIVE || in->down.dialer.state != DIALER_LIVE) {
		*ret_why = "a link is not live";
	} else if (in->journal.waiting != 0) {
		*ret_why = "blocks wait for a receipt";
	} else if (in->journal.cursor.position != head->position ||
		   !hash_eq(&in->journal.cursor.log_hash, &head->log_hash)) {
		*ret_why = "the cursor is not at the end";
	} else if (in->down.whole || in->wait_count != 0) {
		*ret_why = "something is still asked for";
	} else if (in->compact_due) {
		*ret_why = "a compaction is due";
	} else {
		return true;
	}
	return false;
}

bool
check_converged(struct world *w, const char **ret_why)
{
	const struct machine *hq = &w->machines[w->hq];

	if (!hq->up) {
		*ret_why = "headquarters is down";
		return false;
	}
	for (int i = 0; i < w->machine_count; i++) {
		const struct machine *m = &w->machines[i];

		if (m->kind == MACHINE_INTAKE && takes_part(m) &&
		    !post_rests(m, &hq->aggregation->log.head, ret_why)) {
			w->restless = i;
			return false;
		}
	}
	if (w->alerts && !alerts_rest(w, ret_why)) {
		w->restless = w->notification;
		return false;
	}
	if (!work_idle(w)) {
		*ret_why = "somebody waits for an answer";
		return false;
	}
	if (w->keeping != NULL) {
		w->restless = archive_machine(w)->number;
		return archive_rests(w, ret_why);
	}
	return true;
}

/* ---- A post and headquarters --------------------------------------------------- */

/* Every block of the journal is in the log with the receipt's position. */
static void
journal_is_at_hq(struct machine *m, struct txn *post, struct txn *hq, size_t *ret_count)
{
	struct world *w = m->world;
	struct journal_entry entry;
	uint64_t at = 0;

	*ret_count = 0;
	while (!w->failed && journal_after(post, at, &entry)) {
		struct block block;
		struct log_entry held;
		uint64_t position;

		at = entry.first;
		if (entry.kind != ENTRY_OWN_BLOCK ||
		    !block_parse(entry.bytes, &block, NULL)) {
			continue;
		}
		(*ret_count)++;
		if (!log_find_block(hq, &block.node, block.last_seq, &block.hash,
				    &held)) {
			sim_fail(w, "everything arrives",
				 "%s: block %s seq %" PRIu64
				 " never reached headquarters",
				 m->name, short_hash(&block.hash), block.first_seq);
		} else if ((position = journal_hq_position(post, entry.first)) !=
			   held.last) {
			sim_fail(w, "receipts",
				 "%s: the receipt of block %s says %" PRIu64
				 ", it stands at %" PRIu64,
				 m->name, short_hash(&block.hash), position, held.last);
		}
	}
}

/* And every block of the node's in the log is back in the journal. */
static void
log_is_at_post(struct machine *m, struct txn *post, struct txn *hq, size_t have)
{
	struct world *w = m->world;
	struct log_entry e;
	uint64_t at = 0;
	size_t count = 0;

	while (!w->failed && log_after(hq, at, &e)) {
		struct block block;
		uint64_t first;

		at = e.last;
		must(block_parse(e.block, &block, NULL));
		if (!node_id_eq(&block.node, &machine_node(m)->id)) {
			continue;
		}
		count++;
		if (!journal_find(&m->intake->journal, post, &block.hash, &first)) {
			sim_fail(w, "own blocks come back",
				 "%s lacks its block %s that headquarters holds at "
				 "%" PRIu64,
				 m->name, short_hash(&block.hash), e.first);
		}
	}
	if (!w->failed && count != have) {
		sim_fail(w, "own blocks come back", "%s has %zu blocks, headquarters %zu",
			 m->name, have, count);
	}
}

/* ---- Views --------------------------------------------------------------------- */

static const struct event_row *
event_at(const struct fold *f, uint32_t row)
{
	return table_at(&f->events, row);
}

static bool
has_one_head(const struct fold *f, uint32_t row)
{
	const struct event_row *e = event_at(f, row);

	if (e->first_head1 == 0) {
		return false;
	}
	const struct revision_row *head = table_at(&f->revisions, e->first_head1 - 1);
	return head->next_head1 == 0;
}

/* The post shows its own events as headquarters does.  Where branches met in different
 * order, an event changed hands meanwhile, or headquarters counts less than the post can
 * know (a stolen key, what another program wrote), the post is told by a verdict, which
 * is not looked at here. */
static void
views_agree(struct machine *m)
{
	struct world *w = m->world;
	struct machine *hq = &w->machines[w->hq];
	struct fold *mine = &m->intake->fold, *theirs = &hq->aggregation->fold;
	struct arena arena = { 0 };

	for (uint32_t row = 0; row < mine->events.count && !w->failed; row++) {
		const struct event_row *e = event_at(mine, row);
		struct slice a, b;
		struct uuid id;

		memcpy(id.b, e->id, UUID_LEN);
		uint32_t other = fold_find_event(theirs, &id);
		if (e->owner1 != m->intake->self + 1 || other == UINT32_MAX ||
		    e->moved_post != 0 || event_at(theirs, other)->moved_post != 0 ||
		    !has_one_head(mine, row) || !has_one_head(theirs, other)) {
			continue;
		}
		const struct node_row *owner =
			table_at(&theirs->nodes, event_at(theirs, other)->owner1 - 1);
		if (memcmp(owner->id, machine_node(m)->id.b, NODE_ID_LEN) != 0) {
			continue;
		}
		if (!fold_event_shown(mine, row, &arena, &a, NULL) ||
		    !fold_event_shown(theirs, other, &arena, &b, NULL) ||
		    !slice_eq(a, b)) {
			char text[UUID_TEXT_LEN + 1];

			uuid_format(&id, text);
			if (w->swarm.on[FAULT_STOLEN] || w->swarm.on[FAULT_FORGE]) {
				continue;
			}
			sim_fail(w, "views equal",
				 "%s and headquarters show %s differently", m->name,
				 text);
		}
	}
	arena_fini(&arena);
}

/* ---- Names --------------------------------------------------------------------- */

/* No byte of what headquarters has erased, if its record did not go with a disk. */
static void
check_erased(const struct machine *m, struct slice bytes)
{
	struct world *w = m->world;
	const struct machine *hq = &w->machines[w->hq];

	for (size_t i = 0; i < w->erased_count; i++) {
		const struct erased_part *part = &w->erased[i];

		if (fold_is_erased(&hq->aggregation->fold, &part->part) &&
		    memmem(bytes.at, bytes.len, part->salted, part->salted_len) != NULL) {
			sim_fail(w, "erased is gone",
				 "%s: bytes of %s, which was erased, are in its files",
				 m->name, part->name);
		}
	}
}

void
check_loose(struct world *w, bool all)
{
	struct buf bytes = { 0 };

	for (int k = 0; k < w->machine_count && w->erased_count != 0; k++) {
		struct machine *m = &w->machines[k];

		if (!m->living || !(m->up || all)) {
			continue;
		}
		buf_clear(&bytes);
		disk_read(m->dir, &bytes);
		for (size_t i = 0; m->shelf != NULL && i < m->shelf->count; i++) {
			buf_put_slice(&bytes, buf_slice(&m->shelf->files[i].bytes));
		}
		check_erased(m, buf_slice(&bytes));
	}
	buf_fini(&bytes);
}

/* ---- The end ------------------------------------------------------------------- */

static void
check_machine(struct machine *m)
{
	struct world *w = m->world;
	struct machine *hq = &w->machines[w->hq];
	struct txn post = txn_begin_read(m->log);
	struct txn log = txn_begin_read(hq->log);
	size_t have;

	journal_is_at_hq(m, &post, &log, &have);
	log_is_at_post(m, &post, &log, have);
	m->intake->txn = &post;
	hq->aggregation->txn = &log;
	views_agree(m);
	m->intake->txn = NULL;
	hq->aggregation->txn = NULL;
	txn_abort(&log);
	txn_abort(&post);
	check_post_fold(m);
}

/* What was on living disks when healing began is in the log. */
static void
check_nothing_lost(struct world *w)
{
	for (size_t i = 0; i < w->owed_count && !w->failed; i++) {
		bool found = false;

		for (size_t k = 0; k < w->ever_count && !found; k++) {
			found = w->ever[k].position <= w->naive_position &&
				hash_eq(&w->ever[k].record, &w->owed[i]);
		}
		if (!found) {
			sim_fail(w, "everything arrives",
				 "record %s was on a living disk and never reached "
				 "headquarters",
				 short_hash(&w->owed[i]));
		}
	}
}

/* Of those that are up. */
void
check_posts(struct world *w)
{
	for (int i = 0; i < w->machine_count && !w->failed; i++) {
		struct machine *m = &w->machines[i];

		if (m->kind == MACHINE_INTAKE && takes_part(m)) {
			check_machine(m);
		}
	}
	if (!w->failed) {
		check_loose(w, false);
	}
	if (!w->failed && w->keeping != NULL) {
		check_witnesses(w);
	}
}

void
check_end(struct world *w)
{
	check_nothing_lost(w);
	check_hq_log(w);
	check_hq_fold(w);
	if (!w->failed && w->keeping != NULL) {
		check_archive(w);
	}
	if (!w->failed) {
		compare_events(w);
	}
	if (!w->failed) {
		compare_totals(w, 16);
	}
	if (!w->failed) {
		check_loose(w, true);
	}
}
