#include "lib/model/fold_parts.h"

#include <stdlib.h>

#include "lib/base/plant.h"
#include "lib/model/merge.h"

/* Records that speak of an event: its revisions and heads, its co-hosts' answers, what
 * HQ says of it. */

uint32_t
fold_event_seen(struct fold *f, const struct uuid *id)
{
	uint32_t row = fold_find_event(f, id);

	if (row == UINT32_MAX) {
		struct event_row *e = table_add(&f->events);

		memcpy(e->id, id->b, UUID_LEN);
		row = f->events.count - 1;
		index_add(&f->by_event, bytes_hash(slice_of(id->b, UUID_LEN)), row);
	}
	return row;
}

uint32_t
fold_forward(const struct fold *f, uint32_t event)
{
	const struct event_row *e = table_at(&f->events, event);

	while (e->merged_into1 != 0) {
		event = e->merged_into1 - 1;
		e = table_at(&f->events, event);
	}
	return event;
}

const char *
holder_state_name(enum holder_state s)
{
	static const char *const names[] = { "counts", "unconfirmed", "disputed",
					     "withdrawn" };

	return (size_t)s < ARRAY_LEN(names) ? names[s] : "unknown";
}

/* The answer in force of (event, post): the newest; row + 1. */
static uint32_t
answer_of(const struct fold *f, uint32_t event, uint32_t post)
{
	const struct event_row *e = table_at(&f->events, event);

	for (uint32_t a1 = e->answers1; a1 != 0;) {
		const struct answer_row *a = table_at(&f->answers, a1 - 1);

		if (a->post == post) {
			return a1;
		}
		a1 = a->older1;
	}
	return 0;
}

enum holder_state
fold_holder(const struct fold *f, uint32_t event, uint32_t recorder, uint32_t post,
	    uint32_t *ret_answer1)
{
	uint32_t answer1 = answer_of(f, event, post);

	if (ret_answer1 != NULL) {
		*ret_answer1 = answer1;
	}
	/* A post needs nobody's word for its own part. */
	if (post == recorder || !reference_setting_on(&f->reference, "cohost_handshake",
						      REFERENCE_ANY_DAY, true)) {
		return HOLDER_COUNTS;
	}
	if (answer1 == 0) {
		return HOLDER_UNCONFIRMED;
	}
	const struct answer_row *a = table_at(&f->answers, answer1 - 1);
	if (a->void_since_removal) {
		return HOLDER_UNCONFIRMED;
	}
	switch (a->answer) {
	case ANSWER_CONFIRMED:
		return HOLDER_COUNTS;
	case ANSWER_DISPUTED:
		return HOLDER_DISPUTED;
	case ANSWER_WITHDRAWN:
		return HOLDER_WITHDRAWN;
	default:
		return HOLDER_UNCONFIRMED;
	}
}

/* ---- Revisions -------------------------------------------------------------------- */

static void
drop_head(struct fold *f, uint32_t event, uint32_t revision)
{
	struct revision_row *gone = table_mut(&f->revisions, revision);
	struct event_row *e = table_mut(&f->events, event);
	uint32_t *link = &e->first_head1;

	while (*link != 0 && *link != revision + 1) {
		link = &((struct revision_row *)table_mut(&f->revisions, *link - 1))
				->next_head1;
	}
	must(*link == revision + 1);
	*link = gone->next_head1;
	gone->next_head1 = 0;
	gone->is_head = 0;
}

/* At the end: heads stand in log order. */
static void
add_head(struct fold *f, uint32_t event, uint32_t revision)
{
	struct event_row *e = table_mut(&f->events, event);
	uint32_t *link = &e->first_head1;

	while (*link != 0) {
		link = &((struct revision_row *)table_mut(&f->revisions, *link - 1))
				->next_head1;
	}
	*link = revision + 1;
	((struct revision_row *)table_mut(&f->revisions, revision))->is_head = 1;
}

static bool
is_parent(const struct fold *f, uint32_t first1, uint32_t count, uint32_t revision)
{
	for (uint32_t i = 0; i < count; i++) {
		if (*(const uint32_t *)table_at(&f->parents, first1 - 1 + i) ==
		    revision) {
			return true;
		}
	}
	return false;
}

static uint32_t
add_revision(struct fold *f, uint32_t event, uint32_t r, const struct event_revision *in)
{
	uint32_t parents1 = f->parents.count + 1;
	uint32_t count = 0;

	for (size_t i = 0; i < in->base_count; i++) {
		uint32_t base = fold_find_record(f, &in->bases[i]);
		const struct record_row *row;

		if (base == UINT32_MAX) {
			continue; /* Of a past that this log does not hold. */
		}
		row = table_at(&f->records, base);
		if (row->revision1 != 0 && row->event1 == event + 1 &&
		    !is_parent(f, parents1, count, row->revision1 - 1)) {
			*(uint32_t *)table_add(&f->parents) = row->revision1 - 1;
			count++;
		}
	}
	struct revision_row *revision = table_add(&f->revisions);
	uint32_t number = f->revisions.count - 1;

	*revision = (struct revision_row){ .record = r,
					   .event = event,
					   .parents1 = count != 0 ? parents1 : 0,
					   .parent_count = count };
	((struct record_row *)table_mut(&f->records, r))->revision1 = number + 1;
	for (uint32_t i = 0; i < count; i++) {
		uint32_t parent =
			*(const uint32_t *)table_at(&f->parents, parents1 - 1 + i);

		if (((const struct revision_row *)table_at(&f->revisions, parent))
			    ->is_head) {
			drop_head(f, event, parent);
		}
	}
	add_head(f, event, number);
	return number;
}

/* The holders that are named from now on.  Answers of posts that are holders no more are
 * void: named again, they are asked again. */
static void
name_holders(struct fold *f, uint32_t event, const struct event *shown)
{
	struct event_row *e = table_mut(&f->events, event);
	uint32_t named = fold_word_set(f, &shown->holders);
	unsigned n = 0;
	const uint32_t *before = sets_at(&f->sets, e->named, &n);

	for (unsigned i = 0; i < n; i++) {
		uint32_t answer1 = sets_has(&f->sets, named, before[i])
					   ? 0
					   : answer_of(f, event, before[i]);

		if (answer1 != 0 && !PLANTED(20)) {
			struct answer_row *a = table_mut(&f->answers, answer1 - 1);

			a->void_since_removal = 1;
		}
	}
	e->named = named;
}

static enum fold_verdict
apply_revision(struct fold *f, uint32_t event, uint32_t r,
	       const struct event_revision *in)
{
	const struct record_row *row = table_at(&f->records, r);
	struct event_row *e = table_mut(&f->events, event);
	uint64_t position = (uint64_t)r + 1;

	if (e->owner1 != 0 && e->owner1 != row->node1) {
		return VERDICT_FOREIGN_EVENT;
	}
	bool is_first = e->first_head1 == 0;
	e->owner1 = row->node1;
	add_revision(f, event, r, in);

	const struct revision_row *first = table_at(&f->revisions, e->first_head1 - 1);
	if (first->next_head1 == 0) {
		name_holders(f, event, &in->event);
		fold_fact_update(f, event, position, &in->event);
		if (is_first) {
			fold_fact_update_merged(f, event, position);
		}
		return VERDICT_COUNTS;
	}

	/* Branches: joined field by field. */
	struct merge_result joined = { 0 };
	struct arena arena = { 0 };
	struct slice bytes;
	struct event shown;
	enum fold_verdict verdict = VERDICT_CONFLICT;

	if (fold_event_shown(f, event, &arena, &bytes, &joined) &&
	    event_decode(bytes, &arena, &shown, NULL)) {
		name_holders(f, event, &shown);
		fold_fact_update(f, event, position, &shown);
		verdict = joined.conflict_count == 0 ? VERDICT_JOINED : VERDICT_CONFLICT;
	}
	arena_fini(&arena);
	return verdict;
}

/* The revision and all before it, newest first, at most FOLD_MAX_ANCESTORS. */
struct ancestors {
	uint32_t *at;
	uint32_t count, cap;
};

static void
add_ancestor(struct ancestors *set, uint32_t revision, struct arena *arena)
{
	for (uint32_t i = 0; i < set->count; i++) {
		if (set->at[i] == revision) {
			return;
		}
	}
	if (set->count == FOLD_MAX_ANCESTORS) {
		return;
	}
	if (set->count == set->cap) {
		uint32_t cap = set->cap != 0 ? 2 * set->cap : 16;
		uint32_t *at = arena_alloc(arena, cap * sizeof(at[0]));

		if (set->count != 0) {
			memcpy(at, set->at, set->count * sizeof(at[0]));
		}
		set->at = at;
		set->cap = cap;
	}
	set->at[set->count++] = revision;
}

static void
add_with_ancestors(const struct fold *f, struct ancestors *set, uint32_t revision,
		   struct arena *arena)
{
	uint32_t next = set->count;

	add_ancestor(set, revision, arena);
	while (next < set->count) {
		const struct revision_row *row = table_at(&f->revisions, set->at[next++]);

		for (uint32_t i = 0; i < row->parent_count; i++) {
			add_ancestor(set,
				     *(const uint32_t *)table_at(&f->parents,
								 row->parents1 - 1 + i),
				     arena);
		}
	}
}

/* The latest revision in both; UINT32_MAX: none. */
static uint32_t
common_ancestor(const struct ancestors *a, const struct ancestors *b)
{
	uint32_t best = UINT32_MAX;

	for (uint32_t i = 0; i < a->count; i++) {
		for (uint32_t k = 0; k < b->count; k++) {
			if (a->at[i] == b->at[k] &&
			    (best == UINT32_MAX || a->at[i] > best)) {
				best = a->at[i];
			}
		}
	}
	return best;
}

static bool
revision_bytes(struct fold *f, uint32_t revision, struct arena *arena, struct slice *ret)
{
	const struct revision_row *row = table_at(&f->revisions, revision);
	struct record record;

	if (!fold_read_record(f, row->record, arena, &record) ||
	    record.body != BODY_EVENT_REVISION) {
		return false;
	}
	*ret = record.revision.event.bytes;
	return true;
}

static void
add_conflicts(struct merge_result *all, const struct merge_result *more,
	      struct arena *arena)
{
	size_t count = all->conflict_count + more->conflict_count;
	struct merge_conflict *list = arena_alloc(arena, count * sizeof(list[0]));

	for (size_t i = 0; i < all->conflict_count; i++) {
		list[i] = all->conflicts[i];
	}
	for (size_t i = 0; i < more->conflict_count; i++) {
		list[all->conflict_count + i] = more->conflicts[i];
	}
	all->conflicts = list;
	all->conflict_count = count;
}

/* One head is shown as it is, several joined field by field in log order. */
static bool
join_heads(struct fold *f, const uint32_t *heads, unsigned count, struct arena *arena,
	   struct slice *ret_bytes, struct merge_result *ret_conflicts)
{
	struct merge_result all = { 0 };
	struct ancestors seen = { 0 };
	struct slice shown;

	if (count == 0 || !revision_bytes(f, heads[0], arena, &shown)) {
		return false;
	}
	if (count > 1) {
		add_with_ancestors(f, &seen, heads[0], arena);
	}
	for (unsigned i = 1; i < count; i++) {
		struct ancestors mine = { 0 };
		struct slice base = { 0 }, theirs;

		add_with_ancestors(f, &mine, heads[i], arena);
		uint32_t common = common_ancestor(&seen, &mine);
		if ((common != UINT32_MAX && !revision_bytes(f, common, arena, &base)) ||
		    !revision_bytes(f, heads[i], arena, &theirs)) {
			return false;
		}
		struct merge_result one = event_merge(base, shown, theirs, arena);
		shown = one.merged;
		add_conflicts(&all, &one, arena);
		add_with_ancestors(f, &seen, heads[i], arena);
	}
	all.merged = shown;
	if (ret_conflicts != NULL) {
		*ret_conflicts = all;
	}
	*ret_bytes = shown;
	return true;
}

bool
fold_event_shown(struct fold *f, uint32_t event, struct arena *arena,
		 struct slice *ret_bytes, struct merge_result *ret_conflicts)
{
	const struct event_row *e = table_at(&f->events, event);
	uint32_t heads[FOLD_MAX_JOINED];
	unsigned count = 0;

	for (uint32_t h1 = e->first_head1; h1 != 0 && count < FOLD_MAX_JOINED;) {
		heads[count++] = h1 - 1;
		h1 = ((const struct revision_row *)table_at(&f->revisions, h1 - 1))
			     ->next_head1;
	}
	return join_heads(f, heads, count, arena, ret_bytes, ret_conflicts);
}

/* The event's revisions up to the position, newest first. */
static uint32_t *
revisions_upto(const struct fold *f, uint32_t event, uint64_t position,
	       struct arena *arena, uint32_t *ret_count)
{
	const struct event_row *e = table_at(&f->events, event);
	uint32_t *list = NULL;

	for (unsigned pass = 0; pass < 2; pass++) {
		const struct record_row *row;

		*ret_count = 0;
		for (uint32_t r1 = e->newest1; r1 != 0; r1 = row->older1) {
			row = table_at(&f->records, r1 - 1);
			if (row->revision1 == 0 || r1 > position) {
				continue;
			}
			if (list != NULL) {
				list[*ret_count] = row->revision1 - 1;
			}
			(*ret_count)++;
		}
		if (pass == 0) {
			list = arena_alloc(arena, *ret_count * sizeof(list[0]));
		}
	}
	return list;
}

bool
fold_event_shown_at(struct fold *f, const struct event_fact *fact, uint64_t position,
		    struct arena *arena, struct slice *ret_bytes)
{
	uint32_t heads[FOLD_MAX_JOINED];
	uint32_t all;
	unsigned count = 0;

	if ((fact->flags & FACT_JOINED) == 0) {
		struct record record;
		bool good = fold_read_record(f, fact->head_record, arena, &record) &&
			    record.body == BODY_EVENT_REVISION;

		*ret_bytes = good ? record.revision.event.bytes : (struct slice){ 0 };
		return good;
	}
	/* What no later one of them was made from, in log order. */
	const uint32_t *list = revisions_upto(f, fact->event, position, arena, &all);
	for (uint32_t i = all; i > 0 && count < FOLD_MAX_JOINED; i--) {
		bool is_base = false;

		for (uint32_t k = 0; k + 1 < i && !is_base; k++) {
			const struct revision_row *later =
				table_at(&f->revisions, list[k]);

			is_base = later->parent_count != 0 &&
				  is_parent(f, later->parents1, later->parent_count,
					    list[i - 1]);
		}
		if (!is_base) {
			heads[count++] = list[i - 1];
		}
	}
	return join_heads(f, heads, count, arena, ret_bytes, NULL);
}

/* ---- What others say of it -------------------------------------------------------- */

static void
add_answer(struct fold *f, uint32_t event, uint32_t r, struct slice post,
	   enum answer_kind answer, bool by_source)
{
	struct event_row *e = table_mut(&f->events, event);
	struct answer_row *a = table_add(&f->answers);

	*a = (struct answer_row){ .event = event,
				  .older1 = e->answers1,
				  .post = fold_word(f, post),
				  .record = r,
				  .answer = (uint8_t)answer,
				  .by_source = by_source };
	e->answers1 = f->answers.count;
}

static enum fold_verdict
apply_withdrawal(struct fold *f, uint32_t event, uint32_t r, const struct withdrawal *in)
{
	const struct record_row *row = table_at(&f->records, r);
	struct event_row *e = table_mut(&f->events, event);

	if (e->owner1 == 0) {
		return VERDICT_WAITS;
	}
	if (e->owner1 != row->node1) {
		return VERDICT_FOREIGN_EVENT;
	}
	e->withdrawn1 = in->undone ? 0 : r + 1;
	return VERDICT_COUNTS;
}

static enum fold_verdict
apply_practice(struct fold *f, uint32_t event, uint32_t r, const struct best_practice *in)
{
	struct event_row *e = table_mut(&f->events, event);
	uint64_t position = (uint64_t)r + 1;

	for (uint32_t p1 = e->practice1; p1 != 0;) {
		struct practice_row *old = table_mut(&f->practices, p1 - 1);

		if (old->to_pos == FACT_OPEN && old->fiscal_year == in->fiscal_year) {
			old->to_pos = position;
		}
		p1 = old->older1;
	}
	if (!in->removed) {
		struct practice_row *p = table_add(&f->practices);

		*p = (struct practice_row){ .from_pos = position,
					    .to_pos = FACT_OPEN,
					    .event = event,
					    .record = r,
					    .fiscal_year = in->fiscal_year,
					    .older1 = e->practice1 };
		e->practice1 = f->practices.count;
	}
	return VERDICT_COUNTS;
}

/* The old id forwards.  A merge that would close a circle says nothing. */
static enum fold_verdict
apply_merge(struct fold *f, uint32_t event, uint32_t r, const struct event_merge *in)
{
	uint32_t into = fold_event_seen(f, &in->into);
	struct event_row *e = table_mut(&f->events, event);
	struct event_row *target = table_mut(&f->events, into);

	if (e->merged_into1 != 0 || fold_forward(f, into) == event) {
		return VERDICT_FORBIDDEN;
	}
	e->merged_into1 = into + 1;
	e->merged_next1 = target->merged_from1;
	target->merged_from1 = event + 1;
	fold_fact_update(f, into, (uint64_t)r + 1, NULL);
	fold_fact_update_merged(f, event, (uint64_t)r + 1);
	return VERDICT_COUNTS;
}

static enum fold_verdict
apply_move(struct fold *f, uint32_t event, const struct ownership_move *in)
{
	uint32_t node = fold_find_node(f, &in->to_node);

	if (node == UINT32_MAX) {
		return VERDICT_UNKNOWN_NODE;
	}
	struct event_row *e = table_mut(&f->events, event);
	e->owner1 = node + 1;
	e->moved_post = fold_word(f, in->to_post);
	return VERDICT_COUNTS;
}

static enum fold_verdict
apply_to_event(struct fold *f, uint32_t event, uint32_t r, const struct record *record)
{
	struct event_row *e = table_mut(&f->events, event);

	switch (record->body) {
	case BODY_EVENT_REVISION:
		return apply_revision(f, event, r, &record->revision);
	case BODY_WITHDRAWAL:
		return apply_withdrawal(f, event, r, &record->withdrawal);
	case BODY_COHOST_ANSWER:
		add_answer(f, event, r, record->cohost_answer.post,
			   record->cohost_answer.answer, false);
		return VERDICT_COUNTS;
	case BODY_SOURCE_CONFIRMATION:
		for (size_t i = 0; i < record->confirmation.posts.count; i++) {
			add_answer(f, event, r, record->confirmation.posts.at[i],
				   ANSWER_CONFIRMED, true);
		}
		return VERDICT_COUNTS;
	case BODY_REVIEW:
		e->review1 = r + 1;
		return VERDICT_COUNTS;
	case BODY_BEST_PRACTICE:
		return apply_practice(f, event, r, &record->best_practice);
	case BODY_MERGE:
		return apply_merge(f, event, r, &record->merge);
	case BODY_OWNERSHIP_MOVE:
		return apply_move(f, event, &record->move);
	default:
		return VERDICT_UNKNOWN_BODY;
	}
}

enum fold_verdict
fold_event_apply(struct fold *f, uint32_t event, uint32_t r, const struct record *record)
{
	enum fold_verdict verdict = apply_to_event(f, event, r, record);

	if (verdict != VERDICT_COUNTS || record->body == BODY_EVENT_REVISION) {
		return verdict; /* A revision has made its fact already. */
	}
	fold_fact_update(f, event, (uint64_t)r + 1, NULL);

	const struct event_row *e = table_at(&f->events, event);
	return e->owner1 == 0 || e->first_head1 == 0 ? VERDICT_WAITS : VERDICT_COUNTS;
}

/* ---- A key was found stolen, or genuine after all --------------------------------- */

static void
forget_event(struct fold *f, uint32_t event)
{
	struct event_row *e = table_mut(&f->events, event);

	e->owner1 = 0;
	e->first_head1 = 0;
	e->named = 0;
	e->answers1 = 0;
	e->review1 = 0;
	e->withdrawn1 = 0;
	e->moved_post = 0;
}

/* Is the record of rows[at] one that counts already, further up in the event's history?
 * Copies of a record speak of the same event. */
static bool
repeats(struct fold *f, const uint32_t *rows, uint32_t at, struct slice bytes)
{
	const struct record_row *row = table_at(&f->records, rows[at]);
	struct arena arena = { 0 };
	bool same = false;

	for (uint32_t i = 0; i < at && !same; i++) {
		const struct record_row *older = table_at(&f->records, rows[i]);
		struct slice other;

		same = older->id8 == row->id8 && fold_verdict_effective(older->verdict) &&
		       f->source.read(f->source.ctx, (uint64_t)rows[i] + 1, &arena,
				      &other) &&
		       slice_eq(other, bytes);
	}
	arena_fini(&arena);
	return same;
}

/* Is the row one whose verdict may change with a key's?  Practices and merges are HQ's,
 * and stay as they are. */
static bool
is_judged_again(const struct record_row *row)
{
	return row->body != BODY_BEST_PRACTICE && row->body != BODY_MERGE &&
	       (fold_verdict_effective(row->verdict) || row->verdict == VERDICT_STOLEN ||
		row->verdict == VERDICT_REPEAT || row->verdict == VERDICT_FOREIGN_EVENT);
}

/* One of them, after all before it. */
static enum fold_verdict
judge_again(struct fold *f, uint32_t event, const uint32_t *rows, uint32_t at,
	    struct arena *arena)
{
	const struct record_row *row = table_at(&f->records, rows[at]);
	struct record record;

	if (!fold_key_is_good(f, row->key1, (uint64_t)rows[at] + 1)) {
		return VERDICT_STOLEN;
	}
	if (!fold_read_record(f, rows[at], arena, &record) ||
	    !fold_may_say(f, row->node1 - 1, row->key1 - 1, &record)) {
		return VERDICT_FORBIDDEN;
	}
	if (repeats(f, rows, at, record.bytes)) {
		return VERDICT_REPEAT;
	}
	return fold_event_apply(f, event, rows[at], &record);
}

void
fold_event_rebuild(struct fold *f, uint32_t event, uint64_t position)
{
	const struct event_row *e = table_at(&f->events, event);
	struct arena arena = { 0 };
	uint32_t count = 0;

	for (uint32_t r1 = e->newest1; r1 != 0; count++) {
		r1 = ((const struct record_row *)table_at(&f->records, r1 - 1))->older1;
	}
	uint32_t *rows = xcalloc(count, sizeof(rows[0]));
	bool *indexed = xcalloc(count, sizeof(indexed[0]));
	bool *again = xcalloc(count, sizeof(again[0]));
	uint32_t at = count;
	for (uint32_t r1 = e->newest1; r1 != 0;) {
		struct record_row *row = table_mut(&f->records, r1 - 1);

		rows[--at] = r1 - 1;
		again[at] = is_judged_again(row);
		indexed[at] = fold_verdict_effective(row->verdict);
		if (again[at]) {
			/* Nothing counts before it was applied again: a revision may
			 * name a base that came after it. */
			row->verdict = VERDICT_STOLEN;
			row->revision1 = 0;
		}
		r1 = row->older1;
	}

	forget_event(f, event);
	f->rebuilding = true;
	for (uint32_t i = 0; i < count; i++) {
		if (!again[i]) {
			continue;
		}
		arena_reset(&arena);
		enum fold_verdict verdict = judge_again(f, event, rows, i, &arena);
		((struct record_row *)table_mut(&f->records, rows[i]))->verdict =
			(uint8_t)verdict;
		if (!indexed[i]) {
			fold_index_record(f, rows[i]);
		}
	}
	f->rebuilding = false;
	arena_fini(&arena);
	free(rows);
	free(indexed);
	free(again);
	fold_fact_update(f, event, position, NULL);
	fold_fact_update_merged(f, event, position);
}
