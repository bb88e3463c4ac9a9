#include "lib/base/near.h"

static unsigned
least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

static uint8_t
lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c - 'A' + 'a') : c;
}

static bool
same(struct slice a, size_t i, struct slice b, size_t k)
{
	return lower(a.at[i]) == lower(b.at[k]);
}

unsigned
near_distance(struct slice a, struct slice b)
{
	unsigned rows[3][NEAR_MAX_LEN + 1]; /* Of letters i - 2, i - 1 and i of 'a'. */
	unsigned *before2 = rows[0], *before = rows[1], *row = rows[2];

	if (a.len > NEAR_MAX_LEN || b.len > NEAR_MAX_LEN) {
		return NEAR_FAR;
	}
	for (unsigned k = 0; k <= b.len; k++) {
		row[k] = k;
	}
	for (unsigned i = 1; i <= a.len; i++) {
		unsigned *oldest = before2;

		before2 = before;
		before = row;
		row = oldest;
		row[0] = i;
		for (unsigned k = 1; k <= b.len; k++) {
			row[k] = least(least(before[k], row[k - 1]) + 1,
				       before[k - 1] + !same(a, i - 1, b, k - 1));
			if (i > 1 && k > 1 && same(a, i - 1, b, k - 2) &&
			    same(a, i - 2, b, k - 1)) {
				row[k] = least(row[k], before2[k - 2] + 1);
			}
		}
	}
	return row[b.len];
}

void
near_begin(struct near *n, struct slice word)
{
	*n = (struct near){ .word = word,
			    .distance = 1 + least(2, (unsigned)(word.len / 2)) };
}

void
near_offer(struct near *n, struct slice known)
{
	unsigned d = near_distance(n->word, known);

	if (d < n->distance) {
		n->best = known;
		n->distance = d;
		n->tied = false;
	} else if (d == n->distance && n->best.len != 0 && !slice_eq(n->best, known)) {
		n->tied = true;
	}
}

struct slice
near_best(const struct near *n)
{
	return n->tied ? (struct slice){ 0 } : n->best;
}

const char *
near_miss(struct slice word, const char *const *words, size_t count)
{
	struct near n;

	near_begin(&n, word);
	for (size_t i = 0; i < count; i++) {
		near_offer(&n, slice_str(words[i]));
	}
	return near_best(&n).len != 0 ? (const char *)near_best(&n).at : NULL;
}
