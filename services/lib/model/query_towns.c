#include "lib/model/query_parts.h"

#include <stdlib.h>

#include "lib/base/mem.h"

/* Distinct municipalities.  The scan leaves town sets, each once a row; here their words
 * are counted row by row: beside each word stands the row for which it was counted last,
 * so that nothing has to be cleared. */

/* Words to look at: a query of more is refused. */
enum { MAX_TOWNS = 1 << 26 };

struct towns {
	struct query_plan *plan;
	struct query_tally *tally;
	struct query_ids words; /* Municipalities met; by number: */
	uint32_t *states;       /* the state that the word names, */
	uint64_t *marks;        /* the mark that it was counted under last. */
	uint32_t cap;
};

/* "TN" of "US\tTN\tjackson". */
uint32_t
query_town_state(const struct words *words, uint32_t town)
{
	struct slice word = words_at(words, town);
	const uint8_t *end = word.at + word.len;
	const uint8_t *from = word.len != 0 ? memchr(word.at, '\t', word.len) : NULL;
	const uint8_t *to = NULL;

	if (from != NULL) {
		from++;
		to = memchr(from, '\t', (size_t)(end - from));
	}
	if (to == NULL || to == from) {
		return STATE_NOT_STATED;
	}
	return words_find(words, slice_of(from, (size_t)(to - from)));
}

static uint32_t
number_of(struct towns *t, uint32_t town)
{
	uint32_t known = t->words.count;
	uint32_t number = query_ids_of(&t->words, town);

	if (number < known) {
		return number;
	}
	if (number >= t->cap) {
		t->cap = t->cap != 0 ? 2 * t->cap : 256;
		t->states = xrealloc(t->states, t->cap * sizeof(t->states[0]));
		t->marks = xrealloc(t->marks, t->cap * sizeof(t->marks[0]));
	}
	t->marks[number] = 0;
	t->states[number] = t->plan->towns_by != NULL
				    ? query_town_state(&t->plan->fold->words, town)
				    : 0;
	return number;
}

/* Is the state one of the event's, whether it has a row or not? */
static bool
is_of_event(const struct query_plan *p, uint32_t slot, uint32_t state)
{
	return sets_has(&p->fold->sets, (uint32_t)(p->towns_by->values.keys[slot] >> 1),
			state);
}

/* A town of which no state of its event is known to hold it counts like the event. */
bool
query_town_stands(const struct query_plan *p, uint32_t slot, uint32_t state,
		  uint32_t row_state)
{
	const struct query_dim *d = p->towns_by;

	if (d == NULL || !is_of_event(p, slot, state)) {
		return true;
	}
	if (row_state != KEY_NONE) {
		return state == row_state;
	}
	for (uint32_t i = 0; i < d->slots[slot].count; i++) {
		if (query_slot_key(d, slot, i) == state) {
			return true;
		}
	}
	return false;
}

/* Towns of the set that were not counted under 'mark' before. */
static uint32_t
count_set(struct towns *t, uint32_t town_set, uint32_t row_state, uint64_t mark)
{
	uint32_t slot = query_pairs_a(&t->tally->town_sets, town_set);
	uint32_t set = query_pairs_b(&t->tally->town_sets, town_set);
	uint32_t count = 0;
	unsigned n;
	const uint32_t *words = sets_at(&t->plan->fold->sets, set, &n);

	for (unsigned i = 0; i < n; i++) {
		uint32_t number = number_of(t, words[i]);

		if (t->marks[number] != mark &&
		    query_town_stands(t->plan, slot, t->states[number], row_state)) {
			t->marks[number] = mark;
			count++;
		}
	}
	return count;
}

static void
add_count(struct query_figure *figure, uint32_t count)
{
	figure->value += count;
	if (count != 0 && figure->bound == BOUND_NOT_STATED) {
		figure->bound = BOUND_EXACT;
	}
}

/* The state of a row, KEY_NONE where states make no row. */
static uint32_t
state_of_row(const struct towns *t, uint32_t row)
{
	const struct query_plan *p = t->plan;
	unsigned i = p->shown_count;
	uint32_t key;

	/* Keys come off the end of the row's number, the last dim first. */
	while (i > 1) {
		i--;
		key = query_pairs_b(&t->tally->rows[i - 1], row);
		row = query_pairs_a(&t->tally->rows[i - 1], row);
		if (&p->dims[i] == p->towns_by) {
			return (uint32_t)p->dims[i].keys.keys[key];
		}
	}
	return &p->dims[0] == p->towns_by ? (uint32_t)p->dims[0].keys.keys[row]
					  : KEY_NONE;
}

static bool
is_too_much(const struct towns *t)
{
	const struct query_ids *pairs = &t->tally->row_towns.ids;
	uint64_t words = 0;

	for (uint32_t i = 0; i < pairs->count; i++) {
		unsigned n;

		sets_at(&t->plan->fold->sets,
			query_pairs_b(&t->tally->town_sets, (uint32_t)pairs->keys[i]),
			&n);
		words += n;
	}
	return words > MAX_TOWNS;
}

/* The town sets in the order of their rows: those of a row are sets[first[row] …
 * first[row
 * + 1]).  Returns 'first'. */
static uint32_t *
sort_by_row(const struct query_ids *pairs, uint32_t row_count, uint32_t **ret_sets)
{
	uint32_t *first = xcalloc((size_t)row_count + 2, sizeof(first[0]));
	uint32_t *sets = xcalloc(pairs->count, sizeof(sets[0]));

	for (uint32_t i = 0; i < pairs->count; i++) {
		first[(pairs->keys[i] >> 32) + 2]++;
	}
	for (uint32_t r = 0; r < row_count; r++) {
		first[r + 2] += first[r + 1];
	}
	/* One place behind, so that filling a row moves its beginning to its end. */
	for (uint32_t i = 0; i < pairs->count; i++) {
		sets[first[(pairs->keys[i] >> 32) + 1]++] = (uint32_t)pairs->keys[i];
	}
	*ret_sets = sets;
	return first;
}

static void
count_rows(struct towns *t, unsigned measure)
{
	uint32_t row_count = query_row_count(t->plan, t->tally);
	uint32_t *sets;
	uint32_t *first = sort_by_row(&t->tally->row_towns.ids, row_count, &sets);

	for (uint32_t row = 0; row < row_count; row++) {
		size_t at = row * (size_t)t->tally->measure_count + measure;
		uint32_t state = first[row] != first[row + 1] && t->plan->towns_by != NULL
					 ? state_of_row(t, row)
					 : KEY_NONE;

		for (uint32_t i = first[row]; i < first[row + 1]; i++) {
			add_count(&t->tally->figures[at],
				  count_set(t, sets[i], state, (uint64_t)row + 1));
		}
	}
	free(first);
	free(sets);
}

void
query_towns(struct query_plan *plan, struct query_tally *tally, unsigned measure)
{
	struct towns t = { .plan = plan, .tally = tally };

	query_ids_init(&t.words, 0);
	for (uint32_t i = 0; i < tally->town_sets.ids.count; i++) {
		add_count(&tally->total[measure], count_set(&t, i, KEY_NONE, UINT64_MAX));
	}
	if (is_too_much(&t)) {
		tally->too_many_rows = true;
	}
	if (!tally->too_many_rows) {
		count_rows(&t, measure);
	}
	query_ids_fini(&t.words);
	free(t.states);
	free(t.marks);
}
