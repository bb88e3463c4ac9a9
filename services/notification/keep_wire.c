#include <stdio.h>
#include <stdlib.h>

#include "kusanone/v1/alert.pb-c.h"
#include "lib/base/unpack_wire.h"
#include "notification/keep_wire.h"

/* The alert log: notification.h says what lies where. */

enum {
	TOLD_KEY_LEN = 2 * UUID_LEN,
	TOLD_BEFORE = 1, /* No event can have been told of before the second record. */
	HISTORY_KEY_LEN = 8 + ALERT_ID_LEN,
};

const char *const notification_db_names[] = { "due",  "message", "settled", "history",
					      "told", "meta",    NULL };

static struct slice
id_slice(const struct alert_id *id)
{
	return slice_of(id->b, ALERT_ID_LEN);
}

static char *
word_text(struct notification *n, uint32_t word, struct arena *arena)
{
	struct slice s = words_at(&n->words, word);

	return arena_dup(arena, s.at, s.len);
}

/* ---- An alert as a message --------------------------------------------------------- */

static ProtobufCBinaryData
uuid_bytes(const struct uuid *id)
{
	return uuid_is_zero(id) ? (ProtobufCBinaryData){ 0 }
				: pb_slice(slice_of(id->b, UUID_LEN));
}

static void
fill(struct notification *n, const struct alert *a, struct arena *arena,
     Kusanone__V1__StoredAlert *ret)
{
	kusanone__v1__stored_alert__init(ret);
	ret->subscription = uuid_bytes(&a->subscription);
	ret->kind = (char *)(uintptr_t)alert_kind_name((enum alert_kind)a->kind);
	ret->event = uuid_bytes(&a->event);
	ret->position = a->position;
	ret->due_ms = a->due;
	ret->session = word_text(n, a->session, arena);
	ret->lead_minutes = a->lead;
	ret->starts_ms = a->starts;
	ret->subject = word_text(n, a->subject, arena);
	ret->spell = word_text(n, a->spell, arena);
	ret->other_event = uuid_bytes(&a->other);
	ret->value = a->value;
	ret->value_before = a->value_before;
}

static bool
uuid_from(ProtobufCBinaryData bytes, struct uuid *ret)
{
	*ret = (struct uuid){ { 0 } };
	if (bytes.len == UUID_LEN) {
		memcpy(ret->b, bytes.data, UUID_LEN);
	}
	return bytes.len == 0 || bytes.len == UUID_LEN;
}

/* False: of a kind that this program does not know. */
static bool
read_alert(struct notification *n, const struct alert_id *id,
	   const Kusanone__V1__StoredAlert *m, struct alert *ret)
{
	enum alert_kind kind;

	*ret = (struct alert){ .id = *id,
			       .position = m->position,
			       .due = m->due_ms,
			       .starts = m->starts_ms,
			       .value = m->value,
			       .value_before = m->value_before,
			       .session = words_id(&n->words, slice_str(m->session)),
			       .subject = words_id(&n->words, slice_str(m->subject)),
			       .spell = words_id(&n->words, slice_str(m->spell)),
			       .lead = m->lead_minutes };
	if (!alert_kind_parse(slice_str(m->kind), &kind) ||
	    !uuid_from(m->subscription, &ret->subscription) ||
	    !uuid_from(m->event, &ret->event) ||
	    !uuid_from(m->other_event, &ret->other)) {
		return false;
	}
	ret->kind = (uint8_t)kind;
	return true;
}

static const Kusanone__V1__StoredAlert *
unpack_alert(struct slice bytes, struct arena *arena)
{
	return (const Kusanone__V1__StoredAlert *)unpack_message(
		&kusanone__v1__stored_alert__descriptor, bytes, arena, NULL);
}

bool
keep_read_alert(struct notification *n, struct slice key, struct slice value,
		struct arena *arena, struct alert *ret_alert,
		const Kusanone__V1__StoredAlert **ret_stored)
{
	struct alert_id id;

	if (key.len != ALERT_ID_LEN) {
		return false;
	}
	memcpy(id.b, key.at, ALERT_ID_LEN);
	*ret_stored = unpack_alert(value, arena);
	return *ret_stored != NULL && read_alert(n, &id, *ret_stored, ret_alert);
}

/* ---- Due --------------------------------------------------------------------------- */

void
keep_due(struct notification *n, struct txn *txn, const struct alert *a)
{
	Kusanone__V1__StoredAlert m;
	struct arena arena = { 0 };

	fill(n, a, &arena, &m);
	txn_put(txn, NOTIFICATION_DB_DUE, id_slice(&a->id),
		pack_in_arena(&m.base, &arena));
	arena_fini(&arena);
}

void
keep_forget_due(struct txn *txn, const struct alert_id *id)
{
	txn_del(txn, NOTIFICATION_DB_DUE, id_slice(id));
}

/* ---- Messages ---------------------------------------------------------------------- */

void
keep_message(struct notification *n, struct txn *txn, const struct sending *s,
	     uint32_t attempts, wall_ms_t next, bool in_doubt, const char *answer)
{
	Kusanone__V1__StoredMessage m = KUSANONE__V1__STORED_MESSAGE__INIT;
	struct arena arena = { 0 };
	Kusanone__V1__KeyedAlert *keyed =
		arena_alloc(&arena, s->count * sizeof(keyed[0]));
	Kusanone__V1__StoredAlert *stored =
		arena_alloc(&arena, s->count * sizeof(stored[0]));

	m.subscription = uuid_bytes(&s->subscription);
	m.attempts = attempts;
	m.made_ms = s->made;
	m.next_ms = next;
	m.in_doubt = in_doubt;
	m.answer = (char *)(uintptr_t)answer;
	m.n_alerts = s->count;
	m.alerts = arena_alloc(&arena, s->count * sizeof(m.alerts[0]));
	for (uint32_t i = 0; i < s->count; i++) {
		const struct alert *a = alerts_at(&n->alerts, s->alerts[i]);

		fill(n, a, &arena, &stored[i]);
		kusanone__v1__keyed_alert__init(&keyed[i]);
		keyed[i].id = pb_slice(id_slice(&a->id));
		keyed[i].alert = &stored[i];
		m.alerts[i] = &keyed[i];
	}
	txn_put(txn, NOTIFICATION_DB_MESSAGE, id_slice(&s->id),
		pack_in_arena(&m.base, &arena));
	arena_fini(&arena);
}

void
keep_forget_message(struct txn *txn, const struct alert_id *id)
{
	txn_del(txn, NOTIFICATION_DB_MESSAGE, id_slice(id));
}

/* ---- Settled ----------------------------------------------------------------------- */

static const Kusanone__V1__AlertState states[] = {
	[SETTLED_SENT] = KUSANONE__V1__ALERT_STATE__ALERT_STATE_SENT,
	[SETTLED_DEAD] = KUSANONE__V1__ALERT_STATE__ALERT_STATE_DEAD,
	[SETTLED_MISSED] = KUSANONE__V1__ALERT_STATE__ALERT_STATE_MISSED,
};

static void
history_key(uint8_t key[HISTORY_KEY_LEN], wall_ms_t at, const struct alert_id *id)
{
	put_be64(key, (uint64_t)at);
	memcpy(key + 8, id->b, ALERT_ID_LEN);
}

/* Counts of one subscription: sent, dead, missed. */
static void
count_for(struct txn *txn, const struct uuid *subscription, enum settled how, int by)
{
	struct keep_counts counts = keep_counts_of(txn, subscription);
	uint8_t value[24];

	counts.of[how] += (uint64_t)(int64_t)by;
	for (unsigned i = 0; i < 3; i++) {
		put_be64(value + 8 * i, counts.of[i]);
	}
	txn_put(txn, NOTIFICATION_DB_META, slice_of(subscription->b, UUID_LEN),
		slice_of(value, sizeof(value)));
}

struct keep_counts
keep_counts_of(struct txn *txn, const struct uuid *subscription)
{
	struct keep_counts counts = { { 0 } };
	struct slice value;

	if (txn_get(txn, NOTIFICATION_DB_META, slice_of(subscription->b, UUID_LEN),
		    &value) &&
	    value.len == 24) {
		for (unsigned i = 0; i < 3; i++) {
			counts.of[i] = get_be64(value.at + 8 * i);
		}
	}
	return counts;
}

void
keep_settled(struct notification *n, struct txn *txn, const struct alert *a,
	     enum settled how, const char *reason, const struct sending *s,
	     const char *answer, wall_ms_t at)
{
	Kusanone__V1__StoredAlert m;
	struct arena arena = { 0 };
	uint8_t key[HISTORY_KEY_LEN];

	fill(n, a, &arena, &m);
	m.state = states[how];
	m.reason = (char *)(uintptr_t)reason;
	m.answer = (char *)(uintptr_t)answer;
	m.at_ms = at;
	if (s != NULL) {
		m.attempts = s->attempts;
		m.message = pb_slice(id_slice(&s->id));
	}
	txn_put(txn, NOTIFICATION_DB_SETTLED, id_slice(&a->id),
		pack_in_arena(&m.base, &arena));
	history_key(key, at, &a->id);
	txn_put(txn, NOTIFICATION_DB_HISTORY, slice_of(key, sizeof(key)),
		(struct slice){ 0 });
	count_for(txn, &a->subscription, how, 1);
	arena_fini(&arena);
}

bool
keep_is_settled(struct txn *txn, const struct alert_id *id)
{
	struct slice value;

	return txn_get(txn, NOTIFICATION_DB_SETTLED, id_slice(id), &value);
}

bool
keep_take_dead(struct notification *n, struct txn *txn, const struct alert_id *id,
	       struct alert *ret)
{
	const Kusanone__V1__StoredAlert *m;
	struct arena arena = { 0 };
	uint8_t key[HISTORY_KEY_LEN];
	struct slice value;
	bool dead = txn_get(txn, NOTIFICATION_DB_SETTLED, id_slice(id), &value) &&
		    keep_read_alert(n, id_slice(id), value, &arena, ret, &m) &&
		    m->state == KUSANONE__V1__ALERT_STATE__ALERT_STATE_DEAD;

	if (dead) {
		history_key(key, m->at_ms, id);
		txn_del(txn, NOTIFICATION_DB_SETTLED, id_slice(id));
		txn_del(txn, NOTIFICATION_DB_HISTORY, slice_of(key, sizeof(key)));
		count_for(txn, &ret->subscription, SETTLED_DEAD, -1);
	}
	arena_fini(&arena);
	return dead;
}

/* ---- Who was told ------------------------------------------------------------------ */

static void
told_key(uint8_t key[TOLD_KEY_LEN], const struct uuid *subscription,
	 const struct uuid *event)
{
	memcpy(key, subscription->b, UUID_LEN);
	memcpy(key + UUID_LEN, event->b, UUID_LEN);
}

void
keep_told(struct txn *txn, const struct uuid *subscription, const struct uuid *event,
	  uint64_t position)
{
	uint8_t key[TOLD_KEY_LEN], value[8];

	told_key(key, subscription, event);
	if (keep_told_since(txn, subscription, event) == 0) {
		put_be64(value, position);
		txn_put(txn, NOTIFICATION_DB_TOLD, slice_of(key, sizeof(key)),
			slice_of(value, sizeof(value)));
	}
}

void
keep_told_before(struct txn *txn)
{
	struct cursor cursor = cursor_open(txn, NOTIFICATION_DB_TOLD);
	struct buf keys = { 0 };
	struct slice key, value;
	uint8_t first[8];

	for (bool more = cursor_seek(&cursor, (struct slice){ 0 }, &key, &value); more;
	     more = cursor_next(&cursor, &key, &value)) {
		buf_put_slice(&keys, key);
	}
	cursor_close(&cursor);
	put_be64(first, TOLD_BEFORE);
	for (size_t at = 0; at + TOLD_KEY_LEN <= keys.len; at += TOLD_KEY_LEN) {
		txn_put(txn, NOTIFICATION_DB_TOLD, slice_of(keys.at + at, TOLD_KEY_LEN),
			slice_of(first, sizeof(first)));
	}
	buf_fini(&keys);
}

uint64_t
keep_told_since(struct txn *txn, const struct uuid *subscription,
		const struct uuid *event)
{
	uint8_t key[TOLD_KEY_LEN];
	struct slice value;

	told_key(key, subscription, event);
	return txn_get(txn, NOTIFICATION_DB_TOLD, slice_of(key, sizeof(key)), &value) &&
			       value.len == 8
		       ? get_be64(value.at)
		       : 0;
}

/* ---- Of itself --------------------------------------------------------------------- */

void
keep_meta(struct notification *n, struct txn *txn, wall_ms_t horizon,
	  const struct alert_counts *counts)
{
	const uint64_t numbers[] = { (uint64_t)horizon, counts->sent, counts->dead,
				     counts->missed, counts->repeated };
	uint8_t value[8 * ARRAY_LEN(numbers)];

	for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
		put_be64(value + 8 * i, numbers[i]);
	}
	txn_put(txn, NOTIFICATION_DB_META, slice_str("clock"),
		slice_of(value, sizeof(value)));
	put_be64(value, n->behind ? n->followed : fold_position(&n->fold));
	txn_put(txn, NOTIFICATION_DB_META, slice_str("followed"), slice_of(value, 8));
}

static void
load_meta(struct notification *n, struct txn *txn)
{
	uint64_t *const counts[] = { &n->counts.sent, &n->counts.dead, &n->counts.missed,
				     &n->counts.repeated };
	struct slice value;

	if (txn_get(txn, NOTIFICATION_DB_META, slice_str("clock"), &value) &&
	    value.len == 40) {
		n->horizon = (wall_ms_t)get_be64(value.at);
		for (size_t i = 0; i < ARRAY_LEN(counts); i++) {
			*counts[i] = get_be64(value.at + 8 * (i + 1));
		}
	}
	n->kept_horizon = n->horizon;
	n->wall_before = n->horizon;
	n->staged_horizon = n->horizon;
	if (txn_get(txn, NOTIFICATION_DB_META, slice_str("followed"), &value) &&
	    value.len == 8) {
		n->followed = get_be64(value.at);
	}
}

static enum err
load_due(struct notification *n, struct txn *txn)
{
	struct cursor cursor = cursor_open(txn, NOTIFICATION_DB_DUE);
	struct arena arena = { 0 };
	struct slice key, value;
	enum err err = OK;

	for (bool more = cursor_seek(&cursor, (struct slice){ 0 }, &key, &value);
	     more && err == OK; more = cursor_next(&cursor, &key, &value)) {
		const Kusanone__V1__StoredAlert *m;
		struct alert alert;

		if (!keep_read_alert(n, key, value, &arena, &alert, &m)) {
			err = ERR_CORRUPT;
			break;
		}
		alert.state = ALERT_DUE;
		alerts_add(&n->alerts, &alert);
		arena_reset(&arena);
	}
	cursor_close(&cursor);
	arena_fini(&arena);
	return err;
}

/* What was under way when the process ended may have been taken. */
static enum err
load_message(struct notification *n, struct slice key, struct slice value,
	     struct arena *arena)
{
	const Kusanone__V1__StoredMessage *m =
		(const Kusanone__V1__StoredMessage *)unpack_message(
			&kusanone__v1__stored_message__descriptor, value, arena, NULL);

	if (m == NULL || key.len != ALERT_ID_LEN || m->subscription.len != UUID_LEN) {
		return ERR_CORRUPT;
	}
	struct sending *s = xcalloc(1, sizeof(*s));
	memcpy(s->id.b, key.at, ALERT_ID_LEN);
	memcpy(s->subscription.b, m->subscription.data, UUID_LEN);
	s->attempts = m->attempts;
	s->made = m->made_ms;
	s->in_doubt = m->in_doubt || m->next_ms == 0;
	s->next = m->next_ms != 0 ? m->next_ms : m->made_ms;
	snprintf(s->answer, sizeof(s->answer), "%s", m->answer);
	s->alerts = xmalloc((m->n_alerts + 1) * sizeof(s->alerts[0]));
	for (size_t i = 0; i < m->n_alerts; i++) {
		struct alert_id id;
		struct alert alert;

		if (m->alerts[i]->id.len != ALERT_ID_LEN || m->alerts[i]->alert == NULL) {
			send_free(s);
			return ERR_CORRUPT;
		}
		memcpy(id.b, m->alerts[i]->id.data, ALERT_ID_LEN);
		if (!read_alert(n, &id, m->alerts[i]->alert, &alert)) {
			send_free(s);
			return ERR_CORRUPT;
		}
		alert.state = ALERT_TAKEN;
		s->alerts[s->count++] = alerts_add(&n->alerts, &alert);
	}
	send_add(n, s);
	return OK;
}

static enum err
load_messages(struct notification *n, struct txn *txn)
{
	struct cursor cursor = cursor_open(txn, NOTIFICATION_DB_MESSAGE);
	struct arena arena = { 0 };
	struct slice key, value;
	enum err err = OK;

	for (bool more = cursor_seek(&cursor, (struct slice){ 0 }, &key, &value);
	     more && err == OK; more = cursor_next(&cursor, &key, &value)) {
		err = load_message(n, key, value, &arena);
		arena_reset(&arena);
	}
	cursor_close(&cursor);
	arena_fini(&arena);
	return err;
}

enum err
keep_load(struct notification *n, struct txn *txn)
{
	load_meta(n, txn);
	enum err err = load_due(n, txn);
	if (err == OK) {
		err = load_messages(n, txn);
	}
	n->fresh = n->alerts.live != 0;
	return err != OK ? err : txn->err;
}
