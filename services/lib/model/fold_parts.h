/* lib/model/fold_parts.h - what the fold's files share among themselves. */
#ifndef LIB_MODEL_FOLD_PARTS_H
#define LIB_MODEL_FOLD_PARTS_H

#include "lib/model/fold.h"

/* A word or a set of what others wrote: cut at the interning tables' limits, the same
 * on every machine. */
uint32_t fold_word(struct fold *, struct slice);
uint32_t fold_set(struct fold *, uint32_t *ids, size_t count);
uint32_t fold_word_set(struct fold *, const struct slices *);

/* Make the row findable by its identity and submission, if it took effect. */
void fold_index_record(struct fold *, uint32_t r);

/* fold_event.c: records that speak of an event.  'r' is the record's row. */
uint32_t fold_event_seen(struct fold *, const struct uuid *);
enum fold_verdict fold_event_apply(struct fold *, uint32_t event, uint32_t r,
				   const struct record *);

/* Forget what was made of the event's records and apply them again: after a key was
 * found stolen, or genuine after all. */
void fold_event_rebuild(struct fold *, uint32_t event, uint64_t position);

/* Read and decode the record of a row into the fold's source's bytes. */
bool fold_read_record(struct fold *, uint32_t r, struct arena *,
		      struct record *ret_record);

/* fold_fact.c: make the event's fact anew; closes the open one and opens the new one at
 * 'position' if they differ.  'shown' is the decoded shown event where the caller has
 * it, NULL otherwise. */
void fold_fact_update(struct fold *, uint32_t event, uint64_t position,
		      const struct event *shown);
void fold_fact_update_all(struct fold *, uint64_t position);

/* Those of the events merged into this one: whether they count hangs on whether it has
 * been recorded. */
void fold_fact_update_merged(struct fold *, uint32_t event, uint64_t position);

/* fold_alert.c */
enum fold_verdict fold_subscribe(struct fold *, uint32_t r, const struct subscription *);
enum fold_verdict fold_silence(struct fold *, uint32_t r, const struct silence *);
enum fold_verdict fold_acknowledge(struct fold *, uint32_t r,
				   const struct acknowledgement *);

/* fold_publication.c */
enum fold_verdict fold_publish(struct fold *, uint32_t r, const struct publication *);

/* fold_node.c */
enum fold_verdict fold_enrol(struct fold *, const struct enrolment *);
enum fold_verdict fold_revoke(struct fold *, const struct revocation *,
			      uint64_t position);
uint32_t fold_vouched_node(struct fold *, const struct fold_input *);
bool fold_key_is_good(const struct fold *, uint32_t key1, uint64_t position);

#endif
