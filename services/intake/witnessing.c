#include "intake/parts.h"
#include "lib/base/plant.h"

/* This node as a witness: it keeps the archive's newest checkpoint that was proved to
 * extend the one before (lib/archive/witness.h), so headquarters cannot rewrite what was
 * sealed without it being seen here.  Everything that is kept is written before it is
 * believed. */

enum { WAITS_LONG_MS = 10 * 60 * 1000 };

static const struct {
	const char *key, *known, *fork;
} names = { "witness key", "witness checkpoint", "witness fork" };

static struct slice
kept(struct txn *txn, const char *name)
{
	struct slice value;

	return txn_get(txn, JOURNAL_DB_META, slice_str(name), &value)
		       ? value
		       : (struct slice){ 0 };
}

enum err
witnessing_open(struct intake *in, struct txn *txn)
{
	bool good = witness_open(&in->witness.is, kept(txn, names.key),
				 kept(txn, names.known), kept(txn, names.fork));

	if (PLANTED(45)) { /* What was kept is forgotten. */
		witness_fini(&in->witness.is);
		in->witness.is = (struct witness){ 0 };
	}
	return txn->err != OK ? txn->err : good ? OK : ERR_CORRUPT;
}

void
witnessing_fini(struct intake *in)
{
	witness_fini(&in->witness.is);
	witness_fini(&in->witness.next);
}

static void
keep(struct txn *txn, const struct witness *w)
{
	struct buf key = { 0 };

	note_key_put(&key, &w->key);
	txn_put(txn, JOURNAL_DB_META, slice_str(names.key), buf_slice(&key));
	txn_put(txn, JOURNAL_DB_META, slice_str(names.known), buf_slice(&w->known));
	if (w->fork.len != 0) {
		txn_put(txn, JOURNAL_DB_META, slice_str(names.fork), buf_slice(&w->fork));
	}
	buf_fini(&key);
}

/* The proof that begins where we are; others are another post's. */
static void
find_growth(const struct link_status *status, uint64_t from, struct tree_proof *ret_proof)
{
	ret_proof->count = 0;
	for (size_t i = 0; i < status->growth_count; i++) {
		const struct link_growth *g = &status->growth[i];

		if (g->from == from && from != 0) {
			ret_proof->count = g->hashes.len / sizeof(ret_proof->at[0]);
			memcpy(ret_proof->at, g->hashes.at, g->hashes.len);
		}
	}
}

void
witnessing_take(struct intake *in, const struct link_status *status, struct turn *turn)
{
	struct intake_witness *w = &in->witness;
	struct tree_proof growth;

	if (status->checkpoint.len == 0) {
		return; /* No archive, or it is away. */
	}
	if (!w->staged) {
		witness_copy(&w->next, &w->is);
		w->staged = true;
	}
	find_growth(status, w->next.wanted, &growth);
	switch (witness_take(&w->next, status->checkpoint, status->archive_key,
			     &growth)) {
	case WITNESS_TAKEN:
		keep(turn->txn, &w->next);
		break;
	case WITNESS_FORK:
		keep(turn->txn, &w->next);
		log_event(turn->log, LOG_ERROR, "witness", "fork=%s",
			  "a signed checkpoint contradicts the one that is kept");
		break;
	case WITNESS_OLDER:
	case WITNESS_FOREIGN:
		log_event(turn->log, LOG_WARN, "witness", "refused=%s",
			  w->next.older ? "older" : "foreign");
		break;
	case WITNESS_SAME:
	case WITNESS_WANTS:
		break;
	}
}

void
witnessing_committed(struct intake *in, struct turn *turn)
{
	struct intake_witness *w = &in->witness;

	if (!w->staged) {
		return;
	}
	if (w->next.wanted != 0 && w->next.wanted != w->is.wanted) {
		w->wants_since = turn->now;
		in->down.dialer.status_due = true;
	}
	struct witness was = w->is;
	w->is = w->next;
	w->next = was;
	w->staged = false;
}

void
witnessing_dropped(struct intake *in)
{
	in->witness.staged = false;
}

void
witnessing_ask(const struct intake *in, struct link_status *status)
{
	const uint64_t *wanted = &in->witness.is.wanted;

	status->wanted = wanted;
	status->wanted_count = *wanted != 0;
}

bool
witnessing_waits_long(const struct intake *in, msec_t now)
{
	const struct intake_witness *w = &in->witness;

	return w->is.wanted != 0 && now - w->wants_since >= WAITS_LONG_MS;
}
