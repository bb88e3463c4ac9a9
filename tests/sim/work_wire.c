#include <stdlib.h>

#include "lib/base/unpack_wire.h"
#include "tests/sim/work.h"

/* Officers: what they submit, how they ask again, what they are told. */

enum {
	ASK_AGAIN_MS = 4000,
	ASK_ATTEMPTS = 12,
	BEGIN_MS = 200,
};

const char *
work_post(struct world *w)
{
	/* Node 0 is headquarters'. */
	return w->nodes[1 + rng_below(&w->rng, (uint64_t)w->node_count - 1)].posts[0];
}

struct work_event *
work_new_event(struct world *w, int node)
{
	uint8_t random[10];
	struct uuid id;

	if (w->event_count == w->event_cap) {
		w->event_cap = w->event_cap != 0 ? 2 * w->event_cap : 64;
		w->events = xrealloc(w->events, w->event_cap * sizeof(w->events[0]));
	}
	struct work_event *we = &w->events[w->event_count++];
	*we = (struct work_event){ .node = node };
	for (size_t i = 0; i < sizeof(random); i++) {
		random[i] = (uint8_t)rng_u64(&w->rng);
	}
	id = uuid_v7(1700000000000 + w->now, random);
	uuid_format(&id, we->id);
	return we;
}

/* A machine of the node that is still in use, up or not. */
struct machine *
work_machine(struct world *w, int node)
{
	struct machine *list[SIM_MACHINES];
	size_t count = 0;

	for (int i = 0; i < w->machine_count; i++) {
		struct machine *m = &w->machines[i];

		if (m->kind == MACHINE_INTAKE && m->node == node && m->living) {
			list[count++] = m;
		}
	}
	return count != 0 ? list[rng_below(&w->rng, count)] : NULL;
}

/* ---- Asking -------------------------------------------------------------------- */

/* The field without a name that the submission holds, as bytes; empty: none. */
static struct slice
unknown_of(struct world *w, const Kusanone__V1__Submission *s)
{
	const event_msg *e = NULL;

	if (s->body_case == KUSANONE__V1__SUBMISSION__BODY_EVENT) {
		e = s->event->event;
	} else if (s->body_case == KUSANONE__V1__SUBMISSION__BODY_PATCH) {
		e = s->patch->event;
	}
	if (e == NULL || e->base.n_unknown_fields == 0) {
		return (struct slice){ 0 };
	}
	const ProtobufCMessageUnknownField *f = &e->base.unknown_fields[0];
	uint32_t tag = f->tag << 3 | 2;
	uint8_t *at = arena_alloc(&w->arena, 2 + f->len);

	at[0] = (uint8_t)(tag | 0x80);
	at[1] = (uint8_t)(tag >> 7);
	memcpy(at + 2, f->data, f->len);
	return slice_of(at, 2 + f->len);
}

int
work_ask(struct world *w, struct machine *m, const void *submission, int about)
{
	const Kusanone__V1__Submission *s = submission;

	if (w->ask_count == w->ask_cap) {
		w->ask_cap = w->ask_cap != 0 ? 2 * w->ask_cap : 128;
		w->asks = xrealloc(w->asks, w->ask_cap * sizeof(w->asks[0]));
	}
	struct ask *a = &w->asks[w->ask_count++];
	*a = (struct ask){
		.machine = m->number,
		.packed = pack_in_arena(&s->base, &w->arena),
		.body = (uint32_t)s->body_case,
		.with_bases = s->body_case == KUSANONE__V1__SUBMISSION__BODY_EVENT ||
			      (s->body_case == KUSANONE__V1__SUBMISSION__BODY_PATCH &&
			       s->patch->n_bases != 0),
		.about = about,
		.unknown = unknown_of(w, s)
	};
	work_send(w, (int)w->ask_count - 1);
	return (int)w->ask_count - 1;
}

/* Through the machine's local socket; nothing comes back from a machine that is down. */
void
work_send(struct world *w, int number)
{
	struct ask *a = &w->asks[number];
	struct machine *m = &w->machines[a->machine];
	struct frame_header header = { .type = FRAME_SUBMIT, .minor = LINK_MINOR_MAX };
	uint8_t head[FRAME_HEADER_LEN];
	struct buf body = { 0 };

	if (!m->living || a->attempts == ASK_ATTEMPTS) {
		if (a->state == ASK_WAITING) {
			a->state = ASK_GIVEN_UP;
		}
		return;
	}
	a->attempts++;
	a->request = (uint64_t)number + 1;
	a->state = ASK_WAITING;
	if (m->up) {
		struct slice parts[2];

		a->many_disks = a->many_disks ||
				(a->machine_dir != 0 && a->machine_dir != m->dir_number);
		a->machine_dir = m->dir_number;
		frame_header_put(head, &header);
		buf_put_u8(&body, 0x08); /* request */
		uint64_t n = a->request;
		for (; n >= 0x80; n >>= 7) {
			buf_put_u8(&body, (uint8_t)(n | 0x80));
		}
		buf_put_u8(&body, (uint8_t)n);
		buf_put_slice(&body, a->packed);
		parts[0] = slice_of(head, sizeof(head));
		parts[1] = buf_slice(&body);
		struct parcel *p = parcel_new(parts, 2);
		p->peer = (uint32_t)number + 1;
		heap_push(w, w->now + 1,
			  (struct sim_event){ .what = EV_LOCAL,
					      .a = m->number,
					      .run = m->run,
					      .parcel = p });
		buf_fini(&body);
	}
	heap_push(w, w->now + ASK_AGAIN_MS + (msec_t)rng_below(&w->rng, 4000),
		  (struct sim_event){ .what = EV_ASK, .a = number });
}

void
work_local(struct machine *m, struct parcel *p)
{
	struct principal who = { .kind = PRINCIPAL_LOCAL };
	struct peer from = { .endpoint = LOCAL_ENDPOINT, .id = p->peer };
	struct slice parts[FRAME_MAX_PARTS];
	size_t at = 0;

	for (unsigned i = 0; i < p->parts; i++) {
		parts[i] = slice_of(p->bytes + at, p->len[i]);
		at += p->len[i];
	}
	inbox_put(&m->inbox, from, &who, parts, p->parts);
	machine_heard(m);
}

/* ---- Answers ------------------------------------------------------------------- */

static void
keep_base(struct work_event *we, const char *revision)
{
	if (we->base_count != 0 && strcmp(we->bases[we->base_count - 1], revision) == 0) {
		return;
	}
	if (we->base_count == ARRAY_LEN(we->bases)) {
		memmove(we->bases[0], we->bases[1],
			(ARRAY_LEN(we->bases) - 1) * sizeof(we->bases[0]));
		we->base_count--;
	}
	snprintf(we->bases[we->base_count++], sizeof(we->bases[0]), "%s", revision);
}

static bool
was_stolen(const struct machine *m)
{
	const struct sim_node *n = machine_node(m);

	for (unsigned k = 0; k < n->key_count; k++) {
		if (n->keys[k].stolen) {
			return true;
		}
	}
	return false;
}

static void
take_receipt(struct machine *m, struct ask *a, const Kusanone__V1__Receipt *r)
{
	struct world *w = m->world;
	struct acked acked = { .seq = r->seq };

	a->state = ASK_RECEIPT;
	if (r->revision[0] == '\0') {
		return; /* It held already: no record. */
	}
	must(hex_parse(slice_str(r->revision), acked.record.b, HASH_LEN));
	check_receipt(m, &acked.record, r->seq, (int)r->reach, r->position);
	acked_add(&m->acked, &acked);
	if (r->reach == KUSANONE__V1__REACH__REACH_AT_HEADQUARTERS) {
		sometimes(w, SOMETIMES_REACHED_HQ);
	}
	if (r->merged) {
		sometimes(w, SOMETIMES_EDIT_MERGED);
	}
	if (r->repeated) {
		sometimes(w, SOMETIMES_REPEATED_SUBMISSION);
	}
	/* What a stolen key signed does not count: said again, it is said anew. */
	bool same_disk = a->has_first && a->first_dir == m->dir_number && !was_stolen(m);
	bool other =
		!hash_eq(&a->first_revision, &acked.record) || a->first_seq != r->seq;
	/* One that was recorded on a disk that was lost, and again, is there twice once
	 * that comes back from headquarters. */
	if (same_disk && a->with_bases && (!r->repeated || (other && !a->many_disks))) {
		sim_fail(w, "receipts",
			 "%s: the same submission got %s seq %" PRIu64 " and then %s seq "
			 "%" PRIu64,
			 m->name, short_hash(&a->first_revision), a->first_seq,
			 short_hash(&acked.record), r->seq);
	}
	/* An edit that changed nothing made no record that it could be known by. */
	if (!r->repeated) {
		check_recorded(m, &acked.record, a->unknown);
		a->has_first = true;
		a->first_dir = m->dir_number;
		a->first_revision = acked.record;
		a->first_seq = r->seq;
	}
	if (a->about >= 0 && (a->body == KUSANONE__V1__SUBMISSION__BODY_EVENT ||
			      a->body == KUSANONE__V1__SUBMISSION__BODY_PATCH)) {
		struct work_event *we = &w->events[a->about];

		we->recorded = true;
		snprintf(we->id, sizeof(we->id), "%s", r->event_id);
		keep_base(we, r->revision);
	}
}

void
work_answer(struct machine *m, uint32_t client, const struct frame *frame)
{
	struct world *w = m->world;
	struct arena arena = { 0 };

	must(client >= 1 && client <= w->ask_count);
	struct ask *a = &w->asks[client - 1];
	if (frame->header.type == FRAME_RECEIPT) {
		const Kusanone__V1__Receipt *r =
			(const Kusanone__V1__Receipt *)unpack_message(
				&kusanone__v1__receipt__descriptor, frame->body, &arena,
				NULL);

		must(r != NULL && r->request == a->request);
		trace(w, "%s ask %u: receipt %.8s seq %" PRIu64 " reach %d%s%s", m->name,
		      client, r->revision, r->seq, (int)r->reach,
		      r->repeated ? " repeated" : "", r->merged ? " merged" : "");
		take_receipt(m, a, r);
	} else if (frame->header.type == FRAME_REFUSED) {
		const Kusanone__V1__Refused *r =
			(const Kusanone__V1__Refused *)unpack_message(
				&kusanone__v1__refused__descriptor, frame->body, &arena,
				NULL);

		must(r != NULL);
		trace(w, "%s ask %u (body %u): refused %s %s: %s", m->name, client,
		      a->body, r->code, r->field, r->reason != NULL ? r->reason->en : "");
		if (strcmp(r->code, "disk_full") == 0) {
			sometimes(w, SOMETIMES_DISK_FULL);
			arena_fini(&arena);
			return; /* It asks again by itself. */
		}
		a->state = ASK_REFUSED;
		if (strcmp(r->code, "conflict") == 0 && r->n_conflicts != 0) {
			sometimes(w, SOMETIMES_EDIT_REFUSED);
		}
		w->refusals++;
	}
	arena_fini(&arena);
}

bool
work_idle(const struct world *w)
{
	for (size_t i = 0; i < w->ask_count; i++) {
		if (w->asks[i].state == ASK_WAITING &&
		    w->machines[w->asks[i].machine].living) {
			return false;
		}
	}
	return true;
}

/* ---- What officers think of ---------------------------------------------------- */

static Kusanone__V1__Submission *
new_submission(struct world *w, struct arena *a)
{
	Kusanone__V1__Submission *s = arena_alloc(a, sizeof(*s));

	kusanone__v1__submission__init(s);
	if (rng_chance(&w->rng, 25)) {
		s->wait_ms = 1000 + (uint32_t)rng_below(&w->rng, 20000);
	}
	return s;
}

static void
submit_event(struct world *w, struct arena *a)
{
	int node = 1 + (int)rng_below(&w->rng, (uint64_t)w->node_count - 1);
	struct machine *m = work_machine(w, node);
	Kusanone__V1__Submission *s = new_submission(w, a);
	Kusanone__V1__EventRevision revision = KUSANONE__V1__EVENT_REVISION__INIT;

	if (m == NULL) {
		return;
	}
	struct work_event *we = work_new_event(w, node);
	revision.event = work_event(w, a, node, we);
	if (rng_chance(&w->rng, 10)) {
		revision.event->source_key =
			arena_printf(a, "key-%u", (unsigned)rng_below(&w->rng, 1000000));
		revision.event->id = (char *)(uintptr_t) "";
	}
	s->body_case = KUSANONE__V1__SUBMISSION__BODY_EVENT;
	s->event = &revision;
	we->machine = m->number;
	work_ask(w, m, s, (int)(we - w->events));
}

static int
some_event(struct world *w, bool recorded)
{
	for (unsigned tries = 0; tries < 8 && w->event_count != 0; tries++) {
		int i = (int)rng_below(&w->rng, w->event_count);

		/* The newest ones are talked about most. */
		if (rng_chance(&w->rng, 40)) {
			i = (int)w->event_count - 1 -
			    (int)rng_below(&w->rng,
					   w->event_count < 6 ? w->event_count : 6);
		}
		if (!recorded || w->events[i].recorded) {
			return i;
		}
	}
	return -1;
}

static void
submit_patch(struct world *w, struct arena *a)
{
	int about = some_event(w, true);

	if (about < 0) {
		return;
	}
	struct work_event *we = &w->events[about];
	struct machine *m = work_machine(w, we->node);
	Kusanone__V1__Submission *s = new_submission(w, a);
	Kusanone__V1__Patch patch = KUSANONE__V1__PATCH__INIT;
	event_msg values = KUSANONE__V1__EVENT__INIT;
	unsigned fields = 1 + (unsigned)rng_below(&w->rng, 2);

	if (m == NULL) {
		return;
	}
	patch.event_id = we->id;
	patch.paths = arena_alloc(a, fields * sizeof(char *));
	for (unsigned i = 0; i < fields; i++) {
		char *path = (char *)(uintptr_t)work_patch(w, a, we, &values);

		if (i == 0 || strcmp(path, patch.paths[0]) != 0) {
			patch.paths[patch.n_paths++] = path;
		}
	}
	patch.event = &values;
	if (we->base_count != 0 && rng_chance(&w->rng, 60)) {
		patch.n_bases = 1;
		patch.bases = arena_alloc(a, sizeof(char *));
		patch.bases[0] = we->bases[rng_chance(&w->rng, 60)
						   ? we->base_count - 1
						   : rng_below(&w->rng, we->base_count)];
	}
	s->body_case = KUSANONE__V1__SUBMISSION__BODY_PATCH;
	s->patch = &patch;
	work_ask(w, m, s, about);
}

static void
submit_revision(struct world *w, struct arena *a)
{
	int about = some_event(w, true);

	if (about < 0 || w->events[about].base_count == 0) {
		return;
	}
	struct work_event *we = &w->events[about];
	struct machine *m = work_machine(w, we->node);
	Kusanone__V1__Submission *s = new_submission(w, a);
	Kusanone__V1__EventRevision revision = KUSANONE__V1__EVENT_REVISION__INIT;
	ProtobufCBinaryData base = { HASH_LEN, arena_alloc(a, HASH_LEN) };

	if (m == NULL) {
		return;
	}
	must(hex_parse(slice_str(we->bases[we->base_count - 1]), base.data, HASH_LEN));
	revision.event = work_event(w, a, we->node, we);
	revision.n_bases = 1;
	revision.bases = &base;
	s->body_case = KUSANONE__V1__SUBMISSION__BODY_EVENT;
	s->event = &revision;
	work_ask(w, m, s, about);
}

static void
submit_withdrawal(struct world *w, struct arena *a)
{
	int about = some_event(w, true);

	if (about < 0) {
		return;
	}
	struct machine *m = work_machine(w, w->events[about].node);
	Kusanone__V1__Submission *s = new_submission(w, a);
	Kusanone__V1__Withdrawal withdrawal = KUSANONE__V1__WITHDRAWAL__INIT;

	if (m == NULL) {
		return;
	}
	withdrawal.event_id = w->events[about].id;
	withdrawal.why = (char *)(uintptr_t) "a mistake";
	withdrawal.undone = rng_chance(&w->rng, 40);
	s->body_case = KUSANONE__V1__SUBMISSION__BODY_WITHDRAWAL;
	s->withdrawal = &withdrawal;
	work_ask(w, m, s, about);
}

static int
node_of_post(const struct world *w, const char *post)
{
	for (int i = 1; i < w->node_count; i++) {
		if (w->nodes[i].posts[0] == post) {
			return i;
		}
	}
	return -1;
}

/* Early (the event may not even be recorded), late, again, otherwise. */
static void
submit_answer(struct world *w, struct arena *a)
{
	int about = some_event(w, false);
	const char *post;

	if (about < 0) {
		return;
	}
	const struct work_event *we = &w->events[about];
	post = we->holder_count != 0 && rng_chance(&w->rng, 85)
		       ? we->holders[rng_below(&w->rng, we->holder_count)]
		       : work_post(w);
	struct machine *m = work_machine(w, node_of_post(w, post));
	Kusanone__V1__Submission *s = new_submission(w, a);
	Kusanone__V1__CohostAnswer answer = KUSANONE__V1__COHOST_ANSWER__INIT;

	if (m == NULL) {
		return;
	}
	answer.event_id = (char *)(uintptr_t)we->id;
	answer.post = (char *)(uintptr_t)post;
	answer.answer = rng_chance(&w->rng, 60)
				? KUSANONE__V1__ANSWER__ANSWER_CONFIRMED
				: (Kusanone__V1__Answer)(1 + rng_below(&w->rng, 3));
	s->body_case = KUSANONE__V1__SUBMISSION__BODY_COHOST_ANSWER;
	s->cohost_answer = &answer;
	work_ask(w, m, s, about);
}

/* One event, edited on two machines of its node that do not know of each other. */
static void
submit_twin_edits(struct world *w, struct arena *a)
{
	int about = some_event(w, true);

	for (int i = 0; i < w->machine_count && about >= 0; i++) {
		struct machine *m = &w->machines[i];
		struct work_event *we = &w->events[about];
		Kusanone__V1__Submission *s = new_submission(w, a);
		Kusanone__V1__Patch patch = KUSANONE__V1__PATCH__INIT;
		event_msg values = KUSANONE__V1__EVENT__INIT;
		char *path;

		if (m->kind != MACHINE_INTAKE || m->node != we->node || !m->living) {
			continue;
		}
		path = (char *)(uintptr_t)work_patch(w, a, we, &values);
		patch.event_id = we->id;
		patch.paths = &path;
		patch.n_paths = 1;
		patch.event = &values;
		s->body_case = KUSANONE__V1__SUBMISSION__BODY_PATCH;
		s->patch = &patch;
		work_ask(w, m, s, about);
	}
}

/* What was answered once is sent once more. */
static void
submit_again(struct world *w)
{
	if (w->ask_count == 0) {
		return;
	}
	int number = (int)rng_below(&w->rng, w->ask_count);
	struct ask *a = &w->asks[number];

	if (a->state == ASK_RECEIPT && w->machines[a->machine].living) {
		a->attempts = 0;
		work_send(w, number);
	}
}

void
work_happens(struct world *w)
{
	struct arena arena = { 0 };
	uint64_t kind = rng_below(&w->rng, 100);

	if (kind < 34) {
		submit_event(w, &arena);
	} else if (kind < 42) {
		submit_twin_edits(w, &arena);
	} else if (kind < 58) {
		submit_patch(w, &arena);
	} else if (kind < 62) {
		submit_revision(w, &arena);
	} else if (kind < 66) {
		submit_withdrawal(w, &arena);
	} else if (kind < 80) {
		submit_answer(w, &arena);
	} else if (kind < 86) {
		submit_again(w);
	} else {
		work_hq(w);
	}
	w->submitted++;
	arena_fini(&arena);
}

void
work_begin(struct world *w)
{
	msec_t at = BEGIN_MS;

	for (int node = 1; node < w->node_count; node++) {
		work_enrol(w, node, 0, false);
	}
	for (unsigned i = 0; i < 3; i++) {
		work_reference(w, i);
	}
	for (unsigned i = 0; i < w->swarm.submissions; i++) {
		at = BEGIN_MS +
		     (msec_t)rng_below(&w->rng, (uint64_t)w->swarm.chaos_ms - BEGIN_MS);
		heap_push(w, at, (struct sim_event){ .what = EV_WORK });
	}
}
