/* lib/model/record_parts.h - what the files that decode records share. */
#ifndef LIB_MODEL_RECORD_PARTS_H
#define LIB_MODEL_RECORD_PARTS_H

#include "lib/model/record.h"

/* What a decode is about: where memory comes from, how much of it may still be taken,
 * and the first rule broken. */
struct decoder {
	struct arena *arena;
	size_t budget;
	const char *why;
};

/* For 'bytes': lists may take 16 times as much (LINK 1.8), and 64 KiB in any case. */
struct decoder decoder_of(struct slice bytes, struct arena *);

/* Note that 'field' breaks 'rule', unless something else did before; false. */
bool decoder_broken(struct decoder *, const char *field, const char *rule);

/* The hash that 'bytes' are; false, with why, if they are none. */
bool decoder_hash(struct decoder *, struct slice bytes, const char *field,
		  struct hash *ret);

/* Room for a list of so many members, zeroed; NULL, with why, beyond the budget. */
void *decoder_list(struct decoder *, size_t count, size_t size);

/* The list of a message's texts. */
struct slices decoder_slices(struct decoder *, char **list, size_t count);

/* event_wire.c: an Event message, read from the bytes themselves: what is kept are
 * slices of them. */
bool event_read(struct decoder *, struct slice bytes, struct event *ret);

/* The same for a Record whose body is an EventRevision. */
bool revision_record_read(struct decoder *, struct slice bytes, struct record *ret);

/* The value of an enum that this program knows, 0 otherwise. */
int known_value(uint64_t value, int last);

enum bound bound_of(uint64_t bound);

#endif
