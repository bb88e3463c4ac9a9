#include "notification/invite.h"

#include <stdlib.h>

#include "lib/base/text.h"
#include "lib/model/labels.h"
#include "notification/names.h"

enum { SUMMARY_COLUMNS = 200, ABSTRACT_COLUMNS = 400 };

/* Whatever a session's id is made of, a UID is ASCII without what means something. */
static const char *
uid_of(const struct voice *v, const struct told *t, const struct sitting *s)
{
	char event[UUID_TEXT_LEN + 1];
	struct buf b = { 0 };

	for (size_t i = 0; i < s->id.len; i++) {
		uint8_t c = s->id.at[i];
		bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
			     (c >= 'a' && c <= 'z') || c == '-' || c == '_';

		if (plain) {
			buf_put_u8(&b, c);
		} else {
			buf_printf(&b, "+%02x", c);
		}
	}
	uuid_format(&t->id, event);
	buf_printf(&b, ".%s@%s", event, v->compose->host_name);
	const char *uid = arena_dup(v->arena, b.at, b.len);
	buf_fini(&b);
	return uid;
}

/* "posts: …"; "" where there is nothing to say. */
static const char *
labelled(const struct voice *v, enum word label, const char *value)
{
	return value[0] != '\0' ? SAY(v, W_LABEL, SAY(v, label), value) : "";
}

static const char *
description_of(const struct voice *v, const struct told *t, const struct sitting *s,
	       enum status status)
{
	char event[UUID_TEXT_LEN + 1];
	const char *abstract =
		text_cut(v->arena, voice_pick(v, &t->summary), ABSTRACT_COLUMNS);
	struct text note = { .ja = s->note_ja, .en = s->note_en };

	uuid_format(&t->id, event);
	return JOIN(v, "\n", labelled(v, W_POSTS, names_of_posts(v, t)),
		    labelled(v, W_STATUS, name_of_status(v, status)),
		    labelled(v, W_NOTE, voice_pick(v, &note)), abstract,
		    arena_printf(v->arena, "kusanone show %s", event));
}

static void
put_categories(const struct voice *v, const struct told *t, struct calendar_entry *e)
{
	size_t count = 2 + t->pillars.count + t->topics.count;
	const char **list = arena_alloc(v->arena, count * sizeof(list[0]));

	count = 0;
	if (t->category.len != 0) {
		list[count++] = name_of_code(v, "category", t->category, t->day);
	}
	if (t->format.len != 0) {
		list[count++] = name_of_code(v, "format", t->format, t->day);
	}
	for (size_t i = 0; i < t->pillars.count; i++) {
		list[count++] = name_of_pillar(v, t->pillars.at[i], t->day);
	}
	for (size_t i = 0; i < t->topics.count; i++) {
		list[count++] = name_of_code(v, "topic", t->topics.at[i], t->day);
	}
	e->categories = list;
	e->category_count = count;
}

struct calendar_entry
invite_entry(const struct voice *v, const struct told *t, const struct sitting *s,
	     bool cancelled, uint32_t sequence, wall_ms_t changed_ms)
{
	enum status status = cancelled ? STATUS_CANCELLED : s->status;
	const char *title = text_cut(v->arena, name_of_event(v, t), SUMMARY_COLUMNS);
	struct calendar_entry e = {
		.uid = uid_of(v, t, s),
		.sequence = sequence,
		.changed_ms = changed_ms,
		.summary = title,
		.location = name_of_where(v, s, t->day),
		.description = description_of(v, t, s, status),
		.url = voice_quote(v, t->url),
		.status = status,
		.start = s->start,
		.end = s->end,
	};

	/* Some calendars show a cancelled event like any other. */
	if (status == STATUS_CANCELLED || status == STATUS_POSTPONED) {
		e.summary = SAY(v, W_HEAD,
				status == STATUS_CANCELLED ? SAY(v, W_CANCELLED)
							   : SAY(v, W_POSTPONED),
				title);
	}
	put_categories(v, t, &e);
	return e;
}

/* ---- Of a message ----------------------------------------------------------------- */

/* An entry, and whether it takes something away. */
struct pick {
	struct calendar_entry entry;
	bool cancels;
	size_t place; /* In the message. */
};

struct picks {
	const struct voice *voice;
	struct pick *at;
	size_t count, cap;
};

static void
put_pick(struct picks *p, const struct item *i, const struct told *t,
	 const struct sitting *s, bool cancels)
{
	const struct note *n = i->note;
	struct arena *arena = p->voice->arena;

	if (!calendar_can_hold(s)) {
		return;
	}
	if (p->count == p->cap) {
		size_t cap = p->cap != 0 ? 2 * p->cap : 8;
		struct pick *list = arena_alloc(arena, cap * sizeof(list[0]));

		if (p->count != 0) {
			memcpy(list, p->at, p->count * sizeof(list[0]));
		}
		p->at = list;
		p->cap = cap;
	}
	struct calendar_entry e =
		invite_entry(p->voice, t, s, cancels, n->sequence, n->changed_ms);
	if (n->kind == ALERT_UPCOMING && !cancels) {
		e.has_alarm = true;
		e.alarm_minutes = n->lead_minutes < ALERT_MAX_LEAD_MINUTES
					  ? n->lead_minutes
					  : ALERT_MAX_LEAD_MINUTES;
	}
	p->at[p->count] =
		(struct pick){ .entry = e, .cancels = cancels, .place = p->count };
	p->count++;
}

/* All sessions that are ahead; one that is over is nobody's invitation. */
static void
put_sittings(struct picks *p, const struct item *i, bool cancels)
{
	for (size_t k = 0; k < i->event.sitting_count; k++) {
		const struct sitting *s = &i->event.sittings[k];

		if (s->status != STATUS_HELD) {
			put_pick(p, i, &i->event, s,
				 cancels || s->status == STATUS_CANCELLED);
		}
	}
}

/* What a calendar got before and must not keep: a session that is gone, or whose day is
 * not known any more. */
static void
put_gone(struct picks *p, const struct item *i)
{
	for (size_t k = 0; i->has_before && k < i->before.sitting_count; k++) {
		const struct sitting *was = &i->before.sittings[k];
		const struct sitting *now = told_sitting(&i->event, was->id);

		if (now == NULL || !calendar_can_hold(now)) {
			put_pick(p, i, &i->before, was, true);
		}
	}
}

static void
put_item(struct picks *p, const struct item *i)
{
	switch (i->note->kind) {
	case ALERT_UPCOMING:
		if (i->sitting != NULL) {
			put_pick(p, i, &i->event, i->sitting,
				 i->sitting->status == STATUS_CANCELLED);
		}
		break;
	case ALERT_ANNOUNCED:
		put_sittings(p, i, false);
		break;
	case ALERT_CHANGED:
	case ALERT_MOVED:
		put_sittings(p, i, false);
		put_gone(p, i);
		break;
	case ALERT_CANCELLED:
		put_sittings(p, i, true);
		put_gone(p, i);
		break;
	default:
		break;
	}
}

static int
newest_first(const void *x, const void *y)
{
	const struct pick *a = x, *b = y;
	int order = strcmp(a->entry.uid, b->entry.uid);

	if (order != 0) {
		return order;
	}
	if (a->entry.sequence != b->entry.sequence) {
		return a->entry.sequence > b->entry.sequence ? -1 : 1;
	}
	return a->place < b->place ? -1 : 1;
}

static int
by_place(const void *x, const void *y)
{
	const struct pick *a = x, *b = y;

	return (a->place > b->place) - (a->place < b->place);
}

/* RFC 5546 3.2.1: an object has a UID once.  The newest word of it stands. */
static void
drop_older(struct picks *p)
{
	size_t kept = 0;

	if (p->count < 2) {
		return;
	}
	qsort(p->at, p->count, sizeof(p->at[0]), newest_first);
	for (size_t i = 0; i < p->count; i++) {
		if (kept == 0 ||
		    strcmp(p->at[kept - 1].entry.uid, p->at[i].entry.uid) != 0) {
			p->at[kept++] = p->at[i];
		}
	}
	p->count = kept;
	qsort(p->at, p->count, sizeof(p->at[0]), by_place);
}

static struct invite
print(const struct picks *p, enum calendar_method method, const char *file,
      const struct calendar_entry *entries, size_t count)
{
	const struct compose *c = p->voice->compose;
	struct calendar calendar = { .method = method,
				     .organizer = c->from,
				     .attendee = c->to,
				     .zones = c->zones,
				     .entries = entries,
				     .count = count };

	return (struct invite){ .method = method,
				.file = file,
				.content = calendar_print(&calendar, p->voice->arena) };
}

/* News of one event, though it be several: moved, say, and by that near. */
static bool
are_of_one_event(const struct item *items, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		if (!uuid_eq(&items[i].note->event, &items[0].note->event)) {
			return false;
		}
	}
	return count == 1 || (count != 0 && items[0].note->has_event);
}

size_t
invites_of(const struct voice *v, const struct item *items, size_t count,
	   struct invite **ret)
{
	struct picks p = { .voice = v };

	for (size_t i = 0; i < count; i++) {
		put_item(&p, &items[i]);
	}
	drop_older(&p);
	struct invite *list = arena_alloc(v->arena, (p.count + 1) * sizeof(list[0]));
	*ret = list;
	if (p.count != 0 &&
	    (!are_of_one_event(items, count) || p.count > COMPOSE_MAX_PARTS)) {
		struct calendar_entry *entries =
			arena_alloc(v->arena, p.count * sizeof(entries[0]));

		for (size_t i = 0; i < p.count; i++) {
			entries[i] = p.at[i].entry;
		}
		list[0] = print(&p, CALENDAR_PUBLISH, "events.ics", entries, p.count);
		return 1;
	}
	for (size_t i = 0; i < p.count; i++) {
		const char *name = p.at[i].cancels ? "cancel" : "invite";
		const char *file =
			i == 0 ? arena_printf(v->arena, "%s.ics", name)
			       : arena_printf(v->arena, "%s-%zu.ics", name, i + 1);

		list[i] = print(&p, p.at[i].cancels ? CALENDAR_CANCEL : CALENDAR_REQUEST,
				file, &p.at[i].entry, 1);
	}
	return p.count;
}
