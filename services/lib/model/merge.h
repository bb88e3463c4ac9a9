/* lib/model/merge.h - edits are patches, and branches meet field by field.
 *
 * Works on the bytes of Event messages, by field number, so that a field which this
 * program does not know is merged like any other.  Rules:
 *
 *	scalars, messages   whole
 *	texts (ja, en)      by language
 *	sessions            by session id, then by field
 *	holders, pillars, topics, vip kinds, audience, outcomes, languages   as sets:
 *	                    added and removed members
 *	other lists         whole
 *	unknown fields      by tag, kept
 *
 * A value is compared by its bytes: what an intake writes is packed in one way. */
#ifndef LIB_MODEL_MERGE_H
#define LIB_MODEL_MERGE_H

#include "lib/base/mem.h"
#include "lib/base/slice.h"

/* One field that both sides changed differently.  'path' as in Patch.paths. */
struct merge_conflict {
	const char *path;
	struct slice base, ours, theirs; /* Wire bytes of the field (all its occurrences,
					  * tags included); empty: absent. */
};

struct merge_result {
	struct slice merged; /* Where there is a conflict, ours is kept. */
	struct merge_conflict *conflicts;
	size_t conflict_count;
	bool malformed; /* One of the three is not a message: merged is ours. */
};

/* Three-way merge of Event messages.  'base' is empty where there is no common
 * ancestor.  Commutes up to conflicts: without one, swapping ours and theirs gives the
 * same bytes.  Everything lives in 'arena'. */
struct merge_result event_merge(struct slice base, struct slice ours, struct slice theirs,
				struct arena *);

/* 'base' with the fields that 'paths' name taken from 'values' (an Event message), or
 * cleared where it has none.  False if a path names no field: *ret_bad is its index. */
bool event_patch(struct slice base, const char *const *paths, size_t path_count,
		 struct slice values, struct arena *, struct slice *ret_patched,
		 size_t *ret_bad) WARN_UNUSED;

/* The paths in which two Event messages differ. */
size_t event_diff(struct slice a, struct slice b, struct arena *,
		  const char ***ret_paths);

/* The name of the field that takes the most bytes; "event" where there is none. */
const char *event_largest_field(struct slice event, struct arena *);

#endif
