/* intake/parts.h - what intake's files share among themselves. */
#ifndef INTAKE_PARTS_H
#define INTAKE_PARTS_H

#include "intake/pending.h"

/* ---- intake.c --------------------------------------------------------------------- */

/* Keep a query for after the commit (pending.c). */
void intake_ask(struct intake *, const struct message *, struct arena *);

/* Parts go from the store in this turn's transaction, and stay away. */
void intake_erase(struct intake *, struct turn *, const struct hash *parts, size_t count);

/* Something that an operator should see in status and log. */
void intake_alarm(struct intake *, struct turn *, const char *fmt, ...) PRINTF_LIKE(3, 4);

/* The event that has this source key; UINT32_MAX: none. */
uint32_t intake_event_of_source_key(struct intake *, struct slice source_key,
				    struct arena *);

/* ---- keys.c ----------------------------------------------------------------------- */

/* What new blocks are signed with: the newest key that headquarters is known to accept,
 * or the newest one while nothing is known. */
const struct intake_key *intake_signing_key(const struct intake *);

/* A key of this node was heard of: its blocks are taken back. */
void intake_know_key(struct intake *, const uint8_t sign_public[SIGN_PUBLIC_LEN]);
bool intake_verifies(const struct intake *, const struct block *);

/* A record of headquarters' about a key was folded. */
void intake_hear_key(struct intake *, const struct record *);

/* The node's own enrolment into the fold, with the posts of its config. */
void intake_trust_self(struct intake *);

/* ---- witnessing.c ------------------------------------------------------------------ */

/* What was kept in the journal's store. */
enum err witnessing_open(struct intake *, struct txn *) WARN_UNUSED;
void witnessing_fini(struct intake *);

/* Headquarters' STATUS. */
void witnessing_take(struct intake *, const struct link_status *, struct turn *);
void witnessing_committed(struct intake *, struct turn *);
void witnessing_dropped(struct intake *);

/* What our STATUS asks for. */
void witnessing_ask(const struct intake *, struct link_status *);

/* Has a checkpoint been shown for long without proof? */
bool witnessing_waits_long(const struct intake *, msec_t now);

/* ---- journal_read.c ---------------------------------------------------------------- */

/* Where a record of the node's own stands. */
struct place_in_journal {
	uint64_t seq;
	uint64_t block_local, block_last_seq;
	uint64_t hq_position; /* Of the record, 0: no receipt. */
};

/* The record at a local position, copied into the arena. */
bool intake_read(struct intake *, uint64_t local, struct arena *,
		 struct slice *ret_record);

/* The record inside of the bytes of a kusanone.v1.HqRecord; false: they are none. */
bool intake_hq_record(struct slice bytes, struct slice *ret_record) WARN_UNUSED;

/* False if it is none of the node's own. */
bool intake_place(struct intake *, uint64_t local, struct place_in_journal *);

/* ---- answer_wire.c --------------------------------------------------------------- */

struct warning {
	const char *code, *field, *ja, *en;
};

struct conflict_row {
	const char *field, *before, *theirs, *yours;
};

struct refusal {
	const char *code, *field;
	const char *ja, *en;
	const char *expected_ja, *expected_en;
	const struct conflict_row *conflicts;
	size_t conflict_count;
	const char *head;
};

void answer_refuse(struct turn *, struct peer, uint64_t request, const struct refusal *);

/* What a client sent is no request that can be read. */
void answer_fault(struct turn *, struct peer, enum frame_fault);

/* The request's number, wherever it can still be read. */
uint64_t answer_request(const struct message *);

/* Send the receipts that this turn owes, or let them wait for headquarters. */
void answer_receipts(struct intake *, struct turn *);

/* Send those that have waited long enough, or whose block is at headquarters. */
void answer_waits(struct intake *, struct turn *);
msec_t answer_deadline(const struct intake *);

/* ---- submit_wire.c --------------------------------------------------------------- */

void intake_submit(struct intake *, const struct message *, struct turn *);

/* ---- query_wire.c ---------------------------------------------------------------- */

void intake_answer_query(struct intake *, const struct message *, struct turn *);

/* ---- down_wire.c, up.c ----------------------------------------------------------- */

void down_init(struct intake *, msec_t now);
void down_take(struct intake *, const struct message *, struct turn *);
void down_run(struct intake *, struct turn *);
void down_fold(struct intake *, struct turn *);

void up_init(struct intake *, msec_t now);
void up_take(struct intake *, const struct message *, struct turn *);
void up_run(struct intake *, struct turn *);
void up_fold(struct intake *, struct turn *);

/* What heartbeats say of this node. */
struct link_status intake_link_status(struct intake *);

/* The other pair of keys at the door from the next dialling on (keys.c). */
void intake_try_next_key(struct intake *, struct turn *);

#endif
