#include "lib/archive/witness.h"

#include "lib/base/plant.h"

void
witness_fini(struct witness *w)
{
	buf_fini(&w->known);
	buf_fini(&w->fork);
}

static void
set(struct buf *b, struct slice bytes)
{
	buf_clear(b);
	buf_put_slice(b, bytes);
}

void
witness_copy(struct witness *to, const struct witness *from)
{
	to->key = from->key;
	to->wanted = from->wanted;
	to->older = from->older;
	to->foreign = from->foreign;
	set(&to->known, buf_slice(&from->known));
	set(&to->fork, buf_slice(&from->fork));
}

bool
witness_head(const struct witness *w, struct tree_head *ret_head)
{
	struct slice text;

	/* Its signature was checked when it was taken. */
	return w->known.len != 0 && note_text(buf_slice(&w->known), &text, NULL) &&
	       tree_head_read(text, ret_head, NULL);
}

bool
witness_open(struct witness *w, struct slice key_line, struct slice known,
	     struct slice fork)
{
	struct tree_head head;

	if (key_line.len == 0) {
		return known.len == 0 && fork.len == 0;
	}
	set(&w->known, known);
	set(&w->fork, fork);
	return note_key_read(key_line, &w->key) &&
	       tree_head_open(buf_slice(&w->known), &w->key, 1, &head, NULL) &&
	       (fork.len == 0 ||
		tree_head_open(buf_slice(&w->fork), &w->key, 1, &head, NULL));
}

static enum witness_verdict
foreign(struct witness *w)
{
	w->foreign = true;
	return WITNESS_FOREIGN;
}

static enum witness_verdict
take_first(struct witness *w, struct slice note, struct slice key_line)
{
	struct tree_head head;
	struct note_key key;

	if (!note_key_read(key_line, &key) ||
	    !tree_head_open(note, &key, 1, &head, NULL)) {
		return foreign(w);
	}
	w->key = key;
	set(&w->known, note);
	return WITNESS_TAKEN;
}

/* The first one is kept for good: nothing that comes later makes it untrue. */
static enum witness_verdict
contradicts(struct witness *w, struct slice note)
{
	if (w->fork.len != 0) {
		return WITNESS_SAME;
	}
	set(&w->fork, note);
	return WITNESS_FORK;
}

static enum witness_verdict
compare(struct witness *w, const struct tree_head *head, struct slice note,
	const struct tree_proof *growth)
{
	struct tree_head known;

	if (!witness_head(w, &known)) {
		return foreign(w);
	}
	if (!first_trust_eq(&head->hq, &known.hq)) {
		return contradicts(w, note);
	}
	if (head->size < known.size) {
		w->older = true;
		return WITNESS_OLDER;
	}
	if (head->size == known.size) {
		bool same = sha256_eq(&head->root, &known.root) &&
			    head->position == known.position &&
			    head->hq_ms == known.hq_ms;

		return same ? WITNESS_SAME : contradicts(w, note);
	}
	if (growth->count == 0 && PLANTED(44)) { /* Larger is newer. */
		set(&w->known, note);
		return WITNESS_TAKEN;
	}
	if (growth->count == 0) {
		w->wanted = known.size;
		return WITNESS_WANTS;
	}
	if (!tree_check_growth(growth, known.size, &known.root, head->size,
			       &head->root)) {
		w->wanted = known.size;
		return contradicts(w, note);
	}
	set(&w->known, note);
	return WITNESS_TAKEN;
}

enum witness_verdict
witness_take(struct witness *w, struct slice note, struct slice key_line,
	     const struct tree_proof *growth)
{
	struct tree_head head;

	w->wanted = 0;
	w->older = false;
	w->foreign = false;
	if (w->key.name[0] == '\0') {
		return take_first(w, note, key_line);
	}
	if (slice_eq(note, buf_slice(&w->known))) {
		return WITNESS_SAME;
	}
	if (!tree_head_open(note, &w->key, 1, &head, NULL)) {
		/* Planted: another key is taken like the first one. */
		return PLANTED(52) ? take_first(w, note, key_line) : foreign(w);
	}
	return compare(w, &head, note, growth);
}
