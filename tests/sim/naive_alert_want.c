#include <stdlib.h>

#include "lib/base/buf.h"
#include "tests/sim/naive_alert.h"

/* What is wanted: alerts by their ids. */

static const char *const words[] = {
	"upcoming",     "announced",      "changed",        "moved",    "cancelled",
	"cohost-asked", "report-overdue", "date-not-fixed", "conflict",
};

enum naive_kind
naive_kind_of(const char *word)
{
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (strcmp(words[i], word) == 0) {
			return (enum naive_kind)i;
		}
	}
	return NAIVE_OTHER_KINDS;
}

/* The id is for life, so it is pinned here: an alert that had another after an update
 * would be sent again. */
void
naive_want_id(struct naive_want *want, const uint8_t reader[UUID_LEN], struct slice about,
	      struct slice occasion)
{
	struct buf b = { 0 };

	buf_put_slice(&b, slice_str("kusanone alert v1"));
	buf_put(&b, reader, UUID_LEN);
	buf_put_le32(&b, (uint32_t)want->kind);
	buf_put_le32(&b, (uint32_t)about.len);
	buf_put_slice(&b, about);
	buf_put_slice(&b, occasion);
	struct hash hash = hash_of(buf_slice(&b));
	memcpy(want->id, hash.b, NAIVE_ID_LEN);
	buf_fini(&b);
}

static uint32_t
slot_of(const struct naive_alerts *a, const uint8_t id[NAIVE_ID_LEN])
{
	uint32_t at;

	memcpy(&at, id, sizeof(at));
	for (at &= a->index_size - 1; a->index[at] != 0;
	     at = (at + 1) & (a->index_size - 1)) {
		if (memcmp(a->wants[a->index[at] - 1].id, id, NAIVE_ID_LEN) == 0) {
			break;
		}
	}
	return at;
}

uint32_t
naive_alerts_find(const struct naive_alerts *a, const uint8_t id[NAIVE_ID_LEN])
{
	return a->index_size != 0 ? a->index[slot_of(a, id)] - 1 : UINT32_MAX;
}

static void
grow(struct naive_alerts *a)
{
	a->want_cap = a->want_cap != 0 ? 2 * a->want_cap : 256;
	a->wants = xrealloc(a->wants, a->want_cap * sizeof(a->wants[0]));
	free(a->index);
	a->index_size = 4 * a->want_cap;
	a->index = xcalloc(a->index_size, sizeof(a->index[0]));
	for (uint32_t i = 0; i < a->want_count; i++) {
		a->index[slot_of(a, a->wants[i].id)] = i + 1;
	}
}

/* One that is wanted already may be wanted more than before. */
uint32_t
naive_want_put(struct naive_alerts *a, const struct naive_want *want)
{
	if (a->want_count == a->want_cap) {
		grow(a);
	}
	uint32_t slot = slot_of(a, want->id);
	uint32_t row = a->index[slot] - 1;
	if (row == UINT32_MAX) {
		row = a->want_count++;
		a->index[slot] = row + 1;
		a->wants[row] = *want;
		a->wants[row].letter = -1;
		return row;
	}
	struct naive_want *old = &a->wants[row];
	old->level = want->level > old->level ? want->level : old->level;
	old->was = want->was;
	old->was_count = want->was_count;
	if (old->fate == NAIVE_WAITS && old->due != want->due) {
		/* Headquarters has it from another day now. */
		old->old_due = old->old_due != 0 && old->old_due < old->due ? old->old_due
									    : old->due;
		old->due = want->due;
	}
	return row;
}

/* ---- Readers ------------------------------------------------------------------- */

uint32_t
naive_alerts_reader(struct naive_alerts *a, const uint8_t id[UUID_LEN])
{
	for (uint32_t i = 0; i < a->reader_count; i++) {
		if (memcmp(a->readers[i].id_bytes, id, UUID_LEN) == 0) {
			return i;
		}
	}
	if (a->reader_count == a->reader_cap) {
		a->reader_cap = a->reader_cap != 0 ? 2 * a->reader_cap : 16;
		a->readers = xrealloc(a->readers, a->reader_cap * sizeof(a->readers[0]));
	}
	struct naive_reader *r = &a->readers[a->reader_count];
	*r = (struct naive_reader){ 0 };
	memcpy(r->id_bytes, id, UUID_LEN);
	return a->reader_count++;
}

bool
naive_is_told(const struct naive_reader *r)
{
	return r->open && r->m->channel != KUSANONE__V1__CHANNEL__CHANNEL_FEED;
}

bool
naive_wants_kind(const struct naive_reader *r, enum naive_kind kind)
{
	for (size_t i = 0; i < r->m->n_kinds; i++) {
		if (naive_kind_of(r->m->kinds[i]) == kind) {
			return true;
		}
	}
	return r->m->n_kinds == 0;
}

static bool
any_of(char *const *asked, size_t count, const struct naive_set *has)
{
	for (size_t i = 0; i < count; i++) {
		if (naive_set_has(has, asked[i])) {
			return true;
		}
	}
	return count == 0;
}

static bool
contains(const char *text, const char *word)
{
	return strcasestr(text, word) != NULL;
}

bool
naive_reader_matches(const struct naive_reader *r, enum naive_kind kind,
		     const struct naive_plan *p)
{
	const Kusanone__V1__Subscription *m = r->m;
	struct naive_set posts = { 0 }, pillars = { 0 }, category = { 0 };
	const Kusanone__V1__Text *t = p->m->title;

	naive_set_add(&posts, p->m->recorder);
	for (size_t i = 0; i < p->m->n_holders; i++) {
		naive_set_add(&posts, p->m->holders[i]);
	}
	for (size_t i = 0; i < p->m->n_pillars; i++) {
		naive_set_add(&pillars, p->m->pillars[i]);
	}
	naive_set_add(&category, p->m->category);
	return naive_is_told(r) && naive_wants_kind(r, kind) &&
	       any_of(m->posts, m->n_posts, &posts) &&
	       any_of(m->states, m->n_states, &p->states) &&
	       any_of(m->pillars, m->n_pillars, &pillars) &&
	       any_of(m->categories, m->n_categories, &category) &&
	       (m->text[0] == '\0' ||
		(t != NULL && (contains(t->ja, m->text) || contains(t->en, m->text))));
}

/* ---- Who was told -------------------------------------------------------------- */

void
naive_alerts_told(struct naive_alerts *a, const struct naive_want *want)
{
	if (want->event == NULL) {
		return;
	}
	for (size_t i = 0; i < a->told_count; i++) {
		if (a->told[i].reader == want->reader &&
		    strcmp(a->told[i].event, want->event) == 0) {
			return;
		}
	}
	if (a->told_count == a->told_cap) {
		a->told_cap = a->told_cap != 0 ? 2 * a->told_cap : 32;
		a->told = xrealloc(a->told, a->told_cap * sizeof(a->told[0]));
	}
	a->told[a->told_count++] = (struct naive_told){ .reader = want->reader,
							.event = want->event,
							.at = ++a->count };
}

void
naive_alerts_copy_lost(struct naive_alerts *a)
{
	for (size_t i = 0; i < a->told_count; i++) {
		a->told[i].copy_lost = true;
	}
}
