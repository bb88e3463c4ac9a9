#include "intake/heard.h"
#include "intake/query_wire.h"
#include "kusanone/v1/notice.pb-c.h"
#include "lib/base/unpack_wire.h"
#include "lib/node/reply_wire.h"
#include "lib/store/log.h"

/* What only the intake knows of an event: how far it got, what headquarters said of it,
 * and the names of its people. */

/* Was the record, at this position of headquarters' log, signed by a key that is held to
 * be stolen?  A revocation comes down as headquarters' record, and not once more as a
 * verdict on each record that it is about. */
static bool
is_stolen(const struct intake *in, uint32_t row, uint64_t hq_position)
{
	const struct record_row *r = table_at(&in->fold.records, row);

	if (r->key1 == 0) {
		return false;
	}
	const struct key_row *k = table_at(&in->fold.keys, r->key1 - 1);
	return k->state == KEY_STOLEN && hq_position >= k->stolen_from;
}

/* The verdict that came down; NULL: none did, and the record simply counts. */
static char *
verdict_heard(struct turn *turn, const struct hash *record)
{
	struct heard_key key = heard_verdict_key(record);
	struct slice value;

	if (!txn_get(turn->txn, JOURNAL_DB_HEARD, heard_slice(&key), &value)) {
		return NULL;
	}
	const Kusanone__V1__VerdictNotice *m =
		(const Kusanone__V1__VerdictNotice *)unpack_message(
			&kusanone__v1__verdict_notice__descriptor, value, turn->arena,
			NULL);
	return m != NULL ? m->verdict : NULL;
}

/* What headquarters says of a record of this node's; NULL: it is none, or has not got
 * there.  What a stolen key signed counts again once it was genuine: then the verdict
 * that came down with it is an old one. */
static char *
verdict_at_hq(struct intake *in, struct turn *turn, const char *hex,
	      uint64_t *ret_position)
{
	const char *stolen = fold_verdict_name(VERDICT_STOLEN);
	struct place_in_journal place;
	struct hash record;

	if (!hex_parse(slice_str(hex), record.b, HASH_LEN)) {
		return NULL;
	}
	uint32_t row = fold_find_record(&in->fold, &record);
	if (row == UINT32_MAX || !intake_place(in, (uint64_t)row + 1, &place) ||
	    place.hq_position == 0) {
		return NULL;
	}
	*ret_position = place.hq_position;
	if (is_stolen(in, row, place.hq_position)) {
		return (char *)(uintptr_t)stolen;
	}
	char *heard = verdict_heard(turn, &record);
	return heard != NULL && strcmp(heard, stolen) != 0
		       ? heard
		       : (char *)(uintptr_t)fold_verdict_name(VERDICT_COUNTS);
}

/* What has its receipt is settled at headquarters, whatever the fold here makes of it:
 * without another post's event it lets every word about that wait. */
static void
settle_history(struct intake *in, struct turn *turn, Kusanone__V1__EventReply *r)
{
	uint64_t position;

	for (size_t i = 0; i < r->n_history; i++) {
		char *verdict = verdict_at_hq(in, turn, r->history[i]->record, &position);

		if (verdict != NULL) {
			r->history[i]->verdict = verdict;
		}
	}
}

void
reply_add_to_event(struct intake *in, struct turn *turn, Kusanone__V1__EventReply *r)
{
	uint64_t position;
	char *verdict;

	reply_fill_names(turn, JOURNAL_DB_LOOSE, r->event);
	r->reach = KUSANONE__V1__REACH__REACH_ON_DISK;
	verdict =
		r->n_heads != 0 ? verdict_at_hq(in, turn, r->heads[0], &position) : NULL;
	if (verdict != NULL) {
		r->reach = KUSANONE__V1__REACH__REACH_AT_HEADQUARTERS;
		r->hq_position = position;
		r->hq_verdict = verdict;
	}
	settle_history(in, turn, r);
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
	settle_history(in, turn, r);
	return true;
}
