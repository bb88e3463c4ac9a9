/* intake/draft.h - one submission on its way to a record.
 *
 * The checks write into it: what is wrong ends it with a refusal that says field, reason
 * and what would be right; what deserves a second look is a warning on the receipt. */
#ifndef INTAKE_DRAFT_H
#define INTAKE_DRAFT_H

#include "intake/parts.h"

enum { DRAFT_MAX_WARNINGS = 64, DRAFT_MAX_AUTHOR = 200, DRAFT_MAX_PATHS = 1024 };

struct draft {
	struct intake *in;
	struct turn *turn;
	struct arena *arena;

	struct peer from;
	uint64_t request;
	uint32_t wait_ms;
	bool dry_run;
	const char *author;

	uint32_t body;     /* Of the record. */
	struct slice sent; /* The body as it was sent. */
	struct hash digest;

	bool answered; /* A receipt is owed: nothing more to do. */
	bool refused;
	struct refusal refusal;
	struct warning warnings[DRAFT_MAX_WARNINGS];
	size_t warning_count;

	struct loose_part *loose;
	size_t loose_count, loose_cap;
};

/* The first refusal stays. */
void draft_set_refusal(struct draft *, const struct refusal *);

/* Both return false, for the caller to return: here, where every caller (and whatever
 * reads the code for it) sees that it does not go on. */
static inline bool
draft_refuse(struct draft *d, const char *code, const char *field, const char *ja,
	     const char *en, const char *expected_ja, const char *expected_en)
{
	draft_set_refusal(d, &(struct refusal){ .code = code,
						.field = field,
						.ja = ja,
						.en = en,
						.expected_ja = expected_ja,
						.expected_en = expected_en });
	return false;
}

/* A field that is not what it must be. */
static inline bool
draft_invalid(struct draft *d, const char *field, const char *ja, const char *en,
	      const char *expected_ja, const char *expected_en)
{
	return draft_refuse(d, "invalid", field, ja, en, expected_ja, expected_en);
}

/* The same warning of the same field is kept once. */
void draft_warn(struct draft *, const char *code, const char *field, const char *ja,
		const char *en);

/* The digest of what was sent, and of the records that it starts from. */
void draft_set_digest(struct draft *, uint32_t sent_as, const struct hash *from,
		      size_t from_count);

/* Was the same submission recorded before?  Then it is answered with that receipt. */
bool draft_is_repeat(struct draft *);

/* Owe a receipt without a record of its own: of what stands pending (SIZE_MAX: not) or
 * in the fold at 'row' (UINT32_MAX: nowhere). */
void draft_answer_repeat(struct draft *, size_t pending, uint32_t row,
			 const struct uuid *event);

/* What is recorded. */
struct saying {
	struct slice said;        /* The body's bytes. */
	struct hash state;        /* Of what it speaks of; zeros for an event. */
	const struct uuid *event; /* NULL: of none. */
	struct slice event_bytes, source_key;
	bool merged;
};

/* Make the record, check that this node may say it, and owe a receipt. */
bool draft_record(struct draft *, const struct saying *) WARN_UNUSED;

/* A loose part of the record; the hash that names it. */
struct hash draft_add_loose(struct draft *, struct slice part);

#endif
