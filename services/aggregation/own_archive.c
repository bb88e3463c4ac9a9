#include <inttypes.h>

#include "aggregation/aggregation.h"
#include "lib/base/plant.h"

/* The archive that owns the order of the log.
 *
 *	            its cursor is in the log
 *	AWAITED ────────────────────────────▶ HELD
 *	   │  │ it is not
 *	   │  └──────────▶ AHEAD  until this log was refilled, and is started again
 *	   └─────────────▶ GIVEN_UP  kusanone accept-rollback
 *
 * A log that was restored from an old copy would give positions away that the archive has
 * sealed; so nothing is taken before the archive has shown where it is.  Nobody else's
 * cursor stops headquarters. */

/* Posts' wishes are told the archive at once, but not more often: each costs it up to
 * LINK_GROWTHS proofs.  Beyond that they wait for its heartbeat. */
enum { ASK_EACH_MS = 500 };

static struct slice
given_up_key(void)
{
	return slice_str("archive given up");
}

void
own_archive_open(struct aggregation *a, struct txn *txn)
{
	static const struct node_id none = { { 0 } };
	struct slice value;

	if (node_id_eq(&a->config.archive, &none)) {
		return;
	}
	a->archive.state = txn_get(txn, LOG_DB_META, given_up_key(), &value)
				   ? OWN_ARCHIVE_GIVEN_UP
				   : OWN_ARCHIVE_AWAITED;
}

void
own_archive_fini(struct own_archive *o)
{
	buf_fini(&o->key);
	buf_fini(&o->checkpoint);
	buf_fini(&o->hashes);
}

bool
is_own_archive(const struct aggregation *a, const struct session *s)
{
	return a->archive.state != OWN_ARCHIVE_NONE && s->role == LINK_CONSUMER &&
	       s->hello.unfiltered && node_id_eq(&s->node, &a->config.archive);
}

bool
own_archive_lets_in(const struct aggregation *a, struct link_error *ret_error)
{
	enum own_archive_state state = a->archive.state;

	if (state != OWN_ARCHIVE_AWAITED && state != OWN_ARCHIVE_AHEAD) {
		return true;
	}
	if (state == OWN_ARCHIVE_AWAITED ? PLANTED(46) : PLANTED(47)) {
		return true;
	}
	*ret_error = (struct link_error){
		.code = LINK_BUSY,
		.error_class = LINK_RETRY_BACKOFF,
		.retry_after_ms = LINK_HEARTBEAT_MS,
		.text = state == OWN_ARCHIVE_AWAITED
				? "headquarters waits for its archive"
				: "headquarters was set back: its archive holds more",
	};
	return false;
}

void
own_archive_hello(struct aggregation *a, bool holds, uint64_t cursor, struct turn *turn)
{
	struct own_archive *o = &a->archive;

	if (!holds) {
		o->cursor = cursor;
		if (o->state != OWN_ARCHIVE_GIVEN_UP) {
			o->state = OWN_ARCHIVE_AHEAD;
		}
		log_event(turn->log, LOG_ERROR, "archive", "ahead=%" PRIu64, cursor);
		return;
	}
	if (o->state == OWN_ARCHIVE_GIVEN_UP && !PLANTED(53)) {
		txn_del(turn->txn, LOG_DB_META, given_up_key());
	}
	if (o->state != OWN_ARCHIVE_HELD) {
		log_event(turn->log, LOG_INFO, "archive", "holds=%" PRIu64, cursor);
	}
	o->state = OWN_ARCHIVE_HELD;
	o->cursor = 0;
}

bool
own_archive_give_up(struct aggregation *a, struct turn *turn)
{
	if (a->archive.state != OWN_ARCHIVE_AWAITED) {
		return false;
	}
	txn_put(turn->txn, LOG_DB_META, given_up_key(), slice_str("yes"));
	a->archive.state = OWN_ARCHIVE_GIVEN_UP;
	log_event(turn->log, LOG_WARN, "archive", "given_up=%" PRIu64,
		  a->log.head.position);
	return true;
}

/* What is said on the disk is true with the commit; it comes again with the next HELLO.
 */
void
own_archive_dropped(struct own_archive *o)
{
	if (!PLANTED(54) &&
	    (o->state == OWN_ARCHIVE_GIVEN_UP || o->before == OWN_ARCHIVE_GIVEN_UP)) {
		o->state = o->before;
	}
}

/* ---- Checkpoints and proofs ---------------------------------------------------------
 */

static const struct link_growth *
growth_from(const struct own_archive *o, uint64_t from)
{
	for (size_t i = 0; i < o->growth_count; i++) {
		if (o->growth[i].from == from) {
			return &o->growth[i];
		}
	}
	return NULL;
}

/* Every node that reads here under its filter. */
static bool
is_witness(const struct session *s)
{
	return !s->closing && s->role == LINK_CONSUMER && !s->hello.unfiltered;
}

/* The key's line follows from the configuration and the note's origin. */
static bool
read_note(const struct aggregation *a, struct slice note, struct note_key *ret_key,
	  struct tree_head *ret_head, const char **ret_why)
{
	struct slice text;

	if (!note_text(note, &text, ret_why) ||
	    !tree_head_read(text, ret_head, ret_why)) {
		return false;
	}
	*ret_why = "its origin is no name";
	return note_key_init(ret_key, ret_head->origin, a->config.archive_key) &&
	       tree_head_open(note, ret_key, 1, ret_head, ret_why);
}

static bool
take_checkpoint(struct aggregation *a, struct slice note, struct turn *turn)
{
	struct own_archive *o = &a->archive;
	const char *why = NULL;
	struct tree_head head;
	struct note_key key;

	if (!read_note(a, note, &key, &head, &why)) {
		log_event(turn->log, LOG_ERROR, "archive", "checkpoint=refused why=%s",
			  why);
		return false;
	}
	head.origin = (struct slice){ 0 };
	o->head = head;
	buf_clear(&o->checkpoint);
	buf_put_slice(&o->checkpoint, note);
	buf_clear(&o->key);
	note_key_put(&o->key, &key);
	return true;
}

/* They are to the checkpoint beside them: the ones before go. */
static void
take_growth(struct own_archive *o, const struct link_status *status)
{
	size_t at = 0;

	buf_clear(&o->hashes);
	for (size_t i = 0; i < status->growth_count; i++) {
		buf_put_slice(&o->hashes, status->growth[i].hashes);
	}
	for (size_t i = 0; i < status->growth_count; i++) {
		size_t len = status->growth[i].hashes.len;

		o->growth[i] = (struct link_growth){ status->growth[i].from,
						     slice_of(o->hashes.at + at, len) };
		at += len;
	}
	o->growth_count = status->growth_count;
}

static void
hear_archive(struct aggregation *a, const struct link_status *status, struct turn *turn)
{
	struct own_archive *o = &a->archive;
	bool is_new = !slice_eq(status->checkpoint, buf_slice(&o->checkpoint));

	if (status->checkpoint.len == 0 || o->state != OWN_ARCHIVE_HELD ||
	    (is_new && !take_checkpoint(a, status->checkpoint, turn))) {
		return;
	}
	take_growth(o, status);
	for (size_t i = 0; i < a->listener.count; i++) {
		struct session *s = a->listener.sessions[i];

		if (is_witness(s) &&
		    (is_new || (s->wanted != 0 && growth_from(o, s->wanted) != NULL))) {
			s->status_due = true;
		}
	}
}

/* What posts want, each size once. */
static size_t
gather_wanted(const struct aggregation *a, uint64_t wanted[LINK_GROWTHS])
{
	size_t count = 0;

	for (size_t i = 0; i < a->listener.count && count < LINK_GROWTHS; i++) {
		const struct session *s = a->listener.sessions[i];
		bool known = !is_witness(s) || s->wanted == 0;

		for (size_t k = 0; k < count && !known; k++) {
			known = wanted[k] == s->wanted;
		}
		if (!known) {
			wanted[count++] = s->wanted;
		}
	}
	return count;
}

static void
ask_archive(struct aggregation *a, msec_t now)
{
	if (now - a->archive.asked_at < ASK_EACH_MS) {
		return;
	}
	a->archive.asked_at = now;
	for (size_t i = 0; i < a->listener.count; i++) {
		if (is_own_archive(a, a->listener.sessions[i])) {
			a->listener.sessions[i]->status_due = true;
		}
	}
}

void
own_archive_status(struct aggregation *a, struct session *s,
		   const struct link_status *status, struct turn *turn)
{
	struct own_archive *o = &a->archive;

	if (is_own_archive(a, s)) {
		hear_archive(a, status, turn);
		return;
	}
	if (!is_witness(s)) {
		return;
	}
	s->wanted = status->wanted_count != 0 ? status->wanted[0] : 0;
	if (s->wanted == 0 || s->wanted >= o->head.size) {
		return;
	}
	if (growth_from(o, s->wanted) != NULL) {
		s->status_due = true;
		return;
	}
	ask_archive(a, turn->now);
}

void
own_archive_tell(void *ctx, const struct session *s, struct link_status *status)
{
	struct aggregation *a = ctx;
	struct own_archive *o = &a->archive;

	if (is_own_archive(a, s)) {
		status->wanted_count = gather_wanted(a, o->wanted);
		status->wanted = o->wanted;
	} else if (is_witness(s)) {
		status->checkpoint = buf_slice(&o->checkpoint);
		status->archive_key = buf_slice(&o->key);
		status->growth = s->wanted != 0 ? growth_from(o, s->wanted) : NULL;
		status->growth_count = status->growth != NULL;
	}
}
