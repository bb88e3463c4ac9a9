#include "lib/model/reference_parts.h"

/* An end of a row's time as a number that compares; open ends are the farthest. */
static int32_t
last_day(const struct reference_entry *e)
{
	return e->valid_to != REFERENCE_ANY_DAY ? e->valid_to : INT32_MAX;
}

/* Of two rows that both answer, is 'a' (at the higher row number) the better one? */
static bool
answers_better(const struct reference_entry *a, const struct reference_entry *b,
	       int32_t day)
{
	if (day == REFERENCE_ANY_DAY) {
		if (last_day(a) != last_day(b)) {
			return last_day(a) > last_day(b);
		}
	} else if (reference_is_dated(a) != reference_is_dated(b)) {
		return reference_is_dated(a);
	}
	return a->valid_from >= b->valid_from;
}

const struct reference_entry *
reference_find(const struct reference *ref, enum reference_kind kind, struct slice group,
	       struct slice code, int32_t day, uint64_t position)
{
	bool home = kind == REFERENCE_STATE && group.len == 0;
	uint32_t group_id =
		words_find(ref->words, home ? slice_str(REFERENCE_HOME) : group);
	uint32_t code_id = words_find(ref->words, code);
	uint32_t best = UINT32_MAX;
	uint32_t row;

	if (code_id == 0 || (group_id == 0 && group.len != 0)) {
		return NULL;
	}
	uint64_t hash = reference_hash_code(kind, code_id);
	for (uint32_t at = index_first(&ref->by_code, hash, &row); at != 0;
	     at = index_next(&ref->by_code, hash, at, &row)) {
		const struct reference_entry *e = reference_at(ref, row);

		if (e->kind != kind || e->group != group_id || e->code != code_id ||
		    !reference_said_at(e, position) ||
		    (day != REFERENCE_ANY_DAY && !reference_holds_on(e, day))) {
			continue;
		}
		/* The index gives rows in no order that may matter. */
		if (best == UINT32_MAX ||
		    (row > best ? answers_better(e, reference_at(ref, best), day)
				: !answers_better(reference_at(ref, best), e, day))) {
			best = row;
		}
	}
	return best != UINT32_MAX ? reference_at(ref, best) : NULL;
}

const struct reference_entry *
reference_post(const struct reference *ref, struct slice id, int32_t day)
{
	return reference_find(ref, REFERENCE_POST, slice_of(NULL, 0), id, day,
			      REFERENCE_NOW);
}

const struct reference_entry *
reference_code(const struct reference *ref, struct slice dimension, struct slice code,
	       int32_t day)
{
	return reference_find(ref, REFERENCE_CODE, dimension, code, day, REFERENCE_NOW);
}

const struct reference_entry *
reference_pillar(const struct reference *ref, struct slice code, int32_t day)
{
	return reference_find(ref, REFERENCE_PILLAR, slice_of(NULL, 0), code, day,
			      REFERENCE_NOW);
}

const struct reference_entry *
reference_state(const struct reference *ref, struct slice country, struct slice code,
		int32_t day)
{
	return reference_find(ref, REFERENCE_STATE, country, code, day, REFERENCE_NOW);
}

struct slice
reference_setting(const struct reference *ref, struct slice name, int32_t day)
{
	const struct reference_entry *e = reference_find(
		ref, REFERENCE_SETTING, slice_of(NULL, 0), name, day, REFERENCE_NOW);

	return words_at(ref->words, e != NULL ? e->value : 0);
}

bool
reference_setting_on(const struct reference *ref, const char *name, int32_t day,
		     bool otherwise)
{
	struct slice value = reference_setting(ref, slice_str(name), day);

	if (slice_eq_str(value, "on")) {
		return true;
	}
	return slice_eq_str(value, "off") ? false : otherwise;
}

bool
reference_has(const struct reference *ref, const struct reference_entry *e,
	      struct slice item)
{
	bool county = e->kind == REFERENCE_JURISDICTION;
	uint32_t id =
		county ? reference_find_folded(ref, item) : words_find(ref->words, item);

	return id != 0 && sets_has(ref->sets, county ? e->list_folded : e->list, id);
}

struct slice
reference_label(const struct reference *ref, const struct reference_entry *e,
		bool japanese)
{
	uint32_t first = japanese ? e->label_ja : e->label_en;
	uint32_t other = japanese ? e->label_en : e->label_ja;

	return words_at(ref->words, first != 0 ? first : other);
}

void
reference_entry_row(const struct reference *ref, const struct reference_entry *e,
		    struct arena *arena, struct reference_row *ret_row)
{
	const struct words *w = ref->words;
	unsigned n;
	const uint32_t *ids = sets_at(ref->sets, e->list, &n);
	struct slice *list = n != 0 ? arena_alloc(arena, n * sizeof(*list)) : NULL;

	for (unsigned i = 0; i < n; i++) {
		list[i] = words_at(w, ids[i]);
	}
	*ret_row = (struct reference_row){
		.kind = (enum reference_kind)e->kind,
		.valid_from = e->valid_from,
		.valid_to = e->valid_to,
		.group = words_at(w, e->group),
		.code = words_at(w, e->code),
		.label = { .ja = words_at(w, e->label_ja),
			   .en = words_at(w, e->label_en) },
		.what = words_at(w, e->what),
		.city = words_at(w, e->city),
		.state = words_at(w, e->state),
		.zone = words_at(w, e->zone),
		.parent = words_at(w, e->parent),
		.plan = words_at(w, e->plan),
		.value = words_at(w, e->value),
		.lat_e6 = e->lat_e6,
		.lon_e6 = e->lon_e6,
		.part = (enum reference_part)e->part,
		.list = list,
		.list_count = n,
		.source_name = words_at(w, e->source_name),
		.source_quote = words_at(w, e->source_quote),
		.note = { .ja = words_at(w, e->note_ja), .en = words_at(w, e->note_en) },
	};
}
