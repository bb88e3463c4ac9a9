#include "intake/intake.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "intake/heard.h"
#include "intake/parts.h"
#include "lib/base/wire.h"
#include "lib/store/log.h"

/* The service: a turn takes submissions and frames, run() appends and says what time
 * demands, fold() makes memory agree with the disk and answers. */

/* ---- Life ------------------------------------------------------------------------- */

static bool
read_source(void *ctx, uint64_t position, struct arena *arena, struct slice *ret_record)
{
	return intake_read(ctx, position, arena, ret_record);
}

struct source_key_row {
	uint64_t hash;
	uint32_t event, pad;
};

static uint64_t
source_key_of_row(const void *ctx, uint32_t row)
{
	const struct source_key_row *r =
		table_at(&((const struct intake *)ctx)->source_keys, row);

	return r->hash;
}

void
intake_init(struct intake *in, const struct intake_config *config, struct store *store)
{
	must(config->key_count >= 1 && config->key_count <= INTAKE_MAX_KEYS);
	must(config->dial_count <= config->key_count);
	must(config->role == NODE_POST || config->role == NODE_HQ);
	*in = (struct intake){ .config = *config, .store = store };
	memcpy(in->salt_state, config->seed, sizeof(in->salt_state));
	fold_init(&in->fold);
	in->fold.source = (struct fold_source){ read_source, in };
	in->fold.at_post = true; /* Headquarters' intake has its own numbers, too. */
	in->fold.submissions = true;
	table_init(&in->source_keys, sizeof(struct source_key_row));
	index_init(&in->by_source_key, source_key_of_row, in);
	for (unsigned i = 0; i < config->key_count; i++) {
		intake_know_key(in, config->keys[i].sign_public);
	}
}

void
intake_fini(struct intake *in)
{
	journal_fini(&in->journal);
	fold_fini(&in->fold);
	table_fini(&in->source_keys);
	index_fini(&in->by_source_key);
	block_maker_fini(&in->maker);
	for (size_t i = 0; i < in->wait_count; i++) {
		buf_fini(&in->waits[i].receipt);
	}
	free(in->waits);
	witnessing_fini(in);
}

void
intake_alarm(struct intake *in, struct turn *turn, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(in->alarm, sizeof(in->alarm), fmt, args);
	va_end(args);
	log_event(turn->log, LOG_ERROR, "intake", "alarm=%s", in->alarm);
}

void
intake_erase(struct intake *in, struct turn *turn, const struct hash *parts, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		loose_erase(turn->txn, JOURNAL_DB_LOOSE, JOURNAL_DB_ERASED, &parts[i]);
	}
	if (count != 0) {
		txn_put(turn->txn, JOURNAL_DB_HEARD, slice_str(HEARD_COMPACT),
			slice_str("due"));
		in->erased = true;
	}
}

/* ---- Folding the journal ----------------------------------------------------------- */

static void
note_source_key(struct intake *in, const struct record *record)
{
	struct slice key = record->revision.event.source_key;
	uint32_t event = fold_find_event(&in->fold, &record->revision.event.id);

	if (key.len == 0 || event == UINT32_MAX) {
		return;
	}
	uint64_t hash = bytes_hash(key);
	uint32_t row;
	for (uint32_t at = index_first(&in->by_source_key, hash, &row); at != 0;
	     at = index_next(&in->by_source_key, hash, at, &row)) {
		const struct source_key_row *r = table_at(&in->source_keys, row);

		if (r->hash == hash && r->event == event) {
			return;
		}
	}
	struct source_key_row *r = table_add(&in->source_keys);
	*r = (struct source_key_row){ .hash = hash, .event = event };
	index_add(&in->by_source_key, hash, in->source_keys.count - 1);
}

uint32_t
intake_event_of_source_key(struct intake *in, struct slice source_key,
			   struct arena *arena)
{
	uint64_t hash = bytes_hash(source_key);
	uint32_t row;

	for (uint32_t at = index_first(&in->by_source_key, hash, &row); at != 0;
	     at = index_next(&in->by_source_key, hash, at, &row)) {
		const struct source_key_row *r = table_at(&in->source_keys, row);
		struct slice bytes;
		struct event event;

		if (r->hash == hash &&
		    fold_event_shown(&in->fold, r->event, arena, &bytes, NULL) &&
		    event_decode(bytes, arena, &event, NULL) &&
		    slice_eq(event.source_key, source_key)) {
			return r->event;
		}
	}
	return UINT32_MAX;
}

static void
fold_one(struct intake *in, const struct fold_input *input, struct arena *arena)
{
	struct record record;
	enum fold_verdict verdict = fold_record(&in->fold, input);

	if (verdict == VERDICT_REPEAT || verdict == VERDICT_MALFORMED ||
	    !record_decode(input->record, arena, &record, NULL)) {
		return;
	}
	if (record.body == BODY_EVENT_REVISION) {
		note_source_key(in, &record);
	}
	if (input->from_hq || in->config.role == NODE_HQ) {
		intake_hear_key(in, &record);
	}
}

static bool
fold_own_block(struct intake *in, const struct journal_entry *entry, struct arena *arena)
{
	struct block block;
	struct slice record;
	size_t at = 0;

	if (!block_parse(entry->bytes, &block, NULL) ||
	    !hash_eq(&block.hash, &entry->hash)) {
		return false;
	}
	branches_add(&in->branches, &block);
	in->own_records += block.count;
	for (uint32_t i = 0; block_next(&block, &at, &record); i++) {
		struct fold_input input = { .position = entry->first + i,
					    .hq_ms = block.committed_ms,
					    .node = in->config.node,
					    .seq = block.first_seq + i,
					    .record = record,
					    .identity = hash_of(record) };

		memcpy(input.key_id, block.key.b, sizeof(input.key_id));
		fold_one(in, &input, arena);
	}
	return true;
}

/* What headquarters vouches for of the record's node: its role and its posts. */
static void
read_vouched(struct slice hq_record, struct arena *arena, struct fold_input *input)
{
	enum { HQ_RECORD_ROLE = 4, HQ_RECORD_POSTS = 5 };
	struct slice *posts = arena_alloc(arena, EVENT_MAX_CODES * sizeof(posts[0]));
	struct wire_field field;
	size_t at = 0;
	bool bad = false;

	input->vouched_posts.at = posts;
	while (wire_next(hq_record, &at, &field, &bad)) {
		if (field.number == HQ_RECORD_ROLE && field.type == WIRE_VARINT &&
		    field.value <= NODE_FOLLOWER) {
			input->vouched_role = (enum node_role)field.value;
		} else if (field.number == HQ_RECORD_POSTS && field.type == WIRE_BYTES &&
			   input->vouched_posts.count < EVENT_MAX_CODES) {
			posts[input->vouched_posts.count++] = field.content;
		}
	}
}

static bool
fold_hq_record(struct intake *in, const struct journal_entry *entry, struct arena *arena)
{
	enum { HQ_RECORD_NODE_ID = 2 };
	struct fold_input input = { .position = entry->first, .from_hq = true };
	struct slice node;

	if (!intake_hq_record(entry->bytes, &input.record) ||
	    !wire_get_bytes(entry->bytes, HQ_RECORD_NODE_ID, &node) ||
	    node.len != NODE_ID_LEN) {
		return false;
	}
	memcpy(input.node.b, node.at, NODE_ID_LEN);
	read_vouched(entry->bytes, arena, &input);
	input.identity = hash_of(input.record);
	fold_one(in, &input, arena);
	return true;
}

/* Everything that the journal holds after the fold's position, in its order. */
static enum err
fold_journal(struct intake *in, struct txn *txn)
{
	struct arena arena = { 0 };
	struct journal_entry entry;

	in->txn = txn;
	while (journal_after(txn, fold_position(&in->fold), &entry)) {
		bool good = entry.kind == ENTRY_OWN_BLOCK
				    ? fold_own_block(in, &entry, &arena)
				    : fold_hq_record(in, &entry, &arena);

		if (!good || in->fold.failed) {
			arena_fini(&arena);
			return ERR_CORRUPT;
		}
		arena_reset(&arena);
	}
	arena_fini(&arena);
	fold_take_changes(&in->fold);
	return txn->err;
}

static void
forget_fold(struct intake *in)
{
	fold_clear(&in->fold);
	in->branches = (struct branches){ 0 };
	in->own_records = 0;
	table_clear(&in->source_keys);
	index_clear(&in->by_source_key);
	memset(in->key_enrolled, 0, sizeof(in->key_enrolled));
	memset(in->key_revoked, 0, sizeof(in->key_revoked));
	intake_trust_self(in);
}

enum err
intake_open(struct intake *in, msec_t now, wall_ms_t wall)
{
	struct txn txn = txn_begin_read(in->store);
	struct slice value;
	enum err err = journal_open(&in->journal, &txn);

	in->started = wall;
	in->committed = in->journal;
	forget_fold(in);
	if (err == OK) {
		in->compact_due =
			txn_get(&txn, JOURNAL_DB_HEARD, slice_str(HEARD_COMPACT), &value);
		err = fold_journal(in, &txn);
	}
	if (err == OK) {
		err = witnessing_open(in, &txn);
	}
	in->txn = NULL;
	txn_abort(&txn);
	up_init(in, now);
	down_init(in, now);
	return err;
}

/* ---- The service ------------------------------------------------------------------- */

static void
intake_handle(void *self, const struct message *msg, struct turn *turn)
{
	struct intake *in = self;

	in->txn = turn->txn;
	if (in->config.dial_count != 0 && msg->from.endpoint == in->up.dialer.endpoint) {
		up_take(in, msg, turn);
		return;
	}
	if (in->config.dial_count != 0 &&
	    msg->from.endpoint == in->down.dialer.endpoint) {
		down_take(in, msg, turn);
		return;
	}
	if (msg->from.endpoint != in->config.local) {
		return;
	}
	if (msg->fault != FRAME_GOOD) {
		answer_fault(turn, msg->from, msg->fault);
		return;
	}
	switch (msg->frame.header.type) {
	case FRAME_SUBMIT:
		intake_submit(in, msg, turn);
		break;
	case FRAME_QUERY:
	case FRAME_WATCH:
		intake_ask(in, msg, turn->arena);
		break;
	default:
		answer_fault(turn, msg->from, FRAME_MALFORMED);
		break;
	}
}

static void
intake_run(void *self, struct turn *turn)
{
	struct intake *in = self;

	in->txn = turn->txn;
	pending_append(in, turn);
	if (in->config.dial_count != 0) {
		down_run(in, turn);
		up_run(in, turn);
	}
}

static void
intake_fold(void *self, struct turn *turn)
{
	struct intake *in = self;

	in->txn = turn->txn;
	in->committed = in->journal;
	witnessing_committed(in, turn);
	in->wrote |= in->wrote_now;
	if (in->erased) {
		in->compact_due = true;
		in->compact_at = turn->now;
	}
	if (in->refold) {
		forget_fold(in);
	}
	enum err err = fold_journal(in, turn->txn);
	if (err != OK) {
		/* The disk does not hold what we wrote: node_turn() ends the process. */
		turn->txn->err = err;
	} else {
		answer_receipts(in, turn);
		if (in->config.dial_count != 0) {
			down_fold(in, turn);
			up_fold(in, turn);
		}
		answer_waits(in, turn);
		for (size_t i = 0; i < in->query_count; i++) {
			intake_answer_query(in, in->queries[i], turn);
		}
	}
	pending_clear(in);
	in->txn = NULL;
}

static void
intake_dropped(void *self, enum err err, struct turn *turn)
{
	struct intake *in = self;

	log_event(turn->log, LOG_WARN, "intake", "commit=failed reason=%s",
		  err_name(err));
	in->journal = in->committed;
	witnessing_dropped(in);
	dialer_dropped(&in->up.dialer, turn->out, turn->now);
	dialer_dropped(&in->down.dialer, turn->out, turn->now);
	pending_clear(in);
	in->txn = NULL;
}

static void
refuse_disk_full(const struct message *msg, struct turn *turn)
{
	static const struct refusal full = {
		.code = "disk_full",
		.ja = "この拠点のディスクが一杯で、記録できません。",
		.en = "This node's disk is full: nothing was recorded.",
		.expected_ja =
			"空きを作るか割当て (quota) を増やして、もう一度送ってください。",
		.expected_en = "Free space or raise the quota, then send it again.",
	};

	answer_refuse(turn, msg->from, answer_request(msg), &full);
}

static void
intake_refuse(void *self, const struct message *msg, enum err err, struct turn *turn)
{
	struct intake *in = self;

	(void)err;
	if (msg->fault != FRAME_GOOD || msg->from.endpoint != in->config.local) {
		return;
	}
	if (msg->frame.header.type == FRAME_SUBMIT) {
		in->refused++;
		refuse_disk_full(msg, turn);
	} else if (msg->frame.header.type == FRAME_QUERY) {
		struct txn read = txn_begin_read(in->store);

		turn->txn = &read;
		in->txn = &read;
		intake_answer_query(in, msg, turn);
		in->txn = NULL;
		turn->txn = NULL;
		txn_abort(&read);
	}
}

/* What was erased goes from the files too.  A crash before the mark is gone costs one
 * more compaction. */
static enum err
intake_idle(void *self, struct turn *turn)
{
	struct intake *in = self;

	if (!in->compact_due || turn->now < in->compact_at) {
		return OK;
	}
	enum err err = store_compact(in->store);
	if (err == OK) {
		struct txn txn = txn_begin(in->store);

		txn_del(&txn, JOURNAL_DB_HEARD, slice_str(HEARD_COMPACT));
		err = txn_commit(&txn);
	}
	if (err == ERR_DISK_FULL || err == ERR_BUSY) {
		in->compact_at = turn->now + INTAKE_COMPACT_RETRY_MS;
		intake_alarm(in, turn, "%s; trying again in a minute",
			     err == ERR_BUSY ? "erased names go from the files when no "
					       "backup is being made"
					     : "no space to take erased names from the "
					       "files");
		return OK;
	}
	in->compact_due = err != OK;
	return err;
}

static msec_t
earlier(msec_t a, msec_t b)
{
	return a < b ? a : b;
}

static msec_t
intake_deadline(const void *self)
{
	const struct intake *in = self;
	msec_t at = answer_deadline(in);

	if (in->compact_due) {
		at = earlier(at, in->compact_at);
	}
	if (in->config.dial_count != 0) {
		at = earlier(at, dialer_deadline(&in->up.dialer));
		at = earlier(at, dialer_deadline(&in->down.dialer));
	}
	return at;
}

void
intake_drain(struct intake *in, struct turn *turn)
{
	if (in->config.dial_count != 0) {
		dialer_stop(&in->up.dialer, turn->out, turn->now);
		dialer_stop(&in->down.dialer, turn->out, turn->now);
	}
}

const struct service intake_service = {
	.name = "intake",
	.handle = intake_handle,
	.run = intake_run,
	.fold = intake_fold,
	.dropped = intake_dropped,
	.refuse = intake_refuse,
	.deadline = intake_deadline,
	.idle = intake_idle,
};
