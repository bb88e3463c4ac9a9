#include "notification/item.h"

#include <stdlib.h>

#include "lib/base/text.h"
#include "lib/model/labels.h"
#include "notification/dates.h"
#include "notification/names.h"

enum { TITLE_COLUMNS = 80 };

/* The sitting that starts nearest to the instant meant. */
static const struct sitting *
nearest(const struct told *t, wall_ms_t at)
{
	const struct sitting *best = NULL;
	int64_t least = INT64_MAX;

	for (size_t i = 0; i < t->sitting_count; i++) {
		const struct sitting *s = &t->sittings[i];

		if (s->start.date.precision == PRECISION_NONE) {
			continue;
		}
		int64_t off = moment_minutes(&s->start) - at / 60000;
		off = off < 0 ? -off : off;
		if (off < least) {
			least = off;
			best = s;
		}
	}
	return best;
}

struct item
item_of(const struct note *n, struct arena *arena)
{
	struct item item = { .note = n };

	item.has_before = told_read(n->event_before, arena, &item.before);
	item.has_event = told_read(n->event_now, arena, &item.event);
	if (!item.has_event && item.has_before) {
		item.event = item.before;
		item.has_event = true;
	}
	if (n->has_event) {
		item.event.id = n->event;
	}
	if (n->kind == ALERT_UPCOMING || n->kind == ALERT_DATE_NOT_FIXED) {
		item.sitting = n->session.len != 0 ? told_sitting(&item.event, n->session)
						   : nearest(&item.event, n->starts_ms);
	}
	return item;
}

/* ---- Order ------------------------------------------------------------------------ */

static unsigned
rank(const struct item *i)
{
	switch (i->note->kind) {
	case ALERT_CANCELLED:
		return 0;
	case ALERT_MOVED:
		return 1;
	case ALERT_UPCOMING:
		return 2;
	default:
		return 3 + (unsigned)i->note->kind;
	}
}

/* The day under which it is listed. */
static int32_t
day_of(const struct item *i)
{
	return i->sitting != NULL && i->sitting->start.date.precision != PRECISION_NONE
		       ? date_first_day(&i->sitting->start.date)
		       : i->event.day;
}

static int
item_cmp(const void *x, const void *y)
{
	const struct item *a = x, *b = y;
	unsigned rank_a = rank(a), rank_b = rank(b);
	int32_t day_a = day_of(a), day_b = day_of(b);
	wall_ms_t at_a = a->note->starts_ms, at_b = b->note->starts_ms;

	if (rank_a != rank_b) {
		return rank_a < rank_b ? -1 : 1;
	}
	if (day_a != day_b) {
		return day_a < day_b ? -1 : 1;
	}
	if (at_a != at_b) {
		return at_a < at_b ? -1 : 1;
	}
	int order = memcmp(a->event.id.b, b->event.id.b, UUID_LEN);
	return order != 0 ? order : memcmp(a->note->id, b->note->id, sizeof(a->note->id));
}

void
items_sort(struct item *items, size_t count)
{
	if (count > 1) {
		qsort(items, count, sizeof(items[0]), item_cmp);
	}
}

bool
item_same_group(const struct item *a, const struct item *b)
{
	return a->note->kind == b->note->kind &&
	       (a->note->kind != ALERT_UPCOMING || day_of(a) == day_of(b));
}

/* ---- Names ------------------------------------------------------------------------ */

const char *
item_dimension(const struct voice *v, struct slice dimension)
{
	static const struct {
		const char *name;
		enum word word;
	} words[] = { { "state", W_DIM_STATE },
		      { "pillar", W_DIM_PILLAR },
		      { "category", W_DIM_CATEGORY },
		      { "post", W_DIM_POST } };

	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (slice_eq_str(dimension, words[i].name)) {
			return SAY(v, words[i].word);
		}
	}
	return voice_quote(v, dimension);
}

const char *
item_measure(const struct voice *v, struct slice measure)
{
	static const struct {
		const char *name;
		enum word word;
	} words[] = { { "events", W_MEASURE_EVENTS },
		      { "sessions", W_MEASURE_SESSIONS },
		      { "municipalities", W_MEASURE_MUNICIPALITIES },
		      { "participants", W_MEASURE_PARTICIPANTS },
		      { "budget_planned", W_MEASURE_BUDGET_PLANNED },
		      { "budget_spent", W_MEASURE_BUDGET_SPENT } };

	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (slice_eq_str(measure, words[i].name)) {
			return SAY(v, words[i].word);
		}
	}
	return voice_quote(v, measure);
}

const char *
item_code(const struct voice *v, const struct note *n)
{
	if (slice_eq_str(n->dimension, "state")) {
		return name_of_state(v, slice_str("US"), n->code, REFERENCE_ANY_DAY);
	}
	if (slice_eq_str(n->dimension, "pillar")) {
		return name_of_pillar(v, n->code, REFERENCE_ANY_DAY);
	}
	if (slice_eq_str(n->dimension, "post")) {
		return name_of_post(v, n->code, REFERENCE_ANY_DAY);
	}
	return name_of_code(v, voice_quote(v, n->dimension), n->code, REFERENCE_ANY_DAY);
}

static bool
is_postponed(const struct item *i)
{
	return i->event.status == STATUS_POSTPONED &&
	       (!i->has_before || i->before.status != STATUS_POSTPONED);
}

static uint32_t
rounded(uint32_t minutes, uint32_t unit)
{
	return (minutes + unit / 2) / unit * unit;
}

/* The lead time that was asked for; of a message that was made late, what is left, as
 * exactly as a reader needs it.  A day has no hour: the whole days before it. */
static uint32_t
minutes_ahead(const struct item *i)
{
	const struct note *n = i->note;
	uint32_t left = n->left_minutes;

	if (left == 0 || left + n->lead_minutes / 20 >= n->lead_minutes) {
		return n->lead_minutes;
	}
	if (i->sitting != NULL && i->sitting->start.date.precision == PRECISION_DAY) {
		return (left + ALERT_MINUTES_A_DAY - 1) / ALERT_MINUTES_A_DAY *
		       ALERT_MINUTES_A_DAY;
	}
	return left >= 2 * ALERT_MINUTES_A_DAY ? rounded(left, ALERT_MINUTES_A_DAY)
	       : left >= 2 * 60                ? rounded(left, 60)
					       : left;
}

const char *
item_kind(const struct voice *v, const struct item *i)
{
	const struct note *n = i->note;
	uint32_t ahead = minutes_ahead(i);

	switch (n->kind) {
	case ALERT_UPCOMING:
		return ahead == 0 ? SAY(v, W_NOW) : SAY(v, W_IN, say_span(v, ahead));
	case ALERT_MOVED:
		return is_postponed(i) ? SAY(v, W_POSTPONED) : SAY(v, W_MOVED);
	case ALERT_CANCELLED:
		return n->withdrawn ? SAY(v, W_WITHDRAWN) : SAY(v, W_CANCELLED);
#define OTHER(name)                                                                      \
	case ALERT_##name:                                                               \
		return SAY(v, W_##name);
		OTHER(ANNOUNCED)
		OTHER(CHANGED)
		OTHER(COHOST_ASKED)
		OTHER(REPORT_OVERDUE)
		OTHER(DATE_NOT_FIXED)
		OTHER(CONFLICT)
		OTHER(COVERAGE_GAP)
		OTHER(POST_SILENT)
		OTHER(MILESTONE)
		OTHER(RESTATEMENT)
#undef OTHER
	case ALERT_KIND_COUNT:
		break;
	}
	must(n->kind < ALERT_KIND_COUNT);
	return "";
}

/* The one that names the day of the whole: the first that is not over, nor cancelled. */
static const struct sitting *
first_ahead(const struct told *t)
{
	for (size_t i = 0; i < t->sitting_count; i++) {
		if (t->sittings[i].status != STATUS_HELD &&
		    t->sittings[i].status != STATUS_CANCELLED) {
			return &t->sittings[i];
		}
	}
	return t->sitting_count != 0 ? &t->sittings[0] : NULL;
}

/* Title, and its day and post behind it. */
static const char *
event_headline(const struct voice *v, const struct item *i)
{
	const struct told *t = &i->event;
	const struct sitting *s = i->sitting != NULL ? i->sitting : first_ahead(t);
	const char *date = "", *post = name_for_subject(v, t);
	const char *title = text_cut(v->arena, name_of_event(v, t), TITLE_COLUMNS);

	if (s != NULL && s->start.date.precision != PRECISION_NONE) {
		date = say_date_short(v, &s->start.date);
		if (i->sitting == NULL && t->sitting_count > 1) {
			date = SAY(v, W_AND_MORE, date);
		}
	}
	const char *after = JOIN(v, v->lang == NOTE_JA ? " " : ", ", date, post);
	return after[0] != '\0' ? SAY(v, W_HEAD_AFTER, title, after) : title;
}

static const char *
topic(const struct voice *v, const struct item *i)
{
	const struct note *n = i->note;

	switch (n->kind) {
	case ALERT_COVERAGE_GAP:
		return SAY(v, W_IN_DIMENSION, item_dimension(v, n->dimension),
			   item_code(v, n));
	case ALERT_POST_SILENT:
		return name_of_post(v, n->post, REFERENCE_ANY_DAY);
	case ALERT_MILESTONE:
		return SAY(v, W_TOTAL_EVENTS, number_text(v->arena, n->value));
	case ALERT_RESTATEMENT:
		return SAY(v, W_OF_YEARS, item_measure(v, n->measure),
			   label_of_fiscal_years(v->lang == NOTE_JA, n->fy_from, n->fy_to,
						 v->arena));
	default:
		return event_headline(v, i);
	}
}

const char *
item_headline(const struct voice *v, const struct item *i)
{
	return SAY(v, W_HEAD, item_kind(v, i), topic(v, i));
}

static enum word
kind_word(enum alert_kind kind)
{
	static const enum word words[ALERT_KIND_COUNT] = {
#define X(name, word) [ALERT_##name] = W_COUNT_##name,
		ALERT_KINDS(X)
#undef X
	};

	return words[kind];
}

const char *
item_group(const struct voice *v, const struct item *i)
{
	if (i->note->kind == ALERT_UPCOMING && day_of(i) != REFERENCE_ANY_DAY) {
		struct date day = date_of_day(day_of(i));

		return SAY(v, W_GROUP_UPCOMING, say_date(v, &day));
	}
	return SAY(v, kind_word(i->note->kind));
}

/* 5 alerts: 1 cancelled, 4 coming up. */
static const char *
many_subject(const struct voice *v, const struct item *items, size_t count)
{
	const char **parts = arena_alloc(v->arena, count * sizeof(parts[0]));
	size_t part_count = 0;

	for (size_t i = 0; i < count;) {
		size_t next = i;

		while (next < count && items[next].note->kind == items[i].note->kind) {
			next++;
		}
		parts[part_count++] =
			SAY(v, W_KIND_COUNT, SAY(v, kind_word(items[i].note->kind)),
			    unsigned_text(v->arena, next - i));
		i = next;
	}
	return SAY(v, W_HEAD_MANY, unsigned_text(v->arena, count),
		   voice_join(v, SAY(v, W_LIST_COMMA), parts, part_count));
}

const char *
items_subject(const struct voice *v, const struct item *items, size_t count)
{
	const char *subject = count == 0   ? SAY(v, W_HEAD_NONE)
			      : count == 1 ? item_headline(v, &items[0])
					   : many_subject(v, items, count);

	return v->compose->digest ? SAY(v, W_DIGEST, subject) : subject;
}
