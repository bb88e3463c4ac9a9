#include "intake/check_wire.h"
#include "intake/heard.h"
#include "lib/base/unpack_wire.h"
#include "lib/base/wire.h"
#include "lib/model/merge.h"

/* Events: a new one, a whole new revision, a patch.  All three end in one record: the
 * whole event, made from the newest revision and what the officer changed. */

/* An event as this node knows it, this turn's edits included. */
struct known_event {
	bool known; /* It has a revision. */
	struct slice shown;
	struct hash *heads;
	size_t head_count;
	size_t pending;          /* The newest revision's, or SIZE_MAX: */
	uint32_t row;            /* the first head's record. */
	const char *in_conflict; /* Fields in which branches could not be joined. */
};

static struct hash
identity_of_row(struct draft *d, uint32_t row)
{
	struct slice record;

	must(intake_read(d->in, (uint64_t)row + 1, d->arena, &record));
	return hash_of(record);
}

static void
know_heads(struct draft *d, const struct event_row *e, struct known_event *ret)
{
	const struct fold *f = &d->in->fold;
	const struct revision_row *head;

	for (uint32_t r1 = e->first_head1; r1 != 0; r1 = head->next_head1) {
		head = table_at(&f->revisions, r1 - 1);
		ret->head_count++;
	}
	ret->heads = arena_alloc(d->arena, ret->head_count * sizeof(ret->heads[0]));
	size_t i = 0;
	for (uint32_t r1 = e->first_head1; r1 != 0; r1 = head->next_head1) {
		head = table_at(&f->revisions, r1 - 1);
		if (i == 0) {
			ret->row = head->record;
		}
		ret->heads[i++] = identity_of_row(d, head->record);
	}
}

static struct known_event
know_event(struct draft *d, const struct uuid *id)
{
	struct known_event k = { .pending = SIZE_MAX, .row = UINT32_MAX };
	const struct pending *p = pending_revision(d->in, id);
	uint32_t row = fold_find_event(&d->in->fold, id);
	struct merge_result joined = { 0 };

	if (p != NULL) {
		k.known = true;
		k.shown = p->event_bytes;
		k.heads = arena_dup(d->arena, &p->identity, sizeof(p->identity));
		k.head_count = 1;
		k.pending = (size_t)(p - d->in->pending);
		return k;
	}
	if (row == UINT32_MAX) {
		return k;
	}
	const struct event_row *e = table_at(&d->in->fold.events, row);
	if (e->first_head1 != 0 &&
	    fold_event_shown(&d->in->fold, row, d->arena, &k.shown, &joined)) {
		k.known = true;
		know_heads(d, e, &k);
		if (joined.conflict_count != 0) {
			k.in_conflict = joined.conflicts[0].path;
		}
	}
	return k;
}

/* ---- Whose it is ----------------------------------------------------------------- */

static bool
refuse_foreign(struct draft *d, const char *whose)
{
	return draft_refuse(
		d, "forbidden", "id",
		arena_printf(d->arena, "この案件は別の公館 (%s) の記録です。", whose),
		arena_printf(d->arena, "Another post (%s) recorded this event.", whose),
		"その公館で改めるか、共催として回答してください (cohost confirm)。",
		"Have that post change it, or answer as its co-host (cohost confirm).");
}

/* Is the event another node's, as far as this one has heard? */
static bool
check_owner(struct draft *d, const struct uuid *id)
{
	uint32_t row = fold_find_event(&d->in->fold, id);
	struct heard_key key = heard_notice_key(id);
	struct slice notice, event, recorder = { 0 };

	if (row != UINT32_MAX) {
		const struct event_row *e = table_at(&d->in->fold.events, row);

		if (e->owner1 == d->in->self + 1) {
			return true;
		}
		if (e->owner1 != 0) {
			return refuse_foreign(d, "?");
		}
	}
	if (pending_revision(d->in, id) != NULL ||
	    !txn_get(d->turn->txn, JOURNAL_DB_HEARD, heard_slice(&key), &notice)) {
		return true;
	}
	enum { NOTICE_EVENT = 4, EVENT_RECORDER = 3 };
	if (wire_get_bytes(notice, NOTICE_EVENT, &event)) {
		(void)!wire_get_bytes(event, EVENT_RECORDER, &recorder);
	}
	return refuse_foreign(d, arena_dup(d->arena, recorder.at, recorder.len));
}

static bool
parse_event_id(struct draft *d, const char *text, const char *field, struct uuid *ret)
{
	return uuid_parse(slice_str(text), ret) ||
	       draft_invalid(d, field, "案件の番号ではありません。", "Is no event's id.",
			     "小文字の UUID (36 文字)", "a UUID in lower case");
}

/* ---- The revisions that the officer saw ------------------------------------------ */

static bool
refuse_base(struct draft *d, const char *base)
{
	return draft_refuse(
		d, "unknown", "bases",
		arena_printf(d->arena, "版 %s はこの案件にありません。", base),
		arena_printf(d->arena, "The event has no revision %s.", base),
		"show で見た版の番号、または空 (最新の版)",
		"a revision that show has named, or none for the newest");
}

/* The event as it stood in the revision 'base'. */
static bool
base_bytes(struct draft *d, const struct uuid *id, const struct hash *base,
	   const char *base_text, struct slice *ret)
{
	const struct pending *p = pending_by_identity(d->in, base);
	uint32_t row = fold_find_record(&d->in->fold, base);
	struct slice bytes;
	struct record record;

	if (p != NULL) {
		bytes = p->record;
	} else if (row == UINT32_MAX ||
		   !intake_read(d->in, (uint64_t)row + 1, d->arena, &bytes)) {
		return refuse_base(d, base_text);
	}
	if (!record_decode(bytes, d->arena, &record, NULL) ||
	    record.body != BODY_EVENT_REVISION ||
	    !uuid_eq(&record.revision.event.id, id)) {
		return refuse_base(d, base_text);
	}
	*ret = record.revision.event.bytes;
	return true;
}

/* What the edit was made from: the named revisions, or the newest.  Of several the first
 * one serves, unless they are all of today's branches. */
static bool
find_base(struct draft *d, const struct uuid *id, const struct known_event *k,
	  const struct hash *bases, size_t count, struct slice *ret)
{
	char text[2 * HASH_LEN + 1];
	struct slice bytes;
	bool all_heads = count == k->head_count;

	*ret = k->shown;
	for (size_t i = 0; i < count; i++) {
		hex_format(bases[i].b, HASH_LEN, text);
		if (!base_bytes(d, id, &bases[i],
				arena_dup(d->arena, text, sizeof(text) - 1), &bytes)) {
			return false;
		}
		bool is_head = false;
		for (size_t h = 0; h < k->head_count; h++) {
			is_head |= hash_eq(&bases[i], &k->heads[h]);
		}
		all_heads &= is_head;
		if (i == 0) {
			*ret = bytes;
		}
	}
	if (all_heads) {
		*ret = k->shown;
	}
	return true;
}

/* ---- From message to record ------------------------------------------------------ */

static struct slice
pack_event(struct draft *d, const Kusanone__V1__Event *event)
{
	struct slice packed = pack_in_arena(&event->base, d->arena);

	/* In the order in which merges put fields, so that bytes compare. */
	return event_merge(packed, packed, packed, d->arena).merged;
}

static Kusanone__V1__Event *
unpack_event(struct draft *d, struct slice bytes)
{
	const char *why = NULL;
	Kusanone__V1__Event *event = (Kusanone__V1__Event *)unpack_message(
		&kusanone__v1__event__descriptor, bytes, d->arena, &why);

	if (event == NULL) {
		draft_invalid(d, "event", arena_printf(d->arena, "読めません: %s", why),
			      arena_printf(d->arena, "Cannot be read: %s", why), NULL,
			      NULL);
	}
	return event;
}

static bool
record_event_revision(struct draft *d, const struct uuid *id, struct slice event,
		      const struct hash *bases, size_t base_count, const char *why,
		      bool merged)
{
	enum { BASES = 1, EVENT = 2, WHY = 3, EVENT_SOURCE_KEY = 2 };
	struct saying s = { .event = id, .event_bytes = event, .merged = merged };
	struct buf b = { 0 };

	for (size_t i = 0; i < base_count; i++) {
		wire_put_bytes(&b, BASES, hash_slice(&bases[i]));
	}
	wire_put_bytes(&b, EVENT, event);
	if (pb_is_set(why)) {
		wire_put_bytes(&b, WHY, slice_str(why));
	}
	s.said = slice_of(arena_dup(d->arena, b.at, b.len), b.len);
	buf_fini(&b);
	must(wire_get_bytes(event, EVENT_SOURCE_KEY, &s.source_key));
	return draft_record(d, &s);
}

/* A source key belongs to one event of the node. */
static bool
check_source_key(struct draft *d, const char *source_key, const struct uuid *id)
{
	const struct pending *p;
	char text[UUID_TEXT_LEN + 1];
	struct uuid other;
	uint32_t row;

	if (!pb_is_set(source_key)) {
		return true;
	}
	p = pending_by_source_key(d->in, slice_str(source_key));
	row = intake_event_of_source_key(d->in, slice_str(source_key), d->arena);
	if (p != NULL) {
		other = p->event;
	} else if (row != UINT32_MAX) {
		const struct event_row *e = table_at(&d->in->fold.events, row);

		memcpy(other.b, e->id, UUID_LEN);
	} else {
		return true;
	}
	if (uuid_eq(&other, id)) {
		return true;
	}
	uuid_format(&other, text);
	return draft_refuse(
		d, "conflict", "source_key",
		arena_printf(d->arena, "この source_key は案件 %s のものです。", text),
		arena_printf(d->arena, "This source_key is event %s's.", text),
		"別の source_key、またはその案件の id",
		"another source_key, or that event's id");
}

/* The officer's version meets the newest one.  'theirs' has passed its checks. */
static bool
merge_and_record(struct draft *d, const struct uuid *id, const struct known_event *k,
		 struct slice base, struct slice theirs, const char *why)
{
	struct merge_result r = event_merge(base, k->shown, theirs, d->arena);
	bool moved = !slice_eq(base, k->shown);
	const char **paths;

	if (r.conflict_count != 0) {
		return draft_conflict(d, &r, &k->heads[0]);
	}
	if (event_diff(k->shown, r.merged, d->arena, &paths) == 0 && k->head_count == 1) {
		draft_answer_repeat(d, k->pending, k->row, id);
		return true;
	}
	if (moved) {
		/* Two edits that are right each may be wrong together. */
		Kusanone__V1__Event *event = unpack_event(d, r.merged);

		if (event == NULL || !check_event(d, event)) {
			d->refusal.code = "conflict";
			return false;
		}
		r.merged = pack_event(d, event);
	}
	if (k->in_conflict != NULL) {
		draft_warn(d, "branches_joined", k->in_conflict,
			   "分かれていた版を一つにし、この項目は表示されている値にしまし"
			   "た。",
			   "Branches of this event are one again; this field keeps the "
			   "value that was shown.");
	}
	return record_event_revision(d, id, r.merged, k->heads, k->head_count, why,
				     moved);
}

static bool
parse_bases(struct draft *d, char *const *texts, size_t count, struct hash **ret)
{
	struct hash *bases = arena_alloc(d->arena, count * sizeof(bases[0]));

	for (size_t i = 0; i < count; i++) {
		if (!hex_parse(slice_str(texts[i]), bases[i].b, HASH_LEN)) {
			return draft_invalid(d, "bases", "版の番号ではありません。",
					     "Is no revision.",
					     "64 桁の16進数 (show で表示)",
					     "64 hex digits, as show prints them");
		}
	}
	*ret = bases;
	return true;
}

/* ---- A patch --------------------------------------------------------------------- */

static bool
has_path(const Kusanone__V1__Patch *patch, const char *path)
{
	for (size_t i = 0; i < patch->n_paths; i++) {
		if (strcmp(patch->paths[i], path) == 0) {
			return true;
		}
	}
	return false;
}

static bool
apply_patch(struct draft *d, Kusanone__V1__Patch *patch, const struct known_event *k,
	    struct slice base, struct slice *ret)
{
	Kusanone__V1__Event none = KUSANONE__V1__EVENT__INIT;
	Kusanone__V1__Event *values = patch->event != NULL ? patch->event : &none;
	size_t bad;

	if (has_path(patch, "id")) {
		return draft_invalid(d, "id", "案件の番号は変えられません。",
				     "An event's id does not change.", NULL, NULL);
	}
	if (!has_path(patch, "people")) {
		values->n_people = 0;
	} else if (!check_people(d, values, base, k->shown)) {
		return false;
	}
	if (!event_patch(base, (const char *const *)patch->paths, patch->n_paths,
			 pack_event(d, values), d->arena, ret, &bad)) {
		const char *path = bad < patch->n_paths ? patch->paths[bad] : "paths";

		return draft_invalid(d, path, "この案件にそのような項目はありません。",
				     "The event has no such field.",
				     "title.en、sessions.ID.status のような名前 (submit "
				     "--template で一覧)",
				     "a name such as title.en or sessions.ID.status "
				     "(submit --template "
				     "lists them)");
	}
	return true;
}

static bool
refuse_unknown_event(struct draft *d, const char *field)
{
	return draft_refuse(d, "unknown", field, "この案件はこのノードにありません。",
			    "This node has no such event.",
			    "events で一覧し、その id を指定してください。",
			    "List them with events and give the id.");
}

bool
event_submit_patch(struct draft *d, Kusanone__V1__Patch *patch)
{
	struct known_event k;
	struct hash *bases;
	struct uuid id;
	struct slice base, patched;

	if (!parse_event_id(d, patch->event_id, "event_id", &id) ||
	    !check_owner(d, &id) ||
	    !parse_bases(d, patch->bases, patch->n_bases, &bases)) {
		return false;
	}
	if (patch->n_paths == 0 || patch->n_paths > DRAFT_MAX_PATHS) {
		return draft_invalid(d, "paths", "変える項目の数が正しくありません。",
				     "Names no field, or too many.", "1 から 1024 個",
				     "1 to 1024 paths");
	}
	k = know_event(d, &id);
	if (!k.known) {
		return refuse_unknown_event(d, "event_id");
	}
	/* An edit of the newest revision is made from what that is now: sent again after
	 * others were made, it is another edit. */
	if (patch->n_bases == 0) {
		draft_set_digest(d, KUSANONE__V1__SUBMISSION__BODY_PATCH, k.heads,
				 k.head_count);
	} else {
		draft_set_digest(d, KUSANONE__V1__SUBMISSION__BODY_PATCH, NULL, 0);
	}
	if (draft_is_repeat(d)) {
		return true;
	}
	if (!find_base(d, &id, &k, bases, patch->n_bases, &base) ||
	    !apply_patch(d, patch, &k, base, &patched)) {
		return false;
	}
	Kusanone__V1__Event *was = unpack_event(d, base);
	Kusanone__V1__Event *event = unpack_event(d, patched);

	if (was == NULL || event == NULL) {
		return false;
	}
	check_keep_zones(was, event);
	if (!check_event(d, event) || !check_source_key(d, event->source_key, &id)) {
		return false;
	}
	return merge_and_record(d, &id, &k, base, pack_event(d, event), patch->why);
}

/* ---- A whole event --------------------------------------------------------------- */

static bool
refuse_exists(struct draft *d, const struct known_event *k)
{
	char *head = arena_alloc(d->arena, 2 * HASH_LEN + 1);

	hex_format(k->heads[0].b, HASH_LEN, head);
	draft_refuse(
		d, "conflict", "id",
		"この案件はすでにあり、送られた内容はそれと違います。",
		"The event exists, and what was sent differs from it.",
		arena_printf(d->arena,
			     "変えた項目だけを送る (edit) か、もとの版 %.12s を bases "
			     "に書いてください。",
			     head),
		arena_printf(d->arena,
			     "Send only what changed (edit), or name the revision "
			     "%.12s that it was made from in bases.",
			     head));
	d->refusal.head = head;
	return false;
}

/* The id of a whole event: its own, or that of the event with its source key. */
static bool
find_id(struct draft *d, Kusanone__V1__Event *event, struct uuid *ret, bool *ret_given)
{
	const struct pending *p;
	uint32_t row;

	*ret_given = true;
	if (pb_is_set(event->id)) {
		return parse_event_id(d, event->id, "id", ret);
	}
	if (pb_is_set(event->source_key)) {
		p = pending_by_source_key(d->in, slice_str(event->source_key));
		row = intake_event_of_source_key(d->in, slice_str(event->source_key),
						 d->arena);
		if (p != NULL) {
			*ret = p->event;
			return true;
		}
		if (row != UINT32_MAX) {
			const struct event_row *e = table_at(&d->in->fold.events, row);

			memcpy(ret->b, e->id, UUID_LEN);
			return true;
		}
	}
	*ret_given = false;
	return true;
}

struct uuid
draft_mint_id(struct draft *d)
{
	uint8_t random[10];
	uint64_t a = rng_u64(d->turn->rng), b = rng_u64(d->turn->rng);

	memcpy(random, &a, 8);
	memcpy(random + 8, &b, 2);
	return uuid_v7(d->turn->wall, random);
}

static void
set_id(struct draft *d, Kusanone__V1__Event *event, const struct uuid *id)
{
	char text[UUID_TEXT_LEN + 1];

	uuid_format(id, text);
	event->id = arena_dup(d->arena, text, UUID_TEXT_LEN);
}

/* What a client does not send because intake gave it. */
static void
carry_over(struct draft *d, Kusanone__V1__Event *event, struct slice base)
{
	struct event old;

	if (!event_decode(base, d->arena, &old, NULL)) {
		return;
	}
	if (!pb_is_set(event->source_key)) {
		event->source_key =
			arena_dup(d->arena, old.source_key.at, old.source_key.len);
	}
	if (!pb_is_set(event->recorder)) {
		event->recorder = arena_dup(d->arena, old.recorder.at, old.recorder.len);
	}
}

static bool
submit_revision(struct draft *d, const struct uuid *id, const struct known_event *k,
		const struct hash *bases, size_t base_count, Kusanone__V1__Event *event,
		const char *why)
{
	struct slice base;

	if (base_count == 0) {
		return refuse_exists(d, k);
	}
	if (!find_base(d, id, k, bases, base_count, &base) ||
	    !check_people(d, event, base, k->shown)) {
		return false;
	}
	carry_over(d, event, base);
	if (!check_event(d, event) || !check_source_key(d, event->source_key, id)) {
		return false;
	}
	return merge_and_record(d, id, k, base, pack_event(d, event), why);
}

static bool
submit_new(struct draft *d, struct uuid *id, bool id_given, Kusanone__V1__Event *event,
	   const char *why)
{
	char key[2 * HASH_LEN + 1];
	struct slice none = { 0 };

	if (!id_given) {
		*id = draft_mint_id(d);
		set_id(d, event, id);
		if (!pb_is_set(event->source_key)) {
			hex_format(d->digest.b, HASH_LEN, key);
			event->source_key = arena_dup(d->arena, key, 2 * HASH_LEN);
		}
	}
	if (!check_source_key(d, event->source_key, id) ||
	    !check_people(d, event, none, none) || !check_event(d, event)) {
		return false;
	}
	return record_event_revision(d, id, pack_event(d, event), NULL, 0, why, false);
}

bool
event_submit(struct draft *d, Kusanone__V1__EventRevision *revision)
{
	Kusanone__V1__Event *event = revision->event;
	struct hash *bases = arena_alloc(d->arena, revision->n_bases * sizeof(bases[0]));
	struct known_event k = { 0 };
	struct uuid id;
	bool given;

	if (event == NULL) {
		return draft_invalid(d, "event", "案件がありません。", "Is absent.",
				     "案件の内容", "an event");
	}
	draft_set_digest(d, KUSANONE__V1__SUBMISSION__BODY_EVENT, NULL, 0);
	if (draft_is_repeat(d)) {
		return true;
	}
	for (size_t i = 0; i < revision->n_bases; i++) {
		if (revision->bases[i].len != HASH_LEN) {
			return draft_invalid(d, "bases", "版の番号ではありません。",
					     "Is no revision.", "32 バイトのハッシュ",
					     "hashes of 32 bytes");
		}
		memcpy(bases[i].b, revision->bases[i].data, HASH_LEN);
	}
	if (!find_id(d, event, &id, &given)) {
		return false;
	}
	if (given) {
		if (!check_owner(d, &id)) {
			return false;
		}
		set_id(d, event, &id);
		k = know_event(d, &id);
	}
	if (k.known) {
		return submit_revision(d, &id, &k, bases, revision->n_bases, event,
				       revision->why);
	}
	if (revision->n_bases != 0) {
		return refuse_unknown_event(d, "bases");
	}
	return submit_new(d, &id, given, event, revision->why);
}
