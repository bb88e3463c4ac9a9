#include "lib/model/reference.h"

#include "lib/model/reference_parts.h"

_Static_assert(sizeof(struct reference_entry) == 4 * 8 + 20 * 4, "no padding");

uint32_t
reference_count(const struct reference *ref)
{
	return ref->rows.count;
}

const struct reference_entry *
reference_at(const struct reference *ref, uint32_t i)
{
	return table_at(&ref->rows, i);
}

/* ---- Indexes. */

uint64_t
reference_hash_code(enum reference_kind kind, uint32_t code)
{
	uint32_t key[] = { (uint32_t)kind, code };

	return bytes_hash(slice_of(key, sizeof(key)));
}

uint64_t
reference_hash_spelling(uint32_t country, uint32_t state, uint32_t folded)
{
	uint32_t key[] = { country, state, folded };

	return bytes_hash(slice_of(key, sizeof(key)));
}

/* Municipalities of a state are many: their own spelling finds them. */
static uint64_t
hash_entry(const struct reference_entry *e)
{
	if (e->kind == REFERENCE_MUNICIPALITY) {
		uint32_t key[] = { e->kind, e->code, e->folded_ja, e->folded_en };

		return bytes_hash(slice_of(key, sizeof(key)));
	}
	return reference_hash_code((enum reference_kind)e->kind, e->code);
}

static uint64_t
hash_of_row(const void *ctx, uint32_t row)
{
	return hash_entry(reference_at(ctx, row));
}

static uint64_t
hash_of_ja(const void *ctx, uint32_t row)
{
	const struct reference_entry *e = reference_at(ctx, row);

	return reference_hash_spelling(e->group, e->code, e->folded_ja);
}

static uint64_t
hash_of_en(const void *ctx, uint32_t row)
{
	const struct reference_entry *e = reference_at(ctx, row);

	return reference_hash_spelling(e->group, e->code, e->folded_en);
}

static void
index_row(struct reference *ref, uint32_t row)
{
	const struct reference_entry *e = reference_at(ref, row);

	index_add(&ref->by_code, hash_entry(e), row);
	if (e->kind != REFERENCE_MUNICIPALITY) {
		return;
	}
	if (e->folded_ja != 0) {
		index_add(&ref->by_ja, hash_of_ja(ref, row), row);
	}
	if (e->folded_en != 0) {
		index_add(&ref->by_en, hash_of_en(ref, row), row);
	}
}

static void
clear_indexes(struct reference *ref)
{
	index_clear(&ref->by_code);
	index_clear(&ref->by_ja);
	index_clear(&ref->by_en);
}

void
reference_init(struct reference *ref, struct words *words, struct sets *sets)
{
	*ref = (struct reference){ .words = words, .sets = sets };
	table_init(&ref->rows, sizeof(struct reference_entry));
	index_init(&ref->by_code, hash_of_row, ref);
	index_init(&ref->by_ja, hash_of_ja, ref);
	index_init(&ref->by_en, hash_of_en, ref);
}

void
reference_fini(struct reference *ref)
{
	clear_indexes(ref);
	table_fini(&ref->rows);
}

void
reference_clear(struct reference *ref)
{
	clear_indexes(ref);
	table_clear(&ref->rows);
	ref->version = 0;
}

/* Are all the ids of a restored row those of words and sets that there are? */
static bool
entry_fits(const struct reference *ref, const struct reference_entry *e)
{
	const uint32_t words[] = {
		e->group,   e->code,      e->label_ja,  e->label_en,    e->what,
		e->city,    e->state,     e->zone,      e->parent,      e->plan,
		e->value,   e->folded_ja, e->folded_en, e->source_name, e->source_quote,
		e->note_ja, e->note_en,
	};

	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (words[i] > words_count(ref->words)) {
			return false;
		}
	}
	return e->kind > REFERENCE_UNKNOWN && e->kind < REFERENCE_KINDS &&
	       e->part <= REFERENCE_PART_OVERSIGHT && e->from_pos <= e->to_pos &&
	       e->list <= sets_count(ref->sets) &&
	       e->list_folded <= sets_count(ref->sets);
}

/* The position at which the row last changed anything. */
static uint64_t
entry_version(const struct reference_entry *e)
{
	return e->to_pos != REFERENCE_OPEN_POS ? e->to_pos : e->from_pos;
}

bool
reference_reindex(struct reference *ref)
{
	clear_indexes(ref);
	ref->version = 0;
	for (uint32_t row = 0; row < ref->rows.count; row++) {
		const struct reference_entry *e = reference_at(ref, row);

		if (!entry_fits(ref, e)) {
			return false;
		}
		if (entry_version(e) > ref->version) {
			ref->version = entry_version(e);
		}
		index_row(ref, row);
	}
	return true;
}

/* ---- Applying. */

static uint32_t
intern_folded(struct reference *ref, struct slice name)
{
	struct buf folded = { .len = 0 };

	reference_fold_name(name, &folded);
	uint32_t id = words_id(ref->words, buf_slice(&folded));
	buf_fini(&folded);
	return id;
}

static uint32_t
intern_list(struct reference *ref, const struct reference_row *r, bool folded)
{
	uint32_t ids[REFERENCE_LIST_MAX];

	for (size_t i = 0; i < r->list_count; i++) {
		ids[i] = folded ? intern_folded(ref, r->list[i])
				: words_id(ref->words, r->list[i]);
	}
	return sets_id(ref->sets, ids, (unsigned)r->list_count);
}

static struct reference_entry
entry_of(struct reference *ref, const struct reference_row *r)
{
	struct words *w = ref->words;
	bool in_country = r->kind == REFERENCE_MUNICIPALITY || r->kind == REFERENCE_STATE;
	bool home = in_country && r->group.len == 0;
	struct reference_entry e = {
		.to_pos = REFERENCE_OPEN_POS,
		.valid_from = r->valid_from,
		.valid_to = r->valid_to,
		.lat_e6 = r->lat_e6,
		.lon_e6 = r->lon_e6,
		.kind = (uint8_t)r->kind,
		.part = (uint8_t)r->part,
	};

	/* One after the other: the ids are in order of first sight. */
	e.group = words_id(w, home ? slice_str(REFERENCE_HOME) : r->group);
	e.code = words_id(w, r->code);
	e.label_ja = words_id(w, r->label.ja);
	e.label_en = words_id(w, r->label.en);
	e.what = words_id(w, r->what);
	e.city = words_id(w, r->city);
	e.state = words_id(w, r->state);
	e.zone = words_id(w, r->zone);
	e.parent = words_id(w, r->parent);
	e.plan = words_id(w, r->plan);
	e.value = words_id(w, r->value);
	e.source_name = words_id(w, r->source_name);
	e.source_quote = words_id(w, r->source_quote);
	e.note_ja = words_id(w, r->note.ja);
	e.note_en = words_id(w, r->note.en);
	e.list = intern_list(ref, r, false);
	if (r->kind == REFERENCE_JURISDICTION) {
		e.list_folded = intern_list(ref, r, true);
	}
	if (r->kind == REFERENCE_MUNICIPALITY) {
		e.folded_ja = intern_folded(ref, r->label.ja);
		e.folded_en = intern_folded(ref, r->label.en);
	}
	return e;
}

/* The open row with the same key and the same valid_from, UINT32_MAX if none. */
static uint32_t
find_same(const struct reference *ref, const struct reference_entry *key)
{
	uint64_t hash = hash_entry(key);
	uint32_t row;

	for (uint32_t at = index_first(&ref->by_code, hash, &row); at != 0;
	     at = index_next(&ref->by_code, hash, at, &row)) {
		const struct reference_entry *e = reference_at(ref, row);

		if (e->to_pos == REFERENCE_OPEN_POS && e->kind == key->kind &&
		    e->group == key->group && e->code == key->code &&
		    e->folded_ja == key->folded_ja && e->folded_en == key->folded_en &&
		    e->valid_from == key->valid_from) {
			return row;
		}
	}
	return UINT32_MAX;
}

bool
reference_apply(struct reference *ref, const struct reference_row *r, uint64_t position)
{
	if (r->kind == REFERENCE_UNKNOWN) {
		return false;
	}
	must(reference_row_check(r) == NULL);
	must(position >= ref->version && position < REFERENCE_NOW);
	struct reference_entry e = entry_of(ref, r);
	uint32_t same = find_same(ref, &e);

	if (same != UINT32_MAX) {
		e.from_pos = reference_at(ref, same)->from_pos;
		if (!r->removed && memcmp(&e, reference_at(ref, same), sizeof(e)) == 0) {
			return false;
		}
		struct reference_entry *old = table_mut(&ref->rows, same);
		old->to_pos = position;
	} else if (r->removed) {
		return false;
	}
	if (!r->removed) {
		struct reference_entry *new = table_add(&ref->rows);
		e.from_pos = position;
		*new = e;
		index_row(ref, ref->rows.count - 1);
	}
	ref->version = position;
	return true;
}
