#include "intake/heard.h"
#include "intake/query_wire.h"
#include "kusanone/v1/notice.pb-c.h"
#include "lib/base/unpack_wire.h"
#include "lib/node/reply_wire.h"
#include "lib/store/log.h"

/* What only the intake knows of an event: how far it got, what headquarters said of it,
 * and the names of its people. */

static void
fill_verdict(struct turn *turn, const struct hash *record, Kusanone__V1__EventReply *r)
{
	struct heard_key key = heard_verdict_key(record);
	struct slice value;

	if (!txn_get(turn->txn, JOURNAL_DB_HEARD, heard_slice(&key), &value)) {
		return;
	}
	const Kusanone__V1__VerdictNotice *m =
		(const Kusanone__V1__VerdictNotice *)unpack_message(
			&kusanone__v1__verdict_notice__descriptor, value, turn->arena,
			NULL);
	if (m != NULL) {
		r->hq_verdict = m->verdict;
	}
}

void
reply_add_to_event(struct intake *in, struct turn *turn, Kusanone__V1__EventReply *r)
{
	struct place_in_journal place;
	struct hash head;

	reply_fill_names(turn, JOURNAL_DB_LOOSE, r->event);
	r->reach = KUSANONE__V1__REACH__REACH_ON_DISK;
	if (r->n_heads == 0 || !hex_parse(slice_str(r->heads[0]), head.b, HASH_LEN)) {
		return;
	}
	uint32_t row = fold_find_record(&in->fold, &head);
	if (row == UINT32_MAX || !intake_place(in, (uint64_t)row + 1, &place)) {
		return;
	}
	if (place.hq_position != 0) {
		r->reach = KUSANONE__V1__REACH__REACH_AT_HEADQUARTERS;
		r->hq_position = place.hq_position;
		if (r->hq_verdict == NULL || r->hq_verdict[0] == '\0') {
			r->hq_verdict = (char *)(uintptr_t) "counts";
		}
	}
	fill_verdict(turn, &head, r);
}

/* ---- Another post's event -------------------------------------------------------- */

static Kusanone__V1__EventRow *
row_of_notice(const Kusanone__V1__EventNotice *n, struct arena *arena)
{
	Kusanone__V1__EventRow *row = arena_alloc(arena, sizeof(*row));
	char *hex = arena_zalloc(arena, 2 * HASH_LEN + 1);

	kusanone__v1__event_row__init(row);
	if (n->revision.len == HASH_LEN) {
		hex_format(n->revision.data, HASH_LEN, hex);
	}
	row->event_id = n->event_id;
	row->revision = hex;
	row->foreign = true;
	row->withdrawn = n->withdrawn;
	row->holders = arena_alloc(arena, n->n_holders * sizeof(row->holders[0]));
	for (size_t i = 0; i < n->n_holders; i++) {
		Kusanone__V1__HolderRow *h = arena_alloc(arena, sizeof(*h));

		kusanone__v1__holder_row__init(h);
		h->post = n->holders[i]->post;
		h->state = (char *)(uintptr_t)holder_state_name(
			n->holders[i]->confirmed ? HOLDER_COUNTS : HOLDER_UNCONFIRMED);
		row->holders[row->n_holders++] = h;
	}
	if (n->event != NULL) {
		row->title = n->event->title;
		row->recorder = n->event->recorder;
		row->status = n->event->status;
	}
	return row;
}

bool
reply_from_notice(struct intake *in, struct turn *turn, const char *event_id,
		  Kusanone__V1__EventReply *r)
{
	struct slice value;
	struct uuid id;

	if (!uuid_parse(slice_str(event_id), &id)) {
		return false;
	}
	struct heard_key key = heard_notice_key(&id);
	if (!txn_get(turn->txn, JOURNAL_DB_HEARD, heard_slice(&key), &value)) {
		return false;
	}
	const Kusanone__V1__EventNotice *n =
		(const Kusanone__V1__EventNotice *)unpack_message(
			&kusanone__v1__event_notice__descriptor, value, turn->arena,
			NULL);
	if (n == NULL) {
		return false;
	}
	r->position = fold_position(&in->fold);
	r->row = row_of_notice(n, turn->arena);
	r->event = n->event;
	r->reach = KUSANONE__V1__REACH__REACH_AT_HEADQUARTERS;
	r->hq_position = n->position;
	r->merged_into = n->merged_into;
	return true;
}
