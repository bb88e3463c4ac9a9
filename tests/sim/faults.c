#include <stdlib.h>

#include "tests/sim/sim.h"

/* What goes wrong.  Which kinds of faults there are is drawn once a seed, so that most
 * seeds are bad in a few ways and some in all. */

enum { YEAR_MS_DAYS = 365, DAY_S = 86400 };

static const char *const names[] = {
	[FAULT_CRASH] = "crash",
	[FAULT_CRASH_AT_POINT] = "crash at a point",
	[FAULT_COMMIT_IO] = "commit fails",
	[FAULT_DISK_FULL] = "disk full",
	[FAULT_PARTITION] = "partition",
	[FAULT_BACKUP] = "backup",
	[FAULT_RESTORE] = "restore",
	[FAULT_SET_BACK] = "set back",
	[FAULT_LOST_DISK] = "lost disk",
	[FAULT_CLONE] = "clone",
	[FAULT_NEW_MACHINE] = "new machine",
	[FAULT_CLOCK] = "clock",
	[FAULT_ROTATE] = "rotate",
	[FAULT_RETIRE] = "retire",
	[FAULT_STOLEN] = "stolen",
	[FAULT_GENUINE] = "genuine",
	[FAULT_HQ_RESTART] = "hq restart",
	[FAULT_HQ_VIEW_LOST] = "hq view lost",
	[FAULT_HQ_ROLLBACK] = "hq rollback",
	[FAULT_ERASE] = "erase",
	[FAULT_FORGE] = "forge",
	[FAULT_ALERT_CRASH] = "notification crashes",
	[FAULT_ALERT_CRASH_AT_POINT] = "notification crashes at a point",
	[FAULT_ALERT_AWAY] = "notification is away for days",
	[FAULT_ALERT_COMMIT] = "notification's commit fails",
	[FAULT_ALERT_DISK_FULL] = "notification's disk full",
	[FAULT_ALERT_VIEW_LOST] = "notification's view lost",
	[FAULT_ALERT_BACKUP] = "notification's copy backed up",
	[FAULT_ALERT_COPY_LOST] = "notification's copy lost",
	[FAULT_ALERT_COPY_BACK] = "notification's copy put back",
	[FAULT_ALERT_CLOCK] = "notification's clock",
	[FAULT_ARCHIVE_CRASH] = "archiving crashes",
	[FAULT_ARCHIVE_CRASH_AT_POINT] = "archiving crashes at a point",
	[FAULT_ARCHIVE_CRASH_IN_PUT] = "archiving crashes at a file",
	[FAULT_ARCHIVE_AWAY] = "archiving is away",
	[FAULT_ARCHIVE_COMMIT] = "archiving's commit fails",
	[FAULT_ARCHIVE_DISK_FULL] = "archiving's disk full",
	[FAULT_ARCHIVE_BACKUP] = "archive backed up",
	[FAULT_ARCHIVE_STORE_LOST] = "archiving's store lost",
	[FAULT_ARCHIVE_STORE_BACK] = "archiving's store put back",
	[FAULT_ARCHIVE_SHELF_BACK] = "archive's files put back",
	[FAULT_ARCHIVE_LOOSE_BACK] = "archive's loose parts put back",
	[FAULT_ARCHIVE_BACK] = "archive put back",
	[FAULT_ARCHIVE_BOTH_BACK] = "archive and headquarters put back",
	[FAULT_ARCHIVE_LOST] = "archive lost",
};

const char *
fault_name(enum fault f)
{
	return names[f];
}

void
faults_draw(struct world *w)
{
	struct swarm *s = &w->swarm;
	bool calm = rng_chance(&w->rng, 4);

	/* One after the other: the order in which an initialiser draws is the compiler's.
	 */
	*s = (struct swarm){ 0 };
	if (rng_chance(&w->rng, 50)) {
		s->loss_permille = (unsigned)rng_below(&w->rng, 25);
	}
	if (rng_chance(&w->rng, 40)) {
		s->dup_permille = (unsigned)rng_below(&w->rng, 30);
	}
	s->delay = (msec_t)rng_below(&w->rng, 40);
	s->jitter = (msec_t)rng_below(&w->rng, rng_chance(&w->rng, 20) ? 1500 : 60);
	s->slow_turn = (msec_t)rng_below(&w->rng, 2000);
	s->chaos_ms = 30000 + (msec_t)rng_below(&w->rng, 50000);
	s->submissions = 90 + (unsigned)rng_below(&w->rng, 60);
	for (unsigned f = 0; f < FAULT_COUNT; f++) {
		s->on[f] = rng_chance(&w->rng, 35);
	}
	if (calm) {
		memset(s->on, 0, sizeof(s->on));
		s->loss_permille = 0;
		s->dup_permille = 0;
	}
	/* Nobody may count on being told: now and then never, now and then always. */
	s->told_percent = rng_chance(&w->rng, 20)   ? 0
			  : rng_chance(&w->rng, 30) ? 100
						    : (unsigned)rng_below(&w->rng, 100);
}

void
faults_plan(struct world *w)
{
	for (unsigned f = 0; f < FAULT_COUNT; f++) {
		unsigned times = 1 + (unsigned)rng_below(&w->rng, 3);

		if (!w->swarm.on[f]) {
			continue;
		}
		if (f == FAULT_BACKUP || f == FAULT_CRASH_AT_POINT || f == FAULT_ERASE) {
			times += 3;
		}
		for (unsigned i = 0; i < times; i++) {
			heap_push(w,
				  2000 + (msec_t)rng_below(&w->rng,
							   (uint64_t)w->swarm.chaos_ms -
								   2000),
				  (struct sim_event){ .what = EV_FAULT, .a = (int)f });
		}
	}
}

/* ---- Whom it meets ------------------------------------------------------------- */

enum { ANY = 0, POSTS = 1, NO_HQ = 2 };

static bool
is_post(const struct machine *m)
{
	return m->kind == MACHINE_INTAKE && machine_node(m)->role == NODE_POST;
}

static struct machine *
pick(struct world *w, int who, bool up)
{
	struct machine *list[SIM_MACHINES];
	size_t count = 0;

	for (int i = 0; i < w->machine_count; i++) {
		struct machine *m = &w->machines[i];

		if (!m->living || (up && !m->up) || (who == POSTS && !is_post(m)) ||
		    (who == NO_HQ && m->kind != MACHINE_INTAKE)) {
			continue;
		}
		list[count++] = m;
	}
	return count != 0 ? list[rng_below(&w->rng, count)] : NULL;
}

static msec_t
some_time(struct world *w, msec_t most)
{
	return (msec_t)rng_below(&w->rng, (uint64_t)most);
}

/* ---- Disks --------------------------------------------------------------------- */

static void
put_back(struct machine *m, bool live)
{
	struct world *w = m->world;

	if (m->snapshot_count == 0) {
		machine_snapshot(m);
		return;
	}
	const struct snapshot *s = &m->snapshots[rng_below(&w->rng, m->snapshot_count)];
	trace(w, "%s put back to %" PRId64, m->name, s->at);
	machine_crash(m, NEVER);
	machine_put_back(m, s);
	sometimes(w, live ? SOMETIMES_SET_BACK : SOMETIMES_RESTORED);
	machine_crash(m, live ? 0 : some_time(w, 10000));
}

static void
roll_back_hq(struct world *w)
{
	struct machine *hq = &w->machines[w->hq];

	if (hq->snapshot_count == 0) {
		if (hq->up) {
			machine_snapshot(hq);
		}
		return;
	}
	const struct snapshot *s = &hq->snapshots[rng_below(&w->rng, hq->snapshot_count)];
	trace(w, "headquarters rolled back to %" PRId64, s->at);
	machine_crash(hq, NEVER);
	/* The log alone, with the view of today, or both. */
	if (rng_chance(&w->rng, 30)) {
		machine_put_back_log(hq, s);
	} else {
		machine_put_back(hq, s);
	}
	w->rollbacks++;
	sometimes(w, SOMETIMES_HQ_ROLLED_BACK);
	machine_crash(hq, some_time(w, 4000));
}

static void
clone(struct world *w)
{
	struct machine *m = pick(w, POSTS, true);

	if (m == NULL || w->machine_count == SIM_MACHINES) {
		return;
	}
	struct machine *twin =
		machine_add(w, MACHINE_INTAKE, m->node, m->first_key, m->key_count);
	must(disk_copy(m->dir, twin->dir));
	acked_copy(&twin->acked, &m->acked);
	trace(w, "%s cloned as %s", m->name, twin->name);
	sometimes(w, SOMETIMES_CLONED);
	machine_start(twin);
}

/* ---- Keys ---------------------------------------------------------------------- */

/* The machines of the node that are given the new key begin with it at their next start.
 */
static void
give_key(struct world *w, int node, unsigned key)
{
	for (int i = 0; i < w->machine_count; i++) {
		struct machine *m = &w->machines[i];
		bool is_clone = false;

		if (m->node != node || m->kind != MACHINE_INTAKE || !m->living) {
			continue;
		}
		for (int k = 0; k < i; k++) {
			is_clone = is_clone || (w->machines[k].node == node &&
						w->machines[k].living &&
						w->machines[k].kind == MACHINE_INTAKE);
		}
		if (is_clone && rng_chance(&w->rng, 50)) {
			continue; /* Nobody thought of it. */
		}
		if (m->key_count == INTAKE_MAX_KEYS) {
			m->first_key++;
			m->key_count--;
		}
		must(m->first_key + m->key_count <= key);
		m->key_count = key + 1 - m->first_key;
		if (m->up) {
			machine_crash(m, some_time(w, 300));
		}
	}
}

static bool
may_have_more_keys(const struct world *w, int node)
{
	return w->nodes[node].key_count < INTAKE_MAX_KEYS;
}

static void
rotate(struct world *w)
{
	struct machine *m = pick(w, NO_HQ, false);

	if (m == NULL || !may_have_more_keys(w, m->node)) {
		return;
	}
	unsigned key = node_new_key(w, m->node);
	if (rng_chance(&w->rng, 50)) {
		work_enrol(w, m->node, key, false);
		give_key(w, m->node, key);
	} else {
		give_key(w, m->node, key);
		work_enrol(w, m->node, key, false);
	}
}

/* Machines that are left with no key that will be let in. */
static void
lock_out(struct world *w, int node)
{
	const struct sim_node *n = &w->nodes[node];

	for (int i = 0; i < w->machine_count; i++) {
		struct machine *m = &w->machines[i];
		bool any = false;

		if (m->node != node || m->kind != MACHINE_INTAKE || !m->living) {
			continue;
		}
		for (unsigned k = 0; k < m->key_count; k++) {
			const struct key_pair *key = &n->keys[m->first_key + k];

			any = any || (key->enrolled && !key->retired && !key->stolen);
		}
		if (!any) {
			m->living = false;
			trace(w, "%s is locked out", m->name);
		}
	}
}

/* Is the node's newest key in headquarters' log? */
static bool
is_known(const struct world *w, int node)
{
	const struct machine *hq = &w->machines[w->hq];
	const struct sim_node *n = &w->nodes[node];
	struct key_id id = key_id_of(n->keys[n->key_count - 1].keys.sign_public);

	if (!hq->up) {
		return false;
	}
	const struct fold *f = &hq->aggregation->fold;
	uint32_t row = fold_find_node(f, &n->id);
	return row != UINT32_MAX && fold_find_key(f, row, id.b) != UINT32_MAX;
}

static void
retire(struct world *w)
{
	struct machine *m = pick(w, NO_HQ, false);

	/* Nobody but its old key could make headquarters' own next one known. */
	if (m == NULL || (m->node == 0 && !is_known(w, 0))) {
		return;
	}
	struct sim_node *n = machine_node(m);
	for (unsigned k = 0; k + 1 < n->key_count; k++) {
		if (n->keys[k].enrolled && !n->keys[k].retired && !n->keys[k].stolen) {
			n->keys[k].retired = true;
			work_revoke(w, m->node, k, REVOCATION_RETIRED, 0);
			sometimes(w, SOMETIMES_ROTATED);
		}
	}
	lock_out(w, m->node);
}

/* A thief has a copy of the disk and the key; the post gets a new key. */
static void
steal(struct world *w)
{
	struct machine *m = pick(w, POSTS, true);

	if (m == NULL || !may_have_more_keys(w, m->node) ||
	    w->machine_count == SIM_MACHINES) {
		return;
	}
	struct sim_node *n = machine_node(m);
	unsigned old = n->key_count - 1;
	if (!n->keys[old].enrolled || n->keys[old].stolen) {
		return;
	}
	if (rng_chance(&w->rng, 60)) {
		struct machine *thief = machine_add(w, MACHINE_INTAKE, m->node, old, 1);

		must(disk_copy(m->dir, thief->dir));
		thief->living = false;
		thief->is_thief = true;
		trace(w, "%s is stolen: %s", m->name, thief->name);
		machine_start(thief);
	}
	uint64_t head = w->naive_position;
	uint64_t from = head - rng_below(&w->rng, head < 20 ? head + 1 : 20) + 1;
	unsigned key = node_new_key(w, m->node);
	work_enrol(w, m->node, key, false);
	give_key(w, m->node, key);
	for (unsigned k = 0; k < key; k++) {
		if (!n->keys[k].stolen && n->keys[k].enrolled) {
			n->keys[k].stolen = true;
			work_revoke(w, m->node, k, REVOCATION_STOLEN, from);
		}
	}
	lock_out(w, m->node);
}

static void
find_genuine(struct world *w)
{
	for (int node = 1; node < w->node_count; node++) {
		struct sim_node *n = &w->nodes[node];

		for (unsigned k = 0; k < n->key_count; k++) {
			if (n->keys[k].stolen && !n->keys[k].retired) {
				n->keys[k].retired = true;
				work_revoke(w, node, k, REVOCATION_GENUINE, 0);
				sometimes(w, SOMETIMES_GENUINE_COUNTED);
				return;
			}
		}
	}
}

/* The old one is gone; the new one has another key, and its disk or an empty one. */
static void
new_machine(struct world *w)
{
	struct machine *old = pick(w, POSTS, false);

	if (old == NULL || !may_have_more_keys(w, old->node) ||
	    w->machine_count == SIM_MACHINES) {
		return;
	}
	int node = old->node;
	struct sim_node *n = &w->nodes[node];
	unsigned key = node_new_key(w, node);
	struct machine *m = machine_add(w, MACHINE_INTAKE, node, key, 1);
	bool with_disk = rng_chance(&w->rng, 40);
	if (with_disk) {
		if (old->up) {
			machine_crash(old, NEVER);
		}
		with_disk = disk_copy(old->dir, m->dir);
		acked_copy(&m->acked, &old->acked);
	}
	for (int i = 0; i < m->number; i++) {
		struct machine *gone = &w->machines[i];

		if (gone->node == node && gone->kind == MACHINE_INTAKE && gone->living) {
			gone->living = false;
			machine_crash(gone, NEVER);
		}
	}
	trace(w, "%s replaces %s%s", m->name, old->name,
	      with_disk ? " with its disk" : "");
	sometimes(w, SOMETIMES_NEW_MACHINE);
	work_enrol(w, node, key, false);
	for (unsigned k = 0; k < key; k++) {
		if (n->keys[k].enrolled && !n->keys[k].retired && !n->keys[k].stolen) {
			n->keys[k].retired = true;
			work_revoke(w, node, k, REVOCATION_RETIRED, 0);
		}
	}
	machine_start(m);
}

/* ---- Network and clocks -------------------------------------------------------- */

static void
partition(struct world *w)
{
	struct machine *m = pick(w, NO_HQ, false);
	unsigned how = (unsigned)rng_below(&w->rng, 4);
	msec_t until = w->now + 1000 + some_time(w, 25000);

	if (m == NULL) {
		return;
	}
	sometimes(w, how < 2 ? SOMETIMES_PARTITION : SOMETIMES_PARTITION_ONE_WAY);
	trace(w, "%s partitioned: %u", m->name, how);
	if (how != 3) {
		net_block(w, m->number, w->hq, true);
		heap_push(w, until,
			  (struct sim_event){
				  .what = EV_MEND, .a = m->number, .b = w->hq });
	}
	if (how != 2) {
		net_block(w, w->hq, m->number, true);
		heap_push(w, until,
			  (struct sim_event){
				  .what = EV_MEND, .a = w->hq, .b = m->number });
	}
}

static void
wrong_clock(struct world *w)
{
	struct machine *m = pick(w, ANY, false);
	wall_ms_t days = (wall_ms_t)rng_below(&w->rng, 4000);

	if (m == NULL || m->kind == MACHINE_NOTIFICATION) {
		return;
	}
	/* What is due follows headquarters' time: wrong by days and not by years. */
	if (w->alerts && m->node == 0) {
		days = days % 12;
	}
	m->wall_offset += (rng_chance(&w->rng, 50) ? days : -days) * DAY_S * 1000;
	if (days > YEAR_MS_DAYS) {
		sometimes(w, SOMETIMES_CLOCK_WRONG);
	}
	trace(w, "%s clock jumps by %" PRId64 " days", m->name, days);
}

/* ---- One fault ----------------------------------------------------------------- */

static void
crash_at_point(struct world *w)
{
	struct machine *m = pick(w, ANY, true);

	if (m != NULL) {
		m->crash_wanted = true;
		m->crash_point = (enum turn_point)rng_below(&w->rng, 3);
	}
}

/* Of the log: the process ends.  Of a view: it is only older. */
static void
fail_commit(struct machine *m)
{
	struct world *w = m->world;
	bool of_view = m->view != NULL && rng_chance(&w->rng, 40);

	store_fail_commit(of_view ? m->view : m->log, 1 + (unsigned)rng_below(&w->rng, 3),
			  ERR_IO);
}

static void
lose_disk(struct world *w)
{
	struct machine *m = pick(w, NO_HQ, false);

	if (m == NULL) {
		return;
	}
	machine_crash(m, NEVER);
	machine_put_back(m, NULL);
	trace(w, "%s loses its disk", m->name);
	sometimes(w, SOMETIMES_DISK_LOST);
	machine_crash(m, some_time(w, 5000));
}

void
fault_happens(struct world *w, enum fault fault)
{
	struct machine *hq = &w->machines[w->hq];
	struct machine *m;

	trace(w, "fault: %s", fault_name(fault));
	switch (fault) {
	case FAULT_CRASH:
		m = pick(w, ANY, true);
		if (m != NULL) {
			machine_crash(m, some_time(w, 12000));
		}
		break;
	case FAULT_CRASH_AT_POINT:
		crash_at_point(w);
		break;
	case FAULT_COMMIT_IO:
		m = pick(w, ANY, true);
		if (m != NULL) {
			fail_commit(m);
		}
		break;
	case FAULT_DISK_FULL:
		m = pick(w, ANY, true);
		if (m != NULL) {
			m->disk_full_until = w->now + some_time(w, 6000);
		}
		break;
	case FAULT_PARTITION:
		partition(w);
		break;
	case FAULT_BACKUP:
		m = rng_chance(&w->rng, 30) ? hq : pick(w, ANY, true);
		if (m != NULL && m->up) {
			machine_snapshot(m);
		}
		break;
	case FAULT_RESTORE:
	case FAULT_SET_BACK:
		m = pick(w, NO_HQ, true);
		if (m != NULL) {
			put_back(m, fault == FAULT_SET_BACK);
		}
		break;
	case FAULT_LOST_DISK:
		lose_disk(w);
		break;
	case FAULT_CLONE:
		clone(w);
		break;
	case FAULT_NEW_MACHINE:
		new_machine(w);
		break;
	case FAULT_CLOCK:
		wrong_clock(w);
		break;
	case FAULT_ROTATE:
		rotate(w);
		break;
	case FAULT_RETIRE:
		retire(w);
		break;
	case FAULT_STOLEN:
		steal(w);
		break;
	case FAULT_GENUINE:
		find_genuine(w);
		break;
	case FAULT_HQ_RESTART:
	case FAULT_HQ_VIEW_LOST:
		hq->view_lost = hq->view_lost || fault == FAULT_HQ_VIEW_LOST;
		sometimes(w, SOMETIMES_HQ_RESTARTED);
		machine_crash(hq, some_time(w, 3000));
		break;
	case FAULT_HQ_ROLLBACK:
		roll_back_hq(w);
		break;
	case FAULT_ERASE:
		work_erase(w);
		break;
	case FAULT_FORGE:
		m = pick(w, POSTS, true);
		if (m != NULL) {
			machine_crash(m, NEVER);
			forge(w, m);
			machine_crash(m, some_time(w, 1000));
		}
		break;
	default:
		if (fault < FAULT_ALERT_END) {
			alert_fault_happens(w, fault);
		} else {
			archive_fault_happens(w, fault);
		}
		break;
	}
}

/* Only a turn that has something to write finds the disk full. */
void
faults_before_turn(struct machine *m)
{
	if (m->world->now >= m->disk_full_until) {
		return;
	}
	if (m->inbox.count != 0 || m->kind == MACHINE_NOTIFICATION) {
		store_fail_commit(m->log, 1, ERR_DISK_FULL);
	}
	if (m->kind == MACHINE_NOTIFICATION && rng_chance(&m->world->rng, 50)) {
		store_fail_commit(m->copy, 1, ERR_DISK_FULL);
	}
}

/* ---- Healing ------------------------------------------------------------------- */

void
faults_heal(struct world *w)
{
	for (int a = 0; a < w->machine_count; a++) {
		struct machine *m = &w->machines[a];

		m->disk_full_until = 0;
		m->crash_wanted = false;
		m->put_crash = 0;
		if (m->up) {
			store_fail_commit(m->log, 0, OK);
		}
		if (m->kind == MACHINE_NOTIFICATION) {
			alert_clock_right(m);
		}
		if (m->up && m->kind == MACHINE_NOTIFICATION) {
			store_fail_commit(m->copy, 0, OK);
			store_fail_commit(m->view, 0, OK);
		}
		for (int b = 0; b < w->machine_count; b++) {
			if (w->blocked[a][b]) {
				net_mend(w, a, b);
			}
		}
	}
}
