#include <stdlib.h>
#include <sys/stat.h>

#include "tests/sim/sim.h"

/* One process on one disk, as its supervisor and its host see it. */

static void
keep_log_line(const struct log_sink *sink, enum log_level level, struct slice line)
{
	struct machine *m = sink->ctx;

	(void)level;
	trace(m->world, "%s | %.*s", m->name, (int)line.len, (const char *)line.at);
}

struct sim_node *
machine_node(const struct machine *m)
{
	return &m->world->nodes[m->node];
}

wall_ms_t
machine_wall(const struct machine *m)
{
	return world_wall(m->world) + m->wall_offset;
}

static void
new_dir(struct machine *m)
{
	snprintf(m->dir, sizeof(m->dir), "%s/m%d-%u", m->world->base_dir, m->number,
		 ++m->dir_number);
}

struct machine *
machine_add(struct world *w, enum machine_kind kind, int node, unsigned first_key,
	    unsigned key_count)
{
	must(w->machine_count < SIM_MACHINES);
	struct machine *m = &w->machines[w->machine_count];

	*m = (struct machine){ .world = w,
			       .number = w->machine_count,
			       .kind = kind,
			       .node = node,
			       .first_key = first_key,
			       .key_count = key_count,
			       .living = true,
			       .kept = -1,
			       .turn_at = NEVER,
			       .restart_at = NEVER };
	m->sink =
		(struct log_sink){ .write = keep_log_line, .ctx = m, .level = LOG_WARN };
	snprintf(m->name, sizeof(m->name), "%s/%d",
		 kind == MACHINE_AGGREGATION    ? "agg"
		 : kind == MACHINE_NOTIFICATION ? "note"
		 : kind == MACHINE_ARCHIVING    ? "arch"
						: w->nodes[node].name,
		 w->machine_count);
	new_dir(m);
	w->machine_count++;
	return m;
}

/* ---- Stores -------------------------------------------------------------------- */

struct store *
machine_open_store(struct machine *m, const char *sub, const char *kind,
		   const char *const *dbs)
{
	char dir[200], why[200] = "";
	struct store *store = NULL;
	struct store_options options = { .dir = dir,
					 .kind = kind,
					 .format = 1,
					 .program = "sim",
					 .dbs = dbs,
					 .quota_bytes = 256u << 20 };

	snprintf(dir, sizeof(dir), "%s/%s", m->dir, sub);
	mkdir(m->dir, 0700);
	enum err err = store_open(&options, &store, why, sizeof(why));
	if (err != OK) {
		sim_fail(m->world, "open", "%s: %s: %s", m->name, err_name(err), why);
		return NULL;
	}
	return store;
}

static void
close_stores(struct machine *m)
{
	store_close(m->view);
	store_close(m->copy);
	store_close(m->log);
	m->view = NULL;
	m->copy = NULL;
	m->log = NULL;
}

static void
lose_store(struct machine *m, const char *sub, bool *lost)
{
	char dir[200];

	if (*lost) {
		snprintf(dir, sizeof(dir), "%s/%s", m->dir, sub);
		disk_remove_store(dir);
		*lost = false;
	}
}

/* ---- Starting ------------------------------------------------------------------ */

struct enrolment
hq_trust(const struct world *w)
{
	const struct sim_node *n = &w->nodes[w->machines[w->hq_intake].node];
	struct enrolment e = { .node = n->id, .name = slice_str("hq"), .role = NODE_HQ };

	memcpy(e.curve_key, n->keys[0].keys.curve_public, sizeof(e.curve_key));
	memcpy(e.sign_key, n->keys[0].keys.sign_public, sizeof(e.sign_key));
	return e;
}

void
intake_config_of(struct machine *m, struct intake_config *ret)
{
	struct world *w = m->world;
	struct sim_node *n = machine_node(m);

	*ret = (struct intake_config){ .node = n->id,
				       .name = n->name,
				       .role = n->role,
				       .posts = n->posts,
				       .post_count = n->post_count,
				       .author = "officer",
				       .software = "sim",
				       .zones = w->zones,
				       .local = LOCAL_ENDPOINT };
	for (unsigned i = 0; i < m->key_count && i < INTAKE_MAX_KEYS; i++) {
		unsigned key = m->first_key + i;

		ret->keys[ret->key_count++] = n->keys[key].keys;
		ret->dial[ret->dial_count].up = DIAL_ENDPOINT + 2 * key;
		ret->dial[ret->dial_count].down = DIAL_ENDPOINT + 2 * key + 1;
		ret->dial_count++;
	}
	for (size_t i = 0; i < sizeof(ret->seed); i++) {
		ret->seed[i] = (uint8_t)rng_u64(&w->rng);
	}
}

static bool
start_intake(struct machine *m)
{
	struct intake_config config;

	m->log = machine_open_store(m, "log", "intake-log", journal_db_names);
	if (m->log == NULL) {
		return false;
	}
	intake_config_of(m, &config);
	m->intake = xcalloc(1, sizeof(*m->intake));
	intake_init(m->intake, &config, m->log);
	enum err err = intake_open(m->intake, m->world->now, machine_wall(m));
	if (err != OK) {
		sim_fail(m->world, "open", "%s: the journal: %s", m->name, err_name(err));
		return false;
	}
	node_init(&m->core, &intake_service, m->intake, m->log, rng_u64(&m->world->rng),
		  &m->sink);
	return true;
}

static bool
start_aggregation(struct machine *m)
{
	struct aggregation_config config = { .hq = hq_trust(m->world),
					     .software = "sim",
					     .local_endpoint = LOCAL_ENDPOINT,
					     .posts_endpoint = DOOR_ENDPOINT };

	lose_store(m, "view", &m->view_lost);
	keeper_names(m->world, &config);
	m->log = machine_open_store(m, "log", "aggregation-log", log_db_names);
	m->view = machine_open_store(m, "view", "aggregation-view", view_db_names);
	if (m->log == NULL || m->view == NULL) {
		return false;
	}
	m->aggregation = xcalloc(1, sizeof(*m->aggregation));
	aggregation_init(m->aggregation, &config, m->log, m->view);
	enum err err = aggregation_open(m->aggregation);
	if (err != OK) {
		sim_fail(m->world, "open", "%s: the log: %s", m->name, err_name(err));
		return false;
	}
	if (m->aggregation->log.head.position != 0) {
		sometimes(m->world, m->aggregation->checkpoint.position != 0
					    ? SOMETIMES_VIEW_LOADED
					    : SOMETIMES_VIEW_REFOLDED);
	}
	buf_clear(&m->allow);
	aggregation_allow_list(m->aggregation, &m->allow);
	node_init(&m->core, &aggregation_service, m->aggregation, m->log,
		  rng_u64(&m->world->rng), &m->sink);
	return true;
}

static bool
start_notification(struct machine *m)
{
	struct world *w = m->world;
	struct notification_config config = { .hq = hq_trust(w),
					      .name = "notification",
					      .software = "sim",
					      .zones = w->zones,
					      .local_endpoint = LOCAL_ENDPOINT,
					      .dial_endpoint = LOG_ENDPOINT,
					      .dials = true,
					      .from = "kusanone@example.org",
					      .host_name = "kusanone.example.org",
					      .give_up = ALERT_GIVE_UP_MS };

	memset(config.node.b, 9, NODE_ID_LEN);
	lose_store(m, "view", &m->view_lost);
	lose_store(m, "copy", &m->copy_lost);
	m->log = machine_open_store(m, "log", "notification-log", notification_db_names);
	m->copy = machine_open_store(m, "copy", "notification-copy", log_db_names);
	m->view = machine_open_store(m, "view", "notification-view", view_db_names);
	if (m->log == NULL || m->copy == NULL || m->view == NULL) {
		return false;
	}
	m->notification = xcalloc(1, sizeof(*m->notification));
	notification_init(m->notification, &config, m->log, m->copy, m->view);
	enum err err = notification_open(m->notification, w->now);
	if (err != OK) {
		sim_fail(w, "open", "%s: its stores: %s", m->name, err_name(err));
		return false;
	}
	node_init(&m->core, &notification_service, m->notification, m->log,
		  rng_u64(&w->rng), &m->sink);
	return true;
}

/* A service that does not start is looked at by its operator. */
static bool
start_archiving(struct machine *m)
{
	struct world *w = m->world;
	struct archiving_config config;
	char why[300] = "";

	keeper_config(w, &config);
	if (m->shelf == NULL) {
		m->shelf = xcalloc(1, sizeof(*m->shelf));
	}
	m->put_ended = false;
	m->log = machine_open_store(m, "log", "archiving", archiving_db_names);
	if (m->log == NULL) {
		return false;
	}
	const struct shelf shelf = shelf_of_machine(m);
	struct txn txn = txn_begin_read(m->log);
	struct sealed before;
	must(sealed_read(&txn, &before));
	txn_abort(&txn);
	m->archiving = xcalloc(1, sizeof(*m->archiving));
	archiving_init(m->archiving, &config, m->log, &shelf);
	enum err err = archiving_open(m->archiving, w->now, why, sizeof(why));
	if (err != OK) {
		keeper_refused(m, err, why);
		return false;
	}
	if (m->archiving->sealed.size > before.size) {
		sometimes(w, SOMETIMES_ADOPTED);
	}
	node_init(&m->core, &archiving_service, m->archiving, m->log, rng_u64(&w->rng),
		  &m->sink);
	return true;
}

static bool
start_service(struct machine *m)
{
	switch (m->kind) {
	case MACHINE_INTAKE:
		return start_intake(m);
	case MACHINE_AGGREGATION:
		return start_aggregation(m);
	case MACHINE_ARCHIVING:
		return start_archiving(m);
	default:
		return start_notification(m);
	}
}

void
machine_start(struct machine *m)
{
	struct world *w = m->world;

	must(!m->up);
	m->run++;
	m->must_listen = false;
	m->restart_at = NEVER;
	trace(w, "%s start %u", m->name, m->run);
	bool good = start_service(m);
	m->up = true;
	m->core_ready = good;
	if (!good) {
		if (m->kind == MACHINE_ARCHIVING) {
			machine_crash(m, NEVER);
		}
		return;
	}
	m->core.crash_at = machine_crash_point;
	m->core.crash_ctx = m;
	check_started(m);
	machine_wake(m, w->now);
}

/* ---- Ending -------------------------------------------------------------------- */

static void
drop_memory(struct machine *m)
{
	if (m->core_ready) {
		node_fini(&m->core);
		m->core_ready = false;
	}
	if (m->intake != NULL) {
		intake_fini(m->intake);
		free(m->intake);
		m->intake = NULL;
	}
	if (m->aggregation != NULL) {
		aggregation_fini(m->aggregation);
		free(m->aggregation);
		m->aggregation = NULL;
	}
	if (m->notification != NULL) {
		notification_fini(m->notification);
		free(m->notification);
		m->notification = NULL;
	}
	if (m->archiving != NULL) {
		archiving_fini(m->archiving);
		free(m->archiving);
		m->archiving = NULL;
	}
	inbox_clear(&m->inbox);
	close_stores(m);
}

void
machine_crash(struct machine *m, msec_t down_for)
{
	struct world *w = m->world;

	if (m->up) {
		trace(w, "%s down", m->name);
		m->up = false;
		m->turn_at = NEVER;
		net_machine_down(m);
		if (m->kind == MACHINE_NOTIFICATION) {
			alerts_crashed(m);
		}
		drop_memory(m);
	}
	m->restart_at = NEVER;
	if (down_for != NEVER) {
		m->restart_at = w->now + down_for;
		heap_push(w, m->restart_at,
			  (struct sim_event){
				  .what = EV_START, .a = m->number, .run = m->run });
	}
}

void
machine_free(struct machine *m)
{
	if (m->up) {
		drop_memory(m);
	}
	inbox_fini(&m->inbox);
	buf_fini(&m->allow);
	free(m->acked.at);
	shelf_free(m->shelf);
	disk_remove(m->dir);
	machine_forget(m);
}

static void
drop_snapshot(struct snapshot *s)
{
	disk_remove(s->dir);
	shelf_free(s->shelf);
	free(s->acked.at);
}

void
machine_forget(struct machine *m)
{
	for (unsigned i = 0; i < m->snapshot_count; i++) {
		drop_snapshot(&m->snapshots[i]);
	}
	m->snapshot_count = 0;
}

/* ---- Copies of the disk -------------------------------------------------------- */

void
acked_add(struct acked_list *list, const struct acked *one)
{
	if (list->count == list->cap) {
		list->cap = list->cap != 0 ? 2 * list->cap : 32;
		list->at = xrealloc(list->at, list->cap * sizeof(list->at[0]));
	}
	list->at[list->count++] = *one;
}

void
acked_copy(struct acked_list *to, const struct acked_list *from)
{
	to->count = 0;
	for (size_t i = 0; i < from->count; i++) {
		acked_add(to, &from->at[i]);
	}
}

/* Between two turns nobody writes: the file is what the last commit left. */
void
machine_snapshot(struct machine *m)
{
	struct world *w = m->world;

	if (m->snapshot_count == SIM_SNAPSHOTS) {
		drop_snapshot(&m->snapshots[0]);
		memmove(&m->snapshots[0], &m->snapshots[1],
			(SIM_SNAPSHOTS - 1) * sizeof(m->snapshots[0]));
		m->snapshot_count--;
	}
	struct snapshot *s = &m->snapshots[m->snapshot_count++];
	*s = (struct snapshot){ .at = w->now };
	snprintf(s->dir, sizeof(s->dir), "%s/m%d-%u", w->base_dir, m->number,
		 ++m->dir_number);
	must(disk_copy(m->dir, s->dir));
	acked_copy(&s->acked, &m->acked);
	s->shelf = m->shelf != NULL ? shelf_copy(m->shelf) : NULL;
	trace(w, "%s backed up", m->name);
}

static void
change_disk(struct machine *m, const struct snapshot *s, bool keep_old)
{
	char before[sizeof(m->dir)];

	must(!m->up);
	snprintf(before, sizeof(before), "%s", m->dir);
	new_dir(m);
	if (!keep_old) {
		disk_remove(before);
	}
	if (s != NULL) {
		must(disk_copy(s->dir, m->dir));
		acked_copy(&m->acked, &s->acked);
	} else {
		m->acked.count = 0;
	}
}

void
machine_put_back(struct machine *m, const struct snapshot *s)
{
	change_disk(m, s, false);
	if (m->kind == MACHINE_ARCHIVING) {
		shelf_free(m->shelf);
		m->shelf = s != NULL ? shelf_copy(s->shelf) : NULL;
	}
}

void
machine_new_disk(struct machine *m)
{
	change_disk(m, NULL, false);
}

void
machine_put_back_store(struct machine *m, const struct snapshot *s)
{
	char from[200], to[200];

	must(!m->up);
	snprintf(from, sizeof(from), "%s/log", s->dir);
	snprintf(to, sizeof(to), "%s/log", m->dir);
	disk_remove_store(to);
	must(disk_copy_store(from, to));
}

/* Notification's copy of headquarters' log as it was on another day. */
void
machine_put_back_copy(struct machine *m, const struct snapshot *s)
{
	char from[200], to[200];

	must(!m->up);
	snprintf(from, sizeof(from), "%s/copy", s->dir);
	snprintf(to, sizeof(to), "%s/copy", m->dir);
	disk_remove_store(to);
	must(disk_copy_store(from, to));
}

/* Headquarters' log of another day beside the view of today. */
void
machine_put_back_log(struct machine *m, const struct snapshot *s)
{
	char before[sizeof(m->dir)], from[200], to[200];

	must(!m->up);
	snprintf(before, sizeof(before), "%s", m->dir);
	change_disk(m, s, true);
	snprintf(to, sizeof(to), "%s/view", m->dir);
	disk_remove_store(to);
	snprintf(from, sizeof(from), "%s/view", before);
	rename(from, to);
	disk_remove(before);
}

/* ---- A turn -------------------------------------------------------------------- */

void
machine_wake(struct machine *m, msec_t at)
{
	struct world *w = m->world;

	if (!m->up || at == NEVER || at >= m->turn_at) {
		return;
	}
	m->turn_at = at > w->now ? at : w->now;
	heap_push(w, m->turn_at,
		  (struct sim_event){ .what = EV_TURN, .a = m->number, .run = m->run });
}

void
machine_heard(struct machine *m)
{
	struct world *w = m->world;

	msec_t soon = (msec_t)rng_below(&w->rng, 3);

	if (rng_chance(&w->rng, 5)) {
		soon += (msec_t)rng_below(&w->rng, (uint64_t)w->swarm.slow_turn + 1);
	}
	machine_wake(m, w->now + soon);
}

bool
machine_crash_point(void *ctx, enum turn_point point)
{
	static const enum sometimes met[] = {
		[TURN_HANDLED] = SOMETIMES_CRASH_BEFORE_COMMIT,
		[TURN_COMMITTED] = SOMETIMES_CRASH_BEFORE_ACK,
		[TURN_FOLDED] = SOMETIMES_CRASH_BEFORE_SEND,
	};
	struct machine *m = ctx;

	if (!m->crash_wanted || m->crash_point != point) {
		return false;
	}
	/* A crash in a turn that does nothing shows nothing. */
	if (m->kind == MACHINE_ARCHIVING) {
		if (m->inbox.count == 0 && !m->archiving->staged) {
			return false;
		}
	} else if (m->kind == MACHINE_NOTIFICATION) {
		if (m->inbox.count == 0 && m->notification->staged_count == 0 &&
		    m->core.outbox.count == 0) {
			return false;
		}
	} else if (point != TURN_HANDLED && m->inbox.count == 0) {
		return false;
	}
	m->crash_wanted = false;
	sometimes(m->world, met[point]);
	trace(m->world, "%s crashes at point %d", m->name, (int)point);
	return true;
}

/* The outbox, as lib/host empties it. */
static void
send_outbox(struct machine *m)
{
	struct outbox *out = &m->core.outbox;

	for (size_t i = 0; i < out->count; i++) {
		const struct out *o = &out->list[i];
		struct slice parts[3];
		unsigned count;

		switch (o->kind) {
		case OUT_FRAME:
			count = out_parts(out, o, parts);
			net_send(m, o->to, parts, count);
			break;
		case OUT_DIAL:
			net_dial(m, o->to);
			break;
		case OUT_HANG_UP:
			net_hang_up(m, o->to.endpoint);
			break;
		case OUT_ALLOW:
			buf_clear(&m->allow);
			buf_put_slice(&m->allow, out_bytes(out, o));
			break;
		case OUT_JOB:
			receivers_take(m, out_bytes(out, o));
			break;
		}
	}
	outbox_clear(out);
}

static msec_t
down_time(struct world *w)
{
	return rng_chance(&w->rng, 60) ? (msec_t)rng_below(&w->rng, 500)
				       : (msec_t)rng_below(&w->rng, 15000);
}

void
machine_turn(struct machine *m)
{
	struct world *w = m->world;

	m->turn_at = NEVER;
	w->turns++;
	if (!w->healing) {
		faults_before_turn(m);
	}
	enum err err = node_turn(&m->core, &m->inbox, w->now, machine_wall(m));
	if (m->core_ready && err != ERR_FORCED) {
		check_outbox(m, &m->core.outbox);
	}
	if (err != OK && err != ERR_FORCED && m->kind == MACHINE_NOTIFICATION) {
		alerts_uncommitted(m);
	}
	if (err != OK && err != ERR_DISK_FULL) {
		if (err != ERR_FORCED && err != ERR_IO) {
			sim_fail(w, "turn", "%s: %s", m->name, err_name(err));
		}
		if (err == ERR_IO) {
			sometimes(w, SOMETIMES_COMMIT_FAILED);
			trace(w, "%s ends: %s", m->name, err_name(err));
		}
		machine_crash(m, down_time(w));
		return;
	}
	if (err == ERR_DISK_FULL) {
		m->was_full = true;
		trace(w, "%s disk full", m->name);
	} else if (m->was_full && w->now > m->disk_full_until) {
		m->was_full = false;
		sometimes(w, SOMETIMES_DISK_FULL_RECOVERED);
	}
	if (m->put_ended) { /* In the middle of the turn. */
		trace(w, "%s crashes at a file", m->name);
		machine_crash(m, down_time(w));
		return;
	}
	if (err == OK && m->kind == MACHINE_NOTIFICATION) {
		alerts_committed(m);
	}
	send_outbox(m);
	if (err == OK || m->kind != MACHINE_NOTIFICATION) {
		check_turned(m);
	}
	machine_wake(m, node_deadline(&m->core));
}
