#include <stdlib.h>

#include "tests/sim/sim.h"

/* The network.  A connection is ordered, as TCP is: what is lost ends it, and what comes
 * after the loss never arrives.  Connections overtake each other freely. */

struct parcel *
parcel_new(const struct slice *parts, unsigned count)
{
	size_t len = 0, at = 0;

	must(count <= FRAME_MAX_PARTS);
	for (unsigned i = 0; i < count; i++) {
		len += parts[i].len;
	}
	struct parcel *p = xmalloc(sizeof(*p) + len);
	*p = (struct parcel){ .parts = count };
	for (unsigned i = 0; i < count; i++) {
		p->len[i] = parts[i].len;
		if (parts[i].len != 0) {
			memcpy(p->bytes + at, parts[i].at, parts[i].len);
		}
		at += parts[i].len;
	}
	return p;
}

static unsigned
parcel_slices(const struct parcel *p, struct slice parts[FRAME_MAX_PARTS])
{
	size_t at = 0;

	for (unsigned i = 0; i < p->parts; i++) {
		parts[i] = slice_of(p->bytes + at, p->len[i]);
		at += p->len[i];
	}
	return p->parts;
}

static int
end_of(const struct conn *c, enum direction d)
{
	return d == TO_LISTENER ? c->listener : c->dialer;
}

static bool
is_blocked(const struct world *w, const struct conn *c, enum direction d)
{
	return d == TO_LISTENER ? w->blocked[c->dialer][c->listener]
				: w->blocked[c->listener][c->dialer];
}

static msec_t
delay(struct world *w)
{
	msec_t ms = w->swarm.delay;

	if (w->healing) {
		return 1 + (msec_t)rng_below(&w->rng, 5);
	}
	ms += (msec_t)rng_below(&w->rng, (uint64_t)w->swarm.jitter + 1);
	if (rng_chance(&w->rng, 2)) {
		ms += (msec_t)rng_below(&w->rng, 3000);
	}
	return 1 + ms;
}

/* Its end, as lib/host would see it, comes to the dialler soon, late, or not at all:
 * nothing may depend on it. */
static void
draw_end(struct world *w, struct conn *c, enum line_end end)
{
	if (c->end_drawn || c->hung_up) {
		return;
	}
	c->end_drawn = true;
	if (!rng_chance(&w->rng, w->swarm.told_percent)) {
		sometimes(w, SOMETIMES_END_UNTOLD);
		return;
	}
	msec_t at = w->now + delay(w);
	if (!w->healing && rng_chance(&w->rng, 5)) { /* After its dialler gave it up. */
		at += (msec_t)rng_below(&w->rng, 2 * LINK_WELCOME_MS);
	}
	heap_push(w, at,
		  (struct sim_event){
			  .what = EV_ENDED, .a = (int)(c - w->conns), .b = (int)end });
}

/* Before a frame that is on its way, after it, or after the next dialling. */
void
net_ended(struct world *w, int number, enum line_end end)
{
	struct conn *c = &w->conns[number];
	struct machine *m = &w->machines[c->dialer];

	/* Hung up, it is told only if it waited for the turn already. */
	if (!m->up || m->run != c->dialer_run ||
	    (c->hung_up && rng_chance(&w->rng, 50))) {
		return;
	}
	sometimes(w, c->hung_up            ? SOMETIMES_TOLD_LATE
		     : end == LINE_REFUSED ? SOMETIMES_TOLD_REFUSED
		     : end == LINE_CUT     ? SOMETIMES_TOLD_CUT
					   : SOMETIMES_TOLD_KEY_REFUSED);
	trace(w, "%s is told: conn %d %s", m->name, number, line_end_name(end));
	inbox_put_end(&m->inbox,
		      (struct peer){ .endpoint = c->endpoint, .id = c->generation }, end);
	machine_heard(m);
}

static void
cut(struct world *w, struct conn *c)
{
	if (!c->cut[TO_LISTENER]) {
		c->cut[TO_LISTENER] = true;
		c->cut[TO_DIALER] = true;
		draw_end(w, c, LINE_CUT);
		sometimes(w, SOMETIMES_CONNECTION_CUT);
		trace(w, "conn %d of %s cut", (int)(c - w->conns),
		      w->machines[c->dialer].name);
	}
}

static void
drop_held(struct conn *c, enum direction d)
{
	for (size_t i = 0; i < c->held_count[d]; i++) {
		free(c->held[d][i]);
	}
	c->held_count[d] = 0;
}

static struct conn *
find(struct world *w, int dialer, uint32_t endpoint, uint32_t generation)
{
	for (int i = w->conn_count; i-- > 0;) {
		struct conn *c = &w->conns[i];

		if (c->dialer == dialer && c->endpoint == endpoint &&
		    c->dialer_run == w->machines[dialer].run &&
		    (generation == 0 || c->generation == generation)) {
			return c;
		}
	}
	return NULL;
}

/* ---- Dialling ------------------------------------------------------------------ */

void
net_dial(struct machine *m, struct peer to)
{
	struct world *w = m->world;

	net_hang_up(m, to.endpoint);
	if (w->conn_count == SIM_CONNS) {
		sim_fail(w, "flapping", "%s: more than %d connections", m->name,
			 SIM_CONNS);
		return;
	}
	struct conn *c = &w->conns[w->conn_count++];
	*c = (struct conn){ .used = true,
			    .dialer = m->number,
			    .listener = w->hq,
			    .dialer_run = m->run,
			    .endpoint = to.endpoint,
			    .generation = to.id };
	if (m->kind == MACHINE_INTAKE) {
		unsigned key = (to.endpoint - DIAL_ENDPOINT) / 2;

		must(key < machine_node(m)->key_count);
		memcpy(c->curve, machine_node(m)->keys[key].keys.curve_public, 32);
	}
	c->last_at[TO_LISTENER] = w->now + delay(w);
	trace(w, "%s dials %u.%u: conn %d", m->name, to.endpoint, to.id,
	      w->conn_count - 1);
	heap_push(w, c->last_at[TO_LISTENER],
		  (struct sim_event){ .what = EV_CONNECT, .a = w->conn_count - 1 });
}

static bool
door_opens(const struct machine *hq, const uint8_t curve[32])
{
	for (size_t i = 0; i + 32 <= hq->allow.len; i += 32) {
		if (memcmp(hq->allow.at + i, curve, 32) == 0) {
			return true;
		}
	}
	return false;
}

/* Followers dial headquarters' local socket, which asks for no key. */
static bool
is_local(const struct world *w, const struct conn *c)
{
	return w->machines[c->dialer].kind != MACHINE_INTAKE;
}

/* The handshake: the listener's ZAP handler looks the key up. */
void
net_connected(struct world *w, int number)
{
	struct conn *c = &w->conns[number];
	struct machine *hq = &w->machines[c->listener];

	if (c->cut[TO_LISTENER]) {
		return;
	}
	c->listener_run = hq->run;
	if (is_blocked(w, c, TO_LISTENER) || is_blocked(w, c, TO_DIALER)) {
		c->refused = true; /* Nothing comes back that could be told. */
	} else if (!hq->up) {
		c->refused = true;
		draw_end(w, c, LINE_REFUSED);
	} else if (!is_local(w, c) && !door_opens(hq, c->curve)) {
		c->refused = true;
		draw_end(w, c, LINE_KEY_REFUSED);
		sometimes(w, SOMETIMES_DOOR_CLOSED);
	}
	c->open = !c->refused;
	trace(w, "conn %d %s", number, c->open ? "open" : "refused");
}

void
net_hang_up(struct machine *m, uint32_t endpoint)
{
	struct world *w = m->world;
	struct conn *c = find(w, m->number, endpoint, 0);

	if (c != NULL && !c->hung_up) {
		c->hung_up = true;
		c->cut[TO_LISTENER] = true;
		c->cut[TO_DIALER] = true;
		drop_held(c, TO_DIALER);
	}
}

/* A process that is gone takes its connections with it; what is on its way arrives. */
void
net_machine_down(struct machine *m)
{
	struct world *w = m->world;

	for (int i = 0; i < w->conn_count; i++) {
		struct conn *c = &w->conns[i];

		if (c->dialer == m->number || c->listener == m->number) {
			if (!c->cut[TO_LISTENER] && c->listener == m->number &&
			    !is_blocked(w, c, TO_DIALER)) {
				draw_end(w, c, c->open ? LINE_CUT : LINE_REFUSED);
			}
			c->cut[TO_LISTENER] = true;
			c->cut[TO_DIALER] = true;
			drop_held(c, c->dialer == m->number ? TO_DIALER : TO_LISTENER);
		}
	}
}

/* ---- Frames -------------------------------------------------------------------- */

static void
push_frame(struct world *w, struct conn *c, enum direction d, struct parcel *p)
{
	msec_t at = w->now + delay(w);

	c->last_at[d] = at > c->last_at[d] ? at : c->last_at[d];
	heap_push(w, c->last_at[d],
		  (struct sim_event){ .what = EV_FRAME,
				      .a = (int)(c - w->conns),
				      .b = (int)d,
				      .parcel = p });
}

static void
send_on(struct world *w, struct conn *c, enum direction d, const struct slice *parts,
	unsigned count)
{
	if (c->cut[d] || c->refused) {
		return;
	}
	if (!w->healing && rng_below(&w->rng, 1000) < w->swarm.loss_permille) {
		if (frame_header_get(parts[0].at).type == FRAME_ACK) {
			sometimes(w, SOMETIMES_ACK_LOST);
		}
		cut(w, c);
		return;
	}
	push_frame(w, c, d, parcel_new(parts, count));
	if (!w->healing && rng_below(&w->rng, 1000) < w->swarm.dup_permille) {
		push_frame(w, c, d, parcel_new(parts, count));
		sometimes(w, SOMETIMES_FRAME_TWICE);
	}
}

struct conn *
net_conn(struct machine *m, struct peer to)
{
	struct world *w = m->world;

	if (m->kind == MACHINE_AGGREGATION) {
		if (to.id == OPERATOR_PEER) {
			return NULL;
		}
		must(to.id < (uint32_t)w->conn_count);
		struct conn *c = &w->conns[to.id];

		return c->listener == m->number && c->listener_run == m->run ? c : NULL;
	}
	return find(w, m->number, to.endpoint, to.id);
}

void
net_send(struct machine *m, struct peer to, const struct slice *parts, unsigned count)
{
	struct world *w = m->world;
	struct conn *c;

	if (to.endpoint == LOCAL_ENDPOINT && m->kind == MACHINE_INTAKE) {
		struct frame frame;

		must(frame_read(parts, count, &frame) == FRAME_GOOD);
		work_answer(m, to.id, &frame);
		return;
	}
	c = net_conn(m, to);
	if (c == NULL) { /* Or the operator, who looks at the next status. */
		return;
	}
	if (m->kind != MACHINE_AGGREGATION) {
		send_on(w, c, TO_LISTENER, parts, count);
	} else if (c->open) {
		send_on(w, c, TO_DIALER, parts, count);
	}
}

/* HELLO says what the archive holds. */
static void
hear_archive(struct machine *hq, const struct slice *parts, unsigned count)
{
	struct arena arena = { 0 };
	struct link_hello hello;
	struct frame frame;

	must(frame_read(parts, count, &frame) == FRAME_GOOD);
	if (frame.header.type == FRAME_HELLO) {
		must(link_hello_get(frame.body, &arena, &hello));
		archive_heard(hq, &hello.cursor);
	}
	arena_fini(&arena);
}

static void
deliver(struct world *w, struct conn *c, enum direction d, const struct parcel *p)
{
	struct machine *m = &w->machines[end_of(c, d)];
	struct slice parts[FRAME_MAX_PARTS];
	unsigned count = parcel_slices(p, parts);
	struct principal who = { .kind = d == TO_LISTENER ? PRINCIPAL_KEY
							  : PRINCIPAL_SERVER };
	struct peer from = { .endpoint = c->endpoint, .id = c->generation };
	uint32_t run = d == TO_LISTENER ? c->listener_run : c->dialer_run;

	if (!m->up || m->run != run || (d == TO_DIALER && c->hung_up)) {
		return;
	}
	if (d == TO_LISTENER) {
		memcpy(who.curve_key, c->curve, 32);
		from = (struct peer){ .endpoint = DOOR_ENDPOINT,
				      .id = (uint32_t)(c - w->conns) };
	}
	if (d == TO_LISTENER && is_local(w, c)) {
		who = (struct principal){ .kind = PRINCIPAL_LOCAL };
		from.endpoint = LOCAL_ENDPOINT;
	}
	if (d == TO_DIALER && m->kind == MACHINE_INTAKE) {
		check_heard(m, c, parts, count);
	}
	if (d == TO_LISTENER && w->machines[c->dialer].kind == MACHINE_ARCHIVING) {
		hear_archive(m, parts, count);
	}
	inbox_put(&m->inbox, from, &who, parts, count);
	machine_heard(m);
}

void
net_arrived(struct world *w, struct sim_event *e)
{
	struct conn *c = &w->conns[e->a];
	enum direction d = (enum direction)e->b;

	if (!c->open) {
		free(e->parcel);
		return;
	}
	if (is_blocked(w, c, d) || c->held_count[d] != 0) {
		if (c->held_count[d] == c->held_cap[d]) {
			c->held_cap[d] = c->held_cap[d] != 0 ? 2 * c->held_cap[d] : 8;
			c->held[d] = xrealloc(c->held[d],
					      c->held_cap[d] * sizeof(c->held[d][0]));
		}
		c->held[d][c->held_count[d]++] = e->parcel;
		return;
	}
	deliver(w, c, d, e->parcel);
	free(e->parcel);
}

/* ---- Partitions ---------------------------------------------------------------- */

void
net_block(struct world *w, int from, int to, bool blocked)
{
	w->blocked[from][to] = blocked;
}

/* What was held is sent again by TCP, or the connection did not live that long. */
void
net_mend(struct world *w, int from, int to)
{
	w->blocked[from][to] = false;
	for (int i = 0; i < w->conn_count; i++) {
		struct conn *c = &w->conns[i];
		enum direction d = c->dialer == from ? TO_LISTENER : TO_DIALER;

		if (!((c->dialer == from && c->listener == to) ||
		      (c->listener == from && c->dialer == to)) ||
		    c->held_count[d] == 0) {
			continue;
		}
		bool alive = rng_chance(&w->rng, 50);
		for (size_t k = 0; k < c->held_count[d]; k++) {
			if (alive) {
				deliver(w, c, d, c->held[d][k]);
			}
		}
		drop_held(c, d);
		if (!alive) {
			cut(w, c);
		}
	}
}
