#include <inttypes.h>

#include "intake/check_wire.h"
#include "lib/base/unpack_wire.h"
#include "lib/model/publication_wire.h"

/* A publication: figures of a position that the archive's checkpoint covers, so that
 * whoever keeps the page can have it checked that the records behind it are still those.
 * Headquarters' intake is a witness of its archive: it puts in the checkpoint that it
 * has verified itself, and nobody's else.
 *
 * A name is said once.  The same again is a repeat, whatever checkpoint has come since.
 */

static bool
check_name(struct draft *d, const char *name)
{
	return publication_name_good(slice_str(name)) ||
	       draft_invalid(d, "name", "名前として使えません。", "Cannot be a name.",
			     "1 行の文字 (127 バイト以内、前後に空白なし)",
			     "one line of text, at most 127 bytes, without blanks "
			     "around it");
}

/* One rule, in both places. */
static bool
check_query(struct draft *d, Kusanone__V1__Publication *m)
{
	struct show_fault fault = { 0 };
	enum date_rule rule = RULE_LOCAL;

	if (pb_is_set(m->rule) && !date_rule_parse(slice_str(m->rule), &rule)) {
		return draft_invalid(d, "rule", "知らない日付規則です。",
				     "Is no dating rule.", "local、tokyo",
				     "local, tokyo");
	}
	m->rule = (char *)(uintptr_t)date_rule_name(rule);
	return publication_query_check(&d->in->fold, slice_pb(m->query), rule, d->arena,
				       &fault) ||
	       draft_invalid(d, fault.field, fault.reason_ja, fault.reason_en,
			     fault.expected_ja, fault.expected_en);
}

/* What was published under this name, of this turn too; NULL: nothing. */
static const Kusanone__V1__Publication *
find_published(struct draft *d, const struct hash *state, const char *name,
	       size_t *ret_pending, uint32_t *ret_row)
{
	const struct pending *p = pending_by_state(d->in, state);
	uint32_t at = fold_find_publication(&d->in->fold, slice_str(name));
	struct slice record, said;

	*ret_pending = SIZE_MAX;
	*ret_row = UINT32_MAX;
	if (p != NULL) {
		*ret_pending = (size_t)(p - d->in->pending);
		said = p->said;
	} else if (at != UINT32_MAX) {
		const struct publication_row *row =
			table_at(&d->in->fold.publications, at);

		*ret_row = row->record;
		must(intake_read(d->in, (uint64_t)row->record + 1, d->arena, &record));
		must(wire_get_bytes(record, BODY_PUBLICATION, &said));
	} else {
		return NULL;
	}
	const ProtobufCMessage *found = unpack_message(
		&kusanone__v1__publication__descriptor, said, d->arena, NULL);
	must(found != NULL);
	return (const Kusanone__V1__Publication *)found;
}

static bool
is_same(const Kusanone__V1__Publication *a, const Kusanone__V1__Publication *b)
{
	return a->position == b->position && strcmp(a->rule, b->rule) == 0 &&
	       slice_eq(slice_pb(a->query), slice_pb(b->query));
}

static bool
refuse_taken(struct draft *d, const Kusanone__V1__Publication *was,
	     const Kusanone__V1__Publication *m)
{
	bool moved = was->position != m->position;

	return draft_refuse(
		d, "conflict", "name",
		moved ? arena_printf(d->arena,
				     "この名前では、位置 %" PRIu64
				     " の数値がすでに公表されています (今回は %" PRIu64
				     ")。",
				     was->position, m->position)
		      : "この名前では、別の条件の数値がすでに公表されています。",
		moved ? arena_printf(d->arena,
				     "Figures of position %" PRIu64
				     " were published under this name, not of %" PRIu64
				     ".",
				     was->position, m->position)
		      : "Other figures were published under this name.",
		"別の名前にしてください。公表したものは変わりません "
		"(kusanone publication show)。",
		"Take another name: what was published stays (kusanone publication "
		"show).");
}

/* ---- The checkpoint ---------------------------------------------------------------- */

static bool
refuse_uncovered(struct draft *d, uint64_t covered, uint64_t position)
{
	return draft_refuse(
		d, "conflict", "position",
		arena_printf(d->arena,
			     "アーカイブのチェックポイントは位置 %" PRIu64
			     " までで、位置 %" PRIu64 " を含みません。",
			     covered, position),
		arena_printf(d->arena,
			     "The archive's checkpoint covers %" PRIu64
			     ", the position is %" PRIu64 ".",
			     covered, position),
		arena_printf(
			d->arena,
			"kusanone archive seal で封印してからもう一度送るか、%" PRIu64
			" までの位置を指定してください。",
			covered),
		arena_printf(d->arena,
			     "Seal the archive first (kusanone archive seal), or name a "
			     "position up to %" PRIu64 ".",
			     covered));
}

static bool
put_checkpoint(struct draft *d, Kusanone__V1__Publication *m)
{
	const struct witness *w = &d->in->witness.is;
	struct tree_head head;

	if (w->fork.len != 0) {
		return draft_refuse(
			d, "conflict", "checkpoint",
			"これと両立しない、署名されたチェックポイントがあります。",
			"A signed checkpoint contradicts the one that is kept here.",
			"アーカイブが書き換えられた理由が分かるまで公表できません "
			"(kusanone archive witness --fork)。",
			"Nothing is published until it is known why the archive was "
			"rewritten (kusanone archive witness --fork).");
	}
	if (!witness_head(w, &head) || head.position == 0) {
		return draft_refuse(
			d, "conflict", "checkpoint",
			"アーカイブのチェックポイントがまだありません "
			"(アーカイブは位置 0 までです)。",
			"No checkpoint of the archive has come yet: it covers 0.",
			"保管サービスを動かし、kusanone archive seal "
			"で封印してからもう一度送ってください。",
			"An archiving service that runs, and kusanone archive seal.");
	}
	if (m->position == 0) {
		return draft_invalid(
			d, "position", "位置がありません。", "Names no position.",
			arena_printf(d->arena, "1 から %" PRIu64 " まで", head.position),
			arena_printf(d->arena, "1 to %" PRIu64, head.position));
	}
	if (m->position > head.position) {
		return refuse_uncovered(d, head.position, m->position);
	}
	m->checkpoint = pb_slice(buf_slice(&w->known));
	return true;
}

bool
say_publication(struct draft *d, Kusanone__V1__Publication *m)
{
	struct buf key = { 0 };
	size_t pending;
	uint32_t row;

	if (m->checkpoint.len != 0) {
		return draft_invalid(d, "checkpoint",
				     "チェックポイントはこの受付が入れます。",
				     "The checkpoint is put in here.", "空", "nothing");
	}
	if (!check_name(d, m->name) || !check_query(d, m)) {
		return false;
	}
	buf_put_le32(&key, d->body);
	buf_put_str(&key, m->name);
	struct saying s = { .state = hash_of(buf_slice(&key)) };
	buf_fini(&key);

	const Kusanone__V1__Publication *was =
		find_published(d, &s.state, m->name, &pending, &row);
	if (was != NULL && !is_same(was, m)) {
		return refuse_taken(d, was, m);
	}
	if (was != NULL) {
		draft_answer_repeat(d, pending, row, NULL);
		return true;
	}
	if (!put_checkpoint(d, m)) {
		return false;
	}
	s.said = pack_in_arena(&m->base, d->arena);
	draft_set_digest(d, d->body, NULL, 0);
	return draft_record(d, &s);
}
