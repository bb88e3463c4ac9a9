#include "lib/model/alert_words.h"

#include <stdio.h>

enum { HOUR_MINUTES = 60, WEEK_DAYS = 7, TIME_LEN = 5 };

static const char *const weekday_names[WEEK_DAYS] = { "mon", "tue", "wed", "thu",
						      "fri", "sat", "sun" };

/* What stands before the first 'mark', which goes with it.  Where there is none it is
 * all, and 'rest' has nothing any more: its 'at' is NULL. */
static struct slice
take(struct slice *rest, char mark)
{
	const uint8_t *at = rest->len != 0 ? memchr(rest->at, mark, rest->len) : NULL;
	struct slice part = *rest;

	if (at == NULL) {
		*rest = (struct slice){ 0 };
		return part;
	}
	part.len = (size_t)(at - part.at);
	*rest = slice_from(*rest, part.len + 1);
	return part;
}

/* Digits only, and no more of them than fit. */
static bool
number_parse(struct slice text, uint32_t max, uint32_t *ret)
{
	uint32_t v = 0;

	if (text.len == 0) {
		return false;
	}
	for (size_t i = 0; i < text.len; i++) {
		if (text.at[i] < '0' || text.at[i] > '9') {
			return false;
		}
		v = v * 10 + (text.at[i] - '0');
		if (v > max) {
			return false;
		}
	}
	*ret = v;
	return true;
}

/* "08:30" */
static bool
time_parse(struct slice text, uint16_t *ret_minute)
{
	uint32_t hour, minute;

	if (text.len != TIME_LEN || text.at[2] != ':' ||
	    !number_parse(slice_of(text.at, 2), 23, &hour) ||
	    !number_parse(slice_of(text.at + 3, 2), 59, &minute)) {
		return false;
	}
	*ret_minute = (uint16_t)(hour * HOUR_MINUTES + minute);
	return true;
}

static size_t
put(char *text, size_t len, size_t size, const char *word)
{
	return len + (size_t)snprintf(text + len, size - len, "%s", word);
}

/* "@08:30"; 'before' may be NUL. */
static size_t
time_put(unsigned minute_of_day, char before, char *text, size_t len, size_t size)
{
	if (before != '\0') {
		text[len++] = before;
	}
	return len + (size_t)snprintf(text + len, size - len, "%02u:%02u",
				      minute_of_day / HOUR_MINUTES % 24,
				      minute_of_day % HOUR_MINUTES);
}

static uint32_t
unit_minutes(uint8_t unit)
{
	return unit == 'd'   ? ALERT_MINUTES_A_DAY
	       : unit == 'h' ? HOUR_MINUTES
	       : unit == 'm' ? 1
			     : 0;
}

bool
lead_parse(struct slice text, uint32_t *ret_minutes)
{
	uint32_t unit = text.len != 0 ? unit_minutes(text.at[text.len - 1]) : 0;
	uint32_t count;

	if (unit == 0 ||
	    !number_parse(slice_of(text.at, text.len - 1), ALERT_MAX_LEAD_MINUTES / unit,
			  &count) ||
	    count == 0) {
		return false;
	}
	*ret_minutes = count * unit;
	return true;
}

size_t
lead_format(uint32_t minutes, char text[LEAD_TEXT_SIZE])
{
	char unit = minutes % ALERT_MINUTES_A_DAY == 0 ? 'd'
		    : minutes % HOUR_MINUTES == 0      ? 'h'
						       : 'm';

	return (size_t)snprintf(text, LEAD_TEXT_SIZE, "%u%c",
				minutes / unit_minutes((uint8_t)unit), unit);
}

static bool
weekdays_parse(struct slice text, uint8_t *ret)
{
	uint8_t days = 0;

	do {
		struct slice name = take(&text, ',');
		unsigned day = 0;

		while (day < WEEK_DAYS && !slice_eq_str(name, weekday_names[day])) {
			day++;
		}
		if (day == WEEK_DAYS) {
			return false;
		}
		days |= (uint8_t)(1u << day);
	} while (text.at != NULL);
	*ret = days;
	return true;
}

bool
digest_parse(struct slice text, struct digest_time *ret_digest)
{
	struct digest_time digest = { .weekdays = WEEKDAYS_ALL,
				      .minute_of_day = DIGEST_MINUTE };
	struct slice word = take(&text, '@');

	if (slice_eq_str(word, "weekly")) {
		if (!weekdays_parse(take(&text, '@'), &digest.weekdays)) {
			return false;
		}
	} else if (!slice_eq_str(word, "daily")) {
		return false;
	}
	if (text.at != NULL && !time_parse(text, &digest.minute_of_day)) {
		return false;
	}
	*ret_digest = digest;
	return true;
}

size_t
digest_format(const struct digest_time *digest, char text[DIGEST_TEXT_SIZE])
{
	size_t len = put(text, 0, DIGEST_TEXT_SIZE, "weekly");
	char before = '@';

	if (digest->weekdays == WEEKDAYS_ALL) {
		len = put(text, 0, DIGEST_TEXT_SIZE, "daily");
		return time_put(digest->minute_of_day, '@', text, len, DIGEST_TEXT_SIZE);
	}
	for (unsigned day = 0; day < WEEK_DAYS; day++) {
		if ((digest->weekdays >> day & 1u) != 0) {
			text[len++] = before;
			len = put(text, len, DIGEST_TEXT_SIZE, weekday_names[day]);
			before = ',';
		}
	}
	return time_put(digest->minute_of_day, '@', text, len, DIGEST_TEXT_SIZE);
}

bool
quiet_parse(struct slice text, struct quiet_hours *ret_quiet)
{
	struct slice from = take(&text, '-');
	struct quiet_hours quiet;

	if (!time_parse(from, &quiet.from_minute) ||
	    !time_parse(text, &quiet.to_minute) || quiet.from_minute == quiet.to_minute) {
		return false;
	}
	*ret_quiet = quiet;
	return true;
}

size_t
quiet_format(const struct quiet_hours *quiet, char text[QUIET_TEXT_SIZE])
{
	size_t len = time_put(quiet->from_minute, '\0', text, 0, QUIET_TEXT_SIZE);

	return time_put(quiet->to_minute, '-', text, len, QUIET_TEXT_SIZE);
}
