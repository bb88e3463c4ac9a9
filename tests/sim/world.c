#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/sim/naive.h"
#include "tests/sim/sim.h"
#include "tests/sim/work.h"

/* One seed: a federation is set up, things go wrong for a while, then nothing does and
 * everything must come to rest as it should. */

enum {
	LOOK_EVERY_MS = 7000,
	KEEPER_MS = 4000,
	REST_WITHIN_MS = 400000, /* Superseded and backed off: two minutes and more. */
	REST_STEP_MS = 500,
	SILENCE_MS = 22000, /* Until a dead connection is noticed. */
	STILL_MS = 12000,
	MAX_ROUNDS = 12,
	MAX_EVENTS = 400000,
	HOURS_AFTER = 24,
	LAST_ANSWER_MS = 3000,  /* A turn may be slow. */
	CALENDAR_STEP_MS = 100, /* Of the monotonic clock, for a step of the calendar. */
};

static const char *const post_names[] = {
	"sfo", "lax", "bna", "sea", "chi", "atl", "nyc"
};

static void
set_up(struct world *w)
{
	int posts = SIM_POSTS_MIN +
		    (int)rng_below(&w->rng, SIM_POSTS_MAX - SIM_POSTS_MIN + 1);

	w->zones = (struct zone_table){ .find = sim_zone_find };
	w->conns = xcalloc(SIM_CONNS, sizeof(w->conns[0]));
	node_add(w, NODE_HQ, "hq", NULL);
	for (int i = 0; i < posts; i++) {
		node_add(w, NODE_POST, post_names[i], post_names[i]);
	}
	w->hq = machine_add(w, MACHINE_AGGREGATION, 0, 0, 1)->number;
	w->notification = -1;
	for (int i = 0; i < w->node_count; i++) {
		struct machine *m = machine_add(w, MACHINE_INTAKE, i, 0, 1);

		if (i == 0) {
			w->hq_intake = m->number;
		}
	}
	if (w->alerts) {
		w->notification = machine_add(w, MACHINE_NOTIFICATION, 0, 0, 1)->number;
	}
	if (w->keeps) {
		keeper_begin(w);
	}
	w->nodes[0].keys[0].enrolled = true;
	w->naive = naive_new(w->nodes[0].id.b, w->nodes[0].keys[0].keys.sign_public);
	must(w->machine_count >= SIM_MIN_NODES);
}

/* ---- Events -------------------------------------------------------------------- */

static void
happens(struct world *w, struct sim_event *e)
{
	bool of_machine =
		e->what == EV_TURN || e->what == EV_START || e->what == EV_LOCAL;
	struct machine *m = &w->machines[of_machine ? e->a : 0];

	switch (e->what) {
	case EV_TURN:
		if (m->up && m->run == e->run && m->turn_at == e->at) {
			machine_turn(m);
		}
		break;
	case EV_START:
		if (!m->up && m->restart_at == e->at && m->run == e->run) {
			machine_start(m);
		}
		break;
	case EV_CONNECT:
		net_connected(w, e->a);
		break;
	case EV_FRAME:
		net_arrived(w, e);
		break;
	case EV_ENDED:
		net_ended(w, e->a, (enum line_end)e->b);
		break;
	case EV_LOCAL:
		if (m->up && m->run == e->run) {
			work_local(m, e->parcel);
		}
		free(e->parcel);
		break;
	case EV_FAULT:
		if (!w->healing) {
			fault_happens(w, (enum fault)e->a);
		}
		break;
	case EV_MEND:
		if (w->blocked[e->a][e->b]) {
			net_mend(w, e->a, e->b);
		}
		break;
	case EV_WORK:
		work_happens(w);
		break;
	case EV_ASK:
		if (w->asks[e->a].state == ASK_WAITING) {
			work_send(w, e->a);
		}
		break;
	case EV_DAYS:
		calendar_days(w);
		break;
	case EV_ANSWER:
		receivers_answer(w, e->a, e->run);
		break;
	case EV_ALERTS:
		work_alerts(w);
		break;
	case EV_CLOCK:
		alert_clock_right(&w->machines[e->a]);
		break;
	case EV_KEEPER:
		if (!w->healing) {
			keeper_looks(w);
			heap_push(w, w->now + 500 + (msec_t)rng_below(&w->rng, KEEPER_MS),
				  (struct sim_event){ .what = EV_KEEPER });
		}
		break;
	case EV_LOOK:
		if (!w->healing) {
			check_random(w);
			heap_push(w,
				  w->now + LOOK_EVERY_MS / 2 +
					  (msec_t)rng_below(&w->rng, LOOK_EVERY_MS),
				  (struct sim_event){ .what = EV_LOOK });
		}
		break;
	}
}

/* Up to 'until'; false if something failed. */
static bool
run_until(struct world *w, msec_t until)
{
	struct sim_event e;

	while (!w->failed && w->heap.count != 0 && w->heap.at[0].at <= until) {
		if (w->ordinal > MAX_EVENTS) {
			sim_fail(w, "flapping", "more than %d events", MAX_EVENTS);
		}
		must(heap_pop(w, &e));
		w->now = e.at;
		happens(w, &e);
	}
	w->now = until;
	return !w->failed;
}

/* ---- Healing ------------------------------------------------------------------- */

static void
owe_journal(struct world *w, struct machine *m)
{
	struct txn txn = txn_begin_read(m->log);
	struct own_records own = { .txn = &txn };
	struct slice record;

	while (own_records_next(&own, &record)) {
		if (w->owed_count == w->owed_cap) {
			w->owed_cap = w->owed_cap != 0 ? 2 * w->owed_cap : 128;
			w->owed = xrealloc(w->owed, w->owed_cap * sizeof(w->owed[0]));
		}
		w->owed[w->owed_count++] = hash_of(record);
	}
	txn_abort(&txn);
}

/* Several machines with one key would take turns for ever: the operator, who sees the
 * alarm, lets one at a time run. */
static struct machine *
turn_of(struct world *w, int node, unsigned round, unsigned *ret_count)
{
	struct machine *list[SIM_MACHINES];
	unsigned count = 0;

	for (int i = 0; i < w->machine_count; i++) {
		struct machine *m = &w->machines[i];

		if (m->kind == MACHINE_INTAKE && m->node == node && m->living) {
			list[count++] = m;
		}
	}
	if (count > *ret_count) {
		*ret_count = count;
	}
	return count != 0 ? list[round % count] : NULL;
}

/* Keys that headquarters forgot with a disk are enrolled again. */
static void
enrol_forgotten(struct world *w)
{
	const struct machine *hq = &w->machines[w->hq];
	const struct fold *f = &hq->aggregation->fold;

	for (int i = 1; i < w->node_count; i++) {
		struct sim_node *n = &w->nodes[i];
		uint32_t node = fold_find_node(f, &n->id);

		for (unsigned k = 0; k < n->key_count; k++) {
			struct key_id id = key_id_of(n->keys[k].keys.sign_public);

			if (n->keys[k].enrolled &&
			    (node == UINT32_MAX ||
			     fold_find_key(f, node, id.b) == UINT32_MAX)) {
				trace(w, "%s key %u was forgotten", n->name, k);
				work_enrol(w, i, k, true);
			}
		}
	}
}

static bool
rest(struct world *w, msec_t at_least)
{
	msec_t begin = w->now, limit = begin + REST_WITHIN_MS;
	const char *why = "";
	bool asked = false;

	while (w->now < limit) {
		if (!run_until(w, w->now + REST_STEP_MS)) {
			return false;
		}
		if (w->keeping != NULL) {
			keeper_looks(w);
		}
		if (w->now - begin >= at_least && check_converged(w, &why)) {
			return true;
		}
		/* Half of the time is over: what stays out may not be known any more. */
		if (!asked && w->now > limit - REST_WITHIN_MS / 2) {
			asked = true;
			enrol_forgotten(w);
		}
	}
	check_restless(w, why);
	sim_fail(w, "comes to rest", "%s: %s", w->machines[w->restless].name, why);
	return false;
}

static void
start_round(struct world *w, unsigned round, unsigned *ret_twins)
{
	struct machine *hq = &w->machines[w->hq];

	if (!hq->up) {
		machine_crash(hq, NEVER);
		machine_start(hq);
	}
	if (w->keeping != NULL && archive_machine(w)->restart_at != NEVER) {
		machine_crash(archive_machine(w), NEVER);
		machine_start(archive_machine(w));
	}
	if (w->alerts && !w->machines[w->notification].up) {
		machine_crash(&w->machines[w->notification], NEVER);
		machine_start(&w->machines[w->notification]);
	}
	for (int node = 0; node < w->node_count && !w->failed; node++) {
		struct machine *on = turn_of(w, node, round, ret_twins);

		for (int i = 0; i < w->machine_count && !w->failed; i++) {
			struct machine *m = &w->machines[i];

			if (m->kind != MACHINE_INTAKE || m->node != node) {
				continue;
			}
			if (m != on && m->up) {
				machine_crash(m, NEVER);
			} else if (m == on && !m->up) {
				machine_crash(m, NEVER);
				machine_start(m);
			}
		}
	}
}

/* Clients that wait for a machine that is not up any more do not. */
static void
give_up_asks(struct world *w)
{
	for (size_t i = 0; i < w->ask_count; i++) {
		if (w->asks[i].state == ASK_WAITING &&
		    !w->machines[w->asks[i].machine].up) {
			w->asks[i].state = ASK_GIVEN_UP;
		}
	}
}

static bool
heal(struct world *w)
{
	unsigned twins = 1, quiet = 0;
	uint64_t head = 0;

	w->healing = true;
	trace(w, "--- healing");
	faults_heal(w);
	for (int i = 0; i < w->machine_count; i++) {
		struct machine *m = &w->machines[i];

		/* Every living disk once, whoever of them runs later. */
		if (m->living && m->kind == MACHINE_INTAKE) {
			if (!m->up) {
				machine_crash(m, NEVER);
				machine_start(m);
			}
			if (w->failed) {
				return false;
			}
			owe_journal(w, m);
		}
	}
	/* Until everybody had a turn and nothing new came of it. */
	for (unsigned round = 0; quiet < twins; round++) {
		if (round == MAX_ROUNDS) {
			sim_fail(w, "comes to rest", "headquarters' log goes on growing");
			return false;
		}
		start_round(w, round, &twins);
		give_up_asks(w);
		if (w->failed || !rest(w, round == 0 ? SILENCE_MS : 0)) {
			return false;
		}
		if (w->naive_position < SIM_MIN_RECORDS) {
			/* Much was lost: a seed has so many all the same. */
			for (int i = 0; i < SIM_MIN_RECORDS / 2; i++) {
				work_happens(w);
			}
			continue;
		}
		check_posts(w);
		if (w->failed) {
			return false;
		}
		quiet = w->machines[w->hq].aggregation->log.head.position == head
				? quiet + 1
				: 0;
		head = w->machines[w->hq].aggregation->log.head.position;
		if (twins == 1) {
			break;
		}
	}
	check_end(w);
	return !w->failed;
}

/* Nothing is wrong and nothing is new: nobody says HELLO. */
static void
stays_at_rest(struct world *w)
{
	uint64_t sessions = w->sessions_begun;
	const char *why = "";

	if (run_until(w, w->now + STILL_MS) && w->sessions_begun != sessions) {
		sim_fail(w, "no flapping", "%" PRIu64 " sessions begin while all is well",
			 w->sessions_begun - sessions);
	}
	if (!w->failed && !check_converged(w, &why)) {
		sim_fail(w, "comes to rest", "%s moved again: %s",
			 w->machines[w->restless].name, why);
	}
}

/* ---- Months -------------------------------------------------------------------- */

static bool
days_pass(struct world *w, unsigned days)
{
	wall_ms_t until = w->calendar + days * (wall_ms_t)24 * 3600 * 1000;

	while (w->calendar < until && !w->failed) {
		calendar_goes_on(w, calendar_step(w));
		run_until(w, w->now + CALENDAR_STEP_MS);
	}
	/* What was tried in vain at the end is tried again. */
	for (unsigned i = 0; i < HOURS_AFTER && !w->failed; i++) {
		calendar_goes_on(w, (wall_ms_t)3600 * 1000);
		run_until(w, w->now + CALENDAR_STEP_MS);
	}
	return !w->failed && run_until(w, w->now + LAST_ANSWER_MS);
}

/* Everything that was planned comes due.  Then a view that is folded anew, and a copy
 * that is fetched again, call for nothing more. */
static void
months_pass(struct world *w)
{
	struct machine *m = &w->machines[w->notification];
	const char *why = "";

	if (!days_pass(w, rng_chance(&w->rng, 15) ? 130 : 40)) {
		return;
	}
	check_alerts(w);
	m->view_lost = true;
	m->copy_lost = rng_chance(&w->rng, 50);
	machine_crash(m, NEVER);
	machine_start(m);
	if (!w->failed && days_pass(w, 2) && !check_converged(w, &why)) {
		sim_fail(w, "comes to rest", "%s moved again: %s",
			 w->machines[w->restless].name, why);
	}
	if (!w->failed) {
		check_alerts(w);
	}
}

static void
is_large_enough(struct world *w)
{
	if (w->turns < SIM_MIN_TURNS || w->naive_position < SIM_MIN_RECORDS) {
		sim_fail(w, "large enough", "%" PRIu64 " turns, %" PRIu64 " records",
			 w->turns, w->naive_position);
	}
}

bool
world_run(struct world *w, uint64_t seed, bool bare, const char *dir, FILE *print)
{
	struct rng mixed = { seed };

	*w = (struct world){ .seed = seed, .print = print };
	/* Neighbouring seeds must not give one stream, shifted. */
	w->rng.state = rng_u64(&mixed);
	w->rng.state ^= rng_u64(&mixed) << 1;
	snprintf(w->base_dir, sizeof(w->base_dir), "%s", dir);
	mkdir(dir, 0700);
	w->begin = 1700000000000; /* 2023-11-14 */
	/* Two seeds of five, by their number: the others are as they were without. */
	w->alerts = seed % 5 == 2 || seed % 5 == 3;
	w->keeps = !bare && seed % 5 != 1 && seed % 5 != 3;
	faults_draw(w);
	if (w->alerts) {
		calendar_draw(w);
	}
	if (w->keeps) {
		keeper_draw(w);
	}
	set_up(w);
	for (int i = 0; i < w->machine_count && !w->failed; i++) {
		machine_start(&w->machines[i]);
	}
	work_begin(w);
	faults_plan(w);
	if (w->alerts) {
		work_alerts_begin(w);
		calendar_plan(w);
	}
	if (w->keeps) {
		keeper_plan(w);
	}
	heap_push(w, LOOK_EVERY_MS, (struct sim_event){ .what = EV_LOOK });
	if (run_until(w, w->swarm.chaos_ms) && heal(w)) {
		stays_at_rest(w);
		if (w->alerts && !w->failed) {
			months_pass(w);
		}
		is_large_enough(w);
	}
	trace(w, "end: %" PRIu64 " turns, %" PRIu64 " records", w->turns,
	      w->naive_position);
	return !w->failed;
}

void
world_fini(struct world *w)
{
	for (int i = 0; i < w->machine_count; i++) {
		machine_free(&w->machines[i]);
	}
	rmdir(w->base_dir);
	heap_fini(w);
	for (int i = 0; i < w->conn_count; i++) {
		struct conn *c = &w->conns[i];

		for (int d = 0; d < DIRECTIONS; d++) {
			for (size_t k = 0; k < c->held_count[d]; k++) {
				free(c->held[d][k]);
			}
			free(c->held[d]);
		}
		for (size_t k = 0; k < c->batch_count; k++) {
			free(c->batches[k].blocks);
			free(c->batches[k].last_seqs);
		}
		free(c->batches);
	}
	free(w->conns);
	free(w->asks);
	free(w->events);
	free(w->erased);
	free(w->ever);
	free(w->owed);
	receivers_free(w);
	alerts_free(w);
	keeper_free(w);
	naive_free(w->naive);
	arena_fini(&w->arena);
}
