#include "intake/check_wire.h"

/* Dates: their form, their zone and offset, their order; and by which calendar date a
 * session counts, worked out here once and for all. */

enum { SESSION_ID_MAX = 32, SESSION_ID_MINTED = 6 };

/* ---- One date -------------------------------------------------------------------- */

static bool
refuse_form(struct draft *d, const char *field, const char *value)
{
	return draft_invalid(
		d, field, arena_printf(d->arena, "「%s」は日付ではありません。", value),
		arena_printf(d->arena, "\"%s\" is no date.", value),
		"2024-02-15T14:00、2024-02-15、2024-02、2024、FY2023 "
		"のどれかの形 (わかるところまで)",
		"2024-02-15T14:00, 2024-02-15, 2024-02, 2024 or FY2023: as precise as it "
		"is "
		"known");
}

static const char *
date_text(struct draft *d, const struct date *date)
{
	char text[DATE_TEXT_SIZE];
	size_t len = date_format(date, text);

	return arena_dup(d->arena, text, len);
}

static const char *
offset_text(struct draft *d, int offset)
{
	int abs = offset < 0 ? -offset : offset;

	return arena_printf(d->arena, "%c%02d:%02d (%d)", offset < 0 ? '-' : '+',
			    abs / 60, abs % 60, offset);
}

/* The zone of the recording post: a webinar's, and an example of what would be right.
 * Empty where the reference data does not say. */
static const char *
zone_of_post(struct draft *d, const Kusanone__V1__Event *e)
{
	const struct reference *r = &d->in->fold.reference;
	const struct reference_entry *post =
		reference_post(r, slice_str(e->recorder), REFERENCE_ANY_DAY);
	struct slice zone =
		post != NULL ? words_at(r->words, post->zone) : (struct slice){ 0 };

	return arena_dup(d->arena, zone.at, zone.len);
}

static bool
refuse_zone(struct draft *d, const Kusanone__V1__Event *e, const char *field,
	    const char *zone)
{
	const char *example = zone_of_post(d, e);

	example = example[0] != '\0' ? example : "America/Los_Angeles";
	if (zone[0] == '\0') {
		return draft_invalid(d, field, "時刻には時間帯が要ります。",
				     "A time of day needs its zone.", example, example);
	}
	return draft_invalid(
		d, field,
		arena_printf(d->arena, "「%s」という時間帯はありません。", zone),
		arena_printf(d->arena, "There is no time zone \"%s\".", zone),
		arena_printf(d->arena, "%s のような IANA の名前", example),
		arena_printf(d->arena, "an IANA name such as %s", example));
}

/* Clocks jumped over this time: it was either a little before or a little after. */
static bool
refuse_gap(struct draft *d, const char *field, const struct date *local,
	   const struct zone_answer *zone, const char *zone_name)
{
	int16_t jump = (int16_t)(zone->later - zone->offset);
	struct date before = zone_to_local(date_minutes(local), (int16_t)-jump);
	struct date after = zone_to_local(date_minutes(local), jump);
	const char *right =
		arena_printf(d->arena, "%s (UTC%s), %s (UTC%s)", date_text(d, &before),
			     offset_text(d, zone->offset), date_text(d, &after),
			     offset_text(d, zone->later));

	return draft_invalid(
		d, field,
		arena_printf(d->arena, "%s は %s にはない時刻です (夏時間の始まり)。",
			     date_text(d, local), zone_name),
		arena_printf(d->arena,
			     "%s does not exist in %s: clocks go forward over it.",
			     date_text(d, local), zone_name),
		right, right);
}

static bool
refuse_offset(struct draft *d, const char *field, const struct zone_answer *zone)
{
	const char *right =
		zone->fit == ZONE_OVERLAP
			? arena_printf(d->arena, "%s / %s", offset_text(d, zone->offset),
				       offset_text(d, zone->later))
			: offset_text(d, zone->offset);

	return draft_invalid(d, field, "この時間帯の、この日時のずれではありません。",
			     "Is not the zone's offset at that time.", right, right);
}

/* The offset: the zone's where none is given (0, unless it is one of the zone's). */
static bool
check_offset(struct draft *d, Kusanone__V1__Date *m, const char *field,
	     const struct date *local, const struct zone_answer *zone)
{
	if (zone->fit == ZONE_GAP) {
		return refuse_gap(d, field, local, zone, m->zone);
	}
	if (m->utc_offset_minutes == zone->offset ||
	    m->utc_offset_minutes == zone->later) {
		return true;
	}
	if (m->utc_offset_minutes != 0) {
		return refuse_offset(
			d, arena_printf(d->arena, "%s.utc_offset_minutes", field), zone);
	}
	m->utc_offset_minutes = zone->offset;
	if (zone->fit == ZONE_OVERLAP) {
		draft_warn(d, "ambiguous_time", field,
			   arena_printf(d->arena,
					"この時刻は二度あります (夏時間の終わり)。"
					"はじめの方 (UTC%s) としました。",
					offset_text(d, zone->offset)),
			   arena_printf(d->arena,
					"This time happens twice, as clocks go back; the "
					"first one (UTC%s) was taken.",
					offset_text(d, zone->offset)));
	}
	return true;
}

/* Empty is "not stated".  A zone belongs to a time of day only. */
static bool
check_date(struct draft *d, const Kusanone__V1__Event *e, Kusanone__V1__Date *m,
	   const char *field, const char *default_zone, struct date *ret)
{
	struct zone_answer zone;

	*ret = (struct date){ 0 };
	if (m == NULL || !pb_is_set(m->value)) {
		return true;
	}
	if (!date_parse(slice_str(m->value), ret)) {
		return refuse_form(d, field, m->value);
	}
	if (ret->precision != PRECISION_MINUTE) {
		if (pb_is_set(m->zone) || m->utc_offset_minutes != 0) {
			draft_warn(
				d, "zone_dropped", field,
				"時刻のない日付に時間帯は付きません。",
				"A date without a time of day has no zone; it was left "
				"out.");
		}
		m->zone = (char *)(uintptr_t) "";
		m->utc_offset_minutes = 0;
		return true;
	}
	if (!pb_is_set(m->zone)) {
		m->zone = (char *)(uintptr_t)default_zone;
	}
	if (!pb_is_set(m->zone) ||
	    !d->in->config.zones.find(d->in->config.zones.ctx, slice_str(m->zone), ret,
				      &zone)) {
		return refuse_zone(d, e, arena_printf(d->arena, "%s.zone", field),
				   pb_str(m->zone));
	}
	return check_offset(d, m, field, ret, &zone);
}

/* ---- Sessions -------------------------------------------------------------------- */

/* By which day the session counts, under each rule. */
static void
set_dated_by(struct draft *d, Kusanone__V1__Session *s, const struct date *start)
{
	if (start->precision != PRECISION_MINUTE) {
		s->dated_by = NULL;
		return;
	}
	must(s->start != NULL);
	int16_t offset = (int16_t)s->start->utc_offset_minutes;
	struct date local = zone_dated_by(start, offset, RULE_LOCAL);
	struct date tokyo = zone_dated_by(start, offset, RULE_TOKYO);
	Kusanone__V1__DatedBy *m = arena_alloc(d->arena, sizeof(*m));

	kusanone__v1__dated_by__init(m);
	m->local = (char *)(uintptr_t)date_text(d, &local);
	m->tokyo = (char *)(uintptr_t)date_text(d, &tokyo);
	s->dated_by = m;
}

static bool
ends_before_it_starts(const Kusanone__V1__Session *s, const struct date *start,
		      const struct date *end)
{
	if (start->precision == PRECISION_NONE || end->precision == PRECISION_NONE) {
		return false;
	}
	if (start->precision == PRECISION_MINUTE && end->precision == PRECISION_MINUTE) {
		must(s->start != NULL && s->end != NULL);
		return zone_to_utc(end, (int16_t)s->end->utc_offset_minutes) <
		       zone_to_utc(start, (int16_t)s->start->utc_offset_minutes);
	}
	return date_last_day(end) < date_first_day(start);
}

static int32_t
day_of_wall(wall_ms_t wall)
{
	return (int32_t)(wall / 86400000);
}

static const char *
start_zone(const Kusanone__V1__Session *s)
{
	return s->start != NULL ? pb_str(s->start->zone) : "";
}

static bool
check_session(struct draft *d, const Kusanone__V1__Event *e, Kusanone__V1__Session *s,
	      const char *field)
{
	struct date start, end;

	if (!check_date(d, e, s->start, arena_printf(d->arena, "%s.start", field),
			s->online ? zone_of_post(d, e) : "", &start) ||
	    !check_date(d, e, s->end, arena_printf(d->arena, "%s.end", field),
			start_zone(s), &end)) {
		return false;
	}
	if (start.precision == PRECISION_NONE) {
		s->start = NULL;
	}
	if (end.precision == PRECISION_NONE) {
		s->end = NULL;
	}
	if (ends_before_it_starts(s, &start, &end)) {
		return draft_invalid(
			d, arena_printf(d->arena, "%s.end", field),
			"終わりが始まりより前です。", "Ends before it starts.",
			arena_printf(d->arena, "%s 以後", date_text(d, &start)),
			arena_printf(d->arena, "%s or later", date_text(d, &start)));
	}
	/* A day of grace: the venue's day may be ahead of UTC's. */
	if (s->status == KUSANONE__V1__STATUS__STATUS_HELD &&
	    start.precision >= PRECISION_DAY &&
	    date_first_day(&start) > day_of_wall(d->turn->wall) + 1) {
		draft_warn(d, "held_in_future", field,
			   "これから先の日付なのに「実施」になっています。",
			   "It is marked held, and its date lies ahead.");
	}
	set_dated_by(d, s, &start);
	return true;
}

/* A date that got a new time of day and no zone. */
static void
keep_zone(const Kusanone__V1__Date *was, Kusanone__V1__Date *is)
{
	struct date date;

	if (was != NULL && is != NULL && pb_is_set(was->zone) && !pb_is_set(is->zone) &&
	    is->utc_offset_minutes == 0 && pb_is_set(is->value) &&
	    date_parse(slice_str(is->value), &date) &&
	    date.precision == PRECISION_MINUTE) {
		is->zone = was->zone;
	}
}

void
check_keep_zones(const Kusanone__V1__Event *was, Kusanone__V1__Event *is)
{
	for (size_t i = 0; i < is->n_sessions; i++) {
		Kusanone__V1__Session *s = is->sessions[i];

		for (size_t j = 0; j < was->n_sessions && pb_is_set(s->id); j++) {
			const Kusanone__V1__Session *old = was->sessions[j];

			if (strcmp(pb_str(old->id), s->id) != 0) {
				continue;
			}
			keep_zone(old->start, s->start);
			/* In a new zone, the end is in that of the start. */
			if (strcmp(start_zone(old), start_zone(s)) == 0) {
				keep_zone(old->end, s->end);
			}
		}
	}
}

static bool
is_session_id(const char *id)
{
	size_t len = strspn(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				"0123456789_-");

	return len != 0 && len <= SESSION_ID_MAX && id[len] == '\0';
}

static bool
has_session_id(const Kusanone__V1__Event *e, size_t count, const char *id)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(pb_str(e->sessions[i]->id), id) == 0) {
			return true;
		}
	}
	return false;
}

/* Random, so that two branches that both add a session do not meet in one id. */
static void
mint_session_id(struct draft *d, const Kusanone__V1__Event *e, Kusanone__V1__Session *s)
{
	static const char digits[] = "abcdefghjkmnpqrstuvwxyz23456789";

	char *id = arena_zalloc(d->arena, SESSION_ID_MINTED + 1);

	s->id = (char *)(uintptr_t) "";
	do {
		for (unsigned i = 0; i < SESSION_ID_MINTED; i++) {
			id[i] = digits[rng_below(d->turn->rng, sizeof(digits) - 1)];
		}
	} while (has_session_id(e, e->n_sessions, id));
	s->id = id;
}

static bool
check_session_ids(struct draft *d, Kusanone__V1__Event *e)
{
	for (size_t i = 0; i < e->n_sessions; i++) {
		Kusanone__V1__Session *s = e->sessions[i];
		const char *field = arena_printf(d->arena, "sessions[%zu].id", i);

		if (!pb_is_set(s->id)) {
			mint_session_id(d, e, s);
		}
		if (!is_session_id(s->id)) {
			return draft_invalid(
				d, field, "回の番号の形ではありません。",
				"Is no session's id.",
				"英数字と - _ で32文字以内、または空",
				"at most 32 letters, digits, - and _; or none");
		}
		if (has_session_id(e, i, s->id)) {
			return draft_invalid(
				d, field, "同じ番号の回が二つあります。",
				"Two sessions have the same id.",
				"回ごとに違う番号、または空",
				"an id of its own for each session, or none");
		}
	}
	return true;
}

bool
check_sessions(struct draft *d, Kusanone__V1__Event *e)
{
	if (e->n_sessions > EVENT_MAX_SESSIONS) {
		return draft_refuse(d, "too_large", "sessions", "回が多すぎます。",
				    "Has too many sessions.", "1000 回以内",
				    "at most 1000");
	}
	if (!check_session_ids(d, e)) {
		return false;
	}
	for (size_t i = 0; i < e->n_sessions; i++) {
		if (!check_session(d, e, e->sessions[i],
				   arena_printf(d->arena, "sessions[%zu]", i))) {
			return false;
		}
	}
	return true;
}

/* ---- Stated dates ---------------------------------------------------------------- */

bool
check_stated_dates(struct draft *d, Kusanone__V1__Event *e)
{
	if (e->n_stated_dates > EVENT_MAX_STATED) {
		return draft_refuse(d, "too_large", "stated_dates", "日付が多すぎます。",
				    "Has too many dates.", "1000 件以内", "at most 1000");
	}
	for (size_t i = 0; i < e->n_stated_dates; i++) {
		const char *field = arena_printf(d->arena, "stated_dates[%zu]", i);
		struct date date;

		if (!check_date(d, e, e->stated_dates[i], field, "", &date)) {
			return false;
		}
		if (date.precision == PRECISION_NONE) {
			return refuse_form(d, field, "");
		}
	}
	return true;
}

int32_t
check_first_day(const Kusanone__V1__Event *e)
{
	int32_t first = REFERENCE_ANY_DAY;
	size_t count = e->n_sessions + e->n_stated_dates;

	for (size_t i = 0; i < count; i++) {
		const Kusanone__V1__Date *m =
			i < e->n_sessions ? e->sessions[i]->start
					  : e->stated_dates[i - e->n_sessions];
		struct date date;

		if (m == NULL || !date_parse(slice_str(m->value), &date)) {
			continue;
		}
		int32_t day = date_first_day(&date);
		if (first == REFERENCE_ANY_DAY || day < first) {
			first = day;
		}
	}
	return first;
}
