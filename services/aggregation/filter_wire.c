#include "aggregation/aggregation.h"

#include "kusanone/v1/notice.pb-c.h"
#include "lib/base/plant.h"
#include "lib/base/unpack_wire.h"
#include "lib/model/merge.h"
#include "lib/model/show_wire.h"

/* A post's share of the log.  What is sent of an entry follows from the log and from what
 * the fold says now: of an event that was touched again since, only the newest state is
 * sent, at the place where it was touched last.
 *
 * Other posts' people and money never leave headquarters: their events go out as notices
 * of a few fields. */

static void
add_item(struct item_list *items, const Kusanone__V1__StreamItem *item)
{
	if (items->count == items->cap) {
		size_t cap = items->cap != 0 ? 2 * items->cap : 64;
		struct slice *at = arena_alloc(items->arena, cap * sizeof(at[0]));

		if (items->count != 0) {
			memcpy(at, items->at, items->count * sizeof(at[0]));
		}
		items->at = at;
		items->cap = cap;
	}
	items->at[items->count] = pack_in_arena(&item->base, items->arena);
	items->bytes += items->at[items->count].len;
	items->count++;
}

static char *
word_text(const struct fold *f, uint32_t word, struct arena *arena)
{
	struct slice s = words_at(&f->words, word);

	return arena_dup(arena, s.at, s.len);
}

/* ---- The node's own blocks ------------------------------------------------------- */

static void
add_own_block(struct aggregation *a, const struct session *s,
	      const struct log_entry *entry, const struct block *block,
	      struct item_list *items)
{
	Kusanone__V1__StreamItem item = KUSANONE__V1__STREAM_ITEM__INIT;

	if (s->hello.own_blocks_whole) {
		Kusanone__V1__OwnBlock own = KUSANONE__V1__OWN_BLOCK__INIT;

		own.block = pb_slice(entry->block);
		own.loose = pb_slice(filter_loose(a, block, items->arena));
		own.position = entry->last;
		item.item_case = KUSANONE__V1__STREAM_ITEM__ITEM_OWN_BLOCK;
		item.own_block = &own;
		add_item(items, &item);
		return;
	}
	Kusanone__V1__BlockReceipt receipt = KUSANONE__V1__BLOCK_RECEIPT__INIT;
	receipt.hash = pb_slice(hash_slice(&block->hash));
	receipt.last_seq = block->last_seq;
	receipt.position = entry->last;
	item.item_case = KUSANONE__V1__STREAM_ITEM__ITEM_RECEIPT;
	item.receipt = &receipt;
	add_item(items, &item);
}

/* The fields of a conflict, and the revision that was kept. */
static void
fill_conflict(struct aggregation *a, uint32_t event, Kusanone__V1__VerdictNotice *notice,
	      struct arena *arena, struct hash *kept)
{
	struct merge_result result = { 0 };
	struct slice shown, record;

	if (!fold_event_shown(&a->fold, event, arena, &shown, &result)) {
		return;
	}
	notice->n_fields = result.conflict_count;
	notice->fields = arena_alloc(arena, result.conflict_count * sizeof(char *));
	for (size_t i = 0; i < result.conflict_count; i++) {
		notice->fields[i] = arena_dup(arena, result.conflicts[i].path,
					      strlen(result.conflicts[i].path));
	}
	const struct event_row *e = table_at(&a->fold.events, event);
	const struct revision_row *head =
		table_at(&a->fold.revisions, e->first_head1 - 1);
	if (aggregation_read(a, (uint64_t)head->record + 1, arena, &record)) {
		*kept = hash_of(record);
		notice->kept = pb_slice(hash_slice(kept));
	}
}

static void
add_verdict(struct aggregation *a, uint64_t position, struct slice record,
	    struct item_list *items)
{
	const struct record_row *row =
		table_at(&a->fold.records, (uint32_t)(position - 1));
	Kusanone__V1__StreamItem item = KUSANONE__V1__STREAM_ITEM__INIT;
	Kusanone__V1__VerdictNotice notice = KUSANONE__V1__VERDICT_NOTICE__INIT;
	struct hash identity = hash_of(record), kept;

	if (row->verdict == VERDICT_COUNTS) {
		return;
	}
	notice.position = position;
	notice.record_hash = pb_slice(hash_slice(&identity));
	notice.verdict = (char *)(uintptr_t)fold_verdict_name(row->verdict);
	if (row->event1 != 0) {
		notice.event_id = show_event_id(&a->fold, row->event1 - 1, items->arena);
	}
	if (row->verdict == VERDICT_CONFLICT) {
		fill_conflict(a, row->event1 - 1, &notice, items->arena, &kept);
	}
	item.item_case = KUSANONE__V1__STREAM_ITEM__ITEM_VERDICT;
	item.verdict = &notice;
	add_item(items, &item);
}

/* ---- Words of headquarters, and answers of co-hosts ------------------------------ */

static void
add_record(struct aggregation *a, uint64_t position, const struct node_id *node,
	   struct slice record, struct item_list *items)
{
	Kusanone__V1__StreamItem item = KUSANONE__V1__STREAM_ITEM__INIT;
	Kusanone__V1__HqRecord hq = KUSANONE__V1__HQ_RECORD__INIT;
	uint32_t row = fold_find_node(&a->fold, node);
	const struct node_row *n = table_at(&a->fold.nodes, row);
	unsigned count = 0;
	const uint32_t *posts = sets_at(&a->fold.sets, n->posts, &count);

	hq.position = position;
	hq.node_id = (ProtobufCBinaryData){ NODE_ID_LEN, (uint8_t *)(uintptr_t)node->b };
	hq.record = pb_slice(record);
	hq.role = (Kusanone__V1__NodeRole)n->role;
	hq.posts = arena_alloc(items->arena, count * sizeof(char *));
	for (unsigned i = 0; i < count; i++) {
		hq.posts[hq.n_posts++] = word_text(&a->fold, posts[i], items->arena);
	}
	item.item_case = KUSANONE__V1__STREAM_ITEM__ITEM_RECORD;
	item.record = &hq;
	add_item(items, &item);
}

static bool
owns(const struct aggregation *a, const struct node_id *node, uint32_t event)
{
	const struct event_row *e = table_at(&a->fold.events, event);

	if (e->owner1 == 0) {
		return false;
	}
	const struct node_row *n = table_at(&a->fold.nodes, e->owner1 - 1);
	return memcmp(n->id, node->b, NODE_ID_LEN) == 0;
}

/* Whom headquarters alerts of what is its own matter. */
static bool
is_about_alerts(uint32_t body)
{
	return body == BODY_SUBSCRIPTION || body == BODY_SILENCE ||
	       body == BODY_ACKNOWLEDGEMENT;
}

static bool
is_of_hq(const struct aggregation *a, const struct node_id *id)
{
	uint32_t node = fold_find_node(&a->fold, id);

	return node != UINT32_MAX &&
	       ((const struct node_row *)table_at(&a->fold.nodes, node))->role == NODE_HQ;
}

/* HQ's words without an event are for all; those about an event, and co-hosts' answers,
 * for its owner. */
static bool
record_is_for(const struct aggregation *a, const struct session *s,
	      const struct record_row *row)
{
	const struct node_row *author = table_at(&a->fold.nodes, row->node1 - 1);

	if (is_about_alerts(row->body) && !is_of_hq(a, &s->node)) {
		return false;
	}
	if (row->event1 == 0) {
		return author->role == NODE_HQ;
	}
	return (author->role == NODE_HQ || row->body == BODY_COHOST_ANSWER) &&
	       owns(a, &s->node, row->event1 - 1);
}

/* An event that was moved to this node: what its new owner needs to go on from, oldest
 * first; its own words it has. */
static void
add_moved_event(struct aggregation *a, const struct session *s, uint32_t event,
		struct item_list *items)
{
	const struct event_row *e = table_at(&a->fold.events, event);
	size_t count = 0;

	for (uint32_t r1 = e->newest1; r1 != 0; count++) {
		r1 = ((const struct record_row *)table_at(&a->fold.records, r1 - 1))
			     ->older1;
	}
	uint32_t *rows = arena_alloc(items->arena, count * sizeof(rows[0]));
	size_t at = count;
	for (uint32_t r1 = e->newest1; r1 != 0;) {
		rows[--at] = r1 - 1;
		r1 = ((const struct record_row *)table_at(&a->fold.records, r1 - 1))
			     ->older1;
	}
	for (size_t i = 0; i < count; i++) {
		const struct record_row *row = table_at(&a->fold.records, rows[i]);
		struct slice record;
		struct node_id author;

		if (row->node1 == 0 || !fold_verdict_effective(row->verdict) ||
		    row->body == BODY_OWNERSHIP_MOVE) {
			continue;
		}
		const struct node_row *n = table_at(&a->fold.nodes, row->node1 - 1);
		memcpy(author.b, n->id, NODE_ID_LEN);
		if (!node_id_eq(&author, &s->node) &&
		    aggregation_read(a, (uint64_t)rows[i] + 1, items->arena, &record)) {
			add_record(a, (uint64_t)rows[i] + 1, &author, record, items);
		}
	}
}

/* ---- Other posts' events --------------------------------------------------------- */

/* id, recorder, lead, holders, title, summary, format, pillars, sessions, stated dates
 * and places, status. */
static void
redact(const Kusanone__V1__Event *whole, Kusanone__V1__Event *ret)
{
	kusanone__v1__event__init(ret);
	ret->id = whole->id;
	ret->recorder = whole->recorder;
	ret->lead = whole->lead;
	ret->n_holders = whole->n_holders;
	ret->holders = whole->holders;
	ret->title = whole->title;
	ret->summary = whole->summary;
	ret->format = whole->format;
	ret->n_pillars = whole->n_pillars;
	ret->pillars = whole->pillars;
	ret->n_sessions = whole->n_sessions;
	ret->sessions = whole->sessions;
	ret->n_stated_dates = whole->n_stated_dates;
	ret->stated_dates = whole->stated_dates;
	ret->n_stated_places = whole->n_stated_places;
	ret->stated_places = whole->stated_places;
	ret->status = whole->status;
	if (PLANTED(19)) { /* People and money go to other posts. */
		ret->n_people = whole->n_people;
		ret->people = whole->people;
		ret->budget_spent = whole->budget_spent;
	}
	for (size_t i = 0; i < ret->n_sessions; i++) {
		ret->sessions[i]->note = NULL;
	}
}

static bool
speaks_for(const struct aggregation *a, const struct node_id *node, uint32_t post)
{
	uint32_t row = fold_find_node(&a->fold, node);
	const struct node_row *n = table_at(&a->fold.nodes, row);

	return sets_has(&a->fold.sets, n->posts, post);
}

static void
fill_holders(struct aggregation *a, const struct session *s, uint32_t event,
	     const struct event_fact *fact, Kusanone__V1__EventNotice *notice,
	     struct arena *arena)
{
	unsigned count = 0;
	const uint32_t *named = sets_at(&a->fold.sets, fact->posts_named, &count);
	Kusanone__V1__HolderState *list = arena_alloc(arena, count * sizeof(list[0]));

	notice->holders = arena_alloc(arena, count * sizeof(notice->holders[0]));
	for (unsigned i = 0; i < count; i++) {
		enum holder_state state =
			fold_holder(&a->fold, event, fact->recorder, named[i], NULL);

		kusanone__v1__holder_state__init(&list[i]);
		list[i].post = word_text(&a->fold, named[i], arena);
		list[i].confirmed = state == HOLDER_COUNTS;
		notice->holders[notice->n_holders++] = &list[i];
		if (state == HOLDER_UNCONFIRMED && speaks_for(a, &s->node, named[i])) {
			notice->ask = true;
		}
	}
}

static void
add_notice(struct aggregation *a, const struct session *s, uint32_t event,
	   uint64_t position, struct item_list *items)
{
	const struct event_row *e = table_at(&a->fold.events, event);
	Kusanone__V1__StreamItem item = KUSANONE__V1__STREAM_ITEM__INIT;
	Kusanone__V1__EventNotice notice = KUSANONE__V1__EVENT_NOTICE__INIT;
	Kusanone__V1__Event redacted;
	struct slice shown, record;
	struct hash revision;

	if (e->fact1 == 0 ||
	    !fold_event_shown(&a->fold, event, items->arena, &shown, NULL)) {
		return;
	}
	const struct event_fact *fact = table_at(&a->fold.facts, e->fact1 - 1);
	const Kusanone__V1__Event *whole = (const Kusanone__V1__Event *)unpack_message(
		&kusanone__v1__event__descriptor, shown, items->arena, NULL);
	if (whole == NULL || !aggregation_read(a, (uint64_t)fact->head_record + 1,
					       items->arena, &record)) {
		return;
	}
	redact(whole, &redacted);
	revision = hash_of(record);
	notice.position = position;
	notice.event_id = show_event_id(&a->fold, event, items->arena);
	notice.revision = pb_slice(hash_slice(&revision));
	notice.event = &redacted;
	notice.withdrawn = (fact->flags & FACT_WITHDRAWN) != 0;
	if (e->merged_into1 != 0) {
		notice.merged_into =
			show_event_id(&a->fold, e->merged_into1 - 1, items->arena);
	}
	fill_holders(a, s, event, fact, &notice, items->arena);
	item.item_case = KUSANONE__V1__STREAM_ITEM__ITEM_NOTICE;
	item.notice = &notice;
	add_item(items, &item);
}

void
filter_entry(struct aggregation *a, const struct session *s,
	     const struct log_entry *entry, struct item_list *items)
{
	struct block block;
	struct slice record;
	size_t at = 0;
	uint64_t position = entry->first;

	if (!block_parse(entry->block, &block, NULL)) {
		a->txn->err = ERR_CORRUPT;
		return;
	}
	bool own = node_id_eq(&block.node, &s->node);

	if (own) {
		add_own_block(a, s, entry, &block, items);
	}
	for (; block_next(&block, &at, &record); position++) {
		const struct record_row *row =
			table_at(&a->fold.records, (uint32_t)(position - 1));

		if (own) {
			add_verdict(a, position, record, items);
		} else if (fold_verdict_effective(row->verdict) &&
			   record_is_for(a, s, row)) {
			if (row->body == BODY_OWNERSHIP_MOVE) {
				add_moved_event(a, s, row->event1 - 1, items);
			}
			add_record(a, position, &block.node, record, items);
		}
		if (row->event1 != 0 && !owns(a, &s->node, row->event1 - 1)) {
			const struct event_row *e =
				table_at(&a->fold.events, row->event1 - 1);

			if (e->newest1 == position) {
				add_notice(a, s, row->event1 - 1, position, items);
			}
		}
	}
}
