#include "intake/check_wire.h"
#include "intake/heard.h"
#include "intake/say_hq.h"
#include "lib/base/unpack_wire.h"
#include "lib/base/wire.h"

/* Everything said that is no event: answers of co-hosts, withdrawals, and what
 * headquarters says.
 *
 * Each of them speaks of something (the part of one post in one event, one figure, one
 * key), and the newest word on it holds.  To say again what holds already adds nothing
 * and is answered with the receipt of the record that says it.  The digest covers the
 * word that it replaces, so that "yes", "no", "yes" are three records. */

/* ---- Looking back ---------------------------------------------------------------- */

static bool
took_effect(uint8_t verdict)
{
	return verdict == VERDICT_COUNTS || verdict == VERDICT_WAITS;
}

/* The newest record of this body that speaks of the event; of a co-host's answer and a
 * best practice, of the same post and year. */
static uint32_t
newest_of(struct draft *d, uint32_t event, uint32_t body, struct slice post,
	  int fiscal_year)
{
	const struct fold *f = &d->in->fold;
	const struct record_row *r;

	if (event == UINT32_MAX) {
		return UINT32_MAX;
	}
	const struct event_row *e = table_at(&f->events, event);
	for (uint32_t r1 = e->newest1; r1 != 0; r1 = r->older1) {
		struct slice bytes;
		struct record record;

		r = table_at(&f->records, r1 - 1);
		if (r->body != body || !took_effect(r->verdict) ||
		    !intake_read(d->in, r1, d->arena, &bytes) ||
		    !record_decode(bytes, d->arena, &record, NULL)) {
			continue;
		}
		if ((body == BODY_COHOST_ANSWER &&
		     !slice_eq(record.cohost_answer.post, post)) ||
		    (body == BODY_BEST_PRACTICE &&
		     record.best_practice.fiscal_year != fiscal_year)) {
			continue;
		}
		return r1 - 1;
	}
	return UINT32_MAX;
}

/* ---- Saying it ------------------------------------------------------------------- */

static struct hash
state_of(struct draft *d, const struct uuid *event, struct slice more)
{
	struct buf b = { 0 };

	buf_put_le32(&b, d->body);
	if (event != NULL) {
		buf_put(&b, event->b, UUID_LEN);
	}
	buf_put_slice(&b, more);
	struct hash state = hash_of(buf_slice(&b));
	buf_fini(&b);
	return state;
}

static bool
said_before(struct draft *d, const struct said_before *before, struct slice said,
	    struct hash *ret_from)
{
	struct slice record, was;

	must(intake_read(d->in, (uint64_t)before->row + 1, d->arena, &record));
	*ret_from = hash_of(record);
	return before->holds && wire_get_bytes(record, d->body, &was) &&
	       slice_eq(was, said);
}

bool
say_body(struct draft *d, const ProtobufCMessage *body, const struct uuid *event,
	 struct slice more, struct said_before before)
{
	struct saying s = { .said = pack_in_arena(body, d->arena),
			    .state = state_of(d, event, more),
			    .event = event };
	const struct pending *p = pending_by_state(d->in, &s.state);
	struct hash from = { 0 };
	size_t from_count = 0;

	if (!check_message_texts(d, body)) {
		return false;
	}
	if (p != NULL) {
		if (slice_eq(p->said, s.said)) {
			draft_answer_repeat(d, (size_t)(p - d->in->pending), UINT32_MAX,
					    event);
			return true;
		}
		from = p->identity;
		from_count = 1;
	} else if (before.row != UINT32_MAX) {
		if (said_before(d, &before, s.said, &from)) {
			draft_answer_repeat(d, SIZE_MAX, before.row, event);
			return true;
		}
		from_count = 1;
	}
	draft_set_digest(d, d->body, &from, from_count);
	return draft_is_repeat(d) || draft_record(d, &s);
}

static bool
get_event(struct draft *d, const char *text, const char *field, struct uuid *ret,
	  uint32_t *ret_row)
{
	if (!uuid_parse(slice_str(text), ret)) {
		return draft_invalid(d, field, "案件の番号ではありません。",
				     "Is no event's id.", "小文字の UUID (36 文字)",
				     "a UUID in lower case");
	}
	*ret_row = fold_find_event(&d->in->fold, ret);
	return true;
}

/* ---- A post's words -------------------------------------------------------------- */

static bool
say_withdrawal(struct draft *d, const Kusanone__V1__Withdrawal *m)
{
	struct said_before before;
	struct uuid id;
	uint32_t row;

	if (!get_event(d, m->event_id, "event_id", &id, &row)) {
		return false;
	}
	const struct event_row *e =
		row != UINT32_MAX ? table_at(&d->in->fold.events, row) : NULL;
	if ((e == NULL || e->owner1 != d->in->self + 1) &&
	    pending_revision(d->in, &id) == NULL) {
		return draft_refuse(
			d, e != NULL && e->owner1 != 0 ? "forbidden" : "unknown",
			"event_id", "このノードの案件ではありません。",
			"Is no event of this node.",
			"取り消せるのは、自分で記録した案件だけです。",
			"An event is withdrawn by the node that recorded it.");
	}
	before.row = newest_of(d, row, BODY_WITHDRAWAL, (struct slice){ 0 }, 0);
	before.holds = e != NULL && (e->withdrawn1 != 0) == !m->undone;
	struct hash state = state_of(d, &id, (struct slice){ 0 });
	if (m->undone && (e == NULL || e->withdrawn1 == 0) &&
	    pending_by_state(d->in, &state) == NULL && before.row == UINT32_MAX) {
		return draft_refuse(d, "conflict", "undone",
				    "この案件は取り消されていません。",
				    "The event is not withdrawn.", NULL, NULL);
	}
	return say_body(d, &m->base, &id, (struct slice){ 0 }, before);
}

static bool
is_own_post(struct draft *d, const char *post)
{
	for (size_t i = 0; i < d->in->config.post_count; i++) {
		if (strcmp(d->in->config.posts[i], post) == 0) {
			return true;
		}
	}
	return false;
}

/* Is the post named as a holder, as far as is known here? */
static void
warn_if_not_asked(struct draft *d, const struct uuid *id, uint32_t row, const char *post)
{
	enum { NOTICE_EVENT = 4 };
	struct heard_key key = heard_notice_key(id);
	struct slice notice, bytes = { 0 };
	struct event event;

	if (txn_get(d->turn->txn, JOURNAL_DB_HEARD, heard_slice(&key), &notice)) {
		(void)!wire_get_bytes(notice, NOTICE_EVENT, &bytes);
	} else if (row == UINT32_MAX ||
		   !fold_event_shown(&d->in->fold, row, d->arena, &bytes, NULL)) {
		bytes.len = 0;
	}
	if (bytes.len == 0 || !event_decode(bytes, d->arena, &event, NULL)) {
		draft_warn(
			d, "unknown_event", "event_id",
			"この案件はまだこのノードに届いていません。届いたときに効きます"
			"。",
			"The event has not come to this node yet; the answer waits for "
			"it.");
		return;
	}
	for (size_t i = 0; i < event.holders.count; i++) {
		if (slice_eq_str(event.holders.at[i], post)) {
			return;
		}
	}
	draft_warn(d, "not_named", "post",
		   "この案件は、この公館を共催者として挙げていません。",
		   "The event does not name this post as a holder.");
}

static bool
say_cohost_answer(struct draft *d, Kusanone__V1__CohostAnswer *m)
{
	struct said_before before;
	struct uuid id;
	uint32_t row;

	if (!get_event(d, m->event_id, "event_id", &id, &row)) {
		return false;
	}
	if (!pb_is_set(m->post) && d->in->config.post_count == 1) {
		m->post = (char *)(uintptr_t)d->in->config.posts[0];
	}
	if (!is_own_post(d, m->post)) {
		return draft_refuse(d, pb_is_set(m->post) ? "forbidden" : "invalid",
				    "post", "このノードが代表する公館ではありません。",
				    "This node does not speak for that post.",
				    "自分の公館", "one of this node's posts");
	}
	if (m->answer < KUSANONE__V1__ANSWER__ANSWER_CONFIRMED ||
	    m->answer > KUSANONE__V1__ANSWER__ANSWER_WITHDRAWN) {
		return draft_invalid(
			d, "answer", "回答の値ではありません。", "Is no answer.",
			"CONFIRMED (確認)、DISPUTED (異議)、WITHDRAWN (取下げ)",
			"CONFIRMED, DISPUTED or WITHDRAWN");
	}
	warn_if_not_asked(d, &id, row, m->post);
	before.row = newest_of(d, row, BODY_COHOST_ANSWER, slice_str(m->post), 0);
	before.holds = false;
	if (row != UINT32_MAX) {
		uint32_t post = words_find(&d->in->fold.words, slice_str(m->post));
		uint32_t answer1 = 0;

		(void)fold_holder(&d->in->fold, row, 0, post, &answer1);
		if (answer1 != 0) {
			const struct answer_row *a =
				table_at(&d->in->fold.answers, answer1 - 1);

			before.holds = a->record == before.row && !a->void_since_removal;
		}
	}
	return say_body(d, &m->base, &id, slice_str(m->post), before);
}

/* ---- Headquarters' words on events ----------------------------------------------- */

static bool
say_review(struct draft *d, const Kusanone__V1__Review *m)
{
	struct said_before before = SAID_NOTHING;
	struct uuid id;
	uint32_t row;

	if (!get_event(d, m->event_id, "event_id", &id, &row)) {
		return false;
	}
	if (m->state < KUSANONE__V1__REVIEW_STATE__REVIEW_STATE_RECEIVED ||
	    m->state > KUSANONE__V1__REVIEW_STATE__REVIEW_STATE_RETURNED) {
		return draft_invalid(d, "state", "確認の状態ではありません。",
				     "Is no review.",
				     "RECEIVED、QUESTIONED、ACCEPTED、RETURNED",
				     "RECEIVED, QUESTIONED, ACCEPTED or RETURNED");
	}
	before.row = newest_of(d, row, BODY_REVIEW, (struct slice){ 0 }, 0);
	before.holds = true;
	return say_body(d, &m->base, &id, (struct slice){ 0 }, before);
}

static bool
say_best_practice(struct draft *d, const Kusanone__V1__BestPractice *m)
{
	struct said_before before = SAID_NOTHING;
	uint8_t year[4];
	struct uuid id;
	uint32_t row;

	if (!get_event(d, m->event_id, "event_id", &id, &row)) {
		return false;
	}
	if (m->fiscal_year < DATE_YEAR_MIN || m->fiscal_year > DATE_YEAR_MAX) {
		return draft_invalid(d, "fiscal_year", "年度ではありません。",
				     "Is no fiscal year.", "2023 のような年度",
				     "a year such as 2023");
	}
	before.row = newest_of(d, row, BODY_BEST_PRACTICE, (struct slice){ 0 },
			       m->fiscal_year);
	before.holds = true;
	put_le32(year, (uint32_t)m->fiscal_year);
	if (m->removed && before.row == UINT32_MAX) {
		struct hash state = state_of(d, &id, slice_of(year, sizeof(year)));

		if (pending_by_state(d->in, &state) == NULL) {
			return draft_refuse(d, "unknown", "event_id",
					    "その年度の代表例ではありません。",
					    "Is no best practice of that year.", NULL,
					    NULL);
		}
	}
	return say_body(d, &m->base, &id, slice_of(year, sizeof(year)), before);
}

static bool
say_merge(struct draft *d, const Kusanone__V1__Merge *m)
{
	struct said_before before = SAID_NOTHING;
	struct uuid from, into;
	uint32_t from_row, into_row;

	if (!get_event(d, m->from_event_id, "from_event_id", &from, &from_row) ||
	    !get_event(d, m->into_event_id, "into_event_id", &into, &into_row)) {
		return false;
	}
	if (uuid_eq(&from, &into)) {
		return draft_invalid(d, "into_event_id", "同じ案件です。",
				     "Is the same event.", "別の案件", "another event");
	}
	if (from_row != UINT32_MAX) {
		const struct event_row *e = table_at(&d->in->fold.events, from_row);

		before.row = newest_of(d, from_row, BODY_MERGE, (struct slice){ 0 }, 0);
		before.holds = e->merged_into1 != 0;
		if (e->merged_into1 != 0 && e->merged_into1 != into_row + 1) {
			return draft_refuse(
				d, "conflict", "from_event_id",
				"この案件はすでに別の案件に統合されています。",
				"The event is merged into another one already.", NULL,
				NULL);
		}
	}
	return say_body(d, &m->base, &from, (struct slice){ 0 }, before);
}

static bool
say_move(struct draft *d, const Kusanone__V1__OwnershipMove *m)
{
	struct said_before before = SAID_NOTHING;
	struct uuid id;
	uint32_t row;

	if (!get_event(d, m->event_id, "event_id", &id, &row)) {
		return false;
	}
	if (m->to_node_id.len != NODE_ID_LEN || !pb_is_set(m->to_post)) {
		return draft_invalid(d, "to_node_id", "移す先がありません。",
				     "Names no node and post.",
				     "ノード番号 (16 バイト) と公館",
				     "a node's id (16 bytes) and its post");
	}
	before.row = newest_of(d, row, BODY_OWNERSHIP_MOVE, (struct slice){ 0 }, 0);
	before.holds = true;
	return say_body(d, &m->base, &id, (struct slice){ 0 }, before);
}

static bool
say_confirmation(struct draft *d, const Kusanone__V1__SourceConfirmation *m)
{
	struct said_before before = SAID_NOTHING;
	struct uuid id;
	uint32_t row;

	if (!get_event(d, m->event_id, "event_id", &id, &row)) {
		return false;
	}
	if (m->n_posts == 0 || m->n_posts > EVENT_MAX_CODES) {
		return draft_invalid(d, "posts", "公館がないか、多すぎます。",
				     "Names no post, or too many.", "資料が挙げる公館",
				     "the posts that the source names");
	}
	if (m->source == NULL || !pb_is_set(m->source->name)) {
		return draft_invalid(d, "source", "資料がありません。",
				     "Names no source.", "資料の名前 (source.name)",
				     "the source's name (source.name)");
	}
	before.row = newest_of(d, row, BODY_SOURCE_CONFIRMATION, (struct slice){ 0 }, 0);
	before.holds = true;
	return say_body(d, &m->base, &id, slice_str(m->source->name), before);
}

/* ---- Figures --------------------------------------------------------------------- */

static bool
is_measure(const char *s)
{
	static const char *const names[] = { "events",         "sessions",
					     "municipalities", "participants",
					     "budget_planned", "budget_spent" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (strcmp(names[i], s) == 0) {
			return true;
		}
	}
	return false;
}

/* The newest figure of the same measure, scope and years. */
static struct said_before
figure_before(struct draft *d, const Kusanone__V1__PublishedFigure *m)
{
	const struct fold *f = &d->in->fold;
	struct slice ja = slice_str(m->scope != NULL ? m->scope->ja : "");
	struct slice en = slice_str(m->scope != NULL ? m->scope->en : "");

	for (uint32_t i = f->figures.count; i-- > 0;) {
		const struct figure_row *r = table_at(&f->figures, i);

		if (slice_eq_str(words_at(&f->words, r->measure), m->measure) &&
		    slice_eq(words_at(&f->words, r->scope_ja), ja) &&
		    slice_eq(words_at(&f->words, r->scope_en), en) &&
		    r->from == m->fiscal_year_from && r->to == m->fiscal_year_to) {
			return (struct said_before){ r->record, r->to_pos == FACT_OPEN };
		}
	}
	return SAID_NOTHING;
}

static bool
say_figure(struct draft *d, Kusanone__V1__PublishedFigure *m)
{
	struct said_before before = figure_before(d, m);
	struct buf key = { 0 };

	if (!is_measure(m->measure)) {
		return draft_invalid(d, "measure", "数の種類ではありません。",
				     "Is no measure.",
				     "events、sessions、municipalities、participants、"
				     "budget_planned、budget_spent",
				     "events, sessions, municipalities, participants, "
				     "budget_planned or budget_spent");
	}
	if (m->value < 0) {
		return draft_invalid(d, "value", "負の数です。", "Is negative.", "0 以上",
				     "0 or more");
	}
	if (m->source == NULL || !pb_is_set(m->source->name)) {
		return draft_invalid(d, "source", "資料がありません。",
				     "Names no source.", "資料の名前 (source.name)",
				     "the source's name (source.name)");
	}
	if (m->bound == KUSANONE__V1__BOUND__BOUND_UNSPECIFIED) {
		m->bound = KUSANONE__V1__BOUND__BOUND_EXACT;
	}
	if (m->withdrawn && !before.holds) {
		return draft_refuse(d, "unknown", "measure",
				    "取り下げる公表値がありません。",
				    "No such figure is in force.", NULL, NULL);
	}
	buf_printf(&key, "%s|%s|%s|%d|%d", m->measure,
		   m->scope != NULL ? m->scope->ja : "",
		   m->scope != NULL ? m->scope->en : "", m->fiscal_year_from,
		   m->fiscal_year_to);
	bool good = say_body(d, &m->base, NULL, buf_slice(&key), before);
	buf_fini(&key);
	return good;
}

/* ---- What holds by its effect ---------------------------------------------------- */

/* Has this turn a record of the same body?  Then the fold cannot tell what holds. */
static const struct pending *
newest_pending(struct draft *d)
{
	for (size_t i = d->in->pending_count; i-- > 0;) {
		if (d->in->pending[i].body == d->body) {
			return &d->in->pending[i];
		}
	}
	return NULL;
}

/* Without a key headquarters could say nothing any more, and nobody could give it one. */
static bool
check_last_key(struct draft *d, const struct record *r)
{
	if (r->body != BODY_REVOCATION ||
	    say_revocation_leaves_a_key(d, &r->revocation)) {
		return true;
	}
	return draft_refuse(
		d, "conflict", "sign_key",
		"これは本部の唯一の有効な鍵です。"
		"失効させると、本部は次の鍵の登録も含めて何も記録できなくなります。",
		"This is headquarters' only valid key: without it headquarters could "
		"record nothing more, not even its next key.",
		"先に本部の次の鍵を登録し (node rotate、node enrol)、"
		"本部の受付を再起動してから、この鍵を失効させてください。",
		"First enrol headquarters' next key (node rotate, node enrol) and start "
		"its intake again; then revoke this one.");
}

/* Reference rows, keys and erasures: whether they hold is asked of their effect.  No two
 * of these records have the same digest. */
static bool
say_effect(struct draft *d, const ProtobufCMessage *body,
	   bool (*holds)(struct draft *, const struct record *))
{
	struct saying s = { .said = pack_in_arena(body, d->arena) };
	const struct pending *p = newest_pending(d);
	struct hash from[2] = { d->in->journal.tip, { { 0 } } };
	struct record record;
	struct buf b = { 0 };
	const char *why = NULL;

	if (!check_message_texts(d, body)) {
		return false;
	}
	put_le64(from[1].b, d->in->pending_count);
	draft_set_digest(d, d->body, from, 2);
	s.state = state_of(d, NULL, hash_slice(&d->digest));

	/* A record of nothing but the body, to be read as the fold reads it. */
	wire_put_bytes(&b, d->body, s.said);
	struct slice alone = slice_of(arena_dup(d->arena, b.at, b.len), b.len);
	buf_fini(&b);
	if (!record_decode(alone, d->arena, &record, &why)) {
		return draft_invalid(d, body_name(d->body),
				     arena_printf(d->arena, "正しくありません: %s", why),
				     arena_printf(d->arena, "Is not right: %s", why),
				     NULL, NULL);
	}
	if (p != NULL && slice_eq(p->said, s.said)) {
		draft_answer_repeat(d, (size_t)(p - d->in->pending), UINT32_MAX, NULL);
		return true;
	}
	if (p == NULL && holds(d, &record)) {
		draft_answer_repeat(d, SIZE_MAX, UINT32_MAX, NULL);
		return true;
	}
	return check_last_key(d, &record) && draft_record(d, &s);
}

static bool
reference_holds(struct draft *d, const struct record *r)
{
	return say_reference_holds(d, &r->reference);
}

static bool
enrolment_holds(struct draft *d, const struct record *r)
{
	return say_enrolment_holds(d, &r->enrolment);
}

static bool
revocation_holds(struct draft *d, const struct record *r)
{
	return say_revocation_holds(d, &r->revocation);
}

static bool
erasure_holds(struct draft *d, const struct record *r)
{
	return say_erasure_holds(d, &r->erasure);
}

static bool
say_enrolment(struct draft *d, const Kusanone__V1__Enrolment *m)
{
	if (!pb_is_set(m->name)) {
		return draft_invalid(d, "name", "名前がありません。", "Has no name.",
				     "ノードの名前", "the node's name");
	}
	if (m->role < KUSANONE__V1__NODE_ROLE__NODE_ROLE_POST ||
	    m->role > KUSANONE__V1__NODE_ROLE__NODE_ROLE_FOLLOWER) {
		return draft_invalid(d, "role", "役割の値ではありません。", "Is no role.",
				     "POST、HQ、FOLLOWER", "POST, HQ or FOLLOWER");
	}
	if (m->role == KUSANONE__V1__NODE_ROLE__NODE_ROLE_POST && m->n_posts == 0) {
		return draft_invalid(d, "posts", "公館がありません。", "Names no post.",
				     "代表する公館", "the posts that it speaks for");
	}
	return say_effect(d, &m->base, enrolment_holds);
}

/* The parts, or those of an event that this node has. */
static bool
say_erasure(struct draft *d, Kusanone__V1__Erasure *m, const char *people_of)
{
	struct slice bytes;
	struct event event;
	struct uuid id;
	uint32_t row;

	if (pb_is_set(people_of)) {
		if (!get_event(d, people_of, "erase_people_of", &id, &row)) {
			return false;
		}
		if (row == UINT32_MAX ||
		    !fold_event_shown(&d->in->fold, row, d->arena, &bytes, NULL) ||
		    !event_decode(bytes, d->arena, &event, NULL)) {
			return draft_refuse(d, "unknown", "erase_people_of",
					    "この案件はこのノードにありません。",
					    "This node does not hold that event.",
					    "part_hashes を指定してください (show --json "
					    "の people)。",
					    "Give part_hashes, as show --json prints "
					    "them under people.");
		}
		m->n_part_hashes = event.people_count;
		m->part_hashes = arena_alloc(d->arena, event.people_count *
							       sizeof(m->part_hashes[0]));
		for (size_t i = 0; i < event.people_count; i++) {
			m->part_hashes[i] = pb_slice(hash_slice(&event.people[i]));
		}
	}
	if (m->n_part_hashes == 0) {
		return draft_invalid(d, "part_hashes", "消すものがありません。",
				     "Names nothing to erase.", "32 バイトのハッシュ",
				     "hashes of 32 bytes");
	}
	return say_effect(d, &m->base, erasure_holds);
}

/* ---- Which it is ----------------------------------------------------------------- */

/* The same answer that the fold gives, before anything else is looked at. */
static bool
check_role(struct draft *d)
{
	bool of_hq = d->body >= BODY_REVIEW;

	if (of_hq == (d->in->config.role == NODE_HQ)) {
		return true;
	}
	return of_hq ? draft_refuse(d, "forbidden", body_name(d->body),
				    "これを言えるのは本部だけです。",
				    "Only headquarters says this.",
				    "本部の受付 (role hq) から送ってください。",
				    "Submit it to headquarters' intake (role hq).")
		     : draft_refuse(d, "forbidden", body_name(d->body),
				    "これを言えるのは公館だけです。",
				    "Only a post says this.",
				    "公館の受付から送ってください。",
				    "Submit it to the post's own intake.");
}

bool
say_submit(struct draft *d, const Kusanone__V1__Submission *s)
{
	/* Bodies have the same numbers in Submission and in Record, but for patch. */
	static const struct {
		Kusanone__V1__Submission__BodyCase sent;
		uint32_t body;
	} bodies[] = {
		{ KUSANONE__V1__SUBMISSION__BODY_WITHDRAWAL, BODY_WITHDRAWAL },
		{ KUSANONE__V1__SUBMISSION__BODY_COHOST_ANSWER, BODY_COHOST_ANSWER },
		{ KUSANONE__V1__SUBMISSION__BODY_REVIEW, BODY_REVIEW },
		{ KUSANONE__V1__SUBMISSION__BODY_BEST_PRACTICE, BODY_BEST_PRACTICE },
		{ KUSANONE__V1__SUBMISSION__BODY_PUBLISHED_FIGURE,
		  BODY_PUBLISHED_FIGURE },
		{ KUSANONE__V1__SUBMISSION__BODY_PUBLICATION, BODY_PUBLICATION },
		{ KUSANONE__V1__SUBMISSION__BODY_MERGE, BODY_MERGE },
		{ KUSANONE__V1__SUBMISSION__BODY_OWNERSHIP_MOVE, BODY_OWNERSHIP_MOVE },
		{ KUSANONE__V1__SUBMISSION__BODY_SOURCE_CONFIRMATION,
		  BODY_SOURCE_CONFIRMATION },
		{ KUSANONE__V1__SUBMISSION__BODY_REFERENCE_CHANGE,
		  BODY_REFERENCE_CHANGE },
		{ KUSANONE__V1__SUBMISSION__BODY_ENROLMENT, BODY_ENROLMENT },
		{ KUSANONE__V1__SUBMISSION__BODY_REVOCATION, BODY_REVOCATION },
		{ KUSANONE__V1__SUBMISSION__BODY_ERASURE, BODY_ERASURE },
		{ KUSANONE__V1__SUBMISSION__BODY_SUBSCRIPTION, BODY_SUBSCRIPTION },
		{ KUSANONE__V1__SUBMISSION__BODY_SILENCE, BODY_SILENCE },
		{ KUSANONE__V1__SUBMISSION__BODY_ACKNOWLEDGEMENT, BODY_ACKNOWLEDGEMENT },
	};

	for (size_t i = 0; i < ARRAY_LEN(bodies); i++) {
		if (bodies[i].sent == s->body_case) {
			d->body = bodies[i].body;
		}
	}
	if (!check_role(d)) {
		return false;
	}
	switch (d->body) {
	case BODY_WITHDRAWAL:
		return say_withdrawal(d, s->withdrawal);
	case BODY_COHOST_ANSWER:
		return say_cohost_answer(d, s->cohost_answer);
	case BODY_REVIEW:
		return say_review(d, s->review);
	case BODY_BEST_PRACTICE:
		return say_best_practice(d, s->best_practice);
	case BODY_PUBLISHED_FIGURE:
		return say_figure(d, s->published_figure);
	case BODY_PUBLICATION:
		return say_publication(d, s->publication);
	case BODY_MERGE:
		return say_merge(d, s->merge);
	case BODY_OWNERSHIP_MOVE:
		return say_move(d, s->ownership_move);
	case BODY_SOURCE_CONFIRMATION:
		return say_confirmation(d, s->source_confirmation);
	case BODY_REFERENCE_CHANGE:
		return say_effect(d, &s->reference_change->base, reference_holds);
	case BODY_ENROLMENT:
		return say_enrolment(d, s->enrolment);
	case BODY_REVOCATION:
		return say_effect(d, &s->revocation->base, revocation_holds);
	case BODY_ERASURE:
		return say_erasure(d, s->erasure, s->erase_people_of);
	case BODY_SUBSCRIPTION:
	case BODY_SILENCE:
	case BODY_ACKNOWLEDGEMENT:
		return say_alert(d, s);
	default:
		/* intake_submit() has refused a body that has no case here. */
		must(false);
		return false;
	}
}
