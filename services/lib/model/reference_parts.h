/* lib/model/reference_parts.h - what reference.c and reference_places.c share; nobody
 * else includes it. */
#ifndef LIB_MODEL_REFERENCE_PARTS_H
#define LIB_MODEL_REFERENCE_PARTS_H

#include "lib/model/reference.h"

/* The country meant by an empty one. */
#define REFERENCE_HOME "US"

/* What the indexes are asked with.  A jurisdiction is found by its state alone: who
 * covers a state asks for all of its rows. */
uint64_t reference_hash_code(enum reference_kind kind, uint32_t code);
uint64_t reference_hash_spelling(uint32_t country, uint32_t state, uint32_t folded);

/* Was the row HQ's word at this position? */
static inline bool
reference_said_at(const struct reference_entry *e, uint64_t position)
{
	return e->from_pos <= position && position < e->to_pos;
}

static inline bool
reference_is_dated(const struct reference_entry *e)
{
	return e->valid_from != REFERENCE_ANY_DAY || e->valid_to != REFERENCE_ANY_DAY;
}

/* Does the row hold on a day that is known? */
static inline bool
reference_holds_on(const struct reference_entry *e, int32_t day)
{
	return (e->valid_from == REFERENCE_ANY_DAY || e->valid_from <= day) &&
	       (e->valid_to == REFERENCE_ANY_DAY || day <= e->valid_to);
}

/* Append the form in which names compare: NFKC, case folded. */
void reference_fold_name(struct slice name, struct buf *ret_folded);

/* The word id of the folded name; 0 if no row and no key has such a name. */
uint32_t reference_find_folded(const struct reference *, struct slice name);

#endif
