#include <stdlib.h>

#include "intake/parts.h"
#include "kusanone/v1/control.pb-c.h"
#include "lib/base/unpack_wire.h"
#include "lib/base/wire.h"
#include "lib/node/reply_wire.h"

/* RECEIPT and REFUSED. */

enum { SUBMISSION_REQUEST = 1, RECEIPT_REACH = 5, RECEIPT_POSITION = 6 };

static char *
text_of(const char *s)
{
	return (char *)(uintptr_t)(s != NULL ? s : "");
}

static void
send(struct turn *turn, struct peer to, enum frame_type type, struct slice body)
{
	struct frame_header header = { .type = (uint8_t)type, .minor = LINK_MINOR_MAX };

	outbox_frame(turn->out, to, &header, body, (struct slice){ 0 });
}

static Kusanone__V1__Text *
text_pair(struct arena *arena, const char *ja, const char *en)
{
	return ja == NULL && en == NULL ? NULL : reply_text(arena, ja, en);
}

void
answer_refuse(struct turn *turn, struct peer to, uint64_t request,
	      const struct refusal *r)
{
	Kusanone__V1__Refused m = KUSANONE__V1__REFUSED__INIT;
	struct arena *arena = turn->arena;

	m.request = request;
	m.code = text_of(r->code);
	m.field = text_of(r->field);
	m.reason = text_pair(arena, r->ja, r->en);
	m.expected = text_pair(arena, r->expected_ja, r->expected_en);
	m.head = text_of(r->head);
	m.n_conflicts = r->conflict_count;
	m.conflicts = arena_alloc(arena, r->conflict_count * sizeof(m.conflicts[0]));
	for (size_t i = 0; i < r->conflict_count; i++) {
		Kusanone__V1__Conflict *c = arena_alloc(arena, sizeof(*c));

		kusanone__v1__conflict__init(c);
		c->field = text_of(r->conflicts[i].field);
		c->before = text_of(r->conflicts[i].before);
		c->theirs = text_of(r->conflicts[i].theirs);
		c->yours = text_of(r->conflicts[i].yours);
		m.conflicts[i] = c;
	}
	send(turn, to, FRAME_REFUSED, pack_in_arena(&m.base, arena));
}

void
answer_fault(struct turn *turn, struct peer to, enum frame_fault fault)
{
	struct link_error error = link_error_of(fault);
	struct buf body = { 0 };

	error.error_class = LINK_INFO;
	link_error_put(&body, &error);
	send(turn, to, FRAME_ERROR, buf_slice(&body));
	buf_fini(&body);
}

uint64_t
answer_request(const struct message *msg)
{
	struct wire_field field;
	uint64_t request = 0;
	size_t at = 0;
	bool bad;

	while (wire_next(msg->frame.body, &at, &field, &bad)) {
		if (field.number == SUBMISSION_REQUEST && field.type == WIRE_VARINT) {
			request = field.value;
		}
	}
	return request;
}

/* ---- Receipts ---------------------------------------------------------------------- */

static struct slice
pack_receipt(const struct owed *a, const struct hash *revision, uint64_t seq,
	     struct arena *arena)
{
	Kusanone__V1__Receipt m = KUSANONE__V1__RECEIPT__INIT;
	char hex[2 * HASH_LEN + 1] = "";

	if (revision != NULL) {
		hex_format(revision->b, HASH_LEN, hex);
	}
	m.request = a->request;
	m.event_id = text_of(a->event_id);
	m.revision = hex;
	m.seq = seq;
	m.repeated = a->repeated;
	m.merged = a->merged;
	m.n_warnings = a->warning_count;
	m.warnings = arena_alloc(arena, a->warning_count * sizeof(m.warnings[0]));
	for (size_t i = 0; i < a->warning_count; i++) {
		Kusanone__V1__Warning *w = arena_alloc(arena, sizeof(*w));

		kusanone__v1__warning__init(w);
		w->code = text_of(a->warnings[i].code);
		w->field = text_of(a->warnings[i].field);
		w->text = text_pair(arena, a->warnings[i].ja, a->warnings[i].en);
		m.warnings[i] = w;
	}
	return pack_in_arena(&m.base, arena);
}

/* How far it got is known last, and stands last. */
static void
send_receipt(struct turn *turn, struct peer to, struct slice packed, bool at_hq,
	     uint64_t position)
{
	struct buf body = { 0 };

	buf_put_slice(&body, packed);
	wire_put_number(&body, RECEIPT_REACH,
			at_hq ? KUSANONE__V1__REACH__REACH_AT_HEADQUARTERS
			      : KUSANONE__V1__REACH__REACH_ON_DISK);
	if (position != 0) {
		wire_put_number(&body, RECEIPT_POSITION, position);
	}
	send(turn, to, FRAME_RECEIPT, buf_slice(&body));
	buf_fini(&body);
}

static void
wait_for_hq(struct intake *in, struct turn *turn, const struct owed *a,
	    const struct place_in_journal *place, struct slice packed)
{
	uint32_t ms = a->wait_ms < INTAKE_MAX_WAIT_MS ? a->wait_ms : INTAKE_MAX_WAIT_MS;

	if (in->wait_count == in->wait_cap) {
		in->wait_cap = in->wait_cap != 0 ? 2 * in->wait_cap : 16;
		in->waits = xrealloc(in->waits, in->wait_cap * sizeof(in->waits[0]));
	}
	struct intake_wait *w = &in->waits[in->wait_count++];
	*w = (struct intake_wait){ .to = a->to,
				   .until = turn->now + (msec_t)ms,
				   .local = place->block_local,
				   .offset = place->block_last_seq - place->seq };
	buf_put_slice(&w->receipt, packed);
}

static void
answer_one(struct intake *in, struct turn *turn, const struct owed *a)
{
	struct place_in_journal place = { 0 };
	struct hash identity = { 0 };
	bool known = false;

	if (a->pending != SIZE_MAX) {
		const struct pending *p = &in->pending[a->pending];

		place = (struct place_in_journal){ .seq = p->seq,
						   .block_local = p->block_local,
						   .block_last_seq = p->block_last_seq };
		identity = p->identity;
		known = true;
	} else if (a->row != UINT32_MAX) {
		struct slice record;

		known = intake_place(in, (uint64_t)a->row + 1, &place) &&
			intake_read(in, (uint64_t)a->row + 1, turn->arena, &record);
		if (known) {
			identity = hash_of(record);
		}
	}
	struct slice packed =
		pack_receipt(a, known ? &identity : NULL, place.seq, turn->arena);

	if (known && a->wait_ms != 0 && place.hq_position == 0 &&
	    in->config.dial_count != 0 && in->wait_count < INTAKE_MAX_WAITING) {
		wait_for_hq(in, turn, a, &place, packed);
		return;
	}
	send_receipt(turn, a->to, packed, place.hq_position != 0, place.hq_position);
}

void
answer_receipts(struct intake *in, struct turn *turn)
{
	for (size_t i = 0; i < in->answer_count; i++) {
		answer_one(in, turn, &in->answers[i]);
	}
}

void
answer_waits(struct intake *in, struct turn *turn)
{
	size_t kept = 0;

	for (size_t i = 0; i < in->wait_count; i++) {
		struct intake_wait *w = &in->waits[i];
		uint64_t position = journal_hq_position(turn->txn, w->local);
		bool at_hq = position != 0 || w->local <= in->up.acked_local;
		if (!at_hq && turn->now < w->until) {
			in->waits[kept++] = *w;
			continue;
		}
		send_receipt(turn, w->to, buf_slice(&w->receipt), at_hq,
			     position != 0 ? position - w->offset : 0);
		buf_fini(&w->receipt);
	}
	in->wait_count = kept;
}

msec_t
answer_deadline(const struct intake *in)
{
	msec_t at = NEVER;

	for (size_t i = 0; i < in->wait_count; i++) {
		at = in->waits[i].until < at ? in->waits[i].until : at;
	}
	return at;
}
