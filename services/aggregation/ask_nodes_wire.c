#include "aggregation/ask_parts_wire.h"

#include <inttypes.h>

#include "lib/base/unpack_wire.h"
#include "lib/node/reply_wire.h"

/* What headquarters knows of its nodes: keys, how far each journal is complete, where it
 * branched, when it was last heard. */

enum { BRANCHES_SHOWN = 8 };

static char *
hex(struct arena *arena, const void *at, size_t len)
{
	char *text = arena_alloc(arena, 2 * len + 1);

	hex_format(at, len, text);
	return text;
}

static const struct session *
session_of(const struct aggregation *a, const struct node_row *n)
{
	const struct session *found = NULL;

	for (size_t i = 0; i < a->listener.count; i++) {
		const struct session *s = a->listener.sessions[i];

		if (!s->closing && memcmp(s->node.b, n->id, NODE_ID_LEN) == 0 &&
		    (found == NULL || s->last_in > found->last_in)) {
			found = s;
		}
	}
	return found;
}

/* Ends beyond the first are branches: a restored copy, or two machines with one key. */
static void
fill_ends(const struct aggregation *a, const struct node_row *n, struct arena *arena,
	  Kusanone__V1__NodeRow *row)
{
	row->branches = arena_alloc(arena, BRANCHES_SHOWN * sizeof(char *));
	for (uint32_t e1 = n->ends1; e1 != 0;) {
		const struct end_row *end = table_at(&a->fold.ends, e1 - 1);

		if (end->last_seq > row->complete_upto) {
			row->complete_upto = end->last_seq;
		}
		if (n->end_count > 1 && row->n_branches < BRANCHES_SHOWN) {
			row->branches[row->n_branches++] =
				arena_printf(arena, "%" PRIu64 "·%.4s", end->last_seq,
					     hex(arena, end->hash.b, HASH_LEN));
		}
		e1 = end->next1;
	}
}

static const char *
key_state_name(uint8_t state)
{
	switch (state) {
	case KEY_VALID:
		return "valid";
	case KEY_RETIRED:
		return "retired";
	default:
		return "stolen";
	}
}

static Kusanone__V1__NodeRow *
node_row(struct aggregation *a, const struct node_row *n, const struct key_row *k,
	 struct turn *turn)
{
	Kusanone__V1__NodeRow *row = arena_alloc(turn->arena, sizeof(*row));
	const struct session *s = session_of(a, n);
	unsigned count = 0;
	const uint32_t *posts = sets_at(&a->fold.sets, n->posts, &count);
	struct slice name = words_at(&a->fold.words, n->name);

	kusanone__v1__node_row__init(row);
	row->node_id = hex(turn->arena, n->id, NODE_ID_LEN);
	row->name = arena_dup(turn->arena, name.at, name.len);
	row->role = (Kusanone__V1__NodeRole)n->role;
	row->posts = arena_alloc(turn->arena, count * sizeof(char *));
	for (unsigned i = 0; i < count; i++) {
		struct slice post = words_at(&a->fold.words, posts[i]);

		row->posts[row->n_posts++] = arena_dup(turn->arena, post.at, post.len);
	}
	row->key_id = hex(turn->arena, k->key_id, sizeof(k->key_id));
	row->key_state = (char *)(uintptr_t)key_state_name(k->state);
	row->connected = s != NULL;
	if (s != NULL) {
		row->last_contact_ms = turn->wall - (turn->now - s->last_in);
	}
	row->refused = n->refused;
	fill_ends(a, n, turn->arena, row);
	return row;
}

static void
fill_nodes(struct aggregation *a, struct turn *turn, size_t *ret_count,
	   Kusanone__V1__NodeRow ***ret_rows)
{
	size_t count = 0;

	*ret_rows = arena_alloc(turn->arena, a->fold.keys.count * sizeof((*ret_rows)[0]));
	for (uint32_t i = 0; i < a->fold.keys.count; i++) {
		const struct key_row *k = table_at(&a->fold.keys, i);
		const struct node_row *n = table_at(&a->fold.nodes, k->node);

		(*ret_rows)[count++] = node_row(a, n, k, turn);
	}
	*ret_count = count;
}

void
ask_nodes(struct aggregation *a, struct turn *turn, Kusanone__V1__NodesReply *reply)
{
	fill_nodes(a, turn, &reply->n_rows, &reply->rows);
}

static void
add_alarm(Kusanone__V1__StatusReply *reply, struct arena *arena, const char *ja,
	  const char *en)
{
	reply->alarms[reply->n_alarms++] = reply_text(arena, ja, en);
}

static char *
text_of(const struct buf *b, struct turn *turn)
{
	return arena_dup(turn->arena, b->at, b->len);
}

static void
say_archive(const struct aggregation *a, struct turn *turn,
	    Kusanone__V1__StatusReply *reply)
{
	const struct own_archive *o = &a->archive;

	switch (o->state) {
	case OWN_ARCHIVE_AWAITED:
		add_alarm(reply, turn->arena,
			  "保管サービスの接続を待っています。それまで記録を受け取りません"
			  "（アーカイブが失われたのなら kusanone accept-rollback）",
			  "waits for its archiving service, and takes no records before "
			  "(if the archive is lost: kusanone accept-rollback)");
		break;
	case OWN_ARCHIVE_AHEAD:
		add_alarm(
			reply, turn->arena,
			arena_printf(
				turn->arena,
				"この記録は以前の状態に戻されています。アーカイブは位置 "
				"%" PRIu64 " までを持っています。記録を受け取りません: "
				"kusanone archive refill",
				o->cursor),
			arena_printf(turn->arena,
				     "this log was set back: its archive holds what it "
				     "does not, up to position %" PRIu64
				     ". No records are taken: kusanone archive refill",
				     o->cursor));
		break;
	case OWN_ARCHIVE_GIVEN_UP:
		add_alarm(reply, turn->arena,
			  "アーカイブなしで続けています (accept-rollback)",
			  "goes on without its archive (accept-rollback)");
		break;
	case OWN_ARCHIVE_HELD:
	case OWN_ARCHIVE_NONE:
		break;
	}
	if (o->checkpoint.len != 0) {
		Kusanone__V1__ArchiveView *view = arena_alloc(turn->arena, sizeof(*view));

		kusanone__v1__archive_view__init(view);
		view->entries = o->head.size;
		view->position = o->head.position;
		view->hq_ms = o->head.hq_ms;
		view->checkpoint = text_of(&o->checkpoint, turn);
		view->key = text_of(&o->key, turn);
		reply->archive = view;
	}
}

void
ask_status(struct aggregation *a, struct turn *turn, Kusanone__V1__StatusReply *reply)
{
	struct store_usage usage = store_usage(a->store);

	reply->service = (char *)(uintptr_t) "aggregation";
	reply->node_id = hex(turn->arena, a->config.hq.node.b, NODE_ID_LEN);
	reply->name = arena_dup(turn->arena, a->config.hq.name.at, a->config.hq.name.len);
	reply->software = (char *)(uintptr_t)a->config.software;
	reply->position = fold_position(&a->fold);
	reply->hq_position = a->log.head.position;
	fill_nodes(a, turn, &reply->n_nodes, &reply->nodes);
	reply->disk_bytes = usage.used_bytes;
	reply->disk_quota_bytes = usage.quota_bytes;
	reply->memory_bytes = fold_memory(&a->fold);
	reply->events = a->fold.events.count;
	reply->records = a->fold.records.count;
	reply->wall_ms = turn->wall;
	reply->started_ms = a->started;
	reply->alarms = arena_alloc(turn->arena, 5 * sizeof(reply->alarms[0]));
	say_archive(a, turn, reply);
	if (a->listener.superseded != 0) {
		add_alarm(reply, turn->arena, "同じ鍵で二台が接続しました",
			  "two machines have connected with one key");
	}
	if (usage.disk_full || usage.percent >= STORE_REFUSE_PERCENT) {
		add_alarm(reply, turn->arena,
			  "ディスクがいっぱいで、新しい記録を受け取れません",
			  "the disk is full: no new records are taken");
	} else if (usage.percent >= STORE_WARN_PERCENT) {
		add_alarm(reply, turn->arena, "ディスクの残りが少なくなっています",
			  "the disk is filling up");
	}
}
