#include "tests/sim/sim.h"

/* Days that pass, and what goes wrong with notification.
 *
 * A seed lasts a minute or two of its monotonic clock, and months of its calendar: the
 * wall clocks of all machines go forward together, by minutes or by days, as if nothing
 * had happened in between.  Who waits for a time of day looks then. */

enum {
	STEPS_MS = 350, /* Between two steps of the calendar, about. */
	MINUTE = 60 * 1000,
	HOUR = 60 * MINUTE,
};

static const wall_ms_t day_ms = 24 * (wall_ms_t)HOUR;

wall_ms_t
world_wall(const struct world *w)
{
	return w->begin + w->now + w->calendar;
}

/* ---- The seed ------------------------------------------------------------------ */

/* Weeks before a change of clocks of 2026: 8 March or 1 November. */
static wall_ms_t
begin_of(struct world *w)
{
	const wall_ms_t changes[] = { 1772964000000, 1793512800000 };

	return changes[rng_below(&w->rng, ARRAY_LEN(changes))] - 10 * day_ms -
	       (wall_ms_t)rng_below(&w->rng, 50) * day_ms -
	       (wall_ms_t)rng_below(&w->rng, (uint64_t)day_ms);
}

void
calendar_draw(struct world *w)
{
	struct swarm *s = &w->swarm;
	bool calm = rng_chance(&w->rng, 15);

	w->begin = begin_of(w);
	for (unsigned f = FAULT_COUNT; f < FAULT_ALERT_END; f++) {
		s->on[f] = !calm && rng_chance(&w->rng, 40);
	}
	s->take_percent = calm ? 100 : 40 + (unsigned)rng_below(&w->rng, 60);
	s->lose_percent = (unsigned)rng_below(&w->rng, 40);
	s->slow_percent = (unsigned)rng_below(&w->rng, 50);
	s->refuse_percent = rng_chance(&w->rng, 30) ? 10 : 0;
}

void
calendar_plan(struct world *w)
{
	for (unsigned f = FAULT_COUNT; f < FAULT_ALERT_END; f++) {
		unsigned times = 1 + (unsigned)rng_below(&w->rng, 4);

		if (!w->swarm.on[f]) {
			continue;
		}
		if (f == FAULT_ALERT_CRASH_AT_POINT) {
			times += 4;
		}
		for (unsigned i = 0; i < times; i++) {
			msec_t at = 2000 +
				    (msec_t)rng_below(&w->rng,
						      (uint64_t)w->swarm.chaos_ms - 2000);

			heap_push(w, at,
				  (struct sim_event){ .what = EV_FAULT, .a = (int)f });
		}
	}
	heap_push(w, STEPS_MS, (struct sim_event){ .what = EV_DAYS });
}

/* ---- Steps --------------------------------------------------------------------- */

/* Everybody's clock; notification, which waits for one, looks at it. */
void
calendar_goes_on(struct world *w, wall_ms_t by)
{
	w->calendar += by;
	trace(w, "%" PRId64 " minutes pass", by / MINUTE);
	machine_wake(&w->machines[w->notification],
		     w->now + (msec_t)rng_below(&w->rng, 20));
}

wall_ms_t
calendar_step(struct world *w)
{
	switch (rng_below(&w->rng, 4)) {
	case 0:
		return (wall_ms_t)rng_below(&w->rng, 90) * MINUTE;
	case 1:
	case 2:
		return (wall_ms_t)rng_below(&w->rng, 12 * 60) * MINUTE;
	default:
		return (wall_ms_t)rng_below(&w->rng, 40 * 60) * MINUTE;
	}
}

void
calendar_days(struct world *w)
{
	if (w->healing) {
		return;
	}
	calendar_goes_on(w, calendar_step(w));
	heap_push(w, w->now + 1 + (msec_t)rng_below(&w->rng, 2 * STEPS_MS),
		  (struct sim_event){ .what = EV_DAYS });
}

/* ---- Faults -------------------------------------------------------------------- */

/* Its clock is wrong by hours or days, for a while. */
static void
wrong_clock(struct machine *m)
{
	struct world *w = m->world;
	wall_ms_t by = (wall_ms_t)rng_below(&w->rng, (uint64_t)(9 * day_ms));

	if (rng_chance(&w->rng, 60)) {
		by /= 24;
	}
	m->wall_offset = rng_chance(&w->rng, 50) ? by : -by;
	trace(w, "%s clock is wrong by %" PRId64 " minutes", m->name,
	      m->wall_offset / MINUTE);
	heap_push(w, w->now + (msec_t)rng_below(&w->rng, 12000),
		  (struct sim_event){ .what = EV_CLOCK, .a = m->number });
}

void
alert_clock_right(struct machine *m)
{
	if (m->wall_offset != 0) {
		m->wall_offset = 0;
		trace(m->world, "%s clock is right", m->name);
		machine_wake(m, m->world->now + 1);
	}
}

static void
fail_commit(struct machine *m)
{
	struct world *w = m->world;
	struct store *const stores[] = { m->log, m->copy, m->view };
	size_t which = rng_below(&w->rng, ARRAY_LEN(stores));
	bool full = which != 2 && rng_chance(&w->rng, 50);

	store_fail_commit(stores[which], 1 + (unsigned)rng_below(&w->rng, 3),
			  full ? ERR_DISK_FULL : ERR_IO);
}

static void
put_back_copy(struct machine *m)
{
	struct world *w = m->world;

	if (m->snapshot_count == 0) {
		machine_snapshot(m);
		return;
	}
	const struct snapshot *s = &m->snapshots[rng_below(&w->rng, m->snapshot_count)];
	machine_crash(m, NEVER);
	machine_put_back_copy(m, s);
	sometimes(w, SOMETIMES_COPY_LOST);
	machine_crash(m, (msec_t)rng_below(&w->rng, 3000));
}

static msec_t
down_for(struct world *w, msec_t most)
{
	return (msec_t)rng_below(&w->rng, (uint64_t)most);
}

void
alert_fault_happens(struct world *w, enum fault fault)
{
	struct machine *m = &w->machines[w->notification];

	if (!m->up) {
		return;
	}
	switch (fault) {
	case FAULT_ALERT_CRASH:
		machine_crash(m, down_for(w, 500));
		break;
	case FAULT_ALERT_CRASH_AT_POINT:
		m->crash_wanted = true;
		m->crash_point = (enum turn_point)rng_below(&w->rng, 3);
		break;
	case FAULT_ALERT_AWAY:
		machine_crash(m, down_for(w, 15000));
		break;
	case FAULT_ALERT_COMMIT:
		fail_commit(m);
		break;
	case FAULT_ALERT_DISK_FULL:
		m->disk_full_until = w->now + down_for(w, 6000);
		break;
	case FAULT_ALERT_VIEW_LOST:
		m->view_lost = true;
		machine_crash(m, down_for(w, 500));
		break;
	case FAULT_ALERT_BACKUP:
		machine_snapshot(m);
		break;
	case FAULT_ALERT_COPY_LOST:
		m->copy_lost = true;
		m->view_lost = m->view_lost || rng_chance(&w->rng, 50);
		sometimes(w, SOMETIMES_COPY_LOST);
		machine_crash(m, down_for(w, 3000));
		break;
	case FAULT_ALERT_COPY_BACK:
		put_back_copy(m);
		break;
	default:
		wrong_clock(m);
		break;
	}
}
