#include "lib/model/tzif.h"

#include <stdlib.h>

#include "lib/base/buf.h"
#include "lib/base/mem.h"

enum { SECONDS_IN_MINUTE = 60, SECONDS_IN_HOUR = 3600, SECONDS_IN_DAY = 86400 };

/* A file is a header and a block with 4-byte times for version 1, then both
 * again with 8-byte times, then a POSIX TZ string between two newlines.  Files that
 * count leap seconds (the zones under right/) do not hold civil time: refused. */

enum {
	TZIF_HEADER_LEN = 44,
	TZIF_TYPE_LEN = 6,
	TZIF_MAX_CHANGES = 65536,
	TZIF_MAX_OFFSET = 26 * SECONDS_IN_HOUR, /* RFC 8536: -25:59:59 to 25:59:59. */
};

struct tzif_header {
	uint8_t version;
	uint32_t isut_count;
	uint32_t isstd_count;
	uint32_t leap_count;
	uint32_t time_count;
	uint32_t type_count;
	uint32_t char_count;
};

static uint32_t
get_be32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* Take a header off the front. */
static bool
take_header(struct slice *s, struct tzif_header *ret_header)
{
	if (s->len < TZIF_HEADER_LEN || memcmp(s->at, "TZif", 4) != 0) {
		return false;
	}
	*ret_header = (struct tzif_header){
		.version = s->at[4],
		.isut_count = get_be32(s->at + 20),
		.isstd_count = get_be32(s->at + 24),
		.leap_count = get_be32(s->at + 28),
		.time_count = get_be32(s->at + 32),
		.type_count = get_be32(s->at + 36),
		.char_count = get_be32(s->at + 40),
	};
	*s = slice_from(*s, TZIF_HEADER_LEN);
	return true;
}

/* Bytes of the block after a header whose times have 'time_len' bytes. */
static uint64_t
block_len(const struct tzif_header *h, uint64_t time_len)
{
	return h->time_count * (time_len + 1) + (uint64_t)h->type_count * TZIF_TYPE_LEN +
	       h->char_count + h->leap_count * (time_len + 4) + h->isstd_count +
	       h->isut_count;
}

static bool
offset_fits(int32_t seconds)
{
	return seconds > -TZIF_MAX_OFFSET && seconds < TZIF_MAX_OFFSET;
}

/* The changes of a block with 8-byte times at 'block'. */
static bool
read_changes(const struct tzif_header *h, const uint8_t *block, struct tzif *z)
{
	const uint8_t *types = block + (size_t)h->time_count * 8;
	const uint8_t *offsets = types + h->time_count;

	for (uint32_t i = 0; i < h->type_count; i++) {
		if (!offset_fits(
			    (int32_t)get_be32(offsets + (size_t)i * TZIF_TYPE_LEN))) {
			return false;
		}
	}
	z->first_offset = (int32_t)get_be32(offsets);
	z->changes = xcalloc(h->time_count + 1, sizeof(z->changes[0]));
	for (uint32_t i = 0; i < h->time_count; i++) {
		int64_t at = (int64_t)get_be64(block + (size_t)i * 8);

		if (types[i] >= h->type_count || (i > 0 && at <= z->changes[i - 1].at)) {
			return false;
		}
		z->changes[i] = (struct tzif_change){
			.at = at,
			.offset = (int32_t)get_be32(offsets + types[i] * TZIF_TYPE_LEN),
		};
	}
	z->change_count = h->time_count;
	return true;
}

/* The POSIX TZ string: CST6CDT,M3.2.0,M11.1.0 or <-03>3.  Its offsets count
 * westwards. */

static bool
take_char(struct slice *s, char c)
{
	if (s->len == 0 || s->at[0] != (uint8_t)c) {
		return false;
	}
	*s = slice_from(*s, 1);
	return true;
}

static bool
take_number(struct slice *s, int max, int *ret_value)
{
	int value = 0;
	size_t n = 0;

	while (n < s->len && n < 3 && s->at[n] >= '0' && s->at[n] <= '9') {
		value = value * 10 + (s->at[n] - '0');
		n++;
	}
	if (n == 0 || value > max) {
		return false;
	}
	*s = slice_from(*s, n);
	*ret_value = value;
	return true;
}

static bool
is_letter(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* An abbreviation: three letters or more, or anything in angle brackets. */
static bool
take_abbreviation(struct slice *s)
{
	size_t n = 0;

	if (take_char(s, '<')) {
		while (n < s->len && s->at[n] != '>') {
			n++;
		}
		*s = slice_from(*s, n);
		return n > 0 && take_char(s, '>');
	}
	while (n < s->len && is_letter(s->at[n])) {
		n++;
	}
	*s = slice_from(*s, n);
	return n >= 3;
}

/* [+-]hh[:mm[:ss]], in seconds. */
static bool
take_time(struct slice *s, int max_hours, int32_t *ret_seconds)
{
	bool negative = take_char(s, '-');
	int hours = 0;
	int minutes = 0;
	int seconds = 0;

	if (!negative) {
		(void)take_char(s, '+');
	}
	if (!take_number(s, max_hours, &hours)) {
		return false;
	}
	if (take_char(s, ':')) {
		if (!take_number(s, 59, &minutes)) {
			return false;
		}
		if (take_char(s, ':') && !take_number(s, 59, &seconds)) {
			return false;
		}
	}
	int32_t total = hours * SECONDS_IN_HOUR + minutes * SECONDS_IN_MINUTE + seconds;
	*ret_seconds = negative ? -total : total;
	return true;
}

/* ,M3.2.0/2 or ,J60 or ,59 with an optional time; 02:00 without. */
static bool
take_rule(struct slice *s, struct tz_rule *ret_rule)
{
	struct tz_rule r = { .seconds = 2 * SECONDS_IN_HOUR };
	int month;
	int week;
	int day;

	if (!take_char(s, ',')) {
		return false;
	}
	if (take_char(s, 'M')) {
		r.form = 'M';
		if (!take_number(s, 12, &month) || !take_char(s, '.') ||
		    !take_number(s, 5, &week) || !take_char(s, '.') ||
		    !take_number(s, 6, &day) || month < 1 || week < 1) {
			return false;
		}
		r.month = (uint8_t)month;
		r.week = (uint8_t)week;
	} else {
		r.form = take_char(s, 'J') ? 'J' : 'N';
		if (!take_number(s, 365, &day) || (r.form == 'J' && day < 1)) {
			return false;
		}
	}
	r.day = (uint16_t)day;
	if (take_char(s, '/') && !take_time(s, 167, &r.seconds)) {
		return false;
	}
	*ret_rule = r;
	return true;
}

static bool
read_footer(struct slice s, struct tzif *z)
{
	int32_t west;

	if (s.len == 0) {
		return true;
	}
	z->has_footer = true;
	if (!take_abbreviation(&s) || !take_time(&s, 24, &west)) {
		return false;
	}
	z->standard = -west;
	if (s.len == 0) {
		return true;
	}
	z->has_summer = true;
	z->summer = z->standard + SECONDS_IN_HOUR;
	if (!take_abbreviation(&s)) {
		return false;
	}
	if (s.len != 0 && s.at[0] != ',') {
		if (!take_time(&s, 24, &west)) {
			return false;
		}
		z->summer = -west;
	}
	return take_rule(&s, &z->begin) && take_rule(&s, &z->end) && s.len == 0;
}

bool
tzif_parse(struct slice file, struct tzif *ret_tzif)
{
	struct tzif z = { .change_count = 0 };
	struct tzif_header h;
	const uint8_t *end;

	if (!take_header(&file, &h) || h.version < '2' || file.len < block_len(&h, 4)) {
		return false;
	}
	file = slice_from(file, (size_t)block_len(&h, 4));
	if (!take_header(&file, &h) || h.version < '2' || h.type_count == 0 ||
	    h.leap_count != 0 || h.time_count > TZIF_MAX_CHANGES ||
	    file.len < block_len(&h, 8)) {
		return false;
	}
	const uint8_t *block = file.at;
	file = slice_from(file, (size_t)block_len(&h, 8));
	if (!take_char(&file, '\n') || (end = memchr(file.at, '\n', file.len)) == NULL) {
		return false;
	}
	if (!read_changes(&h, block, &z) ||
	    !read_footer(slice_of(file.at, (size_t)(end - file.at)), &z)) {
		tzif_fini(&z);
		return false;
	}
	*ret_tzif = z;
	return true;
}

void
tzif_fini(struct tzif *z)
{
	free(z->changes);
	z->changes = NULL;
	z->change_count = 0;
}

/* The day of 'year' on which the rule falls. */
static int32_t
rule_day(const struct tz_rule *r, int year)
{
	int32_t new_year = day_of_ymd(year, 1, 1);

	if (r->form == 'N') {
		return new_year + r->day;
	}
	if (r->form == 'J') { /* Counts no leap day. */
		bool leap = days_in_month(year, 2) == 29;

		return new_year + r->day - (leap && r->day >= 60 ? 0 : 1);
	}
	int32_t first = day_of_ymd(year, r->month, 1);
	int32_t weekday = ((first + 4) % 7 + 7) % 7; /* Day 0 was a Thursday. */
	int32_t day = first + ((int32_t)r->day - weekday + 7) % 7 + 7 * (r->week - 1);
	int32_t last = first + (int32_t)days_in_month(year, r->month) - 1;
	return day > last ? day - 7 : day;
}

/* When the rule strikes in 'year', with 'before' the offset in force until then. */
static int64_t
rule_instant(const struct tz_rule *r, int year, int32_t before)
{
	return (int64_t)rule_day(r, year) * SECONDS_IN_DAY + r->seconds - before;
}

static int32_t
footer_offset(const struct tzif *z, int64_t utc_seconds)
{
	int year;
	unsigned month;
	unsigned day;

	if (!z->has_summer) {
		return z->standard;
	}
	int64_t local = utc_seconds + z->standard;
	int64_t local_day = local / SECONDS_IN_DAY - (local % SECONDS_IN_DAY < 0 ? 1 : 0);
	day_to_ymd((int32_t)local_day, &year, &month, &day);
	int64_t begin = rule_instant(&z->begin, year, z->standard);
	int64_t end = rule_instant(&z->end, year, z->summer);
	bool summer = begin < end ? utc_seconds >= begin && utc_seconds < end
				  : utc_seconds >= begin || utc_seconds < end;
	return summer ? z->summer : z->standard;
}

int32_t
tzif_offset_at(const struct tzif *z, int64_t utc_seconds)
{
	uint32_t low = 0;
	uint32_t high = z->change_count;

	while (low < high) { /* The number of changes at or before the instant. */
		uint32_t mid = low + (high - low) / 2;

		if (z->changes[mid].at <= utc_seconds) {
			low = mid + 1;
		} else {
			high = mid;
		}
	}
	if (low == z->change_count && z->has_footer) {
		return footer_offset(z, utc_seconds);
	}
	return low != 0 ? z->changes[low - 1].offset : z->first_offset;
}

/* Offsets are kept in minutes; local mean times of long ago have seconds. */
static int16_t
to_minutes(int32_t seconds)
{
	int32_t half = seconds < 0 ? -SECONDS_IN_MINUTE / 2 : SECONDS_IN_MINUTE / 2;

	return (int16_t)((seconds + half) / SECONDS_IN_MINUTE);
}

/* A change moves clocks by a day at most, so the offsets that can apply are those in
 * force a day before and a day after; each applies if it leads to an instant at which
 * it is in force. */
struct zone_answer
tzif_local(const struct tzif *z, const struct date *local)
{
	int64_t seconds = date_minutes(local) * SECONDS_IN_MINUTE;
	int32_t before = tzif_offset_at(z, seconds - SECONDS_IN_DAY);
	int32_t after = tzif_offset_at(z, seconds + SECONDS_IN_DAY);
	bool before_holds = tzif_offset_at(z, seconds - before) == before;
	bool after_holds = tzif_offset_at(z, seconds - after) == after;
	struct zone_answer answer = { .fit = ZONE_UNIQUE };

	if (before_holds == after_holds && before != after) {
		answer.fit = before_holds ? ZONE_OVERLAP : ZONE_GAP;
		answer.offset = to_minutes(before);
		answer.later = to_minutes(after);
		return answer;
	}
	answer.offset = to_minutes(before_holds ? before : after);
	answer.later = answer.offset;
	return answer;
}
