#include <stdlib.h>

#include "lib/archive/walk.h"
#include "tests/sim/archive.h"

/* The archiving machine beside headquarters: what goes wrong with it, and the operator
 * who does what the services' words ask for: puts the right files back, refills a
 * headquarters that was set back, says that an archive is lost and begins it anew. */

enum { LOOK_EVERY_MS = 3000, TRIES = 8 };

/* ---- The seed ------------------------------------------------------------------ */

static void
new_key(struct world *w)
{
	struct keeping *k = w->keeping;
	uint8_t seed[32], public_key[SIGN_PUBLIC_LEN];

	must(k->key < KEEPING_KEYS);
	for (size_t i = 0; i < sizeof(seed); i++) {
		seed[i] = (uint8_t)rng_u64(&w->rng);
	}
	sign_keypair(public_key, k->keys[k->key].secret, seed);
	must(note_key_init(&k->keys[k->key].key, slice_str("kusanone/hq"), public_key));
}

void
keeper_begin(struct world *w)
{
	struct keeping *k = xcalloc(1, sizeof(*k));

	w->keeping = k;
	k->named = rng_chance(&w->rng, 88);
	k->seal_after = 500 + (msec_t)rng_below(&w->rng, 9000);
	new_key(w);
	k->machine = machine_add(w, MACHINE_ARCHIVING, 0, 0, 1)->number;
}

struct machine *
archive_machine(struct world *w)
{
	return &w->machines[w->keeping->machine];
}

void
keeper_free(struct world *w)
{
	struct keeping *k = w->keeping;

	if (k == NULL) {
		return;
	}
	for (size_t i = 0; i < k->seen_count; i++) {
		buf_fini(&k->seen[i].note);
	}
	for (size_t i = 0; i < k->lineage_count; i++) {
		free(k->lineages[i].leaves);
	}
	shelf_free(k->right_shelf);
	free(k->seen);
	free(k->lineages);
	free(k);
}

void
keeper_draw(struct world *w)
{
	bool calm = rng_chance(&w->rng, 15);

	for (unsigned f = FAULT_ALERT_END; f < FAULT_ALL; f++) {
		w->swarm.on[f] = !calm && rng_chance(&w->rng, 35);
	}
}

void
keeper_plan(struct world *w)
{
	for (unsigned f = FAULT_ALERT_END; f < FAULT_ALL; f++) {
		unsigned times = 1 + (unsigned)rng_below(&w->rng, 3);

		if (!w->swarm.on[f]) {
			continue;
		}
		if (f == FAULT_ARCHIVE_LOST) {
			times = 1;
		} else if (f == FAULT_ARCHIVE_BACKUP || f == FAULT_ARCHIVE_CRASH_IN_PUT) {
			times += 3;
		}
		for (unsigned i = 0; i < times; i++) {
			msec_t at = 2000 +
				    (msec_t)rng_below(&w->rng,
						      (uint64_t)w->swarm.chaos_ms - 2000);

			heap_push(w, at,
				  (struct sim_event){ .what = EV_FAULT, .a = (int)f });
		}
	}
	heap_push(w, LOOK_EVERY_MS, (struct sim_event){ .what = EV_KEEPER });
}

/* ---- Configurations ------------------------------------------------------------ */

static struct node_id
archive_node(void)
{
	struct node_id id;

	memset(id.b, 10, NODE_ID_LEN);
	return id;
}

void
keeper_config(const struct world *w, struct archiving_config *ret)
{
	const struct keeping *k = w->keeping;
	const struct enrolment hq = hq_trust(w);

	*ret = (struct archiving_config){ .hq = { .node = hq.node },
					  .node = archive_node(),
					  .name = "archiving",
					  .software = "sim",
					  .local_endpoint = LOCAL_ENDPOINT,
					  .dial_endpoint = LOG_ENDPOINT,
					  .dials = true,
					  .key = k->keys[k->key].key,
					  .seal_after = k->seal_after };
	memcpy(ret->hq.sign_key, hq.sign_key, SIGN_PUBLIC_LEN);
	memcpy(ret->secret, k->keys[k->key].secret, SIGN_SECRET_LEN);
}

void
keeper_names(const struct world *w, struct aggregation_config *config)
{
	const struct keeping *k = w->keeping;

	if (k != NULL && k->named) {
		config->archive = archive_node();
		memcpy(config->archive_key, k->keys[k->key].key.public_key,
		       SIGN_PUBLIC_LEN);
	}
}

/* ---- Refilling ----------------------------------------------------------------- */

static void
refill_parts(struct txn *to, struct slice parts)
{
	struct hash part;

	for (size_t at = 0, from = 0; loose_next(parts, &at, &part); from = at) {
		const uint8_t *whole = parts.at + from;
		size_t salt = whole[HASH_LEN], head = HASH_LEN + 1 + 4;

		(void)loose_put(to, LOG_DB_LOOSE, LOG_DB_ERASED, &part,
				slice_of(whole + head, salt),
				slice_of(whole + head + salt, at - from - head - salt));
	}
}

static void
refill_loose(struct machine *m, struct txn *to)
{
	for (size_t i = 0; i < m->shelf->count; i++) {
		const struct memory_file *file = &m->shelf->files[i];
		struct slice bytes = buf_slice(&file->bytes), parts;

		if (strncmp(file->path, "loose/", 6) == 0) {
			must(loose_open_file(bytes, get_le64(bytes.at + 8), &parts));
			refill_parts(to, parts);
		}
	}
}

static void
refill_tail(struct txn *to, struct txn *tail, struct log *log)
{
	struct arena arena = { 0 };
	struct buf parts = { 0 }, names = { 0 };
	struct log_entry e;

	while (log_after(tail, log->head.position, &e)) {
		struct block block;

		must(block_parse(e.block, &block, NULL));
		(void)loose_gather(tail, &block, &arena, &names, &parts);
		(void)log_append(log, to, &block, e.hq_ms);
	}
	refill_parts(to, buf_slice(&parts));
	buf_fini(&parts);
	buf_fini(&names);
	arena_fini(&arena);
}

bool
keeper_refill(struct machine *m, struct txn *to, struct txn *tail, struct log *log)
{
	const struct archive_files files = memory_files(m->shelf);
	const struct seen *newest = seen_newest(m->world);
	struct archive_entry entry;
	enum walk_step step = WALK_END;
	struct walk walk;
	uint64_t leaf;

	*log = (struct log){ 0 };
	walk_init(&walk, &files, newest != NULL ? newest->size : 0);
	while ((step = walk_next(&walk, &entry, &leaf)) == WALK_ENTRY) {
		struct block block;

		if (entry.position != log->head.position + 1 ||
		    !block_parse(entry.block, &block, NULL)) {
			step = WALK_BROKEN;
			break;
		}
		(void)log_append(log, to, &block, entry.hq_ms);
	}
	walk_fini(&walk);
	refill_loose(m, to);
	if (tail != NULL) {
		refill_tail(to, tail, log);
	}
	return step == WALK_END;
}

static bool
holds_head(struct machine *hq, const struct log_head *head)
{
	struct txn txn = txn_begin_read(hq->log);
	bool holds = log_holds(&txn, head->position, &head->log_hash);

	txn_abort(&txn);
	return holds;
}

/* kusanone archive refill: headquarters' log again, whole, on an empty disk. */
static void
refill(struct world *w)
{
	struct machine *hq = &w->machines[w->hq];
	struct machine *m = &w->machines[w->keeping->machine];
	struct log log;

	if (holds_head(hq, &m->archiving->follower.log.head)) {
		return; /* Set back itself meanwhile. */
	}
	machine_crash(hq, NEVER);
	machine_new_disk(hq);
	struct store *store =
		machine_open_store(hq, "log", "aggregation-log", log_db_names);
	struct txn to = txn_begin(store), tail = txn_begin_read(m->log);
	bool whole = keeper_refill(m, &to, &tail, &log);
	txn_abort(&tail);
	must(txn_commit(&to) == OK);
	store_close(store);
	if (!whole ||
	    !hash_eq(&log.head.log_hash, &m->archiving->follower.log.head.log_hash)) {
		sim_fail(w, "refill == log",
			 "%s held headquarters' log up to %" PRIu64
			 ", and gives another one up to %" PRIu64,
			 m->name, m->archiving->follower.log.head.position,
			 log.head.position);
	}
	trace(w, "headquarters refilled up to %" PRIu64, log.head.position);
	w->rollbacks++;
	sometimes(w, SOMETIMES_REFILLED);
	machine_crash(hq, (msec_t)rng_below(&w->rng, 2000));
}

/* ---- The operator -------------------------------------------------------------- */

static msec_t
some_time(struct world *w, msec_t most)
{
	return (msec_t)rng_below(&w->rng, (uint64_t)most);
}

static void
drop_right_shelf(struct keeping *k)
{
	shelf_free(k->right_shelf);
	k->right_shelf = NULL;
}

/* Older files beside the store of today are refused: nothing else is. */
void
keeper_refused(struct machine *m, enum err err, const char *why)
{
	struct keeping *k = m->world->keeping;

	trace(m->world, "%s does not start: %s: %s", m->name, err_name(err), why);
	if (k->right_shelf == NULL) {
		sim_fail(m->world, "open", "%s: %s: %s", m->name, err_name(err), why);
	}
	k->refused = true;
	sometimes(m->world, SOMETIMES_SHELF_REFUSED);
}

static void
bring_right_shelf(struct world *w)
{
	struct keeping *k = w->keeping;
	struct machine *m = &w->machines[k->machine];

	trace(w, "%s gets its files back", m->name);
	shelf_free(m->shelf);
	m->shelf = k->right_shelf;
	k->right_shelf = NULL;
	k->refused = false;
	machine_start(m);
}

/* With a key of its own: no post takes it for the one it knew. */
static void
begin_anew(struct world *w)
{
	struct keeping *k = w->keeping;
	struct machine *m = &w->machines[k->machine];
	struct machine *hq = &w->machines[w->hq];

	if (k->key + 1 == KEEPING_KEYS) {
		return;
	}
	k->key++;
	new_key(w);
	trace(w, "the archive begins anew, key %u", k->key);
	sometimes(w, SOMETIMES_ARCHIVE_ANEW);
	machine_crash(m, NEVER);
	machine_put_back(m, NULL);
	machine_forget(m);
	drop_right_shelf(k);
	k->lost = false;
	k->refused = false;
	machine_crash(hq, some_time(w, 2000)); /* Its configuration is another. */
	if (!w->healing && rng_chance(&w->rng, 20)) {
		hq->disk_full_until = w->now + some_time(w, 5000);
	}
	machine_crash(m, some_time(w, 2000));
}

static enum own_archive_state
hq_state(const struct world *w)
{
	return w->machines[w->hq].aggregation->archive.state;
}

/* Sometimes on a day when headquarters can write nothing. */
static void
give_up(struct world *w)
{
	struct machine *hq = &w->machines[w->hq];

	if (!w->healing && rng_chance(&w->rng, 30)) {
		hq->disk_full_until = w->now + some_time(w, 3000);
	}
	keeper_gives_up(w);
}

static void
mend_lost(struct world *w)
{
	if (hq_state(w) == OWN_ARCHIVE_AWAITED && rng_chance(&w->rng, 80)) {
		give_up(w);
	} else if (w->healing || rng_chance(&w->rng, 50)) {
		begin_anew(w);
	}
}

void
keeper_looks(struct world *w)
{
	struct keeping *k = w->keeping;
	struct machine *m = &w->machines[k->machine];
	struct machine *hq = &w->machines[w->hq];

	if (k->refused) {
		bring_right_shelf(w);
		return;
	}
	if (m->up) {
		drop_right_shelf(k);
	}
	if (!hq->up || w->failed) {
		return;
	}
	if (k->lost) {
		mend_lost(w);
	} else if (!m->up) {
		/* It is only away: the operator is mistaken. */
		if (!w->healing && hq_state(w) == OWN_ARCHIVE_AWAITED &&
		    rng_chance(&w->rng, 15)) {
			give_up(w);
		}
	} else if (hq_state(w) == OWN_ARCHIVE_AHEAD) {
		if (w->healing || rng_chance(&w->rng, 50)) {
			refill(w);
		}
	} else if (m->archiving->hq_is_behind && hq_state(w) != OWN_ARCHIVE_AWAITED &&
		   hq_state(w) != OWN_ARCHIVE_HELD) {
		begin_anew(w); /* Headquarters has gone on without it. */
	}
}

/* ---- What goes wrong ----------------------------------------------------------- */

static const struct snapshot *
some_snapshot(struct machine *m)
{
	struct world *w = m->world;

	if (m->snapshot_count == 0) {
		if (m->up) {
			machine_snapshot(m);
		}
		return NULL;
	}
	return &m->snapshots[rng_below(&w->rng, m->snapshot_count)];
}

static bool
is_same_segment(const struct memory *a, const struct memory *b, const char *loose)
{
	char path[96];

	snprintf(path, sizeof(path), "segment/%s", loose + strlen("loose/"));
	const struct memory_file *one = memory_find(a, path);
	const struct memory_file *other = memory_find(b, path);
	return one != NULL && other != NULL &&
	       slice_eq(buf_slice(&one->bytes), buf_slice(&other->bytes));
}

/* Names of another day beside the segments of today. */
static void
loose_back(struct machine *m)
{
	const struct snapshot *s = some_snapshot(m);
	struct world *w = m->world;

	if (s == NULL) {
		return;
	}
	machine_crash(m, NEVER);
	for (size_t i = 0; i < s->shelf->count; i++) {
		const struct memory_file *file = &s->shelf->files[i];

		if (strncmp(file->path, "loose/", 6) == 0 &&
		    is_same_segment(s->shelf, m->shelf, file->path)) {
			memory_put(m->shelf, file->path, buf_slice(&file->bytes));
			sometimes(w, SOMETIMES_LOOSE_BACK);
		}
	}
	machine_crash(m, some_time(w, 3000));
}

static void
shelf_back(struct machine *m)
{
	const struct snapshot *s = some_snapshot(m);
	struct keeping *k = m->world->keeping;

	if (s == NULL) {
		return;
	}
	machine_crash(m, NEVER);
	drop_right_shelf(k);
	k->right_shelf = m->shelf;
	m->shelf = shelf_copy(s->shelf);
	k->shelf_was_back = true;
	machine_crash(m, some_time(m->world, 3000));
}

/* Have these files come of those of that day?  Nobody would put back the store of other
 * ones. */
static bool
come_of(const struct memory *now, const struct memory *then)
{
	for (size_t i = 0; i < then->count; i++) {
		const struct memory_file *was = &then->files[i];
		const struct memory_file *is = memory_find(now, was->path);

		if (strncmp(was->path, "loose/", 6) != 0 &&
		    strcmp(was->path, "checkpoint") != 0 &&
		    (is == NULL ||
		     !slice_eq(buf_slice(&is->bytes), buf_slice(&was->bytes)))) {
			return false;
		}
	}
	return true;
}

static void
store_back(struct machine *m)
{
	const struct snapshot *s = some_snapshot(m);

	if (s == NULL || !come_of(m->shelf, s->shelf)) {
		return;
	}
	machine_crash(m, NEVER);
	machine_put_back_store(m, s);
	sometimes(m->world, SOMETIMES_ARCHIVE_STORE_LOST);
	machine_crash(m, some_time(m->world, 3000));
}

static void
store_lost(struct machine *m)
{
	char dir[200];

	machine_crash(m, NEVER);
	snprintf(dir, sizeof(dir), "%s/log", m->dir);
	disk_remove_store(dir);
	sometimes(m->world, SOMETIMES_ARCHIVE_STORE_LOST);
	machine_crash(m, some_time(m->world, 3000));
}

static void
back(struct machine *m, bool with_hq)
{
	const struct snapshot *s = some_snapshot(m);
	struct world *w = m->world;
	struct machine *hq = &w->machines[w->hq];
	struct keeping *k = w->keeping;

	if (s == NULL || (with_hq && hq->snapshot_count == 0)) {
		if (with_hq && hq->up) {
			machine_snapshot(hq);
		}
		return;
	}
	machine_crash(m, NEVER);
	machine_put_back(m, s);
	drop_right_shelf(k);
	k->shelf_was_back = true;
	sometimes(w, SOMETIMES_ARCHIVE_SET_BACK);
	trace(w, "%s put back to %" PRId64, m->name, s->at);
	if (with_hq) {
		machine_crash(hq, NEVER);
		machine_put_back(hq,
				 &hq->snapshots[rng_below(&w->rng, hq->snapshot_count)]);
		w->rollbacks++;
		machine_crash(hq, some_time(w, 3000));
	}
	machine_crash(m, some_time(w, 3000));
}

void
archive_fault_happens(struct world *w, enum fault fault)
{
	struct keeping *k = w->keeping;
	struct machine *m = &w->machines[k->machine];

	if (!m->up) {
		return; /* Its operator is at it already. */
	}
	switch (fault) {
	case FAULT_ARCHIVE_CRASH:
		machine_crash(m, some_time(w, 500));
		break;
	case FAULT_ARCHIVE_CRASH_AT_POINT:
		m->crash_wanted = true;
		m->crash_point = (enum turn_point)rng_below(&w->rng, 3);
		break;
	case FAULT_ARCHIVE_CRASH_IN_PUT:
		m->put_crash = 1 + (unsigned)rng_below(&w->rng, TRIES);
		break;
	case FAULT_ARCHIVE_AWAY:
		machine_crash(m, some_time(w, 15000));
		break;
	case FAULT_ARCHIVE_COMMIT:
		store_fail_commit(m->log, 1 + (unsigned)rng_below(&w->rng, 4),
				  rng_chance(&w->rng, 50) ? ERR_DISK_FULL : ERR_IO);
		break;
	case FAULT_ARCHIVE_DISK_FULL:
		m->disk_full_until = w->now + some_time(w, 6000);
		break;
	case FAULT_ARCHIVE_BACKUP:
		machine_snapshot(m);
		if (rng_chance(&w->rng, 50) && w->machines[w->hq].up) {
			machine_snapshot(&w->machines[w->hq]);
		}
		break;
	case FAULT_ARCHIVE_STORE_LOST:
		store_lost(m);
		break;
	case FAULT_ARCHIVE_STORE_BACK:
		store_back(m);
		break;
	case FAULT_ARCHIVE_SHELF_BACK:
		shelf_back(m);
		break;
	case FAULT_ARCHIVE_LOOSE_BACK:
		loose_back(m);
		break;
	case FAULT_ARCHIVE_BACK:
	case FAULT_ARCHIVE_BOTH_BACK:
		back(m, fault == FAULT_ARCHIVE_BOTH_BACK);
		break;
	default:
		trace(w, "%s is lost for good", m->name);
		machine_crash(m, NEVER);
		k->lost = true;
		if (rng_chance(&w->rng, 50)) {
			machine_crash(&w->machines[w->hq], some_time(w, 2000));
		}
		break;
	}
}
