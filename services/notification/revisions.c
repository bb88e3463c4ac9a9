#include "notification/revisions.h"

bool
revisions_record(struct notification *n, uint64_t position, struct arena *arena,
		 struct record *ret)
{
	struct slice bytes;

	return position != 0 && position <= fold_position(&n->fold) &&
	       watch_read(n, position, arena, &bytes) &&
	       record_decode(bytes, arena, ret, NULL);
}

/* The first revision from the record 'r1' (row + 1) on back in time. */
static struct slice
revision_from(struct notification *n, uint32_t r1, bool effective, struct arena *arena)
{
	const struct record_row *row;
	struct record record;

	for (; r1 != 0; r1 = row->older1) {
		row = table_at(&n->fold.records, r1 - 1);
		if (row->body == BODY_EVENT_REVISION &&
		    (!effective || fold_verdict_effective(row->verdict)) &&
		    revisions_record(n, r1, arena, &record)) {
			return record.revision.event.bytes;
		}
	}
	return (struct slice){ 0 };
}

struct slice
revisions_before(struct notification *n, const struct alert *a, struct arena *arena)
{
	const struct fold *f = &n->fold;
	uint32_t event = fold_find_event(f, &a->event);

	if (event == UINT32_MAX) {
		return (struct slice){ 0 };
	}
	const struct event_row *e = table_at(&f->events, event);
	if (e->fact1 == 0) {
		return revision_from(n, e->newest1, false, arena);
	}
	if (a->position == 0 || a->position > f->records.count) {
		return (struct slice){ 0 };
	}
	const struct record_row *row = table_at(&f->records, (uint32_t)(a->position - 1));
	return revision_from(n, row->older1, true, arena);
}
