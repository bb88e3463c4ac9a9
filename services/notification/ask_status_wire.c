#include <inttypes.h>

#include "notification/ask_parts_wire.h"

/* StatusReply: what the service knows of itself. */

static void
add_alarm(struct turn *turn, Kusanone__V1__StatusReply *r, const char *ja, const char *en)
{
	r->alarms[r->n_alarms++] = reply_text(turn->arena, ja, en);
}

static Kusanone__V1__AlertCounts *
counts_of(struct notification *n, struct turn *turn)
{
	Kusanone__V1__AlertCounts *c = arena_alloc(turn->arena, sizeof(*c));
	wall_ms_t next = watch_next(n);

	kusanone__v1__alert_counts__init(c);
	c->subscriptions = n->open_count;
	for (uint32_t r = alerts_next(&n->alerts, 0); r != UINT32_MAX;
	     r = alerts_next(&n->alerts, r + 1)) {
		bool taken = alerts_at(&n->alerts, r)->state == ALERT_TAKEN;

		c->sending += taken;
		c->waiting += !taken;
	}
	c->sent = n->counts.sent;
	c->dead = n->counts.dead;
	c->missed = n->counts.missed;
	c->repeated_sends = n->counts.repeated;
	c->next_ms = next == NEVER ? 0 : next;
	return c;
}

/* The oldest message that no receiver has taken for an hour; NULL: there is none. */
static const struct sending *
oldest_stuck(const struct notification *n, wall_ms_t now)
{
	const struct sending *oldest = NULL;

	for (size_t i = 0; i < n->sending_count; i++) {
		const struct sending *s = n->sendings[i];

		if (!s->test && s->made + HOUR_MS <= now &&
		    (oldest == NULL || s->made < oldest->made)) {
			oldest = s;
		}
	}
	return oldest;
}

static void
add_stuck(struct notification *n, struct turn *turn, Kusanone__V1__StatusReply *r)
{
	const struct sending *s = oldest_stuck(n, turn->wall);
	char id[ASK_ID_TEXT + 1];

	if (s == NULL) {
		return;
	}
	unsigned hours = (unsigned)((turn->wall - s->made) / HOUR_MS);
	hex_format(s->id.b, ALERT_ID_LEN, id);
	add_alarm(turn, r,
		  arena_printf(turn->arena,
			       "通知 %.8s は %u 時間たっても受け取られていません（%s）",
			       id, hours, s->answer),
		  arena_printf(turn->arena,
			       "message %.8s has not been taken for %u hours (%s)", id,
			       hours, s->answer));
}

void
ask_status(struct notification *n, struct peer to, uint64_t request, struct turn *turn)
{
	Kusanone__V1__Reply reply = KUSANONE__V1__REPLY__INIT;
	Kusanone__V1__StatusReply r = KUSANONE__V1__STATUS_REPLY__INIT;
	Kusanone__V1__LinkRow link = KUSANONE__V1__LINK_ROW__INIT, *links = &link;
	struct store_usage usage = store_usage(n->store);
	char *node = arena_alloc(turn->arena, 2 * NODE_ID_LEN + 1);

	hex_format(n->config.node.b, NODE_ID_LEN, node);
	r.service = (char *)(uintptr_t) "notification";
	r.node_id = node;
	r.name = (char *)(uintptr_t)n->config.name;
	r.software = (char *)(uintptr_t)n->config.software;
	r.position = fold_position(&n->fold);
	r.hq_position = n->follower.head > r.position ? n->follower.head : r.position;
	link.name = (char *)(uintptr_t)n->follower.dialer.name;
	link.state = (char *)(uintptr_t)dialer_state_name(n->follower.dialer.state);
	link.since_ms = turn->wall - (turn->now - n->follower.dialer.state_since);
	link.reason = n->follower.dialer.reason;
	link.unconfirmed = r.hq_position - r.position;
	r.links = &links;
	r.n_links = 1;
	r.disk_bytes = usage.used_bytes;
	r.disk_quota_bytes = usage.quota_bytes;
	r.memory_bytes = fold_memory(&n->fold) + schedule_memory(&n->schedule) +
			 table_memory(&n->alerts.rows) + table_memory(&n->seen);
	r.events = n->fold.events.count;
	r.records = n->fold.records.count;
	r.wall_ms = turn->wall;
	r.started_ms = n->started;
	r.alerts = counts_of(n, turn);
	r.alarms = arena_alloc(turn->arena, 5 * sizeof(r.alarms[0]));
	if (n->follower.alarm[0] != '\0') {
		add_alarm(turn, &r, n->follower.alarm, n->follower.alarm);
	}
	if (n->behind) {
		add_alarm(turn, &r, "本部の記録を取り寄せているため、通知を送りません",
			  "headquarters' log is being fetched: no alert is sent until it "
			  "is here");
	}
	if (n->feed_alarm[0] != '\0') {
		add_alarm(turn, &r,
			  arena_printf(turn->arena, "カレンダーを書けません: %s",
				       n->feed_alarm),
			  arena_printf(turn->arena, "a feed cannot be written: %s",
				       n->feed_alarm));
	}
	add_stuck(n, turn, &r);
	if (usage.disk_full || usage.percent >= STORE_REFUSE_PERCENT) {
		add_alarm(turn, &r, "ディスクが一杯で、通知を送れません",
			  "the disk is full: no alert is sent");
	}
	reply.request = request;
	reply.reply_case = KUSANONE__V1__REPLY__REPLY_STATUS;
	reply.status = &r;
	ask_reply(to, &reply, turn);
}
