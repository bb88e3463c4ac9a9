#include "lib/model/fold.h"

#include "lib/base/plant.h"
#include "lib/model/fold_parts.h"

static const char *const verdict_names[] = {
	[VERDICT_NONE] = "none",
	[VERDICT_COUNTS] = "counts",
	[VERDICT_REPEAT] = "repeat",
	[VERDICT_MALFORMED] = "malformed",
	[VERDICT_UNKNOWN_BODY] = "unknown_body",
	[VERDICT_UNKNOWN_NODE] = "unknown_node",
	[VERDICT_FORBIDDEN] = "forbidden",
	[VERDICT_STOLEN] = "stolen",
	[VERDICT_FOREIGN_EVENT] = "foreign_event",
	[VERDICT_CONFLICT] = "conflict",
	[VERDICT_JOINED] = "joined",
	[VERDICT_WAITS] = "waits",
};

const char *
fold_verdict_name(enum fold_verdict v)
{
	return (size_t)v < ARRAY_LEN(verdict_names) ? verdict_names[v] : "unknown";
}

static uint64_t
identity_of_row(const void *ctx, uint32_t row)
{
	const struct record_row *r = table_at(&((const struct fold *)ctx)->records, row);

	return r->id8;
}

static uint64_t
submission_of_row(const void *ctx, uint32_t row)
{
	const struct record_row *r = table_at(&((const struct fold *)ctx)->records, row);

	return r->sub8;
}

static uint64_t
event_of_row(const void *ctx, uint32_t row)
{
	const struct event_row *e = table_at(&((const struct fold *)ctx)->events, row);

	return bytes_hash(slice_of(e->id, UUID_LEN));
}

static uint64_t
node_of_row(const void *ctx, uint32_t row)
{
	const struct node_row *n = table_at(&((const struct fold *)ctx)->nodes, row);

	return bytes_hash(slice_of(n->id, NODE_ID_LEN));
}

static uint64_t
curve_of_row(const void *ctx, uint32_t row)
{
	const struct key_row *k = table_at(&((const struct fold *)ctx)->keys, row);

	return bytes_hash(slice_of(k->curve, sizeof(k->curve)));
}

static uint64_t
erased_of_row(const void *ctx, uint32_t row)
{
	const struct hash *h = table_at(&((const struct fold *)ctx)->erased, row);

	return hash_u64(h);
}

void
fold_init(struct fold *f)
{
	*f = (struct fold){ 0 };
	words_init(&f->words);
	sets_init(&f->sets);
	reference_init(&f->reference, &f->words, &f->sets);
	table_init(&f->records, sizeof(struct record_row));
	table_init(&f->revisions, sizeof(struct revision_row));
	table_init(&f->parents, sizeof(uint32_t));
	table_init(&f->events, sizeof(struct event_row));
	table_init(&f->answers, sizeof(struct answer_row));
	table_init(&f->practices, sizeof(struct practice_row));
	table_init(&f->figures, sizeof(struct figure_row));
	table_init(&f->nodes, sizeof(struct node_row));
	table_init(&f->ends, sizeof(struct end_row));
	table_init(&f->keys, sizeof(struct key_row));
	table_init(&f->facts, sizeof(struct event_fact));
	table_init(&f->session_facts, sizeof(struct session_fact));
	table_init(&f->erased, sizeof(struct hash));
	table_init(&f->subscriptions, sizeof(struct subscription_row));
	table_init(&f->silences, sizeof(struct silence_row));
	table_init(&f->acknowledgements, sizeof(struct acknowledgement_row));
	table_init(&f->publications, sizeof(struct publication_row));
	index_init(&f->by_identity, identity_of_row, f);
	index_init(&f->by_submission, submission_of_row, f);
	index_init(&f->by_event, event_of_row, f);
	index_init(&f->by_node, node_of_row, f);
	index_init(&f->by_curve, curve_of_row, f);
	index_init(&f->by_erased, erased_of_row, f);
}

unsigned
fold_tables(struct fold *f, struct table *ret[FOLD_TABLES])
{
	struct table *own[] = { &f->reference.rows,
				&f->records,
				&f->revisions,
				&f->parents,
				&f->events,
				&f->answers,
				&f->practices,
				&f->figures,
				&f->nodes,
				&f->ends,
				&f->keys,
				&f->facts,
				&f->session_facts,
				&f->erased,
				&f->subscriptions,
				&f->silences,
				&f->acknowledgements,
				&f->publications };
	unsigned n = 0;

	words_tables(&f->words, ret);
	n += WORDS_TABLES;
	sets_tables(&f->sets, ret + n);
	n += SETS_TABLES;
	for (size_t i = 0; i < ARRAY_LEN(own); i++) {
		ret[n++] = own[i];
	}
	must(n <= FOLD_TABLES);
	return n;
}

static void
clear_indexes(struct fold *f)
{
	index_clear(&f->by_identity);
	index_clear(&f->by_submission);
	index_clear(&f->by_event);
	index_clear(&f->by_node);
	index_clear(&f->by_curve);
	index_clear(&f->by_erased);
}

void
fold_clear(struct fold *f)
{
	struct table *tables[FOLD_TABLES];
	unsigned n = fold_tables(f, tables);

	reference_clear(&f->reference);
	words_clear(&f->words);
	sets_clear(&f->sets);
	for (unsigned i = 0; i < n; i++) {
		table_clear(tables[i]);
	}
	clear_indexes(f);
	arena_reset(&f->arena);
	f->facts_mark = 0;
	f->records_mark = 0;
	f->failed = false;
}

void
fold_fini(struct fold *f)
{
	fold_clear(f);
	reference_fini(&f->reference);
	words_fini(&f->words);
	sets_fini(&f->sets);
	arena_fini(&f->arena);
}

bool
fold_verdict_effective(uint8_t v)
{
	return v == VERDICT_COUNTS || v == VERDICT_CONFLICT || v == VERDICT_JOINED ||
	       v == VERDICT_WAITS;
}

static bool
is_forbidden(uint8_t v)
{
	return v == VERDICT_FORBIDDEN || v == VERDICT_FOREIGN_EVENT;
}

void
fold_index_record(struct fold *f, uint32_t r)
{
	const struct record_row *row = table_at(&f->records, r);

	if (fold_verdict_effective(row->verdict)) {
		index_add(&f->by_identity, row->id8, r);
	}
	if (f->submissions && row->sub8 != 0 &&
	    (fold_verdict_effective(row->verdict) || is_forbidden(row->verdict))) {
		index_add(&f->by_submission, row->sub8, r);
	}
}

bool
fold_reindex(struct fold *f)
{
	clear_indexes(f);
	if (!words_reindex(&f->words) || !sets_reindex(&f->sets) ||
	    !reference_reindex(&f->reference)) {
		return false;
	}
	for (uint32_t i = 0; i < f->records.count; i++) {
		fold_index_record(f, i);
	}
	for (uint32_t i = 0; i < f->events.count; i++) {
		index_add(&f->by_event, event_of_row(f, i), i);
	}
	for (uint32_t i = 0; i < f->nodes.count; i++) {
		index_add(&f->by_node, node_of_row(f, i), i);
	}
	for (uint32_t i = 0; i < f->keys.count; i++) {
		index_add(&f->by_curve, curve_of_row(f, i), i);
	}
	for (uint32_t i = 0; i < f->erased.count; i++) {
		index_add(&f->by_erased, erased_of_row(f, i), i);
	}
	fold_take_changes(f);
	return true;
}

bool
fold_eq(struct fold *a, struct fold *b, const char **ret_table)
{
	static const char *const names[] = {
		"words",         "word_bytes",    "sets",
		"set_ids",       "reference",     "records",
		"revisions",     "parents",       "events",
		"answers",       "practices",     "figures",
		"nodes",         "ends",          "keys",
		"facts",         "session_facts", "erased",
		"subscriptions", "silences",      "acknowledgements",
		"publications",
	};
	struct table *ta[FOLD_TABLES], *tb[FOLD_TABLES];
	unsigned n = fold_tables(a, ta);

	must(n == ARRAY_LEN(names));
	fold_tables(b, tb);
	for (unsigned i = 0; i < n; i++) {
		if (!table_eq(ta[i], tb[i])) {
			if (ret_table != NULL) {
				*ret_table = names[i];
			}
			return false;
		}
	}
	return true;
}

size_t
fold_memory(struct fold *f)
{
	const struct index *indexes[] = { &f->by_identity, &f->by_submission,
					  &f->by_event,    &f->by_node,
					  &f->by_curve,    &f->by_erased };
	struct table *tables[FOLD_TABLES];
	unsigned n = fold_tables(f, tables);
	size_t bytes = 0;

	for (unsigned i = 0; i < n; i++) {
		bytes += table_memory(tables[i]);
	}
	for (size_t i = 0; i < ARRAY_LEN(indexes); i++) {
		bytes += index_memory(indexes[i]);
	}
	return bytes;
}

void
fold_take_changes(struct fold *f)
{
	f->facts_mark = f->facts.count;
	f->records_mark = f->records.count;
}

uint32_t
fold_word(struct fold *f, struct slice s)
{
	if (s.len > WORD_MAX_LEN) {
		s.len = WORD_MAX_LEN;
	}
	return words_id(&f->words, s);
}

uint32_t
fold_set(struct fold *f, uint32_t *ids, size_t count)
{
	return sets_id(&f->sets, ids,
		       (unsigned)(count < SET_MAX_IDS ? count : SET_MAX_IDS));
}

uint32_t
fold_word_set(struct fold *f, const struct slices *list)
{
	uint32_t *ids = arena_alloc(&f->arena, list->count * sizeof(ids[0]));

	for (size_t i = 0; i < list->count; i++) {
		ids[i] = fold_word(f, list->at[i]);
	}
	return fold_set(f, ids, list->count);
}

uint32_t
fold_find_event(const struct fold *f, const struct uuid *id)
{
	uint32_t row;
	uint64_t hash = bytes_hash(slice_of(id->b, UUID_LEN));

	for (uint32_t at = index_first(&f->by_event, hash, &row); at != 0;
	     at = index_next(&f->by_event, hash, at, &row)) {
		const struct event_row *e = table_at(&f->events, row);

		if (memcmp(e->id, id->b, UUID_LEN) == 0) {
			return row;
		}
	}
	return UINT32_MAX;
}

/* Eight bytes of a hash can be made to meet by who tries long enough: the whole is
 * compared against the record's own bytes. */
uint32_t
fold_find_record(const struct fold *f, const struct hash *identity)
{
	uint64_t hash = hash_u64(identity);
	uint32_t row;

	for (uint32_t at = index_first(&f->by_identity, hash, &row); at != 0;
	     at = index_next(&f->by_identity, hash, at, &row)) {
		const struct record_row *r = table_at(&f->records, row);
		struct arena arena = { 0 };
		struct slice bytes;
		bool same = false;

		if (r->id8 == hash && fold_verdict_effective(r->verdict) &&
		    f->source.read(f->source.ctx, (uint64_t)row + 1, &arena, &bytes)) {
			struct hash have = hash_of(bytes);

			same = hash_eq(&have, identity);
		}
		arena_fini(&arena);
		if (same) {
			return row;
		}
	}
	return UINT32_MAX;
}

uint32_t
fold_find_submission(const struct fold *f, const struct hash *digest, uint32_t self)
{
	uint64_t hash = hash_u64(digest);
	uint32_t row;

	for (uint32_t at = index_first(&f->by_submission, hash, &row); at != 0;
	     at = index_next(&f->by_submission, hash, at, &row)) {
		const struct record_row *r = table_at(&f->records, row);
		struct arena arena = { 0 };
		struct slice bytes;
		struct record record;
		bool same = false;

		if (r->sub8 == hash &&
		    (fold_verdict_effective(r->verdict) ||
		     (is_forbidden(r->verdict) && r->node1 == self + 1)) &&
		    f->source.read(f->source.ctx, (uint64_t)row + 1, &arena, &bytes) &&
		    record_decode(bytes, &arena, &record, NULL)) {
			same = hash_eq(&record.submission, digest);
		}
		arena_fini(&arena);
		if (same) {
			return row;
		}
	}
	return UINT32_MAX;
}

bool
fold_is_erased(const struct fold *f, const struct hash *part)
{
	uint64_t hash = hash_u64(part);
	uint32_t row;

	for (uint32_t at = index_first(&f->by_erased, hash, &row); at != 0;
	     at = index_next(&f->by_erased, hash, at, &row)) {
		if (hash_eq(table_at(&f->erased, row), part)) {
			return true;
		}
	}
	return false;
}

bool
fold_read_record(struct fold *f, uint32_t r, struct arena *arena,
		 struct record *ret_record)
{
	struct slice bytes;

	if (!f->source.read(f->source.ctx, (uint64_t)r + 1, arena, &bytes) ||
	    !record_decode(bytes, arena, ret_record, NULL)) {
		f->failed = true;
		return false;
	}
	return true;
}

static enum fold_verdict
apply_erasure(struct fold *f, const struct erasure *erasure)
{
	for (size_t i = 0; i < erasure->count; i++) {
		if (!fold_is_erased(f, &erasure->parts[i])) {
			struct hash *row = table_add(&f->erased);

			*row = erasure->parts[i];
			index_add(&f->by_erased, hash_u64(row), f->erased.count - 1);
		}
	}
	return VERDICT_COUNTS;
}

static enum fold_verdict
apply_figure(struct fold *f, const struct published_figure *figure, uint32_t r)
{
	struct figure_row new = {
		.from_pos = (uint64_t)r + 1,
		.to_pos = FACT_OPEN,
		.record = r,
		.measure = fold_word(f, figure->measure),
		.scope_ja = fold_word(f, figure->scope.ja),
		.scope_en = fold_word(f, figure->scope.en),
		.from = figure->from,
		.to = figure->to,
		.value = figure->value.value,
		.bound = (uint8_t)figure->value.bound,
	};

	for (uint32_t i = 0; i < f->figures.count; i++) {
		const struct figure_row *old = table_at(&f->figures, i);

		if (old->to_pos == FACT_OPEN && old->measure == new.measure &&
		    old->scope_ja == new.scope_ja && old->scope_en == new.scope_en &&
		    old->from == new.from && old->to == new.to) {
			((struct figure_row *)table_mut(&f->figures, i))->to_pos =
				new.from_pos;
		}
	}
	if (!figure->withdrawn) {
		*(struct figure_row *)table_add(&f->figures) = new;
	}
	return VERDICT_COUNTS;
}

/* Rows that decide how an event counts, as against how it is labelled. */
static bool
changes_counts(const struct reference_row *row)
{
	return row->kind == REFERENCE_SETTING || row->kind == REFERENCE_MUNICIPALITY ||
	       (row->kind == REFERENCE_CODE && slice_eq_str(row->group, "format"));
}

static enum fold_verdict
apply_reference(struct fold *f, const struct reference_change *change, uint64_t position)
{
	bool recount = false;

	for (size_t i = 0; i < change->row_count; i++) {
		const struct reference_row *row = &change->rows[i];

		if (reference_apply(&f->reference, row, position) &&
		    changes_counts(row)) {
			recount = true;
		}
	}
	if (recount) {
		fold_fact_update_all(f, position);
	}
	return VERDICT_COUNTS;
}

/* Every record that speaks of an event stands in its history, also one that does not
 * count: it is shown, and applied after all if its key turns out to be genuine. */
static void
link_to_event(struct fold *f, uint32_t r, const struct record *record)
{
	struct uuid id;

	if (record_event(record, &id)) {
		uint32_t event = fold_event_seen(f, &id);
		struct record_row *row = table_mut(&f->records, r);
		struct event_row *e = table_mut(&f->events, event);

		row->event1 = event + 1;
		row->older1 = e->newest1;
		e->newest1 = r + 1;
	}
}

static enum fold_verdict
apply(struct fold *f, uint32_t r, const struct record *record)
{
	uint64_t position = (uint64_t)r + 1;
	const struct record_row *row = table_at(&f->records, r);

	if (row->event1 != 0) {
		return fold_event_apply(f, row->event1 - 1, r, record);
	}
	switch (record->body) {
	case BODY_PUBLISHED_FIGURE:
		return apply_figure(f, &record->figure, r);
	case BODY_REFERENCE_CHANGE:
		return apply_reference(f, &record->reference, position);
	case BODY_ENROLMENT:
		return fold_enrol(f, &record->enrolment);
	case BODY_REVOCATION:
		return fold_revoke(f, &record->revocation, position);
	case BODY_ERASURE:
		return apply_erasure(f, &record->erasure);
	case BODY_SUBSCRIPTION:
		return fold_subscribe(f, r, &record->subscription);
	case BODY_SILENCE:
		return fold_silence(f, r, &record->silence);
	case BODY_ACKNOWLEDGEMENT:
		return fold_acknowledge(f, r, &record->acknowledgement);
	case BODY_PUBLICATION:
		return fold_publish(f, r, &record->publication);
	default:
		return VERDICT_UNKNOWN_BODY;
	}
}

/* Before anything is applied: who says it, and may they? */
static enum fold_verdict
judge(struct fold *f, const struct fold_input *in, uint32_t r,
      const struct record *record)
{
	struct record_row *row = table_mut(&f->records, r);
	uint32_t node =
		in->from_hq ? fold_vouched_node(f, in) : fold_find_node(f, &in->node);

	if (node == UINT32_MAX) {
		return VERDICT_UNKNOWN_NODE;
	}
	uint32_t key = fold_find_key(f, node, in->key_id);
	row->node1 = node + 1;
	row->key1 = key != UINT32_MAX ? key + 1 : 0;

	if (record == NULL) {
		return VERDICT_MALFORMED;
	}
	row->body = record->body;
	row->sub8 = hash_u64(&record->submission);
	link_to_event(f, r, record);
	if (!fold_key_is_good(f, row->key1, in->position)) {
		return VERDICT_STOLEN;
	}
	if (strcmp(body_name(record->body), "unknown") == 0) {
		return VERDICT_UNKNOWN_BODY;
	}
	if (!fold_may_say(f, node, key, record)) {
		return VERDICT_FORBIDDEN;
	}
	if (!PLANTED(4) && fold_find_record(f, &in->identity) != UINT32_MAX) {
		return VERDICT_REPEAT;
	}
	return VERDICT_COUNTS;
}

enum fold_verdict
fold_record(struct fold *f, const struct fold_input *in)
{
	const struct record *record = in->decoded;
	struct record own;

	must(in->position > f->records.count && in->position < UINT32_MAX);
	arena_reset(&f->arena);
	while (f->records.count + 1 < in->position) {
		table_add(&f->records);
	}
	struct record_row *row = table_add(&f->records);
	uint32_t r = f->records.count - 1;

	row->id8 = hash_u64(&in->identity);
	row->seq = in->seq;
	row->hq_ms = in->hq_ms;
	if (record == NULL && record_decode(in->record, &f->arena, &own, NULL)) {
		record = &own;
	}
	enum fold_verdict verdict = judge(f, in, r, record);

	if (verdict == VERDICT_COUNTS) {
		verdict = apply(f, r, record);
	}
	row = table_mut(&f->records, r);
	row->verdict = (uint8_t)verdict;
	fold_index_record(f, r);
	if (row->node1 != 0) {
		struct node_row *node = table_mut(&f->nodes, row->node1 - 1);

		node->records++;
		if (!fold_verdict_effective(row->verdict) && verdict != VERDICT_REPEAT) {
			node->refused++;
		}
	}
	return verdict;
}
