#include "lib/model/fold_parts.h"

/* Publications: the first word with a name holds for good, so that a name never comes to
 * mean other figures than those that were shown under it. */

_Static_assert(sizeof(struct publication_row) ==
		       offsetof(struct publication_row, pad) +
			       sizeof(((struct publication_row *)0)->pad),
	       "rows compare by their bytes");

uint32_t
fold_find_publication(const struct fold *f, struct slice name)
{
	uint32_t word = words_find(&f->words, name);

	for (uint32_t i = 0; word != 0 && i < f->publications.count; i++) {
		const struct publication_row *p = table_at(&f->publications, i);

		if (p->name == word) {
			return i;
		}
	}
	return UINT32_MAX;
}

enum fold_verdict
fold_publish(struct fold *f, uint32_t r, const struct publication *in)
{
	/* What has not been recorded yet cannot be frozen; a post's numbers are its own.
	 */
	if (fold_find_publication(f, in->name) != UINT32_MAX ||
	    (!f->at_post && in->position > r)) {
		return VERDICT_FORBIDDEN;
	}
	struct publication_row new = { .position = in->position,
				       .name = fold_word(f, in->name),
				       .record = r,
				       .rule = (uint8_t)in->rule };

	*(struct publication_row *)table_add(&f->publications) = new;
	return VERDICT_COUNTS;
}
