#include "intake/draft.h"

#include "lib/base/plant.h"
#include "lib/base/wire.h"
#include "lib/model/merge.h"

void
draft_set_refusal(struct draft *d, const struct refusal *refusal)
{
	if (!d->refused) {
		d->refused = true;
		d->refusal = *refusal;
	}
}

void
draft_warn(struct draft *d, const char *code, const char *field, const char *ja,
	   const char *en)
{
	for (size_t i = 0; i < d->warning_count; i++) {
		if (strcmp(d->warnings[i].code, code) == 0 &&
		    strcmp(d->warnings[i].field, field) == 0) {
			return;
		}
	}
	if (d->warning_count < DRAFT_MAX_WARNINGS) {
		d->warnings[d->warning_count++] = (struct warning){
			.code = code, .field = field, .ja = ja, .en = en
		};
	}
}

void
draft_set_digest(struct draft *d, uint32_t sent_as, const struct hash *from,
		 size_t from_count)
{
	static const char domain[] = "kusanone submission v1";
	struct buf head = { 0 };

	buf_put(&head, domain, sizeof(domain));
	buf_put_le32(&head, sent_as);
	buf_put_le32(&head, (uint32_t)from_count);
	for (size_t i = 0; i < from_count; i++) {
		buf_put_slice(&head, hash_slice(&from[i]));
	}
	d->digest = hash_of2(buf_slice(&head), d->sent);
	buf_fini(&head);
}

/* ---- Receipts -------------------------------------------------------------------- */

static struct owed *
owe(struct draft *d, const struct uuid *event)
{
	struct owed *a = owed_add(d->in, d->arena);
	struct warning *warnings =
		arena_dup(d->arena, d->warnings, d->warning_count * sizeof(warnings[0]));

	a->to = d->from;
	a->request = d->request;
	a->wait_ms = d->wait_ms;
	a->warnings = warnings;
	a->warning_count = d->warning_count;
	if (event != NULL) {
		uuid_format(event, a->event_id);
	}
	d->answered = true;
	return a;
}

void
draft_answer_repeat(struct draft *d, size_t pending, uint32_t row,
		    const struct uuid *event)
{
	struct owed *a = owe(d, event);

	a->pending = pending;
	a->row = row;
	a->repeated = true;
}

/* The event that a record of the fold speaks of; one that is not allowed there is not
 * known to the fold. */
static bool
event_of(struct draft *d, uint32_t row, struct uuid *ret)
{
	const struct fold *f = &d->in->fold;
	const struct record_row *r = table_at(&f->records, row);
	struct record record;
	struct slice bytes;

	if (r->event1 != 0) {
		const struct event_row *e = table_at(&f->events, r->event1 - 1);

		memcpy(ret->b, e->id, UUID_LEN);
		return true;
	}
	if (r->body != BODY_EVENT_REVISION ||
	    !f->source.read(f->source.ctx, (uint64_t)row + 1, d->arena, &bytes) ||
	    !record_decode(bytes, d->arena, &record, NULL)) {
		return false;
	}
	*ret = record.revision.event.id;
	return true;
}

bool
draft_is_repeat(struct draft *d)
{
	const struct pending *p = pending_by_digest(d->in, &d->digest);
	uint32_t row;

	if (p != NULL) {
		draft_answer_repeat(d, (size_t)(p - d->in->pending), UINT32_MAX,
				    p->has_event ? &p->event : NULL);
		return true;
	}
	row = fold_find_submission(&d->in->fold, &d->digest, d->in->self);
	if (row == UINT32_MAX || PLANTED(21)) {
		return false;
	}
	struct uuid event;
	bool has_event = event_of(d, row, &event);
	draft_answer_repeat(d, SIZE_MAX, row, has_event ? &event : NULL);
	return true;
}

/* ---- The record ------------------------------------------------------------------ */

static struct slice
make_record(const struct draft *d, wall_ms_t recorded_ms, struct slice said)
{
	enum { RECORDED_MS = 1, AUTHOR = 2, SUBMISSION = 3 };
	struct buf b = { 0 };

	wire_put_number(&b, RECORDED_MS, (uint64_t)recorded_ms);
	if (d->author[0] != '\0') {
		wire_put_bytes(&b, AUTHOR, slice_str(d->author));
	}
	wire_put_bytes(&b, SUBMISSION, hash_slice(&d->digest));
	wire_put_bytes(&b, d->body, said);
	struct slice record = slice_of(arena_dup(d->arena, b.at, b.len), b.len);
	buf_fini(&b);
	return record;
}

/* The longest field of an event, by name: what a too large one is told about. */
static bool
refuse_too_large(struct draft *d, const struct saying *s, size_t len)
{
	const char *field = s->event_bytes.len != 0
				    ? event_largest_field(s->event_bytes, d->arena)
				    : body_name(d->body);

	return draft_refuse(
		d, "too_large", field,
		arena_printf(d->arena, "記録が %zu バイトあり、%d バイトを超えています。",
			     len, BLOCK_MAX_RECORD),
		arena_printf(d->arena, "The record has %zu bytes, more than %d.", len,
			     BLOCK_MAX_RECORD),
		arena_printf(d->arena, "いちばん長い項目は %s です。短くしてください。",
			     field),
		arena_printf(d->arena, "Shorten %s, the longest field.", field));
}

static bool
refuse_forbidden(struct draft *d)
{
	if (d->in->config.role == NODE_HQ) {
		return draft_refuse(d, "forbidden", body_name(d->body),
				    "本部のノードは、公館の案件や回答を記録しません。",
				    "Headquarters' node records no events and no "
				    "co-host's answers.",
				    "公館のノードから送ってください。",
				    "Submit it to the post's own intake.");
	}
	return draft_refuse(d, "forbidden", body_name(d->body),
			    "このノードには、これを記録する権限がありません。",
			    "This node may not say this.",
			    "本部の受付 (role hq) から送ってください。",
			    "Submit it to headquarters' intake (role hq).");
}

/* Only what would be new is refused: a repeat gets its receipt on a full disk, too. */
static bool
refuse_disk_full(struct draft *d)
{
	return draft_refuse(
		d, "disk_full", "",
		"この拠点のディスクが割当ての 95% "
		"を超えたため、新しい記録を受け付けません。",
		"This node's disk is more than 95 % full: new work is refused.",
		"空きを作るか割当て (quota) を増やして、もう一度送ってください。",
		"Free space or raise the quota, then send it again.");
}

static bool
may_say(struct draft *d, const struct record *record)
{
	struct fold *fold = &d->in->fold;
	struct key_id id = key_id_of(intake_signing_key(d->in)->sign_public);

	return fold_may_say(fold, d->in->self, fold_find_key(fold, d->in->self, id.b),
			    record);
}

bool
draft_record(struct draft *d, const struct saying *s)
{
	wall_ms_t recorded_ms = d->turn->wall;
	struct record record;
	struct slice bytes;
	struct hash identity;
	const char *why = NULL;

	/* Two equal words at one instant would be one record, and the second a repeat
	 * without effect. */
	do {
		bytes = make_record(d, recorded_ms++, s->said);
		identity = hash_of(bytes);
	} while (pending_by_identity(d->in, &identity) != NULL ||
		 fold_find_record(&d->in->fold, &identity) != UINT32_MAX);

	if (bytes.len > BLOCK_MAX_RECORD) {
		return refuse_too_large(d, s, bytes.len);
	}
	if (!record_decode(bytes, d->arena, &record, &why)) {
		return draft_invalid(
			d, body_name(d->body),
			arena_printf(d->arena, "記録できません: %s", why),
			arena_printf(d->arena, "Cannot be recorded: %s", why), NULL,
			NULL);
	}
	if (!may_say(d, &record)) {
		return refuse_forbidden(d);
	}
	if (d->dry_run) {
		(void)owe(d, s->event);
		return true;
	}
	if (store_refuses_work(d->in->store)) {
		return refuse_disk_full(d);
	}
	struct pending p = { .record = bytes,
			     .identity = identity,
			     .digest = d->digest,
			     .state = s->state,
			     .body = d->body,
			     .said = s->said,
			     .event_bytes = s->event_bytes,
			     .source_key = s->source_key,
			     .loose = d->loose,
			     .loose_count = d->loose_count };
	if (s->event != NULL) {
		p.has_event = true;
		p.event = *s->event;
	}
	if (d->body == BODY_ERASURE) {
		p.erased = record.erasure.parts;
		p.erased_count = record.erasure.count;
	}
	pending_add(d->in, d->arena, &p);
	struct owed *a = owe(d, s->event);
	a->pending = d->in->pending_count - 1;
	a->merged = s->merged;
	return true;
}

/* ---- Loose parts ----------------------------------------------------------------- */

/* Salts must not be guessed from anything that is shown: they come from a secret of
 * their own that moves on with each of them. */
static void
next_salt(struct intake *in, uint8_t salt[16])
{
	struct slice state = slice_of(in->salt_state, sizeof(in->salt_state));
	struct hash out = hash_of2(slice_str("salt"), state);
	struct hash next = hash_of2(slice_str("next"), state);

	memcpy(salt, out.b, 16);
	memcpy(in->salt_state, next.b, sizeof(in->salt_state));
}

struct hash
draft_add_loose(struct draft *d, struct slice part)
{
	if (d->loose_count == d->loose_cap) {
		size_t cap = d->loose_cap != 0 ? 2 * d->loose_cap : 8;
		struct loose_part *list = arena_alloc(d->arena, cap * sizeof(list[0]));

		if (d->loose_count != 0) {
			memcpy(list, d->loose, d->loose_count * sizeof(list[0]));
		}
		d->loose = list;
		d->loose_cap = cap;
	}
	struct loose_part *p = &d->loose[d->loose_count++];

	next_salt(d->in, p->salt);
	p->part = slice_of(arena_dup(d->arena, part.at, part.len), part.len);
	p->hash = hash_of2(slice_of(p->salt, sizeof(p->salt)), p->part);
	return p->hash;
}
