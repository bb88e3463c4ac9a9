#include "tests/sim/archive.h"

/* Posts as witnesses of headquarters' archive: each keeps the newest checkpoint that
 * extends all it kept, through every restart; and it speaks up where history was written
 * anew, and nowhere else. */

static struct slice
on_disk(struct txn *txn, const char *name)
{
	struct slice value;

	return txn_get(txn, JOURNAL_DB_META, slice_str(name), &value)
		       ? value
		       : (struct slice){ 0 };
}

static int
number_of(const struct keeping *k, const struct seen *s)
{
	return s != NULL ? (int)(s - k->seen) : -1;
}

static const struct seen *
kept_by(const struct machine *m)
{
	return m->kept >= 0 ? &m->world->keeping->seen[m->kept] : NULL;
}

void
witness_started(struct machine *m)
{
	const struct keeping *k = m->world->keeping;
	const struct witness *is = &m->intake->witness.is;
	struct txn txn = txn_begin_read(m->log);
	struct slice known = on_disk(&txn, "witness checkpoint");

	if (!slice_eq(known, buf_slice(&is->known)) ||
	    !slice_eq(on_disk(&txn, "witness fork"), buf_slice(&is->fork))) {
		sim_fail(m->world, "witness",
			 "%s was started again and does not know the checkpoint that its "
			 "disk keeps",
			 m->name);
	}
	m->kept = k != NULL && known.len != 0 ? number_of(k, seen_find(k, known)) : -1;
	m->forked = is->fork.len != 0;
	txn_abort(&txn);
}

/* It has another one than before. */
static void
takes(struct machine *m, const struct seen *next)
{
	struct world *w = m->world;
	const struct keeping *k = w->keeping;
	const struct seen *before = kept_by(m);

	if (next == NULL) {
		sim_fail(w, "witness", "%s keeps a checkpoint that was never made",
			 m->name);
	} else if (before != NULL &&
		   (next->key != before->key || next->size <= before->size ||
		    !seen_agree(k, before, next))) {
		sim_fail(w, "witness",
			 "%s kept %" PRIu64 " entries and takes a checkpoint of %" PRIu64
			 " that does not continue them",
			 m->name, before->size, next->size);
	} else {
		sometimes(w, before != NULL ? SOMETIMES_PROOF_GIVEN
					    : SOMETIMES_CHECKPOINT_KEPT);
		m->kept = number_of(k, next);
		trace(w, "%s keeps the checkpoint of %" PRIu64 " entries", m->name,
		      next->size);
	}
}

static void
forks(struct machine *m)
{
	struct world *w = m->world;
	const struct keeping *k = w->keeping;
	const struct seen *kept = kept_by(m);
	const struct seen *fork = seen_find(k, buf_slice(&m->intake->witness.is.fork));

	m->forked = true;
	trace(w, "%s sees a fork", m->name);
	sometimes(w, SOMETIMES_FORK_SEEN);
	if (kept == NULL || fork == NULL || seen_agree(k, kept, fork)) {
		sim_fail(w, "fork alarm",
			 "%s says that %" PRIu64 " and %" PRIu64
			 " entries contradict each other, and they do not",
			 m->name, kept != NULL ? kept->size : 0,
			 fork != NULL ? fork->size : 0);
	}
}

void
witness_turned(struct machine *m)
{
	struct world *w = m->world;
	const struct keeping *k = w->keeping;
	const struct witness *is = &m->intake->witness.is;
	const struct seen *kept;

	if (k == NULL || is->known.len == 0) {
		return;
	}
	kept = kept_by(m);
	if (kept == NULL || !slice_eq(buf_slice(&kept->note), buf_slice(&is->known))) {
		takes(m, seen_find(k, buf_slice(&is->known)));
	}
	if (!w->failed && is->fork.len != 0 && !m->forked) {
		forks(m);
	}
	if (is->wanted != 0) {
		sometimes(w, SOMETIMES_PROOF_WANTED);
	}
	if (is->older) {
		sometimes(w, SOMETIMES_CHECKPOINT_OLDER);
	}
	if (is->foreign) {
		sometimes(w, SOMETIMES_CHECKPOINT_FOREIGN);
	}
}

const char *
witness_fault(const struct machine *m, const struct seen *newest)
{
	const struct keeping *k = m->world->keeping;
	const struct witness *is = &m->intake->witness.is;
	const struct seen *kept = kept_by(m);

	if (kept == NULL) {
		return "it keeps no checkpoint";
	}
	if (kept->key != newest->key) {
		return is->foreign ? NULL
				   : "it does not say that the archive has another key";
	}
	if (seen_agree(k, kept, newest)) {
		return kept->size == newest->size
			       ? NULL
			       : "it does not keep the newest checkpoint";
	}
	if (newest->size < kept->size) {
		return is->older ? NULL : "it does not say that the archive is shorter";
	}
	return is->fork.len != 0 ? NULL
				 : "what it kept was written anew, and it says nothing";
}

static void
fault_of(const struct machine *m, const char *fault)
{
	sim_fail(m->world, strstr(fault, "anew") != NULL ? "fork alarm" : "witness",
		 "%s: %s (%d of %zu checkpoints)", m->name, fault, m->kept,
		 m->world->keeping->seen_count);
}

void
check_restless(struct world *w, const char *why)
{
	const struct machine *m = &w->machines[w->restless];

	if (w->keeping != NULL && m->kind == MACHINE_INTAKE && seen_newest(w) != NULL &&
	    witness_fault(m, seen_newest(w)) == why) {
		fault_of(m, why);
	}
}

void
check_witnesses(struct world *w)
{
	const struct seen *newest = seen_newest(w);

	for (int i = 0; i < w->machine_count && !w->failed; i++) {
		struct machine *m = &w->machines[i];

		if (!w->keeping->named || newest == NULL || m->kind != MACHINE_INTAKE ||
		    !m->living || !m->up) {
			continue;
		}
		const char *fault = witness_fault(m, newest);
		if (fault != NULL) {
			fault_of(m, fault);
		}
	}
}
