#include <inttypes.h>

#include "intake/query_wire.h"
#include "lib/node/reply_wire.h"

/* StatusReply: what this node knows of itself. */

static char *
borrowed(const char *s)
{
	return (char *)(uintptr_t)(s != NULL ? s : "");
}

/* Why headquarters is not reached, for whoever has to do something about it. */
static const struct {
	const char *ja, *en;
} line_ended[LINE_END_COUNT] = {
	[LINE_NO_ADDRESS] = {
		.ja = "本部のアドレスの名前を解決できません",
		.en = "the name in headquarters' address does not resolve",
	},
	[LINE_REFUSED] = {
		.ja = "接続を拒まれました。本部が止まっているか、経路がありません",
		.en = "refused: headquarters does not run there, or no way leads there",
	},
	[LINE_KEY_REFUSED] = {
		.ja = "本部がこの拠点の鍵を受け付けません（未登録か失効）",
		.en = "this node's key is not accepted: not enrolled yet, or revoked",
	},
	[LINE_STRANGER] = {
		.ja = "応答した相手は、設定にある本部の鍵を持っていません",
		.en = "who answers there does not have the key of hq.key",
	},
	[LINE_MUTE] = {
		.ja = "接続はできますが、相手が何も言いません",
		.en = "the connection is taken, but nobody speaks",
	},
	[LINE_CUT] = {
		.ja = "接続が切れました",
		.en = "the connection was cut",
	},
	[LINE_SILENT] = {
		.ja = "本部から何も届きません",
		.en = "silent: nothing comes from headquarters",
	},
};

static Kusanone__V1__Text *
because(struct arena *arena, enum line_end end)
{
	const char *ja = line_ended[end].ja;

	return ja != NULL ? reply_text(arena, ja, line_ended[end].en) : NULL;
}

static Kusanone__V1__LinkRow *
link_row(struct turn *turn, const struct dialer *d, uint64_t unconfirmed)
{
	Kusanone__V1__LinkRow *row = arena_alloc(turn->arena, sizeof(*row));

	kusanone__v1__link_row__init(row);
	row->name = borrowed(d->name);
	row->state = borrowed(dialer_state_name(d->state));
	row->since_ms = turn->wall - (turn->now - d->state_since);
	row->reason = borrowed(d->reason);
	row->because = because(turn->arena, d->ended);
	row->unconfirmed = unconfirmed;
	return row;
}

static void
fill_links(struct intake *in, struct turn *turn, Kusanone__V1__StatusReply *r)
{
	uint64_t heard = in->journal.cursor.position;

	if (in->config.dial_count == 0) {
		return;
	}
	r->links = arena_alloc(turn->arena, 2 * sizeof(r->links[0]));
	r->links[r->n_links++] = link_row(turn, &in->up.dialer, in->journal.waiting);
	r->links[r->n_links++] =
		link_row(turn, &in->down.dialer,
			 in->down.head > heard ? in->down.head - heard : 0);
}

static void
add_alarm(struct turn *turn, Kusanone__V1__StatusReply *r, const char *ja, const char *en)
{
	r->alarms[r->n_alarms++] = reply_text(turn->arena, ja, en);
}

static void
fill_branches(struct intake *in, struct turn *turn, Kusanone__V1__StatusReply *r)
{
	const struct branches *b = &in->branches;

	if (b->count < 2) {
		return;
	}
	r->branches = arena_alloc(turn->arena, b->count * sizeof(r->branches[0]));
	for (unsigned i = 0; i < b->count; i++) {
		char hex[2 * HASH_LEN + 1];

		hex_format(b->at[i].tip.b, HASH_LEN, hex);
		r->branches[r->n_branches++] = arena_printf(
			turn->arena, "%" PRIu64 "·%.4s", b->at[i].last_seq, hex);
	}
	add_alarm(turn, r,
		  arena_printf(turn->arena,
			       "%s は %" PRIu64 " から %u つに分かれています。"
			       "復元した複製か、一つの鍵を使う二台の機械ですか。",
			       in->config.name, b->at[1].from, b->count + b->more),
		  arena_printf(turn->arena,
			       "%s has %u branches since %" PRIu64
			       ": a restored copy, or two machines with one key?",
			       in->config.name, b->count + b->more, b->at[1].from));
}

static char *
text_of(struct turn *turn, const struct buf *b)
{
	return arena_dup(turn->arena, b->at, b->len);
}

/* The checkpoint that is kept, and what speaks against the archive. */
static void
fill_archive(struct intake *in, struct turn *turn, Kusanone__V1__StatusReply *r)
{
	const struct witness *w = &in->witness.is;
	Kusanone__V1__ArchiveView *view = arena_alloc(turn->arena, sizeof(*view));
	struct tree_head head;
	struct buf key = { 0 };

	if (w->foreign) {
		add_alarm(turn, r,
			  "アーカイブのチェックポイントに、知っている鍵の署名がありません"
			  "。",
			  "The archive's checkpoint is not signed with the key that is "
			  "kept here.");
	}
	if (!witness_head(w, &head)) {
		return;
	}
	kusanone__v1__archive_view__init(view);
	note_key_put(&key, &w->key);
	view->entries = head.size;
	view->position = head.position;
	view->hq_ms = head.hq_ms;
	view->checkpoint = text_of(turn, &w->known);
	view->key = text_of(turn, &key);
	view->waits = w->wanted != 0;
	view->fork = text_of(turn, &w->fork);
	r->archive = view;
	buf_fini(&key);
	if (w->fork.len != 0) {
		add_alarm(turn, r,
			  "本部のアーカイブが書き換えられています。署名された二つの"
			  "チェックポイントが両立しません: kusanone archive witness",
			  "Headquarters' archive was rewritten: two signed checkpoints "
			  "contradict each other: kusanone archive witness");
	} else if (w->older) {
		add_alarm(
			turn, r,
			"本部のアーカイブが、ここで知っているものより短くなっています。",
			"Headquarters' archive holds less than it did: it was set back.");
	} else if (witnessing_waits_long(in, turn->now)) {
		add_alarm(turn, r,
			  "新しいチェックポイントが、前のものに続くと証明されません。",
			  "A newer checkpoint is shown, and not proved to extend the one "
			  "that is kept here.");
	}
}

void
reply_status(struct intake *in, struct turn *turn, Kusanone__V1__StatusReply *r)
{
	struct store_usage usage = store_usage(in->store);
	char *node = arena_alloc(turn->arena, 2 * NODE_ID_LEN + 1);

	hex_format(in->config.node.b, NODE_ID_LEN, node);
	r->service = borrowed("intake");
	r->node_id = node;
	r->name = borrowed(in->config.name);
	r->software = borrowed(in->config.software);
	r->position = in->journal.cursor.position;
	r->seq = in->journal.tip_seq;
	r->unreceipted = in->journal.waiting;
	r->hq_position = in->down.told > in->journal.cursor.position
				 ? in->down.told
				 : in->journal.cursor.position;
	r->disk_bytes = usage.used_bytes;
	r->disk_quota_bytes = usage.quota_bytes;
	r->memory_bytes = fold_memory(&in->fold) + table_memory(&in->source_keys);
	r->events = in->fold.events.count;
	r->records = in->own_records;
	r->wall_ms = turn->wall;
	r->started_ms = in->started;
	r->alarms = arena_alloc(turn->arena, 6 * sizeof(r->alarms[0]));
	fill_links(in, turn, r);
	fill_branches(in, turn, r);
	fill_archive(in, turn, r);
	if (in->alarm[0] != '\0') {
		add_alarm(turn, r, in->alarm, in->alarm);
	}
	if (usage.disk_full || usage.percent >= STORE_REFUSE_PERCENT) {
		add_alarm(turn, r, "ディスクが一杯で、新しい記録を受け付けません。",
			  "The disk is full: new work is refused.");
	} else if (usage.percent >= STORE_WARN_PERCENT) {
		add_alarm(turn, r, "ディスクの割当ての 75% を超えました。",
			  "More than 75 % of the disk's quota is used.");
	}
}
