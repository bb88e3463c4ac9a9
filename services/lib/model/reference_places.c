#include "lib/model/reference_parts.h"

#include <stdlib.h>

#include <utf8proc.h>

/* ---- Names as they compare. */

static bool
is_ascii(struct slice s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (s.at[i] >= 0x80) {
			return false;
		}
	}
	return true;
}

void
reference_fold_name(struct slice name, struct buf *ret_folded)
{
	utf8proc_uint8_t *mapped = NULL;
	const utf8proc_option_t options =
		UTF8PROC_STABLE | UTF8PROC_COMPAT | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD;

	if (name.len == 0) {
		return;
	}
	if (is_ascii(name)) {
		uint8_t *at = buf_grow(ret_folded, name.len);

		for (size_t i = 0; i < name.len; i++) {
			uint8_t c = name.at[i];

			at[i] = c >= 'A' && c <= 'Z' ? (uint8_t)(c - 'A' + 'a') : c;
		}
		return;
	}
	utf8proc_ssize_t n =
		utf8proc_map(name.at, (utf8proc_ssize_t)name.len, &mapped, options);
	if (n < 0) { /* Not text, which decoding refuses: then it is what it is. */
		buf_put_slice(ret_folded, name);
	} else {
		buf_put(ret_folded, mapped, (size_t)n);
	}
	free(mapped);
}

uint32_t
reference_find_folded(const struct reference *ref, struct slice name)
{
	struct buf folded = { .len = 0 };

	reference_fold_name(name, &folded);
	uint32_t id = words_find(ref->words, buf_slice(&folded));
	buf_fini(&folded);
	return id;
}

/* ---- Municipalities. */

static struct slice
country_or_home(struct slice country)
{
	return country.len != 0 ? country : slice_str(REFERENCE_HOME);
}

/* The first row said that has this spelling and holds now, UINT32_MAX if none. */
static uint32_t
find_spelling(const struct reference *ref, bool japanese, uint32_t country,
	      uint32_t state, struct slice name)
{
	const struct index *ix = japanese ? &ref->by_ja : &ref->by_en;
	uint32_t folded = reference_find_folded(ref, name);
	uint32_t best = UINT32_MAX;
	uint32_t row;

	if (folded == 0) {
		return UINT32_MAX;
	}
	uint64_t hash = reference_hash_spelling(country, state, folded);
	for (uint32_t at = index_first(ix, hash, &row); at != 0;
	     at = index_next(ix, hash, at, &row)) {
		const struct reference_entry *e = reference_at(ref, row);

		if (row < best && e->to_pos == REFERENCE_OPEN_POS &&
		    e->group == country && e->code == state &&
		    (japanese ? e->folded_ja : e->folded_en) == folded) {
			best = row;
		}
	}
	return best;
}

const struct reference_entry *
reference_municipality(const struct reference *ref, struct slice country,
		       struct slice state, struct slice ja, struct slice en)
{
	uint32_t country_id = words_find(ref->words, country_or_home(country));
	uint32_t state_id = words_find(ref->words, state);

	if (country_id == 0 || (state_id == 0 && state.len != 0)) {
		return NULL;
	}
	uint32_t row = find_spelling(ref, false, country_id, state_id, en);
	if (row == UINT32_MAX) {
		row = find_spelling(ref, true, country_id, state_id, ja);
	}
	return row != UINT32_MAX ? reference_at(ref, row) : NULL;
}

void
reference_municipality_key(const struct reference *ref, struct slice country,
			   struct slice state, struct slice ja, struct slice en,
			   struct buf *ret_key)
{
	if (ja.len == 0 && en.len == 0) {
		return;
	}
	const struct reference_entry *e =
		reference_municipality(ref, country, state, ja, en);

	buf_put_slice(ret_key, country_or_home(country));
	buf_put_u8(ret_key, '\t');
	buf_put_slice(ret_key, state);
	buf_put_u8(ret_key, '\t');
	if (e != NULL) {
		buf_put_slice(ret_key,
			      words_at(ref->words,
				       e->folded_en != 0 ? e->folded_en : e->folded_ja));
	} else {
		reference_fold_name(en.len != 0 ? en : ja, ret_key);
	}
}

uint32_t
reference_municipality_id(struct reference *ref, struct slice country, struct slice state,
			  struct slice ja, struct slice en)
{
	struct buf key = { .len = 0 };

	reference_municipality_key(ref, country, state, ja, en, &key);
	uint32_t id = key.len <= WORD_MAX_LEN ? words_id(ref->words, buf_slice(&key)) : 0;
	buf_fini(&key);
	return id;
}

/* ---- Who covers a place. */

/* Does the jurisdiction hold on the day?  Where none is known, those that have no end
 * hold: what is so now. */
static bool
in_force(const struct reference_entry *e, int32_t day)
{
	return day != REFERENCE_ANY_DAY ? reference_holds_on(e, day)
					: e->valid_to == REFERENCE_ANY_DAY;
}

/* The next open jurisdiction of the state from '*at' on (0 to begin). */
static const struct reference_entry *
next_jurisdiction(const struct reference *ref, uint32_t state, uint32_t *at,
		  uint32_t *ret_row)
{
	const struct index *ix = &ref->by_code;
	uint64_t hash = reference_hash_code(REFERENCE_JURISDICTION, state);

	for (;;) {
		*at = *at == 0 ? index_first(ix, hash, ret_row)
			       : index_next(ix, hash, *at, ret_row);
		if (*at == 0) {
			return NULL;
		}
		const struct reference_entry *e = reference_at(ref, *ret_row);
		if (e->kind == REFERENCE_JURISDICTION && e->code == state &&
		    e->to_pos == REFERENCE_OPEN_POS) {
			return e;
		}
	}
}

/* Is an undated row void: because its (post, state) has dated rows, or because a dated
 * one speaks of the whole state on that day? */
static bool
replaced_by_dated(const struct reference *ref, const struct reference_entry *undated,
		  int32_t day)
{
	const struct reference_entry *e;
	uint32_t at = 0;
	uint32_t row;

	while ((e = next_jurisdiction(ref, undated->code, &at, &row)) != NULL) {
		if (reference_is_dated(e) &&
		    (e->group == undated->group ||
		     (e->part == REFERENCE_PART_ALL && in_force(e, day)))) {
			return true;
		}
	}
	return false;
}

/* Rows that speak of a place; of several of one sort the newest word counts. */
struct coverage {
	uint32_t county1; /* Row + 1: names the county. */
	uint32_t all1;
	uint32_t rest1;
	bool shared; /* Some row names counties. */
};

static void
keep_newest(uint32_t *row1, uint32_t row)
{
	if (*row1 < row + 1) {
		*row1 = row + 1;
	}
}

uint32_t
reference_covering_post(const struct reference *ref, struct slice state,
			struct slice county, int32_t day)
{
	uint32_t state_id = words_find(ref->words, state);
	struct coverage c = { .shared = false };
	const struct reference_entry *e;
	uint32_t at = 0;
	uint32_t row;

	if (state_id == 0) {
		return 0;
	}
	while ((e = next_jurisdiction(ref, state_id, &at, &row)) != NULL) {
		if (!in_force(e, day) ||
		    (!reference_is_dated(e) && replaced_by_dated(ref, e, day))) {
			continue;
		}
		if (e->part == REFERENCE_PART_ALL) {
			keep_newest(&c.all1, row);
		} else if (e->part == REFERENCE_PART_REST) {
			keep_newest(&c.rest1, row);
		} else if (e->part == REFERENCE_PART_COUNTIES) {
			c.shared = true;
			if (county.len != 0 && reference_has(ref, e, county)) {
				keep_newest(&c.county1, row);
			}
		}
	}
	bool place_known = county.len != 0 || !c.shared;
	uint32_t row1 = c.county1;
	if (row1 == 0 && place_known) {
		row1 = c.all1 != 0 ? c.all1 : c.rest1;
	}
	return row1 != 0 ? reference_at(ref, row1 - 1)->group : 0;
}
