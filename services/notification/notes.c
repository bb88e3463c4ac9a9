#include "notification/notes.h"

#include "notification/revisions.h"

enum { FEED_PAST_DAYS = 92 };

/* ---- What the log says of an event ------------------------------------------------- */

/* How often it was spoken of, and when last: rises with every change. */
static void
sequence_of(const struct fold *f, uint32_t event, uint32_t *ret_sequence,
	    wall_ms_t *ret_changed)
{
	const struct event_row *e = table_at(&f->events, event);
	const struct record_row *row;

	*ret_sequence = 0;
	*ret_changed = 0;
	for (uint32_t r1 = e->newest1; r1 != 0; r1 = row->older1) {
		row = table_at(&f->records, r1 - 1);
		if (!fold_verdict_effective(row->verdict)) {
			continue;
		}
		if (*ret_changed == 0) {
			*ret_changed = row->hq_ms;
		}
		(*ret_sequence)++;
	}
	/* RFC 5545 3.8.7.4: the first is 0. */
	*ret_sequence -= *ret_sequence != 0;
}

static struct slice
why_of(const struct record *record)
{
	switch (record->body) {
	case BODY_EVENT_REVISION:
		return record->revision.why;
	case BODY_WITHDRAWAL:
		return record->withdrawal.why;
	default:
		return (struct slice){ 0 };
	}
}

static struct slice
shown(struct notification *n, const struct uuid *id, struct arena *arena)
{
	uint32_t event = fold_find_event(&n->fold, id);
	struct slice bytes;

	return event != UINT32_MAX &&
			       fold_event_shown(&n->fold, event, arena, &bytes, NULL)
		       ? bytes
		       : (struct slice){ 0 };
}

static void
fill_event(struct notification *n, const struct alert *a, struct arena *arena,
	   struct note *note)
{
	uint32_t event = fold_find_event(&n->fold, &a->event);
	struct record record;

	note->has_event = true;
	note->event = a->event;
	if (event == UINT32_MAX) {
		return;
	}
	const struct event_row *e = table_at(&n->fold.events, event);
	note->event_now = shown(n, &a->event, arena);
	note->withdrawn = e->withdrawn1 != 0 || note->event_now.len == 0;
	sequence_of(&n->fold, event, &note->sequence, &note->changed_ms);
	if (a->kind == ALERT_CHANGED || a->kind == ALERT_MOVED ||
	    a->kind == ALERT_CANCELLED) {
		note->event_before = revisions_before(n, a, arena);
		if (revisions_record(n, a->position, arena, &record)) {
			note->why = why_of(&record);
		}
	}
}

/* ---- Of no event ------------------------------------------------------------------- */

/* "state=TN" */
static void
split_coverage(struct slice subject, struct note *note)
{
	const uint8_t *at =
		subject.len != 0 ? memchr(subject.at, '=', subject.len) : NULL;

	if (at != NULL) {
		size_t len = (size_t)(at - subject.at);

		note->dimension = slice_of(subject.at, len);
		note->code = slice_from(subject, len + 1);
	}
}

static int16_t
year_of(const uint8_t *at)
{
	return (int16_t)((at[0] - '0') * 1000 + (at[1] - '0') * 100 + (at[2] - '0') * 10 +
			 (at[3] - '0'));
}

/* "events 2017-2023", as rule_figures.c writes it. */
static void
split_restatement(struct slice subject, struct note *note)
{
	enum { YEARS = 1 + 4 + 1 + 4 };

	if (subject.len > YEARS) {
		const uint8_t *years = subject.at + subject.len - YEARS + 1;

		note->measure = slice_of(subject.at, subject.len - YEARS);
		note->fy_from = year_of(years);
		note->fy_to = year_of(years + 5);
	}
}

static uint32_t
minutes_left(const struct alert *a, wall_ms_t now)
{
	wall_ms_t left = (a->starts - now + MINUTE_MS / 2) / MINUTE_MS;

	return left > 0 && left < a->lead ? (uint32_t)left : 0;
}

struct note
note_of(struct notification *n, const struct alert *a, wall_ms_t now, struct arena *arena)
{
	struct slice subject = words_at(&n->words, a->subject);
	struct note note = { .kind = (enum alert_kind)a->kind,
			     .session = words_at(&n->words, a->session),
			     .lead_minutes = a->lead,
			     .left_minutes = minutes_left(a, now),
			     .starts_ms = a->starts,
			     .value = a->value,
			     .value_before = a->value_before };

	memcpy(note.id, a->id.b, ALERT_ID_LEN);
	if (!uuid_is_zero(&a->event)) {
		fill_event(n, a, arena, &note);
	}
	switch (note.kind) {
	case ALERT_COHOST_ASKED:
		note.post = subject;
		break;
	case ALERT_POST_SILENT:
		note.post = subject;
		note.since_ms = a->starts;
		break;
	case ALERT_COVERAGE_GAP:
		split_coverage(subject, &note);
		note.since_ms = a->starts;
		break;
	case ALERT_REPORT_OVERDUE:
		note.days = now > a->starts ? (unsigned)((now - a->starts) / DAY_MS) : 0;
		break;
	case ALERT_CONFLICT:
		note.other = shown(n, &a->other, arena);
		note.near = subject;
		break;
	case ALERT_RESTATEMENT:
		split_restatement(subject, &note);
		break;
	default:
		break;
	}
	return note;
}

/* ---- Readers ----------------------------------------------------------------------- */

struct compose
note_compose(struct notification *n, const struct subscription_row *s,
	     struct arena *arena)
{
	struct slice to = deliver_address(n, s);

	return (struct compose){
		.fold = &n->fold,
		.zones = &n->config.zones,
		.zone = want_hours(n, s).zone,
		.lang = s->english ? NOTE_EN : NOTE_JA,
		.from = n->config.from,
		.to = arena_dup(arena, to.at, to.len),
		.host_name = n->config.host_name,
		.digest = s->digest_weekdays != 0,
	};
}

static bool
is_recent(const struct occurrence *times, size_t count, wall_ms_t now)
{
	for (size_t i = 0; i < count; i++) {
		if (times[i].has_instant &&
		    times[i].ends + FEED_PAST_DAYS * (wall_ms_t)DAY_MS > now) {
			return true;
		}
	}
	return false;
}

/* May it lie so late?  Its months say so without reading it. */
static bool
may_be_recent(const struct fold *f, const struct event_fact *fact, wall_ms_t now)
{
	struct date oldest = date_of_day(
		(int32_t)((now - FEED_PAST_DAYS * (wall_ms_t)DAY_MS) / DAY_MS - 1));
	unsigned n;
	const uint32_t *months = sets_at(&f->sets, fact->months[RULE_LOCAL], &n);

	/* In ascending order; where none is known, it must be read. */
	return n == 0 || (int32_t)months[n - 1] - 1 >= date_month(&oldest);
}

/* An event that is off stays in the calendar as cancelled, or who took it in would keep
 * it. */
size_t
note_feed_events(struct notification *n, const struct subscription_row *s, wall_ms_t now,
		 struct arena *arena, struct feed_event **ret)
{
	const struct fold *f = &n->fold;
	struct feed_event *list = NULL;
	size_t count = 0, cap = 0;

	for (uint32_t i = 0; i < f->facts.count; i++) {
		const struct event_fact *fact = table_at(&f->facts, i);
		struct occasion o = { .kind = ALERT_UPCOMING, .fact = fact };
		struct occurrence *times;
		struct slice bytes;
		struct event event;

		if (fact->to_pos != FACT_OPEN || !may_be_recent(f, fact, now)) {
			continue;
		}
		if (!fold_event_shown(&n->fold, fact->event, arena, &bytes, NULL) ||
		    !event_decode(bytes, arena, &event, NULL)) {
			continue;
		}
		o.title = &event.title;
		size_t times_count =
			when_occurs(&event, rules_post_zone(f, fact->recorder),
				    &n->config.zones, arena, &times);
		if (!is_recent(times, times_count, now) ||
		    !want_matches_event(n, s, &o)) {
			continue;
		}
		if (count == cap) {
			cap = cap != 0 ? 2 * cap : 64;
			struct feed_event *grown =
				arena_alloc(arena, cap * sizeof(grown[0]));

			if (count != 0) {
				memcpy(grown, list, count * sizeof(grown[0]));
			}
			list = grown;
		}
		struct feed_event *e = &list[count++];
		const struct event_row *row = table_at(&f->events, fact->event);
		*e = (struct feed_event){
			.event = bytes,
			.cancelled = fact->status == STATUS_CANCELLED ||
				     (fact->flags & (FACT_WITHDRAWN | FACT_MERGED)) != 0,
		};
		memcpy(e->id.b, row->id, UUID_LEN);
		sequence_of(f, fact->event, &e->sequence, &e->changed_ms);
	}
	*ret = list;
	return count;
}
