#include "intake/heard.h"
#include "intake/query_wire.h"
#include "kusanone/v1/notice.pb-c.h"
#include "lib/base/unpack_wire.h"

/* Events of other posts that name one of this node's posts as a holder, and how it
 * stands with the answer. */

static bool
is_named(const Kusanone__V1__Event *event, const char *post)
{
	for (size_t i = 0; i < event->n_holders; i++) {
		if (strcmp(event->holders[i], post) == 0) {
			return true;
		}
	}
	return false;
}

static bool
is_confirmed(const Kusanone__V1__EventNotice *n, const char *post)
{
	for (size_t i = 0; i < n->n_holders; i++) {
		if (strcmp(n->holders[i]->post, post) == 0) {
			return n->holders[i]->confirmed;
		}
	}
	return false;
}

/* This node's own answer, newer than what headquarters has said; 0: it gave none. */
static uint32_t
own_answer(struct intake *in, const char *event_id, const char *post,
	   enum holder_state *ret_state)
{
	uint32_t word = words_find(&in->fold.words, slice_str(post));
	uint32_t row = UINT32_MAX, answer1 = 0;
	struct uuid id;

	if (uuid_parse(slice_str(event_id), &id)) {
		row = fold_find_event(&in->fold, &id);
	}
	if (row != UINT32_MAX && word != 0) {
		*ret_state = fold_holder(&in->fold, row, 0, word, &answer1);
	}
	return answer1;
}

static const char *
note_of(struct intake *in, uint32_t answer1, struct arena *arena)
{
	const struct answer_row *a = table_at(&in->fold.answers, answer1 - 1);
	struct slice bytes;
	struct record record;

	if (!intake_read(in, (uint64_t)a->record + 1, arena, &bytes) ||
	    !record_decode(bytes, arena, &record, NULL) ||
	    record.body != BODY_COHOST_ANSWER) {
		return "";
	}
	return arena_dup(arena, record.cohost_answer.note.at,
			 record.cohost_answer.note.len);
}

static void
fill_dates(const Kusanone__V1__Event *event, struct arena *arena,
	   Kusanone__V1__CohostRow *row)
{
	size_t count = event->n_sessions != 0 ? event->n_sessions : event->n_stated_dates;

	row->dates = arena_alloc(arena, count * sizeof(row->dates[0]));
	for (size_t i = 0; i < count; i++) {
		const Kusanone__V1__Date *date = event->n_sessions != 0
							 ? event->sessions[i]->start
							 : event->stated_dates[i];

		if (date != NULL && date->value[0] != '\0') {
			row->dates[row->n_dates++] = date->value;
		}
	}
}

/* NULL where it is not wanted. */
static Kusanone__V1__CohostRow *
cohost_row(struct intake *in, struct turn *turn, const Kusanone__V1__EventNotice *n,
	   const char *post, bool open_only)
{
	enum holder_state state =
		is_confirmed(n, post) ? HOLDER_COUNTS : HOLDER_UNCONFIRMED;
	uint32_t answer1 = own_answer(in, n->event_id, post, &state);

	if (open_only && (state != HOLDER_UNCONFIRMED || n->withdrawn)) {
		return NULL;
	}
	Kusanone__V1__CohostRow *row = arena_alloc(turn->arena, sizeof(*row));
	kusanone__v1__cohost_row__init(row);
	row->event_id = n->event_id;
	row->title = n->event->title;
	row->recorder = n->event->recorder;
	row->post = (char *)(uintptr_t)post;
	row->state = (char *)(uintptr_t)holder_state_name(state);
	fill_dates(n->event, turn->arena, row);
	if (answer1 != 0) {
		row->note = (char *)(uintptr_t)note_of(in, answer1, turn->arena);
	}
	return row;
}

static void
add_row(Kusanone__V1__CohostsReply *r, size_t *cap, Kusanone__V1__CohostRow *row,
	struct arena *arena)
{
	if (r->n_rows == *cap) {
		size_t bigger = *cap != 0 ? 2 * *cap : 16;
		Kusanone__V1__CohostRow **list =
			arena_alloc(arena, bigger * sizeof(Kusanone__V1__CohostRow *));

		if (r->n_rows != 0) {
			memcpy(list, r->rows, r->n_rows * sizeof(list[0]));
		}
		r->rows = list;
		*cap = bigger;
	}
	r->rows[r->n_rows++] = row;
}

void
reply_cohosts(struct intake *in, struct turn *turn, bool open_only,
	      Kusanone__V1__CohostsReply *r)
{
	static const uint8_t first[] = { HEARD_NOTICE };
	struct cursor cursor = cursor_open(turn->txn, JOURNAL_DB_HEARD);
	struct slice key, value;
	size_t cap = 0;
	bool more = cursor_seek(&cursor, slice_of(first, sizeof(first)), &key, &value);

	while (more && key.len == 1 + UUID_LEN && key.at[0] == HEARD_NOTICE) {
		const Kusanone__V1__EventNotice *n =
			(const Kusanone__V1__EventNotice *)unpack_message(
				&kusanone__v1__event_notice__descriptor, value,
				turn->arena, NULL);

		for (size_t i = 0;
		     n != NULL && n->event != NULL && i < in->config.post_count; i++) {
			const char *post = in->config.posts[i];
			Kusanone__V1__CohostRow *row =
				is_named(n->event, post)
					? cohost_row(in, turn, n, post, open_only)
					: NULL;

			if (row != NULL) {
				add_row(r, &cap, row, turn->arena);
			}
		}
		more = cursor_next(&cursor, &key, &value);
	}
	cursor_close(&cursor);
}
